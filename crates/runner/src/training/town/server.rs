//! The side of whoever keeps the weights.

use super::{Answer, Block, Errand};
use crate::{
    log::Raw,
    training::{
        Task,
        notes::{Curve, Notes},
    },
};
use model::{Courier, Lane, LaneKind, Nanos, SHARDS, Span};
use workloads::training::course::{Course, Slopes, add_in_pairs, blocks};

/// Messages that are written down at most.
const MOST_COURIERS: usize = 8_192;

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
