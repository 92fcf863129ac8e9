//! Kitchens across town: nodes that share nothing, what a message costs, and what
//! becomes of a job when a node is lost.

mod claims;
mod parcels;
mod plan;
#[cfg(test)]
mod tests;
mod told;

use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question};
use crate::words::{Phrase, whole};
use crate::{ChartKind, Drawing, Lesson, Machine, Settings, SliderSpec};
use model::{ArmInfo, Evidence, Plan, Rung};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "cluster",
    number: Some(17),
    sliders: SLIDERS,
    run_chart: ChartKind::Arrows,
    play_charts: &[
        ChartKind::Arrows,
        ChartKind::Sweep,
        ChartKind::Makespan,
        ChartKind::Lanes,
    ],
    shown_arm,
    plan: plan::plan,
    notes,
    questions,
    judge: claims::judge,
    finding: told::finding,
    data: |kind, evidence, _| match kind {
        ChartKind::Sweep => parcels::sweep(evidence).map(Drawing::Sweep),
        _ => None,
    },
    source: |_| None,
    references: |_, _| Vec::new(),
    panel: None,
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "slower",
                misconception: None,
            },
            ExplainOption {
                id: "trips",
                misconception: None,
            },
            ExplainOption {
                id: "free",
                misconception: Some("M18"),
            },
        ],
        right: "trips",
    }),
    presets: &[
        Preset {
            id: "calm",
            values: &[("latency", "0"), ("kill", "0")],
        },
        Preset {
            id: "far",
            values: &[("latency", "100")],
        },
        Preset {
            id: "narrow",
            values: &[("bandwidth", "50")],
        },
        Preset {
            id: "slow",
            values: &[("straggler", "4")],
        },
        Preset {
            id: "one-word",
            values: &[("skew", "60"), ("workers", "4")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let far = named(evidence, FAR);
            let is_far = far
                .and_then(|arm| arm.manner.town)
                .is_some_and(|town| town.latency_millis >= HARD_LATENCY);
            let alone = crate::checks::millis_of(evidence, ALONE);
            let ms = far.map_or(0.0, |arm| crate::checks::millis_of(evidence, &arm.id));
            is_far && ms > 0.0 && ms < 0.95 * alone
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "latency",
        min: 0.0,
        max: 100.0,
        step: 5.0,
        default: 30.0,
        unit: "ms",
    },
    SliderSpec {
        key: "workers",
        min: 1.0,
        max: 8.0,
        step: 1.0,
        default: 2.0,
        unit: "",
    },
    SliderSpec {
        key: "megabytes",
        min: 1.0,
        max: 64.0,
        step: 1.0,
        default: 16.0,
        unit: "megabytes",
    },
    SliderSpec {
        key: "split",
        min: 64.0,
        max: 8192.0,
        step: 64.0,
        default: 1024.0,
        unit: "kib",
    },
    SliderSpec {
        key: "bandwidth",
        min: 0.0,
        max: 500.0,
        step: 10.0,
        default: 0.0,
        unit: "megabytes-per-second",
    },
    SliderSpec {
        key: "kill",
        min: 0.0,
        max: 90.0,
        step: 5.0,
        default: 50.0,
        unit: "percent",
    },
    SliderSpec {
        key: "straggler",
        min: 1.0,
        max: 8.0,
        step: 1.0,
        default: 1.0,
        unit: "times",
    },
    SliderSpec {
        key: "skew",
        min: 0.0,
        max: 80.0,
        step: 10.0,
        default: 0.0,
        unit: "percent",
    },
];

/// Milliseconds a courier needs at least in the challenge.
const HARD_LATENCY: f64 = 20.0;

/// One kitchen that has all the text, and the beginnings of the names of the ways
/// with several, each with their number behind it.
const ALONE: &str = "alone";
const COPIED: &str = "copy";
const HANDED: &str = "hand";
const SHARED: &str = "share";
const STAYED: &str = "local";
const FAR: &str = "far";
const LOST: &str = "lost";
const LOOSE: &str = "loose";
const SLOW: &str = "slow";
const SPARE: &str = "spare";

/// The arm whose name begins like this.
fn named<'a>(evidence: &'a Evidence, name: &str) -> Option<&'a ArmInfo> {
    let mut arms = evidence.arms.iter();
    arms.find(|arm| begins(&arm.id, name))
}

/// Whether an arm of this id is this way with any number of kitchens.
fn begins(id: &str, name: &str) -> bool {
    let rest = id.strip_prefix(name);
    rest.is_some_and(|rest| rest.is_empty() || numbered(rest))
}

fn numbered(rest: &str) -> bool {
    let digits = rest.strip_prefix('-').unwrap_or_default();
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

/// Couriers that need time are the ones to watch.
fn shown_arm(plan: &Plan) -> Option<&str> {
    let of = |name: &str| plan.arms.iter().find(|arm| begins(&arm.id, name));
    let shown = of(FAR).or_else(|| of(HANDED)).or(plan.arms.first())?;
    Some(shown.id.as_str())
}

fn notes(_settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    match machine.rung() {
        Rung::Shared => Vec::new(),
        Rung::Messages => vec![Phrase::new("cluster.note.messages")],
        Rung::Page => vec![Phrase::new("cluster.note.page")],
    }
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    if machine.rung() == Rung::Page {
        return Vec::new();
    }
    let mut questions = vec![about_crate()];
    let latency = LESSON.value("latency", settings);
    if latency > 0.0 {
        let kitchens = LESSON.value("workers", settings) as u32;
        questions.insert(0, about_trips(latency, kitchens));
    }
    questions
}

/// How much later it is done when each message takes so long.
fn about_trips(latency: f64, kitchens: u32) -> Question {
    let choice = |id, times: f64, misconception| Choice {
        id,
        phrase: Phrase::new(["cluster.question.trips.", id].concat())
            .with("ms", whole(times * latency)),
        value: Some(times * latency),
        value_millis: None,
        misconception,
    };
    let numbered = |name: &str| [name, "-", &kitchens.to_string()].concat();
    Question {
        id: "trips",
        phrase: Phrase::new("cluster.question.trips").with("latency", whole(latency)),
        choices: vec![
            choice("none", 0.1, Some("M18")),
            choice("once", 1.0, Some("M18")),
            choice("twice", 2.0, None),
            Choice {
                value: Some(6.0 * latency),
                ..choice("more", 4.0, None)
            },
        ],
        measure: Measure::Difference(numbered(FAR), numbered(HANDED)),
    }
}

/// How long a large crate is under way as a copy.
fn about_crate() -> Question {
    let choice = |id, millis: f64, misconception| Choice {
        id,
        phrase: Phrase::new(["cluster.question.crate.", id].concat()).with("ms", whole(millis)),
        value: Some(millis),
        value_millis: None,
        misconception,
    };
    Question {
        id: "crate",
        phrase: Phrase::new("cluster.question.crate")
            .with("megabytes", parcels::LARGEST_MEGABYTES.to_string()),
        choices: vec![
            choice("one", 1.0, Some("M18")),
            choice("eight", 8.0, None),
            choice("sixty", 60.0, None),
            choice("many", 500.0, None),
        ],
        measure: Measure::Metric(parcels::COPIED.into(), parcels::LARGEST),
    }
}
