//! Nodes that share nothing: a text counted by two of them, by one and natively, what
//! a message costs, and a training on two threads.

use super::against_native::Effort;
use super::cores::{Rounds, rounds};
use super::lab::{Lab, median};
use super::native::Native;
use super::row::{Held, Row};
use crate::fail::{Failure, Outcome};
use crate::visit::run_lesson;
use analysis::stats::summarise;
use analysis::verdict::Limit;
use drive::Browser;
use model::{ArmInfo, Evidence, Strategy};
use serde_json::json;
use std::time::Duration;

const WORDS: Held = Held {
    id: "town.words",
    what: "words of 64 MB, one node that has them / 2 nodes, moves by transfer included",
    goal: Some(Limit::AtLeast(1.85)),
    limit: Some(Limit::AtLeast(1.7)),
};
const NATIVE: Held = Held {
    id: "town.native",
    what: "words of 64 MB, 2 nodes / native rayon with 2 threads, same bytes and tokenizer",
    goal: Some(Limit::AtMost(1.1)),
    limit: Some(Limit::AtMost(1.25)),
};
const TRIP: Held = Held {
    id: "town.trip",
    what: "round trip of a message to a node / of a raw postMessage, 64 KiB given away",
    goal: None,
    limit: Some(Limit::AtMost(1.1)),
};
const TRAINING: Held = Held {
    id: "training.step",
    what: "a step of training, one thread / pool of 2",
    goal: Some(Limit::AtLeast(1.85)),
    limit: Some(Limit::AtLeast(1.7)),
};

/// Ids of the rows about words.
pub const WORD_IDS: [&str; 2] = [WORDS.id, NATIVE.id];
/// Id of the row about messages.
pub const TRIP_ID: &str = TRIP.id;
/// Id of the row about training.
pub const TRAINING_ID: &str = TRAINING.id;

/// Id of the arm with one node, as the lab names it.
const ALONE: &str = "alone";
/// A run of 64 MB takes about half a second on one node.
const MEGABYTES: u32 = 64;

/// Milliseconds of one round.
struct Round {
    alone: f64,
    pair: f64,
    native: f64,
}

/// Both rows about words.
///
/// # Errors
/// When the lab does not run, or the two halves found different answers.
pub fn words(
    browser: &Browser,
    site: &str,
    native: &mut Native,
    effort: Effort,
) -> Outcome<Vec<Row>> {
    let settings = format!(
        "workload=word-count&moves=transfer&megabytes={MEGABYTES}&split=1024&workers=2&rounds={}",
        effort.runs
    );
    let lab = Lab::open(browser, site, &settings)?;
    let first = lab.run()?;
    let Rounds { values, gate } = rounds(native, effort.rounds, 2, |native, number| {
        let (evidence, by_rayon) = if number % 2 == 0 {
            (lab.run()?, counted(native, &first, effort.runs)?)
        } else {
            let by_rayon = counted(native, &first, effort.runs)?;
            (lab.run()?, by_rayon)
        };
        let other = evidence
            .rounds
            .iter()
            .find(|row| row.valid && row.checksum.as_deref() != Some(&by_rayon.1));
        if let Some(row) = other {
            return Err(Failure::project(format!(
                "{}: the browser's words {} are not the native {}",
                row.arm,
                row.checksum.as_deref().unwrap_or("(none)"),
                by_rayon.1
            )));
        }
        let of = |arm: &ArmInfo| {
            let rows = evidence.rounds.iter();
            let own = rows.filter(|row| row.valid && row.arm == arm.id);
            analysis::stats::median(&own.map(|row| row.ms).collect::<Vec<_>>())
        };
        let (alone, pair) = arms(&evidence)?;
        Ok(of(alone).zip(of(pair)).map(|(alone, pair)| Round {
            alone,
            pair,
            native: by_rayon.0,
        }))
    })?;
    let over = |pick: fn(&Round) -> f64| summarise(&values.iter().map(pick).collect::<Vec<_>>());
    let millis = |pick: fn(&Round) -> f64| over(pick).map_or(0.0, |stats| stats.median);
    let detail = |top, bottom| format!("{top:.0} / {bottom:.0} ms");
    let pair = millis(|round| round.pair);
    Ok(vec![
        Row::new(
            WORDS,
            detail(millis(|round| round.alone), pair),
            over(|round| round.alone / round.pair),
            &gate,
        ),
        Row::new(
            NATIVE,
            detail(pair, millis(|round| round.native)),
            over(|round| round.pair / round.native),
            &gate,
        ),
    ])
}

/// The arm with one node, and the one with two.
fn arms(evidence: &Evidence) -> Outcome<(&ArmInfo, &ArmInfo)> {
    let (alone, others): (Vec<&ArmInfo>, Vec<_>) =
        evidence.arms.iter().partition(|arm| arm.id == ALONE);
    match (alone.as_slice(), others.as_slice()) {
        ([alone], [pair]) if pair.workers == 2 => Ok((*alone, *pair)),
        _ => Err(Failure::project(
            "the lab did not count words on one node and on two",
        )),
    }
}

/// Milliseconds by rayon on two threads for the very splits of the page, and proof of
/// the answer.
fn counted(native: &mut Native, like: &Evidence, runs: u32) -> Outcome<(f64, String)> {
    let (_, pair) = arms(like)?;
    let [job] = pair.jobs.as_slice() else {
        return Err(Failure::project("the lab's nodes do not do one job"));
    };
    let found = native.pairs(&json!({
        "ask": "mapped", "job": job.workload, "splits": job.tasks, "kibibytes": job.size,
        "seed": like.seed, "combine": true, "workers": 2, "rounds": runs,
    }))?;
    let two: Vec<f64> = found.pairs.iter().map(|pair| pair[1]).collect();
    let middle = analysis::stats::median(&two)
        .ok_or_else(|| Failure::project("the native bench ran nothing"))?;
    Ok((middle, found.checksum))
}

/// KiB of the parcel, how often it is sent in a row, and the figure of a round.
const PARCEL_KIB: u32 = 64;
const TRIPS: u32 = 4;
const FIGURE: &str = "parcel.trip_ms.64";
/// A little text besides, so that the parcels are most of a run.
const PARCELS: &str = "cluster?megabytes=1&split=512&latency=0&kill=0&rounds=6";
const SCRIPT: &str = include_str!("rivals/trips.js");
const SCRIPT_LIMIT: Duration = Duration::from_secs(30);
const BATCHES: u32 = 24;
const PAUSE_MILLIS: u32 = 20;

/// The row about messages.
///
/// # Errors
/// When the lesson or the script does not run.
pub fn trip(browser: &Browser, site: &str, native: &mut Native, effort: Effort) -> Outcome<Row> {
    let Rounds { values, gate } = rounds(native, effort.rounds.min(9), 2, |_, _| {
        // The raw ones in the page of the lesson, so that both have the same browser.
        let evidence = run_lesson(browser, site, PARCELS)?.evidence;
        let rows = evidence.rounds.iter().filter(|row| row.valid);
        let trips: Vec<f64> = rows
            .filter(|row| {
                let arm = evidence.arms.iter().find(|arm| arm.id == row.arm);
                let town = arm.and_then(|arm| arm.manner.town);
                town.is_some_and(|town| town.moves == model::Moves::Transfer)
            })
            .filter_map(|row| row.figures.get(FIGURE).copied())
            .collect();
        let args = [
            json!(PARCEL_KIB * 1024),
            json!(TRIPS),
            json!(BATCHES),
            json!(PAUSE_MILLIS),
        ];
        let raw = browser.script(SCRIPT, &args, SCRIPT_LIMIT)?;
        let raw: Vec<f64> = serde_json::from_value(raw)
            .map_err(|error| Failure::project(format!("raw messages: {error}")))?;
        let middle = |millis: &[f64]| analysis::stats::median(millis);
        Ok(middle(&trips).zip(middle(&raw)))
    })?;
    let over =
        |pick: fn(&(f64, f64)) -> f64| summarise(&values.iter().map(pick).collect::<Vec<_>>());
    let micros = |pick| over(pick).map_or(0.0, |stats| 1e3 * stats.median);
    let detail = format!(
        "{:.0} / {:.0} us",
        micros(|trip| trip.0),
        micros(|trip| trip.1)
    );
    Ok(Row::new(TRIP, detail, over(|trip| trip.0 / trip.1), &gate))
}

/// The row about training.
///
/// # Errors
/// When the lab does not run.
pub fn training(
    browser: &Browser,
    site: &str,
    native: &mut Native,
    effort: Effort,
) -> Outcome<Row> {
    let settings = format!(
        "workload=training&strategies=sequential,pool&workers=2&rounds={}",
        effort.runs
    );
    let lab = Lab::open(browser, site, &settings)?;
    lab.run()?;
    let Rounds { values, gate } = rounds(native, effort.rounds, 2, |_, _| {
        let evidence = lab.run()?;
        let one = median(&evidence, Strategy::Sequential, |row| Some(row.ms))?;
        Ok(one.zip(median(&evidence, Strategy::Pool, |row| Some(row.ms))?))
    })?;
    let over =
        |pick: fn(&(f64, f64)) -> f64| summarise(&values.iter().map(pick).collect::<Vec<_>>());
    let millis = |pick| over(pick).map_or(0.0, |stats| stats.median);
    let detail = format!(
        "{:.0} / {:.0} ms",
        millis(|pair| pair.0),
        millis(|pair| pair.1)
    );
    Ok(Row::new(
        TRAINING,
        detail,
        over(|pair| pair.0 / pair.1),
        &gate,
    ))
}
