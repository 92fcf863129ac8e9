//! What the charts of figures are made of, from a run as far as it has got.

use crate::figure::labels;
use crate::outcome::Outcome;
use charts::{CdfLine, FrameRow, QueueRow, SweepChart, SweepDots, SweepTheory};
use lessons::{ChartKind, Words};
use model::{ArmInfo, Nanos, TaskRecord, Trace, millis_from_nanos};

/// With fewer tasks there is no crowd to speak of.
const CROWD: u32 = 30;

/// Whether a run has anything for a chart to show.
#[must_use]
pub fn has(outcome: &Outcome, kind: ChartKind) -> bool {
    let arms = &outcome.evidence.arms;
    match kind {
        ChartKind::Cdf | ChartKind::Queue => {
            arms.iter().any(|arm| is_open(arm) || arm.tasks > CROWD)
        }
        ChartKind::Frames => outcome.traces.iter().any(|trace| trace.page.is_some()),
        ChartKind::Sweep => (outcome.lesson.sweep)(&outcome.evidence, &outcome.settings).is_some(),
        _ => true,
    }
}

fn is_open(arm: &ArmInfo) -> bool {
    arm.jobs.iter().any(|job| job.per_second > 0.0)
}

/// The arms with guests: those to which they come over time, or all arms where
/// none is such; each with its name.
fn with_guests<'a>(outcome: &'a Outcome, words: &Words) -> Vec<(&'a ArmInfo, String)> {
    let is_any_open = outcome.evidence.arms.iter().any(is_open);
    let mut arms = Vec::new();
    for label in labels(outcome, words) {
        let arm = outcome
            .evidence
            .arms
            .iter()
            .find(|arm| arm.id == label.arm && (is_open(arm) || !is_any_open));
        if let Some(arm) = arm {
            arms.push((arm, label.label));
        }
    }
    arms
}

/// How long the guests of each way were there: those of the first kind of
/// request, of every round that counts; while the run goes on, of its typical
/// round.
pub fn latencies(outcome: &Outcome, words: &Words) -> Vec<CdfLine> {
    let mut lines = Vec::new();
    for (arm, label) in with_guests(outcome, words) {
        let first = arm.jobs.first().map(|job| job.workload.as_str());
        let mut values_ms = Vec::new();
        for trace in counted(outcome, &arm.id) {
            for task in &trace.tasks {
                if first.is_none_or(|first| first == task.workload) {
                    values_ms.push(stay_ms(task));
                }
            }
        }
        lines.push(CdfLine { label, values_ms });
    }
    lines
}

/// The traces of an arm that count.
pub fn counted<'a>(outcome: &'a Outcome, arm: &str) -> Vec<&'a Trace> {
    let Some(measured) = &outcome.measured else {
        return outcome.trace(arm).map(AsRef::as_ref).into_iter().collect();
    };
    let is_valid = |trace: &Trace| {
        outcome
            .evidence
            .rounds
            .iter()
            .any(|row| row.valid && row.round == trace.round && row.arm == trace.arm)
    };
    let mut traces = Vec::new();
    for run in &measured.runs {
        if run.trace.arm == arm && is_valid(&run.trace) {
            traces.push(&run.trace);
        }
    }
    traces
}

fn stay_ms(task: &TaskRecord) -> f64 {
    millis_from_nanos(task.finished_nanos.saturating_sub(task.spawned_nanos))
}

/// What the page did during the typical round of each way.
pub fn frames(outcome: &Outcome, words: &Words) -> Vec<FrameRow> {
    let mut rows = Vec::new();
    for label in labels(outcome, words) {
        let trace = outcome.trace(&label.arm);
        let page = trace.and_then(|trace| trace.page.as_ref());
        if let (Some(trace), Some(page)) = (trace, page) {
            rows.push(FrameRow {
                label: label.label,
                frames: page.frames.clone(),
                answers: page.answers.clone(),
                long_tasks: page.long_tasks.clone(),
                total_ms: millis_from_nanos(trace.makespan_nanos),
            });
        }
    }
    rows
}

/// Who came and left during the typical round of each way.
pub fn queues(outcome: &Outcome, words: &Words) -> Vec<QueueRow> {
    let mut rows = Vec::new();
    for (arm, label) in with_guests(outcome, words) {
        let Some(trace) = outcome.trace(&arm.id) else {
            continue;
        };
        let all = |at: fn(&TaskRecord) -> Nanos| {
            let times = trace.tasks.iter().map(at);
            times.map(millis_from_nanos).collect()
        };
        let sampled = trace.samples.iter();
        rows.push(QueueRow {
            label,
            came_ms: all(|task| task.spawned_nanos),
            left_ms: all(|task| task.finished_nanos),
            sampled: sampled
                .map(|sample| (millis_from_nanos(sample.at_nanos), sample.in_flight))
                .collect(),
        });
    }
    rows
}

/// The sweep of the lesson in the words of the page.
pub fn sweep(outcome: &Outcome, words: &Words) -> SweepChart {
    let sweep = (outcome.lesson.sweep)(&outcome.evidence, &outcome.settings);
    let Some(sweep) = sweep else {
        return SweepChart::default();
    };
    let mut chart = SweepChart {
        across: sweep.across.say(words),
        up: sweep.up.say(words),
        is_log: sweep.is_log,
        ..SweepChart::default()
    };
    for line in sweep.lines {
        chart.lines.push(SweepDots {
            label: line.label.say(words),
            points: line.points,
        });
    }
    for (label, points) in sweep.theory {
        chart.theory.push(SweepTheory {
            label: label.say(words),
            points,
        });
    }
    chart
}
