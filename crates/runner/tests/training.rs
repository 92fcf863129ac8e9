//! A training gives the same numbers whoever computes them, and wherever.

mod world;

use analysis::{TraceFault, sane};
use model::{LaneKind, Learner, Nanos, SHARDS, State, Trace, Training, WANTED_ACCURACY};
use runner::{
    Clock, Turn, assemble,
    cook::Ticks,
    loop_run::own_lane,
    training::{AloneRun, Answer, Errand, PoolTraining, Pupil, Server, Setup, Task, lay_out},
    wire::{pack, unpack},
};
use std::{
    sync::{LazyLock, mpsc},
    time::{Duration, Instant},
};
use workloads::training::digits::{Digits, give};
use world::{QUANTUM_NANOS, STEP_NANOS, World};

const SEED: u64 = 11;
/// Longer than any of these runs takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

fn training(learner: Learner) -> Training {
    let bytes = include_bytes!("../../workloads/data/digits.bin").to_vec();
    give(Digits::new(bytes).expect("the digits"));
    Training {
        learner,
        epochs: 12,
        rate: 0.6,
        batch: 100,
        ..Training::default()
    }
}

/// Enough of it to tell whether two ways agree.
fn brief(learner: Learner) -> Training {
    Training {
        epochs: 3,
        ..training(learner)
    }
}

fn task(training: &Training, simd: bool) -> Task {
    Task {
        tasks: training.job(0.1).tasks,
        simd,
        ticks: Ticks::new(STEP_NANOS, 1_000),
    }
}

/// What all ways but the asynchronous one must agree on.
#[derive(Debug, PartialEq)]
struct Result {
    weights: Vec<u32>,
    checksum: u64,
    loss: u64,
    losses: Vec<u64>,
}

fn result(trace: &Trace) -> Result {
    // On a busy machine the coordinator may learn of the end late.
    let fault = sane(trace)
        .err()
        .filter(|fault| *fault != TraceFault::LateEnd);
    assert_eq!(fault, None);
    let sum = trace
        .tasks
        .iter()
        .fold(0_u64, |sum, task| sum.wrapping_add(task.checksum));
    Result {
        weights: trace
            .weights
            .iter()
            .map(|weight| weight.to_bits())
            .collect(),
        checksum: sum,
        loss: trace.figures["loss"].to_bits(),
        losses: trace
            .learned
            .iter()
            .map(|point| point.loss.to_bits())
            .collect(),
    }
}

fn alone(training: Training, simd: bool) -> Trace {
    let course = lay_out(training, SEED).expect("the digits were given");
    let lane = own_lane(LaneKind::Host);
    let run = AloneRun::start(course, task(&training, simd), lane, World::new(&[]));
    while run.turn(QUANTUM_NANOS) {
        let so_far = run.raw();
        assert!(!so_far.learned.is_empty() && so_far.weights.is_empty());
        assert!(so_far.figures.is_empty());
    }
    assert!(run.is_done());
    assemble("alone", 0, &[], run.raw())
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
fn one_thread_learns_and_says_how_far_it_is() {
    for learner in Learner::ALL {
        let trace = alone(training(learner), false);
        assert_eq!(result(&trace), result(&alone(training(learner), true)));
        let [first, .., last] = &trace.learned[..] else {
            panic!("a curve")
        };
        assert_eq!((first.at_nanos, first.step, last.step), (0, 0, 180));
        assert!(trace.learned.is_sorted_by_key(|point| point.at_nanos));
        assert!(trace.learned.len() <= 61);
        let accuracy = trace.figures["accuracy"];
        assert!(accuracy >= WANTED_ACCURACY, "{learner:?}: {accuracy}");
        assert_eq!(last.accuracy, Some(accuracy));
        assert!(trace.figures["loss"] < first.loss / 3.0);
        let reached = trace
            .learned
            .iter()
            .find(|point| point.accuracy >= Some(WANTED_ACCURACY));
        let reached = reached.expect("a point").at_nanos as f64 / 1e6;
        assert_eq!(trace.figures["to_accuracy_ms"], reached);
        assert!(trace.spans.iter().any(|span| span.state == State::Running));
    }
}

#[test]
fn a_pool_of_any_size_gives_the_same_bits() {
    for learner in Learner::ALL {
        let training = brief(learner);
        let expected = result(&alone(training, false));
        for workers in [1, 2, 3, 4, 8, 11] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(workers).build();
            let pool = pool.expect("a pool");
            let (bell, rung) = mpsc::channel();
            let mut run = PoolTraining::start(
                lay_out(training, SEED).expect("the digits were given"),
                task(&training, workers % 2 == 0),
                &vec![0; workers],
                RealClock,
                |shift| pool.spawn_broadcast(move |context| shift(context.index())),
                move || bell.send(()).expect("somebody listens"),
            );
            while rung.recv_timeout(Duration::from_millis(3)).is_err() {
                assert!(run.raw(RealClock.now_nanos()).weights.is_empty() || run.is_done());
            }
            assert!(run.is_done());
            let trace = assemble("pool", 0, &[], run.raw(RealClock.now_nanos()));
            assert_eq!(result(&trace), expected, "{learner:?}, {workers} threads");
            assert_eq!(trace.tasks.len() as u32, training.steps() * SHARDS);
        }
    }
}

/// Runs a training by workers whose answers come in an order drawn from `dice`.
fn by_message(training: Training, workers: usize, mut dice: u64) -> Trace {
    let course = lay_out(training, SEED).expect("the digits were given");
    let task = task(&training, workers % 2 == 1);
    // The clocks of the workers are a second off.
    let mut server = Server::new(course, task, &vec![1_000_000_000; workers]);
    let setup = Setup {
        training,
        seed: SEED,
        simd: task.simd,
        step_nanos: task.ticks.step_nanos,
        gap_nanos: task.ticks.gap_nanos,
    };
    let pupil = || Pupil::new(&setup).expect("the digits were given");
    let mut pupils: Vec<Pupil> = (0..workers).map(|_| pupil()).collect();
    let world = World::new(&[]);
    let ahead = Ahead(world.clone());
    server.begin(world.now_nanos());
    let mut under_way: Vec<(usize, Vec<u8>)> = Vec::new();
    while !server.is_done() {
        for (worker, errand) in server.send(world.now_nanos()) {
            let errand: Errand = unpack(&pack(&errand).unwrap()).unwrap();
            let answer = pupils[worker].work(&errand, &ahead);
            under_way.push((worker, pack(&answer).unwrap()));
        }
        assert!(!under_way.is_empty(), "nobody has anything to do");
        dice = dice
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(99);
        let next = (dice >> 33) as usize % under_way.len();
        let (worker, answer) = under_way.swap_remove(next);
        let answer: Answer = unpack(&answer).unwrap();
        let stranger = (worker + 1) % workers;
        if stranger != worker {
            let other: Answer = unpack(&pack(&answer).unwrap()).unwrap();
            assert!(server.take(stranger, other, world.now_nanos()).is_err());
        }
        server
            .take(worker, answer, world.now_nanos())
            .expect("an answer");
    }
    assert!(under_way.is_empty() && server.send(world.now_nanos()).is_empty());
    assert!(
        server
            .take(0, Answer::default(), world.now_nanos())
            .is_err()
    );
    assemble("messages", 0, &[], server.raw(world.now_nanos()))
}

struct Ahead(World);

impl Clock for Ahead {
    fn now_nanos(&self) -> Nanos {
        self.0.now_nanos() + 1_000_000_000
    }
}

#[test]
fn messages_in_any_order_give_the_same_bits() {
    for learner in Learner::ALL {
        let training = brief(learner);
        let expected = result(&alone(training, false));
        for workers in [1, 2, 3, 5, 8, 9] {
            let trace = by_message(training, workers, workers as u64);
            assert_eq!(result(&trace), expected, "{learner:?}, {workers} workers");
            assert_eq!(trace.lanes.len(), workers + 1);
            let weights = 4 * trace.weights.len() as u64;
            let out = trace
                .couriers
                .iter()
                .filter(|courier| courier.from_lane_idx == 0);
            let sent: Vec<_> = out.map(|courier| courier.bytes).collect();
            assert_eq!(sent.len(), 45 * workers.min(8));
            assert!(sent.into_iter().all(|bytes| bytes == weights));
            assert!(
                trace
                    .couriers
                    .iter()
                    .all(|courier| courier.came_nanos > courier.sent_nanos)
            );
        }
    }
}

#[test]
fn nobody_waits_for_the_others_and_all_is_learned() {
    for learner in Learner::ALL {
        let training = Training {
            is_async: true,
            ..training(learner)
        };
        for workers in [1, 2, 8] {
            let trace = by_message(training, workers, 5);
            let done = result(&trace);
            let accuracy = trace.figures["accuracy"];
            assert!(
                accuracy >= WANTED_ACCURACY,
                "{learner:?}, {workers}: {accuracy}"
            );
            assert_eq!(trace.tasks.len() as u32, training.steps() * SHARDS);
            assert_eq!(trace.learned.last().map(|point| point.step), Some(180));
            let expected = result(&alone(training, false));
            if workers > 1 {
                assert_ne!(done.weights, expected.weights, "slopes of older weights");
            }
        }
    }
}

#[test]
fn a_few_tasks_of_a_training_end_too() {
    let training = training(Learner::Logistic);
    for tasks in [0, 1, 3, 8, 9] {
        let few = Task {
            tasks,
            ..task(&training, true)
        };
        let course = lay_out(training, SEED).expect("the digits were given");
        let run = AloneRun::start(
            course.clone(),
            few,
            own_lane(LaneKind::Host),
            World::new(&[]),
        );
        while run.turn(QUANTUM_NANOS) {}
        assert_eq!(run.raw().finished.len() as u32, tasks);
        if tasks == 0 {
            continue;
        }
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
        let pool = pool.expect("a pool");
        let (bell, rung) = mpsc::channel();
        let mut run = PoolTraining::start(
            course,
            few,
            &[0, 0],
            RealClock,
            |shift| pool.spawn_broadcast(move |context| shift(context.index())),
            move || bell.send(()).expect("somebody listens"),
        );
        rung.recv_timeout(LIMIT).expect("the bell of the last task");
        assert_eq!(run.raw(RealClock.now_nanos()).finished.len() as u32, tasks);
    }
}
