//! The ways of running one and the same list of tasks.

use serde::{Deserialize, Serialize};

/// How the tasks of an arm are run. Variants of one strategy (the kind of
/// yield, a partition) are separate arms, told apart by `Arm::variant`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Strategy {
    /// One task after another on one thread.
    Sequential,
    /// All tasks as futures on one event loop.
    Interleaved,
    /// A `rayon` pool over shared memory.
    Pool,
    /// Workers with private memory that are handed tasks by message.
    Messages,
    /// Message workers, each interleaving its share on its own event loop.
    Hybrid,
    /// Futures on one event loop that await computations on the pool.
    Offload,
    /// Threads over shared memory that each serve one request after another and
    /// stand still while it waits.
    Blocking,
    /// One task after another on one thread, several numbers in one instruction
    /// (WebAssembly's 128-bit SIMD).
    Simd,
    /// Many numbers at the same instant on the graphics processor (WebGPU).
    Gpu,
}

impl Strategy {
    /// Every strategy, in the order they are listed to a reader.
    pub const ALL: [Self; 9] = [
        Self::Sequential,
        Self::Interleaved,
        Self::Pool,
        Self::Messages,
        Self::Hybrid,
        Self::Offload,
        Self::Blocking,
        Self::Simd,
        Self::Gpu,
    ];

    /// The stable id used in addresses and records.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Sequential => "sequential",
            Self::Interleaved => "interleaved",
            Self::Pool => "pool",
            Self::Messages => "messages",
            Self::Hybrid => "hybrid",
            Self::Offload => "offload",
            Self::Blocking => "blocking",
            Self::Simd => "simd",
            Self::Gpu => "gpu",
        }
    }

    /// The strategy with this id, or `None`.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|strategy| strategy.id() == id)
    }

    /// Whether the arm's `workers` count means anything for it.
    #[must_use]
    pub const fn uses_workers(self) -> bool {
        !matches!(
            self,
            Self::Sequential | Self::Interleaved | Self::Simd | Self::Gpu
        )
    }

    /// Whether it needs memory shared between threads (rung 3).
    #[must_use]
    pub const fn needs_shared_memory(self) -> bool {
        matches!(self, Self::Pool | Self::Offload | Self::Blocking)
    }
}
