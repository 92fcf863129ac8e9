//! What is learned, as numbers: layers, and how an example changes their slopes.
//!
//! Both ways of computing are made from one text, so that each sum is added up in
//! the same order: four neighbouring outputs at a time, from the bias over the
//! first input to the last. That is why they agree to the bit.

use crate::mix::mix;
use model::Learner;

mod passes;
mod scalar;
mod simd;

/// Pixels of a digit, row by row.
pub const PIXELS: usize = 64;
/// Digits told apart.
pub const DIGITS: usize = 10;
/// Numbers of a register.
const LANES: usize = 4;
/// Registers of the output layer; what is beyond the digits stays 0.
const OUT: usize = DIGITS.div_ceil(LANES);
/// Outputs, rounded up to whole registers.
pub const OUTPUTS: usize = OUT * LANES;
/// Numbers of the hidden layer.
pub const HIDDEN: usize = 32;
/// Registers of a panel of the hidden layer.
const WIDE: usize = 4;

/// Numbers of a layer: a bias and a weight for each input, for each output.
const fn layer(inputs: usize, outputs: usize) -> usize {
    (inputs + 1) * outputs
}

/// Numbers that a hidden layer has before those of the output layer.
const BEHIND: usize = layer(PIXELS, HIDDEN);

/// How many numbers are learned.
///
/// A layer is cut into panels of outputs: 16 each in the hidden layer, all 12 in
/// the output layer (the last two are unused and stay 0). A panel is its biases,
/// then for each input its weights.
#[must_use]
pub const fn weights_of(learner: Learner) -> usize {
    match learner {
        Learner::Logistic => layer(PIXELS, OUTPUTS),
        Learner::Perceptron => BEHIND + layer(HIDDEN, OUTPUTS),
    }
}

/// What has so many numbers, or `None`.
#[must_use]
pub fn learner_of(weights: usize) -> Option<Learner> {
    let mut all = Learner::ALL.into_iter();
    all.find(|learner| weights_of(*learner) == weights)
}

/// Multiplications that an example costs: every weight once forwards and once in
/// its slope, and those of the output layer once more on the way back.
#[must_use]
pub const fn products_of(learner: Learner) -> usize {
    match learner {
        Learner::Logistic => 2 * weights_of(learner),
        Learner::Perceptron => 2 * weights_of(learner) + layer(HIDDEN, OUTPUTS),
    }
}

/// Where learning starts. All zero for one layer; behind a hidden layer that
/// would never change, so the weights are drawn evenly from +-sqrt(6 / (inputs +
/// outputs)) (Glorot and Bengio, AISTATS 2010), biases are 0.
#[must_use]
pub fn first_weights(learner: Learner, seed: u64) -> Vec<f32> {
    let mut weights = vec![0.0; weights_of(learner)];
    if learner == Learner::Logistic {
        return weights;
    }
    let seed = mix(seed ^ 0x1ea2);
    let (hidden, out) = weights.split_at_mut(BEHIND);
    let layers = [
        (hidden, PIXELS, HIDDEN, WIDE * LANES, HIDDEN),
        (out, HIDDEN, DIGITS, OUTPUTS, DIGITS),
    ];
    let mut place = 0_u64;
    for (layer, inputs, outputs, panel_width, used) in layers {
        let most = (6.0 / (inputs + outputs) as f32).sqrt();
        for panel in layer.chunks_exact_mut((inputs + 1) * panel_width) {
            let (_, rows) = panel.split_at_mut(panel_width);
            for row in rows.chunks_exact_mut(panel_width) {
                for weight in row.iter_mut().take(used) {
                    let drawn = (mix(seed ^ place) >> 40) as f32 / (1_u64 << 23) as f32 - 1.0;
                    *weight = drawn * most;
                    place += 1;
                }
            }
        }
    }
    weights
}

/// Room for the numbers between the layers.
pub struct Scratch {
    hidden: [f32; HIDDEN],
    out: [f32; OUTPUTS],
    slope: [f32; OUTPUTS],
    back: [f32; HIDDEN],
}

impl Default for Scratch {
    fn default() -> Self {
        Self {
            hidden: [0.0; HIDDEN],
            out: [0.0; OUTPUTS],
            slope: [0.0; OUTPUTS],
            back: [0.0; HIDDEN],
        }
    }
}

impl Scratch {
    /// What [`think`] found for each digit.
    #[must_use]
    pub const fn outputs(&self) -> &[f32; OUTPUTS] {
        &self.out
    }
}

/// How likely the right digit was held to be, and the cross entropy in nats.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Seen {
    /// 0..=1, before this example was learned from.
    pub probability: f32,
    /// -ln of it.
    pub loss: f64,
}

/// An example and its digit.
pub type Example<'a> = (&'a [f32; PIXELS], u8);

/// Adds the slopes of the loss of an example to `slopes`, which is as long as
/// `weights`.
pub fn learn(
    simd: bool,
    weights: &[f32],
    slopes: &mut [f32],
    example: Example<'_>,
    scratch: &mut Scratch,
) -> Seen {
    let is_deep = weights.len() > BEHIND;
    match (simd, is_deep) {
        (false, false) => scalar::learn_flat(weights, slopes, example, scratch),
        (false, true) => scalar::learn_deep(weights, slopes, example, scratch),
        (true, false) => simd::learn_flat_simd(weights, slopes, example, scratch),
        (true, true) => simd::learn_deep_simd(weights, slopes, example, scratch),
    }
}

/// Works out the outputs for an example, which are then in `scratch`.
pub fn think(weights: &[f32], pixels: &[f32; PIXELS], scratch: &mut Scratch) {
    if weights.len() > BEHIND {
        scalar::think_deep(weights, pixels, scratch);
    } else {
        scalar::think_flat(weights, pixels, scratch);
    }
}
