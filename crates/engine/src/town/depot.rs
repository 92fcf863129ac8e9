//! The depot: gives out tasks, holds what was mapped, notices who is lost.

use super::{
    Larder,
    ledger::{Ledger, Sent, lanes},
};
use crate::host::{Node, with_live};
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::{
    StreamExt,
    future::{Either, LocalBoxFuture, select},
    stream::FuturesUnordered,
};
use model::{Moves, NANOS_PER_MILLI, Nanos, PARCEL, TaskSpec, Town};
use runner::{
    Clock,
    log::Raw,
    town::{
        ALL_LOST, Action, Coordinator, Network, Phase, TICK_MILLIS, Way,
        wire::{Begin, Done, FromNode, ToNode},
    },
    wire::{RunOrder, pack, unpack},
};
use std::cell::{Cell, RefCell};
use wasm_bindgen_futures::spawn_local;
use web::{
    cargo::{Cargo, Chest, total},
    clock::PageClock,
    event_loop::{pause, within},
    worker::Word,
};

/// Nodes answer that they have done with the run before within this time, or are
/// given up: 10 s.
const BEGIN_MILLIS: u32 = 10_000;

/// What may happen next.
enum Event {
    /// A node said something.
    Word(usize, Word),
    /// A message was held up long enough.
    Post(Letter),
    /// An answer was held up long enough.
    Answer(usize, Box<Done>, Vec<Chest>, Sent),
    /// Some time has passed.
    Tick,
}

/// A message to a node, ready to be posted.
struct Letter {
    node: usize,
    task: u32,
    header: Vec<u8>,
    chests: Vec<Chest>,
    gives: bool,
}

/// A split on its way out of the larder.
type Fetch<'a> = LocalBoxFuture<'a, (usize, u32, Result<Option<Chest>, String>)>;

/// Number of the run before, and what is in the larder.
#[derive(Default)]
pub(crate) struct Hall {
    run: Cell<u32>,
    larder: RefCell<Option<Larder>>,
}

/// Runs an arm once. Nodes that were lost are missing from `nodes` afterwards.
///
/// # Errors
/// If there is no such job, or no node is left.
pub(crate) async fn run(
    hall: &Hall,
    nodes: Vec<Node>,
    order: &RunOrder,
    specs: &[TaskSpec],
) -> (Vec<Node>, Result<Raw, String>) {
    let town = order.arm.manner.town.unwrap_or_default();
    let n_splits = specs.len().saturating_sub(order.arm.reducers() as usize);
    let splits = specs.get(..n_splits).unwrap_or_default();
    let kept = hall.larder.take();
    let larder = match Larder::lay(kept, splits, &town).await {
        Ok(larder) => larder,
        Err(text) => return (nodes, Err(text)),
    };
    hall.run.set(hall.run.get().wrapping_add(1));
    let (tell, mut events) = unbounded();
    let mut nodes: Vec<Option<Node>> = nodes.into_iter().map(Some).collect();
    for (at, node) in nodes.iter().enumerate() {
        let tell = tell.clone();
        let ear = move |word| {
            // The receiver is gone only if the run has ended.
            let _ = tell.unbounded_send(Event::Word(at, word));
        };
        if let Some(node) = node {
            node.worker.lend(Some(Box::new(ear)));
        }
    }
    let begun = begin(
        hall.run.get(),
        &nodes,
        &larder,
        order,
        &town,
        splits,
        &mut events,
    )
    .await;
    let mut outcome = begun;
    let offsets: Vec<i64> = nodes
        .iter()
        .flatten()
        .map(|node| node.offset_nanos)
        .collect();
    let raw = RefCell::new(Raw {
        start_nanos: PageClock.now_nanos(),
        lanes: lanes(&offsets),
        gap_nanos: order.gap_nanos,
        ..Raw::default()
    });
    if outcome.is_ok() {
        let is_parcel = is_parcel(specs);
        let n_nodes = nodes.len() as u32;
        let coordinator = Coordinator::new(n_splits as u32, order.arm.reducers(), n_nodes, town);
        let mut depot = Depot {
            run: hall.run.get(),
            held: vec![0; nodes.len()],
            nodes: &mut nodes,
            coordinator: if is_parcel {
                coordinator.one_by_one()
            } else {
                coordinator
            },
            network: Network::new(&town, n_nodes),
            larder: &larder,
            specs,
            n_splits: n_splits as u32,
            town,
            kept: vec![Vec::new(); n_splits],
            ledger: Ledger::new(&raw, offsets),
            tell,
            fetching: FuturesUnordered::new(),
        };
        let work = depot.work(&mut events);
        let so_far = || crate::host::so_far(&raw.borrow());
        outcome = with_live(order, specs, work, so_far).await;
        let counts = depot.coordinator.counts();
        depot.ledger.close(counts, specs);
    }
    let nodes: Vec<Node> = nodes.into_iter().flatten().collect();
    for node in &nodes {
        node.worker.lend(None);
    }
    *hall.larder.borrow_mut() = Some(larder);
    (nodes, outcome.map(|()| raw.into_inner()))
}

fn is_parcel(specs: &[TaskSpec]) -> bool {
    specs.first().is_some_and(|spec| spec.workload == PARCEL)
}

fn packed(message: &ToNode) -> Result<Vec<u8>, String> {
    pack(message).map_err(|_| "a message could not be packed".into())
}

const LOST: &str = "a message worker was lost";

/// Tells every node what the run is, and lays splits at nodes where they are to lie
/// there; waits until all are ready.
async fn begin(
    run: u32,
    nodes: &[Option<Node>],
    larder: &Larder,
    order: &RunOrder,
    town: &Town,
    splits: &[TaskSpec],
    events: &mut UnboundedReceiver<Event>,
) -> Result<(), String> {
    let first = splits.first().ok_or("there is nothing to do")?;
    for (at, node) in nodes.iter().enumerate() {
        let Some(node) = node else { continue };
        let message = ToNode::Begin(Begin {
            run,
            job: first.workload.clone(),
            reducers: order.arm.reducers(),
            combine: town.combine,
            moves: town.moves,
            slow: if at == 0 { town.straggler } else { 1.0 },
            step_nanos: order.step_nanos,
            gap_nanos: order.gap_nanos,
        });
        let send = |message: &ToNode, chests: &[Chest]| {
            let sent = node.worker.send_cargo(&packed(message)?, chests, true);
            sent.map_err(|_| LOST.to_string())
        };
        send(&message, &[])?;
        if town.moves == Moves::Local && first.workload != PARCEL {
            for task in (at..splits.len()).step_by(nodes.len().max(1)) {
                let task = task as u32;
                let chest = larder.take(task, Moves::Local)?;
                send(&ToNode::Keep { run, task }, &[chest])?;
            }
            // What is said now is said when all of that has come.
            send(&message, &[])?;
        }
    }
    let said = if town.moves == Moves::Local && first.workload != PARCEL {
        2
    } else {
        1
    };
    let mut ready = 0;
    while ready < said * nodes.len() {
        let next = within(BEGIN_MILLIS, events.next()).await;
        match next.flatten() {
            Some(Event::Word(_, Word::Cargo(cargo))) => {
                let said = unpack::<FromNode>(&cargo.header);
                ready += usize::from(said.is_ok_and(|said| said == FromNode::Ready { run }));
            }
            Some(Event::Word(_, Word::Failed(text))) => return Err(text),
            Some(_) => {}
            None => return Err("a message worker did not answer".into()),
        }
    }
    Ok(())
}

struct Depot<'a> {
    run: u32,
    nodes: &'a mut Vec<Option<Node>>,
    coordinator: Coordinator,
    network: Network,
    larder: &'a Larder,
    specs: &'a [TaskSpec],
    n_splits: u32,
    town: Town,
    /// What was mapped of each split, a block a reducer.
    kept: Vec<Vec<Chest>>,
    ledger: Ledger<'a>,
    tell: UnboundedSender<Event>,
    fetching: FuturesUnordered<Fetch<'a>>,
    /// Messages to and from each node that the network model holds.
    held: Vec<u32>,
}

impl Depot<'_> {
    async fn work(&mut self, events: &mut UnboundedReceiver<Event>) -> Result<(), String> {
        let actions = self.coordinator.start(PageClock.now_nanos());
        self.act(actions);
        let tick_nanos = u64::from(TICK_MILLIS) * NANOS_PER_MILLI;
        let mut ticked = PageClock.now_nanos();
        loop {
            match self.coordinator.phase() {
                Phase::Done => return Ok(()),
                Phase::Lost => return Err(ALL_LOST.into()),
                Phase::Map | Phase::Reduce => {}
            }
            match self.next(events).await {
                Either::Left(event) => self.on(event)?,
                Either::Right((node, task, chest)) => self.send(node, task, chest?)?,
            }
            let now = PageClock.now_nanos();
            if now.saturating_sub(ticked) >= tick_nanos {
                ticked = now;
                self.tick(now);
            }
        }
    }

    /// The next event, or the next split that is at hand.
    async fn next(
        &mut self,
        events: &mut UnboundedReceiver<Event>,
    ) -> Either<Event, (usize, u32, Result<Option<Chest>, String>)> {
        let event = async {
            let event = within(TICK_MILLIS, events.next()).await;
            event.flatten().unwrap_or(Event::Tick)
        };
        if self.fetching.is_empty() {
            return Either::Left(event.await);
        }
        match select(std::pin::pin!(event), self.fetching.next()).await {
            Either::Left((event, _)) => Either::Left(event),
            Either::Right((Some(fetched), _)) => Either::Right(fetched),
            Either::Right((None, event)) => Either::Left(event.await),
        }
    }

    fn tick(&mut self, now: Nanos) {
        for (node, held) in self.held.iter().enumerate() {
            if *held > 0 {
                self.coordinator.heard(node);
            }
        }
        let actions = self.coordinator.tick(now);
        self.act(actions);
    }

    fn act(&mut self, actions: Vec<Action>) {
        for action in actions {
            match action {
                Action::Give { node, task } => self.fetch(node, task),
                Action::Drop { node, task } => {
                    let run = self.run;
                    if let (Some(Some(node)), Ok(header)) =
                        (self.nodes.get(node), packed(&ToNode::Drop { run, task }))
                    {
                        // Whoever is gone is missed by what it owes.
                        let _ = node.worker.send_cargo(&header, &[], true);
                    }
                }
                Action::Kill(node) => {
                    self.end(node);
                    self.ledger.instant("town.killed_ms");
                }
                Action::End(node) => {
                    self.end(node);
                    self.ledger.instant("town.noticed_ms");
                }
            }
        }
    }

    /// Terminates a node, whatever it is doing.
    fn end(&mut self, node: usize) {
        if let Some(node) = self.nodes.get_mut(node) {
            drop(node.take());
        }
    }

    /// Has the split of a task brought; a reducer's blocks are here.
    fn fetch(&mut self, node: usize, task: u32) {
        self.hold(node);
        let (larder, moves) = (self.larder, self.town.moves);
        let is_there =
            moves == Moves::Local && !is_parcel(self.specs) && self.coordinator.home(task) == node;
        let needs_chest = task < self.n_splits && !is_there;
        self.fetching.push(Box::pin(async move {
            let chest = needs_chest.then(|| larder.take(task, moves));
            (node, task, chest.transpose())
        }));
    }

    fn hold(&mut self, node: usize) {
        if let Some(held) = self.held.get_mut(node) {
            *held += 1;
        }
    }

    fn release(&mut self, node: usize) {
        if let Some(held) = self.held.get_mut(node) {
            *held = held.saturating_sub(1);
        }
        self.coordinator.heard(node);
    }

    /// Hands a task over, to the network model if that holds it up.
    fn send(&mut self, node: usize, task: u32, chest: Option<Chest>) -> Result<(), String> {
        let run = self.run;
        let is_split = task < self.n_splits;
        let (message, chests, gives): (_, Vec<Chest>, _) = if is_parcel(self.specs) {
            let gives = self.town.moves == Moves::Transfer;
            (
                ToNode::Parcel { run, task },
                chest.into_iter().collect(),
                gives,
            )
        } else if is_split {
            let gives = self.town.moves != Moves::Copy;
            (
                ToNode::Map {
                    run,
                    task,
                    offset: self.larder.offset(task),
                },
                chest.into_iter().collect(),
                gives,
            )
        } else {
            let reducer = (task - self.n_splits) as usize;
            let blocks = self.kept.iter().filter_map(|blocks| blocks.get(reducer));
            let blocks = blocks.filter(|block| !block.is_empty()).cloned();
            // They are kept until the job ends, so that they can be sent again.
            (ToNode::Reduce { run, task }, blocks.collect(), false)
        };
        let header = packed(&message)?;
        let now = PageClock.now_nanos();
        let bytes = header.len() as u64 + total(&chests);
        let added_nanos = self.network.added(node, Way::Out, bytes, now);
        let sent = Sent {
            sent_nanos: now,
            bytes,
            added_nanos,
        };
        self.ledger.sent(node, task, sent);
        let size = self.specs.get(task as usize).map_or(0, |spec| spec.size);
        let worked_on = bytes.max(u64::from(size) << 10);
        self.coordinator.sent(node, task, worked_on);
        let letter = Letter {
            node,
            task,
            header,
            chests,
            gives,
        };
        if added_nanos == 0 {
            self.post(letter);
        } else {
            self.later(added_nanos, Event::Post(letter));
        }
        Ok(())
    }

    fn later(&self, nanos: Nanos, event: Event) {
        let millis = nanos.div_ceil(NANOS_PER_MILLI) as u32;
        let tell = self.tell.clone();
        spawn_local(async move {
            pause(millis).await;
            // The receiver is gone only if the run has ended.
            let _ = tell.unbounded_send(event);
        });
    }

    fn post(&mut self, letter: Letter) {
        let Letter {
            node,
            task,
            header,
            chests,
            gives,
        } = letter;
        self.release(node);
        // To one that was killed it goes all the same: the depot does not know.
        let Some(Some(there)) = self.nodes.get(node) else {
            return;
        };
        let start = PageClock.now_nanos();
        let sent = there.worker.send_cargo(&header, &chests, gives);
        self.ledger.moved(task, start, PageClock.now_nanos());
        if sent.is_err() {
            let actions = self.coordinator.failed(node, PageClock.now_nanos());
            self.act(actions);
        }
    }

    fn on(&mut self, event: Event) -> Result<(), String> {
        match event {
            Event::Tick => {}
            Event::Post(letter) => self.post(letter),
            Event::Answer(node, done, chests, answer) => {
                self.release(node);
                self.answered(node, *done, chests, answer);
            }
            Event::Word(node, Word::Cargo(cargo)) => self.cargo(node, cargo)?,
            Event::Word(node, Word::Failed(_)) => {
                let actions = self.coordinator.failed(node, PageClock.now_nanos());
                self.act(actions);
            }
            Event::Word(node, Word::Message(message)) => {
                self.coordinator.heard(node);
                if matches!(*message, runner::wire::FromWorker::Failed(_)) {
                    let actions = self.coordinator.failed(node, PageClock.now_nanos());
                    self.act(actions);
                }
            }
        }
        Ok(())
    }

    fn cargo(&mut self, node: usize, cargo: Cargo) -> Result<(), String> {
        let message = unpack(&cargo.header);
        let message = message.map_err(|_| "a message could not be read".to_string())?;
        self.coordinator.heard(node);
        match message {
            FromNode::Done(done) if done.run == self.run => {
                let is_split = done.task < self.n_splits;
                let bytes = if is_parcel(self.specs) {
                    cargo.header.len() as u64
                } else {
                    cargo.bytes()
                };
                if is_split {
                    let (heard, open) = (cargo.heard_nanos, cargo.open_nanos);
                    self.ledger.moved(done.task, heard, open);
                }
                let now = PageClock.now_nanos();
                let added_nanos = self.network.added(node, Way::Back, bytes, now);
                let answer = Sent {
                    sent_nanos: now,
                    bytes,
                    added_nanos,
                };
                if added_nanos == 0 {
                    self.answered(node, *done, cargo.chests, answer);
                } else {
                    self.hold(node);
                    self.later(added_nanos, Event::Answer(node, done, cargo.chests, answer));
                }
            }
            FromNode::Posted {
                run,
                task,
                start_nanos,
                len_nanos,
            } if run == self.run => {
                self.ledger.posted(node, task, start_nanos, len_nanos);
            }
            FromNode::Dropped { run, task } if run == self.run => {
                let actions = self.coordinator.dropped(node, task, PageClock.now_nanos());
                self.act(actions);
            }
            FromNode::Failed { run, text } if run == self.run => return Err(text),
            _ => {}
        }
        Ok(())
    }

    fn answered(&mut self, node: usize, mut done: Done, chests: Vec<Chest>, answer: Sent) {
        let now = PageClock.now_nanos();
        let task = done.task;
        let was = self.coordinator.phase();
        let (counts, actions) = self.coordinator.finished(node, task, now);
        if is_parcel(self.specs) {
            if let Some(spec) = self.specs.get(task as usize) {
                self.ledger.parcel(node, spec, &done, now);
            }
            if let Some(chest) = chests.first() {
                self.larder.put_back(task, chest.clone());
            }
        } else if counts && let Some(slot) = self.kept.get_mut(task as usize) {
            *slot = chests;
        }
        self.ledger.came(node, &mut done, answer, now);
        if counts {
            self.ledger.counts(node, &done, now);
        }
        if was == Phase::Map && self.coordinator.phase() != was {
            self.ledger.instant("town.mapped_ms");
        }
        self.act(actions);
    }
}
