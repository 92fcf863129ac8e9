//! What the first load weighs: the files that a fresh page really asks for.

use super::row::{Held, Row};
use crate::fail::{Failure, Outcome};
use crate::sizes::{PAGE_LIMIT, WHOLE_LIMIT, brotli_len};
use analysis::verdict::{Gate, Limit};
use drive::{Browser, Server};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::time::Duration;

const PAGE: Held = Held {
    id: "G21.page",
    what: "brotli bytes of the first load without the engine / 110 kB",
    // 76 kB
    goal: Some(Limit::AtMost(0.691)),
    limit: Some(Limit::AtMost(1.0)),
};
const WITH_ENGINE: Held = Held {
    id: "G21.engine",
    what: "brotli bytes of the first load with the engine / 180 kB",
    // 120 kB
    goal: Some(Limit::AtMost(0.667)),
    limit: Some(Limit::AtMost(1.0)),
};

const REST: Held = Held {
    id: "G21.rest",
    what: "brotli bytes that come when somebody touches the page / 110 kB",
    goal: None,
    limit: None,
};

/// Paths of this site that the page lists as asked for, by itself: what the
/// service worker asks for on its own is on no page's list.
const LISTED: &str = "performance.getEntriesByType('resource')
    .map(entry => new URL(entry.name))
    .filter(url => url.origin === location.origin)
    .map(url => url.pathname)";

fn listed(browser: &Browser, limit: Duration) -> Outcome<BTreeSet<String>> {
    // In the moment in which it is idle: what follows is fetched at rest.
    let script = format!("return window.twoChefs.idle().then(() => {LISTED})");
    let listed = browser.script(&script, &[], limit)?;
    Ok(serde_json::from_value(listed).unwrap_or_default())
}

/// All rows. The first load is what was asked for until the page is idle for the
/// first time. The page's list names what the page asked for; what its workers
/// asked for is known to the server, which tells it from what the service worker
/// fetches ahead. That comes later anyway, once nothing has run for a while.
///
/// # Errors
/// When the page does not start or a file is not there.
pub fn rows(browser: &Browser, server: &Server, site: &Path) -> Outcome<Vec<Row>> {
    let limit = Duration::from_secs(60);
    browser.open_fresh(&server.url())?;
    browser.wait_for("the page", "!!window.twoChefs?.idle", limit)?;
    // Idle only when the engine was tried, so it has been asked for.
    let page_list = listed(browser, limit)?;
    let served = server.asked();
    let is_engine = |path: &String| path.starts_with("/engine-");
    let is_page =
        |path: &String| site.join(path.trim_start_matches('/')).is_file() && !is_engine(path);
    let mut page: BTreeSet<String> = page_list.into_iter().filter(is_page).collect();
    page.insert("/index.html".to_owned());
    let engine: BTreeSet<String> = served
        .iter()
        .filter(|path| is_engine(path))
        .cloned()
        .collect();
    if engine.is_empty() || page.len() < 4 {
        return Err(Failure::project(format!(
            "the first load asked for {} files of the page and {} of the engine: too few to be true",
            page.len(),
            engine.len()
        )));
    }
    let (page_raw, page_bytes) = weigh(site, &page)?;
    let (engine_raw, engine_bytes) = weigh(site, &engine)?;
    browser.get("return dispatchEvent(new Event('click'))")?;
    // Perhaps from what the service worker keeps by now, so the page is asked.
    let after = listed(browser, limit)?.into_iter();
    let is_rest = |path: &String| {
        path.starts_with("/rest-")
            || path.starts_with("/words/")
            || path.ends_with("/engine_bg.wasm")
    };
    let rest: BTreeSet<String> = after.filter(is_rest).collect();
    if rest.is_empty() {
        return Err(Failure::project("a touched page asked for nothing more"));
    }
    let (rest_raw, rest_bytes) = weigh(site, &rest)?;
    let kilo = |bytes: u64| bytes as f64 / 1e3;
    let gate = Gate { closed: None };
    Ok(vec![
        Row::exact(
            PAGE,
            format!(
                "{:.1} kB ({:.0} kB raw) in {} files",
                kilo(page_bytes),
                kilo(page_raw),
                page.len()
            ),
            page_bytes as f64 / PAGE_LIMIT as f64,
            &gate,
        ),
        Row::exact(
            WITH_ENGINE,
            format!(
                "{:.1} kB, of which the engine {:.1} kB ({:.0} kB raw)",
                kilo(page_bytes + engine_bytes),
                kilo(engine_bytes),
                kilo(engine_raw)
            ),
            (page_bytes + engine_bytes) as f64 / WHOLE_LIMIT as f64,
            &gate,
        ),
        Row::exact(
            REST,
            format!(
                "{:.1} kB ({:.0} kB raw): running, judging, drawing, lessons, lab",
                kilo(rest_bytes),
                kilo(rest_raw)
            ),
            rest_bytes as f64 / PAGE_LIMIT as f64,
            &gate,
        ),
    ])
}

/// Bytes as stored and as brotli.
fn weigh(site: &Path, paths: &BTreeSet<String>) -> Outcome<(u64, u64)> {
    let mut raw = 0;
    let mut brotli = 0;
    for path in paths {
        let file = site.join(path.trim_start_matches('/'));
        let bytes =
            fs::read(&file).map_err(Failure::io(format_args!("cannot read {}", file.display())))?;
        raw += bytes.len() as u64;
        brotli += brotli_len(&bytes);
    }
    Ok((raw, brotli))
}
