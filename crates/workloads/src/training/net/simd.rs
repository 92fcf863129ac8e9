//! Four numbers in one instruction.

use super::passes::passes;
use super::{BEHIND, Example, HIDDEN, LANES, OUT, OUTPUTS, Scratch, Seen, WIDE};
use crate::simd::Four;
use crate::training::softmax::judge;

passes!(
    Four,
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    learn_flat_simd,
    learn_deep_simd
);
