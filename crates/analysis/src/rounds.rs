//! Which rounds count, and their ratios against the base of the same round.

use crate::latency;
use crate::record::task_count;
use crate::summary::{of_work, share};
use crate::waterfall::waterfall;
use crate::{Measured, Summary, TimedRun, TraceFault, in_order, sane};
use model::{
    Arm, Law, NANOS_PER_SEC, Nanos, RoundRow, State, Strategy, Trace, VoidReason, nanos_from_millis,
};
use std::collections::BTreeMap;

/// P may be this much above what ticks saw; more cannot be, and voids the run.
const P_OVER_TICKS: f64 = 1.10;
/// A 128-bit register holds at most so many numbers: an instruction of a SIMD
/// kernel does at most the work of so many.
const SIMD_LANES: f64 = 16.0;
/// The makespan must be this many clock steps long before P is compared with ticks.
const STEPS_NEEDED: u64 = 100;
/// An exponential time is longer than this many of its means once in three
/// million times.
const LONGEST_OF_EXPONENTIAL: f64 = 15.0;

/// A row in the making.
pub(crate) struct Round<'a> {
    pub(crate) arm: &'a Arm,
    trace: &'a Trace,
    checksum: u64,
    pub(crate) row: RoundRow,
    fault: Option<TraceFault>,
    /// Own / base mean finish.
    pub(crate) finish_ratio: Option<f64>,
}

/// Every run of a known arm, judged and compared; what is void is noted.
pub(crate) fn rounds<'a>(measured: &'a Measured, notes: &mut Vec<String>) -> Vec<Round<'a>> {
    let mut rounds = Vec::with_capacity(measured.runs.len());
    for run in &measured.runs {
        match arm_of(measured, &run.trace.arm) {
            Some(arm) => rounds.push(first_look(arm, run)),
            None => notes.push([&run.trace.arm, ": not in the plan, left out"].concat()),
        }
        if run.trace.dropped > 0 {
            notes.push([&run.trace.arm, ": its trace is incomplete"].concat());
        }
    }
    compare_checksums(&mut rounds);
    let step_nanos = measured.capability.clock_step_nanos;
    for idx in 0..rounds.len() {
        against_base(&mut rounds, idx, step_nanos);
    }
    name_void(&rounds, notes);
    rounds
}

fn arm_of<'a>(measured: &'a Measured, id: &str) -> Option<&'a Arm> {
    measured.plan.arms.iter().find(|arm| arm.id == id)
}

/// Everything that the run alone tells.
fn first_look<'a>(arm: &'a Arm, run: &'a TimedRun) -> Round<'a> {
    let trace = &run.trace;
    let Summary {
        makespan_ms,
        c,
        p_ticks,
        peak,
        hollow,
        mean_finish_ms,
        all_started_ms,
        checksum,
        ..
    } = of_work(trace, None);
    let missing = (trace.tasks.len() != task_count(arm) as usize)
        .then_some(TraceFault::TaskMissing(trace.tasks.len() as u32));
    let fault = sane(trace).err().or(missing);
    let fault = fault.or_else(|| in_order(trace, &arm.edges).err());
    let reason = if run.hidden {
        Some(VoidReason::Hidden)
    } else if has_gap(arm, trace) {
        Some(VoidReason::Gap)
    } else {
        fault.map(|_| VoidReason::Trace)
    };
    Round {
        arm,
        trace,
        checksum,
        row: RoundRow {
            arm: arm.id.clone(),
            workload: arm.workload.clone(),
            round: trace.round,
            order: run.order,
            ms: makespan_ms,
            checksum: (!trace.tasks.is_empty()).then(|| format!("{checksum:016x}")),
            valid: reason.is_none(),
            reason,
            c,
            p: None,
            p_ticks,
            peak,
            hollow,
            speedup: None,
            mean_finish_ms,
            all_started_ms,
            figures: latency::figures(arm, trace)
                .into_iter()
                .chain(crate::page_life::figures(trace))
                .chain(crate::work_span::figures(&arm.edges, trace))
                .chain(crate::balance::figures(arm, trace))
                .chain(crate::locks::figures(arm, trace))
                .chain(crate::town::figures(arm, trace))
                .chain(
                    trace
                        .figures
                        .iter()
                        .map(|(name, value)| (name.clone(), *value)),
                )
                .collect(),
        },
        fault,
        finish_ratio: None,
    }
}

/// Whether nothing ran, started or ended for more than a second beyond the
/// longest wait that was asked for, while there was something to do. Standing
/// still for a lock, for however long, is something that happens.
fn has_gap(arm: &Arm, trace: &Trace) -> bool {
    if trace.dropped > 0 {
        return false;
    }
    let waits = arm.jobs.iter().map(|job| {
        let most = match job.law {
            Law::Constant => 1.0,
            Law::Exponential => LONGEST_OF_EXPONENTIAL,
        };
        nanos_from_millis(most * job.wait_millis)
    });
    let allowed_nanos = NANOS_PER_SEC + waits.max().unwrap_or(0);
    // A node that is to be slow pauses as long as it is asked to.
    let pauses = arm.manner.town.is_some();
    let happens = |state| match state {
        State::Running | State::Blocked => true,
        State::Waiting => pauses,
        State::Ready | State::Moving => false,
    };
    let running = trace.spans.iter().filter(|span| happens(span.state));
    let mut active: Vec<(Nanos, Nanos)> = running
        .map(|span| (span.start_nanos, span.end_nanos()))
        .collect();
    let instant = |nanos: Nanos| (nanos, nanos);
    active.extend(trace.tasks.iter().map(|task| instant(task.started_nanos)));
    active.extend(trace.tasks.iter().map(|task| instant(task.finished_nanos)));
    active.push(instant(trace.makespan_nanos));
    let couriers = trace.couriers.iter();
    active.extend(couriers.map(|courier| (courier.sent_nanos, courier.came_nanos)));
    if arm.is_open() {
        active.extend(idle(trace));
    }
    // Some long runs in order, one after another: a stable sort merges them.
    active.sort();
    let mut end_nanos = 0;
    active.into_iter().any(|(start_nanos, next_end_nanos)| {
        let is_gap = start_nanos > end_nanos + allowed_nanos;
        end_nanos = end_nanos.max(next_end_nanos);
        is_gap
    })
}

/// Times in which no request was there.
fn idle(trace: &Trace) -> Vec<(Nanos, Nanos)> {
    let mut there: Vec<(Nanos, Nanos)> = trace
        .tasks
        .iter()
        .map(|task| (task.spawned_nanos, task.finished_nanos))
        .collect();
    there.sort_unstable();
    let mut idle = Vec::new();
    let mut end_nanos = 0;
    for (came_nanos, done_nanos) in there {
        if came_nanos > end_nanos {
            idle.push((end_nanos, came_nanos));
        }
        end_nanos = end_nanos.max(done_nanos);
    }
    idle
}

/// Within a label of work the checksum of most sequential rounds is right: it is
/// what the others are compared with, however many of them agree on another.
/// Where there is none, that of most rounds.
fn compare_checksums(rounds: &mut [Round]) {
    let mut votes: BTreeMap<(String, u64), (u32, u32)> = BTreeMap::new();
    for round in rounds.iter().filter(|round| round.row.valid) {
        let vote = votes
            .entry((round.arm.workload.clone(), round.checksum))
            .or_default();
        vote.0 += u32::from(round.arm.strategy == Strategy::Sequential);
        vote.1 += 1;
    }
    // Workers that do not wait for each other take other steps in every run.
    let is_hasty = |round: &&mut Round| {
        let training = round.arm.manner.training;
        training.is_some_and(|training| training.is_async)
    };
    let rounds = rounds.iter_mut().filter(|round| round.row.valid);
    for round in rounds.filter(|round| !is_hasty(round)) {
        let same_label = votes
            .iter()
            .filter(|((label, _), _)| *label == round.arm.workload);
        let winner = same_label.max_by_key(|(_, votes)| **votes);
        if winner.is_some_and(|((_, checksum), _)| *checksum != round.checksum) {
            round.row.valid = false;
            round.row.reason = Some(VoidReason::Checksum);
        }
    }
}

/// Fills in the ratios of one round against its base, and voids what cannot be.
fn against_base(rounds: &mut [Round], idx: usize, step_nanos: u64) {
    let Some(own) = rounds.get(idx).filter(|own| own.row.valid) else {
        return;
    };
    // A sequential arm without a base is the measure of its own work.
    let base_id = match &own.arm.base {
        Some(base) => base,
        None if own.arm.strategy == Strategy::Sequential => &own.arm.id,
        None => return,
    };
    let is_base = |other: &&Round| {
        other.row.valid && other.row.round == own.row.round && other.arm.id == *base_id
    };
    let Some(base) = rounds.iter().find(is_base) else {
        return;
    };
    let work_nanos = work_nanos(base);
    let p = share(work_nanos as f64, own.trace.makespan_nanos as f64);
    let compared = own.arm.base.is_some();
    let speedup = share(base.row.ms, own.row.ms).filter(|_| compared);
    let finish_ratio = share(own.row.mean_finish_ms, base.row.mean_finish_ms).filter(|_| compared);
    let is_impossible = p.is_some_and(|p| is_impossible(own, base, p, step_nanos));
    let lost = has_account(own.arm)
        .then(|| waterfall(own.trace, own.arm.workers, &own.arm.edges, work_nanos))
        .flatten();
    let Some(own) = rounds.get_mut(idx) else {
        return;
    };
    own.row.p = p;
    own.row.speedup = speedup;
    own.finish_ratio = finish_ratio;
    if let Some(lost) = lost {
        own.row.figures.extend(lost.figures());
    }
    if is_impossible {
        own.row.valid = false;
        own.row.reason = Some(VoidReason::Impossible);
    }
}

/// Whether it can be told where the speedup of an arm went: several workers
/// against one, and everything computes. Where tasks wait or come over time, lanes
/// that stand still are no loss.
fn has_account(arm: &Arm) -> bool {
    let computes = |job: &model::Job| job.busy_millis > 0.0 && job.wait_millis == 0.0;
    arm.base.is_some()
        && arm.strategy.uses_workers()
        && arm.workers > 1
        && !arm.is_open()
        && arm.jobs.iter().all(computes)
}

/// Time on a core of the base's tasks; a task of a job that only waits counts 0.
fn work_nanos(base: &Round) -> Nanos {
    let computes = |workload: &str| {
        let jobs = &base.arm.jobs;
        jobs.iter()
            .any(|job| job.workload == workload && job.busy_millis > 0.0)
    };
    let tasks = base.trace.tasks.iter();
    tasks
        .filter(|task| computes(&task.workload))
        .map(|task| task.busy_nanos)
        .sum()
}

/// P counts work done, ticks count time on a core; work cannot be done off it,
/// nor more of it than a core can do at once.
fn is_impossible(own: &Round, base: &Round, p: f64, step_nanos: u64) -> bool {
    // The blades of a graphics processor are no cores, and stamp no ticks.
    if own.arm.strategy == Strategy::Gpu {
        return false;
    }
    if p <= 0.0 || own.trace.makespan_nanos < STEPS_NEEDED * step_nanos {
        return false;
    }
    // Each end of a span is off by up to one step, up or down alike: errors
    // grow with the root of their number.
    let spans = |round: &Round| (round.trace.spans.len() as f64).sqrt();
    let noise_nanos = step_nanos as f64 * (2.0 + spans(own) + spans(base));
    let at_once = if own.arm.uses_simd() { SIMD_LANES } else { 1.0 };
    p > P_OVER_TICKS * at_once * own.row.p_ticks + noise_nanos / own.trace.makespan_nanos as f64
}

fn name_void(rounds: &[Round], notes: &mut Vec<String>) {
    let mut counts: BTreeMap<(&str, &str), u32> = BTreeMap::new();
    for round in rounds {
        let words = match (round.row.reason, round.fault) {
            (None, _) => continue,
            (Some(VoidReason::Hidden), _) => "the page was hidden",
            (Some(VoidReason::Gap), _) => "nothing happened for more than a second",
            (Some(VoidReason::Checksum), _) => "its result differs from that of the same work",
            (Some(VoidReason::Impossible), _) => "more work was done than time on cores allows",
            (Some(VoidReason::Trace), fault) => fault.map_or("faulty trace", TraceFault::words),
        };
        *counts.entry((&round.arm.id, words)).or_default() += 1;
    }
    for ((arm, words), count) in counts {
        notes.push([arm, ": ", &count.to_string(), " void (", words, ")"].concat());
    }
}
