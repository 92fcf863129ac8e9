//! Whether two cores are free: the same fixed work on one thread, then on two.

use std::hint::black_box;
use std::sync::Barrier;
use std::thread;
use std::time::Instant;

/// About 25 ms on a core of 3 to 4 GHz: several slices of a scheduler.
const TURNS: u64 = 20_000_000;
/// The median of so many is the reading.
const READINGS: usize = 3;

/// A chain of dependent multiplications: no memory, no vector unit.
pub fn turn(state: u64) -> u64 {
    state
        .wrapping_mul(6_364_136_223_846_793_005)
        .wrapping_add(1_442_695_040_888_963_407)
}

fn spin() {
    let mut state = black_box(1);
    for _ in 0..TURNS {
        state = turn(state);
    }
    black_box(state);
}

/// Seconds until the last of `threads` has ended, all starting at once.
fn seconds(threads: usize) -> f64 {
    let gate = Barrier::new(threads);
    let run = || {
        gate.wait();
        let begin = Instant::now();
        spin();
        begin.elapsed().as_secs_f64()
    };
    thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(run)).collect();
        let ended = running.into_iter().filter_map(|thread| thread.join().ok());
        ended.fold(0.0, f64::max)
    })
}

/// Twice the work in how much more time: near 2 with two free cores, near 1
/// with one.
pub fn speedup() -> f64 {
    let mut readings: Vec<f64> = (0..READINGS)
        .map(|_| {
            let alone = seconds(1);
            2.0 * alone / seconds(2).max(1e-9)
        })
        .collect();
    readings.sort_unstable_by(f64::total_cmp);
    readings.get(READINGS / 2).copied().unwrap_or(1.0)
}
