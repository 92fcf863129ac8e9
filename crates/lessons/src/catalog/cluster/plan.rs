//! What is run: one job in one kitchen and in several across town, and parcels.

use super::{
    ALONE, COPIED, FAR, HANDED, LESSON, LOOSE, LOST, SHARED, SLOW, SPARE, STAYED, parcels,
};
use crate::arms::{job as plain, page_pair, plan as planned};
use crate::{Machine, Settings, towns};
use model::{Job, Moves, Plan, Rung, Town};

/// The job of the lesson.
const JOB: &str = "word-count";
/// Where no workers start: boards of one chef.
const BOARDS: u32 = 8;
const BOARD_MILLIS: f64 = 10.0;

/// The text, in splits.
pub fn job(settings: &Settings) -> Job {
    towns::job(
        JOB,
        LESSON.value("megabytes", settings),
        LESSON.value("split", settings),
    )
}

/// How it is run if nothing is slow and nothing goes wrong.
fn calm(settings: &Settings, moves: Moves) -> Town {
    Town {
        moves,
        skew: LESSON.value("skew", settings) / 100.0,
        ..Town::default()
    }
}

/// Every way with several kitchens that this machine can run.
fn ways(settings: &Settings, machine: &Machine<'_>, kitchens: u32) -> Vec<(&'static str, Town)> {
    let calm = |moves| calm(settings, moves);
    let mut ways = vec![
        (HANDED, calm(Moves::Transfer)),
        (COPIED, calm(Moves::Copy)),
        (SHARED, calm(Moves::Share)),
        (STAYED, calm(Moves::Local)),
        (
            LOOSE,
            Town {
                combine: false,
                ..calm(Moves::Transfer)
            },
        ),
    ];
    let latency_millis = LESSON.value("latency", settings);
    let megabytes_per_second = LESSON.value("bandwidth", settings);
    if latency_millis > 0.0 || megabytes_per_second > 0.0 {
        let far = Town {
            latency_millis,
            megabytes_per_second,
            ..calm(Moves::Transfer)
        };
        ways.push((FAR, far));
    }
    let kill_after = LESSON.value("kill", settings) / 100.0;
    let kill = towns::killed(kitchens).filter(|_| kill_after > 0.0);
    if kill.is_some() {
        let lost = Town {
            kill,
            kill_after,
            ..calm(Moves::Transfer)
        };
        ways.push((LOST, lost));
    }
    let straggler = LESSON.value("straggler", settings);
    if straggler > 1.0 && kitchens > 1 {
        let slow = Town {
            straggler,
            ..calm(Moves::Transfer)
        };
        let spare = Town {
            spare: true,
            ..slow
        };
        ways.extend([(SLOW, slow), (SPARE, spare)]);
    }
    ways.retain(|(_, town)| towns::can_move(town.moves, machine));
    ways
}

pub fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    if machine.rung() == Rung::Page {
        let boards = [plain("merge-sort", BOARDS, BOARD_MILLIS, 0.0)];
        let round = 2.0 * f64::from(BOARDS) * BOARD_MILLIS;
        return planned(LESSON.id, settings, page_pair(&boards), round, Vec::new());
    }
    let jobs = [job(settings)];
    let kitchens = LESSON.value("workers", settings) as u32;
    let mut arms = vec![towns::of_town(
        ALONE,
        1,
        calm(settings, Moves::Local),
        &jobs,
    )];
    for (name, town) in ways(settings, machine, kitchens) {
        let id = [name, "-", &kitchens.to_string()].concat();
        let mut made = towns::of_town(&id, kitchens, town, &jobs);
        made.variant = name.to_owned();
        arms.push(made);
    }
    let mut round: f64 = arms.iter().map(|arm| towns::millis(arm, machine)).sum();
    let parcels = parcels::arms(machine);
    round += parcels::ROUND_MILLIS;
    arms.extend(parcels);
    let mut capacity_for = vec![2, kitchens];
    capacity_for.retain(|count| *count > 1);
    capacity_for.sort_unstable();
    capacity_for.dedup();
    planned(LESSON.id, settings, arms, round, capacity_for)
}
