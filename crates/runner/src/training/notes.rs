//! What is written down on the way.

use crate::log::Raw;
use model::{Learned, NANOS_PER_MILLI, Nanos, WANTED_ACCURACY};
use workloads::training::course::{Course, bounded};

/// Points of a curve at most.
const POINTS: u32 = 60;

/// Where a training was.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    at_nanos: Nanos,
    step: u32,
    loss: f64,
    weights: Vec<f32>,
}

/// Points of one training. Room for all is made at the start.
#[derive(Debug)]
pub struct Notes {
    every: u32,
    points: Vec<Point>,
    len: usize,
    loss: f64,
    examples: u32,
}

impl Notes {
    /// For so many steps.
    #[must_use]
    pub fn new(steps: u32, weights: &[f32]) -> Self {
        let every = steps.div_ceil(POINTS).max(1);
        let blank = Point {
            at_nanos: 0,
            step: 0,
            loss: 0.0,
            weights: weights.to_vec(),
        };
        Self {
            every,
            points: vec![blank; steps.div_ceil(every) as usize],
            len: 0,
            loss: 0.0,
            examples: 0,
        }
    }

    /// `examples` more were learned from, whose losses added up to `loss`, which makes
    /// `steps` steps in all; `is_whole` where a step ended with them.
    pub fn write(
        &mut self,
        now: Nanos,
        (steps, is_whole): (u32, bool),
        (loss, examples): (f64, u32),
        weights: &[f32],
    ) {
        self.loss += loss;
        self.examples += examples;
        if !is_whole || !steps.is_multiple_of(self.every) {
            return;
        }
        let Some(point) = self.points.get_mut(self.len) else {
            return;
        };
        point.at_nanos = now;
        point.step = steps;
        point.loss = bounded(self.loss / f64::from(self.examples.max(1)));
        point.weights.copy_from_slice(weights);
        self.len += 1;
        (self.loss, self.examples) = (0.0, 0);
    }

    /// Points from the one with this index on.
    #[must_use]
    pub fn since(&self, from: usize) -> &[Point] {
        self.points.get(from..self.len).unwrap_or_default()
    }
}

/// The points of a training with what was tried at each.
#[derive(Clone, Debug)]
pub struct Curve {
    learned: Vec<Learned>,
}

impl Curve {
    /// Begins with where the training starts.
    #[must_use]
    pub fn new(course: &Course) -> Self {
        let weights = course.first_weights();
        Self {
            learned: vec![Learned {
                at_nanos: 0,
                step: 0,
                loss: course.loss(&weights),
                accuracy: Some(course.accuracy(&weights)),
            }],
        }
    }

    /// How many points were tried.
    #[must_use]
    pub fn len(&self) -> usize {
        self.learned.len().saturating_sub(1)
    }

    /// Whether none was tried yet.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Tries the learner at points that are new.
    pub fn extend(&mut self, course: &Course, points: &[Point]) {
        self.learned.extend(points.iter().map(|point| Learned {
            at_nanos: point.at_nanos,
            step: point.step,
            loss: point.loss,
            accuracy: Some(course.accuracy(&point.weights)),
        }));
    }

    /// Puts what is known so far into a run's log.
    pub fn show(&self, raw: &mut Raw) {
        raw.learned.clone_from(&self.learned);
        if let Some(first) = raw.learned.first_mut() {
            first.at_nanos = raw.start_nanos;
        }
    }

    /// The same at the end, with `loss` over everything there was to learn from,
    /// `accuracy`, `to_accuracy_ms` if [`WANTED_ACCURACY`] was reached, and the weights.
    pub fn end(&self, course: &Course, weights: &[f32], raw: &mut Raw) {
        self.show(raw);
        let figures = &mut raw.figures;
        figures.insert("loss".into(), course.loss(weights));
        figures.insert("accuracy".into(), course.accuracy(weights));
        let reached = raw.learned.iter().find(|point| {
            let accuracy = point.accuracy.unwrap_or_default();
            accuracy >= WANTED_ACCURACY
        });
        if let Some(reached) = reached {
            let nanos = reached.at_nanos.saturating_sub(raw.start_nanos);
            figures.insert(
                "to_accuracy_ms".into(),
                nanos as f64 / NANOS_PER_MILLI as f64,
            );
        }
        raw.weights = weights.to_vec();
    }
}
