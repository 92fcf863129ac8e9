//! Engine workers as values, and the worker's own side of the conversation.

use crate::{
    cargo::{Cargo, Chest, laden, unladen},
    clock::PageClock,
    event_loop::within,
    tabs,
};
use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;
use js_sys::{Array, Object, Reflect, Uint8Array};
use model::Nanos;
use runner::{
    Clock,
    tabs::Call,
    wire::{FromWorker, ToWorker, pack, unpack},
};
use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{
    BroadcastChannel, DedicatedWorkerGlobalScope, Event, MessageEvent, WorkerOptions, WorkerType,
};

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

/// Something a worker said or is known to have come to.
#[derive(Debug)]
pub enum Word {
    /// A message with blocks of bytes.
    Cargo(Cargo),
    /// A plain message.
    Message(Box<FromWorker>),
    /// It failed; the text is the browser's.
    Failed(String),
}

/// What an ear hears: the data of a message and when it was heard of, or how the
/// worker failed. It is read by who lends the ear, so that a page that lends none
/// does not need the code for it.
type Heard = Result<(JsValue, Nanos), String>;

/// Where words go instead of into the inbox.
type Ear = Rc<RefCell<Option<Box<dyn Fn(Heard)>>>>;

/// A worker of the engine. Dropping it terminates the worker and all its
/// children at once, whatever they are doing.
#[must_use = "dropping it terminates the worker"]
pub struct EngineWorker {
    line: Line,
    inbox: UnboundedReceiver<Result<FromWorker, String>>,
    ear: Ear,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_error: Option<Closure<dyn FnMut(Event)>>,
}

/// How a worker is reached.
enum Line {
    /// It is this thread's own.
    Own(web_sys::Worker),
    /// It belongs to another tab.
    Tab(TabLine),
}

/// A channel to the worker of another tab, and where its end is told.
struct TabLine {
    channel: BroadcastChannel,
    sender: UnboundedSender<Result<FromWorker, String>>,
}

impl Line {
    fn post(&self, message: &JsValue, given: &Array) -> Result<(), Silence> {
        match self {
            Self::Own(worker) => worker.post_message_with_transfer(message, given),
            // Between tabs everything is copied.
            Self::Tab(line) => line.channel.post_message(message),
        }
        .map_err(|e| Silence::Died(text_of(&e)))
    }
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
        Self::start_on(boot, role, None)
    }

    /// The same; with a channel it hears and answers there.
    pub(crate) fn start_on(boot: &Boot, role: Role, channel: Option<&str>) -> Result<Self, String> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        options.set_name(role.id());
        let worker =
            web_sys::Worker::new_with_options(&boot.script, &options).map_err(|e| text_of(&e))?;
        let (sender, inbox) = unbounded();
        let ear = Ear::default();
        let on_message = listen(sender.clone(), Rc::clone(&ear));
        // A script that may not be loaded gives an event without any message.
        let ear_of_errors = Rc::clone(&ear);
        let on_error = Closure::new(move |event: Event| {
            event.prevent_default();
            let text = Reflect::get(&event, &"message".into());
            let text = text.ok().and_then(|text| text.as_string());
            failed(&ear_of_errors, &sender, text.unwrap_or_default());
        });
        worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
        let hello = Object::new();
        for (key, value) in [
            ("role", JsValue::from_str(role.id())),
            ("script", JsValue::from_str(&boot.script)),
            ("module", boot.module.clone()),
            ("origin", JsValue::from_f64(boot.origin_millis)),
            ("coarse", JsValue::from_f64(boot.coarse_millis)),
            (
                "channel",
                channel.map_or(JsValue::UNDEFINED, JsValue::from_str),
            ),
        ] {
            Reflect::set(&hello, &key.into(), &value).map_err(|e| text_of(&e))?;
        }
        let this = Self {
            line: Line::Own(worker.clone()),
            inbox,
            ear,
            _on_message: on_message,
            _on_error: Some(on_error),
        };
        worker.post_message(&hello).map_err(|e| text_of(&e))?;
        Ok(this)
    }

    /// Asks another tab for a worker. It is there when it says
    /// [`FromWorker::Ready`]. `depot` is a lock that this thread holds.
    ///
    /// # Errors
    /// The browser's text if there are no channels.
    pub fn hire(tab: &str, depot: &str, boot: &Boot) -> Result<Self, String> {
        let name = tabs::fresh_name("node");
        let channel = BroadcastChannel::new(&name).map_err(|error| text_of(&error))?;
        let (sender, inbox) = unbounded();
        let ear = Ear::default();
        let on_message = listen(sender.clone(), Rc::clone(&ear));
        channel.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        tabs::call_out(&Call::Hire {
            tab: tab.to_owned(),
            channel: name,
            depot: depot.to_owned(),
            origin_millis: boot.origin_millis,
            coarse_millis: boot.coarse_millis,
        });
        Ok(Self {
            line: Line::Tab(TabLine { channel, sender }),
            inbox,
            ear,
            _on_message: on_message,
            _on_error: None,
        })
    }

    /// From now on the end of a worker of another tab is heard like that of an
    /// own one. Not before it said that it is ready: then it holds its lock.
    pub fn watch(&self) {
        if let Line::Tab(line) = &self.line {
            let (sender, ear) = (line.sender.clone(), Rc::clone(&self.ear));
            tabs::when_free(&line.channel.name(), move || {
                failed(&ear, &sender, "the tab was closed".into());
            });
        }
    }

    /// Whether it belongs to another tab.
    #[must_use]
    pub const fn is_in_another_tab(&self) -> bool {
        matches!(self.line, Line::Tab(_))
    }

    /// Sends a message.
    ///
    /// # Errors
    /// If it could not be packed or posted.
    pub fn send(&self, message: &ToWorker) -> Result<(), Silence> {
        let bytes =
            pack(message).map_err(|_| Silence::Died("a message could not be packed".into()))?;
        let (view, transfer) = parcel(&bytes);
        self.line.post(&view, &transfer)
    }

    /// Sends a packed message and blocks of bytes beside it, which are given away if
    /// `gives`, else copied; what is shared stays shared.
    ///
    /// # Errors
    /// If it could not be posted.
    pub fn send_cargo(&self, header: &[u8], chests: &[Chest], gives: bool) -> Result<(), Silence> {
        let (message, given) = laden(header, chests, gives);
        self.line.post(&message, &given)
    }

    /// From now on `ear` hears every word as it comes, and the inbox none; with
    /// `None` it is as before.
    pub fn lend(&self, ear: Option<Box<dyn Fn(Word)>>) {
        let heard = |ear: Box<dyn Fn(Word)>| -> Box<dyn Fn(Heard)> {
            Box::new(move |heard| ear(word(heard)))
        };
        *self.ear.borrow_mut() = ear.map(heard);
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
        let clock = PageClock;
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
        match &self.line {
            Line::Own(worker) => {
                worker.set_onmessage(None);
                worker.set_onerror(None);
                worker.terminate();
            }
            Line::Tab(line) => {
                line.channel.set_onmessage(None);
                tabs::call_out(&Call::Dismiss {
                    channel: line.channel.name(),
                });
                line.channel.close();
            }
        }
    }
}

fn listen(
    sender: UnboundedSender<Result<FromWorker, String>>,
    ear: Ear,
) -> Closure<dyn FnMut(MessageEvent)> {
    Closure::new(move |event: MessageEvent| {
        let heard_nanos = PageClock.now_nanos();
        let data = event.data();
        if let Some(ear) = &*ear.borrow() {
            ear(Ok((data, heard_nanos)));
        } else if !data.is_instance_of::<Array>() {
            // What was meant for an ear that is gone concerns nobody.
            let _ = sender.unbounded_send(message(&data));
        }
    })
}

/// A plain message.
fn message(data: &JsValue) -> Result<FromWorker, String> {
    match data.dyn_ref::<Uint8Array>() {
        Some(bytes) => {
            unpack(&bytes.to_vec()).map_err(|_| "a message could not be read".to_string())
        }
        // The worker script itself reports what went wrong before the engine could
        // start.
        None => Err(data.as_string().unwrap_or_default()),
    }
}

fn word(heard: Heard) -> Word {
    let (data, heard_nanos) = match heard {
        Ok(heard) => heard,
        Err(text) => return Word::Failed(text),
    };
    match unladen(&data, heard_nanos) {
        Some(cargo) => Word::Cargo(cargo),
        None => match message(&data) {
            Ok(message) => Word::Message(Box::new(message)),
            Err(text) => Word::Failed(text),
        },
    }
}

/// Tells the ear, or else the inbox, how the worker failed.
fn failed(ear: &Ear, inbox: &UnboundedSender<Result<FromWorker, String>>, text: String) {
    match &*ear.borrow() {
        Some(ear) => ear(Err(text)),
        None => {
            // The receiver is gone only if the worker was dropped.
            let _ = inbox.unbounded_send(Err(text));
        }
    }
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

thread_local! {
    /// Where a worker that was lent to another tab hears and answers.
    static OUTSIDE: OnceCell<Option<BroadcastChannel>> = const { OnceCell::new() };
}

/// Calls `then` once the parent can notice the end of this worker: at once, unless
/// it belongs to another tab.
pub fn when_watched(then: impl FnOnce() + 'static) {
    match OUTSIDE.with(|outside| outside.get().cloned().flatten()) {
        Some(channel) => tabs::hold(&channel.name(), then),
        None => then(),
    }
}

/// Posts to the parent.
fn post(message: &JsValue, given: &Array) -> Result<(), JsValue> {
    OUTSIDE.with(|outside| match outside.get() {
        Some(Some(channel)) => channel.post_message(message),
        _ => scope().post_message_with_transfer(message, given),
    })
}

/// Answers the parent.
pub fn reply(message: &FromWorker) {
    let Ok(bytes) = pack(message) else { return };
    let (view, transfer) = parcel(&bytes);
    // Fails only if the parent is gone.
    let _ = post(&view, &transfer);
}

/// Answers the parent with blocks of bytes beside the packed message, which are given
/// away if `gives`, else copied.
pub fn reply_cargo(header: &[u8], chests: &[Chest], gives: bool) {
    let (message, given) = laden(header, chests, gives);
    // Fails only if the parent is gone.
    let _ = post(&message, &given);
}

/// Calls `on_message` for everything the parent sends from now on.
pub fn serve(on_message: impl Fn(ToWorker) + 'static) {
    serve_with(on_message, |_| {
        reply(&FromWorker::Failed("this worker takes no cargo".into()));
    });
}

/// As [`serve`]; messages with blocks of bytes go to `on_cargo`.
pub fn serve_with(on_message: impl Fn(ToWorker) + 'static, on_cargo: impl Fn(Cargo) + 'static) {
    let closure: Closure<dyn FnMut(MessageEvent)> = Closure::new(move |event: MessageEvent| {
        let heard_nanos = PageClock.now_nanos();
        let data = event.data();
        if let Some(cargo) = unladen(&data, heard_nanos) {
            on_cargo(cargo);
            return;
        }
        let bytes = data.dyn_into::<Uint8Array>().map(|b| b.to_vec());
        match bytes.map(|bytes| unpack(&bytes)) {
            Ok(Ok(message)) => on_message(message),
            _ => reply(&FromWorker::Failed("a message could not be read".into())),
        }
    });
    let name = own_hello("channel").and_then(|name| name.as_string());
    let outside = name.and_then(|name| BroadcastChannel::new(&name).ok());
    let hears = Some(closure.as_ref().unchecked_ref());
    match &outside {
        Some(channel) => channel.set_onmessage(hears),
        None => scope().set_onmessage(hears),
    }
    // A worker serves once.
    let _ = OUTSIDE.with(|own| own.set(outside));
    // Serves for the whole life of the worker.
    closure.forget();
}

/// What this worker was started with, for its own children.
#[must_use]
pub fn own_boot() -> Option<Boot> {
    Some(Boot {
        script: own_hello("script")?.as_string()?,
        module: own_hello("module")?,
        origin_millis: own_hello("origin")?.as_f64()?,
        coarse_millis: own_hello("coarse")?.as_f64()?,
    })
}

/// A part of the first message this worker was sent.
fn own_hello(key: &str) -> Option<JsValue> {
    let hello = Reflect::get(&js_sys::global(), &"boot".into()).ok()?;
    Reflect::get(&hello, &key.into()).ok()
}
