//! What jobs for nodes are given by the reader: a text of one's own, and other tabs
//! that work too. And the view of such a tab.

use crate::cx::Cx;
use crate::el::{Do, El, all, button, el, nothing};
use crate::header::link;
use crate::store::Action;
use js_sys::Reflect;
use lessons::words::{grouped, tenth};
use lessons::{Phrase, View};
use model::{Arm, Plan};
use runner::splits::Looks;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web::text_file::TextFile;
use web_sys::Blob;
use yew::Html;
use yew::virtual_dom::ListenerKind;

/// Whether one of these arms can use a text of the reader's own, and other tabs.
pub fn is_wanted(arms: &[Arm]) -> bool {
    arms.iter().any(web::can_be_given)
}

/// Whether what the view runs can.
pub fn is_wanted_here(cx: &Cx) -> bool {
    plan(cx).is_some_and(|plan| is_wanted(&plan.arms))
}

fn plan(cx: &Cx) -> Option<Plan> {
    let machine = cx.lab.machine()?;
    Some((cx.lab.lesson().plan)(cx.lab.settings(), &machine))
}

/// Lets a text be dropped anywhere on an element: next to the field, the browser
/// would leave the page for it.
pub fn droppable(element: El, cx: &Cx) -> El {
    element
        .on(ListenerKind::ondragover, cx, Do::OwnText)
        .on(ListenerKind::ondrop, cx, Do::OwnText)
}

/// The field for a text, and the tabs that help.
pub fn panel(cx: &Cx) -> Html {
    all(vec![field(cx), tabs(cx)])
}

fn field(cx: &Cx) -> Html {
    let town = &cx.lab.town;
    let is_locked = cx.lab.live.is_some();
    let input = el("input")
        .set("type", "file")
        .set("id", "own-text")
        .set("data-testid", "own-text")
        .set("aria-describedby", "own-text-private own-text-said")
        .flag("disabled", is_locked)
        .on(ListenerKind::onchange, cx, Do::OwnText);
    let said = el("p")
        .set("id", "own-text-said")
        .set("data-testid", "own-text-said")
        .text(&town.said.say(cx.words()));
    let back = if town.bytes > 0 {
        button("small")
            .set("data-testid", "own-text-back")
            .flag("disabled", is_locked)
            .say(cx, "text.back")
            .click(cx, Do::OwnText)
            .done()
    } else {
        nothing()
    };
    el("div")
        .class("drop")
        .put(el("label").set("for", "own-text").say(cx, "text.label"))
        .put(input)
        .put(said)
        .add(back)
        .put(
            el("p")
                .set("id", "own-text-private")
                .class("quiet")
                .say(cx, "photo.private"),
        )
        .done()
}

fn tabs(cx: &Cx) -> Html {
    let town = &cx.lab.town;
    let n = town.tabs.to_string();
    let key = match town.tabs {
        0 => "tabs.none",
        1 => "tabs.one",
        _ => "tabs.some",
    };
    // Opened without a way back to this page, so that it is a process of its own.
    let open = el("a")
        .at("href", &link(cx, View::Join))
        .set("target", "_blank")
        .set("rel", "noopener")
        .set("data-testid", "tabs-open")
        .say(cx, "tabs.open");
    let mut panel = el("div")
        .class("drop")
        .put(
            el("p")
                .set("data-testid", "tabs")
                .at("data-tabs", &n)
                .text(&cx.say_with(key, &[("n", &n)])),
        )
        .put(el("p").put(open))
        .put(el("p").class("quiet").say(cx, "tabs.how"));
    if town.strangers > 0 {
        panel = panel.put(
            el("p")
                .set("data-testid", "tabs-strangers")
                .say(cx, "tabs.strangers"),
        );
    }
    panel.done()
}

/// How far a job has got that is run now: tasks done, of all; nothing for any other
/// work.
pub fn splits(cx: &Cx) -> Html {
    let live = cx.lab.live_here();
    let Some(trace) = live.and_then(|live| live.trace.as_ref()) else {
        return nothing();
    };
    let arms = plan(cx).map(|plan| plan.arms).unwrap_or_default();
    let arm = arms.into_iter().find(|arm| arm.id == trace.arm);
    let Some(mut arm) = arm.filter(web::can_be_given) else {
        return nothing();
    };
    web::cut_for(&mut arm, cx.lab.town.bytes);
    let of = arm.tasks(0, 0).len();
    let (done, of) = (trace.tasks.len().min(of).to_string(), of.to_string());
    let label = cx.say_with("splits", &[("k", &done), ("n", &of)]);
    let bar = el("progress")
        .set("data-testid", "splits")
        .at("max", &of)
        .at("value", &done)
        .at("aria-label", &label);
    el("div")
        .class("progress")
        .put(bar)
        .put(el("span").text(&label))
        .done()
}

/// The view of a tab that works for others.
pub fn join_view(cx: &Cx) -> Html {
    el("main")
        .set("id", "main")
        .set("data-testid", "join")
        .put(el("h1").set("tabindex", "-1").say(cx, "join"))
        .put(el("p").say(cx, "join.lede"))
        .put(
            el("p")
                .class("empty")
                .set("data-testid", "join-said")
                .at("data-lends", &cx.lab.town.lends.key)
                .text(&cx.lab.town.lends.say(cx.words())),
        )
        .put(el("p").class("quiet").say(cx, "join.close"))
        .put(
            el("p").put(
                el("a")
                    .at("href", &link(cx, View::Lab))
                    .set("data-testid", "join-leave")
                    .say(cx, "join.leave"),
            ),
        )
        .done()
}

/// Works for other tabs where the view is [`View::Join`] (no plan), and listens for
/// those that help where the plan can use them.
pub fn follow(cx: &Cx, plan: Option<&Plan>) {
    cx.runs.join(plan.is_none());
    cx.runs
        .listen(plan.is_some_and(|plan| is_wanted(&plan.arms)));
}

/// Something was chosen, dropped, is held over the page, or is no longer wanted.
pub fn take(cx: &Cx, event: &web_sys::Event) {
    event.prevent_default();
    match &*event.type_() {
        "dragover" => {}
        "click" => match cx.runs.give_text(None) {
            Ok(()) => cx.send(Action::OwnText(0, Phrase::new("text.gone"))),
            Err(fault) => refuse(cx, fault.id()),
        },
        _ => {
            let Some(blob) = blob_of(event) else {
                return refuse(cx, "nothing");
            };
            let cx = cx.clone();
            spawn_local(async move {
                let given = match cx.runs.look_at(blob).await {
                    Ok(file) => cx.runs.give_text(Some(file.clone())).map(|()| file),
                    Err(fault) => Err(fault),
                };
                match given {
                    Ok(file) => cx.send(Action::OwnText(file.bytes, told(&file))),
                    Err(fault) => refuse(&cx, fault.id()),
                }
            });
        }
    }
}

/// The file of a choice or a drop; it is only there while the event is under way.
fn blob_of(event: &web_sys::Event) -> Option<Blob> {
    let of = |from: &JsValue, key: &str| Reflect::get(from, &key.into()).ok();
    let is_there = |value: &JsValue| value.is_truthy();
    let dropped = of(event, "dataTransfer").filter(is_there);
    let holder = match dropped {
        Some(dropped) => dropped,
        None => event.target()?.into(),
    };
    let files = of(&holder, "files").filter(is_there)?;
    of(&files, "0").filter(is_there)?.dyn_into().ok()
}

fn told(file: &TextFile) -> Phrase {
    let key = if file.looks == Looks::Foreign {
        "text.foreign"
    } else {
        "text.here"
    };
    Phrase::new(key).with("mb", megabytes(file.bytes))
}

fn megabytes(bytes: u64) -> String {
    grouped(&tenth((bytes as f64 / 1e6).max(0.1)))
}

/// The text in use stays.
fn refuse(cx: &Cx, why: &str) {
    let said = Phrase::new(["text.", why].concat());
    cx.send(Action::OwnText(cx.lab.town.bytes, said));
}
