//! The depot: gives out tasks, holds what was mapped, notices who is lost. It acts
//! in the very event that brings a word: a task of its own on the event loop would
//! begin as long after it as a message takes.

use super::{
    Larder,
    ledger::{Ledger, Sent},
};
use crate::host::Node;
use futures_channel::oneshot;
use model::{Moves, NANOS_PER_MILLI, Nanos, PARCEL, TaskSpec, Town};
use runner::{
    Clock,
    town::{
        ALL_LOST, Action, Coordinator, Network, Phase, Way,
        wire::{Done, FromNode, ToNode},
    },
    wire::{FromWorker, pack, unpack},
};
use std::{
    cell::RefCell,
    rc::{Rc, Weak},
};
use wasm_bindgen_futures::spawn_local;
use web::{
    cargo::{Cargo, Chest, total},
    clock::PageClock,
    event_loop::pause,
    worker::Word,
};

/// What may happen, besides that time passes.
pub(super) enum Event {
    /// A node said something.
    Word(usize, Word),
    /// A message was held up long enough.
    Post(Letter),
    /// A split for this node and task is at hand, or cannot be had.
    Brought(usize, u32, Result<Chest, String>),
    /// An answer was held up long enough.
    Answer(usize, Box<Done>, Vec<Chest>, Sent),
}

/// A message to a node, ready to be posted.
pub(super) struct Letter {
    node: usize,
    task: u32,
    header: Vec<u8>,
    chests: Vec<Chest>,
    gives: bool,
}

/// How a run ended.
pub(super) type End = Result<(), String>;

/// Whether these are parcels.
pub(super) fn is_parcel(specs: &[TaskSpec]) -> bool {
    specs.first().is_some_and(|spec| spec.workload == PARCEL)
}

/// A message as it travels.
pub(super) fn packed(message: &ToNode) -> Result<Vec<u8>, String> {
    pack(message).map_err(|_| "a message could not be packed".into())
}

/// A run in progress.
pub(super) struct Depot {
    pub(super) this: Weak<RefCell<Self>>,
    /// Number of the run.
    pub(super) run: u32,
    pub(super) nodes: Vec<Option<Node>>,
    pub(super) coordinator: Coordinator,
    pub(super) network: Network,
    pub(super) larder: Rc<Larder>,
    pub(super) specs: Rc<[TaskSpec]>,
    pub(super) n_splits: u32,
    pub(super) town: Town,
    /// What was mapped of each split, a block a reducer.
    pub(super) kept: Vec<Vec<Chest>>,
    pub(super) ledger: Ledger,
    /// Messages to and from each node that are held up.
    pub(super) held: Vec<u32>,
    /// Hears of the end, once.
    pub(super) end: Option<oneshot::Sender<End>>,
}

impl Depot {
    /// Gives out the first tasks; some nodes may be lost already.
    pub(super) fn start(&mut self, absent: &[usize]) {
        let done = self.first(absent);
        self.look(done);
    }

    fn first(&mut self, absent: &[usize]) -> End {
        let now = PageClock.now_nanos();
        let actions = self.coordinator.start(now, absent);
        self.act(actions)
    }

    /// Something happened.
    pub(super) fn hear(&mut self, event: Event) {
        if self.end.is_some() {
            let done = self.on(event);
            self.look(done);
        }
    }

    /// Some milliseconds have passed.
    pub(super) fn tick(&mut self) {
        for (node, held) in self.held.iter().enumerate() {
            if *held > 0 {
                self.coordinator.heard(node);
            }
        }
        let actions = self.coordinator.tick(PageClock.now_nanos());
        let done = self.act(actions);
        self.look(done);
    }

    /// Whether that was the end.
    fn look(&mut self, done: End) {
        let end = match (done, self.coordinator.phase()) {
            (Err(text), _) => Err(text),
            (Ok(()), Phase::Done) => Ok(()),
            (Ok(()), Phase::Lost) => Err(ALL_LOST.into()),
            (Ok(()), Phase::Map | Phase::Reduce) => return,
        };
        if let Some(tell) = self.end.take() {
            // The receiver is gone only if the run was given up.
            let _ = tell.send(end);
        }
    }

    fn act(&mut self, actions: Vec<Action>) -> End {
        for action in actions {
            match action {
                Action::Give { node, task } => self.fetch(node, task)?,
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
                    self.dismiss(node);
                    self.ledger.instant("town.killed_ms");
                }
                Action::End(node) => {
                    self.dismiss(node);
                    self.ledger.instant("town.noticed_ms");
                }
            }
        }
        Ok(())
    }

    /// Terminates a node, whatever it is doing.
    fn dismiss(&mut self, node: usize) {
        if self.nodes.get_mut(node).and_then(Option::take).is_some() {
            self.ledger.gone(node);
        }
    }

    /// Takes the split of a task out of the larder; a reducer's blocks are here.
    fn fetch(&mut self, node: usize, task: u32) -> End {
        self.hold(node);
        let moves = self.town.moves;
        let is_there =
            moves == Moves::Local && !is_parcel(&self.specs) && self.coordinator.home(task) == node;
        if task >= self.n_splits || is_there {
            return self.send(node, task, None);
        }
        if self.larder.is_streamed() {
            let (larder, depot) = (Rc::clone(&self.larder), Weak::clone(&self.this));
            spawn_local(async move {
                let chest = larder.bring(task, moves).await;
                if let Some(depot) = depot.upgrade() {
                    depot.borrow_mut().hear(Event::Brought(node, task, chest));
                }
            });
            return Ok(());
        }
        let start = PageClock.now_nanos();
        let chest = self.larder.take(task, moves)?;
        // Copying it once more, if it had been given away.
        self.ledger.moved(task, start, PageClock.now_nanos());
        self.send(node, task, Some(chest))
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
    fn send(&mut self, node: usize, task: u32, chest: Option<Chest>) -> End {
        let run = self.run;
        let is_split = task < self.n_splits;
        let (message, chests, gives): (_, Vec<Chest>, _) = if is_parcel(&self.specs) {
            let gives = self.town.moves == Moves::Transfer;
            (
                ToNode::Parcel { run, task },
                // An empty one is a message and nothing else.
                chest.into_iter().filter(|it| !it.is_empty()).collect(),
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
            return self.post(letter);
        }
        self.later(added_nanos, Event::Post(letter));
        Ok(())
    }

    fn later(&self, nanos: Nanos, event: Event) {
        let millis = nanos.div_ceil(NANOS_PER_MILLI) as u32;
        let depot = Weak::clone(&self.this);
        spawn_local(async move {
            pause(millis).await;
            if let Some(depot) = depot.upgrade() {
                depot.borrow_mut().hear(event);
            }
        });
    }

    fn post(&mut self, letter: Letter) -> End {
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
            return Ok(());
        };
        let start = PageClock.now_nanos();
        let sent = there.worker.send_cargo(&header, &chests, gives);
        self.ledger.moved(task, start, PageClock.now_nanos());
        if sent.is_err() {
            return self.lose(node);
        }
        Ok(())
    }

    /// A node is known to be lost.
    fn lose(&mut self, node: usize) -> End {
        let actions = self.coordinator.failed(node, PageClock.now_nanos());
        self.act(actions)
    }

    fn on(&mut self, event: Event) -> End {
        match event {
            Event::Post(letter) => self.post(letter),
            Event::Brought(node, task, chest) => self.send(node, task, Some(chest?)),
            Event::Answer(node, done, chests, answer) => {
                self.release(node);
                self.answered(node, *done, chests, answer)
            }
            Event::Word(node, Word::Cargo(cargo)) => self.cargo(node, cargo),
            Event::Word(node, Word::Failed(_)) => self.lose(node),
            Event::Word(node, Word::Message(message)) => {
                self.coordinator.heard(node);
                if matches!(*message, FromWorker::Failed(_)) {
                    return self.lose(node);
                }
                Ok(())
            }
        }
    }

    fn cargo(&mut self, node: usize, cargo: Cargo) -> End {
        let message = unpack(&cargo.header);
        let message = message.map_err(|_| "a message could not be read".to_string())?;
        self.coordinator.heard(node);
        match message {
            FromNode::Done(done) if done.run == self.run => {
                let is_split = done.task < self.n_splits;
                let bytes = if is_parcel(&self.specs) {
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
                    return self.answered(node, *done, cargo.chests, answer);
                }
                self.hold(node);
                self.later(added_nanos, Event::Answer(node, done, cargo.chests, answer));
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
                return self.act(actions);
            }
            FromNode::Failed { run, text } if run == self.run => return Err(text),
            _ => {}
        }
        Ok(())
    }

    fn answered(&mut self, node: usize, mut done: Done, chests: Vec<Chest>, answer: Sent) -> End {
        let now = PageClock.now_nanos();
        let task = done.task;
        let was = self.coordinator.phase();
        let (counts, actions) = self.coordinator.finished(node, task, now);
        if is_parcel(&self.specs) {
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
        self.act(actions)
    }
}
