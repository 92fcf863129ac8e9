//! Nodes that other tabs lend.

use super::Hall;
use crate::host::Node;
use futures_channel::oneshot;
use futures_util::future::join_all;
use runner::wire::{FromWorker, RunOrder, ToWorker};
use web::{
    event_loop::within,
    tabs::{fresh_name, hold},
    worker::{EngineWorker, own_boot},
};

/// A tab that has a worker says so within this time, or is left out.
const READY_MILLIS: u32 = 4_000;
/// A node that was lent before and has nothing to do answers within this time.
const PONG_MILLIS: u32 = 1_000;
/// Nobody else has the lock of this depot: it is held at once, or there are none.
const HOLD_MILLIS: u32 = 1_000;

/// The nodes that the tabs of an order lend; `known` are those of the run before.
/// Tabs that do not answer are left out.
pub(crate) async fn hire(hall: &Hall, order: &RunOrder, known: Vec<Node>) -> Vec<Node> {
    if order.tabs.is_empty() {
        return Vec::new();
    }
    let depot = name(hall).await;
    let mut known: Vec<Option<Node>> = known.into_iter().map(Some).collect();
    let teams = order.tabs.iter().map(|tab| {
        let is_it = |node: &&mut Option<Node>| {
            let node = node.as_ref();
            node.is_some_and(|node| node.tab.as_deref() == Some(tab))
        };
        let before = known.iter_mut().find(is_it).and_then(Option::take);
        let depot = depot.clone();
        async move {
            match before {
                Some(node) => match still_there(node).await {
                    Some(node) => Some(node),
                    None => fresh(tab, &depot).await,
                },
                None => fresh(tab, &depot).await,
            }
        }
    });
    join_all(teams).await.into_iter().flatten().collect()
}

async fn still_there(mut node: Node) -> Option<Node> {
    let answer = node.worker.ask(&ToWorker::Ping, PONG_MILLIS).await;
    matches!(answer, Ok(FromWorker::Pong { .. })).then_some(node)
}

async fn fresh(tab: &str, depot: &str) -> Option<Node> {
    let mut worker = EngineWorker::hire(tab, depot, &own_boot()?).ok()?;
    let first = worker.next(READY_MILLIS).await;
    let Ok(FromWorker::Ready { .. }) = first else {
        return None;
    };
    let offset_nanos = worker.clock_offset_nanos().await.ok()?;
    worker.watch();
    Some(Node {
        worker,
        offset_nanos,
        tab: Some(tab.to_owned()),
    })
}

/// The name of this depot; from the first time on its lock is held.
async fn name(hall: &Hall) -> String {
    if let Some(name) = &*hall.name.borrow() {
        return name.clone();
    }
    let name = fresh_name("depot");
    let (tell, held) = oneshot::channel();
    hold(&name, move || {
        // The receiver is gone only if that took too long.
        let _ = tell.send(());
    });
    // Without it a tab does not notice that this depot has ended.
    within(HOLD_MILLIS, held).await;
    *hall.name.borrow_mut() = Some(name.clone());
    name
}
