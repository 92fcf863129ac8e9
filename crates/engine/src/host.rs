//! The host worker: owns a pool or message workers, and runs arms.

use crate::memory::in_use_bytes;
use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::{
    StreamExt,
    future::{Either, select},
    stream::FuturesUnordered,
};
use model::{Lane, LaneKind, MemoryUse, Nanos, Strategy, TaskSpec, Trace};
use runner::{
    assemble,
    blocking::BlockingRun,
    cook::Ticks,
    log::Raw,
    loop_run::{How, LoopRun, own_lane},
    messages::{Dispatcher, Order, Share},
    offload::OffloadRun,
    pool::{PoolRun, clock_offsets},
    probe::Calibrator,
    wire::{FromWorker, Packed, RunOrder, ToWorker},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};
use wasm_bindgen_futures::JsFuture;
use web::{
    clock::PageClock,
    event_loop::{Driven, PageTimer, pause},
    worker::{EngineWorker, Role, own_boot, reply, text_of},
};

/// Partial traces of more tasks than this would keep the page busy, and the run.
const MOST_LIVE: usize = 2_000;

/// A message worker and how far its clock is off.
struct Node {
    worker: EngineWorker,
    offset_nanos: i64,
}

/// What this host was given.
#[derive(Default)]
struct Staff {
    /// One entry a pool thread: how far its clock is off.
    pool: RefCell<Vec<i64>>,
    /// Memory the start of those threads took.
    pool_bytes: Cell<u64>,
    nodes: RefCell<Vec<Node>>,
}

pub(crate) fn serve() {
    let staff = Rc::new(Staff::default());
    web::worker::serve(move |message| {
        let staff = Rc::clone(&staff);
        match message {
            ToWorker::Ping => crate::pong(),
            ToWorker::Pool { workers } => crate::in_turn(hire_pool(staff, workers)),
            ToWorker::Nodes { workers } => crate::in_turn(hire_nodes(staff, workers)),
            ToWorker::Calibrate { job, seed } => {
                let found = Calibrator::new(&job, seed).and_then(|mut calibrator| {
                    // Ends by itself: the calibrator has a limit.
                    (0..10_000).find_map(|_| calibrator.pass(&PageClock))
                });
                reply(&match found {
                    Some(calibration) => FromWorker::Calibrated(calibration),
                    None => FromWorker::Failed("an unknown workload".into()),
                });
            }
            ToWorker::Run(order) => crate::in_turn(async move {
                let trace = run(&staff, order).await?;
                reply(&FromWorker::Done(Packed::of(&trace)));
                Ok(())
            }),
            _ => reply(&FromWorker::Failed("a host does not do that".into())),
        }
    });
}

async fn hire_pool(staff: Rc<Staff>, workers: u32) -> Result<(), String> {
    let before_bytes = in_use_bytes();
    JsFuture::from(crate::init_thread_pool(workers as usize))
        .await
        .map_err(|error| text_of(&error))?;
    let taken = in_use_bytes().saturating_sub(before_bytes);
    staff.pool_bytes.set(taken);
    *staff.pool.borrow_mut() = clock_offsets(PageClock);
    reply(&FromWorker::Staffed);
    Ok(())
}

async fn hire_nodes(staff: Rc<Staff>, workers: u32) -> Result<(), String> {
    let boot = own_boot().ok_or("this host does not know its own address")?;
    let mut starting: FuturesUnordered<_> = (0..workers)
        .map(|_| async {
            let mut worker = EngineWorker::start(&boot, Role::Node)?;
            let said = |_| "a message worker did not start".to_string();
            worker.next(6_000).await.map_err(said)?;
            let offset_nanos = worker.clock_offset_nanos().await.map_err(said)?;
            Ok::<_, String>(Node {
                worker,
                offset_nanos,
            })
        })
        .collect();
    let mut nodes = Vec::new();
    while let Some(node) = starting.next().await {
        nodes.push(node?);
    }
    drop(starting);
    *staff.nodes.borrow_mut() = nodes;
    reply(&FromWorker::Staffed);
    Ok(())
}

async fn run(staff: &Staff, order: RunOrder) -> Result<Trace, String> {
    let before_bytes = in_use_bytes();
    let specs: Rc<[TaskSpec]> = order.arm.tasks(order.seed, order.round).into();
    let ticks = Ticks {
        step_nanos: order.step_nanos,
        gap_nanos: order.gap_nanos,
    };
    let raw = match order.arm.strategy {
        Strategy::Sequential | Strategy::Interleaved => in_loop(&order, &specs, ticks).await,
        Strategy::Pool => on_pool(staff, &order, &specs, ticks).await?,
        Strategy::Blocking => on_blocking(staff, &order, &specs, ticks).await?,
        Strategy::Offload => offloaded(staff, &order, &specs, ticks).await?,
        Strategy::Messages | Strategy::Hybrid => by_message(staff, &order, &specs).await?,
    };
    let mut trace = assemble(&order.arm.id, order.round, &specs, raw);
    let has_pool = order.arm.strategy.needs_shared_memory();
    trace.memory = Some(MemoryUse {
        before_bytes,
        threads_bytes: if has_pool { staff.pool_bytes.get() } else { 0 },
        threads: if has_pool {
            staff.pool.borrow().len() as u32
        } else {
            0
        },
        ..trace.memory.unwrap_or_default()
    });
    Ok(trace)
}

/// Sends partial traces until `done` completes.
async fn with_live<T>(
    order: &RunOrder,
    specs: &[TaskSpec],
    done: impl Future<Output = T>,
    raw: impl Fn() -> Raw,
) -> T {
    let mut done = std::pin::pin!(done);
    loop {
        if order.live_millis == 0 || specs.len() > MOST_LIVE {
            return done.await;
        }
        match select(done, std::pin::pin!(pause(order.live_millis))).await {
            Either::Left((value, _)) => return value,
            Either::Right(((), still)) => {
                done = still;
                let mut partial = raw();
                // Tiles are sent once, at the end.
                for task in &mut partial.finished {
                    task.tile = None;
                }
                let trace = assemble(&order.arm.id, order.round, specs, partial);
                reply(&FromWorker::Live(Packed::of(&trace)));
            }
        }
    }
}

async fn in_loop(order: &RunOrder, specs: &Rc<[TaskSpec]>, ticks: Ticks) -> Raw {
    let driven = Driven::start(|poke| {
        let run = LoopRun::start(
            Rc::clone(specs),
            How::of(&order.arm),
            ticks,
            own_lane(LaneKind::Host),
            (PageClock, PageTimer),
            poke,
            Box::new(|| ()),
        );
        run.watch_memory(in_use_bytes);
        run
    });
    let run = Rc::clone(driven.run());
    with_live(order, specs, driven.finish(), || run.raw()).await;
    run.raw()
}

async fn on_pool(
    staff: &Staff,
    order: &RunOrder,
    specs: &[TaskSpec],
    ticks: Ticks,
) -> Result<Raw, String> {
    let offsets = staff.pool.borrow().clone();
    if offsets.is_empty() {
        return Err("this host has no pool".into());
    }
    // The waker of this event loop may be used from pool threads: in a build
    // with atomics it goes through `Atomics.waitAsync`.
    let (bell, mut rung) = unbounded();
    let shared = Arc::new(specs.to_vec());
    let run = RefCell::new(PoolRun::start(
        &shared,
        &offsets,
        ticks,
        PageClock,
        rayon::spawn,
        move || {
            // The receiver is gone only if this host ends.
            let _ = bell.unbounded_send(());
        },
    ));
    let end = until_rung(order, specs, &mut rung, || {
        run.borrow_mut().raw(crate::now_nanos())
    })
    .await;
    Ok(run.borrow_mut().raw(end))
}

/// Waits for the bell of the last task; gives the instant it was heard.
async fn until_rung(
    order: &RunOrder,
    specs: &[TaskSpec],
    rung: &mut UnboundedReceiver<()>,
    raw: impl Fn() -> Raw,
) -> Nanos {
    if !specs.is_empty() {
        let done = async {
            rung.next().await;
        };
        with_live(order, specs, done, raw).await;
    }
    crate::now_nanos()
}

async fn on_blocking(
    staff: &Staff,
    order: &RunOrder,
    specs: &[TaskSpec],
    ticks: Ticks,
) -> Result<Raw, String> {
    // The pool may be larger than the arm: the other threads sleep.
    let offsets = staff.pool.borrow().clone();
    let offsets = offsets
        .get(..order.arm.workers as usize)
        .filter(|offsets| !offsets.is_empty())
        .ok_or("this host has no pool of that size")?;
    let (bell, mut rung) = unbounded();
    let run = RefCell::new(BlockingRun::start(
        &Arc::new(specs.to_vec()),
        offsets,
        order.arm.manner.own_lines,
        ticks,
        PageClock,
        |shift| rayon::spawn_broadcast(move |context| shift(context.index())),
        move || {
            // The receiver is gone only if this host ends.
            let _ = bell.unbounded_send(());
        },
    ));
    let end = until_rung(order, specs, &mut rung, || {
        run.borrow_mut().raw(crate::now_nanos())
    })
    .await;
    Ok(run.borrow_mut().raw(end))
}

async fn offloaded(
    staff: &Staff,
    order: &RunOrder,
    specs: &[TaskSpec],
    ticks: Ticks,
) -> Result<Raw, String> {
    let n_workers = staff.pool.borrow().len();
    if n_workers == 0 {
        return Err("this host has no pool".into());
    }
    let (bell, mut rung) = unbounded();
    let bell_again = Rc::new(Cell::new(None::<Box<dyn Fn()>>));
    let driven = Driven::start(|poke| {
        let poke: Rc<dyn Fn()> = Rc::from(poke);
        let for_bell = Rc::clone(&poke);
        bell_again.set(Some(Box::new(move || for_bell())));
        OffloadRun::start(
            specs,
            (&order.arm, n_workers),
            ticks,
            (PageClock, PageTimer),
            rayon::spawn,
            Box::new(move || poke()),
            Box::new(move || {
                // The receiver is gone only if the run has ended.
                let _ = bell.unbounded_send(());
            }),
        )
    });
    let run = Rc::clone(driven.run());
    let done = async {
        let listen = async {
            let poke = bell_again.take();
            while rung.next().await.is_some() {
                if let Some(poke) = &poke {
                    poke();
                }
            }
        };
        select(std::pin::pin!(driven.finish()), std::pin::pin!(listen)).await;
    };
    with_live(order, specs, done, || run.raw()).await;
    Ok(run.raw())
}

async fn by_message(staff: &Staff, order: &RunOrder, specs: &[TaskSpec]) -> Result<Raw, String> {
    let mut nodes = std::mem::take(&mut *staff.nodes.borrow_mut());
    if nodes.is_empty() {
        return Err("this host has no message workers".into());
    }
    let raw = RefCell::new(Raw {
        start_nanos: crate::now_nanos(),
        end_nanos: 0,
        lanes: nodes
            .iter()
            .zip(0..)
            .map(|(node, index)| Lane {
                kind: LaneKind::Message,
                index,
                clock_offset_nanos: node.offset_nanos,
            })
            .collect(),
        spans: Vec::new(),
        dropped: 0,
        finished: Vec::new(),
        gap_nanos: order.gap_nanos,
        samples: Vec::new(),
        peak_bytes: 0,
    });
    let done = cooked(&mut nodes, order, specs, &raw);
    let snapshot = || {
        let raw = raw.borrow();
        Raw {
            end_nanos: crate::now_nanos(),
            lanes: raw.lanes.clone(),
            spans: raw.spans.clone(),
            finished: raw.finished.clone(),
            samples: Vec::new(),
            ..*raw
        }
    };
    let outcome = with_live(order, specs, done, snapshot).await;
    *staff.nodes.borrow_mut() = nodes;
    outcome?;
    Ok(raw.into_inner())
}

/// Hands out tasks and takes in results until all are there.
async fn cooked(
    nodes: &mut [Node],
    order: &RunOrder,
    specs: &[TaskSpec],
    raw: &RefCell<Raw>,
) -> Result<(), String> {
    let hybrid = order.arm.strategy == Strategy::Hybrid;
    let share = if hybrid {
        Share::Dealt
    } else {
        Share::OneByOne { ahead: 1 }
    };
    let how = Order {
        interleave: hybrid.then_some(order.arm.slice_steps),
        step_nanos: order.step_nanos,
        gap_nanos: order.gap_nanos,
    };
    let cook = |tasks: &[u32]| ToWorker::Cook {
        specs: tasks
            .iter()
            .filter_map(|&task| specs.get(task as usize).cloned())
            .collect(),
        order: how,
    };
    let lost = |_| "a message worker was lost".to_string();
    let mut dispatcher = Dispatcher::new(specs.len() as u32, nodes.len() as u32, share);
    raw.borrow_mut().start_nanos = crate::now_nanos();
    for (node, tasks) in nodes.iter().zip(dispatcher.first()) {
        let batches: Vec<&[u32]> = if hybrid {
            vec![&tasks]
        } else {
            tasks.chunks(1).collect()
        };
        for batch in batches.into_iter().filter(|batch| !batch.is_empty()) {
            node.worker.send(&cook(batch)).map_err(lost)?;
        }
    }
    while raw.borrow().finished.len() < specs.len() {
        let mut inboxes: FuturesUnordered<_> = nodes
            .iter_mut()
            .enumerate()
            .map(|(lane, node)| async move { (lane, node.worker.inbox().next().await) })
            .collect();
        let Some((lane, message)) = inboxes.next().await else {
            return Err("there are no message workers".into());
        };
        drop(inboxes);
        let message = match message {
            Some(Ok(FromWorker::Cooked(packed))) => packed
                .read()
                .map_err(|_| "a message could not be read".to_string())?,
            Some(Ok(FromWorker::Failed(text)) | Err(text)) => return Err(text),
            _ => continue,
        };
        let now = crate::now_nanos();
        let Some(node) = nodes.get(lane) else {
            continue;
        };
        if let (false, Some(task)) = (hybrid, dispatcher.hand_out()) {
            node.worker.send(&cook(&[task])).map_err(lost)?;
        }
        let back = |nanos: u64| nanos.saturating_add_signed(-node.offset_nanos);
        let mut raw = raw.borrow_mut();
        raw.end_nanos = now;
        raw.dropped += message.dropped;
        raw.spans.extend(message.spans.into_iter().map(|mut span| {
            span.lane_idx = lane as u32;
            span.start_nanos = back(span.start_nanos);
            span
        }));
        raw.finished
            .extend(message.parcels.into_iter().map(|parcel| {
                let mut finished = parcel.unpack(lane as u32);
                finished.started_nanos = back(finished.started_nanos);
                finished.finished_nanos = back(finished.finished_nanos);
                finished
            }));
    }
    Ok(())
}
