//! The figures of one timed run.

use model::{Nanos, Span, State, Trace, millis_from_nanos};

/// Figures of one trace. All are finite; without tasks or time they are 0.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    /// From handing over the first task to knowing the last result.
    pub makespan_ms: f64,
    /// Mean number of tasks in progress, that is between their first step (or
    /// wait) and their end.
    pub c: f64,
    /// Core time of the same tasks in the base / this makespan; `None` without base.
    pub p: Option<f64>,
    /// Time on a core as seen by ticks / makespan.
    pub p_ticks: f64,
    /// Most tasks in progress at one instant.
    pub peak: u32,
    /// Share of the time of the used lanes in which some task was ready there
    /// and none progressed, 0..=1.
    pub hollow: f64,
    /// Makespan of the base / this one; `None` without base.
    pub speedup: Option<f64>,
    /// Mean time at which a task finished, in milliseconds.
    pub mean_finish_ms: f64,
    /// Time at which the last task had started, in milliseconds.
    pub all_started_ms: f64,
    /// How often a lane turned from one task to another.
    pub switches: u32,
    /// Wrapping sum of the checksums of the tasks.
    pub checksum: u64,
    /// Use of each lane, in the order of the trace.
    pub lanes: Vec<LaneUse>,
}

/// What one lane did.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct LaneUse {
    /// Time on a core, in milliseconds.
    pub busy_ms: f64,
    /// Time in which a task was ready and none progressed, in milliseconds.
    pub hollow_ms: f64,
    /// Busy time / makespan, 0..=1.
    pub utilisation: f64,
    /// Tasks that finished here.
    pub finished: u32,
}

/// Figures of a trace, against its sequential base of the same round if given.
/// The base's work is all its time on a core.
#[must_use]
pub fn summary(trace: &Trace, base: Option<&Trace>) -> Summary {
    let work_nanos = |base: &Trace| base.tasks.iter().map(|task| task.busy_nanos).sum();
    let mut summary = of_work(trace, base.map(work_nanos));
    summary.speedup =
        base.and_then(|base| share(base.makespan_nanos as f64, trace.makespan_nanos as f64));
    summary
}

/// As [`summary`], with the base's work given and without a speedup.
pub(crate) fn of_work(trace: &Trace, work_nanos: Option<Nanos>) -> Summary {
    let makespan_nanos = trace.makespan_nanos as f64;
    let lanes: Vec<LaneUse> = (0..trace.lanes.len() as u32)
        .map(|lane_idx| lane_use(trace, lane_idx))
        .collect();
    let progress_nanos = trace
        .tasks
        .iter()
        .map(|task| task.finished_nanos.saturating_sub(task.started_nanos) as f64)
        .sum();
    let finish_nanos: f64 = trace
        .tasks
        .iter()
        .map(|task| task.finished_nanos as f64)
        .sum();
    let last_start_nanos = trace.tasks.iter().map(|task| task.started_nanos).max();
    let used = lanes
        .iter()
        .filter(|lane| lane.busy_ms > 0.0 || lane.hollow_ms > 0.0);
    let lane_ms = used.clone().count() as f64 * millis_from_nanos(trace.makespan_nanos);
    let hollow_ms: f64 = used.map(|lane| lane.hollow_ms).sum();
    Summary {
        makespan_ms: millis_from_nanos(trace.makespan_nanos),
        c: share(progress_nanos, makespan_nanos).unwrap_or(0.0),
        p: work_nanos.and_then(|work_nanos| share(work_nanos as f64, makespan_nanos)),
        p_ticks: share(on_core_nanos(trace) as f64, makespan_nanos).unwrap_or(0.0),
        peak: peak(trace),
        hollow: share(hollow_ms, lane_ms).unwrap_or(0.0).min(1.0),
        speedup: None,
        mean_finish_ms: share(finish_nanos / 1e6, trace.tasks.len() as f64).unwrap_or(0.0),
        all_started_ms: millis_from_nanos(last_start_nanos.unwrap_or(0)),
        switches: (0..lanes.len() as u32)
            .map(|lane_idx| switches(trace, lane_idx))
            .sum(),
        checksum: trace
            .tasks
            .iter()
            .fold(0, |sum, task| sum.wrapping_add(task.checksum)),
        lanes,
    }
}

/// `None` instead of a division by nothing.
pub(crate) fn share(part: f64, whole: f64) -> Option<f64> {
    (whole > 0.0).then(|| part / whole)
}

/// Time on a core over all lanes. Where a recorder overflowed the spans are
/// incomplete, and the sums kept by the tasks are used.
fn on_core_nanos(trace: &Trace) -> Nanos {
    if trace.dropped > 0 {
        return trace.tasks.iter().map(|task| task.busy_nanos).sum();
    }
    let running = trace
        .spans
        .iter()
        .filter(|span| span.state == State::Running);
    running.map(|span| span.len_nanos).sum()
}

fn peak(trace: &Trace) -> u32 {
    let lasted = trace
        .tasks
        .iter()
        .filter(|task| task.finished_nanos > task.started_nanos);
    let starts = lasted.clone().map(|task| (task.started_nanos, 1));
    let mut events: Vec<(Nanos, i32)> = starts.collect();
    events.extend(lasted.map(|task| (task.finished_nanos, -1)));
    // Two long runs that are nearly in order: a stable sort merges them. At one instant ends sort before starts: a task that follows another
    // directly was never in progress together with it.
    events.sort();
    let mut now = 0;
    let mut most = 0;
    for (_, change) in events {
        now += change;
        most = most.max(now);
    }
    // Tasks too short for the clock were in progress one at a time at least.
    (most as u32).max(u32::from(!trace.tasks.is_empty()))
}

fn lane_use(trace: &Trace, lane_idx: u32) -> LaneUse {
    let running = union(trace, lane_idx, |state| state == State::Running);
    // Who stands still for a lock, or copies, lacks no core.
    let is_present = |state| matches!(state, State::Running | State::Ready);
    let present = union(trace, lane_idx, is_present);
    let finished = trace.tasks.iter().filter(|task| task.lane_idx == lane_idx);
    LaneUse {
        busy_ms: millis_from_nanos(running),
        hollow_ms: millis_from_nanos(present.saturating_sub(running)),
        utilisation: share(running as f64, trace.makespan_nanos as f64)
            .unwrap_or(0.0)
            .min(1.0),
        finished: finished.count() as u32,
    }
}

/// Total time covered by the lane's spans in the wanted states.
pub(crate) fn union(trace: &Trace, lane_idx: u32, wanted: impl Fn(State) -> bool) -> Nanos {
    let mut covered_nanos = 0;
    let mut end_nanos = 0;
    for span in lane_spans(trace, lane_idx, wanted) {
        let start_nanos = span.start_nanos.max(end_nanos);
        covered_nanos += span.end_nanos().saturating_sub(start_nanos);
        end_nanos = end_nanos.max(span.end_nanos());
    }
    covered_nanos
}

fn switches(trace: &Trace, lane_idx: u32) -> u32 {
    let spans = lane_spans(trace, lane_idx, |state| state == State::Running);
    let pairs = spans.windows(2);
    pairs
        .filter(|pair| matches!(pair, [a, b] if a.task != b.task))
        .count() as u32
}

/// The lane's spans in the wanted states, by start.
fn lane_spans(trace: &Trace, lane_idx: u32, wanted: impl Fn(State) -> bool) -> Vec<&Span> {
    let mut spans: Vec<&Span> = trace
        .spans
        .iter()
        .filter(|span| span.lane_idx == lane_idx && wanted(span.state))
        .collect();
    spans.sort_unstable_by_key(|span| span.start_nanos);
    spans
}
