//! Workers that do not start: the page is told at once, whatever the browser
//! says about it.

#![cfg(target_arch = "wasm32")]

use wasm_bindgen::JsValue;
use wasm_bindgen_test::wasm_bindgen_test;
use web::worker::{Boot, EngineWorker, Role, Silence};

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);

/// A script that cannot be loaded gives an error event without a message in
/// Firefox. A stand-in for workers does so in any browser.
const SILENT_WORKER: &str = "const real = self.Worker;
    self.Worker = class {
      set onmessage(heard) {}
      set onerror(heard) { if (heard) setTimeout(() => heard(new Event('error')), 0); }
      postMessage() {}
      terminate() { self.Worker = real; }
    };";

#[wasm_bindgen_test]
async fn a_script_that_is_refused_is_told_and_not_waited_for() {
    let installed = js_sys::Function::new_no_args(SILENT_WORKER).call0(&JsValue::NULL);
    assert!(installed.is_ok(), "{installed:?}");
    let boot = Boot {
        script: "engine-worker.js".into(),
        module: JsValue::NULL,
        origin_millis: 0.0,
        coarse_millis: 0.0,
    };
    let mut worker = EngineWorker::start(&boot, Role::Host).expect("workers may be started here");
    let answer = worker.next(10_000).await;
    assert!(matches!(answer, Err(Silence::Died(_))), "{answer:?}");
}
