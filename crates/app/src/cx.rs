//! What every part of the page is given: the state, and ways to change it.

use crate::figure::Charts;
use crate::hands;
use crate::runs::Runs;
use crate::store::{Action, Lab};
use lessons::Words;
use std::ops::Deref;
use std::rc::Rc;
use yew::prelude::*;

impl Reducible for Lab {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(Rc::unwrap_or_clone(self).after(action))
    }
}

/// The state of one rendering and the ways to change it. Cheap to clone.
#[derive(Clone)]
pub struct Cx(Rc<Inside>);

/// See [`Cx`].
pub struct Inside {
    /// The state of this rendering.
    pub lab: Rc<Lab>,
    /// Where actions go.
    pub sender: UseReducerDispatcher<Lab>,
    /// Starts and stops runs.
    pub runs: Runs,
    /// Charts that were drawn before.
    pub charts: Rc<Charts>,
}

impl Deref for Cx {
    type Target = Inside;

    fn deref(&self) -> &Inside {
        &self.0
    }
}

impl Cx {
    /// For one rendering.
    #[must_use]
    pub fn new(inside: Inside) -> Self {
        Self(Rc::new(inside))
    }

    /// A text without arguments.
    #[must_use]
    pub fn say(&self, key: &str) -> String {
        self.lab.words.say(key, &[])
    }

    /// A text with arguments.
    #[must_use]
    pub fn say_with(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.lab.words.say(key, args)
    }

    /// A text with its inline marks as elements.
    pub fn rich(&self, text: &str) -> Html {
        crate::text::inline(self, text)
    }

    /// All texts.
    #[must_use]
    pub fn words(&self) -> &Words {
        &self.lab.words
    }

    /// Changes the state. Until that is shown, the page is not idle.
    pub fn send(&self, action: Action) {
        hands::idle(false);
        self.sender.dispatch(action);
    }

    /// Whether something the reader opened is open.
    #[must_use]
    pub fn is_open(&self, what: &str) -> bool {
        self.lab.open.iter().any(|open| open == what)
    }
}
