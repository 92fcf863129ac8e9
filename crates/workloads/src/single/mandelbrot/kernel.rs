//! The iterations, without SIMD and with it. A module of their own, since no
//! instruction of SIMD is allowed beside them, and putting numbers in place uses some.

pub(super) mod simd;

use super::super::{Rows, Sheet};
use super::{ESCAPED, MOST_ITERATIONS};
use crate::mandelbrot::{PIXEL_COST, WIDTH};

/// Iterations a step.
const STEP_ITERATIONS: i32 = 13_000;

pub(super) struct Pixels {
    pub(super) across: Vec<f32>,
    pub(super) down: Vec<f32>,
    pub(super) x: usize,
    pub(super) y: usize,
    /// First row after the task's.
    pub(super) end: usize,
    /// Iterations the last step did too many, 0 or less.
    pub(super) debt: i32,
}

impl Pixels {
    /// Place of the next pixel, its columns from there on, and its row; `None` after
    /// the last.
    fn next(&mut self) -> Option<(usize, &[f32], f32)> {
        if self.x >= WIDTH as usize {
            self.x = 0;
            self.y += 1;
        }
        if self.y >= self.end {
            return None;
        }
        let place = self.y * WIDTH as usize + self.x;
        Some((
            place,
            self.across.get(self.x..)?,
            self.down.get(self.y).copied()?,
        ))
    }
}

/// Iterations until the point escapes.
#[inline(always)]
fn escape(re: f32, im: f32) -> u32 {
    let (mut x, mut y) = (0.0_f32, 0.0_f32);
    let mut count = 0;
    loop {
        let (xx, yy) = (x * x, y * y);
        if xx + yy > ESCAPED || count == MOST_ITERATIONS {
            return count;
        }
        y = (x + x) * y + im;
        x = xx - yy + re;
        count += 1;
    }
}

impl Rows for Pixels {
    fn advance(&mut self, sheet: &mut Sheet) -> bool {
        let mut budget = STEP_ITERATIONS + self.debt;
        while budget > 0 {
            let Some((place, [re, ..], im)) = self.next() else {
                return false;
            };
            let count = escape(*re, im);
            self.x += 1;
            budget -= count as i32 + PIXEL_COST;
            sheet.put(place, count as f32);
        }
        self.debt = budget;
        true
    }
}
