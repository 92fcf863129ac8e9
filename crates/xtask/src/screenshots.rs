//! `screenshots`: what people see, on a desk and in a hand, by day and by night.

mod icons;

use crate::args::Args;
use crate::fail::{Failure, Outcome};
use crate::site::Project;
use crate::visit::{self, FIRST_PAGE, LAB};
use drive::{Browser, BrowserOptions, Server, ServerOptions};
use model::Verdict;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

const SIZES: [(&str, u32, u32); 2] = [("desk", 1366, 768), ("hand", 390, 844)];
const THEMES: [&str; 2] = ["light", "dark"];
const IDLE_LIMIT: Duration = Duration::from_secs(300);
const PREDICT: &str = "step-predict";
/// Of the picture in the README.
const README_SIZE: (u32, u32) = (960, 700);
const README_TRIES: u32 = 5;
/// Place that stands for that picture alone.
const README: &str = "readme";

/// Place that stands for the icons.
const ICONS: &str = "icons";

/// Draws the first page, every step of every lesson, and the lab.
///
/// # Errors
/// When the site does not run or a picture cannot be written.
pub fn screenshots(mut args: Args) -> Outcome<u8> {
    let out: Option<PathBuf> = args.value("--out")?.map(PathBuf::from);
    let as_built = args.switch("--as-built");
    let wanted = args.words()?;
    let draws_readme = wanted.iter().any(|place| place == README);
    let draws_icons = wanted.iter().any(|place| place == ICONS);
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
    let is_page = |place: &&String| *place != README && *place != ICONS;
    for place in places.iter().filter(is_page) {
        artist.draw_place(place)?;
    }
    if wanted.is_empty() || draws_readme {
        artist.draw_readme(&project.root.join("www/screenshot.png"))?;
    }
    if draws_icons {
        icons::draw(&artist.browser, &artist.site, &project.root.join("www"))?;
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
    fn draw_place(&self, place: &str) -> Outcome {
        self.desk_by_day()?;
        let address = format!("{}{}", self.site, visit::fragment(place, ""));
        self.browser.open_fresh(&address)?;
        self.browser.wait_idle(IDLE_LIMIT)?;
        self.draw(&format!("{place}-0-start"))?;
        self.desk_by_day()?;
        // A run that starts by itself asks for no prediction.
        if self.steps()?.iter().any(|step| step == PREDICT) {
            self.browser.click(PREDICT)?;
            self.browser.wait_idle(IDLE_LIMIT)?;
            self.draw(&format!("{place}-0-{PREDICT}"))?;
            self.desk_by_day()?;
        }
        if let Err(failure) = visit::run_lesson(&self.browser, &self.site, place) {
            eprintln!("{}", failure.text);
        }
        self.draw(&format!("{place}-1-result"))?;
        for (number, step) in self.steps()?.iter().enumerate() {
            self.desk_by_day()?;
            self.browser.click(step)?;
            self.browser.wait_idle(IDLE_LIMIT)?;
            self.draw(&format!("{place}-{}-{step}", number + 2))?;
        }
        Ok(())
    }

    /// Where runs are made and controls are in sight.
    fn desk_by_day(&self) -> Outcome {
        let (_, width, height) = SIZES[0];
        self.look(width, height, THEMES[0])
    }

    fn look(&self, width: u32, height: u32, theme: &str) -> Outcome {
        self.browser.viewport(width, height)?;
        self.browser.media(&[
            ("prefers-color-scheme", theme),
            ("prefers-reduced-motion", "reduce"),
        ])?;
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

    /// The whole page, in every size and theme.
    fn draw(&self, name: &str) -> Outcome {
        for (size, width, height) in SIZES {
            for theme in THEMES {
                self.look(width, height, theme)?;
                self.browser.get("scrollTo(0, 0)")?;
                self.browser.wait_idle(IDLE_LIMIT)?;
                let file = self.out.join(format!("{name}-{size}-{theme}.png"));
                write(&file, &self.browser.screenshot_of_all()?)?;
            }
        }
        eprintln!("drawn: {name}");
        Ok(())
    }

    /// The first page after a run in which everything could be decided: a busy
    /// machine should not speak for the project.
    fn draw_readme(&self, file: &Path) -> Outcome {
        self.look(README_SIZE.0, README_SIZE.1, THEMES[0])?;
        for _ in 0..README_TRIES {
            let record = visit::run_lesson(&self.browser, &self.site, FIRST_PAGE)?;
            if record
                .evidence
                .checks
                .iter()
                .all(|check| check.verdict == Verdict::Pass)
            {
                self.browser.get(
                    "document.documentElement.style.scrollbarWidth = 'none'; scrollTo(0, 0)",
                )?;
                eprintln!("drawn: {}", file.display());
                return write(file, &self.browser.screenshot()?);
            }
        }
        Err(Failure::environment(
            "no picture for the README: two cores were not free; try `cargo xtask screenshots readme` later",
        ))
    }
}

/// Writes a picture.
fn write(file: &Path, png: &[u8]) -> Outcome {
    fs::write(file, png).map_err(Failure::io(format_args!("cannot write {}", file.display())))
}
