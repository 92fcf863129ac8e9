//! The pulls, without SIMD and with it. A module of their own, since no instruction
//! of SIMD is allowed beside them, and putting numbers in place uses some.

pub(super) mod simd;

use super::super::{Rows, Sheet};
use super::{CLUSTER, PER_BODY, SOFTENING, body, moved};

/// Pulls added up in a step, without SIMD and with it.
const STEP_PULLS: usize = 12_000;
const STEP_PULLS_SIMD: usize = 36_000;
/// What it costs to set up a cluster, in pulls.
const CLUSTER_COST: usize = 2_000;

pub(super) struct Bodies {
    pub(super) seed: u64,
    /// The present cluster.
    pub(super) cluster: Vec<[f32; PER_BODY]>,
    /// Its number.
    pub(super) set_up: Option<usize>,
    pub(super) next: usize,
    /// First body after the task's.
    pub(super) end: usize,
}

impl Bodies {
    /// Sets up the cluster of the next body; its cost, or `None` if no body is left.
    fn set_up(&mut self) -> Option<usize> {
        if self.next >= self.end {
            return None;
        }
        let cluster = self.next / CLUSTER;
        if self.set_up == Some(cluster) {
            return Some(0);
        }
        self.cluster.clear();
        let numbers = cluster * CLUSTER..(cluster + 1) * CLUSTER;
        self.cluster
            .extend(numbers.map(|number| body(self.seed, number)));
        self.set_up = Some(cluster);
        Some(CLUSTER_COST)
    }

    /// The next body.
    fn body(&self) -> Option<&[f32; PER_BODY]> {
        self.cluster.get(self.next % CLUSTER)
    }
}

/// The pull of all bodies at this point, added up in their order. The body that
/// stands there itself adds 0.
#[inline(never)]
fn pull(cluster: &[[f32; PER_BODY]], at: &[f32; PER_BODY]) -> [f32; 3] {
    let [mut ax, mut ay, mut az] = [0.0_f32; 3];
    for [x, y, z, mass] in cluster {
        let (dx, dy, dz) = (x - at[0], y - at[1], z - at[2]);
        let square = dx * dx + dy * dy + dz * dz + SOFTENING;
        let strength = mass / (square * square.sqrt());
        ax += dx * strength;
        ay += dy * strength;
        az += dz * strength;
    }
    [ax, ay, az]
}

impl Rows for Bodies {
    fn advance(&mut self, sheet: &mut Sheet) -> bool {
        let mut budget = STEP_PULLS;
        while budget > 0 {
            let Some(cost) = self.set_up() else {
                return false;
            };
            let Some(body) = self.body() else {
                return false;
            };
            put(sheet, self.next, &moved(body, &pull(&self.cluster, body)));
            self.next += 1;
            budget = budget.saturating_sub(cost + CLUSTER);
        }
        true
    }
}

fn put(sheet: &mut Sheet, number: usize, at: &[f32; PER_BODY]) {
    for (number, place) in at.iter().zip(number * PER_BODY..) {
        sheet.put(place, *number);
    }
}
