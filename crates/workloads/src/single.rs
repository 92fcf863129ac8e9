//! Work in single precision that a graphics processor can do as well: what it is
//! given and what it gives as a whole, and the same cut into tasks for processors.
//!
//! Both get the very same numbers ([`Whole::inputs`]), so that what they give may
//! differ by rounding only: a graphics processor may fuse a multiplication with an
//! addition, and need not divide exactly (WGSL, section 15.7.4). Kernels here add
//! up in one order, with SIMD and without, so that they agree in every bit.

pub(crate) mod blur;
pub(crate) mod mandelbrot;
pub(crate) mod matrix;
pub(crate) mod n_body;

use crate::mix::{mix, proof};
use crate::{Kernel, Output, Step, mandelbrot::WIDTH};
use model::{TaskSpec, Tile};
use std::ops::Range;

pub use matrix::{side, units};

/// Work as a graphics processor is given it.
#[derive(Clone, Debug, PartialEq)]
pub struct Whole {
    /// Four numbers that the program is told: at least how much there is to do.
    pub settings: [u32; 4],
    /// Lists of numbers that it reads.
    pub inputs: Vec<Vec<f32>>,
    /// Numbers that it gives.
    pub outputs: usize,
    /// Places across and down; each is worked out by itself.
    pub grid: [u32; 2],
    /// How two answers are compared.
    pub agreement: Agreement,
}

/// How the answers of two processors are compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Agreement {
    /// By the largest difference, over the size of the number or the typical size
    /// of all numbers (root mean square), whichever is larger.
    Relative,
    /// By the share of places where they differ at all: rounding may move a point
    /// to the other side of an edge.
    Places,
}

impl Agreement {
    /// The most that rounding can explain: of numbers, 1e-3; of places, 5 %.
    #[must_use]
    pub const fn tolerance(self) -> f64 {
        match self {
            Self::Relative => 1e-3,
            Self::Places => 0.05,
        }
    }

    /// How far `given` is from `expected`; infinite where their lengths differ or
    /// a number is none.
    #[must_use]
    pub fn error(self, given: &[f32], expected: &[f32]) -> f64 {
        if given.len() != expected.len() || given.is_empty() {
            return f64::INFINITY;
        }
        let pairs = given.iter().zip(expected);
        let pairs = pairs.map(|(given, expected)| (f64::from(*given), f64::from(*expected)));
        let n = expected.len() as f64;
        match self {
            Self::Places => pairs.filter(|(given, expected)| given != expected).count() as f64 / n,
            Self::Relative => {
                let squares = pairs.clone().map(|(_, expected)| expected * expected);
                let typical = (squares.sum::<f64>() / n).sqrt().max(f64::MIN_POSITIVE);
                let errors = pairs.map(|(given, expected)| {
                    let error = (given - expected).abs() / expected.abs().max(typical);
                    // What is no number is no agreement.
                    if error.is_nan() { f64::INFINITY } else { error }
                });
                errors.fold(0.0, f64::max)
            }
        }
    }
}

/// One entry of the list of such work.
struct Entry {
    id: &'static str,
    whole: fn(&TaskSpec) -> Whole,
    rows: fn(&TaskSpec, bool) -> Box<dyn Rows>,
    /// Places of the whole that a task gives.
    places: fn(&TaskSpec) -> Range<usize>,
}

const ALL: [Entry; 4] = [blur::ENTRY, mandelbrot::ENTRY, matrix::ENTRY, n_body::ENTRY];

/// Ids of all work in single precision.
pub const IDS: [&str; 4] = [ALL[0].id, ALL[1].id, ALL[2].id, ALL[3].id];

fn find(id: &str) -> Option<&'static Entry> {
    const LIST: &[Entry] = &ALL;
    LIST.iter().find(|entry| entry.id == id)
}

/// What a job of `tasks` tasks of this `size` is as a whole; `None` if it is no work
/// in single precision.
#[must_use]
pub fn whole(workload: &str, tasks: u32, size: u32, seed: u64) -> Option<Whole> {
    Some((find(workload)?.whole)(&spec(workload, tasks, size, seed)))
}

/// The job in progress on one thread of a processor; `None` as above.
#[must_use]
pub fn twin(workload: &str, tasks: u32, size: u32, seed: u64, simd: bool) -> Option<Twin> {
    let entry = find(workload)?;
    // As one task: the same numbers, whatever the cut.
    let whole = TaskSpec {
        part: 0,
        ..spec(workload, tasks, size, seed)
    };
    let parts = (0..tasks.max(1)).map(|part| {
        let spec = TaskSpec {
            part,
            ..whole.clone()
        };
        (entry.rows)(&spec, simd)
    });
    Some(Twin {
        parts: parts.collect(),
        next: 0,
        sheet: Sheet::new((entry.whole)(&whole).outputs, 0),
    })
}

fn spec(workload: &str, tasks: u32, size: u32, seed: u64) -> TaskSpec {
    TaskSpec {
        workload: workload.into(),
        parts: tasks.max(1),
        size,
        seed,
        ..TaskSpec::default()
    }
}

/// All tasks of a job one after another, with the numbers they give.
pub struct Twin {
    parts: Vec<Box<dyn Rows>>,
    next: usize,
    sheet: Sheet,
}

impl Twin {
    /// Computes for about 40 us; false once all is done.
    pub fn step(&mut self) -> bool {
        while let Some(part) = self.parts.get_mut(self.next) {
            if part.advance(&mut self.sheet) {
                return true;
            }
            self.next += 1;
        }
        false
    }

    /// What was worked out.
    #[must_use]
    pub fn numbers(&self) -> &[f32] {
        &self.sheet.numbers
    }
}

/// Where a task writes what it worked out.
pub(crate) struct Sheet {
    numbers: Vec<f32>,
    /// Place of the first of them in the whole.
    first: usize,
    checksum: u64,
}

impl Sheet {
    fn new(len: usize, first: usize) -> Self {
        Self {
            numbers: vec![0.0; len],
            first,
            checksum: 0,
        }
    }

    /// Writes the number of a place of the whole, once.
    #[inline]
    pub(crate) fn put(&mut self, place: usize, number: f32) {
        if let Some(own) = self.numbers.get_mut(place.wrapping_sub(self.first)) {
            *own = number;
            let proof = proof(place as u64, u64::from(number.to_bits()));
            self.checksum = self.checksum.wrapping_add(proof);
        }
    }
}

/// A task in progress.
pub(crate) trait Rows: Send {
    /// Computes for about 40 us; false when nothing is left.
    fn advance(&mut self, sheet: &mut Sheet) -> bool;
}

/// A task with its sheet; `paint` makes a shade of a number.
struct Task {
    rows: Box<dyn Rows>,
    sheet: Sheet,
    tile: Tile,
    paint: Option<fn(f32) -> u8>,
    is_done: bool,
}

/// A kernel for a task that gives `places` of the whole.
fn kernel(
    spec: &TaskSpec,
    rows: Box<dyn Rows>,
    places: Range<usize>,
    paint: Option<fn(f32) -> u8>,
) -> Box<dyn Kernel> {
    let shades = if paint.is_some() { places.len() } else { 0 };
    Box::new(Task {
        rows,
        sheet: Sheet::new(places.len(), places.start),
        tile: Tile {
            task: spec.id,
            y: spec.part * spec.size,
            shades: Vec::with_capacity(shades),
        },
        paint,
        is_done: false,
    })
}

impl Kernel for Task {
    fn step(&mut self) -> Step {
        if self.rows.advance(&mut self.sheet) {
            return Step::Again;
        }
        if let Some(paint) = self.paint.filter(|_| !self.is_done) {
            self.tile
                .shades
                .extend(self.sheet.numbers.iter().map(|number| paint(*number)));
        }
        self.is_done = true;
        Step::Done(Output::painted(self.sheet.checksum, &mut self.tile))
    }
}

/// Proofs of these numbers of the whole, one a task: the checksums of the tasks, if
/// the numbers are theirs to the last bit. Empty if it is no work in single precision.
#[must_use]
pub fn proofs(workload: &str, tasks: u32, size: u32, numbers: &[f32]) -> Vec<u64> {
    let Some(entry) = find(workload) else {
        return Vec::new();
    };
    let task = |part| {
        let spec = spec(workload, tasks, size, 0);
        let places = (entry.places)(&TaskSpec { part, ..spec });
        let own = numbers.get(places.clone()).unwrap_or_default();
        places.zip(own).fold(0_u64, |sum, (place, number)| {
            sum.wrapping_add(proof(place as u64, u64::from(number.to_bits())))
        })
    };
    (0..tasks).map(task).collect()
}

/// What the tasks of a job paint of these numbers of the whole; empty where they
/// paint nothing. The same shades as the kernels'.
#[must_use]
pub fn tiles(workload: &str, tasks: u32, size: u32, numbers: &[f32]) -> Vec<Tile> {
    let paint: fn(f32) -> u8 = match workload {
        id if id == mandelbrot::ENTRY.id => mandelbrot::shade,
        id if id == blur::ENTRY.id => blur::shade,
        _ => return Vec::new(),
    };
    let a_task = WIDTH as usize * size as usize;
    let tiles = numbers.chunks(a_task.max(1)).zip(0..tasks);
    let tile = |(numbers, task): (&[f32], u32)| Tile {
        task,
        y: task * size,
        shades: numbers.iter().map(|number| paint(*number)).collect(),
    };
    tiles.map(tile).collect()
}

/// Places of the rows of a painting task.
fn rows_of(spec: &TaskSpec) -> Range<usize> {
    let a_task = WIDTH as usize * spec.size as usize;
    let first = spec.part as usize * a_task;
    first..first + a_task
}

/// A number in -1..1, all bits of which are exact.
fn unit(bits: u64) -> f32 {
    (mix(bits) >> 40) as f32 / (1_u32 << 23) as f32 - 1.0
}
