//! Workload `shaker`: units of work of which a part is done while holding a
//! lock, or kept apart in another way. The work is the same in every way.
//!
//! A thread that finds the lock taken really stands still: in a browser with
//! threads `std`'s lock waits with `memory.atomic.wait32`. So none of this may
//! run on the page's own thread; there, and on any one thread, the plain kernel
//! does the same work without a lock.

use super::{Padded, marks::Marks};
use crate::{
    cook::Ticks,
    log::{Finished, LaneLog},
    ports::Clock,
};
use model::{Guard, TaskSpec};
use std::{
    collections::BTreeMap,
    sync::{
        Mutex, PoisonError, TryLockError,
        atomic::{AtomicU64, Ordering},
    },
};
use workloads::shaker::Unit;

/// Locks where the data is cut into shards: many for each worker there can be.
const SHARDS: usize = 128;
/// Lanes with a place of their own.
const LANES: usize = 32;

fn row<T: Default>(len: usize) -> Box<[T]> {
    (0..len).map(|_| T::default()).collect()
}

/// What the tasks of one run share: a sum of all that was done.
pub struct Shaker {
    guard: Guard,
    one: Padded<Mutex<u64>>,
    shards: Box<[Padded<Mutex<u64>>]>,
    word: Padded<AtomicU64>,
    own: Box<[Padded<AtomicU64>]>,
    /// What the tasks say that they put there.
    put: Padded<AtomicU64>,
    retries: Box<[Padded<AtomicU64>]>,
    /// Places that are written all the time, in one another's cache line or not.
    beside: Box<[AtomicU64]>,
    apart: Box<[Padded<AtomicU64>]>,
}

impl Shaker {
    /// Guarded as the first of these tasks says; `None` without any.
    pub(super) fn of<'a>(mut specs: impl Iterator<Item = &'a TaskSpec>) -> Option<Self> {
        let guard = specs.next()?.guard;
        Some(Self {
            guard,
            one: Padded::default(),
            shards: row(SHARDS),
            word: Padded::default(),
            own: row(LANES),
            put: Padded::default(),
            retries: row(LANES),
            beside: row(LANES),
            apart: row(LANES),
        })
    }

    /// Does a task to its end on this thread.
    pub(super) fn cook(
        &self,
        spec: &TaskSpec,
        log: &LaneLog,
        ticks: Ticks,
        clock: &impl Clock,
    ) -> Finished {
        let lane = log.lane_idx() as usize % LANES;
        let mut marks = Marks::new(log, ticks, spec.id, clock.now_nanos());
        let mut checksum = 0_u64;
        for at in 0..spec.size {
            let unit = Unit::of(spec, at);
            let value = unit.alone();
            let proof = self.together(&unit, value, (lane, at), &mut marks, clock);
            checksum = checksum.wrapping_add(proof);
            marks.tick(clock.now_nanos());
        }
        self.put.0.fetch_add(checksum, Ordering::AcqRel);
        marks.end(checksum)
    }

    /// The shared part of a unit, kept safe as asked for; gives its proof.
    fn together(
        &self,
        unit: &Unit,
        value: u64,
        (lane, at): (usize, u32),
        marks: &mut Marks<'_>,
        clock: &impl Clock,
    ) -> u64 {
        match self.guard {
            Guard::Sharded => {
                // Neighbours begin far apart, so that they seldom meet.
                let place = (lane * (SHARDS / 4 + 1) + at as usize) % SHARDS;
                let shard = self.shards.get(place).unwrap_or(&self.one);
                locked(&shard.0, unit, value, marks, clock)
            }
            Guard::Retry => self.again_and_again(unit, value, lane),
            Guard::Local => add(&self.own, lane, unit.together(value)),
            Guard::Beside => {
                let proof = unit.noted(value, |value| {
                    if let Some(place) = self.beside.get(lane) {
                        place.store(value, Ordering::Relaxed);
                    }
                });
                add(&self.own, lane, proof)
            }
            Guard::Apart => {
                let proof = unit.noted(value, |value| {
                    if let Some(place) = self.apart.get(lane) {
                        place.0.store(value, Ordering::Relaxed);
                    }
                });
                add(&self.own, lane, proof)
            }
            _ => locked(&self.one.0, unit, value, marks, clock),
        }
    }

    /// Computes, then puts the result there if nobody was faster meanwhile;
    /// otherwise the work was for nothing, and is done again.
    fn again_and_again(&self, unit: &Unit, value: u64, lane: usize) -> u64 {
        let word = &self.word.0;
        loop {
            let before = word.load(Ordering::Acquire);
            let proof = unit.together(value);
            let after = before.wrapping_add(proof);
            let (won, lost) = (Ordering::AcqRel, Ordering::Relaxed);
            if word.compare_exchange(before, after, won, lost).is_ok() {
                return proof;
            }
            if let Some(retries) = self.retries.get(lane) {
                retries.0.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    /// Everything that was put into what is shared.
    fn kept(&self) -> u64 {
        let inside =
            |lock: &Padded<Mutex<u64>>| *lock.0.lock().unwrap_or_else(PoisonError::into_inner);
        let own = self.own.iter().map(|own| own.0.load(Ordering::Acquire));
        let shards = self.shards.iter().map(inside);
        shards
            .chain(own)
            .chain([inside(&self.one), self.word.0.load(Ordering::Acquire)])
            .fold(0, u64::wrapping_add)
    }

    /// `retries`: how often work was thrown away, and `amiss`: 1 if what is shared
    /// does not hold what the tasks put there, else 0. Of use once all have ended.
    pub(super) fn figures(&self) -> BTreeMap<String, f64> {
        let retries = self.retries.iter();
        let retries: u64 = retries
            .map(|retries| retries.0.load(Ordering::Relaxed))
            .sum();
        let is_amiss = self.put.0.load(Ordering::Acquire) != self.kept();
        [
            ("retries".to_owned(), retries as f64),
            ("amiss".to_owned(), f64::from(u8::from(is_amiss))),
        ]
        .into()
    }
}

fn add(own: &[Padded<AtomicU64>], lane: usize, proof: u64) -> u64 {
    if let Some(own) = own.get(lane) {
        own.0.fetch_add(proof, Ordering::Relaxed);
    }
    proof
}

/// The shared part of a unit inside a lock. The clock is only read where the
/// lock was taken.
fn locked(
    lock: &Mutex<u64>,
    unit: &Unit,
    value: u64,
    marks: &mut Marks<'_>,
    clock: &impl Clock,
) -> u64 {
    let mut kept = match lock.try_lock() {
        Ok(kept) => kept,
        Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
        Err(TryLockError::WouldBlock) => {
            let from = clock.now_nanos();
            let kept = lock.lock().unwrap_or_else(PoisonError::into_inner);
            marks.stood(from, clock.now_nanos());
            kept
        }
    };
    let proof = unit.together(value);
    *kept = kept.wrapping_add(proof);
    proof
}
