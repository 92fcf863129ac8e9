//! Requests in the lab: what a way of running can serve, and how many come.

use crate::checks::millis_of;
use crate::{Machine, Settings};
use model::{Arm, ArmInfo, Evidence, Job, Strategy};

/// Longest run of an arm with requests: who wants more takes more rounds.
const MOST_SECONDS: f64 = 20.0;

/// Requests a second that each job gets, for `tasks` of all jobs together.
pub fn spread(jobs: &mut [Job], rate: f64) {
    let all: f64 = jobs.iter().map(|job| f64::from(job.tasks)).sum();
    for job in jobs {
        job.per_second = rate * f64::from(job.tasks) / all.max(1.0);
    }
}

/// Whether requests come over time.
pub fn is_open(arm: &ArmInfo) -> bool {
    arm.jobs.iter().any(|job| job.per_second > 0.0)
}

/// Whether a way of running begins nothing before it has come.
pub const fn can_wait(strategy: Strategy) -> bool {
    !matches!(
        strategy,
        Strategy::Messages | Strategy::Hybrid | Strategy::Gpu
    )
}

/// Requests a second that an arm can serve at most on this machine, by the
/// planned sizes.
pub fn served(arm: &Arm, machine: &Machine<'_>) -> f64 {
    let (mut tasks, mut busy, mut wait) = (0.0, 0.0, 0.0);
    for job in &arm.jobs {
        let n = f64::from(job.tasks);
        tasks += n;
        busy += n * job.busy_millis;
        wait += n * job.wait_millis;
    }
    let tasks = f64::max(tasks, 1.0);
    let (busy, wait) = (busy / tasks, wait / tasks);
    let hands = if arm.strategy.uses_workers() {
        machine.capacity_guess(arm.workers)
    } else {
        1.0
    };
    let at_once = match arm.strategy {
        Strategy::Sequential | Strategy::Simd | Strategy::Gpu => 1.0,
        Strategy::Interleaved | Strategy::Offload | Strategy::Hybrid if arm.manner.limit == 0 => {
            f64::INFINITY
        }
        Strategy::Interleaved | Strategy::Offload | Strategy::Hybrid => f64::from(arm.manner.limit),
        Strategy::Pool | Strategy::Messages | Strategy::Blocking => f64::from(arm.workers),
    };
    1e3 * f64::min(hands / busy, at_once / (busy + wait))
}

/// The first arm whose line would grow: its strategy, and what it can serve.
pub fn flooded(arms: &[Arm], rate: f64, machine: &Machine<'_>) -> Option<(Strategy, f64)> {
    arms.iter()
        .map(|arm| (arm.strategy, served(arm, machine)))
        .find(|(_, served)| *served < rate)
}

/// Tasks of a run with requests, at most as many as fit into the longest run of
/// the slowest arm.
pub fn fitting(arms: &[Arm], rate: f64, machine: &Machine<'_>) -> f64 {
    let slowest = arms
        .iter()
        .map(|arm| served(arm, machine))
        .fold(rate, f64::min);
    (slowest * MOST_SECONDS).floor().max(1.0)
}

/// Requests a second of a view; 0 where all are there at the start.
pub fn rate(settings: &Settings) -> f64 {
    super::LESSON.value("rate", settings)
}

/// An arm that was still serving long after the last request had come.
pub fn grown(evidence: &Evidence) -> Option<&ArmInfo> {
    evidence.arms.iter().find(|arm| {
        let rate = crate::checks::middle(evidence, &arm.id, "rate_per_s");
        let first = arm.jobs.first().map_or(0, |job| job.tasks);
        let coming_millis = 1e3 * f64::from(first) / rate;
        rate > 0.0 && millis_of(evidence, &arm.id) > 1.25 * coming_millis + 200.0
    })
}
