//! The crop of the Mandelbrot set in single precision, painted in rows.

mod simd;

use super::{Agreement, Entry, Rows, Sheet, Whole, kernel, rows_of};
use crate::mandelbrot::{Grid, PIXEL_COST, WIDTH};
use crate::mix::proof;
use crate::{Kernel, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: ENTRY.id,
    unit: "rows",
    computes: true,
    waits: false,
    paints: true,
    sizes: (1, 4096),
    start: |spec| task(spec, rows(spec, false)),
    simd: Some(|spec| task(spec, rows(spec, true))),
    reference,
    picture: Some(|specs| crate::painted_by(ENTRY.id, specs)),
    bytes: |size| 5 * crate::shades(size),
};

pub(super) const ENTRY: Entry = Entry {
    id: "mandelbrot-f32",
    whole,
    rows,
};

/// Iterations after which a point counts as inside.
const MOST_ITERATIONS: u32 = 1500;
/// Square of the distance at which a point has escaped.
const ESCAPED: f32 = 256.0;
/// Iterations a step.
const STEP_ITERATIONS: i32 = 13_000;

/// Where the columns and the rows of the whole picture lie.
fn axes(spec: &TaskSpec) -> (Vec<f32>, Vec<f32>) {
    let grid = Grid::of(spec);
    let rows = spec.parts.max(1) * spec.size;
    let across = (0..WIDTH).map(|x| grid.point(x, 0).0 as f32);
    let down = (0..rows).map(|y| grid.point(0, y).1 as f32);
    (across.collect(), down.collect())
}

fn whole(spec: &TaskSpec) -> Whole {
    let (across, down) = axes(spec);
    let rows = down.len();
    Whole {
        settings: [WIDTH, rows as u32, MOST_ITERATIONS, 0],
        inputs: vec![across, down],
        outputs: WIDTH as usize * rows,
        grid: [WIDTH, rows as u32],
        agreement: Agreement::Places,
    }
}

/// Brightness of a pixel: the inside black, outside the brighter the longer the
/// point stayed.
pub(super) fn shade(count: f32) -> u8 {
    if count >= MOST_ITERATIONS as f32 {
        return 0;
    }
    // Straight between powers of two, as the shades of the other kernel.
    let bits = (count + 1.0).to_bits();
    let exponent = (bits >> 23) as f32 - 127.0;
    let mantissa = (bits & 0x007f_ffff) as f32 / (1_u32 << 23) as f32;
    (23.0 * (exponent + mantissa)) as u8
}

fn task(spec: &TaskSpec, rows: Box<dyn Rows>) -> Box<dyn Kernel> {
    kernel(spec, rows, rows_of(spec), Some(shade))
}

fn rows(spec: &TaskSpec, simd: bool) -> Box<dyn Rows> {
    let (across, down) = axes(spec);
    let y = spec.part as usize * spec.size as usize;
    let pixels = Pixels {
        across,
        down,
        x: 0,
        y,
        end: y + spec.size as usize,
        debt: 0,
    };
    if simd {
        Box::new(simd::Several(pixels))
    } else {
        Box::new(pixels)
    }
}

struct Pixels {
    across: Vec<f32>,
    down: Vec<f32>,
    x: usize,
    y: usize,
    /// First row after the task's.
    end: usize,
    /// Iterations the last step did too many, 0 or less.
    debt: i32,
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

/// Pixel by pixel with complex arithmetic spelled out.
fn reference(spec: &TaskSpec) -> u64 {
    let grid = Grid::of(spec);
    let first = spec.part * spec.size;
    let mut checksum = 0_u64;
    for y in first..first + spec.size {
        for x in 0..WIDTH {
            let (re, im) = grid.point(x, y);
            let c = (re as f32, im as f32);
            let mut z = (0.0_f32, 0.0_f32);
            let mut count = 0;
            while count < MOST_ITERATIONS && z.0 * z.0 + z.1 * z.1 <= ESCAPED {
                z = (z.0 * z.0 - z.1 * z.1 + c.0, (z.0 + z.0) * z.1 + c.1);
                count += 1;
            }
            let proof = proof(
                u64::from(y * WIDTH + x),
                u64::from((count as f32).to_bits()),
            );
            checksum = checksum.wrapping_add(proof);
        }
    }
    checksum
}
