//! Does a trace contradict itself?

use model::{Edge, NANOS_PER_MILLI, Nanos, Span, State, TaskRecord, Trace};

/// Rounding of clock readings to nanoseconds, and nothing more.
const ROUNDING_NANOS: Nanos = 1_000;

/// A contradiction in a trace: the run is void.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TraceFault {
    /// No task at all, or no time passed while tasks ran: a frozen clock.
    Empty,
    /// This task id occurs twice.
    TaskTwice(u32),
    /// This task id is missing, or has a span but no record.
    TaskMissing(u32),
    /// A task or span of this task names a lane that does not exist.
    NoLane(u32),
    /// This task finished before it started, or started before it was handed out.
    Backwards(u32),
    /// A span of this task, or its end, lies outside the run.
    Outside(u32),
    /// This task was longer on a core than in progress.
    TooBusy(u32),
    /// Running spans of this lane overlap.
    Overlap(u32),
    /// Running spans of this lane sum to more than the makespan + 1 %.
    LaneTooBusy(u32),
    /// The last result is known long after the last task finished.
    LateEnd,
    /// This task began before one whose result it needs had finished.
    TooEarly(u32),
}

impl TraceFault {
    /// What is wrong, as part of a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Empty => "nothing ran or no time passed",
            Self::TaskTwice(_) => "a task occurs twice",
            Self::TaskMissing(_) => "a task is missing",
            Self::NoLane(_) => "a lane is missing",
            Self::Backwards(_) => "a task ended before it began",
            Self::Outside(_) => "something lies outside the run",
            Self::TooBusy(_) => "a task was on a core longer than in progress",
            Self::Overlap(_) => "one worker did two things at once",
            Self::LaneTooBusy(_) => "a worker was busy longer than the run",
            Self::LateEnd => "the run ended long after its last task",
            Self::TooEarly(_) => "a task began before what it needs was finished",
        }
    }
}

/// Checks what must hold in any trace: every task once, ids from 0 without a
/// hole; `spawned <= started <= finished`; everything inside the run; one
/// running span at a time on a lane; busy time of a lane at most 1 % above the
/// makespan; the last end at the makespan. Clocks of two threads are allowed
/// 1 ms, or 1 % of a longer run; the message with the last result 10 ms, or 2 %.
///
/// # Errors
/// The first contradiction found.
pub fn sane(trace: &Trace) -> Result<(), TraceFault> {
    if trace.tasks.is_empty() || trace.makespan_nanos == 0 {
        return Err(TraceFault::Empty);
    }
    let slack_nanos = NANOS_PER_MILLI.max(trace.makespan_nanos / 100);
    tasks(trace, slack_nanos)?;
    spans(trace, slack_nanos)?;
    lanes(trace)
}

/// Checks that no task began before every one that it needs had finished. Clocks
/// of two threads are allowed as much as in [`sane`]; on one lane, nothing.
///
/// # Errors
/// The first task that began too early, or is missing.
pub fn in_order(trace: &Trace, edges: &[Edge]) -> Result<(), TraceFault> {
    for edge in edges {
        for id in [edge.before, edge.after] {
            find(trace, id).ok_or(TraceFault::TaskMissing(id))?;
        }
        if is_too_early(trace, edge) {
            return Err(TraceFault::TooEarly(edge.after));
        }
    }
    Ok(())
}

/// Whether the second task of an edge began before the first had finished.
pub(crate) fn is_too_early(trace: &Trace, edge: &Edge) -> bool {
    let (Some(before), Some(after)) = (find(trace, edge.before), find(trace, edge.after)) else {
        return false;
    };
    let slack_nanos = if before.lane_idx == after.lane_idx {
        ROUNDING_NANOS
    } else {
        NANOS_PER_MILLI.max(trace.makespan_nanos / 100)
    };
    after.started_nanos + slack_nanos < before.finished_nanos
}

/// The task with this id: at its own place wherever tasks are sorted.
pub(crate) fn find(trace: &Trace, id: u32) -> Option<&TaskRecord> {
    let own = trace.tasks.get(id as usize).filter(|task| task.id == id);
    own.or_else(|| trace.tasks.iter().find(|task| task.id == id))
}

fn tasks(trace: &Trace, slack_nanos: Nanos) -> Result<(), TraceFault> {
    let mut seen = vec![false; trace.tasks.len()];
    let mut last_nanos = 0;
    for task in &trace.tasks {
        match seen.get_mut(task.id as usize) {
            Some(seen) if *seen => return Err(TraceFault::TaskTwice(task.id)),
            Some(seen) => *seen = true,
            // An id beyond the number of tasks leaves a hole below it.
            None => return Err(TraceFault::TaskMissing(trace.tasks.len() as u32 - 1)),
        }
        if task.lane_idx as usize >= trace.lanes.len() {
            return Err(TraceFault::NoLane(task.id));
        }
        if task.started_nanos > task.finished_nanos
            || task.spawned_nanos > task.started_nanos + slack_nanos
        {
            return Err(TraceFault::Backwards(task.id));
        }
        if task.finished_nanos > trace.makespan_nanos + slack_nanos {
            return Err(TraceFault::Outside(task.id));
        }
        let life_nanos = task.finished_nanos - task.started_nanos;
        if task.busy_nanos > life_nanos + life_nanos / 100 + ROUNDING_NANOS {
            return Err(TraceFault::TooBusy(task.id));
        }
        last_nanos = last_nanos.max(task.finished_nanos);
    }
    // The coordinator may learn of the end late: its thread shares the cores
    // with the workers. That delay is real and stays in the makespan.
    let late_nanos = (10 * NANOS_PER_MILLI).max(trace.makespan_nanos / 50);
    if last_nanos + late_nanos < trace.makespan_nanos {
        return Err(TraceFault::LateEnd);
    }
    Ok(())
}

fn spans(trace: &Trace, slack_nanos: Nanos) -> Result<(), TraceFault> {
    for span in &trace.spans {
        if span.lane_idx as usize >= trace.lanes.len() {
            return Err(TraceFault::NoLane(span.task));
        }
        if span.task as usize >= trace.tasks.len() {
            return Err(TraceFault::TaskMissing(span.task));
        }
        if span.end_nanos() > trace.makespan_nanos + slack_nanos {
            return Err(TraceFault::Outside(span.task));
        }
    }
    Ok(())
}

fn lanes(trace: &Trace) -> Result<(), TraceFault> {
    let mut running: Vec<&Span> = trace
        .spans
        .iter()
        .filter(|span| span.state == State::Running)
        .collect();
    running.sort_unstable_by_key(|span| (span.lane_idx, span.start_nanos));
    for lane in running.chunk_by(|a, b| a.lane_idx == b.lane_idx) {
        let mut end_nanos = 0;
        let mut busy_nanos = 0;
        for span in lane {
            if span.start_nanos + ROUNDING_NANOS < end_nanos {
                return Err(TraceFault::Overlap(span.lane_idx));
            }
            end_nanos = end_nanos.max(span.end_nanos());
            busy_nanos += span.len_nanos;
            if busy_nanos > trace.makespan_nanos + trace.makespan_nanos / 100 {
                return Err(TraceFault::LaneTooBusy(span.lane_idx));
            }
        }
    }
    Ok(())
}
