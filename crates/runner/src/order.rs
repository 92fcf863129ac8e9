//! What has to come before what: the order of the tasks of an arm, the counters
//! by which its followers learn that a task is ready, and who is ready.
//!
//! A schedule is greedy if no worker idles while a task is ready. For those
//! max(T1 / p, Tinf) <= T(p) <= (T1 - Tinf) / p + Tinf holds (Graham, BSTJ 1966;
//! Brent, JACM 1974). Among ready tasks the one with the longest way to the end
//! goes first, by planned lengths (critical path first: Kohler, IEEE Trans. Comp.
//! 1975); equal ones by id.

use model::{Arm, Deal, Strategy, planned_millis};
use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    sync::atomic::{AtomicU32, AtomicU64, Ordering},
};
use thiserror::Error;

/// Why an arm cannot be run in its order. Tasks are counted from 1, as they are
/// where they are drawn.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum OrderFault {
    /// An edge names a task that does not exist.
    #[error("dish {0} is needed or needs something, but there is no such dish")]
    NoTask(u64),
    /// A task needs itself, at once or by way of others.
    #[error("dish {0} needs itself, at once or by way of others, so it could never begin")]
    Circle(u64),
    /// Ids of requests that come over time differ from round to round.
    #[error("dishes that come one by one cannot wait for each other")]
    ComeLater,
    /// Shares fixed before the start, and batches, would hold ready tasks back.
    #[error(
        "dishes that need each other are handed out one by one as they become ready, not in shares or batches"
    )]
    Dealt,
    /// This strategy hands out all its tasks before the start.
    #[error("dishes that need each other cannot be run as \"{0}\"")]
    Strategy(&'static str),
}

/// The order of the tasks `0..n`: fixed before a run, read by all its workers.
#[derive(Clone, Debug, PartialEq)]
pub struct Recipe {
    /// The followers of all tasks, task by task,
    followers: Box<[u32]>,
    /// and where those of each begin; one more than there are tasks.
    begins: Box<[u32]>,
    /// How many results each task needs.
    needs: Box<[u32]>,
    /// Tasks in an order in which each comes after everything it needs: of
    /// several that could be next, the one with the smallest id.
    in_order: Box<[u32]>,
    /// Tasks by their way to the end, the longest first,
    by_way: Box<[u32]>,
    /// and at which place of that each task is.
    places: Box<[u32]>,
}

impl Recipe {
    /// The order of an arm, or `None` if all its tasks may begin at once.
    ///
    /// # Errors
    /// If it cannot be kept, see [`OrderFault`].
    pub fn of(arm: &Arm) -> Result<Option<Self>, OrderFault> {
        if arm.edges.is_empty() {
            return Ok(None);
        }
        match arm.strategy {
            Strategy::Hybrid | Strategy::Offload | Strategy::Blocking => {
                return Err(OrderFault::Strategy(arm.strategy.id()));
            }
            _ => {}
        }
        if arm.is_open() {
            return Err(OrderFault::ComeLater);
        }
        if arm.manner.deal != Deal::Queue || arm.manner.batch > 1 {
            return Err(OrderFault::Dealt);
        }
        let edges: Vec<(u32, u32)> = arm.edges.iter().map(|e| (e.before, e.after)).collect();
        let lengths_ms = planned_millis(&arm.jobs);
        Self::new(lengths_ms.len(), &edges, &lengths_ms).map(Some)
    }

    /// Of `n_tasks` tasks, where the second of each pair needs the first, with
    /// their planned lengths in milliseconds (where none is given, 0).
    ///
    /// # Errors
    /// If a pair names a task that does not exist, or tasks need each other in a
    /// circle.
    pub fn new(
        n_tasks: usize,
        edges: &[(u32, u32)],
        lengths_ms: &[f64],
    ) -> Result<Self, OrderFault> {
        let mut needs = vec![0_u32; n_tasks];
        let mut begins = vec![0_u32; n_tasks + 1];
        for &(before, after) in edges {
            let no_task = |task: u32| OrderFault::NoTask(u64::from(task) + 1);
            let next = begins.get_mut(before as usize + 1);
            *next.ok_or(no_task(before))? += 1;
            *needs.get_mut(after as usize).ok_or(no_task(after))? += 1;
        }
        let mut sum = 0;
        for begin in &mut begins {
            sum += *begin;
            *begin = sum;
        }
        let mut sorted = edges.to_vec();
        sorted.sort_unstable();
        let mut recipe = Self {
            followers: sorted.into_iter().map(|(_, after)| after).collect(),
            begins: begins.into(),
            needs: needs.into(),
            in_order: Box::default(),
            by_way: Box::default(),
            places: Box::default(),
        };
        recipe.in_order = recipe.sorted()?;
        recipe.by_way = recipe.longest_first(lengths_ms);
        let mut places = vec![0; n_tasks];
        for (place, &task) in (0..).zip(&recipe.by_way) {
            if let Some(own) = places.get_mut(task as usize) {
                *own = place;
            }
        }
        recipe.places = places.into();
        Ok(recipe)
    }

    /// Kahn's algorithm (CACM 1962) over a heap of ids.
    fn sorted(&self) -> Result<Box<[u32]>, OrderFault> {
        let mut left = self.needs.clone();
        let mut ready: BinaryHeap<Reverse<u32>> = self.first().map(Reverse).collect();
        let mut sorted = Vec::with_capacity(left.len());
        while let Some(Reverse(task)) = ready.pop() {
            sorted.push(task);
            for &after in self.followers_of(task) {
                if let Some(left) = left.get_mut(after as usize) {
                    *left -= 1;
                    if *left == 0 {
                        ready.push(Reverse(after));
                    }
                }
            }
        }
        if sorted.len() == left.len() {
            return Ok(sorted.into());
        }
        Err(OrderFault::Circle(self.in_a_circle(&left)))
    }

    /// A task in a circle, counted from 1: whoever walks from a task that never
    /// became ready to one it still needs, as often as there are tasks, is in one.
    fn in_a_circle(&self, left: &[u32]) -> u64 {
        let is_stuck = |task: usize| left.get(task).is_some_and(|left| *left > 0);
        let mut needed_by = vec![None; left.len()];
        for before in (0..left.len()).filter(|task| is_stuck(*task)) {
            for &after in self.followers_of(before as u32) {
                if let Some(needed) = needed_by.get_mut(after as usize) {
                    *needed = Some(before);
                }
            }
        }
        let mut at = (0..left.len()).find(|task| is_stuck(*task)).unwrap_or(0);
        for _ in 0..left.len() {
            at = needed_by.get(at).copied().flatten().unwrap_or(at);
        }
        at as u64 + 1
    }

    fn longest_first(&self, lengths_ms: &[f64]) -> Box<[u32]> {
        let mut ways = vec![0.0_f64; self.needs.len()];
        for &task in self.in_order.iter().rev() {
            let after = self.followers_of(task).iter();
            let after = after.filter_map(|after| ways.get(*after as usize).copied());
            let own = lengths_ms.get(task as usize).copied().unwrap_or(0.0);
            let way = own + after.fold(0.0, f64::max);
            if let Some(slot) = ways.get_mut(task as usize) {
                *slot = way;
            }
        }
        let way = |task: u32| ways.get(task as usize).copied().unwrap_or(0.0);
        let mut tasks: Vec<u32> = (0..ways.len() as u32).collect();
        tasks.sort_by(|a, b| way(*b).total_cmp(&way(*a)));
        tasks.into()
    }

    /// How many tasks there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.needs.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.needs.is_empty()
    }

    /// Every task after all that it needs; of several that could be next, the one
    /// with the smallest id.
    #[must_use]
    pub fn in_order(&self) -> &[u32] {
        &self.in_order
    }

    /// The tasks that need nothing, by id.
    fn first(&self) -> impl Iterator<Item = u32> {
        (0..)
            .zip(&self.needs)
            .filter(|(_, needs)| **needs == 0)
            .map(|(task, _)| task)
    }

    /// The tasks that need the result of this one.
    fn followers_of(&self, task: u32) -> &[u32] {
        let begin = |task: usize| self.begins.get(task).map_or(0, |begin| *begin as usize);
        let own = begin(task as usize)..begin(task as usize + 1);
        self.followers.get(own).unwrap_or_default()
    }
}

/// How far a run has got. Lock-free, and nothing is allocated once it is made:
/// any worker may say that a task is finished, and take one that is ready.
#[derive(Debug)]
pub struct Progress {
    /// How many results each task still lacks.
    lacks: Box<[AtomicU32]>,
    /// Ready tasks that nobody has taken: a bit for each place of the recipe's
    /// longest-first list, the longest way in the lowest bit.
    ready: Box<[AtomicU64]>,
}

impl Progress {
    /// Nothing is done. What needs nothing is ready.
    #[must_use]
    pub fn new(recipe: &Recipe) -> Self {
        let progress = Self {
            lacks: recipe.needs.iter().map(|n| AtomicU32::new(*n)).collect(),
            ready: (0..recipe.len().div_ceil(64))
                .map(|_| AtomicU64::new(0))
                .collect(),
        };
        for task in recipe.first() {
            progress.put(recipe, task);
        }
        progress
    }

    fn put(&self, recipe: &Recipe, task: u32) {
        let place = recipe.places.get(task as usize).copied().unwrap_or(0);
        if let Some(word) = self.ready.get(place as usize / 64) {
            word.fetch_or(1 << (place % 64), Ordering::Release);
        }
    }

    /// How many tasks are ready and not taken.
    #[must_use]
    pub fn n_ready(&self) -> usize {
        let words = self.ready.iter();
        words
            .map(|word| word.load(Ordering::Acquire).count_ones() as usize)
            .sum()
    }

    /// Takes the ready task with the longest way to the end, if there is one.
    /// Whoever takes it sees what those before it wrote.
    #[must_use]
    pub fn take(&self, recipe: &Recipe) -> Option<u32> {
        for (word, at) in self.ready.iter().zip(0_usize..) {
            let mut bits = word.load(Ordering::Acquire);
            while bits != 0 {
                let lowest = bits & bits.wrapping_neg();
                bits = word.fetch_and(!lowest, Ordering::AcqRel);
                if bits & lowest != 0 {
                    let place = at * 64 + lowest.trailing_zeros() as usize;
                    return recipe.by_way.get(place).copied();
                }
            }
        }
        None
    }

    /// A task is finished: its followers may have become ready. Says how many.
    pub fn finish(&self, recipe: &Recipe, task: u32) -> usize {
        let mut became_ready = 0;
        for &after in recipe.followers_of(task) {
            let lacks = self.lacks.get(after as usize);
            // Each predecessor counts down after it has written its results; the
            // last one passes all of them on.
            if lacks.is_some_and(|lacks| lacks.fetch_sub(1, Ordering::AcqRel) == 1) {
                self.put(recipe, after);
                became_ready += 1;
            }
        }
        became_ready
    }
}

/// A recipe that is being followed, for coordinators of a single thread.
#[derive(Debug)]
pub struct Following<'a> {
    recipe: &'a Recipe,
    progress: Progress,
}

impl<'a> Following<'a> {
    /// Nothing is done.
    #[must_use]
    pub fn new(recipe: &'a Recipe) -> Self {
        Self {
            recipe,
            progress: Progress::new(recipe),
        }
    }

    /// The next task that is ready, longest way first; `None` if one under way
    /// must finish first, or nothing is left.
    pub fn next_ready(&mut self) -> Option<u32> {
        self.progress.take(self.recipe)
    }

    /// A task is finished.
    pub fn finish(&mut self, task: u32) {
        self.progress.finish(self.recipe, task);
    }
}

/// Decides which message worker gets which task of a recipe: one at a time, and
/// only what is ready. Pure: the transport is elsewhere.
#[derive(Debug)]
pub struct OrderedDispatcher<'a> {
    following: Following<'a>,
    /// Workers without a task; the last one is sent the next.
    idle: Vec<u32>,
}

impl<'a> OrderedDispatcher<'a> {
    /// For workers `0..n_workers`.
    #[must_use]
    pub fn new(recipe: &'a Recipe, n_workers: u32) -> Self {
        Self {
            following: Following::new(recipe),
            idle: (0..n_workers).rev().collect(),
        }
    }

    /// What is to be sent now: worker and task. At the start, and whenever a
    /// worker has [`OrderedDispatcher::ended`] one.
    pub fn send(&mut self) -> Vec<(u32, u32)> {
        let mut mail = Vec::new();
        while let Some(&worker) = self.idle.last() {
            let Some(task) = self.following.next_ready() else {
                break;
            };
            self.idle.pop();
            mail.push((worker, task));
        }
        mail
    }

    /// This worker has ended this task.
    pub fn ended(&mut self, worker: u32, task: u32) {
        self.following.finish(task);
        self.idle.push(worker);
    }
}
