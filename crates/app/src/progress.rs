//! How far the run of this view has got.

use crate::cx::Cx;
use crate::el::{el, nothing};
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
    el("div")
        .class("progress")
        .set("data-testid", "progress")
        .put(bar)
        .put(el("span").text(&text))
        .done()
}
