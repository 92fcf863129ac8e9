//! Every order in which a few workers can take their steps on one shared counter.
//!
//! A worker's program is a fixed row of steps; within it they keep their order,
//! between workers any order is possible. Two workers of three steps each have
//! 6! / (3! 3!) = 20 orders. They are all tried, so what is said of them is not a
//! sample. It says nothing of how often each happens on a machine.

use model::Guard;
use std::collections::BTreeMap;

/// Most workers.
pub const MOST_WORKERS: usize = 3;
/// Most additions of each worker.
pub const MOST_TURNS: usize = 2;

/// One step, which nobody else can split.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Looks at the counter and remembers its number.
    Read,
    /// Adds one to the number it remembers.
    Add,
    /// Writes the number it remembers.
    Write,
    /// Adds one to the counter itself.
    AddAtOnce,
    /// Takes a lock, once nobody has it.
    Lock(usize),
    /// Gives the lock back.
    Unlock(usize),
}

/// A few workers with one counter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Game {
    guard: Guard,
    workers: usize,
    turns: usize,
}

/// Where everybody is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Moment {
    /// What the counter shows.
    pub tally: u32,
    /// What each worker remembers.
    pub heads: Vec<Option<u32>>,
    /// Steps each worker has taken.
    pub taken: Vec<usize>,
    /// Who has each lock.
    pub holders: [Option<usize>; 2],
}

/// One whole order and what comes of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The worker who takes each step, from 0.
    pub steps: Vec<usize>,
    /// What the counter shows at the end.
    pub tally: u32,
}

impl Game {
    /// `workers` with `turns` additions each, at least one of both and no more than
    /// [`MOST_WORKERS`] and [`MOST_TURNS`]; three workers add once. The guards of a
    /// counter are [`Guard::Loose`], [`Guard::Atomic`], [`Guard::Mutex`] and
    /// [`Guard::TwoLocks`]; any other is taken as loose.
    #[must_use]
    pub fn new(guard: Guard, workers: usize, turns: usize) -> Self {
        let workers = workers.clamp(1, MOST_WORKERS);
        let most = if workers > 2 { 1 } else { MOST_TURNS };
        Self {
            guard,
            workers,
            turns: turns.clamp(1, most),
        }
    }

    /// Workers.
    #[must_use]
    pub const fn workers(&self) -> usize {
        self.workers
    }

    /// What the counter shows if nothing is lost.
    #[must_use]
    pub const fn wanted(&self) -> u32 {
        (self.workers * self.turns) as u32
    }

    /// The steps of a worker, in order.
    #[must_use]
    pub fn program(&self, worker: usize) -> Vec<Act> {
        let addition = [Act::Read, Act::Add, Act::Write];
        let once: Vec<Act> = match self.guard {
            Guard::Atomic => vec![Act::AddAtOnce],
            Guard::Mutex | Guard::TwoLocks => {
                let lock = if self.guard == Guard::TwoLocks {
                    worker % 2
                } else {
                    0
                };
                let mut locked = vec![Act::Lock(lock)];
                locked.extend(addition);
                locked.push(Act::Unlock(lock));
                locked
            }
            _ => addition.into(),
        };
        once.repeat(self.turns)
    }

    /// Before the first step.
    #[must_use]
    pub fn start(&self) -> Moment {
        Moment {
            tally: 0,
            heads: vec![None; self.workers],
            taken: vec![0; self.workers],
            holders: [None; 2],
        }
    }

    /// The next step of a worker; `None` if it has none left.
    #[must_use]
    pub fn next(&self, moment: &Moment, worker: usize) -> Option<Act> {
        let taken = *moment.taken.get(worker)?;
        self.program(worker).get(taken).copied()
    }

    /// Whether a worker can take its next step: it has one, and stands before no
    /// lock of another.
    #[must_use]
    pub fn can(&self, moment: &Moment, worker: usize) -> bool {
        match self.next(moment, worker) {
            Some(Act::Lock(lock)) => moment.holders.get(lock).is_some_and(Option::is_none),
            next => next.is_some(),
        }
    }

    /// A worker takes its next step; what it was. Nothing changes if it cannot.
    pub fn take(&self, moment: &mut Moment, worker: usize) -> Option<Act> {
        let act = self.next(moment, worker)?;
        if !self.can(moment, worker) {
            return None;
        }
        let head = moment.heads.get_mut(worker)?;
        match act {
            Act::Read => *head = Some(moment.tally),
            Act::Add => *head = head.map(|number| number + 1),
            // What is written is what it remembers; it remembers it no longer.
            Act::Write => moment.tally = head.take()?,
            Act::AddAtOnce => moment.tally += 1,
            Act::Lock(lock) => *moment.holders.get_mut(lock)? = Some(worker),
            Act::Unlock(lock) => *moment.holders.get_mut(lock)? = None,
        }
        *moment.taken.get_mut(worker)? += 1;
        Some(act)
    }

    /// Whether everybody is done.
    #[must_use]
    pub fn is_over(&self, moment: &Moment) -> bool {
        (0..self.workers).all(|worker| self.next(moment, worker).is_none())
    }

    /// The moment after these steps; those that nobody could take are left out.
    #[must_use]
    pub fn after(&self, order: &[usize]) -> Moment {
        let mut moment = self.start();
        for worker in order {
            self.take(&mut moment, *worker);
        }
        moment
    }

    /// Every order that begins with these steps, the earlier worker first.
    #[must_use]
    pub fn orders(&self, first: &[usize]) -> Vec<Order> {
        let mut found = Vec::new();
        let mut order = first.to_vec();
        self.extend(&self.after(first), &mut order, &mut found);
        found
    }

    fn extend(&self, moment: &Moment, order: &mut Vec<usize>, found: &mut Vec<Order>) {
        if self.is_over(moment) {
            found.push(Order {
                steps: order.clone(),
                tally: moment.tally,
            });
            return;
        }
        for worker in 0..self.workers {
            let mut then = moment.clone();
            if self.take(&mut then, worker).is_some() {
                order.push(worker);
                self.extend(&then, order, found);
                order.pop();
            }
        }
    }
}

/// How many of these orders end with each number on the counter.
#[must_use]
pub fn ends(orders: &[Order]) -> BTreeMap<u32, usize> {
    let mut ends = BTreeMap::new();
    for order in orders {
        *ends.entry(order.tally).or_default() += 1;
    }
    ends
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all(guard: Guard, workers: usize, turns: usize) -> Vec<(u32, usize)> {
        let orders = Game::new(guard, workers, turns).orders(&[]);
        ends(&orders).into_iter().collect()
    }

    /// Orders of rows of steps that keep nobody out: a multinomial coefficient.
    fn mixtures(rows: &[u64]) -> u64 {
        let factorial = |n: u64| (1..=n).product::<u64>();
        let all = factorial(rows.iter().sum());
        rows.iter().fold(all, |all, row| all / factorial(*row))
    }

    #[test]
    fn all_orders_are_found_once() {
        let counts = [
            (Guard::Loose, 2, 1, mixtures(&[3, 3])),
            (Guard::Loose, 2, 2, mixtures(&[6, 6])),
            (Guard::Loose, 3, 1, mixtures(&[3, 3, 3])),
            (Guard::Atomic, 3, 1, 6),
            (Guard::TwoLocks, 2, 1, mixtures(&[5, 5])),
            // Behind one lock only whole additions can be in another order.
            (Guard::Mutex, 2, 1, 2),
            (Guard::Mutex, 2, 2, 6),
            (Guard::Mutex, 3, 1, 6),
        ];
        for (guard, workers, turns, wanted) in counts {
            let mut orders = Game::new(guard, workers, turns).orders(&[]);
            assert_eq!(orders.len() as u64, wanted, "{guard:?} {workers} {turns}");
            orders.sort_by(|a, b| a.steps.cmp(&b.steps));
            orders.dedup_by(|a, b| a.steps == b.steps);
            assert_eq!(orders.len() as u64, wanted, "{guard:?} twice");
        }
    }

    /// Whoever reads before the other has written loses one. Two chefs: only
    /// those two orders are right in which one is done before the other begins to
    /// read, so that the write of the first comes before the read of the second.
    #[test]
    fn two_chefs_get_it_right_in_two_of_twenty_orders() {
        assert_eq!(all(Guard::Loose, 2, 1), [(1, 18), (2, 2)]);
        let game = Game::new(Guard::Loose, 2, 1);
        let right = |order: &&Order| order.tally == 2;
        let orders = game.orders(&[]);
        let right: Vec<_> = orders.iter().filter(right).map(|it| &it.steps).collect();
        assert_eq!(right, [&[0, 0, 0, 1, 1, 1], &[1, 1, 1, 0, 0, 0]]);
    }

    /// Held against a count of another kind: states by how many ways lead there.
    #[test]
    fn the_ends_are_those_of_a_count_state_by_state() {
        for (workers, turns) in [(2, 1), (2, 2), (3, 1)] {
            let game = Game::new(Guard::Loose, workers, turns);
            let mut states = vec![(game.start(), 1_usize)];
            for _ in 0..game.program(0).len() * workers {
                let mut after: Vec<(Moment, usize)> = Vec::new();
                for (moment, ways) in states {
                    for worker in 0..workers {
                        let mut then = moment.clone();
                        if game.take(&mut then, worker).is_none() {
                            continue;
                        }
                        match after.iter_mut().find(|(known, _)| *known == then) {
                            Some((_, known)) => *known += ways,
                            None => after.push((then, ways)),
                        }
                    }
                }
                states = after;
            }
            let mut ends = BTreeMap::new();
            for (moment, ways) in states {
                *ends.entry(moment.tally).or_default() += ways;
            }
            let ends: Vec<(u32, usize)> = ends.into_iter().collect();
            assert_eq!(all(Guard::Loose, workers, turns), ends);
        }
        // A number from the very beginning can be written at the very end.
        assert_eq!(all(Guard::Loose, 2, 2)[0].0, 2);
        assert_eq!(all(Guard::Loose, 3, 1)[0].0, 1);
    }

    #[test]
    fn what_keeps_others_out_keeps_the_count() {
        for guard in [Guard::Atomic, Guard::Mutex] {
            for (workers, turns) in [(2, 1), (2, 2), (3, 1)] {
                let ends = all(guard, workers, turns);
                let wanted = (workers * turns) as u32;
                assert_eq!(ends.len(), 1, "{guard:?} {ends:?}");
                assert_eq!(ends[0].0, wanted, "{guard:?}");
            }
        }
        let two = all(Guard::TwoLocks, 2, 1);
        assert!(two.iter().any(|(tally, orders)| *tally == 1 && *orders > 0));
    }

    #[test]
    fn a_lock_is_waited_for() {
        let game = Game::new(Guard::Mutex, 2, 1);
        let mut moment = game.after(&[0]);
        assert_eq!(moment.holders, [Some(0), None]);
        assert!(!game.can(&moment, 1));
        let before = moment.clone();
        assert_eq!(game.take(&mut moment, 1), None);
        assert_eq!(moment, before);
        let moment = game.after(&[0, 0, 0, 0, 0]);
        assert_eq!((moment.tally, game.can(&moment, 1)), (1, true));
        assert_eq!(game.next(&moment, 0), None);
    }

    #[test]
    fn what_can_still_come_of_a_beginning() {
        let game = Game::new(Guard::Loose, 2, 1);
        assert_eq!(
            ends(&game.orders(&[0, 0, 0])),
            [(2, 1), (1, 0)].into_iter().filter(|it| it.1 > 0).collect()
        );
        // Both have read: nothing can help any more.
        assert_eq!(ends(&game.orders(&[0, 1])), [(1, 6)].into());
    }
}
