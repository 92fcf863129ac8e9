//! Engine workers as values, and the worker's own side of the conversation.

use crate::event_loop::within;
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;
use js_sys::{Array, Object, Reflect, Uint8Array};
use runner::wire::{FromWorker, ToWorker, pack, unpack};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{DedicatedWorkerGlobalScope, Event, MessageEvent, WorkerOptions, WorkerType};

/// What a worker is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Owns a pool or message workers; runs arms.
    Host,
    /// Private memory; cooks what it is sent.
    Node,
    /// Private memory; counts steps.
    Probe,
    /// Speaks with the graphics processor; a program of its own.
    Gpu,
}

impl Role {
    /// The word the worker script is told.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Host => "host",
            Self::Node => "node",
            Self::Probe => "probe",
            Self::Gpu => "gpu",
        }
    }

    /// The role of this word.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        [Self::Host, Self::Node, Self::Probe, Self::Gpu]
            .into_iter()
            .find(|role| role.id() == id)
    }
}

/// Why a conversation ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Silence {
    /// Nothing came in time.
    Timeout,
    /// The worker failed; the text is the browser's.
    Died(String),
}

/// A worker of the engine. Dropping it terminates the worker and all its
/// children at once, whatever they are doing.
#[must_use = "dropping it terminates the worker"]
pub struct EngineWorker {
    worker: web_sys::Worker,
    inbox: UnboundedReceiver<Result<FromWorker, String>>,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Closure<dyn FnMut(Event)>,
}

/// What every worker is started with; kept by hosts for their own children.
#[derive(Clone)]
pub struct Boot {
    /// Address of `engine-worker.js`.
    pub script: String,
    /// The engine, compiled once.
    pub module: JsValue,
    /// The page's time origin.
    pub origin_millis: f64,
    /// Step of a coarsened clock in milliseconds; 0 for the clock as it is.
    pub coarse_millis: f64,
}

impl EngineWorker {
    /// Starts a worker. It is ready when it says [`FromWorker::Ready`].
    ///
    /// # Errors
    /// The browser's text if workers are forbidden here.
    pub fn start(boot: &Boot, role: Role) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(role.id());
        let worker =
            web_sys::Worker::new_with_options(&boot.script, &options).map_err(|e| text_of(&e))?;
        let (sender, inbox) = unbounded();
        let on_message = listen(sender.clone());
        // A script that may not be loaded gives an event without any message.
        let on_error = Closure::new(move |event: Event| {
            event.prevent_default();
            let text = Reflect::get(&event, &"message".into());
            let text = text.ok().and_then(|text| text.as_string());
            let _ = sender.unbounded_send(Err(text.unwrap_or_default()));
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let this = Self {
            worker,
            inbox,
            _on_message: on_message,
            _on_error: on_error,
        };
        let hello = Object::new();
        for (key, value) in [
            ("role", JsValue::from_str(role.id())),
            ("script", JsValue::from_str(&boot.script)),
            ("module", boot.module.clone()),
            ("origin", JsValue::from_f64(boot.origin_millis)),
            ("coarse", JsValue::from_f64(boot.coarse_millis)),
        ] {
            Reflect::set(&hello, &key.into(), &value).map_err(|e| text_of(&e))?;
        }
        this.worker.post_message(&hello).map_err(|e| text_of(&e))?;
        Ok(this)
    }

    /// Sends a message.
    ///
    /// # Errors
    /// If it could not be packed or posted.
    pub fn send(&self, message: &ToWorker) -> Result<(), Silence> {
        let bytes =
            pack(message).map_err(|_| Silence::Died("a message could not be packed".into()))?;
        let (view, transfer) = parcel(&bytes);
        self.worker
            .post_message_with_transfer(&view, &transfer)
            .map_err(|e| Silence::Died(text_of(&e)))
    }

    /// The next message.
    ///
    /// # Errors
    /// If none comes within `millis`, or the worker died.
    pub async fn next(&mut self, millis: u32) -> Result<FromWorker, Silence> {
        match within(millis, self.inbox.next()).await {
            None => Err(Silence::Timeout),
            Some(None) => Err(Silence::Died(String::new())),
            Some(Some(Err(text))) => Err(Silence::Died(text)),
            Some(Some(Ok(FromWorker::Failed(text)))) => Err(Silence::Died(text)),
            Some(Some(Ok(message))) => Ok(message),
        }
    }

    /// Sends a message and waits for the next one back.
    ///
    /// # Errors
    /// As [`EngineWorker::send`] and [`EngineWorker::next`].
    pub async fn ask(&mut self, message: &ToWorker, millis: u32) -> Result<FromWorker, Silence> {
        self.send(message)?;
        self.next(millis).await
    }

    /// How far the worker's clock is ahead of this thread's, in nanoseconds:
    /// half of the quickest of some round trips, as NTP does. 0 if the two agree
    /// within 0.2 ms, which is what jitter alone can make.
    ///
    /// # Errors
    /// As [`EngineWorker::ask`].
    pub async fn clock_offset_nanos(&mut self) -> Result<i64, Silence> {
        use runner::Clock;
        let clock = crate::clock::PageClock;
        let mut best = (u64::MAX, 0);
        for _ in 0..20 {
            let sent = clock.now_nanos();
            let FromWorker::Pong { now_nanos } = self.ask(&ToWorker::Ping, 2_000).await? else {
                continue;
            };
            let back = clock.now_nanos();
            let trip = back.saturating_sub(sent);
            if trip < best.0 {
                best = (trip, now_nanos as i64 - (sent + trip / 2) as i64);
            }
        }
        let off = best.1;
        Ok(if off.unsigned_abs() > 200_000 { off } else { 0 })
    }

    /// The raw inbox, for a coordinator that listens to many workers at once.
    pub fn inbox(&mut self) -> &mut UnboundedReceiver<Result<FromWorker, String>> {
        &mut self.inbox
    }
}

impl Drop for EngineWorker {
    fn drop(&mut self) {
        self.worker.set_onmessage(None);
        self.worker.set_onerror(None);
        self.worker.terminate();
    }
}

fn listen(sender: UnboundedSender<Result<FromWorker, String>>) -> Closure<dyn FnMut(MessageEvent)> {
    Closure::new(move |event: MessageEvent| {
        let data = event.data();
        let message = match data.dyn_ref::<Uint8Array>() {
            Some(bytes) => {
                unpack(&bytes.to_vec()).map_err(|_| "a message could not be read".to_string())
            }
            // The worker script itself reports what went wrong before the
            // engine could start.
            None => Err(data.as_string().unwrap_or_default()),
        };
        // The receiver is gone only if the worker was dropped.
        let _ = sender.unbounded_send(message);
    })
}

fn parcel(bytes: &[u8]) -> (Uint8Array, Array) {
    let view = Uint8Array::from(bytes);
    let transfer = Array::of1(&view.buffer());
    (view, transfer)
}

/// What the browser said.
#[must_use]
pub fn text_of(error: &JsValue) -> String {
    error
        .dyn_ref::<js_sys::Error>()
        .map(|error| String::from(error.message()))
        .or_else(|| error.as_string())
        .unwrap_or_else(|| "unknown error".into())
}

/// The scope of the worker this runs in.
///
/// # Panics
/// Never in a worker; the engine runs nowhere else.
fn scope() -> DedicatedWorkerGlobalScope {
    js_sys::global().unchecked_into()
}

/// Answers the parent.
pub fn reply(message: &FromWorker) {
    let Ok(bytes) = pack(message) else { return };
    let (view, transfer) = parcel(&bytes);
    // Fails only if the parent is gone.
    let _ = scope().post_message_with_transfer(&view, &transfer);
}

/// Calls `on_message` for everything the parent sends from now on.
pub fn serve(on_message: impl Fn(ToWorker) + 'static) {
    let closure: Closure<dyn FnMut(MessageEvent)> = Closure::new(move |event: MessageEvent| {
        let bytes = event.data().dyn_into::<Uint8Array>().map(|b| b.to_vec());
        match bytes.map(|bytes| unpack(&bytes)) {
            Ok(Ok(message)) => on_message(message),
            _ => reply(&FromWorker::Failed("a message could not be read".into())),
        }
    });
    scope().set_onmessage(Some(closure.as_ref().unchecked_ref()));
    // Serves for the whole life of the worker.
    closure.forget();
}

/// What this worker was started with, for its own children.
#[must_use]
pub fn own_boot() -> Option<Boot> {
    let hello = Reflect::get(&js_sys::global(), &"boot".into()).ok()?;
    let get = |key: &str| Reflect::get(&hello, &key.into()).ok();
    Some(Boot {
        script: get("script")?.as_string()?,
        module: get("module")?,
        origin_millis: get("origin")?.as_f64()?,
        coarse_millis: get("coarse")?.as_f64()?,
    })
}
