//! The second half of a lesson: what came out, why, and what else there is.

use crate::controls::{Pick, radios, slider};
use crate::cx::Cx;
use crate::draw;
use crate::el::{all, button, el, nothing, text};
use crate::figure::labels;
use crate::header::link;
use crate::lesson_view::{acts, has, is_embedded, next, others, part, run_again};
use crate::method::{method, verdict};
use crate::outcome::Outcome;
use crate::progress::progress;
use crate::stage::also;
use crate::store::Action;
use crate::totals::{found, totals};
use crate::town;
use lessons::words::tenth;
use lessons::{Answer, Lesson, Level, Panel, Question, Step, View, answer_to, registry};
use std::rc::Rc;
use yew::Html;

/// Prediction, one chart, one sentence.
pub fn run(cx: &Cx, lesson: &Lesson) -> Html {
    let whole = cx.lab.whole();
    let mut nodes = vec![match whole {
        Some(outcome) => finding(cx, outcome),
        None => part(cx, lesson, "run"),
    }];
    nodes.push(progress(cx));
    nodes.push(town::splits(cx));
    let mut acts = run_again(cx);
    let Some(outcome) = whole else {
        nodes.push(acts.done());
        return all(nodes);
    };
    let step = if has(cx, lesson, Step::Explain) {
        Step::Explain
    } else {
        Step::Play
    };
    acts = acts.put(next(cx, step, false));
    let settings = cx.lab.settings();
    let first = lesson.sliders.first();
    let first = first.filter(|_| !settings.is_hidden("controls"));
    let slider = first.map_or_else(nothing, |spec| slider(cx, lesson, spec));
    let said = all(vec![
        totals(cx, outcome),
        said(cx, lesson, outcome),
        found(cx, outcome),
    ]);
    let behind = behind(cx, outcome);
    if is_embedded(cx) {
        // Inside another page chart and buttons come first; the rest is a press away.
        let under = el("div").class("under").add(verdict(cx, outcome));
        nodes.push(acts.done());
        let also = also(cx, &others(outcome, &[lesson.run_chart]), true);
        let folded = el("details")
            .class("more")
            .set("data-testid", "more")
            .put(el("summary").say(cx, "run.more"))
            .add(all(vec![said, slider, also, behind]));
        nodes.push(under.put(folded).done());
    } else {
        nodes.extend([said, slider, acts.done(), behind]);
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
    let mut told: Vec<Html> = questions
        .iter()
        .filter_map(|question| said_once(cx, lesson, question, outcome))
        .collect();
    told.push(draw::said(cx, outcome));
    told.insert(0, score(cx, &questions, outcome));
    all(told)
}

/// What the chosen ways of working are worth, where a lesson asks for the soonest.
fn score(cx: &Cx, questions: &[Question], outcome: &Outcome) -> Html {
    let chosen = |question: &str| cx.lab.room.choice(question);
    let Some(score) = lessons::score(questions, chosen, &outcome.evidence) else {
        return nothing();
    };
    let told = cx.say_with(
        "said.score",
        &[
            ("points", &tenth(score.points)),
            ("most", &score.most.to_string()),
        ],
    );
    el("p")
        .class("finding")
        .set("data-testid", "score")
        .add(cx.rich(&told))
        .done()
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
    let right = match answer_to(question, chosen, &outcome.evidence) {
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

/// Why, and then the answer.
pub fn explain(cx: &Cx, lesson: &Lesson) -> Html {
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
        if cx.lab.settings().level() == Level::Expert {
            nodes.push(part(cx, lesson, "expert"));
        }
        nodes.push(panel(cx, lesson));
    }
    nodes.push(acts().put(next(cx, Step::Play, chosen.is_some())).done());
    all(nodes)
}

/// What is tried by hand, if the lesson has that.
fn panel(cx: &Cx, lesson: &Lesson) -> Html {
    match lesson.panel {
        Some(Panel::Orders) => crate::orders::orders(cx),
        Some(Panel::Digit) => crate::digit::digit(cx),
        None => nothing(),
    }
}

/// Free sliders, and something to reach.
pub fn play(cx: &Cx, lesson: &Lesson) -> Html {
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
        if town::is_wanted_here(cx) {
            nodes.push(town::panel(cx));
        }
    }
    nodes.push(run_again(cx).done());
    nodes.push(progress(cx));
    nodes.push(town::splits(cx));
    let whole = cx.lab.whole();
    if let Some(outcome) = whole {
        nodes.push(finding(cx, outcome));
        nodes.push(totals(cx, outcome));
    }
    nodes.push(challenge(cx, lesson));
    nodes.push(panel(cx, lesson));
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
    let next = registry::place(lesson.id).and_then(|place| registry::LESSONS.get(place + 1));
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
