//! The crop of `mandelbrot`, cut by pixels into any number of tasks.
//!
//! `size` is the height of the whole picture, whatever the number of parts: a
//! picture cut in two and one cut in thousands are the same work, with the same
//! sum of checksums. Parts may be as small as a pixel, so nothing is painted.

use crate::mandelbrot::{Grid, PIXEL_COST, STEP_ITERATIONS, WIDTH, escape};
use crate::mix::proof;
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;
use std::{ops::Range, sync::OnceLock};

pub(crate) const WORKLOAD: Workload = Workload {
    id: "crop",
    unit: "rows",
    computes: true,
    waits: false,
    paints: false,
    sizes: (8, 4096),
    start,
    simd: None,
    reference,
    picture: None,
    bytes: |_| 256,
};

/// Whether [`model::Job::size`] is that of the whole job and not of one task: cut
/// into more tasks, the work stays the same.
#[must_use]
pub fn is_cut(workload: &str) -> bool {
    workload == WORKLOAD.id
}

/// Strips of [`strip_costs`].
pub const STRIPS: usize = 48;

/// What each of the horizontal strips of the picture costs, from the top, as a
/// share of the whole: the iterations of a sample of its pixels, counted by the
/// function that paints it. The sample takes some 10 ms, once.
#[must_use]
pub fn strip_costs() -> &'static [f64; STRIPS] {
    static COSTS: OnceLock<[f64; STRIPS]> = OnceLock::new();
    COSTS.get_or_init(|| {
        let whole = TaskSpec {
            parts: 1,
            size: STRIPS as u32 * 2,
            ..TaskSpec::default()
        };
        let grid = Grid::of(&whole);
        let mut costs = [0.0; STRIPS];
        for (cost, strip) in costs.iter_mut().zip(0..) {
            for x in (0..WIDTH).step_by(6) {
                let (re, im) = grid.point(x, 2 * strip + 1);
                *cost += f64::from(escape(re, im).0) + f64::from(PIXEL_COST);
            }
        }
        let sum: f64 = costs.iter().sum();
        costs.map(|cost| cost / sum)
    })
}

/// The pixels of a part, numbered row by row from the top left.
fn pixels(spec: &TaskSpec) -> Range<u64> {
    let all = u64::from(WIDTH) * u64::from(spec.size);
    let parts = u64::from(spec.parts.max(1));
    let edge = |part: u32| all * u64::from(part) / parts;
    edge(spec.part)..edge(spec.part + 1)
}

fn grid(spec: &TaskSpec) -> Grid {
    Grid::of(&TaskSpec {
        parts: 1,
        ..spec.clone()
    })
}

struct Stretch {
    grid: Grid,
    left: Range<u64>,
    /// Iterations the last step did too many, 0 or less.
    debt: i32,
    checksum: u64,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(Stretch {
        grid: grid(spec),
        left: pixels(spec),
        debt: 0,
        checksum: 0,
    })
}

impl Kernel for Stretch {
    #[inline(never)]
    fn step(&mut self) -> Step {
        let mut budget = STEP_ITERATIONS + self.debt;
        let width = u64::from(WIDTH);
        while budget > 0 {
            let Some(place) = self.left.next() else {
                return Step::Done(Output::plain(self.checksum));
            };
            let (x, y) = ((place % width) as u32, (place / width) as u32);
            let (re, im) = self.grid.point(x, y);
            let (count, _) = escape(re, im);
            budget -= count as i32 + PIXEL_COST;
            self.checksum = self.checksum.wrapping_add(proof(place, u64::from(count)));
        }
        self.debt = budget;
        if self.left.is_empty() {
            return Step::Done(Output::plain(self.checksum));
        }
        Step::Again
    }
}

/// Row by row over the whole picture with complex arithmetic spelled out; what
/// is not of the part is left out.
fn reference(spec: &TaskSpec) -> u64 {
    let (grid, own) = (grid(spec), pixels(spec));
    let mut checksum = 0_u64;
    for y in 0..spec.size {
        for x in 0..WIDTH {
            let place = u64::from(y * WIDTH + x);
            if own.contains(&place) {
                let count = crate::mandelbrot::plain_count(grid.point(x, y));
                checksum = checksum.wrapping_add(proof(place, count));
            }
        }
    }
    checksum
}
