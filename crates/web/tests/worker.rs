//! Workers that do not start: the page is told at once, whatever the browser
//! says about it.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web::worker::{Boot, EngineWorker, Role, Silence};

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// A script that cannot be loaded gives an error event without a message.
#[wasm_bindgen_test]
async fn a_missing_script_is_told_and_not_waited_for() {
    let boot = Boot {
        script: "no-such-folder/engine-worker.js".into(),
        module: JsValue::NULL,
        origin_millis: 0.0,
        coarse_millis: 0.0,
    };
    let mut worker = EngineWorker::start(&boot, Role::Host).expect("workers may be started here");
    let answer = worker.next(10_000).await;
    assert!(matches!(answer, Err(Silence::Died(_))), "{answer:?}");
}
