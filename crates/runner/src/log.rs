//! Recording: one writer a lane, readable by others while it runs.

use model::{
    Courier, Lane, Learned, MemoryUse, Nanos, Picture, Sample, Span, Stall, State, TaskEvent,
    TaskRecord, TaskSpec, Tile, Trace,
};
use std::{
    cell::UnsafeCell,
    collections::BTreeMap,
    mem::MaybeUninit,
    sync::atomic::{AtomicU32, Ordering},
};

/// Spans of one lane: a fixed buffer with one writer. Nothing is allocated
/// while a run is timed (the wasm allocator is one lock for all threads).
///
/// 128-byte alignment keeps the counters of two lanes off one cache line
/// (false sharing cost a factor of 2.9 to 5).
#[repr(align(128))]
pub struct LaneLog {
    len: AtomicU32,
    dropped: AtomicU32,
    spans: Box<[UnsafeCell<MaybeUninit<Span>>]>,
    lane_idx: u32,
}

// SAFETY: a slot is written once, by the lane's only writer, before `len` is
// raised past it with `Release`; readers only look below `len` after `Acquire`.
unsafe impl Sync for LaneLog {}

impl LaneLog {
    /// A log for `capacity` spans of the lane with this index.
    #[must_use]
    pub fn new(lane_idx: u32, capacity: usize) -> Self {
        Self {
            len: AtomicU32::new(0),
            dropped: AtomicU32::new(0),
            spans: (0..capacity)
                .map(|_| UnsafeCell::new(MaybeUninit::uninit()))
                .collect(),
            lane_idx,
        }
    }

    /// Index of the lane in the trace.
    #[must_use]
    pub const fn lane_idx(&self) -> u32 {
        self.lane_idx
    }

    /// Appends an interval. Times are on the shared clock. Empty intervals are
    /// left out; what does not fit is counted, never overwritten.
    ///
    /// Only the thread that runs the lane may call this.
    pub fn push(&self, task: u32, state: State, start_nanos: Nanos, end_nanos: Nanos) {
        let len_nanos = end_nanos.saturating_sub(start_nanos);
        if len_nanos == 0 {
            return;
        }
        let at = self.len.load(Ordering::Relaxed);
        let Some(slot) = self.spans.get(at as usize) else {
            self.dropped.fetch_add(1, Ordering::Relaxed);
            return;
        };
        let span = Span {
            lane_idx: self.lane_idx,
            task,
            state,
            start_nanos,
            len_nanos,
        };
        // SAFETY: this thread is the only writer, and no reader looks at a slot
        // at or above `len`.
        unsafe { (*slot.get()).write(span) };
        self.len.store(at + 1, Ordering::Release);
    }

    /// The spans so far, and how many did not fit.
    #[must_use]
    pub fn read(&self) -> (Vec<Span>, u32) {
        let len = self.len.load(Ordering::Acquire) as usize;
        let spans = self
            .spans
            .iter()
            .take(len)
            // SAFETY: slots below `len` were written before it was raised.
            .map(|slot| unsafe { (*slot.get()).assume_init() })
            .collect();
        (spans, self.dropped.load(Ordering::Relaxed))
    }
}

/// A task's life as its cook saw it, on the shared clock.
#[derive(Clone, Debug)]
pub struct Finished {
    /// Task id.
    pub task: u32,
    /// Lane that finished it.
    pub lane_idx: u32,
    /// First step of work, or first wait.
    pub started_nanos: Nanos,
    /// Result known.
    pub finished_nanos: Nanos,
    /// Time on a core.
    pub busy_nanos: Nanos,
    /// Times polled.
    pub polls: u32,
    /// Times woken.
    pub wakes: u32,
    /// Proof of work.
    pub checksum: u64,
    /// What it painted.
    pub tile: Option<Tile>,
}

/// The spans of several lanes so far, and how many did not fit.
#[must_use]
pub fn read_all<'a>(logs: impl IntoIterator<Item = &'a LaneLog>) -> (Vec<Span>, u32) {
    let (mut spans, mut dropped) = (Vec::new(), 0);
    for log in logs {
        let (lane_spans, lane_dropped) = log.read();
        spans.extend(lane_spans);
        dropped += lane_dropped;
    }
    (spans, dropped)
}

/// Everything a coordinator holds at the end of a run, on the shared clock.
#[derive(Default)]
pub struct Raw {
    /// The coordinator's stopwatch at the hand-over of the first task.
    pub start_nanos: Nanos,
    /// And when the last result was known to it.
    pub end_nanos: Nanos,
    /// Lanes in drawing order.
    pub lanes: Vec<Lane>,
    /// All spans.
    pub spans: Vec<Span>,
    /// Spans and events that did not fit.
    pub dropped: u32,
    /// Finished tasks in any order.
    pub finished: Vec<Finished>,
    /// What the executor did to each task.
    pub events: Vec<TaskEvent>,
    /// Polls that were too long.
    pub stalls: Vec<Stall>,
    /// Gap that counts as off core.
    pub gap_nanos: Nanos,
    /// Requests in the system, since the start of the run; may be empty.
    pub samples: Vec<Sample>,
    /// Most memory seen in use, in bytes; 0 if nobody looked.
    pub peak_bytes: u64,
    /// As in [`Trace::figures`].
    pub figures: BTreeMap<String, f64>,
    /// As in [`Trace::couriers`], on the shared clock.
    pub couriers: Vec<Courier>,
    /// As in [`Trace::learned`], on the shared clock.
    pub learned: Vec<Learned>,
    /// As in [`Trace::weights`].
    pub weights: Vec<f32>,
    /// As in [`Trace::found`].
    pub found: Vec<(String, f64)>,
}

/// Puts a trace together: times become relative to the start of the run, tasks
/// are sorted, tiles become one picture.
#[must_use]
pub fn assemble(arm: &str, round: u32, specs: &[TaskSpec], raw: Raw) -> Trace {
    let zero = raw.start_nanos;
    let since = |nanos: Nanos| nanos.saturating_sub(zero);
    let mut spans = raw.spans;
    for span in &mut spans {
        // A lane's clock may run a few microseconds ahead of the coordinator's.
        let end = since(span.start_nanos + span.len_nanos);
        span.start_nanos = since(span.start_nanos);
        span.len_nanos = end.saturating_sub(span.start_nanos);
    }
    spans.sort_by_key(|span| (span.lane_idx, span.start_nanos));
    let mut events = raw.events;
    for event in &mut events {
        event.at_nanos = since(event.at_nanos);
    }
    // Stable: several deeds of one instant stay in the order they were done.
    events.sort_by_key(|event| event.at_nanos);
    let mut stalls = raw.stalls;
    for stall in &mut stalls {
        stall.start_nanos = since(stall.start_nanos);
    }
    let mut couriers = raw.couriers;
    for courier in &mut couriers {
        courier.sent_nanos = since(courier.sent_nanos);
        // As above: it cannot have come before it was sent.
        courier.came_nanos = since(courier.came_nanos).max(courier.sent_nanos);
    }
    couriers.sort_by_key(|courier| courier.sent_nanos);
    let mut learned = raw.learned;
    for point in &mut learned {
        point.at_nanos = since(point.at_nanos);
    }
    let mut finished = raw.finished;
    finished.sort_by_key(|task| task.task);
    let size = picture_size(specs);
    let mut picture = size.map(|(width, height)| Picture {
        width,
        height,
        tiles: Vec::new(),
    });
    let mut tasks = Vec::with_capacity(finished.len());
    for task in finished {
        if let (Some(picture), Some(tile)) = (&mut picture, task.tile) {
            picture.tiles.push(tile);
        }
        let spec = spec_of(specs, task.task);
        let workload = spec.map(|spec| spec.workload.clone()).unwrap_or_default();
        let (started_nanos, finished_nanos) =
            (since(task.started_nanos), since(task.finished_nanos));
        // What the lane's clock puts before the run is cut off from the task's
        // time on a core as from its life; with a step of 1 ms it is that much.
        let busy_nanos = if task.started_nanos < zero {
            task.busy_nanos
                .min(finished_nanos.saturating_sub(started_nanos))
        } else {
            task.busy_nanos
        };
        tasks.push(TaskRecord {
            id: task.task,
            workload,
            lane_idx: task.lane_idx,
            spawned_nanos: spec.map_or(0, |spec| spec.arrive_nanos),
            started_nanos,
            finished_nanos,
            busy_nanos,
            polls: task.polls,
            wakes: task.wakes,
            checksum: task.checksum,
        });
    }
    Trace {
        arm: arm.into(),
        round,
        lanes: raw.lanes,
        tasks,
        spans,
        makespan_nanos: since(raw.end_nanos),
        dropped: raw.dropped,
        gap_nanos: raw.gap_nanos,
        samples: raw.samples,
        memory: (raw.peak_bytes > 0).then(|| MemoryUse {
            peak_bytes: raw.peak_bytes,
            ..MemoryUse::default()
        }),
        picture: picture.filter(|picture| !picture.tiles.is_empty()),
        events,
        stalls,
        figures: raw.figures,
        couriers,
        learned,
        weights: raw.weights,
        found: raw.found,
        ..Trace::default()
    }
}

/// The specification of a task: at its own place wherever tasks are numbered
/// from 0.
fn spec_of(specs: &[TaskSpec], task: u32) -> Option<&TaskSpec> {
    let own = specs.get(task as usize).filter(|spec| spec.id == task);
    own.or_else(|| specs.iter().find(|spec| spec.id == task))
}

/// Size of what the painting job of a run paints, if there is one.
fn picture_size(specs: &[TaskSpec]) -> Option<(u32, u32)> {
    let (id, size) = specs.iter().find_map(|spec| {
        let size = workloads::registry::find(&spec.workload)?.picture?;
        Some((&spec.workload, size))
    })?;
    let painters: Vec<TaskSpec> = specs
        .iter()
        .filter(|spec| spec.workload == *id)
        .cloned()
        .collect();
    Some(size(&painters))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A lane whose clock is behind the coordinator's starts before the run.
    #[test]
    fn a_task_is_never_longer_on_a_core_than_in_progress() {
        let task = |task, started_nanos, busy_nanos| Finished {
            task,
            lane_idx: 0,
            started_nanos,
            finished_nanos: started_nanos + 12,
            busy_nanos,
            polls: 1,
            wakes: 0,
            checksum: 1,
            tile: None,
        };
        let raw = Raw {
            start_nanos: 100,
            end_nanos: 130,
            lanes: Vec::new(),
            spans: Vec::new(),
            dropped: 0,
            finished: vec![task(0, 99, 12), task(1, 99, 5), task(2, 112, 12)],
            gap_nanos: 1,
            ..Raw::default()
        };
        let trace = assemble("pool-2", 0, &[], raw);
        let read = trace
            .tasks
            .iter()
            .map(|task| (task.started_nanos, task.finished_nanos, task.busy_nanos));
        assert!(read.eq([(0, 11, 11), (0, 11, 5), (12, 24, 12)]));
    }
}
