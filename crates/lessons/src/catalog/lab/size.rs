//! How long a run of the lab will take and how much memory its records will
//! need, said before it is run.

use super::{LESSON, pace};
use crate::words::{Phrase, tenth, whole};
use crate::{Machine, Settings};
use model::{Arm, Plan};

/// A run that takes longer than this is announced, in milliseconds,
const LONG_MILLIS: f64 = 45_000.0;
/// and how to make one of about this length.
const WANTED_MILLIS: f64 = 30_000.0;
/// What comes with every arm: a pause and its share of the drawing between runs.
const BETWEEN_MILLIS: f64 = 60.0;
/// Sizes, warm kernels and probes take about this long an arm.
const READY_MILLIS: f64 = 300.0;

/// Of the 1 GiB that the page's program may have, records may take half.
pub const MOST_BYTES: f64 = 5e8;
/// A record of a task and its spans, at least; of each slice it computes in; and
/// of all slices of a task, as many as recorders have room for.
const TASK_BYTES: f64 = 400.0;
const SLICE_BYTES: f64 = 64.0;
const SLICES_BYTES: f64 = 2_048.0;
/// A slice where none was asked for, in milliseconds.
const SLICE_MILLIS: f64 = 4.0;
/// What is painted in a millisecond of one core: 2.5 rows of 480 pixels, by the
/// filter three times as many; and by one task, as many as it may have.
const PAINTED_BYTES: f64 = 1_200.0;
const FILTERED_BYTES: f64 = 3_600.0;
const MOST_PAINTED_BYTES: f64 = 480.0 * 4_096.0;
/// Runs are kept twice: to be summed up at the end, and to be shown meanwhile.
const COPIES: f64 = 2.0;

fn tasks_of(arm: &Arm) -> f64 {
    arm.jobs.iter().map(|job| f64::from(job.tasks)).sum()
}

/// Milliseconds that one run of an arm takes at the planned sizes.
fn millis_of(arm: &Arm, machine: &Machine<'_>) -> f64 {
    let tasks = tasks_of(arm);
    let longest = arm.jobs.iter().map(|job| job.busy_millis + job.wait_millis);
    let coming = arm.jobs.iter().filter(|job| job.per_second > 0.0);
    let coming = coming.map(|job| 1e3 * f64::from(job.tasks) / job.per_second);
    let served = 1e3 * tasks / pace::served(arm, machine);
    longest.chain(coming).fold(served, f64::max)
}

/// Milliseconds that a plan takes together.
pub fn millis(plan: &Plan, machine: &Machine<'_>) -> f64 {
    let arms = plan.arms.iter();
    let round: f64 = arms
        .map(|arm| millis_of(arm, machine) + BETWEEN_MILLIS)
        .sum();
    f64::from(plan.rounds) * round + plan.arms.len() as f64 * READY_MILLIS
}

/// Bytes that the records of one round take.
pub fn round_bytes(arms: &[Arm]) -> f64 {
    let of = |arm: &Arm| {
        let slice = if arm.manner.slice_millis > 0.0 {
            arm.manner.slice_millis
        } else {
            SLICE_MILLIS
        };
        let jobs = arm.jobs.iter().map(|job| {
            let tasks = f64::from(job.tasks);
            let work = workloads::registry::find(&job.workload);
            let painted = match work.filter(|work| work.paints).map(|work| work.id) {
                Some("image-filter") => FILTERED_BYTES,
                Some(_) => PAINTED_BYTES,
                None => 0.0,
            };
            let painted = (job.busy_millis * painted).min(MOST_PAINTED_BYTES);
            let slices = (job.busy_millis / slice * SLICE_BYTES).min(SLICES_BYTES);
            tasks * (TASK_BYTES + slices + painted)
        });
        jobs.sum::<f64>()
    };
    COPIES * arms.iter().map(of).sum::<f64>()
}

/// As many of the wanted rounds as can be kept, at least one.
pub fn kept_rounds(arms: &[Arm], wanted: u32) -> u32 {
    let fitting = (MOST_BYTES / round_bytes(arms).max(1.0)) as u32;
    wanted.min(fitting.max(1))
}

/// How much of the tasks one round can keep: 1 where all of them.
pub fn kept_share(arms: &[Arm]) -> f64 {
    (MOST_BYTES / round_bytes(arms).max(1.0)).min(1.0)
}

/// What a reader should know about the size of a run before it begins.
pub fn notes(plan: &Plan, settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    let mut notes = Vec::new();
    let wanted = LESSON.value("tasks", settings);
    let most = plan.arms.iter().map(tasks_of).fold(0.0, f64::max);
    let is_open = pace::rate(settings) > 0.0;
    if plan.rounds < settings.rounds() {
        let fewer = Phrase::new("lab.note.rounds").with("rounds", plan.rounds.to_string());
        notes.push(fewer);
    }
    if !is_open && most < wanted.floor() {
        notes.push(Phrase::new("lab.note.kept").with("tasks", whole(most)));
    }
    let takes = millis(plan, machine);
    if takes > LONG_MILLIS {
        let share = WANTED_MILLIS / takes;
        let rounds = (f64::from(plan.rounds) * share).floor();
        let fewer = (most * share * f64::from(plan.rounds)).floor();
        let (key, n) = if rounds >= 1.0 {
            ("lab.note.long.rounds", rounds)
        } else if fewer >= 1.0 && !is_open {
            ("lab.note.long.tasks", fewer)
        } else {
            ("lab.note.long", 0.0)
        };
        let (time, unit) = time(takes);
        notes.push(
            Phrase::new(key)
                .with("time", time)
                .with("unit", unit)
                .with("n", whole(n)),
        );
    }
    crowd(plan, machine, &mut notes);
    notes
}

/// A run of so many milliseconds that has no dishes to leave out, if it is long.
pub fn long(takes: f64, rounds: u32) -> Option<Phrase> {
    if takes <= LONG_MILLIS {
        return None;
    }
    let fewer = (f64::from(rounds) * WANTED_MILLIS / takes).floor();
    let key = if fewer >= 1.0 {
        "lab.note.long.rounds"
    } else {
        "lab.note.long"
    };
    let (time, unit) = time(takes);
    let told = Phrase::new(key).with("time", time).with("unit", unit);
    Some(told.with("n", whole(fewer)))
}

/// More workers than cores: what that does to the rows.
fn crowd(plan: &Plan, machine: &Machine<'_>, notes: &mut Vec<Phrase>) {
    let teams = plan.arms.iter().filter(|arm| arm.strategy.uses_workers());
    let most = teams.map(|arm| arm.workers).max().unwrap_or(0);
    let knives = machine.knives();
    if most >= 4 * knives.max(2) {
        notes.push(
            Phrase::new("lab.note.crowd")
                .with("n", most.to_string())
                .with("knives", knives.to_string()),
        );
    }
}

/// Seconds, minutes or hours in two figures, and the key of their unit.
fn time(millis: f64) -> (String, &'static str) {
    let seconds = millis / 1e3;
    let (value, unit) = if seconds < 100.0 {
        (seconds, "@lab.unit.s")
    } else if seconds < 6_000.0 {
        (seconds / 60.0, "@lab.unit.min")
    } else {
        (seconds / 3_600.0, "@lab.unit.h")
    };
    let text = if value < 10.0 {
        tenth(value)
    } else {
        whole(value)
    };
    (text, unit)
}
