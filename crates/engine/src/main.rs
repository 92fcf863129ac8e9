//! The worker-side binary: host worker, message worker or probe, as told.
//!
//! One instance with one memory per host and its pool; every message worker
//! and probe is an instance with a memory of its own. This file starts nothing
//! by itself: `main` runs again in every private instance, so it stays empty,
//! and `www/engine-worker.js` calls [`serve`].

mod host;
mod later;
mod memory;
mod node;
mod small;
mod town;
mod training;

use model::{Nanos, TaskSpec};
use runner::{
    Clock,
    wire::{FromWorker, ToWorker},
};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web::{
    clock::{PageClock, coarsen, set_page_origin},
    worker::{Role, reply, when_watched},
};

// Brings `initThreadPool` and the threads' entry point into the module.
pub use wasm_bindgen_rayon::init_thread_pool;

/// Build id compared with the page's.
const BUILD: &str = match option_env!("TWO_CHEFS_BUILD") {
    Some(build) => build,
    None => "dev",
};

fn main() {}

/// Begins to listen as a worker of this role. `origin` is the page's time
/// origin in milliseconds since 1970, `coarse` the step of a clock coarsened on
/// purpose, or 0.
#[wasm_bindgen]
pub fn serve(role: &str, origin: f64, coarse: f64) {
    std::panic::set_hook(Box::new(|info| {
        reply(&FromWorker::Failed(info.to_string()));
    }));
    set_page_origin(origin);
    coarsen(coarse);
    match Role::from_id(role) {
        Some(Role::Host) => host::serve(),
        Some(Role::Node) => node::serve(),
        Some(Role::Probe) => web::worker::serve(answer_probe),
        Some(Role::Gpu) | None => {
            reply(&FromWorker::Failed("an unknown role".into()));
            return;
        }
    }
    when_watched(|| {
        reply(&FromWorker::Ready {
            build: BUILD.into(),
        });
    });
}

fn now_nanos() -> Nanos {
    PageClock.now_nanos()
}

/// Whether a task may never give its thread back.
fn may_stay(specs: &[TaskSpec]) -> bool {
    specs
        .iter()
        .any(|spec| workloads::registry::is_endless(&spec.workload))
}

fn pong() {
    reply(&FromWorker::Pong {
        now_nanos: now_nanos(),
    });
}

fn answer_probe(message: ToWorker) {
    match message {
        ToWorker::Ping => pong(),
        ToWorker::Probe {
            from_nanos,
            until_nanos,
        } => later::probe(from_nanos, until_nanos),
        _ => reply(&FromWorker::Failed("a probe only counts".into())),
    }
}

/// Runs a future on this worker's event loop; its failure is the parent's to know.
fn in_turn(work: impl Future<Output = Result<(), String>> + 'static) {
    spawn_local(async move {
        if let Err(text) = work.await {
            reply(&FromWorker::Failed(text));
        }
    });
}
