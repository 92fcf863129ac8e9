//! What taking turns costs: units of a given length, interleaved by the
//! executor with the page's quantum, against the same units in a plain loop.

use crate::pairs::{Pairs, alternate, millis};
use crate::spin::turn;
use crate::switch::drain;
use runner::{Executor, executor::give_way};
use std::{cell::Cell, hint::black_box, rc::Rc};

/// Length of one timed run: short, so that most runs of a busy machine pass
/// undisturbed and the median is one of them.
const RUN_MICROS: f64 = 10_000.0;

fn unit(mut state: u64, turns: u64) -> u64 {
    for _ in 0..turns {
        state = turn(state);
    }
    black_box(state)
}

/// Turns that take this long, by the shortest of some readings.
fn turns_of(unit_micros: f64) -> u64 {
    const PROBE: u64 = 1_000_000;
    let shortest = (0..9)
        .map(|_| {
            let probe = || {
                black_box(unit(black_box(1), PROBE));
            };
            millis(probe) * 1e3
        })
        .fold(f64::INFINITY, f64::min);
    ((unit_micros / shortest * PROBE as f64) as u64).max(1)
}

fn one_by_one(tasks: u32, units: u32, turns: u64) -> u64 {
    let mut sum = 0_u64;
    for task in 0..tasks {
        let mut state = u64::from(task);
        for _ in 0..units {
            state = unit(state, turns);
        }
        sum = sum.wrapping_add(state);
    }
    sum
}

fn interleaved(tasks: u32, units: u32, turns: u64) -> u64 {
    let sum = Rc::new(Cell::new(0_u64));
    let executor = Executor::plain();
    for task in 0..tasks {
        let sum = Rc::clone(&sum);
        executor.spawn(task, async move {
            let mut state = u64::from(task);
            for _ in 0..units {
                state = unit(state, turns);
                give_way().await;
            }
            sum.set(sum.get().wrapping_add(state));
        });
    }
    drain(&executor);
    sum.get()
}

/// Milliseconds interleaved and one after another, spawning included.
pub fn pairs(unit_micros: f64, tasks: u32, rounds: u32) -> Result<Pairs, String> {
    let tasks = tasks.max(1);
    let turns = turns_of(unit_micros);
    let units = ((RUN_MICROS / unit_micros.max(0.1) / f64::from(tasks)) as u32).max(1);
    let expected = one_by_one(tasks, units, turns);
    let agree = Cell::new(true);
    let timed = |way: fn(u32, u32, u64) -> u64| {
        let mut sum = 0;
        let took = millis(|| sum = way(tasks, units, turns));
        agree.set(agree.get() && sum == expected);
        took
    };
    let pairs = alternate(rounds, || timed(interleaved), || timed(one_by_one));
    if agree.get() {
        Ok(Pairs {
            pairs,
            checksum: format!("{expected:016x}"),
        })
    } else {
        Err("interleaved units gave another result".into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_ways_do_the_same_work() {
        assert_eq!(interleaved(7, 5, 100), one_by_one(7, 5, 100));
        assert_ne!(one_by_one(7, 5, 100), one_by_one(7, 6, 100));
    }
}
