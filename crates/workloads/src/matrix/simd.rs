//! The same product, two columns in a register and two rows at a time.
//!
//! Eight sums are under way that do not need each other, as many as additions a
//! core has in progress (two begun in each cycle, each four cycles long). Each sum
//! is that of one element, so it is added up in the same order as alone.

use super::{BLOCK, Block, N, Right, Rows};
use crate::Kernel;
use crate::simd::Two;
use model::TaskSpec;

/// Registers that hold an element of each of the columns.
const REGISTERS: usize = BLOCK / 2;

/// Elements of the columns that belong to the same element of a row, side by side.
#[derive(Default)]
struct Pairs(Vec<[Two; REGISTERS]>);

/// Puts columns from this one on side by side.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
#[inline(never)]
fn pack_simd(right: &Right, first: usize, rows: &mut [[Two; REGISTERS]]) {
    for register in 0..REGISTERS {
        let left = right.column(first + 2 * register);
        let pairs = left.zip(right.column(first + 2 * register + 1));
        for (row, (left, right)) in rows.iter_mut().zip(pairs) {
            if let Some(place) = row.get_mut(register) {
                *place = Two::of(left, right);
            }
        }
    }
}

/// Products of the elements of two rows with the columns.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
#[inline(never)]
fn products_simd(first: &[f64], second: &[f64], columns: &[[Two; REGISTERS]]) -> [[f64; BLOCK]; 2] {
    let mut sums = [[Two::both(0.0); REGISTERS]; 2];
    let [above, below] = &mut sums;
    for ((x, y), elements) in first.iter().zip(second).zip(columns) {
        let (x, y) = (Two::both(*x), Two::both(*y));
        for ((above, below), element) in above.iter_mut().zip(below.iter_mut()).zip(elements) {
            *above = above.plus(x.times(*element));
            *below = below.plus(y.times(*element));
        }
    }
    let [above, below] = sums;
    [numbers(above), numbers(below)]
}

#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
#[inline]
fn numbers(registers: [Two; REGISTERS]) -> [f64; BLOCK] {
    let mut all = [0.0; BLOCK];
    for (pair, register) in all.chunks_exact_mut(2).zip(registers) {
        pair.copy_from_slice(&register.numbers());
    }
    all
}

impl Block for Pairs {
    const ROWS: usize = 2;

    fn take(&mut self, right: &Right, first: usize) {
        self.0.resize(N, [Two::both(0.0); REGISTERS]);
        pack_simd(right, first, &mut self.0);
    }

    fn products(&self, rows: &[f64], mut tell: impl FnMut(usize, usize, f64)) {
        let (first, second) = rows.split_at_checked(N).unwrap_or_default();
        // A last row without a neighbour is its own.
        let other = if second.is_empty() { first } else { second };
        let products = products_simd(first, other, &self.0);
        for (row, sums) in products.iter().take(rows.len() / N).enumerate() {
            for (column, sum) in sums.iter().enumerate() {
                tell(row, column, *sum);
            }
        }
    }
}

pub(super) fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(Rows::<Pairs>::of(spec))
}
