//! Turns of the event loop, timers, and a pump that drives a run with them.

use futures_channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use model::{NANOS_PER_MILLI, YieldKind};
use runner::{Timer, Turn};
use std::{
    cell::{Cell, OnceCell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
};
use wasm_bindgen::prelude::*;
use web_sys::{MessageChannel, MessagePort};

/// How long ready tasks run before the event loop gets a real turn: half a
/// frame, so that a page stays responsive.
pub const QUANTUM_NANOS: u64 = 8 * NANOS_PER_MILLI;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = scheduler, js_name = "yield")]
    fn scheduler_yield() -> js_sys::Promise;
}

/// Whether this browser has `scheduler.yield`.
fn has_scheduler_yield() -> bool {
    let global = js_sys::global();
    js_sys::Reflect::get(&global, &"scheduler".into())
        .and_then(|scheduler| js_sys::Reflect::get(&scheduler, &"yield".into()))
        .is_ok_and(|value| value.is_function())
}

/// The cheapest way to give the event loop a real turn here. Never
/// `setTimeout(0)`, which costs 4 ms once nested.
#[must_use]
pub fn yield_kind() -> YieldKind {
    if has_scheduler_yield() {
        YieldKind::SchedulerYield
    } else {
        YieldKind::MessageChannel
    }
}

enum Way {
    Scheduler,
    Channel {
        out: MessagePort,
        inward: MessagePort,
    },
}

/// Asks for turns of the event loop. Dropping it withdraws the request.
#[must_use = "dropping it withdraws pending turns"]
pub struct Turns {
    way: Way,
    callback: Closure<dyn FnMut(JsValue)>,
    alive: Rc<Cell<bool>>,
}

impl Turns {
    /// `on_turn` is called once for each request, from a fresh task.
    pub fn new(mut on_turn: impl FnMut() + 'static) -> Self {
        let alive = Rc::new(Cell::new(true));
        let still = Rc::clone(&alive);
        let callback = Closure::new(move |_| {
            if still.get() {
                on_turn();
            }
        });
        let way = match (yield_kind(), MessageChannel::new()) {
            (YieldKind::SchedulerYield, _) | (_, Err(_)) => Way::Scheduler,
            (_, Ok(channel)) => {
                let inward = channel.port2();
                inward.set_onmessage(Some(callback.as_ref().unchecked_ref()));
                Way::Channel {
                    out: channel.port1(),
                    inward,
                }
            }
        };
        Self {
            way,
            callback,
            alive,
        }
    }

    /// Asks for one turn.
    pub fn request(&self) {
        match &self.way {
            Way::Scheduler => {
                let _ = scheduler_yield().then(&self.callback);
            }
            Way::Channel { out, .. } => {
                // Fails only on values that cannot be cloned.
                let _ = out.post_message(&JsValue::NULL);
            }
        }
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        self.alive.set(false);
        if let Way::Channel { out, inward } = &self.way {
            inward.set_onmessage(None);
            inward.close();
            out.close();
        } else {
            // A pending promise still holds the function; freeing the closure
            // now would make that call throw. `alive` keeps it harmless.
            let callback = std::mem::replace(&mut self.callback, Closure::new(|_| ()));
            callback.forget();
        }
    }
}

/// Waits by `setTimeout`, through `gloo-timers`.
#[derive(Clone, Copy, Debug, Default)]
pub struct PageTimer;

impl Timer for PageTimer {
    fn wait(&self, millis: f64) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(TimeoutFuture::new(millis.max(0.0).round() as u32))
    }
}

/// Completes after `millis`.
pub async fn pause(millis: u32) {
    TimeoutFuture::new(millis).await;
}

/// `work`, unless it takes longer than `millis`.
pub async fn within<T>(millis: u32, work: impl Future<Output = T>) -> Option<T> {
    use futures_util::future::{Either, select};
    let work = std::pin::pin!(work);
    match select(work, TimeoutFuture::new(millis)).await {
        Either::Left((value, _)) => Some(value),
        Either::Right(_) => None,
    }
}

/// Drives a run with turns of this thread's event loop.
struct Pump<R> {
    turns: OnceCell<Turns>,
    run: OnceCell<Rc<R>>,
    /// A turn has been asked for, or is running.
    pending: Cell<bool>,
    done: RefCell<Option<oneshot::Sender<()>>>,
}

impl<R: Turn> Pump<R> {
    fn poke(&self) {
        if !self.pending.replace(true)
            && let Some(turns) = self.turns.get()
        {
            turns.request();
        }
    }

    fn on_turn(&self) {
        let Some(run) = self.run.get() else { return };
        let more = run.turn(QUANTUM_NANOS);
        if run.is_done() {
            if let Some(done) = self.done.take() {
                // The receiver is gone only if the run was cancelled.
                let _ = done.send(());
            }
            return;
        }
        self.pending.set(false);
        if more {
            self.poke();
        }
    }
}

/// A run being driven. Dropping it cancels the run.
#[must_use = "dropping it cancels the run"]
pub struct Driven<R> {
    run: Rc<R>,
    _pump: Rc<Pump<R>>,
    done: oneshot::Receiver<()>,
}

impl<R: Turn + 'static> Driven<R> {
    /// Starts a run. `start` is given the function to call at every wake on
    /// this thread.
    pub fn start(start: impl FnOnce(Box<dyn Fn()>) -> R) -> Self {
        let (sender, done) = oneshot::channel();
        let pump = Rc::new(Pump {
            turns: OnceCell::new(),
            run: OnceCell::new(),
            pending: Cell::new(false),
            done: RefCell::new(Some(sender)),
        });
        let weak = Rc::downgrade(&pump);
        let turns = Turns::new(move || {
            if let Some(pump) = weak.upgrade() {
                pump.on_turn();
            }
        });
        let _ = pump.turns.set(turns);
        let weak = Rc::downgrade(&pump);
        let run = Rc::new(start(Box::new(move || {
            if let Some(pump) = weak.upgrade() {
                pump.poke();
            }
        })));
        let _ = pump.run.set(Rc::clone(&run));
        // A run without tasks wakes nobody.
        pump.poke();
        Self {
            run,
            _pump: pump,
            done,
        }
    }

    /// The run, to look at its trace meanwhile.
    #[must_use]
    pub fn run(&self) -> &Rc<R> {
        &self.run
    }

    /// Completes when every task has ended.
    pub async fn finish(self) -> Rc<R> {
        // An error would mean that the pump is gone, but it is held here.
        let _ = self.done.await;
        self.run
    }
}
