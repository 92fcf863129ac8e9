//! The first page: guess, then four numbers.

use crate::controls::{run_button, stop_button};
use crate::cx::Cx;
use crate::el::{El, el, scroll, text};
use crate::header::{fault, link};
use crate::later;
use crate::question::ask;
use lessons::{Question, View, registry};
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
        go.add(later::progress(cx))
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
        main = main.add(later::below_cards(cx, outcome));
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

fn grid(cx: &Cx) -> Html {
    let outcome = cx.lab.outcome();
    let questions = cx.lab.questions();
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
        let question = questions.iter().find(|question| question.id == arm);
        let turned = outcome.and_then(|outcome| later::card(cx, arm, &name, question, outcome));
        let cell = turned.unwrap_or_else(|| face_down(cx, arm, &name, question));
        grid = grid.put(cell.test(&["card-", arm]).at("aria-label", &label));
    }
    grid.done()
}

/// A card that was not timed yet, with its guess.
fn face_down(cx: &Cx, arm: &str, who: &str, question: Option<&Question>) -> El {
    let is_running = cx.lab.live_here().is_some();
    let mut down = el("section")
        .class("cell down")
        .key(&["down-", arm].concat())
        .put(el("p").class("who").text(who));
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
    for (place, lesson) in registry::LESSONS.iter().enumerate() {
        let number = place.to_string();
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
