//! Bare probes of what the machine can do at once, and calibration of work to
//! the clock. Both use kernels directly: no strategy is involved.

use crate::ports::Clock;
use model::{Job, Nanos, TaskSpec};
use serde::{Deserialize, Serialize};
use workloads::{Kernel, Step};

fn spec(workload: &str, part: u32, parts: u32, size: u32, seed: u64) -> TaskSpec {
    TaskSpec {
        id: part,
        workload: workload.into(),
        part,
        parts,
        size,
        wait_millis: 0.0,
        seed,
        ..TaskSpec::default()
    }
}

/// Steps of a fixed kernel done between `from` and `until` on the shared clock.
/// Busy-waits until `from`, so that several workers start together.
pub fn probe(clock: &impl Clock, from_nanos: Nanos, until_nanos: Nanos) -> u64 {
    let Some(workload) = workloads::registry::find("primes") else {
        return 0;
    };
    let start = |size| (workload.start)(&spec("primes", 0, 1, size, 1));
    let mut kernel = start(workload.sizes.1);
    let mut steps = 0;
    loop {
        let done = matches!(kernel.step(), Step::Done(_));
        let now = clock.now_nanos();
        if now >= until_nanos {
            return steps;
        }
        if now >= from_nanos {
            steps += 1;
        }
        if done {
            kernel = start(workload.sizes.1);
        }
    }
}

/// What calibration found for one job.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Calibration {
    /// [`Job::size`] that takes about the wanted time on one core.
    pub size: u32,
    /// Length of one step once warm.
    pub step_nanos: Nanos,
    /// Length of one step in the very first pass, before the browser's
    /// optimising compiler was done with the kernel.
    pub cold_step_nanos: Nanos,
}

impl Calibration {
    /// For a job that only waits.
    pub const WAITING: Self = Self {
        size: 0,
        step_nanos: 40_000,
        cold_step_nanos: 40_000,
    };
}

/// Finds the size for a job in passes of at most some 30 ms, so that a page can
/// breathe between them.
pub struct Calibrator {
    job: Job,
    seed: u64,
    passes: Vec<Pass>,
    size: u32,
    spent_nanos: Nanos,
}

#[derive(Clone, Copy)]
struct Pass {
    size: u32,
    nanos: Nanos,
    steps: u64,
}

/// A pass this long is exact enough: 200 steps of even a coarse clock (0.1 ms).
const PASS_NANOS: Nanos = 20_000_000;
/// Parts of one pass at most, evenly spaced over the job.
const MOST_PARTS: u32 = 128;
/// Calibration ends after this time even if the speed is not steady yet.
const LIMIT_NANOS: Nanos = 500_000_000;

impl Calibrator {
    /// `None` if the workload is unknown.
    #[must_use]
    pub fn new(job: &Job, seed: u64) -> Option<Self> {
        let workload = workloads::registry::find(&job.workload)?;
        Some(Self {
            job: job.clone(),
            seed,
            passes: Vec::new(),
            size: workload.sizes.0.max(1),
            spent_nanos: 0,
        })
    }

    /// One pass over the parts of the job at the present size, over some of them
    /// if there are very many; the result once three passes of enough length
    /// agree within 5 %.
    pub fn pass(&mut self, clock: &impl Clock) -> Option<Calibration> {
        let workload = workloads::registry::find(&self.job.workload)?;
        if !workload.computes || self.job.busy_millis <= 0.0 {
            return Some(Calibration::WAITING);
        }
        let parts = self.job.tasks.max(1);
        let apart = parts.div_ceil(MOST_PARTS) as usize;
        let mut kernels: Vec<Box<dyn Kernel>> = (0..parts)
            .step_by(apart)
            .map(|part| {
                let one = spec(&self.job.workload, part, parts, self.size, self.seed);
                (workload.start)(&one)
            })
            .collect();
        let n_kernels = kernels.len() as f64;
        let begin = clock.now_nanos();
        let mut steps = 0;
        for kernel in &mut kernels {
            while !matches!(kernel.step(), Step::Done(_)) {
                steps += 1;
            }
            steps += 1;
        }
        let nanos = clock.now_nanos().saturating_sub(begin).max(1);
        self.spent_nanos += nanos;
        self.passes.push(Pass {
            size: self.size,
            nanos,
            steps,
        });
        if nanos < PASS_NANOS && self.size < workload.sizes.1 {
            let factor = (PASS_NANOS / nanos).clamp(1, 15) as u32 + 1;
            self.size = self.size.saturating_mul(factor).min(workload.sizes.1);
            return None;
        }
        if !self.steady() && self.spent_nanos < LIMIT_NANOS {
            return None;
        }
        let last = self.passes.last()?;
        let first = self.passes.first()?;
        // Whoever takes the core away makes a pass longer, never shorter.
        let same = self.passes.iter().filter(|pass| pass.size == last.size);
        let nanos = same.map(|pass| pass.nanos).min().unwrap_or(last.nanos);
        let nanos_per_unit = nanos as f64 / n_kernels / f64::from(last.size);
        let wanted = self.job.busy_millis * 1e6 / nanos_per_unit.max(1.0);
        Some(Calibration {
            size: (wanted.round() as u32).clamp(workload.sizes.0.max(1), workload.sizes.1),
            step_nanos: last.nanos / last.steps.max(1),
            cold_step_nanos: first.nanos / first.steps.max(1),
        })
    }

    fn steady(&self) -> bool {
        let [.., a, b, c] = self.passes.as_slice() else {
            return false;
        };
        if a.size != c.size {
            return false;
        }
        let (low, high) = [a, b, c].iter().fold((Nanos::MAX, 0), |(low, high), pass| {
            (low.min(pass.nanos), high.max(pass.nanos))
        });
        high as f64 <= low as f64 * 1.05
    }
}
