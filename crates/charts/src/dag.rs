//! What has to come before what.

mod layers;
mod layout;

use crate::chart::listed;
use crate::format;
use crate::phrase::phrase;
use crate::plot;
use crate::svg::Svg;
use crate::{Chart, Mark, Say, Table, View};
use layers::Layers;
use layout::{Layout, Place};
use model::Edge;

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DagChart {
    /// Tasks, in the order of their ids.
    pub nodes: Vec<DagNode>,
    /// What has to come before what, by id. Edges to ids that are not there, or
    /// that close a circle, are left out.
    pub edges: Vec<Edge>,
}

/// A task.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DagNode {
    /// Such as "chop onions".
    pub name: String,
    /// Planned length, in milliseconds, above 0; the longest chain is computed
    /// from these. Where there is none, from the measured time.
    pub length_ms: f64,
    /// What was measured of it.
    pub done: Option<DagDone>,
}

/// A task that was done.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct DagDone {
    /// When it began, in milliseconds since the start of the run.
    pub start_ms: f64,
    /// When its result was there.
    pub end_ms: f64,
    /// Number of the chef who did it; 0 if nobody knows.
    pub chef: u32,
}

/// More tasks than this are not drawn; the table has them all.
const MOST_NODES: usize = 60;

impl DagNode {
    fn planned_ms(&self) -> f64 {
        if self.length_ms.is_finite() && self.length_ms > 0.0 {
            return self.length_ms;
        }
        self.measured_ms().unwrap_or(0.0)
    }

    fn measured_ms(&self) -> Option<f64> {
        let length = self.done.map(|done| done.end_ms - done.start_ms);
        length.filter(|length| length.is_finite() && *length >= 0.0)
    }
}

/// Tasks in layers, each below (or right of) everything that it needs, with
/// arrows; measured times and who did it in the boxes. The longest chain, by
/// the planned lengths (critical path; longest path of a graph without
/// circles, one pass in topological order), has bold outlines and arrows.
/// From left to right, or from top to bottom where that does not fit.
#[must_use]
pub fn dag(input: &DagChart, view: &View, say: Say) -> Chart {
    let layers = Layers::of(input);
    let mut svg = Svg::new();
    let mut marks = Vec::new();
    let mut height = 100.0;
    if !input.nodes.is_empty() {
        let layout = Layout::of(input, &layers, view, MOST_NODES);
        layout.arrows(&mut svg, &layers);
        let longest = input.nodes.iter().map(shown_ms).fold(0.0, f64::max);
        for place in &layout.places {
            let Some(node) = input.nodes.get(place.node) else {
                continue;
            };
            layout.node(
                &mut svg,
                place,
                node,
                layers.is_on_chain(place.node),
                longest,
            );
            marks.push(mark(input, &layers, place, say));
        }
        height = layout.height + 6.0;
        if layout.places.len() < input.nodes.len() {
            let words = phrase(say)
                .number("n", layout.places.len() as u32)
                .number("all", input.nodes.len() as u32)
                .get("chart.tasks.some");
            svg.small_text(
                0.0,
                height + 12.0,
                crate::svg::Anchor::Start,
                "var(--soft)",
                &words,
            );
            height += 18.0;
        }
        let entries: [(plot::Paint, String); 2] = [
            (
                |svg, _, x, y| layout::chain_sample(svg, x, y),
                say("chart.dag.key.chain", &[]),
            ),
            (
                |svg, _, x, y| layout::chef(svg, x, y, 2),
                say("chart.dag.key.chef", &[]),
            ),
        ];
        let entries = entries.map(|(draw, words)| (plot::Sample::Shape(draw), words));
        let is_done = input.nodes.iter().any(|node| node.done.is_some());
        let shown = entries
            .get(..if is_done { 2 } else { 1 })
            .unwrap_or(&entries);
        height += plot::key(&mut svg, &view.id, height, view.width_px, shown);
    }
    let finding = finding(input, &layers, say);
    Chart {
        id: view.id.clone(),
        kind: "dag",
        title: say("chart.dag.title", &[]),
        table: table(input, &layers, finding.clone(), say),
        finding,
        width: view.width_px,
        height,
        body: svg.finish(),
        marks,
    }
}

/// The time in a box: measured, or as planned.
fn shown_ms(node: &DagNode) -> f64 {
    node.measured_ms().unwrap_or_else(|| node.planned_ms())
}

/// Names of what a task needs.
fn needs(input: &DagChart, layers: &Layers, node: usize) -> String {
    let mut names = String::new();
    for before in layers.needs(node) {
        if let Some(before) = input.nodes.get(before) {
            listed(&mut names, ", ", &before.name);
        }
    }
    names
}

fn mark(input: &DagChart, layers: &Layers, place: &Place, say: Say) -> Mark {
    let empty = DagNode::default();
    let node = input.nodes.get(place.node).unwrap_or(&empty);
    let needs = needs(input, layers, place.node);
    let mut words = phrase(say);
    words.text("what", &node.name).text("needs", &needs);
    let mut label = words.get(if needs.is_empty() {
        "chart.dag.mark.free"
    } else {
        "chart.dag.mark"
    });
    let more = match node.done {
        Some(done) => phrase(say)
            .text("chef", &chef(done.chef, say))
            .millis("from", done.start_ms)
            .millis("to", done.end_ms)
            .get("chart.dag.mark.done"),
        None => phrase(say)
            .millis("ms", node.planned_ms())
            .get("chart.dag.mark.planned"),
    };
    listed(&mut label, "; ", &more);
    if layers.is_on_chain(place.node) {
        listed(&mut label, "; ", &say("chart.dag.mark.chain", &[]));
    }
    Mark {
        label,
        x: place.x,
        y: place.y,
        width: place.width,
        height: place.height,
        task: Some(place.node as u32),
    }
}

fn chef(number: u32, say: Say) -> String {
    if number == 0 {
        return say("chart.dag.somebody", &[]);
    }
    phrase(say).number("n", number).get("chart.chef")
}

/// The chain by name, how long it is, and how long the run took.
fn finding(input: &DagChart, layers: &Layers, say: Say) -> String {
    if input.nodes.is_empty() {
        return say("chart.empty", &[]);
    }
    let (mut names, mut last_ms, mut all_ms) = (String::new(), 0.0_f64, 0.0);
    for node in &layers.chain {
        if let Some(node) = input.nodes.get(*node) {
            listed(&mut names, " → ", &node.name);
        }
    }
    let mut is_done = true;
    for node in &input.nodes {
        all_ms += node.planned_ms();
        is_done &= node.done.is_some();
        last_ms = last_ms.max(node.done.map_or(0.0, |done| done.end_ms));
    }
    let mut words = phrase(say)
        .text("chain", &names)
        .millis("ms", layers.chain_ms)
        .text(
            "dishes",
            &phrase(say).count("chart.dishes", input.nodes.len() as u32),
        )
        .millis("all", all_ms)
        .get("chart.dag.finding");
    if is_done && last_ms > 0.0 {
        let more = phrase(say).millis("ms", last_ms).get("chart.dag.measured");
        listed(&mut words, " ", &more);
    }
    words
}

fn table(input: &DagChart, layers: &Layers, caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "dish needs planned from to chef chain", say);
    for (idx, node) in input.nodes.iter().enumerate() {
        let ms = |value: f64| format::fixed(value, 2);
        let time = |at: fn(&DagDone) -> f64| {
            node.done
                .as_ref()
                .map_or_else(String::new, |done| ms(at(done)))
        };
        let on_chain = if layers.is_on_chain(idx) {
            say("chart.dag.yes", &[])
        } else {
            String::new()
        };
        table.add(vec![
            node.name.clone(),
            needs(input, layers, idx),
            ms(node.planned_ms()),
            time(|done| done.start_ms),
            time(|done| done.end_ms),
            node.done
                .map_or_else(String::new, |done| chef(done.chef, say)),
            on_chain,
        ]);
    }
    table
}
