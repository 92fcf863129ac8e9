//! How evenly the work of a run was spread over its workers.

use crate::summary::share;
use model::{Arm, Nanos, State, Trace};
use std::collections::BTreeMap;

/// `balance`: mean over busiest time on a core, over all workers, in 0..=1; 1 is
/// even, 1 / workers is all on one. `idle_tail`: share of the workers' time that
/// lies behind their last moment of work, in 0..=1. Nothing where the arm has no
/// workers, or nothing was done.
pub(crate) fn figures(arm: &Arm, trace: &Trace) -> BTreeMap<String, f64> {
    let mut figures = BTreeMap::new();
    if !arm.strategy.uses_workers() || trace.lanes.is_empty() {
        return figures;
    }
    let workers = trace.lanes.len() as f64;
    let mut lanes: Vec<(Nanos, Nanos)> = vec![(0, 0); trace.lanes.len()];
    let mut add = |lane_idx: u32, busy_nanos: Nanos, end_nanos: Nanos| {
        if let Some((busy, end)) = lanes.get_mut(lane_idx as usize) {
            *busy += busy_nanos;
            *end = end_nanos.max(*end);
        }
    };
    if trace.dropped > 0 {
        // Spans are incomplete; the sums kept by the tasks are not.
        for task in &trace.tasks {
            add(task.lane_idx, task.busy_nanos, task.finished_nanos);
        }
    } else {
        let is_work = |state| matches!(state, State::Running | State::Waiting);
        for span in trace.spans.iter().filter(|span| is_work(span.state)) {
            let on_core = span.state == State::Running;
            add(
                span.lane_idx,
                if on_core { span.len_nanos } else { 0 },
                span.end_nanos(),
            );
        }
    }
    let busiest = lanes.iter().map(|(busy, _)| *busy).max().unwrap_or(0) as f64;
    let together: f64 = lanes.iter().map(|(busy, _)| *busy as f64).sum();
    let idle: f64 = lanes
        .iter()
        .map(|(_, end)| trace.makespan_nanos.saturating_sub(*end) as f64)
        .sum();
    let mut put = |name: &str, value: Option<f64>| {
        figures.extend(value.map(|value| (name.to_owned(), value)));
    };
    put("balance", share(together, busiest * workers));
    let whole = trace.makespan_nanos as f64 * workers;
    put("idle_tail", share(idle, whole).filter(|_| busiest > 0.0));
    figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Lane, LaneKind, Manner, Place, Span, Strategy, TaskRecord};

    fn arm(strategy: Strategy) -> Arm {
        Arm {
            id: "a".into(),
            strategy,
            variant: String::new(),
            workers: 2,
            place: Place::Worker,
            workload: "w".into(),
            jobs: Vec::new(),
            slice_steps: 1,
            manner: Manner::default(),
            edges: Vec::new(),
            base: None,
        }
    }

    fn trace(lanes: u32, spans: &[(u32, State, Nanos, Nanos)]) -> Trace {
        let lane = |index| Lane {
            kind: LaneKind::Pool,
            index,
            clock_offset_nanos: 0,
        };
        let span = |&(lane_idx, state, start_nanos, len_nanos): &(u32, State, Nanos, Nanos)| Span {
            lane_idx,
            task: 0,
            state,
            start_nanos,
            len_nanos,
        };
        Trace {
            lanes: (0..lanes).map(lane).collect(),
            spans: spans.iter().map(span).collect(),
            makespan_nanos: 100,
            ..Trace::default()
        }
    }

    fn of(trace: &Trace) -> (f64, f64) {
        let figures = figures(&arm(Strategy::Pool), trace);
        (figures["balance"], figures["idle_tail"])
    }

    #[test]
    fn the_busiest_worker_decides() {
        let run = State::Running;
        let even = trace(2, &[(0, run, 0, 100), (1, run, 0, 60), (1, run, 60, 40)]);
        assert_eq!(of(&even), (1.0, 0.0));
        // Ready is no work: it spoils the balance, and is no tail of the other.
        let half = trace(
            2,
            &[(0, run, 0, 100), (1, run, 0, 20), (1, State::Ready, 20, 70)],
        );
        assert_eq!(of(&half), (0.6, 0.4));
        // One who never came is idle from the start.
        let alone = trace(4, &[(2, run, 0, 100)]);
        assert_eq!(of(&alone), (0.25, 0.75));
    }

    #[test]
    fn without_work_or_workers_there_is_no_figure() {
        let idle = trace(2, &[(0, State::Waiting, 0, 100)]);
        assert!(figures(&arm(Strategy::Pool), &idle).is_empty());
        let busy = trace(1, &[(0, State::Running, 0, 100)]);
        assert!(figures(&arm(Strategy::Sequential), &busy).is_empty());
    }

    #[test]
    fn where_spans_were_dropped_the_tasks_tell() {
        let task = |id, lane_idx, busy_nanos| TaskRecord {
            id,
            workload: "w".into(),
            lane_idx,
            spawned_nanos: 0,
            started_nanos: 0,
            finished_nanos: busy_nanos,
            busy_nanos,
            polls: 1,
            wakes: 1,
            checksum: 1,
        };
        let lossy = Trace {
            dropped: 3,
            tasks: vec![task(0, 0, 100), task(1, 1, 50)],
            ..trace(2, &[(0, State::Running, 0, 1)])
        };
        assert_eq!(of(&lossy), (0.75, 0.25));
    }
}
