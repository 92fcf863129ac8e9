//! The picture by two workers with SIMD, and by plain JavaScript on one thread: G4.

use super::against_native::Effort;
use super::cores::{Rounds, rounds};
use super::lab::{Lab, arm, median};
use super::native::Native;
use super::row::{Held, Row};
use crate::fail::{Failure, Outcome};
use analysis::stats::summarise;
use analysis::verdict::Limit;
use drive::Browser;
use model::{Evidence, Strategy};
use serde::Deserialize;
use serde_json::json;
use std::time::Duration;

const HELD: Held = Held {
    id: "G4",
    what: "Mandelbrot, plain JavaScript on one thread / SIMD on a pool of 2",
    goal: Some(Limit::AtLeast(6.0)),
    limit: Some(Limit::AtLeast(5.5)),
};
/// Calibrates and warms with four blades already; one thread after another is
/// there to hold the checksum against.
const SETTINGS: &str =
    "workload=mandelbrot&strategies=pool&blades=four&workers=2&tasks=32&size=15&rounds=";
const SCRIPT: &str = include_str!("rivals/mandelbrot.js");
const SCRIPT_LIMIT: Duration = Duration::from_secs(60);

/// What the script says.
#[derive(Deserialize)]
struct Painted {
    /// Milliseconds of each run.
    millis: Vec<f64>,
    /// Of every pixel, if asked for.
    checksum: Option<String>,
    /// Iterations in all.
    total: u64,
}

/// Milliseconds of one round.
struct Round {
    script: f64,
    pool: f64,
}

/// The row.
///
/// # Errors
/// When the lab does not run, or the two halves did different work.
pub fn row(browser: &Browser, site: &str, native: &mut Native, effort: Effort) -> Outcome<Row> {
    let lab = Lab::open(
        browser,
        site,
        &[SETTINGS, &effort.runs.to_string()].concat(),
    )?;
    let first = lab.run()?;
    let proved = paint(browser, &first, 1, true)?;
    let found = first.rounds.iter().filter(|row| row.valid);
    for row in found {
        if row.checksum != proved.checksum {
            return Err(Failure::project(format!(
                "{}: the lab's checksum {} is not the script's {}",
                row.arm,
                row.checksum.as_deref().unwrap_or("(none)"),
                proved.checksum.as_deref().unwrap_or("(none)"),
            )));
        }
    }
    let Rounds { values, gate } = rounds(native, effort.rounds, 2, |_, number| {
        let by_script = || -> Outcome<f64> {
            let painted = paint(browser, &first, effort.runs + 1, false)?;
            if painted.total != proved.total {
                return Err(Failure::project("the script painted another picture"));
            }
            // The first run of every call is compiled while it runs.
            let warm = painted.millis.get(1..).unwrap_or_default();
            analysis::stats::median(warm).ok_or_else(|| Failure::project("the script ran nothing"))
        };
        let by_pool = || median(&lab.run()?, Strategy::Pool, |row| Some(row.ms));
        let (script, pool) = if number % 2 == 0 {
            (by_script()?, by_pool()?)
        } else {
            let pool = by_pool()?;
            (by_script()?, pool)
        };
        Ok(pool.map(|pool| Round { script, pool }))
    })?;
    let over = |pick: fn(&Round) -> f64| summarise(&values.iter().map(pick).collect::<Vec<_>>());
    let millis = |pick: fn(&Round) -> f64| over(pick).map_or(0.0, |stats| stats.median);
    Ok(Row::new(
        HELD,
        format!(
            "{:.1} / {:.1} ms",
            millis(|round| round.script),
            millis(|round| round.pool)
        ),
        over(|round| round.script / round.pool),
        &gate,
    ))
}

/// Has the script paint the picture that the lab painted.
fn paint(browser: &Browser, like: &Evidence, runs: u32, proves: bool) -> Outcome<Painted> {
    let pool = arm(like, Strategy::Pool)?;
    if !pool.manner.simd {
        return Err(Failure::project("the lab's pool computed without SIMD"));
    }
    let rows: u32 = pool.jobs.iter().map(|job| job.tasks * job.size).sum();
    let args = [
        json!(rows),
        json!(like.seed.to_string()),
        json!(runs),
        json!(proves),
    ];
    let said = browser.script(SCRIPT, &args, SCRIPT_LIMIT)?;
    serde_json::from_str(said.as_str().unwrap_or_default())
        .map_err(|error| Failure::project(format!("the script's answer is malformed: {error}")))
}
