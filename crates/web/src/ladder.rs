//! Finds the highest rung of the capability ladder by trying.
//!
//! `crossOriginIsolated` alone proves nothing: WebKitGTK says true and has no
//! shared memory, or says false and has it.

use crate::{
    clock::{own_origin_millis, step_nanos},
    control::{COARSE_MILLIS, Control},
    event_loop::{YIELD_KIND, within},
    host::{Host, HostError},
    worker::{Boot, text_of},
};
use js_sys::{Reflect, WebAssembly};
use model::{Capability, Rung, RungReason};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;

/// The engine is fetched and compiled within this time, or workers are given up.
const COMPILE_MILLIS: u32 = 30_000;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_name = fetch)]
    fn fetch(address: &str) -> js_sys::Promise;
}

/// The part of the engine that starts workers and threads.
const SCOUT: &str = "scout_bg.wasm";
/// All of it.
pub(crate) const ENGINE: &str = "engine_bg.wasm";
/// What speaks with the graphics processor, in the same folder.
pub(crate) const GRAPHICS: &str = "gpu_bg.wasm";

/// What climbing found. The hosts it took are gone: they could not work.
pub(crate) struct Climbed {
    pub(crate) capability: Capability,
    pub(crate) boot: Option<Boot>,
}

/// Climbs. Never fails: the lowest rung is the page itself.
pub(crate) async fn climb(build: &str) -> Climbed {
    let mut capability = look();
    let boot = match boot(build, SCOUT).await {
        Ok(boot) => boot,
        Err(_) => return at(capability, RungReason::NoWorkers, None),
    };
    let pool_error = match Host::start(&boot, 2, build).await {
        Err(error) => return at(capability, reason_of(&error), None),
        Ok(mut host) => match host.with_pool().await {
            Ok(()) => {
                capability.rung = Rung::Shared;
                capability.reason = RungReason::PoolWorks;
                return Climbed {
                    capability,
                    boot: Some(boot),
                };
            }
            Err(error) => error,
        },
    };
    capability.reason = if !capability.isolated {
        RungReason::NotIsolated
    } else if pool_error.is_memory() {
        RungReason::NoMemory
    } else if pool_error == HostError::Timeout {
        RungReason::PoolTimeout
    } else {
        RungReason::PoolFailed
    };
    // The host with the failed pool is gone; message workers get a fresh one.
    match Host::start(&boot, 2, build).await {
        Ok(mut host) => match host.with_nodes().await {
            Ok(()) => {
                capability.rung = Rung::Messages;
                Climbed {
                    capability,
                    boot: Some(boot),
                }
            }
            Err(error) => at(capability, reason_of(&error), None),
        },
        Err(error) => at(capability, reason_of(&error), None),
    }
}

fn at(mut capability: Capability, reason: RungReason, boot: Option<Boot>) -> Climbed {
    capability.reason = reason;
    Climbed { capability, boot }
}

fn reason_of(error: &HostError) -> RungReason {
    match error {
        HostError::OtherBuild => RungReason::BuildMismatch,
        HostError::Timeout => RungReason::WorkerTimeout,
        error if error.is_memory() => RungReason::NoMemory,
        HostError::Refused(_)
        | HostError::NodesLost
        | HostError::TextLost
        | HostError::Stuck(_)
        | HostError::Unloaded(_)
        | HostError::NoGpu(_) => RungReason::NoWorkers,
    }
}

/// What can be seen without trying.
fn look() -> Capability {
    let global = js_sys::global();
    let isolated = Reflect::get(&global, &"crossOriginIsolated".into())
        .is_ok_and(|value| value.as_bool() == Some(true));
    let navigator = web_sys::window().map(|window| window.navigator());
    let cores = navigator
        .as_ref()
        .map_or(0.0, web_sys::Navigator::hardware_concurrency);
    Capability {
        rung: Rung::Page,
        reason: RungReason::NoWorkers,
        reported_cores: cores as u32,
        clock_step_nanos: step_nanos(),
        isolated,
        yield_kind: YIELD_KIND,
        user_agent: navigator
            .and_then(|navigator| navigator.user_agent().ok())
            .unwrap_or_default(),
        gpu: None,
    }
}

/// Fetches and compiles a program of the engine; workers are handed the module.
///
/// # Errors
/// The browser's text.
pub(crate) async fn boot(build: &str, file: &str) -> Result<Boot, String> {
    let base = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.base_uri().ok().flatten())
        .unwrap_or_default();
    // A fragment or file name after the last slash is not part of the folder.
    let folder = base
        .split(['#', '?'])
        .next()
        .and_then(|address| address.rsplit_once('/'))
        .map_or(String::new(), |(folder, _)| format!("{folder}/"));
    let wasm = format!("{folder}engine-{build}/{file}");
    let compile = async {
        match JsFuture::from(WebAssembly::compile_streaming(&fetch(&wasm))).await {
            Ok(module) => Ok(module),
            // Some hosts send a wrong media type, which streaming refuses.
            Err(_) => {
                let response = JsFuture::from(fetch(&wasm)).await?;
                let buffer = Reflect::get(&response, &"arrayBuffer".into())?
                    .unchecked_into::<js_sys::Function>()
                    .call0(&response)?;
                let bytes = JsFuture::from(buffer.unchecked_into::<js_sys::Promise>()).await?;
                JsFuture::from(WebAssembly::compile(&bytes)).await
            }
        }
    };
    let module = within(COMPILE_MILLIS, compile)
        .await
        .ok_or("the engine did not load in time")?
        .map_err(|error: JsValue| text_of(&error))?;
    Ok(Boot {
        script: format!("{folder}engine-{build}/engine-worker.js"),
        module,
        origin_millis: own_origin_millis(),
        coarse_millis: match Control::of_page() {
            Some(Control::CoarseClock) => COARSE_MILLIS,
            _ => 0.0,
        },
    })
}
