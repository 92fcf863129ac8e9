//! A crop of the Mandelbrot set, painted in rows.
//!
//! The crop is the lower half only: the whole set cut in two is perfectly
//! balanced, which would hide what happens to unequal tasks.

mod simd;

use crate::mix::{mix, proof};
use crate::{Kernel, Output, Step, Workload};
use model::{TaskSpec, Tile};

pub(crate) const WORKLOAD: Workload = Workload {
    id: "mandelbrot",
    unit: "rows",
    computes: true,
    waits: false,
    paints: true,
    sizes: (1, 4096),
    start,
    simd: Some(simd::start),
    reference,
    picture: Some(picture),
    bytes: crate::shades,
};

/// Pixels across the picture.
pub const WIDTH: u32 = 480;

const LEFT: f64 = -2.2;
const RIGHT: f64 = 0.8;
const TOP: f64 = -1.2;
const BOTTOM: f64 = 0.0;
/// Iterations after which a point counts as inside. Many, so that a row costs
/// enough for a picture of ordinary height.
const MOST_ITERATIONS: u32 = 1500;
/// Square of the distance at which a point has escaped; further out than the
/// necessary 4, so that shades come out smooth.
const ESCAPED: f64 = 256.0;
/// Iterations a step.
pub(crate) const STEP_ITERATIONS: i32 = 13_000;
/// What a pixel costs besides its iterations, in iterations.
pub(crate) const PIXEL_COST: i32 = 8;

/// Where the pixels lie.
#[derive(Clone, Copy)]
pub(crate) struct Grid {
    left: f64,
    top: f64,
    dx: f64,
    dy: f64,
}

impl Grid {
    pub(crate) fn of(spec: &TaskSpec) -> Self {
        let rows = f64::from(spec.parts) * f64::from(spec.size);
        let dx = (RIGHT - LEFT) / f64::from(WIDTH);
        let dy = (BOTTOM - TOP) / rows.max(1.0);
        // The seed moves the grid by less than a pixel: other numbers, the
        // same picture.
        let shift = (mix(spec.seed) >> 40) as f64 / (1_u64 << 24) as f64;
        Self {
            left: LEFT + dx * shift,
            top: TOP + dy * shift,
            dx,
            dy,
        }
    }

    pub(crate) fn point(&self, x: u32, y: u32) -> (f64, f64) {
        (
            self.left + self.dx * f64::from(x),
            self.top + self.dy * f64::from(y),
        )
    }
}

/// Iterations until the point escapes, and its squared distance then.
#[inline(always)]
pub(crate) fn escape(re: f64, im: f64) -> (u32, f64) {
    let (mut x, mut y) = (0.0, 0.0);
    let mut count = 0;
    loop {
        let (xx, yy) = (x * x, y * y);
        if xx + yy > ESCAPED || count == MOST_ITERATIONS {
            return (count, xx + yy);
        }
        y = 2.0 * x * y + im;
        x = xx - yy + re;
        count += 1;
    }
}

/// Binary logarithm of a normal number of at least 1, straight between powers
/// of two (at most 0.09 too low). The exact one may differ in its last bit
/// between platforms; this one cannot.
fn rough_log2(value: f64) -> f64 {
    let bits = value.to_bits();
    let exponent = (bits >> 52) as f64 - 1023.0;
    let mantissa = (bits & ((1 << 52) - 1)) as f64 / (1_u64 << 52) as f64;
    exponent + mantissa
}

/// Brightness of a pixel: the inside black, outside the brighter the longer
/// the point stayed.
fn shade(count: u32, distance: f64) -> u8 {
    if count >= MOST_ITERATIONS {
        return 0;
    }
    // The usual continuous count: one less for each doubling of the logarithm
    // of the distance at which the point was caught.
    let smooth = f64::from(count) + 4.0 - rough_log2(rough_log2(distance.max(2.0)).max(1.0));
    (44.0 * rough_log2(smooth.max(1.0)) - 60.0) as u8
}

struct Rows {
    grid: Grid,
    tile: Tile,
    /// First row after the task's.
    end: u32,
    x: u32,
    y: u32,
    /// Iterations the last step did too many, 0 or less.
    debt: i32,
    checksum: u64,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(rows(spec))
}

fn rows(spec: &TaskSpec) -> Rows {
    let y = spec.part * spec.size;
    Rows {
        grid: Grid::of(spec),
        tile: Tile {
            task: spec.id,
            y,
            shades: Vec::with_capacity(WIDTH as usize * spec.size as usize),
        },
        end: y + spec.size,
        x: 0,
        y,
        debt: 0,
        checksum: 0,
    }
}

impl Rows {
    /// Iterates for `STEP_ITERATIONS`; false when no row is left.
    #[inline(never)]
    fn advance(&mut self) -> bool {
        let mut budget = STEP_ITERATIONS + self.debt;
        while self.y < self.end {
            while self.x < WIDTH {
                if budget <= 0 {
                    self.debt = budget;
                    return true;
                }
                let (re, im) = self.grid.point(self.x, self.y);
                let (count, distance) = escape(re, im);
                budget -= count as i32 + PIXEL_COST;
                self.paint(count, distance);
            }
            self.x = 0;
            self.y += 1;
        }
        false
    }
}

impl Rows {
    /// Writes down what became of the next pixel.
    #[inline(always)]
    fn paint(&mut self, count: u32, distance: f64) {
        self.tile.shades.push(shade(count, distance));
        let place = u64::from(self.y * WIDTH + self.x);
        self.checksum = self.checksum.wrapping_add(proof(place, u64::from(count)));
        self.x += 1;
    }

    /// What the task has painted; the tile is handed out once.
    fn output(&mut self) -> Output {
        let shades = std::mem::take(&mut self.tile.shades);
        Output {
            checksum: self.checksum,
            tile: (!shades.is_empty()).then_some(Tile {
                shades,
                ..self.tile
            }),
        }
    }
}

impl Kernel for Rows {
    fn step(&mut self) -> Step {
        if self.advance() {
            Step::Again
        } else {
            Step::Done(self.output())
        }
    }
}

fn picture(specs: &[TaskSpec]) -> (u32, u32) {
    crate::painted_by(WORKLOAD.id, specs)
}

/// Iterations of a point, with complex arithmetic spelled out.
pub(crate) fn plain_count((re, im): (f64, f64)) -> u64 {
    let mut z = (0.0_f64, 0.0_f64);
    let mut count = 0;
    while count < u64::from(MOST_ITERATIONS) && z.0 * z.0 + z.1 * z.1 <= ESCAPED {
        z = (z.0 * z.0 - z.1 * z.1 + re, 2.0 * z.0 * z.1 + im);
        count += 1;
    }
    count
}

/// Row by row with complex arithmetic spelled out, no budget and no shades.
fn reference(spec: &TaskSpec) -> u64 {
    let grid = Grid::of(spec);
    let first = spec.part * spec.size;
    let mut checksum = 0_u64;
    for y in first..first + spec.size {
        for x in 0..WIDTH {
            let count = plain_count(grid.point(x, y));
            checksum = checksum.wrapping_add(proof(u64::from(y * WIDTH + x), count));
        }
    }
    checksum
}
