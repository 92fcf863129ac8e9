//! How much memory a run takes, estimated before it begins: what does not fit is
//! refused with a sentence instead of ending a worker, or the page.

use model::{Arm, Job, Strategy};

/// Of the 1 GiB that page and host may have each, what tasks and their results
/// may take.
const MOST_BYTES: u64 = 512 << 20;
/// A result is held by its task, by the trace, and by the message that brings it.
const COPIES: u64 = 3;

/// Megabytes that a run would need, if that is more than there is. The page
/// keeps what is painted in `kept` runs like this one.
#[must_use]
pub fn too_much(arm: &Arm, kept: u64) -> Option<u64> {
    let painted: u64 = arm.jobs.iter().map(painted).sum();
    let worker = at_once(arm) * arm.jobs.iter().map(bytes).max().unwrap_or(0) + COPIES * painted;
    let most = worker.max(painted.saturating_mul(kept));
    (most > MOST_BYTES).then_some(most >> 20)
}

/// Bytes of a task of this job in progress.
fn bytes(job: &Job) -> u64 {
    let workload = workloads::registry::find(&job.workload);
    workload.map_or(0, |workload| (workload.bytes)(job.size))
}

/// Bytes that all tasks of this job paint.
fn painted(job: &Job) -> u64 {
    let workload = workloads::registry::find(&job.workload);
    let paints = workload.is_some_and(|workload| workload.paints);
    let rows = u64::from(job.tasks) * u64::from(job.size);
    if paints {
        rows * u64::from(workloads::PICTURE_WIDTH)
    } else {
        0
    }
}

/// Tasks in progress in one memory at most.
fn at_once(arm: &Arm) -> u64 {
    let tasks: u64 = arm.jobs.iter().map(|job| u64::from(job.tasks)).sum();
    let limited = match arm.manner.limit {
        0 => tasks,
        limit => tasks.min(u64::from(limit)),
    };
    match arm.strategy {
        Strategy::Sequential | Strategy::Simd | Strategy::Messages | Strategy::Gpu => 1,
        Strategy::Interleaved => limited,
        Strategy::Hybrid => limited.div_ceil(u64::from(arm.workers.max(1))),
        Strategy::Pool | Strategy::Offload | Strategy::Blocking => u64::from(arm.workers),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Manner, Place};

    fn arm(strategy: Strategy, workload: &str, tasks: u32, size: u32) -> Arm {
        Arm {
            id: "a".into(),
            strategy,
            variant: String::new(),
            workers: 4,
            place: Place::Worker,
            workload: workload.into(),
            jobs: vec![Job {
                workload: workload.into(),
                tasks,
                size,
                ..Job::default()
            }],
            slice_steps: 1,
            manner: Manner::default(),
            edges: Vec::new(),
            base: None,
        }
    }

    #[test]
    fn what_is_painted_counts_once_a_run() {
        let picture = arm(Strategy::Pool, "mandelbrot", 100, 40);
        // 1.9 MB a run.
        assert_eq!(too_much(&picture, 27), None);
        assert_eq!(too_much(&picture, 300), Some(549));
        let primes = arm(Strategy::Pool, "primes", 10_000, 1_000_000);
        assert_eq!(too_much(&primes, 1_000), None);
    }

    #[test]
    fn only_what_is_in_progress_counts_of_what_the_tasks_need() {
        let stars = |strategy| arm(strategy, "n-body", 30_000, 1);
        // 32 kB each.
        assert_eq!(too_much(&stars(Strategy::Pool), 1), None);
        assert_eq!(too_much(&stars(Strategy::Interleaved), 1), Some(937));
        assert_eq!(too_much(&stars(Strategy::Hybrid), 1), None);
        let mut few = stars(Strategy::Interleaved);
        few.manner.limit = 100;
        assert_eq!(too_much(&few, 1), None);
    }
}
