//! Messages between the page and its workers, packed with `postcard`.

use crate::{
    messages::{Cooked, Order},
    probe::Calibration,
    reading::LoadFault,
    training::{Answer, Errand, Setup},
};
use model::{Arm, GpuFault, Job, Nanos, TaskSpec, Trace};
use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde::{de::DeserializeOwned, de::Visitor};
use std::{fmt, marker::PhantomData};

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
    /// Run an arm once (host, graphics worker).
    Run(RunOrder),
    /// Read the file of orders once, as the arm says (host).
    Load {
        /// The arm and how it is timed.
        order: RunOrder,
        /// Where the file is.
        url: String,
    },
    /// Use this picture, row by row, from now on (host, message worker).
    Photo(Packed<Vec<u8>>),
    /// What lies beside is a text the reader gave (host).
    Text {
        /// Its id.
        id: u32,
    },
    /// Work on tasks (message worker).
    Cook {
        /// The tasks.
        specs: Vec<TaskSpec>,
        /// How.
        order: Order,
    },
    /// These are the handwritten digits (host, message worker).
    Digits(Packed<Vec<u8>>),
    /// Lay out a training (message worker); the answer is [`FromWorker::Staffed`].
    Learn(Packed<Setup>),
    /// Work out slopes of that training (message worker).
    Slopes(Packed<Errand>),
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
    /// Tabs that lend a node each, by id: they come first.
    pub tabs: Vec<String>,
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
    Live(Packed<Trace>),
    /// The same; the last stall, still without length, names a task that is
    /// about to be polled for the first time (host).
    About(Packed<Trace>),
    /// The same, from a message worker: its task, on its clock.
    AboutTo {
        /// Task id.
        task: u32,
        /// Now.
        now_nanos: Nanos,
    },
    /// A message worker no longer gives way; what has happened so far, see
    /// [`crate::watchdog::culprit`] (host).
    Stuck(Packed<Trace>),
    /// The run's trace.
    Done(Packed<Trace>),
    /// So many bytes of the file have come.
    Loading {
        /// Since its start.
        bytes: u64,
    },
    /// The file could not be read.
    Unloaded(LoadFault),
    /// Finished tasks of a message worker.
    Cooked(Packed<Cooked>),
    /// Slopes that a message worker found.
    Slopes(Packed<Answer>),
    /// Steps of a probe.
    Probed {
        /// Steps inside the window.
        steps: u64,
    },
    /// The graphics processor did not do it (graphics worker).
    NoGpu(GpuFault),
    /// It cannot be done; the text says why.
    Failed(String),
}

/// A value inside a message that is read only by whom it concerns: a page that
/// has timed nothing yet reads messages, but no traces, and so does not need the
/// code for it.
pub struct Packed<T> {
    bytes: Vec<u8>,
    of: PhantomData<fn() -> T>,
}

impl<T: Serialize> Packed<T> {
    /// Packs a value. One that cannot be written, of which there is none in
    /// these messages, cannot be read either.
    #[must_use]
    pub fn of(value: &T) -> Self {
        Self {
            bytes: pack(value).unwrap_or_default(),
            of: PhantomData,
        }
    }
}

impl<T: DeserializeOwned> Packed<T> {
    /// The value.
    ///
    /// # Errors
    /// If the bytes are not such a value.
    pub fn read(&self) -> Result<T, postcard::Error> {
        unpack(&self.bytes)
    }
}

impl<T> Clone for Packed<T> {
    fn clone(&self) -> Self {
        Self {
            bytes: self.bytes.clone(),
            of: PhantomData,
        }
    }
}

impl<T> fmt::Debug for Packed<T> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{} packed bytes", self.bytes.len())
    }
}

impl<T> Serialize for Packed<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_bytes(&self.bytes)
    }
}

impl<'de, T> Deserialize<'de> for Packed<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let bytes = deserializer.deserialize_byte_buf(Bytes)?;
        Ok(Self {
            bytes,
            of: PhantomData,
        })
    }
}

struct Bytes;

impl Visitor<'_> for Bytes {
    type Value = Vec<u8>;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("bytes")
    }

    fn visit_bytes<E: de::Error>(self, bytes: &[u8]) -> Result<Vec<u8>, E> {
        Ok(bytes.to_vec())
    }

    fn visit_byte_buf<E: de::Error>(self, bytes: Vec<u8>) -> Result<Vec<u8>, E> {
        Ok(bytes)
    }
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
