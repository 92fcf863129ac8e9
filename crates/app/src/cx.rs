//! What every part of the page is given: the state, and ways to change it.

use crate::store::{Action, Lab};
use crate::use_run::Runs;
use lessons::Words;
use std::rc::Rc;
use yew::prelude::*;

impl Reducible for Lab {
    type Action = Action;

    fn reduce(self: Rc<Self>, action: Action) -> Rc<Self> {
        Rc::new(Rc::unwrap_or_clone(self).after(action))
    }
}

/// The state and the ways to change it.
#[derive(Clone)]
pub struct Cx {
    /// The state of this rendering.
    pub lab: Rc<Lab>,
    /// Where actions go.
    pub sender: UseReducerDispatcher<Lab>,
    /// Starts and stops runs.
    pub runs: Runs,
}

impl Cx {
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
    #[must_use]
    pub fn rich(&self, text: &str) -> Html {
        crate::text::inline(text, &self.lab.words)
    }

    /// All texts.
    #[must_use]
    pub fn words(&self) -> &Rc<Words> {
        &self.lab.words
    }

    /// Changes the state.
    pub fn send(&self, action: Action) {
        self.sender.dispatch(action);
    }

    /// A click that changes the state.
    #[must_use]
    pub fn click(&self, action: Action) -> Callback<MouseEvent> {
        let sender = self.sender.clone();
        Callback::from(move |_| sender.dispatch(action.clone()))
    }

    /// A choice that changes the state.
    #[must_use]
    pub fn change(&self, action: Action) -> Callback<Event> {
        let sender = self.sender.clone();
        Callback::from(move |_| sender.dispatch(action.clone()))
    }
}
