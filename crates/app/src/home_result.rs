//! The first page after a run: four cards turned, the two words, what to do next.

use crate::cx::Cx;
use crate::el::{El, all, button, el, nothing};
use crate::figure::card as plot;
use crate::header::link;
use crate::lab_view::{copy_link, downloads};
use crate::method::{method, numbers, verdict};
use crate::outcome::Outcome;
use crate::store::Action;
use lessons::words::{Style, plain, spans};
use lessons::{Card, Question, View, cards};
use std::rc::Rc;
use yew::Html;

/// A card with its number; `None` while it was not timed yet.
pub fn card(
    cx: &Cx,
    arm: &str,
    who: &str,
    question: Option<&Question>,
    outcome: &Rc<Outcome>,
) -> Option<El> {
    let shown = cards(&outcome.evidence);
    let card = shown.iter().find(|card| card.arm == arm)?;
    if card.times.is_none() && cx.lab.live_here().is_some() {
        return None;
    }
    // Another key than face down: a card that turns is another node, and moves once.
    let turned = el("section")
        .class("cell turned")
        .key(arm)
        .put(el("p").class("who").text(who));
    Some(turned.add(face(cx, card, question, outcome)))
}

fn face(cx: &Cx, card: &Card, question: Option<&Question>, outcome: &Rc<Outcome>) -> Html {
    let guess = question.and_then(|question| {
        let chosen = cx.lab.room.choice(question.id)?;
        question.choices.iter().find(|choice| choice.id == chosen)
    });
    let up = match outcome.trace(card.arm) {
        Some(trace) => plot(
            cx,
            trace,
            outcome.millis(card.base),
            &["plot-", card.arm].concat(),
        ),
        None => el("span").done(),
    };
    let mut num = el("div").class("num").test(&["number-", card.arm]);
    if card.times.is_some() {
        let big = card.big.say(cx.words());
        num = if card.is_marked {
            num.put(el("mark").class("signal").text(&big))
        } else {
            num.text(&big)
        };
    }
    num = num.put(el("small").text(&card.small.say(cx.words())));
    if let Some(guess) = guess {
        let guess = plain(&guess.phrase.say(cx.words()));
        num = num.put(el("small").text(&cx.say_with("home.guessed", &[("guess", &guess)])));
    }
    // On a card emphasis is weight, not slant.
    let mut say = el("p").class("say");
    for (style, part) in spans(&card.say.say(cx.words())) {
        say = if style == Style::Plain {
            say.text(part)
        } else {
            say.put(el("b").text(part))
        };
    }
    all(vec![
        el("div").class("up").add(up).put(num).done(),
        say.done(),
    ])
}

/// The two words come only now; then what can be done with the four numbers.
pub fn below_cards(cx: &Cx, outcome: &Outcome) -> Html {
    all(vec![reveal(cx, outcome), foot(cx, outcome)])
}

fn reveal(cx: &Cx, outcome: &Outcome) -> Html {
    if cx.lab.settings().is_hidden("finding") {
        return nothing();
    }
    let finding = cx.rich(&outcome.finding.phrase.say(cx.words()));
    all(vec![
        el("p")
            .class("reveal")
            .set("data-testid", "reveal")
            .add(cx.rich(&cx.say("home.reveal")))
            .done(),
        el("p")
            .class("soft")
            .set("data-testid", "finding")
            .add(finding)
            .done(),
        verdict(cx, outcome),
    ])
}

/// What can be done with the four numbers.
fn foot(cx: &Cx, outcome: &Outcome) -> Html {
    let toggle = |id: &str| {
        let toggle = button("link")
            .test(&["show-", id])
            .says("aria-expanded", cx.is_open(id));
        toggle
            .say(cx, &["home.", id].concat())
            .send(cx, Action::Toggled(id.to_owned()))
    };
    let rounds = cx.say_with("home.rounds", &[("n", &outcome.rounds().to_string())]);
    let first = el("a")
        .at("href", &link(cx, View::Lesson("waiting".into())))
        .set("data-testid", "first-lesson");
    let foot = el("div")
        .class("foot")
        .put(el("span").text(&rounds))
        .put(el("span").class("grow"));
    let foot = foot
        .put(toggle("method"))
        .put(toggle("table"))
        .add(copy_link(cx));
    let mut nodes = vec![foot.put(first.say(cx, "home.first-lesson")).done()];
    let panel = |id: &'static str| el("section").class("panel").set("data-testid", id).key(id);
    if cx.is_open("method") {
        let panel = panel("method")
            .at("aria-label", &cx.say("method"))
            .put(el("h2").say(cx, "method"));
        nodes.push(panel.add(method(cx, outcome)).add(downloads(cx)).done());
    }
    if cx.is_open("table") {
        nodes.push(
            panel("table")
                .at("aria-label", &cx.say("home.table"))
                .add(numbers(cx, outcome))
                .done(),
        );
    }
    all(nodes)
}
