//! Turns of the event loop, timers, and a pump that drives a run with them.

use futures_channel::oneshot;
use gloo_timers::future::TimeoutFuture;
use js_sys::{Function, Promise, Reflect};
use model::{Give, Manner, NANOS_PER_MILLI, Nanos, YieldKind, nanos_from_millis};
use runner::{Clock, Timer, Turn, loop_run::LONGEST_FREEZE_NANOS};
use std::{
    cell::{Cell, OnceCell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{MessageChannel, MessagePort};

/// How long ready tasks run before the event loop gets a real turn: half a
/// frame, so that a page stays responsive.
pub const QUANTUM_NANOS: u64 = 8 * NANOS_PER_MILLI;

/// How the event loop is given a real turn: a message through a channel.
///
/// Not `scheduler.yield()`: its continuations go before timers and frames.
/// Measured in Chromium 156 with 8 ms of work a turn for 400 ms: with
/// `scheduler.yield` a 20 ms timer had not fired at the end and 4 frames were
/// drawn; with a channel it fired after 33 ms and 24 frames were drawn. Never
/// `setTimeout(0)` either, which costs 4 ms once nested.
pub const YIELD_KIND: YieldKind = YieldKind::MessageChannel;

/// Asks for turns of the event loop. Dropping it withdraws the request.
#[must_use = "dropping it withdraws pending turns"]
pub struct Turns {
    out: MessagePort,
    inward: MessagePort,
    _callback: Closure<dyn FnMut()>,
}

impl Turns {
    /// `on_turn` is called once for each request, from a fresh task.
    ///
    /// # Errors
    /// If the browser makes no channel.
    pub fn new(on_turn: impl FnMut() + 'static) -> Result<Self, JsValue> {
        let callback = Closure::new(on_turn);
        let channel = MessageChannel::new()?;
        let inward = channel.port2();
        inward.set_onmessage(Some(callback.as_ref().unchecked_ref()));
        Ok(Self {
            out: channel.port1(),
            inward,
            _callback: callback,
        })
    }

    /// Asks for one turn.
    pub fn request(&self) {
        // Fails only on values that cannot be cloned.
        let _ = self.out.post_message(&JsValue::NULL);
    }
}

impl Drop for Turns {
    fn drop(&mut self) {
        // A message already under way is not delivered to a closed port.
        self.inward.set_onmessage(None);
        self.inward.close();
        self.out.close();
    }
}

/// Waits by `setTimeout`, through `gloo-timers`.
#[derive(Clone, Copy, Debug, Default)]
pub struct PageTimer;

impl Timer for PageTimer {
    fn wait(&self, millis: f64) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(TimeoutFuture::new(millis.max(0.0).round() as u32))
    }

    fn wait_in_crowd(&self, millis: f64) -> Pin<Box<dyn Future<Output = ()>>> {
        crate::crowd_timer::wait(millis, || self.wait(millis))
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

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = queueMicrotask)]
    fn queue_microtask(callback: &JsValue);
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &JsValue, millis: u32) -> JsValue;
    #[wasm_bindgen(js_name = requestAnimationFrame)]
    fn request_animation_frame(callback: &JsValue) -> JsValue;
}

/// A frame that did not come this long after the one before was put off, on a
/// screen of 60 Hz.
const FRAME_NANOS: Nanos = 19 * NANOS_PER_MILLI;
/// A frame that is due comes within this time, or nobody sees the page.
const FRAME_LIMIT_MILLIS: u32 = 100;

/// Asks for turns in one of the ways to give way.
struct Asker {
    give: Give,
    turns: Rc<Turns>,
    /// When the page had its last turn to draw; `None` where that is left to the
    /// browser.
    drawn_nanos: Rc<Cell<Option<Nanos>>>,
    /// Whether the next frame was asked to tell when it comes.
    is_frame_asked: Rc<Cell<bool>>,
    on_turn: Rc<dyn Fn()>,
    /// Since when nothing but microtasks was asked for.
    since_nanos: Cell<Option<Nanos>>,
}

impl Asker {
    fn new(manner: &Manner, on_turn: Rc<dyn Fn()>) -> Result<Self, JsValue> {
        let called = Rc::clone(&on_turn);
        let give = manner.give;
        let draws = give == Give::Turn && manner.frames && web_sys::window().is_some();
        Ok(Self {
            give,
            turns: Rc::new(Turns::new(move || called())?),
            drawn_nanos: Rc::new(Cell::new(draws.then(now))),
            is_frame_asked: Rc::default(),
            on_turn,
            since_nanos: Cell::new(None),
        })
    }

    /// A function of the browser's that frees itself once it was called. What it
    /// calls does nothing once the run is gone.
    fn once(&self) -> JsValue {
        let on_turn = Rc::clone(&self.on_turn);
        Closure::once_into_js(move || on_turn())
    }

    fn request(&self) {
        self.ask_frame();
        match self.give {
            Give::Turn if self.is_frame_put_off() => self.request_behind_frame(),
            Give::Turn | Give::Never => self.turns.request(),
            Give::Timeout => {
                set_timeout(&self.once(), 0);
            }
            Give::Scheduler => {
                let _promise = match scheduler_yield() {
                    Some(promise) => call_then(&promise, &self.once()),
                    None => return self.turns.request(),
                };
            }
            Give::Microtask => {
                let now = now();
                let since = self.since_nanos.get().unwrap_or(now);
                self.since_nanos.set(Some(since));
                // They go before everything else: without a limit nobody could
                // stop them.
                if now.saturating_sub(since) < LONGEST_FREEZE_NANOS {
                    queue_microtask(&self.once());
                } else {
                    self.rest();
                    self.turns.request();
                }
            }
        }
    }

    /// Has the next frame note when it comes.
    fn ask_frame(&self) {
        if self.drawn_nanos.get().is_none() || self.is_frame_asked.replace(true) {
            return;
        }
        let is_asked = Rc::clone(&self.is_frame_asked);
        let drawn_nanos = Rc::clone(&self.drawn_nanos);
        request_animation_frame(&Closure::once_into_js(move || {
            is_asked.set(false);
            drawn_nanos.set(Some(now()));
        }));
    }

    fn is_frame_put_off(&self) -> bool {
        let drawn_nanos = self.drawn_nanos.get();
        drawn_nanos.is_some_and(|drawn| now().saturating_sub(drawn) >= FRAME_NANOS)
    }

    /// A turn right after the next frame. Messages alone do not do in Firefox,
    /// which puts off frames while there are any: with 8 ms of work for each of
    /// them frames took longer and longer, up to 80 ms (Firefox 153, 400 ms of
    /// work); with a wait for the frame that is due 17 to 25 ms. Where frames come
    /// by themselves there is no such wait: in Chromium, with one for every frame,
    /// the whole took 15 % longer. Not in the frame, whose drawing comes after all
    /// it calls.
    fn request_behind_frame(&self) {
        let is_called = Rc::new(Cell::new(false));
        let once = || {
            let is_called = Rc::clone(&is_called);
            let (turns, drawn_nanos) = (Rc::clone(&self.turns), Rc::clone(&self.drawn_nanos));
            Closure::once_into_js(move || {
                if !is_called.replace(true) {
                    drawn_nanos.set(Some(now()));
                    turns.request();
                }
            })
        };
        request_animation_frame(&once());
        set_timeout(&once(), FRAME_LIMIT_MILLIS);
    }

    /// Nothing is ready: whatever comes next comes with a turn of its own.
    fn rest(&self) {
        self.since_nanos.set(None);
    }
}

fn now() -> Nanos {
    crate::clock::PageClock.now_nanos()
}

/// `scheduler.yield()`, where there is one.
fn scheduler_yield() -> Option<Promise> {
    let scheduler = Reflect::get(&js_sys::global(), &"scheduler".into()).ok()?;
    let give = Reflect::get(&scheduler, &"yield".into()).ok()?;
    let promise = give.dyn_into::<Function>().ok()?.call0(&scheduler).ok()?;
    promise.dyn_into().ok()
}

fn call_then(promise: &Promise, callback: &JsValue) -> Option<JsValue> {
    let then = Reflect::get(promise, &"then".into()).ok()?;
    then.dyn_into::<Function>()
        .ok()?
        .call1(promise, callback)
        .ok()
}

/// How long ready tasks of such an arm run before the event loop gets a turn.
fn quantum_nanos(manner: &Manner) -> Nanos {
    let slice_nanos = nanos_from_millis(manner.slice_millis);
    if slice_nanos > 0 {
        slice_nanos.min(QUANTUM_NANOS)
    } else {
        QUANTUM_NANOS
    }
}

/// Drives a run with turns of this thread's event loop.
struct Pump<R> {
    asker: OnceCell<Asker>,
    quantum_nanos: Nanos,
    run: OnceCell<Rc<R>>,
    /// A turn has been asked for, or is running.
    pending: Cell<bool>,
    done: RefCell<Option<oneshot::Sender<()>>>,
}

impl<R: Turn> Pump<R> {
    fn poke(&self) {
        if !self.pending.replace(true)
            && let Some(asker) = self.asker.get()
        {
            asker.request();
        }
    }

    fn on_turn(&self) {
        let Some(run) = self.run.get() else { return };
        let more = run.turn(self.quantum_nanos);
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
        } else if let Some(asker) = self.asker.get() {
            asker.rest();
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
    /// Starts a run whose tasks give way as `manner` says. `start` is given the
    /// function to call at every wake on this thread.
    pub fn start(manner: &Manner, start: impl FnOnce(Box<dyn Fn()>) -> R) -> Self {
        let (sender, done) = oneshot::channel();
        let pump = Rc::new(Pump {
            asker: OnceCell::new(),
            quantum_nanos: quantum_nanos(manner),
            run: OnceCell::new(),
            pending: Cell::new(false),
            done: RefCell::new(Some(sender)),
        });
        let weak = Rc::downgrade(&pump);
        let on_turn = Rc::new(move || {
            if let Some(pump) = weak.upgrade() {
                pump.on_turn();
            }
        });
        // Without a channel nothing would ever run; the run's time limit says so.
        if let Ok(asker) = Asker::new(manner, on_turn) {
            let _ = pump.asker.set(asker);
        }
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
