//! The first page: guess, then four numbers.

use crate::controls::{run_button, stop_button};
use crate::cx::Cx;
use crate::el::{El, all, button, el, nothing, text};
use crate::figure::{card as plot, scroll};
use crate::header::{fault, link};
use crate::lab_view::{copy_link, downloads};
use crate::lesson_view::ask;
use crate::method::{method, numbers, verdict};
use crate::outcome::Outcome;
use crate::progress::progress;
use crate::store::Action;
use lessons::words::{Style, plain, spans};
use lessons::{Card, Question, View, cards, registry};
use std::rc::Rc;
use yew::Html;

/// Cards in reading order: arm, row, column.
const CELLS: [(&str, &str, &str); 4] = [
    ("wait-one", "wait", "one"),
    ("wait-two", "wait", "two"),
    ("chop-one", "chop", "one"),
    ("chop-two", "chop", "two"),
];

/// The first page.
pub fn home(cx: &Cx) -> Html {
    let whole = cx.lab.whole();
    let settings = cx.lab.settings();
    let lede = el("p").class("lede").say(cx, "home.lede").text(" ");
    let lede = lede.say(
        cx,
        if whole.is_some() {
            "home.after"
        } else {
            "home.before"
        },
    );
    let label = if cx.lab.room.kept.is_empty() {
        "home.run"
    } else {
        "home.again"
    };
    let mut go = el("div")
        .class("go")
        .add(run_button(cx, label))
        .add(stop_button(cx));
    go = if cx.lab.live_here().is_some() {
        go.add(progress(cx))
    } else {
        go.put(el("span").class("quiet").say(
            cx,
            if whole.is_some() {
                "home.done"
            } else {
                "home.what"
            },
        ))
    };
    let title = el("h1").set("tabindex", "-1").say(cx, "home.title");
    let hero = el("div")
        .class("hero")
        .put(title)
        .put(lede)
        .add(fault(cx))
        .put(go);
    let mut main = el("main")
        .set("id", "main")
        .set("data-testid", "home")
        .put(hero)
        .add(grid(cx));
    if let Some(outcome) = whole {
        main = main.add(reveal(cx, outcome)).add(foot(cx, outcome));
    }
    if !settings.is_hidden("footer") {
        main = main.put(
            el("div")
                .class("below")
                .put(words(cx, whole.is_some()))
                .put(lessons(cx)),
        );
    }
    main.done()
}

/// The two words come only now.
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

fn grid(cx: &Cx) -> Html {
    let outcome = cx.lab.outcome();
    let questions = cx.lab.questions();
    let shown = outcome
        .map(|outcome| cards(&outcome.evidence))
        .unwrap_or_default();
    let part = |tag, key: &[&str]| el(tag).say(cx, &key.concat());
    let mut grid = el("div").class("grid").put(el("div").class("corner"));
    for id in ["one", "two"] {
        let head = el("div")
            .class("colhead")
            .put(part("h2", &["home.column.", id]));
        grid = grid.put(head.put(part("span", &["home.column.", id, ".what"])));
    }
    for (arm, row, column) in CELLS {
        if column == "one" {
            let mut head = el("div")
                .class("rowhead")
                .put(part("h2", &["home.row.", row]));
            head = head.put(part("span", &["home.row.", row, ".what"]));
            if outcome.is_some() {
                head = head.put(part("span", &["home.row.", row, ".most"]).class("cap"));
            }
            grid = grid.put(head);
        }
        let (row, name) = (
            cx.say(&["home.row.", row].concat()),
            cx.say(&["home.column.", column].concat()),
        );
        let label = cx.say_with("home.card", &[("row", &row), ("column", &name)]);
        let card = shown.iter().find(|card| card.arm == arm);
        let question = questions.iter().find(|question| question.id == arm);
        let cell = cell(cx, arm, &name, question, card, outcome);
        grid = grid.put(cell.test(&["card-", arm]).at("aria-label", &label));
    }
    grid.done()
}

/// A card: face down with its guess, then with its number.
fn cell(
    cx: &Cx,
    arm: &str,
    who: &str,
    question: Option<&Question>,
    card: Option<&Card>,
    outcome: Option<&Rc<Outcome>>,
) -> El {
    let is_running = cx.lab.live_here().is_some();
    let who = el("p").class("who").text(who);
    let measured = card
        .zip(outcome)
        .filter(|(card, _)| card.times.is_some() || !is_running);
    if let Some((card, outcome)) = measured {
        // Another key: a card that turns is another node, and moves once.
        return el("section")
            .class("cell turned")
            .key(arm)
            .put(who)
            .add(face(cx, card, question, outcome));
    }
    let mut down = el("section")
        .class("cell down")
        .key(&["down-", arm].concat())
        .put(who);
    if let Some(question) = question {
        down = down.add(ask(cx, question, "guess-", "guess-", "pills"));
    }
    let told = match (is_running, is_planned(cx, arm), question) {
        (_, false, _) => Some("four-numbers.card.absent"),
        (true, ..) => Some("home.timing"),
        (_, _, None) => Some("home.down"),
        _ => None,
    };
    match told {
        Some(key) => down.put(el("p").class("quiet").say(cx, key)),
        None => down,
    }
}

/// Whether this browser can time a card.
fn is_planned(cx: &Cx, arm: &str) -> bool {
    let plan = cx
        .lab
        .machine()
        .map(|machine| (cx.lab.lesson().plan)(cx.lab.settings(), &machine));
    plan.is_none_or(|plan| plan.arms.iter().any(|planned| planned.id == arm))
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

/// Rows of the differences table.
const DIFFERENCES: [&str; 6] = ["kitchen", "execution", "goal", "hardware", "use", "tools"];

/// The two words, side by side: folded until they have been seen at work.
fn words(cx: &Cx, is_open: bool) -> El {
    let head = el("tr")
        .put(el("td"))
        .put(el("th").set("scope", "col").say(cx, "words.concurrency"))
        .put(el("th").set("scope", "col").say(cx, "words.parallelism"));
    let mut body = el("tbody");
    for row in DIFFERENCES {
        let mut line = el("tr").put(
            el("th")
                .set("scope", "row")
                .say(cx, &["words.", row].concat()),
        );
        for side in [".c", ".p"] {
            line = line.put(el("td").say(cx, &["words.", row, side].concat()));
        }
        body = body.put(line);
    }
    let table =
        scroll(&cx.say("words.title")).put(el("table").put(el("thead").put(head)).put(body));
    let folded = el("details")
        .set("data-testid", "words")
        .flag("open", is_open)
        .put(el("summary").put(el("h2").say(cx, "words.title")))
        .put(el("p").say(cx, "words.lede"))
        .put(table)
        .put(el("p").class("quiet").say(cx, "words.books"));
    el("section").class("words").put(folded)
}

fn lessons(cx: &Cx) -> El {
    let entry = |view: View, number: &str, title: &str, what: &str| {
        let words = el("span")
            .put(el("b").say(cx, title))
            .put(el("span").class("q").say(cx, what));
        let link = el("a")
            .at("href", &link(cx, view))
            .put(el("span").class("n").text(number))
            .put(words);
        el("li").put(link)
    };
    let mut list = el("ol").class("lessons");
    for lesson in registry::LESSONS {
        let number = lesson
            .number
            .map(|number| number.to_string())
            .unwrap_or_default();
        let key = ["lesson.", lesson.id].concat();
        list = list.put(entry(
            View::Lesson(lesson.id.to_owned()),
            &number,
            &key,
            &[&*key, ".what"].concat(),
        ));
    }
    list = list.put(entry(View::Lab, "+", "lab.title", "lab.lede"));
    el("section")
        .set("id", "lessons")
        .put(el("h2").add(text(&cx.say("lessons.title"))))
        .put(list)
}
