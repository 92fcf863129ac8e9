//! Traces and records with round numbers, shared by the tests and the gallery.

#![allow(dead_code, reason = "each user of the fixtures takes some of them")]

pub mod beyond;
pub mod teams;

use model::{
    ArmInfo, Capability, Capacity, CapacityProbe, Environment, Evidence, Lane, LaneKind, Nanos,
    Place, RoundRow, Rung, RungReason, Span, State, Stats, Strategy, TaskRecord, Trace, YieldKind,
};
use std::collections::BTreeMap;

pub const MS: Nanos = 1_000_000;

/// The English words, with placeholders filled in.
pub fn english(key: &str, args: &[(&str, &str)]) -> String {
    let text = WORDS
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(" = "));
    let mut text = text
        .unwrap_or_else(|| panic!("no words for {key}"))
        .to_string();
    for (name, value) in args {
        text = text.replace(&format!("{{{name}}}"), value);
    }
    assert!(
        !text.contains('{'),
        "{key}: a placeholder is left in {text:?}"
    );
    text
}

pub const WORDS: &str = include_str!("../../../lessons/words/en/charts.txt");

/// A trace built span by span.
pub struct Sketch {
    trace: Trace,
}

impl Sketch {
    pub fn new(arm: &str, kind: LaneKind, lanes: u32) -> Self {
        let lane = |index| Lane {
            kind,
            index,
            clock_offset_nanos: 0,
        };
        let trace = Trace {
            arm: arm.into(),
            lanes: (0..lanes).map(lane).collect(),
            gap_nanos: MS,
            ..Trace::default()
        };
        Self { trace }
    }

    pub fn span(&mut self, lane_idx: u32, task: u32, state: State, start: Nanos, end: Nanos) {
        self.trace.spans.push(Span {
            lane_idx,
            task,
            state,
            start_nanos: start,
            len_nanos: end - start,
        });
    }

    /// Fills in the task records and the makespan.
    pub fn done(self) -> Trace {
        let mut trace = self.live();
        let last = |task| trace.spans.iter().filter(move |span| span.task == task);
        let tasks = trace
            .spans
            .iter()
            .map(|span| span.task)
            .max()
            .map_or(0, |most| most + 1);
        let record = |id| TaskRecord {
            id,
            workload: "primes".into(),
            lane_idx: last(id)
                .max_by_key(|span| span.end_nanos())
                .map_or(0, |span| span.lane_idx),
            spawned_nanos: 0,
            started_nanos: last(id)
                .filter(|span| span.state != State::Ready)
                .map(|span| span.start_nanos)
                .min()
                .unwrap_or(0),
            finished_nanos: last(id).map(|span| span.end_nanos()).max().unwrap_or(0),
            busy_nanos: last(id)
                .filter(|span| span.state == State::Running)
                .map(|span| span.len_nanos)
                .sum(),
            polls: 1,
            wakes: 0,
            checksum: 0x9f3a,
        };
        let records: Vec<_> = (0..tasks).map(record).collect();
        trace.makespan_nanos = records
            .iter()
            .map(|task| task.finished_nanos)
            .max()
            .unwrap_or(0);
        trace.tasks = records;
        trace
    }

    /// As it is while the run goes on.
    pub fn live(self) -> Trace {
        self.trace
    }
}

/// Eight pots of 60 ms, one chef.
pub fn pots() -> Trace {
    let mut sketch = Sketch::new("interleaved", LaneKind::Host, 1);
    for task in 0..8 {
        let start = u64::from(task) * MS / 4;
        sketch.span(0, task, State::Running, start, start + MS / 5);
        sketch.span(0, task, State::Waiting, start + MS / 5, start + 59 * MS);
        sketch.span(
            0,
            task,
            State::Running,
            start + 59 * MS,
            start + 59 * MS + MS / 5,
        );
    }
    sketch.done()
}

/// `tasks` boards of `each` ms cut into turns of `slice` ms, one chef.
pub fn juggled(tasks: u32, each: u64, slice: u64) -> Trace {
    let mut sketch = Sketch::new("interleaved", LaneKind::Host, 1);
    let rounds = each / slice;
    let slice = slice * MS;
    for round in 0..rounds {
        for task in 0..tasks {
            let start = (round * u64::from(tasks) + u64::from(task)) * slice;
            sketch.span(0, task, State::Running, start, start + slice);
            if round + 1 < rounds {
                sketch.span(
                    0,
                    task,
                    State::Ready,
                    start + slice,
                    start + u64::from(tasks) * slice,
                );
            }
        }
    }
    sketch.done()
}

/// `tasks` boards of about `each` ms on two chefs with a knife each.
pub fn pool_of_two(tasks: u32, each: u64) -> Trace {
    let mut sketch = Sketch::new("pool-2", LaneKind::Pool, 2);
    let mut free = [0, MS / 2];
    for task in 0..tasks {
        let lane = usize::from(free[1] < free[0]);
        let end = free[lane] + each * MS + u64::from(task * 7 % 5) * MS / 3;
        sketch.span(lane as u32, task, State::Running, free[lane], end);
        free[lane] = end + MS / 10;
    }
    sketch.done()
}

/// Eight boards, four chefs, two knives: chefs 1 and 3 share a knife, and so
/// do 2 and 4, for about `turn` ms at once.
pub fn four_chefs_two_knives(turn: u64) -> Trace {
    let mut sketch = Sketch::new("pool-4", LaneKind::Pool, 4);
    for knife in 0..2_u32 {
        let pair = [knife, knife + 2];
        let (mut at, mut now, mut turns) = (0, 0, 0);
        let mut left = [80 * MS; 2];
        while left[now] > 0 {
            let wanted =
                (turn * MS * (7 + (turns * 5 + u64::from(knife) * 3) % 7) / 10).max(MS / 2);
            // A board is 40 ms of chopping; then comes the next one.
            let board = if left[now] > 40 * MS {
                left[now] - 40 * MS
            } else {
                left[now]
            };
            let length = wanted.min(board);
            let other = 1 - now;
            let task = |who: usize| pair[who] + if left[who] > 40 * MS { 0 } else { 4 };
            sketch.span(pair[now], task(now), State::Running, at, at + length);
            if left[other] > 0 {
                sketch.span(pair[other], task(other), State::Ready, at, at + length);
            }
            left[now] -= length;
            if left[other] > 0 {
                now = other;
            }
            at += length;
            turns += 1;
        }
    }
    sketch.done()
}

/// Two chefs, both juggling requests: chop, wait, chop.
pub fn hybrid() -> Trace {
    let mut sketch = Sketch::new("hybrid-2", LaneKind::Message, 2);
    for lane in 0..2_u32 {
        for slot in 0..4_u32 {
            let (task, start) = (lane + slot * 2, u64::from(slot) * 10 * MS);
            if start > 0 {
                sketch.span(lane, task, State::Ready, 0, start);
            }
            sketch.span(lane, task, State::Running, start, start + 10 * MS);
            sketch.span(lane, task, State::Waiting, start + 10 * MS, start + 35 * MS);
            let turn = u64::from(slot + 4) * 10 * MS;
            sketch.span(lane, task, State::Ready, start + 35 * MS, turn);
            sketch.span(lane, task, State::Running, turn, turn + 10 * MS);
        }
    }
    sketch.done()
}

/// `spans` turns of a hundredth of a millisecond on eight lanes.
pub fn many(spans: u32) -> Trace {
    let mut sketch = Sketch::new("pool-8", LaneKind::Pool, 8);
    for turn in 0..spans / 8 {
        for lane in 0..8 {
            let start = u64::from(turn) * MS / 100;
            let state = if (turn + lane) % 4 == 0 {
                State::Ready
            } else {
                State::Running
            };
            sketch.span(
                lane,
                turn / 50 % 40 * 8 + lane,
                state,
                start,
                start + MS / 100,
            );
        }
    }
    sketch.done()
}

pub fn stats(values: &[f64]) -> Stats {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let at = |idx: usize| sorted.get(idx).copied().unwrap_or(0.0);
    let n = sorted.len();
    Stats {
        n: n as u32,
        median: at(n / 2),
        lo: at(1),
        hi: at(n.saturating_sub(2)),
        mad: 0.01,
        outliers: 0,
    }
}

/// One arm of the record: id, strategy, workers, makespan, C, P, share on a core.
type Row = (&'static str, Strategy, u32, f64, f64, Option<f64>, f64);

/// The record of `two-chefs` on a computer with two cores.
pub fn computing() -> Evidence {
    record(
        "two-chefs",
        &[
            (
                "sequential",
                Strategy::Sequential,
                1,
                320.0,
                1.0,
                None,
                0.99,
            ),
            (
                "interleaved",
                Strategy::Interleaved,
                1,
                322.0,
                7.4,
                Some(0.99),
                0.99,
            ),
            ("pool-2", Strategy::Pool, 2, 166.0, 2.0, Some(1.93), 1.97),
            ("pool-4", Strategy::Pool, 4, 167.0, 3.8, Some(1.92), 1.98),
        ],
    )
}

/// The record of `waiting`.
pub fn waiting() -> Evidence {
    record(
        "waiting",
        &[
            (
                "sequential",
                Strategy::Sequential,
                1,
                483.0,
                1.0,
                None,
                0.01,
            ),
            (
                "interleaved",
                Strategy::Interleaved,
                1,
                61.0,
                7.9,
                Some(0.0),
                0.05,
            ),
        ],
    )
}

fn record(lesson: &str, rows: &[Row]) -> Evidence {
    let wobble = |round: u32| 1.0 + f64::from(round * 5 % 7) / 200.0 - 0.015;
    let mut evidence = Evidence {
        schema: Evidence::SCHEMA.into(),
        lesson: lesson.into(),
        params: BTreeMap::new(),
        seed: 7,
        env: Environment {
            capability: Capability {
                rung: Rung::Shared,
                reason: RungReason::PoolWorks,
                reported_cores: 2,
                clock_step_nanos: 5000,
                isolated: true,
                yield_kind: YieldKind::MessageChannel,
                user_agent: "Browser/1, \"quoted\"".into(),
                gpu: None,
            },
            build: "abc".into(),
            started: String::new(),
        },
        arms: Vec::new(),
        rounds: Vec::new(),
        stats: BTreeMap::new(),
        metrics: BTreeMap::new(),
        capacity: Capacity::default(),
        warmth: BTreeMap::new(),
        checks: Vec::new(),
        finding: String::new(),
        notes: Vec::new(),
    };
    for ratio in [1.96, 1.97] {
        evidence.capacity.probes.push(CapacityProbe {
            workers: 2,
            ratio,
            after: ratio > 1.965,
        });
    }
    evidence
        .capacity
        .by_workers
        .insert(2, stats(&[1.96, 1.97, 1.97]));
    for &(id, strategy, workers, ms, c, p, p_ticks) in rows {
        evidence.arms.push(ArmInfo {
            id: id.into(),
            strategy,
            variant: String::new(),
            workers,
            workload: "primes".into(),
            place: Place::Worker,
            tasks: 8,
            manner: model::Manner::default(),
            edges: Vec::new(),
            base: p.map(|_| "sequential".into()),
            jobs: Vec::new(),
        });
        let spread = |value: f64| {
            (0..9)
                .map(|round| value * wobble(round))
                .collect::<Vec<_>>()
        };
        evidence.stats.insert(id.into(), stats(&spread(ms)));
        let mut metrics = BTreeMap::new();
        metrics.insert("c".to_string(), stats(&spread(c)));
        metrics.insert("p_ticks".to_string(), stats(&spread(p_ticks)));
        if let Some(p) = p {
            metrics.insert("p".to_string(), stats(&spread(p)));
        }
        evidence.metrics.insert(id.into(), metrics);
        for round in 0..9 {
            evidence.rounds.push(RoundRow {
                arm: id.into(),
                workload: "primes".into(),
                round,
                order: round % rows.len() as u32,
                ms: ms * wobble(round),
                checksum: Some("000000000000f00d".into()),
                valid: true,
                reason: None,
                c,
                p,
                p_ticks,
                peak: workers,
                hollow: 0.0,
                speedup: p.map(|_| rows[0].3 / ms),
                mean_finish_ms: ms,
                all_started_ms: 1.0,
                figures: BTreeMap::new(),
            });
        }
    }
    evidence
}

/// A fixed sequence of numbers between 0 and 1.
pub struct Dice(u64);

impl Dice {
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    pub fn roll(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / 9_007_199_254_740_992.0
    }

    pub fn exponential(&mut self, mean: f64) -> f64 {
        -(1.0 - self.roll()).ln() * mean
    }
}

/// Requests that come by chance to `servers`, one line for all: when each came
/// and left, in milliseconds. One of a hundred takes `heavy` times as long.
pub fn served(
    count: u32,
    servers: usize,
    mean: f64,
    load: f64,
    heavy: f64,
) -> (Vec<f64>, Vec<f64>) {
    let mut dice = Dice::new(11);
    let mut free = vec![0.0_f64; servers];
    let (mut at, mut came, mut left) = (0.0, Vec::new(), Vec::new());
    for idx in 0..count {
        at += dice.exponential(mean / load / servers as f64);
        let mut length = dice.exponential(mean);
        if idx % 100 == 57 {
            length = mean * heavy;
        }
        let first = (0..servers)
            .min_by(|a, b| free[*a].total_cmp(&free[*b]))
            .unwrap();
        let end = free[first].max(at) + length;
        free[first] = end;
        came.push(at);
        left.push(end);
    }
    (came, left)
}

/// Two ways of serving a thousand guests, some of whom order a feast.
pub fn latencies() -> Vec<charts::CdfLine> {
    let line = |label: &str, servers, mean, heavy| {
        let (came, left) = served(1000, servers, mean, 0.4, heavy);
        charts::CdfLine {
            label: label.into(),
            values_ms: left
                .iter()
                .zip(&came)
                .map(|(left, came)| left - came)
                .collect(),
        }
    };
    vec![
        line("one chef, juggling", 1, 1.2, 160.0),
        line("a juggler and one helper", 2, 1.4, 30.0),
    ]
}

/// The page during four ways of doing 400 ms of work.
pub fn frame_rows() -> Vec<charts::FrameRow> {
    let row = |label: &str, before: u64, length: u64, turns: u64, told: Option<u64>| {
        let (mut at, mut frames, mut answers) = (0, Vec::new(), Vec::new());
        let mut add = |len: u64| {
            frames.push(stretch(at, len));
            answers.push(stretch(at + len / 3, len / 2));
            at += len;
        };
        for turn in 0..before {
            add(16 + turn % 2);
        }
        for _ in 0..turns {
            add(length);
        }
        for turn in 0..before {
            add(16 + turn % 2);
        }
        charts::FrameRow {
            label: label.into(),
            frames,
            answers,
            long_tasks: told.map(|length| vec![stretch(before * 16, length)]),
            total_ms: (length * turns) as f64,
        }
    };
    vec![
        row("all at once", 6, 407, 1, Some(402)),
        row("awaiting what is done already", 6, 389, 1, Some(388)),
        row("in slices", 0, 33, 13, None),
        row("by a worker", 0, 17, 26, None),
    ]
}

pub fn stretch(at_ms: u64, len_ms: u64) -> model::Stretch {
    model::Stretch {
        start_nanos: at_ms * MS,
        len_nanos: len_ms * MS,
    }
}

/// Three ways of serving: near the cliff, far from it, and cut off.
pub fn queue_rows(count: u32) -> Vec<charts::QueueRow> {
    let row = |label: &str, servers, load| {
        let (came_ms, left_ms) = served(count, servers, 4.0, load, 1.0);
        let end = left_ms.iter().copied().fold(0.0, f64::max);
        let there = |at: f64| {
            let before = |list: &[f64]| list.iter().filter(|time| **time <= at).count();
            (before(&came_ms) - before(&left_ms)) as u32
        };
        let mut dice = Dice::new(5);
        let sampled = (0..120)
            .map(|idx| (f64::from(idx) + dice.roll()) / 120.0 * end)
            .map(|at| (at, there(at)))
            .collect();
        charts::QueueRow {
            label: label.into(),
            came_ms,
            left_ms,
            sampled,
            total_ms: end,
        }
    };
    let mut rows = vec![
        row("one chef, juggling", 1, 0.85),
        row("2 chefs who stand and watch", 2, 0.6),
    ];
    if let Some(last) = rows.last_mut() {
        last.sampled.clear();
    }
    rows
}

/// Mean wait against load, and what theory says.
pub fn waits() -> charts::SweepChart {
    let line = |label: &str, factor: f64| charts::SweepDots {
        label: label.into(),
        points: [0.3, 0.5, 0.7, 0.85, 0.95]
            .into_iter()
            .map(|load| {
                let mean = factor * load / (1.0 - load);
                let all: Vec<f64> = (0..9)
                    .map(|round| mean * (0.7 + f64::from(round * 5 % 9) * 0.09 - load * 0.1))
                    .collect();
                (load, stats(&all))
            })
            .collect(),
    };
    let theory = |label: &str, factor: f64| charts::SweepTheory {
        label: label.into(),
        points: (2..=98)
            .map(|percent| {
                let load = f64::from(percent) / 100.0;
                (load, factor * load / (1.0 - load))
            })
            .collect(),
    };
    charts::SweepChart {
        across: "load".into(),
        up: "mean wait (ms)".into(),
        is_log: false,
        lines: vec![
            line("one line for 2 chefs", 4.0),
            line("a line for each", 9.0),
        ],
        theory: vec![
            theory("theory, one line", 4.0),
            theory("theory, each its own", 9.0),
        ],
        ..charts::SweepChart::default()
    }
}

/// Time against the number of workers, on a logarithmic scale.
pub fn makespans() -> charts::SweepChart {
    let points = [1.0, 2.0, 4.0, 8.0, 16.0]
        .into_iter()
        .map(|workers| (workers, stats(&[830.0 / workers + workers; 9])))
        .collect();
    charts::SweepChart {
        across: "chefs".into(),
        up: "time (ms)".into(),
        is_log: true,
        lines: vec![charts::SweepDots {
            label: "chefs who stand and watch".into(),
            points,
        }],
        theory: vec![
            charts::SweepTheory {
                label: "40 pots × 20 ms, shared".into(),
                points: (0..=16)
                    .map(|x| 2_f64.powf(f64::from(x) / 4.0))
                    .map(|x| (x, 800.0 / x))
                    .collect(),
            },
            charts::SweepTheory {
                label: "one chef, juggling".into(),
                points: vec![(1.0, 21.0), (16.0, 21.0)],
            },
        ],
        ..charts::SweepChart::default()
    }
}

/// Two tasks that wait, with what the executor did to them, and one whose poll
/// does not end for 400 ms.
pub fn awaiting() -> Trace {
    use model::{Deed, Stall, TaskEvent};
    let mut sketch = Sketch::new("interleaved", LaneKind::Host, 1);
    for task in 0..2_u32 {
        let start = u64::from(task) * 4 * MS;
        sketch.span(0, task, State::Running, start, start + 3 * MS);
        sketch.span(0, task, State::Waiting, start + 3 * MS, start + 60 * MS);
        sketch.span(
            0,
            task,
            State::Ready,
            start + 60 * MS,
            (470 + u64::from(task) * 8) * MS,
        );
        sketch.span(
            0,
            task,
            State::Running,
            (470 + u64::from(task) * 8) * MS,
            (476 + u64::from(task) * 8) * MS,
        );
    }
    sketch.span(0, 2, State::Running, 10 * MS, 470 * MS);
    let mut trace = sketch.done();
    trace.stalls.push(Stall {
        task: 2,
        start_nanos: 10 * MS,
        len_nanos: 460 * MS,
    });
    let mut tell = |task, at, deed| {
        trace.events.push(TaskEvent {
            task,
            at_nanos: at * MS,
            deed,
        });
    };
    for task in 0..2_u32 {
        let start = u64::from(task) * 4;
        tell(task, start, Deed::Polled);
        tell(task, start + 3, Deed::Pending);
        tell(task, start + 60, Deed::Woken);
        tell(task, 470 + u64::from(task) * 8, Deed::Polled);
        tell(task, 476 + u64::from(task) * 8, Deed::Done);
    }
    tell(2, 10, Deed::Polled);
    tell(2, 470, Deed::Done);
    trace
}

/// Three chefs who stand and watch a pot each while guests stand in line.
pub fn blocking() -> Trace {
    let mut sketch = Sketch::new("blocking-3", LaneKind::Pool, 3);
    for task in 0..24_u32 {
        let (lane, turn) = (task % 3, u64::from(task / 3));
        let start = turn * 21 * MS + u64::from(lane) * MS;
        sketch.span(lane, task, State::Running, start, start + MS);
        sketch.span(lane, task, State::Waiting, start + MS, start + 21 * MS);
    }
    let mut trace = sketch.done();
    for task in &mut trace.tasks {
        task.spawned_nanos = u64::from(task.id) * MS;
    }
    trace
}

/// `tasks` tasks of four spans each on one lane: run, wait, ready, run.
pub fn crowd_of(tasks: u32) -> Trace {
    let mut trace = Trace {
        arm: "interleaved".into(),
        lanes: vec![Lane {
            kind: LaneKind::Host,
            index: 0,
            clock_offset_nanos: 0,
        }],
        gap_nanos: MS,
        ..Trace::default()
    };
    let turn = MS / 50;
    let wait = u64::from(tasks) * turn + MS;
    for task in 0..tasks {
        let start = u64::from(task) * turn;
        let again = u64::from(tasks) * turn + wait + u64::from(task) * turn;
        let pieces = [
            (State::Running, start, start + turn),
            (State::Waiting, start + turn, start + turn + wait),
            (State::Ready, start + turn + wait, again),
            (State::Running, again, again + turn),
        ];
        for (state, from, to) in pieces {
            trace.spans.push(Span {
                lane_idx: 0,
                task,
                state,
                start_nanos: from,
                len_nanos: to.saturating_sub(from),
            });
        }
        trace.tasks.push(TaskRecord {
            id: task,
            workload: "requests".into(),
            lane_idx: 0,
            spawned_nanos: start / 2,
            started_nanos: start,
            finished_nanos: again + turn,
            busy_nanos: 2 * turn,
            polls: 2,
            wakes: 1,
            checksum: 1,
        });
        trace.makespan_nanos = again + turn;
    }
    trace
}
