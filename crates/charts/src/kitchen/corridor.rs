//! A machine of a thousand blades at the end of a long corridor: the graphics
//! processor.

use super::KitchenScene;
use super::layout::{self, shelf};
use super::moment::{Cast, Now};
use super::shapes;
use crate::bars;
use crate::chart::within;
use crate::intervals::end_of;
use crate::phrase::phrase;
use crate::plot;
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, TEXT_PX, text_px};
use crate::{Say, View};
use model::{LaneKind, Nanos, Span, State, Trace};

/// Whether this is the trace of the graphics processor alone.
pub(super) fn is_corridor(trace: &Trace) -> bool {
    matches!(trace.lanes.as_slice(), [lane] if lane.kind == LaneKind::Gpu)
}

/// What goes on at an instant.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Going {
    /// Asking for the machine, or its program is made; nothing is carried yet.
    Ready,
    /// Data on its way to the machine, or back from it; the share of the way.
    There(f32),
    Back(f32),
    Computing,
    /// Before the first and after the last.
    Still,
}

/// The stage at an instant: data carried right after the blades moved is carried
/// back, any other is carried there.
fn going(trace: &Trace, at: Nanos) -> Going {
    let first = trace
        .spans
        .iter()
        .filter(|span| span.state == State::Moving);
    let first = first.map(|span| span.start_nanos).min().unwrap_or(0);
    let here = |span: &&Span| span.start_nanos <= at && at < end_of(span);
    let Some(span) = trace.spans.iter().find(here) else {
        return Going::Still;
    };
    let done = (at - span.start_nanos) as f64 / span.len_nanos.max(1) as f64;
    match span.state {
        State::Running if span.start_nanos >= first => Going::Computing,
        State::Moving => {
            let before = trace
                .spans
                .iter()
                .filter(|other| other.start_nanos < span.start_nanos && other.len_nanos > 0)
                .max_by_key(|other| other.start_nanos);
            let is_back = before.is_some_and(|before| {
                before.state == State::Running && before.start_nanos >= first
            });
            if is_back {
                Going::Back(done as f32)
            } else {
                Going::There(done as f32)
            }
        }
        _ => Going::Ready,
    }
}

const TOP_PX: f32 = 30.0;
const HIGH_PX: f32 = 104.0;
const NOTE_PX: f32 = 17.0;

pub(super) fn draw(trace: &Trace, cast: &Cast, now: &Now, view: &View, say: Say) -> KitchenScene {
    let going = going(trace, now.at);
    let narrow = view.is_narrow();
    let width = view.width_px;
    let chef_px = if narrow { 78.0 } else { 130.0 };
    let machine_px = if narrow { 124.0 } else { 236.0 };
    let notes = notes(trace, width, say);
    let floor = TOP_PX + HIGH_PX;
    let height = floor + 34.0 + NOTE_PX * notes.len() as f32;
    let aria = sentence(going, now, say);
    let mut svg = Svg::new();
    let title = say("kitchen.gpu.title", &[]);
    svg.open_document(&view.id, width, height, &title, &aria);
    bars::hatching(&mut svg, &view.id);
    bars::lining(&mut svg, &view.id);
    layout::clock(&mut svg, width, cast, now, view, say);
    // Who asked can do nothing but wait, or carry.
    let busy = matches!(going, Going::There(_) | Going::Back(_));
    shapes::chef(
        &mut svg,
        2.0,
        floor - 66.0 * 1.35,
        1.35,
        1,
        "var(--ink)",
        busy,
    );
    if going == Going::Ready {
        let row = bars::Row {
            y: floor - 22.0,
            height: 20.0,
            outlined: false,
        };
        bars::waiting(&mut svg, &view.id, 48.0, 26.0, row);
    }
    shelf(&mut svg, 0.0, floor + 0.8, chef_px - 8.0);
    corridor(
        &mut svg,
        &view.id,
        (chef_px, width - machine_px - 8.0),
        going,
    );
    machine(
        &mut svg,
        (width - machine_px, TOP_PX + 6.0),
        machine_px,
        going,
    );
    shelf(&mut svg, width - machine_px, floor + 0.8, machine_px);
    labels(&mut svg, (width, floor + 18.0), going, say);
    for (idx, line) in notes.iter().enumerate() {
        let base = floor + 30.0 + NOTE_PX * (idx + 1) as f32 - 2.0;
        svg.small_text(0.0, base, Anchor::Start, "var(--soft)", line);
    }
    svg.raw("</svg>");
    KitchenScene {
        svg: svg.finish(),
        aria,
        width,
        height,
    }
}

/// Two walls that come closer, and the box between them.
fn corridor(svg: &mut Svg, id: &str, ends: (f32, f32), going: Going) {
    let (left, right) = ends;
    let floor = TOP_PX + HIGH_PX;
    let walls = "stroke=\"var(--soft)\" stroke-width=\"1.6\" stroke-linecap=\"round\"";
    svg.line(left, floor, right, floor - 14.0, walls);
    svg.line(left, TOP_PX + 30.0, right, TOP_PX + 44.0, walls);
    // Doors that are passed on the way.
    let doors = ((right - left) / 56.0) as u32;
    for door in 1..=doors {
        let share = door as f32 / (doors + 1) as f32;
        let x = left + (right - left) * share;
        let (top, low) = (TOP_PX + 30.0 + 14.0 * share, floor - 14.0 * share);
        svg.line(
            x,
            top,
            x,
            low,
            "stroke=\"var(--line)\" stroke-width=\"1.4\"",
        );
    }
    let share = match going {
        Going::There(done) => done,
        Going::Back(done) => 1.0 - done,
        _ => return,
    };
    let (wide, high) = (34.0, 24.0);
    let x = left + (right - left - wide) * within(share, 0.0, 1.0);
    let y = floor - high - 3.0 - 12.0 * share;
    let row = bars::Row {
        y,
        height: high,
        outlined: false,
    };
    bars::moving(svg, id, x, wide, row);
    let is_there = matches!(going, Going::There(_));
    // Where it goes to.
    let (tip, tail) = if is_there {
        (x + wide + 12.0, x + wide + 3.0)
    } else {
        (x - 12.0, x - 3.0)
    };
    let middle = y + high / 2.0;
    let barb = if is_there { -4.0 } else { 4.0 };
    svg.raw("<path fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"1.6\" d=\"M");
    svg.num(tail).raw(" ").num(middle).raw("H").num(tip);
    svg.raw("m").num(barb).raw(" -4l").num(-barb).raw(" 4l");
    svg.num(barb).raw(" 4\"/>");
}

/// A box full of blades, which all move or none.
fn machine(svg: &mut Svg, at: (f32, f32), width: f32, going: Going) {
    let (x, y) = at;
    let height = HIGH_PX - 6.0;
    let look = "rx=\"4\" fill=\"var(--card)\" stroke=\"var(--ink)\" stroke-width=\"1.6\"";
    svg.rect(x + 0.8, y + 0.8, width - 1.6, height - 1.6, look);
    let is_on = going == Going::Computing;
    svg.raw(if is_on {
        "<path fill=\"var(--run)\" stroke=\"var(--run)\" stroke-width=\".8\" d=\""
    } else {
        "<path fill=\"none\" stroke=\"var(--soft)\" stroke-width=\"1\" d=\""
    });
    let (across, down) = (11.0, 13.0);
    let columns = ((width - 16.0) / across) as u32;
    let rows = ((height - 14.0) / down) as u32;
    let left = x + (width - columns as f32 * across) / 2.0;
    let top = y + (height - rows as f32 * down) / 2.0;
    for row in 0..rows {
        for column in 0..columns {
            svg.raw("M").num(left + column as f32 * across + 1.5);
            svg.raw(" ").num(top + row as f32 * down + 9.0);
            svg.raw("l6-7q2 5-2 7z");
        }
    }
    svg.raw("\"/>");
}

/// The chef at the left, the machine and what it does at the right.
fn labels(svg: &mut Svg, place: (f32, f32), going: Going, say: Say) {
    let (width, base) = place;
    let (chef, machine) = words(going);
    let chef = say(chef, &[]);
    svg.text(0.0, base, Anchor::Start, "var(--ink)", &chef);
    let machine = say(machine, &[]);
    let room = width - text_px(&chef, TEXT_PX) - 12.0;
    if text_px(&machine, TEXT_PX) <= room {
        svg.text(width, base, Anchor::End, "var(--ink)", &machine);
    }
}

/// What the chef and what the machine does.
const fn words(going: Going) -> (&'static str, &'static str) {
    match going {
        Going::Ready => ("kitchen.gpu.ready", "kitchen.gpu.still"),
        Going::There(_) => ("kitchen.gpu.there", "kitchen.gpu.still"),
        Going::Back(_) => ("kitchen.gpu.back", "kitchen.gpu.still"),
        Going::Computing => ("kitchen.gpu.waits", "kitchen.gpu.computing"),
        Going::Still => ("kitchen.free", "kitchen.gpu.still"),
    }
}

/// What is not as it looks, in lines that fit.
fn notes(trace: &Trace, width: f32, say: Say) -> Vec<String> {
    let mut words = say("kitchen.gpu.note", &[]);
    let software = trace.figures.get("gpu.software");
    if software.is_some_and(|software| *software > 0.5) {
        let told = say("kitchen.gpu.software", &[]);
        crate::chart::listed(&mut words, " ", &told);
    }
    plot::wrapped(&words, SMALL_TEXT_PX, width)
}

fn sentence(going: Going, now: &Now, say: Say) -> String {
    let (chef, machine) = words(going);
    let what = phrase(say)
        .text("chef", &say(chef, &[]))
        .text("machine", &say(machine, &[]))
        .get("kitchen.gpu.aria");
    phrase(say)
        .nanos("ms", now.at)
        .text("what", &what)
        .get("kitchen.aria")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trace(stages: &[(State, Nanos)]) -> Trace {
        let mut trace = Trace::default();
        let mut start_nanos = 0;
        for (state, len_nanos) in stages {
            trace.spans.push(Span {
                lane_idx: 0,
                task: 0,
                state: *state,
                start_nanos,
                len_nanos: *len_nanos,
            });
            start_nanos += len_nanos;
        }
        trace
    }

    #[test]
    fn what_follows_the_blades_is_carried_back() {
        use State::{Moving, Running, Waiting};
        let stages = [
            (Waiting, 10),
            (Running, 10),
            (Moving, 10),
            (Running, 10),
            (Moving, 10),
            (Moving, 10),
            (Running, 10),
            (Moving, 10),
        ];
        let trace = trace(&stages);
        let at = |at| going(&trace, at);
        assert_eq!([at(0), at(15)], [Going::Ready; 2], "its program is made");
        assert_eq!(at(25), Going::There(0.5));
        assert_eq!(at(35), Going::Computing);
        assert_eq!(at(45), Going::Back(0.5));
        assert_eq!(at(55), Going::There(0.5), "the next data");
        assert_eq!(at(75), Going::Back(0.5));
        assert_eq!(at(80), Going::Still);
    }
}
