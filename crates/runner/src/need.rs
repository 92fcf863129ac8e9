//! How much memory a run takes, estimated before it begins: what does not fit is
//! refused with a sentence instead of ending a worker, or the page.

use crate::splits::{MOST_LAID_BYTES, MOST_SPLIT_BYTES};
use model::{Arm, Job, Moves, PARCEL, Strategy};

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

/// Why a job for nodes cannot have so much data: bytes of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TownNeed {
    /// All of it would lie ready before the stopwatch runs.
    Laid(u64),
    /// Nearly all of it would be kept until the end.
    Kept(u64),
}

/// Jobs whose answer is about as large as their input.
const KEEPERS: [&str; 2] = ["distributed-sort", "inverted-index"];

/// Whether an arm of nodes has more data than can be streamed in bounded memory.
#[must_use]
pub fn too_much_in_town(arm: &Arm) -> Option<TownNeed> {
    let town = arm.manner.town?;
    let kibibytes = arm
        .jobs
        .iter()
        .map(|job| u64::from(job.tasks) * u64::from(job.size));
    let bytes = kibibytes.sum::<u64>() << 10;
    // The last split of a text is seldom full.
    let slack = MOST_SPLIT_BYTES;
    let is_parcel = arm.jobs.iter().any(|job| job.workload == PARCEL);
    if is_parcel || bytes <= MOST_LAID_BYTES + slack {
        return None;
    }
    if matches!(town.moves, Moves::Share | Moves::Local) {
        return Some(TownNeed::Laid(bytes));
    }
    let keeps = arm.jobs.iter().any(|job| KEEPERS.contains(&&*job.workload));
    (keeps || !town.combine).then_some(TownNeed::Kept(bytes))
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

    #[test]
    fn much_data_is_streamed_but_neither_laid_nor_kept() {
        let town = |moves, combine, workload: &str, tasks| {
            let mut arm = arm(Strategy::Messages, workload, tasks, 4096);
            arm.manner.town = Some(model::Town {
                moves,
                combine,
                ..model::Town::default()
            });
            too_much_in_town(&arm)
        };
        let (large, bytes) = (64, 256 << 20);
        assert_eq!(town(Moves::Transfer, true, "word-count", large), None);
        assert_eq!(town(Moves::Copy, true, "log-stats", large), None);
        for moves in [Moves::Share, Moves::Local] {
            let needed = Some(TownNeed::Laid(bytes));
            assert_eq!(town(moves, true, "word-count", large), needed);
            assert_eq!(town(moves, true, "word-count", 16), None);
        }
        let needed = Some(TownNeed::Kept(bytes));
        assert_eq!(town(Moves::Transfer, false, "word-count", large), needed);
        assert_eq!(town(Moves::Copy, true, "distributed-sort", large), needed);
        assert_eq!(town(Moves::Copy, true, "distributed-sort", 16), None);
        assert_eq!(town(Moves::Share, true, PARCEL, large), None);
    }
}
