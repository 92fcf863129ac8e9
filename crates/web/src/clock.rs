//! One clock for the page and all its workers.
//!
//! Each thread has its own `performance.timeOrigin`. A reading is the thread's
//! own `performance.now()` plus the distance of its origin from the page's, so
//! the large absolute numbers cancel before precision is lost.

use model::Nanos;
use runner::Clock;
use std::{
    cell::Cell,
    sync::atomic::{AtomicU64, Ordering},
};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    // Bound directly: through `web_sys` every reading would look up the global.
    #[wasm_bindgen(js_namespace = performance, js_name = now)]
    fn performance_now() -> f64;
    #[wasm_bindgen(js_namespace = performance, js_name = timeOrigin, thread_local_v2)]
    static TIME_ORIGIN: f64;
}

/// The page's origin in milliseconds since 1970, as bits. Shared by the threads
/// of a pool, which have one memory.
static PAGE_ORIGIN: AtomicU64 = AtomicU64::new(0);

/// Step of the clock in milliseconds as bits, where a negative control coarsens
/// it; 0 for the clock as it is.
static COARSE: AtomicU64 = AtomicU64::new(0);

thread_local! {
    static OFFSET_MILLIS: Cell<f64> = const { Cell::new(f64::NAN) };
}

/// Milliseconds since 1970 at which this thread's clock began.
#[must_use]
pub fn own_origin_millis() -> f64 {
    TIME_ORIGIN.with(|origin| *origin)
}

/// Sets the page's origin, once per instance, before any reading.
pub fn set_page_origin(millis: f64) {
    PAGE_ORIGIN.store(millis.to_bits(), Ordering::Release);
    OFFSET_MILLIS.set(f64::NAN);
}

/// Makes all readings of this instance multiples of `millis`; 0 undoes it.
pub fn coarsen(millis: f64) {
    COARSE.store(millis.to_bits(), Ordering::Release);
}

fn now_millis() -> f64 {
    let now = performance_now();
    let coarse = f64::from_bits(COARSE.load(Ordering::Relaxed));
    if coarse > 0.0 {
        (now / coarse).floor() * coarse
    } else {
        now
    }
}

/// The clock shared by the page and all its workers. Zero is a little before
/// the page's own origin, so that a worker's reading cannot be negative.
#[derive(Clone, Copy, Debug, Default)]
pub struct PageClock;

/// Distance of the shared zero from the page's origin.
const HEADROOM_MILLIS: f64 = 1_000.0;

impl Clock for PageClock {
    fn now_nanos(&self) -> Nanos {
        shared_nanos(now_millis())
    }
}

/// A reading of this thread's `performance.now()` on the shared clock.
pub(crate) fn shared_nanos(own_millis: f64) -> Nanos {
    let mut offset = OFFSET_MILLIS.get();
    if offset.is_nan() {
        let page = f64::from_bits(PAGE_ORIGIN.load(Ordering::Acquire));
        offset = own_origin_millis() - page + HEADROOM_MILLIS;
        OFFSET_MILLIS.set(offset);
    }
    ((own_millis + offset) * 1e6) as Nanos
}

/// Smallest step this thread's clock was seen to make, in nanoseconds. Takes
/// some 30 steps; a clock that stands still for 100,000 readings gives 1 s.
#[must_use]
pub fn step_nanos() -> Nanos {
    let mut least = f64::INFINITY;
    let mut last = now_millis();
    for _ in 0..30 {
        let mut tries = 0;
        let next = loop {
            let now = now_millis();
            tries += 1;
            if now > last || tries > 100_000 {
                break now;
            }
        };
        if next > last {
            least = least.min(next - last);
        }
        last = next;
    }
    if least.is_finite() {
        ((least * 1e6).round() as Nanos).max(1)
    } else {
        model::NANOS_PER_SEC
    }
}
