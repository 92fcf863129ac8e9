//! Executes plans and records traces: the instrumented executor, the cooks
//! that drive kernels, the dispatcher of message workers, the measuring protocol.
//!
//! Nothing here names a browser. Clock, timers and workers come in through the
//! ports of [`ports`], so the same code is tested natively with a clock that
//! stands still until told otherwise.

pub mod arrivals;
#[cfg(feature = "rayon")]
pub mod blocking;
pub mod cook;
pub mod crossover;
pub mod crowd;
pub mod dealing;
pub mod executor;
pub mod gauge;
pub mod journal;
pub mod life;
pub mod log;
pub mod loop_run;
pub mod messages;
pub mod need;
#[cfg(feature = "rayon")]
pub mod offload;
pub mod order;
#[cfg(feature = "rayon")]
pub mod pool;
pub mod ports;
pub mod probe;
pub mod protocol;
pub mod reading;
pub mod shared;
pub mod source;
pub mod splits;
pub mod tabs;
pub mod town;
pub mod training;
pub mod watchdog;
pub mod ways;
pub mod wire;

pub use executor::Executor;
pub use log::{Finished, LaneLog, assemble};
pub use ports::{Clock, Timer, Turn};
