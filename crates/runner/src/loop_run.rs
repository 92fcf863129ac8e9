//! `sequential` and `interleaved`: all tasks on one thread's event loop.
//!
//! Both go through the same executor and the same cook, so that their ratio
//! compares the order of the work and nothing else.

use crate::{
    cook::{Ticks, cook},
    executor::{Bell, Executor},
    journal::{Journal, watched},
    life::Lives,
    log::{Finished, LaneLog, Raw, assemble},
    ports::{Clock, Timer, Turn},
    ways::{Chef, await_in_a_loop, join_with_a_limit, start_all_then_join},
};
use model::{Arm, Give, Lane, LaneKind, Nanos, Strategy, TaskSpec, Trace};
use std::{
    cell::{Cell, RefCell},
    future::Future,
    rc::{Rc, Weak},
};

/// Room for spans in a loop run, beyond the tasks' own needs.
const SPANS_AT_LEAST: usize = 4096;

/// How the loop treats its tasks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct How {
    /// The next task starts only when the one before has finished.
    pub one_by_one: bool,
    /// Give way after this many steps; `None`: only at waits.
    pub slice_steps: Option<u32>,
    /// Most tasks under way at once; 0: no limit.
    pub limit: u32,
    /// Whether every deed of the executor is written down.
    pub events: bool,
}

impl How {
    /// As the arm says. A sequential arm gives way too, or its thread could not
    /// show a partial trace (and a page would freeze); with nothing else in the
    /// queue it is picked up again at once.
    #[must_use]
    pub fn of(arm: &Arm) -> Self {
        Self {
            one_by_one: arm.strategy == Strategy::Sequential,
            slice_steps: (arm.manner.give != Give::Never).then_some(arm.slice_steps),
            limit: arm.manner.limit,
            events: arm.manner.events,
        }
    }
}

type Loop<C> = Executor<Rc<Lives<C>>>;

/// What every dish of a run needs.
struct Kitchen<C: Clock + 'static, T> {
    executor: Weak<Loop<C>>,
    lives: Rc<Lives<C>>,
    log: Rc<LaneLog>,
    finished: Rc<RefCell<Vec<Finished>>>,
    clock: C,
    timer: T,
    ticks: Ticks,
    slice_steps: Option<u32>,
}

impl<C: Clock + 'static, T: Timer> Kitchen<C, T> {
    /// Cooks as the executor's task of this number.
    async fn cook_as(&self, number: u32, dish: &TaskSpec) {
        let work = || {
            let life = move || self.lives.of(number);
            let (clock, timer) = (&self.clock, &self.timer);
            cook(
                dish,
                &self.log,
                self.ticks,
                clock,
                timer,
                self.slice_steps,
                life,
            )
        };
        let done = match self.lives.journal() {
            Some(journal) => {
                let now_nanos = || self.clock.now_nanos();
                watched(Box::pin(work()), dish.id, journal, now_nanos).await
            }
            None => work().await,
        };
        self.finished.borrow_mut().extend(done);
    }
}

/// The one chef of the loop.
struct OneChef<C: Clock + 'static, T>(Rc<Kitchen<C, T>>);

impl<C: Clock + 'static, T: Timer + 'static> Chef for OneChef<C, T> {
    async fn cook(&self, dish: TaskSpec) {
        let lives = &self.0.lives;
        lives.begins_in_place(dish.id);
        self.0.cook_as(lives.own_number(), &dish).await;
        lives.ends_in_place();
    }

    fn start(&self, dish: TaskSpec) -> impl Future<Output = ()> {
        let kitchen = Rc::clone(&self.0);
        let executor = kitchen.executor.upgrade();
        let number = dish.id;
        let task = async move { kitchen.cook_as(number, &dish).await };
        // Without executor nobody would poll this either.
        let started = executor.map(|executor| executor.start(number, task));
        async move {
            if let Some(started) = started {
                started.await;
            }
        }
    }
}

/// A run under way. Dropping it cancels the tasks that are left.
pub struct LoopRun<C: Clock + Clone + 'static> {
    executor: Rc<Loop<C>>,
    lives: Rc<Lives<C>>,
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
    /// Hands over all tasks, whose ids count from 0. Nothing runs until
    /// [`Turn::turn`]; `poke` is called whenever a turn would find something to do.
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
        let lives = Rc::new(Lives::new(clock.clone(), n_tasks, poke).writing(how.events));
        let log = Rc::new(LaneLog::new(0, SPANS_AT_LEAST + n_tasks * 64));
        let finished = Rc::new(RefCell::new(Vec::with_capacity(n_tasks)));
        let executor = Rc::new(Executor::new(Rc::clone(&lives), bell));
        let chef = OneChef(Rc::new(Kitchen {
            executor: Rc::downgrade(&executor),
            lives: Rc::clone(&lives),
            log: Rc::clone(&log),
            finished: Rc::clone(&finished),
            clock: clock.clone(),
            timer,
            ticks,
            slice_steps: how.slice_steps,
        }));
        let start_nanos = clock.now_nanos();
        executor.spawn(lives.own_number(), async move {
            if how.one_by_one {
                await_in_a_loop(&chef, specs).await;
            } else if how.limit > 0 {
                join_with_a_limit(&chef, specs, how.limit as usize).await;
            } else {
                start_all_then_join(&chef, specs).await;
            }
        });
        Self {
            executor,
            lives,
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

    /// From now on `tell` is called before the first poll of each task.
    pub fn announce(&self, tell: Box<dyn Fn(u32)>) {
        self.lives.announce(tell);
    }

    /// What has happened so far, on the shared clock.
    #[must_use]
    pub fn raw(&self) -> Raw {
        let (spans, spans_dropped) = self.log.read();
        let written = self.lives.journal().map(Journal::read);
        let (events, events_dropped) = written.unwrap_or_default();
        Raw {
            start_nanos: self.start_nanos,
            end_nanos: self
                .end_nanos
                .get()
                .unwrap_or_else(|| self.clock.now_nanos()),
            lanes: vec![self.lane],
            spans,
            dropped: spans_dropped + events_dropped,
            finished: self.finished.borrow().clone(),
            gap_nanos: self.ticks.gap_nanos,
            events,
            stalls: self.lives.stalls(),
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
        self.lives.turn_begins(begin);
        // The executor looks at the clock after every poll.
        let more = self.executor.tick(|| {
            let now = self.clock.now_nanos();
            self.lives.gave_way(now);
            now.saturating_sub(begin) as f64 / quantum_nanos.max(1) as f64
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
