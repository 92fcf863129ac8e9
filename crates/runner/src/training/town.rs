//! `messages`: workers that share nothing, around one that keeps the weights (a
//! parameter server; Li and others, OSDI 2014).
//!
//! Each worker has all examples and is sent weights and the number of its shards; it
//! sends back the slopes. Synchronously, a step is taken when all have answered.
//! Asynchronously (Dean and others, NIPS 2012), whatever comes is taken at once and
//! the worker gets the weights as they are, so that slopes may be of weights that
//! have changed meanwhile. Pure: the transport is elsewhere.

mod pupil;
mod server;

pub use pupil::Pupil;
pub use server::{Refusal, Server};

use crate::messages::Parcel;
use model::{Nanos, Span, Training};
use serde::{Deserialize, Serialize};

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
