//! Learning from examples by mini-batch gradient descent.

use crate::Job;
use serde::{Deserialize, Serialize};

/// Id of the work in plans and records.
pub const TRAINING: &str = "training";
/// Parts that the examples of every step are cut into, however many workers there
/// are. A part is a task; those of a step have the numbers `step * SHARDS..` and on.
pub const SHARDS: u32 = 8;
/// Share of held-out digits that counts as having learned: the figure
/// `to_accuracy_ms` tells when it was reached.
pub const WANTED_ACCURACY: f64 = 0.9;

/// What is learned.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Learner {
    /// Logistic regression with one output a digit (softmax).
    #[default]
    Logistic,
    /// The same behind one hidden layer (multilayer perceptron).
    Perceptron,
}

impl Learner {
    /// Every kind, in the order they are listed to a reader.
    pub const ALL: [Self; 2] = [Self::Logistic, Self::Perceptron];

    /// The stable id used in addresses and records.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Logistic => "logistic",
            Self::Perceptron => "perceptron",
        }
    }

    /// The kind with this id, or `None`.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|learner| learner.id() == id)
    }
}

/// How an arm trains, whatever its strategy. Its job has workload `training`; each
/// step's batch is cut into the same shards in every arm, and the gradients of the
/// shards are added in the same order, so that all but asynchronous arms reach the
/// same loss.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Training {
    /// What is learned.
    pub learner: Learner,
    /// Examples of a step.
    pub batch: u32,
    /// Passes over all examples.
    pub epochs: u32,
    /// Examples to learn from; more than the data set has are made by shifting and
    /// blurring its own.
    pub examples: u32,
    /// Step length.
    pub rate: f64,
    /// Whether workers that pass messages send gradients without waiting for each
    /// other (asynchronous parameter server).
    pub is_async: bool,
}

impl Default for Training {
    fn default() -> Self {
        Self {
            learner: Learner::Logistic,
            batch: 256,
            epochs: 10,
            examples: 1_500,
            rate: 0.5,
            is_async: false,
        }
    }
}

impl Training {
    /// Steps of a pass over all examples, at least 1. The last one has fewer
    /// examples where they do not come out even.
    #[must_use]
    pub const fn steps_an_epoch(&self) -> u32 {
        let (examples, batch) = (self.examples, self.batch);
        let batch = if batch == 0 { 1 } else { batch };
        if examples == 0 {
            1
        } else {
            examples.div_ceil(batch)
        }
    }

    /// Steps in all.
    #[must_use]
    pub const fn steps(&self) -> u32 {
        self.steps_an_epoch().saturating_mul(self.epochs)
    }

    /// The job of an arm that trains like this: one task a shard and step.
    /// `busy_millis` is what a task may take on a core of this machine; time limits
    /// are derived from it.
    #[must_use]
    pub fn job(&self, busy_millis: f64) -> Job {
        let batch = self.batch.min(self.examples);
        Job {
            workload: TRAINING.into(),
            tasks: self.steps().saturating_mul(SHARDS),
            busy_millis,
            size: batch.div_ceil(SHARDS).max(1),
            ..Job::default()
        }
    }
}

/// Where a training was at an instant.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Learned {
    /// Since the start of the run.
    pub at_nanos: crate::Nanos,
    /// Steps done, from 0.
    pub step: u32,
    /// Mean loss of the examples learned from (cross entropy, in nats).
    pub loss: f64,
    /// Share of held-out digits told rightly, 0..=1; `None` where it was not tried.
    pub accuracy: Option<f64>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back() {
        for learner in Learner::ALL {
            assert_eq!(Learner::from_id(learner.id()), Some(learner));
        }
        assert_eq!(Learner::from_id("oracle"), None);
    }

    #[test]
    fn every_step_has_all_its_shards() {
        let training = Training::default();
        assert_eq!((training.steps_an_epoch(), training.steps()), (6, 60));
        let job = training.job(0.1);
        assert_eq!((job.tasks, job.size), (480, 32));
        let none = Training {
            batch: 0,
            examples: 0,
            epochs: 2,
            ..training
        };
        assert_eq!((none.steps(), none.job(0.1).size), (2, 1));
    }
}
