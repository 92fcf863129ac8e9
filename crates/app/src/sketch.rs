//! A drawing of a plan before anything was timed. Never shown without saying
//! that it is a drawing.

use model::{
    Arm, Courier, Deal, Lane, LaneKind, Nanos, Plan, Span, State, Strategy, TaskRecord, Trace,
    nanos_from_millis,
};

/// Length of a drawn dish; its number is not shown.
const LENGTH_NANOS: Nanos = 100_000_000;

/// The first moments of the arm the lesson shows: each chef has begun one dish,
/// the others are tickets on the rail. What follows is the question.
#[must_use]
pub fn sketch(plan: &Plan, shown_arm: Option<&str>) -> Option<Trace> {
    let shown = plan
        .arms
        .iter()
        .find(|arm| Some(arm.id.as_str()) == shown_arm);
    Some(of_arm(shown.or_else(|| plan.arms.last())?, plan.seed))
}

fn of_arm(arm: &Arm, seed: u64) -> Trace {
    let chefs = if arm.strategy.uses_workers() {
        arm.workers.max(1)
    } else {
        1
    };
    let kind = match arm.strategy {
        // Who waits there can do nothing else.
        Strategy::Pool | Strategy::Blocking => LaneKind::Pool,
        Strategy::Gpu => LaneKind::Gpu,
        other if other.uses_workers() => LaneKind::Message,
        _ => LaneKind::Page,
    };
    let lanes = (0..chefs)
        .map(|index| Lane {
            kind,
            index,
            clock_offset_nanos: 0,
        })
        .collect();
    let mut trace = Trace {
        arm: arm.id.clone(),
        lanes,
        makespan_nanos: 2 * LENGTH_NANOS,
        ..Trace::default()
    };
    for spec in arm.tasks(seed, 0) {
        let has_to_wait = arm.edges.iter().any(|edge| edge.after == spec.id);
        let lane_idx = dealt_to(arm, spec.id, chefs);
        let is_first = spec.id == 0 || dealt_to(arm, spec.id - 1, chefs) != lane_idx;
        let is_begun = is_first && (in_stretches(arm) || spec.id < chefs) && !has_to_wait;
        let start_nanos = if is_begun { 0 } else { LENGTH_NANOS };
        let state = if spec.wait_millis > 0.0 {
            State::Waiting
        } else if kind == LaneKind::Gpu && is_begun {
            // On its way down the corridor.
            State::Moving
        } else {
            State::Running
        };
        trace.spans.push(Span {
            lane_idx,
            task: spec.id,
            state,
            start_nanos,
            len_nanos: LENGTH_NANOS,
        });
        trace.tasks.push(TaskRecord {
            id: spec.id,
            workload: spec.workload,
            lane_idx,
            spawned_nanos: came(arm, spec.id, chefs),
            started_nanos: start_nanos,
            finished_nanos: start_nanos + LENGTH_NANOS,
            busy_nanos: 0,
            polls: 1,
            wakes: 0,
            checksum: 0,
        });
    }
    if arm.manner.town.is_some() {
        across_town(&mut trace, arm, chefs);
    }
    trace
}

/// Puts a depot before the chefs, who are in kitchens of their own now. Each has its
/// first dish, and the next is on its way.
fn across_town(trace: &mut Trace, arm: &Arm, chefs: u32) {
    let depot = Lane {
        kind: LaneKind::Host,
        index: 0,
        clock_offset_nanos: 0,
    };
    trace.lanes.insert(0, depot);
    for span in &mut trace.spans {
        span.lane_idx += 1;
    }
    let added = arm.manner.town.map_or(0.0, |town| town.latency_millis);
    for task in &mut trace.tasks {
        task.lane_idx += 1;
        let sent_nanos = if task.id < chefs {
            0
        } else if task.id < 2 * chefs {
            LENGTH_NANOS / 4
        } else {
            LENGTH_NANOS
        };
        trace.couriers.push(Courier {
            from_lane_idx: 0,
            to_lane_idx: task.lane_idx,
            task: task.id,
            bytes: 1,
            sent_nanos,
            came_nanos: sent_nanos + LENGTH_NANOS / 2,
            added_nanos: nanos_from_millis(added),
        });
    }
    // What a chef works on is there.
    for courier in trace.couriers.iter_mut().take(chefs as usize) {
        courier.came_nanos = courier.sent_nanos;
    }
}

/// Whether each chef has one stretch of neighbours from the start.
const fn in_stretches(arm: &Arm) -> bool {
    matches!(arm.manner.deal, Deal::Block | Deal::Stealing)
}

/// The chef whose dish this is, as far as the plan says.
fn dealt_to(arm: &Arm, task: u32, chefs: u32) -> u32 {
    let tasks: u32 = arm.jobs.iter().map(|job| job.tasks).sum();
    if in_stretches(arm) {
        task * chefs / tasks.max(1)
    } else {
        task % chefs
    }
}

/// Of guests who come over time a few are in line, and the others on their way.
fn came(arm: &Arm, task: u32, chefs: u32) -> Nanos {
    const IN_LINE: u32 = 3;
    if !arm.is_open() || task < chefs {
        0
    } else if task < chefs + IN_LINE {
        1
    } else {
        LENGTH_NANOS
    }
}

/// The instant of the drawing that is shown.
pub const AT_NANOS: Nanos = LENGTH_NANOS / 2;

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Job, Manner, Place};

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
                ..Job::default()
            }],
            slice_steps: 1,
            manner: Manner::default(),
            edges: Vec::new(),
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

    fn begun(plan: &Plan) -> Vec<State> {
        let trace = sketch(plan, Some("b")).unwrap_or_default();
        let is_begun = |span: &&Span| span.start_nanos <= AT_NANOS && AT_NANOS < span.end_nanos();
        trace
            .spans
            .iter()
            .filter(is_begun)
            .map(|span| span.state)
            .collect()
    }

    #[test]
    fn guests_who_come_over_time_stand_in_line() {
        let mut plan = plan(60.0);
        for arm in &mut plan.arms {
            arm.strategy = Strategy::Blocking;
            arm.workers = 2;
            arm.jobs[0].per_second = 100.0;
        }
        let trace = sketch(&plan, Some("b")).unwrap_or_default();
        assert!(trace.lanes.iter().all(|lane| lane.kind == LaneKind::Pool));
        let in_line = trace
            .tasks
            .iter()
            .filter(|task| task.spawned_nanos <= AT_NANOS && task.started_nanos > AT_NANOS);
        assert_eq!(in_line.count(), 3);
    }

    #[test]
    fn a_dish_that_needs_another_has_not_begun() {
        let mut plan = plan(0.0);
        for arm in &mut plan.arms {
            arm.strategy = Strategy::Pool;
            arm.workers = 2;
            arm.edges = (1..8)
                .map(|after| model::Edge { before: 0, after })
                .collect();
        }
        assert_eq!(begun(&plan), [State::Running]);
    }

    #[test]
    fn kitchens_across_town_have_a_dish_and_the_next_on_its_way() {
        let mut plan = plan(0.0);
        let arm = plan.arms.last_mut().unwrap();
        (arm.strategy, arm.workers) = (Strategy::Messages, 2);
        arm.manner.town = Some(model::Town::default());
        let trace = sketch(&plan, Some("b")).unwrap();
        assert_eq!(
            (trace.lanes.len(), trace.lanes[0].kind),
            (3, LaneKind::Host)
        );
        let couriers = trace.couriers.iter();
        let on_way: Vec<(u32, u32)> = couriers
            .filter(|one| one.sent_nanos <= AT_NANOS && AT_NANOS < one.came_nanos)
            .map(|one| (one.task, one.to_lane_idx))
            .collect();
        assert_eq!(on_way, [(2, 1), (3, 2)]);
        assert_eq!(begun(&plan), [State::Running; 2]);
        let arm = plan.arms.last_mut().unwrap();
        (arm.strategy, arm.manner.town) = (Strategy::Gpu, None);
        let trace = sketch(&plan, Some("b")).unwrap();
        assert_eq!(trace.lanes[0].kind, LaneKind::Gpu);
        assert_eq!(begun(&plan), [State::Moving]);
    }

    #[test]
    fn only_the_first_dish_of_each_chef_has_begun() {
        assert_eq!(begun(&plan(60.0)), [State::Waiting]);
        assert_eq!(begun(&plan(0.0)), [State::Running]);
    }

    #[test]
    fn a_stretch_of_a_chefs_own_begins_where_the_one_before_ends() {
        let mut plan = plan(0.0);
        let arm = plan.arms.last_mut().unwrap();
        (arm.strategy, arm.workers, arm.manner.deal) = (Strategy::Pool, 2, Deal::Block);
        let id = arm.id.clone();
        let n: u32 = arm.jobs.iter().map(|job| job.tasks).sum();
        let trace = sketch(&plan, Some(&id)).unwrap();
        let begun: Vec<(u32, u32)> = trace
            .tasks
            .iter()
            .filter(|task| task.started_nanos == 0)
            .map(|task| (task.lane_idx, task.id))
            .collect();
        assert_eq!(begun, [(0, 0), (1, n.div_ceil(2))]);
    }
}
