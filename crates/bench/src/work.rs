//! The workloads themselves, without executor, ticks or spans: the plainest
//! native code there is for them, on one thread and by rayon.

use crate::pairs::{Pairs, alternate, millis};
use model::{Arm, Job, Manner, Place, Strategy, TaskSpec};
use rayon::prelude::*;
use runner::{
    Clock, LaneLog,
    cook::{Ticks, cook_blocking},
};
use std::{cell::Cell, hint::black_box, time::Instant};
use workloads::Step;

/// Runs a task to its end and gives its checksum.
fn cook(spec: &TaskSpec) -> u64 {
    let Some(workload) = workloads::registry::find(&spec.workload) else {
        return 0;
    };
    let mut kernel = workload.kernel(spec);
    loop {
        if let Step::Done(output) = kernel.step() {
            return output.checksum;
        }
    }
}

fn one_by_one(specs: &[TaskSpec]) -> u64 {
    specs.iter().map(cook).fold(0, u64::wrapping_add)
}

/// The tasks of these jobs, as the page's arms have them.
fn specs(jobs: &[Job], seed: u64, simd: bool) -> Result<Vec<TaskSpec>, String> {
    for job in jobs {
        let workload = workloads::registry::find(&job.workload)
            .ok_or_else(|| format!("no workload {:?}", job.workload))?;
        if workload.computes && job.size == 0 {
            return Err(format!("{} is not calibrated: size 0", job.workload));
        }
    }
    let arm = Arm {
        id: String::new(),
        strategy: Strategy::Sequential,
        variant: String::new(),
        workers: 1,
        place: Place::Worker,
        workload: String::new(),
        jobs: jobs.to_vec(),
        slice_steps: 1,
        manner: Manner {
            simd,
            ..Manner::default()
        },
        edges: Vec::new(),
        base: None,
    };
    Ok(arm.tasks(seed, 0))
}

/// Milliseconds on this thread, and by rayon on `workers` threads.
pub fn pairs(
    jobs: &[Job],
    seed: u64,
    simd: bool,
    workers: u32,
    rounds: u32,
) -> Result<Pairs, String> {
    let specs = specs(jobs, seed, simd)?;
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(workers.max(1) as usize)
        .build()
        .map_err(|error| error.to_string())?;
    // One task a piece: rayon would else split by halves of the list.
    let by_rayon = || {
        pool.install(|| {
            specs
                .par_iter()
                .with_max_len(1)
                .map(cook)
                .reduce(|| 0, u64::wrapping_add)
        })
    };
    let (pairs, checksum) = compare(rounds, || one_by_one(&specs), by_rayon)?;
    Ok(Pairs { pairs, checksum })
}

/// The process's own clock, as precise as it gets.
#[derive(Clone, Copy)]
struct Stopwatch(Instant);

impl Clock for Stopwatch {
    fn now_nanos(&self) -> u64 {
        self.0.elapsed().as_nanos() as u64
    }
}

/// Milliseconds with ticks and spans as every worker writes them, and without.
pub fn traced(rounds: u32) -> Result<Pairs, String> {
    let mut job = Job {
        workload: "primes".into(),
        tasks: 8,
        busy_millis: 0.0,
        size: 1,
        wait_millis: 0.0,
        ..Job::default()
    };
    // 10 to 20 ms in all, whatever the machine.
    let specs = loop {
        let specs = specs(std::slice::from_ref(&job), 1, false)?;
        let probe = || {
            black_box(one_by_one(&specs));
        };
        if millis(probe) > 10.0 {
            break specs;
        }
        job.size *= 2;
    };
    let clock = Stopwatch(Instant::now());
    let ticks = Ticks::new(40_000, 1);
    let with_ticks = || {
        let log = LaneLog::new(0, 4096);
        specs
            .iter()
            .filter_map(|spec| cook_blocking(spec, &log, ticks, &clock, |_| ()))
            .fold(0, |sum, done| done.checksum.wrapping_add(sum))
    };
    let (pairs, checksum) = compare(rounds, with_ticks, || one_by_one(&specs))?;
    Ok(Pairs { pairs, checksum })
}

/// Times both ways and holds their results against each other.
fn compare(
    rounds: u32,
    first: impl Fn() -> u64,
    second: impl Fn() -> u64,
) -> Result<(Vec<[f64; 2]>, String), String> {
    let expected = Cell::new(None);
    let agree = Cell::new(true);
    let timed = |way: &dyn Fn() -> u64| {
        let mut sum = 0;
        let took = millis(|| sum = way());
        let known = expected.get().unwrap_or(sum);
        expected.set(Some(known));
        agree.set(agree.get() && sum == known);
        took
    };
    let pairs = alternate(rounds, || timed(&first), || timed(&second));
    if agree.get() {
        Ok((pairs, format!("{:016x}", expected.get().unwrap_or(0))))
    } else {
        Err("two ways of running the same tasks gave different checksums".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(workload: &str, size: u32) -> Job {
        Job {
            workload: workload.into(),
            tasks: 3,
            busy_millis: 1.0,
            size,
            wait_millis: 0.0,
            ..Job::default()
        }
    }

    #[test]
    fn rayon_gives_the_checksum_of_the_plain_references() {
        let jobs = [job("matrix", 2), job("primes", 2), job("mandelbrot", 1)];
        let reference = |spec: &TaskSpec| {
            let workload = workloads::registry::find(&spec.workload).unwrap();
            (workload.reference)(spec)
        };
        for simd in [false, true] {
            let found = pairs(&jobs, 7, simd, 2, 1).unwrap();
            let specs = specs(&jobs, 7, simd).unwrap();
            assert!(specs.iter().all(|spec| spec.simd == simd));
            let expected = specs.iter().map(reference).fold(0, u64::wrapping_add);
            assert_eq!(found.checksum, format!("{expected:016x}"));
            assert_eq!(found.pairs.len(), 1);
        }
    }

    #[test]
    fn work_that_cannot_be_the_pages_is_refused() {
        assert!(pairs(&[job("nonsense", 1)], 1, false, 2, 1).is_err());
        assert!(pairs(&[job("primes", 0)], 1, false, 2, 1).is_err());
    }
}
