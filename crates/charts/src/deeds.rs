//! What an executor did to a task, and polls that did not give way, on the
//! rows of `lanes` and `tasks`.

use crate::Say;
use crate::bars::Row;
use crate::chart::listed;
use crate::format;
use crate::order::ordered;
use crate::phrase::phrase;
use crate::plot;
use crate::rows::Sheet;
use crate::svg::{SMALL_TEXT_PX, Svg, text_px};
use model::{Deed, Nanos, Stall, TaskEvent, Trace};

/// Height below a bar for what was done to its task.
pub(crate) const RAIL_PX: f32 = 13.0;
/// Deeds of one kind nearer than this are one glyph that says how many it is.
const MERGE_PX: f32 = 5.0;

/// Polls that did not give way, by task.
pub(crate) struct Stalls(Vec<Stall>);

impl Stalls {
    pub fn of(trace: &Trace) -> Self {
        Self(ordered(&trace.stalls, |stall| u64::from(stall.task)))
    }

    pub fn of_task(&self, task: u32) -> &[Stall] {
        let from = self.0.partition_point(|stall| stall.task < task);
        let to = self.0.partition_point(|stall| stall.task <= task);
        self.0.get(from..to).unwrap_or_default()
    }

    /// A sentence about the longest, after what the chart found.
    pub fn add_to(&self, finding: &mut String, say: Say) {
        let longest = self.0.iter().max_by_key(|stall| stall.len_nanos);
        if let Some(longest) = longest {
            let words = phrase(say)
                .text("dish", &format::whole(u64::from(longest.task) + 1))
                .nanos("ms", longest.len_nanos)
                .count("chart.stalls", self.0.len() as u32);
            listed(finding, " ", &words);
        }
    }
}

/// Instant after the poll; one from a damaged file does not overflow.
pub(crate) fn end_of(stall: &Stall) -> Nanos {
    stall.start_nanos.saturating_add(stall.len_nanos)
}

impl Sheet<'_> {
    /// Cross-hatches a poll that did not give way, and lists it.
    pub fn stall(&mut self, stall: &Stall, row: Row, who: &str, lead: &[String], what: &str) {
        let (start, end) = (stall.start_nanos, end_of(stall));
        let x = self.axis.x(start);
        let width = (self.axis.x(end) - x).max(2.0);
        plot::crosshatched(&mut self.svg, self.id, (x, row.y), (width, row.height));
        let length = format::nanos(stall.len_nanos);
        let words = phrase(self.say).text("ms", &length).get("chart.stall");
        let fits = text_px(&words, SMALL_TEXT_PX) + 14.0 <= width;
        self.chip(if fits { &words } else { &length }, x, width, row);
        let state = (self.say)("chart.state.stalled", &[]);
        self.list(who, lead, what, &state, (start, end), 1);
        self.marks_last_box(x, width, row);
    }

    /// Draws what was done to a task below its bar, and lists it.
    pub fn deeds(&mut self, events: &[TaskEvent], bar: Row, who: &str, lead: &[String]) {
        for (deed, key, beside, draw) in GLYPHS {
            let mut next = 0;
            while let Some(first) = events.get(next) {
                next += 1;
                if first.deed != deed {
                    continue;
                }
                let x = self.axis.x(first.at_nanos);
                let (mut last, mut pieces) = (first, 1);
                while let Some(other) = events.get(next) {
                    if other.deed == deed {
                        if self.axis.x(other.at_nanos) - x >= MERGE_PX {
                            break;
                        }
                        (last, pieces) = (other, pieces + 1);
                    }
                    next += 1;
                }
                let bottom = bar.y + bar.height;
                draw(&mut self.svg, x + beside, bottom + 1.0);
                let state = phrase(self.say).get(key);
                self.list(
                    who,
                    lead,
                    "",
                    &state,
                    (first.at_nanos, last.at_nanos),
                    pieces,
                );
                if let (Some(mark), 1) = (self.marks.last_mut(), pieces) {
                    mark.label = phrase(self.say)
                        .text("who", who)
                        .text("what", &state)
                        .nanos("at", first.at_nanos)
                        .get("chart.deed");
                }
                let place = Row {
                    y: bottom,
                    height: RAIL_PX - 1.0,
                    ..bar
                };
                self.marks_last_box(x + beside - 5.0, 10.0, place);
            }
        }
    }
}

/// Draws a glyph around x, from y down.
type Glyph = fn(&mut Svg, f32, f32);

/// Deeds that are drawn, and how far beside their instant: they often come as
/// woken, polled, pending within a pixel, and stand in this order. The end of a
/// bar shows the last one.
const GLYPHS: [(Deed, &str, f32, Glyph); 3] = [
    (Deed::Polled, "chart.deed.polled", 0.0, polled),
    (Deed::Pending, "chart.deed.pending", 5.0, pending),
    (Deed::Woken, "chart.deed.woken", -6.0, woken),
];

/// A tick at the bar.
fn polled(svg: &mut Svg, x: f32, y: f32) {
    svg.line(
        x,
        y,
        x,
        y + 5.0,
        "stroke=\"var(--ink)\" stroke-width=\"1.8\"",
    );
}

/// A ring.
fn pending(svg: &mut Svg, x: f32, y: f32) {
    svg.circle(
        x,
        y + 8.0,
        2.6,
        "fill=\"var(--paper)\" stroke=\"var(--ink)\" stroke-width=\"1.3\"",
    );
}

/// A bell.
fn woken(svg: &mut Svg, x: f32, y: f32) {
    svg.raw("<path fill=\"var(--ink)\" d=\"M").num(x - 4.0);
    svg.raw(" ").num(y + 9.0);
    svg.raw("h8c-1.800-1.400-1.200-6.500-4-6.500s-2.200 5.100-4 6.500z\"/>");
    svg.circle(x, y + 10.0, 1.2, "fill=\"var(--ink)\"");
}

/// What the glyphs mean, for the key below a chart.
pub(crate) fn key(say: Say) -> [(plot::Sample, String); 3] {
    let samples: [(plot::Paint, String); 3] = [
        (
            |svg, _, x, y| polled(svg, x, y - 3.0),
            say("chart.deed.key.polled", &[]),
        ),
        (
            |svg, _, x, y| pending(svg, x, y - 8.0),
            say("chart.deed.key.pending", &[]),
        ),
        (
            |svg, _, x, y| woken(svg, x, y - 7.0),
            say("chart.deed.key.woken", &[]),
        ),
    ];
    samples.map(|(draw, words)| (plot::Sample::Shape(draw), words))
}
