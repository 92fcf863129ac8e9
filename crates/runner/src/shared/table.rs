//! Shakers on a table, and who holds and wants which: the state behind workload
//! `crossing`, without any waiting of its own.

use model::{Guard, Nanos};

/// Nothing was taken or put back for so long, and everyone in a circle waits
/// for the next: that never ends by itself.
pub(super) const QUIET_NANOS: Nanos = 2_000_000_000;

/// What was found when the wait was ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stuck {
    /// Time without any progress.
    pub(super) quiet_nanos: Nanos,
    /// Chefs in a circle: each waits for a shaker that the next one holds, the
    /// last one for one of the first.
    pub(super) circle: Vec<usize>,
}

/// As many shakers as chefs. Each chef needs the one of his own number and the
/// next one; after the last comes the first.
#[derive(Debug)]
pub(super) struct Table {
    /// By shaker: the chef who holds it.
    holders: Vec<Option<usize>>,
    /// By chef: the shaker that he stands still for.
    wants: Vec<Option<usize>>,
    /// Chefs who have begun.
    begun: usize,
    /// Tries done.
    progress: u32,
    /// When something was last taken or put back.
    changed_nanos: Nanos,
    stuck: Option<Stuck>,
}

/// The two shakers of a chef in the order in which he takes them: his own first,
/// or the one of the lower number first.
pub(super) fn order(guard: Guard, chef: usize, chefs: usize) -> (usize, usize) {
    let (own, next) = (chef, (chef + 1) % chefs.max(1));
    if guard == Guard::Crossed {
        (own, next)
    } else {
        (own.min(next), own.max(next))
    }
}

impl Table {
    pub(super) fn new(chefs: usize) -> Self {
        Self {
            holders: vec![None; chefs],
            wants: vec![None; chefs],
            begun: 0,
            progress: 0,
            changed_nanos: 0,
            stuck: None,
        }
    }

    /// One more chef is there; whether all are.
    pub(super) fn begin(&mut self, now: Nanos) {
        self.begun += 1;
        self.changed_nanos = self.changed_nanos.max(now);
    }

    pub(super) fn all_have_begun(&self) -> bool {
        self.begun >= self.holders.len()
    }

    /// Takes a shaker if it is free and nobody else has stood there before;
    /// otherwise the chef wants it from now on. Nothing is taken any more once
    /// the wait was ended.
    pub(super) fn take(&mut self, chef: usize, shaker: usize, now: Nanos) -> bool {
        if self.stuck.is_some() {
            return false;
        }
        let others = self.wants.iter().enumerate();
        let is_first = self.wants.get(chef).copied().flatten() == Some(shaker)
            || !others
                .clone()
                .any(|(other, wants)| other != chef && *wants == Some(shaker));
        let is_free = self.holders.get(shaker).is_some_and(Option::is_none);
        let takes = is_first && is_free;
        if let (true, Some(holder)) = (takes, self.holders.get_mut(shaker)) {
            *holder = Some(chef);
            self.changed_nanos = self.changed_nanos.max(now);
        }
        if let Some(wants) = self.wants.get_mut(chef) {
            *wants = (!takes).then_some(shaker);
        }
        takes
    }

    /// Puts everything back that a chef holds, and stops wanting.
    pub(super) fn put_back(&mut self, chef: usize, now: Nanos) {
        for holder in &mut self.holders {
            if *holder == Some(chef) {
                *holder = None;
            }
        }
        if let Some(wants) = self.wants.get_mut(chef) {
            *wants = None;
        }
        self.changed_nanos = self.changed_nanos.max(now);
    }

    /// A try is done.
    pub(super) fn progressed(&mut self) {
        self.progress += 1;
    }

    pub(super) fn progress(&self) -> u32 {
        self.progress
    }

    /// Whether every shaker is in somebody's hand.
    pub(super) fn all_are_held(&self) -> bool {
        self.holders.iter().all(Option::is_some)
    }

    /// Whether this can never go on: then everyone is to leave. Says so only
    /// after [`QUIET_NANOS`] without any change, and only with a circle.
    pub(super) fn is_stuck(&mut self, now: Nanos) -> bool {
        let quiet_nanos = now.saturating_sub(self.changed_nanos);
        if self.stuck.is_none() && quiet_nanos >= QUIET_NANOS {
            self.stuck = self.circle().map(|circle| Stuck {
                quiet_nanos,
                circle,
            });
        }
        self.stuck.is_some()
    }

    pub(super) fn stuck(&self) -> Option<&Stuck> {
        self.stuck.as_ref()
    }

    /// When the table should be looked at again at the latest.
    pub(super) fn due_nanos(&self, now: Nanos) -> Nanos {
        (self.changed_nanos + QUIET_NANOS).saturating_sub(now)
    }

    /// A circle in the graph of who waits for whom.
    fn circle(&self) -> Option<Vec<usize>> {
        let waits_for = |chef: usize| {
            let shaker = self.wants.get(chef).copied().flatten()?;
            self.holders.get(shaker).copied().flatten()
        };
        (0..self.wants.len()).find_map(|first| {
            let mut circle = vec![first];
            let mut chef = waits_for(first)?;
            while chef != first && circle.len() <= self.wants.len() {
                circle.push(chef);
                chef = waits_for(chef)?;
            }
            (chef == first).then_some(circle)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_in_his_own_order_makes_a_circle() {
        for chefs in 2..6 {
            let mut table = Table::new(chefs);
            let orders: Vec<_> = (0..chefs)
                .map(|chef| order(Guard::Crossed, chef, chefs))
                .collect();
            for (chef, (first, _)) in orders.iter().enumerate() {
                assert!(table.take(chef, *first, 10));
            }
            assert!(table.all_are_held());
            for (chef, (_, second)) in orders.iter().enumerate() {
                assert!(!table.take(chef, *second, 20));
            }
            assert!(!table.is_stuck(QUIET_NANOS), "too soon");
            assert!(table.is_stuck(QUIET_NANOS + 10));
            let circle: Vec<_> = (0..chefs).collect();
            assert_eq!(table.stuck().unwrap().circle, circle);
        }
    }

    #[test]
    fn in_one_order_somebody_can_always_go_on() {
        for chefs in 2..6 {
            let mut table = Table::new(chefs);
            let mut held = vec![0; chefs];
            // Whoever can, goes on by one; nobody ever finds a circle.
            for turn in 0..10 * chefs as u64 {
                let now = (turn + 1) * 3 * QUIET_NANOS;
                let before = table.progress();
                let mut moved = false;
                for (chef, held) in held.iter_mut().enumerate() {
                    let (first, second) = order(Guard::Ordered, chef, chefs);
                    match *held {
                        0 if table.take(chef, first, now) => *held = 1,
                        1 if table.take(chef, second, now) => *held = 2,
                        2 => {
                            table.put_back(chef, now);
                            table.progressed();
                            *held = 0;
                        }
                        _ => continue,
                    }
                    moved = true;
                }
                assert!(moved, "{chefs} after {before} tries");
                assert!(!table.is_stuck(now + QUIET_NANOS));
            }
            assert!(table.progress() > 0);
        }
    }

    #[test]
    fn who_stood_there_first_is_served_first() {
        let mut table = Table::new(2);
        assert!(table.take(0, 0, 1));
        assert!(!table.take(1, 0, 2));
        table.put_back(0, 3);
        assert!(!table.take(0, 0, 4));
        assert!(table.take(1, 0, 5));
        // Slow is not stuck.
        assert!(!table.is_stuck(9 * QUIET_NANOS));
        assert_eq!(table.stuck(), None);
    }
}
