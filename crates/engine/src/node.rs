//! A message worker: private memory, its own event loop, one message after another.

use model::{LaneKind, TaskSpec};
use runner::{
    cook::Slice,
    loop_run::{How, LoopRun, own_lane},
    messages::{Cooked, Order, Parcel},
    wire::{FromWorker, ToWorker},
};
use std::cell::{OnceCell, RefCell};
use web::{
    clock::PageClock,
    event_loop::{Driven, PageTimer},
    worker::reply,
};

pub(crate) fn serve() {
    // A task that waits leaves the event loop free for the next message, which
    // must not overtake it: hence the mailbox.
    let mailbox = OnceCell::new();
    let desk = OnceCell::new();
    let pupil = RefCell::new(None);
    let on_cargo = move |cargo| crate::later::at_desk(&desk, cargo);
    let on_message = move |message| match message {
        ToWorker::Ping => crate::pong(),
        ToWorker::Cook { specs, order } => {
            // The receiver lives as long as the worker.
            let mailbox = mailbox.get_or_init(crate::later::mailbox);
            let _ = mailbox.unbounded_send((specs, order));
        }
        ToWorker::Photo(photo) => crate::later::photo(&photo),
        ToWorker::Digits(digits) => crate::later::digits(&digits),
        ToWorker::Learn(setup) => crate::later::learn(&pupil, &setup),
        ToWorker::Slopes(errand) => crate::later::slopes(&pupil, &errand),
        _ => reply(&FromWorker::Failed("a message worker only cooks".into())),
    };
    web::worker::serve_with(on_message, on_cargo);
}

pub(crate) async fn cook(mut specs: Vec<TaskSpec>, order: Order) -> Cooked {
    // The run numbers its tasks from 0; the parcels get their own ids back.
    let ids: Vec<u32> = specs.iter().map(|spec| spec.id).collect();
    for (spec, id) in specs.iter_mut().zip(0..) {
        spec.id = id;
    }
    let how = How {
        one_by_one: order.interleave.is_none(),
        slice: order
            .interleave
            .map_or(Slice::Never, |steps| Slice::of(steps, &order.manner)),
        limit: order.manner.limit,
        events: order.manner.events,
    };
    let may_stay = crate::may_stay(&specs);
    let driven = Driven::start(&order.manner, |poke| {
        LoopRun::start(
            specs,
            how,
            order.ticks(),
            own_lane(LaneKind::Message),
            (PageClock, PageTimer),
            poke,
            Box::new(|| ()),
        )
    });
    if may_stay {
        let ids = ids.clone();
        driven.run().announce(Box::new(move |task| {
            reply(&FromWorker::AboutTo {
                task: ids.get(task as usize).copied().unwrap_or(task),
                now_nanos: crate::now_nanos(),
            });
        }));
    }
    let raw = driven.finish().await.raw();
    let id_of = |task: u32| ids.get(task as usize).copied().unwrap_or(task);
    let (mut spans, mut events, mut stalls) = (raw.spans, raw.events, raw.stalls);
    for span in &mut spans {
        span.task = id_of(span.task);
    }
    for event in &mut events {
        event.task = id_of(event.task);
    }
    for stall in &mut stalls {
        stall.task = id_of(stall.task);
    }
    let parcels = raw.finished.into_iter().map(|mut finished| {
        finished.task = id_of(finished.task);
        let tile = finished.tile.as_mut();
        if let Some(tile) = tile {
            tile.task = finished.task;
        }
        Parcel::pack(finished)
    });
    Cooked {
        parcels: parcels.collect(),
        spans,
        dropped: raw.dropped,
        events,
        stalls,
    }
}
