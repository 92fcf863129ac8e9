//! Brand, navigation, badge, colours, notices.

use crate::cx::Cx;
use crate::el::{Do, El, all, button, el, nothing, raw};
use crate::hands;
use crate::store::{Action, Rest, TextFile};
use lessons::{Embed, Settings, View, address};
use wasm_bindgen::JsCast;
use web_sys::HtmlSelectElement;
use yew::Html;
use yew::virtual_dom::ListenerKind;

/// Two hats.
const HATS: &str = "<svg width=\"40\" height=\"24\" viewBox=\"0 0 40 24\" aria-hidden=\"true\"><g fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.6\" stroke-linejoin=\"round\"><path d=\"M4 14c-3-2-2-7 2-7 1-4 8-4 9 0 4 0 5 5 2 7v7H4zM23 14c-3-2-2-7 2-7 1-4 8-4 9 0 4 0 5 5 2 7v7H23zM4 18h13M23 18h13\"/></g></svg>";

/// An address that keeps what belongs to the whole page: language, colours,
/// level, embedding.
#[must_use]
pub fn link(cx: &Cx, view: View) -> String {
    let mut settings = Settings::default();
    for key in ["lang", "theme", "level", "embed", "predict", "hide"] {
        if let Some(value) = cx.lab.settings().get(key) {
            // Read from an address before, so it is taken again.
            let _taken = settings.set(key, value);
        }
    }
    address::format(&address::Address { view, settings })
}

/// The top of every view.
pub fn header(cx: &Cx) -> Html {
    let settings = cx.lab.settings();
    if settings.is_hidden("header") {
        return nothing();
    }
    let brand = el("a")
        .class("brand")
        .at("href", &link(cx, View::Home))
        .add(raw(HATS.to_owned()))
        .say(cx, "brand");
    let mut top = el("header").class("top").put(brand);
    if !settings.is_hidden("nav") {
        let view = &cx.lab.address.view;
        let lessons = el("a")
            .at("href", &link(cx, View::Home))
            .click(cx, Do::Lessons)
            .say(cx, "nav.lessons");
        let lab = el("a").at("href", &link(cx, View::Lab)).say(cx, "nav.lab");
        let lessons = if matches!(view, View::Lesson(_)) {
            lessons.set("aria-current", "true")
        } else {
            lessons
        };
        let lab = if *view == View::Lab {
            lab.set("aria-current", "page")
        } else {
            lab
        };
        top = top.put(
            el("nav")
                .at("aria-label", &cx.say("nav"))
                .put(lessons)
                .put(lab),
        );
    }
    top = top.put(el("div").class("grow")).add(badge(cx));
    if settings.embed() == Embed::On {
        let words = cx.say("badge.tab");
        let tab = own_tab(cx)
            .set("data-testid", "own-tab")
            .at("aria-label", &words);
        top = top.put(tab.put(el("span").text(&words)).text("\u{2197}"));
    }
    top.add(themes(cx)).done()
}

/// The same view, with everything that was set or locked, as a page.
fn own_tab(cx: &Cx) -> El {
    let mut whole = cx.lab.address.clone();
    whole.settings.unset("embed");
    el("a")
        .class("button small")
        .at("href", &address::format(&whole))
        .set("target", "_blank")
        .set("rel", "noopener")
}

fn badge(cx: &Cx) -> Html {
    let is_open = cx.is_open("badge");
    let badge = button("badge")
        .set("data-testid", "badge")
        .says("aria-expanded", is_open);
    let badge = badge
        .send(cx, Action::Toggled("badge".to_owned()))
        .put(el("i").set("aria-hidden", "true"));
    let Some(capability) = cx.lab.capability.as_deref() else {
        return badge.set("data-rung", "0").say(cx, "badge.starting").done();
    };
    let rung = u8::from(capability.rung).to_string();
    let badge = badge
        .at("data-rung", &rung)
        .put(el("b").say(cx, &["badge.mode.", &rung].concat()));
    badge
        .put(el("span").say(cx, &["badge.short.", &rung].concat()))
        .done()
}

fn themes(cx: &Cx) -> Html {
    let now = hands::theme();
    let mut select = el("select")
        .class("theme")
        .at("aria-label", &cx.say("theme"))
        .set("data-testid", "theme");
    for name in ["auto", "light", "dark", "projector"] {
        let option = el("option")
            .set("value", name)
            .flag("selected", now == name);
        select = select.put(option.say(cx, &["theme.", name].concat()));
    }
    select.on(ListenerKind::onchange, cx, Do::Theme).done()
}

/// Takes the colours from the control that was changed.
pub fn set_theme(cx: &Cx, event: &web_sys::Event) {
    let select = event
        .target()
        .and_then(|target| target.dyn_into::<HtmlSelectElement>().ok());
    let Some(name) = select.map(|select| select.value()) else {
        return;
    };
    hands::set_theme(&name, true);
    if cx.lab.settings().get("theme").is_some() {
        cx.send(Action::Set("theme", name));
    }
}

/// What the badge means, why, and what helps.
pub fn badge_panel(cx: &Cx) -> Html {
    let Some(capability) = cx.lab.capability.as_deref().filter(|_| cx.is_open("badge")) else {
        return nothing();
    };
    let rung = u8::from(capability.rung).to_string();
    let reason = capability.reason.id();
    let remedy = ["badge.remedy.", reason].concat();
    let mut panel = el("section")
        .class("panel")
        .at("aria-label", &cx.say(&["badge.mode.", &rung].concat()))
        .set("data-testid", "badge-panel");
    panel = panel.put(el("h2").say(cx, &["badge.mode.", &rung].concat()));
    // These words come with the rest of the program, which opening the badge
    // asks for.
    let what = ["badge.what.", &rung].concat();
    if cx.words().has(&what) {
        panel = panel.put(el("p").say(cx, &what));
        panel = panel.put(el("p").say(cx, &["badge.reason.", reason].concat()));
    } else {
        let is_lost = cx.lab.rest == Rest::Missing;
        let word = if is_lost {
            "rest.missing"
        } else {
            "rest.coming"
        };
        panel = panel.put(el("p").say(cx, word));
    }
    if cx.words().has(&remedy) {
        panel = panel.put(
            el("p")
                .put(el("strong").say(cx, "badge.remedy"))
                .text(" ")
                .say(cx, &remedy),
        );
        panel = panel.put(el("p").put(own_tab(cx).say(cx, "badge.tab")));
    }
    let close = button("link")
        .say(cx, "close")
        .send(cx, Action::Toggled("badge".to_owned()));
    panel.put(el("p").put(close)).done()
}

/// What could not be taken from the address, and texts that did not arrive.
pub fn notices(cx: &Cx) -> Html {
    let mut nodes = Vec::new();
    if !cx.lab.notices.is_empty() {
        let mut list = el("ul");
        for notice in &cx.lab.notices {
            list = list.put(el("li").text(&notice.phrase().say(cx.words())));
        }
        let close = button("small")
            .set("data-testid", "notices-close")
            .say(cx, "close")
            .send(cx, Action::NoticesRead);
        nodes.push(
            el("section")
                .class("notice")
                .at("aria-label", &cx.say("notices"))
                .set("data-testid", "notices")
                .put(list)
                .put(close)
                .done(),
        );
    }
    // Another language may lack a file: then English stands in for it.
    let is_lost =
        |(file, state): &(String, TextFile)| file.starts_with("en/") && *state == TextFile::Missing;
    if cx.lab.files.iter().any(is_lost) {
        let again = button("small")
            .say(cx, "texts.again")
            .send(cx, Action::FetchAgain);
        let note = el("section")
            .class("notice bad")
            .at("aria-label", &cx.say("notices"))
            .set("data-testid", "texts-missing");
        nodes.push(note.put(el("p").say(cx, "texts.missing")).put(again).done());
    }
    all(nodes)
}

/// The part of the program that runs and draws did not arrive.
pub fn rest_missing(cx: &Cx) -> Html {
    if cx.lab.rest != Rest::Missing {
        return nothing();
    }
    let again = button("small")
        .set("data-testid", "rest-again")
        .say(cx, "rest.again")
        .send(cx, Action::Rest(Rest::Away));
    el("section")
        .class("notice bad")
        .set("role", "alert")
        .set("data-testid", "rest-missing")
        .put(el("p").say(cx, "rest.missing"))
        .put(again)
        .done()
}

/// Why the last run of this view ended early.
pub fn fault(cx: &Cx) -> Html {
    let Some(fault) = &cx.lab.room.fault else {
        return nothing();
    };
    let mut words = el("p").text(&cx.say_with(fault.key(), &[("detail", fault.detail())]));
    if !cx.lab.room.kept.is_empty() {
        words = words.text(" ").say(cx, "error.kept");
    }
    el("div")
        .class("notice bad")
        .set("role", "alert")
        .set("data-testid", "run-error")
        .put(words)
        .done()
}
