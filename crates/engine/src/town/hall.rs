//! A run from laying out the splits to its trace.

use super::{
    Larder,
    depot::{Depot, End, Event, is_parcel, packed},
    ledger::{Ledger, lanes},
};
use crate::host::{Node, so_far, with_live};
use futures_channel::{
    mpsc::{UnboundedReceiver, unbounded},
    oneshot,
};
use futures_util::{
    StreamExt,
    future::{Either, select},
};
use model::{LaneKind, Moves, TaskSpec, Town};
use runner::{
    Clock,
    log::Raw,
    town::{
        Coordinator, Network, TICK_MILLIS,
        wire::{Begin, FromNode, ToNode},
    },
    wire::{RunOrder, unpack},
};
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};
use web::{
    clock::PageClock,
    event_loop::{pause, within},
    text_file::TextFile,
    worker::Word,
};

/// Nodes answer that they have done with the run before within this time, or are
/// given up: 10 s.
const BEGIN_MILLIS: u32 = 10_000;

/// What stays from one run to the next.
#[derive(Default)]
pub(crate) struct Hall {
    /// Number of the latest run.
    run: Cell<u32>,
    larder: RefCell<Option<Rc<Larder>>>,
    /// Name under which this depot hires nodes from other tabs.
    pub(super) name: RefCell<Option<String>>,
}

/// Runs an arm once. Gives the nodes back, without those that were lost.
///
/// # Errors
/// If there is no such job, or no node is left.
pub(crate) async fn run(
    hall: &Hall,
    nodes: Vec<Node>,
    order: &RunOrder,
    specs: &Rc<[TaskSpec]>,
    text: Option<&TextFile>,
) -> (Vec<Node>, Result<Raw, String>) {
    let town = order.arm.manner.town.unwrap_or_default();
    let reducers = order.arm.reducers();
    let n_splits = specs.len().saturating_sub(reducers as usize);
    let splits = specs.get(..n_splits).unwrap_or_default();
    let kept = hall.larder.take().and_then(Rc::into_inner);
    let larder = match Larder::lay(kept, splits, &town, text).await {
        Ok(larder) => Rc::new(larder),
        Err(text) => return (nodes, Err(text)),
    };
    let run = hall.run.get().wrapping_add(1);
    hall.run.set(run);
    let absent = match begin(run, &nodes, &larder, order, &town, splits).await {
        Ok(absent) => absent,
        Err(text) => {
            unlistened(&nodes);
            return (nodes, Err(text));
        }
    };
    let offsets: Vec<i64> = nodes.iter().map(|node| node.offset_nanos).collect();
    let kinds = nodes.iter().map(|node| match node.tab {
        Some(_) => LaneKind::Tab,
        None => LaneKind::Message,
    });
    let kinds: Vec<_> = kinds.zip(offsets.iter().copied()).collect();
    let raw = Rc::new(RefCell::new(Raw {
        lanes: lanes(&kinds),
        gap_nanos: order.gap_nanos,
        ..Raw::default()
    }));
    let n_nodes = nodes.len() as u32;
    let mut coordinator = Coordinator::new(n_splits as u32, reducers, n_nodes, town);
    if is_parcel(specs) {
        coordinator = coordinator.one_by_one();
    }
    let (end, ended) = oneshot::channel();
    let depot = Rc::new_cyclic(|this| {
        RefCell::new(Depot {
            this: Weak::clone(this),
            run,
            held: vec![0; nodes.len()],
            nodes: listened(nodes, this),
            coordinator,
            network: Network::new(&town, n_nodes),
            larder: Rc::clone(&larder),
            specs: Rc::clone(specs),
            n_splits: n_splits as u32,
            town,
            kept: vec![Vec::new(); n_splits],
            ledger: Ledger::new(Rc::clone(&raw), offsets),
            end: Some(end),
        })
    });
    raw.borrow_mut().start_nanos = PageClock.now_nanos();
    depot.borrow_mut().start(&absent);
    let work = until_the_end(&depot, ended);
    let outcome = with_live(order, specs, work, || so_far(&raw.borrow())).await;
    let nodes = std::mem::take(&mut depot.borrow_mut().nodes);
    let nodes: Vec<Node> = nodes.into_iter().flatten().collect();
    unlistened(&nodes);
    let mut depot = depot.borrow_mut();
    let counts = depot.coordinator.counts();
    depot.ledger.close(counts, specs);
    drop(depot);
    *hall.larder.borrow_mut() = Some(larder);
    let raw = std::mem::take(&mut *raw.borrow_mut());
    (nodes, outcome.map(|()| raw))
}

/// Has the depot hear what its nodes say.
fn listened(nodes: Vec<Node>, depot: &Weak<RefCell<Depot>>) -> Vec<Option<Node>> {
    let nodes = nodes.into_iter().enumerate().map(|(at, node)| {
        let depot = Weak::clone(depot);
        node.worker.lend(Some(Box::new(move |word| {
            if let Some(depot) = depot.upgrade() {
                depot.borrow_mut().hear(Event::Word(at, word));
            }
        })));
        Some(node)
    });
    nodes.collect()
}

/// Words go into the inboxes again.
fn unlistened(nodes: &[Node]) {
    for node in nodes {
        node.worker.lend(None);
    }
}

/// Ticks until the run ends. Nothing else is done here.
async fn until_the_end(depot: &RefCell<Depot>, mut ended: oneshot::Receiver<End>) -> End {
    loop {
        match select(&mut ended, std::pin::pin!(pause(TICK_MILLIS))).await {
            Either::Left((end, _)) => {
                let gone = |_| Err("the depot is gone".into());
                return end.unwrap_or_else(gone);
            }
            Either::Right(_) => depot.borrow_mut().tick(),
        }
    }
}

/// Tells every node what the run is, and lays splits at nodes where they are to lie
/// there; waits until all are ready. Gives those that are not and never will be.
async fn begin(
    run: u32,
    nodes: &[Node],
    larder: &Larder,
    order: &RunOrder,
    town: &Town,
    splits: &[TaskSpec],
) -> Result<Vec<usize>, String> {
    let first = splits.first().ok_or("there is nothing to do")?;
    let is_kept = town.moves == Moves::Local && !is_parcel(splits);
    let (tell, mut words) = unbounded();
    for (at, node) in nodes.iter().enumerate() {
        let tell = tell.clone();
        node.worker.lend(Some(Box::new(move |word| {
            // The receiver is gone only if the run was given up.
            let _ = tell.unbounded_send((at, word));
        })));
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
        let send = |message: &ToNode, chests: &[_]| {
            let sent = node.worker.send_cargo(&packed(message)?, chests, true);
            sent.map_err(|_| "a message worker was lost".to_string())
        };
        send(&message, &[])?;
        if is_kept {
            for task in (at..splits.len()).step_by(nodes.len().max(1)) {
                let task = task as u32;
                let chest = larder.bring(task, Moves::Local).await?;
                send(&ToNode::Keep { run, task }, &[chest])?;
            }
            // What is answered to this is said when all of that has come.
            send(&message, &[])?;
        }
    }
    let answers = if is_kept { 2 } else { 1 };
    Ok(absent(run, vec![answers; nodes.len()], &mut words).await)
}

/// Hears of each node as often as it has still to say that it is ready; gives those
/// that failed or did not.
async fn absent(
    run: u32,
    mut awaited: Vec<u32>,
    words: &mut UnboundedReceiver<(usize, Word)>,
) -> Vec<usize> {
    let mut absent = Vec::new();
    while awaited.iter().any(|left| *left > 0) {
        let next = within(BEGIN_MILLIS, words.next()).await.flatten();
        let Some((node, word)) = next else {
            let late = awaited.iter().enumerate().filter(|(_, left)| **left > 0);
            absent.extend(late.map(|(node, _)| node));
            break;
        };
        let Some(left) = awaited.get_mut(node) else {
            continue;
        };
        match word {
            Word::Cargo(cargo) => {
                let said = unpack::<FromNode>(&cargo.header);
                let is_ready = said.is_ok_and(|said| said == FromNode::Ready { run });
                *left = left.saturating_sub(u32::from(is_ready));
            }
            Word::Failed(_) => {
                *left = 0;
                absent.push(node);
            }
            Word::Message(_) => {}
        }
    }
    absent
}
