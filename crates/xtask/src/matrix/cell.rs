//! One cell of the matrix: a fresh browser and fresh servers, the site opened
//! in one way, its rung read and a lesson run in it.

use super::context::Context;
use crate::measure::Judgement;
use crate::visit;
use drive::{Browser, BrowserKind, BrowserOptions, Headers, Programs, Server, ServerOptions};
use model::{Evidence, Verdict};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;
use std::time::{Duration, Instant};

/// Lesson and settings that are run in every context.
const LESSON: &str = "two-chefs";
const SETTINGS: &str = "autorun=on&rounds=6&embed=on";
/// The ladder is climbed within this time; giving up on every rung takes less.
const READY_LIMIT: Duration = Duration::from_secs(75);
/// The lesson has run within this time; on a slow core it takes a minute.
const RUN_LIMIT: Duration = Duration::from_secs(240);
/// Longest wait in one command: a document that goes away takes the answer along.
const LOOK: Duration = Duration::from_secs(15);
/// Between two tries to speak to a frame that is being loaded.
const RETRY: Duration = Duration::from_millis(50);
/// Most loads of the document: the second is that of the service worker.
const MOST_LOADS: usize = 2;

/// Answers as soon as the document's ladder is climbed, unless this document is
/// known already, or its run is over; at the latest after so many milliseconds.
/// While a run is under way it looks rarely, not to disturb what is timed.
const WATCH: &str = "
const [known, millis] = arguments, end = performance.now() + millis;
return new Promise((done) => (function look() {
  const chefs = window.twoChefs, document_ = String(performance.timeOrigin);
  const able = chefs && chefs.capabilities ? chefs.capabilities() : null;
  const failed = document.querySelector('[data-testid=run-error], #fatal:not([hidden])');
  const over = Boolean(failed || (chefs && chefs.evidence && chefs.evidence()));
  if ((able && document_ !== known) || over || performance.now() > end) {
    done({ document: document_, rung: able ? able.rung : 0, over });
  } else setTimeout(look, document_ === known ? 300 : 20);
})());";

/// What is read once the run is over.
const READ: &str = "
const chefs = window.twoChefs, failed = document.querySelector('[data-testid=run-error]');
let storage = 'usable';
try { localStorage.getItem('x'); } catch (error) { storage = error.name; }
const [entry] = performance.getEntriesByType('navigation');
return {
  able: chefs.capabilities(), evidence: chefs.evidence(), errors: chefs.errors(),
  failed: failed ? failed.innerText : '', storage, kind: entry ? entry.type : '',
  document: String(performance.timeOrigin),
};";

/// A row of the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The browser.
    pub browser: BrowserKind,
    /// How the site was opened.
    pub context: Context,
    /// Rung reached; `None` where the page did not get that far.
    pub rung: Option<u8>,
    /// From opening the address until the ladder was climbed.
    pub ready_seconds: Option<f64>,
    /// `pass`, `inconclusive`, `fail` or `n/a`.
    pub verdict: &'static str,
    /// Loads of the document.
    pub loads: usize,
    /// Reasons.
    pub note: String,
}

impl Row {
    /// Whether the row is as promised.
    pub fn is_fine(&self) -> bool {
        match self.verdict {
            "n/a" => self.context.missing_in(self.browser).is_some(),
            "fail" => false,
            _ => {
                self.loads <= MOST_LOADS && self.rung >= Some(self.context.least_rung(self.browser))
            }
        }
    }

    /// The row as one object.
    pub fn json(&self) -> Value {
        json!({
            "browser": self.browser.id(),
            "context": self.context.id(),
            "rung": self.rung,
            "ready_seconds": self.ready_seconds,
            "verdict": self.verdict,
            "loads": self.loads,
            "note": self.note,
        })
    }
}

/// What a document says about itself.
struct Seen {
    document: String,
    rung: u64,
    is_over: bool,
}

/// Opens the site in this way and runs the lesson. Never fails and never hangs:
/// what goes wrong is the verdict and its note.
pub fn run(programs: &Programs, dist: &Path, context: Context) -> Row {
    let mut row = Row {
        browser: programs.kind,
        context,
        rung: None,
        ready_seconds: None,
        verdict: "fail",
        loads: 0,
        note: String::new(),
    };
    if let Some(why) = context.missing_in(programs.kind) {
        row.verdict = "n/a";
        row.note = why.to_owned();
        return row;
    }
    if let Err(error) = fill(&mut row, programs, dist) {
        row.verdict = "fail";
        row.note = error.to_string();
    }
    if !row.is_fine() && row.verdict != "fail" {
        let least = context.least_rung(programs.kind);
        row.note = format!("expected rung {least} and at most 2 loads; {}", row.note);
    }
    row
}

fn fill(row: &mut Row, programs: &Programs, dist: &Path) -> Result<(), drive::Error> {
    let context = row.context;
    let site = Server::start(
        dist,
        &ServerOptions {
            isolated: context.has_headers(),
            ..ServerOptions::default()
        },
    )?;
    let inside = format!("{}{}", site.url(), visit::fragment(LESSON, SETTINGS));
    let pages = BTreeMap::from([("/course.html".to_owned(), context.host_page(&inside))]);
    let headers = Headers::parse(context.host_headers()).unwrap_or_default();
    let host = Server::of_pages(pages, headers, &ServerOptions::default())?;
    // Another port is another origin, another name another site.
    let around = format!("http://localhost:{}/course.html", host.port());
    let browser = Browser::start_with(
        programs,
        &BrowserOptions {
            kind: programs.kind,
            blocks_third_party_storage: context == Context::StorageBlocked,
            ..BrowserOptions::default()
        },
    )?;
    let begun = Instant::now();
    browser.open(if context.is_framed() {
        &around
    } else {
        &inside
    })?;
    let outcome = watch(row, &browser, begun).and_then(|()| read(row, &browser));
    let loads = loads(&browser, &site, context);
    row.loads = row.loads.max(loads);
    if let Err(error) = outcome {
        row.note = format!("{error}{}", visit::complaints(&browser).replace('\n', " "));
    }
    Ok(())
}

/// Waits until the run is over, and notes when the document that runs it was
/// ready. A document that is loaded again begins anew.
fn watch(row: &mut Row, browser: &Browser, begun: Instant) -> Result<(), drive::Error> {
    let mut known = String::new();
    let mut changed = begun;
    loop {
        let limit = if row.rung.is_some() {
            RUN_LIMIT
        } else {
            READY_LIMIT
        };
        if changed.elapsed() > limit {
            return Err(drive::Error::Timeout {
                what: if row.rung.is_some() {
                    format!("the lesson {LESSON}")
                } else {
                    "climbing the ladder".to_owned()
                },
                seconds: limit.as_secs(),
            });
        }
        // While a document goes and another comes, nobody answers.
        let Ok(seen) = look(browser, row.context, &known) else {
            std::thread::sleep(RETRY);
            continue;
        };
        if seen.rung > 0 && seen.document != known {
            row.ready_seconds = Some(begun.elapsed().as_secs_f64());
            row.rung = u8::try_from(seen.rung).ok();
            known = seen.document;
            changed = Instant::now();
        }
        if seen.is_over {
            return Ok(());
        }
    }
}

fn look(browser: &Browser, context: Context, known: &str) -> Result<Seen, drive::Error> {
    enter(browser, context)?;
    let millis = u64::try_from(LOOK.as_millis()).unwrap_or(u64::MAX);
    let seen = browser.script(WATCH, &[known.into(), millis.into()], LOOK * 2)?;
    Ok(Seen {
        document: seen["document"].as_str().unwrap_or_default().to_owned(),
        rung: seen["rung"].as_u64().unwrap_or_default(),
        is_over: seen["over"] == Value::Bool(true),
    })
}

fn enter(browser: &Browser, context: Context) -> Result<(), drive::Error> {
    if !context.is_framed() {
        return Ok(());
    }
    browser.enter_frame(None)?;
    browser.enter_frame(Some("#embed"))
}

/// Reads what the run left behind.
fn read(row: &mut Row, browser: &Browser) -> Result<(), drive::Error> {
    let found = browser.get(READ)?;
    let mut notes = Vec::new();
    let able = &found["able"];
    row.rung = able["rung"]
        .as_u64()
        .and_then(|rung| u8::try_from(rung).ok());
    notes.extend(able["reason"].as_str().map(str::to_owned));
    let text = |key: &str| found[key].as_str().unwrap_or_default().to_owned();
    if row.context == Context::StorageBlocked {
        notes.push(format!("storage: {}", text("storage")));
    }
    if text("kind") == "reload" {
        row.loads = 2;
    }
    notes.extend(
        found["errors"]
            .as_array()
            .into_iter()
            .flatten()
            .filter_map(|error| Some(format!("error: {}", error.as_str()?.lines().next()?))),
    );
    match serde_json::from_value::<Evidence>(found["evidence"].clone()) {
        Ok(evidence) => {
            row.verdict = Judgement::of(&evidence.checks).word();
            let open = evidence.checks.iter().find(|check| match row.verdict {
                "fail" => check.verdict == Verdict::Fail,
                "inconclusive" => check.verdict == Verdict::Inconclusive,
                _ => false,
            });
            notes.extend(open.map(|check| format!("{}: {}", check.id, check.why)));
            if row.verdict == "fail" {
                notes.extend(evidence.notes);
            }
        }
        Err(_) if !text("failed").is_empty() => notes.push(text("failed")),
        Err(error) => notes.push(format!("no record that can be read: {error}")),
    }
    if row.context == Context::StorageBlocked && text("storage") == "usable" {
        row.verdict = "fail";
        notes.push("the browser did not block it".to_owned());
    }
    row.note = notes.join("; ");
    Ok(())
}

/// Loads of the document: as the server, and for a frame its host page, counted
/// them. A document that a service worker keeps is not seen by the server.
fn loads(browser: &Browser, site: &Server, context: Context) -> usize {
    let visits = site.visits();
    let is_page = |path: &&String| matches!(path.as_str(), "/" | "/index.html");
    let served = visits.iter().filter(is_page).count();
    let framed = context
        .is_framed()
        .then(|| {
            browser.enter_frame(None).ok()?;
            browser.get("return loads").ok()?.as_u64()
        })
        .flatten()
        .and_then(|loads| usize::try_from(loads).ok());
    served.max(framed.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(browser: BrowserKind, context: Context, rung: u8, verdict: &'static str) -> Row {
        Row {
            browser,
            context,
            rung: Some(rung),
            ready_seconds: Some(0.5),
            verdict,
            loads: 1,
            note: String::new(),
        }
    }

    #[test]
    fn a_row_keeps_its_promise_or_does_not() {
        use BrowserKind::{Chromium, Firefox, Webkit};
        let fine = |row: &Row| row.is_fine();
        assert!(fine(&row(Chromium, Context::TopHeaders, 3, "pass")));
        assert!(!fine(&row(Chromium, Context::PlainHeaders, 2, "pass")));
        assert!(fine(&row(
            Firefox,
            Context::PlainHeaders,
            2,
            "inconclusive"
        )));
        assert!(fine(&row(Webkit, Context::Isolated, 3, "pass")));
        assert!(!fine(&row(Webkit, Context::Isolated, 3, "fail")));
        let never = Row {
            rung: None,
            ..row(Firefox, Context::Opaque, 1, "pass")
        };
        assert!(!fine(&never));
        let often = Row {
            loads: 3,
            ..row(Firefox, Context::Opaque, 1, "pass")
        };
        assert!(!fine(&often));
        let mut missing = Row {
            rung: None,
            ..row(Webkit, Context::StorageBlocked, 1, "n/a")
        };
        assert!(fine(&missing));
        missing.browser = Chromium;
        assert!(!fine(&missing), "Chromium can set up every context");
    }

    #[test]
    fn a_row_is_one_object() {
        let json = row(BrowserKind::Webkit, Context::Opaque, 1, "pass").json();
        assert_eq!(
            json.to_string(),
            r#"{"browser":"webkit","context":"iframe-opaque","loads":1,"note":"","ready_seconds":0.5,"rung":1,"verdict":"pass"}"#
        );
    }
}
