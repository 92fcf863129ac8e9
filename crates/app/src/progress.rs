//! How far the run of this view has got.

use crate::cx::Cx;
use crate::el::{all, el, nothing};
use lessons::ChartKind;
use web::Phase;
use yew::Html;

/// A bar and a few words; nothing while nothing runs here.
pub fn progress(cx: &Cx) -> Html {
    let Some(live) = cx.lab.live_here() else {
        return nothing();
    };
    let (text, part) = match &live.phase {
        Phase::Starting => (cx.say("phase.starting"), 0),
        Phase::Warming => (cx.say("phase.warming"), 4),
        Phase::Probing { after: false } => (cx.say("phase.probing"), 8),
        Phase::Probing { after: true } => (cx.say("phase.probing-again"), 96),
        Phase::Round { round, of, .. } => {
            let (k, n) = ((round + 1).to_string(), of.to_string());
            (
                cx.say_with("phase.round", &[("k", &k), ("n", &n)]),
                10 + 85 * round / (*of).max(1),
            )
        }
    };
    let bar = el("progress")
        .set("max", "100")
        .at("value", &part.to_string())
        .at("aria-label", &cx.say("phase"));
    let whole = el("div")
        .class("progress")
        .set("data-testid", "progress")
        .put(bar)
        .put(el("span").text(&text))
        .done();
    if cx.lab.lesson().run_chart != ChartKind::Frames {
        return whole;
    }
    // Both are written by what runs, at once: a page that is being blocked makes
    // no changes of state. Nothing announces them.
    let beat = el("strong")
        .set("data-heartbeat", "")
        .set("data-testid", "heartbeat");
    let mut alive = vec![
        whole,
        el("p")
            .class("heartbeat")
            .put(el("span").say(cx, "heartbeat"))
            .text(" ")
            .put(beat)
            .done(),
    ];
    if cx.lab.settings().get("data") == Some("on") {
        let bytes = el("progress")
            .set("data-bytes", "")
            .set("data-testid", "bytes")
            .set("value", "0")
            .at("aria-label", &cx.say("heartbeat.file"));
        let bytes = el("div")
            .class("progress")
            .put(bytes)
            .put(el("span").say(cx, "heartbeat.file"));
        alive.push(bytes.done());
    }
    all(alive)
}
