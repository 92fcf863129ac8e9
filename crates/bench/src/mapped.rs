//! A mapped and reduced job by rayon: the same splits, the same code for each, and
//! memory that all threads share, so that nothing is moved.

use crate::pairs::{Pairs, alternate, millis};
use rayon::{ThreadPool, prelude::*};
use serde::Deserialize;
use std::cell::RefCell;
use workloads::mapped::{Answer, Cut, Malformed, Mapped, Source, find};

/// A job and its splits.
#[derive(Deserialize)]
pub struct Question {
    job: String,
    splits: u32,
    /// In each split.
    kibibytes: u32,
    seed: u64,
    combine: bool,
    workers: u32,
    rounds: u32,
}

/// Every split mapped, then every reducer, each step by all threads of the pool.
fn run(
    pool: &ThreadPool,
    job: &Mapped,
    splits: &[Vec<u8>],
    combine: bool,
) -> Result<Answer, String> {
    let reducers = pool.current_num_threads() as u32;
    let starts = splits.iter().scan(0, |sum, split| {
        let start = *sum;
        *sum += split.len() as u64;
        Some(start)
    });
    let placed: Vec<(u64, &Vec<u8>)> = starts.zip(splits).collect();
    let map = |(offset, split): &(u64, &Vec<u8>)| {
        let mut map = (job.map)(Cut {
            reducers,
            combine,
            offset: *offset,
        });
        while map.step(split) {}
        map.blocks()
    };
    pool.install(|| {
        let mapped: Vec<Vec<Vec<u8>>> = placed.par_iter().with_max_len(1).map(map).collect();
        let reduce = |reducer: usize| {
            let mut reduce = (job.reduce)();
            let mut blocks = mapped.iter().filter_map(|blocks| blocks.get(reducer));
            blocks.try_for_each(|block| reduce.take(block))?;
            Ok(reduce.finish())
        };
        let parts: Result<Vec<Answer>, Malformed> =
            (0..reducers as usize).into_par_iter().map(reduce).collect();
        parts.map(|parts| job.join(parts))
    })
    .map_err(|Malformed| format!("{} made a block it does not know", job.id))
}

/// Milliseconds by one thread, and by `workers` threads.
pub fn pairs(question: &Question) -> Result<Pairs, String> {
    let job = find(&question.job).ok_or_else(|| format!("no job {:?}", question.job))?;
    let pool = |threads: u32| {
        rayon::ThreadPoolBuilder::new()
            .num_threads(threads.max(1) as usize)
            .build()
            .map_err(|error| error.to_string())
    };
    let (one, many) = (pool(1)?, pool(question.workers)?);
    let split = |split| {
        (job.generate)(&Source {
            seed: question.seed,
            split,
            kibibytes: question.kibibytes,
            skew: 0.0,
        })
    };
    let splits: Vec<Vec<u8>> =
        many.install(|| (0..question.splits).into_par_iter().map(split).collect());
    let answers = RefCell::new(Vec::new());
    let timed = |pool: &ThreadPool| {
        millis(|| {
            let answer = run(pool, job, &splits, question.combine);
            answers.borrow_mut().push(answer);
        })
    };
    let pairs = alternate(question.rounds, || timed(&one), || timed(&many));
    let answers: Vec<Answer> = answers.into_inner().into_iter().collect::<Result<_, _>>()?;
    let checksum = answers.first().map_or(0, |answer| answer.checksum);
    if answers.iter().any(|answer| answer.checksum != checksum) {
        return Err("one thread and many found different answers".into());
    }
    Ok(Pairs {
        pairs,
        checksum: format!("{checksum:016x}"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn question(job: &str) -> Question {
        Question {
            job: job.into(),
            splits: 5,
            kibibytes: 20,
            seed: 3,
            combine: true,
            workers: 2,
            rounds: 1,
        }
    }

    #[test]
    fn rayon_finds_what_the_plain_reference_finds() {
        for job in workloads::mapped::ALL {
            let found = pairs(&question(job.id)).unwrap();
            let split = |split| {
                (job.generate)(&Source {
                    seed: 3,
                    split,
                    kibibytes: 20,
                    skew: 0.0,
                })
            };
            let text: Vec<u8> = (0..5).flat_map(split).collect();
            let reference = (job.reference)(&text);
            assert_eq!(found.checksum, format!("{:016x}", reference.checksum));
            assert_eq!(found.pairs.len(), 1);
        }
    }

    #[test]
    fn an_unknown_job_is_refused() {
        assert!(pairs(&question("nonsense")).is_err());
    }
}
