//! Trainings: by this thread, by the pool, by message workers around this one.

use crate::host::{Node, Staff, ticks_of, until_rung, whole_staff, with_live};
use futures_channel::mpsc::unbounded;
use futures_util::{StreamExt, stream::FuturesUnordered};
use model::{LaneKind, Strategy, TaskSpec};
use runner::{
    log::Raw,
    loop_run::own_lane,
    training::{AloneRun, PoolTraining, Server, Setup, Task, lay_out, training_of},
    wire::{FromWorker, Packed, RunOrder, ToWorker},
};
use std::{cell::RefCell, rc::Rc};
use web::{
    clock::PageClock,
    event_loop::{Driven, within},
};
use workloads::training::digits;

/// Partial traces tell of so many tasks at most, the last ones.
const MOST_LIVE: usize = 1_000;
/// A message worker lays out a training within this time, or is given up.
const SETUP_MILLIS: u32 = 10_000;
/// And answers within this time, however large its shards.
const ANSWER_MILLIS: u32 = 30_000;

/// Trains as the order says.
pub(crate) async fn run(
    staff: &Staff,
    order: &RunOrder,
    specs: &Rc<[TaskSpec]>,
) -> Result<Raw, String> {
    let task = Task {
        tasks: specs.len() as u32,
        simd: order.arm.uses_simd(),
        ticks: ticks_of(order),
    };
    let training = training_of(&order.arm).ok_or("nothing is to be learned")?;
    let Some(course) = lay_out(training, order.seed) else {
        return Err("this host was not given the digits".into());
    };
    let live = specs.get(..MOST_LIVE).unwrap_or(specs);
    match order.arm.strategy {
        Strategy::Sequential | Strategy::Simd => {
            let lane = own_lane(LaneKind::Host);
            let driven = Driven::start(&order.arm.manner, |_| {
                AloneRun::start(course, task, lane, PageClock)
            });
            let run = Rc::clone(driven.run());
            with_live(order, live, driven.finish(), || brief(run.raw())).await;
            Ok(run.raw())
        }
        Strategy::Pool => {
            let offsets = staff.pool.borrow().clone();
            if offsets.is_empty() {
                return Err("this host has no pool".into());
            }
            let (bell, mut rung) = unbounded();
            let run = RefCell::new(PoolTraining::start(
                course,
                task,
                &offsets,
                PageClock,
                |shift| rayon::spawn_broadcast(move |context| shift(context.index())),
                move || {
                    // The receiver is gone only if this host ends.
                    let _ = bell.unbounded_send(());
                },
            ));
            let end = until_rung(order, live, &mut rung, || {
                brief(run.borrow_mut().raw(crate::now_nanos()))
            })
            .await;
            Ok(run.into_inner().raw(end))
        }
        Strategy::Messages => {
            let mut nodes = whole_staff(staff, order.arm.workers).await?;
            let offsets: Vec<i64> = nodes.iter().map(|node| node.offset_nanos).collect();
            let server = RefCell::new(Server::new(course, task, &offsets));
            let setup = Setup {
                training,
                seed: order.seed,
                simd: task.simd,
                step_nanos: task.ticks.step_nanos,
                gap_nanos: task.ticks.gap_nanos,
            };
            lay_out_at(&mut nodes, &setup).await?;
            server.borrow_mut().begin(crate::now_nanos());
            let raw = || server.borrow_mut().raw(crate::now_nanos());
            let done = serve(&mut nodes, &server);
            with_live(order, live, done, || brief(raw())).await?;
            // Those of a run that failed are not used again.
            staff.nodes.replace(nodes);
            Ok(raw())
        }
        _ => Err("a training is not run in this way".into()),
    }
}

/// The same with the last tasks alone.
fn brief(mut raw: Raw) -> Raw {
    let more = raw.finished.len().saturating_sub(MOST_LIVE);
    if more > 0 {
        raw.finished.drain(..more);
        let spans = raw.spans.len().saturating_sub(2 * MOST_LIVE);
        raw.spans.sort_by_key(|span| span.start_nanos);
        raw.spans.drain(..spans);
        let couriers = raw.couriers.len().saturating_sub(2 * MOST_LIVE);
        raw.couriers.drain(..couriers);
    }
    raw
}

const LOST: &str = "a message worker was lost";

/// Every worker gets the digits and lays out the training, before the stopwatch.
async fn lay_out_at(nodes: &mut [Node], setup: &Setup) -> Result<(), String> {
    let digits = digits::given().ok_or("this host was not given the digits")?;
    for node in nodes.iter() {
        let send = |message| node.worker.send(&message).map_err(|_| LOST.to_string());
        send(ToWorker::Digits(Packed::of(&digits.bytes().to_vec())))?;
        send(ToWorker::Learn(Packed::of(setup)))?;
    }
    for node in nodes {
        match node.worker.next(SETUP_MILLIS).await {
            Ok(FromWorker::Staffed) => {}
            _ => return Err(LOST.into()),
        }
    }
    Ok(())
}

/// Sends out weights and takes in slopes until all is learned.
async fn serve(nodes: &mut [Node], server: &RefCell<Server>) -> Result<(), String> {
    let refused = || "a message could not be read".to_string();
    loop {
        let errands = server.borrow_mut().send(crate::now_nanos());
        for (worker, errand) in errands {
            let node = nodes.get(worker).ok_or(LOST)?;
            let message = ToWorker::Slopes(Packed::of(&errand));
            node.worker.send(&message).map_err(|_| LOST.to_string())?;
        }
        if server.borrow().is_done() {
            return Ok(());
        }
        let mut inboxes: FuturesUnordered<_> = nodes
            .iter_mut()
            .enumerate()
            .map(|(worker, node)| async move { (worker, node.worker.inbox().next().await) })
            .collect();
        let next = within(ANSWER_MILLIS, inboxes.next()).await;
        drop(inboxes);
        match next.flatten() {
            Some((worker, Some(Ok(FromWorker::Slopes(packed))))) => {
                let now = crate::now_nanos();
                let answer = packed.read().map_err(|_| refused())?;
                let taken = server.borrow_mut().take(worker, answer, now);
                taken.map_err(|_| refused())?;
            }
            Some((_, Some(Ok(FromWorker::Failed(text)) | Err(text)))) => return Err(text),
            Some((_, Some(Ok(_)))) => {}
            _ => return Err(LOST.into()),
        }
    }
}
