//! Made-up machines that leave behind the traces a real one would: workers
//! that share cores in time slices, and one event loop.
#![allow(dead_code, reason = "each test file uses a part of it")]

use model::{
    Arm, Capability, CapacityProbe, Job, Lane, LaneKind, Manner, Nanos, Place, Plan, Rung,
    RungReason, Span, State, Strategy, TaskRecord, Trace, YieldKind,
};

pub const MILLI: Nanos = 1_000_000;

/// A small deterministic generator (Knuth's MMIX constants).
pub struct Lcg(pub u64);

impl Lcg {
    pub fn next(&mut self) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        self.0 >> 33
    }

    /// A number in `least..=most`.
    pub fn within(&mut self, least: u64, most: u64) -> u64 {
        least + self.next() % (most - least + 1)
    }
}

/// One task: computing, then a wait.
#[derive(Clone, Copy)]
pub struct Dish {
    pub busy_nanos: Nanos,
    pub wait_nanos: Nanos,
}

pub fn boards(n: usize, busy_nanos: Nanos) -> Vec<Dish> {
    let wait_nanos = 0;
    vec![
        Dish {
            busy_nanos,
            wait_nanos
        };
        n
    ]
}

pub fn pots(n: usize, wait_nanos: Nanos) -> Vec<Dish> {
    let busy_nanos = 2_000;
    vec![
        Dish {
            busy_nanos,
            wait_nanos
        };
        n
    ]
}

/// A trace in the making.
struct Recorder(Trace);

impl Recorder {
    fn new(lanes: u32, dishes: usize) -> Self {
        let lane = |index| Lane {
            kind: LaneKind::Pool,
            index,
            clock_offset_nanos: 0,
        };
        let task = |id| TaskRecord {
            id,
            workload: "primes".into(),
            lane_idx: 0,
            spawned_nanos: 0,
            started_nanos: Nanos::MAX,
            finished_nanos: 0,
            busy_nanos: 0,
            polls: 1,
            wakes: 0,
            checksum: u64::from(id) * 1_000_003,
        };
        Self(Trace {
            arm: String::new(),
            lanes: (0..lanes).map(lane).collect(),
            tasks: (0..dishes as u32).map(task).collect(),
            ..Trace::default()
        })
    }

    /// Lengthens the last span if it is the same state without a break.
    fn add(
        &mut self,
        lane_idx: usize,
        task: usize,
        state: State,
        start_nanos: Nanos,
        len_nanos: Nanos,
    ) {
        let record = &mut self.0.tasks[task];
        record.lane_idx = lane_idx as u32;
        record.started_nanos = record.started_nanos.min(start_nanos);
        record.finished_nanos = record.finished_nanos.max(start_nanos + len_nanos);
        if state == State::Running {
            record.busy_nanos += len_nanos;
        }
        let continued = self
            .0
            .spans
            .iter_mut()
            .rev()
            .find(|span| span.lane_idx as usize == lane_idx && span.end_nanos() == start_nanos);
        match continued {
            Some(span) if span.task as usize == task && span.state == state => {
                span.len_nanos += len_nanos
            }
            _ => self.0.spans.push(Span {
                lane_idx: lane_idx as u32,
                task: task as u32,
                state,
                start_nanos,
                len_nanos,
            }),
        }
    }

    fn finish(mut self) -> Trace {
        let last = self.0.tasks.iter().map(|task| task.finished_nanos).max();
        self.0.makespan_nanos = last.unwrap_or(0);
        self.0
    }
}

/// Workers that take the next dish and keep it to its end, on `cores` cores
/// shared in slices of 1 ms. A worker blocks while its dish waits.
pub fn pool(dishes: &[Dish], workers: u32, cores: u32) -> Trace {
    let mut recorder = Recorder::new(workers, dishes.len());
    let mut queue = 0..dishes.len();
    let mut hands: Vec<Option<(usize, Dish)>> = vec![None; workers as usize];
    let mut now = 0;
    let mut turn = 0;
    loop {
        for hand in hands.iter_mut().filter(|hand| hand.is_none()) {
            *hand = queue.next().map(|task| (task, dishes[task]));
        }
        if hands.iter().all(Option::is_none) {
            return recorder.finish();
        }
        // The next instant at which somebody finishes, at most a slice away.
        let ready: Vec<usize> = (0..hands.len())
            .map(|k| (k + turn) % hands.len())
            .filter(|&lane| hands[lane].is_some_and(|(_, dish)| dish.busy_nanos > 0))
            .collect();
        let on_core = &ready[..ready.len().min(cores as usize)];
        let mut slice = MILLI;
        for (lane, hand) in hands.iter().enumerate() {
            if let Some((_, dish)) = hand {
                if on_core.contains(&lane) {
                    slice = slice.min(dish.busy_nanos);
                } else if dish.busy_nanos == 0 {
                    slice = slice.min(dish.wait_nanos);
                }
            }
        }
        for (lane, hand) in hands.iter_mut().enumerate() {
            let Some((task, dish)) = hand else { continue };
            let state = if on_core.contains(&lane) {
                dish.busy_nanos -= slice;
                State::Running
            } else if dish.busy_nanos > 0 {
                State::Ready
            } else {
                dish.wait_nanos -= slice;
                State::Waiting
            };
            recorder.add(lane, *task, state, now, slice);
            if dish.busy_nanos == 0 && dish.wait_nanos == 0 {
                *hand = None;
            }
        }
        now += slice;
        turn += cores as usize;
    }
}

/// One worker, one dish after another.
pub fn sequential(dishes: &[Dish]) -> Trace {
    pool(dishes, 1, 1)
}

/// One event loop: every dish in progress, turns of `quantum_nanos`, waits overlap.
pub fn interleaved(dishes: &[Dish], quantum_nanos: Nanos) -> Trace {
    let mut recorder = Recorder::new(1, dishes.len());
    let mut left = dishes.to_vec();
    let mut ends = vec![None; dishes.len()];
    let mut now = 0;
    while left.iter().any(|dish| dish.busy_nanos > 0) {
        for task in 0..left.len() {
            let slice = left[task].busy_nanos.min(quantum_nanos);
            if slice == 0 {
                continue;
            }
            recorder.add(0, task, State::Running, now, slice);
            now += slice;
            left[task].busy_nanos -= slice;
            if left[task].busy_nanos == 0 {
                ends[task] = Some(now);
            }
        }
    }
    for (task, end) in ends.iter().enumerate() {
        if left[task].wait_nanos > 0 {
            recorder.add(
                0,
                task,
                State::Waiting,
                end.unwrap_or(0),
                left[task].wait_nanos,
            );
        }
    }
    recorder.finish()
}

/// The trace as seen through a clock of this step.
pub fn through_clock(mut trace: Trace, step_nanos: Nanos) -> Trace {
    let seen = |nanos: Nanos| nanos.checked_div(step_nanos).unwrap_or(0) * step_nanos;
    for span in &mut trace.spans {
        let end = seen(span.end_nanos());
        span.start_nanos = seen(span.start_nanos);
        span.len_nanos = end - span.start_nanos;
    }
    for task in &mut trace.tasks {
        task.started_nanos = seen(task.started_nanos);
        task.finished_nanos = seen(task.finished_nanos);
        let own = trace
            .spans
            .iter()
            .filter(|span| span.task == task.id && span.state == State::Running);
        task.busy_nanos = own.map(|span| span.len_nanos).sum();
    }
    trace.makespan_nanos = seen(trace.makespan_nanos);
    trace
}

pub fn capability(clock_step_nanos: u64) -> Capability {
    Capability {
        rung: Rung::Shared,
        reason: RungReason::PoolWorks,
        reported_cores: 2,
        clock_step_nanos,
        isolated: true,
        yield_kind: YieldKind::SchedulerYield,
        user_agent: "made up".into(),
        gpu: None,
    }
}

pub fn arm(id: &str, strategy: Strategy, workers: u32, tasks: u32, base: Option<&str>) -> Arm {
    Arm {
        id: id.into(),
        strategy,
        variant: String::new(),
        workers,
        place: Place::Worker,
        workload: "work".into(),
        jobs: vec![Job {
            workload: "primes".into(),
            tasks,
            busy_millis: 50.0,
            size: 1000,
            wait_millis: 0.0,
            ..Job::default()
        }],
        slice_steps: 25,
        manner: Manner::default(),
        edges: Vec::new(),
        base: base.map(Into::into),
    }
}

pub fn plan(arms: Vec<Arm>) -> Plan {
    Plan {
        lesson: "two-chefs".into(),
        seed: 7,
        rounds: 9,
        arms,
        capacity_for: vec![2],
    }
}

/// Five probes before and five after.
pub fn probes(workers: u32, ratio: f64) -> Vec<CapacityProbe> {
    let probe = |k: u32| CapacityProbe {
        workers,
        ratio: ratio * (1.0 + 0.004 * f64::from(k % 5)),
        after: k >= 5,
    };
    (0..10).map(probe).collect()
}
