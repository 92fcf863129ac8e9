//! The same picture, four pixels at a time.
//!
//! Neighbours take about as long as each other, so a group of four is iterated
//! until the last of it is done; what that wastes at the edge of the set is a few
//! per cent. Whether a point has escaped is asked once in ten iterations only. It
//! stays outside once it is: then those ten are done again, one by one, to find
//! the very iteration at which it happened, as the scalar kernel does. The two
//! registers of a group do not depend on each other, so a core works on both at
//! once.

use super::{ESCAPED, MOST_ITERATIONS, PIXEL_COST, Rows, STEP_ITERATIONS, WIDTH, rows};
use crate::simd::Two;
use crate::{Kernel, Step};
use model::TaskSpec;

/// Pixels of a group; the picture's width is a multiple of it.
const GROUP: usize = 4;
const REGISTERS: usize = GROUP / 2;
/// Iterations between two looks; the most iterations are a multiple of it.
const BLIND: u32 = 10;
const _: () = assert!((WIDTH as usize).is_multiple_of(GROUP));
const _: () = assert!(MOST_ITERATIONS.is_multiple_of(BLIND));
/// A bit for each pixel of a group.
const ALL: u32 = (1 << GROUP) - 1;

/// Where the points of a group are, and where they have got to.
#[derive(Clone, Copy)]
struct Group {
    re: [Two; REGISTERS],
    im: Two,
    x: [Two; REGISTERS],
    y: [Two; REGISTERS],
}

impl Group {
    /// One iteration of every point: the operations of the scalar kernel, in its
    /// order.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    fn iterate(&mut self) {
        for ((x, y), re) in self.x.iter_mut().zip(&mut self.y).zip(&self.re) {
            let (xx, yy) = (x.times(*x), y.times(*y));
            *y = x.plus(*x).times(*y).plus(self.im);
            *x = xx.minus(yy).plus(*re);
        }
    }

    /// Squared distances, and a bit for each that has not escaped.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline]
    fn look(&self, escaped: Two) -> ([Two; REGISTERS], u32) {
        let mut distances = [escaped; REGISTERS];
        let mut inside = 0;
        for (at, (x, y)) in self.x.iter().zip(&self.y).enumerate() {
            let distance = x.times(*x).plus(y.times(*y));
            inside |= distance.at_most(escaped) << (2 * at);
            if let Some(place) = distances.get_mut(at) {
                *place = distance;
            }
        }
        (distances, inside)
    }
}

/// What became of the pixels of a group.
struct Escapes {
    /// Iterations until each escaped, and its squared distance then.
    pixels: [(u32, f64); GROUP],
    /// Iterations done for the group.
    iterations: u32,
}

/// Iterates until every point has escaped or counts as inside.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
#[inline]
fn escapes(points: [f64; GROUP], im: f64) -> Escapes {
    let [a, b, c, d] = points;
    let mut group = Group {
        re: [Two::of(a, b), Two::of(c, d)],
        im: Two::both(im),
        x: [Two::both(0.0); REGISTERS],
        y: [Two::both(0.0); REGISTERS],
    };
    let escaped = Two::both(ESCAPED);
    let mut found = Escapes {
        pixels: [(MOST_ITERATIONS, 0.0); GROUP],
        iterations: 0,
    };
    let (mut count, mut open) = (0, ALL);
    while count < MOST_ITERATIONS {
        let before = group;
        for _ in 0..BLIND {
            group.iterate();
        }
        found.iterations += BLIND;
        if group.look(escaped).1 & open == open {
            count += BLIND;
            continue;
        }
        group = before;
        for _ in 0..BLIND {
            group.iterate();
            count += 1;
            let (distances, inside) = group.look(escaped);
            let gone = open & !inside;
            if gone != 0 {
                open &= inside;
                let [ab, cd] = distances;
                let ([a, b], [c, d]) = (ab.numbers(), cd.numbers());
                let pixels = found.pixels.iter_mut().zip([a, b, c, d]);
                for (at, (pixel, distance)) in pixels.enumerate() {
                    if gone >> at & 1 == 1 {
                        *pixel = (count, distance);
                    }
                }
            }
        }
        found.iterations += BLIND;
        if open == 0 {
            break;
        }
    }
    found
}

/// The rows of a task, group by group.
struct Groups(Rows);

pub(super) fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(Groups(rows(spec)))
}

impl Groups {
    /// Iterates groups for as long as a step of the scalar kernel takes; false
    /// when no row is left.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline(never)]
    fn advance_simd(&mut self) -> bool {
        let rows = &mut self.0;
        let mut budget = STEP_ITERATIONS + rows.debt;
        while rows.y < rows.end {
            while rows.x < WIDTH {
                if budget <= 0 {
                    rows.debt = budget;
                    return true;
                }
                let (mut points, mut im) = ([0.0; GROUP], 0.0);
                for (point, x) in points.iter_mut().zip(rows.x..) {
                    (*point, im) = rows.grid.point(x, rows.y);
                }
                let found = escapes(points, im);
                budget -= found.iterations as i32 + GROUP as i32 * PIXEL_COST;
                for (count, distance) in found.pixels {
                    rows.paint(count, distance);
                }
            }
            rows.x = 0;
            rows.y += 1;
        }
        false
    }
}

impl Kernel for Groups {
    fn step(&mut self) -> Step {
        if self.advance_simd() {
            Step::Again
        } else {
            Step::Done(self.0.output())
        }
    }
}
