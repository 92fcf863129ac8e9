//! Where the speedup of a parallel run went.
//!
//! An account of lane time: `p x makespan = work of the base + what was lost`.
//! Every part is read where it happened and nothing is filled up: time on a core
//! from the records of the tasks, blocked, moving and off core from the spans,
//! the rest from the gaps that spans leave on a lane, up to the end of the last
//! task. Whether all of it together gives the time of the coordinator's
//! stopwatch is therefore a question, and [`Loss::sum_ratio`] the answer.
//!
//! A gap on a lane is
//! - *serial* while tasks are left, but each needs one that has not finished;
//! - *start* before the lane's first span otherwise;
//! - *barrier* after its last one, and on a lane that was never used;
//! - *rest* in between.

use model::{Edge, Nanos, Span, State, Trace};
use std::collections::BTreeMap;

/// Where time of a parallel run goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LostTo {
    /// A part that only one worker could do.
    Serial,
    /// Nobody had begun yet, or this worker had not.
    Start,
    /// Copying and handing over data.
    Moving,
    /// Waiting for the last one to finish.
    Barrier,
    /// Ready, but without a core.
    OffCore,
    /// Standing still for a lock.
    Lock,
    /// On a core, but slower than alone.
    Slower,
    /// Between two tasks, and anything else.
    Rest,
}

impl LostTo {
    /// Every kind, in the order drawn.
    pub const ALL: [Self; 8] = [
        Self::Serial,
        Self::Start,
        Self::Moving,
        Self::Barrier,
        Self::OffCore,
        Self::Lock,
        Self::Slower,
        Self::Rest,
    ];

    /// The stable id: `lost.<id>_ms` is the name of the figure in a record.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Serial => "serial",
            Self::Start => "start",
            Self::Moving => "moving",
            Self::Barrier => "barrier",
            Self::OffCore => "off-core",
            Self::Lock => "lock",
            Self::Slower => "slower",
            Self::Rest => "rest",
        }
    }

    /// Name of the figure in a record.
    #[must_use]
    pub fn figure(self) -> String {
        ["lost.", self.id(), "_ms"].concat()
    }
}

/// Name of the figure for the sequential time shared out evenly.
pub const IDEAL: &str = "lost.ideal_ms";
/// Name of the figure for all parts over the measured time.
pub const SUM_RATIO: &str = "lost.sum_ratio";

/// Name of the figure for the serial part as a share of the work of one worker.
pub const SERIAL_SHARE: &str = "lost.serial_share";

/// The account of one run, in milliseconds of its time.
#[derive(Clone, Debug, PartialEq)]
pub struct Loss {
    /// Work of the base / workers.
    pub ideal_ms: f64,
    /// The coordinator's stopwatch.
    pub total_ms: f64,
    /// Workers among whom lane time was shared out.
    pub workers: u32,
    /// Every kind, in order; *slower* is below 0 where the work took less time
    /// on cores than alone.
    pub parts: Vec<(LostTo, f64)>,
}

impl Loss {
    /// Everything accounted for / the measured time; 1 where nothing is missing
    /// and nothing is counted twice.
    #[must_use]
    pub fn sum_ratio(&self) -> f64 {
        let lost: f64 = self.parts.iter().map(|(_, ms)| ms).sum();
        (self.ideal_ms + lost) / self.total_ms
    }

    /// One kind, in milliseconds.
    #[must_use]
    pub fn part(&self, kind: LostTo) -> f64 {
        let found = self.parts.iter().find(|(part, _)| *part == kind);
        found.map_or(0.0, |(_, ms)| *ms)
    }

    /// Time in which only one worker could do anything, in milliseconds; 0 for a
    /// single worker, who waits for nobody.
    #[must_use]
    pub fn alone_ms(&self) -> f64 {
        let others = f64::from(self.workers) - 1.0;
        if others > 0.0 {
            self.part(LostTo::Serial) * f64::from(self.workers) / others
        } else {
            0.0
        }
    }

    /// The figures of a record.
    #[must_use]
    pub fn figures(&self) -> BTreeMap<String, f64> {
        let parts = self.parts.iter().map(|(part, ms)| (part.figure(), *ms));
        let work_ms = self.ideal_ms * f64::from(self.workers);
        let whole = [
            (IDEAL, self.ideal_ms),
            (SUM_RATIO, self.sum_ratio()),
            (SERIAL_SHARE, self.alone_ms() / work_ms.max(1e-6)),
        ];
        let whole = whole.map(|(name, value)| (name.to_owned(), value));
        parts.chain(whole).collect()
    }
}

/// The account of a run of `workers` (at least 1) whose tasks need each other as
/// `edges` say, against `work_nanos`: the time on a core of the same tasks in the
/// base arm of the same round. `None` without time, where spans were dropped, or
/// where more lanes than workers were used.
#[must_use]
pub fn waterfall(trace: &Trace, workers: u32, edges: &[Edge], work_nanos: Nanos) -> Option<Loss> {
    if workers == 0 || trace.makespan_nanos == 0 || trace.dropped > 0 {
        return None;
    }
    let mut lanes: BTreeMap<u32, Vec<&Span>> = BTreeMap::new();
    for span in &trace.spans {
        lanes.entry(span.lane_idx).or_default().push(span);
    }
    let unused = (workers as usize).checked_sub(lanes.len())?;
    let end_nanos = trace.tasks.iter().map(|task| task.finished_nanos).max()?;
    let phases = Phases::of(trace, edges);
    let mut lost = [0_i128; LostTo::ALL.len()];
    let mut lose = |kind: LostTo, nanos: Nanos| {
        if let Some(sum) = lost.get_mut(kind as usize) {
            *sum += i128::from(nanos);
        }
    };
    for spans in lanes.values_mut() {
        spans.sort_unstable_by_key(|span| (span.start_nanos, span.end_nanos()));
        covered(spans, &mut lose);
        gaps(spans, end_nanos, &phases, &mut lose);
    }
    for _ in 0..unused {
        phases.during(0, end_nanos, |serial, nanos| {
            lose(
                if serial {
                    LostTo::Serial
                } else {
                    LostTo::Barrier
                },
                nanos,
            );
        });
    }
    let busy_nanos: Nanos = trace.tasks.iter().map(|task| task.busy_nanos).sum();
    if let Some(slower) = lost.get_mut(LostTo::Slower as usize) {
        *slower = i128::from(busy_nanos) - i128::from(work_nanos);
    }
    let millis = |nanos: i128| nanos as f64 / 1e6 / f64::from(workers);
    Some(Loss {
        ideal_ms: millis(i128::from(work_nanos)),
        total_ms: model::millis_from_nanos(trace.makespan_nanos),
        workers,
        parts: LostTo::ALL.into_iter().zip(lost.map(millis)).collect(),
    })
}

/// What stands on a lane while nothing runs there; of several states at one
/// instant the first of these.
const HELD: [(State, LostTo); 4] = [
    (State::Moving, LostTo::Moving),
    (State::Blocked, LostTo::Lock),
    (State::Ready, LostTo::OffCore),
    (State::Waiting, LostTo::Rest),
];

/// Time of a lane in which a span says what it was lost to.
fn covered(spans: &[&Span], lose: &mut impl FnMut(LostTo, Nanos)) {
    let mut turns: Vec<(Nanos, i32, State)> = Vec::with_capacity(2 * spans.len());
    for span in spans {
        turns.push((span.start_nanos, 1, span.state));
        turns.push((span.end_nanos(), -1, span.state));
    }
    turns.sort_unstable_by_key(|(at, _, _)| *at);
    let mut running = 0;
    let mut held = [0; HELD.len()];
    let mut since = 0;
    for (at, change, state) in turns {
        if running == 0
            && let Some(place) = held.iter().position(|count| *count > 0)
            && let Some((_, kind)) = HELD.get(place)
        {
            lose(*kind, at - since);
        }
        since = at;
        match HELD.iter().position(|(known, _)| *known == state) {
            Some(place) => {
                if let Some(count) = held.get_mut(place) {
                    *count += change;
                }
            }
            None => running += change,
        }
    }
}

/// Time of a lane in which no span is.
fn gaps(spans: &[&Span], end_nanos: Nanos, phases: &Phases, lose: &mut impl FnMut(LostTo, Nanos)) {
    let mut after: Option<(Nanos, u32)> = None;
    for span in spans {
        let (from, kind) = match after {
            None => (0, Some(LostTo::Start)),
            // In the middle of a task a worker waits for no other.
            Some((end, task)) if task == span.task => (end, None),
            Some((end, _)) => (end, Some(LostTo::Rest)),
        };
        if span.start_nanos > from {
            match kind {
                Some(kind) => phases.during(from, span.start_nanos, |serial, nanos| {
                    lose(if serial { LostTo::Serial } else { kind }, nanos);
                }),
                None => lose(LostTo::Rest, span.start_nanos - from),
            }
        }
        if span.end_nanos() >= from {
            after = Some((span.end_nanos(), span.task));
        }
    }
    let from = after.map_or(0, |(end, _)| end);
    phases.during(from, end_nanos.max(from), |serial, nanos| {
        lose(
            if serial {
                LostTo::Serial
            } else {
                LostTo::Barrier
            },
            nanos,
        );
    });
}

/// Stretches in which tasks are left and none may begin: from, to.
struct Phases(Vec<(Nanos, Nanos)>);

impl Phases {
    fn of(trace: &Trace, edges: &[Edge]) -> Self {
        if edges.is_empty() {
            return Self(Vec::new());
        }
        let ends: BTreeMap<u32, Nanos> = trace
            .tasks
            .iter()
            .map(|task| (task.id, task.finished_nanos))
            .collect();
        let mut allowed: BTreeMap<u32, Nanos> = BTreeMap::new();
        for edge in edges {
            let end = ends.get(&edge.before).copied().unwrap_or(0);
            let from = allowed.entry(edge.after).or_default();
            *from = end.max(*from);
        }
        let mut turns = Vec::with_capacity(2 * trace.tasks.len());
        for task in &trace.tasks {
            let from = allowed.get(&task.id).copied().unwrap_or(0);
            // Clocks of two lanes may put a start just before what allowed it.
            turns.push((from.min(task.started_nanos), 1));
            turns.push((task.started_nanos, -1));
        }
        turns.sort_unstable();
        let mut left = trace.tasks.len();
        let mut may_begin = 0_i64;
        let mut since = None;
        let mut phases = Vec::new();
        let mut at = turns.iter().peekable();
        while let Some((now, change)) = at.next() {
            may_begin += change;
            left -= usize::from(*change < 0);
            if at.peek().is_some_and(|(next, _)| next == now) {
                continue;
            }
            let is_serial = may_begin <= 0 && left > 0;
            match since {
                None if is_serial => since = Some(*now),
                Some(from) if !is_serial => {
                    phases.push((from, *now));
                    since = None;
                }
                _ => {}
            }
        }
        Self(phases)
    }

    /// Tells the parts of an interval: whether it is serial, length.
    fn during(&self, from: Nanos, to: Nanos, mut tell: impl FnMut(bool, Nanos)) {
        let mut at = from;
        let first = self.0.partition_point(|(_, end)| *end <= from);
        for (start, end) in self.0.iter().skip(first) {
            let (start, end) = ((*start).max(at), (*end).min(to));
            if start >= end {
                break;
            }
            tell(false, start - at);
            tell(true, end - start);
            at = end;
        }
        tell(false, to.saturating_sub(at));
    }
}
