//! However tasks are dealt out to a pool, each is done once, by whom it was
//! promised to, and the answer is the same.

mod world;

use model::{Deal, Manner, Nanos, TaskSpec, Trace};
use runner::{
    Clock, assemble,
    cook::Ticks,
    dealing::{Bundles, fixed},
    pool::{PoolRun, clock_offsets},
};
use std::{
    collections::BTreeSet,
    sync::{Arc, LazyLock, mpsc},
    time::{Duration, Instant},
};
use world::{STEP_NANOS, tasks};

/// Longer than any of these runs takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
const WORKERS: [usize; 5] = [1, 2, 3, 4, 8];

/// Real time, the same on every thread.
#[derive(Clone, Copy)]
struct RealClock;

impl Clock for RealClock {
    fn now_nanos(&self) -> Nanos {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed().as_nanos() as Nanos + 1
    }
}

fn pool(workers: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(workers)
        .build()
        .unwrap()
}

fn run(pool: &rayon::ThreadPool, specs: &[TaskSpec], manner: &Manner) -> Trace {
    let offsets = pool.install(|| clock_offsets(RealClock));
    let (bell, rung) = mpsc::channel();
    let mut run = PoolRun::start(
        &Arc::new(specs.to_vec()),
        &offsets,
        manner,
        Ticks::new(STEP_NANOS, 1_000),
        RealClock,
        |job| pool.spawn(job),
        move || bell.send(()).unwrap(),
    );
    rung.recv_timeout(LIMIT).expect("the bell of the last task");
    assert!(run.is_done());
    let trace = assemble("pool", 0, specs, run.raw(RealClock.now_nanos()));
    assert!(rung.try_recv().is_err(), "the bell is rung once");
    trace
}

fn manner(deal: Deal, batch: u32) -> Manner {
    Manner {
        deal,
        batch,
        ..Manner::default()
    }
}

#[test]
fn every_task_is_done_once_with_the_same_answer() {
    let specs = tasks("primes", 37, 1, 0.0);
    let workload = workloads::registry::find("primes").unwrap();
    let expected: Vec<u64> = specs.iter().map(workload.reference).collect();
    for workers in WORKERS {
        let pool = pool(workers);
        for deal in Deal::ALL {
            for batch in [0, 1, 4, 64] {
                let trace = run(&pool, &specs, &manner(deal, batch));
                let about = format!("{deal:?} by {batch}, {workers} workers");
                assert!(trace.tasks.iter().map(|task| task.id).eq(0..37), "{about}");
                let answers: Vec<u64> = trace.tasks.iter().map(|task| task.checksum).collect();
                assert_eq!(answers, expected, "{about}");
            }
        }
    }
}

#[test]
fn a_fixed_share_is_done_by_its_own_thread_in_order() {
    let specs = tasks("primes", 23, 1, 0.0);
    for workers in WORKERS {
        let pool = pool(workers);
        for deal in [Deal::Block, Deal::Cyclic] {
            for batch in [1, 4] {
                let manner = manner(deal, batch);
                let bundles = Bundles::of(specs.len(), &manner);
                let shares = fixed(deal, bundles.count(), workers).unwrap();
                let trace = run(&pool, &specs, &manner);
                for (lane, share) in (0..).zip(&shares) {
                    let promised = share.iter().flat_map(|bundle| bundles.tasks(*bundle));
                    let mut done: Vec<_> = trace
                        .tasks
                        .iter()
                        .filter(|task| task.lane_idx == lane)
                        .collect();
                    done.sort_by_key(|task| (task.started_nanos, task.id));
                    let done = done.iter().map(|task| task.id as usize);
                    assert!(done.eq(promised), "{deal:?} by {batch}, lane {lane}");
                }
            }
        }
    }
}

/// Two threads of which one is held up: by waiting, which needs no core.
#[test]
fn who_has_nothing_left_takes_over_unless_the_share_is_fixed() {
    let pool = pool(2);
    // Tasks of the first half wait 16 times as long as those of the second.
    let mut specs = tasks("waiting", 16, 0, 2.0);
    for spec in specs.iter_mut().take(8) {
        spec.wait_millis = 32.0;
    }
    let lanes_of_slow = |deal| {
        let trace = run(&pool, &specs, &manner(deal, 1));
        let slow = trace.tasks.iter().filter(|task| task.id < 8);
        slow.map(|task| task.lane_idx).collect::<BTreeSet<u32>>()
    };
    assert_eq!(lanes_of_slow(Deal::Block), BTreeSet::from([0]));
    assert_eq!(lanes_of_slow(Deal::Cyclic), BTreeSet::from([0, 1]));
    assert_eq!(lanes_of_slow(Deal::Queue), BTreeSet::from([0, 1]));
    assert_eq!(lanes_of_slow(Deal::Stealing), BTreeSet::from([0, 1]));
}

#[test]
fn a_batch_is_not_torn_apart() {
    let pool = pool(4);
    let specs = tasks("primes", 30, 1, 0.0);
    for deal in Deal::ALL {
        let manner = manner(deal, 5);
        let trace = run(&pool, &specs, &manner);
        let bundles = Bundles::of(specs.len(), &manner);
        for bundle in 0..bundles.count() {
            let lanes: BTreeSet<u32> = bundles
                .tasks(bundle)
                .map(|task| trace.tasks[task].lane_idx)
                .collect();
            assert_eq!(lanes.len(), 1, "{deal:?}, bundle {bundle}");
        }
    }
}

#[test]
fn nothing_to_do_is_no_run_that_never_ends() {
    let pool = pool(2);
    for deal in Deal::ALL {
        let offsets = pool.install(|| clock_offsets(RealClock));
        let run = PoolRun::start(
            &Arc::new(Vec::new()),
            &offsets,
            &manner(deal, 0),
            Ticks::new(STEP_NANOS, 1_000),
            RealClock,
            |job| pool.spawn(job),
            || (),
        );
        assert!(run.is_done());
    }
}
