//! Icons for programs that want pixels, drawn from `favicon.svg`.

use super::write;
use crate::fail::Outcome;
use drive::Browser;
use serde_json::json;
use std::path::Path;
use std::time::Duration;

/// File, width and height in pixels, space around the drawing in percent, and
/// whether it lies on the colour of the paper, since Apple fills what is
/// transparent with black.
const ICONS: [(&str, u32, u32, bool); 2] = [
    ("icon-32.png", 32, 0, false),
    ("apple-touch-icon.png", 180, 6, true),
];
const PAPER: &str = "#fbf9f4";
const LIMIT: Duration = Duration::from_secs(30);

/// Draws all icons into the folder that holds the drawing.
///
/// # Errors
/// When the browser cannot draw or a file cannot be written.
pub fn draw(browser: &Browser, site: &str, www: &Path) -> Outcome {
    let drawing = format!("{site}favicon.svg");
    browser.media(&[("prefers-color-scheme", "light")])?;
    for (file, size, space, on_paper) in ICONS {
        browser.open_fresh(&format!("{site}probe.html"))?;
        // So narrow a page would count as a phone's, drawn smaller than asked for.
        let metrics =
            json!({ "width": size, "height": size, "deviceScaleFactor": 1, "mobile": false });
        browser.devtools("Emulation.setDeviceMetricsOverride", &metrics)?;
        let clear = json!({ "color": { "r": 0, "g": 0, "b": 0, "a": 0 } });
        browser.devtools("Emulation.setDefaultBackgroundColorOverride", &clear)?;
        let paper = if on_paper { PAPER } else { "transparent" };
        browser.script(
            "const [drawing, space, paper] = arguments;
             document.documentElement.style.cssText = `background: ${paper}`;
             document.body.style.cssText = `margin: ${space}vw`;
             const image = new Image();
             image.style.cssText = 'display: block; width: 100%';
             image.src = drawing;
             document.body.replaceChildren(image);
             return image.decode().then(() => true)",
            &[drawing.as_str().into(), space.into(), paper.into()],
            LIMIT,
        )?;
        write(&www.join(file), &browser.screenshot()?)?;
        eprintln!("drawn: www/{file}");
    }
    Ok(())
}
