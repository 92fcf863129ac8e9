//! A dish that is never done and never gives way: one step without end.

use crate::mix::{chain, task_seed};
use crate::{Kernel, Step, Workload};
use model::TaskSpec;
use std::hint::black_box;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "endless",
    unit: "steps",
    computes: false,
    waits: false,
    paints: false,
    sizes: (0, 0),
    start,
    simd: None,
    reference: |_| 0,
    picture: None,
    bytes: |_| 256,
};

/// Mixings between two looks at nothing.
const ROUNDS: u32 = 10_000;

struct Endless(u64);

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(Endless(task_seed(spec)))
}

impl Kernel for Endless {
    fn step(&mut self) -> Step {
        loop {
            self.0 = black_box(chain(self.0, ROUNDS));
        }
    }
}
