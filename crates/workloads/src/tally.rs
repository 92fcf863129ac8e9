//! Counting on a tally: read, add one, write back, many times.
//!
//! Alone each task has a tally of its own, as here. The common one that several
//! workers write on is made by the runner; whatever becomes of it, a task proves
//! that it did its part by the number of its own turns.

use crate::mix::{proof, task_seed};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;
use std::hint::black_box;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "tally",
    unit: "increments",
    computes: true,
    waits: false,
    paints: false,
    sizes: (1, 20_000_000),
    start,
    simd: None,
    reference,
    picture: None,
    bytes: |_| 256,
};

/// Turns of a step without a gap: about 10 us alone, and not much above 100 us
/// where several cores hand the tally to and fro.
const CHUNK: u32 = 1_024;
/// Turns of an empty loop that take as long as one addition, roughly.
const GAP_UNIT: u32 = 8;

/// Additions of one step with this gap (see [`model::Job::gap`]), at least 1.
#[must_use]
pub const fn chunk(gap: u32) -> u32 {
    let turns = CHUNK / (1 + gap / GAP_UNIT);
    if turns == 0 { 1 } else { turns }
}

/// Proof that a task took `turns` turns.
#[must_use]
pub const fn checksum(spec: &TaskSpec, turns: u32) -> u64 {
    proof(task_seed(spec), turns as u64)
}

/// Turns of an empty loop, which no compiler leaves out.
#[inline]
pub fn idle(turns: u32) {
    for turn in 0..turns {
        black_box(turn);
    }
}

/// A task with a tally of its own.
struct Alone {
    spec: TaskSpec,
    tally: u32,
    turns: u32,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(Alone {
        spec: spec.clone(),
        tally: 0,
        turns: 0,
    })
}

impl Kernel for Alone {
    fn step(&mut self) -> Step {
        let until = self
            .spec
            .size
            .min(self.turns.saturating_add(chunk(self.spec.gap)));
        while self.turns < until {
            let seen = black_box(self.tally);
            idle(self.spec.gap);
            self.tally = black_box(seen + 1);
            self.turns += 1;
        }
        if self.turns < self.spec.size {
            Step::Again
        } else {
            Step::Done(Output::plain(checksum(&self.spec, self.tally)))
        }
    }
}

fn reference(spec: &TaskSpec) -> u64 {
    checksum(spec, spec.size)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_task_alone_counts_right_and_every_other_count_shows() {
        for (size, gap) in [(1, 0), (5_000, 0), (700, 30), (3, 1_000)] {
            let spec = TaskSpec {
                size,
                gap,
                seed: 7,
                ..TaskSpec::default()
            };
            let mut kernel = start(&spec);
            let mut steps = 0;
            let output = loop {
                steps += 1;
                if let Step::Done(output) = kernel.step() {
                    break output;
                }
            };
            assert_eq!(output.checksum, reference(&spec));
            assert_eq!(steps, size.div_ceil(chunk(gap)));
            assert_ne!(checksum(&spec, size - 1), reference(&spec));
            let again = kernel.step();
            assert_eq!(again, Step::Done(Output::plain(reference(&spec))));
        }
    }
}
