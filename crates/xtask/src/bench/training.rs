//! A training on a pool of two against the same on one worker, in the browser.

use super::cores::{Rounds, rounds};
use super::native::Native;
use super::row::{Held, Row};
use crate::fail::Outcome;
use crate::visit::run_lesson;
use analysis::stats::{FEWEST, median, summarise};
use analysis::verdict::Limit;
use drive::Browser;

/// Ids of the rows.
pub const IDS: [&str; 1] = ["training.pool"];

const POOL: Held = Held {
    id: "training.pool",
    what: "a training's steps on one worker / on a pool of two",
    goal: Some(Limit::AtLeast(1.85)),
    limit: Some(Limit::AtLeast(1.7)),
};

/// A hidden layer, steps of 256 digits; the products beside it as small as they go.
const ASKED: &str =
    "gpu-and-training?side=16&workers=2&learner=perceptron&minibatch=256&epochs=20&rounds=6";
/// Arms of that lesson.
const POOL_ARM: &str = "train-pool";
const ALONE_ARM: &str = "train-sequential";

/// The row.
///
/// # Errors
/// When the lesson does not run.
pub fn row(browser: &Browser, site: &str, native: &mut Native) -> Outcome<Row> {
    let mut steps_millis = Vec::new();
    let Rounds { values, gate } = rounds(native, FEWEST, 2, |_, _| {
        let evidence = run_lesson(browser, site, ASKED)?.evidence;
        let valid = |arm: &'static str| {
            let rounds = evidence.rounds.iter();
            rounds.filter(move |round| round.valid && round.arm == arm)
        };
        let alone: Vec<f64> = valid(ALONE_ARM).map(|round| round.ms).collect();
        steps_millis.extend(median(&alone));
        let speedups: Vec<f64> = valid(POOL_ARM).filter_map(|round| round.speedup).collect();
        Ok(median(&speedups))
    })?;
    let detail = format!(
        "one worker takes {:.0} ms; the loss is the same to the bit",
        median(&steps_millis).unwrap_or(0.0)
    );
    Ok(Row::new(POOL, detail, summarise(&values), &gate))
}
