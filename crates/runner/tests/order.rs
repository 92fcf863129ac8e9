//! Tasks that need each other's results: whatever the graph, the way of running
//! and the number of workers, each runs once and none before what it needs.

mod world;

use model::{Deal, Edge, Job, LaneKind, Manner, Nanos, Strategy, TaskSpec, Trace};
use runner::{
    Clock, Turn, assemble,
    cook::Ticks,
    log::{Finished, Raw},
    loop_run::{How, LoopRun, own_lane},
    order::{OrderFault, OrderedDispatcher, Recipe},
    pool::{PoolRun, clock_offsets},
};
use std::{
    sync::{Arc, LazyLock, mpsc},
    time::{Duration, Instant},
};
use world::{ONE_BY_ONE, QUANTUM_NANOS, STEP_NANOS, World, arm, in_turns};

/// Longer than any of these runs takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);
const WORKERS: [usize; 4] = [1, 2, 3, 8];

/// A small deterministic generator (Knuth's MMIX constants).
struct Lcg(u64);

impl Lcg {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % n
    }
}

/// Tasks, what they need, and what plain code says about them.
struct Work {
    name: String,
    specs: Vec<TaskSpec>,
    edges: Vec<(u32, u32)>,
    lengths_ms: Vec<f64>,
    expected: Vec<u64>,
}

impl Work {
    fn new(name: String, n_tasks: u32, edges: Vec<(u32, u32)>, dice: &mut Lcg) -> Self {
        let spec = |id| TaskSpec {
            id,
            workload: "primes".into(),
            parts: 1,
            size: 1 + dice.below(3) as u32,
            seed: 7,
            ..TaskSpec::default()
        };
        let specs: Vec<TaskSpec> = (0..n_tasks).map(spec).collect();
        let reference = |spec: &TaskSpec| {
            let workload = workloads::registry::find(&spec.workload).unwrap();
            (workload.reference)(spec)
        };
        Self {
            name,
            expected: specs.iter().map(reference).collect(),
            lengths_ms: specs.iter().map(|spec| f64::from(spec.size)).collect(),
            specs,
            edges,
        }
    }

    fn recipe(&self) -> Recipe {
        Recipe::new(self.specs.len(), &self.edges, &self.lengths_ms).unwrap()
    }

    /// Each task once, with the right result, and none too early.
    fn agrees(&self, how: &str, trace: &Trace) {
        let expected = (0..).zip(self.expected.iter().copied());
        let answers = trace.tasks.iter().map(|task| (task.id, task.checksum));
        assert!(answers.eq(expected), "{}, {how}", self.name);
        for &(before, after) in &self.edges {
            let (before, after) = (&trace.tasks[before as usize], &trace.tasks[after as usize]);
            assert!(
                before.finished_nanos <= after.started_nanos,
                "{}, {how}: {before:?} {after:?}",
                self.name
            );
        }
    }
}

/// Random graphs of several densities, numbered so that edges point both up and
/// down, a chain, a fan, and tasks without edges.
static WORK: LazyLock<Vec<Work>> = LazyLock::new(|| {
    let mut dice = Lcg(41);
    let mut all = Vec::new();
    for one_in in [2, 4, 8, 20] {
        for n_tasks in [5_u32, 12, 90] {
            let mut numbers: Vec<u32> = (0..n_tasks).collect();
            for end in (1..numbers.len()).rev() {
                numbers.swap(end, dice.below(end as u64 + 1) as usize);
            }
            let mut edges = Vec::new();
            for after in 1..numbers.len() {
                for before in 0..after {
                    if dice.below(one_in) == 0 {
                        edges.push((numbers[before], numbers[after]));
                    }
                }
            }
            let name = format!("one in {one_in} of {n_tasks}");
            all.push(Work::new(name, n_tasks, edges, &mut dice));
        }
    }
    let chain = (1..20).map(|at| (at - 1, at)).collect();
    all.push(Work::new("chain".into(), 20, chain, &mut dice));
    let fan = (1..19).flat_map(|at| [(0, at), (at, 19)]).collect();
    all.push(Work::new("fan".into(), 20, fan, &mut dice));
    all.push(Work::new("free".into(), 9, Vec::new(), &mut dice));
    // Named twice, an edge is no other edge.
    all.push(Work::new(
        "twice".into(),
        2,
        vec![(1, 0), (1, 0)],
        &mut dice,
    ));
    all
});

fn ticks() -> Ticks {
    Ticks::new(STEP_NANOS, 5_000)
}

fn on_one_thread(work: &Work, how: How) -> Trace {
    let world = World::new(&[]);
    let run = LoopRun::start_in_order(
        work.specs.clone(),
        Some(work.recipe()),
        how,
        ticks(),
        own_lane(LaneKind::Host),
        (world.clone(), world.clone()),
        Box::new(|| ()),
        Box::new(|| ()),
    );
    world.drive(&run);
    assert!(run.is_done());
    assert!(!run.turn(QUANTUM_NANOS), "nothing is left behind");
    run.trace("arm", 0, &work.specs)
}

#[test]
fn one_thread_in_either_way() {
    for work in &*WORK {
        let trace = on_one_thread(work, ONE_BY_ONE);
        work.agrees("sequential", &trace);
        let mut tasks: Vec<_> = trace.tasks.iter().collect();
        tasks.sort_by_key(|task| task.started_nanos);
        assert!(
            tasks
                .iter()
                .map(|task| task.id)
                .eq(work.recipe().in_order().iter().copied())
        );
        for slice in [1, 3, 100] {
            work.agrees("interleaved", &on_one_thread(work, in_turns(slice)));
        }
    }
}

#[test]
fn what_is_ready_together_is_under_way_together() {
    let fan = WORK.iter().find(|work| work.name == "fan").unwrap();
    let trace = on_one_thread(fan, in_turns(1));
    // Of those that do not end with their very first step.
    let middle = trace.tasks[1..19].iter().filter(|task| task.polls > 1);
    let middle: Vec<_> = middle.collect();
    assert!(middle.len() > 5);
    let last_start = middle.iter().map(|task| task.started_nanos).max();
    let first_end = middle.iter().map(|task| task.finished_nanos).min();
    assert!(last_start < first_end, "{middle:?}");
}

/// Real time, the same on every thread.
#[derive(Clone, Copy)]
struct RealClock;

impl Clock for RealClock {
    fn now_nanos(&self) -> Nanos {
        static START: LazyLock<Instant> = LazyLock::new(Instant::now);
        START.elapsed().as_nanos() as Nanos + 1
    }
}

#[test]
fn a_pool_of_any_size() {
    for workers in WORKERS {
        let pool = rayon::ThreadPoolBuilder::new()
            .num_threads(workers)
            .build()
            .unwrap();
        let offsets = pool.install(|| clock_offsets(RealClock));
        for work in &*WORK {
            let (bell, rung) = mpsc::channel();
            let mut run = PoolRun::start_in_order(
                &Arc::new(work.specs.clone()),
                work.recipe(),
                &offsets,
                ticks(),
                RealClock,
                |job| pool.spawn(job),
                move || bell.send(()).unwrap(),
            );
            rung.recv_timeout(LIMIT).expect("the bell of the last task");
            assert!(run.is_done());
            assert!(rung.try_recv().is_err(), "rung once");
            let raw = run.raw(RealClock.now_nanos());
            work.agrees("pool", &assemble("pool", 0, &work.specs, raw));
        }
    }
}

#[test]
fn message_workers_of_any_number() {
    for workers in WORKERS {
        for work in &*WORK {
            let recipe = work.recipe();
            let mut dispatcher = OrderedDispatcher::new(&recipe, workers as u32);
            let mut finished: Vec<Finished> = Vec::new();
            // When each worker's task ends: time goes on to the earliest.
            let mut under_way: Vec<(Nanos, u32, u32)> = Vec::new();
            let mut now = 1;
            loop {
                let free = workers - under_way.len();
                let mail = dispatcher.send();
                assert!(mail.len() <= free, "one task a worker");
                for (worker, task) in mail {
                    let spec = &work.specs[task as usize];
                    under_way.push((now + Nanos::from(spec.size) * 1_000, worker, task));
                }
                let next = under_way.iter().copied().min();
                let Some(next) = next else { break };
                under_way.retain(|other| *other != next);
                let (end, worker, task) = next;
                let spec = &work.specs[task as usize];
                finished.push(Finished {
                    task,
                    lane_idx: worker,
                    started_nanos: end - Nanos::from(spec.size) * 1_000,
                    finished_nanos: end,
                    busy_nanos: 0,
                    polls: 1,
                    wakes: 1,
                    checksum: work.expected[task as usize],
                    tile: None,
                });
                now = end;
                dispatcher.ended(worker, task);
            }
            let end_nanos = now;
            // Greedy, so Brent's bound holds with nothing on top.
            let total: Nanos = work.specs.iter().map(|s| Nanos::from(s.size) * 1_000).sum();
            let longest = longest_chain(work);
            let bound = (total - longest) as f64 / workers as f64 + longest as f64;
            assert!((now - 1) as f64 <= bound + 1.0, "{} {workers}", work.name);
            let raw = Raw {
                end_nanos,
                lanes: vec![own_lane(LaneKind::Message); workers],
                finished,
                ..Raw::default()
            };
            work.agrees("messages", &assemble("messages", 0, &work.specs, raw));
        }
    }
}

/// In nanoseconds of the made-up workers, by walking every way.
fn longest_chain(work: &Work) -> Nanos {
    let mut ways = vec![0; work.specs.len()];
    for _ in 0..work.specs.len() {
        for (at, spec) in work.specs.iter().enumerate() {
            let into = work.edges.iter().filter(|(_, after)| *after as usize == at);
            let before = into.map(|(before, _)| ways[*before as usize]).max();
            ways[at] = before.unwrap_or(0) + Nanos::from(spec.size) * 1_000;
        }
    }
    ways.into_iter().max().unwrap()
}

#[test]
fn the_longest_way_goes_first() {
    // 2 needs nothing and is followed by the long 3; 0 and 1 are as long as 2.
    let recipe = Recipe::new(4, &[(2, 3)], &[1.0, 1.0, 1.0, 9.0]).unwrap();
    let mut dispatcher = OrderedDispatcher::new(&recipe, 2);
    assert_eq!(dispatcher.send(), [(0, 2), (1, 0)]);
    dispatcher.ended(1, 0);
    assert_eq!(dispatcher.send(), [(1, 1)]);
    dispatcher.ended(0, 2);
    dispatcher.ended(1, 1);
    assert_eq!(dispatcher.send(), [(1, 3)]);
}

#[test]
fn what_cannot_be_kept_is_refused_with_a_sentence() {
    let refused = |n, edges: &[(u32, u32)]| Recipe::new(n, edges, &[]).unwrap_err();
    assert_eq!(refused(3, &[(0, 3)]), OrderFault::NoTask(4));
    assert_eq!(
        refused(3, &[(u32::MAX, 0)]),
        OrderFault::NoTask(4_294_967_296)
    );
    assert_eq!(refused(3, &[(1, 1)]), OrderFault::Circle(2));
    // 4 hangs on the circle of 1, 2 and 3 and is in none.
    let fault = refused(5, &[(0, 1), (1, 2), (2, 3), (3, 1), (3, 4)]);
    assert!(
        matches!(fault, OrderFault::Circle(2..=4)),
        "counted from 1: {fault:?}"
    );
    assert!(fault.to_string().contains("could never begin"));

    let mut arm = arm("primes");
    arm.jobs = vec![Job {
        workload: "primes".into(),
        tasks: 2,
        busy_millis: 1.0,
        size: 1,
        ..Job::default()
    }];
    assert_eq!(Recipe::of(&arm), Ok(None));
    arm.edges = vec![Edge {
        before: 1,
        after: 0,
    }];
    let kept = Recipe::of(&arm).unwrap().unwrap();
    assert_eq!(kept.in_order(), [1, 0]);
    for strategy in [Strategy::Hybrid, Strategy::Offload, Strategy::Blocking] {
        arm.strategy = strategy;
        let fault = Recipe::of(&arm).unwrap_err();
        assert!(fault.to_string().contains(strategy.id()), "{fault}");
    }
    arm.strategy = Strategy::Pool;
    arm.jobs[0].per_second = 3.0;
    assert_eq!(Recipe::of(&arm), Err(OrderFault::ComeLater));
    arm.jobs[0].per_second = 0.0;
    let dealt = [
        Manner {
            deal: Deal::Block,
            ..Manner::default()
        },
        Manner {
            batch: 2,
            ..Manner::default()
        },
    ];
    for manner in dealt {
        arm.manner = manner;
        assert_eq!(Recipe::of(&arm), Err(OrderFault::Dealt));
    }
}
