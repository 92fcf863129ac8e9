//! What the tasks of a run use together: one object for each run, made before it
//! is timed and read after its end.
//!
//! Kernels of `workloads` know nothing of threads; the workloads of
//! [`workloads::registry::SHARED`] are therefore run from here wherever a run has
//! such an object. Message workers have none in common: each makes its own for
//! the tasks it is sent, and nothing of it reaches the others.

mod gate;
mod tally;

use crate::{
    cook::{Ticks, cook_blocking},
    log::{Finished, LaneLog},
    ports::Clock,
};
use model::TaskSpec;
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
    Tally(Tally),
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
        let tally = Tally::of(mine("tally"), workers as u32)?;
        Some(Arc::new(Self::Tally(tally)))
    }

    /// Whether tasks of this workload use it.
    fn is_used_by(&self, workload: &str) -> bool {
        match self {
            Self::Tally(_) => workload == "tally",
        }
    }

    /// What came of it, by the names the figures have in a record; nothing before
    /// the last task has ended.
    #[must_use]
    pub fn figures(&self) -> BTreeMap<String, f64> {
        match self {
            Self::Tally(tally) => tally.figures(),
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
    match shared.filter(|shared| shared.is_used_by(&spec.workload)) {
        Some(shared) => match &**shared {
            Shared::Tally(_) => Some(tally::kernel(spec, Arc::clone(shared))),
        },
        None => Some((workloads::registry::find(&spec.workload)?.start)(spec)),
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
        },
        None => cook_blocking(spec, log, ticks, clock, sleep),
    }
}
