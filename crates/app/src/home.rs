//! The first page: guess, then four numbers.

use crate::controls::{Pick, radios, run_button, stop_button};
use crate::cx::Cx;
use crate::header::{fault, link};
use crate::lab_view::{copy_link, downloads};
use crate::method::{method, numbers};
use crate::outcome::Outcome;
use crate::progress::progress;
use crate::store::Action;
use crate::use_width::use_width;
use charts::{RefLine, View as ChartView};
use lessons::{Card, Question, View, Words, cards, registry};
use model::Trace;
use std::rc::Rc;
use yew::prelude::*;

/// Cards in reading order: arm, row, column.
const CELLS: [(&str, &str, &str); 4] = [
    ("wait-one", "wait", "one"),
    ("wait-two", "wait", "two"),
    ("chop-one", "chop", "one"),
    ("chop-two", "chop", "two"),
];

/// The first page.
#[must_use]
pub fn home(cx: &Cx) -> Html {
    let outcome = cx.lab.outcome();
    let is_whole = outcome.is_some() && cx.lab.live_here().is_none();
    let settings = cx.lab.settings();
    html! {
        <main id="main" data-testid="home">
            <div class="hero">
                <h1 tabindex="-1">{cx.say("home.title")}</h1>
                <p class="lede">{cx.say("home.lede")}{" "}{cx.say(if is_whole { "home.after" } else { "home.before" })}</p>
                {fault(cx)}
                <div class="go">
                    {run_button(cx, if cx.lab.room.kept.is_empty() { "home.run" } else { "home.again" })}
                    {stop_button(cx)}
                    if cx.lab.live_here().is_some() {
                        {progress(cx)}
                    } else {
                        <span class="quiet">{cx.say(if is_whole { "home.done" } else { "home.what" })}</span>
                    }
                </div>
            </div>
            {grid(cx, outcome)}
            if let Some(outcome) = outcome.filter(|_| is_whole) {
                if !settings.is_hidden("finding") {
                    <p class="reveal" data-testid="reveal">{cx.rich(&cx.say("home.reveal"))}</p>
                    <p class="soft" data-testid="finding">{cx.rich(&outcome.finding.phrase.say(cx.words()))}</p>
                }
                <Foot outcome={Rc::clone(outcome)} cx={cx.clone()} />
            }
            if !settings.is_hidden("footer") {
                <div class="below">
                    {words(cx, is_whole)}
                    {lessons(cx)}
                </div>
            }
        </main>
    }
}

fn grid(cx: &Cx, outcome: Option<&Rc<Outcome>>) -> Html {
    let column = |id: &str| {
        html! { <div class="colhead"><h2>{cx.say(&["home.column.", id].concat())}</h2><span>{cx.say(&["home.column.", id, ".what"].concat())}</span></div> }
    };
    let row = |id: &str| {
        let key = ["home.row.", id].concat();
        html! {
            <div class="rowhead" key={key.clone()}>
                <h2>{cx.say(&key)}</h2>
                <span>{cx.say(&[&*key, ".what"].concat())}</span>
                if outcome.is_some() { <span class="cap">{cx.say(&[&*key, ".most"].concat())}</span> }
            </div>
        }
    };
    let questions = cx.lab.questions();
    let shown = outcome
        .map(|outcome| cards(&outcome.evidence))
        .unwrap_or_default();
    html! {
        <div class="grid">
            <div class="corner"></div>
            {column("one")}
            {column("two")}
            { for CELLS.iter().map(|(arm, in_row, in_column)| html! {
                <>
                    if *in_column == "one" { {row(in_row)} }
                    {cell(cx, arm, in_column, &questions, shown.iter().find(|card| card.arm == *arm), outcome)}
                </>
            }) }
        </div>
    }
}

/// A card: face down with its guess, then with its number.
fn cell(
    cx: &Cx,
    arm: &'static str,
    column: &str,
    questions: &[Question],
    card: Option<&Card>,
    outcome: Option<&Rc<Outcome>>,
) -> Html {
    let question = questions.iter().find(|question| question.id == arm);
    let is_running = cx.lab.live_here().is_some();
    let test_id = ["card-", arm].concat();
    let who = html! { <p class="who">{cx.say(&["home.column.", column].concat())}</p> };
    let measured = card
        .zip(outcome)
        .filter(|(card, _)| card.times.is_some() || !is_running);
    match (measured, question) {
        (Some((card, outcome)), _) => html! {
            <section class="cell turned" key={arm} data-testid={test_id} aria-label={label(cx, arm)}>
                {who}
                {face(cx, card, question, outcome)}
            </section>
        },
        (None, Some(question)) => html! {
            <section class="cell down" key={[arm, "-down"].concat()} data-testid={test_id} aria-label={label(cx, arm)}>
                {who}
                {guesses(cx, question)}
                if is_running { <p class="quiet">{cx.say("home.timing")}</p> }
            </section>
        },
        (None, None) => {
            let key = match (is_running, is_planned(cx, arm)) {
                (true, true) => "home.timing",
                (false, true) => "home.down",
                (_, false) => "four-numbers.card.absent",
            };
            html! {
                <section class="cell down" key={[arm, "-down"].concat()} data-testid={test_id} aria-label={label(cx, arm)}>
                    {who}
                    <p class="quiet">{cx.say(key)}</p>
                </section>
            }
        }
    }
}

/// Whether this browser can time a card.
fn is_planned(cx: &Cx, arm: &str) -> bool {
    let plan = cx.lab.machine().map(|machine| (cx.lab.lesson().plan)(cx.lab.settings(), &machine));
    plan.is_none_or(|plan| plan.arms.iter().any(|planned| planned.id == arm))
}

/// "Dishes that wait: one chef, juggling"
fn label(cx: &Cx, arm: &str) -> String {
    let found = CELLS.iter().find(|(id, ..)| *id == arm);
    let Some((_, row, column)) = found else {
        return String::new();
    };
    let (row, column) = (
        cx.say(&["home.row.", row].concat()),
        cx.say(&["home.column.", column].concat()),
    );
    cx.say_with("home.card", &[("row", &row), ("column", &column)])
}

fn guesses(cx: &Cx, question: &Question) -> Html {
    let room = &cx.lab.room;
    let picks = question.choices.iter().map(|choice| Pick {
        test_id: ["guess-", question.id, "-", choice.id].concat(),
        label: cx.rich(&choice.phrase.say(cx.words())),
        is_on: room.choice(question.id) == Some(choice.id),
        action: Action::Answered(question.id, choice.id),
    });
    let is_locked = room.asked.is_some();
    let name = ["guess-", question.id].concat();
    radios(
        cx,
        &name,
        cx.rich(&question.phrase.say(cx.words())),
        "pills",
        is_locked,
        picks.collect(),
    )
}

fn face(cx: &Cx, card: &Card, question: Option<&Question>, outcome: &Rc<Outcome>) -> Html {
    let room = &cx.lab.room;
    let guess = question.and_then(|question| {
        let chosen = room.choice(question.id)?;
        question.choices.iter().find(|choice| choice.id == chosen)
    });
    let big = card.big.say(cx.words());
    let trace = outcome.trace(card.arm);
    html! {
        <>
            <div class="up">
                if let Some(trace) = trace {
                    <Plot trace={Rc::clone(trace)} base={outcome.millis(card.base)} id={["plot-", card.arm].concat()} words={Rc::clone(cx.words())} />
                } else {
                    <span></span>
                }
                <div class="num" data-testid={["number-", card.arm].concat()}>
                    if card.is_marked { <mark class="signal">{big}</mark> } else if card.times.is_some() { {big} }
                    <small>{card.small.say(cx.words())}</small>
                    if let Some(guess) = guess {
                        <small>{cx.say_with("home.guessed", &[("guess", &lessons::words::plain(&guess.phrase.say(cx.words())))])}</small>
                    }
                </div>
            </div>
            <p class="say">{emphasised(cx, &card.say.say(cx.words()))}</p>
        </>
    }
}

/// On a card emphasis is weight, not slant.
fn emphasised(cx: &Cx, text: &str) -> Html {
    use lessons::words::{Style, spans};
    spans(text)
        .into_iter()
        .map(|(style, part)| match style {
            Style::Emphasis => html! { <b>{part}</b> },
            Style::Plain => html! { {part} },
            _ => cx.rich(part),
        })
        .collect()
}

#[derive(Properties)]
struct PlotProps {
    trace: Rc<Trace>,
    base: Option<f64>,
    id: String,
    words: Rc<Words>,
}

impl PartialEq for PlotProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.trace, &other.trace)
            && self.base == other.base
            && Rc::ptr_eq(&self.words, &other.words)
    }
}

/// The dishes of one card on a time axis that ends at "one after another".
#[component]
fn Plot(props: &PlotProps) -> Html {
    let node = use_node_ref();
    let width = use_width(&node);
    let say = |key: &str, args: &[(&str, &str)]| props.words.say(key, args);
    let reference = props.base.map(|millis| RefLine {
        millis,
        label: say("home.reference", &[]),
    });
    let chart = charts::tasks_compact(
        &props.trace,
        reference.as_ref(),
        &ChartView::new(&props.id, width),
        &say,
    );
    html! {
        <div class="plot" ref={node} data-testid="chart-tasks">{Html::from_html_unchecked(chart.svg().into())}</div>
    }
}

#[derive(Properties)]
struct FootProps {
    outcome: Rc<Outcome>,
    cx: Cx,
}

impl PartialEq for FootProps {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.outcome, &other.outcome) && self.cx.lab == other.cx.lab
    }
}

/// What can be done with the four numbers.
#[component]
fn Foot(props: &FootProps) -> Html {
    let cx = &props.cx;
    let open = use_state(|| "");
    let toggle = |id: &'static str| {
        let open = open.clone();
        let is_open = *open == id;
        let onclick = Callback::from(move |_: MouseEvent| open.set(if is_open { "" } else { id }));
        html! {
            <button type="button" class="link" data-testid={["show-", id].concat()} aria-expanded={is_open.to_string()} {onclick}>{cx.say(&["home.", id].concat())}</button>
        }
    };
    let rounds = props.outcome.rounds().to_string();
    html! {
        <>
            <div class="foot">
                <span>{cx.say_with("home.rounds", &[("n", &rounds)])}</span>
                <span class="grow"></span>
                {toggle("method")}
                {toggle("table")}
                {copy_link(cx)}
                <a href={link(cx, View::Lesson("waiting".into()))} data-testid="first-lesson">{cx.say("home.first-lesson")}</a>
            </div>
            if *open == "method" {
                <section class="panel" data-testid="method" aria-label={cx.say("method")}><h2>{cx.say("method")}</h2>{method(cx, &props.outcome)}{downloads(cx, &props.outcome)}</section>
            }
            if *open == "table" {
                <section class="panel" data-testid="table" aria-label={cx.say("home.table")}>{numbers(cx, &props.outcome)}</section>
            }
        </>
    }
}

/// Rows of the differences table.
const DIFFERENCES: [&str; 6] = ["kitchen", "execution", "goal", "hardware", "use", "tools"];

/// The two words, side by side: folded until they have been seen at work.
fn words(cx: &Cx, is_open: bool) -> Html {
    html! {
        <section class="words">
            <details open={is_open} data-testid="words">
                <summary><h2>{cx.say("words.title")}</h2></summary>
                <p>{cx.rich(&cx.say("words.lede"))}</p>
                <div class="scroll" tabindex="0" role="region" aria-label={cx.say("words.title")}>
                    <table>
                        <thead><tr><td></td><th scope="col">{cx.say("words.concurrency")}</th><th scope="col">{cx.say("words.parallelism")}</th></tr></thead>
                        <tbody>
                            { for DIFFERENCES.iter().map(|row| {
                                let key = ["words.", row].concat();
                                html! {
                                    <tr>
                                        <th scope="row">{cx.say(&key)}</th>
                                        <td>{cx.rich(&cx.say(&[&*key, ".c"].concat()))}</td>
                                        <td>{cx.rich(&cx.say(&[&*key, ".p"].concat()))}</td>
                                    </tr>
                                }
                            }) }
                        </tbody>
                    </table>
                </div>
                <p class="quiet">{cx.rich(&cx.say("words.books"))}</p>
            </details>
        </section>
    }
}

fn lessons(cx: &Cx) -> Html {
    html! {
        <section id="lessons">
            <h2>{cx.say("lessons.title")}</h2>
            <ol class="lessons">
                { for registry::LESSONS.iter().map(|lesson| {
                    let key = ["lesson.", lesson.id].concat();
                    html! {
                        <li><a href={link(cx, View::Lesson(lesson.id.to_owned()))}>
                            <span class="n">{lesson.number.map(|n| n.to_string()).unwrap_or_default()}</span>
                            <span><b>{cx.say(&key)}</b><span class="q">{cx.say(&[&*key, ".what"].concat())}</span></span>
                        </a></li>
                    }
                }) }
                <li><a href={link(cx, View::Lab)}>
                    <span class="n" aria-hidden="true">{"+"}</span>
                    <span><b>{cx.say("lab.title")}</b><span class="q">{cx.say("lab.lede")}</span></span>
                </a></li>
            </ol>
        </section>
    }
}
