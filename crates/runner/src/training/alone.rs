//! `sequential` and `simd`: one shard after another on one thread's event loop.

use super::{
    Task,
    notes::{Curve, Notes},
};
use crate::{
    cook::{Slice, Stretches},
    log::{Finished, LaneLog, Raw},
    ports::{Clock, Turn},
};
use model::{Lane, Nanos, SHARDS};
use std::cell::{Cell, RefCell};
use workloads::training::{
    course::{Course, Slopes, add_in_pairs},
    net::Scratch,
};

/// Spans beyond one a task: preemption cuts a lane every few milliseconds.
const SPANS_AT_LEAST: usize = 16_384;

struct State {
    task: u32,
    weights: Vec<f32>,
    shards: Vec<Slopes>,
    scratch: Scratch,
    notes: Notes,
    finished: Vec<Finished>,
    curve: Curve,
}

/// A training under way on this thread.
pub struct AloneRun<C> {
    course: Course,
    task: Task,
    clock: C,
    lane: Lane,
    log: LaneLog,
    state: RefCell<State>,
    start_nanos: Nanos,
    end_nanos: Cell<Option<Nanos>>,
}

impl<C: Clock> AloneRun<C> {
    /// Nothing runs until [`Turn::turn`].
    pub fn start(course: Course, task: Task, lane: Lane, clock: C) -> Self {
        let weights = course.first_weights();
        let learner = course.training().learner;
        let tasks = task.tasks as usize;
        let state = State {
            task: 0,
            shards: vec![Slopes::new(learner); SHARDS as usize],
            scratch: Scratch::default(),
            notes: Notes::new(task.tasks.div_ceil(SHARDS), &weights),
            finished: Vec::with_capacity(tasks),
            curve: Curve::new(&course),
            weights,
        };
        Self {
            course,
            task,
            lane,
            log: LaneLog::new(0, SPANS_AT_LEAST + tasks),
            state: RefCell::new(state),
            start_nanos: clock.now_nanos(),
            end_nanos: Cell::new(None),
            clock,
        }
    }

    /// What has happened so far, on the shared clock.
    pub fn raw(&self) -> Raw {
        let (spans, dropped) = self.log.read();
        let mut state = self.state.borrow_mut();
        let State {
            weights,
            notes,
            finished,
            curve,
            ..
        } = &mut *state;
        let end_nanos = self.end_nanos.get();
        let mut raw = Raw {
            start_nanos: self.start_nanos,
            end_nanos: end_nanos.unwrap_or_else(|| self.clock.now_nanos()),
            lanes: vec![self.lane],
            spans,
            dropped,
            finished: finished.clone(),
            gap_nanos: self.task.ticks.gap_nanos,
            ..Raw::default()
        };
        curve.extend(&self.course, notes.since(curve.len()));
        if end_nanos.is_some() {
            curve.end(&self.course, weights, &mut raw);
        } else {
            curve.show(&mut raw);
        }
        raw
    }

    /// The next shard, and the step if it is the last of it.
    fn shard(&self, state: &mut State) -> Option<()> {
        let (task, ticks) = (state.task, self.task.ticks);
        let (step, shard) = (task / SHARDS, task % SHARDS);
        let started = self.clock.now_nanos();
        let mut marks = Stretches::new(&self.log, ticks, task, started);
        let slopes = state.shards.get_mut(shard as usize)?;
        self.course.shard_slopes(
            (step, shard),
            self.task.simd,
            &state.weights,
            slopes,
            &mut state.scratch,
            || {
                marks.step(self.clock.now_nanos(), Slice::Never);
            },
        );
        let proof = slopes.proof();
        if shard + 1 == SHARDS {
            add_in_pairs(&mut state.shards, Slopes::take);
            let sum = state.shards.first()?;
            self.course.descend(&mut state.weights, sum, sum.examples);
            let now = self.clock.now_nanos();
            let learned = (sum.loss, sum.examples);
            state
                .notes
                .write(now, (step + 1, true), learned, &state.weights);
        }
        marks.step(self.clock.now_nanos(), Slice::Never);
        state.finished.push(marks.finish(started, proof));
        state.task += 1;
        Some(())
    }
}

impl<C: Clock> Turn for AloneRun<C> {
    fn turn(&self, quantum_nanos: Nanos) -> bool {
        let begin = self.clock.now_nanos();
        let mut state = self.state.borrow_mut();
        while state.task < self.task.tasks {
            if self.shard(&mut state).is_none() {
                break;
            }
            if self.clock.now_nanos().saturating_sub(begin) >= quantum_nanos {
                break;
            }
        }
        let is_done = state.task >= self.task.tasks;
        if is_done && self.end_nanos.get().is_none() {
            self.end_nanos.set(Some(self.clock.now_nanos()));
        }
        !is_done
    }

    fn is_done(&self) -> bool {
        self.state.borrow().task >= self.task.tasks
    }
}
