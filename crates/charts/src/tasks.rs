//! What happened to each task: one row per task.

use crate::{Chart, RefLine, Say, View};
use model::Trace;

/// One row per task, time from left to right, in the patterns of `lanes`.
#[must_use]
pub fn tasks(trace: &Trace, view: &View, say: Say) -> Chart {
    let _ = (trace, say);
    Chart {
        id: view.id.clone(),
        kind: "tasks",
        title: String::new(),
        finding: String::new(),
        width: view.width_px,
        height: 100.0,
        body: String::new(),
        marks: Vec::new(),
        table: crate::Table::default(),
    }
}

/// As [`tasks`] for a small card: no row labels; the time scale ends at the
/// reference, which is drawn as a dashed line with its label and time.
#[must_use]
pub fn tasks_compact(trace: &Trace, reference: Option<&RefLine>, view: &View, say: Say) -> Chart {
    let _ = reference;
    tasks(trace, view, say)
}

/// How often a chef left one task for another, summed over all chefs.
#[must_use]
pub fn switches(trace: &Trace) -> u32 {
    let _ = trace;
    0
}
