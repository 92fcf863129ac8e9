//! Brand, navigation, badge, colours, notices.

use crate::cx::Cx;
use crate::hands;
use crate::store::Action;
use lessons::{Settings, View, address};
use web_sys::HtmlSelectElement;
use yew::prelude::*;

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
#[must_use]
pub fn header(cx: &Cx) -> Html {
    let settings = cx.lab.settings();
    if settings.is_hidden("header") {
        return Html::default();
    }
    let view = &cx.lab.address.view;
    let here = |is_here: bool| is_here.then_some("page");
    let is_lesson = matches!(view, View::Lesson(_));
    html! {
        <header class="top">
            <a class="brand" href={link(cx, View::Home)}>
                <svg width="40" height="24" viewBox="0 0 40 24" aria-hidden="true">
                    <g fill="none" stroke="currentColor" stroke-width="1.6" stroke-linejoin="round">
                        <path d="M4 14c-3-2-2-7 2-7 1-4 8-4 9 0 4 0 5 5 2 7v7H4z" />
                        <path d="M23 14c-3-2-2-7 2-7 1-4 8-4 9 0 4 0 5 5 2 7v7H23z" />
                        <path d="M4 18h13M23 18h13" />
                    </g>
                </svg>
                {cx.say("brand")}
            </a>
            if !settings.is_hidden("nav") {
                <nav aria-label={cx.say("nav")}>
                    <a href={link(cx, View::Home)} onclick={|_: MouseEvent| reveal_lessons()} aria-current={here(is_lesson)}>{cx.say("nav.lessons")}</a>
                    <a href={link(cx, View::Lab)} aria-current={here(*view == View::Lab)}>{cx.say("nav.lab")}</a>
                </nav>
            }
            <div class="grow"></div>
            {badge(cx)}
            {themes(cx)}
        </header>
    }
}

/// The list is at the end of the first page; it is there after the next turn.
fn reveal_lessons() {
    gloo_timers::callback::Timeout::new(60, || hands::reveal("#lessons")).forget();
}

fn badge(cx: &Cx) -> Html {
    let is_open = cx.lab.is_badge_open;
    let (rung, mode) = match cx.lab.capability.as_deref() {
        Some(capability) => {
            let rung = u8::from(capability.rung).to_string();
            let mode = cx.say(&["badge.mode.", &rung].concat());
            let short = cx.say(&["badge.short.", &rung].concat());
            (rung, html! { <><b>{mode}</b><span>{short}</span></> })
        }
        None => ("0".to_owned(), html! { {cx.say("badge.starting")} }),
    };
    html! {
        <button type="button" class="badge" data-testid="badge" data-rung={rung} aria-expanded={is_open.to_string()}
            onclick={cx.click(Action::Badge(!is_open))}>
            <i aria-hidden="true"></i>{mode}
        </button>
    }
}

fn themes(cx: &Cx) -> Html {
    let now = hands::theme();
    let (sender, is_addressed) = (cx.sender.clone(), cx.lab.settings().get("theme").is_some());
    let onchange = Callback::from(move |event: Event| {
        let select: HtmlSelectElement = event.target_unchecked_into();
        let name = select.value();
        hands::set_theme(&name, true);
        if is_addressed {
            sender.dispatch(Action::Set("theme", name));
        }
    });
    html! {
        <select class="theme" aria-label={cx.say("theme")} data-testid="theme" {onchange}>
            { for ["auto", "light", "dark", "projector"].into_iter().map(|name| html! {
                <option value={name} selected={now == name}>{cx.say(&["theme.", name].concat())}</option>
            }) }
        </select>
    }
}

/// What the badge means, why, and what helps.
#[must_use]
pub fn badge_panel(cx: &Cx) -> Html {
    let Some(capability) = cx
        .lab
        .capability
        .as_deref()
        .filter(|_| cx.lab.is_badge_open)
    else {
        return Html::default();
    };
    let rung = u8::from(capability.rung).to_string();
    let reason = capability.reason.id();
    let remedy = ["badge.remedy.", reason].concat();
    html! {
        <section class="panel" aria-label={cx.say("badge.title")} data-testid="badge-panel">
            <h2>{cx.say(&["badge.mode.", &rung].concat())}</h2>
            <p>{cx.rich(&cx.say(&["badge.what.", &rung].concat()))}</p>
            <p>{cx.rich(&cx.say(&["badge.reason.", reason].concat()))}</p>
            if cx.words().has(&remedy) {
                <p><strong>{cx.say("badge.remedy")}</strong>{" "}{cx.rich(&cx.say(&remedy))}</p>
                <p><a class="button" href={link(cx, cx.lab.address.view.clone())} target="_blank" rel="noopener">{cx.say("badge.tab")}</a></p>
            }
            <p><button type="button" class="link" onclick={cx.click(Action::Badge(false))}>{cx.say("close")}</button></p>
        </section>
    }
}

/// What could not be taken from the address, and texts that did not arrive.
#[must_use]
pub fn notices(cx: &Cx) -> Html {
    let notices = &cx.lab.notices;
    let is_missing = |file: &String, state: &crate::store::TextFile| {
        file.starts_with("en/") && *state == crate::store::TextFile::Missing
    };
    let is_untold = cx
        .lab
        .files
        .iter()
        .any(|(file, state)| is_missing(file, state));
    html! {
        <>
            if !notices.is_empty() {
                <div class="notice" role="note" data-testid="notices">
                    <ul>{ for notices.iter().map(|notice| html! { <li>{notice.phrase().say(cx.words())}</li> }) }</ul>
                    <button type="button" class="small" data-testid="notices-close" onclick={cx.click(Action::NoticesRead)}>{cx.say("close")}</button>
                </div>
            }
            if is_untold {
                <div class="notice bad" role="note" data-testid="texts-missing">
                    <p>{cx.say("texts.missing")}</p>
                    <button type="button" class="small" onclick={cx.click(Action::FetchAgain)}>{cx.say("texts.again")}</button>
                </div>
            }
        </>
    }
}

/// Why the last run of this view ended early.
#[must_use]
pub fn fault(cx: &Cx) -> Html {
    let Some(fault) = &cx.lab.room.fault else {
        return Html::default();
    };
    html! {
        <div class="notice bad" role="alert" data-testid="run-error">
            <p>{cx.say_with(fault.key(), &[("detail", fault.detail())])}{" "}
                if !cx.lab.room.kept.is_empty() { {cx.say("error.kept")} }
            </p>
        </div>
    }
}
