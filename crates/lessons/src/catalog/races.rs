//! Two hands, one tally: two correct steps, interleaved, can lose work.

mod result;
#[cfg(test)]
mod tests;

use crate::arms::{arm, based_on, place, plan as planned, runnable};
use crate::lesson::{Challenge, Explain, ExplainOption, Panel, Preset};
use crate::question::{Choice, Measure, Question};
use crate::words::{Phrase, grouped, whole};
use crate::{ChartKind, Lesson, Machine, Settings, SliderSpec};
use model::{Arm, Guard, Job, Plan, Rung, Strategy};
use result::{LOST, data, finding, judge, rows};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "races",
    number: Some(13),
    sliders: SLIDERS,
    run_chart: ChartKind::Counts,
    play_charts: &[ChartKind::Counts, ChartKind::Lanes, ChartKind::Makespan],
    shown_arm,
    plan,
    notes,
    questions,
    judge,
    finding,
    data,
    source,
    references: |_, _| Vec::new(),
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "one-step",
                misconception: Some("M14"),
            },
            ExplainOption {
                id: "between",
                misconception: None,
            },
            ExplainOption {
                id: "luck",
                misconception: Some("M13"),
            },
        ],
        right: "between",
    }),
    panel: Some(Panel::Orders),
    presets: &[
        Preset {
            id: "few",
            values: &[("count", "2000"), ("gap", "0"), ("guard", "loose")],
        },
        Preset {
            id: "gap",
            values: &[("count", "200000"), ("gap", "60"), ("guard", "loose")],
        },
        Preset {
            id: "tickets",
            values: &[("count", "1000000"), ("gap", "30"), ("guard", "tickets")],
        },
        Preset {
            id: "tally",
            values: &[("count", "1000000"), ("gap", "30"), ("guard", "loose")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let lost = || rows(evidence, "loose").filter_map(|row| row.figures.get(LOST));
            lost().any(|lost| *lost == 0.0) && lost().any(|lost| *lost > 0.0)
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "count",
        min: 1_000.0,
        max: 2_000_000.0,
        step: 1_000.0,
        default: 1_000_000.0,
        unit: "",
    },
    SliderSpec {
        key: "workers",
        min: 2.0,
        max: 8.0,
        step: 1.0,
        default: 2.0,
        unit: "",
    },
    SliderSpec {
        key: "gap",
        min: 0.0,
        max: 200.0,
        step: 10.0,
        default: 30.0,
        unit: "",
    },
];

/// Runs of each way, a dot each, where nothing else was asked for.
const ROUNDS: u32 = 20;
/// With fewer additions than this for each chef nothing is claimed about losses.
const ENOUGH: f64 = 1e6;
/// Longest round, in milliseconds, before there are fewer additions.
const MOST_ROUND_MILLIS: f64 = 1_500.0;
/// What is compared with the loose tally.
const SAFE: [Guard; 4] = [Guard::Atomic, Guard::Mutex, Guard::TwoLocks, Guard::Local];

/// What is tried besides one chef.
fn guards(settings: &Settings) -> Vec<Guard> {
    let asked = settings.get("guard").and_then(Guard::from_id);
    match asked {
        Some(Guard::Tickets) => vec![Guard::Tickets],
        Some(guard) if SAFE.contains(&guard) => vec![Guard::Loose, guard],
        _ => [Guard::Loose].into_iter().chain(SAFE).collect(),
    }
}

/// Milliseconds one addition takes, roughly, while others write as well.
fn millis_each(guard: Guard, gap: f64) -> f64 {
    let nanos = match guard {
        Guard::Mutex => 120.0,
        Guard::TwoLocks => 60.0,
        Guard::Local => 5.0,
        _ => 25.0,
    };
    (nanos + gap) / 1e6
}

/// Milliseconds a round takes, roughly, for each addition of each chef.
fn round_millis_each(settings: &Settings) -> f64 {
    let (workers, gap) = (workers(settings), LESSON.value("gap", settings));
    let sum = guards(settings).into_iter().map(|guard| {
        let at_once = if guard == Guard::Mutex { 1.0 } else { 2.0 };
        f64::from(workers) / at_once * millis_each(guard, gap)
    });
    sum.sum::<f64>() + f64::from(workers) * millis_each(Guard::Local, gap)
}

fn workers(settings: &Settings) -> u32 {
    LESSON.value("workers", settings) as u32
}

/// Additions of each chef: as asked for, unless a round would take too long.
fn count(settings: &Settings) -> f64 {
    let wanted = LESSON.value("count", settings).round();
    let most = MOST_ROUND_MILLIS / round_millis_each(settings);
    wanted.min((most / 1e3).floor() * 1e3)
}

/// Whether so many additions are made that a loss is claimed.
fn is_enough(settings: &Settings) -> bool {
    count(settings) >= ENOUGH
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let (count, gap) = (count(settings), LESSON.value("gap", settings).round());
    let workers = workers(settings);
    let jobs = [Job {
        workload: "tally".into(),
        tasks: workers,
        busy_millis: count * millis_each(Guard::Local, gap),
        size: count as u32,
        gap: gap as u32,
        ..Job::default()
    }];
    let guards = guards(settings);
    let guarded = |mut arm: Arm, guard: Guard| {
        arm.manner.guard = guard;
        arm
    };
    let place = place(machine);
    let alone = if guards.contains(&Guard::Tickets) {
        Guard::Tickets
    } else {
        Guard::Loose
    };
    let mut arms = vec![guarded(
        arm("one", Strategy::Sequential, 1, place, &jobs),
        alone,
    )];
    let mut capacity_for = Vec::new();
    if runnable(Strategy::Blocking, machine).is_some() {
        for guard in guards {
            let mut team = arm(guard.id(), Strategy::Pool, workers, place, &jobs);
            team.variant = guard.id().into();
            arms.push(based_on(guarded(team, guard), "one"));
        }
        capacity_for = vec![2, workers];
        capacity_for.dedup();
    } else {
        let juggling = arm("juggling", Strategy::Interleaved, 1, place, &jobs);
        arms.push(based_on(guarded(juggling, alone), "one"));
    }
    let round = count * round_millis_each(settings);
    let mut plan = planned(LESSON.id, settings, arms, round, capacity_for);
    if settings.get("rounds").is_none() {
        plan.rounds = ROUNDS;
    }
    plan
}

/// The team that loses.
fn shown_arm(plan: &Plan) -> Option<&str> {
    let loses = |arm: &&Arm| {
        let guard = arm.manner.guard;
        arm.workers > 1 && matches!(guard, Guard::Loose | Guard::Tickets)
    };
    let shown = plan.arms.iter().find(loses).or(plan.arms.last())?;
    Some(&shown.id)
}

fn notes(settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    let mut notes = Vec::new();
    if machine.rung() != Rung::Shared {
        notes.push(Phrase::new("races.note.alone"));
    }
    let count = count(settings);
    if count < LESSON.value("count", settings).round() {
        notes.push(Phrase::new("races.note.flood").with("count", grouped(&whole(count))));
    }
    notes
}

/// The function of `runner::ways` that is run over and over for an arm.
fn source(arm: &str) -> Option<&'static str> {
    Some(match arm {
        "loose" | "one" | "juggling" => "add_loosely",
        "atomic" => "add_at_once",
        "mutex" | "two-locks" => "add_under_lock",
        "tickets" => "sell_if_left",
        _ => return None,
    })
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    let plan = plan(settings, machine);
    let has = |id: &str| plan.arms.iter().any(|arm| arm.id == id);
    let (count, workers) = (count(settings), f64::from(workers(settings)));
    let sum = count * workers;
    // One more than was lost, as no ratio speaks of nothing.
    let choice = |key: &str, id, value, misconception| Choice {
        id,
        phrase: Phrase::new(["races.question.", key, ".", id].concat())
            .with("sum", grouped(&whole(sum))),
        value,
        value_millis: None,
        misconception,
    };
    let mut questions = Vec::new();
    if has("loose") {
        questions.push(Question {
            id: "total",
            phrase: Phrase::new("races.question.total")
                .with("workers", whole(workers))
                .with("count", grouped(&whole(count))),
            choices: vec![
                choice("total", "all", Some(1.0), Some("M14")),
                choice("total", "one", None, None),
                choice("total", "less", Some(sum / 10.0), None),
                choice("total", "crash", None, None),
            ],
            measure: Measure::Above("loose".into(), LOST, 1.0),
        });
    }
    if has("two-locks") {
        questions.push(Question {
            id: "locks",
            phrase: Phrase::new("races.question.locks"),
            choices: vec![
                choice("locks", "none", Some(1.0), Some("M15")),
                choice("locks", "some", Some(sum / 10.0), None),
            ],
            measure: Measure::Above("two-locks".into(), LOST, 1.0),
        });
    }
    if has("tickets") {
        questions.push(Question {
            id: "tickets",
            phrase: Phrase::new("races.question.tickets").with("seats", grouped(&whole(sum / 2.0))),
            choices: vec![
                choice("tickets", "right", Some(1.0), Some("M11")),
                choice("tickets", "more", Some(sum / 10.0), None),
            ],
            measure: Measure::Above("tickets".into(), "oversold", 1.0),
        });
    }
    questions
}
