//! `messages` and `hybrid`: who gets which task, and what a message worker does.

use crate::{cook::Ticks, log::Finished};
use model::{Manner, Span, Stall, TaskEvent, Tile};
use serde::{Deserialize, Serialize};

/// How tasks reach message workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// One at a time, and `ahead` more in the worker's mailbox, so that it need
    /// not wait a round trip (about 0.1 ms) between tasks.
    OneByOne {
        /// Messages ahead.
        ahead: u32,
    },
    /// All at the start, dealt out in turn.
    Dealt,
}

/// Decides which worker gets which task. Pure: the transport is elsewhere.
#[derive(Debug)]
pub struct Dispatcher {
    next: u32,
    n_tasks: u32,
    n_workers: u32,
    share: Share,
}

impl Dispatcher {
    /// For tasks `0..n_tasks` and workers `0..n_workers`.
    #[must_use]
    pub const fn new(n_tasks: u32, n_workers: u32, share: Share) -> Self {
        Self {
            next: 0,
            n_tasks,
            n_workers,
            share,
        }
    }

    /// What each worker is sent at the start, in order; a worker may get none.
    pub fn first(&mut self) -> Vec<Vec<u32>> {
        let mut mail = vec![Vec::new(); self.n_workers as usize];
        let fill = match self.share {
            Share::Dealt => self.n_tasks,
            // Few tasks are not sent ahead: the last one would sit in a busy
            // worker's mailbox while another idles.
            Share::OneByOne { ahead } if self.n_tasks >= 4 * self.n_workers => {
                self.n_workers * (1 + ahead)
            }
            Share::OneByOne { .. } => self.n_workers,
        };
        while self.next < self.n_tasks.min(fill) {
            let worker = self.next % self.n_workers.max(1);
            if let Some(mailbox) = mail.get_mut(worker as usize) {
                mailbox.push(self.next);
            }
            self.next += 1;
        }
        mail
    }

    /// The task to send to a worker that has just ended one.
    pub fn hand_out(&mut self) -> Option<u32> {
        let task = self.next;
        (task < self.n_tasks).then(|| {
            self.next += 1;
            task
        })
    }
}

/// A finished task as it travels.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Parcel {
    /// Task id.
    pub task: u32,
    /// Shared clock.
    pub started_nanos: u64,
    /// Shared clock.
    pub finished_nanos: u64,
    /// Time on a core.
    pub busy_nanos: u64,
    /// Times polled.
    pub polls: u32,
    /// Times woken.
    pub wakes: u32,
    /// Proof of work.
    pub checksum: u64,
    /// What it painted.
    pub tile: Option<Tile>,
}

impl Parcel {
    /// Packs a result.
    #[must_use]
    pub fn pack(finished: Finished) -> Self {
        Self {
            task: finished.task,
            started_nanos: finished.started_nanos,
            finished_nanos: finished.finished_nanos,
            busy_nanos: finished.busy_nanos,
            polls: finished.polls,
            wakes: finished.wakes,
            checksum: finished.checksum,
            tile: finished.tile,
        }
    }

    /// Unpacks it on the lane of the worker it came from.
    #[must_use]
    pub fn unpack(self, lane_idx: u32) -> Finished {
        Finished {
            task: self.task,
            lane_idx,
            started_nanos: self.started_nanos,
            finished_nanos: self.finished_nanos,
            busy_nanos: self.busy_nanos,
            polls: self.polls,
            wakes: self.wakes,
            checksum: self.checksum,
            tile: self.tile,
        }
    }
}

/// What a message worker sends back: spans on the shared clock, lane index 0.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Cooked {
    /// Finished tasks.
    pub parcels: Vec<Parcel>,
    /// What happened.
    pub spans: Vec<Span>,
    /// Spans and events that did not fit.
    pub dropped: u32,
    /// What its executor did to each task, on the shared clock.
    pub events: Vec<TaskEvent>,
    /// Polls that were too long, on the shared clock.
    pub stalls: Vec<Stall>,
}

/// How a worker is to treat what it is sent.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Interleave all tasks of the message on the worker's own event loop,
    /// giving way after this many steps; `None`: one after another.
    pub interleave: Option<u32>,
    /// Anything else about how the tasks are treated.
    pub manner: Manner,
    /// Length of a step.
    pub step_nanos: u64,
    /// Gap that counts as off core.
    pub gap_nanos: u64,
}

impl Order {
    /// The ticks of this order.
    #[must_use]
    pub const fn ticks(&self) -> Ticks {
        Ticks {
            step_nanos: self.step_nanos,
            gap_nanos: self.gap_nanos,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn everything(n_tasks: u32, n_workers: u32, share: Share) -> Vec<u32> {
        let mut dispatcher = Dispatcher::new(n_tasks, n_workers, share);
        let mut sent: Vec<u32> = dispatcher.first().concat();
        while let Some(task) = dispatcher.hand_out() {
            sent.push(task);
        }
        sent.sort_unstable();
        sent
    }

    #[test]
    fn every_task_is_sent_exactly_once() {
        for n_tasks in [0, 1, 2, 7, 8, 33] {
            for n_workers in [1, 2, 3, 8] {
                for share in [Share::Dealt, Share::OneByOne { ahead: 1 }] {
                    let sent = everything(n_tasks, n_workers, share);
                    assert_eq!(sent, (0..n_tasks).collect::<Vec<_>>());
                }
            }
        }
    }

    #[test]
    fn few_tasks_are_not_hoarded() {
        let mut dispatcher = Dispatcher::new(4, 2, Share::OneByOne { ahead: 1 });
        assert_eq!(dispatcher.first(), [vec![0], vec![1]]);
    }

    #[test]
    fn hybrid_deals_in_turn() {
        let mut dispatcher = Dispatcher::new(5, 2, Share::Dealt);
        assert_eq!(dispatcher.first(), [vec![0, 2, 4], vec![1, 3]]);
        assert_eq!(dispatcher.hand_out(), None);
    }
}
