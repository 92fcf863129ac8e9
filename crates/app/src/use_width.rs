//! How wide an element is shown.

use wasm_bindgen::prelude::*;
use web_sys::{Element, ResizeObserver};
use yew::prelude::*;

/// Narrower steps than this would redraw a chart at every frame of a resize.
const STEP_PX: f32 = 8.0;

/// Width of the element in CSS pixels, followed while it changes. Before the
/// element is there: that of a small phone.
#[hook]
pub fn use_width(node: &NodeRef) -> f32 {
    let width = use_state_eq(|| 360.0_f32);
    {
        let (node, width) = (node.clone(), width.setter());
        use_effect_with((), move |()| {
            let watch = node
                .cast::<Element>()
                .map(|element| Watch::new(element, move |px| width.set(px)));
            move || drop(watch)
        });
    }
    *width
}

/// Dropping it ends the observation.
struct Watch {
    observer: Option<ResizeObserver>,
    _closure: Closure<dyn FnMut()>,
}

impl Watch {
    fn new(element: Element, on_change: impl Fn(f32) + 'static) -> Self {
        let measure = move |element: &Element| {
            let width = element.client_width() as f32;
            if width > 0.0 {
                on_change((width / STEP_PX).floor() * STEP_PX);
            }
        };
        measure(&element);
        let watched = element.clone();
        let closure = Closure::<dyn FnMut()>::new(move || measure(&watched));
        let observer = ResizeObserver::new(closure.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(&element);
        }
        Self {
            observer,
            _closure: closure,
        }
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}
