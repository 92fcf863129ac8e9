//! A lesson: meet, predict, run, explain, play.

use crate::controls::{Pick, radios, run_button, slider, stop_button};
use crate::cx::Cx;
use crate::el::{El, all, button, el, nothing, text};
use crate::figure::labels;
use crate::header::{fault, link};
use crate::method::{method, verdict};
use crate::outcome::Outcome;
use crate::progress::progress;
use crate::replay::{drawing, kitchen};
use crate::room::Sureness;
use crate::stage::{Stage, stage};
use crate::store::Action;
use crate::text::paragraphs;
use lessons::{Answer, ChartKind, Lesson, Predict, Question, Step, View, answer, registry};
use std::rc::Rc;
use yew::Html;

/// The view of a lesson.
pub fn lesson_view(cx: &Cx) -> Html {
    let lesson = cx.lab.lesson();
    let step = cx.lab.room.step;
    let body = match step {
        Step::Meet => meet(cx, lesson),
        Step::Predict => predict(cx, lesson),
        Step::Run => run(cx, lesson),
        Step::Explain => explain(cx, lesson),
        Step::Play => play(cx, lesson),
    };
    let title = el("h1")
        .set("tabindex", "-1")
        .say(cx, &["lesson.", lesson.id].concat());
    // A new step is a new node: nothing of the old one's controls is kept.
    let side = el("section")
        .class("side")
        .put(title)
        .add(fault(cx))
        .put(el("div").key(step.id()).add(body));
    let drawings = el("section")
        .class("stage")
        .at("aria-label", &cx.say("stage"))
        .add(drawings(cx, lesson, step));
    el("main")
        .set("id", "main")
        .test(&["lesson-", lesson.id])
        .put(el("p").class("crumb").text(&crumb(cx, lesson)))
        .add(steps(cx, lesson, step))
        .put(el("div").class("desk").put(side).put(drawings))
        .done()
}

fn crumb(cx: &Cx, lesson: &Lesson) -> String {
    let last = registry::LESSONS
        .iter()
        .filter_map(|lesson| lesson.number)
        .max()
        .unwrap_or(0);
    match lesson.number {
        Some(0) | None => cx.say("crumb.first"),
        Some(n) => cx.say_with("crumb", &[("n", &n.to_string()), ("of", &last.to_string())]),
    }
}

/// Whether a step exists for this lesson under these settings.
fn has(cx: &Cx, lesson: &Lesson, step: Step) -> bool {
    match step {
        Step::Predict => cx.lab.settings().predict() != Predict::Off && lesson.number != Some(0),
        Step::Explain => lesson.explain.is_some(),
        _ => true,
    }
}

fn steps(cx: &Cx, lesson: &Lesson, now: Step) -> Html {
    if cx.lab.settings().is_hidden("steps") {
        return nothing();
    }
    let mut list = el("ol").class("steps").at("aria-label", &cx.say("steps"));
    let mut is_before = true;
    for step in Step::ALL {
        is_before &= step != now;
        if !has(cx, lesson, step) {
            continue;
        }
        let turn = button("")
            .test(&["step-", step.id()])
            .say(cx, &["step.", step.id()].concat());
        let turn = if step == now {
            turn.set("aria-current", "step")
        } else {
            turn
        };
        let item = if is_before {
            el("li").class("done")
        } else {
            el("li")
        };
        list = list.put(item.put(turn.send(cx, Action::Turned(step))));
    }
    list.done()
}

/// A text of this lesson with its sliders' values, or nothing.
fn part(cx: &Cx, lesson: &Lesson, key: &str) -> Html {
    let key = lesson.key(key);
    if !cx.words().has(&key) {
        return nothing();
    }
    let args = lesson.args(cx.lab.settings());
    let args: Vec<_> = args
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    paragraphs(cx, &cx.say_with(&key, &args))
}

fn next(cx: &Cx, step: Step, is_main: bool) -> El {
    let next = button(if is_main { "main" } else { "" }).set("data-testid", "next");
    next.say(cx, &["next.", step.id()].concat())
        .send(cx, Action::Turned(step))
}

fn acts() -> El {
    el("div").class("acts")
}

/// Run or Run again, and Stop.
fn run_again(cx: &Cx) -> El {
    let label = if cx.lab.room.kept.is_empty() {
        "run"
    } else {
        "run.again"
    };
    acts().add(run_button(cx, label)).add(stop_button(cx))
}

fn meet(cx: &Cx, lesson: &Lesson) -> Html {
    let is_asked = has(cx, lesson, Step::Predict);
    let mut acts = acts();
    if is_asked {
        acts = acts.put(next(cx, Step::Predict, true));
    }
    if !is_asked || cx.lab.settings().predict() != Predict::On {
        acts = acts.add(run_button(cx, "run")).add(stop_button(cx));
    }
    let mut nodes = vec![part(cx, lesson, "meet")];
    if cx.words().has(&lesson.key("breaks")) {
        nodes.push(
            el("div")
                .class("analogy")
                .add(part(cx, lesson, "breaks"))
                .done(),
        );
    }
    nodes.push(notes(cx, lesson));
    nodes.push(acts.done());
    nodes.push(progress(cx));
    all(nodes)
}

/// What was left out or replaced on this machine.
pub fn notes(cx: &Cx, lesson: &Lesson) -> Html {
    let mut nodes = Vec::new();
    if let Some(machine) = cx.lab.machine() {
        for note in (lesson.notes)(cx.lab.settings(), &machine) {
            let note = el("p").add(cx.rich(&note.say(cx.words())));
            nodes.push(
                el("div")
                    .class("notice")
                    .set("data-testid", "note")
                    .put(note)
                    .done(),
            );
        }
    }
    all(nodes)
}

fn predict(cx: &Cx, lesson: &Lesson) -> Html {
    let room = &cx.lab.room;
    let questions = cx.lab.questions();
    let is_locked = room.asked.is_some();
    let mut nodes = vec![part(cx, lesson, "predict")];
    for question in questions.iter() {
        nodes.push(ask(cx, question, "predict-", "option-", ""));
    }
    if !questions.is_empty() {
        let mut picks = Vec::new();
        for degree in Sureness::ALL {
            picks.push(Pick {
                test_id: ["sure-", degree.id()].concat(),
                label: text(&cx.say(&["sure.", degree.id()].concat())),
                is_on: room.sureness == Some(degree),
                action: Action::Sure(degree),
            });
        }
        nodes.push(radios(
            cx,
            "sure",
            text(&cx.say("sure")),
            "pills",
            is_locked,
            picks,
        ));
    }
    let acts = if is_locked {
        let again = button("link")
            .set("data-testid", "predict-again")
            .say(cx, "predict.again");
        acts()
            .put(next(cx, Step::Run, true))
            .put(again.send(cx, Action::PredictAgain))
    } else {
        acts().add(run_button(cx, "run"))
    };
    nodes.push(acts.done());
    all(nodes)
}

/// A question with its choices.
pub fn ask(cx: &Cx, question: &Question, name: &str, test_id: &str, look: &'static str) -> Html {
    let room = &cx.lab.room;
    let mut picks = Vec::new();
    for choice in &question.choices {
        picks.push(Pick {
            test_id: [test_id, question.id, "-", choice.id].concat(),
            label: cx.rich(&choice.phrase.say(cx.words())),
            is_on: room.choice(question.id) == Some(choice.id),
            action: Action::Answered(question.id, choice.id),
        });
    }
    let legend = cx.rich(&question.phrase.say(cx.words()));
    radios(
        cx,
        &[name, question.id].concat(),
        legend,
        look,
        room.asked.is_some(),
        picks,
    )
}

fn run(cx: &Cx, lesson: &Lesson) -> Html {
    let whole = cx.lab.whole();
    let mut nodes = vec![match whole {
        Some(outcome) => finding(cx, outcome),
        None => part(cx, lesson, "run"),
    }];
    nodes.push(progress(cx));
    if let Some(outcome) = whole {
        nodes.push(said(cx, lesson, outcome));
    }
    if let Some(spec) = lesson
        .sliders
        .first()
        .filter(|_| whole.is_some() && !cx.lab.settings().is_hidden("controls"))
    {
        nodes.push(slider(cx, lesson, spec));
    }
    let mut acts = run_again(cx);
    if whole.is_some() {
        let step = if has(cx, lesson, Step::Explain) {
            Step::Explain
        } else {
            Step::Play
        };
        acts = acts.put(next(cx, step, false));
    }
    nodes.push(acts.done());
    if let Some(outcome) = whole {
        nodes.push(behind(cx, outcome));
    }
    all(nodes)
}

/// The sentence about a run.
pub fn finding(cx: &Cx, outcome: &Outcome) -> Html {
    if cx.lab.settings().is_hidden("finding") {
        return nothing();
    }
    let words = cx.rich(&outcome.finding.phrase.say(cx.words()));
    el("p")
        .class("finding")
        .set("data-testid", "finding")
        .add(words)
        .done()
}

/// How it was measured, folded.
pub fn behind(cx: &Cx, outcome: &Outcome) -> Html {
    if cx.lab.settings().is_hidden("method") {
        return nothing();
    }
    let summary = el("summary").say(cx, "method");
    el("details")
        .set("data-testid", "method")
        .put(summary)
        .add(method(cx, outcome))
        .done()
}

/// What the reader said, and what this computer did. A prediction stands for
/// the parameters it was made with.
fn said(cx: &Cx, lesson: &Lesson, outcome: &Outcome) -> Html {
    let room = &cx.lab.room;
    let is_other = room
        .kept
        .first()
        .is_some_and(|first| first.settings != outcome.settings);
    if is_other || cx.lab.settings().is_hidden("answers") {
        return nothing();
    }
    let questions = cx.lab.questions();
    all(questions
        .iter()
        .filter_map(|question| said_once(cx, lesson, question, outcome))
        .collect())
}

fn said_once(cx: &Cx, lesson: &Lesson, question: &Question, outcome: &Outcome) -> Option<Html> {
    let room = &cx.lab.room;
    let chosen = room.choice(question.id)?;
    let of = |id: &str| question.choices.iter().find(|choice| choice.id == id);
    let words =
        |id: &str| of(id).map_or_else(nothing, |choice| cx.rich(&choice.phrase.say(cx.words())));
    let sure = room
        .sureness
        .map(|degree| cx.say(&["sure.", degree.id()].concat()))
        .unwrap_or_default();
    let right = match answer(question, &outcome.evidence) {
        Answer::Choice(right) => Some(right),
        Answer::Inconclusive => None,
    };
    let measured = match right {
        Some(right) if right == chosen => text(&cx.say("said.same")),
        Some(right) => words(right),
        None => text(&cx.say("said.open")),
    };
    let list = el("dl")
        .put(el("dt").text(&cx.say_with("said.yours", &[("sure", &sure)])))
        .put(el("dd").add(words(chosen)))
        .put(el("dt").say(cx, "said.measured"))
        .put(el("dd").add(measured));
    let mut told = el("div")
        .class("said")
        .test(&["said-", question.id])
        .put(list);
    // Only the misconception that was chosen is answered, and only if this run
    // speaks against it.
    if let (Some(id), true) = (
        of(chosen)?.misconception,
        right.is_some_and(|right| right != chosen),
    ) {
        told = told.put(
            el("div")
                .class("soft")
                .add(part(cx, lesson, &["feedback.", id].concat())),
        );
    }
    Some(told.done())
}

fn explain(cx: &Cx, lesson: &Lesson) -> Html {
    let (Some(explain), Some(_)) = (lesson.explain, cx.lab.outcome()) else {
        let is_unasked = has(cx, lesson, Step::Predict) && cx.lab.room.asked.is_none();
        let back = next(cx, if is_unasked { Step::Predict } else { Step::Run }, true);
        return all(vec![
            el("p").say(cx, "explain.first").done(),
            acts().put(back).done(),
        ]);
    };
    let chosen = cx.lab.room.explained;
    let mut picks = Vec::new();
    for option in explain.options {
        picks.push(Pick {
            test_id: ["explain-", option.id].concat(),
            label: cx.rich(&cx.say(&lesson.key(&["explain.", option.id].concat()))),
            is_on: chosen == Some(option.id),
            action: Action::Explained(option.id),
        });
    }
    let why = cx.rich(&cx.say(&lesson.key("explain.why")));
    let mut nodes = vec![radios(cx, "explain", why, "", false, picks)];
    if let Some(id) = chosen {
        let feedback = part(cx, lesson, &["explain.", id, ".feedback"].concat());
        nodes.push(
            el("div")
                .class("said")
                .set("data-testid", "feedback")
                .add(feedback)
                .done(),
        );
        nodes.push(part(cx, lesson, "explain"));
    }
    nodes.push(acts().put(next(cx, Step::Play, chosen.is_some())).done());
    all(nodes)
}

fn play(cx: &Cx, lesson: &Lesson) -> Html {
    let mut nodes = vec![part(cx, lesson, "play")];
    if !cx.lab.settings().is_hidden("controls") {
        for spec in lesson.sliders {
            nodes.push(slider(cx, lesson, spec));
        }
        let mut row = el("p").class("row tight");
        for preset in lesson.presets {
            let press = button("small").test(&["preset-", preset.id]);
            let press = press.say(cx, &lesson.key(&["preset.", preset.id].concat()));
            row = row.put(press.send(cx, Action::Preset(preset.values)));
        }
        nodes.push(row.done());
    }
    nodes.push(run_again(cx).done());
    nodes.push(progress(cx));
    let whole = cx.lab.whole();
    if let Some(outcome) = whole {
        nodes.push(finding(cx, outcome));
    }
    nodes.push(challenge(cx, lesson));
    nodes.push(earlier(cx));
    if let Some(outcome) = whole {
        nodes.push(behind(cx, outcome));
    }
    nodes.push(onward(cx, lesson));
    all(nodes)
}

fn challenge(cx: &Cx, lesson: &Lesson) -> Html {
    let Some(challenge) = lesson.challenge else {
        return nothing();
    };
    let is_met = cx
        .lab
        .room
        .kept
        .iter()
        .any(|outcome| (challenge.met)(&outcome.evidence));
    let key = if is_met { "challenge.met" } else { "challenge" };
    let words = el("div")
        .put(el("strong").say(cx, key))
        .text(" ")
        .add(part(cx, lesson, key));
    el("div")
        .class("notice")
        .set("data-testid", "challenge")
        .says("data-met", is_met)
        .put(words)
        .done()
}

/// Earlier runs of this view: pick one to look at it.
pub fn earlier(cx: &Cx) -> Html {
    let room = &cx.lab.room;
    if room.kept.len() < 2 {
        return nothing();
    }
    let mut list = el("ol").class("history").set("data-testid", "history");
    for (at, outcome) in room.kept.iter().enumerate().rev() {
        let is_shown = room
            .outcome()
            .is_some_and(|shown| Rc::ptr_eq(shown, outcome));
        let name = cx.say_with("earlier.run", &[("n", &outcome.number.to_string())]);
        let pick = button("")
            .says("aria-pressed", is_shown)
            .put(el("span").text(&name));
        let pick = pick.put(el("span").class("soft").text(&medians(cx, outcome)));
        list = list.put(el("li").put(pick.send(cx, Action::Shown(at))));
    }
    let clear = button("link")
        .set("data-testid", "clear")
        .say(cx, "earlier.clear")
        .send(cx, Action::Cleared);
    el("section")
        .put(el("h3").say(cx, "earlier"))
        .put(list)
        .put(clear)
        .done()
}

/// `one after another 480 ms · one chef, juggling 61 ms`
fn medians(cx: &Cx, outcome: &Outcome) -> String {
    let mut all = Vec::new();
    for label in labels(outcome, cx.words()) {
        if let Some(ms) = outcome.millis(&label.arm) {
            all.push(cx.say_with(
                "earlier.arm",
                &[("arm", &label.label), ("ms", &lessons::words::millis(ms))],
            ));
        }
    }
    all.join(" · ")
}

fn onward(cx: &Cx, lesson: &Lesson) -> Html {
    let number = lesson.number.map_or(0, |number| number + 1);
    let next = registry::LESSONS
        .iter()
        .find(|other| other.number == Some(number));
    let (view, words) = match next {
        Some(next) => {
            let title = cx.say(&["lesson.", next.id].concat());
            (
                View::Lesson(next.id.to_owned()),
                cx.say_with("onward", &[("title", &title)]),
            )
        }
        None => (View::Lab, cx.say("onward.lab")),
    };
    el("p")
        .put(
            el("a")
                .at("href", &link(cx, view))
                .set("data-testid", "onward")
                .text(&words),
        )
        .done()
}

const CHARTS: [ChartKind; 3] = [ChartKind::Lanes, ChartKind::Tasks, ChartKind::Makespan];

fn drawings(cx: &Cx, lesson: &Lesson, step: Step) -> Html {
    let Some(outcome) = cx.lab.outcome().filter(|_| step != Step::Predict) else {
        let empty = el("div")
            .class("empty")
            .put(el("p").say(cx, "stage.empty"))
            .done();
        return all(vec![
            drawing(cx),
            if step == Step::Meet { nothing() } else { empty },
        ]);
    };
    if step == Step::Meet {
        return cx
            .lab
            .trace(outcome)
            .map_or_else(nothing, |trace| kitchen(cx, trace));
    }
    let run_chart = [lesson.run_chart];
    let charts = if step == Step::Play {
        lesson.play_charts
    } else {
        &run_chart
    };
    let rest: Vec<ChartKind> = CHARTS
        .into_iter()
        .filter(|kind| !charts.contains(kind))
        .collect();
    let has_kitchen = step == Step::Explain;
    let on_demand = if has_kitchen { &[] } else { rest.as_slice() };
    let drawn = stage(
        cx,
        outcome,
        &Stage {
            charts,
            on_demand,
            has_kitchen,
            has_arms: step != Step::Run,
        },
    );
    all(vec![
        drawn,
        if step == Step::Run && cx.lab.whole().is_some() {
            verdict(cx, outcome)
        } else {
            nothing()
        },
    ])
}
