//! Words for the ways of running that a chart compares.

use crate::Say;
use crate::phrase::phrase;
use model::{ArmInfo, Evidence, Strategy};

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

/// What an arm is called where a lesson has no words of its own: the strategy,
/// its chefs, and where it ran if that is the page.
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
    };
    let label = phrase(say).number("n", arm.workers).get(key);
    if arm.variant.is_empty() {
        return label;
    }
    phrase(say)
        .text("arm", &label)
        .text("variant", &arm.variant)
        .get("chart.arm.variant")
}

/// Every arm of the record under its usual name.
#[must_use]
pub fn arm_labels(evidence: &Evidence, say: Say) -> Vec<ArmLabel> {
    let label = |arm: &ArmInfo| ArmLabel {
        arm: arm.id.clone(),
        label: arm_label(arm, say),
    };
    evidence.arms.iter().map(label).collect()
}
