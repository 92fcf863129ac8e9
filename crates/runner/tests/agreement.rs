//! Every way of running the same tasks gives the answer of the plain reference.

mod world;

use analysis::TraceFault;
use model::{
    Arm, Job, LaneKind, Manner, Nanos, Place, Span, Strategy, TaskRecord, TaskSpec, Trace,
};
use runner::{
    Clock, Timer, Turn, assemble,
    blocking::BlockingRun,
    cook::Ticks,
    log::{Finished, Raw},
    loop_run::own_lane,
    messages::{Cooked, Dispatcher, Order, Parcel, Share},
    offload::{HEAVY_ONLY, OffloadRun},
    pool::{PoolRun, clock_offsets},
    wire::{FromWorker, Packed, pack, unpack},
};
use std::{
    future::Future,
    pin::Pin,
    sync::{Arc, LazyLock, mpsc},
    time::{Duration, Instant},
};
use workloads::photo::Photo;
use world::{ONE_BY_ONE, QUANTUM_NANOS, STEP_NANOS, World, in_turns, tasks};

const WORKERS: [usize; 5] = [1, 2, 3, 4, 8];
/// Longer than any of these runs takes on a busy machine.
const LIMIT: Duration = Duration::from_secs(60);

/// Tasks and what plain code that shares no state machine with the kernels says
/// about them.
struct Work {
    name: String,
    specs: Vec<TaskSpec>,
    expected: Vec<u64>,
}

/// Some tasks of each workload, and a mixture of two.
static WORK: LazyLock<Vec<Work>> = LazyLock::new(|| {
    let size = |id: &str| match id {
        "waiting" => 0,
        "requests" => 5,
        _ => 1,
    };
    let mut all: Vec<(String, Vec<TaskSpec>)> = workloads::registry::ALL
        .iter()
        .chain(workloads::registry::SHARED)
        .map(|workload| {
            let wait_millis = if workload.waits { 1.0 } else { 0.0 };
            let specs = tasks(workload.id, 6, size(workload.id), wait_millis);
            (workload.id.to_owned(), specs)
        })
        .collect();
    let mut mixed = tasks("mandelbrot", 3, 1, 0.0);
    mixed.extend(tasks("requests", 3, 4, 1.0));
    for (spec, id) in mixed.iter_mut().zip(0..) {
        spec.id = id;
    }
    all.push(("mandelbrot and requests".into(), mixed));
    let pixels = 0..20 * workloads::PICTURE_WIDTH;
    let photo = Photo::new(pixels.map(|at| (at / 3) as u8).collect()).unwrap();
    let mut pictured = tasks("image-filter", 6, 1, 0.0);
    for spec in &mut pictured {
        spec.input = photo.id();
    }
    workloads::photo::give(Some(photo));
    all.push(("a picture that was given".into(), pictured));
    let reference = |spec: &TaskSpec| {
        let workload = workloads::registry::find(&spec.workload).unwrap();
        (workload.reference)(spec)
    };
    all.into_iter()
        .map(|(name, specs)| Work {
            name,
            expected: specs.iter().map(reference).collect(),
            specs,
        })
        .collect()
});

impl Work {
    /// Holds a trace against the expected answers.
    fn agrees(&self, how: &str, trace: &Trace) {
        // On a busy machine the coordinator may learn of the end late.
        let fault = analysis::sane(trace)
            .err()
            .filter(|fault| *fault != TraceFault::LateEnd);
        assert_eq!(fault, None, "{}, {how}", self.name);
        let answers: Vec<(u32, u64)> = trace
            .tasks
            .iter()
            .map(|task| (task.id, task.checksum))
            .collect();
        let expected: Vec<(u32, u64)> = (0..).zip(self.expected.iter().copied()).collect();
        assert_eq!(answers, expected, "{}, {how}", self.name);
        let is_painter = |spec: &&TaskSpec| {
            let workload = workloads::registry::find(&spec.workload);
            workload.is_some_and(|workload| workload.paints)
        };
        let painters = self.specs.iter().filter(is_painter);
        let tiles = trace
            .picture
            .as_ref()
            .map_or(0, |picture| picture.tiles.len());
        assert_eq!(tiles, painters.count(), "{}, {how}: tiles", self.name);
    }
}

#[test]
fn one_thread_in_either_order() {
    for work in &*WORK {
        let world = World::new(&[]);
        work.agrees("sequential", &world.run(&work.specs, ONE_BY_ONE));
        for slice in [1, 3, 100] {
            let trace = world.run(&work.specs, in_turns(slice));
            work.agrees("interleaved", &trace);
        }
    }
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

fn ticks() -> Ticks {
    Ticks::new(STEP_NANOS, 1_000)
}

fn pool(workers: usize) -> rayon::ThreadPool {
    rayon::ThreadPoolBuilder::new()
        .num_threads(workers)
        .build()
        .unwrap()
}

#[test]
fn a_pool_of_any_size() {
    for workers in WORKERS {
        let pool = pool(workers);
        let offsets = pool.install(|| clock_offsets(RealClock));
        assert_eq!(offsets.len(), workers);
        for work in &*WORK {
            let specs = &work.specs;
            let (bell, rung) = mpsc::channel();
            let shared = Arc::new(specs.clone());
            let mut run = PoolRun::start(
                &shared,
                &offsets,
                &Manner::default(),
                ticks(),
                RealClock,
                |job| pool.spawn(job),
                move || bell.send(()).unwrap(),
            );
            rung.recv_timeout(LIMIT).expect("the bell of the last task");
            assert!(run.is_done());
            let trace = assemble("pool", 0, specs, run.raw(RealClock.now_nanos()));
            work.agrees("pool", &trace);
            assert_eq!(trace.lanes.len(), workers);
            assert!(trace.lanes.iter().all(|lane| lane.kind == LaneKind::Pool));
        }
    }
}

#[test]
fn threads_that_stand_still() {
    for workers in WORKERS {
        // A thread more than is asked for: it does nothing.
        let pool = pool(workers + 1);
        let mut offsets = pool.install(|| clock_offsets(RealClock));
        offsets.truncate(workers);
        for work in &*WORK {
            for own_lines in [false, true] {
                let specs = &work.specs;
                let (bell, rung) = mpsc::channel();
                let mut run = BlockingRun::start(
                    &Arc::new(specs.clone()),
                    &offsets,
                    own_lines,
                    ticks(),
                    RealClock,
                    |shift| pool.spawn_broadcast(move |context| shift(context.index())),
                    move || bell.send(()).unwrap(),
                );
                rung.recv_timeout(LIMIT).expect("the bell of the last task");
                assert!(run.is_done());
                let trace = assemble("blocking", 0, specs, run.raw(RealClock.now_nanos()));
                work.agrees("blocking", &trace);
                assert_eq!(trace.lanes.len(), workers);
            }
        }
    }
}

/// Rings from a thread of its own, as a browser's timers do.
#[derive(Clone)]
struct Alarm;

impl Timer for Alarm {
    fn wait(&self, millis: f64) -> Pin<Box<dyn Future<Output = ()>>> {
        let (bell, rung) = futures_channel::oneshot::channel();
        let due = Instant::now() + Duration::from_secs_f64(millis / 1e3);
        std::thread::spawn(move || {
            while let Some(left) = due.checked_duration_since(Instant::now()) {
                std::thread::park_timeout(left);
            }
            // The task may have been cancelled.
            let _ = bell.send(());
        });
        Box::pin(async move {
            let _ = rung.await;
        })
    }
}

fn offload_arm() -> Arm {
    Arm {
        id: "offload".into(),
        strategy: Strategy::Offload,
        variant: String::new(),
        workers: 2,
        place: Place::Worker,
        workload: "any".into(),
        jobs: vec![Job {
            workload: "requests".into(),
            ..Job::default()
        }],
        slice_steps: 2,
        manner: Manner::default(),
        edges: Vec::new(),
        base: None,
    }
}

#[test]
fn futures_that_await_a_pool() {
    for workers in WORKERS {
        let pool = Arc::new(pool(workers));
        let ways = WORK
            .iter()
            .flat_map(|work| [(work, ""), (work, HEAVY_ONLY)]);
        for (work, variant) in ways {
            let specs = &work.specs;
            let (bell, rung) = mpsc::channel();
            let spawner = Arc::clone(&pool);
            let arm = Arm {
                variant: variant.into(),
                ..offload_arm()
            };
            let run = OffloadRun::start(
                specs,
                (&arm, workers),
                ticks(),
                (RealClock, Alarm),
                move |job| spawner.spawn(job),
                Box::new(|| ()),
                Box::new(move || {
                    // The run may have ended.
                    let _ = bell.send(());
                }),
            );
            while !run.is_done() {
                if !run.turn(QUANTUM_NANOS) && !run.is_done() {
                    rung.recv_timeout(LIMIT).expect("a wake from the pool");
                }
            }
            let trace = assemble("offload", 0, specs, run.raw());
            work.agrees("offload", &trace);
            let on_loop = |task: &TaskRecord| task.lane_idx == 0;
            for task in &trace.tasks {
                let is_light = variant == HEAVY_ONLY && task.workload == "requests";
                assert_eq!(on_loop(task), is_light, "{} {variant}", work.name);
            }
        }
    }
}

/// What a message worker does with a message, up to the bytes it answers with.
fn cooked(specs: Vec<TaskSpec>, order: Order) -> Vec<u8> {
    let ids: Vec<u32> = specs.iter().map(|spec| spec.id).collect();
    let mut own = specs;
    for (spec, id) in own.iter_mut().zip(0..) {
        spec.id = id;
    }
    let how = order.interleave.map_or(ONE_BY_ONE, in_turns);
    let (raw, _) = World::new(&[]).finish(&own, how);
    let back = |mut finished: Finished| {
        finished.task = ids[finished.task as usize];
        if let Some(tile) = &mut finished.tile {
            tile.task = finished.task;
        }
        Parcel::pack(finished)
    };
    let renamed = |span: &Span| Span {
        task: ids[span.task as usize],
        ..*span
    };
    let cooked = Cooked {
        spans: raw.spans.iter().map(renamed).collect(),
        parcels: raw.finished.into_iter().map(back).collect(),
        dropped: raw.dropped,
        events: raw.events,
        stalls: raw.stalls,
    };
    pack(&FromWorker::Cooked(Packed::of(&cooked))).unwrap()
}

#[test]
fn message_workers_one_by_one_and_dealt() {
    let order = |interleave| Order {
        interleave,
        manner: Manner::default(),
        step_nanos: ticks().step_nanos,
        gap_nanos: ticks().gap_nanos,
    };
    let ways = [
        ("messages", Share::OneByOne { ahead: 1 }, order(None)),
        ("hybrid", Share::Dealt, order(Some(2))),
    ];
    for workers in WORKERS {
        for (how, share, order) in ways {
            for Work {
                name,
                specs,
                expected,
            } in &*WORK
            {
                let mut dispatcher =
                    Dispatcher::new(specs.len() as u32, workers as u32, share, &order.manner);
                let mut mail: Vec<(u32, Vec<u32>)> = Vec::new();
                for (worker, sent) in dispatcher.first().into_iter().enumerate() {
                    mail.extend(sent.into_iter().map(|ids| (worker as u32, ids)));
                }
                let mut finished = Vec::new();
                let mut at = 0;
                while let Some((worker, ids)) = mail.get(at).cloned() {
                    let sent = ids.iter().map(|id| specs[*id as usize].clone()).collect();
                    let FromWorker::Cooked(packed) = unpack(&cooked(sent, order)).unwrap() else {
                        panic!("another answer");
                    };
                    let cooked = packed.read().unwrap();
                    let unpacked = cooked.parcels.into_iter().map(|p| p.unpack(worker));
                    finished.extend(unpacked);
                    let more = dispatcher.hand_out(worker as usize);
                    mail.extend(more.map(|ids| (worker, ids)));
                    at += 1;
                }
                let lane = own_lane(LaneKind::Message);
                let end_nanos = finished.iter().map(|task| task.finished_nanos).max();
                let raw = Raw {
                    start_nanos: 0,
                    end_nanos: end_nanos.unwrap_or(0),
                    lanes: vec![lane; workers],
                    // Each worker has a clock of its own here: times do not compare.
                    spans: Vec::new(),
                    dropped: 0,
                    finished,
                    gap_nanos: order.gap_nanos,
                    ..Raw::default()
                };
                let trace = assemble(how, 0, specs, raw);
                let answers: Vec<u64> = trace.tasks.iter().map(|task| task.checksum).collect();
                assert_eq!(answers, *expected, "{name}, {how}");
                let alone = World::new(&[]).run(specs, ONE_BY_ONE);
                // Not `assert_eq`: it would print every pixel.
                assert!(
                    trace.picture == alone.picture,
                    "{name}, {how}: another picture"
                );
            }
        }
    }
}
