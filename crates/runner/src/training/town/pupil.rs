//! A worker's side.

use super::{Answer, Block, Errand, Setup};
use crate::{
    cook::{Slice, Stretches, Ticks},
    log::LaneLog,
    messages::Parcel,
    ports::Clock,
    training::lay_out,
};
use model::SHARDS;
use workloads::training::{
    course::{Course, Slopes, add_in_pairs, blocks},
    net::Scratch,
};

/// A worker that has a training laid out.
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
        let course = lay_out(setup.training, setup.seed)?;
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
