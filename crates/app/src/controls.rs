//! Buttons, choices and sliders.

use crate::cx::Cx;
use crate::store::{Action, Block};
use lessons::{Lesson, SliderSpec};
use web_sys::HtmlInputElement;
use yew::prelude::*;

/// One of several choices.
pub struct Pick {
    /// Test id.
    pub test_id: String,
    /// What is shown.
    pub label: Html,
    /// Whether it is the chosen one.
    pub is_on: bool,
    /// What choosing it does.
    pub action: Action,
}

/// Radio buttons under a legend. `look` is a class of the group.
#[must_use]
pub fn radios(
    cx: &Cx,
    name: &str,
    legend: Html,
    look: &'static str,
    is_locked: bool,
    picks: Vec<Pick>,
) -> Html {
    html! {
        <fieldset>
            <legend>{legend}</legend>
            <div class={look}>
                { for picks.into_iter().map(|pick| html! {
                    <label class="opt">
                        <input type="radio" name={name.to_owned()} data-testid={pick.test_id}
                            checked={pick.is_on} disabled={is_locked} onchange={cx.change(pick.action)} />
                        <span>{pick.label}</span>
                    </label>
                }) }
            </div>
        </fieldset>
    }
}

/// The Run button: says why it cannot be pressed instead of vanishing.
#[must_use]
pub fn run_button(cx: &Cx, label: &str) -> Html {
    let block = cx.lab.run_block();
    let start = cx.runs.start.clone();
    let sender = cx.sender.clone();
    let why = block.map(|block| match block {
        Block::Running => "run.block.running",
        Block::Starting => "run.block.starting",
        Block::Prediction => "run.block.prediction",
    });
    let onclick = Callback::from(move |_: MouseEvent| match why {
        Some(why) => sender.dispatch(Action::Say(lessons::Phrase::new(why))),
        None => start.emit(()),
    });
    let is_asked = block == Some(Block::Prediction);
    html! {
        <>
            <button type="button" class="main" data-testid="run" aria-disabled={block.is_some().to_string()}
                aria-describedby={is_asked.then_some("run-why")} {onclick}>
                {cx.say(label)}
            </button>
            if is_asked {
                <span id="run-why" class="quiet">{cx.say("run.block.prediction")}</span>
            }
        </>
    }
}

/// The Stop button; there only while something runs here.
#[must_use]
pub fn stop_button(cx: &Cx) -> Html {
    if cx.lab.live_here().is_none() {
        return Html::default();
    }
    let stop = cx.runs.stop.clone();
    html! {
        <button type="button" data-testid="stop" onclick={move |_: MouseEvent| stop.emit(())}>{cx.say("stop")}</button>
    }
}

/// A slider of a lesson with its value and unit.
#[must_use]
pub fn slider(cx: &Cx, lesson: &Lesson, spec: &SliderSpec) -> Html {
    let settings = cx.lab.settings();
    let value = lesson
        .args(settings)
        .into_iter()
        .find(|(key, _)| *key == spec.key);
    let value = value.map(|(_, value)| value).unwrap_or_default();
    let own = lesson.key(&["slider.", spec.key].concat());
    let general = ["slider.", spec.key].concat();
    let label = cx.say(if cx.words().has(&own) { &own } else { &general });
    let shown = if spec.unit.is_empty() {
        value.clone()
    } else {
        cx.say_with(&["unit.", spec.unit].concat(), &[("n", &value)])
    };
    let id = ["slider-", spec.key].concat();
    html! {
        <div class="ctl">
            <label for={id.clone()}>{label}</label>
            <output for={id.clone()}>{shown.clone()}</output>
            <input id={id.clone()} type="range" data-testid={id} min={text(spec.min)} max={text(spec.max)} step={text(spec.step)}
                value={value} aria-valuetext={shown} disabled={is_locked(cx, spec.key)} oninput={setter(cx, spec.key)} />
        </div>
    }
}

/// A whole number to type, such as the seed.
#[must_use]
pub fn number(cx: &Cx, key: &'static str, value: String, min: u32, max: &'static str) -> Html {
    let id = ["slider-", key].concat();
    html! {
        <div class="ctl">
            <label for={id.clone()}>{cx.say(&["slider.", key].concat())}</label>
            <input id={id.clone()} type="number" data-testid={id} min={min.to_string()} {max} {value}
                disabled={is_locked(cx, key)} onchange={changer(cx, key)} />
        </div>
    }
}

fn is_locked(cx: &Cx, key: &str) -> bool {
    cx.lab.settings().is_locked(key) || cx.lab.live_here().is_some()
}

fn setter(cx: &Cx, key: &'static str) -> Callback<InputEvent> {
    let sender = cx.sender.clone();
    Callback::from(move |event: InputEvent| {
        let input: HtmlInputElement = event.target_unchecked_into();
        sender.dispatch(Action::Set(key, input.value()));
    })
}

fn changer(cx: &Cx, key: &'static str) -> Callback<Event> {
    let sender = cx.sender.clone();
    Callback::from(move |event: Event| {
        let input: HtmlInputElement = event.target_unchecked_into();
        sender.dispatch(Action::Set(key, input.value()));
    })
}

/// A slider's bound as text: whole, or with one decimal.
fn text(value: f64) -> String {
    if value.fract() == 0.0 {
        lessons::words::whole(value)
    } else {
        lessons::words::tenth(value)
    }
}
