//! Which tool for which job: several jobs, the same ways of working for each, and no
//! way that is best for all.

mod jobs;
#[cfg(test)]
mod tests;
mod told;

use crate::arms::{plan as planned, rung_notes, runnable};
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::question::{Choice, Measure, Question};
use crate::words::{Phrase, whole};
use crate::{ChartKind, Drawing, Lesson, Machine, Settings, SliderSpec};
use jobs::{JOBS, Way};
use model::{Gpu, Plan, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "which-tool",
    number: Some(19),
    sliders: SLIDERS,
    run_chart: ChartKind::Sweep,
    play_charts: &[ChartKind::Sweep, ChartKind::Makespan, ChartKind::Lanes],
    shown_arm: |plan| super::arm_id(plan, "calls-juggle"),
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
                id: "newest",
                misconception: Some("M19"),
            },
            ExplainOption {
                id: "missing",
                misconception: None,
            },
        ],
        right: "missing",
    }),
    panel: None,
    presets: &[
        Preset {
            id: "coarse",
            values: &[("tasks", "40")],
        },
        Preset {
            id: "crumbs",
            values: &[("tasks", "2000")],
        },
        Preset {
            id: "crowd",
            values: &[("workers", "8")],
        },
    ],
    challenge: Some(Challenge {
        met: |evidence| {
            let times = crate::checks::ratio(evidence, "crumbs-couriers", "crumbs-row");
            times.is_some_and(|times| times.median <= 0.8)
        },
    }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "workers",
        min: 2.0,
        max: 8.0,
        step: 1.0,
        default: 2.0,
        unit: "",
    },
    SliderSpec {
        key: "tasks",
        min: 40.0,
        max: 2_000.0,
        step: 40.0,
        default: 800.0,
        unit: "",
    },
];

fn plan(settings: &Settings, machine: &Machine<'_>) -> Plan {
    let workers = LESSON.value("workers", settings) as u32;
    let crumbs = LESSON.value("tasks", settings).round() as u32;
    let mut arms = Vec::new();
    let mut round = 0.0;
    for job in JOBS {
        for way in job.ways_on(machine) {
            let made = job.arm(way, (workers, crumbs), machine);
            round += job.about_millis(way, (workers, crumbs), machine);
            arms.push(made);
        }
    }
    let mut capacity_for = Vec::new();
    if runnable(Strategy::Messages, machine).is_some() {
        capacity_for = vec![2, workers];
        capacity_for.dedup();
    }
    planned(LESSON.id, settings, arms, round, capacity_for)
}

fn notes(_settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    let mut notes = rung_notes(machine);
    match &machine.capability.gpu {
        Some(Gpu::Missing(_)) => notes.push(Phrase::new("which-tool.note.no-gpu")),
        Some(Gpu::Here(adapter)) if adapter.software => {
            notes.push(Phrase::new("which-tool.note.software"));
        }
        _ => {}
    }
    notes
}

fn questions(settings: &Settings, machine: &Machine<'_>) -> Vec<Question> {
    let workers = LESSON.value("workers", settings) as u32;
    let crumbs = LESSON.value("tasks", settings).round() as u32;
    let ask = |job: &'static jobs::Kind| {
        let ways: Vec<Way> = job.ways_on(machine).collect();
        let choices = ways.iter().map(|way| Choice {
            id: way.id(),
            phrase: Phrase::new(["which-tool.way.", way.text(job)].concat())
                .with("n", workers.to_string())
                .with("many", way.workers(workers).to_string()),
            value: None,
            value_millis: None,
            misconception: job.misconception(*way),
        });
        let arms = ways.iter().map(|way| (way.id(), job.arm_id(*way)));
        Question {
            id: job.id,
            phrase: Phrase::new(["which-tool.question.", job.id].concat())
                .with("crumbs", whole(f64::from(crumbs))),
            choices: choices.collect(),
            measure: Measure::Best(arms.collect()),
        }
    };
    JOBS.iter()
        .filter(|job| job.ways_on(machine).count() > 1)
        .map(ask)
        .collect()
}
