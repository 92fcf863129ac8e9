//! A lesson: meet, predict, run, explain, play.

use crate::controls::{Pick, radios, run_button, slider, stop_button};
use crate::cx::Cx;
use crate::header::{fault, link};
use crate::method::{method, verdicts};
use crate::outcome::Outcome;
use crate::progress::progress;
use crate::room::{Room, Sureness};
use crate::stage::{Stage, drawing};
use crate::store::Action;
use crate::text::paragraphs;
use lessons::{Answer, ChartKind, Lesson, Predict, Question, Step, View, answer, registry};
use std::rc::Rc;
use yew::prelude::*;

/// The view of a lesson.
#[must_use]
pub fn lesson_view(cx: &Cx) -> Html {
    let lesson = cx.lab.lesson();
    let step = cx.lab.room.step;
    html! {
        <main id="main" data-testid={["lesson-", lesson.id].concat()}>
            <p class="crumb">{crumb(cx, lesson)}</p>
            {steps(cx, step)}
            <div class="desk">
                <section class="side">
                    <h1 tabindex="-1">{cx.say(&["lesson.", lesson.id].concat())}</h1>
                    {fault(cx)}
                    { match step {
                        Step::Meet => meet(cx, lesson),
                        Step::Predict => predict(cx),
                        Step::Run => run(cx, lesson),
                        Step::Explain => explain(cx, lesson),
                        Step::Play => play(cx, lesson),
                    } }
                </section>
                <section class="stage" aria-label={cx.say("stage")}>{stage(cx, lesson, step)}</section>
            </div>
        </main>
    }
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

/// Steps that exist for this lesson under these settings.
fn has(cx: &Cx, lesson: &Lesson, step: Step) -> bool {
    match step {
        Step::Predict => cx.lab.settings().predict() != Predict::Off && lesson.number != Some(0),
        Step::Explain => lesson.explain.is_some(),
        _ => true,
    }
}

fn steps(cx: &Cx, now: Step) -> Html {
    let lesson = cx.lab.lesson();
    if cx.lab.settings().is_hidden("steps") {
        return Html::default();
    }
    let at = Step::ALL.iter().position(|step| *step == now);
    html! {
        <ol class="steps" aria-label={cx.say("steps")}>
            { for Step::ALL.into_iter().enumerate().filter(|(_, step)| has(cx, lesson, *step)).map(|(index, step)| html! {
                <li class={(Some(index) < at).then_some("done")}>
                    <button type="button" data-testid={["step-", step.id()].concat()} aria-current={(step == now).then_some("step")}
                        onclick={cx.click(Action::Turned(step))}>{cx.say(&["step.", step.id()].concat())}</button>
                </li>
            }) }
        </ol>
    }
}

/// A text of this lesson with its sliders' values, or nothing.
fn part(cx: &Cx, lesson: &Lesson, key: &str) -> Html {
    let key = lesson.key(key);
    if !cx.words().has(&key) {
        return Html::default();
    }
    let args = lesson.args(cx.lab.settings());
    let args: Vec<_> = args
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    paragraphs(&cx.say_with(&key, &args), cx.words())
}

fn next(cx: &Cx, step: Step, is_main: bool) -> Html {
    html! {
        <button type="button" class={is_main.then_some("main")} data-testid="next" onclick={cx.click(Action::Turned(step))}>
            {cx.say(&["next.", step.id()].concat())}
        </button>
    }
}

fn meet(cx: &Cx, lesson: &Lesson) -> Html {
    let is_asked = has(cx, lesson, Step::Predict);
    html! {
        <>
            {part(cx, lesson, "meet")}
            if cx.words().has(&lesson.key("breaks")) {
                <div class="analogy">{part(cx, lesson, "breaks")}</div>
            }
            {notes(cx, lesson)}
            <div class="acts">
                if is_asked { {next(cx, Step::Predict, true)} }
                if !is_asked || cx.lab.settings().predict() != Predict::On { {run_button(cx, "run")} {stop_button(cx)} }
            </div>
            {progress(cx)}
        </>
    }
}

/// What was left out or replaced on this machine.
fn notes(cx: &Cx, lesson: &Lesson) -> Html {
    let notes = cx
        .lab
        .machine()
        .map(|machine| (lesson.notes)(cx.lab.settings(), &machine));
    html! { { for notes.unwrap_or_default().iter().map(|note| html! { <p class="notice" data-testid="note"><span>{cx.rich(&note.say(cx.words()))}</span></p> }) } }
}

fn predict(cx: &Cx) -> Html {
    let room = &cx.lab.room;
    let questions = cx.lab.questions();
    let is_locked = room.asked.is_some();
    let lesson = cx.lab.lesson();
    html! {
        <>
            {part(cx, lesson, "predict")}
            { for questions.iter().map(|question| {
                let pick = |choice: &lessons::Choice| Pick {
                    test_id: ["option-", question.id, "-", choice.id].concat(),
                    label: cx.rich(&choice.phrase.say(cx.words())),
                    is_on: room.choice(question.id) == Some(choice.id),
                    action: Action::Answered(question.id, choice.id),
                };
                let name = ["predict-", question.id].concat();
                let legend = cx.rich(&question.phrase.say(cx.words()));
                radios(cx, &name, legend, "", is_locked, question.choices.iter().map(pick).collect())
            }) }
            if !questions.is_empty() {
                {radios(cx, "sure", html! { {cx.say("sure")} }, "pills", is_locked, Sureness::ALL.iter().map(|degree| Pick {
                    test_id: ["sure-", degree.id()].concat(),
                    label: html! { {cx.say(&["sure.", degree.id()].concat())} },
                    is_on: room.sureness == Some(*degree),
                    action: Action::Sure(*degree),
                }).collect())}
            }
            <div class="acts">
                if is_locked {
                    {next(cx, Step::Run, true)}
                    <button type="button" class="link" onclick={cx.click(Action::PredictAgain)}>{cx.say("predict.again")}</button>
                } else {
                    {run_button(cx, "run")}
                }
                {stop_button(cx)}
            </div>
        </>
    }
}

fn run(cx: &Cx, lesson: &Lesson) -> Html {
    let outcome = cx.lab.outcome();
    let is_running = cx.lab.live_here().is_some();
    html! {
        <>
            { match outcome {
                Some(outcome) if !is_running => finding(cx, outcome),
                _ => part(cx, lesson, "run"),
            } }
            {progress(cx)}
            if let Some(outcome) = outcome.filter(|_| !is_running) {
                {said(cx, outcome)}
            }
            if let Some(spec) = lesson.sliders.first().filter(|_| outcome.is_some() && !cx.lab.settings().is_hidden("controls")) {
                {slider(cx, lesson, spec)}
            }
            <div class="acts">
                {run_button(cx, if cx.lab.room.kept.is_empty() { "run" } else { "run.again" })}
                {stop_button(cx)}
                if outcome.is_some() && !is_running {
                    {next(cx, if has(cx, lesson, Step::Explain) { Step::Explain } else { Step::Play }, false)}
                }
            </div>
            if let Some(outcome) = outcome.filter(|_| !is_running) {
                {behind(cx, outcome)}
            }
        </>
    }
}

fn finding(cx: &Cx, outcome: &Outcome) -> Html {
    if cx.lab.settings().is_hidden("finding") {
        return Html::default();
    }
    html! { <p class="finding" data-testid="finding">{cx.rich(&outcome.finding.phrase.say(cx.words()))}</p> }
}

fn behind(cx: &Cx, outcome: &Outcome) -> Html {
    if cx.lab.settings().is_hidden("method") {
        return Html::default();
    }
    html! {
        <details data-testid="method">
            <summary>{cx.say("method")}</summary>
            {method(cx, outcome)}
        </details>
    }
}

/// What the reader said, and what this computer did.
fn said(cx: &Cx, outcome: &Outcome) -> Html {
    let (room, questions) = (&cx.lab.room, cx.lab.questions());
    if cx.lab.settings().is_hidden("answers") {
        return Html::default();
    }
    let is_same = room
        .kept
        .first()
        .is_none_or(|first| first.settings == outcome.settings);
    let told = questions
        .iter()
        .filter(|_| is_same)
        .filter_map(|question| said_once(cx, room, question, outcome));
    html! { { for told } }
}

fn said_once(cx: &Cx, room: &Room, question: &Question, outcome: &Outcome) -> Option<Html> {
    let chosen = room.choice(question.id)?;
    let of = |id: &str| question.choices.iter().find(|choice| choice.id == id);
    let text = |id: &str| of(id).map(|choice| cx.rich(&choice.phrase.say(cx.words())));
    let sure = room.sureness.map(|degree| cx.say(&["sure.", degree.id()].concat())).unwrap_or_default();
    let right = match answer(question, &outcome.evidence) {
        Answer::Choice(right) => Some(right),
        Answer::Inconclusive => None,
    };
    // Only the misconception that was chosen is answered, and only if this run
    // speaks against it.
    let why = of(chosen).and_then(|choice| choice.misconception).filter(|_| right.is_some_and(|right| right != chosen));
    let why = why.map(|id| cx.lab.lesson().key(&["feedback.", id].concat())).filter(|key| cx.words().has(key));
    Some(html! {
        <div class="said" data-testid={["said-", question.id].concat()} data-same={(right == Some(chosen)).to_string()}>
            <dl>
                <dt>{cx.say_with("said.yours", &[("sure", &sure)])}</dt>
                <dd>{text(chosen)?}</dd>
                <dt>{cx.say("said.measured")}</dt>
                <dd>{ match right {
                    Some(right) if right == chosen => html! { {cx.say("said.same")} },
                    Some(right) => text(right)?,
                    None => html! { {cx.say("said.open")} },
                } }</dd>
            </dl>
            if let Some(key) = why { <p class="soft">{cx.rich(&cx.say(&key))}</p> }
        </div>
    })
}

fn explain(cx: &Cx, lesson: &Lesson) -> Html {
    let (Some(explain), Some(_)) = (lesson.explain, cx.lab.outcome()) else {
        return html! { <><p>{cx.say("explain.first")}</p><div class="acts">{next(cx, back_to(cx, lesson), true)}</div></> };
    };
    let chosen = cx.lab.room.explained;
    let why = ["explain", "why"].join(".");
    let picks = explain.options.iter().map(|option| Pick {
        test_id: ["explain-", option.id].concat(),
        label: cx.rich(&cx.say(&lesson.key(&["explain.", option.id].concat()))),
        is_on: chosen == Some(option.id),
        action: Action::Explained(option.id),
    });
    let why = cx.rich(&cx.say(&lesson.key(&why)));
    html! {
        <>
            {radios(cx, "explain", why, "", false, picks.collect())}
            if let Some(id) = chosen {
                <div class="analogy" role="status" data-testid="feedback">
                    {part(cx, lesson, &["explain.", id, ".feedback"].concat())}
                </div>
                {part(cx, lesson, "explain")}
            }
            <div class="acts">{next(cx, Step::Play, chosen.is_some())}</div>
        </>
    }
}

fn back_to(cx: &Cx, lesson: &Lesson) -> Step {
    if has(cx, lesson, Step::Predict) && cx.lab.room.asked.is_none() {
        Step::Predict
    } else {
        Step::Run
    }
}

fn play(cx: &Cx, lesson: &Lesson) -> Html {
    let outcome = cx.lab.outcome();
    let settings = cx.lab.settings();
    let is_running = cx.lab.live_here().is_some();
    html! {
        <>
            {part(cx, lesson, "play")}
            if !settings.is_hidden("controls") {
                { for lesson.sliders.iter().map(|spec| slider(cx, lesson, spec)) }
                if !lesson.presets.is_empty() {
                    <p class="row">
                        { for lesson.presets.iter().map(|preset| html! {
                            <button type="button" class="small" data-testid={["preset-", preset.id].concat()} onclick={cx.click(Action::Preset(preset.values))}>
                                {cx.say(&lesson.key(&["preset.", preset.id].concat()))}
                            </button>
                        }) }
                    </p>
                }
            }
            <div class="acts">
                {run_button(cx, if cx.lab.room.kept.is_empty() { "run" } else { "run.again" })}
                {stop_button(cx)}
            </div>
            {progress(cx)}
            if let Some(outcome) = outcome.filter(|_| !is_running) {
                {finding(cx, outcome)}
            }
            {challenge(cx, lesson)}
            {earlier(cx)}
            if let Some(outcome) = outcome.filter(|_| !is_running) {
                {behind(cx, outcome)}
            }
            {onward(cx, lesson)}
        </>
    }
}

fn challenge(cx: &Cx, lesson: &Lesson) -> Html {
    let Some(challenge) = lesson.challenge else {
        return Html::default();
    };
    let is_met = cx
        .lab
        .room
        .kept
        .iter()
        .any(|outcome| (challenge.met)(&outcome.evidence));
    html! {
        <div class="notice" data-testid="challenge" data-met={is_met.to_string()}>
            <div>
                <strong>{cx.say(if is_met { "challenge.met" } else { "challenge" })}</strong>{" "}
                {part(cx, lesson, if is_met { "challenge.met" } else { "challenge" })}
            </div>
        </div>
    }
}

/// Earlier runs of this view: pick one to look at it.
#[must_use]
pub fn earlier(cx: &Cx) -> Html {
    let room = &cx.lab.room;
    if room.kept.len() < 2 {
        return Html::default();
    }
    let is_shown = |outcome: &Rc<Outcome>| {
        room.outcome()
            .is_some_and(|shown| Rc::ptr_eq(shown, outcome))
    };
    html! {
        <section>
            <h3>{cx.say("earlier")}</h3>
            <ol class="history" data-testid="history">
                { for room.kept.iter().enumerate().rev().map(|(at, outcome)| html! {
                    <li><button type="button" aria-pressed={is_shown(outcome).to_string()} onclick={cx.click(Action::Shown(at))}>
                        <span>{cx.say_with("earlier.run", &[("n", &outcome.number.to_string())])}</span>
                        <span class="soft">{medians(cx, outcome)}</span>
                    </button></li>
                }) }
            </ol>
            <button type="button" class="link" data-testid="clear" onclick={cx.click(Action::Cleared)}>{cx.say("earlier.clear")}</button>
        </section>
    }
}

/// `one after another 480 ms · one chef, juggling 61 ms`
fn medians(cx: &Cx, outcome: &Outcome) -> String {
    let one = |label: charts::ArmLabel| {
        let ms = lessons::words::millis(outcome.millis(&label.arm)?);
        Some(cx.say_with("earlier.arm", &[("arm", &label.label), ("ms", &ms)]))
    };
    let all: Vec<_> = crate::figure::labels(outcome, cx.words())
        .into_iter()
        .filter_map(one)
        .collect();
    all.join(" · ")
}

fn onward(cx: &Cx, lesson: &Lesson) -> Html {
    let number = lesson.number.map_or(0, |number| number + 1);
    let Some(next) = registry::LESSONS
        .iter()
        .find(|other| other.number == Some(number))
    else {
        return html! { <p><a href={link(cx, View::Lab)}>{cx.say("onward.lab")}</a></p> };
    };
    let title = cx.say(&["lesson.", next.id].concat());
    html! { <p><a href={link(cx, View::Lesson(next.id.to_owned()))}>{cx.say_with("onward", &[("title", &title)])}</a></p> }
}

fn stage(cx: &Cx, lesson: &Lesson, step: Step) -> Html {
    let Some(outcome) = cx.lab.outcome().filter(|_| step != Step::Predict) else {
        return html! {
            <>
                {drawing(cx)}
                if step != Step::Meet {
                    <div class="empty"><p>{cx.say("stage.empty")}</p></div>
                }
            </>
        };
    };
    let all = [ChartKind::Lanes, ChartKind::Tasks, ChartKind::Makespan];
    let without = |shown: &[ChartKind]| {
        all.into_iter()
            .filter(|kind| !shown.contains(kind))
            .collect::<Vec<_>>()
    };
    let (charts, on_demand, has_kitchen) = match step {
        Step::Meet => (Vec::new(), Vec::new(), true),
        Step::Explain => (vec![lesson.run_chart], Vec::new(), true),
        Step::Play => (
            lesson.play_charts.to_vec(),
            without(lesson.play_charts),
            false,
        ),
        _ => (vec![lesson.run_chart], without(&[lesson.run_chart]), false),
    };
    html! {
        <>
            <Stage outcome={Rc::clone(outcome)} {charts} {on_demand} {has_kitchen} has_arms={step != Step::Meet}
                words={Rc::clone(cx.words())} cx={cx.clone()} />
            if step == Step::Run {
                {verdicts(cx, outcome)}
            }
        </>
    }
}
