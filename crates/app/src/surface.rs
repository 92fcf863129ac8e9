//! What scripts can ask the page: `window.twoChefs`.

use crate::hands;
use crate::json;
use crate::later;
use crate::outcome::Outcome;
use crate::store::Lab;
use model::Capability;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;

/// What is known to scripts.
#[derive(Default)]
pub struct Surface {
    capability: Option<Rc<Capability>>,
    last: Option<Rc<Outcome>>,
}

impl Surface {
    /// Keeps what is told up to date.
    pub fn follow(&mut self, lab: &Lab) {
        self.capability.clone_from(&lab.capability);
        self.last.clone_from(&lab.last);
    }

    fn answer(&self, what: &str) -> String {
        let last = self.last.as_deref();
        let told = match what {
            "capabilities" => self.capability.as_deref().map(json::text),
            "evidence" => last.map(later::evidence),
            "trace" => last.map(later::trace),
            _ => None,
        };
        told.unwrap_or_default()
    }
}

/// Lets scripts ask, from now on.
pub fn open(surface: &Rc<RefCell<Surface>>, version: &str) {
    let surface = Rc::clone(surface);
    let ask = Closure::<dyn Fn(String) -> String>::new(move |what: String| {
        surface.borrow().answer(&what)
    });
    hands::started(version, &ask);
    // Lives as long as the page.
    ask.forget();
}
