//! How many requests were there, over time.

mod strip;

use crate::axis::TimeAxis;
use crate::chart::listed;
use crate::format::{self, fixed, whole};
use crate::plot;
use crate::scale::Scale;
use crate::svg::{SMALL_TEXT_PX, Svg, text_px};
use crate::{Chart, Say, Table, View};
use model::nanos_from_millis;
use strip::Strip;

/// Requests of one way of serving.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct QueueRow {
    /// What the way is called.
    pub label: String,
    /// When each request came, in milliseconds since the start, in any order.
    pub came_ms: Vec<f64>,
    /// When each was served, in the order of `came_ms`. What is missing or not
    /// a number was not served.
    pub left_ms: Vec<f64>,
    /// Readings of a counter while it ran, not made from the other two: when,
    /// in milliseconds, and how many were there.
    pub sampled: Vec<(f64, u32)>,
    /// How long the run took, in milliseconds; what happened later counts too.
    pub total_ms: f64,
}

/// Scales this far apart are not shared: the smaller row would be a flat line.
const APART: f64 = 20.0;
/// More steps than this are drawn as the least and the most of each pixel.
const MOST_STEPS: usize = 900;
/// Instants of each row that the keyboard reaches and the table lists.
const INSTANTS: u32 = 12;
const STRIP_PX: f32 = 84.0;
/// Space between two dots; readings in between are not drawn.
const DOT_PITCH_PX: f32 = 7.0;

/// A strip for each row on one scale of time: a step line of how many were
/// there, filled below; dots for the readings; a dashed line at their mean, each
/// reading holding until the next. In
/// words, Little's law: mean number = rate x mean stay (Little 1961).
#[must_use]
pub fn queue(rows: &[QueueRow], view: &View, say: Say) -> Chart {
    let strips: Vec<Strip> = rows.iter().map(Strip::of).collect();
    let (mut end, mut high, mut low) = (0.0_f64, 1.0_f64, f64::INFINITY);
    for strip in &strips {
        end = end.max(strip.end_ms);
        high = high.max(strip.most());
        low = low.min(strip.most().max(1.0));
    }
    let is_apart = high > low * APART;
    let average = say("chart.queue.average", &[]);
    let left = text_px(&plot::figure(high), SMALL_TEXT_PX).max(22.0) + 8.0;
    let axis = TimeAxis {
        left,
        right: view.width_px - text_px(&average, SMALL_TEXT_PX) - 12.0,
        end_nanos: nanos_from_millis(end)
            .max(view.full_scale_nanos.unwrap_or(0))
            .max(1),
    };
    let mut svg = Svg::new();
    let mut marks = Vec::new();
    let mut y = 2.0;
    let strip_px = view.strip_px(rows.len(), STRIP_PX);
    for strip in &strips {
        y += plot::heading(
            &mut svg,
            y,
            view.width_px,
            &strip.row.label,
            &strip.law(say),
        );
        let top = if is_apart {
            strip.most().max(1.0)
        } else {
            high
        };
        let up = Scale {
            domain: (0.0, top * 1.06),
            range: (y + strip_px, y),
        };
        strip.draw(&mut svg, &axis, &up, say);
        strip.mark(&mut marks, &axis, &up, say);
        y += strip_px + 14.0;
    }
    let bottom = y - 14.0;
    if !strips.is_empty() {
        axis.grid(&mut svg, bottom, bottom);
    }
    let mut entries: Vec<(plot::Sample, String)> = Vec::new();
    if rows.iter().any(|row| !row.sampled.is_empty()) {
        entries.push((
            plot::Sample::Shape(dot_sample),
            say("chart.queue.key.dots", &[]),
        ));
    }
    if is_apart {
        entries.push((
            plot::Sample::Shape(scale_sample),
            say("chart.queue.apart", &[]),
        ));
    }
    let below = bottom + 28.0;
    let height = below + plot::key(&mut svg, &view.id, below, view.width_px, &entries);
    let finding = finding(&strips, say);
    Chart {
        id: view.id.clone(),
        kind: "queue",
        title: say("chart.queue.title", &[]),
        table: table(&strips, finding.clone(), say),
        finding,
        width: view.width_px,
        height,
        body: svg.finish(),
        marks,
    }
}

fn dot_sample(svg: &mut Svg, _: &str, x: f32, y: f32) {
    svg.circle(x, y, 2.4, DOT);
}

/// Two axes of different heights.
fn scale_sample(svg: &mut Svg, _: &str, x: f32, y: f32) {
    svg.raw("<path fill=\"none\" stroke=\"var(--soft)\" d=\"M");
    svg.num(x - 3.0).raw(" ").num(y - 6.0).raw("v12M");
    svg.num(x + 3.0).raw(" ").num(y).raw("v6\"/>");
}

const DOT: &str = "fill=\"var(--paper)\" stroke=\"var(--ink)\" stroke-width=\"1.2\"";

/// A sentence about each row, a short one where there are three, since the law
/// is at the head of each; of more, about the two that are farthest apart.
fn finding(strips: &[Strip], say: Say) -> String {
    let mut told: Vec<&Strip> = strips.iter().filter(|strip| strip.came > 0).collect();
    let is_short = told.len() > 2;
    if told.len() > 3 {
        let mean = |one: &&&Strip, other: &&&Strip| one.mean.total_cmp(&other.mean);
        let ends = [told.iter().min_by(mean), told.iter().max_by(mean)];
        told = ends.into_iter().flatten().copied().collect();
    }
    let mut words = String::new();
    for strip in told {
        listed(&mut words, " ", &strip.sentence(is_short, say));
    }
    if words.is_empty() {
        return say("chart.empty", &[]);
    }
    words
}

fn table(strips: &[Strip], caption: String, say: Say) -> Table {
    let mut table = Table::with_head(
        caption,
        "way requests there rate stay product apart peak at then",
        say,
    );
    for strip in strips {
        let apart = strip.apart().map_or_else(String::new, format::percent);
        table.add(vec![
            strip.row.label.clone(),
            whole(u64::from(strip.came)),
            fixed(strip.mean, 2),
            fixed(strip.rate() * 1000.0, 1),
            fixed(strip.stay_ms, 2),
            fixed(strip.product(), 2),
            apart,
            whole(u64::from(strip.peak)),
        ]);
        for (at, count) in strip.instants() {
            let mut row = vec![strip.row.label.clone()];
            row.resize(table.head.len() - 2, String::new());
            row.push(fixed(at, 1));
            row.push(whole(u64::from(count)));
            table.add(row);
        }
    }
    table
}
