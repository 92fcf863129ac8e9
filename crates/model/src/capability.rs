//! What this browser, in this place, was found able to do.

use crate::Gpu;
use serde::{Deserialize, Serialize};

/// Rung of the capability ladder, found by doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(into = "u8", try_from = "u8")]
pub enum Rung {
    /// The page alone: concurrency, no workers.
    Page = 1,
    /// Workers with private memory and messages.
    Messages = 2,
    /// Threads over shared memory.
    Shared = 3,
}

impl From<Rung> for u8 {
    fn from(rung: Rung) -> Self {
        rung as Self
    }
}

impl TryFrom<u8> for Rung {
    type Error = &'static str;
    fn try_from(number: u8) -> Result<Self, Self::Error> {
        match number {
            1 => Ok(Self::Page),
            2 => Ok(Self::Messages),
            3 => Ok(Self::Shared),
            _ => Err("a rung is 1, 2 or 3"),
        }
    }
}

/// Why the ladder stopped where it did; the words for it are in the word files
/// under `badge.reason.<id>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum RungReason {
    /// A pool of two started and worked.
    PoolWorks,
    /// The page is not isolated: memory cannot be handed to another thread.
    NotIsolated,
    /// The pool did not start in time.
    PoolTimeout,
    /// Shared memory could not be had (often: too little memory).
    NoMemory,
    /// The pool failed for another reason.
    PoolFailed,
    /// Workers do not start here (policy, sandbox, blocked script).
    NoWorkers,
    /// A worker started but did not answer in time.
    WorkerTimeout,
    /// The engine is of another build than the page.
    BuildMismatch,
}

impl RungReason {
    /// Stable id, the last part of its key in the word files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::PoolWorks => "pool-works",
            Self::NotIsolated => "not-isolated",
            Self::PoolTimeout => "pool-timeout",
            Self::NoMemory => "no-memory",
            Self::PoolFailed => "pool-failed",
            Self::NoWorkers => "no-workers",
            Self::WorkerTimeout => "worker-timeout",
            Self::BuildMismatch => "build-mismatch",
        }
    }
}

/// How the executor hands control back to the event loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum YieldKind {
    /// `scheduler.yield()`.
    SchedulerYield,
    /// A message through a `MessageChannel`.
    MessageChannel,
    /// `setTimeout(0)`, only where its cost is the lesson.
    Timeout,
}

/// The outcome of trying.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Capability {
    /// Highest rung that worked.
    pub rung: Rung,
    /// Why not a higher one (or that the highest works).
    pub reason: RungReason,
    /// `navigator.hardwareConcurrency`: a hint, never trusted.
    pub reported_cores: u32,
    /// Measured step of `performance.now()`, in nanoseconds.
    pub clock_step_nanos: u64,
    /// `self.crossOriginIsolated`: noted, never trusted.
    pub isolated: bool,
    /// How the page's event loop is yielded to.
    pub yield_kind: YieldKind,
    /// `navigator.userAgent`.
    pub user_agent: String,
    /// What came of asking for a graphics processor; `None` if nobody asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gpu: Option<Gpu>,
}
