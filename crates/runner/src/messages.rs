//! `messages` and `hybrid`: who gets which task, and what a message worker does.

use crate::{
    cook::Ticks,
    dealing::{Bundles, fixed},
    log::Finished,
};
use model::{Manner, Span, Stall, TaskEvent, Tile};
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;

/// How tasks reach message workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Share {
    /// One bundle at a time, and `ahead` more in the worker's mailbox, so that it
    /// need not wait a round trip (about 0.1 ms) between bundles.
    OneByOne {
        /// Messages ahead.
        ahead: u32,
    },
    /// All at the start in one message, dealt out in turn.
    Dealt,
}

/// The tasks of one message.
pub type Mail = Vec<u32>;

/// Decides which worker gets which task. Pure: the transport is elsewhere.
///
/// Without shared memory nobody can take what lies before another: stealing is
/// one queue for all.
#[derive(Debug)]
pub struct Dispatcher {
    bundles: Bundles,
    n_workers: usize,
    share: Share,
    lines: Lines,
}

/// Bundles that were not sent yet.
#[derive(Debug)]
enum Lines {
    /// One line for all: its head.
    Shared(usize),
    /// One for each worker.
    Own(Vec<VecDeque<usize>>),
}

impl Dispatcher {
    /// For tasks `0..n_tasks` and workers `0..n_workers`. Of the manner, `deal`
    /// and `batch` count where they are sent one by one.
    #[must_use]
    pub fn new(n_tasks: u32, n_workers: u32, share: Share, manner: &Manner) -> Self {
        let (n_tasks, n_workers) = (n_tasks as usize, n_workers as usize);
        let bundles = match share {
            Share::OneByOne { .. } => Bundles::of(n_tasks, manner),
            Share::Dealt => Bundles::of(n_tasks, &Manner::default()),
        };
        let own = match share {
            Share::OneByOne { .. } => fixed(manner.deal, bundles.count(), n_workers),
            Share::Dealt => None,
        };
        Self {
            bundles,
            n_workers,
            share,
            lines: own.map_or(Lines::Shared(0), Lines::Own),
        }
    }

    /// What each worker is sent at the start, message by message; a worker may
    /// get none.
    pub fn first(&mut self) -> Vec<Vec<Mail>> {
        let mut mail: Vec<Vec<Mail>> = vec![Vec::new(); self.n_workers];
        let count = self.bundles.count();
        let rounds = match (self.share, &self.lines) {
            (Share::Dealt, _) => count.div_ceil(self.n_workers.max(1)),
            (Share::OneByOne { ahead }, Lines::Own(_)) => 1 + ahead as usize,
            // Few bundles are not sent ahead: the last one would sit in a busy
            // worker's mailbox while another idles.
            (Share::OneByOne { ahead }, Lines::Shared(_)) if count >= 4 * self.n_workers => {
                1 + ahead as usize
            }
            (Share::OneByOne { .. }, Lines::Shared(_)) => 1,
        };
        for _ in 0..rounds {
            for (worker, mailbox) in mail.iter_mut().enumerate() {
                mailbox.extend(self.hand_out(worker));
            }
        }
        if self.share == Share::Dealt {
            for mailbox in &mut mail {
                let all = mailbox.concat();
                *mailbox = Some(all)
                    .filter(|all| !all.is_empty())
                    .into_iter()
                    .collect();
            }
        }
        mail
    }

    /// The message to send to a worker that has just answered one.
    pub fn hand_out(&mut self, worker: usize) -> Option<Mail> {
        let bundle = match &mut self.lines {
            Lines::Shared(head) => {
                let bundle = *head;
                *head += 1;
                bundle
            }
            Lines::Own(lines) => lines.get_mut(worker)?.pop_front()?,
        };
        let tasks = self.bundles.tasks(bundle).map(|task| task as u32);
        Some(tasks.collect()).filter(|mail: &Mail| !mail.is_empty())
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
    use model::Deal;

    const AHEAD: Share = Share::OneByOne { ahead: 1 };

    fn manner(deal: Deal, batch: u32) -> Manner {
        Manner {
            deal,
            batch,
            ..Manner::default()
        }
    }

    /// What each worker is sent, if they answer in turn.
    fn everything(n_tasks: u32, n_workers: u32, share: Share, manner: &Manner) -> Vec<Vec<Mail>> {
        let mut dispatcher = Dispatcher::new(n_tasks, n_workers, share, manner);
        let mut sent = dispatcher.first();
        loop {
            let mut is_over = true;
            for (worker, mail) in sent.iter_mut().enumerate() {
                let more = dispatcher.hand_out(worker);
                is_over &= more.is_none();
                mail.extend(more);
            }
            if is_over {
                return sent;
            }
        }
    }

    #[test]
    fn every_task_is_sent_exactly_once() {
        for n_tasks in [0, 1, 2, 7, 8, 33] {
            for n_workers in [1, 2, 3, 8] {
                for deal in Deal::ALL {
                    for batch in [0, 1, 2, 5, 64] {
                        for share in [Share::Dealt, AHEAD] {
                            let manner = manner(deal, batch);
                            let sent = everything(n_tasks, n_workers, share, &manner);
                            assert!(sent.iter().flatten().all(|mail| !mail.is_empty()));
                            let mut sent = sent.concat().concat();
                            sent.sort_unstable();
                            assert_eq!(sent, (0..n_tasks).collect::<Vec<_>>());
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn few_tasks_are_not_hoarded() {
        let mut dispatcher = Dispatcher::new(4, 2, AHEAD, &Manner::default());
        assert_eq!(dispatcher.first(), [vec![vec![0]], vec![vec![1]]]);
        let mut dispatcher = Dispatcher::new(8, 2, AHEAD, &Manner::default());
        assert_eq!(
            dispatcher.first(),
            [vec![vec![0], vec![2]], vec![vec![1], vec![3]]]
        );
    }

    #[test]
    fn fixed_shares_stay_with_their_worker_whoever_answers_first() {
        let first_of = |deal, batch| {
            let mut dispatcher = Dispatcher::new(8, 2, AHEAD, &manner(deal, batch));
            let mut sent = dispatcher.first();
            // The first worker is so fast that the other gets no word in.
            while let Some(mail) = dispatcher.hand_out(0) {
                sent[0].push(mail);
            }
            sent[0].concat()
        };
        assert_eq!(first_of(Deal::Block, 1), [0, 1, 2, 3]);
        assert_eq!(first_of(Deal::Cyclic, 1), [0, 2, 4, 6]);
        assert_eq!(first_of(Deal::Cyclic, 2), [0, 1, 4, 5]);
        assert_eq!(first_of(Deal::Queue, 1), [0, 2, 4, 5, 6, 7]);
        assert_eq!(first_of(Deal::Stealing, 1), first_of(Deal::Queue, 1));
    }

    #[test]
    fn several_tasks_travel_in_one_message() {
        let manner = manner(Deal::Queue, 3);
        assert_eq!(
            everything(7, 2, AHEAD, &manner),
            [vec![vec![0, 1, 2], vec![6]], vec![vec![3, 4, 5]]]
        );
    }

    #[test]
    fn hybrid_deals_in_turn() {
        let mut dispatcher = Dispatcher::new(5, 2, Share::Dealt, &Manner::default());
        assert_eq!(dispatcher.first(), [vec![vec![0, 2, 4]], vec![vec![1, 3]]]);
        assert_eq!(dispatcher.hand_out(0), None);
    }
}
