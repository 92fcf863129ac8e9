//! The host worker: owns a pool or message workers, and runs arms.

use crate::memory::in_use_bytes;
use futures_channel::mpsc::{UnboundedReceiver, unbounded};
use futures_util::{
    StreamExt,
    future::{Either, select},
    stream::FuturesUnordered,
};
use model::{Lane, LaneKind, MemoryUse, Nanos, Span, Stall, State, Strategy, TaskSpec, Trace};
use runner::{
    assemble,
    blocking::BlockingRun,
    cook::Ticks,
    log::Raw,
    loop_run::{How, LoopRun, own_lane},
    messages::{Dispatcher, Order, Share},
    offload::OffloadRun,
    order::{OrderedDispatcher, Recipe},
    pool::{PoolRun, clock_offsets},
    training::training_of,
    watchdog::{ANSWER_MILLIS, QUIET_MILLIS, is_heard},
    wire::{FromWorker, Packed, RunOrder, ToWorker, unpack},
};
use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    sync::Arc,
};
use wasm_bindgen_futures::JsFuture;
use web::{
    cargo::Cargo,
    clock::PageClock,
    dataset::{self, now_and_then},
    event_loop::{Driven, PageTimer, pause, within},
    text_file::TextFile,
    worker::{EngineWorker, Role, own_boot, reply, text_of},
};

/// Partial traces of more tasks than this would keep the page busy, and the run.
const MOST_LIVE: usize = 2_000;

/// A message worker and how far its clock is off.
pub(crate) struct Node {
    pub(crate) worker: EngineWorker,
    pub(crate) offset_nanos: i64,
    /// The tab it belongs to, if that is another one.
    pub(crate) tab: Option<String>,
}

/// What this host was given.
#[derive(Default)]
pub(crate) struct Staff {
    /// One entry a pool thread: how far its clock is off.
    pub(crate) pool: RefCell<Vec<i64>>,
    /// Memory the start of those threads took.
    pool_bytes: Cell<u64>,
    pub(crate) nodes: RefCell<Vec<Node>>,
    /// The picture the reader gave, for message workers that start later.
    photo: RefCell<Option<Packed<Vec<u8>>>>,
    /// What lies ready for nodes that map and reduce.
    hall: crate::town::Hall,
    /// Nodes that other tabs lend.
    lent: RefCell<Vec<Node>>,
    /// The text the reader gave.
    text: RefCell<Option<TextFile>>,
}

pub(crate) fn serve() {
    let staff = Rc::new(Staff::default());
    let taker = Rc::clone(&staff);
    let on_cargo = move |cargo| take_cargo(&taker, &cargo);
    let on_message = move |message| {
        let staff = Rc::clone(&staff);
        match message {
            ToWorker::Ping => crate::pong(),
            ToWorker::Pool { workers } => crate::in_turn(hire_pool(staff, workers)),
            ToWorker::Nodes { workers } => crate::in_turn(hire_nodes(staff, workers)),
            ToWorker::Photo(photo) => take_photo(&staff, photo),
            ToWorker::Digits(digits) => crate::later::digits(&digits),
            ToWorker::Calibrate { job, seed } => crate::later::calibrate(&job, seed),
            ToWorker::Run(order) => crate::later::run(staff, order),
            ToWorker::Load { order, url } => crate::later::load(order, url),
            _ => reply(&FromWorker::Failed("a host does not do that".into())),
        }
    };
    web::worker::serve_with(on_message, on_cargo);
}

/// Takes a picture for this memory and those of the message workers. It comes to
/// each before any work that needs it, since messages stay in order.
fn take_photo(staff: &Staff, photo: Packed<Vec<u8>>) {
    crate::later::photo(&photo);
    for node in staff.nodes.borrow().iter() {
        // Whoever is gone is missed when there is work for it.
        let _ = node.worker.send(&ToWorker::Photo(photo.clone()));
    }
    *staff.photo.borrow_mut() = Some(photo);
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
    let nodes = start_nodes(&staff, workers).await?;
    *staff.nodes.borrow_mut() = nodes;
    reply(&FromWorker::Staffed);
    Ok(())
}

async fn start_nodes(staff: &Staff, workers: u32) -> Result<Vec<Node>, String> {
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
                tab: None,
            })
        })
        .collect();
    let mut nodes = Vec::new();
    while let Some(node) = starting.next().await {
        nodes.push(node?);
    }
    drop(starting);
    if let Some(photo) = &*staff.photo.borrow() {
        for node in &nodes {
            let sent = node.worker.send(&ToWorker::Photo(photo.clone()));
            sent.map_err(|_| "a message worker was lost".to_string())?;
        }
    }
    Ok(nodes)
}

/// The message workers of this host, as many as it once had: those that ended in a
/// run are replaced before the next.
pub(crate) async fn whole_staff(staff: &Staff, workers: u32) -> Result<Vec<Node>, String> {
    let mut nodes = std::mem::take(&mut *staff.nodes.borrow_mut());
    let missing = workers.saturating_sub(nodes.len() as u32);
    if missing > 0 {
        nodes.extend(start_nodes(staff, missing).await?);
    }
    Ok(nodes)
}

/// Runs a job that nodes map and reduce.
async fn in_town(staff: &Staff, order: &RunOrder, specs: &Rc<[TaskSpec]>) -> Result<Raw, String> {
    let mut nodes = whole_staff(staff, order.arm.workers).await?;
    let mut team = crate::town::hire(&staff.hall, order, staff.lent.take()).await;
    // Who is replaced by a tab rests.
    let rest = nodes.split_off(nodes.len().saturating_sub(team.len()));
    team.append(&mut nodes);
    let text = staff.text.borrow().clone();
    let (team, raw) = crate::town::run(&staff.hall, team, order, specs, text.as_ref()).await;
    let (lent, mut own): (Vec<_>, Vec<_>) = team.into_iter().partition(|node| node.tab.is_some());
    own.extend(rest);
    *staff.nodes.borrow_mut() = own;
    *staff.lent.borrow_mut() = lent;
    raw
}

/// Takes what lies beside a message.
fn take_cargo(staff: &Staff, cargo: &Cargo) {
    let text = match unpack(&cargo.header) {
        Ok(ToWorker::Text { id }) => cargo.chests.first().and_then(|chest| chest.text(id)),
        _ => None,
    };
    if text.is_some() {
        *staff.text.borrow_mut() = text;
    } else {
        reply(&FromWorker::Failed("a host takes no such cargo".into()));
    }
}

pub(crate) async fn run(staff: &Staff, order: RunOrder) -> Result<Trace, String> {
    let before_bytes = in_use_bytes();
    let specs: Rc<[TaskSpec]> = order.arm.tasks(order.seed, order.round).into();
    let town = order.arm.manner.town;
    let is_missing = |spec: &TaskSpec| {
        town.is_none() && spec.input != 0 && !workloads::photo::is_here(spec.input)
    };
    if specs.iter().any(is_missing) {
        return Err("this host was not given the picture".into());
    }
    let ticks = ticks_of(&order);
    let recipe = Recipe::of(&order.arm).map_err(|fault| fault.to_string())?;
    let trains = training_of(&order.arm).is_some();
    let raw = match order.arm.strategy {
        _ if trains => crate::training::run(staff, &order, &specs).await?,
        Strategy::Sequential | Strategy::Interleaved | Strategy::Simd => {
            in_loop(&order, &specs, recipe, ticks).await
        }
        Strategy::Gpu => return Err("a host has no graphics processor".into()),
        Strategy::Pool => on_pool(staff, &order, &specs, recipe, ticks).await?,
        Strategy::Blocking => on_blocking(staff, &order, &specs, ticks).await?,
        Strategy::Offload => offloaded(staff, &order, &specs, ticks).await?,
        Strategy::Messages if town.is_some() => in_town(staff, &order, &specs).await?,
        Strategy::Messages | Strategy::Hybrid => {
            by_message(staff, &order, &specs, recipe.as_ref()).await?
        }
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

/// Reads the file of orders on this thread.
pub(crate) async fn load(order: &RunOrder, url: &str) -> FromWorker {
    let tell = now_and_then(|bytes| reply(&FromWorker::Loading { bytes }));
    let lane = own_lane(LaneKind::Host);
    match dataset::read(&order.arm, url, ticks_of(order), lane, tell).await {
        Ok((raw, totals)) => {
            let specs = order.arm.tasks(order.seed, order.round);
            let mut trace = assemble(&order.arm.id, order.round, &specs, raw);
            trace.totals = totals;
            FromWorker::Done(Packed::of(&trace))
        }
        Err(fault) => FromWorker::Unloaded(fault),
    }
}

pub(crate) const fn ticks_of(order: &RunOrder) -> Ticks {
    Ticks {
        step_nanos: order.step_nanos,
        gap_nanos: order.gap_nanos,
    }
}
/// Events in a partial trace: a page that draws it twice a second wants no more.
const LIVE_EVENTS: usize = 2_000;

/// Sends partial traces until `done` completes.
pub(crate) async fn with_live<T>(
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
                if partial.events.len() > LIVE_EVENTS {
                    partial.events = Vec::new();
                }
                let trace = assemble(&order.arm.id, order.round, specs, partial);
                reply(&FromWorker::Live(Packed::of(&trace)));
            }
        }
    }
}

async fn in_loop(
    order: &RunOrder,
    specs: &Rc<[TaskSpec]>,
    recipe: Option<Recipe>,
    ticks: Ticks,
) -> Raw {
    let driven = Driven::start(&order.arm.manner, |poke| {
        let run = LoopRun::start_in_order(
            Rc::clone(specs),
            recipe,
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
    if order.live_millis > 0 && crate::may_stay(specs) {
        announce(&run, order, specs);
    }
    with_live(order, specs, driven.finish(), || run.raw()).await;
    run.raw()
}

/// Before the first poll of each task, tells which one it is: if it never gives
/// way, this worker cannot say so afterwards.
fn announce(run: &Rc<LoopRun<PageClock>>, order: &RunOrder, specs: &[TaskSpec]) {
    let weak = Rc::downgrade(run);
    let (arm, round, specs) = (order.arm.id.clone(), order.round, specs.to_vec());
    run.announce(Box::new(move |task| {
        let Some(run) = weak.upgrade() else { return };
        let mut raw = run.raw();
        raw.stalls.push(Stall {
            task,
            start_nanos: raw.end_nanos,
            len_nanos: 0,
        });
        let trace = assemble(&arm, round, &specs, raw);
        reply(&FromWorker::About(Packed::of(&trace)));
    }));
}

async fn on_pool(
    staff: &Staff,
    order: &RunOrder,
    specs: &[TaskSpec],
    recipe: Option<Recipe>,
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
    let ring = move || {
        // The receiver is gone only if this host ends.
        let _ = bell.unbounded_send(());
    };
    let clock = PageClock;
    let run = RefCell::new(match recipe {
        None => {
            let manner = &order.arm.manner;
            PoolRun::start(&shared, &offsets, manner, ticks, clock, rayon::spawn, ring)
        }
        Some(recipe) => {
            let spawn = rayon::spawn;
            PoolRun::start_in_order(&shared, recipe, &offsets, ticks, clock, spawn, ring)
        }
    });
    let end = until_rung(order, specs, &mut rung, || {
        run.borrow_mut().raw(crate::now_nanos())
    })
    .await;
    Ok(run.borrow_mut().raw(end))
}

/// Waits for the bell of the last task; gives the instant it was heard.
pub(crate) async fn until_rung(
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
    let driven = Driven::start(&order.arm.manner, |poke| {
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

async fn by_message(
    staff: &Staff,
    order: &RunOrder,
    specs: &[TaskSpec],
    recipe: Option<&Recipe>,
) -> Result<Raw, String> {
    let mut nodes = whole_staff(staff, order.arm.workers).await?;
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
        gap_nanos: order.gap_nanos,
        ..Raw::default()
    });
    let done = cooked(&mut nodes, order, specs, recipe, &raw);
    let outcome = with_live(order, specs, done, || so_far(&raw.borrow())).await;
    *staff.nodes.borrow_mut() = nodes;
    outcome?;
    Ok(raw.into_inner())
}

/// What message workers have sent, up to now.
pub(crate) fn so_far(raw: &Raw) -> Raw {
    Raw {
        end_nanos: crate::now_nanos(),
        lanes: raw.lanes.clone(),
        spans: raw.spans.clone(),
        finished: raw.finished.clone(),
        events: raw.events.clone(),
        stalls: raw.stalls.clone(),
        samples: Vec::new(),
        figures: raw.figures.clone(),
        couriers: raw.couriers.clone(),
        learned: raw.learned.clone(),
        found: raw.found.clone(),
        weights: raw.weights.clone(),
        ..*raw
    }
}

/// What is known about a message worker that juggles.
#[derive(Clone, Copy, Default)]
struct Watched {
    /// It has tasks that it has not sent back.
    owes: bool,
    /// It was asked whether it is there, and has said nothing since.
    was_asked: bool,
    /// The task it was about to poll first, and when.
    about: Option<(u32, Nanos)>,
}

/// Tells the page that the message worker of this lane no longer gives way.
fn tell_stuck(order: &RunOrder, specs: &[TaskSpec], raw: &Raw, lane: usize, watched: Watched) {
    let mut partial = so_far(raw);
    if let Some((task, start_nanos)) = watched.about {
        let len_nanos = partial.end_nanos.saturating_sub(start_nanos);
        partial.stalls.push(Stall {
            task,
            start_nanos,
            len_nanos,
        });
        partial.spans.push(Span {
            lane_idx: lane as u32,
            task,
            state: State::Running,
            start_nanos,
            len_nanos,
        });
    }
    let trace = assemble(&order.arm.id, order.round, specs, partial);
    reply(&FromWorker::Stuck(Packed::of(&trace)));
}

/// Hands out tasks and takes in results until all are there.
async fn cooked(
    nodes: &mut [Node],
    order: &RunOrder,
    specs: &[TaskSpec],
    recipe: Option<&Recipe>,
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
        manner: order.arm.manner,
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
    let mut dispatcher =
        Dispatcher::new(specs.len() as u32, nodes.len() as u32, share, &how.manner);
    // Who cannot answer while it computes may be well all the same.
    let is_watched = hybrid && order.live_millis > 0 && is_heard(order.arm.manner.give);
    let mut watch = vec![Watched::default(); nodes.len()];
    let mut ordered = recipe.map(|recipe| OrderedDispatcher::new(recipe, nodes.len() as u32));
    raw.borrow_mut().start_nanos = crate::now_nanos();
    if let Some(ordered) = &mut ordered {
        send_ready(nodes, ordered, &cook)?;
    }
    let first = ordered.is_none().then(|| dispatcher.first());
    let first = first.unwrap_or_default();
    for ((node, mail), watched) in nodes.iter().zip(first).zip(&mut watch) {
        watched.owes = !mail.is_empty();
        for tasks in mail {
            node.worker.send(&cook(&tasks)).map_err(lost)?;
        }
    }
    while raw.borrow().finished.len() < specs.len() {
        let mut inboxes: FuturesUnordered<_> = nodes
            .iter_mut()
            .enumerate()
            .map(|(lane, node)| async move { (lane, node.worker.inbox().next().await) })
            .collect();
        let unanswered = watch.iter().position(|watched| watched.was_asked);
        let next = if is_watched {
            let patience = unanswered.map_or(QUIET_MILLIS, |_| ANSWER_MILLIS);
            within(patience, inboxes.next()).await
        } else {
            Some(inboxes.next().await)
        };
        drop(inboxes);
        let Some(next) = next else {
            if let Some(lane) = unanswered {
                let watched = watch.get(lane).copied().unwrap_or_default();
                tell_stuck(order, specs, &raw.borrow(), lane, watched);
                return Err("a message worker no longer gives way".into());
            }
            for (node, watched) in nodes.iter().zip(&mut watch) {
                if watched.owes {
                    watched.was_asked = true;
                    node.worker.send(&ToWorker::Ping).map_err(lost)?;
                }
            }
            continue;
        };
        let Some((lane, message)) = next else {
            return Err("there are no message workers".into());
        };
        let (Some(node), Some(watched)) = (nodes.get(lane), watch.get_mut(lane)) else {
            continue;
        };
        let back = |nanos: u64| nanos.saturating_add_signed(-node.offset_nanos);
        watched.was_asked = false;
        let message = match message {
            Some(Ok(FromWorker::Cooked(packed))) => packed
                .read()
                .map_err(|_| "a message could not be read".to_string())?,
            Some(Ok(FromWorker::AboutTo { task, now_nanos })) => {
                watched.about = Some((task, back(now_nanos)));
                continue;
            }
            Some(Ok(FromWorker::Failed(text)) | Err(text)) => return Err(text),
            _ => continue,
        };
        watched.owes = !hybrid;
        let now = crate::now_nanos();
        if let Some(ordered) = &mut ordered {
            for parcel in &message.parcels {
                ordered.ended(lane as u32, parcel.task);
            }
            send_ready(nodes, ordered, &cook)?;
        } else if let Some(tasks) = dispatcher.hand_out(lane) {
            node.worker.send(&cook(&tasks)).map_err(lost)?;
        }
        let mut raw = raw.borrow_mut();
        raw.end_nanos = now;
        raw.dropped += message.dropped;
        raw.spans.extend(message.spans.into_iter().map(|mut span| {
            span.lane_idx = lane as u32;
            span.start_nanos = back(span.start_nanos);
            span
        }));
        raw.events
            .extend(message.events.into_iter().map(|mut event| {
                event.at_nanos = back(event.at_nanos);
                event
            }));
        raw.stalls
            .extend(message.stalls.into_iter().map(|mut stall| {
                stall.start_nanos = back(stall.start_nanos);
                stall
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

/// Sends each idle worker a task that is ready, as long as there are both.
fn send_ready(
    nodes: &[Node],
    ordered: &mut OrderedDispatcher<'_>,
    cook: &impl Fn(&[u32]) -> ToWorker,
) -> Result<(), String> {
    for (worker, task) in ordered.send() {
        if let Some(node) = nodes.get(worker as usize) {
            let lost = |_| "a message worker was lost".to_string();
            node.worker.send(&cook(&[task])).map_err(lost)?;
        }
    }
    Ok(())
}
