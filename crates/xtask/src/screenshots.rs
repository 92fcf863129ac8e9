//! `screenshots`: what people see, on a desk and in a hand, by day and by night.

use crate::args::Args;
use crate::fail::{Failure, Outcome};
use crate::site::Project;
use crate::visit::{self, FIRST_PAGE, LAB};
use drive::{Browser, BrowserOptions, Server, ServerOptions};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SIZES: [(&str, u32, u32); 2] = [("desk", 1366, 768), ("hand", 390, 844)];
const THEMES: [&str; 2] = ["light", "dark"];
const IDLE_LIMIT: Duration = Duration::from_secs(300);
/// Of the picture in the README.
const README_SIZE: (u32, u32) = (960, 600);

/// Draws the first page, every step of every lesson, and the lab.
///
/// # Errors
/// When the site does not run or a picture cannot be written.
pub fn screenshots(mut args: Args) -> Outcome<u8> {
    let out: Option<PathBuf> = args.value("--out")?.map(PathBuf::from);
    let as_built = args.switch("--as-built");
    let wanted = args.words()?;
    let project = Project::open()?;
    let out = out.unwrap_or_else(|| project.target().join("screenshots"));
    fs::create_dir_all(&out)
        .map_err(Failure::io(format_args!("cannot create {}", out.display())))?;
    let dist = project.site(as_built)?;
    let server = Server::start(&dist, &ServerOptions::default())?;
    let browser = Browser::start(&BrowserOptions::default())?;
    let mut places = wanted.clone();
    if places.is_empty() {
        places = visit::lessons(&browser, &server.url())?;
        places.push(LAB.to_owned());
    }
    let artist = Artist {
        browser,
        site: server.url(),
        out,
    };
    for (size, width, height) in SIZES {
        for theme in THEMES {
            artist.browser.viewport(width, height)?;
            artist.browser.media(&[
                ("prefers-color-scheme", theme),
                ("prefers-reduced-motion", "reduce"),
            ])?;
            for place in &places {
                artist.draw_place(place, &format!("{size}-{theme}"))?;
            }
        }
    }
    if wanted.is_empty() {
        artist.draw_readme(&project.root.join("www/screenshot.png"))?;
    }
    println!("{}", artist.out.display());
    Ok(0)
}

struct Artist {
    browser: Browser,
    site: String,
    out: PathBuf,
}

impl Artist {
    /// Before a run, after it, and each step of a lesson.
    fn draw_place(&self, place: &str, suffix: &str) -> Outcome {
        self.browser
            .open_fresh(&format!("{}{}", self.site, visit::fragment(place, "")))?;
        self.browser.wait_idle(IDLE_LIMIT)?;
        self.draw(&format!("{place}-{suffix}-0-start"))?;
        let ran = visit::run_lesson(&self.browser, &self.site, place);
        if let Err(failure) = &ran {
            eprintln!("{}", failure.text);
        }
        self.draw(&format!("{place}-{suffix}-1-result"))?;
        for (number, step) in self.steps()?.iter().enumerate() {
            self.browser.click(step)?;
            self.browser.wait_idle(IDLE_LIMIT)?;
            self.draw(&format!("{place}-{suffix}-{}-{step}", number + 2))?;
        }
        Ok(())
    }

    fn steps(&self) -> Outcome<Vec<String>> {
        let found = self.browser.get(
            "return [...document.querySelectorAll('button[data-testid^=\"step-\"]:not(:disabled)')]
               .map(step => step.dataset.testid)",
        )?;
        let names = found
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(Value::as_str);
        Ok(names.map(str::to_owned).collect())
    }

    /// The whole page, from its top.
    fn draw(&self, name: &str) -> Outcome {
        self.browser.get("scrollTo(0, 0)")?;
        let file = self.out.join(format!("{name}.png"));
        eprintln!("{}", file.display());
        write(&file, &self.browser.screenshot_of_all()?)
    }

    /// The first page after its run, as large as a README shows it.
    fn draw_readme(&self, file: &Path) -> Outcome {
        self.browser.viewport(README_SIZE.0, README_SIZE.1)?;
        self.browser.media(&[
            ("prefers-color-scheme", "light"),
            ("prefers-reduced-motion", "reduce"),
        ])?;
        visit::run_lesson(&self.browser, &self.site, FIRST_PAGE)?;
        self.browser.get("scrollTo(0, 0)")?;
        write(file, &self.browser.screenshot()?)
    }
}

fn write(file: &Path, png: &[u8]) -> Outcome {
    fs::write(file, png).map_err(Failure::io(format_args!("cannot write {}", file.display())))
}
