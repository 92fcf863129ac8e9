//! The page of Two Chefs: state, effects and views. Compiles natively too, so
//! that everything below the drawing is tested there.

mod compose_view;
mod controls;
mod cx;
mod digit;
mod draw;
mod drawings;
mod el;
mod figure;
mod frame;
mod hands;
mod header;
mod home;
mod home_result;
mod inputs;
mod json;
mod lab_view;
pub mod later;
mod lesson_result;
mod lesson_view;
mod marks;
mod method;
pub mod orders;
pub mod outcome;
mod page;
mod photo;
mod progress;
mod qr;
mod question;
mod replay;
pub mod room;
mod runs;
pub mod sketch;
mod source;
mod stage;
pub mod store;
mod surface;
mod text;
mod totals;
mod town;

use crate::cx::{Cx, Inside};
use crate::el::{Do, el};
use crate::figure::Charts;
use crate::page::Page;
use crate::runs::Runs;
use crate::store::{Lab, Rest};
use crate::surface::Surface;
use lessons::{View, address};
use std::cell::RefCell;
use std::rc::Rc;
use yew::prelude::*;

/// Build id; page and engine compare theirs when they meet.
pub const BUILD: &str = match option_env!("TWO_CHEFS_BUILD") {
    Some(build) => build,
    None => "dev",
};

/// Title of the document.
#[must_use]
pub fn title(lab: &Lab) -> String {
    let own = match &lab.address.view {
        View::Lesson(id) => lab.say(&["lesson.", id].concat()),
        View::Lab => lab.say("lab.title"),
        View::Join => lab.say("join"),
        View::Compose(_) => lab.say("compose"),
        _ => return lab.say("title.home"),
    };
    lab.say_with("title.lesson", &[("title", &own)])
}

/// Puts the page into the element `app`.
pub fn start() {
    std::panic::set_hook(Box::new(|info| hands::panicked(&info.to_string())));
    let document = web_sys::window().and_then(|window| window.document());
    if let Some(root) = document.and_then(|document| document.get_element_by_id("app")) {
        // The static shell has done its work.
        root.set_inner_html("");
        yew::Renderer::<App>::with_root(root).render();
    }
}

/// What lives as long as the page, besides the state.
struct House {
    runs: Runs,
    charts: Rc<Charts>,
    page: RefCell<Page>,
    surface: Rc<RefCell<Surface>>,
}

#[component]
fn App() -> Html {
    let lab = use_reducer(|| {
        let (address, notices) = address::parse(&page::fragment());
        let lab = Lab::new(address, notices);
        if hands::is_framed() {
            lab.in_frame()
        } else {
            lab
        }
    });
    let house = {
        let sender = lab.dispatcher();
        use_mut_ref(move || {
            let surface = Rc::new(RefCell::new(Surface::default()));
            surface::open(&surface, BUILD);
            Rc::new(House {
                runs: Runs::new(BUILD, sender),
                charts: Rc::default(),
                page: RefCell::default(),
                surface,
            })
        })
    };
    let house = Rc::clone(&house.borrow());
    let cx = Cx::new(Inside {
        lab: Rc::new(Lab::clone(&lab)),
        sender: lab.dispatcher(),
        runs: house.runs.clone(),
        charts: Rc::clone(&house.charts),
    });
    let after = cx.clone();
    use_effect(move || {
        house.surface.borrow_mut().follow(&after.lab);
        house.page.borrow_mut().follow(&after);
    });
    whole(&cx)
}

fn whole(cx: &Cx) -> Html {
    let skip = el("a")
        .class("skip")
        .set("href", "#main")
        .say(cx, "skip")
        .click(cx, Do::Skip);
    let is_here = cx.lab.rest == Rest::Here;
    let view = match &cx.lab.address.view {
        View::Lesson(_) if is_here => later::lesson(cx),
        View::Lab if is_here => later::lab(cx),
        View::Compose(_) if is_here => later::compose(cx),
        View::Join if is_here => later::join(cx),
        View::Lesson(_) | View::Lab | View::Join | View::Compose(_) => coming(cx),
        _ => home::home(cx),
    };
    let page = el("div")
        .class("wrap")
        .put(skip)
        .add(header::header(cx))
        .add(header::badge_panel(cx));
    let page = page
        .add(header::notices(cx))
        .add(header::rest_missing(cx))
        .add(view);
    if cx.lab.settings().is_hidden("footer") {
        return page.done();
    }
    let mut foot = el("footer").class("foot").put(el("span").say(cx, "footer"));
    let view = &cx.lab.address.view;
    if !matches!(view, View::Compose(_) | View::Join) {
        let this = View::Compose(Box::new(view.clone()));
        let compose = el("a").at("href", &header::link(cx, this));
        foot = foot.put(
            compose
                .set("data-testid", "compose-link")
                .say(cx, "compose"),
        );
    }
    page.put(foot).done()
}

/// A view before the part of the program that makes it is here.
fn coming(cx: &Cx) -> Html {
    let title = match &cx.lab.address.view {
        View::Lesson(id) => cx.say(&["lesson.", id].concat()),
        View::Compose(_) => cx.say("compose"),
        View::Join => cx.say("join"),
        _ => cx.say("lab.title"),
    };
    let mut main = el("main")
        .set("id", "main")
        .put(el("h1").set("tabindex", "-1").text(&title));
    if cx.lab.rest != Rest::Missing {
        main = main.put(el("p").class("quiet").say(cx, "rest.coming"));
    }
    main.done()
}
