//! A question before a run.

use crate::controls::{Pick, radios};
use crate::cx::Cx;
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
    let legend = cx.rich(&question.phrase.say(cx.words()));
    radios(
        cx,
        &[name, question.id].concat(),
        legend,
        look,
        room.asked.is_some(),
        picks,
    )
}
