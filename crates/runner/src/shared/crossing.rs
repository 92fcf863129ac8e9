//! Workload `crossing`: every task needs two locks at once.
//!
//! The locks are words on one table behind a mutex and a condition variable, so
//! that a wait has an end: whoever waits looks every now and then whether
//! anything has changed, and if nothing has for two seconds and everyone in a
//! circle waits for the next, all give up. In a browser with threads the waits
//! are `memory.atomic.wait32` with a limit: the thread stands still and uses no
//! core. On one thread's event loop the same table serves tasks that await.

use super::{
    marks::Marks,
    table::{Table, order},
};
use crate::{
    cook::Ticks,
    log::{Finished, LaneLog},
    ports::{Clock, Timer},
};
use model::{Guard, NANOS_PER_MILLI, NANOS_PER_SEC, Nanos, TaskSpec};
use std::{
    collections::BTreeMap,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use workloads::crossing::{TRIES, season};

/// Nobody waits longer than this for the others to come in.
const COME_IN_NANOS: Nanos = 200 * NANOS_PER_MILLI;
/// With one shaker in hand a chef turns round to the other one: so long, or until
/// everybody holds one.
const TURN_ROUND_NANOS: Nanos = NANOS_PER_MILLI;
/// A lock is given up after this long, whatever the reason.
const AT_MOST_NANOS: Nanos = 10 * NANOS_PER_SEC;
/// Whoever awaits looks again after so many milliseconds.
const LOOK_MILLIS: f64 = 1.0;

/// The table of one run.
pub struct Crossing {
    guard: Guard,
    chefs: usize,
    table: Mutex<Table>,
    changed: Condvar,
}

impl Crossing {
    /// A chef for each of these tasks, who takes shakers in the order that the
    /// guard of the first task says; `None` where it says none.
    pub(super) fn of<'a>(specs: impl Iterator<Item = &'a TaskSpec>) -> Option<Self> {
        let mut specs = specs.peekable();
        let guard = specs.peek()?.guard;
        let chefs = specs.count();
        matches!(guard, Guard::Crossed | Guard::Ordered).then(|| Self {
            guard,
            chefs,
            table: Mutex::new(Table::new(chefs)),
            changed: Condvar::new(),
        })
    }

    fn table(&self) -> MutexGuard<'_, Table> {
        self.table.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Stands still until the table has changed, at most so long.
    fn stand<'a>(&self, table: MutexGuard<'a, Table>, nanos: Nanos) -> MutexGuard<'a, Table> {
        let limit = Duration::from_nanos(nanos.max(1_000));
        let waited = self.changed.wait_timeout(table, limit);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    /// Stands still until something is so, at most so long.
    fn stand_until(&self, clock: &impl Clock, most: Nanos, is_so: impl Fn(&Table) -> bool) {
        let end = clock.now_nanos() + most;
        let mut table = self.table();
        while !is_so(&table) {
            let now = clock.now_nanos();
            if now >= end {
                return;
            }
            table = self.stand(table, end - now);
        }
    }

    /// Takes a shaker, standing still for it if need be. False: give up.
    fn take(&self, chef: usize, shaker: usize, clock: &impl Clock, marks: &mut Marks<'_>) -> bool {
        let from = clock.now_nanos();
        let mut table = self.table();
        loop {
            let now = clock.now_nanos();
            if table.take(chef, shaker, now) {
                drop(table);
                self.changed.notify_all();
                marks.stood(from, now);
                return true;
            }
            if table.is_stuck(now) || now > from + AT_MOST_NANOS {
                table.put_back(chef, now);
                drop(table);
                self.changed.notify_all();
                marks.stood(from, now);
                return false;
            }
            let due = table.due_nanos(now).clamp(NANOS_PER_MILLI, NANOS_PER_SEC);
            table = self.stand(table, due);
        }
    }

    /// Does a task to its end on this thread, or until it is given up.
    pub(super) fn cook(
        &self,
        spec: &TaskSpec,
        log: &LaneLog,
        ticks: Ticks,
        clock: &impl Clock,
    ) -> Finished {
        let chef = spec.part as usize % self.chefs.max(1);
        let (first, second) = order(self.guard, chef, self.chefs);
        let mut marks = Marks::new(log, ticks, spec.id, clock.now_nanos());
        let mut checksum = Some(0_u64);
        let from = clock.now_nanos();
        self.table().begin(from);
        self.changed.notify_all();
        self.stand_until(clock, COME_IN_NANOS, Table::all_have_begun);
        marks.waited(from, clock.now_nanos());
        for at in 0..TRIES {
            if !self.take(chef, first, clock, &mut marks) {
                checksum = None;
                break;
            }
            let from = clock.now_nanos();
            self.stand_until(clock, TURN_ROUND_NANOS, Table::all_are_held);
            marks.waited(from, clock.now_nanos());
            if !self.take(chef, second, clock, &mut marks) {
                checksum = None;
                break;
            }
            let proof = season(spec, at);
            checksum = checksum.map(|sum| sum.wrapping_add(proof));
            let now = clock.now_nanos();
            marks.tick(now);
            self.done(chef, now);
        }
        // A task that was given up has done nothing that could be proved.
        marks.end(checksum.unwrap_or(0))
    }

    /// A try is done: both shakers are back on the table.
    fn done(&self, chef: usize, now: Nanos) {
        let mut table = self.table();
        table.put_back(chef, now);
        table.progressed();
        drop(table);
        self.changed.notify_all();
    }

    /// The same on an event loop with others: whoever waits leaves it the thread.
    /// A wait for a shaker is marked as standing still for a lock all the same.
    pub async fn juggle(
        &self,
        spec: &TaskSpec,
        log: &LaneLog,
        ticks: Ticks,
        clock: &impl Clock,
        timer: &impl Timer,
    ) -> Finished {
        let chef = spec.part as usize % self.chefs.max(1);
        let (first, second) = order(self.guard, chef, self.chefs);
        let mut marks = Marks::new(log, ticks, spec.id, clock.now_nanos());
        let mut checksum = Some(0_u64);
        self.table().begin(clock.now_nanos());
        'tries: for at in 0..TRIES {
            for (shaker, is_first) in [(first, true), (second, false)] {
                let from = clock.now_nanos();
                loop {
                    let now = clock.now_nanos();
                    if self.table().take(chef, shaker, now) {
                        break;
                    }
                    if self.table().is_stuck(now) || now > from + AT_MOST_NANOS {
                        self.table().put_back(chef, now);
                        marks.stood(from, now);
                        checksum = None;
                        break 'tries;
                    }
                    timer.wait(LOOK_MILLIS).await;
                }
                marks.stood(from, clock.now_nanos());
                if is_first {
                    let from = clock.now_nanos();
                    timer.wait(LOOK_MILLIS).await;
                    marks.waited(from, clock.now_nanos());
                }
            }
            let proof = season(spec, at);
            checksum = checksum.map(|sum| sum.wrapping_add(proof));
            let now = clock.now_nanos();
            marks.tick(now);
            self.done(chef, now);
        }
        // A task that was given up has done nothing that could be proved.
        marks.end(checksum.unwrap_or(0))
    }

    /// `progress`: tries done, `stuck`: 1 if it would never have gone on, else 0,
    /// `stuck_ms`: how long nothing had changed when the wait was ended, and for
    /// each chef in the circle `waits_for_<number>`: whom he waited for. Chefs are
    /// numbered from 1.
    pub(super) fn figures(&self) -> BTreeMap<String, f64> {
        let table = self.table();
        let stuck = table.stuck();
        let quiet = stuck.map_or(0, |stuck| stuck.quiet_nanos);
        let mut figures: BTreeMap<String, f64> = [
            ("progress".to_owned(), f64::from(table.progress())),
            ("stuck".to_owned(), f64::from(u8::from(stuck.is_some()))),
            ("stuck_ms".to_owned(), model::millis_from_nanos(quiet)),
        ]
        .into();
        let circle = stuck
            .map(|stuck| stuck.circle.as_slice())
            .unwrap_or_default();
        let next = circle.iter().cycle().skip(1);
        for (chef, other) in circle.iter().zip(next) {
            let name = ["waits_for_", &(chef + 1).to_string()].concat();
            figures.insert(name, (other + 1) as f64);
        }
        figures
    }
}
