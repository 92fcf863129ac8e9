//! Finding browsers and their drivers, or installing them.

use crate::{BrowserKind, Error, packages};
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Version of geckodriver that is built from its crate where there is none.
pub const GECKODRIVER: &str = "0.37.1";

/// Where WebKitGTK puts the browser it is tested with, below the folder of the
/// machine's architecture, the newest interface last.
const MINI_BROWSERS: [&str; 3] = [
    "webkit2gtk-4.0/MiniBrowser",
    "webkit2gtk-4.1/MiniBrowser",
    "webkitgtk-6.0/MiniBrowser",
];

/// Where a missing program comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A Debian package.
    Package(&'static str),
    /// A crate of this version, built into the tool cache by `cargo xtask`.
    Crate(&'static str, &'static str),
}

/// A program that driving a browser needs.
#[derive(Clone, Copy, Debug)]
pub struct Part {
    /// What it is, in a sentence.
    pub what: &'static str,
    /// Environment variable that names another file.
    variable: &'static str,
    /// Names on `PATH`, the first found wins.
    names: &'static [&'static str],
    /// How to get it.
    pub source: Source,
}

impl Part {
    /// Looks only. A variable that is set decides alone.
    #[must_use]
    pub fn find(&self) -> Option<PathBuf> {
        if let Some(path) = env::var_os(self.variable).map(PathBuf::from) {
            return path.is_file().then_some(path);
        }
        let on_path = self.names.iter().find_map(|name| packages::on_path(name));
        on_path.or_else(|| match self.source {
            Source::Crate(name, version) => packages::in_tool_cache(name, version),
            Source::Package(_) if self.names == ["MiniBrowser"] => mini_browser(),
            Source::Package(_) => None,
        })
    }
}

impl BrowserKind {
    /// What driving it needs: the browser, its driver, and what else there is.
    #[must_use]
    pub const fn parts(self) -> &'static [Part] {
        const CHROMIUM: [Part; 2] = [
            Part {
                what: "Chromium",
                variable: "TWO_CHEFS_CHROMIUM",
                names: &[
                    "chromium",
                    "chromium-browser",
                    "google-chrome-stable",
                    "google-chrome",
                    "chrome",
                ],
                source: Source::Package("chromium"),
            },
            Part {
                what: "Chromium's driver",
                variable: "TWO_CHEFS_CHROMEDRIVER",
                names: &["chromedriver"],
                source: Source::Package("chromium-driver"),
            },
        ];
        const FIREFOX: [Part; 2] = [
            Part {
                what: "Firefox",
                variable: "TWO_CHEFS_FIREFOX",
                names: &["firefox-esr", "firefox"],
                source: Source::Package("firefox-esr"),
            },
            Part {
                what: "Firefox's driver",
                variable: "TWO_CHEFS_GECKODRIVER",
                names: &["geckodriver"],
                source: Source::Crate("geckodriver", GECKODRIVER),
            },
        ];
        const WEBKIT: [Part; 3] = [
            Part {
                what: "WebKit's browser",
                variable: "TWO_CHEFS_MINIBROWSER",
                names: &["MiniBrowser"],
                source: Source::Package("webkit2gtk-driver"),
            },
            Part {
                what: "WebKit's driver",
                variable: "TWO_CHEFS_WEBKITWEBDRIVER",
                names: &["WebKitWebDriver"],
                source: Source::Package("webkit2gtk-driver"),
            },
            Part {
                what: "WebKit's screen",
                variable: "TWO_CHEFS_XVFB",
                names: &["Xvfb"],
                source: Source::Package("xvfb"),
            },
        ];
        match self {
            Self::Chromium => &CHROMIUM,
            Self::Firefox => &FIREFOX,
            Self::Webkit => &WEBKIT,
        }
    }
}

/// A browser and what drives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Programs {
    /// Which engine.
    pub kind: BrowserKind,
    /// The browser; `TWO_CHEFS_CHROMIUM`, `TWO_CHEFS_FIREFOX` and
    /// `TWO_CHEFS_MINIBROWSER` name others.
    pub browser: PathBuf,
    /// Its driver; `TWO_CHEFS_CHROMEDRIVER`, `TWO_CHEFS_GECKODRIVER` and
    /// `TWO_CHEFS_WEBKITWEBDRIVER` name others.
    pub driver: PathBuf,
    /// A screen in memory, for the browser that needs one to draw on.
    pub screen: Option<PathBuf>,
}

impl Programs {
    /// Looks only.
    #[must_use]
    pub fn find(kind: BrowserKind) -> Option<Self> {
        let mut found = kind.parts().iter().map(Part::find);
        let programs = Self {
            kind,
            browser: found.next()??,
            driver: found.next()??,
            screen: match found.next() {
                Some(screen) => Some(screen?),
                None => None,
            },
        };
        Some(programs)
    }

    /// Looks, and installs the Debian packages that are missing.
    ///
    /// # Errors
    /// When something is not there and cannot be installed, with what to do.
    pub fn find_or_install(kind: BrowserKind) -> Result<Self, Error> {
        if let Some(found) = Self::find(kind) {
            return Ok(found);
        }
        let mut wanted: Vec<&str> = Vec::new();
        for part in kind.parts().iter().filter(|part| part.find().is_none()) {
            match part.source {
                Source::Package(name) if !wanted.contains(&name) => wanted.push(name),
                Source::Package(_) => {}
                Source::Crate(name, version) => {
                    return Err(Error::Install {
                        packages: name.to_owned(),
                        remedy: format!(
                            "`cargo xtask measure --browser {}` builds version {version}, or name \
                             one in {}",
                            kind.id(),
                            part.variable
                        ),
                    });
                }
            }
        }
        packages::install(&wanted)?;
        Self::find(kind).ok_or_else(|| {
            let missing = kind.parts().iter().find(|part| part.find().is_none());
            Error::Install {
                packages: wanted.join(" "),
                remedy: missing.map_or_else(String::new, |part| {
                    format!(
                        "installed, but {} is not where it was looked for: name its file in {}",
                        part.what, part.variable
                    )
                }),
            }
        })
    }
}

/// WebKitGTK's own browser, which lies outside of `PATH`.
fn mini_browser() -> Option<PathBuf> {
    let mut folders = vec![PathBuf::from("/usr/libexec"), PathBuf::from("/usr/lib64")];
    let architectures = fs::read_dir("/usr/lib").into_iter().flatten().flatten();
    folders.extend(architectures.map(|entry| entry.path()));
    MINI_BROWSERS
        .iter()
        .rev()
        .flat_map(|name| folders.iter().map(move |folder| folder.join(name)))
        .find(|file| file.is_file())
}

/// What a program answers to `--version`, if it knows the switch.
#[must_use]
pub fn version(program: &Path) -> Option<String> {
    let output = Command::new(program)
        .arg("--version")
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    if !output.status.success() {
        return None;
    }
    let said = String::from_utf8_lossy(&output.stdout);
    Some(said.lines().next()?.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_browser_needs_a_browser_and_a_driver() {
        for kind in BrowserKind::ALL {
            assert_eq!(BrowserKind::from_id(kind.id()), Some(kind));
            assert!(kind.parts().len() >= 2, "{kind:?}");
        }
        assert_eq!(BrowserKind::from_id("netscape"), None);
    }
}
