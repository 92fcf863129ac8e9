//! Words for the ways of running that a chart compares.

use crate::Say;
use crate::phrase::phrase;
use model::{ArmInfo, Evidence, Metrics, Moves, Place, Strategy};

/// Which arm to draw, and what to call it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ArmLabel {
    /// Id in the evidence record.
    pub arm: String,
    /// A few words, such as "2 chefs".
    pub label: String,
}

/// A reference to compare with, such as the sum of all waits.
#[derive(Clone, Debug, PartialEq)]
pub struct RefLine {
    /// Where, in milliseconds.
    pub millis: f64,
    /// A few words, such as "longest wait".
    pub label: String,
}

/// What an arm is called where a lesson has no words of its own: the strategy
/// and its chefs.
#[must_use]
pub fn arm_label(arm: &ArmInfo, say: Say) -> String {
    let one = arm.workers == 1;
    let key = match arm.strategy {
        Strategy::Sequential => "chart.arm.sequential",
        Strategy::Interleaved => "chart.arm.interleaved",
        Strategy::Pool if one => "chart.arm.pool.one",
        Strategy::Pool => "chart.arm.pool",
        Strategy::Messages if one => "chart.arm.messages.one",
        Strategy::Messages => "chart.arm.messages",
        Strategy::Hybrid if one => "chart.arm.hybrid.one",
        Strategy::Hybrid => "chart.arm.hybrid",
        Strategy::Offload if one => "chart.arm.offload.one",
        Strategy::Offload => "chart.arm.offload",
        Strategy::Blocking if one => "chart.arm.blocking.one",
        Strategy::Blocking => "chart.arm.blocking",
        Strategy::Simd => "chart.arm.simd",
        Strategy::Gpu => "chart.arm.gpu",
    };
    let label = match arm.manner.town {
        Some(town) => {
            let key = if one {
                "chart.arm.town.one"
            } else {
                "chart.arm.town"
            };
            let moves = match town.moves {
                Moves::Copy => "chart.moves.copy",
                Moves::Transfer => "chart.moves.transfer",
                Moves::Share => "chart.moves.share",
                Moves::Local => "chart.moves.local",
            };
            let moves = say(moves, &[]);
            phrase(say)
                .number("n", arm.workers)
                .text("moves", &moves)
                .get(key)
        }
        None => phrase(say).number("n", arm.workers).get(key),
    };
    if arm.variant.is_empty() {
        return label;
    }
    // A variant is an id with words of its own, or is understood as it is.
    let key = ["variant.", &arm.variant].concat();
    let words = say(&key, &[]);
    let variant = if words == key { &arm.variant } else { &words };
    if variant.is_empty() {
        return label;
    }
    phrase(say)
        .text("arm", &label)
        .text("variant", variant)
        .get("chart.arm.variant")
}

/// Every arm of the record under its usual name; where some ran on the page
/// and some in a worker, those on the page say so.
#[must_use]
pub fn arm_labels(evidence: &Evidence, say: Say) -> Vec<ArmLabel> {
    let on_page = evidence
        .arms
        .iter()
        .filter(|arm| arm.place == Place::Page)
        .count();
    let mixed = on_page > 0 && on_page < evidence.arms.len();
    let mut labels = Vec::with_capacity(evidence.arms.len());
    for arm in &evidence.arms {
        let mut label = arm_label(arm, say);
        if mixed && arm.place == Place::Page {
            label = phrase(say).text("arm", &label).get("chart.arm.page");
        }
        labels.push(ArmLabel {
            arm: arm.id.clone(),
            label,
        });
    }
    labels
}

/// One arm of a record with what charts need of it.
pub(crate) struct Picked<'a> {
    pub label: String,
    pub id: &'a str,
    pub metrics: Option<&'a Metrics>,
    pub sequential: bool,
    /// So little time on a core that it is drawn in the pattern of waiting.
    pub mostly_waits: bool,
}

/// The arms to draw: those asked for, or all of them where none is.
pub(crate) fn pick<'a>(evidence: &'a Evidence, asked: &[ArmLabel], say: Say) -> Vec<Picked<'a>> {
    let all;
    let mut wanted = asked;
    if asked.is_empty() {
        all = arm_labels(evidence, say);
        wanted = &all;
    }
    let mut picked = Vec::new();
    for arm in wanted {
        let Some(info) = evidence.arms.iter().find(|info| info.id == arm.arm) else {
            continue;
        };
        let metrics = evidence.metrics.get(&info.id);
        let on_core = metrics.and_then(|all| all.get("p_ticks"));
        picked.push(Picked {
            label: arm.label.clone(),
            id: &info.id,
            metrics,
            sequential: info.strategy == Strategy::Sequential,
            mostly_waits: on_core.is_some_and(|share| share.median < 0.25),
        });
    }
    picked
}
