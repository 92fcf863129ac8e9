//! What happened in one timed run of one arm.

use crate::Nanos;
use serde::{Deserialize, Serialize};

/// What a task was doing on a lane.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum State {
    /// Progressing on a core: ticks came in regularly. Drawn solid.
    Running,
    /// Waiting for something outside the processor. Drawn hatched.
    Waiting,
    /// Ready but not progressing: between woken and polled (on the executor),
    /// or a gap in the ticks, probably for want of a free core. Drawn hollow.
    Ready,
}

/// An interval of one task in one state on one lane. Stored as start + length,
/// so it cannot be negative.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// Index into [`Trace::lanes`].
    pub lane_idx: u32,
    /// [`TaskRecord::id`].
    pub task: u32,
    /// What the task was doing.
    pub state: State,
    /// Start, in nanoseconds since the start of the run.
    pub start_nanos: Nanos,
    /// Length in nanoseconds.
    pub len_nanos: Nanos,
}

impl Span {
    /// The first instant after the span.
    #[must_use]
    pub const fn end_nanos(&self) -> Nanos {
        self.start_nanos + self.len_nanos
    }
}

/// The kind of place a lane stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LaneKind {
    /// The page's main thread.
    Page,
    /// The host worker's own thread.
    Host,
    /// A thread of the shared-memory pool.
    Pool,
    /// A worker with private memory.
    Message,
}

/// A place where tasks run; chefs are numbered from 1 in lane order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lane {
    /// What it stands for.
    pub kind: LaneKind,
    /// Number among its kind, from 0.
    pub index: u32,
    /// Time of this lane's clock against the run's, already applied, in
    /// nanoseconds; kept so that a reader can see how large it was.
    pub clock_offset_nanos: i64,
}

/// The life of one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TaskRecord {
    /// [`crate::TaskSpec::id`].
    pub id: u32,
    /// Workload id.
    pub workload: String,
    /// Lane that finished it.
    pub lane_idx: u32,
    /// Handed to the strategy.
    pub spawned_nanos: Nanos,
    /// First step of work or first wait began.
    pub started_nanos: Nanos,
    /// Result known.
    pub finished_nanos: Nanos,
    /// Sum of its running spans: time on a core.
    pub busy_nanos: Nanos,
    /// Times the executor polled it; 1 where there is no executor.
    pub polls: u32,
    /// Times it was woken.
    pub wakes: u32,
    /// Proof of the work done.
    pub checksum: u64,
}

/// One timed run of one arm.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Trace {
    /// Arm id.
    pub arm: String,
    /// Round number from 0.
    pub round: u32,
    /// Places, in drawing order.
    pub lanes: Vec<Lane>,
    /// Tasks by id.
    pub tasks: Vec<TaskRecord>,
    /// Spans in any order; running spans of one lane never overlap.
    pub spans: Vec<Span>,
    /// From handing over the first task to knowing the last result, by the
    /// coordinator's stopwatch.
    pub makespan_nanos: Nanos,
    /// Spans that did not fit into a recorder.
    pub dropped: u32,
    /// Smallest gap between ticks that counts as off core; 0 if none was set.
    pub gap_nanos: Nanos,
    /// What the tasks painted, if the workload paints.
    pub picture: Option<Picture>,
}

/// A painted result, put together from the tiles of the tasks.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Picture {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// What each task painted.
    pub tiles: Vec<Tile>,
}

/// Full-width rows painted by one task.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Tile {
    /// Task that painted it.
    pub task: u32,
    /// First row.
    pub y: u32,
    /// Row-major brightness, 0..=255; its length is a multiple of the width.
    pub shades: Vec<u8>,
}
