//! How tasks reach the workers: from one queue, as a share fixed before the
//! start, or by stealing.
//!
//! What is dealt out are bundles of neighbouring tasks, numbered from 0, each
//! as large as [`Manner::batch`] says; the last may be smaller.

use model::{Deal, Manner};
use std::{collections::VecDeque, ops::Range};

/// A job list cut into bundles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bundles {
    n_tasks: usize,
    batch: usize,
}

impl Bundles {
    /// As the manner asks; a batch of 0 is one of 1.
    #[must_use]
    pub fn of(n_tasks: usize, manner: &Manner) -> Self {
        Self {
            n_tasks,
            batch: manner.batch.max(1) as usize,
        }
    }

    /// How many there are.
    #[must_use]
    pub const fn count(self) -> usize {
        self.n_tasks.div_ceil(self.batch)
    }

    /// The tasks of one; empty beyond the last.
    #[must_use]
    pub fn tasks(self, bundle: usize) -> Range<usize> {
        let start = bundle.saturating_mul(self.batch).min(self.n_tasks);
        start..start.saturating_add(self.batch).min(self.n_tasks)
    }
}

/// The bundles of each worker where they are dealt out before the start;
/// `None` where it is only known on the way who gets which.
///
/// A block is a stretch of neighbours, as equal in number as can be, the longer
/// ones first. Cyclic gives bundle `i` to worker `i` modulo their number.
#[must_use]
pub fn fixed(deal: Deal, count: usize, n_workers: usize) -> Option<Vec<VecDeque<usize>>> {
    let n_workers = n_workers.max(1);
    match deal {
        Deal::Queue | Deal::Stealing => None,
        Deal::Block => {
            let (each, longer) = (count / n_workers, count % n_workers);
            let start = |worker: usize| worker * each + worker.min(longer);
            let stretch = |worker| (start(worker)..start(worker + 1)).collect();
            Some((0..n_workers).map(stretch).collect())
        }
        Deal::Cyclic => {
            let of = |worker| (worker..count).step_by(n_workers).collect();
            Some((0..n_workers).map(of).collect())
        }
    }
}

#[cfg(feature = "rayon")]
pub use threads::{Hand, deal_out};

#[cfg(feature = "rayon")]
mod threads {
    use super::{Bundles, fixed};
    use model::Deal;
    use std::{ops::Range, sync::Arc};

    /// Does the task of this index on the calling thread.
    pub type Hand = Arc<dyn Fn(usize) + Send + Sync>;

    /// Deals tasks out to the threads of a pool and returns at once; `spawn` puts a
    /// closure into its shared queue, whose first is taken out first.
    ///
    /// A fixed share is done by the thread it was dealt to and by no other, from
    /// its first bundle to its last. Stealing is rayon's own: one half of the tasks
    /// is laid out to be taken while the other is split further, down to a bundle.
    pub fn deal_out(
        deal: Deal,
        bundles: Bundles,
        n_threads: usize,
        spawn: impl Fn(Box<dyn FnOnce() + Send>),
        hand: &Hand,
    ) {
        if let Some(shares) = fixed(deal, bundles.count(), n_threads) {
            let hand = Arc::clone(hand);
            let shift = move |context: rayon::BroadcastContext<'_>| {
                let share = shares.get(context.index());
                for bundle in share.into_iter().flatten() {
                    bundles.tasks(*bundle).for_each(&*hand);
                }
            };
            // Inside the pool, so that it is this one whose threads are called.
            spawn(Box::new(move || rayon::spawn_broadcast(shift)));
            return;
        }
        if deal == Deal::Stealing {
            let hand = Arc::clone(hand);
            spawn(Box::new(move || {
                halve(bundles, 0..bundles.count(), &*hand);
            }));
            return;
        }
        for bundle in 0..bundles.count() {
            let hand = Arc::clone(hand);
            spawn(Box::new(move || bundles.tasks(bundle).for_each(&*hand)));
        }
    }

    fn halve(bundles: Bundles, range: Range<usize>, hand: &(dyn Fn(usize) + Send + Sync)) {
        if range.len() <= 1 {
            range
                .flat_map(|bundle| bundles.tasks(bundle))
                .for_each(hand);
            return;
        }
        let middle = range.start + range.len().div_ceil(2);
        rayon::join(
            || halve(bundles, range.start..middle, hand),
            || halve(bundles, middle..range.end, hand),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn bundles(n_tasks: usize, batch: u32) -> Bundles {
        let manner = Manner {
            batch,
            ..Manner::default()
        };
        Bundles::of(n_tasks, &manner)
    }

    #[test]
    fn bundles_hold_every_task_once_and_in_order() {
        for n_tasks in [0, 1, 7, 64, 65] {
            for batch in [0, 1, 3, 64, 1_000] {
                let bundles = bundles(n_tasks, batch);
                let all = (0..bundles.count()).flat_map(|bundle| bundles.tasks(bundle));
                assert!(all.eq(0..n_tasks), "{n_tasks} by {batch}");
            }
        }
        assert_eq!(bundles(7, 3).count(), 3);
        assert!(bundles(7, 3).tasks(3).is_empty());
    }

    #[test]
    fn fixed_shares_are_as_equal_as_can_be() {
        assert_eq!(
            fixed(Deal::Block, 7, 3).unwrap(),
            [vec![0, 1, 2], vec![3, 4], vec![5, 6]]
        );
        assert_eq!(
            fixed(Deal::Cyclic, 7, 3).unwrap(),
            [vec![0, 3, 6], vec![1, 4], vec![2, 5]]
        );
        assert_eq!(fixed(Deal::Block, 1, 2).unwrap(), [vec![0], vec![]]);
        assert_eq!(fixed(Deal::Queue, 7, 3), None);
        assert_eq!(fixed(Deal::Stealing, 7, 3), None);
    }
}
