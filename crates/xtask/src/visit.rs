//! A lesson of the built site, opened in a browser and waited for.

use crate::fail::{Failure, Outcome};
use drive::Browser;
use model::Evidence;
use serde_json::Value;
use std::time::Duration;

/// A lesson on a slow single core takes about a minute.
const LESSON_LIMIT: Duration = Duration::from_secs(300);
/// Between the page being idle and a result that came late.
const LATE_LIMIT: Duration = Duration::from_secs(10);
const SEEN: &str = "return (document.querySelector('main') || document.body).innerText
    .replace(/\\s+/g, ' ').slice(0, 400)";
/// The first page, which is a lesson without a page of its own.
pub const FIRST_PAGE: &str = "four-numbers";
/// The free lab.
pub const LAB: &str = "lab";

/// Fragment of a lesson's address with these settings.
pub fn fragment(lesson: &str, settings: &str) -> String {
    let page = match lesson {
        FIRST_PAGE => String::new(),
        LAB => LAB.to_owned(),
        other => format!("lesson/{other}"),
    };
    let mark = if settings.is_empty() { "" } else { "?" };
    format!("#/{page}{mark}{settings}")
}

/// What a run left behind, as written by the page and as read by this program.
pub struct Record {
    /// The page's own words, one line.
    pub json: String,
    /// The same, checked against the layout.
    pub evidence: Evidence,
}

/// Opens a lesson with autorun and returns its record. Settings may follow its
/// id as in an address: `waiting?tasks=12`.
///
/// # Errors
/// When the page breaks, ends without a result or takes too long, with what the
/// page says about it.
pub fn run_lesson(browser: &Browser, site: &str, wanted: &str) -> Outcome<Record> {
    let (lesson, settings) = asked_for(wanted);
    browser.open_fresh(&format!("{site}{}", fragment(lesson, &settings)))?;
    let waited = wait_for_result(browser);
    let found = waited.and_then(|()| {
        let json = browser.get("return JSON.stringify(window.twoChefs.evidence())")?;
        Ok(json.as_str().unwrap_or("null").to_owned())
    });
    match found {
        Ok(json) if json != "null" => {
            let evidence: Evidence = serde_json::from_str(&json).map_err(|error| {
                Failure::project(format!(
                    "{lesson}: the evidence record is malformed: {error}"
                ))
            })?;
            if evidence.schema != Evidence::SCHEMA {
                return Err(Failure::project(format!(
                    "{lesson}: the page writes {:?}, this program reads {:?}; build again",
                    evidence.schema,
                    Evidence::SCHEMA
                )));
            }
            if evidence.lesson != lesson {
                return Err(Failure::environment(format!(
                    "no lesson {lesson:?} in this site; known: {}",
                    lessons(browser, site)?.join(" ")
                )));
            }
            Ok(Record { json, evidence })
        }
        Ok(_) => Err(Failure::project(format!(
            "{lesson}: the page ended without a result{}",
            complaints(browser)
        ))),
        Err(error) => Err(Failure::project(format!(
            "{lesson}: {error}{}",
            complaints(browser)
        ))),
    }
}

/// Lesson and settings of what was asked for.
fn asked_for(wanted: &str) -> (&str, String) {
    match wanted.split_once('?') {
        Some((lesson, settings)) => (lesson, [settings, "&autorun=on"].concat()),
        None => (wanted, "autorun=on".to_owned()),
    }
}

fn wait_for_result(browser: &Browser) -> Result<(), drive::Error> {
    browser.wait_idle(LESSON_LIMIT)?;
    let is_there = "window.twoChefs.evidence() !== null || window.twoChefs.errors().length > 0";
    match browser.wait_for("a result", is_there, LATE_LIMIT) {
        Ok(()) => browser.wait_idle(LESSON_LIMIT),
        // The caller sees that there is no record and says so.
        Err(drive::Error::Timeout { .. }) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Ids of the lessons the site offers, the first page first.
///
/// # Errors
/// When the page does not start.
pub fn lessons(browser: &Browser, site: &str) -> Outcome<Vec<String>> {
    browser.open_fresh(site)?;
    browser.wait_idle(Duration::from_secs(60))?;
    let found = browser.get(
        "return [...document.querySelectorAll('li a[href*=\"#/lesson/\"]')]
           .map(link => /#\\/lesson\\/([^?]*)/.exec(link.href)[1])",
    )?;
    let mut ids = vec![FIRST_PAGE.to_owned()];
    for id in found
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
    {
        if !ids.iter().any(|known| known == id) {
            ids.push(id.to_owned());
        }
    }
    Ok(ids)
}

/// What page and console complain about, ready to follow a sentence.
pub fn complaints(browser: &Browser) -> String {
    let mut lines = Vec::new();
    if let Ok(Value::Array(errors)) =
        browser.get("return window.twoChefs ? window.twoChefs.errors() : []")
    {
        lines.extend(errors.iter().map(|error| {
            error
                .as_str()
                .map_or_else(|| error.to_string(), str::to_owned)
        }));
    }
    if let Ok(console) = browser.console() {
        let severe = console.into_iter().filter(|line| line.level == "SEVERE");
        lines.extend(severe.map(|line| format!("console: {}", line.message)));
    }
    // What a person would see answers most questions about a page that hangs.
    if let Ok(Value::String(seen)) = browser.get(SEEN) {
        lines.push(format!("on the page: {seen}"));
    }
    lines
        .iter()
        .map(|line| format!("\n  {}", line.replace('\n', "\n    ")))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lessons_have_addresses() {
        assert_eq!(fragment("four-numbers", "autorun=on"), "#/?autorun=on");
        assert_eq!(
            fragment("waiting", "autorun=on"),
            "#/lesson/waiting?autorun=on"
        );
        assert_eq!(fragment("lab", ""), "#/lab");
        let (lesson, settings) = asked_for("waiting?tasks=12");
        assert_eq!(
            fragment(lesson, &settings),
            "#/lesson/waiting?tasks=12&autorun=on"
        );
    }
}
