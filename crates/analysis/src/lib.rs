//! Pure numbers: traces in, summaries, statistics and verdicts out.
//!
//! Two numbers judge every run. **C**, the mean number of tasks in progress,
//! and **P**, the effective parallelism: "chefs' worth of work", not a head
//! count. In the symbols of the code:
//!
//! | figure | formula |
//! |---|---|
//! | C | sum over tasks of (finished - started) / makespan; Little's law, L = λW |
//! | W | busy time of the computing tasks in the base arm of the same round; waiting counts 0 |
//! | P | W / makespan; without SIMD never above the cores, since makespan >= W / p (work law; Graham 1966, Brent 1974) |
//! | `p_ticks` | sum of running spans / makespan: time on a core, not work done |
//! | hollow | lane time with a task ready and none running / time of the used lanes; standing still for a lock is not ready |
//! | speedup | makespan of the base / makespan; `time_ratio` is its inverse |
//! | `finish_ratio` | mean finish / mean finish of the base; (K + 1) / 2 tasks one by one, near K juggled |
//! | T1, Tinf | work and longest chain of tasks that need each other: see [`work_span`] |
//! | balance | mean time on a core over the workers / that of the busiest |
//! | `idle_tail` | workers' time behind their last moment of work / workers' time |
//! | capacity(k) | throughput of k bare workers at once / of one alone |
//!
//! The base is the `sequential` arm in the same place; ratios are taken inside
//! a round, so that a machine which slows down from round to round biases none
//! (base case stated, nonparametric summaries: Hoefler and Belli 2015). Why P
//! falls short is in [`insight`], the statistics in [`stats`], the rules of
//! judging in [`verdict`].
//!
//! [`record`] turns everything measured into the evidence record; the claims of
//! a lesson are added with [`verdict`]. Nothing here fails: a faulty trace
//! becomes a void round with a reason and a note.

mod balance;
pub mod capacity;
pub mod decimal;
mod fault;
pub mod fit;
pub mod grain;
pub mod insight;
pub mod interleave;
pub mod latency;
pub mod laws;
pub mod line;
mod locks;
mod measured;
mod page_life;
pub mod plane;
pub mod queueing;
mod record;
mod rounds;
pub mod stats;
mod summary;
mod town;
pub mod usl;
pub mod verdict;
pub mod waterfall;
pub mod work_span;

pub use fault::{TraceFault, in_order, sane};
pub use measured::{Measured, TimedRun};
pub use record::record;
pub use summary::{LaneUse, Summary, summary};
pub use waterfall::LostTo;
