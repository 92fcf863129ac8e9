//! Asks the browser for a graphics processor, and runs arms on it in a worker of
//! its own.

use crate::{
    event_loop::within,
    host::{Host, HostError, limit_millis},
    ladder::{GRAPHICS, boot},
    session::RunError,
    stand::Staff,
    worker::Role,
};
use js_sys::{Function, Object, Promise, Reflect};
use model::{Adapter, Arm, GPU_FAULT, Gpu, GpuFault, LaneKind, Strategy, Trace};
use runner::{
    loop_run::own_lane,
    wire::{RunOrder, ToWorker},
};
use wasm_bindgen::{JsCast, prelude::*};
use wasm_bindgen_futures::JsFuture;

/// An adapter is found within this time, or given up: browsers start a process for
/// it first.
const ADAPTER_MILLIS: u32 = 6_000;

/// What families of programs that behave like a graphics processor call themselves:
/// not every browser says so otherwise.
const SOFTWARE: [&str; 4] = ["swiftshader", "llvmpipe", "lavapipe", "warp"];

/// An adapter and what is told of it, from the page or from a worker.
///
/// # Errors
/// Why there is none.
pub async fn adapter() -> Result<(JsValue, Adapter), GpuFault> {
    let get = |object: &JsValue, key: &str| {
        let value = Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED);
        (!value.is_undefined() && !value.is_null()).then_some(value)
    };
    let gpu = get(&js_sys::global(), "navigator").and_then(|navigator| get(&navigator, "gpu"));
    let gpu = gpu.ok_or(GpuFault::Absent)?;
    let ask: Function = get(&gpu, "requestAdapter")
        .and_then(|ask| ask.dyn_into().ok())
        .ok_or(GpuFault::Absent)?;
    let options = Object::new();
    // Fails only for what is no object.
    let _ = Reflect::set(
        &options,
        &"powerPreference".into(),
        &"high-performance".into(),
    );
    let asked = ask.call1(&gpu, &options).map_err(|_| GpuFault::Refused)?;
    let asked: Promise = asked.dyn_into().map_err(|_| GpuFault::Absent)?;
    let adapter = within(ADAPTER_MILLIS, JsFuture::from(asked)).await;
    let adapter = adapter.ok_or(GpuFault::Silent)?;
    let adapter = adapter.map_err(|_| GpuFault::Refused)?;
    if adapter.is_null() || adapter.is_undefined() {
        return Err(GpuFault::NoAdapter);
    }
    let info = get(&adapter, "info").unwrap_or(JsValue::UNDEFINED);
    let text = |key| {
        let text = get(&info, key).and_then(|text| text.as_string());
        text.unwrap_or_default()
    };
    let is_fallback = [&info, &adapter]
        .into_iter()
        .filter_map(|object| get(object, "isFallbackAdapter"))
        .any(|value| value.as_bool() == Some(true));
    let (vendor, architecture) = (text("vendor"), text("architecture"));
    let named =
        [&architecture, &text("device"), &text("description")].map(|text| text.to_lowercase());
    let is_named = named
        .iter()
        .any(|name| SOFTWARE.iter().any(|program| name.contains(program)));
    let told = Adapter {
        vendor,
        architecture,
        software: is_fallback || is_named,
    };
    Ok((adapter, told))
}

/// What came of asking.
pub(crate) async fn look() -> Gpu {
    match adapter().await {
        Ok((_, adapter)) => Gpu::Here(adapter),
        Err(fault) => Gpu::Missing(fault),
    }
}

/// Whether an arm needs it.
pub(crate) fn is_for(arm: &Arm) -> bool {
    arm.strategy == Strategy::Gpu
}

/// Faults after which a measurement no longer asks: what is lost again and again
/// would cost it the patience of its reader.
const MOST_FAULTS: u32 = 3;

/// What went wrong in a measurement so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Faults {
    count: u32,
    last: Option<GpuFault>,
}

impl Faults {
    /// The fault that makes a further try useless.
    fn is_hopeless(&self) -> Option<GpuFault> {
        let again = matches!(self.last, Some(GpuFault::Lost | GpuFault::Silent));
        self.last.filter(|_| !again || self.count >= MOST_FAULTS)
    }

    fn note(&mut self, fault: GpuFault) {
        self.count += 1;
        // Just after it was lost, a browser may have none for a moment.
        let is_passing = fault == GpuFault::NoAdapter && self.last == Some(GpuFault::Lost);
        // What is too large is so for its own size only.
        let is_of_one_size = matches!(fault, GpuFault::TooLarge | GpuFault::NoMemory);
        if !is_passing && !is_of_one_size {
            self.last = Some(fault);
        }
    }
}

/// Runs an arm once. A graphics processor that was lost is asked for again once. What
/// cannot be done there gives a trace without tasks that says why
/// ([`model::GPU_FAULT`]), so that the arms of the processor go on.
pub(crate) async fn run(
    staff: &Staff,
    faults: &mut Faults,
    order: &RunOrder,
) -> Result<Trace, RunError> {
    let nothing = |fault: GpuFault| Trace {
        arm: order.arm.id.clone(),
        round: order.round,
        lanes: vec![own_lane(LaneKind::Gpu)],
        figures: [(GPU_FAULT.to_owned(), fault.figure())].into(),
        ..Trace::default()
    };
    loop {
        if let Some(fault) = faults.is_hopeless() {
            return Ok(nothing(fault));
        }
        let was_lost = faults.last.is_some();
        let fault = match once(staff, order).await {
            Ok(trace) => return Ok(trace),
            Err(HostError::NoGpu(fault)) => fault,
            Err(HostError::Timeout) => GpuFault::Silent,
            Err(other) => return Err(other.into()),
        };
        faults.note(fault);
        if fault != GpuFault::Lost || was_lost {
            return Ok(nothing(fault));
        }
    }
}

/// A worker that fails is dropped, and the next run starts another.
async fn once(staff: &Staff, order: &RunOrder) -> Result<Trace, HostError> {
    let generation = staff.generation();
    let idle = staff.graphics.borrow_mut().take();
    let mut host = match idle {
        Some(host) => host,
        None => start(staff).await?,
    };
    let limit_millis = limit_millis(&order.arm, order.step_nanos);
    let trace = host
        .run(ToWorker::Run(order.clone()), limit_millis, |_| (), |_| ())
        .await?;
    if staff.generation() == generation {
        *staff.graphics.borrow_mut() = Some(host);
    }
    Ok(trace)
}

async fn start(staff: &Staff) -> Result<Host, HostError> {
    let known = staff.graphics_boot.borrow().clone();
    let boot = match known {
        Some(boot) => boot,
        None => {
            let fetched = boot(staff.build(), GRAPHICS).await;
            let boot = fetched.map_err(|_| HostError::NoGpu(GpuFault::NotFetched))?;
            *staff.graphics_boot.borrow_mut() = Some(boot.clone());
            boot
        }
    };
    Host::start_as(Role::Gpu, &boot, 1, staff.build()).await
}

/// What a record says about it, if one of its runs came to nothing.
pub(crate) fn note<'a>(traces: impl Iterator<Item = &'a Trace>) -> Option<String> {
    let figures = traces.filter_map(|trace| trace.figures.get(GPU_FAULT));
    let fault = figures
        .filter_map(|figure| GpuFault::of_figure(*figure))
        .last()?;
    let why = match fault {
        GpuFault::Absent => "this browser has no WebGPU here",
        GpuFault::NoAdapter => "the browser found none that it may use",
        GpuFault::Refused => "the browser did not hand it out",
        GpuFault::Lost => "it was lost while it was used",
        GpuFault::NoMemory => "its memory was not enough",
        GpuFault::TooLarge => "the work is larger than it takes at once",
        GpuFault::Silent => "it did not answer in time",
        GpuFault::NotFetched => "its program could not be fetched",
    };
    Some(
        [
            "The graphics processor did not do all of its part: ",
            why,
            ".",
        ]
        .concat(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_and_goes_is_tried_again_but_not_for_ever() {
        let mut faults = Faults::default();
        for tried in 0..MOST_FAULTS {
            assert_eq!(faults.is_hopeless(), None, "{tried}");
            faults.note(GpuFault::Lost);
        }
        assert_eq!(faults.is_hopeless(), Some(GpuFault::Lost));
        let mut back = Faults::default();
        back.note(GpuFault::Lost);
        back.note(GpuFault::NoAdapter);
        assert_eq!(back.is_hopeless(), None);
        back.note(GpuFault::NoAdapter);
        assert_eq!(back.is_hopeless(), Some(GpuFault::Lost));
        let mut none = Faults::default();
        none.note(GpuFault::NoAdapter);
        assert_eq!(none.is_hopeless(), Some(GpuFault::NoAdapter));
        let mut large = Faults::default();
        large.note(GpuFault::TooLarge);
        assert_eq!(large.is_hopeless(), None);
    }

    #[test]
    fn the_last_fault_is_noted() {
        let trace = |fault: Option<GpuFault>| Trace {
            figures: fault
                .map(|fault| (GPU_FAULT.to_owned(), fault.figure()))
                .into_iter()
                .collect(),
            ..Trace::default()
        };
        assert_eq!(note([trace(None)].iter()), None);
        let lost = [
            trace(Some(GpuFault::TooLarge)),
            trace(Some(GpuFault::Lost)),
            trace(None),
        ];
        let noted = note(lost.iter());
        assert!(noted.is_some_and(|text| text.contains("lost")));
    }
}
