//! Time to the last dish, one bar per arm.

use crate::{ArmLabel, Chart, RefLine, Say, View};
use model::Evidence;

/// Horizontal bars of the median makespan with every valid round as a dot, the
/// interval of the median, reference lines and the prediction as a ghost.
/// `arms` says what to draw and in which order; empty: every arm of the record.
#[must_use]
pub fn makespan(
    evidence: &Evidence,
    arms: &[ArmLabel],
    refs: &[RefLine],
    view: &View,
    say: Say,
) -> Chart {
    let _ = (evidence, arms, refs, say);
    Chart {
        id: view.id.clone(),
        kind: "makespan",
        title: String::new(),
        finding: String::new(),
        width: view.width_px,
        height: 100.0,
        body: String::new(),
        marks: Vec::new(),
        table: crate::Table::default(),
    }
}
