//! The same picture, eight pixels at a time: a group is iterated until its last
//! point has escaped. A point that has escaped stays outside, or becomes what is no
//! number, and counts no more.

use super::{ESCAPED, MOST_ITERATIONS, PIXEL_COST, Pixels, Rows, STEP_ITERATIONS, Sheet, WIDTH};
use crate::simd::Four;

/// Pixels of a group; the picture's width is a multiple of it.
const GROUP: usize = 8;
const REGISTERS: usize = GROUP / 4;
const _: () = assert!((WIDTH as usize).is_multiple_of(GROUP));

pub(in super::super) struct Several(pub(in super::super) Pixels);

/// Iterations until each point of a group escapes, and how many were done for it.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
#[inline]
fn escapes(across: &[f32], im: f32) -> ([f32; GROUP], u32) {
    let mut re = [Four::all(0.0); REGISTERS];
    for (re, some) in re.iter_mut().zip(across.chunks_exact(4)) {
        *re = Four::first(some);
    }
    let (im, escaped) = (Four::all(im), Four::all(ESCAPED));
    let mut x = [Four::all(0.0); REGISTERS];
    let mut y = x;
    let mut counts = x;
    let mut done = 0;
    while done < MOST_ITERATIONS {
        let mut is_any = false;
        for (((x, y), count), re) in x.iter_mut().zip(&mut y).zip(&mut counts).zip(&re) {
            let (xx, yy) = (x.times(*x), y.times(*y));
            let (ones, any) = xx.plus(yy).at_most(escaped);
            *count = count.plus(ones);
            is_any |= any;
            *y = x.plus(*x).times(*y).plus(im);
            *x = xx.minus(yy).plus(*re);
        }
        done += 1;
        if !is_any {
            break;
        }
    }
    let mut all = [0.0; GROUP];
    for (four, count) in all.chunks_exact_mut(4).zip(counts) {
        four.copy_from_slice(&count.numbers());
    }
    (all, done)
}

impl Several {
    /// Iterates groups for as long as a step of the other kernel takes; false when
    /// nothing is left.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline(never)]
    fn advance_simd(&mut self, sheet: &mut Sheet) -> bool {
        let pixels = &mut self.0;
        let mut budget = STEP_ITERATIONS + pixels.debt;
        while budget > 0 {
            let Some((place, across, im)) = pixels.next() else {
                return false;
            };
            let (counts, done) = escapes(across, im);
            pixels.x += GROUP;
            budget -= done as i32 + PIXEL_COST;
            for (count, place) in counts.into_iter().zip(place..) {
                sheet.put(place, count);
            }
        }
        pixels.debt = budget;
        true
    }
}

impl Rows for Several {
    fn advance(&mut self, sheet: &mut Sheet) -> bool {
        self.advance_simd(sheet)
    }
}
