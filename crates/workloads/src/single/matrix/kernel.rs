//! The sums, without SIMD and with it. A module of their own, since no instruction of
//! SIMD is allowed beside them, and putting numbers in place uses some.

pub(super) mod simd;

use super::super::{Rows, Sheet};
use super::PANEL;

/// Columns whose sums are under way together without SIMD.
const TOGETHER: usize = 4;
/// Multiplications a step, without SIMD and with it.
const STEP_PRODUCTS: usize = 150_000;
const STEP_PRODUCTS_SIMD: usize = 500_000;

pub(super) struct Product {
    pub(super) n: usize,
    /// First row of the task.
    pub(super) first: usize,
    /// The task's rows of A.
    pub(super) a: Vec<f32>,
    /// All of B: for each panel its columns' numbers, row by row, the last panel
    /// filled up with zeros.
    pub(super) panels: Vec<f32>,
    pub(super) panel: usize,
    /// Next row, from the first of the task.
    pub(super) row: usize,
}

impl Product {
    /// The next row and panel, the place of their first sum, and how many there are;
    /// `None` after the last.
    fn next(&mut self) -> Option<(&[f32], &[f32], usize, usize)> {
        if self.a.is_empty() {
            return None;
        }
        if (self.row + 1) * self.n > self.a.len() {
            self.row = 0;
            self.panel += 1;
        }
        let (n, row) = (self.n, self.row);
        let panel = self
            .panels
            .get(self.panel * n * PANEL..(self.panel + 1) * n * PANEL)?;
        self.row += 1;
        let a = self.a.get(row * n..(row + 1) * n)?;
        let column = self.panel * PANEL;
        let place = (self.first + row) * n + column;
        Some((a, panel, place, PANEL.min(n - column)))
    }
}

/// Products of a row with four columns of a panel, each added up from the first
/// element to the last.
#[inline(never)]
fn products(row: &[f32], panel: &[f32], column: usize) -> [f32; TOGETHER] {
    let [mut sa, mut sb, mut sc, mut sd] = [0.0_f32; TOGETHER];
    for (x, numbers) in row.iter().zip(panel.chunks_exact(PANEL)) {
        if let Some([a, b, c, d]) = numbers.get(column..).and_then(|some| some.first_chunk()) {
            sa += x * a;
            sb += x * b;
            sc += x * c;
            sd += x * d;
        }
    }
    [sa, sb, sc, sd]
}

impl Rows for Product {
    fn advance(&mut self, sheet: &mut Sheet) -> bool {
        let mut budget = STEP_PRODUCTS;
        while budget > 0 {
            let Some((row, panel, place, columns)) = self.next() else {
                return false;
            };
            let n = row.len();
            let mut column = 0;
            while column < columns {
                let sums = products(row, panel, column);
                for (sum, at) in sums.iter().zip(column..columns) {
                    sheet.put(place + at, *sum);
                }
                column += TOGETHER;
            }
            budget = budget.saturating_sub(PANEL * n);
        }
        true
    }
}
