//! What becomes of tasks that need the same thing: they stand in line, or for ever.

mod world;

use analysis::{TraceFault, sane};
use model::{Guard, Nanos, State, TaskSpec, Trace};
use runner::{Clock, assemble, blocking::BlockingRun, cook::Ticks, pool::clock_offsets};
use std::sync::{Arc, LazyLock, mpsc};
use std::time::{Duration, Instant};
use world::{ONE_BY_ONE, STEP_NANOS, World, in_turns};

/// Longer than any of these runs takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Real time, the same on every thread.
#[derive(Clone, Copy)]
struct RealClock;

impl Clock for RealClock {
    fn now_nanos(&self) -> Nanos {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed().as_nanos() as Nanos + 1
    }
}

fn specs(workload: &str, guard: Guard, tasks: u32, size: u32, locked_share: f64) -> Vec<TaskSpec> {
    (0..tasks)
        .map(|id| TaskSpec {
            id,
            workload: workload.into(),
            part: id,
            parts: tasks,
            size,
            seed: 7,
            locked_share,
            guard,
            ..TaskSpec::default()
        })
        .collect()
}

fn sound(trace: &Trace) {
    // On a busy machine the coordinator may learn of the end late.
    let fault = sane(trace)
        .err()
        .filter(|fault| *fault != TraceFault::LateEnd);
    assert_eq!(fault, None);
}

fn answers(specs: &[TaskSpec]) -> Vec<u64> {
    let of = |spec: &TaskSpec| {
        let workload = workloads::registry::find(&spec.workload).unwrap();
        (workload.reference)(spec)
    };
    specs.iter().map(of).collect()
}

fn proofs(trace: &Trace) -> Vec<u64> {
    trace.tasks.iter().map(|task| task.checksum).collect()
}

fn by_threads(workers: usize, specs: &[TaskSpec]) -> Trace {
    let pool = rayon::ThreadPoolBuilder::new()
        .num_threads(workers)
        .build()
        .unwrap();
    let offsets = pool.install(|| clock_offsets(RealClock));
    let (bell, rung) = mpsc::channel();
    let mut run = BlockingRun::start(
        &Arc::new(specs.to_vec()),
        &offsets,
        false,
        Ticks::new(STEP_NANOS, 1_000),
        RealClock,
        |shift| {
            pool.spawn_broadcast(move |context| shift(context.index()));
        },
        move || bell.send(()).unwrap(),
    );
    rung.recv_timeout(LIMIT).expect("the bell of the last task");
    let trace = assemble("blocking", 0, specs, run.raw(RealClock.now_nanos()));
    sound(&trace);
    trace
}

fn figure(trace: &Trace, name: &str) -> f64 {
    *trace
        .figures
        .get(name)
        .unwrap_or_else(|| panic!("no {name}: {:?}", trace.figures))
}

fn time_in(trace: &Trace, state: State) -> Nanos {
    let spans = trace.spans.iter().filter(|span| span.state == state);
    spans.map(|span| span.len_nanos).sum()
}

const KEEPERS: [Guard; 6] = [
    Guard::Mutex,
    Guard::Sharded,
    Guard::Retry,
    Guard::Local,
    Guard::Beside,
    Guard::Apart,
];

#[test]
fn the_same_work_is_done_and_kept_however_it_is_guarded() {
    for guard in KEEPERS {
        for locked_share in [0.0, 0.4, 1.0] {
            for workers in [1, 2, 4] {
                let specs = specs("shaker", guard, 6, 12, locked_share);
                let trace = by_threads(workers, &specs);
                let about = format!("{guard:?} {locked_share} {workers}");
                assert_eq!(proofs(&trace), answers(&specs), "{about}");
                assert_eq!(figure(&trace, "amiss"), 0.0, "{about}");
                assert!(
                    guard == Guard::Retry || figure(&trace, "retries") == 0.0,
                    "{about}"
                );
            }
        }
    }
}

/// One thread, as on the page: nothing to wait for.
#[test]
fn one_thread_never_stands_still_for_a_lock() {
    for guard in KEEPERS {
        let specs = specs("shaker", guard, 3, 10, 1.0);
        for how in [ONE_BY_ONE, in_turns(1)] {
            let trace = World::new(&[]).run(&specs, how);
            sound(&trace);
            assert_eq!(proofs(&trace), answers(&specs));
            assert_eq!(time_in(&trace, State::Blocked), 0);
        }
    }
    let alone = by_threads(1, &specs("shaker", Guard::Mutex, 3, 10, 1.0));
    assert_eq!(time_in(&alone, State::Blocked), 0);
}

/// All the work inside one lock: of four chefs three stand in line.
#[test]
fn with_everything_inside_one_lock_the_others_stand_still() {
    let specs = specs("shaker", Guard::Mutex, 40, 50, 1.0);
    let trace = by_threads(4, &specs);
    let lanes = 4.0 * trace.makespan_nanos as f64;
    let stood = time_in(&trace, State::Blocked) as f64 / lanes;
    assert!((0.4..0.8).contains(&stood), "{stood}");
    let most = 2 * (trace.makespan_nanos / 250_000 + 40) as usize * 4;
    assert!(trace.spans.len() <= most, "{} spans", trace.spans.len());
}

/// Everyone in a circle waits for the next: it is noticed, written down, and ended.
#[test]
fn each_in_his_own_order_is_stuck_until_the_wait_is_ended() {
    for chefs in [2, 4] {
        let specs = specs("crossing", Guard::Crossed, chefs, 0, 0.0);
        let trace = by_threads(chefs as usize, &specs);
        assert_eq!(figure(&trace, "stuck"), 1.0, "{:?}", trace.figures);
        assert!(figure(&trace, "stuck_ms") >= 2_000.0);
        for chef in 1..=chefs {
            let name = format!("waits_for_{chef}");
            let next = chef % chefs + 1;
            assert_eq!(figure(&trace, &name), f64::from(next));
        }
        // Standing still takes no time on a core.
        let busy = time_in(&trace, State::Running) as f64 / trace.makespan_nanos as f64;
        assert!(busy < 0.05, "{busy}");
        let stood = time_in(&trace, State::Blocked) as f64;
        assert!(stood > 0.9 * f64::from(chefs) * trace.makespan_nanos as f64);
        assert!(proofs(&trace).into_iter().all(|proof| proof == 0));
    }
}

#[test]
fn in_one_order_every_try_is_done_every_time() {
    for (chefs, workers) in [(2, 2), (3, 3), (4, 2)] {
        let specs = specs("crossing", Guard::Ordered, chefs, 0, 0.0);
        let trace = by_threads(workers, &specs);
        assert_eq!(figure(&trace, "stuck"), 0.0);
        let tries = chefs * workloads::crossing::TRIES;
        assert_eq!(figure(&trace, "progress"), f64::from(tries));
        assert_eq!(proofs(&trace), answers(&specs));
    }
}

/// One thread is enough to be stuck: tasks that await hold things too.
#[test]
fn one_event_loop_can_be_stuck_as_well() {
    let crossed = specs("crossing", Guard::Crossed, 2, 0, 0.0);
    let trace = World::new(&[]).run(&crossed, in_turns(1));
    sound(&trace);
    assert_eq!(figure(&trace, "stuck"), 1.0);
    assert_eq!(figure(&trace, "waits_for_1"), 2.0);
    assert_eq!(figure(&trace, "waits_for_2"), 1.0);
    let ordered = specs("crossing", Guard::Ordered, 2, 0, 0.0);
    for (specs, how) in [
        (&ordered, in_turns(1)),
        (&ordered, ONE_BY_ONE),
        // One dish after another never meets anybody.
        (&crossed, ONE_BY_ONE),
    ] {
        let trace = World::new(&[]).run(specs, how);
        sound(&trace);
        assert_eq!(figure(&trace, "stuck"), 0.0);
        assert_eq!(proofs(&trace), answers(specs));
    }
}
