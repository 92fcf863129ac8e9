//! Bodies that pull one another: gravity between all pairs of a cluster, by
//! direct summation with softening (Aarseth 1963).
//!
//! The bodies are in clusters so far apart that only neighbours count. Each
//! task moves its share of the bodies by one step of time, and adds up the
//! pulls on a body in the order of the pulling ones.

use crate::mix::{mix, proof};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "n-body",
    unit: "groups",
    computes: true,
    waits: false,
    paints: false,
    sizes: (1, 1_000_000),
    start,
    simd: None,
    reference,
    picture: None,
    bytes: |_| 32 * u64::from(CLUSTER),
};

/// Bodies in a cluster.
const CLUSTER: u32 = 1024;
/// Bodies in a group; a cluster is whole groups.
const GROUP: u64 = 8;
/// Pulls added up in a step.
const STEP_PULLS: u32 = 10_000;
/// What it costs to set up a cluster, in pulls.
const CLUSTER_COST: u32 = 2_000;
/// Square of the length that keeps the pull of very near bodies finite.
const SOFTENING: f64 = 1e-3;
/// Step of time.
const DT: f64 = 1.0 / 64.0;

/// A number in -1..1, all bits of which are exact.
fn unit(bits: u64) -> f64 {
    (bits >> 11) as f64 / (1_u64 << 52) as f64 - 1.0
}

/// Position, mass, velocity of a body.
struct Body {
    at: [f64; 3],
    mass: f64,
    speed: [f64; 3],
}

fn body(seed: u64, number: u64) -> Body {
    let own = mix(seed ^ mix(number));
    let bits = |n: u64| unit(mix(own.wrapping_add(n)));
    let at = [bits(0), bits(1), bits(2)];
    Body {
        at,
        mass: (bits(3) + 1.5) / f64::from(CLUSTER),
        // Nothing is random here: the cluster turns about its axis.
        speed: [-at[1], at[0], 0.0],
    }
}

/// The bodies of a cluster, one list for each coordinate.
struct Cluster {
    x: Vec<f64>,
    y: Vec<f64>,
    z: Vec<f64>,
    mass: Vec<f64>,
}

impl Cluster {
    fn empty() -> Self {
        let list = || Vec::with_capacity(CLUSTER as usize);
        Self {
            x: list(),
            y: list(),
            z: list(),
            mass: list(),
        }
    }

    fn fill(&mut self, seed: u64, cluster: u64) {
        for list in [&mut self.x, &mut self.y, &mut self.z, &mut self.mass] {
            list.clear();
        }
        let first = cluster * u64::from(CLUSTER);
        for number in first..first + u64::from(CLUSTER) {
            let body = body(seed, number);
            let [x, y, z] = body.at;
            self.x.push(x);
            self.y.push(y);
            self.z.push(z);
            self.mass.push(body.mass);
        }
    }

    /// The pull of all bodies at this point, added up in their order. The body
    /// that stands there itself adds 0.
    #[inline(never)]
    fn pull(&self, at: [f64; 3]) -> [f64; 3] {
        let [mut ax, mut ay, mut az] = [0.0; 3];
        let bodies = self.x.iter().zip(&self.y).zip(&self.z).zip(&self.mass);
        for (((x, y), z), mass) in bodies {
            let (dx, dy, dz) = (x - at[0], y - at[1], z - at[2]);
            let square = dx * dx + dy * dy + dz * dz + SOFTENING;
            let strength = mass / (square * square.sqrt());
            ax += dx * strength;
            ay += dy * strength;
            az += dz * strength;
        }
        [ax, ay, az]
    }
}

/// Where a body is one step of time later, under this pull.
fn moved(body: &Body, pull: [f64; 3]) -> [f64; 3] {
    let along = |at: f64, speed: f64, pull: f64| at + (speed + pull * DT) * DT;
    let ([x, y, z], [vx, vy, vz], [ax, ay, az]) = (body.at, body.speed, pull);
    [along(x, vx, ax), along(y, vy, ay), along(z, vz, az)]
}

fn proof_of(number: u64, at: [f64; 3]) -> u64 {
    let [x, y, z] = at.map(f64::to_bits);
    proof(number, mix(mix(x) ^ y) ^ z)
}

struct Share {
    seed: u64,
    cluster: Cluster,
    /// Number of the cluster that is set up.
    set_up: Option<u64>,
    next: u64,
    /// First body after the task's.
    end: u64,
    checksum: u64,
}

/// Numbers of the task's bodies.
fn share(spec: &TaskSpec) -> std::ops::Range<u64> {
    let first = u64::from(spec.part) * u64::from(spec.size);
    first * GROUP..(first + u64::from(spec.size)) * GROUP
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    let share = share(spec);
    Box::new(Share {
        seed: mix(spec.seed),
        cluster: Cluster::empty(),
        set_up: None,
        next: share.start,
        end: share.end,
        checksum: 0,
    })
}

impl Share {
    /// Adds up about `budget` pulls; false when no body is left.
    fn advance(&mut self, mut budget: u32) -> bool {
        while self.next < self.end {
            if budget == 0 {
                return true;
            }
            let cluster = self.next / u64::from(CLUSTER);
            if self.set_up != Some(cluster) {
                self.cluster.fill(self.seed, cluster);
                self.set_up = Some(cluster);
                budget = budget.saturating_sub(CLUSTER_COST);
            }
            let body = body(self.seed, self.next);
            let at = moved(&body, self.cluster.pull(body.at));
            self.checksum = self.checksum.wrapping_add(proof_of(self.next, at));
            self.next += 1;
            budget = budget.saturating_sub(CLUSTER);
        }
        false
    }
}

impl Kernel for Share {
    fn step(&mut self) -> Step {
        if self.advance(STEP_PULLS) {
            Step::Again
        } else {
            Step::Done(Output::plain(self.checksum))
        }
    }
}

/// Body by body; each is pulled by freshly generated others.
fn reference(spec: &TaskSpec) -> u64 {
    let seed = mix(spec.seed);
    let mut checksum = 0_u64;
    for number in share(spec) {
        let one = body(seed, number);
        let neighbours = number - number % u64::from(CLUSTER);
        let mut pull = [0.0; 3];
        for other in neighbours..neighbours + u64::from(CLUSTER) {
            let other = body(seed, other);
            let apart: Vec<f64> = other.at.iter().zip(one.at).map(|(b, a)| b - a).collect();
            let square = apart.iter().map(|d| d * d).sum::<f64>() + SOFTENING;
            for (sum, d) in pull.iter_mut().zip(&apart) {
                *sum += d * (other.mass / (square * square.sqrt()));
            }
        }
        checksum = checksum.wrapping_add(proof_of(number, moved(&one, pull)));
    }
    checksum
}
