//! Dishes that need two shakers at once. What is here is the seasoning alone;
//! taking shakers, and standing still for one, is the runner's.

use crate::mix::{chain, proof, task_seed};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "crossing",
    unit: "tries",
    computes: false,
    waits: false,
    paints: false,
    sizes: (0, 0),
    start,
    simd: None,
    reference,
    picture: None,
    bytes: |_| 256,
};

/// Times that a task takes both shakers, seasons, and puts them back.
pub const TRIES: u32 = 50;
/// Mixings of one seasoning: about 40 µs.
const ROUNDS: u32 = 12_000;

/// Seasons for the `at`-th time, from 0, with both shakers in hand; gives its
/// proof. A task's answer is the wrapping sum of all [`TRIES`].
#[must_use]
pub fn season(spec: &TaskSpec, at: u32) -> u64 {
    proof(
        u64::from(at),
        chain(task_seed(spec) ^ u64::from(at), ROUNDS),
    )
}

struct Tries {
    spec: TaskSpec,
    done: u32,
    checksum: u64,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(Tries {
        spec: spec.clone(),
        done: 0,
        checksum: 0,
    })
}

impl Kernel for Tries {
    fn step(&mut self) -> Step {
        if self.done < TRIES {
            self.checksum = self.checksum.wrapping_add(season(&self.spec, self.done));
            self.done += 1;
        }
        if self.done < TRIES {
            Step::Again
        } else {
            Step::Done(Output::plain(self.checksum))
        }
    }
}

fn reference(spec: &TaskSpec) -> u64 {
    let tries = 0..u64::from(TRIES);
    let answer = |at: u64| {
        let mixed = (0..ROUNDS).fold(task_seed(spec) ^ at, |value, _| crate::mix::mix(value));
        proof(at, mixed)
    };
    tries.map(answer).fold(0, u64::wrapping_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn alone_a_chef_has_both_shakers_at_hand() {
        let spec = TaskSpec {
            part: 1,
            seed: 4,
            ..TaskSpec::default()
        };
        let mut kernel = start(&spec);
        for _ in 1..TRIES {
            assert_eq!(kernel.step(), Step::Again);
        }
        let done = Step::Done(Output::plain(reference(&spec)));
        assert_eq!(kernel.step(), done);
        assert_eq!(kernel.step(), done);
    }
}
