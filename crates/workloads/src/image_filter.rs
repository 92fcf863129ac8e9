//! A grey picture made smoother without blurring its edges: the bilateral
//! filter (Tomasi, Manduchi 1998) in whole numbers; each task filters some
//! rows, and reads a few more above and below.
//!
//! The picture is a made-up landscape, or one that a reader gave. Either has as
//! many rows as there are to filter, so that more work is a finer picture.

use crate::mix::{mix, proof};
use crate::photo::{self, Photo};
use crate::{Kernel, Output, Step, Workload, mandelbrot};
use model::{TaskSpec, Tile};

pub(crate) const WORKLOAD: Workload = Workload {
    id: "image-filter",
    unit: "rows",
    computes: true,
    waits: false,
    paints: true,
    sizes: (1, 4096),
    start,
    simd: None,
    reference,
    picture: Some(picture),
    bytes: |size| crate::shades(size) + (u64::from(size) + 2 * REACH as u64) * WIDE as u64,
};

/// Pixels across.
const WIDTH: usize = mandelbrot::WIDTH as usize;
/// Pixels that count lie no further away than this.
const REACH: usize = 8;
/// Pixels across and down that are looked at.
const SIDE: usize = 2 * REACH + 1;
/// Pixels across with what is added at either end.
const WIDE: usize = WIDTH + 2 * REACH;
/// A pixel counts half if its brightness differs by this much.
const HALF_SHADES: u32 = 24;
/// Pixels filtered in a step.
const STEP_PIXELS: usize = 145;
/// Pixels that are read at the cost of a filtered one.
const READ_A_PIXEL: usize = 50;

/// The picture before it is filtered.
pub(crate) struct Picture {
    seed: u64,
    rows: usize,
    photo: Option<Photo>,
}

impl Picture {
    pub(crate) fn of(spec: &TaskSpec) -> Self {
        Self {
            seed: mix(spec.seed),
            rows: spec.parts.max(1) as usize * spec.size.max(1) as usize,
            photo: photo::given(spec.input),
        }
    }

    /// Brightness of a pixel; beyond an edge, of the nearest one.
    pub(crate) fn shade(&self, x: isize, y: isize) -> u8 {
        let near = |at: isize, end: usize| at.clamp(0, end as isize - 1) as usize;
        let (x, y) = (near(x, WIDTH), near(y, self.rows));
        if let Some(photo) = &self.photo {
            let y = y * photo.rows() as usize / self.rows;
            return photo.shades().get(y * WIDTH + x).copied().unwrap_or(0);
        }
        let noise = (mix(self.seed ^ (y * WIDTH + x) as u64) >> 59) as i32 - 16;
        (landscape(x as i32, (y * 360 / self.rows) as i32) + noise).clamp(0, 255) as u8
    }
}

/// Mountains by a lake, 480 by 360.
fn landscape(x: i32, y: i32) -> i32 {
    let (dx, dy) = (x - 360, y - 80);
    if y > 290 {
        return if (y / 7 + x / 40) % 2 == 0 { 120 } else { 150 };
    }
    if y > 130 + (x - 140).abs() * 3 / 4 {
        return if x < 140 { 50 } else { 85 };
    }
    if y > 190 + (x - 330).abs() / 2 {
        return 110;
    }
    if dx * dx + dy * dy < 45 * 45 {
        return 235;
    }
    150 + y / 4
}

/// How much a pixel counts, in parts of 64, by how far away it is.
fn by_distance() -> Vec<u32> {
    let reach = REACH as i32;
    let square = (REACH * REACH) as u32;
    let places = (-reach..=reach).flat_map(|dy| (-reach..=reach).map(move |dx| (dx, dy)));
    let weight = |(dx, dy): (i32, i32)| {
        let far = (dx * dx + dy * dy) as u32;
        // A round window; half at half the reach, as for brightness.
        if far > square {
            0
        } else {
            64 * square / (square + 4 * far)
        }
    };
    places.map(weight).collect()
}

/// How much a pixel counts, in parts of 64, by how much its brightness differs.
fn by_difference() -> [u32; 256] {
    let half = HALF_SHADES * HALF_SHADES;
    std::array::from_fn(|apart| 64 * half / (half + (apart * apart) as u32))
}

/// Mean of the window, weighted by distance and difference. Below 2^32: at most
/// 289 pixels of 255, weighted 64 x 64.
#[inline(never)]
fn smooth(window: &[u8], by_distance: &[u32], by_difference: &[u32; 256]) -> u8 {
    let centre = window.get(REACH * WIDE + REACH).copied().unwrap_or(0);
    let (mut sum, mut weights) = (0_u32, 0_u32);
    for (row, near) in window.chunks(WIDE).zip(by_distance.chunks_exact(SIDE)) {
        for (shade, near) in row.iter().zip(near) {
            let apart = usize::from(shade.abs_diff(centre));
            let weight = near * by_difference.get(apart).copied().unwrap_or(0);
            sum += weight * u32::from(*shade);
            weights += weight;
        }
    }
    // The centre itself always counts.
    (sum / weights.max(1)) as u8
}

struct Rows {
    picture: Picture,
    by_distance: Vec<u32>,
    by_difference: [u32; 256],
    /// Rows of the picture with what lies around them.
    pixels: Vec<u8>,
    first: usize,
    rows: usize,
    x: usize,
    y: usize,
    tile: Tile,
    checksum: u64,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    let rows = spec.size as usize;
    Box::new(Rows {
        picture: Picture::of(spec),
        by_distance: by_distance(),
        by_difference: by_difference(),
        pixels: Vec::with_capacity((rows + 2 * REACH) * WIDE),
        first: spec.part as usize * rows,
        rows,
        x: 0,
        y: 0,
        tile: Tile {
            task: spec.id,
            y: spec.part * spec.size,
            shades: Vec::with_capacity(WIDTH * rows),
        },
        checksum: 0,
    })
}

impl Rows {
    /// Filters about `budget` pixels; false when no row is left.
    fn advance(&mut self, mut budget: usize) -> bool {
        while self.pixels.len() < (self.rows + 2 * REACH) * WIDE {
            if budget == 0 {
                return true;
            }
            let reach = REACH as isize;
            let y = (self.first + self.pixels.len() / WIDE) as isize - reach;
            let row = (-reach..WIDTH as isize + reach).map(|x| self.picture.shade(x, y));
            self.pixels.extend(row);
            budget = budget.saturating_sub(WIDE / READ_A_PIXEL);
        }
        while self.y < self.rows {
            while self.x < WIDTH {
                if budget == 0 {
                    return true;
                }
                budget -= 1;
                let from = self.y * WIDE + self.x;
                let window = self.pixels.get(from..from + (SIDE - 1) * WIDE + SIDE);
                let window = window.unwrap_or_default();
                let shade = smooth(window, &self.by_distance, &self.by_difference);
                self.tile.shades.push(shade);
                let place = (self.first + self.y) * WIDTH + self.x;
                let proof = proof(place as u64, u64::from(shade));
                self.checksum = self.checksum.wrapping_add(proof);
                self.x += 1;
            }
            self.x = 0;
            self.y += 1;
        }
        false
    }
}

impl Kernel for Rows {
    fn step(&mut self) -> Step {
        if self.advance(STEP_PIXELS) {
            return Step::Again;
        }
        Step::Done(Output::painted(self.checksum, &mut self.tile))
    }
}

fn picture(specs: &[TaskSpec]) -> (u32, u32) {
    crate::painted_by(WORKLOAD.id, specs)
}

/// Pixel by pixel, with every neighbour asked for and every weight worked out.
fn reference(spec: &TaskSpec) -> u64 {
    let picture = Picture::of(spec);
    let (first, rows) = (spec.part * spec.size, spec.size);
    let reach = REACH as isize;
    let (square, half) = ((REACH * REACH) as u64, u64::from(HALF_SHADES * HALF_SHADES));
    let mut checksum = 0_u64;
    for y in first as isize..(first + rows) as isize {
        for x in 0..WIDTH as isize {
            let centre = picture.shade(x, y);
            let (mut sum, mut weights) = (0, 0);
            for dy in -reach..=reach {
                for dx in -reach..=reach {
                    let far = (dx * dx + dy * dy) as u64;
                    if far > square {
                        continue;
                    }
                    let shade = picture.shade(x + dx, y + dy);
                    let apart = u64::from(shade.abs_diff(centre));
                    let near = 64 * square / (square + 4 * far);
                    let weight = near * (64 * half / (half + apart * apart));
                    sum += weight * u64::from(shade);
                    weights += weight;
                }
            }
            let place = y as u64 * WIDTH as u64 + x as u64;
            checksum = checksum.wrapping_add(proof(place, sum / weights));
        }
    }
    checksum
}
