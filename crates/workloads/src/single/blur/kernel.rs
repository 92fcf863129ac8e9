//! The sums, without SIMD and with it. A module of their own, since no instruction of
//! SIMD is allowed beside them, and putting numbers in place uses some.

pub(super) mod simd;

use super::super::{Rows, Sheet};
use super::{REACH, SIDE, WIDE, WIDTH, padded};
use crate::image_filter::Picture;

/// Pixels a step, without SIMD and with it.
const STEP_PIXELS: usize = 190;
const STEP_PIXELS_SIMD: usize = 1_100;
/// Pixels that are read at the cost of one that is worked out.
const READ_A_PIXEL: usize = 50;

pub(super) struct Pixels {
    pub(super) picture: Picture,
    pub(super) weights: Vec<f32>,
    /// Rows of the picture with what lies around them.
    pub(super) pixels: Vec<f32>,
    pub(super) first: usize,
    pub(super) rows: usize,
    pub(super) x: usize,
    pub(super) y: usize,
}

impl Pixels {
    /// Reads rows of the picture; what is left of the budget, 0 while not all are read.
    fn read(&mut self, mut budget: usize) -> usize {
        while self.pixels.len() < (self.rows + 2 * REACH) * WIDE {
            if budget == 0 {
                return 0;
            }
            let y = (self.first + self.pixels.len() / WIDE) as isize - REACH as isize;
            self.pixels.extend(padded(&self.picture, y));
            budget = budget.saturating_sub(WIDE / READ_A_PIXEL);
        }
        budget
    }

    /// Place of the next pixel and what lies from the first corner of its window on;
    /// `None` after the last.
    fn next(&mut self) -> Option<(usize, &[f32])> {
        if self.x >= WIDTH {
            self.x = 0;
            self.y += 1;
        }
        if self.y >= self.rows {
            return None;
        }
        let window = self.pixels.get(self.y * WIDE + self.x..)?;
        Some(((self.first + self.y) * WIDTH + self.x, window))
    }
}

/// Weighted sum of the window that begins here.
#[inline(never)]
fn soft(window: &[f32], weights: &[f32]) -> f32 {
    let mut sum = 0.0_f32;
    for (row, weights) in window.chunks(WIDE).zip(weights.chunks_exact(SIDE)) {
        for (pixel, weight) in row.iter().zip(weights) {
            sum += pixel * weight;
        }
    }
    sum
}

impl Rows for Pixels {
    fn advance(&mut self, sheet: &mut Sheet) -> bool {
        let mut budget = self.read(STEP_PIXELS);
        let weights = std::mem::take(&mut self.weights);
        let mut is_more = true;
        while budget > 0 {
            let Some((place, window)) = self.next() else {
                is_more = false;
                break;
            };
            let number = soft(window, &weights);
            self.x += 1;
            budget -= 1;
            sheet.put(place, number);
        }
        self.weights = weights;
        is_more
    }
}
