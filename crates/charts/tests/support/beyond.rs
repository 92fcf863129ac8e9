//! Charts of what goes beyond one memory: nodes, the graphics processor, training.

use super::{MS, Sketch, stats};
use charts::{LossChart, LossLine, Stage, StageKind, StagedRun, SweepChart, SweepDots};
use model::{Courier, Lane, LaneKind, Learned, Nanos, State, Trace};

/// Two runs of the graphics processor: a small one, in which asking is nearly all,
/// and a large one.
pub fn staged() -> Vec<StagedRun> {
    let stage = |kind, label: &str, ms: f64| Stage {
        kind,
        label: label.into(),
        stats: stats(&[ms * 0.97, ms, ms * 1.04, ms, ms, ms * 0.99, ms * 1.01]),
    };
    let run = |label: &str, upload, dispatch, readback| StagedRun {
        label: label.into(),
        stages: vec![
            stage(StageKind::Setup, "asking for the machine", 41.0),
            stage(StageKind::Setup, "sharpening: compiling", 9.3),
            stage(StageKind::Moving, "carrying there", upload),
            stage(StageKind::Computing, "computing", dispatch),
            stage(StageKind::Moving, "carrying back", readback),
        ],
    };
    vec![
        run("64 × 64", 0.2, 0.31, 1.1),
        run("1024 × 1024", 7.4, 88.0, 12.0),
    ]
}

/// Time of the processor and of the graphics processor against the size, both on
/// logarithmic scales, with where they cross.
pub fn crossover() -> SweepChart {
    let line = |label: &str, time: &dyn Fn(f64) -> f64| SweepDots {
        label: label.into(),
        points: [16.0, 32.0, 64.0, 128.0, 256.0, 512.0, 1024.0]
            .into_iter()
            .map(|size| {
                (
                    size,
                    stats(&[time(size), time(size) * 1.05, time(size) * 0.97]),
                )
            })
            .collect(),
    };
    SweepChart {
        across: "rows of the matrix".into(),
        up: "time (ms)".into(),
        is_log: true,
        is_log_up: true,
        lines: vec![
            line("one chef", &|size| size * size * size * 1.4e-6),
            line("machine of a thousand blades", &|size| {
                4.0 + size * size * 2e-5
            }),
        ],
        theory: Vec::new(),
        crossing: Some((150.0, "the machine is sooner from here on".into())),
    }
}

/// Two trainings, one of them faster.
pub fn trainings() -> LossChart {
    let line = |label: &str, pace: f64| LossLine {
        label: label.into(),
        points: (0..60_u32)
            .map(|step| {
                let done = f64::from(step) / 60.0;
                Learned {
                    at_nanos: (f64::from(step) * pace * MS as f64) as Nanos,
                    step: step * 6,
                    loss: 2.3 / (1.0 + 9.0 * done) + 0.02 * f64::from(step % 3),
                    accuracy: step
                        .is_multiple_of(6)
                        .then(|| 0.1 + 0.86 * (1.0 - 1.0 / (1.0 + 14.0 * done))),
                }
            })
            .collect(),
    };
    LossChart {
        lines: vec![line("one after another", 22.0), line("2 chefs", 12.0)],
        wanted: Some(0.9),
    }
}

fn lane(kind: LaneKind, index: u32) -> Lane {
    Lane {
        kind,
        index,
        clock_offset_nanos: 0,
    }
}

/// A depot and `nodes` nodes, the last of them a tab; each split is sent, counted
/// and sent back, and at the end each node adds up its share.
pub fn town(nodes: u32, splits: u32, added: Nanos) -> Trace {
    let mut sketch = Sketch::new("nodes", LaneKind::Message, nodes + 1);
    let mut couriers = Vec::new();
    let mut free: Vec<Nanos> = vec![0; nodes as usize];
    let mut at_depot: Nanos = 0;
    let mut last: Nanos = 0;
    for task in 0..splits + nodes {
        let node = task % nodes;
        let is_reducer = task >= splits;
        let (there, back, work) = if is_reducer {
            (300_000, 9_000, 6)
        } else {
            (4_194_304 >> (task % 3), 120_000, 24 + u64::from(task % 5))
        };
        if task == splits {
            at_depot = last;
        }
        let sent = at_depot.max(if task < 2 * nodes {
            0
        } else {
            free[node as usize].saturating_sub(20 * MS)
        });
        at_depot = sent + MS / 2;
        sketch.span(0, task, State::Moving, sent, at_depot);
        let came = sent + 2 * MS + added;
        let start = free[node as usize].max(came);
        let end = start + work * MS;
        free[node as usize] = end;
        sketch.span(node + 1, task, State::Running, start, end);
        last = last.max(end + MS + added);
        for (from, to, bytes, left, came) in [
            (0, node + 1, there, sent, came),
            (node + 1, 0, back, end, end + MS + added),
        ] {
            couriers.push(Courier {
                from_lane_idx: from,
                to_lane_idx: to,
                task,
                bytes,
                sent_nanos: left,
                came_nanos: came,
                added_nanos: added,
            });
        }
    }
    let mut trace = sketch.done();
    trace.lanes[0] = lane(LaneKind::Host, 0);
    if nodes > 1 {
        trace.lanes[nodes as usize] = lane(LaneKind::Tab, nodes);
    }
    trace.couriers = couriers;
    trace.makespan_nanos = last;
    trace
}

/// As [`town`], with the second node lost in the middle.
pub fn raided() -> Trace {
    let mut trace = town(3, 9, 0);
    trace.figures.insert("gone.2".into(), 60.0);
    trace
}

/// One run of the graphics processor.
pub fn corridor() -> Trace {
    let mut sketch = Sketch::new("gpu", LaneKind::Gpu, 1);
    let mut at = 0;
    for (state, length) in [
        (State::Waiting, 30),
        (State::Moving, 12),
        (State::Running, 40),
        (State::Moving, 18),
    ] {
        sketch.span(0, 0, state, at * MS, (at + length) * MS);
        at += length;
    }
    sketch.done()
}
