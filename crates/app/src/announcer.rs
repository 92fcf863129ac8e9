//! The one live region: progress at most every two seconds, the rest at once.

use gloo_timers::callback::Timeout;
use yew::prelude::*;

/// Least time between two messages of progress.
const PAUSE_MILLIS: u32 = 2000;

/// Properties of [`Announcer`].
#[derive(Properties, PartialEq)]
pub struct Props {
    /// What is to be said.
    pub text: String,
    /// Whether it only tells how far a run has got.
    pub is_progress: bool,
}

/// A polite live region, not shown.
#[component]
pub fn Announcer(props: &Props) -> Html {
    let said = use_state_eq(String::new);
    let pause = use_mut_ref(|| None::<Timeout>);
    let waiting = use_mut_ref(|| None::<String>);
    {
        let said = said.setter();
        use_effect_with(
            (props.text.clone(), props.is_progress),
            move |(text, is_progress)| {
                if *is_progress && pause.borrow().is_some() {
                    waiting.replace(Some(text.clone()));
                    return;
                }
                waiting.replace(None);
                said.set(text.clone());
                let after = std::rc::Rc::clone(&pause);
                let timer = Timeout::new(PAUSE_MILLIS, move || {
                    after.replace(None);
                    if let Some(text) = waiting.take() {
                        said.set(text);
                    }
                });
                pause.replace(Some(timer));
            },
        );
    }
    html! { <div class="sr" role="status" aria-live="polite" data-testid="status">{(*said).clone()}</div> }
}
