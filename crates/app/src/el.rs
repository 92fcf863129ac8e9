//! Elements by plain calls.
//!
//! Yew's `html!` writes the making of every element out in place. With some two
//! hundred of them that was a third of the page's program; these calls make the
//! same virtual nodes in a fifth of the bytes.

use crate::cx::Cx;
use crate::hands;
use crate::later;
use crate::store::Action;
use charts::Chart;
use lessons::Curve;
use std::rc::Rc;
use yew::html::Html;
use yew::virtual_dom::{Key, Listener, ListenerKind, VNode, VTag, VText};
use yew::{AttrValue, TargetCast};

/// An element being made.
#[must_use = "an element is only there once it was put somewhere"]
pub struct El(Box<VTag>);

/// An element with this tag.
pub fn el(tag: &'static str) -> El {
    El(Box::new(VTag::new(tag)))
}

/// Text.
pub fn text(words: &str) -> Html {
    VNode::from(VText::new(AttrValue::from(words.to_owned())))
}

/// Markup as it is: drawings, never words.
pub fn raw(markup: String) -> Html {
    Html::from_html_unchecked(AttrValue::from(markup))
}

/// Nothing.
pub fn nothing() -> Html {
    Html::default()
}

/// Several nodes without an element around them.
pub fn all(nodes: Vec<Html>) -> Html {
    VNode::from_iter(nodes)
}

impl El {
    /// A fixed attribute.
    pub fn set(mut self, name: &'static str, value: &'static str) -> Self {
        self.0.add_attribute(name, AttrValue::Static(value));
        self
    }

    /// An attribute made from data.
    pub fn at(mut self, name: &'static str, value: &str) -> Self {
        self.0
            .add_attribute(name, AttrValue::from(value.to_owned()));
        self
    }

    /// A class.
    pub fn class(self, class: &'static str) -> Self {
        self.set("class", class)
    }

    /// A test id made of parts.
    pub fn test(self, parts: &[&str]) -> Self {
        self.at("data-testid", &parts.concat())
    }

    /// An attribute that says `true` or `false`.
    pub fn says(self, name: &'static str, is_so: bool) -> Self {
        self.set(name, if is_so { "true" } else { "false" })
    }

    /// An attribute that is there or not, such as `disabled`.
    pub fn flag(self, name: &'static str, is_on: bool) -> Self {
        if is_on { self.set(name, "") } else { self }
    }

    /// The state of a radio button or a checkbox.
    pub fn checked(mut self, is_checked: bool) -> Self {
        self.0.set_checked(is_checked);
        self
    }

    /// The value of an input.
    pub fn value(mut self, value: &str) -> Self {
        self.0.set_value(AttrValue::from(value.to_owned()));
        self
    }

    /// Tells the node from its siblings.
    pub fn key(mut self, key: &str) -> Self {
        self.0.key = Some(Key::from(key.to_owned()));
        self
    }

    /// A node inside.
    pub fn add(mut self, node: Html) -> Self {
        self.0.add_child(node);
        self
    }

    /// An element inside.
    pub fn put(self, element: Self) -> Self {
        self.add(element.done())
    }

    /// Text inside.
    pub fn text(self, words: &str) -> Self {
        self.add(text(words))
    }

    /// The text of a key inside.
    pub fn say(self, cx: &Cx, key: &str) -> Self {
        self.add(text(&cx.say(key)))
    }

    /// What an event on it does.
    pub fn on(mut self, kind: ListenerKind, cx: &Cx, what: Do) -> Self {
        self.0.add_listener(Rc::new(Hear {
            kind,
            what,
            cx: cx.clone(),
        }));
        self
    }

    /// What pressing it does.
    pub fn click(self, cx: &Cx, what: Do) -> Self {
        self.on(ListenerKind::onclick, cx, what)
    }

    /// How pressing it changes the state.
    pub fn send(self, cx: &Cx, action: Action) -> Self {
        self.click(cx, Do::Send(action))
    }

    /// The finished node.
    pub fn done(self) -> Html {
        VNode::from(*self.0)
    }
}

/// A button.
pub fn button(class: &'static str) -> El {
    el("button").set("type", "button").class(class)
}

/// A region of its own for what may be wider than the page.
pub fn scroll(label: &str) -> El {
    el("div")
        .class("scroll")
        .set("tabindex", "0")
        .set("role", "group")
        .at("aria-label", label)
}

/// What an event does.
#[derive(Clone)]
pub enum Do {
    /// Changes the state.
    Send(Action),
    /// Sets a parameter to the value of the control.
    Value(&'static str),
    /// Sets the point of the curve for so many chefs to the value of the control.
    Drawn(u32),
    /// Draws this curve where the pointer is.
    Draw(Rc<Curve>),
    /// Scrubs a replay of this many nanoseconds by the value of the control.
    Scrub(u64),
    /// Sets the colours to the value of the control.
    Theme,
    /// Starts the run of the view.
    Start,
    /// Ends the run under way.
    Stop,
    /// Moves between the marks of the chart of this id.
    Marks(String, Rc<Chart>),
    /// Tells which mark of the chart of this id the pointer is on.
    Hover(String, Rc<Chart>),
    /// Offers a chart as a file.
    SaveChart(Rc<Chart>),
    /// Offers the run as a file of this kind.
    Save(&'static str),
    /// Puts the address on the clipboard.
    Copy,
    /// Puts this text on the clipboard.
    CopyText(Rc<str>),
    /// Takes the picture that the event brings, or goes back to the made-up one.
    Photo,
    /// Takes the text that the event brings, or goes back to the made-up one.
    OwnText,
    /// Draws a digit, or wipes it away.
    Digit,
    /// Goes to the list of lessons.
    Lessons,
    /// Goes past the header.
    Skip,
}

struct Hear {
    kind: ListenerKind,
    what: Do,
    cx: Cx,
}

impl Listener for Hear {
    fn kind(&self) -> ListenerKind {
        self.kind.clone()
    }

    fn passive(&self) -> bool {
        false
    }

    fn handle(&self, event: web_sys::Event) {
        let value = || {
            let input: Option<web_sys::HtmlInputElement> = event.target_dyn_into();
            input.map(|input| input.value()).unwrap_or_default()
        };
        match &self.what {
            Do::Send(action) => self.cx.send(action.clone()),
            Do::Value(key) => self.cx.send(Action::Set(key, value())),
            Do::Drawn(workers) => {
                let times = lessons::address::number(&value()).unwrap_or(1.0);
                self.cx.send(Action::Drawn(*workers, times));
            }
            Do::Draw(curve) => later::point(&self.cx, curve, &event),
            Do::Scrub(end) => {
                let part: u64 = value().parse().unwrap_or(0);
                self.cx.send(Action::Scrubbed(end / 1000 * part));
            }
            Do::Theme => crate::header::set_theme(&self.cx, &event),
            Do::Start => self.cx.send(Action::Wanted(true)),
            Do::Stop => self.cx.runs.stop(),
            Do::Marks(id, chart) => later::press(&self.cx, id, chart, &event),
            Do::Hover(id, chart) => later::hover(&self.cx, id, chart, &event),
            Do::SaveChart(chart) => later::save_chart(&self.cx, chart),
            Do::Save(kind) => later::save(&self.cx, kind),
            Do::Copy => later::copy(&self.cx, None),
            Do::CopyText(text) => later::copy(&self.cx, Some(text)),
            Do::Photo => later::photo(&self.cx, &event),
            Do::OwnText => later::own_text(&self.cx, &event),
            Do::Digit => later::digit(&self.cx, &event),
            Do::Lessons => hands::reveal_later("#lessons"),
            Do::Skip => {
                event.prevent_default();
                hands::focus("h1");
            }
        }
    }
}
