//! Pots on the stove: a stir, a wait that needs nobody, another stir.

use crate::mix::{chain, proof, task_seed};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "waiting",
    unit: "stirs",
    computes: false,
    waits: true,
    paints: false,
    sizes: (0, 0),
    start,
    simd: None,
    reference,
    picture: None,
    bytes: |_| 256,
};

/// About 2 µs: enough to prove that somebody was there, too little to count
/// as computing.
const STIR_ROUNDS: u32 = 512;

enum Stage {
    Fresh,
    Waited { first: u64 },
    Done { checksum: u64 },
}

struct Pot {
    seed: u64,
    wait_millis: f64,
    stage: Stage,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(Pot {
        seed: task_seed(spec),
        wait_millis: spec.wait_millis,
        stage: Stage::Fresh,
    })
}

impl Kernel for Pot {
    fn step(&mut self) -> Step {
        match self.stage {
            Stage::Fresh => {
                let first = chain(self.seed, STIR_ROUNDS);
                self.stage = Stage::Waited { first };
                if self.wait_millis > 0.0 {
                    Step::Wait {
                        millis: self.wait_millis,
                    }
                } else {
                    Step::Again
                }
            }
            Stage::Waited { first } => {
                let second = chain(first, STIR_ROUNDS);
                let checksum = proof(1, first).wrapping_add(proof(2, second));
                self.stage = Stage::Done { checksum };
                Step::Done(Output::plain(checksum))
            }
            Stage::Done { checksum } => Step::Done(Output::plain(checksum)),
        }
    }
}

fn reference(spec: &TaskSpec) -> u64 {
    let mut value = task_seed(spec);
    let mut checksum = 0_u64;
    for stir in 1..=2 {
        for _ in 0..STIR_ROUNDS {
            value = crate::mix::mix(value);
        }
        checksum = checksum.wrapping_add(proof(stir, value));
    }
    checksum
}
