//! The same sums, sixteen at a time.

use super::{PANEL, Product, Rows, STEP_PRODUCTS_SIMD, Sheet};
use crate::simd::Four;

pub(in super::super) struct Several(pub(in super::super) Product);

/// Products of a row with the columns of a panel, each added up from the first
/// element to the last.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
#[inline]
fn products(row: &[f32], panel: &[f32]) -> [f32; PANEL] {
    let mut sums = [Four::all(0.0); PANEL / 4];
    for (x, numbers) in row.iter().zip(panel.chunks_exact(PANEL)) {
        let x = Four::all(*x);
        for (sum, four) in sums.iter_mut().zip(numbers.chunks_exact(4)) {
            *sum = sum.plus(x.times(Four::first(four)));
        }
    }
    let mut all = [0.0; PANEL];
    for (four, sum) in all.chunks_exact_mut(4).zip(sums) {
        four.copy_from_slice(&sum.numbers());
    }
    all
}

impl Several {
    /// Multiplies for as long as a step of the other kernel takes; false when
    /// nothing is left.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline(never)]
    fn advance_simd(&mut self, sheet: &mut Sheet) -> bool {
        let mut budget = STEP_PRODUCTS_SIMD;
        while budget > 0 {
            let Some((row, panel, place, columns)) = self.0.next() else {
                return false;
            };
            let sums = products(row, panel);
            budget = budget.saturating_sub(PANEL * row.len());
            for (sum, at) in sums.into_iter().zip(0..columns) {
                sheet.put(place + at, sum);
            }
        }
        true
    }
}

impl Rows for Several {
    fn advance(&mut self, sheet: &mut Sheet) -> bool {
        self.advance_simd(sheet)
    }
}
