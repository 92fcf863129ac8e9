//! `messages`: workers that share nothing, around one that keeps the weights (a
//! parameter server; Li and others, OSDI 2014).
//!
//! Each worker has all examples and is sent weights and the number of its shards; it
//! sends back the slopes. Synchronously, a step is taken when all have answered.
//! Asynchronously (Dean and others, NIPS 2012), whatever comes is taken at once and
//! the worker gets the weights as they are, so that slopes may be of weights that
//! have changed meanwhile. Pure: the transport is elsewhere.

use super::{
    Task,
    notes::{Curve, Notes},
};
use crate::{
    cook::{Slice, Stretches, Ticks},
    log::{LaneLog, Raw},
    messages::Parcel,
    ports::Clock,
};
use model::{Courier, Lane, LaneKind, Nanos, SHARDS, Span, Training};
use serde::{Deserialize, Serialize};
use workloads::training::{
    course::{Course, Slopes, add_in_pairs, blocks},
    net::Scratch,
};

/// Messages that are written down at most.
const MOST_COURIERS: usize = 8_192;

/// What a worker must know before it can be sent work.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Setup {
    /// How the arm trains.
    pub training: Training,
    /// Seed of the run.
    pub seed: u64,
    /// Whether it computes four numbers at a time.
    pub simd: bool,
    /// Length of a step of work.
    pub step_nanos: Nanos,
    /// Gap that counts as off core.
    pub gap_nanos: Nanos,
}

/// Work for a worker.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Errand {
    /// Number of the step.
    pub step: u32,
    /// First shard, and how many.
    pub shards: (u32, u32),
    /// The weights as they are.
    pub weights: Vec<f32>,
}

/// What a worker sends back; instants are on its own clock.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub struct Answer {
    /// First shard of each block, and the slopes of its shards, added up.
    blocks: Vec<(u32, Block)>,
    parcels: Vec<Parcel>,
    spans: Vec<Span>,
    dropped: u32,
    came_nanos: Nanos,
    sent_nanos: Nanos,
}

/// Slopes on their way.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
struct Block {
    slopes: Vec<f32>,
    loss: f64,
    examples: u32,
}

/// A worker's side.
pub struct Pupil {
    course: Course,
    simd: bool,
    ticks: Ticks,
    shards: Vec<Slopes>,
    scratch: Scratch,
}

impl Pupil {
    /// Lays out the training in this memory; `None` if it was not given the digits.
    #[must_use]
    pub fn new(setup: &Setup) -> Option<Self> {
        let course = super::lay_out(setup.training, setup.seed)?;
        let learner = course.training().learner;
        Some(Self {
            simd: setup.simd,
            ticks: Ticks {
                step_nanos: setup.step_nanos,
                gap_nanos: setup.gap_nanos,
            },
            shards: vec![Slopes::new(learner); SHARDS as usize],
            scratch: Scratch::default(),
            course,
        })
    }

    /// Works out the slopes. Shards that the training does not have are left out.
    pub fn work(&mut self, errand: &Errand, clock: &impl Clock) -> Answer {
        let came_nanos = clock.now_nanos();
        let (first, len) = errand.shards;
        let end = first.saturating_add(len).min(SHARDS);
        // Two spans a shard, and one more for every few milliseconds.
        let log = LaneLog::new(0, 1_024);
        let mut parcels = Vec::with_capacity(len as usize);
        for (slopes, shard) in self
            .shards
            .iter_mut()
            .zip(0..)
            .take(end as usize)
            .skip(first as usize)
        {
            let task = errand.step * SHARDS + shard;
            let started = clock.now_nanos();
            let mut marks = Stretches::new(&log, self.ticks, task, started);
            self.course.shard_slopes(
                (errand.step, shard),
                self.simd,
                &errand.weights,
                slopes,
                &mut self.scratch,
                || {
                    marks.step(clock.now_nanos(), Slice::Never);
                },
            );
            let proof = slopes.proof();
            marks.step(clock.now_nanos(), Slice::Never);
            parcels.push(Parcel::pack(marks.finish(started, proof)));
        }
        let blocks = blocks(first, end).into_iter().filter_map(|(first, len)| {
            let shards = self
                .shards
                .get_mut(first as usize..(first + len) as usize)?;
            add_in_pairs(shards, Slopes::take);
            let sum = shards.first()?;
            let block = Block {
                slopes: sum.of_weights.clone(),
                loss: sum.loss,
                examples: sum.examples,
            };
            Some((first, block))
        });
        let blocks = blocks.collect();
        let (spans, dropped) = log.read();
        Answer {
            blocks,
            parcels,
            spans,
            dropped,
            came_nanos,
            sent_nanos: clock.now_nanos(),
        }
    }
}

/// An answer that does not fit what was asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Refusal;

/// What a worker is busy with.
#[derive(Clone, Copy, Debug)]
struct Busy {
    step: u32,
    shards: (u32, u32),
    sent_nanos: Nanos,
}

/// Keeps the weights.
pub struct Server {
    course: Course,
    weights: Vec<f32>,
    busy: Vec<Option<Busy>>,
    offsets: Vec<i64>,
    /// Work that nobody has, the next one last.
    left: Vec<(u32, (u32, u32))>,
    /// Whole steps taken.
    steps: u32,
    /// Shards of the present step whose slopes have come.
    came: u32,
    /// Slopes of the present step, each at the first of its shards.
    sums: Vec<Option<Slopes>>,
    notes: Notes,
    curve: Curve,
    raw: Raw,
}

/// Shards that a worker of so many is responsible for: first, how many.
fn share(worker: u32, workers: u32) -> (u32, u32) {
    let cut = |worker: u32| SHARDS * worker / workers.max(1);
    (cut(worker), cut(worker + 1) - cut(worker))
}

impl Server {
    /// For one worker an entry of `offsets`: how far its clock is off. The lanes are
    /// the server, then the workers. More than [`SHARDS`] workers have nothing to do.
    #[must_use]
    pub fn new(course: Course, task: Task, offsets: &[i64]) -> Self {
        let weights = course.first_weights();
        let steps = task.tasks.div_ceil(SHARDS);
        let workers = (offsets.len() as u32).clamp(1, SHARDS);
        let shares = || (0..workers).map(|worker| share(worker, workers));
        let left = (0..steps).flat_map(|step| shares().map(move |shards| (step, shards)));
        let mut left: Vec<_> = left.collect();
        left.reverse();
        let lane = |kind, index, clock_offset_nanos| Lane {
            kind,
            index,
            clock_offset_nanos,
        };
        let nodes = offsets.iter().zip(0..);
        let nodes = nodes.map(|(offset, index)| lane(LaneKind::Message, index, *offset));
        let raw = Raw {
            lanes: std::iter::once(lane(LaneKind::Host, 0, 0))
                .chain(nodes)
                .collect(),
            gap_nanos: task.ticks.gap_nanos,
            ..Raw::default()
        };
        Self {
            notes: Notes::new(steps, &weights),
            curve: Curve::new(&course),
            busy: vec![None; offsets.len()],
            offsets: offsets.to_vec(),
            left,
            steps: 0,
            came: 0,
            sums: vec![None; SHARDS as usize],
            weights,
            course,
            raw,
        }
    }

    /// The stopwatch starts.
    pub const fn begin(&mut self, now: Nanos) {
        self.raw.start_nanos = now;
    }

    /// Whether every task has ended.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.left.is_empty() && self.busy.iter().all(Option::is_none)
    }

    /// What can be sent now, and to whom.
    pub fn send(&mut self, now: Nanos) -> Vec<(usize, Errand)> {
        let mut errands = Vec::new();
        for (worker, busy) in self.busy.iter_mut().enumerate().take(SHARDS as usize) {
            if busy.is_some() {
                continue;
            }
            let Some(&(step, shards)) = self.left.last() else {
                break;
            };
            // Whoever is early waits for the step that the others are at.
            let is_early = !self.course.training().is_async && step > self.steps;
            if is_early {
                break;
            }
            self.left.pop();
            *busy = Some(Busy {
                step,
                shards,
                sent_nanos: now,
            });
            let weights = self.weights.clone();
            errands.push((
                worker,
                Errand {
                    step,
                    shards,
                    weights,
                },
            ));
        }
        errands
    }

    /// Takes an answer.
    ///
    /// # Errors
    /// If it is none to what this worker was sent; nothing of it was taken.
    pub fn take(&mut self, worker: usize, answer: Answer, now: Nanos) -> Result<(), Refusal> {
        let busy = self.busy.get_mut(worker).ok_or(Refusal)?;
        let Busy {
            step,
            shards,
            sent_nanos,
        } = busy.ok_or(Refusal)?;
        let (first, len) = shards;
        let wanted = blocks(first, first + len);
        let fits = |((shard, block), (first, _)): (&(u32, Block), &(u32, u32))| {
            shard == first && block.slopes.len() == self.weights.len()
        };
        let tasks = (first..first + len).map(|shard| step * SHARDS + shard);
        if answer.blocks.len() != wanted.len()
            || !answer.blocks.iter().zip(&wanted).all(fits)
            || !answer.parcels.iter().map(|parcel| parcel.task).eq(tasks)
        {
            return Err(Refusal);
        }
        *busy = None;
        self.log(worker, &answer, (step * SHARDS + first, sent_nanos), now);
        self.came += len;
        let is_whole = self.came >= SHARDS;
        let batch = self.course.batch_len(step);
        let mut learned = (0.0, 0);
        for (shard, block) in answer.blocks {
            let slopes = Slopes::sent(block.slopes, block.loss, block.examples);
            if self.course.training().is_async {
                self.course.descend(&mut self.weights, &slopes, batch);
                learned = (learned.0 + slopes.loss, learned.1 + slopes.examples);
            } else if let Some(place) = self.sums.get_mut(shard as usize) {
                *place = Some(slopes);
            }
        }
        if is_whole {
            self.came -= SHARDS;
            self.steps += 1;
            add_in_pairs(&mut self.sums, |sum, next| {
                if let (Some(sum), Some(next)) = (sum, next) {
                    sum.take(next);
                }
            });
            if let Some(Some(sum)) = self.sums.first() {
                self.course.descend(&mut self.weights, sum, batch);
                learned = (sum.loss, sum.examples);
            }
            self.sums.fill(None);
        }
        let steps = (self.steps, is_whole);
        self.notes.write(now, steps, learned, &self.weights);
        if self.is_done() {
            self.raw.end_nanos = now;
        }
        Ok(())
    }

    /// Writes down what a worker did, on the clock of this thread.
    fn log(
        &mut self,
        worker: usize,
        answer: &Answer,
        (task, sent_nanos): (u32, Nanos),
        now: Nanos,
    ) {
        let lane_idx = worker as u32 + 1;
        let offset = self.offsets.get(worker).copied().unwrap_or_default();
        let back = |nanos: Nanos| nanos.saturating_add_signed(-offset);
        let raw = &mut self.raw;
        raw.dropped += answer.dropped;
        raw.spans.extend(answer.spans.iter().map(|span| Span {
            lane_idx,
            start_nanos: back(span.start_nanos),
            ..*span
        }));
        raw.finished
            .extend(answer.parcels.iter().cloned().map(|parcel| {
                let mut finished = parcel.unpack(lane_idx);
                finished.started_nanos = back(finished.started_nanos);
                finished.finished_nanos = back(finished.finished_nanos);
                finished
            }));
        if raw.couriers.len() + 2 > MOST_COURIERS {
            return;
        }
        let numbers = |numbers: usize| (numbers * size_of::<f32>()) as u64;
        let slopes = answer.blocks.iter().map(|(_, block)| block.slopes.len());
        let courier = |from_lane_idx, to_lane_idx, bytes, sent_nanos, came_nanos| Courier {
            from_lane_idx,
            to_lane_idx,
            task,
            bytes,
            sent_nanos,
            came_nanos,
            added_nanos: 0,
        };
        let out = numbers(self.weights.len());
        let home = numbers(slopes.sum());
        let (came, left) = (back(answer.came_nanos), back(answer.sent_nanos));
        raw.couriers
            .push(courier(0, lane_idx, out, sent_nanos, came));
        raw.couriers.push(courier(lane_idx, 0, home, left, now));
    }

    /// What has happened so far, on the clock of this thread.
    pub fn raw(&mut self, now: Nanos) -> Raw {
        self.curve
            .extend(&self.course, self.notes.since(self.curve.len()));
        let mut raw = Raw {
            end_nanos: now,
            lanes: self.raw.lanes.clone(),
            spans: self.raw.spans.clone(),
            finished: self.raw.finished.clone(),
            couriers: self.raw.couriers.clone(),
            start_nanos: self.raw.start_nanos,
            gap_nanos: self.raw.gap_nanos,
            dropped: self.raw.dropped,
            ..Raw::default()
        };
        if self.is_done() {
            raw.end_nanos = self.raw.end_nanos;
            self.curve.end(&self.course, &self.weights, &mut raw);
        } else {
            self.curve.show(&mut raw);
        }
        raw
    }
}
