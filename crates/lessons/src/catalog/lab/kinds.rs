//! The kinds of work of the lab: each has controls, ways and sentences of its own.

use super::{learning, town};
use crate::{Machine, Settings, towns};
use model::{Plan, TRAINING};

/// A kind of work; one run has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Work {
    /// Tasks that know nothing of each other.
    Tasks,
    /// Text on nodes that share nothing.
    Nodes,
    /// Learning from examples.
    Learning,
}

impl Work {
    /// The kind that a plan is of.
    #[must_use]
    pub fn of(plan: &Plan) -> Self {
        let has = |is: fn(&model::Manner) -> bool| plan.arms.iter().any(|arm| is(&arm.manner));
        if has(|manner| manner.town.is_some()) {
            Self::Nodes
        } else if has(|manner| manner.training.is_some()) {
            Self::Learning
        } else {
            Self::Tasks
        }
    }

    /// The kind of the work chosen last, where this machine can do it.
    pub fn wanted(settings: &Settings, machine: &Machine<'_>) -> Self {
        if town::is_wanted(settings, machine) {
            Self::Nodes
        } else if learning::is_wanted(settings) {
            Self::Learning
        } else {
            Self::Tasks
        }
    }

    fn has(self, workload: &str) -> bool {
        match self {
            Self::Nodes => towns::is_mapped(workload),
            Self::Learning => workload == TRAINING,
            Self::Tasks => !towns::is_mapped(workload) && workload != TRAINING,
        }
    }
}

/// Controls that one kind has alone.
const NODES: [&str; 10] = [
    "moves",
    "combine",
    "spare",
    "megabytes",
    "split",
    "latency",
    "bandwidth",
    "kill",
    "straggler",
    "skew",
];
const LEARNING: [&str; 5] = ["learner", "updates", "minibatch", "epochs", "examples"];
const TASKS: [&str; 11] = [
    "tasks", "size", "wait", "rate", "limit", "slice", "batch", "yield", "blades", "deal",
    "handover",
];
/// What can be varied of work on nodes, and of learning.
const VARIED_OF_NODES: [&str; 5] = ["workers", "megabytes", "split", "latency", "bandwidth"];
const VARIED_OF_LEARNING: [&str; 1] = ["workers"];

/// Whether a slider or a choice of the lab means anything for this kind of work.
#[must_use]
pub fn has_control(key: &str, work: Work) -> bool {
    let is_of = |own: &[&str], kind: Work| work == kind || !own.contains(&key);
    is_of(&NODES, Work::Nodes) && is_of(&LEARNING, Work::Learning) && is_of(&TASKS, Work::Tasks)
}

/// Whether that can be varied of this kind of work.
#[must_use]
pub fn can_vary(key: &str, work: Work) -> bool {
    match work {
        _ if key == "off" => true,
        Work::Nodes => VARIED_OF_NODES.contains(&key),
        Work::Learning => VARIED_OF_LEARNING.contains(&key),
        Work::Tasks => !NODES.contains(&key) && !LEARNING.contains(&key),
    }
}

/// The settings without work of the other kinds, and without what only these can
/// vary.
pub fn settled(settings: &Settings, machine: &Machine<'_>) -> Settings {
    let work = Work::wanted(settings, machine);
    let mut own = settings.clone();
    let ids = settings.workloads().into_iter();
    let kept: Vec<&str> = ids.filter(|id| work.has(id)).collect();
    own.unset("workload");
    if !kept.is_empty() {
        // Known words only.
        let _taken = own.set("workload", &kept.join(","));
    }
    if !can_vary(settings.get("sweep").unwrap_or("off"), work) {
        own.unset("sweep");
    }
    own
}
