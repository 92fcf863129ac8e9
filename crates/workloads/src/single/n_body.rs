//! Bodies that pull one another, in single precision: gravity between all pairs of
//! a cluster by direct summation with softening (Aarseth 1963); each task moves its
//! share of the bodies by one step of time.

mod kernel;

use super::{Agreement, Entry, Rows, Whole, unit};
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
    places,
};

/// Bodies in a cluster; only these pull each other.
const CLUSTER: usize = 1024;
/// Bodies in a group; a cluster is whole groups.
const GROUP: usize = 8;
/// Numbers that a body is given as: where it is, and its mass or 0.
const PER_BODY: usize = 4;
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

fn places(spec: &TaskSpec) -> std::ops::Range<usize> {
    let share = share(spec);
    PER_BODY * share.start..PER_BODY * share.end
}

fn task(spec: &TaskSpec, rows: Box<dyn Rows>) -> Box<dyn Kernel> {
    super::kernel(spec, rows, places(spec), None)
}

fn rows(spec: &TaskSpec, simd: bool) -> Box<dyn Rows> {
    let share = share(spec);
    let bodies = kernel::Bodies {
        seed: mix(spec.seed),
        cluster: Vec::with_capacity(CLUSTER),
        set_up: None,
        next: share.start,
        end: share.end,
    };
    if simd {
        Box::new(kernel::simd::Several(bodies))
    } else {
        Box::new(bodies)
    }
}

/// Where a body is one step of time later, under this pull. It begins turning about
/// the axis of its cluster.
fn moved(&[x, y, z, _]: &[f32; PER_BODY], &[ax, ay, az]: &[f32; 3]) -> [f32; PER_BODY] {
    let along = |at: f32, speed: f32, pull: f32| at + (speed + pull * DT) * DT;
    [along(x, -y, ax), along(y, x, ay), along(z, 0.0, az), 0.0]
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
        for (value, place) in moved(&one, &pull).into_iter().zip(number * PER_BODY..) {
            let proof = proof(place as u64, u64::from(value.to_bits()));
            checksum = checksum.wrapping_add(proof);
        }
    }
    checksum
}
