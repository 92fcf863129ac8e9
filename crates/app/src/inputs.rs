//! What the charts of figures are made of, from a run as far as it has got.

use crate::drawings;
use crate::figure::labels;
use crate::outcome::Outcome;
use charts::{CdfLine, CostsChart, FrameRow, QueueRow};
use lessons::{ChartKind, Lesson, Words};
use model::{ArmInfo, Nanos, TaskRecord, Trace, millis_from_nanos};

/// With fewer tasks there is no crowd to speak of; and tasks that only compute
/// are no guests.
const CROWD: u32 = 30;

/// Whether a run has anything for a chart to show.
#[must_use]
pub fn has(outcome: &Outcome, kind: ChartKind) -> bool {
    let arms = &outcome.evidence.arms;
    match kind {
        ChartKind::Cdf | ChartKind::Queue => {
            let is_crowd = |arm: &ArmInfo| arm.tasks > CROWD && waits(arm);
            arms.iter().any(|arm| is_open(arm) || is_crowd(arm))
        }
        // Who would never have been done has no time to compare.
        ChartKind::Makespan if outcome.traces.iter().any(|trace| trace.is_stuck()) => false,
        ChartKind::Arrows => {
            let mut traces = outcome.traces.iter();
            traces.any(|trace| !trace.couriers.is_empty())
        }
        ChartKind::Frames => outcome.traces.iter().any(|trace| trace.page.is_some()),
        _ => !drawings::is_told(kind) || drawings::told(outcome, kind).is_some(),
    }
}

/// Whether tasks of this arm wait for something outside the processor.
fn waits(arm: &ArmInfo) -> bool {
    arm.jobs.iter().any(|job| job.wait_millis > 0.0)
}

/// Whether guests come to this arm over time.
#[must_use]
pub fn is_open(arm: &ArmInfo) -> bool {
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

/// Rounds are added up to this many guests of a way: 60,000 would take the page
/// longer than a frame, and look the same.
const ENOUGH_VALUES: usize = 10_000;

/// How long the guests of each way were there: those of the first kind of
/// request, of every round that counts; while the run goes on, of its typical
/// round.
pub fn latencies(outcome: &Outcome, words: &Words) -> Vec<CdfLine> {
    let mut lines = Vec::new();
    for (arm, label) in with_guests(outcome, words) {
        let first = arm.jobs.first().map(|job| job.workload.as_str());
        let mut values_ms = Vec::new();
        for trace in counted(outcome, &arm.id) {
            if values_ms.len() >= ENOUGH_VALUES {
                break;
            }
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
            total_ms: millis_from_nanos(trace.makespan_nanos),
            sampled: sampled
                .map(|sample| (millis_from_nanos(sample.at_nanos), sample.in_flight))
                .collect(),
        });
    }
    rows
}

/// What each part of a lesson's work costs; empty where that is not told.
#[must_use]
pub fn costs(lesson: &Lesson, words: &Words) -> CostsChart {
    let shares = lessons::preview::costs(lesson).unwrap_or_default();
    let say = |part: &str| words.say(&lesson.key(part), &[]);
    CostsChart {
        title: say("costs"),
        part: say("costs.strip"),
        cost: say("costs.share"),
        finding: say("costs.finding"),
        shares: shares.to_vec(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::outcome::Order;
    use analysis::{Measured, TimedRun};
    use lessons::{Settings, registry};
    use model::{
        Arm, Capability, Job, Lane, LaneKind, Manner, NANOS_PER_MILLI as MS, PageLife, Place, Plan,
        Rung, RungReason, Sample, Strategy, Stretch, YieldKind,
    };
    use std::rc::Rc;

    fn arm(id: &str, per_second: f64) -> Arm {
        let job = |workload: &str, tasks| Job {
            workload: workload.into(),
            tasks,
            per_second,
            ..Job::default()
        };
        Arm {
            id: id.into(),
            strategy: Strategy::Interleaved,
            variant: String::new(),
            workers: 1,
            place: Place::Page,
            workload: "w".into(),
            jobs: vec![job("requests", 3), job("primes", 1)],
            slice_steps: 1,
            manner: Manner::default(),
            edges: Vec::new(),
            base: None,
        }
    }

    /// Three light requests that stay 5 ms, and a heavy one that stays 100 ms.
    fn run(arm: &str, round: u32, hidden: bool) -> TimedRun {
        let task = |id: u32| TaskRecord {
            id,
            workload: if id == 3 { "primes" } else { "requests" }.into(),
            lane_idx: 0,
            spawned_nanos: u64::from(id) * MS,
            started_nanos: u64::from(id) * MS,
            finished_nanos: u64::from(id) * MS + if id == 3 { 100 } else { 5 } * MS,
            busy_nanos: 0,
            polls: 1,
            wakes: 0,
            checksum: 1,
        };
        TimedRun {
            order: 0,
            hidden,
            trace: Trace {
                arm: arm.into(),
                round,
                lanes: vec![Lane {
                    kind: LaneKind::Page,
                    index: 0,
                    clock_offset_nanos: 0,
                }],
                tasks: (0..4).map(task).collect(),
                makespan_nanos: 103 * MS,
                samples: vec![Sample {
                    at_nanos: 2 * MS,
                    in_flight: 3,
                }],
                page: (arm == "b").then(|| PageLife {
                    frames: vec![Stretch {
                        start_nanos: 0,
                        len_nanos: 17 * MS,
                    }],
                    ..PageLife::default()
                }),
                ..Trace::default()
            },
        }
    }

    fn outcome(rates: [f64; 2]) -> Outcome {
        let plan = Plan {
            lesson: "lab".into(),
            seed: 1,
            rounds: 3,
            arms: vec![arm("a", rates[0]), arm("b", rates[1])],
            capacity_for: Vec::new(),
        };
        let rounds = 0..3;
        let runs = rounds.flat_map(|round| [run("a", round, false), run("b", round, round == 1)]);
        let measured = Measured {
            runs: runs.collect(),
            plan,
            capability: Capability {
                rung: Rung::Shared,
                reason: RungReason::PoolWorks,
                reported_cores: 2,
                clock_step_nanos: 5000,
                isolated: true,
                yield_kind: YieldKind::MessageChannel,
                user_agent: String::new(),
                gpu: None,
            },
            build: String::new(),
            started: String::new(),
            probes: Vec::new(),
            warmth: Default::default(),
            notes: Vec::new(),
        };
        let lesson = registry::LAB;
        let order = Order {
            number: 1,
            lesson,
            settings: Settings::default(),
            predictions: Vec::new(),
            drawn: Vec::new(),
            words: Rc::new(Words::built_in()),
        };
        order.whole(measured)
    }

    #[test]
    fn latencies_are_of_the_first_kind_in_rounds_that_count() {
        let lines = latencies(&outcome([0.0, 50.0]), &Words::built_in());
        // Only to b guests come over time; its second round was hidden.
        assert_eq!(lines.len(), 1);
        assert_eq!(lines[0].values_ms, [5.0; 6]);
        let closed = latencies(&outcome([0.0, 0.0]), &Words::built_in());
        assert_eq!(closed.len(), 2);
        assert_eq!(closed[0].values_ms.len(), 9);
    }

    #[test]
    fn while_a_run_goes_on_there_is_its_typical_round() {
        let mut outcome = outcome([9.0, 9.0]);
        outcome.measured = None;
        let lines = latencies(&outcome, &Words::built_in());
        assert_eq!(lines[0].values_ms, [5.0; 3]);
    }

    #[test]
    fn queues_have_every_guest_and_the_readings() {
        let rows = queues(&outcome([9.0, 9.0]), &Words::built_in());
        assert_eq!(rows.len(), 2);
        assert_eq!(rows[0].came_ms, [0.0, 1.0, 2.0, 3.0]);
        assert_eq!(rows[0].left_ms, [5.0, 6.0, 7.0, 103.0]);
        assert_eq!(rows[0].sampled, [(2.0, 3)]);
    }

    #[test]
    fn only_what_there_is_to_show_is_offered() {
        let words = Words::built_in();
        let open = outcome([0.0, 50.0]);
        assert_eq!(frames(&open, &words).len(), 1, "only b was watched");
        let of = |outcome: &Outcome| {
            [
                ChartKind::Cdf,
                ChartKind::Queue,
                ChartKind::Frames,
                ChartKind::Sweep,
                ChartKind::Lanes,
            ]
            .map(|kind| has(outcome, kind))
        };
        assert_eq!(of(&open), [true, true, true, false, true]);
        let mut closed = outcome([0.0, 0.0]);
        closed.traces.clear();
        assert_eq!(of(&closed), [false, false, false, false, true]);
        closed.evidence.arms[0].tasks = CROWD + 1;
        assert!(!has(&closed, ChartKind::Queue), "computing is no guest");
        closed.evidence.arms[0].jobs[0].wait_millis = 5.0;
        assert!(has(&closed, ChartKind::Queue) && has(&closed, ChartKind::Cdf));
    }

    #[test]
    fn who_would_never_have_been_done_has_no_time_to_compare() {
        let mut stuck = outcome([0.0, 0.0]);
        assert!(has(&stuck, ChartKind::Makespan));
        let mut trace = Trace::default();
        assert!(
            !has(&stuck, ChartKind::Arrows),
            "no message was written down"
        );
        trace.couriers.push(model::Courier {
            from_lane_idx: 0,
            to_lane_idx: 1,
            task: 0,
            bytes: 1,
            sent_nanos: 0,
            came_nanos: 1,
            added_nanos: 0,
        });
        stuck.traces.push(Rc::new(trace.clone()));
        assert!(has(&stuck, ChartKind::Arrows));
        trace.figures.insert("stuck".into(), 1.0);
        stuck.traces.push(Rc::new(trace));
        assert!(!has(&stuck, ChartKind::Makespan));
    }
}
