//! What happened in one timed run of one arm.

use crate::{Learned, Nanos, Total};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

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
    /// Standing still for a lock that another has. Drawn cross-hatched.
    Blocked,
    /// Copying or handing over data. Drawn with vertical lines.
    Moving,
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
    /// A worker of another tab or window.
    Tab,
    /// The graphics processor, as seen by the thread that waits for it.
    Gpu,
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
    /// Handed to the strategy; of a request that came later, when it came,
    /// however late that was noticed.
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
    /// What was added up, if the workload reads a file.
    #[serde(default)]
    pub totals: Vec<Total>,
    /// What the executor did to each task, in the order it happened; empty
    /// where it was not asked for.
    #[serde(default)]
    pub events: Vec<TaskEvent>,
    /// Readings of a counter of the tasks that have come and are not finished,
    /// taken while it ran and not made from the tasks' records; may be empty.
    #[serde(default)]
    pub samples: Vec<Sample>,
    /// What the page did meanwhile, where its frames were watched.
    #[serde(default)]
    pub page: Option<PageLife>,
    /// Polls that held the thread for longer than [`STALL_NANOS`].
    #[serde(default)]
    pub stalls: Vec<Stall>,
    /// Memory in use, where the program that ran it counts it.
    #[serde(default)]
    pub memory: Option<MemoryUse>,
    /// Figures that only such a run has, by the name they get in
    /// [`crate::Metrics`]: what a shared counter showed, how often was tried.
    /// `gone.<lane>` says after how many milliseconds a lane was lost.
    #[serde(default)]
    pub figures: BTreeMap<String, f64>,
    /// Messages between lanes that carried data, where they were written down.
    #[serde(default)]
    pub couriers: Vec<Courier>,
    /// How far a training was, in the order of time.
    #[serde(default)]
    pub learned: Vec<Learned>,
    /// What a training arrived at: the numbers that tell digits apart; empty
    /// elsewhere, and while it is under way.
    #[serde(default)]
    pub weights: Vec<f32>,
    /// What a job found, for reading: the most frequent words and their counts, or
    /// whatever it looks for; a label and a number a row.
    #[serde(default)]
    pub found: Vec<(String, f64)>,
}

/// A message on its way from one lane to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Courier {
    /// Sender: index into [`Trace::lanes`].
    pub from_lane_idx: u32,
    /// Receiver.
    pub to_lane_idx: u32,
    /// [`TaskRecord::id`] it belongs to.
    pub task: u32,
    /// Bytes of its data.
    pub bytes: u64,
    /// Handed over to be sent, since the start of the run; what is added comes after.
    pub sent_nanos: Nanos,
    /// At hand at the receiver.
    pub came_nanos: Nanos,
    /// Of the time between, what a network model added.
    pub added_nanos: Nanos,
}

impl Trace {
    /// Whether it was ended because nobody could ever have gone on.
    #[must_use]
    pub fn is_stuck(&self) -> bool {
        self.figures.get("stuck").is_some_and(|stuck| *stuck > 0.0)
    }
}

/// Bytes of the program's own (linear) memory that were handed out and not given
/// back, allocator's overhead included. What the browser needs besides, for
/// timers and workers, is not in it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemoryUse {
    /// Before anything was made for the run.
    pub before_bytes: u64,
    /// Most at the end of a turn of its event loop; 0 where it has none.
    pub peak_bytes: u64,
    /// What the start of the threads of its pool took; 0 without a pool.
    pub threads_bytes: u64,
    /// Threads of that pool.
    pub threads: u32,
}

/// A poll that holds its thread for longer than this did not give way in time:
/// the limit above which browsers call a task long is 50 ms; a slice the reader
/// asked for may be as long as 100 ms.
pub const STALL_NANOS: Nanos = 120_000_000;

/// A poll that did not give way in time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stall {
    /// [`TaskRecord::id`].
    pub task: u32,
    /// Start of the poll, since the start of the run.
    pub start_nanos: Nanos,
    /// Its length.
    pub len_nanos: Nanos,
}

/// What an executor does to a task.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deed {
    /// Put at the end of the queue.
    Woken,
    /// A poll begins.
    Polled,
    /// A poll ended at an `await` that is not ready.
    Pending,
    /// A poll ended with the result.
    Done,
}

/// One deed of the executor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskEvent {
    /// [`TaskRecord::id`].
    pub task: u32,
    /// Since the start of the run.
    pub at_nanos: Nanos,
    /// What was done.
    pub deed: Deed,
}

/// How many tasks were in the system at an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sample {
    /// Since the start of the run.
    pub at_nanos: Nanos,
    /// Tasks that had come and were not finished.
    pub in_flight: u32,
}

/// A stretch of the page's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stretch {
    /// Since the start of the run; what began before it begins at 0.
    pub start_nanos: Nanos,
    /// Length.
    pub len_nanos: Nanos,
}

/// What the page did during a run.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct PageLife {
    /// From one drawn frame to the next: the last one begins in the run and
    /// ends after it.
    pub frames: Vec<Stretch>,
    /// Questions put to the page at known instants, each as long as it took the
    /// page to answer.
    pub answers: Vec<Stretch>,
    /// What the browser itself called long tasks; `None` where it tells none.
    pub long_tasks: Option<Vec<Stretch>>,
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
