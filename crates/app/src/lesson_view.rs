//! A lesson: meet, predict, run, explain, play.

use crate::controls::{Pick, radios, run_button, stop_button};
use crate::cx::Cx;
use crate::draw;
use crate::el::{El, all, button, el, nothing, text};
use crate::figure::{Source, figure};
use crate::header::fault;
use crate::inputs;
use crate::lesson_result::{explain, play, run};
use crate::method::verdict;
use crate::outcome::Outcome;
use crate::progress::progress;
use crate::question::ask;
use crate::replay::{drawing, kitchen};
use crate::room::Sureness;
use crate::source;
use crate::stage::{Stage, stage};
use crate::store::Action;
use crate::text::paragraphs;
use crate::town;
use lessons::{ChartKind, Embed, Lesson, Measure, Phrase, Predict, Step, registry};
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
    // The lesson's own words may be in a language that the page's are not in.
    let own = lesson.key("title");
    let title = cx.say(&if cx.words().has(&own) {
        own
    } else {
        ["lesson.", lesson.id].concat()
    });
    let title = el("h1").set("tabindex", "-1").text(&title);
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
    let mut main = el("main").set("id", "main").test(&["lesson-", lesson.id]);
    if step == Step::Play && town::is_wanted_here(cx) {
        main = town::droppable(main, cx);
    }
    main.put(el("p").class("crumb").text(&crumb(cx, lesson)))
        .add(steps(cx, lesson, step))
        .put(
            el("div")
                .class("desk")
                .at("data-step", step.id())
                .put(side)
                .put(drawings),
        )
        .done()
}

fn crumb(cx: &Cx, lesson: &Lesson) -> String {
    match registry::place(lesson.id) {
        Some(0) | None => cx.say("crumb.first"),
        Some(n) => {
            let last = registry::LESSONS.len().saturating_sub(1);
            cx.say_with("crumb", &[("n", &n.to_string()), ("of", &last.to_string())])
        }
    }
}

/// Whether a step exists for this lesson under these settings.
pub fn has(cx: &Cx, lesson: &Lesson, step: Step) -> bool {
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
pub fn part(cx: &Cx, lesson: &Lesson, key: &str) -> Html {
    let key = lesson.key(key);
    if !cx.words().has(&key) {
        return nothing();
    }
    let mut args = lesson.args(cx.lab.settings());
    for (_, value) in &mut args {
        *value = lessons::words::grouped(value);
    }
    let args: Vec<_> = args
        .iter()
        .map(|(name, value)| (*name, value.as_str()))
        .collect();
    paragraphs(cx, &cx.say_with(&key, &args))
}

/// A button to another step.
pub fn next(cx: &Cx, step: Step, is_main: bool) -> El {
    let next = button(if is_main { "main" } else { "" }).set("data-testid", "next");
    next.say(cx, &["next.", step.id()].concat())
        .send(cx, Action::Turned(step))
}

/// The row of buttons of a step.
pub fn acts() -> El {
    el("div").class("acts")
}

/// Run or Run again, and Stop.
pub fn run_again(cx: &Cx) -> El {
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
    nodes.push(notes(cx, lesson, |_| true));
    nodes.push(acts.done());
    nodes.push(progress(cx));
    all(nodes)
}

/// What was left out or replaced on this machine, of what is wanted.
pub fn notes(cx: &Cx, lesson: &Lesson, is_wanted: fn(&Phrase) -> bool) -> Html {
    let mut nodes = Vec::new();
    if let Some(machine) = cx.lab.machine() {
        let told = (lesson.notes)(cx.lab.settings(), &machine);
        for note in told.into_iter().filter(is_wanted) {
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
        // The names of the boxes of the plane are short: a row of each.
        let is_short = matches!(question.measure, Measure::Place(_));
        let look = if is_short { "pills" } else { "" };
        nodes.push(ask(cx, question, "predict-", "option-", look));
    }
    nodes.push(draw::panel(cx));
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

/// Whether the page is made to fit into a frame.
pub fn is_embedded(cx: &Cx) -> bool {
    cx.lab.settings().embed() == Embed::On
}

/// Charts of a run that are not drawn at once, as far as it has anything for
/// them to show.
pub fn others(outcome: &Outcome, drawn: &[ChartKind]) -> Vec<ChartKind> {
    let mut others = Vec::new();
    for kind in CHARTS {
        if !drawn.contains(&kind) && inputs::has(outcome, kind) {
            others.push(kind);
        }
    }
    others
}

const CHARTS: [ChartKind; 15] = [
    ChartKind::Lanes,
    ChartKind::Tasks,
    ChartKind::Makespan,
    ChartKind::Frames,
    ChartKind::Cdf,
    ChartKind::Queue,
    ChartKind::Sweep,
    ChartKind::Speedup,
    ChartKind::Waterfall,
    ChartKind::Dag,
    ChartKind::Counts,
    ChartKind::Circle,
    ChartKind::Arrows,
    ChartKind::Stages,
    ChartKind::Loss,
];

/// What stands where no chart is yet: some predictions have a place on it.
fn empty_words(cx: &Cx) -> &'static str {
    let questions = cx.lab.questions();
    let mut choices = questions.iter().flat_map(|question| &question.choices);
    if choices.any(|choice| choice.value_millis.is_some()) {
        "stage.empty.marked"
    } else {
        "stage.empty"
    }
}

fn drawings(cx: &Cx, lesson: &'static Lesson, step: Step) -> Html {
    let Some(outcome) = cx.lab.outcome().filter(|_| step != Step::Predict) else {
        let beside = if step == Step::Meet {
            nothing()
        } else if lessons::preview::costs(lesson).is_some() {
            figure(cx, Source::Costs(lesson), "fig-costs", None)
        } else {
            el("div")
                .class("empty")
                .put(el("p").say(cx, empty_words(cx)))
                .done()
        };
        return all(vec![
            drawing(cx),
            beside,
            source::beside(cx, lesson, None, false),
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
    let rest = others(outcome, charts);
    let has_kitchen = step == Step::Explain;
    let on_demand = if has_kitchen { &[] } else { rest.as_slice() };
    let drawn = stage(
        cx,
        outcome,
        &Stage {
            charts,
            on_demand,
            has_kitchen,
            has_offers: step != Step::Run || !is_embedded(cx),
            has_arms: step != Step::Run,
        },
    );
    let is_folded = step == Step::Run && is_embedded(cx);
    all(vec![
        drawn,
        if is_folded {
            nothing()
        } else {
            source::beside(cx, lesson, Some(outcome), step == Step::Run)
        },
        if step == Step::Run && cx.lab.whole().is_some() && !is_embedded(cx) {
            verdict(cx, outcome)
        } else {
            nothing()
        },
    ])
}
