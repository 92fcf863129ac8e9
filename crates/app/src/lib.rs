//! The page of Two Chefs: state, hooks and views. Compiles natively too, so
//! that everything below the drawing is tested there.

mod announcer;
mod controls;
mod cx;
mod figure;
mod hands;
mod header;
mod home;
mod lab_view;
mod lesson_view;
mod method;
pub mod outcome;
mod painting;
mod progress;
mod replay;
pub mod room;
pub mod sketch;
mod stage;
pub mod store;
mod surface;
mod text;
mod use_page;
mod use_run;
mod use_width;

use crate::announcer::Announcer;
use crate::cx::Cx;
use crate::store::Lab;
use lessons::{View, address};
use std::rc::Rc;
use web::Session;
use yew::prelude::*;

/// Build id; page and engine compare theirs when they meet.
pub const BUILD: &str = match option_env!("TWO_CHEFS_BUILD") {
    Some(build) => build,
    None => "dev",
};

/// Title of the document.
#[must_use]
pub fn title(lab: &Lab) -> String {
    let (key, own) = match &lab.address.view {
        View::Lesson(id) => ("title.lesson", lab.say(&["lesson.", id].concat())),
        View::Lab => ("title.lesson", lab.say("lab.title")),
        _ => return lab.say("title.home"),
    };
    lab.say_with(key, &[("title", &own)])
}

/// Puts the page into the element `app`.
pub fn start() {
    std::panic::set_hook(Box::new(|info| hands::panicked(&info.to_string())));
    let root = web_sys::window()
        .and_then(|window| window.document())
        .and_then(|document| document.get_element_by_id("app"));
    if let Some(root) = root {
        // The static shell has done its work.
        root.set_inner_html("");
        yew::Renderer::<App>::with_root(root).render();
    }
}

#[component]
fn App() -> Html {
    let lab = use_reducer(|| {
        let (address, notices) = address::parse(&use_page::fragment());
        Lab::new(address, notices)
    });
    let session = use_memo((), |()| Session::new(BUILD));
    let runs = use_run::use_run(&lab, &session);
    use_page::use_address(&lab);
    use_page::use_words(&lab);
    surface::use_surface(&lab, BUILD);
    use_page::use_document(&lab);
    let cx = Cx {
        lab: Rc::new(Lab::clone(&lab)),
        sender: lab.dispatcher(),
        runs,
    };
    html! { <div class="wrap">{page(&cx)}</div> }
}

fn page(cx: &Cx) -> Html {
    let said = cx.lab.said.say(cx.words());
    let said = lessons::words::plain(&said);
    html! {
        <>
            <a class="skip" href="#main" onclick={|event: MouseEvent| { event.prevent_default(); hands::focus("h1"); }}>{cx.say("skip")}</a>
            {header::header(cx)}
            {header::badge_panel(cx)}
            {header::notices(cx)}
            { match &cx.lab.address.view {
                View::Lesson(_) => lesson_view::lesson_view(cx),
                View::Lab => lab_view::lab_view(cx),
                _ => home::home(cx),
            } }
            if !cx.lab.settings().is_hidden("footer") {
                <footer class="foot"><span>{cx.say("footer")}</span></footer>
            }
            <Announcer text={said} is_progress={cx.lab.said.key == "say.round"} />
        </>
    }
}
