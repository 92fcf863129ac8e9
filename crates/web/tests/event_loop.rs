//! The event loop of a real browser: tasks alternate, timers and frames are
//! served meanwhile, and the clock of a page is one clock.

#![cfg(target_arch = "wasm32")]

use model::{Give, Job, LaneKind, Manner, Place, Span, State, Strategy, Trace};
use runner::{
    Clock,
    cook::Ticks,
    loop_run::{How, LoopRun, own_lane},
};
use wasm_bindgen_test::wasm_bindgen_test;
use web::{
    clock::{PageClock, own_origin_millis, set_page_origin, step_nanos},
    event_loop::{Driven, PageTimer, pause, within},
};

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

fn arm(strategy: Strategy, tasks: u32, size: u32, wait_millis: f64) -> model::Arm {
    model::Arm {
        id: strategy.id().into(),
        strategy,
        variant: String::new(),
        workers: 1,
        place: Place::Page,
        workload: "test".into(),
        jobs: vec![Job {
            workload: if size == 0 { "waiting" } else { "primes" }.into(),
            tasks,
            busy_millis: 1.0,
            size,
            wait_millis,
            ..Job::default()
        }],
        slice_steps: 25,
        manner: Manner::default(),
        edges: Vec::new(),
        base: None,
    }
}

async fn run(arm: &model::Arm) -> Trace {
    set_page_origin(own_origin_millis());
    let specs = arm.tasks(1, 0);
    let driven = Driven::start(&arm.manner, |poke| {
        LoopRun::start(
            specs.clone(),
            How::of(arm),
            Ticks::new(40_000, step_nanos()),
            own_lane(LaneKind::Page),
            (PageClock, PageTimer),
            poke,
            Box::new(|| ()),
        )
    });
    driven.finish().await.trace(&arm.id, 0, &specs)
}

/// Tasks in the order of their slices; a slice that preemption cut in two is one.
fn order_of(trace: &Trace) -> Vec<u32> {
    let mut running: Vec<&Span> = trace
        .spans
        .iter()
        .filter(|span| span.state == State::Running)
        .collect();
    running.sort_by_key(|span| span.start_nanos);
    let mut order: Vec<u32> = running.iter().map(|span| span.task).collect();
    order.dedup();
    order
}

#[wasm_bindgen_test]
async fn two_equal_tasks_alternate_strictly() {
    let trace = run(&arm(Strategy::Interleaved, 2, 250, 0.0)).await;
    let order = order_of(&trace);
    assert!(order.len() >= 18, "{order:?}");
    for pair in order.chunks(2) {
        assert_eq!(pair, [0, 1], "{order:?}");
    }
}

#[wasm_bindgen_test]
async fn eight_tasks_stay_within_one_slice_of_each_other() {
    let trace = run(&arm(Strategy::Interleaved, 8, 250, 0.0)).await;
    let mut slices = [0_u32; 8];
    for task in order_of(&trace) {
        slices[task as usize] += 1;
        let ahead = slices.iter().max().unwrap() - slices.iter().min().unwrap();
        assert!(ahead <= 1, "{slices:?}");
    }
    assert!(slices.iter().all(|&n| n >= 9), "{slices:?}");
}

#[wasm_bindgen_test]
async fn one_after_another_starts_the_next_only_at_the_end() {
    let trace = run(&arm(Strategy::Sequential, 3, 250, 0.0)).await;
    assert_eq!(order_of(&trace), [0, 1, 2]);
}

#[wasm_bindgen_test]
async fn waits_overlap_when_interleaved_and_add_up_otherwise() {
    let one_by_one = run(&arm(Strategy::Sequential, 4, 0, 30.0)).await;
    let juggled = run(&arm(Strategy::Interleaved, 4, 0, 30.0)).await;
    assert!(one_by_one.makespan_nanos >= 4 * 30_000_000);
    // However slow the machine: four waits in one cost less than in a row.
    assert!(juggled.makespan_nanos < one_by_one.makespan_nanos);
    let first_end = juggled.tasks.iter().map(|task| task.finished_nanos).min();
    let last_start = juggled.tasks.iter().map(|task| task.started_nanos).max();
    assert!(last_start < first_end, "all were under way at once");
}

#[wasm_bindgen_test]
async fn a_timer_is_served_while_tasks_compute() {
    let long = arm(Strategy::Interleaved, 2, 5_000, 0.0);
    let computing = run(&long);
    let timer = async {
        pause(20).await;
        PageClock.now_nanos()
    };
    let begun = PageClock.now_nanos();
    let (trace, fired) = futures_util::future::join(computing, timer).await;
    assert!(
        fired - begun < trace.makespan_nanos / 2,
        "the timer fired after {} of {} ns",
        fired - begun,
        trace.makespan_nanos
    );
}

/// How many of the turns that were asked for by messages came while it ran.
async fn turns_beside(give: Give, slice_millis: f64) -> (u32, Trace) {
    let mut arm = arm(Strategy::Interleaved, 1, 4_000, 0.0);
    arm.manner = Manner {
        give,
        slice_millis,
        ..Manner::default()
    };
    let seen = std::rc::Rc::new(std::cell::Cell::new((0, false)));
    let beside = async {
        while !seen.get().1 {
            pause(1).await;
            seen.set((seen.get().0 + 1, seen.get().1));
        }
    };
    let computing = async {
        let trace = run(&arm).await;
        seen.set((seen.get().0, true));
        trace
    };
    let (trace, ()) = futures_util::future::join(computing, beside).await;
    (seen.get().0, trace)
}

#[wasm_bindgen_test]
async fn timers_are_served_only_where_a_task_really_gives_way() {
    for give in [Give::Turn, Give::Timeout] {
        let (turns, trace) = turns_beside(give, 8.0).await;
        assert!(turns >= 4, "{give:?}: {turns} turns");
        assert!(trace.tasks.iter().all(|task| task.polls > 4), "{give:?}");
    }
    for give in [Give::Microtask, Give::Never] {
        let (turns, trace) = turns_beside(give, 8.0).await;
        assert!(turns <= 2, "{give:?}: {turns} turns");
        let polls = trace.tasks.iter().map(|task| task.polls).max();
        let is_in_slices = polls > Some(4);
        assert_eq!(is_in_slices, give == Give::Microtask, "{give:?} {polls:?}");
    }
    // Comes back in any browser, with `scheduler.yield` or without.
    let (_, trace) = turns_beside(Give::Scheduler, 8.0).await;
    assert_eq!(trace.tasks.len(), 1);
}

#[wasm_bindgen_test]
async fn a_wait_without_end_is_given_up() {
    assert_eq!(within(10, std::future::pending::<()>()).await, None);
    assert_eq!(within(1_000, async { 7 }).await, Some(7));
}

#[wasm_bindgen_test]
async fn dropping_a_run_cancels_it() {
    set_page_origin(own_origin_millis());
    let endless = arm(Strategy::Interleaved, 2, 5_000, 0.0);
    let specs = endless.tasks(1, 0);
    let driven = Driven::start(&endless.manner, |poke| {
        LoopRun::start(
            specs,
            How::of(&endless),
            Ticks::new(40_000, 5_000),
            own_lane(LaneKind::Page),
            (PageClock, PageTimer),
            poke,
            Box::new(|| ()),
        )
    });
    pause(15).await;
    let run = std::rc::Rc::clone(driven.run());
    drop(driven);
    let before = run.raw().spans.len();
    pause(40).await;
    assert_eq!(run.raw().spans.len(), before, "nothing ran after the drop");
}
