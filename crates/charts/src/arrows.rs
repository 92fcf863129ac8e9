//! Lanes with the messages between them, as wide as the bytes they carry.

mod carried;
mod told;

use crate::axis::{TimeAxis, last_nanos};
use crate::bars::{self, Row};
use crate::chart::within;
use crate::lanes::{self, LaneRow};
use crate::rows::{Inside, Sheet};
use crate::svg::{Anchor, TEXT_PX, text_px};
use crate::town;
use crate::{Chart, Chef, Mark, Say, View};
use carried::{Load, loads};
use model::Trace;

/// More lanes than this are not drawn; the table has the messages of all.
const MOST_LANES: usize = 33;
/// Width of the arrow that carries the most.
const MOST_PX: f32 = 11.0;
const LEAST_PX: f32 = 1.2;
/// Length of the head of an arrow.
const HEAD_PX: f32 = 8.0;
/// A mark is never narrower than this.
const MARK_PX: f32 = 8.0;

/// One row for the depot and one for each kitchen, as in `lanes`; each message with
/// data an arrow from where and when it was sent to where and when it was at hand,
/// its width in proportion to its bytes. What a network model added to its way is
/// hollow. Messages too close to be told apart are one arrow that says how many it is.
#[must_use]
pub fn arrows(trace: &Trace, view: &View, say: Say) -> Chart {
    let rows = rows(trace);
    let shown = rows.len().min(MOST_LANES);
    let narrow = view.is_narrow();
    let name = |row: &LaneRow| town::name(&row.chef, say);
    let widest = rows.iter().take(shown);
    let widest = widest
        .map(|row| text_px(&name(row), TEXT_PX))
        .fold(0.0, f32::max);
    let left = if narrow { 1.0 } else { widest + 14.0 };
    let axis = TimeAxis::new(trace, view, None, left, view.width_px - 14.0);
    let top = if view.prediction_millis.is_some() {
        24.0
    } else {
        6.0
    };
    let label_px = if narrow { 18.0 } else { 0.0 };
    let gap = within(230.0 / shown.max(1) as f32 - 20.0, 16.0, 46.0);
    let pitch = view.pitch_px(shown, label_px + 20.0 + gap);
    let height = within(pitch - label_px - 8.0, 2.0, 20.0);
    let every = (14.0 / pitch).ceil() as usize;
    let bottom = top + pitch * shown.max(1) as f32 - (pitch - label_px - height) + 4.0;
    let mut sheet = Sheet::new(&view.id, axis, say);
    bars::patterns(&mut sheet.svg, &view.id, trace);
    axis.grid(&mut sheet.svg, top, bottom);
    let place = |idx: usize| Row {
        y: top + pitch * idx as f32 + label_px,
        height,
        outlined: false,
    };
    let mut row_of_lane = vec![None; trace.lanes.len()];
    for (idx, row) in rows.iter().take(shown).enumerate() {
        if let Some(known) = row_of_lane.get_mut(row.chef.lane_idx as usize) {
            *known = Some(idx);
        }
    }
    // Below the bars, so that these stay whole; an arrow goes on behind them.
    let loads = loads(trace, &axis);
    let most = loads.iter().map(|load| load.bytes).max().unwrap_or(0);
    let mut marks = Vec::new();
    for load in &loads {
        let lane = |lane: u32| row_of_lane.get(lane as usize).copied().flatten();
        let (Some(from), Some(to)) = (lane(load.from), lane(load.to)) else {
            continue;
        };
        let (a, b) = (place(from), place(to));
        let (y0, y1) = if from < to {
            (a.y + a.height, b.y)
        } else {
            (a.y, b.y + b.height)
        };
        let arrow = Arrow {
            from: (axis.x(load.sent), y0),
            to: (axis.x(load.came), y1),
            width: width_of(load.bytes, most),
            added: load.added_share(),
        };
        arrow.draw(&mut sheet);
        marks.push(arrow.mark(told::load(load, &rows, say), load.task));
    }
    let gone = town::gone(trace);
    for (idx, row) in rows.iter().take(shown).enumerate() {
        let who = name(row);
        let at = place(idx);
        if idx.is_multiple_of(every) {
            let (x, base) = if narrow {
                (left, at.y - 5.0)
            } else {
                (0.0, at.y + height / 2.0 + 4.6)
            };
            sheet.svg.haloed(x, base, Anchor::Start, "var(--ink)", &who);
        }
        sheet.svg.rect(
            left,
            at.y + 0.5,
            axis.x(last_nanos(trace)) - left,
            height - 1.0,
            "fill=\"var(--paper)\" fill-opacity=\".6\" stroke=\"var(--line)\"",
        );
        let lead = [who.clone(), row.chef.place(say)];
        sheet.bars(&row.hands, &row.stalls, at, &who, &lead, Inside::Task);
        if let Some(lost) = gone.get(row.chef.lane_idx as usize).copied().flatten() {
            lanes::lost(&mut sheet, lost, last_nanos(trace), at, &who, &lead);
        }
    }
    axis.ghost(&mut sheet.svg, top, bottom, view, say);
    let mut y = bottom + 22.0;
    if most > 0 {
        y += key(&mut sheet, &loads, most, (y, view.width_px));
    }
    marks.append(&mut sheet.marks);
    let finding = told::finding(trace, &rows, say);
    Chart {
        id: view.id.clone(),
        kind: "arrows",
        title: say("chart.arrows.title", &[]),
        table: told::table(trace, &rows, finding.clone(), say),
        finding,
        width: view.width_px,
        height: y + 4.0,
        body: sheet.svg.finish(),
        marks,
    }
}

/// The depot first, then the kitchens.
fn rows(trace: &Trace) -> Vec<LaneRow> {
    let known = lanes::rows(trace);
    let empty = |chef: Chef| LaneRow {
        chef,
        hands: Vec::new(),
        waits: Vec::new(),
        running_nanos: 0,
        hollow_nanos: 0,
        stalls: Vec::new(),
    };
    let mut rows = Vec::new();
    let mut known = known.into_iter().peekable();
    for chef in town::cast(trace) {
        match known.next_if(|row| row.chef == chef) {
            Some(row) => rows.push(row),
            None => rows.push(empty(chef)),
        }
    }
    rows
}

/// In proportion to the bytes, but never too thin to be seen.
fn width_of(bytes: u64, most: u64) -> f32 {
    let share = bytes as f64 / most.max(1) as f64;
    within(MOST_PX * share as f32, LEAST_PX, MOST_PX)
}

/// Where an arrow is on the screen.
struct Arrow {
    from: (f32, f32),
    to: (f32, f32),
    width: f32,
    /// Share of its way, at the end, that was added.
    added: f32,
}

impl Arrow {
    fn draw(&self, sheet: &mut Sheet) {
        let real = 1.0 - self.added;
        if self.added > 0.01 {
            self.band(
                sheet,
                (real, 1.0),
                "fill=\"var(--paper)\" stroke=\"var(--ink)\" stroke-width=\".8\" stroke-dasharray=\"2 2\"",
            );
        }
        if real > 0.01 {
            self.band(
                sheet,
                (0.0, real),
                "fill=\"var(--data)\" stroke=\"var(--ink)\" stroke-width=\".8\"",
            );
        }
    }

    /// A part of the way; the last has the head.
    fn band(&self, sheet: &mut Sheet, part: (f32, f32), look: &str) {
        let (across, down) = (self.to.0 - self.from.0, self.to.1 - self.from.1);
        let length = across.hypot(down).max(0.01);
        let (ux, uy) = (across / length, down / length);
        // To the left of the way.
        let (nx, ny) = (uy * self.width / 2.0, -ux * self.width / 2.0);
        let head = HEAD_PX.min(length / 2.0);
        let is_last = part.1 > 0.999;
        let start = length * part.0;
        let end = if is_last {
            (length - head).max(start)
        } else {
            length * part.1
        };
        let at = |along: f32, aside: f32| {
            (
                self.from.0 + ux * along + nx * aside,
                self.from.1 + uy * along + ny * aside,
            )
        };
        let mut points = vec![at(start, 1.0), at(end, 1.0)];
        if is_last {
            // The head is wider than a thin arrow.
            let wide = (1.0 + 5.0 / self.width).max(1.6);
            points.extend([at(end, wide), at(length, 0.0), at(end, -wide)]);
        }
        points.extend([at(end, -1.0), at(start, -1.0)]);
        sheet.svg.raw("<path ").raw(look).raw(" d=\"");
        for (idx, (x, y)) in points.into_iter().enumerate() {
            sheet.svg.raw(if idx == 0 { "M" } else { "L" });
            sheet.svg.num(x).raw(" ").num(y);
        }
        sheet.svg.raw("z\"/>");
    }

    fn mark(&self, label: String, task: Option<u32>) -> Mark {
        let across = (self.from.0 - self.to.0).abs().max(self.width);
        let width = across.max(MARK_PX);
        Mark {
            label,
            x: self.from.0.min(self.to.0) - (width - (self.from.0 - self.to.0).abs()) / 2.0,
            y: self.from.1.min(self.to.1),
            width,
            height: (self.from.1 - self.to.1).abs().max(MARK_PX),
            task,
        }
    }
}

/// What the widest arrow carries, and what is hollow. Returns the height taken.
fn key(sheet: &mut Sheet, loads: &[Load], most: u64, place: (f32, f32)) -> f32 {
    const LEAD_PX: f32 = 44.0;
    const LINE_PX: f32 = 20.0;
    let (top, width) = place;
    let mut y = top + 8.0;
    let mut x = 0.0;
    let is_added = loads.iter().any(|load| load.added > 0);
    for (added, words) in [
        (0.0, told::widest(most, sheet.say)),
        (1.0, (sheet.say)("chart.arrows.key.added", &[])),
    ] {
        if added > 0.0 && !is_added {
            continue;
        }
        let wide = LEAD_PX + text_px(&words, crate::svg::SMALL_TEXT_PX);
        if x > 0.0 && x + wide > width {
            (x, y) = (0.0, y + LINE_PX);
        }
        let arrow = Arrow {
            from: (x + 2.0, y),
            to: (x + LEAD_PX - 8.0, y),
            width: MOST_PX,
            added,
        };
        arrow.draw(sheet);
        let base = y + 4.3;
        let lead = x + LEAD_PX;
        sheet
            .svg
            .small_text(lead, base, Anchor::Start, "var(--soft)", &words);
        x += wide + 20.0;
    }
    y - top + 12.0
}
