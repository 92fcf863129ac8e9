//! The only browser boundary: clock, event loop, workers, capability ladder.
//!
//! Timers, listeners and workers are values: dropping one ends it.

pub mod cargo;
pub mod clock;
mod control;
mod crowd_timer;
pub mod dataset;
mod digits;
pub mod event_loop;
mod frames;
mod given;
pub mod gpu;
mod host;
mod ladder;
mod probes;
pub mod session;
mod stand;
pub mod tabs;
pub mod text_file;
pub mod worker;

pub use given::{can_be_given, cut_for};
pub use session::{Phase, PhotoFault, RunError, RunEvent, Session};
