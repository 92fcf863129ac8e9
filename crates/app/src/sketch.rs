//! A drawing of a plan before anything was timed. Never shown without saying
//! that it is a drawing.

use model::{Arm, Lane, LaneKind, Nanos, Plan, Span, State, Strategy, TaskRecord, Trace};

/// Length of the drawn run; its numbers are not shown.
const LENGTH_NANOS: Nanos = 100_000_000;

/// How the last arm of the plan would look half-way: pots wait, each chef has
/// one board in hand, the others are ready.
#[must_use]
pub fn sketch(plan: &Plan) -> Option<Trace> {
    let arm = plan
        .arms
        .iter()
        .find(|arm| arm.strategy == Strategy::Interleaved)
        .or_else(|| plan.arms.last())?;
    Some(of_arm(arm, plan.seed))
}

fn of_arm(arm: &Arm, seed: u64) -> Trace {
    let chefs = if arm.strategy.uses_workers() {
        arm.workers.max(1)
    } else {
        1
    };
    let kind = if arm.strategy.uses_workers() {
        LaneKind::Message
    } else {
        LaneKind::Page
    };
    let lanes = (0..chefs)
        .map(|index| Lane {
            kind,
            index,
            clock_offset_nanos: 0,
        })
        .collect();
    let specs = arm.tasks(seed);
    let mut spans = Vec::new();
    let mut tasks = Vec::new();
    for spec in &specs {
        let lane_idx = spec.id % chefs;
        // The first dish of each chef is in hand; of the others those that wait
        // are on the stove.
        let state = match (
            spec.id < chefs && spec.wait_millis == 0.0,
            spec.wait_millis > 0.0,
        ) {
            (true, _) => State::Running,
            (_, true) => State::Waiting,
            _ => State::Ready,
        };
        spans.push(Span {
            lane_idx,
            task: spec.id,
            state,
            start_nanos: 0,
            len_nanos: LENGTH_NANOS,
        });
        tasks.push(TaskRecord {
            id: spec.id,
            workload: spec.workload.clone(),
            lane_idx,
            spawned_nanos: 0,
            started_nanos: 0,
            finished_nanos: LENGTH_NANOS,
            busy_nanos: 0,
            polls: 1,
            wakes: 0,
            checksum: 0,
        });
    }
    Trace {
        arm: arm.id.clone(),
        lanes,
        tasks,
        spans,
        makespan_nanos: LENGTH_NANOS,
        ..Trace::default()
    }
}

/// The instant of the drawing that is shown.
pub const AT_NANOS: Nanos = LENGTH_NANOS / 2;

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Job, Place};

    fn plan(wait_millis: f64) -> Plan {
        let arm = |id: &str, strategy| Arm {
            id: id.into(),
            strategy,
            variant: String::new(),
            workers: 1,
            place: Place::Page,
            workload: "w".into(),
            jobs: vec![Job {
                workload: "waiting".into(),
                tasks: 8,
                busy_millis: 0.0,
                size: 0,
                wait_millis,
            }],
            slice_steps: 1,
            base: None,
        };
        let arms = vec![
            arm("a", Strategy::Sequential),
            arm("b", Strategy::Interleaved),
        ];
        Plan {
            lesson: "x".into(),
            seed: 1,
            rounds: 9,
            arms,
            capacity_for: Vec::new(),
        }
    }

    fn states(wait_millis: f64) -> Vec<State> {
        let trace = sketch(&plan(wait_millis)).unwrap_or_default();
        trace.spans.iter().map(|span| span.state).collect()
    }

    #[test]
    fn pots_wait_together_and_one_chef_has_one_board_in_hand() {
        assert_eq!(states(60.0), [State::Waiting; 8]);
        let boards = states(0.0);
        assert_eq!(
            boards
                .iter()
                .filter(|state| **state == State::Running)
                .count(),
            1
        );
        assert_eq!(
            boards
                .iter()
                .filter(|state| **state == State::Ready)
                .count(),
            7
        );
    }
}
