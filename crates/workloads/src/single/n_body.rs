//! Bodies that pull one another, in single precision: gravity between all pairs of
//! a cluster by direct summation with softening (Aarseth 1963); each task moves its
//! share of the bodies by one step of time.

mod simd;

use super::{Agreement, Entry, Rows, Sheet, Whole, kernel, unit};
use crate::mix::{mix, proof};
use crate::{Kernel, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: ENTRY.id,
    unit: "groups",
    computes: true,
    waits: false,
    paints: false,
    sizes: (1, 100_000),
    start: |spec| task(spec, rows(spec, false)),
    simd: Some(|spec| task(spec, rows(spec, true))),
    reference,
    picture: None,
    bytes: |size| (16 * CLUSTER + 4 * PER_BODY * GROUP * size as usize) as u64,
};

pub(super) const ENTRY: Entry = Entry {
    id: "n-body-f32",
    whole,
    rows,
};

/// Bodies in a cluster; only these pull each other.
const CLUSTER: usize = 1024;
/// Bodies in a group; a cluster is whole groups.
const GROUP: usize = 8;
/// Numbers that a body is given as: where it is, and its mass or 0.
const PER_BODY: usize = 4;
/// Pulls added up in a step, without SIMD and with it.
const STEP_PULLS: usize = 12_000;
const STEP_PULLS_SIMD: usize = 36_000;
/// What it costs to set up a cluster, in pulls.
const CLUSTER_COST: usize = 2_000;
/// Square of the length that keeps the pull of very near bodies finite.
const SOFTENING: f32 = 1e-3;
/// Step of time.
const DT: f32 = 1.0 / 64.0;

/// Position and mass of a body.
fn body(seed: u64, number: usize) -> [f32; PER_BODY] {
    let own = mix(seed ^ mix(number as u64));
    let bits = |n: u64| unit(own.wrapping_add(n));
    [bits(0), bits(1), bits(2), (bits(3) + 1.5) / CLUSTER as f32]
}

/// Bodies of a task.
fn share(spec: &TaskSpec) -> std::ops::Range<usize> {
    let first = spec.part as usize * spec.size as usize;
    first * GROUP..(first + spec.size as usize) * GROUP
}

fn whole(spec: &TaskSpec) -> Whole {
    let seed = mix(spec.seed);
    let bodies = spec.parts.max(1) as usize * spec.size as usize * GROUP;
    let all = bodies.next_multiple_of(CLUSTER);
    Whole {
        settings: [
            bodies as u32,
            CLUSTER as u32,
            SOFTENING.to_bits(),
            DT.to_bits(),
        ],
        inputs: vec![(0..all).flat_map(|number| body(seed, number)).collect()],
        outputs: PER_BODY * bodies,
        grid: [bodies as u32, 1],
        agreement: Agreement::Relative,
    }
}

fn task(spec: &TaskSpec, rows: Box<dyn Rows>) -> Box<dyn Kernel> {
    let share = share(spec);
    kernel(
        spec,
        rows,
        PER_BODY * share.start..PER_BODY * share.end,
        None,
    )
}

fn rows(spec: &TaskSpec, simd: bool) -> Box<dyn Rows> {
    let share = share(spec);
    let bodies = Bodies {
        seed: mix(spec.seed),
        cluster: Vec::with_capacity(CLUSTER),
        set_up: None,
        next: share.start,
        end: share.end,
    };
    if simd {
        Box::new(simd::Several(bodies))
    } else {
        Box::new(bodies)
    }
}

struct Bodies {
    seed: u64,
    /// The present cluster.
    cluster: Vec<[f32; PER_BODY]>,
    /// Its number.
    set_up: Option<usize>,
    next: usize,
    /// First body after the task's.
    end: usize,
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
    fn body(&self) -> [f32; PER_BODY] {
        self.cluster
            .get(self.next % CLUSTER)
            .copied()
            .unwrap_or_default()
    }
}

/// The pull of all bodies at this point, added up in their order. The body that
/// stands there itself adds 0.
#[inline(never)]
fn pull(cluster: &[[f32; PER_BODY]], at: [f32; PER_BODY]) -> [f32; 3] {
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

/// Where a body is one step of time later, under this pull. It begins turning about
/// the axis of its cluster.
fn moved([x, y, z, _]: [f32; PER_BODY], [ax, ay, az]: [f32; 3]) -> [f32; PER_BODY] {
    let along = |at: f32, speed: f32, pull: f32| at + (speed + pull * DT) * DT;
    [along(x, -y, ax), along(y, x, ay), along(z, 0.0, az), 0.0]
}

fn put(sheet: &mut Sheet, number: usize, at: [f32; PER_BODY]) {
    for (number, place) in at.into_iter().zip(number * PER_BODY..) {
        sheet.put(place, number);
    }
}

impl Rows for Bodies {
    fn advance(&mut self, sheet: &mut Sheet) -> bool {
        let mut budget = STEP_PULLS;
        while budget > 0 {
            let Some(cost) = self.set_up() else {
                return false;
            };
            let body = self.body();
            put(sheet, self.next, moved(body, pull(&self.cluster, body)));
            self.next += 1;
            budget = budget.saturating_sub(cost + CLUSTER);
        }
        true
    }
}

/// Body by body; each is pulled by freshly generated others.
fn reference(spec: &TaskSpec) -> u64 {
    let seed = mix(spec.seed);
    let mut checksum = 0_u64;
    for number in share(spec) {
        let one = body(seed, number);
        let neighbours = number - number % CLUSTER;
        let mut pull = [0.0_f32; 3];
        for other in neighbours..neighbours + CLUSTER {
            let other = body(seed, other);
            let apart: Vec<f32> = other.iter().zip(one).take(3).map(|(b, a)| b - a).collect();
            let squares = apart
                .iter()
                .map(|d| d * d)
                .fold(0.0_f32, |sum, square| sum + square);
            let square = squares + SOFTENING;
            for (sum, d) in pull.iter_mut().zip(&apart) {
                *sum += d * (other[3] / (square * square.sqrt()));
            }
        }
        for (value, place) in moved(one, pull).into_iter().zip(number * PER_BODY..) {
            let proof = proof(place as u64, u64::from(value.to_bits()));
            checksum = checksum.wrapping_add(proof);
        }
    }
    checksum
}
