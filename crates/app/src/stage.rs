//! The drawings of a run.

use crate::controls::{Pick, radios};
use crate::cx::Cx;
use crate::drawings;
use crate::el::{all, button, el, nothing, text};
use crate::figure::{Source, figure, figure_with, labels, view};
use crate::hands;
use crate::marks::percent;
use crate::outcome::Outcome;
use crate::replay::kitchen;
use crate::store::Action;
use charts::Chart;
use lessons::ChartKind;
use model::Trace;
use std::rc::Rc;
use yew::Html;

/// Which drawings of a run are wanted.
pub struct Stage<'a> {
    /// Drawn at once.
    pub charts: &'a [ChartKind],
    /// Drawn when asked for.
    pub on_demand: &'a [ChartKind],
    /// Whether the kitchen is drawn at once, else when asked for.
    pub has_kitchen: bool,
    /// Whether what is drawn when asked for is offered here: see [`also`].
    pub has_offers: bool,
    /// Whether the reader can pick the arm that is drawn.
    pub has_arms: bool,
}

/// Charts of one run: some at once, the others behind buttons.
pub fn stage(cx: &Cx, outcome: &Rc<Outcome>, wanted: &Stage<'_>) -> Html {
    let settings = cx.lab.settings();
    let trace = cx.lab.trace(outcome);
    let draw = |kind: ChartKind| {
        // The bars show every arm, and the first answer.
        let first = outcome.predictions.first().map(|(_, millis)| *millis);
        let of = |trace: &Rc<Trace>| outcome.prediction(&trace.arm);
        let prediction = if kind == ChartKind::Makespan {
            first
        } else {
            trace.and_then(of)
        };
        let source = match (kind, trace) {
            (ChartKind::Lanes, Some(trace)) => Source::Lanes(Rc::clone(trace)),
            (ChartKind::Tasks, Some(trace)) => Source::Tasks(Rc::clone(trace)),
            (ChartKind::Arrows, Some(trace)) => Source::Arrows(Rc::clone(trace)),
            (ChartKind::Makespan, _) => Source::Makespan(Rc::clone(outcome)),
            (ChartKind::Plane, _) => Source::Plane(Rc::clone(outcome)),
            (ChartKind::Cdf, _) => Source::Cdf(Rc::clone(outcome)),
            (ChartKind::Frames, _) => Source::Frames(Rc::clone(outcome)),
            (ChartKind::Queue, _) => Source::Queue(Rc::clone(outcome)),
            _ if drawings::is_told(kind) => Source::Told(kind, Rc::clone(outcome)),
            _ => return nothing(),
        };
        figure(cx, source, &["fig-", kind.id()].concat(), prediction)
    };
    let is_shown = |id: &str| !settings.is_hidden(id);
    let mut nodes = Vec::new();
    // The choice of an arm stands before the first drawing it changes.
    let mut is_asked = !wanted.has_arms || outcome.traces.len() < 2;
    let mut picture = trace
        .filter(|trace| wanted.has_arms && trace.picture.is_some())
        .map(|trace| {
            let painter = outcome.evidence.arms.iter().find(|arm| arm.id == trace.arm);
            let rows = painter.and_then(|arm| crate::photo::own_rows(cx, &arm.jobs));
            painted(cx, trace, &name(cx, outcome, &trace.arm), rows)
        });
    for kind in wanted.charts.iter().filter(|kind| is_shown(kind.id())) {
        if !is_asked && is_of_arm(*kind) {
            is_asked = true;
            nodes.push(arms(
                cx,
                outcome,
                trace.map(|trace| trace.arm.as_str()).unwrap_or_default(),
            ));
        }
        nodes.push(draw(*kind));
        if *kind == ChartKind::Lanes {
            // Beside the bars of the same tasks.
            nodes.extend(picture.take());
        }
    }
    nodes.extend(picture);
    if let Some(trace) = trace.filter(|_| wanted.has_kitchen && is_shown("kitchen")) {
        nodes.push(kitchen(cx, trace));
    }
    if wanted.has_offers && !wanted.on_demand.is_empty() {
        nodes.push(also(cx, wanted.on_demand, !wanted.has_kitchen));
    }
    let is_asked = |id: &str| is_shown(id) && cx.is_open(id);
    for kind in wanted.on_demand.iter().filter(|kind| is_asked(kind.id())) {
        nodes.push(draw(*kind));
    }
    let asked = !wanted.has_kitchen && is_asked("kitchen");
    if let Some(trace) = trace.filter(|_| asked) {
        nodes.push(kitchen(cx, trace));
    }
    all(nodes)
}

/// Whether a kind of chart shows one arm.
const fn is_of_arm(kind: ChartKind) -> bool {
    matches!(
        kind,
        ChartKind::Lanes | ChartKind::Tasks | ChartKind::Arrows
    )
}

/// Buttons for what is drawn when asked for.
pub fn also(cx: &Cx, kinds: &[ChartKind], has_kitchen: bool) -> Html {
    let mut row = el("p")
        .class("row tools")
        .put(el("span").class("quiet").say(cx, "show.also"));
    let kinds = kinds.iter().map(|kind| kind.id());
    for id in kinds.chain(has_kitchen.then_some("kitchen")) {
        if !cx.lab.settings().is_hidden(id) {
            row = row.text(" ").add(more(cx, id));
        }
    }
    row.done()
}

/// What an arm is called.
#[must_use]
pub fn name(cx: &Cx, outcome: &Outcome, arm: &str) -> String {
    let labels = labels(outcome, cx.words());
    labels
        .into_iter()
        .find(|label| label.arm == arm)
        .map_or_else(String::new, |label| label.label)
}

fn arms(cx: &Cx, outcome: &Outcome, shown: &str) -> Html {
    let mut picks = Vec::new();
    for label in labels(outcome, cx.words()) {
        picks.push(Pick {
            test_id: ["arm-", &label.arm].concat(),
            label: text(&label.label),
            is_on: label.arm == shown,
            action: Action::ArmPicked(label.arm),
        });
    }
    let legend = el("span").class("quiet").say(cx, "show.arm").done();
    radios(cx, "shown-arm", legend, "pills", false, picks)
}

fn more(cx: &Cx, id: &'static str) -> Html {
    let more = button("small")
        .says("aria-pressed", cx.is_open(id))
        .test(&["show-", id]);
    more.say(cx, &["show.", id].concat())
        .send(cx, Action::Toggled(id.to_owned()))
        .done()
}

/// Brightness 0 of the picture.
const INK: [u8; 3] = [15, 23, 42];
/// Open where the picture is shown without its painters.
const PLAIN: &str = "picture-plain";

/// Puts what the tasks painted on the canvas of the page.
pub fn paint(cx: &Cx, trace: &Trace) {
    let by_chef = !cx.is_open(PLAIN);
    let painted = trace
        .picture
        .as_ref()
        .and_then(|picture| charts::picture::rgba(picture, trace, INK, by_chef));
    if let Some(painted) = painted {
        hands::paint(painted.width, painted.height, &painted.rgba);
    }
}

/// What the tasks painted: each strip in the tint of its chef and beside it in
/// the chef's column, or as it is; the page puts the pixels on the canvas after
/// it is there.
fn painted(cx: &Cx, trace: &Rc<Trace>, arm: &str, rows: Option<u32>) -> Html {
    let by_chef = !cx.is_open(PLAIN);
    let what = cx.say_with(
        if by_chef {
            "picture.alt"
        } else {
            "picture.plain"
        },
        &[("arm", arm)],
    );
    let canvas = |chart: &Chart| {
        let Some(picture) = &trace.picture else {
            return nothing();
        };
        // The room that is left for it depends on the columns beside it.
        let view = view(cx, "fig-picture");
        let area = charts::pixel_area(picture, trace, by_chef, rows, &view);
        let place = [
            "left:",
            &percent(area.x, chart.width),
            ";top:",
            &percent(area.y, chart.height),
            ";width:",
            &percent(area.width, chart.width),
            ";height:",
            &percent(area.height, chart.height),
        ];
        // A new canvas is painted anew.
        el("canvas")
            .key(if by_chef { "by-chef" } else { "plain" })
            .set("aria-hidden", "true")
            .at("style", &place.concat())
            .done()
    };
    let source = Source::Picture(Rc::clone(trace), by_chef, rows);
    let switch = button("small")
        .says("aria-pressed", by_chef)
        .test(&["show-painters"])
        .say(cx, "picture.painters")
        .send(cx, Action::Toggled(PLAIN.to_owned()));
    let row = el("p")
        .class("row tools")
        .put(el("span").class("quiet").text(&what))
        .text(" ")
        .put(switch);
    el("div")
        .class("picture")
        .set("data-testid", "picture")
        .put(row)
        .add(figure_with(cx, source, "fig-picture", None, Some(&canvas)))
        .done()
}
