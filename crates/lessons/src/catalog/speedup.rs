//! How many cooks? What the part that cannot be shared costs, and what growing
//! with the team does about it.

mod asked;
mod claims;
mod lines;
mod menu;
mod told;

pub use asked::curve;

use crate::checks::middle;
use crate::lesson::{Challenge, Explain, ExplainOption, Preset};
use crate::{ChartKind, Drawing, Lesson, SliderSpec};
use analysis::capacity;
use analysis::fit::is_within;
use menu::{ALONE, Menu};
use model::{Arm, Evidence, Plan, Strategy};

/// The entry.
pub const LESSON: Lesson = Lesson {
    id: "speedup",
    number: Some(10),
    sliders: SLIDERS,
    run_chart: ChartKind::Speedup,
    play_charts: &[ChartKind::Speedup, ChartKind::Waterfall, ChartKind::Lanes],
    shown_arm,
    plan: menu::plan,
    notes: menu::notes,
    questions: asked::questions,
    judge: claims::judge,
    finding: told::finding,
    data: |kind, evidence, settings| match kind {
        ChartKind::Speedup => lines::speedup(evidence, settings).map(Drawing::Speedup),
        ChartKind::Waterfall => lines::waterfall(evidence).map(Drawing::Waterfall),
        _ => None,
    },
    source: |_| None,
    references: |_, _| Vec::new(),
    panel: None,
    explain: Some(Explain {
        options: &[
            ExplainOption {
                id: "chefs",
                misconception: Some("M7"),
            },
            ExplainOption {
                id: "crowd",
                misconception: None,
            },
            ExplainOption {
                id: "alone",
                misconception: None,
            },
        ],
        right: "alone",
    }),
    presets: &[
        Preset {
            id: "all",
            values: &[("mode", "fixed"), ("serial", "0")],
        },
        Preset {
            id: "half",
            values: &[("mode", "fixed"), ("serial", "50")],
        },
        Preset {
            id: "grow",
            values: &[("mode", "grow"), ("serial", "20")],
        },
    ],
    challenge: Some(Challenge { met: is_met }),
};

const SLIDERS: &[SliderSpec] = &[
    SliderSpec {
        key: "serial",
        min: 0.0,
        max: 50.0,
        step: 5.0,
        default: 20.0,
        unit: "percent",
    },
    SliderSpec {
        key: "size",
        min: 200.0,
        max: 2000.0,
        step: 100.0,
        default: 300.0,
        unit: "ms",
    },
    SliderSpec {
        key: "workers",
        min: 2.0,
        max: 32.0,
        step: 1.0,
        default: 4.0,
        unit: "",
    },
];

/// Two chefs: who stands by while one has to work alone is seen at a glance.
fn shown_arm(plan: &Plan) -> Option<&str> {
    let is_shown = |arm: &&Arm| is_team(arm.strategy, arm.workers);
    let shown = plan.arms.iter().find(is_shown).or(plan.arms.last());
    shown.map(|arm| arm.id.as_str())
}

fn is_team(strategy: Strategy, workers: u32) -> bool {
    strategy.uses_workers() && workers > 1
}

/// The teams of a record by rising number of chefs: arm id, chefs.
fn teams_of(evidence: &Evidence) -> Vec<(&str, u32)> {
    let arms = evidence.arms.iter();
    let teams = arms.filter(|arm| is_team(arm.strategy, arm.workers));
    let mut teams: Vec<_> = teams.map(|arm| (arm.id.as_str(), arm.workers)).collect();
    teams.sort_unstable_by_key(|(_, workers)| *workers);
    teams
}

/// What so many bare workers get done at once, in workers' worth: as probed, else
/// as many as any probe reached.
pub fn hands(evidence: &Evidence, workers: u32) -> f64 {
    capacity::at(&evidence.capacity, workers).map_or_else(
        || f64::from(workers).min(knives(evidence)),
        |stats| stats.median,
    )
}

/// The most that any number of bare workers reached; 1 without probes.
fn knives(evidence: &Evidence) -> f64 {
    let medians = evidence.capacity.by_workers.values();
    medians.map(|stats| stats.median).fold(1.0, f64::max)
}

/// The largest team for which there is a knife each, if there is one.
fn full_team(evidence: &Evidence) -> Option<(&str, u32)> {
    let has_knives = |(_, workers): &(&str, u32)| is_within(*workers, hands(evidence, *workers));
    teams_of(evidence).into_iter().rfind(has_knives)
}

/// A good share of the ideal, though a fifth or more is for one chef alone.
fn is_met(evidence: &Evidence) -> bool {
    let serial = evidence
        .params
        .get("serial")
        .and_then(|text| crate::address::number(text));
    let is_near = |(arm, workers): (&str, u32)| {
        is_within(workers, hands(evidence, workers))
            && middle(evidence, arm, "speedup") >= 0.86 * f64::from(workers)
    };
    serial.is_some_and(|serial: f64| serial >= 20.0) && teams_of(evidence).into_iter().any(is_near)
}

#[cfg(test)]
mod tests;
