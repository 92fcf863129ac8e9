//! Merge sort of a list of keys, cut by key range.
//!
//! A key begins with the number of its drawer, and every drawer holds equally
//! many keys in random order. A task generates and sorts the drawers of its
//! own range, so that the results of the tasks, laid side by side, are the
//! whole list sorted: nothing is left to merge at the end.

use crate::mix::{mix, proof};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "merge-sort",
    unit: "drawers",
    computes: true,
    waits: false,
    paints: false,
    sizes: (1, 1_000_000),
    start,
    simd: None,
    reference,
    picture: None,
    bytes: |_| 16 * DRAWER as u64,
};

/// Keys in a drawer; a power of two.
const DRAWER: usize = 1024;
/// Keys moved in a step. Each move is a comparison whose outcome the core
/// cannot foresee.
const STEP_MOVES: usize = 9_000;
/// What it costs to generate a drawer, or to take its sorted keys into the
/// checksum, in moves.
const PASS_COST: usize = 600;

const fn first_drawer(spec: &TaskSpec) -> u64 {
    spec.part as u64 * spec.size as u64
}

/// The key at this place of the unsorted drawer.
const fn key(seed: u64, drawer: u64, place: u64) -> u64 {
    let random = mix(seed ^ (drawer * DRAWER as u64 + place));
    drawer << 32 | random >> 32
}

/// Where a drawer is.
enum Phase {
    /// Not begun.
    New,
    /// Runs of `width` keys are sorted; the pair of runs that begins at `pair`
    /// is being merged, `left` and `right` keys of which are already in place.
    Merging {
        width: usize,
        pair: usize,
        left: usize,
        right: usize,
    },
    /// Sorted.
    Sorted,
}

struct Sort {
    seed: u64,
    drawer: u64,
    /// First drawer after the task's.
    end: u64,
    phase: Phase,
    from: Vec<u64>,
    to: Vec<u64>,
    checksum: u64,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    let drawer = first_drawer(spec);
    Box::new(Sort {
        seed: mix(spec.seed),
        drawer,
        end: drawer + u64::from(spec.size),
        phase: Phase::New,
        from: vec![0; DRAWER],
        to: vec![0; DRAWER],
        checksum: 0,
    })
}

/// Fills `out` with the smallest keys of two sorted runs, of equal ones the
/// left first; gives how many came from the left.
fn merge(mut left: &[u64], mut right: &[u64], out: &mut [u64]) -> usize {
    let before = left.len();
    for slot in out {
        *slot = match (left, right) {
            ([a, rest @ ..], [b, ..]) if a <= b => {
                left = rest;
                *a
            }
            (_, [b, rest @ ..]) => {
                right = rest;
                *b
            }
            ([a, rest @ ..], []) => {
                left = rest;
                *a
            }
            ([], []) => break,
        };
    }
    before - left.len()
}

impl Sort {
    /// Moves about `budget` keys; false when no drawer is left.
    #[inline(never)]
    fn advance(&mut self, mut budget: usize) -> bool {
        while self.drawer < self.end {
            if budget == 0 {
                return true;
            }
            match self.phase {
                Phase::New => {
                    for (slot, place) in self.from.iter_mut().zip(0..) {
                        *slot = key(self.seed, self.drawer, place);
                    }
                    budget = budget.saturating_sub(PASS_COST);
                    self.phase = Phase::Merging {
                        width: 1,
                        pair: 0,
                        left: 0,
                        right: 0,
                    };
                }
                Phase::Merging {
                    width,
                    pair,
                    left,
                    right,
                } => budget -= self.merge_on(width, pair, left, right, budget),
                Phase::Sorted => {
                    for (key, place) in self.from.iter().zip(self.drawer * DRAWER as u64..) {
                        self.checksum = self.checksum.wrapping_add(proof(place, *key));
                    }
                    budget = budget.saturating_sub(PASS_COST);
                    self.drawer += 1;
                    self.phase = Phase::New;
                }
            }
        }
        false
    }

    /// Goes on with a pair of runs, moving at most `budget` keys; how many it moved.
    fn merge_on(
        &mut self,
        width: usize,
        pair: usize,
        left: usize,
        right: usize,
        budget: usize,
    ) -> usize {
        let done = left + right;
        let moves = (2 * width - done).min(budget);
        let middle = pair + width;
        let runs = self.from.get(pair + left..middle);
        let runs = runs.zip(self.from.get(middle + right..middle + width));
        let slots = self.to.get_mut(pair + done..pair + done + moves);
        let Some(((a, b), slots)) = runs.zip(slots) else {
            // Cannot be: a drawer is a power of two.
            self.phase = Phase::Sorted;
            return 0;
        };
        let from_left = merge(a, b, slots);
        let left = left + from_left;
        let right = right + moves - from_left;
        self.phase = if left + right < 2 * width {
            Phase::Merging {
                width,
                pair,
                left,
                right,
            }
        } else if pair + 2 * width < DRAWER {
            Phase::Merging {
                width,
                pair: pair + 2 * width,
                left: 0,
                right: 0,
            }
        } else {
            std::mem::swap(&mut self.from, &mut self.to);
            if 2 * width < DRAWER {
                Phase::Merging {
                    width: 2 * width,
                    pair: 0,
                    left: 0,
                    right: 0,
                }
            } else {
                Phase::Sorted
            }
        };
        moves
    }
}

impl Kernel for Sort {
    fn step(&mut self) -> Step {
        if self.advance(STEP_MOVES) {
            Step::Again
        } else {
            Step::Done(Output::plain(self.checksum))
        }
    }
}

/// The whole range at once, by the standard library's sort.
fn reference(spec: &TaskSpec) -> u64 {
    let seed = mix(spec.seed);
    let first = first_drawer(spec);
    let drawers = first..first + u64::from(spec.size);
    let mut keys: Vec<u64> = drawers
        .flat_map(|drawer| (0..DRAWER as u64).map(move |place| key(seed, drawer, place)))
        .collect();
    keys.sort_unstable();
    (first * DRAWER as u64..)
        .zip(keys)
        .fold(0, |sum, (place, key)| sum.wrapping_add(proof(place, key)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_merged_up_to_the_last_slot() {
        let mut out = [0; 6];
        assert_eq!(merge(&[1, 4, 4], &[2, 4, 9], &mut out), 3);
        assert_eq!(out, [1, 2, 4, 4, 4, 9]);
        assert_eq!(merge(&[7], &[], &mut out), 1);
        assert_eq!(out, [7, 2, 4, 4, 4, 9]);
        assert_eq!(merge(&[3, 5], &[1], &mut out[..2]), 1);
        assert_eq!(out[..2], [1, 3]);
    }

    #[test]
    fn tasks_side_by_side_are_the_whole_list_sorted() {
        let spec = |part, parts, size| TaskSpec {
            part,
            parts,
            size,
            seed: 5,
            ..TaskSpec::default()
        };
        let parts = (0..4).map(|part| reference(&spec(part, 4, 2)));
        let sum = parts.fold(0_u64, u64::wrapping_add);
        assert_eq!(sum, reference(&spec(0, 1, 8)));
    }
}
