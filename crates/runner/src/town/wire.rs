//! Messages between the depot and its nodes. The bytes of splits and blocks do not
//! pass through these: they travel beside them as buffers of their own.

use crate::cook::Ticks;
use model::{Moves, Nanos, Span};
use serde::{Deserialize, Serialize};
use workloads::mapped::Answer;

/// To a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ToNode {
    /// A run begins: forget any other, and answer [`FromNode::Ready`].
    Begin(Begin),
    /// A buffer with this split, to be kept until it is to be mapped.
    Keep {
        /// The run it is for.
        run: u32,
        /// Its task.
        task: u32,
    },
    /// Map this split: the buffer beside, or else the one that was kept.
    Map {
        /// The run it is for.
        run: u32,
        /// Its task.
        task: u32,
        /// Where it begins in the whole input, in bytes.
        offset: u64,
    },
    /// Reduce the blocks in the buffers beside.
    Reduce {
        /// The run it is for.
        run: u32,
        /// Its task.
        task: u32,
    },
    /// Say when the buffer beside is at hand.
    Parcel {
        /// The run it is for.
        run: u32,
        /// Its task.
        task: u32,
    },
    /// This task is no longer needed: it may be left where it is.
    Drop {
        /// The run it is for.
        run: u32,
        /// Its task.
        task: u32,
    },
}

/// What a node must know about a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Begin {
    /// Number of the run: answers to another one are not heeded.
    pub run: u32,
    /// Id of the job.
    pub job: String,
    /// Into how many parts its keys are dealt.
    pub reducers: u32,
    /// Whether values of a key are put together before they leave.
    pub combine: bool,
    /// How its blocks leave.
    pub moves: Moves,
    /// It takes so many times as long for each split, at least 1.
    pub slow: f64,
    /// Length of a step.
    pub step_nanos: Nanos,
    /// Gap that counts as off core.
    pub gap_nanos: Nanos,
}

impl Begin {
    /// The ticks of this run.
    #[must_use]
    pub const fn ticks(&self) -> Ticks {
        Ticks {
            step_nanos: self.step_nanos,
            gap_nanos: self.gap_nanos,
        }
    }
}

/// From a node.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum FromNode {
    /// Everything before this message is done with.
    Ready {
        /// The run that begins.
        run: u32,
    },
    /// It is at work.
    Beat {
        /// The run it works for.
        run: u32,
    },
    /// A task is finished; a split's blocks are in the buffers beside, one a reducer.
    Done(Box<Done>),
    /// What it took to hand the answer to a task to the browser.
    Posted {
        /// The run it was for.
        run: u32,
        /// The task.
        task: u32,
        /// When that began.
        start_nanos: Nanos,
        /// How long it took.
        len_nanos: Nanos,
    },
    /// A task was left where it was.
    Dropped {
        /// The run it was for.
        run: u32,
        /// The task.
        task: u32,
    },
    /// It cannot go on with the run; the text says why.
    Failed {
        /// The run.
        run: u32,
        /// Why.
        text: String,
    },
}

/// A finished task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Done {
    /// The run it was for.
    pub run: u32,
    /// The task.
    pub task: u32,
    /// When its message had come and its buffers could be read.
    pub came_nanos: Nanos,
    /// When work on it began.
    pub started_nanos: Nanos,
    /// Time on a core.
    pub busy_nanos: Nanos,
    /// What happened, on the node's clock, lane index 0.
    pub spans: Vec<Span>,
    /// Spans that did not fit.
    pub dropped: u32,
    /// What a reducer found; of a parcel, the checksum of its ends.
    pub part: Option<Part>,
    /// When the answer was handed to the browser.
    pub sent_nanos: Nanos,
}

/// A part of the answer to a job, see [`Answer`].
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Part {
    /// Proof of the result.
    pub checksum: u64,
    /// Records read.
    pub records: u64,
    /// Keys told apart.
    pub keys: u64,
    /// Pieces that are no text.
    pub skipped: u64,
    /// For reading.
    pub found: Vec<(String, f64)>,
    /// For reading too: numbers that stand for the whole.
    pub figures: Vec<(String, f64)>,
}

impl From<Answer> for Part {
    fn from(answer: Answer) -> Self {
        let Answer {
            checksum,
            records,
            keys,
            skipped,
            found,
            figures,
        } = answer;
        Self {
            checksum,
            records,
            keys,
            skipped,
            found,
            figures,
        }
    }
}

impl From<Part> for Answer {
    fn from(part: Part) -> Self {
        let Part {
            checksum,
            records,
            keys,
            skipped,
            found,
            figures,
        } = part;
        Self {
            checksum,
            records,
            keys,
            skipped,
            found,
            figures,
        }
    }
}
