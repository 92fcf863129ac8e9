//! Texts with inline marks as HTML.

use lessons::Words;
use lessons::words::{Style, spans};
use std::rc::Rc;
use yew::prelude::*;

/// A text in one line: marks become elements, glossary words become buttons.
#[must_use]
pub fn inline(text: &str, words: &Rc<Words>) -> Html {
    spans(text)
        .into_iter()
        .map(|(style, part)| match style {
            Style::Plain => html! { {part} },
            Style::Emphasis => html! { <em>{part}</em> },
            Style::Mark => html! { <mark class="signal">{part}</mark> },
            Style::Term(term) => {
                let key = ["term.", term].concat();
                if words.has(&key) {
                    html! { <Term shown={part.to_owned()} meaning={words.say(&key, &[])} /> }
                } else {
                    html! { {part} }
                }
            }
        })
        .collect()
}

/// A text of one or more paragraphs.
#[must_use]
pub fn paragraphs(text: &str, words: &Rc<Words>) -> Html {
    text.split('\n')
        .map(|part| html! { <p>{inline(part, words)}</p> })
        .collect()
}

#[derive(Properties, PartialEq)]
struct TermProps {
    shown: String,
    meaning: String,
}

/// A glossary word: pressing it shows what it means, Escape hides it.
#[component]
fn Term(props: &TermProps) -> Html {
    let open = use_state(|| false);
    let toggle = {
        let open = open.clone();
        Callback::from(move |_: MouseEvent| open.set(!*open))
    };
    let close = {
        let open = open.clone();
        Callback::from(move |event: KeyboardEvent| {
            if event.key() == "Escape" {
                open.set(false);
            }
        })
    };
    html! {
        <>
            <button type="button" class="term" aria-expanded={open.to_string()} onclick={toggle} onkeydown={close}>
                {&props.shown}
            </button>
            if *open {
                <span class="meaning" role="note">{spans(&props.meaning).into_iter().map(|(_, part)| part).collect::<String>()}</span>
            }
        </>
    }
}
