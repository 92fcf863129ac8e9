//! What becomes of a tally that several workers write on.

mod world;

use analysis::{TraceFault, sane};
use model::{Guard, Manner, Nanos, TaskSpec, Trace};
use runner::{
    Clock, assemble,
    blocking::BlockingRun,
    cook::Ticks,
    pool::{PoolRun, clock_offsets},
};
use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock, mpsc},
    time::{Duration, Instant},
};
use world::{ONE_BY_ONE, STEP_NANOS, World, in_turns};

/// Longer than any of these runs takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
/// Every way of writing on a tally.
const GUARDS: [Guard; 6] = [
    Guard::Loose,
    Guard::Atomic,
    Guard::Mutex,
    Guard::TwoLocks,
    Guard::Tickets,
    Guard::Local,
];

/// Real time, the same on every thread.
#[derive(Clone, Copy)]
struct RealClock;

impl Clock for RealClock {
    fn now_nanos(&self) -> Nanos {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed().as_nanos() as Nanos + 1
    }
}

fn specs(guard: Guard, tasks: u32, size: u32, gap: u32) -> Vec<TaskSpec> {
    (0..tasks)
        .map(|id| TaskSpec {
            id,
            workload: "tally".into(),
            part: id,
            parts: tasks,
            size,
            seed: 7,
            gap,
            guard,
            ..TaskSpec::default()
        })
        .collect()
}

/// Holds a run against what every run must keep, whatever the guard.
fn checked(specs: &[TaskSpec], trace: &Trace) {
    let fault = sane(trace)
        .err()
        .filter(|fault| *fault != TraceFault::LateEnd);
    assert_eq!(fault, None);
    let tally = workloads::registry::find("tally").unwrap();
    let proofs: Vec<u64> = trace.tasks.iter().map(|task| task.checksum).collect();
    let expected: Vec<u64> = specs.iter().map(tally.reference).collect();
    assert_eq!(proofs, expected, "somebody did not do its part");
}

fn pool(workers: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(workers)
        .build()
        .unwrap()
}

fn on_pool(pool: &rayon::ThreadPool, specs: &[TaskSpec]) -> Trace {
    let offsets = pool.install(|| clock_offsets(RealClock));
    let (bell, rung) = mpsc::channel();
    let mut run = PoolRun::start(
        &Arc::new(specs.to_vec()),
        &offsets,
        &Manner::default(),
        Ticks::new(STEP_NANOS, 1_000),
        RealClock,
        |job| pool.spawn(job),
        move || bell.send(()).unwrap(),
    );
    rung.recv_timeout(LIMIT).expect("the bell of the last task");
    let trace = assemble("pool", 0, specs, run.raw(RealClock.now_nanos()));
    checked(specs, &trace);
    trace
}

fn figure(trace: &Trace, name: &str) -> f64 {
    *trace
        .figures
        .get(name)
        .unwrap_or_else(|| panic!("no {name}: {:?}", trace.figures))
}

#[test]
fn one_chef_counts_right_however_the_tally_is_kept() {
    for guard in GUARDS {
        let specs = specs(guard, 3, 5_000, 4);
        let world = World::new(&[]);
        let mut traces = vec![
            world.run(&specs, ONE_BY_ONE),
            world.run(&specs, in_turns(1)),
        ];
        traces.push(on_pool(&pool(1), &specs));
        for trace in traces {
            checked(&specs, &trace);
            let wanted = if guard == Guard::Tickets {
                7_500.0
            } else {
                15_000.0
            };
            assert_eq!(figure(&trace, "wanted"), wanted, "{guard:?}");
            assert_eq!(figure(&trace, "count"), wanted, "{guard:?}");
            let missing = if guard == Guard::Tickets {
                "oversold"
            } else {
                "lost_share"
            };
            assert_eq!(figure(&trace, missing), 0.0, "{guard:?}");
        }
    }
}

#[test]
fn what_is_kept_safe_is_exact_in_every_run() {
    for workers in [2, 3] {
        let pool = pool(workers);
        for guard in [Guard::Atomic, Guard::Mutex, Guard::Local] {
            for run in 0..20 {
                let specs = specs(guard, workers as u32, 30_000, run % 3);
                let trace = on_pool(&pool, &specs);
                let wanted = figure(&trace, "wanted");
                assert_eq!(figure(&trace, "count"), wanted, "{guard:?} run {run}");
            }
        }
    }
}

/// How many of ten runs with two workers got `figure` above `least`, and the
/// different counts there were. A busy machine may keep two threads apart in
/// some of them.
fn caught(guard: Guard, name: &str, least: f64) -> (usize, usize) {
    let pool = pool(2);
    let specs = specs(guard, 2, 1_000_000, 2);
    let traces: Vec<Trace> = (0..10).map(|_| on_pool(&pool, &specs)).collect();
    let counts: BTreeSet<u64> = traces
        .iter()
        .map(|trace| figure(trace, "count") as u64)
        .collect();
    let shares: Vec<f64> = traces.iter().map(|trace| figure(trace, name)).collect();
    println!("{guard:?} {name} {shares:?}");
    let caught = shares.iter().filter(|share| **share > least).count();
    (caught, counts.len())
}

#[test]
fn two_workers_lose_counts_where_nothing_keeps_them_apart() {
    if std::thread::available_parallelism().map_or(1, usize::from) < 2 {
        return;
    }
    for (guard, name) in [
        (Guard::Loose, "lost_share"),
        (Guard::TwoLocks, "lost_share"),
        (Guard::Tickets, "oversold"),
    ] {
        let (caught, different) = caught(guard, name, 0.0);
        assert!(caught >= 9, "{guard:?}: {caught} of 10 runs");
        assert!(different >= 2, "{guard:?}: always the same");
    }
}

#[test]
fn threads_that_stand_still_write_on_the_same_tally() {
    let pool = pool(2);
    let offsets = pool.install(|| clock_offsets(RealClock));
    let specs = specs(Guard::Mutex, 2, 20_000, 0);
    let (bell, rung) = mpsc::channel();
    let mut run = BlockingRun::start(
        &Arc::new(specs.clone()),
        &offsets,
        false,
        Ticks::new(STEP_NANOS, 1_000),
        RealClock,
        |shift| pool.spawn_broadcast(move |context| shift(context.index())),
        move || bell.send(()).unwrap(),
    );
    rung.recv_timeout(LIMIT).expect("the bell of the last task");
    let trace = assemble("blocking", 0, &specs, run.raw(RealClock.now_nanos()));
    checked(&specs, &trace);
    assert_eq!(figure(&trace, "count"), 40_000.0);
}
