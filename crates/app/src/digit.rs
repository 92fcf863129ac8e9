//! A digit drawn by hand, told by the model that the run has just trained.

mod ink;

use crate::cx::Cx;
use crate::el::{Do, El, all, button, el, nothing, raw, scroll};
use crate::outcome::Outcome;
use crate::room::Ink;
use crate::store::Action;
use ink::{BLOCKS, FULL, blocks, drag, touch};
use lessons::Phrase;
use lessons::words::{tenth, whole};
use wasm_bindgen::JsCast;
use workloads::training::course::classify;
use yew::Html;
use yew::virtual_dom::ListenerKind;

/// Points across and down that a key moves the pen by.
const STRIDE: u8 = 16;
/// Where keys may take the pen.
const EDGE: (u8, u8) = (16, 240);
/// Width of a line on the paper.
const WIDTH: &str = "18";

/// What a model makes of a drawing: a share for each digit, which together are 1.
type Shares = [f32; 10];

/// What the model that was trained last in this run makes of the drawing.
fn shares(outcome: &Outcome, ink: &Ink) -> Option<Shares> {
    let pixels = blocks(ink)?.map(|n| f32::from(n) / f32::from(FULL));
    let mut trained = outcome.traces.iter().rev();
    trained.find_map(|trace| classify(&trace.weights, &pixels))
}

/// The digit with the largest share.
fn best(shares: &Shares) -> (usize, f32) {
    let all = shares.iter().copied().enumerate();
    all.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((0, 0.0))
}

fn percent(share: f32) -> String {
    whole(f64::from(share) * 100.0)
}

/// What is said of a drawing.
fn told(outcome: Option<&Outcome>, ink: &Ink) -> Phrase {
    if ink.strokes.is_empty() {
        return Phrase::new("digit.none");
    }
    let Some(shares) = outcome.and_then(|outcome| shares(outcome, ink)) else {
        return Phrase::new("digit.untrained");
    };
    let (digit, share) = best(&shares);
    let key = if share >= 0.5 {
        "digit.told"
    } else {
        "digit.unsure"
    };
    Phrase::new(key)
        .with("digit", digit.to_string())
        .with("share", percent(share))
}

/// The panel.
pub fn digit(cx: &Cx) -> Html {
    let ink = &cx.lab.room.ink;
    let outcome = cx.lab.outcome().map(AsRef::as_ref);
    let said = told(outcome, ink).say(cx.words());
    let wipe = button("small")
        .set("data-testid", "digit-wipe")
        .says("aria-disabled", ink.strokes.is_empty())
        .say(cx, "digit.wipe");
    let wipe = wipe.click(cx, Do::Digit);
    let mut nodes = vec![
        el("h2").say(cx, "digit").done(),
        el("p").set("id", "digit-how").say(cx, "digit.how").done(),
        el("div")
            .class("row")
            .put(paper(cx, ink))
            .add(seen(cx, ink))
            .done(),
        el("p")
            .set("data-testid", "digit-told")
            .add(cx.rich(&said))
            .done(),
        el("p").class("row tight").put(wipe).done(),
    ];
    if let Some(shares) = outcome.and_then(|outcome| shares(outcome, ink)) {
        nodes.push(table(cx, &shares));
    }
    el("section")
        .class("digit")
        .set("data-testid", "digit")
        .add(all(nodes))
        .done()
}

/// What is drawn on, by pointer or keys.
fn paper(cx: &Cx, ink: &Ink) -> El {
    let pad = el("div")
        .class("paper")
        .set("id", "digit-paper")
        .set("data-testid", "digit-paper")
        .set("tabindex", "0")
        .set("role", "application")
        .at("aria-label", &cx.say("digit.paper"))
        .set("aria-describedby", "digit-how")
        .add(raw(drawing(ink)));
    // Above the drawing, so that places are counted from its corner.
    let mut above = el("div").set(
        "style",
        "position:absolute;inset:0;touch-action:none;cursor:crosshair",
    );
    for kind in [ListenerKind::onpointerdown, ListenerKind::onpointermove] {
        above = above.on(kind, cx, Do::Digit);
    }
    pad.on(ListenerKind::onkeydown, cx, Do::Digit).put(above)
}

/// The lines as they were drawn, and where the pen of the keys is.
fn drawing(ink: &Ink) -> String {
    let mut svg = String::from(
        "<svg viewBox=\"0 0 256 256\" aria-hidden=\"true\" fill=\"none\" \
         stroke-linecap=\"round\" stroke-linejoin=\"round\">",
    );
    for stroke in &ink.strokes {
        svg.push_str("<path stroke=\"var(--ink)\" stroke-width=\"");
        svg.push_str(WIDTH);
        svg.push_str("\" d=\"M");
        for (x, y) in stroke {
            svg.push_str(&[" ", &x.to_string(), " ", &y.to_string()].concat());
        }
        // A line of no length still has its round end.
        if let [(x, y)] = stroke.as_slice() {
            svg.push_str(&[" ", &x.to_string(), " ", &y.to_string()].concat());
        }
        svg.push_str("\"/>");
    }
    let pen = [
        "<circle class=\"pen\" cx=\"",
        &ink.pen.0.to_string(),
        "\" cy=\"",
        &ink.pen.1.to_string(),
        "\" r=\"11\" stroke=\"var(--block)\" stroke-width=\"4\" fill=\"",
        if ink.is_down { "var(--block)" } else { "none" },
        "\"/></svg>",
    ];
    svg.push_str(&pen.concat());
    svg
}

/// The 64 numbers that the model reads, as shades.
fn seen(cx: &Cx, ink: &Ink) -> Html {
    let Some(blocks) = blocks(ink) else {
        return nothing();
    };
    let mut svg = String::from("<svg viewBox=\"0 0 64 64\" aria-hidden=\"true\">");
    for (at, n) in blocks.iter().enumerate() {
        let (row, column) = (at / BLOCKS, at % BLOCKS);
        let square = [
            "<rect x=\"",
            &(column * 8).to_string(),
            "\" y=\"",
            &(row * 8).to_string(),
            "\" width=\"8\" height=\"8\" fill=\"var(--ink)\" fill-opacity=\"",
            &tenth(f64::from(*n) / f64::from(FULL)),
            "\"/>",
        ];
        svg.push_str(&square.concat());
    }
    svg.push_str("</svg>");
    el("figure")
        .class("seen")
        .put(el("figcaption").say(cx, "digit.seen"))
        .add(raw(svg))
        .done()
}

/// How sure the model is of each digit.
fn table(cx: &Cx, shares: &Shares) -> Html {
    let mut head = el("tr").put(el("th").set("scope", "row").say(cx, "digit.digit"));
    let mut row = el("tr").put(el("th").set("scope", "row").say(cx, "digit.share"));
    let (first, _) = best(shares);
    for (digit, share) in shares.iter().enumerate() {
        head = head.put(el("th").set("scope", "col").text(&digit.to_string()));
        let cell = el("td").text(&percent(*share));
        row = row.put(if digit == first {
            cell.class("did")
        } else {
            cell
        });
    }
    let table = el("table")
        .set("data-testid", "digit-table")
        .put(el("caption").class("sr").say(cx, "digit.table"))
        .put(el("thead").put(head))
        .put(el("tbody").put(row));
    scroll(&cx.say("digit.table")).put(table).done()
}

/// A pointer draws, a key moves the pen, or the paper is wiped.
pub fn act(cx: &Cx, event: &web_sys::Event) {
    let mut ink = cx.lab.room.ink.clone();
    let outcome = cx.lab.outcome().map(AsRef::as_ref);
    let said = if let Some(key) = event.dyn_ref::<web_sys::KeyboardEvent>() {
        let Some(said) = keyed(&mut ink, &key.key()) else {
            return;
        };
        event.prevent_default();
        // Lifted, the pen has drawn a line to be told.
        let is_lifted = cx.lab.room.ink.is_down && !ink.is_down;
        Some(if is_lifted { told(outcome, &ink) } else { said })
    } else if event.type_() == "click" {
        ink.strokes.clear();
        Some(told(outcome, &ink))
    } else {
        let Some(at) = place(event) else { return };
        if event.type_() == "pointerdown" {
            touch(&mut ink, at);
        } else {
            drag(&mut ink, at);
        }
        // Told where it stands on the page, as the line goes on.
        None
    };
    if ink != cx.lab.room.ink {
        cx.send(Action::Inked(ink));
    }
    if let Some(said) = said {
        cx.send(Action::Say(said));
    }
}

/// What a key does, and what is to be said of it; `None` if it means nothing here.
fn keyed(ink: &mut Ink, key: &str) -> Option<Phrase> {
    let (x, y) = ink.pen;
    let back = |at: u8| at.saturating_sub(STRIDE).max(EDGE.0);
    let on = |at: u8| at.saturating_add(STRIDE).min(EDGE.1);
    match key {
        "ArrowLeft" => ink.pen = (back(x), y),
        "ArrowRight" => ink.pen = (on(x), y),
        "ArrowUp" => ink.pen = (x, back(y)),
        "ArrowDown" => ink.pen = (x, on(y)),
        " " | "Enter" => {
            ink.is_down = !ink.is_down;
            if ink.is_down {
                touch(ink, ink.pen);
            }
            let key = if ink.is_down {
                "digit.down"
            } else {
                "digit.up"
            };
            return Some(Phrase::new(key));
        }
        "Delete" | "Backspace" => {
            ink.strokes.clear();
            ink.is_down = false;
            return Some(Phrase::new("digit.none"));
        }
        _ => return None,
    }
    if ink.is_down {
        drag(ink, ink.pen);
    }
    let stand = |at: u8| (at / STRIDE).to_string();
    Some(
        Phrase::new("digit.at")
            .with("column", stand(ink.pen.0))
            .with("row", stand(ink.pen.1)),
    )
}

/// Where a pressed pointer is on the paper; held, so that it may leave it.
fn place(event: &web_sys::Event) -> Option<(u8, u8)> {
    let pointer = event.dyn_ref::<web_sys::PointerEvent>()?;
    let paper = event.target()?.dyn_into::<web_sys::Element>().ok()?;
    if pointer.buttons() & 1 == 0 {
        return None;
    }
    if event.type_() == "pointerdown" {
        // Fails only for a pointer that has gone meanwhile.
        let _held = paper.set_pointer_capture(pointer.pointer_id());
    }
    let at = |offset: i32, size: i32| {
        let share = f64::from(offset) / f64::from(size.max(1));
        (share * 256.0).clamp(0.0, 255.0) as u8
    };
    Some((
        at(pointer.offset_x(), paper.client_width()),
        at(pointer.offset_y(), paper.client_height()),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;
    use lessons::Words;

    fn empty() -> Ink {
        Ink {
            strokes: Vec::new(),
            pen: (128, 128),
            is_down: false,
        }
    }

    fn words() -> Words {
        Words::parse(include_str!("../../lessons/words/en/gpu-and-training.txt"))
    }

    #[test]
    fn keys_draw_what_a_pointer_draws() {
        let mut keys = empty();
        for key in ["ArrowUp", "ArrowUp", " ", "ArrowDown", "ArrowDown", " "] {
            assert!(keyed(&mut keys, key).is_some());
        }
        let mut pointer = empty();
        touch(&mut pointer, (128, 96));
        drag(&mut pointer, (128, 112));
        drag(&mut pointer, (128, 128));
        assert_eq!(keys.strokes, pointer.strokes);
        assert!(keyed(&mut keys, "Tab").is_none());
        for _ in 0..40 {
            keyed(&mut keys, "ArrowLeft");
            keyed(&mut keys, "ArrowUp");
        }
        assert_eq!(keys.pen, (EDGE.0, EDGE.0));
        keyed(&mut keys, "Delete");
        assert!(keys.strokes.is_empty());
    }

    #[test]
    fn everything_said_has_its_words() {
        let words = words();
        let said = |phrase: &Phrase| {
            assert!(words.has(&phrase.key), "{}", phrase.key);
            let said = phrase.say(&words);
            assert!(!said.contains('{'), "{said}");
        };
        let mut ink = empty();
        said(&told(None, &ink));
        for key in ["ArrowUp", " ", "ArrowRight", " ", "ArrowDown"] {
            said(&keyed(&mut ink, key).unwrap());
        }
        said(&told(None, &ink));
        said(&keyed(&mut ink, "Backspace").unwrap());
        for key in [
            "digit",
            "digit.how",
            "digit.paper",
            "digit.seen",
            "digit.table",
            "digit.digit",
            "digit.share",
            "digit.wipe",
            "digit.told",
            "digit.unsure",
        ] {
            assert!(words.has(key), "{key}");
        }
    }
}
