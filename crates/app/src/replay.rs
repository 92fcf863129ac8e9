//! The kitchen replays a measured trace, slower than it was.

use crate::cx::Cx;
use crate::el::{Do, El, button, el, nothing, raw};
use crate::hands;
use crate::sketch;
use crate::store::Action;
use charts::kitchen::{moments, pace, scene, speed_label};
use charts::{Say, View};
use lessons::words::millis;
use model::{Nanos, Trace, millis_from_nanos};
use yew::Html;
use yew::virtual_dom::ListenerKind;

/// Milliseconds between two pictures of a moving replay.
pub const FRAME_MILLIS: u32 = 40;
/// Space between the frame of the scene and the scene, in CSS pixels.
const FRAME_PX: f32 = 34.0;

/// How far one picture of a moving replay advances.
#[must_use]
pub fn frame_nanos(trace: &Trace) -> Nanos {
    model::nanos_from_millis(f64::from(FRAME_MILLIS) / f64::from(pace(trace).max(1)))
}

/// Where a replay stands that was not touched yet: a third into the run more is
/// going on than at either end; where no motion is wanted, the end.
#[must_use]
pub fn rest(trace: &Trace) -> Nanos {
    if hands::is_still() {
        trace.makespan_nanos
    } else {
        trace.makespan_nanos / 3
    }
}

/// The kitchen with play, pause, step, back and scrub. Where no motion is
/// wanted it does not play.
pub fn kitchen(cx: &Cx, trace: &Trace) -> Html {
    let end = trace.makespan_nanos;
    let at = cx.lab.replay.at.unwrap_or_else(|| rest(trace)).min(end);
    let moves = cx.lab.replay.is_moving;
    let stops = moments(trace);
    let back = stops
        .iter()
        .rev()
        .find(|moment| **moment < at)
        .copied()
        .unwrap_or(0);
    let step = stops
        .iter()
        .find(|moment| **moment > at)
        .copied()
        .unwrap_or(end);
    let (now, of) = (
        millis(millis_from_nanos(at)),
        millis(millis_from_nanos(end)),
    );
    let clock = cx.say_with("replay.clock", &[("now", &now), ("of", &of)]);
    let part = at
        .saturating_mul(1000)
        .checked_div(end)
        .unwrap_or(0)
        .to_string();
    let press = |key: &str, id: &str, action: Action| {
        button("small")
            .test(&["replay-", id])
            .say(cx, key)
            .send(cx, action)
    };
    let mut row = el("div")
        .class("row")
        .put(press("replay.back", "back", Action::Scrubbed(back)));
    if !hands::is_still() {
        // From the end it starts over.
        let from = if at >= end { 0 } else { at };
        let key = if moves { "replay.pause" } else { "replay.play" };
        row = row.put(press(key, "play", Action::Replaying(!moves, from)));
    }
    let scrub = el("input")
        .set("type", "range")
        .set("min", "0")
        .set("max", "1000")
        .set("data-testid", "replay-scrub")
        .value(&part)
        .at("aria-label", &cx.say("replay.scrub"))
        .at("aria-valuetext", &clock)
        .on(ListenerKind::oninput, cx, Do::Scrub(end));
    row = row
        .put(press("replay.step", "step", Action::Scrubbed(step)))
        .put(scrub);
    row = row.put(el("span").class("quiet").text(&clock));
    let say = |key: &str, args: &[(&str, &str)]| cx.say_with(key, args);
    let speed = cx.say_with("replay.what", &[("pace", &speed_label(pace(trace), &say))]);
    frame(cx, trace, at, &speed, &say)
        .set("data-testid", "kitchen")
        .put(row)
        .done()
}

/// The kitchen of a plan before it was timed.
pub fn drawing(cx: &Cx) -> Html {
    let lesson = cx.lab.lesson();
    let plan = cx
        .lab
        .machine()
        .map(|machine| (lesson.plan)(cx.lab.settings(), &machine));
    let trace = plan
        .as_ref()
        .and_then(|plan| sketch::sketch(plan, (lesson.shown_arm)(plan)));
    let Some(trace) = trace else { return nothing() };
    // A drawing has no times.
    let say = |key: &str, args: &[(&str, &str)]| {
        if key == "kitchen.at" {
            String::new()
        } else {
            cx.say_with(key, args)
        }
    };
    frame(cx, &trace, sketch::AT_NANOS, &cx.say("drawing.what"), &say).done()
}

fn frame(cx: &Cx, trace: &Trace, at: Nanos, what: &str, say: Say) -> El {
    let view = View::new("kitchen", cx.lab.widths.0 - FRAME_PX);
    let caption = el("figcaption")
        .put(el("b").say(cx, "replay.title"))
        .put(el("span").text(what));
    let picture = el("div").add(raw(scene(trace, at, &view, say).svg));
    el("figure")
        .class("kitchen scene")
        .put(caption)
        .put(picture)
}
