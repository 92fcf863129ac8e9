//! The course of a training: which examples a step takes, how they are cut into
//! shards, and how the slopes of the shards become the next weights.

use super::net::{Example, PIXELS, Scratch, first_weights, learn, learner_of, think, weights_of};
use super::{digits::Examples, net, softmax};
use crate::mix::{mix, proof};
use model::{Learner, SHARDS, Training};
use std::ops::Range;

/// Multiplications of about 40 us.
const STEP_PRODUCTS: usize = 50_000;
/// A loss that is no number any more counts as this much.
pub const MOST_LOSS: f64 = 1e6;

/// Slopes of the loss in every weight, added up over examples, and what came of
/// those examples.
#[derive(Clone, Debug, PartialEq)]
pub struct Slopes {
    /// One a weight.
    pub of_weights: Vec<f32>,
    /// Losses of the examples, added up.
    pub loss: f64,
    /// Examples.
    pub examples: u32,
    probability: f32,
}

impl Slopes {
    /// Of no example yet.
    #[must_use]
    pub fn new(learner: Learner) -> Self {
        Self {
            of_weights: vec![0.0; weights_of(learner)],
            loss: 0.0,
            examples: 0,
            probability: 0.0,
        }
    }

    /// From what was sent.
    #[must_use]
    pub const fn sent(of_weights: Vec<f32>, loss: f64, examples: u32) -> Self {
        Self {
            of_weights,
            loss,
            examples,
            probability: 0.0,
        }
    }

    /// Forgets all examples.
    pub fn clear(&mut self) {
        self.of_weights.fill(0.0);
        (self.loss, self.examples, self.probability) = (0.0, 0, 0.0);
    }

    /// Adds those of an example.
    pub fn add(&mut self, simd: bool, weights: &[f32], of: Example<'_>, scratch: &mut Scratch) {
        let seen = learn(simd, weights, &mut self.of_weights, of, scratch);
        self.loss += seen.loss;
        self.probability += seen.probability;
        self.examples += 1;
    }

    /// Adds those of the shards that come next.
    pub fn take(&mut self, next: &Self) {
        for (sum, slope) in self.of_weights.iter_mut().zip(&next.of_weights) {
            *sum += slope;
        }
        self.loss += next.loss;
        self.examples += next.examples;
    }

    /// Proof of the work: depends on every example of the shard and, over the steps
    /// before, on every slope.
    #[must_use]
    pub const fn proof(&self) -> u64 {
        proof(self.examples as u64, self.probability.to_bits() as u64)
    }
}

/// A training that is laid out: the same in every memory that has the digits.
#[derive(Clone, Debug)]
pub struct Course {
    training: Training,
    seed: u64,
    examples: Examples,
}

impl Course {
    /// Lays out a training.
    #[must_use]
    pub const fn new(training: Training, seed: u64, examples: Examples) -> Self {
        Self {
            training,
            seed,
            examples,
        }
    }

    /// How it learns.
    #[must_use]
    pub const fn training(&self) -> &Training {
        &self.training
    }

    /// What it learns from.
    #[must_use]
    pub const fn examples(&self) -> &Examples {
        &self.examples
    }

    /// Where it starts.
    #[must_use]
    pub fn first_weights(&self) -> Vec<f32> {
        first_weights(self.training.learner, self.seed)
    }

    /// Examples between two looks at the clock, about 40 us.
    #[must_use]
    pub fn examples_a_tick(&self) -> u32 {
        let products = net::products_of(self.training.learner);
        (STEP_PRODUCTS / products.max(1)).max(1) as u32
    }

    /// Examples of a step: all of them, or the places of its epoch that it takes.
    fn batch(&self, step: u32) -> Range<u32> {
        let first = step % self.training.steps_an_epoch() * self.training.batch.max(1);
        let known = self.examples.known.len() as u32;
        first.min(known)..first.saturating_add(self.training.batch.max(1)).min(known)
    }

    /// How many examples a step has.
    #[must_use]
    pub fn batch_len(&self, step: u32) -> u32 {
        self.batch(step).len() as u32
    }

    /// Places, within the step's epoch, of the examples of a shard.
    fn shard(&self, step: u32, shard: u32) -> Range<u32> {
        let batch = self.batch(step);
        let len = batch.len() as u64;
        let cut = |shard: u32| batch.start + (len * u64::from(shard) / u64::from(SHARDS)) as u32;
        cut(shard)..cut(shard + 1)
    }

    /// The examples of a shard, by their index in [`Examples::known`].
    pub fn indices(&self, step: u32, shard: u32) -> impl ExactSizeIterator<Item = usize> {
        let n = self.examples.known.len() as u64;
        let epoch = step / self.training.steps_an_epoch();
        // A walk that meets every example once; another one in each epoch.
        let drawn = mix(self.seed ^ mix(u64::from(epoch) + 1));
        let (first, mut stride) = (drawn % n.max(1), ((drawn >> 32) % n.max(1)) | 1);
        while are_dividing(stride, n) {
            stride += 2;
        }
        let places = self.shard(step, shard);
        places.map(move |place| ((first + u64::from(place) * stride) % n.max(1)) as usize)
    }

    /// Adds up the slopes of a shard. `tick` is called about every 40 us.
    pub fn shard_slopes(
        &self,
        (step, shard): (u32, u32),
        simd: bool,
        weights: &[f32],
        slopes: &mut Slopes,
        scratch: &mut Scratch,
        mut tick: impl FnMut(),
    ) {
        slopes.clear();
        let mut left = self.examples_a_tick();
        for index in self.indices(step, shard) {
            let Some((pixels, digit)) = self.examples.known.get(index) else {
                continue;
            };
            if left == 0 {
                tick();
                left = self.examples_a_tick();
            }
            left -= 1;
            slopes.add(simd, weights, (pixels, *digit), scratch);
        }
    }

    /// Goes one step down the slopes of `slopes.examples` examples, out of a batch of
    /// `batch` (the whole of it, unless the workers do not wait for each other).
    pub fn descend(&self, weights: &mut [f32], slopes: &Slopes, batch: u32) {
        let rate = self.training.rate as f32 / batch.max(1) as f32;
        for (weight, slope) in weights.iter_mut().zip(&slopes.of_weights) {
            *weight -= rate * slope;
        }
    }

    /// Mean loss over everything there is to learn from, in nats.
    #[must_use]
    pub fn loss(&self, weights: &[f32]) -> f64 {
        let mut scratch = Scratch::default();
        let mut slopes = [0.0; net::OUTPUTS];
        let losses = self.examples.known.iter().map(|(pixels, digit)| {
            think(weights, pixels, &mut scratch);
            softmax::judge(scratch.outputs(), *digit, &mut slopes).loss
        });
        bounded(losses.sum::<f64>() / self.examples.known.len().max(1) as f64)
    }

    /// Share of held-out digits told rightly.
    #[must_use]
    pub fn accuracy(&self, weights: &[f32]) -> f64 {
        let mut scratch = Scratch::default();
        let right = self.examples.held_out.iter().filter(|(pixels, digit)| {
            think(weights, pixels, &mut scratch);
            best(scratch.outputs()) == *digit
        });
        right.count() as f64 / self.examples.held_out.len().max(1) as f64
    }
}

/// A loss as it is shown: a number, whatever became of the weights.
#[must_use]
pub const fn bounded(loss: f64) -> f64 {
    loss.min(MOST_LOSS)
}

/// The digit of the largest output, the first of them.
fn best(out: &[f32; net::OUTPUTS]) -> u8 {
    let digits = out.iter().take(net::DIGITS).zip(0..);
    let most = digits.fold((f32::MIN, 0), |most, (output, digit)| {
        if *output > most.0 {
            (*output, digit)
        } else {
            most
        }
    });
    most.1
}

/// Whether a number above 1 divides both.
const fn are_dividing(mut a: u64, mut b: u64) -> bool {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a > 1
}

/// Adds up what is in neighbouring places two by two, until all of it is in the
/// first: whoever adds up a part of it beforehand adds in the same order. The number
/// of places is a power of two.
pub fn add_in_pairs<T>(places: &mut [T], mut add: impl FnMut(&mut T, &T)) {
    let mut apart = 1;
    while apart < places.len() {
        for pair in places.chunks_mut(2 * apart) {
            if let Some((first, rest)) = pair.split_first_mut()
                && let Some(second) = rest.get(apart - 1)
            {
                add(first, second);
            }
        }
        apart *= 2;
    }
}

/// Blocks of the shards `first..end` that [`add_in_pairs`] adds up by themselves, as
/// few as possible: first shard and how many.
#[must_use]
pub fn blocks(first: u32, end: u32) -> Vec<(u32, u32)> {
    let mut blocks = Vec::new();
    let mut at = first;
    while at < end {
        let aligned = if at == 0 {
            SHARDS
        } else {
            1 << at.trailing_zeros()
        };
        let mut len = aligned;
        while len > end - at {
            len /= 2;
        }
        blocks.push((at, len));
        at += len;
    }
    blocks
}

/// Whether these are the weights of some learner.
#[must_use]
pub fn is_weights(weights: &[f32]) -> bool {
    learner_of(weights.len()).is_some()
}

/// How likely each digit is, given learned weights; `None` if there are not as many
/// as any learner has.
#[must_use]
pub fn classify(weights: &[f32], pixels: &[f32; PIXELS]) -> Option<[f32; net::DIGITS]> {
    learner_of(weights.len())?;
    let mut scratch = Scratch::default();
    think(weights, pixels, &mut scratch);
    Some(softmax::probabilities(scratch.outputs()))
}
