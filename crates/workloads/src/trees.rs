//! Building trees of small boxes and taking them down again: work that asks for
//! memory all the time. After the binary trees of the Computer Language Benchmarks
//! Game.
//!
//! The other workloads allocate everything at the start. Here the allocator is what
//! is measured: threads that share one stand in line for it if it is a bad one.

use crate::mix::{mix, proof, task_seed};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "trees",
    unit: "trees",
    computes: true,
    waits: false,
    paints: false,
    sizes: (1, 1_000_000),
    start,
    simd: None,
    reference,
    bytes: |_| 1023 * 40,
    picture: None,
};

/// Levels of a tree, which has 1023 boxes.
const LEVELS: u32 = 10;

/// A box with two more in it.
struct Node {
    value: u64,
    inner: Option<[Box<Self>; 2]>,
}

impl Node {
    fn grown(levels: u32, value: u64) -> Box<Self> {
        let inner = (levels > 1).then(|| {
            let [left, right] = below(value);
            [
                Self::grown(levels - 1, left),
                Self::grown(levels - 1, right),
            ]
        });
        Box::new(Self { value, inner })
    }

    fn sum(&self) -> u64 {
        let inner = self.inner.iter().flatten();
        inner.fold(mix(self.value), |sum, node| sum.wrapping_add(node.sum()))
    }
}

/// What the two inner boxes hold.
const fn below(value: u64) -> [u64; 2] {
    [value.wrapping_mul(3), value.wrapping_mul(5).wrapping_add(1)]
}

struct Trees {
    seed: u64,
    done: u32,
    trees: u32,
    checksum: u64,
}

const fn root(seed: u64, tree: u32) -> u64 {
    mix(seed ^ tree as u64)
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(Trees {
        seed: task_seed(spec),
        done: 0,
        trees: spec.size,
        checksum: 0,
    })
}

impl Trees {
    /// Builds a tree, adds it up and takes it down.
    #[inline(never)]
    fn advance(&mut self) {
        let tree = Node::grown(LEVELS, root(self.seed, self.done));
        let result = proof(u64::from(self.done), tree.sum());
        self.checksum = self.checksum.wrapping_add(result);
        self.done += 1;
    }
}

impl Kernel for Trees {
    fn step(&mut self) -> Step {
        if self.done < self.trees {
            self.advance();
        }
        if self.done < self.trees {
            Step::Again
        } else {
            Step::Done(Output::plain(self.checksum))
        }
    }
}

/// The same sums level by level, without a box.
fn reference(spec: &TaskSpec) -> u64 {
    let mut checksum = 0_u64;
    for tree in 0..spec.size {
        let mut level = vec![root(task_seed(spec), tree)];
        let mut sum = 0_u64;
        for _ in 0..LEVELS {
            sum = level
                .iter()
                .fold(sum, |sum, value| sum.wrapping_add(mix(*value)));
            level = level.iter().copied().flat_map(below).collect();
        }
        checksum = checksum.wrapping_add(proof(u64::from(tree), sum));
    }
    checksum
}
