//! A thousand blades: huge regular work wins on the graphics processor, small work
//! loses; and learning from examples, the same on every kind of chef.

pub mod claims;
mod plan;
mod told;
#[cfg(test)]
mod trials;

use crate::arms::{rung_notes, runnable};
use crate::catalog::lab::graphics;
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question};
use crate::words::Phrase;
use crate::{ChartKind, Lesson, Machine, Settings, SliderSpec};
use model::{Gpu, Strategy};
use plan::{GPU, ONE, TRAIN, ids, plan, sides, tables};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "gpu-and-training",
    number: Some(18),
    sliders: SLIDERS,
    run_chart: ChartKind::Sweep,
    play_charts: &[ChartKind::Sweep, ChartKind::Stages, ChartKind::Loss],
    shown_arm: plan::shown_arm,
    plan,
    notes,
    questions,
    judge: claims::judge,
    finding: told::finding,
    data: told::data,
    source: |_| None,
    references: |_, _| Vec::new(),
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "always",
                misconception: Some("M19"),
            },
            ExplainOption {
                id: "blunt",
                misconception: None,
            },
            ExplainOption {
                id: "corridor",
                misconception: None,
            },
        ],
        right: "corridor",
    }),
    panel: Some(crate::Panel::Digit),
    presets: &[
        Preset {
            id: "small",
            values: &[("side", "64")],
        },
        Preset {
            id: "large",
            values: &[("side", "1024")],
        },
        Preset {
            id: "mouthfuls",
            values: &[("minibatch", "32")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let trained = evidence
                .arms
                .iter()
                .filter(|arm| plan::is_training(&arm.id));
            trained
                .filter_map(|arm| crate::checks::metric_of(evidence, &arm.id, "accuracy"))
                .any(|accuracy| accuracy.median >= 0.95)
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "side",
        min: 16.0,
        max: 1024.0,
        step: 16.0,
        default: 512.0,
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
        key: "minibatch",
        min: 32.0,
        max: 4_096.0,
        step: 32.0,
        default: 128.0,
        unit: "",
    },
    SliderSpec {
        key: "epochs",
        min: 1.0,
        max: 60.0,
        step: 1.0,
        default: 20.0,
        unit: "",
    },
];

/// What a reader should know: no graphics processor, or one that software plays.
fn notes(_settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    let mut notes = rung_notes(machine);
    match &machine.capability.gpu {
        Some(Gpu::Missing(_)) => notes.push(Phrase::new("gpu-and-training.note.no-gpu")),
        Some(Gpu::Here(adapter)) if adapter.software => {
            notes.push(Phrase::new("gpu-and-training.note.software"));
        }
        _ => {}
    }
    notes
}

/// Makespan of one chef over that of the machine, as a reader who expects it sees it.
const AHEAD: f64 = 4.0;

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    let sides = sides(LESSON.value("side", settings) as u32);
    let (Some(&few), Some(&many)) = (sides.first(), sides.last()) else {
        return Vec::new();
    };
    let choice = |question: &str, id, value: f64, misconception| Choice {
        id,
        phrase: Phrase::new(["gpu-and-training.question.", question, ".", id].concat()),
        value: Some(value),
        value_millis: None,
        misconception,
    };
    // The chef multiplies several tables where the machine multiplies one.
    let ask = |id: &'static str, side: u32, misconception| {
        let even = f64::from(tables(ONE, side));
        Question {
            id,
            phrase: Phrase::new(["gpu-and-training.question.", id].concat())
                .with("side", side.to_string()),
            choices: vec![
                choice("first", "machine", even * AHEAD, misconception),
                choice("first", "same", even, None),
                choice("first", "chef", even / AHEAD, None),
            ],
            measure: Measure::Ratio(ids(ONE, side), ids(GPU, side)),
        }
    };
    let mut asked = Vec::new();
    if graphics::is_there(machine) {
        asked.push(ask("small", few, Some("M19")));
        if many > few {
            asked.push(ask("large", many, None));
        }
    }
    if let Some(way) = runnable(Strategy::Pool, machine) {
        let team = [TRAIN, "-", way.id()].concat();
        asked.push(Question {
            id: "train",
            phrase: Phrase::new("gpu-and-training.question.train"),
            choices: vec![
                choice("train", "less", 0.6, None),
                choice("train", "same", 1.0, None),
                choice("train", "more", 1.6, None),
            ],
            measure: Measure::Figures(team, plan::TRAIN_ONE.to_owned(), "loss"),
        });
    }
    asked
}
