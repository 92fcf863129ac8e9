//! Texts with inline marks as nodes.

use crate::cx::Cx;
use crate::el::{all, button, el, text};
use crate::store::Action;
use lessons::words::{Style, plain, spans};
use yew::Html;

/// A text in one line: marks become elements, glossary words become buttons
/// that show what they mean.
pub fn inline(cx: &Cx, words: &str) -> Html {
    let mut nodes = Vec::new();
    for (style, part) in spans(words) {
        nodes.push(match style {
            Style::Plain => text(part),
            Style::Code => el("code").text(part).done(),
            Style::Emphasis => el("em").text(part).done(),
            Style::Mark => el("mark").class("signal").text(part).done(),
            Style::Term(term) => glossary(cx, term, part),
        });
    }
    all(nodes)
}

fn glossary(cx: &Cx, term: &str, shown: &str) -> Html {
    let key = ["term.", term].concat();
    if !cx.words().has(&key) {
        return text(shown);
    }
    let is_open = cx.is_open(&key);
    let word = button("term").says("aria-expanded", is_open).text(shown);
    let mut nodes = Vec::new();
    if is_open {
        nodes.push(
            el("span")
                .class("meaning")
                .set("role", "note")
                .text(&plain(&cx.say(&key)))
                .done(),
        );
    }
    nodes.insert(0, word.send(cx, Action::Toggled(key)).done());
    all(nodes)
}

/// A text of one or more paragraphs.
pub fn paragraphs(cx: &Cx, words: &str) -> Html {
    all(words
        .split('\n')
        .map(|part| el("p").add(inline(cx, part)).done())
        .collect())
}
