//! Requests to a service: half of the computing, a wait for something
//! outside, the other half.

use crate::mix::{chain, mix, proof, task_seed};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "requests",
    unit: "steps",
    computes: true,
    waits: true,
    paints: false,
    sizes: (1, 1_000_000),
    start,
    simd: None,
    reference,
    picture: None,
    bytes: |_| 256,
};

/// Mixings a step.
const STEP_ROUNDS: u32 = 10_000;

struct Request {
    value: u64,
    wait_millis: f64,
    /// Steps before the wait.
    before: u32,
    /// Steps after it.
    after: u32,
    asked: bool,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    let after = spec.size / 2;
    Box::new(Request {
        value: task_seed(spec),
        wait_millis: spec.wait_millis,
        before: spec.size - after,
        after,
        asked: spec.wait_millis <= 0.0,
    })
}

impl Kernel for Request {
    fn step(&mut self) -> Step {
        if self.before > 0 {
            self.before -= 1;
            self.value = chain(self.value, STEP_ROUNDS);
        } else if self.asked && self.after > 0 {
            self.after -= 1;
            self.value = chain(self.value, STEP_ROUNDS);
        }
        if self.before > 0 {
            Step::Again
        } else if !self.asked {
            self.asked = true;
            Step::Wait {
                millis: self.wait_millis,
            }
        } else if self.after > 0 {
            Step::Again
        } else {
            Step::Done(Output::plain(proof(0, self.value)))
        }
    }
}

fn reference(spec: &TaskSpec) -> u64 {
    let rounds = u64::from(spec.size) * u64::from(STEP_ROUNDS);
    let value = (0..rounds).fold(task_seed(spec), |value, _| mix(value));
    proof(0, value)
}
