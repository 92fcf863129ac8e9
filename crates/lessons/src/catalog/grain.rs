//! How small to chop: every hand-over costs, and coarse pieces are uneven.

mod told;

use crate::arms::{arm, based_on, job, place, plan as planned, rung_notes, runnable};
use crate::checks::ratio;
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question, without_twins};
use crate::words::Phrase;
use crate::{ChartKind, Drawing, Lesson, Machine, Settings, SliderSpec};
use model::{Arm, ArmInfo, Plan, Rung, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "grain",
    number: Some(12),
    sliders: SLIDERS,
    run_chart: ChartKind::Sweep,
    play_charts: &[ChartKind::Sweep, ChartKind::Lanes],
    shown_arm,
    plan,
    notes,
    questions,
    judge: told::judge,
    finding: told::finding,
    data: |kind, evidence, _| {
        (kind == ChartKind::Sweep).then(|| Drawing::Sweep(told::sweep(evidence)))
    },
    source: |_| None,
    references: |_, _| Vec::new(),
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "more",
                misconception: Some("M8"),
            },
            ExplainOption {
                id: "both",
                misconception: None,
            },
            ExplainOption {
                id: "few",
                misconception: None,
            },
        ],
        right: "both",
    }),
    panel: None,
    presets: &[
        Preset {
            id: "crumbs",
            values: &[("tasks", "16384"), ("workers", "2")],
        },
        Preset {
            id: "coarse",
            values: &[("tasks", "64"), ("workers", "2")],
        },
        Preset {
            id: "team",
            values: &[("tasks", "2048"), ("workers", "4")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let Some((finest, pieces)) = told::finest(evidence, MESSAGES) else {
                return false;
            };
            let best = told::best(evidence, MESSAGES);
            let times = best.and_then(|(best, _)| ratio(evidence, &finest.id, &best.id));
            pieces >= 128 && times.is_some_and(|times| times.median <= 1.15)
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "tasks",
        min: 64.0,
        max: 16_384.0,
        step: 64.0,
        default: 2_048.0,
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
];

/// The whole picture, in milliseconds of one core.
const WHOLE_MILLIS: f64 = 120.0;
/// Cuts measured for the way with the dearest hand-over.
const CUTS: u32 = 7;
/// Pieces of the work in a row.
const PIECES_IN_A_ROW: u32 = 64;
/// Messages of the finest cut if several pieces travel together.
const BUNDLES: u32 = 64;
/// Pieces of the cut that is shown first: in the kitchen they still have a place
/// each.
const MOST_SHOWN: u32 = 48;
/// What a hand-over by message takes of the makespan, in milliseconds: only to
/// tell how long a round will be.
const ABOUT_A_MESSAGE: f64 = 0.04;

const SEQUENTIAL: &str = "sequential";
const MESSAGES: &str = "messages";
const POOL: &str = "pool";
const BATCHED: &str = "batched";

/// From two pieces to the finest cut, in steps of about the same factor, as
/// powers of two.
fn cuts(finest: u32) -> Vec<u32> {
    let top = f64::from(finest).log2();
    let at = |step: u32| 1.0 + (top - 1.0) * f64::from(step) / f64::from(CUTS - 1);
    let mut cuts: Vec<u32> = (0..CUTS - 1).map(|step| 1 << at(step) as u32).collect();
    cuts.push(finest);
    cuts.dedup();
    cuts
}

/// The middle of the cuts, where neither end is near.
fn middling(cuts: &[u32]) -> u32 {
    cuts.get(cuts.len() / 2).copied().unwrap_or(64)
}

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let value = |key| LESSON.value(key, settings);
    let (finest, workers) = (value("tasks").round() as u32, value("workers") as u32);
    let place = place(machine);
    let cut = |pieces: u32| [job("crop", pieces, WHOLE_MILLIS / f64::from(pieces), 0.0)];
    let row = arm(
        SEQUENTIAL,
        Strategy::Sequential,
        1,
        place,
        &cut(PIECES_IN_A_ROW),
    );
    let mut arms = vec![row];
    if runnable(Strategy::Messages, machine).is_none() {
        // The page alone: what one chef can do, and the notes say the rest.
        let jobs = cut(PIECES_IN_A_ROW);
        let juggling = arm("interleaved", Strategy::Interleaved, 1, place, &jobs);
        arms.push(based_on(juggling, SEQUENTIAL));
        return planned(LESSON.id, settings, arms, 2.0 * WHOLE_MILLIS, Vec::new());
    }
    let team = |way: &str, strategy, pieces: u32| {
        let id = [way, "-", &pieces.to_string()].concat();
        let mut made = arm(&id, strategy, workers, place, &cut(pieces));
        made.variant = pieces.to_string();
        based_on(made, SEQUENTIAL)
    };
    let all = cuts(finest);
    for &pieces in &all {
        arms.push(team(MESSAGES, Strategy::Messages, pieces));
    }
    let mut together = team(BATCHED, Strategy::Messages, finest);
    together.manner.batch = finest.div_ceil(BUNDLES);
    arms.push(together);
    if machine.rung() == Rung::Shared {
        let fewer = all.iter().step_by(2);
        for &pieces in fewer {
            arms.push(team(POOL, Strategy::Pool, pieces));
        }
    }
    let even = WHOLE_MILLIS / machine.capacity_guess(workers).max(1.0);
    let round =
        WHOLE_MILLIS + even * (arms.len() as f64 + 1.0) + 1.4 * ABOUT_A_MESSAGE * f64::from(finest);
    let mut capacity_for = vec![2, workers];
    capacity_for.dedup();
    planned(LESSON.id, settings, arms, round, capacity_for)
}

fn shown_arm(plan: &Plan) -> Option<&str> {
    let mut cuts: Vec<u32> = plan
        .arms
        .iter()
        .filter_map(|arm: &Arm| pieces_of(&arm.id, MESSAGES))
        .collect();
    cuts.retain(|pieces| *pieces <= MOST_SHOWN);
    let most = cuts.into_iter().max().unwrap_or(0);
    let id = [MESSAGES, "-", &most.to_string()].concat();
    super::arm_id(plan, &id)
}

/// Pieces in the name of an arm of this way.
fn pieces_of(id: &str, way: &str) -> Option<u32> {
    id.strip_prefix(way)?.strip_prefix('-')?.parse().ok()
}

/// The arms of one way, from the coarsest cut to the finest.
fn arms_of<'a>(evidence: &'a model::Evidence, way: &str) -> Vec<(&'a ArmInfo, u32)> {
    let arms = evidence.arms.iter();
    let mut arms: Vec<_> = arms
        .filter_map(|arm| Some((arm, pieces_of(&arm.id, way)?)))
        .collect();
    arms.sort_unstable_by_key(|(_, pieces)| *pieces);
    arms
}

fn notes(_settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    match machine.rung() {
        Rung::Shared => Vec::new(),
        Rung::Messages => vec![Phrase::new("grain.note.rail")],
        Rung::Page => rung_notes(machine),
    }
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    if runnable(Strategy::Messages, machine).is_none() {
        return Vec::new();
    }
    let finest = LESSON.value("tasks", settings).round() as u32;
    let workers = LESSON.value("workers", settings) as u32;
    let all = cuts(finest);
    let some = middling(&all);
    let (Some(&few), Some(&many)) = (all.first(), all.last()) else {
        return Vec::new();
    };
    let id = |pieces: u32| [MESSAGES, "-", &pieces.to_string()].concat();
    let choice = |question: &str, id, value: f64, misconception| Choice {
        id,
        phrase: Phrase::new(["grain.question.", question, ".", id].concat()),
        value: Some(value),
        value_millis: None,
        misconception,
    };
    let knives = machine.capacity_guess(workers).max(1.0);
    // Of two halves one has nine tenths of the work.
    let lopsided = 0.9 * knives;
    let (uneven, halves) = if lopsided > 1.3 {
        ("longer", lopsided)
    } else {
        ("same", 1.8)
    };
    let even = f64::from(many) * ABOUT_A_MESSAGE / (WHOLE_MILLIS / knives);
    let dear = if even > 0.5 { "longer" } else { "same" };
    let ask = |name: &'static str, from: u32, choices, right: &str| Question {
        id: name,
        phrase: Phrase::new(["grain.question.", name].concat())
            .with("few", few.to_string())
            .with("some", some.to_string())
            .with("many", many.to_string()),
        choices: without_twins(choices, right),
        measure: Measure::Ratio(id(from), id(some)),
    };
    vec![
        ask(
            "few",
            few,
            vec![
                choice("few", "shorter", 0.6, None),
                choice("few", "same", 1.0, Some("M24")),
                choice("few", "longer", halves, None),
            ],
            uneven,
        ),
        ask(
            "many",
            many,
            vec![
                choice("many", "shorter", 0.6, Some("M8")),
                choice("many", "same", 1.0, Some("M18")),
                choice("many", "longer", 2.2, None),
            ],
            dear,
        ),
    ]
}
