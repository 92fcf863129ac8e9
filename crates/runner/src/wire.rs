//! Messages between the page and its workers, packed with `postcard`.

use crate::{
    messages::{Cooked, Order},
    probe::Calibration,
};
use model::{Arm, Job, Nanos, TaskSpec, Trace};
use serde::{Deserialize, Serialize, de::DeserializeOwned};

/// To a worker, of any role.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum ToWorker {
    /// Answer with [`FromWorker::Pong`].
    Ping,
    /// Start a pool of exactly this many threads (host).
    Pool {
        /// Threads.
        workers: u32,
    },
    /// Start this many message workers (host).
    Nodes {
        /// Workers.
        workers: u32,
    },
    /// Find the size of a job (host).
    Calibrate {
        /// The job.
        job: Job,
        /// Seed of the run.
        seed: u64,
    },
    /// Run an arm once (host).
    Run(RunOrder),
    /// Work on tasks (message worker).
    Cook {
        /// The tasks.
        specs: Vec<TaskSpec>,
        /// How.
        order: Order,
    },
    /// Count steps in a window of the shared clock (probe).
    Probe {
        /// Start of the window.
        from_nanos: Nanos,
        /// End of the window.
        until_nanos: Nanos,
    },
}

/// One timed run.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct RunOrder {
    /// The arm, sizes frozen.
    pub arm: Arm,
    /// Seed of the run.
    pub seed: u64,
    /// Round from 0.
    pub round: u32,
    /// Length of a step.
    pub step_nanos: Nanos,
    /// Gap that counts as off core.
    pub gap_nanos: Nanos,
    /// Send a partial trace about this often; 0: never.
    pub live_millis: u32,
}

/// From a worker.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub enum FromWorker {
    /// Alive, of this build.
    Ready {
        /// Build id.
        build: String,
    },
    /// Answer to a ping: the worker's reading of the shared clock.
    Pong {
        /// Now.
        now_nanos: Nanos,
    },
    /// The pool or the message workers are ready.
    Staffed,
    /// Outcome of a calibration.
    Calibrated(Calibration),
    /// What has happened so far.
    Live(Trace),
    /// The run's trace.
    Done(Trace),
    /// Finished tasks of a message worker.
    Cooked(Cooked),
    /// Steps of a probe.
    Probed {
        /// Steps inside the window.
        steps: u64,
    },
    /// It cannot be done; the text says why.
    Failed(String),
}

/// Packs a message.
///
/// # Errors
/// If a value cannot be written, which none of these types cause.
pub fn pack<M: Serialize>(message: &M) -> Result<Vec<u8>, postcard::Error> {
    postcard::to_stdvec(message)
}

/// Unpacks a message.
///
/// # Errors
/// If the bytes are not such a message.
pub fn unpack<M: DeserializeOwned>(bytes: &[u8]) -> Result<M, postcard::Error> {
    postcard::from_bytes(bytes)
}
