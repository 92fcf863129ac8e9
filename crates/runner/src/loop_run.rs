//! `sequential` and `interleaved`: all tasks on one thread's event loop.
//!
//! Both go through the same executor and the same cook, so that their ratio
//! compares the order of the work and nothing else.

use crate::{
    arrivals::until_it_comes,
    cook::{Slice, Ticks, cook},
    executor::{Bell, Executor},
    gauge::Gauge,
    journal::{Journal, watched},
    life::Lives,
    log::{Finished, LaneLog, Raw, assemble},
    order::{Following, Recipe},
    ports::{Clock, Timer, Turn},
    shared::{self, Shared},
    ways::{Chef, await_in_a_loop, join_with_a_limit, start_all_then_join, start_when_ready},
};
use model::{
    Arm, Give, Lane, LaneKind, NANOS_PER_SEC, Nanos, Place, Span, State, Strategy, TaskSpec, Trace,
};
use std::{
    cell::{Cell, RefCell},
    future::Future,
    rc::{Rc, Weak},
    sync::Arc,
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
    /// Most tasks under way at once; 0: no limit.
    pub limit: u32,
    /// Whether every deed of the executor is written down.
    pub events: bool,
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
            one_by_one: matches!(arm.strategy, Strategy::Sequential | Strategy::Simd),
            slice: match arm.manner.give {
                Give::Never if arm.place == Place::Page => Slice::Nanos(LONGEST_FREEZE_NANOS),
                _ => Slice::of(arm.slice_steps, &arm.manner),
            },
            limit: arm.manner.limit,
            events: arm.manner.events,
        }
    }
}

type Loop<C> = Executor<Rc<Lives<C>>>;

/// What the tasks of a run have in common: one for all of them, so that a task
/// that waits is no more than what is its own.
struct Kitchen<C: Clock + 'static, T> {
    executor: Weak<Loop<C>>,
    specs: Rc<[TaskSpec]>,
    how: How,
    ticks: Ticks,
    clock: C,
    timer: T,
    start_nanos: Nanos,
    log: Rc<LaneLog>,
    lives: Rc<Lives<C>>,
    gauge: Rc<Gauge>,
    finished: Rc<RefCell<Vec<Finished>>>,
    shared: Option<Arc<Shared>>,
}

impl<C: Clock + 'static, T: Timer> Kitchen<C, T> {
    /// Cooks a task once it is there. `number` is that of its queue entry.
    async fn serve(&self, dish: u32, number: u32) {
        let Some(journal) = self.lives.journal() else {
            return self.serve_unwatched(dish, number).await;
        };
        let work = Box::pin(self.serve_unwatched(dish, number));
        watched(work, dish, journal, || self.clock.now_nanos()).await;
    }

    async fn serve_unwatched(&self, dish: u32, number: u32) {
        let Some(spec) = self.specs.get(dish as usize) else {
            return;
        };
        let (clock, timer) = (&self.clock, &self.timer);
        if spec.arrive_nanos > 0 {
            let (came, now) = until_it_comes(spec, self.start_nanos, clock, timer).await;
            self.log.push(spec.id, State::Ready, came, now);
        }
        let life = || self.lives.of(number);
        let slice = self.how.slice;
        let shared = self.shared.as_ref();
        let (log, ticks) = (&*self.log, self.ticks);
        let done = match shared.and_then(|shared| shared.crossing(spec)) {
            // In a box: other tasks are not to be larger for it.
            Some(crossing) => Some(Box::pin(crossing.juggle(spec, log, ticks, clock, timer)).await),
            None => cook((spec, shared), log, ticks, clock, timer, slice, life).await,
        };
        self.finished.borrow_mut().extend(done);
        self.gauge.finish(clock.now_nanos());
    }
}

/// The one chef of the loop.
struct OneChef<C: Clock + 'static, T>(Rc<Kitchen<C, T>>);

impl<C: Clock + 'static, T: Timer + 'static> Chef for OneChef<C, T> {
    async fn cook(&self, dish: u32) {
        let lives = &self.0.lives;
        lives.begins_in_place(dish);
        self.0.serve(dish, lives.own_number()).await;
        lives.ends_in_place();
    }

    fn start(&self, dish: u32) -> impl Future<Output = ()> {
        let kitchen = Rc::clone(&self.0);
        let executor = kitchen.executor.upgrade();
        let task = async move { kitchen.serve(dish, dish).await };
        // Without executor nobody would poll this either.
        let started = executor.map(|executor| executor.start(dish, task));
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
    gauge: Rc<Gauge>,
    shared: Option<Arc<Shared>>,
    n_tasks: usize,
    ticks: Ticks,
    start_nanos: Nanos,
    end_nanos: Cell<Option<Nanos>>,
    lane: Lane,
    in_use: Cell<Option<fn() -> u64>>,
    peak_bytes: Cell<u64>,
}

impl<C: Clock + Clone + 'static> LoopRun<C> {
    /// Hands over all tasks, whose ids count from 0. Nothing runs until
    /// [`Turn::turn`]; `poke` is called whenever a turn would find something to do.
    pub fn start<T: Timer + Clone + 'static>(
        specs: impl Into<Rc<[TaskSpec]>>,
        how: How,
        ticks: Ticks,
        lane: Lane,
        ports: (C, T),
        poke: Box<dyn Fn()>,
        bell: Bell,
    ) -> Self {
        Self::hand_over(specs.into(), None, how, ticks, lane, ports, poke, bell)
    }

    /// As [`LoopRun::start`], for tasks that may need each other's results: one
    /// by one they are cooked in an order that allows it, else each is started
    /// when the last of what it needs is done; `how.limit` is not heeded then.
    #[expect(clippy::too_many_arguments, reason = "as start, and the order")]
    pub fn start_in_order<T: Timer + Clone + 'static>(
        specs: impl Into<Rc<[TaskSpec]>>,
        recipe: Option<Recipe>,
        how: How,
        ticks: Ticks,
        lane: Lane,
        ports: (C, T),
        poke: Box<dyn Fn()>,
        bell: Bell,
    ) -> Self {
        Self::hand_over(specs.into(), recipe, how, ticks, lane, ports, poke, bell)
    }

    #[expect(clippy::too_many_arguments, reason = "of two callers")]
    fn hand_over<T: Timer + Clone + 'static>(
        specs: Rc<[TaskSpec]>,
        recipe: Option<Recipe>,
        how: How,
        ticks: Ticks,
        lane: Lane,
        (clock, timer): (C, T),
        poke: Box<dyn Fn()>,
        bell: Bell,
    ) -> Self {
        let n_tasks = specs.len();
        let lives = Rc::new(Lives::new(clock.clone(), n_tasks, poke).writing(how.events));
        let log = Rc::new(LaneLog::new(0, room(&specs, how)));
        let finished = Rc::new(RefCell::new(Vec::with_capacity(n_tasks)));
        let executor = Rc::new(Executor::new(Rc::clone(&lives), bell));
        let shared = Shared::of(&specs);
        let start_nanos = clock.now_nanos();
        let gauge = Rc::new(Gauge::new(&specs, start_nanos));
        let chef = OneChef(Rc::new(Kitchen {
            executor: Rc::downgrade(&executor),
            specs,
            how,
            ticks,
            clock: clock.clone(),
            timer,
            start_nanos,
            log: Rc::clone(&log),
            lives: Rc::clone(&lives),
            gauge: Rc::clone(&gauge),
            finished: Rc::clone(&finished),
            shared: shared.clone(),
        }));
        let dishes = match &recipe {
            Some(recipe) => recipe.in_order().to_vec(),
            None => (0..n_tasks as u32).collect(),
        };
        executor.spawn(lives.own_number(), async move {
            if how.one_by_one {
                await_in_a_loop(&chef, dishes).await;
            } else if let Some(recipe) = &recipe {
                start_when_ready(&chef, Following::new(recipe)).await;
            } else if how.limit > 0 {
                join_with_a_limit(&chef, dishes, how.limit as usize).await;
            } else {
                start_all_then_join(&chef, dishes).await;
            }
        });
        Self {
            executor,
            lives,
            clock,
            log,
            finished,
            gauge,
            shared,
            n_tasks,
            ticks,
            start_nanos,
            end_nanos: Cell::new(None),
            lane,
            in_use: Cell::new(None),
            peak_bytes: Cell::new(0),
        }
    }

    /// From now on `tell` is called before the first poll of each task.
    pub fn announce(&self, tell: Box<dyn Fn(u32)>) {
        self.lives.announce(tell);
    }

    /// Has the most memory in use at the end of a turn written down, as `in_use`
    /// gives it in bytes, without the room that recorders keep whatever the tasks.
    pub fn watch_memory(&self, in_use: fn() -> u64) {
        self.in_use.set(Some(in_use));
    }

    /// What has happened so far, on the shared clock.
    #[must_use]
    pub fn raw(&self) -> Raw {
        let (spans, spans_dropped) = self.log.read();
        let written = self.lives.journal().map(Journal::read);
        let (events, events_dropped) = written.unwrap_or_default();
        let end_nanos = self.end_nanos.get();
        let end_nanos = end_nanos.unwrap_or_else(|| self.clock.now_nanos());
        Raw {
            start_nanos: self.start_nanos,
            end_nanos,
            lanes: vec![self.lane],
            spans,
            dropped: spans_dropped + events_dropped,
            finished: self.finished.borrow().clone(),
            gap_nanos: self.ticks.gap_nanos,
            events,
            stalls: self.lives.stalls(),
            samples: self.gauge.read(end_nanos),
            peak_bytes: self.peak_bytes.get(),
            figures: shared::figures(self.shared.as_ref()),
            ..Raw::default()
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
        self.gauge.look(begin);
        let more = self.executor.tick(|| {
            let now = self.clock.now_nanos();
            self.lives.gave_way(now);
            now.saturating_sub(begin) as f64 / quantum_nanos.max(1) as f64
        });
        if let Some(in_use) = self.in_use.get() {
            let spare = (SPANS_AT_LEAST * size_of::<Span>() + Gauge::ROOM_BYTES) as u64;
            let held = in_use().saturating_sub(spare);
            self.peak_bytes.set(self.peak_bytes.get().max(held));
        }
        if self.is_done() && self.end_nanos.get().is_none() {
            self.end_nanos.set(Some(self.clock.now_nanos()));
        }
        more
    }

    fn is_done(&self) -> bool {
        self.finished.borrow().len() == self.n_tasks || self.executor.is_done()
    }
}

/// Spans that the tasks of a run may need: of one that only waits, one before the
/// wait, the wait, one till it is picked up, and one after; of a request two more
/// for each slice of its computing; and one in line, if it comes later. How many
/// slices another kernel takes is not known beforehand.
fn room(specs: &[TaskSpec], how: How) -> usize {
    let slice = match how.slice {
        Slice::Steps(steps) => steps.max(1),
        // A step is about 40 us.
        Slice::Nanos(nanos) => (nanos / 40_000).clamp(1, u64::from(u32::MAX)) as u32,
        Slice::Never => u32::MAX,
    };
    let of = |spec: &TaskSpec| {
        let in_line = usize::from(spec.arrive_nanos > 0);
        let own = match spec.workload.as_str() {
            "waiting" => 4,
            "requests" => 6 + 2 * (spec.size / slice) as usize,
            _ => 64,
        };
        in_line + own
    };
    SPANS_AT_LEAST + specs.iter().map(of).sum::<usize>()
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
