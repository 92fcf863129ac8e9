//! Building blocks of plans.

use crate::words::Phrase;
use crate::{Machine, Settings};
use model::{Arm, Job, Manner, Place, Plan, Rung, Strategy};

/// About 4 ms of work between two yields: short enough for every task to get
/// under way soon and for the page to draw, long enough to cost nothing.
pub const SLICE_STEPS: u32 = 100;

/// Most workers a plan starts.
pub const MOST_WORKERS: u32 = 32;

/// Fewest rounds that can be judged.
const FEWEST_ROUNDS: u32 = 6;

/// What the timed runs may take together before rounds are saved.
const BUDGET_MILLIS: f64 = 15_000.0;

/// An arm of `jobs` in one place; without base until [`based_on`] gives it one.
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
        manner: Manner::default(),
        edges: Vec::new(),
        base: None,
    }
}

/// The arm, compared with the sequential one of this id.
pub fn based_on(mut arm: Arm, base: &str) -> Arm {
    arm.base = Some(base.to_owned());
    arm
}

/// Both arms of a lesson on the page's own event loop: `sequential` and
/// `interleaved`.
pub fn page_pair(jobs: &[Job]) -> Vec<Arm> {
    let one = |id, strategy| arm(id, strategy, 1, Place::Page, jobs);
    vec![
        one("sequential", Strategy::Sequential),
        based_on(one("interleaved", Strategy::Interleaved), "sequential"),
    ]
}

/// A batch of `tasks` that compute for `busy` and wait for `wait` milliseconds each.
pub fn job(workload: &str, tasks: u32, busy: f64, wait: f64) -> Job {
    Job {
        workload: workload.to_owned(),
        tasks,
        busy_millis: busy,
        size: 0,
        wait_millis: wait,
        ..Job::default()
    }
}

/// Pots on the stove: pure waiting without stirring, else requests.
pub fn pots(tasks: u32, stir: f64, wait: f64) -> Job {
    let workload = if stir > 0.0 { "requests" } else { "waiting" };
    job(workload, tasks, stir, wait)
}

/// A plan with the settings' seed and rounds. Where nothing was set, long
/// rounds save some, but never so many that nothing could be judged.
pub fn plan(
    lesson: &str,
    settings: &Settings,
    arms: Vec<Arm>,
    round_millis: f64,
    capacity_for: Vec<u32>,
) -> Plan {
    let mut rounds = settings.rounds();
    if settings.get("rounds").is_none() {
        let affordable = (BUDGET_MILLIS / round_millis.max(1.0)) as u32;
        rounds = affordable.clamp(FEWEST_ROUNDS, rounds);
    }
    Plan {
        lesson: lesson.to_owned(),
        seed: settings.seed(),
        rounds,
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
        (Strategy::Offload | Strategy::Blocking, Rung::Messages) => None,
        (_, Rung::Messages) => Some(wanted),
        (_, Rung::Page) => (!wanted.uses_workers()).then_some(wanted),
    }
}

/// Where arms run that need not be on the page.
pub fn place(machine: &Machine<'_>) -> Place {
    if machine.rung() == Rung::Page {
        Place::Page
    } else {
        Place::Worker
    }
}

/// What a reader should know about the rung: nothing on the highest.
pub fn rung_notes(machine: &Machine<'_>) -> Vec<Phrase> {
    match machine.rung() {
        Rung::Shared => Vec::new(),
        Rung::Messages => vec![Phrase::new("note.messages")],
        Rung::Page => vec![Phrase::new("note.page")],
    }
}
