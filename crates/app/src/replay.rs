//! The kitchen replays a measured trace, slower than it was.

use crate::hands;
use crate::use_width::use_width;
use charts::View;
use gloo_timers::callback::Interval;
use lessons::Words;
use model::{Nanos, Trace, millis_from_nanos};
use std::rc::Rc;
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// Milliseconds between two pictures of a moving replay.
const FRAME_MILLIS: u32 = 40;
/// Steps of the scrubber.
const SCRUB_STEPS: u32 = 1000;

/// Properties of [`Replay`].
#[derive(Properties)]
pub struct Props {
    /// What happened.
    pub trace: Rc<Trace>,
    /// Unique in the document.
    pub id: String,
    /// All texts.
    pub words: Rc<Words>,
    /// Told when the replay starts and stops moving.
    pub on_moving: Callback<bool>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.trace, &other.trace)
            && self.id == other.id
            && Rc::ptr_eq(&self.words, &other.words)
    }
}

/// The kitchen with play, pause, step, back and scrub. Where no motion is
/// wanted it shows the end, and steps.
#[component]
pub fn Replay(props: &Props) -> Html {
    let node = use_node_ref();
    let width = use_width(&node);
    let is_still = *use_memo((), |()| hands::is_still());
    let end = props.trace.makespan_nanos;
    let at = use_state(|| 0_u64);
    let is_moving = use_state(|| false);
    let moments = use_memo(Rc::as_ptr(&props.trace), |_| {
        charts::kitchen::moments(&props.trace)
    });
    let pace = charts::kitchen::pace(&props.trace).max(1);
    {
        let (at, is_moving) = (at.clone(), is_moving.clone());
        use_effect_with(Rc::as_ptr(&props.trace), move |_| {
            // A third into the run more is going on than at either end.
            at.set(if is_still { end } else { end / 3 });
            is_moving.set(false);
        });
    }
    {
        let (at, is_moving, tell) = (at.clone(), is_moving.clone(), props.on_moving.clone());
        use_effect_with(*is_moving, move |moves| {
            tell.emit(*moves);
            let from = if *at >= end { 0 } else { *at };
            let step = model::nanos_from_millis(f64::from(FRAME_MILLIS) / f64::from(pace));
            let now = std::cell::Cell::new(from);
            let timer = moves.then(|| {
                Interval::new(FRAME_MILLIS, move || {
                    let next = now.get().saturating_add(step).min(end);
                    now.set(next);
                    at.set(next);
                    if next >= end {
                        is_moving.set(false);
                    }
                })
            });
            move || drop(timer)
        });
    }
    let say = |key: &str, args: &[(&str, &str)]| props.words.say(key, args);
    let scene =
        charts::kitchen::scene(&props.trace, *at, &View::new(&props.id, width - 34.0), &say);
    let jump = |to: Option<Nanos>| {
        let (at, is_moving) = (at.clone(), is_moving.clone());
        Callback::from(move |_: MouseEvent| {
            is_moving.set(false);
            if let Some(to) = to {
                at.set(to);
            }
        })
    };
    let back = jump(moments.iter().rev().find(|moment| **moment < *at).copied());
    let step = jump(moments.iter().find(|moment| **moment > *at).copied());
    let toggle = {
        let is_moving = is_moving.clone();
        Callback::from(move |_: MouseEvent| is_moving.set(!*is_moving))
    };
    let scrub = {
        let (at, is_moving) = (at.clone(), is_moving.clone());
        Callback::from(move |event: InputEvent| {
            let input: HtmlInputElement = event.target_unchecked_into();
            let part: u64 = input.value().parse().unwrap_or(0);
            is_moving.set(false);
            at.set(end / u64::from(SCRUB_STEPS) * part);
        })
    };
    let part = at
        .saturating_mul(u64::from(SCRUB_STEPS))
        .checked_div(end)
        .unwrap_or(0);
    let now = lessons::words::millis(millis_from_nanos(*at));
    let of = lessons::words::millis(millis_from_nanos(end));
    let clock = say("replay.clock", &[("now", &now), ("of", &of)]);
    html! {
        <figure class="kitchen" data-testid="kitchen">
            <figcaption>
                <b>{say("replay.title", &[])}</b>
                <span>{say("replay.what", &[("pace", &charts::kitchen::speed_label(pace, &say))])}</span>
            </figcaption>
            <div class="scene" ref={node}>
                {Html::from_html_unchecked(scene.svg.into())}
                <div class="row">
                    <button type="button" class="small" data-testid="replay-back" onclick={back}>{say("replay.back", &[])}</button>
                    if !is_still {
                        <button type="button" class="small" data-testid="replay-play" onclick={toggle}>
                            {say(if *is_moving { "replay.pause" } else { "replay.play" }, &[])}
                        </button>
                    }
                    <button type="button" class="small" data-testid="replay-step" onclick={step}>{say("replay.step", &[])}</button>
                    <input type="range" min="0" max={SCRUB_STEPS.to_string()} value={part.to_string()} aria-label={say("replay.scrub", &[])}
                        aria-valuetext={clock.clone()} oninput={scrub} data-testid="replay-scrub" />
                    <span class="quiet">{clock}</span>
                </div>
            </div>
        </figure>
    }
}
