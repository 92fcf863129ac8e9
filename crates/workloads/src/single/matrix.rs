//! Product of two square matrices of single precision, C = A B; each task computes
//! some rows of C.
//!
//! Panels of sixteen columns of B stay in the core's nearest caches and serve every
//! row of the task. An element of C is added up from the first product to the last.

mod kernel;

use super::{Agreement, Entry, Rows, Whole, unit};
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
    places,
};

/// Multiplications in a unit of size. Work is counted by them because the side of
/// the matrices is no linear measure of it.
const UNIT: u64 = 512;
/// Columns of B kept together.
const PANEL: usize = 16;

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

fn places(spec: &TaskSpec) -> std::ops::Range<usize> {
    let (n, share) = (side(spec.parts.max(1), spec.size), share(spec));
    share.start * n..share.end * n
}

fn task(spec: &TaskSpec, rows: Box<dyn Rows>) -> Box<dyn Kernel> {
    super::kernel(spec, rows, places(spec), None)
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
    let product = kernel::Product {
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
        Box::new(kernel::simd::Several(product))
    } else {
        Box::new(product)
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
