//! The plane of tasks in progress and work done at once.

use crate::{ArmLabel, Chart, Say, View};
use model::Evidence;

/// Every arm as a dot: across, the mean number of tasks in progress (C); up,
/// how much work was done at once (P), with the measured capacity as a line.
/// `arms` as in [`crate::makespan`]. Borders of the quadrants: C = 1.5, P = 1.3.
#[must_use]
pub fn plane(evidence: &Evidence, arms: &[ArmLabel], view: &View, say: Say) -> Chart {
    let _ = (evidence, arms, say);
    Chart {
        id: view.id.clone(),
        kind: "plane",
        title: String::new(),
        finding: String::new(),
        width: view.width_px,
        height: 100.0,
        body: String::new(),
        marks: Vec::new(),
        table: crate::Table::default(),
    }
}
