//! What a task costs that does nothing: here, and in pools from npm. G18.

use super::against_native::Effort;
use super::cores::{Rounds, rounds};
use super::lab::{Lab, median};
use super::native::Native;
use super::row::{Held, Row};
use crate::fail::{Failure, Outcome};
use crate::process::output;
use crate::site::Project;
use crate::tools;
use analysis::stats::summarise;
use analysis::verdict::Limit;
use drive::Browser;
use model::Strategy;
use serde::Deserialize;
use std::process::Command;

const fn held(id: &'static str, what: &'static str) -> Held {
    Held {
        id,
        what,
        goal: Some(Limit::AtLeast(50.0)),
        limit: Some(Limit::AtLeast(50.0)),
    }
}

const WORKERPOOL: Held = held(
    "G18.workerpool",
    "a task that does nothing, npm's workerpool / our pool, both of 2",
);
const PISCINA: Held = held(
    "G18.piscina",
    "a task that does nothing, npm's piscina / our pool, both of 2",
);
/// Ids of the rows.
pub const IDS: [&str; 2] = [WORKERPOOL.id, PISCINA.id];

/// Tasks of a run: enough for what a run costs besides to vanish, on both sides.
const TASKS: u32 = 10_000;
const BATCHES: u32 = 3;
const SCRIPT: &str = "crates/xtask/src/bench/rivals/pools.cjs";

/// Microseconds a task, of each batch.
#[derive(Deserialize)]
struct Rivals {
    workerpool: Vec<f64>,
    piscina: Vec<f64>,
}

/// Microseconds a task in one round.
struct Round {
    ours: f64,
    workerpool: f64,
    piscina: f64,
}

/// Both rows. Ours is a whole run of the lab, with its record; theirs only hand
/// over and wait.
///
/// # Errors
/// When the lab does not run, or npm or Node fail.
pub fn rows(
    browser: &Browser,
    site: &str,
    native: &mut Native,
    project: &Project,
    effort: Effort,
) -> Outcome<Vec<Row>> {
    let folders = [
        tools::workerpool(&project.cache)?,
        tools::piscina(&project.cache)?,
    ];
    let settings = format!(
        // As iterators in parallel are dealt out by rayon.
        "workload=nothing&strategies=pool&workers=2&deal=stealing&tasks={TASKS}&rounds={}",
        effort.runs
    );
    let lab = Lab::open(browser, site, &settings)?;
    lab.run()?;
    let theirs = || -> Outcome<Rivals> {
        let mut node = Command::new("node");
        node.arg(project.root.join(SCRIPT)).args(&folders);
        node.args([TASKS.to_string(), BATCHES.to_string()]);
        let said = output(&mut node).unwrap_or_default();
        serde_json::from_str(&said)
            .map_err(|error| Failure::project(format!("the pools from npm did not run: {error}")))
    };
    let ours = || median(&lab.run()?, Strategy::Pool, |row| Some(row.ms));
    let Rounds { values, gate } = rounds(native, effort.rounds, 2, |_, number| {
        let (ours, theirs) = if number % 2 == 0 {
            (ours()?, theirs()?)
        } else {
            let theirs = theirs()?;
            (ours()?, theirs)
        };
        let middle = |micros: &[f64]| analysis::stats::median(micros);
        Ok((|| {
            Some(Round {
                ours: ours? * 1e3 / f64::from(TASKS),
                workerpool: middle(&theirs.workerpool)?,
                piscina: middle(&theirs.piscina)?,
            })
        })())
    })?;
    let over = |pick: fn(&Round) -> f64| summarise(&values.iter().map(pick).collect::<Vec<_>>());
    let micros = |pick: fn(&Round) -> f64| over(pick).map_or(0.0, |stats| stats.median);
    let row = |held, theirs: fn(&Round) -> f64, ratio: fn(&Round) -> f64| {
        let detail = format!(
            "{:.1} / {:.2} us a task",
            micros(theirs),
            micros(|round| round.ours)
        );
        Row::new(held, detail, over(ratio), &gate)
    };
    Ok(vec![
        row(
            WORKERPOOL,
            |round| round.workerpool,
            |round| round.workerpool / round.ours,
        ),
        row(
            PISCINA,
            |round| round.piscina,
            |round| round.piscina / round.ours,
        ),
    ])
}
