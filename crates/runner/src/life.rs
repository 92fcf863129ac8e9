//! What the executor did to each task: counts, and where wanted every deed.

use crate::{executor::Observe, journal::Journal, ports::Clock};
use model::{Deed, Nanos, STALL_NANOS, Stall};
use std::cell::{Cell, OnceCell, RefCell};

/// Counts and last wake of one task.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Life {
    /// Times polled; each poll that did not finish ended pending.
    pub polls: u32,
    /// Times put at the end of the queue, the first time included.
    pub wakes: u32,
    /// When it was last put there, on the shared clock.
    pub woken_nanos: Nanos,
}

/// An observer that keeps a [`Life`] per task.
pub struct Lives<C> {
    clock: C,
    poke: Box<dyn Fn()>,
    lives: RefCell<Vec<Life>>,
    journal: Option<Journal>,
    /// Number from which on a task of the executor is none of the run's: it
    /// stands for the one that it awaits in place, if any.
    own: u32,
    in_place: Cell<Option<u32>>,
    /// The task of the run that has the thread, and since when.
    at_work: Cell<Option<u32>>,
    since_nanos: Cell<Nanos>,
    stalls: RefCell<Vec<Stall>>,
    announce: OnceCell<Box<dyn Fn(u32)>>,
}

impl<C: Clock> Lives<C> {
    /// Room for tasks `0..n_tasks` of the run, and one that awaits them. `poke`
    /// is called at every wake, so that the owner of the event loop can ask for
    /// a turn; it must be cheap.
    #[must_use]
    pub fn new(clock: C, n_tasks: usize, poke: Box<dyn Fn()>) -> Self {
        Self {
            clock,
            poke,
            lives: RefCell::new(vec![Life::default(); n_tasks + 1]),
            journal: None,
            own: n_tasks as u32,
            in_place: Cell::new(None),
            at_work: Cell::new(None),
            since_nanos: Cell::new(0),
            stalls: RefCell::default(),
            announce: OnceCell::new(),
        }
    }

    /// The same, which also writes every deed down if that is wanted.
    #[must_use]
    pub fn writing(mut self, is_wanted: bool) -> Self {
        self.journal = is_wanted.then(Journal::new);
        self
    }

    /// The life of a task so far.
    #[must_use]
    pub fn of(&self, task: u32) -> Life {
        self.lives
            .borrow()
            .get(task as usize)
            .copied()
            .unwrap_or_default()
    }

    /// Where deeds are written down, if they are.
    #[must_use]
    pub const fn journal(&self) -> Option<&Journal> {
        self.journal.as_ref()
    }

    /// Number of the executor's task that awaits the others.
    #[must_use]
    pub const fn own_number(&self) -> u32 {
        self.own
    }

    /// That task goes on with a task of the run in place: nothing puts it into
    /// the queue, so its turn has come when it is called.
    pub fn begins_in_place(&self, task: u32) {
        let now = self.clock.now_nanos();
        self.gave_way(now);
        self.in_place.set(Some(task));
        self.at_work.set(Some(task));
        if let Some(journal) = &self.journal {
            journal.note(task, Deed::Woken, now);
        }
        self.tell(task);
    }

    /// And has ended it.
    pub fn ends_in_place(&self) {
        self.in_place.set(None);
    }

    /// A turn of the event loop begins.
    pub fn turn_begins(&self, now_nanos: Nanos) {
        self.since_nanos.set(now_nanos);
    }

    /// A poll has ended. One that was too long is written down.
    pub fn gave_way(&self, now_nanos: Nanos) {
        let start_nanos = self.since_nanos.replace(now_nanos);
        let len_nanos = now_nanos.saturating_sub(start_nanos);
        if len_nanos > STALL_NANOS
            && let Some(task) = self.at_work.get()
        {
            self.stalls.borrow_mut().push(Stall {
                task,
                start_nanos,
                len_nanos,
            });
        }
    }

    /// Polls that were too long, on the shared clock.
    #[must_use]
    pub fn stalls(&self) -> Vec<Stall> {
        self.stalls.borrow().clone()
    }

    /// From now on `tell` is called before the first poll of each task, for
    /// tasks that may never give the thread back. Only the first call counts.
    pub fn announce(&self, tell: Box<dyn Fn(u32)>) {
        let _ = self.announce.set(tell);
    }

    fn tell(&self, task: u32) {
        if let Some(tell) = self.announce.get() {
            tell(task);
        }
    }

    /// The task of the run behind one of the executor.
    fn name_of(&self, number: u32) -> Option<u32> {
        if number < self.own {
            Some(number)
        } else {
            self.in_place.get()
        }
    }
}

impl<C: Clock> Observe for Lives<C> {
    fn woken(&self, number: u32) {
        let now = self.clock.now_nanos();
        if let Some(life) = self.lives.borrow_mut().get_mut(number as usize) {
            life.wakes += 1;
            life.woken_nanos = now;
        }
        if let Some(journal) = &self.journal
            && let Some(task) = self.name_of(number)
        {
            journal.note(task, Deed::Woken, now);
        }
        (self.poke)();
    }

    fn polled(&self, number: u32) {
        let mut is_first = false;
        if let Some(life) = self.lives.borrow_mut().get_mut(number as usize) {
            life.polls += 1;
            is_first = life.polls == 1;
        }
        self.at_work.set(self.name_of(number));
        if is_first && number < self.own {
            self.tell(number);
        }
    }
}
