//! What scripts can ask the page: `window.twoChefs`.

use crate::hands;
use crate::outcome::Outcome;
use crate::store::Lab;
use model::Capability;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use yew::prelude::*;

#[derive(Default)]
struct Known {
    capability: Option<Rc<Capability>>,
    last: Option<Rc<Outcome>>,
}

/// Keeps what is told up to date.
#[hook]
pub fn use_surface(lab: &UseReducerHandle<Lab>, version: &'static str) {
    let known = use_mut_ref(Known::default);
    known.replace(Known {
        capability: lab.capability.clone(),
        last: lab.last.clone(),
    });
    use_effect_with((), move |()| {
        let ask =
            Closure::<dyn Fn(String) -> String>::new(move |what: String| answer(&known, &what));
        hands::started(version, &ask);
        // Lives as long as the page.
        ask.forget();
    });
}

fn answer(known: &RefCell<Known>, what: &str) -> String {
    let known = known.borrow();
    let last = known.last.as_deref();
    let json = match what {
        "capabilities" => known
            .capability
            .as_deref()
            .and_then(|value| serde_json::to_string(value).ok()),
        "evidence" => last.and_then(|outcome| serde_json::to_string(&outcome.evidence).ok()),
        "trace" => last.map(|outcome| charts::export::chrome_trace(&outcome.all_traces())),
        _ => None,
    };
    json.unwrap_or_default()
}
