//! Waits of very many tasks: see [`runner::crowd`].

use crate::clock::PageClock;
use runner::{Clock, crowd::Crowd};
use std::{future::Future, pin::Pin};
use wasm_bindgen::prelude::*;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = setTimeout)]
    fn set_timeout(callback: &JsValue, millis: u32) -> JsValue;
}

thread_local! {
    static CROWD: Crowd = Crowd::default();
}

/// Waits together with others, or for the timer of its own that `alone` gives.
pub(crate) fn wait<F: Future<Output = ()> + 'static>(
    millis: f64,
    alone: impl FnOnce() -> F,
) -> Pin<Box<dyn Future<Output = ()>>> {
    CROWD.with(|crowd| {
        let shared = crowd.join(millis, PageClock.now_nanos(), |millis, bell| {
            // Frees itself once it was called.
            set_timeout(&Closure::once_into_js(move || bell.ring()), millis);
        });
        let wait: Pin<Box<dyn Future<Output = ()>>> = match shared {
            Some(shared) => Box::pin(shared),
            None => Box::pin(crowd.alone(alone())),
        };
        wait
    })
}
