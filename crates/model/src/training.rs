//! Learning from examples by mini-batch gradient descent.

use serde::{Deserialize, Serialize};

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
}
