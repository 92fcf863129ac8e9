//! The only browser boundary: clock, event loop, workers, capability ladder.

pub mod session;

pub use session::{Phase, RunError, RunEvent, Session};
