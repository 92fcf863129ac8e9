//! Marks of charts: reached by keyboard and pointer, and found again in the other
//! charts of the same run.

use crate::cx::Cx;
use crate::el::{all, el, nothing};
use crate::store::{Action, Spot};
use charts::{Chart, Mark};
use lessons::Phrase;
use yew::Html;

/// More marks of one task than this say nothing.
const MOST_LINKED: usize = 64;

/// Moves between the marks of a chart.
pub fn press(cx: &Cx, id: &str, chart: &Chart, event: &web_sys::Event) {
    use wasm_bindgen::JsCast;
    let Some(event) = event.dyn_ref::<web_sys::KeyboardEvent>() else {
        return;
    };
    let at = at_of(cx.lab.focus.as_ref(), id);
    let Some(next) = moved(&event.key(), at, chart.marks.len()) else {
        return;
    };
    event.prevent_default();
    cx.send(Action::Focused(next.map(|at| spot(id, chart, at))));
    if let Some(mark) = next.and_then(|at| chart.marks.get(at)) {
        cx.send(Action::Say(Phrase::new(mark.label.clone())));
    }
}

/// Follows the pointer over the marks of a chart.
pub fn hover(cx: &Cx, id: &str, chart: &Chart, event: &web_sys::Event) {
    use wasm_bindgen::JsCast;
    let target = event.target();
    let element = target
        .as_ref()
        .and_then(|target| target.dyn_ref::<web_sys::Element>());
    let (Some(element), Some(pointer)) = (element, event.dyn_ref::<web_sys::MouseEvent>()) else {
        return;
    };
    let mut on = None;
    if event.type_() != "pointerleave"
        && let Ok(Some(art)) = element.closest(".art")
    {
        let frame = art.get_bounding_client_rect();
        let across = (f64::from(pointer.client_x()) - frame.left()) / frame.width().max(1.0);
        let down = (f64::from(pointer.client_y()) - frame.top()) / frame.height().max(1.0);
        on = chart
            .mark_at(across as f32 * chart.width, down as f32 * chart.height)
            .map(|at| spot(id, chart, at));
    }
    if on != cx.lab.hover {
        cx.send(Action::Hovered(on));
    }
}

fn spot(id: &str, chart: &Chart, at: usize) -> Spot {
    Spot {
        chart: id.to_owned(),
        at,
        task: chart.marks.get(at).and_then(|mark| mark.task),
    }
}

/// The place of the mark of this chart, if it is the one.
fn at_of(spot: Option<&Spot>, id: &str) -> Option<usize> {
    spot.filter(|spot| spot.chart == id).map(|spot| spot.at)
}

/// Rings around the mark in focus with its words, around the one the pointer is
/// on, and around those of the same task as either in another chart.
pub fn rings(cx: &Cx, id: &str, chart: &Chart) -> Html {
    let mark = |at: usize| chart.marks.get(at);
    let mut nodes = Vec::new();
    if let Some(focused) = at_of(cx.lab.focus.as_ref(), id).and_then(mark) {
        nodes.push(ring(chart, focused));
        nodes.push(tip(chart, focused));
    }
    if let Some(under) = at_of(cx.lab.hover.as_ref(), id).and_then(mark) {
        nodes.push(ring(chart, under));
        // An arrow has no room for its words.
        if chart.kind == "arrows" && at_of(cx.lab.focus.as_ref(), id).is_none() {
            nodes.push(tip(chart, under));
        }
    }
    // The pointer moves later than the keyboard.
    let other = cx.lab.hover.as_ref().or(cx.lab.focus.as_ref());
    let task = other
        .filter(|spot| spot.chart != id)
        .and_then(|spot| spot.task);
    if let Some(task) = task {
        for linked in chart.marks_of(task).take(MOST_LINKED) {
            nodes.push(ring(chart, linked));
        }
    }
    if nodes.is_empty() {
        return nothing();
    }
    all(nodes)
}

/// The mark after a key: `None` if the key means nothing here.
fn moved(key: &str, at: Option<usize>, marks: usize) -> Option<Option<usize>> {
    let last = marks.checked_sub(1)?;
    Some(match key {
        "ArrowRight" | "ArrowDown" => Some(at.map_or(0, |at| (at + 1).min(last))),
        "ArrowLeft" | "ArrowUp" => Some(at.map_or(last, |at| at.saturating_sub(1))),
        "Home" => Some(0),
        "End" => Some(last),
        "Escape" if at.is_some() => None,
        _ => return None,
    })
}

fn ring(chart: &Chart, mark: &Mark) -> Html {
    let across = |value: f32| percent(value, chart.width);
    let down = |value: f32| percent(value, chart.height);
    let place = [
        "left:",
        &across(mark.x - 3.0),
        ";top:",
        &down(mark.y - 3.0),
        ";width:",
        &across(mark.width + 6.0),
        ";height:",
        &down(mark.height + 6.0),
    ];
    el("div").class("ring").at("style", &place.concat()).done()
}

fn tip(chart: &Chart, mark: &Mark) -> Html {
    // As wide as its words, or as the style lets it be.
    let words = charts::svg::text_px(&mark.label, charts::svg::TEXT_PX) / 2.0 + 10.0;
    let half = words.min(160.0).min(chart.width * 0.45);
    let middle = (mark.x + mark.width / 2.0)
        .min(chart.width - half)
        .max(half);
    let tip = [
        "left:",
        &percent(middle, chart.width),
        ";top:",
        &percent(mark.y + mark.height + 6.0, chart.height),
    ];
    el("div")
        .class("tip")
        .set("aria-hidden", "true")
        .at("style", &tip.concat())
        .text(&mark.label)
        .done()
}

/// A share as CSS has it.
pub fn percent(value: f32, of: f32) -> String {
    let mut text = lessons::words::tenth(f64::from(value / of * 100.0));
    text.push('%');
    text
}

#[cfg(test)]
mod tests {
    use super::moved;

    #[test]
    fn arrows_stay_inside_the_marks_and_escape_leaves_them() {
        assert_eq!(moved("ArrowRight", None, 3), Some(Some(0)));
        assert_eq!(moved("ArrowRight", Some(2), 3), Some(Some(2)));
        assert_eq!(moved("ArrowLeft", Some(0), 3), Some(Some(0)));
        assert_eq!(moved("End", None, 3), Some(Some(2)));
        assert_eq!(moved("Home", Some(2), 3), Some(Some(0)));
        assert_eq!(moved("Escape", Some(2), 3), Some(None));
        assert_eq!(moved("Escape", None, 3), None);
        assert_eq!(moved("Tab", Some(1), 3), None);
        assert_eq!(moved("End", None, 0), None);
    }
}
