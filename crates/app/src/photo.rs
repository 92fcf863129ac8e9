//! The picture a reader gives for the filter: a field to choose it, the whole
//! view to drop it on, and what became of it.

use crate::cx::Cx;
use crate::el::{Do, El, button, el, nothing};
use crate::hands;
use crate::store::{Action, Photo};
use js_sys::Uint8Array;
use lessons::Phrase;
use model::{Arm, Job};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web::PhotoFault;
use yew::Html;
use yew::virtual_dom::ListenerKind;

/// Work that can use a picture.
const PICTURED: &str = "image-filter";
/// Height of made-up pictures in rows.
const MADE_UP_ROWS: u32 = 360;

/// Whether one of these arms can use a picture.
pub fn is_wanted(arms: &[Arm]) -> bool {
    let mut jobs = arms.iter().flat_map(|arm| &arm.jobs);
    jobs.any(|job| job.workload == PICTURED)
}

/// Lets a picture be dropped anywhere on an element: next to the field, the
/// browser would leave the page for it.
pub fn droppable(element: El, cx: &Cx) -> El {
    element
        .on(ListenerKind::ondragover, cx, Do::Photo)
        .on(ListenerKind::ondrop, cx, Do::Photo)
}

/// The field for a picture, with what became of the last one.
pub fn field(cx: &Cx) -> Html {
    let photo = &cx.lab.photo;
    let is_locked = cx.lab.live.is_some();
    let input = el("input")
        .set("type", "file")
        .set("id", "photo")
        .set("data-testid", "photo")
        .set("accept", "image/*")
        .set("aria-describedby", "photo-private photo-said")
        .flag("disabled", is_locked)
        .on(ListenerKind::onchange, cx, Do::Photo);
    let said = el("p")
        .set("id", "photo-said")
        .set("data-testid", "photo-said")
        .text(&photo.said.say(cx.words()));
    let back = if photo.rows > 0 {
        button("small")
            .set("data-testid", "photo-back")
            .flag("disabled", is_locked)
            .say(cx, "photo.back")
            .click(cx, Do::Photo)
            .done()
    } else {
        nothing()
    };
    el("div")
        .class("drop")
        .put(el("label").set("for", "photo").say(cx, "photo.label"))
        .put(input)
        .put(said)
        .add(back)
        .put(
            el("p")
                .set("id", "photo-private")
                .class("quiet")
                .say(cx, "photo.private"),
        )
        .done()
}

/// Something was chosen, dropped, is held over the page, or is no longer wanted.
pub fn take(cx: &Cx, event: &web_sys::Event) {
    event.prevent_default();
    match &*event.type_() {
        "dragover" => {}
        "click" => give(cx, None),
        _ => {
            let (cx, coming) = (cx.clone(), JsFuture::from(hands::photo(event)));
            spawn_local(async move {
                // Refused where the small script that reads it cannot be had.
                match coming.await.map(JsCast::dyn_into::<Uint8Array>) {
                    Ok(Ok(shades)) => give(&cx, Some(shades.to_vec())),
                    Ok(Err(word)) => {
                        let word = word.as_string().unwrap_or_default();
                        refuse(&cx, &word);
                    }
                    Err(_) => refuse(&cx, "failed"),
                }
            });
        }
    }
}

fn give(cx: &Cx, shades: Option<Vec<u8>>) {
    match cx.runs.give(shades) {
        Ok(rows) => {
            let key = if rows > 0 { "photo.here" } else { "photo.gone" };
            let said = Phrase::new(key).with("rows", rows.to_string());
            cx.send(Action::Photo(Photo { rows, said }));
        }
        Err(PhotoFault::Busy) => refuse(cx, "busy"),
        Err(PhotoFault::Unfit) => refuse(cx, "broken"),
    }
}

/// The picture in use stays.
fn refuse(cx: &Cx, why: &str) {
    let said = Phrase::new(match why {
        "nothing" => "photo.nothing",
        "no-image" => "photo.no-image",
        "enormous" => "photo.enormous",
        "busy" => "photo.busy",
        "failed" => "photo.failed",
        _ => "photo.broken",
    });
    let rows = cx.lab.photo.rows;
    cx.send(Action::Photo(Photo { rows, said }));
}

/// The rows that what these jobs painted has in its own proportions: there are
/// as many as there was work, whatever the picture.
#[must_use]
pub fn own_rows(cx: &Cx, jobs: &[Job]) -> Option<u32> {
    let painted = [PICTURED, "life"];
    let job = jobs.iter().find(|job| painted.contains(&&*job.workload))?;
    Some(if job.input == 0 {
        MADE_UP_ROWS
    } else {
        cx.lab.photo.rows.max(1)
    })
}
