//! Charts of teams of workers: speedups, what was lost, graphs, counts.

use super::{Dice, MS, Sketch, stats};
use charts::{
    CountsChart, DagChart, DagDone, DagNode, LineKind, LostRun, LostTo, SpeedupChart, SpeedupLine,
    SpeedupPoint,
};
use model::{Edge, LaneKind, Picture, State, Tile, Trace};

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

/// A meal: its longest chain is soup, then the sauce, then the plates.
pub fn meal(is_done: bool) -> DagChart {
    let tasks: [(&str, f64, &[u32]); 12] = [
        ("wash vegetables", 20.0, &[]),
        ("chop onions", 30.0, &[0]),
        ("chop carrots", 25.0, &[0]),
        ("boil water", 45.0, &[]),
        ("cook pasta", 40.0, &[3]),
        ("fry onions", 35.0, &[1]),
        ("stir sauce", 50.0, &[5, 2]),
        ("grate cheese", 15.0, &[]),
        ("mix salad", 20.0, &[2]),
        ("fill plates", 20.0, &[4, 6]),
        ("set table", 10.0, &[]),
        ("serve", 10.0, &[9, 8, 7, 10]),
    ];
    let mut chart = DagChart::default();
    let mut ends = [0.0_f64; 2];
    let mut ready = vec![0.0_f64; tasks.len()];
    for (id, (name, length_ms, needs)) in tasks.iter().enumerate() {
        let chef = usize::from(ends[0] > ends[1]);
        let before = |need: &u32| ready[*need as usize];
        let start_ms = needs.iter().map(before).fold(ends[chef], f64::max);
        ends[chef] = start_ms + length_ms * 1.05;
        ready[id] = ends[chef];
        chart.nodes.push(DagNode {
            name: (*name).into(),
            length_ms: *length_ms,
            done: is_done.then_some(DagDone {
                start_ms,
                end_ms: ends[chef],
                chef: chef as u32 + 1,
            }),
        });
        for need in *needs {
            chart.edges.push(Edge {
                before: *need,
                after: id as u32,
            });
        }
    }
    chart
}

/// Sixteen layers one after another, and one arrow past them all.
pub fn ladder() -> DagChart {
    let mut chart = DagChart::default();
    for id in 0..16_u32 {
        chart.nodes.push(DagNode {
            name: format!("step {}", id + 1),
            length_ms: 10.0,
            done: None,
        });
        if id > 0 {
            chart.edges.push(Edge {
                before: id - 1,
                after: id,
            });
        }
    }
    chart.edges.push(Edge {
        before: 0,
        after: 15,
    });
    chart
}

/// Final counts of twenty runs each.
pub fn tallies() -> CountsChart {
    let mut dice = Dice::new(3);
    let mut lost = |least: f64, most: f64| -> Vec<f64> {
        (0..20)
            .map(|_| (2e6 * (least + (most - least) * dice.roll())).round())
            .collect()
    };
    let mut nearly = vec![2e6; 20];
    nearly[4] = 2e6 - 3.0;
    CountsChart {
        across: "on the tally".into(),
        wanted: 2e6,
        rows: vec![
            ("reading, adding, writing".into(), lost(0.58, 0.83)),
            ("two locks".into(), lost(0.9, 0.99)),
            ("a rare loss".into(), nearly),
            ("one atomic step".into(), vec![2e6; 20]),
            ("tickets sold".into(), vec![2e6 + 40_000.0, 2e6]),
        ],
    }
}

/// Eight strips of twelve rows, each painted by the task of its number.
pub fn strips() -> Picture {
    let tile = |task: u32| Tile {
        task,
        y: task * 12,
        shades: (0..160 * 12).map(|idx| (idx % 160) as u8).collect(),
    };
    Picture {
        width: 160,
        height: 96,
        tiles: (0..8).map(tile).collect(),
    }
}
