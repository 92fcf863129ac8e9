//! A tally on the wall, and ways of writing on it.
//!
//! Every single access is atomic, whatever the guard: what can be lost is an
//! addition whose read and write are two accesses (a lost update, a race
//! condition), and there is no data race in the sense of the language.

use super::{Padded, gate::Gate};
use crate::{
    cook::{Slice, Stretches, Ticks},
    log::{Finished, LaneLog},
    ports::Clock,
    ways::{Lock, add_at_once, add_loosely, add_under_lock, sell_if_left},
};
use model::{Guard, Nanos, TaskSpec};
use std::{
    cell::RefCell,
    collections::BTreeMap,
    hint::spin_loop,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
};
use workloads::{Kernel, Output, Step};

/// Tries to take a lock before the clock is looked at and the thread put to
/// sleep: some 10 us, in which a holder that has a core has left long since.
const SPINS: u32 = 400;
/// A shorter stand before a lock is not worth a mark.
const STOOD_NANOS: Nanos = 50_000;

/// The tally of one run.
pub struct Tally {
    guard: Guard,
    /// Additions asked for; of tickets, how many there are to sell.
    wanted: u32,
    /// The number on the wall; of tickets, how many are left.
    count: Padded<AtomicU32>,
    /// Tickets sold, as the sellers say.
    sold: Padded<AtomicU32>,
    /// Tasks that have not ended.
    left: Padded<AtomicU32>,
    /// Where the first tasks wait for each other.
    gate: Gate,
    /// The second is only for the guard that uses two.
    locks: [Padded<Mutex<()>>; 2],
    /// One of its own for each task, by place among the tasks; without the guard
    /// that needs them, none.
    own: Vec<Padded<AtomicU32>>,
}

/// How far a task is.
#[derive(Clone, Copy, Default)]
struct Progress {
    turns: u32,
    sold: u32,
    is_over: bool,
}

impl Tally {
    /// `None` without tasks.
    pub(super) fn of<'a>(specs: impl Iterator<Item = &'a TaskSpec>, workers: u32) -> Option<Self> {
        let mut guard = None;
        let (mut turns, mut n_tasks, mut most) = (0_u32, 0, 0);
        for spec in specs {
            guard.get_or_insert(spec.guard);
            turns = turns.saturating_add(spec.size);
            n_tasks += 1;
            most = most.max(spec.part);
        }
        let guard = guard?;
        let wanted = if guard == Guard::Tickets {
            turns / 2
        } else {
            turns
        };
        let on_the_wall = if guard == Guard::Tickets { wanted } else { 0 };
        let own = if guard == Guard::Local { most + 1 } else { 0 };
        Some(Self {
            guard,
            wanted,
            count: Padded(AtomicU32::new(on_the_wall)),
            sold: Padded::default(),
            left: Padded(AtomicU32::new(n_tasks)),
            gate: Gate::of(workers.min(n_tasks)),
            locks: Default::default(),
            own: (0..own).map(|_| Padded::default()).collect(),
        })
    }

    /// `count` and `wanted`; of tickets how many more were sold than there were
    /// (`oversold`), else how many additions are missing (`lost`) and which share
    /// of all that is (`lost_share`).
    /// Nothing before the last task has ended.
    pub(super) fn figures(&self) -> BTreeMap<String, f64> {
        if self.left.0.load(Ordering::Acquire) > 0 {
            return BTreeMap::new();
        }
        let of = |number: &Padded<AtomicU32>| f64::from(number.0.load(Ordering::Relaxed));
        let wanted = f64::from(self.wanted);
        let mut figures = vec![("wanted", wanted)];
        if self.guard == Guard::Tickets {
            let sold = of(&self.sold);
            figures.extend([("count", sold), ("oversold", sold - wanted)]);
        } else {
            let count = of(&self.count);
            let lost = wanted - count;
            let share = lost / wanted.max(1.0);
            figures.extend([("count", count), ("lost", lost), ("lost_share", share)]);
        }
        let owned = |(name, value): (&str, f64)| (name.to_owned(), value);
        figures.into_iter().map(owned).collect()
    }

    /// The lock that this task uses.
    fn lock(&self, spec: &TaskSpec) -> &Mutex<()> {
        let [first, second] = &self.locks;
        let is_other = self.guard == Guard::TwoLocks && spec.part % 2 == 1;
        if is_other { &second.0 } else { &first.0 }
    }

    /// Some turns of a task, until about 10 us have passed or it is over.
    fn chunk(&self, spec: &TaskSpec, so_far: &mut Progress, lock: &impl Lock) {
        let (wall, gap) = (&self.count.0, spec.gap);
        let from = so_far.turns;
        let most = workloads::tally::chunk(gap);
        let until = spec.size.min(from.saturating_add(most));
        match self.guard {
            Guard::Atomic => (from..until).for_each(|_| add_at_once(wall, gap)),
            Guard::Mutex | Guard::TwoLocks => {
                (from..until).for_each(|_| add_under_lock(lock, wall, gap));
            }
            Guard::Tickets => {
                for _ in from..until {
                    so_far.sold += u32::from(sell_if_left(wall, gap));
                }
            }
            // One loop for both, so that they differ in where they write and in
            // nothing else.
            _ => {
                let own = self.own.get(spec.part as usize);
                let place = own.map_or(wall, |own| &own.0);
                (from..until).for_each(|_| add_loosely(place, gap));
            }
        }
        so_far.turns = until;
        if until == spec.size && !so_far.is_over {
            so_far.is_over = true;
            self.end(spec, *so_far);
        }
    }

    /// What a task leaves behind.
    fn end(&self, spec: &TaskSpec, so_far: Progress) {
        if let Some(own) = self.own.get(spec.part as usize) {
            let own = own.0.load(Ordering::Relaxed);
            self.count.0.fetch_add(own, Ordering::Relaxed);
        }
        self.sold.0.fetch_add(so_far.sold, Ordering::Relaxed);
        self.left.0.fetch_sub(1, Ordering::AcqRel);
    }

    /// Runs a task to its end on this thread.
    pub(super) fn cook(
        &self,
        spec: &TaskSpec,
        log: &LaneLog,
        ticks: Ticks,
        clock: &impl Clock,
    ) -> Finished {
        self.gate.pass(|| clock.now_nanos());
        let started = clock.now_nanos();
        let marks = RefCell::new(Stretches::new(log, ticks, spec.id, started));
        let lock = Door {
            lock: self.lock(spec),
            now: || clock.now_nanos(),
            stood: |from, until| marks.borrow_mut().stood(from, until),
        };
        let mut so_far = Progress::default();
        while !so_far.is_over {
            self.chunk(spec, &mut so_far, &lock);
            marks.borrow_mut().step(clock.now_nanos(), Slice::Never);
        }
        let checksum = workloads::tally::checksum(spec, so_far.turns);
        marks.into_inner().finish(started, checksum)
    }
}

/// A lock, and where it is told how long somebody stood before it.
struct Door<'a, N, S> {
    lock: &'a Mutex<()>,
    now: N,
    stood: S,
}

impl<N: Fn() -> Nanos, S: Fn(Nanos, Nanos)> Lock for Door<'_, N, S> {
    fn take(&self) -> MutexGuard<'_, ()> {
        for _ in 0..SPINS {
            if let Ok(held) = self.lock.try_lock() {
                return held;
            }
            spin_loop();
        }
        let from = (self.now)();
        let held = stand_before(self.lock);
        let until = (self.now)();
        if until.saturating_sub(from) >= STOOD_NANOS {
            (self.stood)(from, until);
        }
        held
    }
}

/// Nothing lies behind the lock that a panic could leave half done.
fn stand_before(lock: &Mutex<()>) -> MutexGuard<'_, ()> {
    lock.lock().unwrap_or_else(PoisonError::into_inner)
}

/// The lock of a task that is driven step by step: nobody marks how long it took.
struct Open<'a>(&'a Mutex<()>);

impl Lock for Open<'_> {
    fn take(&self) -> MutexGuard<'_, ()> {
        stand_before(self.0)
    }
}

/// A task as a kernel, driven step by step.
struct Turns {
    tally: Arc<Tally>,
    spec: TaskSpec,
    so_far: Progress,
}

/// The kernel of a task over this tally.
pub(super) fn kernel(spec: &TaskSpec, tally: Arc<Tally>) -> Box<dyn Kernel> {
    Box::new(Turns {
        tally,
        spec: spec.clone(),
        so_far: Progress::default(),
    })
}

impl Kernel for Turns {
    fn step(&mut self) -> Step {
        let tally = &*self.tally;
        let lock = Open(tally.lock(&self.spec));
        tally.chunk(&self.spec, &mut self.so_far, &lock);
        if self.so_far.is_over {
            let checksum = workloads::tally::checksum(&self.spec, self.so_far.turns);
            Step::Done(Output {
                checksum,
                tile: None,
            })
        } else {
            Step::Again
        }
    }
}
