//! The fragment of the page's address: which view, with which parameters.
//!
//! Reading never fails: what cannot be taken is left at its default and told
//! in a [`Notice`].

mod document;
mod escape;
mod schema;

pub use document::markdown;
pub use schema::number;
pub use schema::{CONTROLS, Key, Kind, SCHEMA};
pub(crate) use schema::{find, position, read};

use crate::{Lesson, Settings, registry};

/// Bytes of a fragment that are read; the rest is dropped with a notice.
pub const MOST_BYTES: usize = 2048;
/// Notices that are kept.
pub const MOST_NOTICES: usize = 8;

/// What is shown.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum View {
    /// `#/`
    #[default]
    Home,
    /// `#/lesson/<id>`, an id of the registry.
    Lesson(String),
    /// `#/lab`
    Lab,
    /// `#/join`: this tab lends workers to others.
    Join,
    /// `#/compose`, with the path of the view that is being put together:
    /// `#/compose/lesson/<id>`, `#/compose/lab`.
    Compose(Box<View>),
    /// Anything else; shown as the first page.
    Unknown(String),
}

/// A view and its parameters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Address {
    /// What is shown.
    pub view: View,
    /// Its parameters.
    pub settings: Settings,
}

impl Address {
    /// The catalogue entry behind the view; in the composer that of the view
    /// that is being put together.
    #[must_use]
    pub fn lesson(&self) -> Option<&'static Lesson> {
        self.view.lesson()
    }
}

impl Address {
    /// Parameters of what is shown. The composer takes none for itself: its
    /// address holds those of the view that is being put together.
    #[must_use]
    pub const fn shown(&self) -> &Settings {
        const NONE: &Settings = &Settings::new();
        if matches!(self.view, View::Compose(_)) {
            NONE
        } else {
            &self.settings
        }
    }
}

impl View {
    /// See [`Address::lesson`].
    fn lesson(&self) -> Option<&'static Lesson> {
        match self {
            Self::Home | Self::Unknown(_) => Some(registry::FIRST_PAGE),
            Self::Lesson(id) => registry::find(id),
            Self::Lab | Self::Join => Some(registry::LAB),
            Self::Compose(inner) => inner.lesson(),
        }
    }

    /// Its path, from the first slash.
    fn path(&self) -> String {
        match self {
            Self::Home | Self::Unknown(_) => "/".to_owned(),
            Self::Lesson(id) => ["/lesson/", id].concat(),
            Self::Lab => "/lab".to_owned(),
            Self::Join => "/join".to_owned(),
            Self::Compose(inner) => match &**inner {
                Self::Home | Self::Unknown(_) => "/compose".to_owned(),
                inner => ["/compose", &inner.path()].concat(),
            },
        }
    }
}

/// Why a part of an address was not taken as it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// No such key.
    UnknownKey,
    /// No such lesson or page.
    UnknownView,
    /// Not a value of this key; its default is used.
    BadValue,
    /// Out of range; the nearest value is used.
    Clamped,
    /// Some items of a list are unknown; the others are used.
    SomeItems,
    /// The fragment was too long; its beginning is used.
    TooLong,
}

impl Why {
    /// Key of the sentence, with the placeholders `key` and `value`.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::UnknownKey => "notice.unknown-key",
            Self::UnknownView => "notice.unknown-view",
            Self::BadValue => "notice.bad-value",
            Self::Clamped => "notice.clamped",
            Self::SomeItems => "notice.some-items",
            Self::TooLong => "notice.too-long",
        }
    }
}

/// One part of an address that was not taken as it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// The key, or `lesson` or `page`; at most 24 characters.
    pub key: String,
    /// The value as given; at most 24 characters.
    pub value: String,
    /// The reason.
    pub why: Why,
}

impl Notice {
    fn new(key: &str, value: &str, why: Why) -> Self {
        let short = |text: &str| text.chars().filter(|c| !c.is_control()).take(24).collect();
        Self {
            key: short(key),
            value: short(value),
            why,
        }
    }

    /// The sentence for the reader.
    #[must_use]
    pub fn phrase(&self) -> crate::Phrase {
        // A leading @ would be read as a key.
        let text = |value: &str| value.trim_start_matches('@').to_owned();
        crate::Phrase::new(self.why.key())
            .with("key", text(&self.key))
            .with("value", text(&self.value))
    }
}

/// Reads a fragment, with or without its `#`.
#[must_use]
pub fn parse(fragment: &str) -> (Address, Vec<Notice>) {
    let mut notices = Vec::new();
    let fragment = fragment.strip_prefix('#').unwrap_or(fragment);
    let fragment = shortened(fragment, &mut notices);
    let (path, query) = fragment.split_once('?').unwrap_or((fragment, ""));
    let view = view(&escape::decode(path), &mut notices);
    let mut address = Address {
        view,
        settings: Settings::default(),
    };
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (key, value) = (escape::decode(key), escape::decode(value));
        if let Err(why) = address.settings.set(&key, &value) {
            notices.push(Notice::new(&key, &value, why));
        }
    }
    fit_to_lesson(&mut address, &mut notices);
    notices.truncate(MOST_NOTICES);
    (address, notices)
}

/// The canonical fragment: only what differs from the defaults, in schema order.
#[must_use]
pub fn format(address: &Address) -> String {
    let mut text = ["#", &address.view.path()].concat();
    let lesson = address.lesson();
    let mut sign = '?';
    for (key, value) in address.settings.iter() {
        let slider = lesson.and_then(|lesson| lesson.slider(key));
        if slider.is_some_and(|slider| number(value) == Some(slider.default)) {
            continue;
        }
        text.push(sign);
        text.push_str(key);
        text.push('=');
        escape::encode(value, &mut text);
        sign = '&';
    }
    text
}

fn shortened<'a>(fragment: &'a str, notices: &mut Vec<Notice>) -> &'a str {
    if fragment.len() <= MOST_BYTES {
        return fragment;
    }
    notices.push(Notice::new("page", fragment, Why::TooLong));
    let end = (0..=MOST_BYTES)
        .rev()
        .find(|&at| fragment.is_char_boundary(at));
    fragment.get(..end.unwrap_or(0)).unwrap_or_default()
}

fn view(path: &str, notices: &mut Vec<Notice>) -> View {
    let trimmed = path.trim_matches('/');
    match trimmed {
        "" => View::Home,
        "lab" => View::Lab,
        "join" => View::Join,
        "compose" => View::Compose(Box::default()),
        _ => match trimmed.strip_prefix("compose/") {
            Some(inner) if !inner.starts_with("compose") => {
                let inner = view(inner, notices);
                let is_known = !matches!(inner, View::Unknown(_) | View::Join);
                View::Compose(Box::new(if is_known { inner } else { View::Home }))
            }
            _ => plain_view(trimmed, notices),
        },
    }
}

fn plain_view(trimmed: &str, notices: &mut Vec<Notice>) -> View {
    match trimmed.strip_prefix("lesson/") {
        Some(id) if registry::find(id).is_some() => View::Lesson(id.to_owned()),
        Some(id) => unknown("lesson", id, notices),
        None => unknown("page", trimmed, notices),
    }
}

fn unknown(key: &str, value: &str, notices: &mut Vec<Notice>) -> View {
    let notice = Notice::new(key, value, Why::UnknownView);
    let view = View::Unknown(notice.value.clone());
    notices.push(notice);
    view
}

/// A lesson's slider may be narrower than the schema, and has its own default.
fn fit_to_lesson(address: &mut Address, notices: &mut Vec<Notice>) {
    let Some(lesson) = address.lesson() else {
        return;
    };
    for slider in lesson.sliders {
        let Some(set) = address.settings.number(slider.key) else {
            continue;
        };
        let value = slider.value(&address.settings);
        if value != set {
            notices.push(Notice::new(slider.key, &schema::text(set), Why::Clamped));
            // Inside the schema's own range, so this is taken as it is.
            let _taken = address.settings.set(slider.key, &schema::text(value));
        }
        if value == slider.default {
            address.settings.unset(slider.key);
        }
    }
}

#[cfg(test)]
mod tests;
