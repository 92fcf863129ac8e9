//! Building the arms of plans, and their names.

use crate::words::Phrase;
use crate::{Machine, Settings};
use model::{Arm, ArmInfo, Job, Place, Plan, Rung, Strategy};

/// About 4 ms of work between two yields: short enough for every task to get
/// under way soon and for the page to draw, long enough to cost nothing.
pub const SLICE_STEPS: u32 = 100;

/// Most workers a plan starts.
pub const MOST_WORKERS: u32 = 32;

/// An arm of `jobs` in one place.
pub fn arm(id: &str, strategy: Strategy, workers: u32, place: Place, jobs: &[Job]) -> Arm {
    let mut names: Vec<&str> = jobs.iter().map(|job| job.workload.as_str()).collect();
    names.dedup();
    Arm {
        id: id.to_owned(),
        strategy,
        variant: String::new(),
        workers,
        place,
        workload: names.join("+"),
        jobs: jobs.to_vec(),
        slice_steps: SLICE_STEPS,
        base: None,
    }
}

/// A batch of `tasks` that compute for `busy` and wait for `wait` milliseconds each.
pub fn job(workload: &str, tasks: u32, busy: f64, wait: f64) -> Job {
    Job {
        workload: workload.to_owned(),
        tasks,
        busy_millis: busy,
        size: 0,
        wait_millis: wait,
    }
}

/// A plan with the settings' seed and rounds.
pub fn plan(lesson: &str, settings: &Settings, arms: Vec<Arm>, capacity_for: Vec<u32>) -> Plan {
    Plan {
        lesson: lesson.to_owned(),
        seed: settings.seed(),
        rounds: settings.rounds(),
        arms,
        capacity_for,
    }
}

/// The strategy that stands in for `wanted` on this machine: the same one,
/// messages for the pool without shared memory, or none.
pub fn runnable(wanted: Strategy, machine: &Machine<'_>) -> Option<Strategy> {
    match (wanted, machine.rung()) {
        (_, Rung::Shared) => Some(wanted),
        (Strategy::Pool, Rung::Messages) => Some(Strategy::Messages),
        (Strategy::Offload, Rung::Messages) => None,
        (_, Rung::Messages) => Some(wanted),
        (_, Rung::Page) => (!wanted.uses_workers()).then_some(wanted),
    }
}

/// Where an arm that need not be on the page runs.
pub fn place(machine: &Machine<'_>) -> Place {
    if machine.rung() == Rung::Page {
        Place::Page
    } else {
        Place::Worker
    }
}

/// The name of an arm in kitchen words, for charts and tables.
#[must_use]
pub fn arm_label(arm: &ArmInfo) -> Phrase {
    let key = match arm.strategy {
        Strategy::Sequential => "arm.sequential",
        Strategy::Interleaved => "arm.interleaved",
        Strategy::Pool => "arm.pool",
        Strategy::Messages => "arm.messages",
        Strategy::Hybrid => "arm.hybrid",
        Strategy::Offload => "arm.offload",
    };
    Phrase::new(key).with("n", arm.workers.to_string())
}

/// Labels of reference lines: `reference.<id>`.
#[must_use]
pub fn reference_label(id: &str) -> Phrase {
    Phrase::new(["reference.", id].concat())
}
