//! Browsers by name, installed when they are missing.

use crate::args::Args;
use crate::cache::Cache;
use crate::fail::{Failure, Outcome};
use crate::tools;
use drive::{BrowserKind, Programs, Source};

/// The browser after `--browser`, `None` where the switch is not there.
///
/// # Errors
/// When there is no such browser.
pub fn asked(args: &mut Args) -> Outcome<Option<BrowserKind>> {
    let Some(word) = args.value("--browser")? else {
        return Ok(None);
    };
    BrowserKind::from_id(&word).map(Some).ok_or_else(|| {
        let known = BrowserKind::ALL.map(BrowserKind::id).join(", ");
        Failure::environment(format!("no browser {word:?}; there are {known}"))
    })
}

/// A browser and what drives it: found, or installed.
///
/// # Errors
/// When something is missing and cannot be installed, with what to do.
pub fn ready(kind: BrowserKind, cache: &Cache) -> Outcome<Programs> {
    for part in kind.parts() {
        if matches!(part.source, Source::Crate(..)) && part.find().is_none() {
            tools::geckodriver(cache)?;
        }
    }
    Ok(Programs::find_or_install(kind)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &[&str]) -> Args {
        let words = words.iter().map(|word| (*word).to_owned()).collect();
        Args::new("measure", words)
    }

    #[test]
    fn browsers_have_names() {
        assert_eq!(asked(&mut args(&[])).unwrap(), None);
        let firefox = asked(&mut args(&["--browser", "firefox"])).unwrap();
        assert_eq!(firefox, Some(BrowserKind::Firefox));
        let failure = asked(&mut args(&["--browser=lynx"])).unwrap_err();
        assert_eq!(failure.status, 2);
        assert!(failure.text.contains("webkit"), "{}", failure.text);
    }
}
