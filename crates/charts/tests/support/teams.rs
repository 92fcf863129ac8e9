//! Charts of teams of workers: speedups, what was lost, graphs, counts.

use super::{Dice, MS, Sketch, stats};
use charts::{LineKind, LostRun, LostTo, SpeedupChart, SpeedupLine, SpeedupPoint};
use model::{LaneKind, State, Trace};

fn line(kind: LineKind, label: &str, points: &[(f64, f64)]) -> SpeedupLine {
    SpeedupLine {
        kind,
        label: label.into(),
        points: points.to_vec(),
        band: Vec::new(),
    }
}

fn law(share: f64, most: f64) -> Vec<(f64, f64)> {
    (0..=60)
        .map(|step| 1.0 + (most - 1.0) * f64::from(step) / 60.0)
        .map(|workers| (workers, 1.0 / (share + (1.0 - share) / workers)))
        .collect()
}

fn point(dice: &mut Dice, workers: u32, times: f64, rounds: u32) -> SpeedupPoint {
    let rounds: Vec<f64> = (0..rounds)
        .map(|_| times * (0.97 + 0.06 * dice.roll()))
        .collect();
    let ms: Vec<f64> = rounds.iter().map(|times| 400.0 / times).collect();
    let count = f64::from(workers);
    let alone = |times: &f64| (1.0 / times - 1.0 / count) / (1.0 - 1.0 / count);
    let shares: Vec<f64> = rounds.iter().map(alone).collect();
    SpeedupPoint {
        workers,
        speedup: stats(&rounds),
        ms: stats(&ms),
        serial_share: (workers > 1).then(|| stats(&shares)),
        rounds,
    }
}

/// A fifth of the work cannot be shared; as many cores as `cores`.
pub fn speedups(workers: &[u32], cores: f64, rounds: u32) -> SpeedupChart {
    let mut dice = Dice::new(7);
    let most = workers.iter().copied().max().map_or(2.0, f64::from);
    let times = |count: u32| {
        let count = f64::from(count).min(cores);
        1.0 / (0.2 + 0.8 / count)
    };
    let mut fitted = line(
        LineKind::Fitted,
        "fitted: 21 % for one chef alone",
        &law(0.21, most),
    );
    fitted.band = law(0.25, most)
        .iter()
        .zip(&law(0.17, most))
        .map(|(low, high)| (low.1, high.1))
        .collect();
    let guess: Vec<(f64, f64)> = [(1.0, 1.0), (2.0, 1.9), (most, most * 0.7)].to_vec();
    SpeedupChart {
        points: workers
            .iter()
            .map(|count| point(&mut dice, *count, times(*count), rounds))
            .collect(),
        lines: vec![
            line(LineKind::Ideal, "ideal", &[(0.0, 0.0), (most, most)]),
            line(LineKind::Set, "as set: 20 %", &law(0.2, most)),
            fitted,
            line(LineKind::Guess, "your guess", &guess),
        ],
        capacity: Some(cores),
    }
}

/// Two runs: one that lost to the last chef, one with a part below 0 and with
/// time that nobody accounts for.
pub fn lost() -> Vec<LostRun> {
    vec![
        LostRun {
            label: "2 chefs".into(),
            ideal_ms: 200.0,
            total_ms: 301.0,
            parts: vec![
                (LostTo::Serial, 40.0),
                (LostTo::Start, 0.4),
                (LostTo::Moving, 12.0),
                (LostTo::Barrier, 31.0),
                (LostTo::Lock, 14.6),
                (LostTo::Rest, 3.0),
            ],
        },
        LostRun {
            label: "4 chefs, by message".into(),
            ideal_ms: 100.0,
            total_ms: 260.0,
            parts: vec![
                (LostTo::Serial, 60.0),
                (LostTo::OffCore, 105.0),
                (LostTo::Slower, -20.0),
                (LostTo::Rest, 5.0),
            ],
        },
    ]
}

/// Three chefs: the second stands for a lock, the third carries data and is
/// done early.
pub fn locked() -> Trace {
    let mut sketch = Sketch::new("pool-3", LaneKind::Pool, 3);
    let mut span = |lane, task, state, from: u64, to: u64| {
        sketch.span(lane, task, state, from * MS, to * MS);
    };
    span(0, 0, State::Running, 0, 40);
    span(0, 3, State::Running, 40, 100);
    span(1, 1, State::Running, 0, 20);
    span(1, 1, State::Blocked, 20, 62);
    span(1, 1, State::Running, 62, 100);
    span(2, 2, State::Moving, 0, 25);
    span(2, 2, State::Running, 25, 55);
    sketch.done()
}

/// Short turns at a lock, too many to draw one by one.
pub fn crowded() -> Trace {
    let mut sketch = Sketch::new("pool-2", LaneKind::Pool, 2);
    for turn in 0..2000_u64 {
        let at = turn * 50_000;
        for lane in 0..2 {
            let has_lock = u64::from(lane) == turn % 2;
            let state = if has_lock {
                State::Running
            } else {
                State::Blocked
            };
            sketch.span(lane, lane, state, at, at + 50_000);
        }
    }
    sketch.done()
}
