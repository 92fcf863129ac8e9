//! What the tasks of a run use together: one object for each run, made before it
//! is timed and read after its end.
//!
//! Kernels of `workloads` know nothing of threads; the workloads of
//! [`workloads::registry::SHARED`] are therefore run from here wherever a run has
//! such an object. Message workers have none in common: each makes its own for
//! the tasks it is sent, and nothing of it reaches the others.

mod crossing;
mod gate;
mod marks;
mod shaker;
mod table;
mod tally;

use crate::{
    cook::{Ticks, cook_blocking},
    log::{Finished, LaneLog},
    ports::Clock,
};
use crossing::Crossing;
use model::TaskSpec;
use shaker::Shaker;
use std::{collections::BTreeMap, sync::Arc};
use tally::Tally;
use workloads::Kernel;

/// Keeps two things that are written by different threads off one cache line
/// (two of them: neighbours are fetched in pairs).
#[repr(align(128))]
#[derive(Debug, Default)]
struct Padded<T>(T);

/// What the tasks of one run use together.
pub enum Shared {
    /// Workload `tally`: a number on the wall.
    Tally(Arc<Tally>),
    /// Workload `shaker`: something that one may use at a time.
    Shaker(Box<Shaker>),
    /// Workload `crossing`: things of which each task needs two.
    Crossing(Crossing),
}

impl Shared {
    /// The object for a run of these tasks by one worker; `None` if they share
    /// nothing. It is guarded as the first task that uses it says.
    #[must_use]
    pub fn of(specs: &[TaskSpec]) -> Option<Arc<Self>> {
        Self::for_team(specs, 1)
    }

    /// The same for so many workers, who begin together.
    #[must_use]
    pub fn for_team(specs: &[TaskSpec], workers: usize) -> Option<Arc<Self>> {
        let mine = |id: &'static str| specs.iter().filter(move |spec| spec.workload == id);
        let shaker = || Shaker::of(mine("shaker")).map(|shaker| Self::Shaker(Box::new(shaker)));
        let crossing = || Crossing::of(mine("crossing")).map(Self::Crossing);
        let tally =
            Tally::of(mine("tally"), workers as u32).map(|tally| Self::Tally(Arc::new(tally)));
        tally.or_else(shaker).or_else(crossing).map(Arc::new)
    }

    /// Whether tasks of this workload use it.
    fn is_used_by(&self, workload: &str) -> bool {
        match self {
            Self::Tally(_) => workload == "tally",
            Self::Shaker(_) => workload == "shaker",
            Self::Crossing(_) => workload == "crossing",
        }
    }

    /// What a task of an event loop takes shakers from, if it is one that needs two:
    /// it awaits them ([`Crossing::juggle`]) and has no kernel.
    #[must_use]
    pub fn crossing(&self, spec: &TaskSpec) -> Option<&Crossing> {
        match self {
            Self::Crossing(crossing) if self.is_used_by(&spec.workload) => Some(crossing),
            _ => None,
        }
    }

    /// What came of it, by the names the figures have in a record; nothing before
    /// the last task has ended.
    #[must_use]
    pub fn figures(&self) -> BTreeMap<String, f64> {
        match self {
            Self::Tally(tally) => tally.figures(),
            Self::Shaker(shaker) => shaker.figures(),
            Self::Crossing(crossing) => crossing.figures(),
        }
    }
}

/// As [`Shared::figures`], of a run that may share nothing.
#[must_use]
pub fn figures(shared: Option<&Arc<Shared>>) -> BTreeMap<String, f64> {
    shared.map(|shared| shared.figures()).unwrap_or_default()
}

/// The kernel of a task, for whoever drives it step by step: over what the run
/// shares, if the task uses that. `None` if the workload is unknown.
#[must_use]
pub fn kernel(spec: &TaskSpec, shared: Option<&Arc<Shared>>) -> Option<Box<dyn Kernel>> {
    match shared.map(|shared| &**shared) {
        Some(Shared::Tally(tally)) if spec.workload == "tally" => {
            Some(tally::kernel(spec, Arc::clone(tally)))
        }
        // One thread never finds a lock taken: the plain kernel has none.
        _ => workloads::kernel(spec),
    }
}

/// Runs a task to its end on this thread, as [`cook_blocking`] does, over what the
/// run shares. A long stand before a lock is written down as blocked.
pub fn cook_shared(
    spec: &TaskSpec,
    log: &LaneLog,
    ticks: Ticks,
    clock: &impl Clock,
    shared: Option<&Arc<Shared>>,
    sleep: impl Fn(f64),
) -> Option<Finished> {
    match shared.filter(|shared| shared.is_used_by(&spec.workload)) {
        Some(shared) => match &**shared {
            Shared::Tally(tally) => Some(tally.cook(spec, log, ticks, clock)),
            Shared::Shaker(shaker) => Some(shaker.cook(spec, log, ticks, clock)),
            Shared::Crossing(crossing) => Some(crossing.cook(spec, log, ticks, clock)),
        },
        None => cook_blocking(spec, log, ticks, clock, sleep),
    }
}
