//! The graphics worker: the one program that speaks with the graphics processor,
//! fetched only when a plan asks for it. A worker of its own, so that the page stays
//! free; it starts nothing by itself, `www/engine-worker.js` calls [`serve`].

mod device;
mod find;
mod programs;
mod run;
mod webgpu;

use model::GpuFault;
use runner::{
    Clock,
    wire::{FromWorker, Packed, ToWorker},
};
use std::{cell::Cell, rc::Rc};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web::{
    clock::{PageClock, coarsen, set_page_origin},
    worker::{Role, reply},
};

/// Build id compared with the page's.
const BUILD: &str = match option_env!("TWO_CHEFS_BUILD") {
    Some(build) => build,
    None => "dev",
};

fn main() {}

/// Why a run came to nothing.
enum Fault {
    /// For a reason there are words for.
    Known(GpuFault),
    /// The browser's text.
    Told(String),
}

impl From<GpuFault> for Fault {
    fn from(fault: GpuFault) -> Self {
        Self::Known(fault)
    }
}

/// Begins to listen. `origin` is the page's time origin in milliseconds since 1970,
/// `coarse` the step of a clock coarsened on purpose, or 0.
#[wasm_bindgen]
pub fn serve(role: &str, origin: f64, coarse: f64) {
    std::panic::set_hook(Box::new(|info| {
        reply(&FromWorker::Failed(info.to_string()));
    }));
    set_page_origin(origin);
    coarsen(coarse);
    if Role::from_id(role) != Some(Role::Gpu) {
        reply(&FromWorker::Failed("a graphics worker has one role".into()));
        return;
    }
    let bench = Rc::new(Cell::new(Some(run::Bench::default())));
    web::worker::serve(move |message| match message {
        ToWorker::Ping => reply(&FromWorker::Pong {
            now_nanos: PageClock.now_nanos(),
        }),
        ToWorker::Run(order) => {
            let bench = Rc::clone(&bench);
            spawn_local(async move {
                // One order at a time: the page waits for each answer.
                let Some(mut own) = bench.take() else {
                    reply(&FromWorker::Failed("one run at a time".into()));
                    return;
                };
                let answer = match run::run(&mut own, &order).await {
                    Ok(trace) => FromWorker::Done(Packed::of(&trace)),
                    Err(fault) => {
                        // Whatever it was, what comes next starts from nothing.
                        own = run::Bench::default();
                        match fault {
                            Fault::Known(fault) => FromWorker::NoGpu(fault),
                            Fault::Told(text) => FromWorker::Failed(text),
                        }
                    }
                };
                bench.set(Some(own));
                reply(&answer);
            });
        }
        _ => reply(&FromWorker::Failed("a graphics worker only runs".into())),
    });
    reply(&FromWorker::Ready {
        build: BUILD.into(),
    });
}

fn now_millis() -> f64 {
    PageClock.now_nanos() as f64 / 1e6
}
