//! `offload`: futures on one event loop that await computations on the pool.
//! Waits stay on the loop, where they cost no thread. In the variant
//! [`HEAVY_ONLY`] so does the work of the first job, which is light.

use crate::{
    arrivals::until_it_comes,
    cook::{Ticks, cook},
    executor::{Bell, Executor},
    gauge::Gauge,
    life::Lives,
    log::{Finished, LaneLog, Raw, read_all},
    loop_run::How,
    ports::{Clock, Timer, Turn},
    shared,
};
use futures_channel::oneshot;
use model::{Arm, Lane, LaneKind, Nanos, State, TaskSpec};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};
use workloads::{Kernel, Output, Step};

/// Spans a lane can hold besides those of its tasks,
const SPANS_AT_LEAST: usize = 16_384;
/// and the latter.
const SPANS_PER_TASK: usize = 6;

/// Variant of an arm whose first job is computed on the event loop itself; only
/// tasks of other workloads go to the pool.
pub const HEAVY_ONLY: &str = "heavy";

/// The workload that stays on the loop, if the arm wants that.
fn light(arm: &Arm) -> Option<&str> {
    let first = arm.jobs.first().filter(|_| arm.variant == HEAVY_ONLY);
    first.map(|job| job.workload.as_str())
}

type Job = Box<dyn FnOnce() + Send>;

/// What a pool thread hands back: the kernel, and why it stopped.
struct Stretch {
    kernel: Box<dyn Kernel>,
    ended: Ended,
    lane_idx: u32,
    from_nanos: Nanos,
    to_nanos: Nanos,
    busy_nanos: Nanos,
}

enum Ended {
    Waits(f64),
    Done(Output),
}

/// What the tasks of a run have in common.
struct Shared<C, T> {
    specs: Vec<TaskSpec>,
    how: How,
    ticks: Ticks,
    clock: C,
    timer: T,
    start_nanos: Nanos,
    host: Rc<LaneLog>,
    logs: Arc<Vec<LaneLog>>,
    lives: Rc<Lives<C>>,
    gauge: Rc<Gauge>,
    finished: Rc<RefCell<Vec<Finished>>>,
    spawn: Box<dyn Fn(Job)>,
    common: Option<Arc<shared::Shared>>,
}

impl<C: Clock + Copy + Send + Sync + 'static, T: Timer> Shared<C, T> {
    async fn serve(&self, spec: &TaskSpec, on_loop: bool) {
        let (clock, timer) = (&self.clock, &self.timer);
        if spec.arrive_nanos > 0 {
            let (came, now) = until_it_comes(spec, self.start_nanos, clock, timer).await;
            self.host.push(spec.id, State::Ready, came, now);
        }
        let done = if on_loop {
            let life = || self.lives.of(spec.id);
            let slice = self.how.slice;
            let of = (spec, self.common.as_ref());
            cook(of, &self.host, self.ticks, clock, timer, slice, life).await
        } else {
            self.hand_over(spec).await
        };
        self.finished.borrow_mut().extend(done);
        self.gauge.finish(clock.now_nanos());
    }

    /// Computes on the pool, and waits here.
    async fn hand_over(&self, spec: &TaskSpec) -> Option<Finished> {
        let mut kernel = shared::kernel(spec, self.common.as_ref())?;
        let (task, ticks, clock) = (spec.id, self.ticks, self.clock);
        let mut started = None;
        let mut busy_nanos = 0;
        loop {
            let (answer, question) = oneshot::channel();
            let logs = Arc::clone(&self.logs);
            (self.spawn)(Box::new(move || {
                // The receiver is gone only if the run was cancelled.
                let _ = answer.send(stretch(kernel, task, &logs, ticks, clock));
            }));
            let back = question.await.ok()?;
            started.get_or_insert(back.from_nanos);
            busy_nanos += back.busy_nanos;
            let output = match back.ended {
                Ended::Waits(millis) => {
                    self.timer.wait_in_crowd(millis).await;
                    let woken = self.lives.of(task).woken_nanos.max(back.to_nanos);
                    self.host.push(task, State::Waiting, back.to_nanos, woken);
                    kernel = back.kernel;
                    continue;
                }
                Ended::Done(output) => output,
            };
            let life = self.lives.of(task);
            return Some(Finished {
                task,
                lane_idx: back.lane_idx,
                started_nanos: started.unwrap_or(back.from_nanos),
                finished_nanos: back.to_nanos,
                busy_nanos,
                polls: life.polls,
                wakes: life.wakes,
                checksum: output.checksum,
                tile: output.tile,
            });
        }
    }
}

/// A run whose futures await the pool. Dropping it cancels what is left.
pub struct OffloadRun<C: Clock + Clone + 'static> {
    executor: Executor<Rc<Lives<C>>>,
    clock: C,
    logs: Arc<Vec<LaneLog>>,
    host: Rc<LaneLog>,
    finished: Rc<RefCell<Vec<Finished>>>,
    gauge: Rc<Gauge>,
    common: Option<Arc<shared::Shared>>,
    n_tasks: usize,
    ticks: Ticks,
    start_nanos: Nanos,
    end_nanos: Cell<Option<Nanos>>,
}

impl<C: Clock + Copy + Send + Sync + 'static> OffloadRun<C> {
    /// Hands over all tasks; see [`crate::loop_run::LoopRun::start`] for `poke`
    /// and [`crate::pool::PoolRun::start`] for `spawn`.
    pub fn start<T: Timer + Clone + 'static>(
        specs: &[TaskSpec],
        (arm, n_workers): (&Arm, usize),
        ticks: Ticks,
        (clock, timer): (C, T),
        spawn: impl Fn(Job) + 'static,
        poke: Box<dyn Fn()>,
        bell: Bell,
    ) -> Self {
        let lives = Rc::new(Lives::new(clock, specs.len(), poke));
        // Lane 0 is the event loop, the pool's threads follow.
        let room = SPANS_AT_LEAST + SPANS_PER_TASK * specs.len();
        let host = Rc::new(LaneLog::new(0, room));
        let logs: Arc<Vec<LaneLog>> = Arc::new(
            (0..n_workers)
                .map(|lane| LaneLog::new(lane as u32 + 1, room))
                .collect(),
        );
        let finished = Rc::new(RefCell::new(Vec::with_capacity(specs.len())));
        let executor = Executor::new(Rc::clone(&lives), bell);
        let common = shared::Shared::of(specs);
        let start_nanos = clock.now_nanos();
        let gauge = Rc::new(Gauge::new(specs, start_nanos));
        let shared = Rc::new(Shared {
            specs: specs.to_vec(),
            how: How::of(arm),
            ticks,
            clock,
            timer,
            start_nanos,
            host: Rc::clone(&host),
            logs: Arc::clone(&logs),
            lives,
            gauge: Rc::clone(&gauge),
            finished: Rc::clone(&finished),
            spawn: Box::new(spawn),
            common: common.clone(),
        });
        let light = light(arm);
        for (idx, spec) in specs.iter().enumerate() {
            let on_loop = light == Some(spec.workload.as_str());
            let shared = Rc::clone(&shared);
            executor.spawn(spec.id, async move {
                if let Some(spec) = shared.specs.get(idx) {
                    shared.serve(spec, on_loop).await;
                }
            });
        }
        Self {
            executor,
            clock,
            logs,
            host,
            finished,
            gauge,
            common,
            n_tasks: specs.len(),
            ticks,
            start_nanos,
            end_nanos: Cell::new(None),
        }
    }

    /// What has happened so far, on the shared clock.
    #[must_use]
    pub fn raw(&self) -> Raw {
        let (spans, dropped) = read_all([&*self.host].into_iter().chain(self.logs.iter()));
        let mut lanes = vec![crate::loop_run::own_lane(LaneKind::Host)];
        lanes.extend((0..self.logs.len() as u32).map(|index| Lane {
            kind: LaneKind::Pool,
            index,
            clock_offset_nanos: 0,
        }));
        let end_nanos = self.end_nanos.get();
        let end_nanos = end_nanos.unwrap_or_else(|| self.clock.now_nanos());
        Raw {
            start_nanos: self.start_nanos,
            end_nanos,
            lanes,
            spans,
            dropped,
            finished: self.finished.borrow().clone(),
            gap_nanos: self.ticks.gap_nanos,
            samples: self.gauge.read(end_nanos),
            figures: shared::figures(self.common.as_ref()),
            ..Raw::default()
        }
    }
}

impl<C: Clock + Copy + Send + Sync + 'static> Turn for OffloadRun<C> {
    fn turn(&self, quantum_nanos: Nanos) -> bool {
        let begin = self.clock.now_nanos();
        self.gauge.look(begin);
        let more = self.executor.tick(|| {
            self.clock.now_nanos().saturating_sub(begin) as f64 / quantum_nanos.max(1) as f64
        });
        if self.is_done() && self.end_nanos.get().is_none() {
            self.end_nanos.set(Some(self.clock.now_nanos()));
        }
        more
    }

    fn is_done(&self) -> bool {
        self.finished.borrow().len() == self.n_tasks || self.executor.is_done()
    }
}

/// Computes on a pool thread until the task waits or ends.
fn stretch(
    mut kernel: Box<dyn Kernel>,
    task: u32,
    logs: &[LaneLog],
    ticks: Ticks,
    clock: impl Clock,
) -> Stretch {
    let lane = rayon::current_thread_index().unwrap_or(0);
    let from_nanos = clock.now_nanos();
    let Some(log) = logs.get(lane) else {
        return Stretch {
            kernel,
            ended: Ended::Waits(0.0),
            lane_idx: 0,
            from_nanos,
            to_nanos: from_nanos,
            busy_nanos: 0,
        };
    };
    let (ended, to_nanos, busy_nanos) =
        crate::cook::until_it_waits(kernel.as_mut(), task, log, ticks, &clock, from_nanos);
    Stretch {
        kernel,
        ended: match ended {
            Step::Done(output) => Ended::Done(output),
            Step::Wait { millis } => Ended::Waits(millis),
            Step::Again => Ended::Waits(0.0),
        },
        lane_idx: log.lane_idx(),
        from_nanos,
        to_nanos,
        busy_nanos,
    }
}
