//! Traces and records with round numbers, shared by the tests and the gallery.

#![allow(dead_code, reason = "each user of the fixtures takes some of them")]

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
        hi: at(n - 2),
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
