//! `sequential` and `interleaved`: all tasks on one thread's event loop.
//!
//! Both go through the same executor and the same cook, so that their ratio
//! compares the order of the work and nothing else.

use crate::{
    cook::{Slice, Ticks, cook},
    executor::{Bell, Executor},
    life::Lives,
    log::{Finished, LaneLog, Raw, assemble},
    ports::{Clock, Timer, Turn},
};
use model::{Arm, Give, Lane, LaneKind, NANOS_PER_SEC, Nanos, Place, Strategy, TaskSpec, Trace};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

/// Room for spans in a loop run, beyond the tasks' own needs.
const SPANS_AT_LEAST: usize = 4096;

/// How the loop treats its tasks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct How {
    /// The next task starts only when the one before has finished.
    pub one_by_one: bool,
    /// When a task gives way.
    pub slice: Slice,
}

/// A page that is blocked on purpose is given a turn after this long all the
/// same, so that it can be stopped.
pub const LONGEST_FREEZE_NANOS: Nanos = 5 * NANOS_PER_SEC;

impl How {
    /// As the arm says. A sequential arm gives way too, unless it says otherwise,
    /// or its thread could not show a partial trace (and a page would freeze);
    /// with nothing else in the queue it is picked up again at once.
    #[must_use]
    pub fn of(arm: &Arm) -> Self {
        Self {
            one_by_one: arm.strategy == Strategy::Sequential,
            slice: match arm.manner.give {
                Give::Never if arm.place == Place::Page => Slice::Nanos(LONGEST_FREEZE_NANOS),
                _ => Slice::of(arm.slice_steps, &arm.manner),
            },
        }
    }
}

/// A run under way. Dropping it cancels the tasks that are left.
pub struct LoopRun<C: Clock + Clone + 'static> {
    executor: Executor<Rc<Lives<C>>>,
    clock: C,
    log: Rc<LaneLog>,
    finished: Rc<RefCell<Vec<Finished>>>,
    n_tasks: usize,
    ticks: Ticks,
    start_nanos: Nanos,
    end_nanos: Cell<Option<Nanos>>,
    lane: Lane,
}

impl<C: Clock + Clone + 'static> LoopRun<C> {
    /// Hands over all tasks. Nothing runs until [`Turn::turn`]; `poke` is
    /// called whenever a turn would find something to do.
    pub fn start<T: Timer + Clone + 'static>(
        specs: Vec<TaskSpec>,
        how: How,
        ticks: Ticks,
        lane: Lane,
        (clock, timer): (C, T),
        poke: Box<dyn Fn()>,
        bell: Bell,
    ) -> Self {
        let n_tasks = specs.len();
        let lives = Rc::new(Lives::new(clock.clone(), n_tasks, poke));
        let log = Rc::new(LaneLog::new(0, SPANS_AT_LEAST + n_tasks * 64));
        let finished = Rc::new(RefCell::new(Vec::with_capacity(n_tasks)));
        let executor = Executor::new(Rc::clone(&lives), bell);
        let start_nanos = clock.now_nanos();
        // One queue entry a task, or one for all of them.
        let batches: Vec<Vec<TaskSpec>> = if how.one_by_one {
            vec![specs]
        } else {
            specs.into_iter().map(|spec| vec![spec]).collect()
        };
        for (number, batch) in batches.into_iter().enumerate() {
            let (clock, timer, log) = (clock.clone(), timer.clone(), Rc::clone(&log));
            let (lives, finished) = (Rc::clone(&lives), Rc::clone(&finished));
            executor.spawn(number as u32, async move {
                for spec in &batch {
                    let life = || lives.of(number as u32);
                    let done = cook(spec, &log, ticks, &clock, &timer, how.slice, life).await;
                    finished.borrow_mut().extend(done);
                }
            });
        }
        Self {
            executor,
            clock,
            log,
            finished,
            n_tasks,
            ticks,
            start_nanos,
            end_nanos: Cell::new(None),
            lane,
        }
    }

    /// What has happened so far, on the shared clock.
    #[must_use]
    pub fn raw(&self) -> Raw {
        let (spans, dropped) = self.log.read();
        Raw {
            start_nanos: self.start_nanos,
            end_nanos: self
                .end_nanos
                .get()
                .unwrap_or_else(|| self.clock.now_nanos()),
            lanes: vec![self.lane],
            spans,
            dropped,
            finished: self.finished.borrow().clone(),
            gap_nanos: self.ticks.gap_nanos,
        }
    }

    /// The trace so far (partial while running).
    #[must_use]
    pub fn trace(&self, arm: &str, round: u32, specs: &[TaskSpec]) -> Trace {
        assemble(arm, round, specs, self.raw())
    }
}

impl<C: Clock + Clone + 'static> Turn for LoopRun<C> {
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

/// The lane of a coordinator's own thread.
#[must_use]
pub const fn own_lane(kind: LaneKind) -> Lane {
    Lane {
        kind,
        index: 0,
        clock_offset_nanos: 0,
    }
}
