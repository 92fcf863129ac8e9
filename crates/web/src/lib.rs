//! The only browser boundary: clock, event loop, workers, capability ladder.
//!
//! Timers, listeners and workers are values: dropping one ends it.

pub mod clock;
mod control;
mod crowd_timer;
pub mod dataset;
pub mod event_loop;
mod frames;
pub mod gpu;
mod host;
mod ladder;
mod probes;
pub mod session;
mod stand;
pub mod worker;

pub use session::{Phase, PhotoFault, RunError, RunEvent, Session};
