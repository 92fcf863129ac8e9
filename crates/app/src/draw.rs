//! The curve that the reader draws before a run: by pointer on a grid, or with a
//! slider for each team. Both set the same numbers.

use crate::cx::Cx;
use crate::el::{Do, all, button, el, nothing, raw};
use crate::outcome::Outcome;
use crate::store::Action;
use lessons::Curve;
use lessons::words::{tenth, whole};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use yew::Html;
use yew::virtual_dom::ListenerKind;

/// Size of the drawing, and of its plot inside, in pixels of its own.
const WIDTH: f64 = 320.0;
const HEIGHT: f64 = 190.0;
const LEFT: f64 = 26.0;
const RIGHT: f64 = 312.0;
const TOP: f64 = 20.0;
const BOTTOM: f64 = 160.0;
/// Lines across the grid at most.
const MOST_LINES: f64 = 6.0;

/// Where chefs and times stand on the grid.
struct Grid {
    most: f64,
}

impl Grid {
    fn x(&self, chefs: f64) -> f64 {
        LEFT + (RIGHT - LEFT) * chefs / self.most
    }

    fn y(&self, times: f64) -> f64 {
        BOTTOM - (BOTTOM - TOP) * times / self.most
    }

    /// Chefs and times at a place, given as shares of width and height.
    fn at(&self, across: f64, down: f64) -> (f64, f64) {
        let chefs = (across * WIDTH - LEFT) / (RIGHT - LEFT) * self.most;
        let times = (BOTTOM - down * HEIGHT) / (BOTTOM - TOP) * self.most;
        (chefs, times)
    }

    /// Whole numbers between two lines of the grid.
    fn step(&self) -> f64 {
        (self.most / MOST_LINES).ceil().max(1.0)
    }
}

/// The panel: question, grid, sliders. Nothing where the view asks for no curve.
pub fn panel(cx: &Cx) -> Html {
    let Some(curve) = cx.lab.curve() else {
        return nothing();
    };
    let is_locked = cx.lab.room.asked.is_some();
    let drawn = &cx.lab.room.drawn;
    let mut pad = el("div").set("data-testid", "draw-pad").set(
        "style",
        "position:absolute;inset:0;touch-action:none;cursor:crosshair",
    );
    if !is_locked {
        for kind in [ListenerKind::onpointerdown, ListenerKind::onpointermove] {
            pad = pad.on(kind, cx, Do::Draw(Rc::clone(&curve)));
        }
    }
    let art = el("div")
        .class("art")
        .set("aria-hidden", "true")
        // In frames no drawing is higher than it is at this width: what is drawn and
        // what is pointed at stay in one place.
        .set("style", "max-width:21rem")
        .add(raw(picture(cx, &curve, drawn)))
        .put(pad);
    let mut sliders = el("div").set(
        "style",
        "display:grid;grid-template-columns:repeat(auto-fit,minmax(8rem,1fr));gap:0 .8rem;margin-top:.6rem",
    );
    for (workers, _) in &curve.teams {
        sliders = sliders.add(slider(cx, &curve, *workers, is_locked));
    }
    // Always there, so that the sliders before it stay the same nodes, and one
    // that has the focus keeps it.
    let mut below = el("div");
    if !is_locked && !drawn.is_empty() {
        let again = button("link")
            .set("data-testid", "draw-clear")
            .say(cx, "draw.clear");
        below = below.put(again.send(cx, Action::Undrawn));
    }
    let nodes = vec![art.done(), sliders.done(), below.done()];
    el("fieldset")
        .set("data-testid", "draw")
        .put(el("legend").add(cx.rich(&curve.phrase.say(cx.words()))))
        .add(all(nodes))
        .done()
}

fn slider(cx: &Cx, curve: &Curve, workers: u32, is_locked: bool) -> Html {
    let n = workers.to_string();
    let drawn = value(&cx.lab.room.drawn, workers);
    let id = ["draw-", &n].concat();
    let shown = match drawn {
        Some(times) => cx.say_with("draw.value", &[("times", &tenth(times))]),
        None => cx.say("draw.none"),
    };
    let label = cx.say_with("draw.team", &[("n", &n)]);
    let range = el("input")
        .set("type", "range")
        .at("id", &id)
        .test(&[&id])
        .set("min", "0")
        .at("max", &whole(curve.most()))
        .set("step", "0.1")
        .value(&tenth(drawn.unwrap_or(1.0)))
        .at("aria-valuetext", &shown)
        .flag("disabled", is_locked)
        .on(ListenerKind::oninput, cx, Do::Drawn(workers));
    el("div")
        .class("ctl")
        .put(el("label").at("for", &id).text(&label))
        .put(el("output").text(&shown))
        .put(range)
        .done()
}

fn value(drawn: &[(u32, f64)], workers: u32) -> Option<f64> {
    let found = drawn.iter().find(|(at, _)| *at == workers);
    found.map(|(_, times)| *times)
}

/// The grid with the points drawn so far; one chef is as soon as one chef.
fn picture(cx: &Cx, curve: &Curve, drawn: &[(u32, f64)]) -> String {
    let grid = Grid { most: curve.most() };
    let mut svg =
        String::from("<svg viewBox=\"0 0 320 190\" font-size=\"11\" fill=\"var(--soft)\">");
    let mut times = 0.0;
    while times <= grid.most {
        let y = grid.y(times);
        line(&mut svg, (LEFT, y), (RIGHT, y), "var(--line)");
        text(&mut svg, (LEFT - 6.0, y + 4.0), "end", &whole(times));
        times += grid.step();
    }
    text(&mut svg, (LEFT, TOP - 8.0), "start", &cx.say("draw.up"));
    text(
        &mut svg,
        (RIGHT, HEIGHT - 2.0),
        "end",
        &cx.say("draw.across"),
    );
    let teams = curve.teams.iter().map(|(workers, _)| *workers);
    for workers in [1].into_iter().chain(teams) {
        let x = grid.x(f64::from(workers));
        line(&mut svg, (x, TOP), (x, BOTTOM), "var(--line)");
        text(&mut svg, (x, BOTTOM + 14.0), "middle", &workers.to_string());
    }
    let points = [(1, 1.0)].into_iter().chain(drawn.iter().copied());
    let points: Vec<_> = points
        .map(|(workers, times)| (grid.x(f64::from(workers)), grid.y(times)))
        .collect();
    for pair in points.windows(2) {
        if let [from, to] = pair {
            line(
                &mut svg,
                *from,
                *to,
                "var(--ink)\" stroke-width=\"2.4\" stroke-linecap=\"round\" stroke-dasharray=\"1 5",
            );
        }
    }
    for (x, y) in points {
        let place = [
            "<circle cx=\"",
            &tenth(x),
            "\" cy=\"",
            &tenth(y),
            "\" r=\"5\" fill=\"var(--ink)\"/>",
        ];
        svg.push_str(&place.concat());
    }
    svg.push_str("</svg>");
    svg
}

fn line(svg: &mut String, from: (f64, f64), to: (f64, f64), stroke: &str) {
    let parts = [
        "<line x1=\"",
        &tenth(from.0),
        "\" y1=\"",
        &tenth(from.1),
        "\" x2=\"",
        &tenth(to.0),
        "\" y2=\"",
        &tenth(to.1),
        "\" stroke=\"",
        stroke,
        "\"/>",
    ];
    svg.push_str(&parts.concat());
}

/// `words` are the page's own, or a number.
fn text(svg: &mut String, at: (f64, f64), anchor: &str, words: &str) {
    let words = words.replace('&', "&amp;").replace('<', "&lt;");
    let parts = [
        "<text x=\"",
        &tenth(at.0),
        "\" y=\"",
        &tenth(at.1),
        "\" text-anchor=\"",
        anchor,
        "\">",
        &words,
        "</text>",
    ];
    svg.push_str(&parts.concat());
}

/// A pointer was pressed on the grid, or moved over it.
pub fn point(cx: &Cx, curve: &Curve, event: &web_sys::Event) {
    let Some(pointer) = event.dyn_ref::<web_sys::PointerEvent>() else {
        return;
    };
    let pad = event.target();
    let Some(pad) = pad.and_then(|pad| pad.dyn_into::<web_sys::Element>().ok()) else {
        return;
    };
    let is_down = event.type_() == "pointerdown";
    if !is_down && pointer.buttons() & 1 == 0 {
        return;
    }
    if is_down {
        // Fails only for a pointer that has gone meanwhile.
        let _held = pad.set_pointer_capture(pointer.pointer_id());
    }
    let (width, height) = (
        f64::from(pad.client_width()),
        f64::from(pad.client_height()),
    );
    if width < 1.0 || height < 1.0 {
        return;
    }
    let across = f64::from(pointer.offset_x()) / width;
    let down = f64::from(pointer.offset_y()) / height;
    let (chefs, times) = Grid { most: curve.most() }.at(across, down);
    if let Some(team) = curve.nearest(chefs) {
        cx.send(Action::Drawn(team, times));
    }
}

/// What was drawn, and what this computer did.
pub fn said(cx: &Cx, outcome: &Outcome) -> Html {
    let told = cx
        .lab
        .curve()
        .and_then(|curve| lessons::drawn_answer(&curve, &outcome.drawn, &outcome.evidence));
    let Some(told) = told else {
        return nothing();
    };
    el("p")
        .class("said")
        .set("data-testid", "said-drawn")
        .add(cx.rich(&told.say(cx.words())))
        .done()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_on_the_grid_is_where_its_numbers_are_drawn() {
        let grid = Grid { most: 5.0 };
        for (chefs, times) in [(0.0, 0.0), (1.0, 1.0), (4.0, 2.5), (5.0, 5.0)] {
            let (across, down) = (grid.x(chefs) / WIDTH, grid.y(times) / HEIGHT);
            let (back, up) = grid.at(across, down);
            assert!((back - chefs).abs() < 1e-9 && (up - times).abs() < 1e-9);
        }
        assert_eq!(
            [5.0, 17.0, 33.0].map(|most| Grid { most }.step()),
            [1.0, 3.0, 6.0]
        );
    }
}
