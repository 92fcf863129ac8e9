//! What the executor did to each task, one entry a deed.

use model::{Deed, Nanos, TaskEvent};
use std::{
    cell::{Cell, RefCell},
    future::{Future, poll_fn},
    pin::Pin,
};

/// Deeds a run has room for: more than a picture of them can show.
pub const MOST_EVENTS: usize = 1 << 17;

/// A buffer of fixed size: nothing is allocated while a run is timed.
pub struct Journal {
    events: RefCell<Vec<TaskEvent>>,
    dropped: Cell<u32>,
}

impl Journal {
    /// An empty one with room for [`MOST_EVENTS`].
    #[must_use]
    pub fn new() -> Self {
        Self {
            events: RefCell::new(Vec::with_capacity(MOST_EVENTS)),
            dropped: Cell::new(0),
        }
    }

    /// Writes a deed down; what does not fit is counted.
    pub fn note(&self, task: u32, deed: Deed, at_nanos: Nanos) {
        let mut events = self.events.borrow_mut();
        if events.len() < events.capacity() {
            events.push(TaskEvent {
                task,
                at_nanos,
                deed,
            });
        } else {
            self.dropped.set(self.dropped.get() + 1);
        }
    }

    /// What was written down so far, and how much did not fit.
    #[must_use]
    pub fn read(&self) -> (Vec<TaskEvent>, u32) {
        (self.events.borrow().clone(), self.dropped.get())
    }
}

impl Default for Journal {
    fn default() -> Self {
        Self::new()
    }
}

/// Polls `work` and writes down when a poll of it began and how it ended.
///
/// Around the work of a task and not in the executor: there a task of many
/// dishes, awaited one after another, is one task, and runs that are not
/// watched need not ask.
pub async fn watched<F: Future>(
    mut work: Pin<Box<F>>,
    task: u32,
    journal: &Journal,
    now_nanos: impl Fn() -> Nanos,
) -> F::Output {
    poll_fn(|context| {
        journal.note(task, Deed::Polled, now_nanos());
        let poll = work.as_mut().poll(context);
        let deed = if poll.is_ready() {
            Deed::Done
        } else {
            Deed::Pending
        };
        journal.note(task, deed, now_nanos());
        poll
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_does_not_fit_is_counted() {
        let journal = Journal::new();
        let room = journal.events.borrow().capacity();
        assert!(room >= MOST_EVENTS);
        for at in 0..room as u64 + 3 {
            journal.note(1, Deed::Woken, at);
        }
        let (events, dropped) = journal.read();
        assert_eq!((events.len(), dropped), (room, 3));
        assert_eq!(events.last().unwrap().at_nanos, room as u64 - 1);
    }
}
