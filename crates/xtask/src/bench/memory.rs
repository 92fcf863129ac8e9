//! What stays in memory when hosts are replaced again and again.

use super::lab::Lab;
use super::row::{Held, Row};
use crate::fail::{Failure, Outcome};
use analysis::verdict::{Gate, Limit};
use drive::{Browser, process_tree};
use serde_json::json;
use std::thread;
use std::time::{Duration, Instant};

const MEMORY: Held = Held {
    id: "memory",
    what: "renderer after the last replacement of a host of 4 workers / after the fifth",
    goal: None,
    limit: Some(Limit::AtMost(1.2)),
};
/// Replacements before the first reading.
const SETTLED_AFTER: u32 = 5;
/// Chromium ends the threads of terminated workers some seconds late.
const REAP_LIMIT: Duration = Duration::from_secs(20);
const STEP_LIMIT: Duration = Duration::from_secs(60);

/// The row: so many times a run on 4 workers is stopped half-way, which ends its
/// host, and the next Run starts another.
///
/// # Errors
/// When the lab does not run or stop.
pub fn row(browser: &Browser, site: &str, replacements: u32) -> Outcome<Row> {
    let settings = "workload=primes&strategies=pool&workers=4&tasks=16&size=10&rounds=31";
    let lab = Lab::open(browser, site, settings)?;
    let mut settled = None;
    for number in 1..=replacements {
        lab.press_run()?;
        // In the third round every worker has worked.
        let is_under_way = "document.querySelector('[data-testid=progress] progress')?.value >= 14";
        browser.wait_for("a run under way", is_under_way, STEP_LIMIT)?;
        browser.click("stop")?;
        browser.wait_idle(STEP_LIMIT)?;
        if number == SETTLED_AFTER {
            settled = Some(reading(browser)?);
        }
    }
    let last = reading(browser)?;
    let first = settled.ok_or_else(|| Failure::project("too few replacements"))?;
    let mega = |bytes: u64| bytes as f64 / 1e6;
    let detail = format!(
        "{:.0} MB after {SETTLED_AFTER}, {:.0} MB after {replacements}; \
         not shared with other processes {:.0} and {:.0} MB",
        mega(first.rss_bytes),
        mega(last.rss_bytes),
        mega(first.uss_bytes),
        mega(last.uss_bytes),
    );
    // Documents, nodes, listeners and the script's heap were seen to stay as they
    // are over thirty replacements. What is not shared still grows, by some 70 kB
    // for every worker that was terminated; where it is kept was not found.
    let ratio = last.rss_bytes as f64 / first.rss_bytes as f64;
    Ok(Row::exact(MEMORY, detail, ratio, &Gate { closed: None }))
}

/// Memory, swept, once no thread of a terminated worker is left.
fn reading(browser: &Browser) -> Outcome<process_tree::Memory> {
    let renderer = browser.renderer()?;
    let begin = Instant::now();
    let has_workers = || {
        process_tree::threads(renderer)
            .iter()
            .any(|thread| thread.name.starts_with(process_tree::WORKER_THREAD))
    };
    while has_workers() && begin.elapsed() < REAP_LIMIT {
        thread::sleep(Duration::from_millis(250));
    }
    // What nobody holds any more is no leak, only not swept up yet.
    for _ in 0..2 {
        browser.devtools("HeapProfiler.collectGarbage", &json!({}))?;
    }
    process_tree::memory(renderer)
        .ok_or_else(|| Failure::environment("the renderer's memory cannot be read"))
}
