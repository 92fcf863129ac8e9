//! A question before a run.

use crate::controls::{Pick, radios};
use crate::cx::Cx;
use crate::el::{all, el};
use crate::store::Action;
use lessons::Question;
use yew::Html;

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
    // What is asked is the last paragraph; what one has to know stands before it.
    let said = question.phrase.say(cx.words());
    let (known, asked) = said.rsplit_once('\n').unwrap_or(("", &said));
    let mut legend = Vec::new();
    for part in known.lines() {
        let part = el("span").class("known").add(cx.rich(part));
        legend.push(part.done());
    }
    legend.push(cx.rich(asked));
    radios(
        cx,
        &[name, question.id].concat(),
        all(legend),
        look,
        room.asked.is_some(),
        picks,
    )
}
