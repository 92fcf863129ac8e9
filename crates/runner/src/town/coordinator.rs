//! Who gets which split and which part of the keys, and what is done about nodes
//! that are slow or lost. Pure: messages and clocks are elsewhere.
//!
//! After Dean and Ghemawat, "MapReduce: Simplified Data Processing on Large
//! Clusters", OSDI 2004: splits of a lost node are given to others (3.3), the last
//! ones to two nodes at once (3.6), and data goes to work that is near it (3.4).
//! Unlike there, the depot holds what was mapped, so that a lost node costs only
//! what it had not finished.

use model::{Moves, NANOS_PER_MILLI, Nanos, Town};
use std::collections::VecDeque;

/// Splits that a node has at once, one of them in its mailbox, so that it need not
/// wait for the next.
const AT_ONCE: u32 = 2;
/// The driver ticks this often, and less often only if it is held up itself.
pub const TICK_MILLIS: u32 = 5;
/// A node that has work and says nothing for this long is taken to be lost. Nodes at
/// work say something every 50 ms.
const QUIET_NANOS: Nanos = 500 * NANOS_PER_MILLI;
/// From one tick to the next no more than this counts as silence: what came while the
/// depot was held up is heard before its next tick.
const COUNTED_NANOS: Nanos = 20 * NANOS_PER_MILLI;
/// For each byte of its largest task a node may be silent for this much longer (50 ms
/// a megabyte): it says nothing while it copies, sorts or packs them.
const NANOS_A_BYTE: Nanos = 50;
/// A split is late once it takes so many times the median of those finished.
const LATE: f64 = 1.5;
/// And by at least this much more, since starting a spare costs something too.
const LATE_BY_NANOS: Nanos = 4_000_000;

/// What the driver is to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Send this node a task.
    Give {
        /// Node from 0.
        node: usize,
        /// The task.
        task: u32,
    },
    /// Tell this node that a task is no longer needed.
    Drop {
        /// Node from 0.
        node: usize,
        /// The task.
        task: u32,
    },
    /// End this node as asked for by the run: nobody is told.
    Kill(usize),
    /// End this node, which is taken to be lost: nothing more may come from it.
    End(usize),
}

/// How far a run is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Splits are mapped.
    Map,
    /// Every split is mapped; reducers are at work.
    Reduce,
    /// Every task is finished.
    Done,
    /// No node is left.
    Lost,
}

/// What was done beyond the plain course.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Nodes lost.
    pub lost: u32,
    /// Tasks that lost nodes had not finished, and nobody else had.
    pub unfinished: u32,
    /// Tasks given again because their node was lost.
    pub retried: u32,
    /// Splits given to a second node while the first was at it.
    pub spares: u32,
    /// Answers to tasks that were finished already, and tasks left for that reason.
    pub wasted: u32,
    /// Splits given to another node than the one they lie at.
    pub moved: u32,
}

/// A task in the hands of a node.
#[derive(Clone, Copy, Debug)]
struct Owed {
    task: u32,
    /// When it became the first of those the node has.
    since: Nanos,
    /// What was sent with it.
    bytes: u64,
}

#[derive(Clone, Debug, Default)]
struct Node {
    owes: VecDeque<Owed>,
    is_lost: bool,
    /// How long it has said nothing.
    quiet: Nanos,
}

impl Node {
    /// How long it may be silent.
    fn patience(&self) -> Nanos {
        let bytes = self.owes.iter().map(|owed| owed.bytes).max();
        QUIET_NANOS + bytes.unwrap_or(0) * NANOS_A_BYTE
    }
}

/// The depot's book.
#[derive(Clone, Debug)]
pub struct Coordinator {
    nodes: Vec<Node>,
    splits: u32,
    town: Town,
    /// Not given to anybody.
    todo: VecDeque<u32>,
    is_done: Vec<bool>,
    /// Taken from a lost node and not given again.
    is_orphan: Vec<bool>,
    unfinished: u32,
    phase: Phase,
    /// How long each split took that is finished, sorted.
    took: Vec<Nanos>,
    was_killed: bool,
    at_once: u32,
    ticked: Nanos,
    counts: Counts,
}

impl Coordinator {
    /// For tasks `0..splits`, mapped, and `splits..splits + reducers`, reduced when
    /// every split is; none without reducers.
    #[must_use]
    pub fn new(splits: u32, reducers: u32, nodes: u32, town: Town) -> Self {
        let tasks = (splits + reducers) as usize;
        Self {
            nodes: vec![Node::default(); nodes as usize],
            splits,
            town,
            todo: (0..splits).collect(),
            is_done: vec![false; tasks],
            is_orphan: vec![false; tasks],
            unfinished: splits,
            phase: Phase::Map,
            took: Vec::with_capacity(splits as usize),
            was_killed: false,
            at_once: AT_ONCE,
            ticked: 0,
            counts: Counts::default(),
        }
    }

    /// The same with nothing in mailboxes: a node gets its next task when it has
    /// answered.
    #[must_use]
    pub fn one_by_one(mut self) -> Self {
        self.at_once = 1;
        self
    }

    /// How far it is.
    #[must_use]
    pub const fn phase(&self) -> Phase {
        self.phase
    }

    /// What was done beyond the plain course.
    #[must_use]
    pub const fn counts(&self) -> Counts {
        self.counts
    }

    /// Whether a task is still to be finished.
    #[must_use]
    pub fn is_wanted(&self, task: u32) -> bool {
        self.is_done.get(task as usize).is_some_and(|done| !done)
    }

    /// The first tasks of each node; those of `absent` are lost already.
    pub fn start(&mut self, now: Nanos, absent: &[usize]) -> Vec<Action> {
        let mut actions = Vec::new();
        self.ticked = now;
        for node in absent {
            self.lose(*node, &mut actions);
        }
        self.go_on(now, &mut actions);
        actions
    }

    /// A word came from a node, or one for it is still held up.
    pub fn heard(&mut self, node: usize) {
        if let Some(node) = self.nodes.get_mut(node) {
            node.quiet = 0;
        }
    }

    /// So many bytes left for a node with a task.
    pub fn sent(&mut self, node: usize, task: u32, bytes: u64) {
        let owes = self.nodes.get_mut(node).map(|node| &mut node.owes);
        let owed = owes.and_then(|owes| owes.iter_mut().find(|owed| owed.task == task));
        if let Some(owed) = owed {
            owed.bytes = bytes;
        }
    }

    /// An answer came. Whether it counts: it may come from a node that was taken to
    /// be lost, or second.
    pub fn finished(&mut self, node: usize, task: u32, now: Nanos) -> (bool, Vec<Action>) {
        let mut actions = Vec::new();
        let Some(owed) = self.take(node, task, now) else {
            return (false, actions);
        };
        let counts = self.is_wanted(task);
        if counts {
            self.tick_off(task);
            if task < self.splits {
                let nanos = now.saturating_sub(owed.since);
                let at = self.took.partition_point(|took| *took < nanos);
                self.took.insert(at, nanos);
            }
            self.call_off(task, &mut actions);
        } else {
            self.counts.wasted += 1;
        }
        self.go_on(now, &mut actions);
        (counts, actions)
    }

    /// A node left a task that was called off.
    pub fn dropped(&mut self, node: usize, task: u32, now: Nanos) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.take(node, task, now).is_some() {
            self.counts.wasted += 1;
            self.go_on(now, &mut actions);
        }
        actions
    }

    /// A node is known to be lost: it said so, or the browser did.
    pub fn failed(&mut self, node: usize, now: Nanos) -> Vec<Action> {
        let mut actions = Vec::new();
        self.lose(node, &mut actions);
        self.go_on(now, &mut actions);
        actions
    }

    /// Some [`TICK_MILLIS`] have passed.
    pub fn tick(&mut self, now: Nanos) -> Vec<Action> {
        let mut actions = Vec::new();
        let since = now.saturating_sub(self.ticked).min(COUNTED_NANOS);
        self.ticked = now;
        for at in 0..self.nodes.len() {
            let Some(node) = self.nodes.get_mut(at) else {
                continue;
            };
            if node.is_lost || node.owes.is_empty() {
                continue;
            }
            node.quiet += since;
            if node.quiet >= node.patience() {
                self.lose(at, &mut actions);
            }
        }
        self.go_on(now, &mut actions);
        actions
    }

    /// Takes a task out of a node's hands.
    fn take(&mut self, node: usize, task: u32, now: Nanos) -> Option<Owed> {
        let node = self.nodes.get_mut(node).filter(|node| !node.is_lost)?;
        node.quiet = 0;
        let at = node.owes.iter().position(|owed| owed.task == task)?;
        let owed = node.owes.remove(at)?;
        if let Some(next) = node.owes.front_mut().filter(|_| at == 0) {
            next.since = now;
        }
        Some(owed)
    }

    fn tick_off(&mut self, task: u32) {
        if let Some(done) = self.is_done.get_mut(task as usize) {
            *done = true;
            self.unfinished -= 1;
        }
        self.todo.retain(|todo| *todo != task);
    }

    /// Nobody else need finish this task.
    fn call_off(&self, task: u32, actions: &mut Vec<Action>) {
        for (node, state) in self.nodes.iter().enumerate() {
            if !state.is_lost && state.owes.iter().any(|owed| owed.task == task) {
                actions.push(Action::Drop { node, task });
            }
        }
    }

    /// What a lost node had goes back to the head of the line.
    fn lose(&mut self, at: usize, actions: &mut Vec<Action>) {
        let Some(node) = self.nodes.get_mut(at).filter(|node| !node.is_lost) else {
            return;
        };
        node.is_lost = true;
        let owed = std::mem::take(&mut node.owes);
        self.counts.lost += 1;
        actions.push(Action::End(at));
        for Owed { task, .. } in owed.into_iter().rev() {
            let is_held = self.holders(task) > 0;
            if self.is_wanted(task) && !is_held {
                self.counts.unfinished += 1;
                self.todo.push_front(task);
                if let Some(orphan) = self.is_orphan.get_mut(task as usize) {
                    *orphan = true;
                }
            }
        }
        if self.nodes.iter().all(|node| node.is_lost) && self.phase != Phase::Done {
            self.phase = Phase::Lost;
        }
    }

    fn holders(&self, task: u32) -> usize {
        let has = |node: &&Node| node.owes.iter().any(|owed| owed.task == task);
        self.nodes.iter().filter(has).count()
    }

    /// Whatever follows from what has just been noted down.
    fn go_on(&mut self, now: Nanos, actions: &mut Vec<Action>) {
        if self.phase == Phase::Map && self.unfinished == 0 {
            let tasks = self.is_done.len() as u32;
            self.unfinished = tasks - self.splits;
            self.todo = (self.splits..tasks).collect();
            self.phase = Phase::Reduce;
        }
        if self.phase == Phase::Reduce && self.unfinished == 0 {
            self.phase = Phase::Done;
        }
        if matches!(self.phase, Phase::Done | Phase::Lost) {
            return;
        }
        self.hand_out(now, actions);
        self.kill(actions);
        self.spare(now, actions);
    }

    fn hand_out(&mut self, now: Nanos, actions: &mut Vec<Action>) {
        let alive = self.nodes.iter().filter(|node| !node.is_lost).count();
        for has in 0..self.at_once as usize {
            for node in 0..self.nodes.len() {
                let fits = |state: &Node| !state.is_lost && state.owes.len() == has;
                if !self.nodes.get(node).is_some_and(fits) {
                    continue;
                }
                // The last ones are not laid in busy nodes' mailboxes: they would sit
                // there while another node idles.
                let is_ahead = has > 0;
                if is_ahead && (self.phase == Phase::Reduce || self.todo.len() <= alive) {
                    continue;
                }
                if let Some(task) = self.pick(node, is_ahead) {
                    self.give(node, task, now, actions);
                }
            }
        }
    }

    /// The next task for a node, taken out of the line.
    fn pick(&mut self, node: usize, is_ahead: bool) -> Option<u32> {
        if self.town.moves != Moves::Local || self.phase != Phase::Map {
            return self.todo.pop_front();
        }
        let own = self.todo.iter().position(|task| self.home(*task) == node);
        // Foreign food is fetched only by who would idle, from the end of the line:
        // what is at its head is next at home.
        let at = match own {
            Some(at) => at,
            None if is_ahead => return None,
            None => self.todo.len().checked_sub(1)?,
        };
        if own.is_none() {
            self.counts.moved += 1;
        }
        self.todo.remove(at)
    }

    /// The node a split lies at, where splits lie at nodes.
    #[must_use]
    pub fn home(&self, task: u32) -> usize {
        task as usize % self.nodes.len().max(1)
    }

    fn give(&mut self, at: usize, task: u32, now: Nanos, actions: &mut Vec<Action>) {
        let Some(node) = self.nodes.get_mut(at) else {
            return;
        };
        if node.owes.is_empty() {
            node.quiet = 0;
        }
        node.owes.push_back(Owed {
            task,
            since: now,
            bytes: 0,
        });
        if let Some(orphan) = self.is_orphan.get_mut(task as usize) {
            self.counts.retried += u32::from(std::mem::take(orphan));
        }
        actions.push(Action::Give { node: at, task });
    }

    /// Once so many of the splits are finished, a node ends as the run asks for.
    fn kill(&mut self, actions: &mut Vec<Action>) {
        let Some(node) = self.town.kill.filter(|_| !self.was_killed) else {
            return;
        };
        let done = self.took.len() as f64;
        if done >= self.town.kill_after.clamp(0.0, 1.0) * f64::from(self.splits) {
            self.was_killed = true;
            let is_there = |node: &Node| !node.is_lost;
            if self.nodes.get(node as usize).is_some_and(is_there) {
                actions.push(Action::Kill(node as usize));
            }
        }
    }

    /// Gives nodes that would idle the splits that are late elsewhere.
    fn spare(&mut self, now: Nanos, actions: &mut Vec<Action>) {
        if !self.town.spare || self.phase != Phase::Map || !self.todo.is_empty() {
            return;
        }
        let Some(&median) = self.took.get(self.took.len() / 2) else {
            return;
        };
        let late = ((median as f64 * LATE) as Nanos).max(median + LATE_BY_NANOS);
        for node in 0..self.nodes.len() {
            let idles = |state: &Node| !state.is_lost && state.owes.is_empty();
            if !self.nodes.get(node).is_some_and(idles) {
                continue;
            }
            let is_late = |other: &&Node| {
                let first = other.owes.front().filter(|_| !other.is_lost);
                first.is_some_and(|owed| now.saturating_sub(owed.since) > late)
            };
            let owed = self.nodes.iter().filter(is_late).flat_map(|n| &n.owes);
            let alone = |task: &u32| self.is_wanted(*task) && self.holders(*task) == 1;
            let found = owed.map(|owed| owed.task).find(alone);
            if let Some(task) = found {
                self.counts.spares += 1;
                self.give(node, task, now, actions);
            }
        }
    }
}

#[cfg(test)]
mod tests;
