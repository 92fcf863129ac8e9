//! How the composer's state changes.

use super::Lab;
use lessons::{Address, View, address};

/// What a reader of the preview can change, and the composer takes over.
const BY_USE: [&str; 44] = [
    "workload",
    "strategies",
    "workers",
    "tasks",
    "size",
    "wait",
    "limit",
    "slice",
    "yield",
    "rate",
    "share",
    "load",
    "law",
    "data",
    "sweep",
    "deal",
    "batch",
    "guard",
    "serial",
    "locked",
    "count",
    "gap",
    "mode",
    "recipe",
    "blades",
    "moves",
    "combine",
    "megabytes",
    "split",
    "latency",
    "bandwidth",
    "kill",
    "straggler",
    "spare",
    "skew",
    "side",
    "learner",
    "minibatch",
    "epochs",
    "examples",
    "updates",
    "handover",
    "seed",
    "rounds",
];

impl Lab {
    /// Another view with what belongs to every view; sliders are its own.
    pub(super) fn compose(&mut self, view: View) {
        for key in BY_USE {
            self.address.settings.unset(key);
        }
        self.address.view = View::Compose(Box::new(view));
        self.open_room();
        self.show_preview();
    }

    /// The address of what is put together, as others will open it.
    #[must_use]
    pub fn composed_address(&self, is_embedded: bool) -> Address {
        let mut settings = self.address.settings.clone();
        // A switch that is known takes both words.
        let _taken = settings.set("embed", if is_embedded { "on" } else { "off" });
        Address {
            view: self.composed().cloned().unwrap_or_default(),
            settings,
        }
    }

    /// The preview shows what is put together.
    pub(in crate::store) fn show_preview(&mut self) {
        if self.composed().is_some() {
            self.preview = address::format(&self.composed_address(true));
        }
    }

    /// What was set by using the preview is taken over, unless it went to
    /// another view.
    pub(super) fn follow_preview(&mut self, fragment: &str) {
        let (used, _) = address::parse(fragment);
        if self.composed() != Some(&used.view) {
            return;
        }
        for key in BY_USE {
            match used.settings.get(key) {
                // Comes from an address that was read already.
                Some(value) => drop(self.address.settings.set(key, value)),
                None => self.address.settings.unset(key),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::store::{Action, Lab, Rest};
    use lessons::{View, address};

    fn composer(path: &str) -> Lab {
        let (address, notices) = address::parse(&["#/compose", path].concat());
        assert!(notices.is_empty(), "{notices:?}");
        Lab::new(address, notices).after(Action::Rest(Rest::Here))
    }

    #[test]
    fn what_is_put_together_does_not_change_the_composer() {
        let lab = composer("/lab?embed=on&hide=header&theme=dark&autorun=on");
        assert!(!lab.settings().is_hidden("header") && !lab.settings().autorun());
        assert!(lab.wants_rest());
        let made = lab.composed_address(false);
        assert_eq!(
            address::format(&made),
            "#/lab?hide=header&theme=dark&autorun=on"
        );
    }

    #[test]
    fn using_the_preview_sets_what_is_put_together_and_leaves_the_preview_alone() {
        let lab = composer("/lesson/two-chefs?lock=tasks");
        let before = lab.preview.clone();
        assert!(before.contains("embed=on"));
        let used = "#/lesson/two-chefs?workers=3&lock=workers&theme=dark";
        let lab = lab.after(Action::Previewed(used.into()));
        assert_eq!(lab.preview, before);
        let made = address::format(&lab.composed_address(false));
        assert_eq!(made, "#/lesson/two-chefs?workers=3&lock=tasks");

        // A preview that wandered off is not followed; another order is shown.
        let lab = lab.after(Action::Previewed("#/lab?workers=9".into()));
        assert_eq!(address::format(&lab.composed_address(false)), made);
        let lab = lab.after(Action::Set("theme", "dark".into()));
        assert!(lab.preview.contains("workers=3") && lab.preview.contains("theme=dark"));
    }

    #[test]
    fn another_view_keeps_what_belongs_to_every_view() {
        let lab = composer("/lesson/waiting?tasks=9&theme=dark&lock=tasks");
        let lab = lab.after(Action::Composed(View::Lab));
        let made = address::format(&lab.composed_address(false));
        assert_eq!(made, "#/lab?lock=tasks&theme=dark");
        assert_eq!(
            address::format(&lab.address),
            "#/compose/lab?lock=tasks&theme=dark"
        );
    }
}
