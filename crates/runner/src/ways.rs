//! What a run does with its dishes, and with what they share. These functions are what
//! runs, and their text is what the page shows beside the run: see
//! [`crate::source`], which knows the remarks at the ends of lines.

use crate::order::Following;
use futures_util::{FutureExt, StreamExt, stream::FuturesUnordered};
use std::future::Future;
use std::sync::MutexGuard;
use std::sync::atomic::{AtomicU32, Ordering::Relaxed};
use workloads::tally::idle;

/// Number of a dish.
pub type Dish = u32;

/// Who cooks.
pub trait Chef {
    /// Cooks a dish in place. Nothing happens before it is awaited.
    fn cook(&self, dish: Dish) -> impl Future<Output = ()>;
    /// Puts a dish on the rail of the event loop, so that it is under way from
    /// the next turn on. What is awaited is its end; dropping that cancels it.
    fn start(&self, dish: Dish) -> impl Future<Output = ()>;
}

/// The next dish begins when the one before it is done.
pub async fn await_in_a_loop(chef: &impl Chef, dishes: Vec<Dish>) {
    for dish in dishes {
        chef.cook(dish).await; // waits
    }
}

/// All dishes are under way together.
pub async fn start_all_then_join(chef: &impl Chef, dishes: Vec<Dish>) {
    let mut started = Vec::new();
    for dish in dishes {
        started.push(chef.start(dish)); // starts
    }
    for dish in started {
        dish.await; // waits
    }
}

/// Never more than `limit` dishes are under way together.
pub async fn join_with_a_limit(chef: &impl Chef, dishes: Vec<Dish>, limit: usize) {
    let mut under_way = FuturesUnordered::new();
    for dish in dishes {
        if under_way.len() == limit {
            under_way.next().await; // waits
        }
        under_way.push(chef.start(dish));
    }
    while under_way.next().await.is_some() {} // waits
}

/// A dish is under way as soon as everything it needs is done.
pub async fn start_when_ready(chef: &impl Chef, mut recipe: Following<'_>) {
    let mut under_way = FuturesUnordered::new();
    loop {
        while let Some(dish) = recipe.next_ready() {
            let started = chef.start(dish); // starts
            under_way.push(started.map(move |()| dish));
        }
        let done = under_way.next().await; // waits
        let Some(done) = done else { return };
        recipe.finish(done);
    }
}

/// Computes until nothing is left, or until the dish waits. `chop` says whether
/// there is more. Nothing in here waits, so nobody else gets the thread.
pub async fn compute_inside(mut chop: impl FnMut() -> bool) {
    while chop() {} // computes
}

/// Somebody with a thread of his own.
pub trait Worker {
    /// What can be asked for.
    type Order;
    /// What comes back.
    type Answer;
    /// What can go wrong.
    type Fault;
    /// Hands an order over and does not wait.
    ///
    /// # Errors
    /// If it cannot be handed over.
    fn send(&mut self, order: Self::Order) -> Result<(), Self::Fault>;
    /// The answer, once it is there.
    fn answer(&mut self) -> impl Future<Output = Result<Self::Answer, Self::Fault>>;
}

/// Lets somebody else compute, and waits for the answer.
///
/// # Errors
/// As the worker's.
pub async fn compute_in_a_worker<W: Worker>(
    worker: &mut W,
    order: W::Order,
) -> Result<W::Answer, W::Fault> {
    worker.send(order)?;
    worker.answer().await // waits
}

/// Adds one in three steps; `gap` turns of an empty loop lie between. Another
/// thread may come in between any two of them.
#[expect(
    clippy::inline_always,
    reason = "a call takes longer than what is timed"
)]
#[inline(always)]
pub fn add_loosely(tally: &AtomicU32, gap: u32) {
    let seen = tally.load(Relaxed); // reads
    idle(gap);
    tally.store(seen + 1, Relaxed); // writes
}

/// Adds one in a single step: nobody can come in between.
#[expect(
    clippy::inline_always,
    reason = "a call takes longer than what is timed"
)]
#[inline(always)]
pub fn add_at_once(tally: &AtomicU32, gap: u32) {
    idle(gap);
    tally.fetch_add(1, Relaxed); // at once
}

/// A lock that one thread at a time has.
pub trait Lock {
    /// Stands still until it is free; it is given back when what comes of this
    /// is dropped.
    fn take(&self) -> MutexGuard<'_, ()>;
}

/// The same three steps, by whoever has the lock. Another lock keeps nobody out.
#[expect(
    clippy::inline_always,
    reason = "a call takes longer than what is timed"
)]
#[inline(always)]
pub fn add_under_lock(lock: &impl Lock, tally: &AtomicU32, gap: u32) {
    let held = lock.take(); // locks
    add_loosely(tally, gap);
    drop(held);
}

/// Looks whether a ticket is left, and then takes it. Whether one was sold.
#[expect(
    clippy::inline_always,
    reason = "a call takes longer than what is timed"
)]
#[inline(always)]
pub fn sell_if_left(left: &AtomicU32, gap: u32) -> bool {
    let seen = left.load(Relaxed); // reads
    if seen == 0 {
        return false;
    }
    idle(gap);
    left.store(seen - 1, Relaxed); // writes
    true
}
