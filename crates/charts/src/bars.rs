//! Stretches of one row merged to what a screen can show, and drawn.

use crate::axis::TimeAxis;
use crate::plot;
use crate::svg::Svg;
use model::{Nanos, State, Trace};

/// Neighbouring stretches narrower than this are drawn as one bar that says
/// how many it holds.
pub(crate) const MERGE_BELOW_PX: f32 = 3.0;
/// A merged bar shows the share of running time in steps of this width.
const CELL_PX: f32 = 6.0;
/// A running stretch is never drawn narrower than this.
const LEAST_PX: f32 = 1.5;

/// One state of one row; in a row, in order and without overlap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Segment {
    pub start: Nanos,
    pub end: Nanos,
    pub state: State,
    pub task: Option<u32>,
    pub chef: u32,
}

/// What is drawn: one segment, or several too narrow to be told apart.
#[derive(Clone, Debug)]
pub(crate) struct Bar {
    pub start: Nanos,
    pub end: Nanos,
    /// `None` where states are mixed.
    pub state: Option<State>,
    /// `None` where tasks are mixed or unknown.
    pub task: Option<u32>,
    pub chef: u32,
    pub pieces: u32,
    pub running_nanos: Nanos,
    pub blocked_nanos: Nanos,
    has_ready: bool,
    has_waiting: bool,
    has_moving: bool,
    /// Share of running time per cell, for mixed bars.
    cells: Vec<f32>,
}

impl Bar {
    fn of(one: &Segment) -> Self {
        let mut bar = Self {
            start: one.start,
            end: one.start,
            state: Some(one.state),
            task: one.task,
            chef: one.chef,
            pieces: 0,
            running_nanos: 0,
            blocked_nanos: 0,
            has_ready: false,
            has_waiting: false,
            has_moving: false,
            cells: Vec::new(),
        };
        bar.add(one);
        bar
    }

    fn add(&mut self, one: &Segment) {
        self.end = one.end;
        self.pieces += 1;
        self.state = self.state.filter(|state| *state == one.state);
        self.task = self.task.filter(|task| Some(*task) == one.task);
        self.has_ready |= one.state == State::Ready;
        self.has_waiting |= one.state == State::Waiting;
        self.has_moving |= one.state == State::Moving;
        match one.state {
            State::Running => self.running_nanos += one.end - one.start,
            State::Blocked => self.blocked_nanos += one.end - one.start,
            State::Waiting | State::Ready | State::Moving => {}
        }
    }
}

/// Merges what is too narrow. `px_per_nano` is the scale of the row.
pub(crate) fn merge(row: &[Segment], px_per_nano: f64) -> Vec<Bar> {
    let px = |nanos: Nanos| (nanos as f64 * px_per_nano) as f32;
    let mut bars = Vec::new();
    let mut first = 0;
    while let Some(segment) = row.get(first) {
        let mut bar = Bar::of(segment);
        let mut next = first + 1;
        let narrow = |one: &Segment| px(one.end - one.start) < MERGE_BELOW_PX;
        while let Some(other) = row.get(next) {
            let gap = other.start.saturating_sub(bar.end);
            let continues = gap == 0
                && other.state == segment.state
                && other.task == segment.task
                && bar.state.is_some()
                && bar.task == segment.task;
            let both_narrow = row.get(next - 1).is_some_and(narrow) && narrow(other);
            let wide_so_far = bar.pieces == 1 && !narrow(segment);
            if !continues && (wide_so_far || !both_narrow || px(gap) >= MERGE_BELOW_PX) {
                break;
            }
            bar.add(other);
            next += 1;
        }
        if bar.state.is_none() {
            bar.cells = shares(
                row.get(first..next).unwrap_or(&[]),
                &bar,
                px(bar.end - bar.start),
            );
        }
        bars.push(bar);
        first = next;
    }
    bars
}

/// Share of running time in equal cells from the start to the end of `bar`.
fn shares(pieces: &[Segment], bar: &Bar, width_px: f32) -> Vec<f32> {
    let count = ((width_px / CELL_PX) as usize).clamp(1, 600);
    let cell = ((bar.end - bar.start) as f64 / count as f64).max(1.0);
    let mut nanos = vec![0.0_f64; count];
    for piece in pieces.iter().filter(|piece| piece.state == State::Running) {
        let from = (piece.start - bar.start) as f64 / cell;
        let to = (piece.end - bar.start) as f64 / cell;
        for (idx, sum) in nanos.iter_mut().enumerate().skip(from as usize) {
            let idx = idx as f64;
            if idx >= to {
                break;
            }
            *sum += to.min(idx + 1.0) - from.max(idx);
        }
    }
    nanos
        .into_iter()
        .map(|share| share.min(1.0) as f32)
        .collect()
}

/// Where a row is on the screen.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Row {
    pub y: f32,
    pub height: f32,
    /// The outline of ready time was drawn before, see [`outline`].
    pub outlined: bool,
}

/// Whether a bar is worth ink: a ready moment of less than a pixel between two
/// bars would only be a smudge.
pub(crate) fn is_drawn(bar: &Bar, width_px: f32) -> bool {
    bar.state != Some(State::Ready) || width_px >= 1.2
}

/// Draws one bar from `x` on, `width` pixels wide, in the pattern of its state.
pub(crate) fn draw(svg: &mut Svg, id: &str, bar: &Bar, x: f32, width: f32, row: Row) {
    let Row { y, height, .. } = row;
    let gap = if width > 4.0 { 0.5 } else { 0.0 };
    match bar.state {
        Some(State::Running) => {
            let rounded = if width > 6.0 {
                "rx=\"2\" fill=\"var(--run)\""
            } else {
                "fill=\"var(--run)\""
            };
            svg.rect(
                x + gap,
                y,
                (width - 2.0 * gap).max(LEAST_PX),
                height,
                rounded,
            );
        }
        Some(State::Waiting) => waiting(svg, id, x, width, row),
        Some(State::Blocked) => plot::crosshatched(svg, id, (x, y), (width, height)),
        Some(State::Moving) => moving(svg, id, x, width, row),
        Some(State::Ready) if row.outlined => {}
        Some(State::Ready) => hollow(svg, x, width, row),
        None => {
            if bar.blocked_nanos > 0 {
                plot::crosshatched(svg, id, (x, y), (width, height));
            } else if bar.has_moving {
                moving(svg, id, x, width, row);
            } else if bar.has_waiting {
                waiting(svg, id, x, width, row);
            } else if bar.has_ready && !row.outlined {
                hollow(svg, x, width, row);
            }
            steps(svg, bar, x, width, row);
        }
    }
}

/// A hatched bar: waiting.
pub(crate) fn waiting(svg: &mut Svg, id: &str, x: f32, width: f32, row: Row) {
    svg.raw("<rect").at("x", x + 0.5).at("y", row.y + 0.5);
    svg.at("width", (width - 1.0).max(0.5))
        .at("height", row.height - 1.0);
    svg.raw(" rx=\"2\" stroke=\"var(--wait)\" fill=\"url(#")
        .words(id)
        .raw("-h)\"/>");
}

/// A bar of vertical lines: data on its way. Outlined in ink, since the colour
/// alone is too faint on paper.
pub(crate) fn moving(svg: &mut Svg, id: &str, x: f32, width: f32, row: Row) {
    svg.raw("<rect").at("x", x + 0.5).at("y", row.y + 0.5);
    svg.at("width", (width - 1.0).max(0.5))
        .at("height", row.height - 1.0);
    svg.raw(" stroke=\"var(--ink)\" stroke-width=\".8\" fill=\"url(#")
        .words(id)
        .raw("-v)\"/>");
}

/// One hollow outline around every stretch in which the row is ready or
/// running: calmer than one around each of many short turns.
pub(crate) fn outline(svg: &mut Svg, segments: &[Segment], axis: &TimeAxis, row: Row) {
    let mut open: Option<(Nanos, Nanos, bool)> = None;
    let mut draw = |stretch: Option<(Nanos, Nanos, bool)>| {
        if let Some((start, end, true)) = stretch {
            let x = axis.x(start);
            hollow(svg, x, axis.x(end) - x, row);
        }
    };
    for segment in segments {
        let ready = segment.state == State::Ready;
        open = match open {
            _ if matches!(
                segment.state,
                State::Waiting | State::Blocked | State::Moving
            ) =>
            {
                draw(open);
                None
            }
            Some((start, end, was)) if segment.start <= end => {
                Some((start, segment.end, was || ready))
            }
            other => {
                draw(other);
                Some((segment.start, segment.end, ready))
            }
        };
    }
    draw(open);
}

fn hollow(svg: &mut Svg, x: f32, width: f32, row: Row) {
    let (y, height) = (row.y + 0.6, row.height - 1.2);
    let attributes = "rx=\"2\" fill=\"none\" stroke=\"var(--run)\" stroke-width=\"1.2\"";
    svg.rect(x + 0.6, y, (width - 1.2).max(0.3), height, attributes);
}

fn steps(svg: &mut Svg, bar: &Bar, x: f32, width: f32, row: Row) {
    let bottom = row.y + row.height;
    let cell = width / bar.cells.len().max(1) as f32;
    svg.raw("<path fill=\"var(--run)\" d=\"M")
        .num(x)
        .raw(" ")
        .num(bottom);
    for (idx, share) in bar.cells.iter().enumerate() {
        svg.raw("V").num(bottom - share * row.height);
        svg.raw("H").num(x + (idx + 1) as f32 * cell);
    }
    svg.raw("V").num(bottom).raw("z\"/>");
}

/// The hatching of waiting, to be drawn once per chart.
pub(crate) fn hatching(svg: &mut Svg, id: &str) {
    svg.raw("<defs><pattern id=\"").words(id).raw("-h\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"var(--wait)\" fill-opacity=\".14\"/><rect width=\"2\" height=\"6\" fill=\"var(--wait)\"/></pattern></defs>");
}

/// The vertical lines of data on its way, to be drawn once per chart.
pub(crate) fn lining(svg: &mut Svg, id: &str) {
    svg.raw("<defs><pattern id=\"").words(id).raw("-v\" width=\"5\" height=\"6\" patternUnits=\"userSpaceOnUse\"><rect width=\"5\" height=\"6\" fill=\"var(--paper)\"/><rect width=\"2.200\" height=\"6\" fill=\"var(--data)\"/></pattern></defs>");
}

/// The patterns that the trace needs besides hatching, once per chart.
pub(crate) fn patterns(svg: &mut Svg, id: &str, trace: &Trace) {
    let has = |state| trace.spans.iter().any(|span| span.state == state);
    if !trace.stalls.is_empty() || has(State::Blocked) {
        plot::crosshatching(svg, id);
    }
    if has(State::Moving) {
        lining(svg, id);
    }
}
