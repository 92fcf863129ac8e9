//! Nodes that share nothing and map and reduce a job for a depot: who gets what and
//! what happens when one is lost ([`Coordinator`]), what a slower network adds
//! ([`Network`]), what they tell each other ([`wire`]), what a node does ([`node`]).
//!
//! All pure: buffers, messages, timers and the ends of workers come from outside.

mod coordinator;
mod network;
pub mod node;
pub mod wire;

pub use coordinator::{Action, Coordinator, Counts, Phase, TICK_MILLIS};
pub use network::{Network, Way};

use model::{Arm, Town};

/// What is said when no node is left. The page knows it by this text.
pub const ALL_LOST: &str = "every node was lost";

/// A generous limit for one run of such an arm in milliseconds: 30 s, 0.2 s for each
/// megabyte on the slowest node, and four times what the network adds if nothing is
/// on its way at the same time.
#[must_use]
pub fn limit_millis(arm: &Arm, town: &Town) -> u32 {
    let kibibytes = arm.jobs.iter().map(|job| {
        let tasks = f64::from(job.tasks);
        (tasks, tasks * f64::from(job.size))
    });
    let (tasks, kibibytes) = kibibytes.fold((0.0, 0.0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    let megabytes = kibibytes / 1e3;
    let held = if town.megabytes_per_second > 0.0 {
        2e3 * megabytes / town.megabytes_per_second
    } else {
        0.0
    };
    let messages = 2.0 * (tasks + f64::from(arm.reducers()));
    let added = 4.0 * (messages * town.latency_millis + held);
    (30_000.0 + 200.0 * megabytes * town.straggler.max(1.0) + added).min(3.6e6) as u32
}
