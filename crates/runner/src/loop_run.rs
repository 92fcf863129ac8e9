//! `sequential` and `interleaved`: all tasks on one thread's event loop.
//!
//! Both go through the same executor and the same cook, so that their ratio
//! compares the order of the work and nothing else.

use crate::{
    arrivals::until_it_comes,
    cook::{Ticks, cook},
    executor::{Bell, Executor},
    gauge::Gauge,
    life::Lives,
    log::{Finished, LaneLog, Raw, assemble},
    ports::{Clock, Timer, Turn},
};
use model::{Arm, Lane, LaneKind, Nanos, Span, State, Strategy, TaskSpec, Trace};
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
    /// Give way after this many steps; `None`: only at waits.
    pub slice_steps: Option<u32>,
}

impl How {
    /// As the arm says. A sequential arm gives way too, or its thread could not
    /// show a partial trace (and a page would freeze); with nothing else in the
    /// queue it is picked up again at once.
    #[must_use]
    pub fn of(arm: &Arm) -> Self {
        Self {
            one_by_one: arm.strategy == Strategy::Sequential,
            slice_steps: Some(arm.slice_steps),
        }
    }
}

/// What the tasks of a run have in common.
struct Shared<C, T> {
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
}

impl<C: Clock, T: Timer> Shared<C, T> {
    /// Cooks a task once it is there. `number` is that of its queue entry.
    async fn serve(&self, idx: usize, number: u32) {
        let Some(spec) = self.specs.get(idx) else {
            return;
        };
        if spec.arrive_nanos > 0 {
            let (clock, timer) = (&self.clock, &self.timer);
            let (came, now) = until_it_comes(spec, self.start_nanos, clock, timer).await;
            self.log.push(spec.id, State::Ready, came, now);
        }
        let life = || self.lives.of(number);
        let slice = self.how.slice_steps;
        let (clock, timer) = (&self.clock, &self.timer);
        let done = cook(spec, &self.log, self.ticks, clock, timer, slice, life).await;
        self.finished.borrow_mut().extend(done);
        self.gauge.finish(clock.now_nanos());
    }
}

/// A run under way. Dropping it cancels the tasks that are left.
pub struct LoopRun<C: Clock + Clone + 'static> {
    executor: Executor<Rc<Lives<C>>>,
    clock: C,
    log: Rc<LaneLog>,
    finished: Rc<RefCell<Vec<Finished>>>,
    gauge: Rc<Gauge>,
    n_tasks: usize,
    ticks: Ticks,
    start_nanos: Nanos,
    end_nanos: Cell<Option<Nanos>>,
    lane: Lane,
    in_use: Cell<Option<fn() -> u64>>,
    peak_bytes: Cell<u64>,
}

impl<C: Clock + Clone + 'static> LoopRun<C> {
    /// Hands over all tasks. Nothing runs until [`Turn::turn`]; `poke` is
    /// called whenever a turn would find something to do.
    pub fn start<T: Timer + Clone + 'static>(
        specs: impl Into<Rc<[TaskSpec]>>,
        how: How,
        ticks: Ticks,
        lane: Lane,
        ports: (C, T),
        poke: Box<dyn Fn()>,
        bell: Bell,
    ) -> Self {
        Self::hand_over(specs.into(), how, ticks, lane, ports, poke, bell)
    }

    fn hand_over<T: Timer + Clone + 'static>(
        specs: Rc<[TaskSpec]>,
        how: How,
        ticks: Ticks,
        lane: Lane,
        (clock, timer): (C, T),
        poke: Box<dyn Fn()>,
        bell: Bell,
    ) -> Self {
        let n_tasks = specs.len();
        let lives = Rc::new(Lives::new(clock.clone(), n_tasks, poke));
        let log = Rc::new(LaneLog::new(0, room(&specs, how)));
        let finished = Rc::new(RefCell::new(Vec::with_capacity(n_tasks)));
        let executor = Executor::new(Rc::clone(&lives), bell);
        let start_nanos = clock.now_nanos();
        let gauge = Rc::new(Gauge::new(&specs, start_nanos));
        // One for all of them: a task that waits is no more than what is its own.
        let shared = Rc::new(Shared {
            specs,
            how,
            ticks,
            clock: clock.clone(),
            timer,
            start_nanos,
            log: Rc::clone(&log),
            lives,
            gauge: Rc::clone(&gauge),
            finished: Rc::clone(&finished),
        });
        // One queue entry a task, or one for all of them.
        if how.one_by_one {
            executor.spawn(0, async move {
                for idx in 0..n_tasks {
                    shared.serve(idx, 0).await;
                }
            });
        } else {
            for idx in 0..n_tasks {
                let shared = Rc::clone(&shared);
                executor.spawn(
                    idx as u32,
                    async move { shared.serve(idx, idx as u32).await },
                );
            }
        }
        Self {
            executor,
            clock,
            log,
            finished,
            gauge,
            n_tasks,
            ticks,
            start_nanos,
            end_nanos: Cell::new(None),
            lane,
            in_use: Cell::new(None),
            peak_bytes: Cell::new(0),
        }
    }

    /// Has the most memory in use at the end of a turn written down, as `in_use`
    /// gives it in bytes, without the room that recorders keep whatever the tasks.
    pub fn watch_memory(&self, in_use: fn() -> u64) {
        self.in_use.set(Some(in_use));
    }

    /// What has happened so far, on the shared clock.
    #[must_use]
    pub fn raw(&self) -> Raw {
        let (spans, dropped) = self.log.read();
        let end_nanos = self.end_nanos.get();
        let end_nanos = end_nanos.unwrap_or_else(|| self.clock.now_nanos());
        Raw {
            start_nanos: self.start_nanos,
            end_nanos,
            lanes: vec![self.lane],
            spans,
            dropped,
            finished: self.finished.borrow().clone(),
            gap_nanos: self.ticks.gap_nanos,
            samples: self.gauge.read(end_nanos),
            peak_bytes: self.peak_bytes.get(),
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
        self.gauge.look(begin);
        let more = self.executor.tick(|| {
            self.clock.now_nanos().saturating_sub(begin) as f64 / quantum_nanos.max(1) as f64
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
    let slice = how.slice_steps.map_or(u32::MAX, |steps| steps.max(1));
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
