//! The charts that a lesson makes of its figures, in the words of the page.

use crate::outcome::Outcome;
use charts::{
    Chart, CountsChart, DagChart, DagDone, DagNode, LossChart, LossLine, LostRun, LostTo, Say,
    SpeedupChart, SpeedupLine, SpeedupPoint, Stage, StagedRun, SweepChart, SweepDots, SweepTheory,
    View, Waiter,
};
use lessons::{ChartKind, Drawing, Words};
use lessons::{Counts, Graph, LineKind, Loss, Lost, Speedup, StageKind, Staged, Sweep, Waiting};
use model::{Trace, millis_from_nanos};

/// Whether a kind of chart is made from what a lesson says.
#[must_use]
pub const fn is_told(kind: ChartKind) -> bool {
    matches!(
        kind,
        ChartKind::Sweep
            | ChartKind::Speedup
            | ChartKind::Waterfall
            | ChartKind::Dag
            | ChartKind::Counts
            | ChartKind::Circle
            | ChartKind::Stages
            | ChartKind::Loss
    )
}

/// What the lesson says about the run, as far as it has got.
#[must_use]
pub fn told(outcome: &Outcome, kind: ChartKind) -> Option<Drawing> {
    outcome.drawing(kind)
}

/// The chart of this kind; an empty one where there is nothing to show.
pub fn draw(outcome: &Outcome, kind: ChartKind, words: &Words, view: &View, say: Say) -> Chart {
    match told(outcome, kind) {
        Some(Drawing::Sweep(told)) => charts::sweep(&sweep(told, words), view, say),
        Some(Drawing::Speedup(told)) => charts::speedup(&speedup(told, words), view, say),
        Some(Drawing::Waterfall(told)) => charts::waterfall(&lost(told, words), view, say),
        Some(Drawing::Graph(told)) => {
            let trace = outcome.trace(&told.arm).map(AsRef::as_ref);
            charts::dag(&dag(told, trace, words), view, say)
        }
        Some(Drawing::Counts(told)) => charts::counts(&counts(told, words), view, say),
        Some(Drawing::Circle(told)) => charts::circle(&waiters(told, words), view, say),
        Some(Drawing::Stages(told)) => charts::stages(&staged(told, words), view, say),
        Some(Drawing::Loss(told)) => charts::loss(&loss(told, words), view, say),
        None => match kind {
            ChartKind::Speedup => charts::speedup(&SpeedupChart::default(), view, say),
            ChartKind::Waterfall => charts::waterfall(&[], view, say),
            ChartKind::Dag => charts::dag(&DagChart::default(), view, say),
            ChartKind::Circle => charts::circle(&[], view, say),
            ChartKind::Stages => charts::stages(&[], view, say),
            ChartKind::Loss => charts::loss(&LossChart::default(), view, say),
            ChartKind::Counts => charts::counts(&CountsChart::default(), view, say),
            _ => charts::sweep(&SweepChart::default(), view, say),
        },
    }
}

fn sweep(told: Sweep, words: &Words) -> SweepChart {
    let mut chart = SweepChart {
        across: told.across.say(words),
        up: told.up.say(words),
        is_log: told.is_log,
        is_log_up: told.is_log_up,
        crossing: told
            .crossing
            .map(|(at, words_of)| (at, words_of.say(words))),
        ..SweepChart::default()
    };
    for line in told.lines {
        chart.lines.push(SweepDots {
            label: line.label.say(words),
            points: line.points,
        });
    }
    for (label, points) in told.theory {
        chart.theory.push(SweepTheory {
            label: label.say(words),
            points,
        });
    }
    chart
}

fn speedup(told: Speedup, words: &Words) -> SpeedupChart {
    let mut chart = SpeedupChart {
        capacity: told.capacity,
        ..SpeedupChart::default()
    };
    for point in told.points {
        chart.points.push(SpeedupPoint {
            workers: point.workers,
            speedup: point.speedup,
            rounds: point.rounds,
            ms: point.ms,
            serial_share: point.serial_share,
        });
    }
    for line in told.lines {
        chart.lines.push(SpeedupLine {
            kind: match line.kind {
                LineKind::Ideal => charts::LineKind::Ideal,
                LineKind::Set => charts::LineKind::Set,
                LineKind::Fitted => charts::LineKind::Fitted,
                LineKind::Guess => charts::LineKind::Guess,
            },
            label: line.label.say(words),
            points: line.points,
            band: line.band,
        });
    }
    chart
}

fn lost(told: Vec<Lost>, words: &Words) -> Vec<LostRun> {
    use lessons::LostTo as To;
    let mut runs = Vec::with_capacity(told.len());
    for run in told {
        let mut parts = Vec::with_capacity(run.parts.len());
        for (part, ms) in run.parts {
            let part = match part {
                To::Serial => LostTo::Serial,
                To::Start => LostTo::Start,
                To::Moving => LostTo::Moving,
                To::Barrier => LostTo::Barrier,
                To::OffCore => LostTo::OffCore,
                To::Lock => LostTo::Lock,
                To::Slower => LostTo::Slower,
                To::Rest => LostTo::Rest,
            };
            parts.push((part, ms));
        }
        runs.push(LostRun {
            label: run.label.say(words),
            ideal_ms: run.ideal_ms,
            total_ms: run.total_ms,
            parts,
        });
    }
    runs
}

/// The graph, with what the trace tells of each task.
fn dag(told: Graph, trace: Option<&Trace>, words: &Words) -> DagChart {
    let mut chart = DagChart {
        edges: told.edges,
        ..DagChart::default()
    };
    for (idx, name) in told.names.iter().enumerate() {
        chart.nodes.push(DagNode {
            name: name.say(words),
            length_ms: told.lengths_ms.get(idx).copied().unwrap_or(0.0),
            done: None,
        });
    }
    let Some(trace) = trace else { return chart };
    let chefs = charts::chefs_of_tasks(trace);
    for task in &trace.tasks {
        if let Some(node) = chart.nodes.get_mut(task.id as usize) {
            node.done = Some(DagDone {
                start_ms: millis_from_nanos(task.started_nanos),
                end_ms: millis_from_nanos(task.finished_nanos),
                chef: chefs.get(task.id as usize).copied().unwrap_or(0),
            });
        }
    }
    chart
}

fn waiters(told: Vec<Waiting>, words: &Words) -> Vec<Waiter> {
    let mut waiters = Vec::new();
    for waiting in told {
        waiters.push(Waiter {
            who: waiting.who.say(words),
            holds: waiting.holds.say(words),
            wants: waiting.wants.say(words),
        });
    }
    waiters
}

fn staged(told: Vec<Staged>, words: &Words) -> Vec<StagedRun> {
    let mut runs = Vec::with_capacity(told.len());
    for run in told {
        let mut stages = Vec::with_capacity(run.stages.len());
        for (kind, label, stats) in run.stages {
            stages.push(Stage {
                kind: match kind {
                    StageKind::Setup => charts::StageKind::Setup,
                    StageKind::Moving => charts::StageKind::Moving,
                    StageKind::Computing => charts::StageKind::Computing,
                },
                label: label.say(words),
                stats,
            });
        }
        runs.push(StagedRun {
            label: run.label.say(words),
            stages,
        });
    }
    runs
}

fn loss(told: Loss, words: &Words) -> LossChart {
    let mut chart = LossChart {
        wanted: told.wanted,
        ..LossChart::default()
    };
    for line in told.lines {
        chart.lines.push(LossLine {
            label: line.label.say(words),
            points: line.points,
        });
    }
    chart
}

fn counts(told: Counts, words: &Words) -> CountsChart {
    let mut chart = CountsChart {
        across: told.across.say(words),
        wanted: told.wanted,
        ..CountsChart::default()
    };
    for (label, values) in told.rows {
        chart.rows.push((label.say(words), values));
    }
    chart
}

#[cfg(test)]
mod tests {
    use super::*;
    use lessons::Phrase;
    use lessons::{SpeedupLine, SweepLine};
    use model::{Edge, Lane, LaneKind, NANOS_PER_MILLI as MS, Stats, TaskRecord};

    fn say(key: &str) -> Phrase {
        Phrase::new(key)
    }

    const STATS: Stats = Stats {
        n: 9,
        median: 1.8,
        lo: 1.7,
        hi: 1.9,
        mad: 0.0,
        outliers: 0,
    };

    #[test]
    fn lines_keep_their_kind_and_parts_their_name() {
        let words = Words::built_in();
        let line = SpeedupLine {
            kind: LineKind::Guess,
            label: say("a"),
            points: vec![(1.0, 1.0)],
            band: Vec::new(),
        };
        let chart = speedup(
            Speedup {
                lines: vec![line],
                capacity: Some(2.0),
                ..Speedup::default()
            },
            &words,
        );
        assert_eq!(chart.lines[0].kind, charts::LineKind::Guess);
        assert_eq!(chart.capacity, Some(2.0));
        let run = Lost {
            label: say("b"),
            ideal_ms: 1.0,
            total_ms: 9.0,
            parts: lessons::LostTo::ALL.map(|part| (part, 1.0)).into(),
        };
        let runs = lost(vec![run], &words);
        let names: Vec<String> = runs[0]
            .parts
            .iter()
            .map(|(part, _)| format!("{part:?}"))
            .collect();
        let told = lessons::LostTo::ALL.map(|part| format!("{part:?}"));
        assert_eq!(names, told);
    }

    #[test]
    fn a_graph_has_times_and_chefs_from_the_trace() {
        let lane = |index| Lane {
            kind: LaneKind::Pool,
            index,
            clock_offset_nanos: 0,
        };
        let trace = Trace {
            lanes: vec![lane(0), lane(1)],
            tasks: vec![TaskRecord {
                id: 1,
                workload: "w".into(),
                lane_idx: 1,
                spawned_nanos: 0,
                started_nanos: 2 * MS,
                finished_nanos: 5 * MS,
                busy_nanos: 3 * MS,
                polls: 1,
                wakes: 0,
                checksum: 0,
            }],
            ..Trace::default()
        };
        let graph = Graph {
            names: vec![say("a"), say("b")],
            lengths_ms: vec![4.0],
            edges: vec![Edge {
                before: 0,
                after: 1,
            }],
            arm: "x".into(),
        };
        let chart = dag(graph, Some(&trace), &Words::built_in());
        assert_eq!(chart.nodes[0].done, None);
        let done = chart.nodes[1].done.unwrap();
        assert_eq!((done.start_ms, done.end_ms), (2.0, 5.0));
        // Both chefs of a pool count, whoever worked.
        assert_eq!(done.chef, 2);
        assert_eq!(
            (chart.nodes[0].length_ms, chart.nodes[1].length_ms),
            (4.0, 0.0)
        );
    }

    #[test]
    fn sweeps_and_counts_are_taken_over() {
        let words = Words::built_in();
        let chart = sweep(
            Sweep {
                across: say("x"),
                up: say("y"),
                is_log: true,
                lines: vec![SweepLine {
                    label: say("l"),
                    points: vec![(2.0, STATS)],
                }],
                is_log_up: true,
                crossing: Some((3.0, say("here"))),
                theory: vec![(say("t"), vec![(1.0, 2.0)])],
            },
            &words,
        );
        assert!(chart.is_log && chart.is_log_up && chart.lines[0].points == [(2.0, STATS)]);
        assert_eq!(chart.crossing, Some((3.0, "here".into())));
        assert_eq!(chart.theory[0].points, [(1.0, 2.0)]);
        let chart = counts(
            Counts {
                across: say("x"),
                wanted: 7.0,
                rows: vec![(say("r"), vec![7.0, 6.0])],
            },
            &words,
        );
        assert_eq!(
            (chart.wanted, chart.rows[0].1.as_slice()),
            (7.0, &[7.0, 6.0][..])
        );
    }

    #[test]
    fn stages_keep_their_kind_and_curves_their_points() {
        let words = Words::built_in();
        let kinds = [StageKind::Setup, StageKind::Moving, StageKind::Computing];
        let runs = staged(
            vec![Staged {
                label: say("a run"),
                stages: kinds.map(|kind| (kind, say("s"), STATS)).into(),
            }],
            &words,
        );
        let names = runs[0]
            .stages
            .iter()
            .map(|stage| format!("{:?}", stage.kind));
        let told = kinds.map(|kind| format!("{kind:?}"));
        assert_eq!(names.collect::<Vec<_>>(), told);
        assert_eq!(
            (runs[0].label.as_str(), runs[0].stages[2].stats),
            ("a run", STATS)
        );
        let points = vec![model::Learned {
            step: 7,
            ..model::Learned::default()
        }];
        let chart = loss(
            Loss {
                lines: vec![lessons::LossLine {
                    label: say("line"),
                    arm: "line".into(),
                    points: points.clone(),
                }],
                wanted: Some(0.9),
            },
            &words,
        );
        assert_eq!((chart.wanted, &chart.lines[0].points), (Some(0.9), &points));
    }
}
