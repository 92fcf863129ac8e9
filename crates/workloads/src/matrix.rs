//! Product of two matrices of floating-point numbers, C = A B; each task
//! computes some rows of C.
//!
//! A few columns of B at a time stay in the core's nearest cache and serve a
//! band of rows, which stays in the next one. An element of C is added up in the order of the textbook,
//! whatever the cut, so that every task gives the same bits.

use crate::mix::{mix, proof};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "matrix",
    unit: "rows",
    computes: true,
    waits: false,
    paints: false,
    sizes: (1, 16_384),
    start,
    simd: None,
    reference,
    picture: None,
    bytes: |size| 8 * (N * (BLOCK + BAND.min(size as usize)) + NUMBERS) as u64,
};

/// Columns of A, rows and columns of B.
const N: usize = 256;
/// Rows of A that are kept at a time.
const BAND: usize = 64;
/// Columns of B that are kept at a time.
const BLOCK: usize = 8;
/// Columns whose sums are under way together.
const TOGETHER: usize = 4;
/// Multiplications a step.
const STEP_PRODUCTS: usize = 165_000;
/// What generating a row of A and a column of B costs, in multiplications.
const ROW_COST: usize = 6 * N;
const COLUMN_COST: usize = 2 * N;
/// Numbers that the elements of B are taken from; a power of two.
const NUMBERS: usize = 1024;

/// A number in -1..1.
fn unit(seed: u64, place: usize) -> f64 {
    (mix(seed ^ place as u64) >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// The second matrix. Its columns are walks of different strides through one
/// table: to generate them must cost little beside multiplying with them.
struct Right {
    seed: u64,
    numbers: Vec<f64>,
}

impl Right {
    fn of(seed: u64) -> Self {
        let seed = mix(seed);
        Self {
            seed,
            numbers: (0..NUMBERS).map(|place| unit(seed, place)).collect(),
        }
    }

    /// A column from top to bottom.
    fn column(&self, column: usize) -> impl Iterator<Item = f64> {
        let walk = mix(self.seed ^ mix(column as u64)) as usize;
        let (first, stride) = (walk >> 8, walk | 1);
        let number = move |k: usize| {
            let at = first.wrapping_add(k.wrapping_mul(stride)) % NUMBERS;
            self.numbers.get(at).copied().unwrap_or_default()
        };
        (0..N).map(number)
    }
}

/// Products of a row with four columns that lie one after another, each added
/// up from the first element to the last.
#[inline(never)]
fn products(row: &[f64], columns: &[f64]) -> [f64; TOGETHER] {
    let mut sums = [0.0; TOGETHER];
    let mut each = columns.chunks_exact(row.len());
    let (Some(a), Some(b), Some(c), Some(d)) = (each.next(), each.next(), each.next(), each.next())
    else {
        return sums;
    };
    let [mut sa, mut sb, mut sc, mut sd] = sums;
    for ((((x, a), b), c), d) in row.iter().zip(a).zip(b).zip(c).zip(d) {
        sa += x * a;
        sb += x * b;
        sc += x * c;
        sd += x * d;
    }
    sums = [sa, sb, sc, sd];
    sums
}

struct Rows {
    seed: u64,
    right: Right,
    /// First row of the present band, and first row after the task's.
    first: usize,
    end: usize,
    /// The present rows of A, generated when the first columns need them.
    a: Vec<f64>,
    /// The present columns of B, one after another.
    b: Vec<f64>,
    /// First of the present columns.
    column: usize,
    /// Next row, from the first of the band.
    row: usize,
    checksum: u64,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    let rows = spec.size as usize;
    Box::new(Rows {
        seed: mix(spec.seed),
        right: Right::of(mix(spec.seed)),
        first: spec.part as usize * rows,
        end: (spec.part as usize + 1) * rows,
        a: Vec::with_capacity(rows.min(BAND) * N),
        b: Vec::with_capacity(BLOCK * N),
        column: 0,
        row: 0,
        checksum: 0,
    })
}

impl Rows {
    /// Multiplies about `budget` times; false when no row is left.
    fn advance(&mut self, mut budget: usize) -> bool {
        while self.first < self.end {
            let rows = BAND.min(self.end - self.first);
            while self.column < N {
                if self.b.is_empty() {
                    for column in self.column..self.column + BLOCK {
                        self.b.extend(self.right.column(column));
                    }
                    budget = budget.saturating_sub(BLOCK * COLUMN_COST);
                }
                while self.row < rows {
                    if budget == 0 {
                        return true;
                    }
                    budget = budget.saturating_sub(self.one_row());
                }
                self.row = 0;
                self.column += BLOCK;
                self.b.clear();
            }
            self.column = 0;
            self.first += rows;
            self.a.clear();
        }
        false
    }

    /// The present row times the present columns; what it cost.
    fn one_row(&mut self) -> usize {
        let mut cost = BLOCK * N;
        let (seed, number) = (self.seed, self.first + self.row);
        if self.column == 0 {
            let places = number * N..(number + 1) * N;
            self.a.extend(places.map(|place| unit(seed, place)));
            cost += ROW_COST;
        }
        let row = self.a.get(self.row * N..(self.row + 1) * N);
        let mut place = number * N + self.column;
        for columns in self.b.chunks_exact(TOGETHER * N) {
            for sum in products(row.unwrap_or_default(), columns) {
                let proof = proof(place as u64, sum.to_bits());
                self.checksum = self.checksum.wrapping_add(proof);
                place += 1;
            }
        }
        self.row += 1;
        cost
    }
}

impl Kernel for Rows {
    fn step(&mut self) -> Step {
        if self.advance(STEP_PRODUCTS) {
            Step::Again
        } else {
            Step::Done(Output::plain(self.checksum))
        }
    }
}

/// Row by row, with all of B at hand.
fn reference(spec: &TaskSpec) -> u64 {
    let seed = mix(spec.seed);
    let right = Right::of(seed);
    let columns: Vec<Vec<f64>> = (0..N)
        .map(|column| right.column(column).collect())
        .collect();
    let first = spec.part as usize * spec.size as usize;
    let mut checksum = 0_u64;
    for row in first..first + spec.size as usize {
        let a = (row * N..).map(|place| unit(seed, place));
        let a: Vec<f64> = a.take(N).collect();
        for (b, place) in columns.iter().zip((row * N) as u64..) {
            let sum = a.iter().zip(b).fold(0.0, |sum, (a, b)| sum + a * b);
            checksum = checksum.wrapping_add(proof(place, f64::to_bits(sum)));
        }
    }
    checksum
}
