//! What the executor did to each task: polled, pending, woken, done.

use crate::{executor::Observe, ports::Clock};
use model::Nanos;
use std::cell::RefCell;

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
}

impl<C: Clock> Lives<C> {
    /// Room for tasks `0..n_tasks`. `poke` is called at every wake, so that the
    /// owner of the event loop can ask for a turn; it must be cheap.
    #[must_use]
    pub fn new(clock: C, n_tasks: usize, poke: Box<dyn Fn()>) -> Self {
        Self {
            clock,
            poke,
            lives: RefCell::new(vec![Life::default(); n_tasks]),
        }
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
}

impl<C: Clock> Observe for Lives<C> {
    fn woken(&self, task: u32) {
        let now = self.clock.now_nanos();
        if let Some(life) = self.lives.borrow_mut().get_mut(task as usize) {
            life.wakes += 1;
            life.woken_nanos = now;
        }
        (self.poke)();
    }

    fn polled(&self, task: u32) {
        if let Some(life) = self.lives.borrow_mut().get_mut(task as usize) {
            life.polls += 1;
        }
    }
}
