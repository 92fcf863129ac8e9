//! The parameters of a view, as far as they were set; everything else is the
//! default of the schema or of the lesson.

use crate::address::{self, Kind, Why};
use model::Strategy;

/// How much of the method is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Level {
    /// Words, no symbols.
    Beginner,
    /// The terms of a course.
    Course,
    /// Raw numbers, exports, formulas.
    Expert,
}

/// Whether Run waits for a prediction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Predict {
    /// Run stays off until every question is answered.
    On,
    /// Questions are shown, Run is free.
    Optional,
    /// No questions.
    Off,
}

/// How the page fits into another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Embed {
    /// The whole page.
    Off,
    /// Header shrunk to one line.
    On,
}

/// The colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// As the system says.
    Auto,
    /// Ink on paper.
    Light,
    /// Paper on ink.
    Dark,
    /// Large, high contrast.
    Projector,
}

/// Values by key, in canonical text. Only what was set, in schema order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Settings {
    values: Vec<(&'static str, String)>,
}

impl Settings {
    /// Nothing was set.
    #[must_use]
    pub const fn new() -> Self {
        Self { values: Vec::new() }
    }

    /// Sets a key from text as it stands in an address; a number out of range
    /// is clamped. Setting the schema's default removes the key.
    ///
    /// # Errors
    /// Why the text was not taken as it is; after [`Why::Clamped`] the nearest
    /// value is set, otherwise nothing changed.
    pub fn set(&mut self, key: &str, text: &str) -> Result<(), Why> {
        let Some(spec) = address::find(key) else {
            return Err(Why::UnknownKey);
        };
        let (value, trouble) = match spec.kind.read(text) {
            Ok(value) => (value, None),
            Err((Some(value), why)) => (value, Some(why)),
            Err((None, why)) => return Err(why),
        };
        self.put(spec.name, value, spec.default);
        trouble.map_or(Ok(()), Err)
    }

    /// Forgets a key, so that its default holds again.
    pub fn unset(&mut self, key: &str) {
        self.values.retain(|(name, _)| *name != key);
    }

    /// The canonical text of a key that was set, or `None`.
    #[must_use]
    pub fn get(&self, key: &str) -> Option<&str> {
        let found = self.values.iter().find(|(name, _)| *name == key);
        found.map(|(_, value)| value.as_str())
    }

    /// Keys and values that were set, in schema order.
    pub fn iter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        self.values
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
    }

    fn put(&mut self, name: &'static str, value: String, default: &str) {
        self.unset(name);
        if value != default {
            self.values.push((name, value));
            self.values.sort_by_key(|(name, _)| address::position(name));
        }
    }

    /// A number that was set.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<f64> {
        address::number(self.get(key)?)
    }

    fn whole(&self, key: &str) -> Option<u32> {
        self.number(key).map(|number| number as u32)
    }

    fn list(&self, key: &str) -> Vec<&str> {
        let text = self.get(key).unwrap_or_default();
        text.split(',').filter(|part| !part.is_empty()).collect()
    }

    fn word(&self, key: &str) -> &str {
        self.get(key)
            .or_else(|| address::find(key).map(|spec| spec.default))
            .unwrap_or_default()
    }

    /// Workload ids wanted in the lab; empty: the default of the lab.
    #[must_use]
    pub fn workloads(&self) -> Vec<&str> {
        self.list("workload")
    }

    /// Strategies wanted in the lab, in the order given; empty: its default.
    #[must_use]
    pub fn strategies(&self) -> Vec<Strategy> {
        let ids = self.list("strategies").into_iter();
        ids.filter_map(Strategy::from_id).collect()
    }

    /// Workers, if set.
    #[must_use]
    pub fn workers(&self) -> Option<u32> {
        self.whole("workers")
    }

    /// Tasks, if set.
    #[must_use]
    pub fn tasks(&self) -> Option<u32> {
        self.whole("tasks")
    }

    /// Milliseconds of work per task, if set.
    #[must_use]
    pub fn size_millis(&self) -> Option<f64> {
        self.number("size")
    }

    /// Milliseconds of waiting per task, if set.
    #[must_use]
    pub fn wait_millis(&self) -> Option<f64> {
        self.number("wait")
    }

    /// Seed of order and input; 1 if not set.
    #[must_use]
    pub fn seed(&self) -> u64 {
        self.get("seed")
            .and_then(|text| text.parse().ok())
            .unwrap_or(1)
    }

    /// Timed rounds; 9 if not set.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        self.whole("rounds").unwrap_or(9)
    }

    /// How much of the method is shown.
    #[must_use]
    pub fn level(&self) -> Level {
        match self.word("level") {
            "course" => Level::Course,
            "expert" => Level::Expert,
            _ => Level::Beginner,
        }
    }

    /// Whether Run waits for a prediction; a view that runs by itself asks none.
    #[must_use]
    pub fn predict(&self) -> Predict {
        match self.word("predict") {
            _ if self.autorun() => Predict::Off,
            "optional" => Predict::Optional,
            "off" => Predict::Off,
            _ => Predict::On,
        }
    }

    /// How the page fits into another one.
    #[must_use]
    pub fn embed(&self) -> Embed {
        if self.word("embed") == "on" {
            Embed::On
        } else {
            Embed::Off
        }
    }

    /// Whether the control of this key is locked (`all` locks every one). Keys
    /// without a control of their own, such as `theme`, never are.
    #[must_use]
    pub fn is_locked(&self, key: &str) -> bool {
        let is_control = address::CONTROLS.contains(&key);
        let mut locked = self.list("lock").into_iter();
        is_control && locked.any(|name| name == key || name == "all")
    }

    /// Whether this part of the page is hidden.
    #[must_use]
    pub fn is_hidden(&self, part: &str) -> bool {
        self.list("hide").contains(&part)
    }

    /// The colours.
    #[must_use]
    pub fn theme(&self) -> Theme {
        match self.word("theme") {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            "projector" => Theme::Projector,
            _ => Theme::Auto,
        }
    }

    /// Language tag, or `None`: as the browser says.
    #[must_use]
    pub fn lang(&self) -> Option<&str> {
        self.get("lang")
    }

    /// Whether the run starts by itself.
    #[must_use]
    pub fn autorun(&self) -> bool {
        self.word("autorun") == "on"
    }
}

impl Kind {
    /// The canonical text, or the nearest one that is allowed with the reason.
    pub(crate) fn read(&self, text: &str) -> Result<String, (Option<String>, Why)> {
        address::read(self, text)
    }
}
