//! Product of two matrices of floating-point numbers, C = A B; each task
//! computes some rows of C.
//!
//! A few columns of B at a time stay in the core's nearest cache and serve a
//! band of rows, which stays in the next one. An element of C is added up in the
//! order of the textbook, whatever the cut, so that every task gives the same bits.

mod simd;

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
    simd: Some(simd::start),
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

/// The present columns of B, as a kernel wants them.
trait Block: Default + Send {
    /// Rows that are multiplied together.
    const ROWS: usize;
    /// Takes columns from this one on.
    fn take(&mut self, right: &Right, first: usize);
    /// Tells the products of each row of A with each column, for at most
    /// [`Block::ROWS`] rows that lie one after another: row, column, product.
    fn products(&self, rows: &[f64], tell: impl FnMut(usize, usize, f64));
}

/// Columns one after another.
#[derive(Default)]
struct Columns(Vec<f64>);

impl Block for Columns {
    const ROWS: usize = 1;

    fn take(&mut self, right: &Right, first: usize) {
        self.0.clear();
        for column in first..first + BLOCK {
            self.0.extend(right.column(column));
        }
    }

    fn products(&self, rows: &[f64], mut tell: impl FnMut(usize, usize, f64)) {
        for (at, row) in rows.chunks_exact(N).enumerate() {
            let groups = self.0.chunks_exact(TOGETHER * N);
            for (group, columns) in groups.enumerate() {
                // By reference: arrays are moved with SIMD, which has no place in
                // this kernel.
                for (column, sum) in (group * TOGETHER..).zip(&products(row, columns)) {
                    tell(at, column, *sum);
                }
            }
        }
    }
}

struct Rows<B> {
    seed: u64,
    right: Right,
    /// First row of the present band, and first row after the task's.
    first: usize,
    end: usize,
    /// The present rows of A, generated when the first columns need them.
    a: Vec<f64>,
    /// The present columns of B.
    b: B,
    /// Whether they are there.
    has_columns: bool,
    /// First of the present columns.
    column: usize,
    /// Next row, from the first of the band.
    row: usize,
    checksum: u64,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(Rows::<Columns>::of(spec))
}

impl<B: Block> Rows<B> {
    fn of(spec: &TaskSpec) -> Self {
        let rows = spec.size as usize;
        let mut b = B::default();
        let right = Right::of(mix(spec.seed));
        // For its buffer: nothing is allocated later.
        b.take(&right, 0);
        Self {
            seed: mix(spec.seed),
            right,
            first: spec.part as usize * rows,
            end: (spec.part as usize + 1) * rows,
            a: Vec::with_capacity(rows.min(BAND) * N),
            b,
            has_columns: false,
            column: 0,
            row: 0,
            checksum: 0,
        }
    }

    /// Multiplies about `budget` times; false when no row is left.
    fn advance(&mut self, mut budget: usize) -> bool {
        while self.first < self.end {
            let rows = BAND.min(self.end - self.first);
            while self.column < N {
                if !self.has_columns {
                    self.b.take(&self.right, self.column);
                    self.has_columns = true;
                    budget = budget.saturating_sub(BLOCK * COLUMN_COST);
                }
                while self.row < rows {
                    if budget == 0 {
                        return true;
                    }
                    budget = budget.saturating_sub(self.some_rows(rows));
                }
                self.row = 0;
                self.column += BLOCK;
                self.has_columns = false;
            }
            self.column = 0;
            self.first += rows;
            self.a.clear();
        }
        false
    }

    /// The present rows, of so many in the band, times the present columns; what
    /// it cost.
    fn some_rows(&mut self, rows: usize) -> usize {
        let numbers = self.row..(self.row + B::ROWS).min(rows);
        let mut cost = BLOCK * N * numbers.len();
        if self.column == 0 {
            let first = self.first;
            let places = (first + numbers.start) * N..(first + numbers.end) * N;
            let seed = self.seed;
            self.a.extend(places.map(|place| unit(seed, place)));
            cost += ROW_COST * numbers.len();
        }
        let band = self.a.get(numbers.start * N..numbers.end * N);
        let first = (self.first + numbers.start) * N + self.column;
        let mut checksum = self.checksum;
        self.b
            .products(band.unwrap_or_default(), |row, column, sum| {
                let place = first + row * N + column;
                checksum = checksum.wrapping_add(proof(place as u64, sum.to_bits()));
            });
        self.checksum = checksum;
        self.row = numbers.end;
        cost
    }
}

impl<B: Block> Kernel for Rows<B> {
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
