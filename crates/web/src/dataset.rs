//! The file of orders: fetched as a stream, read where the arm says.

use crate::{
    clock::PageClock,
    event_loop::{Driven, within},
};
use js_sys::{Object, Promise, Reflect, Uint8Array};
use model::{Arm, Lane, Nanos, ORDERS, Total};
use runner::{
    cook::Ticks,
    log::Raw,
    reading::{LoadFault, Manners, Piece, ReadingRun, Source, expected},
};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{ReadableStreamDefaultReader, Response};

/// Workload id of arms that read the file.
pub const WORKLOAD: &str = "orders";
/// What the browser hands over may be 2 MB: taken in by as much as this at a
/// time, so that copying is part of the slices.
const PART_BYTES: u32 = 128 << 10;
/// The stream is given up when nothing has come for this long.
const SILENCE_MILLIS: u32 = 10_000;

/// Whether an arm reads the file.
#[must_use]
pub fn is_reading(arm: &Arm) -> bool {
    arm.jobs.iter().any(|job| job.workload == WORKLOAD)
}

#[wasm_bindgen]
extern "C" {
    // Of the page and of workers alike.
    #[wasm_bindgen(js_name = fetch, catch)]
    fn fetch_global(url: &str, init: &Object) -> Result<Promise, JsValue>;
}

/// Whom the browser asks for the file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    /// The host, whether what is kept is still right.
    Host,
    /// The browser's own store, and only where it has nothing the host.
    Store,
}

/// The file as a stream. Dropping it ends the transfer.
pub struct Stream {
    url: String,
    ask: Ask,
    reader: Option<ReadableStreamDefaultReader>,
    /// Handed over and not taken in yet.
    rest: Option<Uint8Array>,
    bytes: u64,
}

impl Stream {
    /// Asks for nothing yet.
    #[must_use]
    pub fn new(url: &str, ask: Ask) -> Self {
        Self {
            url: url.into(),
            ask,
            reader: None,
            rest: None,
            bytes: 0,
        }
    }

    async fn open(&self) -> Result<ReadableStreamDefaultReader, LoadFault> {
        let unheard = |error: &JsValue| LoadFault::Missing(crate::worker::text_of(error));
        let init = Object::new();
        let cache = match self.ask {
            Ask::Host => "no-cache",
            Ask::Store => "force-cache",
        };
        // A plain object takes any key.
        let _ = Reflect::set(&init, &"cache".into(), &cache.into());
        let asked = fetch_global(&self.url, &init).map_err(|error| unheard(&error))?;
        let answer = within(SILENCE_MILLIS, JsFuture::from(asked)).await;
        let answer = answer.ok_or_else(|| LoadFault::Missing("no answer".into()))?;
        let answer: Response = answer.map_err(|error| unheard(&error))?.unchecked_into();
        if !answer.ok() {
            return Err(LoadFault::Missing(answer.status().to_string()));
        }
        let body = answer.body();
        let body = body.ok_or_else(|| LoadFault::Missing("no content".into()))?;
        Ok(body.get_reader().unchecked_into())
    }

    async fn piece(&mut self) -> Result<Option<Vec<u8>>, LoadFault> {
        let whole = match self.rest.take() {
            Some(rest) => Some(rest),
            None => self.receive().await?,
        };
        let Some(whole) = whole else { return Ok(None) };
        let length = whole.length().min(PART_BYTES);
        if length < whole.length() {
            self.rest = Some(whole.subarray(length, whole.length()));
        }
        self.bytes += u64::from(length);
        Ok(Some(whole.subarray(0, length).to_vec()))
    }

    /// What comes next over the network; `None` at the end.
    async fn receive(&mut self) -> Result<Option<Uint8Array>, LoadFault> {
        let reader = match self.reader.take() {
            Some(reader) => reader,
            None => self.open().await?,
        };
        let cut = LoadFault::Cut { bytes: self.bytes };
        let read = within(SILENCE_MILLIS, JsFuture::from(reader.read())).await;
        self.reader = Some(reader);
        let Some(Ok(read)) = read else {
            return Err(cut);
        };
        let value = Reflect::get(&read, &"value".into()).ok();
        // Without a value the stream has ended; the reader of the file says
        // whether that was its end.
        Ok(value.and_then(|value| value.dyn_into().ok()))
    }
}

impl Source for Stream {
    fn next(&mut self) -> Piece<'_> {
        Box::pin(self.piece())
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        if let Some(reader) = &self.reader {
            // Of a stream that has failed nothing is left to cancel: the promise
            // is refused, which nobody needs to hear.
            let ended = JsFuture::from(reader.cancel());
            spawn_local(async move { drop(ended.await) });
        }
    }
}

/// Fetches the whole file once, so that the browser keeps it, and that what is
/// wrong with it shows before anything is timed.
///
/// # Errors
/// Why it could not be had.
pub(crate) async fn fetch(url: &str, tell: impl Fn(u64)) -> Result<(), LoadFault> {
    let mut stream = Stream::new(url, Ask::Host);
    while stream.piece().await?.is_some() {
        tell(stream.bytes);
    }
    match stream.bytes {
        bytes if bytes < ORDERS.bytes => Err(LoadFault::Cut { bytes }),
        bytes if bytes > ORDERS.bytes => Err(LoadFault::Wrong { bytes }),
        _ => Ok(()),
    }
}

/// Reads the file on this thread, as the arm says.
///
/// # Errors
/// Why it could not be read.
pub async fn read(
    arm: &Arm,
    url: &str,
    ticks: Ticks,
    lane: Lane,
    tell: impl Fn(u64) + 'static,
) -> Result<(Raw, Vec<Total>), LoadFault> {
    let stream = Stream::new(url, Ask::Store);
    let driven = Driven::start(&arm.manner, |poke| {
        ReadingRun::start(
            stream,
            Manners::of(arm),
            (ticks, lane),
            PageClock,
            poke,
            tell,
            expected,
        )
    });
    driven.finish().await.end()
}

/// Says `act` at most every 100 ms, so that messages do not pile up.
pub fn now_and_then(act: impl Fn(u64)) -> impl Fn(u64) {
    use runner::Clock;
    let last: std::cell::Cell<Nanos> = std::cell::Cell::new(0);
    move |bytes| {
        let now = PageClock.now_nanos();
        if now.saturating_sub(last.get()) > 100 * model::NANOS_PER_MILLI {
            last.set(now);
            act(bytes);
        }
    }
}

/// Where the file is, seen from this page.
pub(crate) fn url() -> String {
    address(ORDERS.file)
}

/// Where a file of the site is, seen from this page.
pub(crate) fn address(file: &str) -> String {
    let document = web_sys::window().and_then(|window| window.document());
    let base = document.and_then(|document| Reflect::get(&document, &"baseURI".into()).ok());
    let base = base.and_then(|base| base.as_string()).unwrap_or_default();
    let folder = base.split(['#', '?']).next().unwrap_or_default();
    let folder = folder.rsplit_once('/').map_or("", |(folder, _)| folder);
    [folder, "/", file].concat()
}

/// Elements with this attribute are bars that show how much has come.
const BAR: &str = "[data-bytes]";

/// Shows how much of the file has come.
pub(crate) fn show(bytes: u64) {
    let document = web_sys::window().and_then(|window| window.document());
    let bar = document.and_then(|document| document.query_selector(BAR).ok()?);
    if let Some(bar) = bar {
        // Fails only for names that are none.
        let _ = bar.set_attribute("max", &ORDERS.bytes.to_string());
        let _ = bar.set_attribute("value", &bytes.to_string());
    }
}
