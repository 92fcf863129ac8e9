//! Product of two square matrices of single precision, C = A B; each task computes
//! some rows of C.
//!
//! Panels of sixteen columns of B stay in the core's nearest caches and serve every
//! row of the task. An element of C is added up from the first product to the last.

mod simd;

use super::{Agreement, Entry, Rows, Sheet, Whole, kernel, unit};
use crate::mix::{mix, proof};
use crate::{Kernel, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: ENTRY.id,
    unit: "products",
    computes: true,
    waits: false,
    paints: false,
    sizes: (4096, 1 << 24),
    start: |spec| task(spec, rows(spec, false)),
    simd: Some(|spec| task(spec, rows(spec, true))),
    reference,
    picture: None,
    // How many tasks there are is not known here: the matrices of sixteen.
    bytes: |size| {
        let n = side(16, size) as u64;
        4 * (n * (n + PANEL as u64) + n * n / 8 + n)
    },
};

pub(super) const ENTRY: Entry = Entry {
    id: "matrix-f32",
    whole,
    rows,
};

/// Multiplications in a unit of size. Work is counted by them because the side of
/// the matrices is no linear measure of it.
const UNIT: u64 = 512;
/// Columns of B kept together.
const PANEL: usize = 16;
/// Columns whose sums are under way together without SIMD.
const TOGETHER: usize = 4;
/// Multiplications a step, without SIMD and with it.
const STEP_PRODUCTS: usize = 150_000;
const STEP_PRODUCTS_SIMD: usize = 500_000;

/// Side of the matrices that `tasks` tasks of this size multiply together: the
/// largest whose cube has no more than 512 products a unit; at least 1.
#[must_use]
pub fn side(tasks: u32, size: u32) -> usize {
    let products = u64::from(tasks) * u64::from(size) * UNIT;
    let mut n = (products as f64).cbrt() as u64;
    while (n + 1).pow(3) <= products {
        n += 1;
    }
    while n > 1 && n.pow(3) > products {
        n -= 1;
    }
    n.max(1) as usize
}

/// Size of a task of which `tasks` multiply matrices of this side: exact where the
/// side is a multiple of 8 and its cube can be shared out so.
#[must_use]
pub fn units(side: u32, tasks: u32) -> u32 {
    let products = u64::from(side).pow(3);
    products.div_ceil(UNIT * u64::from(tasks.max(1))) as u32
}

/// The rows of both matrices are stretches of one list of numbers, so that to make
/// them costs little beside multiplying.
struct Numbers {
    seed: u64,
    list: Vec<f32>,
    n: usize,
}

impl Numbers {
    fn of(spec: &TaskSpec) -> Self {
        let n = side(spec.parts.max(1), spec.size);
        let seed = mix(spec.seed);
        Self {
            seed,
            list: (0..(n + 256) as u64).map(|at| unit(seed ^ at)).collect(),
            n,
        }
    }

    /// Row of A, or with `right` of B.
    fn row(&self, row: usize, right: bool) -> &[f32] {
        let salt = mix((row as u64) << 1 | u64::from(right));
        let from = (mix(self.seed ^ salt) % 256) as usize;
        self.list.get(from..from + self.n).unwrap_or_default()
    }
}

fn whole(spec: &TaskSpec) -> Whole {
    let numbers = Numbers::of(spec);
    let n = numbers.n;
    let matrix = |right| {
        (0..n)
            .flat_map(|row| numbers.row(row, right).to_vec())
            .collect()
    };
    Whole {
        settings: [n as u32, 0, 0, 0],
        inputs: vec![matrix(false), matrix(true)],
        outputs: n * n,
        grid: [n as u32, n as u32],
        agreement: Agreement::Relative,
    }
}

/// Rows of C that a task computes.
fn share(spec: &TaskSpec) -> std::ops::Range<usize> {
    let (n, parts) = (
        side(spec.parts.max(1), spec.size),
        spec.parts.max(1) as usize,
    );
    let part = spec.part as usize;
    part * n / parts..(part + 1) * n / parts
}

fn task(spec: &TaskSpec, rows: Box<dyn Rows>) -> Box<dyn Kernel> {
    let (n, share) = (side(spec.parts.max(1), spec.size), share(spec));
    kernel(spec, rows, share.start * n..share.end * n, None)
}

fn rows(spec: &TaskSpec, simd: bool) -> Box<dyn Rows> {
    let numbers = Numbers::of(spec);
    let (n, share) = (numbers.n, share(spec));
    let mut panels = vec![0.0; n.div_ceil(PANEL) * n * PANEL];
    for k in 0..n {
        for (panel, some) in numbers.row(k, true).chunks(PANEL).enumerate() {
            let at = (panel * n + k) * PANEL;
            if let Some(room) = panels.get_mut(at..at + some.len()) {
                room.copy_from_slice(some);
            }
        }
    }
    let product = Product {
        n,
        first: share.start,
        a: share
            .flat_map(|row| numbers.row(row, false).to_vec())
            .collect(),
        panels,
        panel: 0,
        row: 0,
    };
    if simd {
        Box::new(simd::Several(product))
    } else {
        Box::new(product)
    }
}

struct Product {
    n: usize,
    /// First row of the task.
    first: usize,
    /// The task's rows of A.
    a: Vec<f32>,
    /// All of B: for each panel its columns' numbers, row by row, the last panel
    /// filled up with zeros.
    panels: Vec<f32>,
    panel: usize,
    /// Next row, from the first of the task.
    row: usize,
}

impl Product {
    /// The next row and panel and the place of their first sum; `None` after the last.
    fn next(&mut self) -> Option<(&[f32], &[f32], usize)> {
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
        Some((a, panel, (self.first + row) * n + self.panel * PANEL))
    }

    /// Columns of the present panel.
    fn columns(&self) -> usize {
        PANEL.min(self.n - self.panel * PANEL)
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
            let Some((row, panel, place)) = self.next() else {
                return false;
            };
            let columns = PANEL.min(row.len() - place % row.len());
            budget = budget.saturating_sub(PANEL * row.len());
            for column in (0..PANEL).step_by(TOGETHER) {
                // By reference: arrays are moved with SIMD, which has no place in
                // this kernel.
                for (at, sum) in (column..).zip(&products(row, panel, column)) {
                    if at < columns {
                        sheet.put(place + at, *sum);
                    }
                }
            }
        }
        true
    }
}

/// Element by element.
fn reference(spec: &TaskSpec) -> u64 {
    let numbers = Numbers::of(spec);
    let mut checksum = 0_u64;
    for row in share(spec) {
        for column in 0..numbers.n {
            let mut sum = 0.0_f32;
            for (k, a) in numbers.row(row, false).iter().enumerate() {
                sum += a * numbers
                    .row(k, true)
                    .get(column)
                    .copied()
                    .unwrap_or_default();
            }
            let place = (row * numbers.n + column) as u64;
            checksum = checksum.wrapping_add(proof(place, u64::from(sum.to_bits())));
        }
    }
    checksum
}
