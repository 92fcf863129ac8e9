//! Finding Chromium and its driver, or installing them.

use crate::{Error, packages};
use std::env;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

const BROWSERS: [&str; 5] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
];

/// A browser and the driver that speaks for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chromium {
    /// The browser; `TWO_CHEFS_CHROMIUM` names another.
    pub browser: PathBuf,
    /// Its driver; `TWO_CHEFS_CHROMEDRIVER` names another.
    pub driver: PathBuf,
}

impl Chromium {
    /// Looks only.
    #[must_use]
    pub fn find() -> Option<Self> {
        Some(Self {
            browser: chosen("TWO_CHEFS_CHROMIUM", &BROWSERS)?,
            driver: chosen("TWO_CHEFS_CHROMEDRIVER", &["chromedriver"])?,
        })
    }

    /// Looks, and installs what is missing.
    ///
    /// # Errors
    /// When they are not there and cannot be installed.
    pub fn find_or_install() -> Result<Self, Error> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        let wanted = ["chromium", "chromium-driver"];
        packages::install(&wanted)?;
        Self::find().ok_or_else(|| Error::Install {
            packages: wanted.join(" "),
            remedy: "they are installed but not on PATH".to_owned(),
        })
    }
}

fn chosen(variable: &str, names: &[&str]) -> Option<PathBuf> {
    if let Some(path) = env::var_os(variable).map(PathBuf::from) {
        return path.is_file().then_some(path);
    }
    names.iter().find_map(|name| packages::on_path(name))
}

/// What a program answers to `--version`.
#[must_use]
pub fn version(program: &Path) -> Option<String> {
    let output = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}
