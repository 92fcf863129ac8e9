//! A sentence with numbers: collects what fills the placeholders. Filling a
//! slot costs the page one short call, where a slice of borrowed strings would
//! cost a hundred bytes at every place that says something.

use crate::{Say, format};
use model::Nanos;

/// Words to be said, with what fills their placeholders.
pub(crate) struct Phrase<'a> {
    say: Say<'a>,
    slots: Vec<(&'static str, String)>,
}

/// A phrase with nothing filled in yet.
pub(crate) fn phrase(say: Say) -> Phrase {
    Phrase {
        say,
        slots: Vec::new(),
    }
}

impl Phrase<'_> {
    fn slot(&mut self, name: &'static str, text: String) -> &mut Self {
        self.slots.push((name, text));
        self
    }

    pub fn text(&mut self, name: &'static str, text: &str) -> &mut Self {
        self.slot(name, String::from(text))
    }

    pub fn number(&mut self, name: &'static str, number: u32) -> &mut Self {
        self.slot(name, format::whole(u64::from(number)))
    }

    /// A number with one decimal.
    pub fn decimal(&mut self, name: &'static str, number: f64) -> &mut Self {
        self.slot(name, format::fixed(number, 1))
    }

    pub fn percent(&mut self, name: &'static str, share: f64) -> &mut Self {
        self.slot(name, format::percent(share))
    }

    pub fn nanos(&mut self, name: &'static str, nanos: Nanos) -> &mut Self {
        self.slot(name, format::nanos(nanos))
    }

    pub fn millis(&mut self, name: &'static str, millis: f64) -> &mut Self {
        self.slot(name, format::millis(millis))
    }

    /// The words under `key`.
    pub fn get(&mut self, key: &str) -> String {
        let slots: Vec<(&str, &str)> = self
            .slots
            .iter()
            .map(|(name, text)| (*name, text.as_str()))
            .collect();
        (self.say)(key, &slots)
    }

    /// The words under `key`, or under `key.one` for one, with `n` filled in.
    pub fn count(&mut self, key: &str, number: u32) -> String {
        self.number("n", number);
        if number != 1 {
            return self.get(key);
        }
        let mut single = String::from(key);
        single.push_str(".one");
        self.get(&single)
    }
}
