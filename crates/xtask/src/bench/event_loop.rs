//! Ten thousand guests on one event loop, what they weigh, what of a run is
//! written down, and how long its charts take.

use super::native::Native;
use super::row::{Held, Row};
use crate::fail::{Failure, Outcome};
use crate::visit::run_lesson;
use analysis::stats::{median, summarise};
use analysis::verdict::{Gate, Limit};
use drive::Browser;
use serde_json::json;
use std::time::Duration;

const TIME: Held = Held {
    id: "crowd.time",
    what: "10,000 waiting tasks on one loop: makespan / (longest wait + time on the core)",
    goal: None,
    limit: Some(Limit::AtMost(1.15)),
};
const MEMORY: Held = Held {
    id: "crowd.memory",
    what: "wasm linear memory of one of 10,000 waiting tasks / 1,000 bytes",
    goal: None,
    limit: Some(Limit::AtMost(1.0)),
};
const EVENTS: Held = Held {
    id: "events",
    what: "deeds of the executor that a run of 100,000 drops",
    goal: None,
    limit: Some(Limit::AtMost(0.0)),
};
const CHARTS: Held = Held {
    id: "crowd.charts",
    what: "making the slowest chart of 10,000 tasks (drawn less drawn again) / a frame of 16.7 ms",
    goal: None,
    limit: Some(Limit::AtMost(1.0)),
};

/// Ids of the rows.
pub const IDS: [&str; 3] = ["crowd.time", "crowd.memory", "crowd.charts"];

const LESSON: &str = "thousand-clients?tasks=10000&wait=100&size=0&rounds=6";
/// Charts that the Run step of the lesson offers.
const OFFERED: [&str; 4] = ["lanes", "tasks", "makespan", "cdf"];
const FRAME_MILLIS: f64 = 1e3 / 60.0;
const DRAW_LIMIT: Duration = Duration::from_secs(20);

/// Asks for a chart, takes it away and asks again, and tells how long the page
/// was busy with it the first time and at best later: until a message to itself
/// arrives, which comes after all that the press set off. The second time the
/// chart is made already, and what the page does around it stays: some 10 ms,
/// however few the tasks are.
const DRAW: &str = "
const [id] = arguments;
const button = () => document.querySelector(`[data-testid=\"show-${id}\"]`);
if (!button()) return null;
const press = async (isThere) => {
  const begin = performance.now();
  button().click();
  const channel = new MessageChannel();
  await new Promise((done) => { channel.port1.onmessage = done; channel.port2.postMessage(0); });
  const millis = performance.now() - begin;
  await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 20)));
  if (Boolean(document.querySelector(`[data-testid=\"chart-${id}\"]`)) !== isThere) throw id;
  return millis;
};
return (async () => {
  const first = await press(true);
  let again = Infinity;
  for (let turn = 0; turn < 3; turn += 1) {
    await press(false);
    again = Math.min(again, await press(true));
  }
  return [first, again];
})();";

/// The rows of the browser, over as many fresh pages.
///
/// # Errors
/// When the lesson does not run or a chart is not drawn.
pub fn rows(browser: &Browser, site: &str, pages: u32) -> Outcome<Vec<Row>> {
    let (mut times, mut bytes, mut draws) = (Vec::new(), Vec::new(), Vec::new());
    let mut slowest = ("", 0.0);
    let mut span = (0.0, 0.0);
    for _ in 0..pages {
        let evidence = run_lesson(browser, site, LESSON)?.evidence;
        let arm = evidence.arms.iter().find(|arm| arm.id == "loop");
        let arm = arm.ok_or_else(|| Failure::project("the lesson has no loop"))?;
        let wait = arm
            .jobs
            .iter()
            .map(|job| job.wait_millis)
            .fold(0.0, f64::max);
        for row in &evidence.rounds {
            if row.arm != arm.id || !row.valid {
                continue;
            }
            times.push(row.ms / (wait + row.p_ticks * row.ms));
            bytes.extend(row.figures.get("bytes_per_task").copied());
            span = (row.ms, row.p_ticks * row.ms);
        }
        let mut worst: f64 = 0.0;
        for chart in OFFERED {
            let drawn = browser.script(DRAW, &[json!(chart)], DRAW_LIMIT)?;
            let Ok([first, again]) = serde_json::from_value::<[f64; 2]>(drawn) else {
                continue;
            };
            worst = worst.max(first - again);
            if first - again > slowest.1 {
                slowest = (chart, first - again);
            }
        }
        if worst <= 0.0 {
            return Err(Failure::project("the lesson offers no chart"));
        }
        draws.push(worst / FRAME_MILLIS);
    }
    let gate = Gate { closed: None };
    let weight = median(&bytes).unwrap_or(f64::INFINITY);
    Ok(vec![
        Row::new(
            TIME,
            format!(
                "in the last run {:.0} ms, {:.0} ms of it on the core",
                span.0, span.1
            ),
            summarise(&times),
            &gate,
        ),
        Row::exact(MEMORY, format!("{weight:.0} bytes"), weight / 1e3, &gate),
        Row::new(
            CHARTS,
            format!("slowest of all: {} with {:.1} ms", slowest.0, slowest.1),
            summarise(&draws),
            &gate,
        ),
    ])
}

/// The row of the native half.
///
/// # Errors
/// When the native half says so.
pub fn events(native: &mut Native) -> Outcome<Row> {
    let pairs = native.pairs(&json!({ "ask": "events" }))?.pairs;
    let [dropped, written] = pairs.first().copied().unwrap_or([f64::NAN, 0.0]);
    if written < 1e5 {
        return Err(Failure::project(format!("a run had only {written} deeds")));
    }
    let detail = format!("{written:.0} were written down");
    Ok(Row::exact(EVENTS, detail, dropped, &Gate { closed: None }))
}
