//! A grey picture made soft in single precision: each pixel becomes the weighted
//! mean of those around it (a convolution); each task does some rows.

mod kernel;

use super::{Agreement, Entry, Rows, Whole, rows_of};
use crate::image_filter::Picture;
use crate::mandelbrot::WIDTH as ACROSS;
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
    bytes: |size| 5 * crate::shades(size) + 4 * (u64::from(size) + SIDE as u64) * WIDE as u64,
};

pub(super) const ENTRY: Entry = Entry {
    id: "blur-f32",
    whole,
    rows,
    places: rows_of,
};

/// Pixels across.
const WIDTH: usize = ACROSS as usize;
/// Pixels that count lie no further away than this, across and down.
const REACH: usize = 8;
const SIDE: usize = 2 * REACH + 1;
/// Pixels across with what is added at either end.
const WIDE: usize = WIDTH + 2 * REACH;

/// How much each pixel of the window counts; together 1 but for rounding. A quarter
/// of the middle's at half the reach.
fn weights() -> Vec<f32> {
    let reach = REACH as i32;
    let places = (-reach..=reach).flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy)));
    let plain: Vec<f32> = places
        .map(|(dx, dy)| {
            let far = (dx * dx + dy * dy) as f32 / (REACH * REACH) as f32;
            let near = 1.0 / (1.0 + 4.0 * far);
            near * near
        })
        .collect();
    let sum: f32 = plain.iter().sum();
    plain.into_iter().map(|weight| weight / sum).collect()
}

/// A row of the picture with what lies beside it, `y` rows from its top.
fn padded(picture: &Picture, y: isize) -> impl Iterator<Item = f32> {
    let reach = REACH as isize;
    (-reach..WIDTH as isize + reach).map(move |x| f32::from(picture.shade(x, y)))
}

fn whole(spec: &TaskSpec) -> Whole {
    let picture = Picture::of(spec);
    let rows = spec.parts.max(1) as usize * spec.size as usize;
    let reach = REACH as isize;
    let pixels =
        (-reach..rows as isize + reach).flat_map(|y| padded(&picture, y).collect::<Vec<_>>());
    Whole {
        settings: [WIDTH as u32, rows as u32, SIDE as u32, 0],
        inputs: vec![pixels.collect(), weights()],
        outputs: WIDTH * rows,
        grid: [WIDTH as u32, rows as u32],
        agreement: Agreement::Relative,
    }
}

/// Brightness as a whole number.
pub(super) fn shade(number: f32) -> u8 {
    (number + 0.5) as u8
}

fn task(spec: &TaskSpec, rows: Box<dyn Rows>) -> Box<dyn Kernel> {
    super::kernel(spec, rows, rows_of(spec), Some(shade))
}

fn rows(spec: &TaskSpec, simd: bool) -> Box<dyn Rows> {
    let n_rows = spec.size as usize;
    let pixels = kernel::Pixels {
        picture: Picture::of(spec),
        weights: weights(),
        pixels: Vec::with_capacity((n_rows + 2 * REACH) * WIDE),
        first: spec.part as usize * n_rows,
        rows: n_rows,
        x: 0,
        y: 0,
    };
    if simd {
        Box::new(kernel::simd::Several(pixels))
    } else {
        Box::new(pixels)
    }
}

/// Pixel by pixel, with every neighbour asked for.
fn reference(spec: &TaskSpec) -> u64 {
    let picture = Picture::of(spec);
    let weights = weights();
    let (first, reach) = (spec.part * spec.size, REACH as isize);
    let mut checksum = 0_u64;
    for y in first as isize..(first + spec.size) as isize {
        for x in 0..WIDTH as isize {
            let mut sum = 0.0_f32;
            let mut weights = weights.iter();
            for dy in -reach..=reach {
                for dx in -reach..=reach {
                    let weight = weights.next().copied().unwrap_or_default();
                    sum += f32::from(picture.shade(x + dx, y + dy)) * weight;
                }
            }
            let place = y as u64 * WIDTH as u64 + x as u64;
            checksum = checksum.wrapping_add(proof(place, u64::from(sum.to_bits())));
        }
    }
    checksum
}
