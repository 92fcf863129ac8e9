//! The page follows the state: address bar, title, colours, texts, the run that
//! starts by itself, replays. One hook compares each rendering with the last one.

use crate::cx::Cx;
use crate::frame::Told;
use crate::replay::FRAME_MILLIS;
use crate::store::{Action, Rest};
use crate::{BUILD, hands, later};
use gloo_timers::callback::{Interval, Timeout};
use lessons::words::{BUILT_IN_NAMES, LATER_NAMES, fetched, plain};
use lessons::{Embed, View, Words, address, registry};
use model::{Plan, Trace};
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::{JsFuture, spawn_local};

/// Selectors whose widths drawings follow: charts, and the charts of cards.
const WIDTHS: [&str; 2] = [".stage", ".plot"];
/// Narrower steps than this would redraw charts at every frame of a resize.
const WIDTH_STEP_PX: f32 = 8.0;
/// A slider that rested this long is taken as meant.
const REST_MILLIS: u32 = 400;

/// The fragment of the page's address.
#[must_use]
pub fn fragment() -> String {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok());
    hash.unwrap_or_default()
}

/// What the page was last made to show, to see what changed.
#[derive(Default)]
pub struct Page {
    is_started: bool,
    title: String,
    theme: Option<String>,
    is_embedded: bool,
    language: String,
    lesson: &'static str,
    said: String,
    address: String,
    ran_by_itself: String,
    ready_for: Option<Plan>,
    resting: Option<Timeout>,
    replaying: Option<Interval>,
    painted: Option<Rc<Trace>>,
    told: Told,
}

impl Page {
    /// Makes the page show the state of `cx`; called after every rendering.
    pub fn follow(&mut self, cx: &Cx) {
        if !self.is_started {
            self.is_started = true;
            self.language = "en".to_owned();
            self.lesson = cx.lab.lesson().id;
            self.address = address::format(&cx.lab.address);
            listen(cx);
        }
        // What follows may change the state again, and then it is not idle.
        hands::idle(cx.lab.is_idle());
        self.document(cx);
        self.address(cx);
        self.texts(cx);
        rest(cx);
        self.runs(cx);
        self.replay(cx);
        self.drawings(cx);
        self.told.follow(&cx.lab);
    }

    /// Title, colours, header size; a new view starts at its top with its
    /// heading in focus; the live region.
    fn document(&mut self, cx: &Cx) {
        let lab = &cx.lab;
        let title = crate::title(lab);
        if self.title != title {
            hands::set_title(&title);
            self.title = title;
        }
        let theme = lab.settings().get("theme").map(str::to_owned);
        if self.theme != theme {
            hands::set_theme(theme.as_deref().unwrap_or("auto"), false);
            self.theme = theme;
        }
        let is_embedded = lab.settings().embed() == Embed::On;
        if self.is_embedded != is_embedded {
            hands::set_embed(is_embedded);
            self.is_embedded = is_embedded;
        }
        if self.lesson != lab.lesson().id {
            self.lesson = lab.lesson().id;
            hands::reveal("body");
            hands::focus("h1");
        }
        let said = plain(&lab.said.say(&lab.words));
        if self.said != said {
            hands::announce(&said, lab.said.key == "say.round");
            self.said = said;
        }
    }

    /// Changed parameters go into the address bar. What was typed there stays
    /// until something is changed.
    fn address(&mut self, cx: &Cx) {
        let address = address::format(&cx.lab.address);
        if self.address != address {
            if address::format(&address::parse(&fragment()).0) != address {
                hands::replace_address(&address);
            }
            self.address = address;
        }
    }

    /// Fetches the texts the view needs.
    fn texts(&mut self, cx: &Cx) {
        let language = cx.lab.settings().lang().unwrap_or("en");
        if self.language != language {
            self.language = language.to_owned();
            hands::set_language(language);
            cx.send(Action::Language);
            return;
        }
        let file = cx.lab.composed().map_or(cx.lab.lesson().id, |_| "compose");
        for file in files(language, file) {
            if cx.lab.file(&file).is_some() {
                continue;
            }
            cx.send(Action::Fetching(file.clone()));
            let cx = cx.clone();
            spawn_local(async move {
                let path = ["words/", &file, ".txt?", BUILD].concat();
                let text = JsFuture::from(hands::load(&path)).await;
                let words = text
                    .ok()
                    .and_then(|text| text.as_string())
                    .map(|text| Words::parse(&text));
                cx.send(Action::Fetched(file, words));
            });
        }
    }

    /// `autorun=on` once for each address; another view ends the run of the one
    /// that was left; what the view will run gets ready early.
    fn runs(&mut self, cx: &Cx) {
        let lab = &cx.lab;
        if lab.live.is_some() {
            self.resting = None;
            if lab.live_here().is_none() {
                cx.runs.stop();
            }
            return;
        }
        if lab.rest != Rest::Here || lab.capability.is_none() || lab.composed().is_some() {
            return;
        }
        if lab.address.view == View::Join {
            later::neighbours(cx, None);
            return;
        }
        if lab.settings().autorun() && self.ran_by_itself != self.address {
            self.ran_by_itself.clone_from(&self.address);
            later::start(&cx.runs, lab);
            return;
        }
        if lab.is_wanted {
            cx.send(Action::Wanted(false));
            later::start(&cx.runs, lab);
            return;
        }
        let Some(plan) = later::plan(lab) else { return };
        later::neighbours(cx, Some(&plan));
        if self.ready_for.as_ref() != Some(&plan) {
            self.ready_for = Some(plan.clone());
            let runs = cx.runs.clone();
            self.resting = Some(Timeout::new(REST_MILLIS, move || later::warm(&runs, plan)));
        }
    }

    fn replay(&mut self, cx: &Cx) {
        let is_moving = cx.lab.is_replaying();
        if is_moving == self.replaying.is_some() {
            return;
        }
        let trace = cx.lab.outcome().and_then(|outcome| cx.lab.trace(outcome));
        let (sender, step) = (
            cx.sender.clone(),
            trace.map_or(0, |trace| later::frame_nanos(trace)),
        );
        let frame = move || sender.dispatch(Action::Replayed(step));
        self.replaying = is_moving.then(|| Interval::new(FRAME_MILLIS, frame));
    }

    /// Measures the room for drawings, and paints the picture.
    fn drawings(&mut self, cx: &Cx) {
        let (stage, plot) = cx.lab.widths;
        let [stage, plot] = [(WIDTHS[0], stage), (WIDTHS[1], plot)].map(|(selector, last)| {
            let px = hands::width(selector);
            if px > 0.0 {
                (px / WIDTH_STEP_PX).floor() * WIDTH_STEP_PX
            } else {
                last
            }
        });
        if (stage, plot) != cx.lab.widths {
            cx.send(Action::Measured(stage, plot));
        }
        let trace = cx.lab.outcome().and_then(|outcome| cx.lab.trace(outcome));
        let is_painted = match (&self.painted, trace) {
            (Some(painted), Some(trace)) => Rc::ptr_eq(painted, trace) && hands::is_painted(),
            (_, trace) => trace.is_none(),
        };
        if let Some(trace) = trace.filter(|_| !is_painted) {
            later::paint(cx, trace);
            self.painted = Some(Rc::clone(trace));
        }
    }
}

/// Fetches the rest of the program once it is wanted.
fn rest(cx: &Cx) {
    if cx.lab.rest != Rest::Away || !cx.lab.wants_rest() {
        return;
    }
    cx.send(Action::Rest(Rest::Coming));
    let cx = cx.clone();
    spawn_local(async move {
        let fetched = JsFuture::from(hands::rest(BUILD, &LATER_NAMES.join(" "))).await;
        let Some(texts) = fetched.ok().and_then(|texts| texts.as_string()) else {
            cx.send(Action::Rest(Rest::Missing));
            return;
        };
        cx.send(Action::Worded(Words::parse(&texts)));
        cx.send(Action::Rest(Rest::Here));
    });
}

/// Address bar, window size, the first touch and the page around; as long as
/// the page lives.
fn listen(cx: &Cx) {
    let (sender, runs) = (cx.sender.clone(), cx.runs.clone());
    let heard = Closure::<dyn FnMut(String)>::new(move |what: String| {
        // Until that is shown, the page is not idle.
        hands::idle(false);
        let action = match &*what {
            "size" => Action::Resized,
            "awake" => Action::Awake,
            "run" => Action::Asked(true),
            "stop" => {
                runs.stop();
                Action::Asked(false)
            }
            what if what.starts_with("preview:") => {
                Action::Previewed(what.trim_start_matches("preview:").to_owned())
            }
            _ => {
                let given = if what == "address" { fragment() } else { what };
                let (address, notices) = address::parse(&given);
                Action::Went(address, notices)
            }
        };
        sender.dispatch(action);
    });
    hands::listen(&heard);
    heard.forget();
}

/// Names of the files of a view: `<language>/<name>`. The first page has all
/// its English texts compiled in, and no glossary words.
fn files(language: &str, lesson: &str) -> Vec<String> {
    let own = if lesson == registry::FIRST_PAGE.id {
        Vec::new()
    } else {
        fetched(lesson)
    };
    let mut names = Vec::new();
    for name in &own {
        names.push(["en/", name].concat());
    }
    if language != "en" {
        let general = BUILT_IN_NAMES.iter().chain(&LATER_NAMES).copied();
        for name in general.chain(own) {
            names.push([language, "/", name].concat());
        }
    }
    names
}

#[cfg(test)]
mod tests {
    use super::files;

    #[test]
    fn another_language_also_needs_what_is_compiled_in() {
        assert_eq!(files("en", "waiting"), ["en/terms", "en/waiting"]);
        assert!(files("en", "four-numbers").is_empty());
        let german = files("de", "waiting");
        assert!(german.contains(&"de/ui".to_owned()) && german.contains(&"de/waiting".to_owned()));
        assert_eq!(german.first().map(String::as_str), Some("en/terms"));
    }
}
