//! Learning to tell handwritten digits apart, by mini-batch gradient descent.
//!
//! Everything that decides the result is here: the digits, the network, which
//! examples a step takes, into which shards they are cut, and in which order sums
//! are added up. Who computes which shard, and where, is up to `runner`; whoever it
//! is, the numbers come out the same, to the bit.

pub mod course;
pub mod digits;
pub mod drawn;
pub mod net;
mod softmax;

use crate::mix::{mix, proof, task_seed};
use crate::{Kernel, Output, Step, Workload};
use course::Slopes;
use model::{Learner, TaskSpec};
use net::{PIXELS, Scratch, first_weights, learn};

/// The slopes of one shard at the start, on made-up pixels: what a step costs can be
/// measured without the digits. In a training the runner takes real ones.
pub(crate) const WORKLOAD: Workload = Workload {
    id: model::TRAINING,
    unit: "examples",
    computes: true,
    waits: false,
    paints: false,
    sizes: (8, 1_000_000),
    start,
    simd: Some(start),
    reference,
    picture: None,
    bytes: |_| 64 << 10,
};

/// Examples of a step of the kernel.
const STEP_EXAMPLES: u32 = 32;

struct Shard {
    seed: u64,
    left: u32,
    weights: Vec<f32>,
    slopes: Slopes,
    scratch: Scratch,
    simd: bool,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(Shard {
        seed: task_seed(spec),
        left: spec.size,
        weights: first_weights(Learner::Perceptron, spec.seed),
        slopes: Slopes::new(Learner::Perceptron),
        scratch: Scratch::default(),
        simd: spec.simd,
    })
}

/// An example that nobody drew.
fn made_up(seed: u64, number: u32) -> ([f32; PIXELS], u8) {
    let mut dice = mix(seed ^ mix(u64::from(number)));
    let digit = (dice % 10) as u8;
    let mut pixels = [0.0; PIXELS];
    for pixel in &mut pixels {
        dice = mix(dice);
        *pixel = (dice % 17) as f32 / 16.0;
    }
    (pixels, digit)
}

impl Kernel for Shard {
    fn step(&mut self) -> Step {
        for _ in 0..STEP_EXAMPLES.min(self.left) {
            self.left -= 1;
            let (pixels, digit) = made_up(self.seed, self.left);
            let example = (&pixels, digit);
            self.slopes
                .add(self.simd, &self.weights, example, &mut self.scratch);
        }
        if self.left > 0 {
            Step::Again
        } else {
            Step::Done(Output::plain(self.slopes.proof()))
        }
    }
}

/// All examples in one go.
fn reference(spec: &TaskSpec) -> u64 {
    let weights = first_weights(Learner::Perceptron, spec.seed);
    let (seed, mut scratch) = (task_seed(spec), Scratch::default());
    let mut slopes = vec![0.0; weights.len()];
    let mut sum = 0.0_f32;
    for number in (0..spec.size).rev() {
        let (pixels, digit) = made_up(seed, number);
        let example = (&pixels, digit);
        sum += learn(false, &weights, &mut slopes, example, &mut scratch).probability;
    }
    proof(u64::from(spec.size), u64::from(sum.to_bits()))
}
