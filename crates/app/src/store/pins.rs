//! What the first address of a frame decides for as long as the frame lives.
//!
//! A teacher composes a view and locks parts of it. Later addresses come from
//! links, from the page around or from somebody who edits them; they may change
//! what is free and nothing else.

use lessons::address::CONTROLS;
use lessons::{Address, Predict, Settings};

/// Keys that only the first address sets.
const FIXED: [&str; 2] = ["lock", "hide"];

/// The parameters of the first address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pins(Settings);

impl Pins {
    /// Pins of a frame that was opened at this address.
    #[must_use]
    pub fn of(first: &Address) -> Self {
        Self(first.settings.clone())
    }

    /// Gives a later address what the first one decided: which controls are
    /// locked and where they stand, what is hidden, and whether a prediction is
    /// wanted. A run that starts by itself would need none, so it stays away
    /// where one is wanted.
    pub fn hold(&self, address: &mut Address) {
        let later = &mut address.settings;
        for key in FIXED {
            self.copy(key, later);
        }
        for key in CONTROLS {
            if self.0.is_locked(key) {
                self.copy(key, later);
            }
        }
        let predict = match self.0.predict() {
            Predict::On => "on",
            Predict::Optional => "optional",
            Predict::Off => "off",
        };
        put("predict", predict, later);
        if predict != "off" {
            later.unset("autorun");
        }
    }

    fn copy(&self, key: &str, later: &mut Settings) {
        match self.0.get(key) {
            Some(value) => put(key, value, later),
            None => later.unset(key),
        }
    }
}

fn put(key: &str, value: &str, settings: &mut Settings) {
    // In canonical form already, so it is taken as it is.
    let _taken = settings.set(key, value);
}

#[cfg(test)]
mod tests {
    use super::Pins;
    use lessons::address;

    /// What becomes of a later address in a frame that was opened at `first`.
    fn check(first: &str, later: &str, held: &str) {
        let (first, _) = address::parse(first);
        let (mut later, _) = address::parse(later);
        Pins::of(&first).hold(&mut later);
        assert_eq!(address::format(&later), held, "{later:?}");
    }

    #[test]
    fn a_locked_control_stays_locked_and_where_it_is() {
        let first = "#/lesson/two-chefs?workers=4&lock=workers";
        check(first, "#/lesson/two-chefs?workers=8", first);
        check(
            first,
            "#/lesson/two-chefs?workers=8&tasks=40&lock=tasks",
            "#/lesson/two-chefs?workers=4&tasks=40&lock=workers",
        );
        check(first, "#/lab", "#/lab?workers=4&lock=workers");
    }

    #[test]
    fn a_locked_default_stays_the_default() {
        check(
            "#/lesson/two-chefs?lock=all",
            "#/lesson/two-chefs?workers=8&size=40&rounds=2&seed=5&theme=dark",
            "#/lesson/two-chefs?lock=all&theme=dark",
        );
        check(
            "#/lab?strategies=pool&lock=strategies",
            "#/lab?strategies=gpu,messages&workload=primes",
            "#/lab?workload=primes&strategies=pool&lock=strategies",
        );
    }

    #[test]
    fn what_is_hidden_stays_hidden_and_nothing_more() {
        let first = "#/lesson/waiting?hide=nav,method";
        check(first, "#/lesson/waiting", first);
        check(
            first,
            "#/lesson/computing?hide=steps",
            "#/lesson/computing?hide=nav,method",
        );
        check("#/lab", "#/lab?hide=finding&lock=all", "#/lab");
    }

    #[test]
    fn a_wanted_prediction_stays_wanted() {
        let waiting = "#/lesson/waiting";
        for later in ["?predict=off", "?predict=optional", "?autorun=on"] {
            check(waiting, &[waiting, later].concat(), waiting);
        }
        let optional = "#/lesson/waiting?predict=optional";
        check(optional, "#/lesson/waiting?autorun=on", optional);
        // Nothing was asked at first, so nothing is lost.
        check(
            "#/lesson/waiting?autorun=on",
            "#/lesson/computing?autorun=on",
            "#/lesson/computing?predict=off&autorun=on",
        );
        check(
            "#/lesson/waiting?predict=off",
            "#/lesson/waiting?predict=on",
            "#/lesson/waiting?predict=off",
        );
    }
}
