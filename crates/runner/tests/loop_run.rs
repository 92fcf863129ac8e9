//! One thread's event loop, with a clock that moves only when it is read.

mod world;

use analysis::sane;
use model::{Arm, Give, Manner, Nanos, Place, Span, State, Strategy, TaskSpec, Trace};
use runner::{
    LaneLog,
    cook::{Slice, Ticks, cook_blocking},
    loop_run::{How, LONGEST_FREEZE_NANOS},
};
use world::{ONE_BY_ONE, QUANTUM_NANOS, STEP_NANOS, World, in_turns, tasks};

const MILLI: Nanos = 1_000_000;

/// Without a wait, `requests` computes exactly as many steps as its size says.
fn computing(count: u32, steps: u32) -> Vec<TaskSpec> {
    tasks("requests", count, steps, 0.0)
}

/// Spans of a state in the order of time.
fn spans(trace: &Trace, state: State) -> Vec<Span> {
    assert_eq!(sane(trace), Ok(()));
    let of_state = trace.spans.iter().filter(|span| span.state == state);
    let mut spans: Vec<Span> = of_state.copied().collect();
    spans.sort_by_key(|span| span.start_nanos);
    spans
}

#[test]
fn two_equal_tasks_alternate_strictly() {
    let trace = World::new(&[]).run(&computing(2, 20), in_turns(2));
    let order: Vec<u32> = spans(&trace, State::Running)
        .iter()
        .map(|span| span.task)
        .collect();
    assert_eq!(order, [0, 1].repeat(10));
    for task in &trace.tasks {
        assert_eq!((task.polls, task.wakes), (10, 10));
        assert_eq!(task.busy_nanos, 20 * STEP_NANOS);
    }
}

#[test]
fn one_by_one_never_alternates() {
    let trace = World::new(&[]).run(&computing(2, 20), ONE_BY_ONE);
    let order: Vec<u32> = spans(&trace, State::Running)
        .iter()
        .map(|span| span.task)
        .collect();
    assert!(order.is_sorted(), "{order:?}");
    let [first, second] = trace.tasks.as_slice() else {
        panic!("two tasks");
    };
    assert!(first.finished_nanos <= second.started_nanos);
}

#[test]
fn eight_tasks_stay_within_one_slice_of_each_other() {
    const SLICE: u32 = 3;
    let trace = World::new(&[]).run(&computing(8, 60), in_turns(SLICE));
    let mut busy = [0; 8];
    for span in spans(&trace, State::Running) {
        busy[span.task as usize] += span.len_nanos;
        let spread = busy.iter().max().unwrap() - busy.iter().min().unwrap();
        assert!(spread <= Nanos::from(SLICE) * STEP_NANOS, "{busy:?}");
    }
    let last_start = trace.tasks.iter().map(|task| task.started_nanos).max();
    let first_end = trace.tasks.iter().map(|task| task.finished_nanos).min();
    assert!(last_start < first_end, "all are in progress together");
}

#[test]
fn a_slice_of_time_ends_with_the_step_that_fills_it() {
    let slice = Slice::Nanos(5 * STEP_NANOS / 2);
    let how = How {
        slice,
        ..in_turns(1)
    };
    let trace = World::new(&[]).run(&computing(2, 30), how);
    let running = spans(&trace, State::Running);
    let order: Vec<u32> = running.iter().map(|span| span.task).collect();
    assert_eq!(order, [0, 1].repeat(10));
    // Two steps and a half are full after three, however long a step takes.
    assert!(running.iter().all(|span| span.len_nanos == 3 * STEP_NANOS));
    // Taken off its core in the middle of a slice, it gives way at the next step.
    let jump = 20 * MILLI;
    let trace = World::new(&[(9, jump)]).run(&computing(2, 30), how);
    let longest = spans(&trace, State::Running);
    let longest = longest.iter().map(|span| span.len_nanos).max();
    assert!(longest <= Some(3 * STEP_NANOS), "{longest:?}");
}

#[test]
fn a_task_that_never_gives_way_is_polled_once() {
    let how = How {
        slice: Slice::Never,
        ..in_turns(1)
    };
    let trace = World::new(&[]).run(&computing(2, 400), how);
    assert!(trace.tasks.iter().all(|task| task.polls == 1), "{trace:?}");
    assert_eq!(spans(&trace, State::Running).len(), 2);
}

#[test]
fn an_arm_says_how_its_tasks_give_way() {
    let how = |give, slice_millis, place| {
        let arm = Arm {
            id: "arm".into(),
            strategy: Strategy::Interleaved,
            variant: String::new(),
            workers: 1,
            place,
            workload: "requests".into(),
            jobs: Vec::new(),
            slice_steps: 7,
            edges: Vec::new(),
            manner: Manner {
                give,
                slice_millis,
                ..Manner::default()
            },
            base: None,
        };
        How::of(&arm).slice
    };
    assert_eq!(how(Give::Turn, 0.0, Place::Page), Slice::Steps(7));
    assert_eq!(
        how(Give::Microtask, 8.0, Place::Page),
        Slice::Nanos(8 * MILLI)
    );
    assert_eq!(how(Give::Never, 8.0, Place::Worker), Slice::Never);
    // A page comes back even if nothing ends.
    let page = how(Give::Never, 0.0, Place::Page);
    assert_eq!(page, Slice::Nanos(LONGEST_FREEZE_NANOS));
}

#[test]
fn waits_overlap_in_turns_and_add_up_one_by_one() {
    let pots = tasks("waiting", 8, 0, 60.0);
    let together = World::new(&[]).run(&pots, in_turns(1));
    let apart = World::new(&[]).run(&pots, ONE_BY_ONE);
    assert!(together.makespan_nanos >= 60 * MILLI);
    assert!(together.makespan_nanos < 64 * MILLI, "{together:?}");
    assert!(apart.makespan_nanos >= 8 * 60 * MILLI);
    assert!(apart.makespan_nanos < 8 * 62 * MILLI, "{apart:?}");
    for trace in [&together, &apart] {
        let waited = spans(trace, State::Waiting);
        assert_eq!(waited.len(), 8);
        assert!(waited.iter().all(|span| span.len_nanos >= 59 * MILLI));
    }
}

#[test]
fn a_wait_that_is_over_while_another_has_the_thread_turns_ready() {
    const SLICE: u32 = 100;
    let mut mixed = tasks("requests", 1, 2, 3.0);
    mixed.extend(computing(1, 1000));
    mixed[1].id = 1;
    let trace = World::new(&[]).run(&mixed, in_turns(SLICE));
    let ready: Vec<Span> = spans(&trace, State::Ready)
        .into_iter()
        .filter(|span| span.task == 0)
        .collect();
    let waited: Vec<Span> = spans(&trace, State::Waiting);
    assert_eq!((waited.len(), ready.len()), (1, 1), "{trace:?}");
    // Rung between two turns, picked up when the other task gives way.
    assert_eq!(waited[0].end_nanos(), ready[0].start_nanos);
    assert!(waited[0].len_nanos < 3 * MILLI + QUANTUM_NANOS + 2 * MILLI);
    let slice_nanos = Nanos::from(SLICE) * STEP_NANOS;
    assert!(ready[0].len_nanos <= slice_nanos + 8 * STEP_NANOS);
    assert!(ready[0].len_nanos >= slice_nanos);
}

#[test]
fn time_off_the_core_is_ready_and_not_busy() {
    const AWAY: Nanos = 20 * MILLI;
    // Somewhere in the middle of the work.
    let trace = World::new(&[(31, AWAY)]).run(&computing(1, 100), in_turns(200));
    let ready = spans(&trace, State::Ready);
    assert_eq!(ready.len(), 1, "{trace:?}");
    assert_eq!(ready[0].len_nanos, AWAY);
    let [task] = trace.tasks.as_slice() else {
        panic!("one task");
    };
    assert_eq!(task.busy_nanos, 100 * STEP_NANOS);
    let running: Nanos = spans(&trace, State::Running)
        .iter()
        .map(|span| span.len_nanos)
        .sum();
    assert_eq!(running, task.busy_nanos);
    assert_eq!(
        task.finished_nanos - task.started_nanos,
        task.busy_nanos + AWAY
    );
}

#[test]
fn a_little_jitter_is_no_gap() {
    let trace =
        World::new(&[(31, MILLI / 2), (40, MILLI - 1)]).run(&computing(1, 100), in_turns(200));
    assert_eq!(spans(&trace, State::Ready), []);
    assert_eq!(spans(&trace, State::Running).len(), 1);
}

#[test]
fn a_blocking_cook_sees_gaps_too() {
    const AWAY: Nanos = 5 * MILLI;
    let world = World::new(&[(11, AWAY), (21, AWAY)]);
    let log = LaneLog::new(0, 64);
    let ticks = Ticks::new(STEP_NANOS, 5_000);
    let specs = computing(1, 50);
    let done = cook_blocking(&specs[0], &log, ticks, &world, |_| unreachable!("no wait")).unwrap();
    assert_eq!(done.busy_nanos, 50 * STEP_NANOS);
    let (spans, dropped) = log.read();
    let ready: Vec<Nanos> = spans
        .iter()
        .filter(|span| span.state == State::Ready)
        .map(|span| span.len_nanos)
        .collect();
    assert_eq!((ready, dropped), (vec![AWAY, AWAY], 0));
    assert_eq!(spans.len(), 5);
}

#[test]
fn the_threshold_follows_a_coarse_clock() {
    let fine = Ticks::new(40_000, 5_000);
    let coarse = Ticks::new(40_000, MILLI);
    assert_eq!(fine.gap_nanos, 40_000 + MILLI);
    assert_eq!(coarse.gap_nanos, 40_000 + 2 * MILLI + MILLI / 2);
}

#[test]
fn a_run_without_tasks_ends_at_once() {
    let trace = World::new(&[]).run(&[], in_turns(1));
    assert!(trace.tasks.is_empty() && trace.spans.is_empty());
}

#[test]
fn the_same_world_gives_the_same_trace() {
    let run = || World::new(&[(99, 7 * MILLI)]).run(&tasks("requests", 5, 9, 4.0), in_turns(2));
    assert_eq!(run(), run());
}
