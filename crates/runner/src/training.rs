//! Trainings, run in every way: alone, by a pool, by workers that pass messages.
//!
//! What is computed is in [`workloads::training`]; here is who does it. A task is a
//! shard of a step: `step * SHARDS + shard`. How well the learner does is worked out
//! after the run, from weights that were laid aside on the way: trying it costs the
//! run nothing.

mod alone;
mod notes;
#[cfg(feature = "rayon")]
mod pool;
mod town;

pub use alone::AloneRun;
pub use notes::{Curve, Notes, Point};
#[cfg(feature = "rayon")]
pub use pool::PoolTraining;
pub use town::{Answer, Errand, Pupil, Refusal, Server, Setup};

use crate::cook::Ticks;
use model::{Arm, TRAINING, Training};
use workloads::training::{
    course::Course,
    digits::{Examples, given},
};

/// Examples of a training at most: so many take up 16 MB in every memory.
pub const MOST_EXAMPLES: u32 = 60_000;

/// How an arm trains; `None` if it does something else.
#[must_use]
pub fn training_of(arm: &Arm) -> Option<Training> {
    let trains = arm.jobs.iter().any(|job| job.workload == TRAINING);
    trains
        .then_some(arm.manner.training)
        .flatten()
        .map(|training| Training {
            examples: training.examples.clamp(1, MOST_EXAMPLES),
            ..training
        })
}

/// Lays out a training in this memory; `None` if it was not given the digits.
#[must_use]
pub fn lay_out(training: Training, seed: u64) -> Option<Course> {
    let examples = Examples::of(&given()?, &training, seed);
    Some(Course::new(training, seed, examples))
}

/// What the ways have in common.
#[derive(Clone, Copy, Debug)]
pub struct Task {
    /// How many tasks, counted from 0; fewer than the training has end it early.
    pub tasks: u32,
    /// Whether four numbers are computed at a time.
    pub simd: bool,
    /// How ticks become spans.
    pub ticks: Ticks,
}
