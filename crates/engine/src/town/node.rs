//! The node's desk: what comes is put in line, worked on, and answered.

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::{FutureExt, StreamExt};
use model::{Moves, Nanos};
use runner::{
    Clock,
    town::{
        node::{Bench, Came, Unfinished, ends, map, parcel, reduce},
        wire::{Begin, Done, FromNode, ToNode},
    },
    wire::{pack, unpack},
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use web::{
    cargo::{Cargo, Chest},
    clock::PageClock,
    event_loop::PageTimer,
    worker::reply_cargo,
};

/// How answers leave a node: a packed message, blocks beside it, and whether those
/// are given away.
pub(crate) type Outlet = Box<dyn Fn(&[u8], &[Chest], bool)>;

/// Something to be worked on, in the order it came.
struct Item {
    order: ToNode,
    chests: Vec<Chest>,
    heard_nanos: Nanos,
    came_nanos: Nanos,
}

/// What a node knows.
pub(crate) struct Desk {
    outlet: Outlet,
    line: UnboundedSender<Item>,
    /// Items in line, the one that is worked on included.
    waiting: Cell<u32>,
    /// The latest run heard of; work for any other is left.
    run: Cell<u32>,
    begin: RefCell<Option<Begin>>,
    kept: RefCell<BTreeMap<u32, Chest>>,
    off: RefCell<BTreeSet<u32>>,
}

impl Desk {
    /// The desk of a message worker.
    pub(crate) fn of_worker() -> Rc<Self> {
        Self::open(Box::new(reply_cargo))
    }

    /// A desk whose answers leave in this way.
    pub(crate) fn open(outlet: Outlet) -> Rc<Self> {
        let (line, items) = unbounded();
        let desk = Rc::new(Self {
            outlet,
            line,
            waiting: Cell::new(0),
            run: Cell::new(0),
            begin: RefCell::default(),
            kept: RefCell::default(),
            off: RefCell::default(),
        });
        crate::in_turn(work(Rc::clone(&desk), items));
        desk
    }

    /// Takes in what came.
    pub(crate) fn take(&self, cargo: Cargo) {
        let Ok(order) = unpack::<ToNode>(&cargo.header) else {
            self.say(&FromNode::Failed {
                run: self.run.get(),
                text: "a message could not be read".into(),
            });
            return;
        };
        match order {
            ToNode::Drop { run, task } => {
                if run == self.run.get() {
                    self.off.borrow_mut().insert(task);
                }
                return;
            }
            ToNode::Parcel { run, task } => {
                self.parcel(run, task, &cargo);
                return;
            }
            ToNode::Begin(Begin { run, .. }) => {
                self.run.set(run);
                self.off.borrow_mut().clear();
            }
            _ => {}
        }
        let item = Item {
            order,
            chests: cargo.chests,
            heard_nanos: cargo.heard_nanos,
            came_nanos: cargo.open_nanos,
        };
        if self.waiting.get() == 0 && !self.pauses(&item) {
            // It never waits, so it is done with after one poll.
            let _ = self.on(item).now_or_never();
            return;
        }
        self.waiting.set(self.waiting.get() + 1);
        // The receiver lives as long as the desk.
        let _ = self.line.unbounded_send(item);
    }

    /// Whether work on this pauses now and then: then it must not be done in the
    /// event that brought it, which every other has to wait for.
    fn pauses(&self, item: &Item) -> bool {
        let is_slow = |begin: &Begin| begin.slow > 1.0;
        matches!(item.order, ToNode::Map { .. })
            && self.begin.borrow().as_ref().is_some_and(is_slow)
    }

    fn say(&self, message: &FromNode) {
        self.post(message, &[], true);
    }

    fn post(&self, message: &FromNode, chests: &[Chest], gives: bool) {
        if let Ok(header) = pack(message) {
            (self.outlet)(&header, chests, gives);
        }
    }

    /// A parcel is answered where it is heard: nothing else is timed with it.
    fn parcel(&self, run: u32, task: u32, cargo: &Cargo) {
        let begin = self.begin.borrow();
        let Some(begin) = begin.as_ref().filter(|begin| begin.run == run) else {
            return;
        };
        let chest = cargo.chests.first();
        let (first, last) = chest.map_or((0, 0), Chest::ends);
        let bytes = chest.map_or(0, Chest::len);
        let at_hand_nanos = PageClock.now_nanos();
        let done = parcel(begin, task, at_hand_nanos, ends(bytes, first, last));
        let gives = begin.moves == Moves::Transfer;
        // What was given goes back, so that it can be sent in the next round.
        let back = if gives { cargo.chests.as_slice() } else { &[] };
        self.post(&FromNode::Done(Box::new(done)), back, gives);
    }

    fn is_off(&self, run: u32, task: u32) -> bool {
        self.run.get() != run || self.off.borrow().contains(&task)
    }

    /// What is known about a run, if it is still the latest.
    fn begun(&self, run: u32) -> Option<Begin> {
        let begin = self.begin.borrow();
        let begin = begin.as_ref().filter(|begin| begin.run == run)?;
        (self.run.get() == run).then(|| begin.clone())
    }

    async fn on(&self, item: Item) {
        let Item {
            order,
            mut chests,
            heard_nanos,
            came_nanos,
        } = item;
        let came = |task, offset| Came {
            task,
            offset,
            heard_nanos,
            came_nanos,
        };
        match order {
            ToNode::Begin(begin) => {
                let run = begin.run;
                let before = self.begin.replace(Some(begin));
                // It is said once more when everything to be kept has been sent.
                if before.is_none_or(|before| before.run != run) {
                    self.kept.borrow_mut().clear();
                }
                self.say(&FromNode::Ready { run });
            }
            ToNode::Keep { run, task } => {
                if let Some(chest) = chests.pop().filter(|_| self.run.get() == run) {
                    self.kept.borrow_mut().insert(task, chest);
                }
            }
            ToNode::Map { run, task, offset } => {
                let kept = self.kept.borrow_mut().remove(&task);
                if let Some(begin) = self.begun(run) {
                    let came = came(task, offset);
                    self.map(&begin, came, chests.pop().or(kept)).await;
                }
            }
            ToNode::Reduce { run, task } => {
                if let Some(begin) = self.begun(run) {
                    self.reduce(&begin, came(task, 0), chests);
                }
            }
            ToNode::Parcel { .. } | ToNode::Drop { .. } => {}
        }
    }

    async fn map(&self, begin: &Begin, came: Came, chest: Option<Chest>) {
        let (run, task) = (begin.run, came.task);
        if self.is_off(run, task) {
            self.say(&FromNode::Dropped { run, task });
            return;
        }
        let Some(chest) = chest else {
            let text = "a split is not there".into();
            self.say(&FromNode::Failed { run, text });
            return;
        };
        let mut out = Ok(Vec::new());
        let beat = || self.say(&FromNode::Beat { run });
        let is_off = |task| self.is_off(run, task);
        let bench = Bench {
            clock: &PageClock,
            timer: &PageTimer,
            beat: &beat,
            is_off: &is_off,
        };
        let leave = |blocks: Vec<Vec<u8>>| {
            let shares = begin.moves == Moves::Share;
            let chest = |block: &Vec<u8>| {
                if shares {
                    Chest::shared(block)
                } else {
                    Ok(Chest::of(block))
                }
            };
            out = blocks.iter().map(chest).collect();
        };
        // Nothing but the copy stays of the split.
        let fetch = move || chest.into_vec();
        let done = map(begin, came, &bench, fetch, leave).await;
        self.answer(begin, task, done, out);
    }

    fn reduce(&self, begin: &Begin, came: Came, chests: Vec<Chest>) {
        let run = begin.run;
        let beat = || self.say(&FromNode::Beat { run });
        let bench = Bench {
            clock: &PageClock,
            timer: &PageTimer,
            beat: &beat,
            is_off: &|_| false,
        };
        let mut chests = chests.into_iter();
        let fetch = || chests.next().map(Chest::into_vec);
        let done = reduce(begin, came, &bench, fetch);
        self.answer(begin, came.task, done, Ok(Vec::new()));
    }

    fn answer(
        &self,
        begin: &Begin,
        task: u32,
        done: Result<Done, Unfinished>,
        chests: Result<Vec<Chest>, String>,
    ) {
        let run = begin.run;
        let chests = chests.map_err(Unfinished::Failed);
        match done.and_then(|done| Ok((done, chests?))) {
            Ok((mut done, chests)) => {
                let start_nanos = PageClock.now_nanos();
                done.sent_nanos = start_nanos;
                let gives = begin.moves != Moves::Copy;
                self.post(&FromNode::Done(Box::new(done)), &chests, gives);
                let len_nanos = PageClock.now_nanos().saturating_sub(start_nanos);
                self.say(&FromNode::Posted {
                    run,
                    task,
                    start_nanos,
                    len_nanos,
                });
            }
            Err(Unfinished::Off) => self.say(&FromNode::Dropped { run, task }),
            Err(Unfinished::Failed(text)) => self.say(&FromNode::Failed { run, text }),
        }
    }
}

async fn work(desk: Rc<Desk>, mut items: UnboundedReceiver<Item>) -> Result<(), String> {
    while let Some(item) = items.next().await {
        desk.on(item).await;
        desk.waiting.set(desk.waiting.get() - 1);
    }
    Ok(())
}
