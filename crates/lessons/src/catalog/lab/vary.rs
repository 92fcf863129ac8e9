//! One parameter of the lab in several steps, and the chart of it.

use super::LESSON;
use crate::Settings;
use crate::drawing::{Sweep, SweepLine, level};
use crate::words::{Phrase, whole};
use model::{ArmInfo, Evidence, Strategy};

/// Most steps; each has twice the value of the one before.
const STEPS: u32 = 5;

/// The parameter that is varied, if any.
fn key(settings: &Settings) -> Option<&str> {
    settings.get("sweep").filter(|key| *key != "off")
}

/// The settings of every step: those of the view, with other values of the
/// parameter that is varied. The last ones are the view's own.
pub fn steps(settings: &Settings) -> Vec<Step> {
    let own = Step {
        settings: settings.clone(),
        label: String::new(),
        is_other_work: false,
        is_told: true,
    };
    let Some((key, slider)) = key(settings).and_then(|key| Some((key, LESSON.slider(key)?))) else {
        return vec![own];
    };
    let mut top = slider.value(settings);
    if key == "limit" {
        // More than there are tasks is no limit.
        top = top.min(LESSON.value("tasks", settings));
    }
    let halves = (0..STEPS).rev().map(|step| f64::from(1_u32 << step));
    let mut values: Vec<f64> = halves
        .map(|part| (top / part).round().max(slider.min.max(1.0)))
        .collect();
    values.dedup();
    if values.len() < 2 {
        return vec![own];
    }
    let mut steps = Vec::new();
    for value in values {
        let mut settings = settings.clone();
        let text = whole(value);
        // Inside the slider's range, so this is taken as it is.
        let _taken = settings.set(key, &text);
        steps.push(Step {
            settings,
            label: [key, " ", &*text].concat(),
            is_other_work: matches!(key, "tasks" | "size" | "wait" | "rate"),
            is_told: key == "workers",
        });
    }
    steps
}

/// One step of what is varied.
pub struct Step {
    /// Everything else is as in the view.
    pub settings: Settings,
    /// `key value`, the variant of its arms; empty where nothing is varied.
    pub label: String,
    /// Whether its tasks are other ones, so that they need a base of their own.
    pub is_other_work: bool,
    /// Whether the names of arms tell the value already.
    pub is_told: bool,
}

/// Whether a way of running heeds what is varied (the label of a step); one that
/// does not is run once.
pub fn heeds(strategy: Strategy, label: &str) -> bool {
    match label.split(' ').next() {
        Some("workers") => strategy.uses_workers(),
        Some("limit") => strategy == Strategy::Interleaved,
        Some("batch") => super::heeds_dealing(strategy),
        Some("slice") => matches!(strategy, Strategy::Interleaved | Strategy::Hybrid),
        _ => true,
    }
}

/// Whether too little is varied to be compared: the slider stands too low.
pub fn is_stuck(settings: &Settings) -> bool {
    key(settings).is_some() && steps(settings).len() < 2
}

/// Where an arm stands on the scale of what was varied.
fn place(arm: &ArmInfo, key: &str) -> Option<f64> {
    if key == "workers" {
        return arm.strategy.uses_workers().then(|| f64::from(arm.workers));
    }
    let value = arm.variant.strip_prefix(key)?;
    crate::address::number(value.trim_start())
}

/// Time to the last task, or the last of a hundred requests, against what was
/// varied. From the record alone: the view may have other settings by now.
pub fn sweep(evidence: &Evidence, _settings: &Settings) -> Option<Sweep> {
    let key = evidence.params.get("sweep").filter(|key| *key != "off")?;
    if evidence.arms.iter().any(|arm| arm.manner.town.is_some()) {
        return super::town::sweep(evidence, key);
    }
    let is_open = evidence.arms.iter().any(super::pace::is_open);
    let figure = |arm: &ArmInfo| {
        if is_open {
            crate::checks::metric_of(evidence, &arm.id, "latency_p99_ms")
        } else {
            evidence.stats.get(&arm.id).copied()
        }
    };
    let (mut lines, mut ways) = (Vec::new(), Vec::new());
    for strategy in Strategy::ALL {
        let own = evidence.arms.iter().filter(|arm| arm.strategy == strategy);
        let mut points: Vec<_> = own
            .filter_map(|arm| Some((place(arm, key)?, figure(arm)?)))
            .collect();
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        if points.len() > 1 {
            ways.push(strategy);
            lines.push(SweepLine {
                label: Phrase::new(["strategy.", strategy.id()].concat()),
                points,
            });
        }
    }
    let up = if is_open { "lab.up.last" } else { "lab.up.all" };
    // Where the graphics processor begins to win.
    let of = |way: Strategy| {
        let at = ways.iter().position(|own| *own == way)?;
        lines.get(at).map(|line: &SweepLine| line.points.as_slice())
    };
    let met = match (of(Strategy::Sequential), of(Strategy::Gpu)) {
        (Some(one), Some(machine)) => level(one, machine),
        _ => None,
    };
    let is_log_up = ways.contains(&Strategy::Gpu);
    (!lines.is_empty()).then(|| Sweep {
        across: Phrase::new(["slider.", key].concat()),
        up: Phrase::new(up),
        is_log: true,
        lines,
        theory: Vec::new(),
        is_log_up,
        crossing: met.map(|at| (at, Phrase::new("lab.crossing").with("at", whole(at)))),
    })
}
