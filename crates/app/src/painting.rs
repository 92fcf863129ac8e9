//! The picture the tasks painted, each tile in the tint of its chef.

use crate::hands;
use lessons::Words;
use model::Trace;
use std::rc::Rc;
use web_sys::HtmlCanvasElement;
use yew::prelude::*;

/// Properties of [`Painting`].
#[derive(Properties)]
pub struct Props {
    /// Run that painted.
    pub trace: Rc<Trace>,
    /// What the arm is called.
    pub label: String,
    /// All texts.
    pub words: Rc<Words>,
}

impl PartialEq for Props {
    fn eq(&self, other: &Self) -> bool {
        Rc::ptr_eq(&self.trace, &other.trace)
            && Rc::ptr_eq(&self.words, &other.words)
            && self.label == other.label
    }
}

/// Brightness 0 of the picture.
const INK: [u8; 3] = [15, 23, 42];

/// A canvas with the picture; nothing where the run painted none.
#[component]
pub fn Painting(props: &Props) -> Html {
    let node = use_node_ref();
    let painted = use_memo(Rc::as_ptr(&props.trace), |_| {
        let picture = props.trace.picture.as_ref()?;
        charts::picture::rgba(picture, &props.trace, INK)
    });
    {
        let (node, painted) = (node.clone(), Rc::clone(&painted));
        use_effect_with(Rc::as_ptr(&painted), move |_| {
            if let (Some(canvas), Some(painted)) =
                (node.cast::<HtmlCanvasElement>(), painted.as_ref())
            {
                hands::paint(&canvas, painted.width, painted.height, &painted.rgba);
            }
        });
    }
    let Some(painted) = painted.as_ref() else {
        return Html::default();
    };
    let mut chefs: Vec<u32> = painted.tiles.iter().map(|tile| tile.chef).collect();
    chefs.sort_unstable();
    chefs.dedup();
    let what = props.words.say(
        "picture.alt",
        &[
            ("tiles", &painted.tiles.len().to_string()),
            ("chefs", &chefs.len().to_string()),
            ("arm", &props.label),
        ],
    );
    html! {
        <figure class="picture" data-testid="picture">
            <figcaption><b>{props.words.say("picture.title", &[])}</b><span>{&what}</span></figcaption>
            <canvas ref={node} role="img" aria-label={what.clone()}></canvas>
        </figure>
    }
}
