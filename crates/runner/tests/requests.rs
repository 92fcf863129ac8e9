//! Requests that come over time: nobody begins one before it is there, and the
//! time it stood in line shows.

mod world;

use analysis::{TraceFault, sane};
use model::{Arm, Job, Law, Manner, Nanos, Place, Span, State, Strategy, TaskSpec, Trace};
use runner::{Clock, assemble, blocking::BlockingRun, cook::Ticks, pool::clock_offsets};
use std::sync::{Arc, LazyLock, mpsc};
use std::time::{Duration, Instant};
use world::{ONE_BY_ONE, STEP_NANOS, World, in_turns, tasks};

const MILLI: Nanos = 1_000_000;

/// Requests of so many steps each that come at these milliseconds.
fn coming(at_millis: &[u64], steps: u32, wait_millis: f64) -> Vec<TaskSpec> {
    let mut specs = tasks("requests", at_millis.len() as u32, steps, wait_millis);
    for (spec, at) in specs.iter_mut().zip(at_millis) {
        spec.arrive_nanos = at * MILLI;
    }
    specs
}

fn check(trace: &Trace, specs: &[TaskSpec]) {
    // On a busy machine the coordinator may learn of the end late.
    let fault = sane(trace)
        .err()
        .filter(|fault| *fault != TraceFault::LateEnd);
    assert_eq!(fault, None);
    assert_eq!(trace.tasks.len(), specs.len());
    for (task, spec) in trace.tasks.iter().zip(specs) {
        assert_eq!(task.spawned_nanos, spec.arrive_nanos);
        assert!(task.started_nanos >= task.spawned_nanos, "{task:?}");
    }
    for span in &trace.spans {
        let came = specs[span.task as usize].arrive_nanos;
        assert!(span.start_nanos >= came, "before it came: {span:?}");
    }
    let last = trace.samples.last().unwrap();
    assert_eq!(last.in_flight, 0, "{:?}", trace.samples);
    assert!(trace.samples.is_sorted_by_key(|sample| sample.at_nanos));
}

fn in_line(trace: &Trace, task: u32) -> Nanos {
    let ready = trace
        .spans
        .iter()
        .filter(|span| span.task == task && span.state == State::Ready);
    ready.map(|span| span.len_nanos).sum()
}

/// Mean of the readings against mean latency times rate.
fn little_residual(trace: &Trace) -> f64 {
    let there = analysis::latency::in_flight(&trace.samples, trace.makespan_nanos).unwrap();
    let latencies = trace
        .tasks
        .iter()
        .map(|task| (task.finished_nanos - task.spawned_nanos) as f64);
    let expected = latencies.sum::<f64>() / trace.makespan_nanos as f64;
    (there - expected).abs() / expected
}

#[test]
fn a_loop_without_work_waits_for_the_next_request() {
    let specs = coming(&[0, 50, 400], 4, 5.0);
    for how in [in_turns(2), ONE_BY_ONE] {
        let trace = World::new(&[]).run(&specs, how);
        check(&trace, &specs);
        for task in &trace.tasks {
            let late = task.started_nanos - task.spawned_nanos;
            assert!(late < 2 * MILLI, "begun {late} ns after it came");
            assert!(in_line(&trace, task.id) < 2 * MILLI);
        }
        assert!(little_residual(&trace) < 0.1, "{:?}", trace.samples);
    }
}

#[test]
fn a_request_that_comes_while_the_loop_computes_stands_in_line() {
    // The first one computes for 1,000 steps of 40 us without giving way.
    let mut specs = coming(&[1, 10, 11], 2, 0.0);
    specs[0].size = 1_000;
    let trace = World::new(&[]).run(&specs, in_turns(2_000));
    check(&trace, &specs);
    for task in [1, 2] {
        assert!(in_line(&trace, task) > 29 * MILLI, "{:?}", trace.spans);
        let begun = trace.tasks[task as usize].started_nanos;
        assert!(begun > trace.tasks[0].finished_nanos);
    }
    assert!(little_residual(&trace) < 0.05, "{:?}", trace.samples);
}

#[test]
fn one_after_another_is_a_line_with_one_server() {
    let specs = coming(&[0, 1, 2, 3], 2, 20.0);
    let trace = World::new(&[]).run(&specs, ONE_BY_ONE);
    check(&trace, &specs);
    for pair in trace.tasks.windows(2) {
        assert!(pair[1].started_nanos >= pair[0].finished_nanos);
    }
    assert!(in_line(&trace, 3) > 56 * MILLI);
}

#[derive(Clone, Copy)]
struct RealClock;

impl Clock for RealClock {
    fn now_nanos(&self) -> Nanos {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed().as_nanos() as Nanos + 1
    }
}

fn blocking(specs: &[TaskSpec], workers: usize, own_lines: bool) -> Trace {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(workers)
        .build()
        .unwrap();
    let offsets = pool.install(|| clock_offsets(RealClock));
    let (bell, rung) = mpsc::channel();
    let mut run = BlockingRun::start(
        &Arc::new(specs.to_vec()),
        &offsets,
        own_lines,
        Ticks::new(STEP_NANOS, 1_000),
        RealClock,
        |shift| pool.spawn_broadcast(move |context| shift(context.index())),
        move || bell.send(()).unwrap(),
    );
    rung.recv_timeout(Duration::from_secs(60)).unwrap();
    assemble("blocking", 0, specs, run.raw(RealClock.now_nanos()))
}

#[test]
fn threads_that_stand_still_serve_in_the_order_of_arrival() {
    let specs = coming(&[0, 2, 4, 6, 8, 10, 12, 30], 2, 10.0);
    let trace = blocking(&specs, 2, false);
    check(&trace, &specs);
    let starts: Vec<Nanos> = trace.tasks.iter().map(|task| task.started_nanos).collect();
    // Two threads may begin two neighbours in either order.
    assert!(
        starts.windows(3).all(|three| three[0] <= three[2]),
        "{starts:?}"
    );
    assert!(in_line(&trace, 6) > 5 * MILLI, "two servers are too few");
    assert!(little_residual(&trace) < 0.05, "{:?}", trace.samples);
}

#[test]
fn a_thread_with_a_line_of_its_own_leaves_the_others_alone() {
    let specs = coming(&[0; 12], 2, 3.0);
    let trace = blocking(&specs, 3, true);
    check(&trace, &specs);
    let mut spans: Vec<&Span> = trace.spans.iter().collect();
    spans.sort_by_key(|span| (span.lane_idx, span.start_nanos));
    for lane in spans.chunk_by(|a, b| a.lane_idx == b.lane_idx) {
        assert!(lane.is_sorted_by_key(|span| span.task), "{lane:?}");
    }
    assert!(little_residual(&trace) < 0.05, "{:?}", trace.samples);
}

#[test]
fn a_line_moves_up_as_soon_as_a_server_is_free() {
    const SERVERS: usize = 2;
    let arm = Arm {
        id: "blocking-2".into(),
        strategy: Strategy::Blocking,
        variant: String::new(),
        workers: SERVERS as u32,
        place: Place::Worker,
        workload: "waiting".into(),
        jobs: vec![Job {
            workload: "waiting".into(),
            tasks: 300,
            wait_millis: 3.0,
            law: Law::Exponential,
            per_second: 500.0,
            ..Job::default()
        }],
        slice_steps: 1,
        manner: Manner::default(),
        edges: Vec::new(),
        base: None,
    };
    let specs = arm.tasks(5, 0);
    let trace = blocking(&specs, SERVERS, false);
    check(&trace, &specs);
    // Whatever the services took: nobody is begun before somebody is free, and
    // then at once, but for the time it takes to wake up.
    let mut ends: Vec<Nanos> = Vec::new();
    let mut delays: Vec<Nanos> = Vec::new();
    for task in &trace.tasks {
        ends.sort_unstable_by(|a, b| b.cmp(a));
        let free = ends.get(SERVERS - 1).copied().unwrap_or(0);
        let expected = free.max(task.spawned_nanos);
        assert!(task.started_nanos + MILLI / 10 >= expected, "{task:?}");
        delays.push(task.started_nanos.saturating_sub(expected));
        ends.push(task.finished_nanos);
    }
    delays.sort_unstable();
    assert!(
        delays[150] < MILLI,
        "half are begun {} ns late",
        delays[150]
    );
    assert!(little_residual(&trace) < 0.05);
}
