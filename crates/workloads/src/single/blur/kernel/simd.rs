//! The same sums, eight neighbours at a time.

use super::{Pixels, Rows, SIDE, STEP_PIXELS_SIMD, Sheet, WIDE, WIDTH};
use crate::simd::Four;

/// Pixels of a group; the picture's width is a multiple of it.
const GROUP: usize = 8;
const _: () = assert!(WIDTH.is_multiple_of(GROUP));

pub(in super::super) struct Several(pub(in super::super) Pixels);

/// Weighted sums of the windows that begin here and at the next seven places.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
#[inline]
fn soft(window: &[f32], weights: &[f32]) -> [f32; GROUP] {
    let (mut low, mut high) = (Four::all(0.0), Four::all(0.0));
    for (row, weights) in window.chunks(WIDE).zip(weights.chunks_exact(SIDE)) {
        for (pixels, weight) in row.windows(GROUP).zip(weights) {
            let weight = Four::all(*weight);
            let (first, second) = pixels.split_at(GROUP / 2);
            low = low.plus(Four::first(first).times(weight));
            high = high.plus(Four::first(second).times(weight));
        }
    }
    let ([a, b, c, d], [e, f, g, h]) = (low.numbers(), high.numbers());
    [a, b, c, d, e, f, g, h]
}

impl Several {
    /// Works for as long as a step of the other kernel takes; false when nothing is
    /// left.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline(never)]
    fn advance_simd(&mut self, sheet: &mut Sheet) -> bool {
        let pixels = &mut self.0;
        let mut budget = pixels.read(STEP_PIXELS_SIMD);
        let weights = std::mem::take(&mut pixels.weights);
        let mut is_more = true;
        while budget > 0 {
            let Some((place, window)) = pixels.next() else {
                is_more = false;
                break;
            };
            let numbers = soft(window, &weights);
            pixels.x += GROUP;
            budget = budget.saturating_sub(GROUP);
            for (number, place) in numbers.into_iter().zip(place..) {
                sheet.put(place, number);
            }
        }
        pixels.weights = weights;
        is_more
    }
}

impl Rows for Several {
    fn advance(&mut self, sheet: &mut Sheet) -> bool {
        self.advance_simd(sheet)
    }
}
