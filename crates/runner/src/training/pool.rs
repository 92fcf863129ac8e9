//! `pool`: the threads of a pool take the shards of a step; whoever ends the last of
//! them adds up all slopes and takes the step.

use super::{
    Task,
    notes::{Curve, Notes},
};
use crate::{
    cook::{Slice, Stretches},
    log::{Finished, LaneLog, Raw, read_all},
    ports::Clock,
};
use concurrent_queue::ConcurrentQueue;
use model::{Lane, LaneKind, Nanos, SHARDS};
use std::{
    hint::spin_loop,
    sync::{
        Arc, Condvar, Mutex, MutexGuard, PoisonError, RwLock,
        atomic::{AtomicU32, Ordering},
    },
};
use workloads::training::{
    course::{Course, Slopes, add_in_pairs},
    net::Scratch,
};

/// Spans of a lane beyond one a task.
const SPANS_AT_LEAST: usize = 16_384;
/// Looks at the next step before a thread lies down to sleep, some 50 us: to be woken
/// takes about as long.
const LOOKS: u32 = 20_000;

/// 128-byte alignment keeps what different threads write off each other's lines.
#[repr(align(128))]
struct Padded<T>(T);

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

struct Team {
    course: Course,
    task: Task,
    weights: RwLock<Vec<f32>>,
    shards: [Padded<Mutex<Slopes>>; SHARDS as usize],
    /// The next task that nobody has taken.
    next: Padded<AtomicU32>,
    /// Shards that are in the sum of their step.
    done: Padded<AtomicU32>,
    /// Tasks whose results are laid down.
    ended: Padded<AtomicU32>,
    /// Steps whose weights are ready.
    open: Padded<AtomicU32>,
    /// Threads that sleep until a step opens.
    sleepers: AtomicU32,
    asleep: Mutex<()>,
    opened: Condvar,
    notes: Mutex<Notes>,
    logs: Vec<LaneLog>,
    finished: ConcurrentQueue<Finished>,
}

impl Team {
    /// Waits until the weights of this step are there: with open eyes at first, then
    /// asleep.
    fn await_step(&self, step: u32) {
        let is_open = || self.open.0.load(Ordering::SeqCst) >= step;
        for _ in 0..LOOKS {
            if is_open() {
                return;
            }
            spin_loop();
        }
        self.sleepers.fetch_add(1, Ordering::SeqCst);
        let mut asleep = lock(&self.asleep);
        while !is_open() {
            let woken = self.opened.wait(asleep);
            asleep = woken.unwrap_or_else(PoisonError::into_inner);
        }
        drop(asleep);
        self.sleepers.fetch_sub(1, Ordering::SeqCst);
    }

    /// All shards of the step before have ended.
    fn open_step(&self, step: u32) {
        self.open.0.store(step, Ordering::SeqCst);
        // Who goes to sleep is counted before it looks for the last time.
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            drop(lock(&self.asleep));
            self.opened.notify_all();
        }
    }

    /// Works until no shard is left; true for the thread that ended the last one.
    fn work(&self, log: &LaneLog, clock: &impl Clock) -> bool {
        let mut scratch = Scratch::default();
        let mut was_last = false;
        loop {
            let task = self.next.0.fetch_add(1, Ordering::Relaxed);
            if task >= self.task.tasks {
                return was_last;
            }
            self.await_step(task / SHARDS);
            was_last = self.shard(task, log, clock, &mut scratch);
        }
    }

    fn shard(&self, task: u32, log: &LaneLog, clock: &impl Clock, scratch: &mut Scratch) -> bool {
        let (step, shard) = (task / SHARDS, task % SHARDS);
        let started = clock.now_nanos();
        let mut marks = Stretches::new(log, self.task.ticks, task, started);
        let mut proof = 0;
        if let Some(slopes) = self.shards.get(shard as usize) {
            let weights = self.weights.read().unwrap_or_else(PoisonError::into_inner);
            let mut slopes = lock(&slopes.0);
            let tick = || {
                marks.step(clock.now_nanos(), Slice::Never);
            };
            let at = (step, shard);
            let simd = self.task.simd;
            self.course
                .shard_slopes(at, simd, &weights, &mut slopes, scratch, tick);
            proof = slopes.proof();
        }
        let done = self.done.0.fetch_add(1, Ordering::AcqRel) + 1;
        if done.is_multiple_of(SHARDS) {
            self.descend(step, clock);
        }
        marks.step(clock.now_nanos(), Slice::Never);
        // Bounded by the number of tasks, so it always fits.
        let _ = self.finished.push(marks.finish(started, proof));
        self.ended.0.fetch_add(1, Ordering::AcqRel) + 1 == self.task.tasks
    }

    /// Takes a step whose shards have all ended. Nobody reads the weights meanwhile.
    fn descend(&self, step: u32, clock: &impl Clock) {
        let mut shards = self.shards.each_ref().map(|slopes| lock(&slopes.0));
        add_in_pairs(&mut shards, |sum, next| sum.take(next));
        let [sum, ..] = &shards;
        let weights = self.weights.write();
        let mut weights = weights.unwrap_or_else(PoisonError::into_inner);
        self.course.descend(&mut weights, sum, sum.examples);
        let learned = (sum.loss, sum.examples);
        drop(shards);
        lock(&self.notes).write(clock.now_nanos(), (step + 1, true), learned, &weights);
        drop(weights);
        self.open_step(step + 1);
    }
}

/// A training by a pool.
pub struct PoolTraining {
    team: Arc<Team>,
    offsets: Vec<i64>,
    results: Vec<Finished>,
    curve: Curve,
    start_nanos: Nanos,
}

impl PoolTraining {
    /// Lets every thread of a pool train, one for each entry of `offsets` (see
    /// [`crate::pool::clock_offsets`]), and returns at once. `broadcast` calls what it
    /// is given once on every thread of the pool; `bell` is rung by the thread that
    /// ends the last task.
    pub fn start<C: Clock + Copy + Send + Sync + 'static>(
        course: Course,
        task: Task,
        offsets: &[i64],
        clock: C,
        broadcast: impl FnOnce(crate::blocking::Shift),
        bell: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let curve = Curve::new(&course);
        let weights = course.first_weights();
        let learner = course.training().learner;
        let n_tasks = task.tasks as usize;
        let lanes = 0..offsets.len() as u32;
        let logs = lanes.map(|lane| LaneLog::new(lane, SPANS_AT_LEAST + n_tasks));
        let team = Arc::new(Team {
            notes: Mutex::new(Notes::new(task.tasks.div_ceil(SHARDS), &weights)),
            weights: RwLock::new(weights),
            shards: std::array::from_fn(|_| Padded(Mutex::new(Slopes::new(learner)))),
            course,
            task,
            next: Padded(AtomicU32::new(0)),
            done: Padded(AtomicU32::new(0)),
            ended: Padded(AtomicU32::new(0)),
            open: Padded(AtomicU32::new(0)),
            sleepers: AtomicU32::new(0),
            asleep: Mutex::new(()),
            opened: Condvar::new(),
            logs: logs.collect(),
            finished: ConcurrentQueue::bounded(n_tasks.max(1)),
        });
        let theirs = Arc::clone(&team);
        let start_nanos = clock.now_nanos();
        broadcast(Box::new(move |thread| {
            if let Some(log) = theirs.logs.get(thread)
                && theirs.work(log, &clock)
            {
                bell();
            }
        }));
        Self {
            team,
            offsets: offsets.to_vec(),
            results: Vec::new(),
            curve,
            start_nanos,
        }
    }

    /// Whether every task has ended.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.team.ended.0.load(Ordering::Acquire) >= self.team.task.tasks
    }

    /// What has happened so far, on the shared clock.
    pub fn raw(&mut self, end_nanos: Nanos) -> Raw {
        let is_done = self.is_done();
        self.results.extend(self.team.finished.try_iter());
        let (spans, dropped) = read_all(&self.team.logs);
        let lanes = self.offsets.iter().zip(0..);
        let mut raw = Raw {
            start_nanos: self.start_nanos,
            end_nanos,
            lanes: lanes
                .map(|(offset, index)| Lane {
                    kind: LaneKind::Pool,
                    index,
                    clock_offset_nanos: *offset,
                })
                .collect(),
            spans,
            dropped,
            finished: self.results.clone(),
            gap_nanos: self.team.task.ticks.gap_nanos,
            ..Raw::default()
        };
        // The threads do not wait while the learner is tried.
        let new = lock(&self.team.notes).since(self.curve.len()).to_vec();
        self.curve.extend(&self.team.course, &new);
        if is_done {
            let weights = self.team.weights.read();
            let weights = weights.unwrap_or_else(PoisonError::into_inner);
            self.curve.end(&self.team.course, &weights, &mut raw);
        } else {
            self.curve.show(&mut raw);
        }
        raw
    }
}
