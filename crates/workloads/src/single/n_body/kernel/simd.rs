//! The same pulls, on four bodies at a time.

use super::{Bodies, CLUSTER, PER_BODY, Rows, SOFTENING, STEP_PULLS_SIMD, Sheet, moved, put};
use crate::simd::Four;

/// Bodies that are pulled together; a group is whole fours.
const TOGETHER: usize = 4;
const _: () = assert!(super::super::GROUP.is_multiple_of(TOGETHER));

pub(in super::super) struct Several(pub(in super::super) Bodies);

/// The pull of all bodies on each of these, added up in the order of the pulling.
#[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
#[inline]
fn pulls(
    cluster: &[[f32; PER_BODY]],
    [a, b, c, d]: [[f32; PER_BODY]; TOGETHER],
) -> [[f32; 3]; TOGETHER] {
    let along = |axis: usize| {
        let of = |body: [f32; PER_BODY]| body.get(axis).copied().unwrap_or_default();
        [of(a), of(b), of(c), of(d)]
    };
    let at = [
        Four::of(&along(0)),
        Four::of(&along(1)),
        Four::of(&along(2)),
    ];
    let softening = Four::all(SOFTENING);
    let mut sums = [Four::all(0.0); 3];
    for [x, y, z, mass] in cluster {
        let (dx, dy, dz) = (
            Four::all(*x).minus(at[0]),
            Four::all(*y).minus(at[1]),
            Four::all(*z).minus(at[2]),
        );
        let square = dx
            .times(dx)
            .plus(dy.times(dy))
            .plus(dz.times(dz))
            .plus(softening);
        let strength = Four::all(*mass).over(square.times(square.roots()));
        sums[0] = sums[0].plus(dx.times(strength));
        sums[1] = sums[1].plus(dy.times(strength));
        sums[2] = sums[2].plus(dz.times(strength));
    }
    let [x, y, z] = [sums[0].numbers(), sums[1].numbers(), sums[2].numbers()];
    let mut all = [[0.0; 3]; TOGETHER];
    for (((own, x), y), z) in all.iter_mut().zip(x).zip(y).zip(z) {
        *own = [x, y, z];
    }
    all
}

impl Several {
    /// Adds up for as long as a step of the other kernel takes; false when no body
    /// is left.
    #[cfg_attr(target_arch = "wasm32", target_feature(enable = "simd128"))]
    #[inline(never)]
    fn advance_simd(&mut self, sheet: &mut Sheet) -> bool {
        let bodies = &mut self.0;
        let mut budget = STEP_PULLS_SIMD;
        while budget > 0 {
            let Some(cost) = bodies.set_up() else {
                return false;
            };
            let at = bodies.next % CLUSTER;
            let own = bodies.cluster.get(at..).and_then(|own| own.first_chunk());
            let own = own.copied().unwrap_or_default();
            let pulled = own.into_iter().zip(pulls(&bodies.cluster, own));
            for ((body, pull), number) in pulled.zip(bodies.next..) {
                put(sheet, number, &moved(&body, &pull));
            }
            bodies.next += TOGETHER;
            budget = budget.saturating_sub(cost + TOGETHER * CLUSTER);
        }
        true
    }
}

impl Rows for Several {
    fn advance(&mut self, sheet: &mut Sheet) -> bool {
        self.advance_simd(sheet)
    }
}
