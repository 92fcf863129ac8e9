//! What a run hands over to be judged.

use model::{Capability, CapacityProbe, Plan, Trace, Warmth};
use std::collections::BTreeMap;

/// One timed run of one arm, with what the trace itself cannot know.
#[derive(Clone, Debug, PartialEq)]
pub struct TimedRun {
    /// Position in its round's random order, from 0.
    pub order: u32,
    /// Whether the page was hidden at any moment of it.
    pub hidden: bool,
    /// What happened; carries the arm id and the round.
    pub trace: Trace,
}

/// Everything measured for one plan.
#[derive(Clone, Debug, PartialEq)]
pub struct Measured {
    /// The plan as it was run, sizes frozen by calibration.
    pub plan: Plan,
    /// What the browser was found able to do.
    pub capability: Capability,
    /// Build id of page and engine.
    pub build: String,
    /// Date and time at the start, ISO 8601, or empty.
    pub started: String,
    /// Every timed run, in the order run.
    pub runs: Vec<TimedRun>,
    /// Probes of bare workers, before and after the rounds.
    pub probes: Vec<CapacityProbe>,
    /// Cold against warm, by workload id.
    pub warmth: BTreeMap<String, Warmth>,
    /// Anything a reader should know.
    pub notes: Vec<String>,
}
