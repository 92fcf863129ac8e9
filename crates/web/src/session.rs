//! Runs plans: finds the rung, keeps hosts, drives rounds, reports events.

use analysis::{Measured, TimedRun};
use model::{Capability, CapacityProbe, Plan, Trace};

/// What the page learns while a plan runs.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// A new phase began.
    Phase(Phase),
    /// Partial trace of the arm that is running now.
    Live(Trace),
    /// One timed run of one arm ended.
    Run(Box<TimedRun>),
    /// All rounds are done.
    Done(Box<Measured>),
    /// Stopped by the reader.
    Stopped,
    /// Ended early; earlier results stay.
    Failed(RunError),
}

/// Where a run is.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Workers start.
    Starting,
    /// Kernels run until their speed is steady.
    Warming,
    /// Bare workers show what this machine can do at once.
    Probing {
        /// After the rounds instead of before.
        after: bool,
    },
    /// A timed run.
    Round {
        /// Round from 0.
        round: u32,
        /// Rounds in all.
        of: u32,
        /// Arm id.
        arm: String,
    },
}

/// Why a run ended early. Each has a sentence under `error.<id>` in the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// Another run is under way.
    Busy,
    /// A worker did not start.
    NoWorkers,
    /// Memory could not be had.
    NoMemory,
    /// A worker died or trapped; the text is the browser's.
    WorkerDied(String),
    /// Something did not answer in time; the text names it.
    Timeout(String),
    /// The engine is of another build than the page.
    BuildMismatch,
    /// This arm cannot run on this rung.
    CannotRun(String),
}

impl RunError {
    /// Key of its sentence in the words; `{detail}` is [`RunError::detail`].
    #[must_use]
    pub const fn key(&self) -> &'static str {
        match self {
            Self::Busy => "error.busy",
            Self::NoWorkers => "error.no-workers",
            Self::NoMemory => "error.no-memory",
            Self::WorkerDied(_) => "error.worker-died",
            Self::Timeout(_) => "error.timeout",
            Self::BuildMismatch => "error.build-mismatch",
            Self::CannotRun(_) => "error.cannot-run",
        }
    }

    /// What the browser said, or which part it was; may be empty.
    #[must_use]
    pub fn detail(&self) -> &str {
        match self {
            Self::WorkerDied(text) | Self::Timeout(text) | Self::CannotRun(text) => text,
            _ => "",
        }
    }
}

/// The page's side of all runs. Cheap to clone; all clones are one session.
#[derive(Clone)]
pub struct Session;

impl Session {
    /// A session that has started nothing yet. `build` must equal the engine's.
    #[must_use]
    pub fn new(_build: &str) -> Self {
        Self
    }

    /// Climbs the ladder once and remembers the outcome. Never fails, never hangs.
    pub async fn capability(&self) -> Capability {
        std::future::pending().await
    }

    /// Starts a host of that size in the background.
    pub fn prepare(&self, _workers: u32) {}

    /// Starts a run; events come until `Done`, `Stopped` or `Failed`.
    ///
    /// # Errors
    /// [`RunError::Busy`] if a run is under way.
    pub fn run(&self, _plan: Plan, _on_event: impl Fn(RunEvent) + 'static) -> Result<(), RunError> {
        Err(RunError::Busy)
    }

    /// Ends everything now: every worker is terminated. `RunEvent::Stopped`
    /// follows if a run was under way.
    pub fn stop(&self) {}

    /// Whether a run is under way.
    #[must_use]
    pub fn is_running(&self) -> bool {
        false
    }

    /// The probes of the last calibration or run.
    #[must_use]
    pub fn capacity(&self) -> Vec<CapacityProbe> {
        Vec::new()
    }
}
