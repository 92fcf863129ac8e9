//! Tasks that do nothing: what remains is what handing them over costs.

use crate::mix::{proof, task_seed};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "nothing",
    unit: "",
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

struct Nothing(u64);

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(Nothing(task_seed(spec)))
}

impl Kernel for Nothing {
    fn step(&mut self) -> Step {
        Step::Done(Output::plain(proof(0, self.0)))
    }
}

fn reference(spec: &TaskSpec) -> u64 {
    proof(0, task_seed(spec))
}
