//! What the page around is told when the page is a frame. `www/frame.js` makes
//! messages of it.

use crate::hands;
use crate::later;
use crate::outcome::Outcome;
use crate::store::{Lab, Rest};
use lessons::{address, words::plain};
use std::rc::Rc;

/// What was told so far, to see what changed.
#[derive(Default)]
pub struct Told {
    address: String,
    knows_mode: bool,
    last: Option<Rc<Outcome>>,
    fault: String,
    refused: u32,
}

impl Told {
    /// Tells what changed since the last time; called after every rendering.
    pub fn follow(&mut self, lab: &Lab) {
        if lab.pins.is_none() {
            return;
        }
        let address = address::format(&lab.address);
        if self.address != address {
            hands::tell("address", &address);
            self.address = address;
        }
        if !self.knows_mode && lab.capability.is_some() {
            self.knows_mode = true;
            hands::tell("mode", "");
        }
        // Nothing runs, and so nothing fails, before the rest of the program is here.
        if lab.rest == Rest::Here {
            later::tell(self, lab);
        }
        let (refused, block) = lab.refused;
        if let Some(block) = block.filter(|_| self.refused != refused) {
            self.refused = refused;
            hands::tell("error", &error(lab, block.key(), &[]));
        }
    }

    /// Tells what came of runs.
    pub fn follow_runs(&mut self, lab: &Lab) {
        let is_known = match (&lab.last, &self.last) {
            (Some(last), Some(known)) => Rc::ptr_eq(last, known),
            (last, _) => last.is_none(),
        };
        if !is_known {
            self.last.clone_from(&lab.last);
            hands::tell("result", "");
        }
        let fault = lab.room.fault.as_ref();
        let fault = fault.map_or_else(String::new, |fault| {
            error(lab, fault.key(), &[("detail", fault.detail())])
        });
        if self.fault != fault {
            if !fault.is_empty() {
                hands::tell("error", &fault);
            }
            self.fault = fault;
        }
    }
}

/// A code, which is the last part of the key, and its sentence.
fn error(lab: &Lab, key: &str, args: &[(&str, &str)]) -> String {
    let code = key.rsplit('.').next().unwrap_or_default();
    [code, "\n", &plain(&lab.say_with(key, args))].concat()
}
