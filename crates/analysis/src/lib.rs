//! Pure numbers: traces in, summaries, statistics and verdicts out.
//!
//! Two numbers judge every run. **C**, the mean number of tasks in progress:
//! the sum over tasks of `finished - started`, divided by the makespan (Little's
//! law read backwards: tasks in progress = throughput x time in progress).
//! **P**, the effective parallelism: the core time that the same tasks took in
//! the sequential arm of the same round, divided by this makespan; "chefs'
//! worth of work", not a head count. Waiting counts 0.
//!
//! [`record`] turns everything measured into the evidence record; the claims of
//! a lesson are added with [`verdict`]. Nothing here fails: a faulty trace
//! becomes a void round with a reason and a note.

pub mod capacity;
pub mod decimal;
mod fault;
pub mod insight;
mod measured;
mod record;
pub mod stats;
mod summary;
pub mod verdict;

pub use fault::{TraceFault, sane};
pub use measured::{Measured, TimedRun};
pub use record::record;
pub use summary::{LaneUse, Summary, summary};
