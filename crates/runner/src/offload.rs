//! `offload`: futures on one event loop that await computations on the pool.
//! Waits stay on the loop, where they cost no thread.

use crate::{
    cook::Ticks,
    executor::{Bell, Executor},
    life::Lives,
    log::{Finished, LaneLog, Raw},
    ports::{Clock, Timer, Turn},
};
use futures_channel::oneshot;
use model::{Lane, LaneKind, Nanos, State, TaskSpec};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};
use workloads::{Kernel, Output, Step};

/// Spans a lane can hold.
const SPANS_PER_LANE: usize = 16_384;

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

/// A run whose futures await the pool. Dropping it cancels what is left.
pub struct OffloadRun<C: Clock + Clone + 'static> {
    executor: Executor<Rc<Lives<C>>>,
    clock: C,
    logs: Arc<Vec<LaneLog>>,
    host: Rc<LaneLog>,
    finished: Rc<RefCell<Vec<Finished>>>,
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
        n_workers: usize,
        ticks: Ticks,
        (clock, timer): (C, T),
        spawn: impl Fn(Job) + 'static,
        poke: Box<dyn Fn()>,
        bell: Bell,
    ) -> Self {
        let lives = Rc::new(Lives::new(clock, specs.len(), poke));
        // Lane 0 is the event loop, the pool's threads follow.
        let host = Rc::new(LaneLog::new(0, SPANS_PER_LANE));
        let logs: Arc<Vec<LaneLog>> = Arc::new(
            (0..n_workers)
                .map(|lane| LaneLog::new(lane as u32 + 1, SPANS_PER_LANE))
                .collect(),
        );
        let finished = Rc::new(RefCell::new(Vec::with_capacity(specs.len())));
        let executor = Executor::new(Rc::clone(&lives), bell);
        let spawn = Rc::new(spawn);
        let start_nanos = clock.now_nanos();
        for spec in specs.iter().cloned() {
            let (timer, logs, host) = (timer.clone(), Arc::clone(&logs), Rc::clone(&host));
            let (spawn, finished, lives) =
                (Rc::clone(&spawn), Rc::clone(&finished), Rc::clone(&lives));
            executor.spawn(spec.id, async move {
                let Some(workload) = workloads::registry::find(&spec.workload) else {
                    return;
                };
                let mut kernel = (workload.start)(&spec);
                let mut started = None;
                let mut busy_nanos = 0;
                loop {
                    let (answer, question) = oneshot::channel();
                    let (task, logs) = (spec.id, Arc::clone(&logs));
                    (*spawn)(Box::new(move || {
                        // The receiver is gone only if the run was cancelled.
                        let _ = answer.send(stretch(kernel, task, &logs, ticks, clock));
                    }));
                    let Ok(back) = question.await else { return };
                    started.get_or_insert(back.from_nanos);
                    busy_nanos += back.busy_nanos;
                    match back.ended {
                        Ended::Waits(millis) => {
                            timer.wait(millis).await;
                            let woken = lives.of(task).woken_nanos.max(back.to_nanos);
                            host.push(task, State::Waiting, back.to_nanos, woken);
                            kernel = back.kernel;
                        }
                        Ended::Done(output) => {
                            let life = lives.of(task);
                            finished.borrow_mut().push(Finished {
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
                            return;
                        }
                    }
                }
            });
        }
        Self {
            executor,
            clock,
            logs,
            host,
            finished,
            n_tasks: specs.len(),
            ticks,
            start_nanos,
            end_nanos: Cell::new(None),
        }
    }

    /// What has happened so far, on the shared clock.
    #[must_use]
    pub fn raw(&self) -> Raw {
        let (mut spans, mut dropped) = self.host.read();
        let mut lanes = vec![crate::loop_run::own_lane(LaneKind::Host)];
        for (log, index) in self.logs.iter().zip(0..) {
            let (lane_spans, lane_dropped) = log.read();
            spans.extend(lane_spans);
            dropped += lane_dropped;
            lanes.push(Lane {
                kind: LaneKind::Pool,
                index,
                clock_offset_nanos: 0,
            });
        }
        Raw {
            start_nanos: self.start_nanos,
            end_nanos: self
                .end_nanos
                .get()
                .unwrap_or_else(|| self.clock.now_nanos()),
            lanes,
            spans,
            dropped,
            finished: self.finished.borrow().clone(),
            gap_nanos: self.ticks.gap_nanos,
            ..Raw::default()
        }
    }
}

impl<C: Clock + Copy + Send + Sync + 'static> Turn for OffloadRun<C> {
    fn turn(&self, quantum_nanos: Nanos) -> bool {
        let begin = self.clock.now_nanos();
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
