//! Buttons, choices and sliders.

use crate::cx::Cx;
use crate::el::{Do, El, button, el, nothing};
use crate::store::{Action, Block};
use lessons::{Lesson, Phrase, SliderSpec};
use yew::Html;
use yew::virtual_dom::ListenerKind;

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
pub fn radios(
    cx: &Cx,
    name: &str,
    legend: Html,
    look: &'static str,
    is_locked: bool,
    picks: Vec<Pick>,
) -> Html {
    let mut group = el("div").class(look);
    for pick in picks {
        group = group.put(option(cx, "radio", name, is_locked, pick));
    }
    el("fieldset")
        .put(el("legend").add(legend))
        .put(group)
        .done()
}

/// A radio button or checkbox with its label.
pub fn option(cx: &Cx, kind: &'static str, name: &str, is_locked: bool, pick: Pick) -> El {
    let input = el("input")
        .set("type", kind)
        .at("name", name)
        .test(&[&pick.test_id])
        .checked(pick.is_on);
    let input =
        input
            .flag("disabled", is_locked)
            .on(ListenerKind::onchange, cx, Do::Send(pick.action));
    el("label")
        .class("opt")
        .put(input)
        .put(el("span").add(pick.label))
}

/// The Run button: says why it cannot be pressed instead of vanishing.
pub fn run_button(cx: &Cx, label: &str) -> Html {
    let block = cx.lab.run_block();
    let what = block.map_or(Do::Start, |block| {
        Do::Send(Action::Say(Phrase::new(block.key())))
    });
    let run = button("main")
        .set("data-testid", "run")
        .says("aria-disabled", block.is_some())
        .say(cx, label);
    if block != Some(Block::Prediction) {
        return run.click(cx, what).done();
    }
    let run = run.set("aria-describedby", "run-why").click(cx, what);
    let why = el("span")
        .set("id", "run-why")
        .class("quiet")
        .say(cx, "run.block.prediction");
    crate::el::all(vec![run.done(), why.done()])
}

/// The Stop button; there only while something runs here.
pub fn stop_button(cx: &Cx) -> Html {
    if cx.lab.live_here().is_none() {
        return nothing();
    }
    button("")
        .set("data-testid", "stop")
        .say(cx, "stop")
        .click(cx, Do::Stop)
        .done()
}

/// A slider of a lesson with its value and unit.
pub fn slider(cx: &Cx, lesson: &Lesson, spec: &SliderSpec) -> Html {
    let settings = cx.lab.settings();
    let value = bound(spec.value(settings));
    let general = ["slider.", spec.key].concat();
    let own = lesson.key(&general);
    let label = cx.say(if cx.words().has(&own) { &own } else { &general });
    let shown = told(cx, lesson, spec, &value);
    let range = control(cx, spec.key, "range", "slider-")
        .at("min", &bound(spec.min))
        .at("max", &bound(spec.max));
    let range = range
        .at("step", &bound(spec.step))
        .value(&value)
        .at("aria-valuetext", &shown);
    let range = range.on(ListenerKind::oninput, cx, Do::Value(spec.key));
    let is_wide = (spec.max - spec.min) / spec.step >= WIDE;
    let beside = if is_wide {
        // Its number is in the field.
        unit_of(cx, lesson, spec, &value)
    } else {
        shown
    };
    let field = field(spec.key, &label)
        .put(el("output").text(&beside))
        .put(range);
    if !is_wide {
        return field.done();
    }
    // Between two points of so long a slider there are many values.
    let exact = control(cx, spec.key, "number", "exact-")
        .at("min", &bound(spec.min))
        .at("max", &bound(spec.max))
        .set("step", "any")
        .value(&value)
        .at("aria-label", &label);
    field
        .put(exact.on(ListenerKind::onchange, cx, Do::Value(spec.key)))
        .done()
}

/// Steps from which on a slider can be typed into as well.
const WIDE: f64 = 150.0;

/// A slider's value as it is shown: with its unit, or what an end of it means.
fn told(cx: &Cx, lesson: &Lesson, spec: &SliderSpec, value: &str) -> String {
    if let Some(words) = end_words(cx, lesson, spec, value) {
        return words;
    }
    if spec.unit.is_empty() {
        return lessons::words::grouped(value);
    }
    cx.say_with(&["unit.", spec.unit].concat(), &[("n", value)])
}

/// The unit alone, or what an end of the slider means.
fn unit_of(cx: &Cx, lesson: &Lesson, spec: &SliderSpec, value: &str) -> String {
    if let Some(words) = end_words(cx, lesson, spec, value) {
        return words;
    }
    if spec.unit.is_empty() {
        return String::new();
    }
    let words = cx.say_with(&["unit.", spec.unit].concat(), &[("n", "")]);
    String::from(words.trim())
}

/// What an end of a slider means, where it has words of its own.
fn end_words(cx: &Cx, lesson: &Lesson, spec: &SliderSpec, value: &str) -> Option<String> {
    for (end, at) in [(".bottom", spec.min), (".top", spec.max)] {
        let key = lesson.key(&["slider.", spec.key, end].concat());
        if value == bound(at) && cx.words().has(&key) {
            return Some(cx.say(&key));
        }
    }
    None
}

/// A whole number to type, such as the seed.
pub fn number(cx: &Cx, key: &'static str, value: &str) -> Html {
    let input = control(cx, key, "number", "slider-")
        .set("min", "0")
        .value(value);
    let input = input.on(ListenerKind::onchange, cx, Do::Value(key));
    field(key, &cx.say(&["slider.", key].concat()))
        .put(input)
        .done()
}

fn field(key: &str, label: &str) -> El {
    el("div").class("ctl").put(
        el("label")
            .at("for", &["slider-", key].concat())
            .text(label),
    )
}

fn control(cx: &Cx, key: &'static str, kind: &'static str, id: &str) -> El {
    let is_locked = cx.lab.settings().is_locked(key) || cx.lab.live_here().is_some();
    let input = el("input").set("type", kind).at("id", &[id, key].concat());
    input.test(&[id, key]).flag("disabled", is_locked)
}

/// A slider's number as text: whole, or with one decimal.
fn bound(value: f64) -> String {
    if value.fract() == 0.0 {
        lessons::words::whole(value)
    } else {
        lessons::words::tenth(value)
    }
}
