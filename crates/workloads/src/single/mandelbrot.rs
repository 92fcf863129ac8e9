//! The crop of the Mandelbrot set in single precision, painted in rows.

mod kernel;

use super::{Agreement, Entry, Rows, Whole, rows_of};
use crate::mandelbrot::{Grid, WIDTH};
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
    places: rows_of,
};

/// Iterations after which a point counts as inside.
const MOST_ITERATIONS: u32 = 1500;
/// Square of the distance at which a point has escaped.
const ESCAPED: f32 = 256.0;

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
    super::kernel(spec, rows, rows_of(spec), Some(shade))
}

fn rows(spec: &TaskSpec, simd: bool) -> Box<dyn Rows> {
    let (across, down) = axes(spec);
    let y = spec.part as usize * spec.size as usize;
    let pixels = kernel::Pixels {
        across,
        down,
        x: 0,
        y,
        end: y + spec.size as usize,
        debt: 0,
    };
    if simd {
        Box::new(kernel::simd::Several(pixels))
    } else {
        Box::new(pixels)
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
