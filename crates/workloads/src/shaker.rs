//! Dishes that all need the one salt shaker: units of plain work, of which a
//! part has to be done while holding something that the tasks of a run share.
//!
//! What is here is the work alone. One worker needs no lock, so the kernel has
//! none; workers that share are the runner's, and go through [`Unit`] too. The
//! answer is the same however the shared part is kept safe, and however large it is.

use crate::mix::{chain, mix, proof, task_seed};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;
use std::hint::black_box;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "shaker",
    unit: "units",
    computes: true,
    waits: false,
    paints: false,
    sizes: (1, 1_000_000),
    start,
    simd: None,
    reference,
    picture: None,
    bytes: |_| 256,
};

/// Mixings of a unit, shared part included: about 40 µs.
const ROUNDS: u32 = 12_000;

/// One unit of work of a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    place: u64,
    seed: u64,
    /// Mixings of the part that may be done by one worker at a time.
    locked: u32,
}

impl Unit {
    /// The `at`-th unit of a task, from 0; there are [`TaskSpec::size`] of them.
    #[must_use]
    pub fn of(spec: &TaskSpec, at: u32) -> Self {
        let place = u64::from(spec.part) * u64::from(spec.size) + u64::from(at);
        Self {
            place,
            seed: task_seed(spec) ^ mix(place),
            locked: (spec.locked_share.clamp(0.0, 1.0) * f64::from(ROUNDS)).round() as u32,
        }
    }

    /// Does the part that needs nothing shared; gives what the other part begins
    /// with.
    #[must_use]
    pub fn alone(&self) -> u64 {
        chain(self.seed, ROUNDS - self.locked)
    }

    /// Does the part that needs the shared thing; gives the unit's proof. Done
    /// twice it takes twice as long: no compiler can keep the first result.
    #[must_use]
    pub fn together(&self, value: u64) -> u64 {
        proof(self.place, chain(black_box(value), self.locked))
    }

    /// As [`Unit::together`], but every single mixing is told to `note`.
    #[must_use]
    pub fn noted(&self, mut value: u64, mut note: impl FnMut(u64)) -> u64 {
        for _ in 0..self.locked {
            value = mix(value);
            note(value);
        }
        proof(self.place, value)
    }
}

struct Units {
    spec: TaskSpec,
    done: u32,
    checksum: u64,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(Units {
        spec: spec.clone(),
        done: 0,
        checksum: 0,
    })
}

impl Kernel for Units {
    fn step(&mut self) -> Step {
        if self.done < self.spec.size {
            let unit = Unit::of(&self.spec, self.done);
            let proof = unit.together(unit.alone());
            self.checksum = self.checksum.wrapping_add(proof);
            self.done += 1;
        }
        if self.done < self.spec.size {
            Step::Again
        } else {
            Step::Done(Output::plain(self.checksum))
        }
    }
}

fn reference(spec: &TaskSpec) -> u64 {
    let first = u64::from(spec.part) * u64::from(spec.size);
    let units = first..first + u64::from(spec.size);
    let answer = |place: u64| {
        let mixed = (0..ROUNDS).fold(task_seed(spec) ^ mix(place), |value, _| mix(value));
        proof(place, mixed)
    };
    units.map(answer).fold(0, u64::wrapping_add)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_does_not_depend_on_the_shared_part() {
        for locked_share in [0.0, 0.2, 0.6, 1.0, 7.0] {
            let spec = TaskSpec {
                part: 3,
                size: 4,
                seed: 9,
                locked_share,
                ..TaskSpec::default()
            };
            let of = |how: fn(&Unit) -> u64| {
                (0..4)
                    .map(|at| how(&Unit::of(&spec, at)))
                    .fold(0, u64::wrapping_add)
            };
            assert_eq!(of(|unit| unit.together(unit.alone())), reference(&spec));
            assert_eq!(
                of(|unit| unit.noted(unit.alone(), |_| ())),
                reference(&spec)
            );
        }
    }
}
