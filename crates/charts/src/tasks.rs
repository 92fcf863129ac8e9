//! What happened to each task: one row per task.

use crate::axis::{TimeAxis, last_nanos};
use crate::bars::{self, Row, Segment};
use crate::chart::{capitalised, within};
use crate::chefs::numbers;
use crate::deeds::{self, Stalls};
use crate::format::{self, fixed};
use crate::intervals::end_of;
use crate::order::ordered;
use crate::phrase::phrase;
use crate::plot;
use crate::rows::{Inside, Sheet};
use crate::svg::{Anchor, SMALL_TEXT_PX, TEXT_PX, text_px};
use crate::{Chart, RefLine, Say, View, chefs};
use model::{NANOS_PER_MILLI, Nanos, Span, State, TaskEvent, Trace};

/// More rows than this are not drawn; the exported trace has them all.
const MOST_ROWS: usize = 256;
/// About so many rows stand for more tasks than can be drawn.
const SOME_ROWS: usize = 128;

/// One row per task, time from left to right, in the patterns of `lanes`. Of
/// more than 256 tasks every so manyth is drawn, and those that did not give
/// way; the chart says so.
#[must_use]
pub fn tasks(trace: &Trace, view: &View, say: Say) -> Chart {
    let rows = rows(trace);
    let stalls = Stalls::of(trace);
    let some = some(&rows, &stalls);
    let shown = some.len();
    let narrow = view.is_narrow();
    let rail = if trace.events.is_empty() {
        0.0
    } else {
        deeds::RAIL_PX
    };
    let usual = if narrow { 22.0 } else { 24.0 };
    let pitch = within(440.0 / shown.max(1) as f32, 4.0, usual + rail);
    let pitch = view.pitch_px(shown, pitch);
    // In low rows there is no room for what was done to each task.
    let rail = if pitch >= 16.0 + rail { rail } else { 0.0 };
    let height = pitch - rail - if pitch > 12.0 { 5.0 } else { 1.0 };
    let every = (15.0 / pitch).ceil() as usize;
    let label = |row: &TaskRow| {
        let key = if narrow {
            "chart.dish.short"
        } else {
            "chart.dish"
        };
        phrase(say).number("n", row.task + 1).get(key)
    };
    let left = some
        .iter()
        .map(|row| text_px(&label(row), TEXT_PX))
        .fold(0.0, f32::max)
        + 10.0;
    let end = last_nanos(trace);
    let time_px = text_px("9999 ms", TEXT_PX) + 8.0;
    let axis = TimeAxis::new(trace, view, None, left, view.width_px - time_px);
    let mut sheet = Sheet::new(&view.id, axis, say);
    bars::patterns(&mut sheet.svg, &view.id, trace);
    let events = ordered(&trace.events, |event| u64::from(event.task));
    let top = if view.prediction_millis.is_some() {
        24.0
    } else {
        6.0
    };
    let bottom = top + pitch * shown.max(1) as f32;
    axis.grid(&mut sheet.svg, top, bottom);
    for (idx, row) in some.iter().copied().enumerate() {
        let place = Row {
            y: top + pitch * idx as f32,
            height,
            outlined: true,
        };
        let who = phrase(say).number("n", row.task + 1).get("chart.dish");
        let middle = place.y + height / 2.0;
        let last = axis.x(row.last);
        bars::outline(&mut sheet.svg, &row.segments, &axis, place);
        let lead = std::slice::from_ref(&who);
        let stalls = stalls.of_task(row.task);
        sheet.bars(&row.segments, stalls, place, &who, lead, Inside::Chef);
        if rail > 0.0 {
            sheet.deeds(of_task(&events, row.task), place, &who, lead);
        }
        if idx % every == 0 {
            sheet
                .svg
                .text(0.0, middle + 4.6, Anchor::Start, "var(--ink)", &label(row));
            sheet.svg.text(
                last + 6.0,
                middle + 4.6,
                Anchor::Start,
                "var(--soft)",
                &format::nanos(row.last),
            );
        }
    }
    axis.ghost(&mut sheet.svg, top, bottom, view, say);
    axis.bracket(&mut sheet.svg, bottom + 23.0, end, &format::nanos(end));
    let mut below = bottom + 52.0;
    if shown < rows.len() {
        let words = phrase(say)
            .number("n", shown as u32)
            .number("all", rows.len() as u32)
            .get("chart.tasks.some");
        let x = axis.left;
        sheet
            .svg
            .small_text(x, below + 6.0, Anchor::Start, "var(--soft)", &words);
        below += 18.0;
    }
    if rail > 0.0 {
        let id = &view.id;
        below += plot::key(&mut sheet.svg, id, below, view.width_px, &deeds::key(say));
    }
    let mut finding = finding(trace, &rows, say);
    stalls.add_to(&mut finding, say);
    let table = sheet.table(finding.clone(), &["chart.col.dish", "chart.col.chef"]);
    Chart {
        id: view.id.clone(),
        kind: "tasks",
        title: say("chart.tasks.title", &[]),
        finding,
        width: view.width_px,
        height: below,
        body: sheet.svg.finish(),
        marks: sheet.marks,
        table,
    }
}

/// As [`tasks`] for a small card: no row labels; the time scale ends at the
/// reference, which is drawn as a dashed line with its label and time.
#[must_use]
pub fn tasks_compact(trace: &Trace, reference: Option<&RefLine>, view: &View, say: Say) -> Chart {
    let rows = rows(trace);
    let finding = finding(trace, &rows, say);
    let lines: Vec<Vec<Segment>> = some(&rows, &Stalls::of(trace))
        .into_iter()
        .map(|row| row.segments.clone())
        .collect();
    compact("tasks", trace, &lines, &finding, reference, view, say)
}

/// The rows that are drawn.
fn some<'a>(rows: &'a [TaskRow], stalls: &Stalls) -> Vec<&'a TaskRow> {
    let every = if rows.len() > MOST_ROWS {
        rows.len().div_ceil(SOME_ROWS)
    } else {
        1
    };
    let mut some = Vec::new();
    for (idx, row) in rows.iter().enumerate() {
        let is_wanted = idx % every == 0 || !stalls.of_task(row.task).is_empty();
        if is_wanted && some.len() < MOST_ROWS {
            some.push(row);
        }
    }
    some
}

/// How often a chef left one task for another, summed over all chefs.
#[must_use]
pub fn switches(trace: &Trace) -> u32 {
    let mut running: Vec<&Span> = trace
        .spans
        .iter()
        .filter(|span| span.state == State::Running)
        .collect();
    running = ordered(&running, |span| span.start_nanos);
    running = ordered(&running, |span| u64::from(span.lane_idx));
    let pairs = running.iter().zip(running.iter().skip(1));
    pairs
        .filter(|(one, next)| one.lane_idx == next.lane_idx && one.task != next.task)
        .count() as u32
}

/// Number of tasks that the trace knows of, also while it is still recorded.
pub(crate) fn count_tasks(trace: &Trace) -> u32 {
    let seen = trace
        .spans
        .iter()
        .map(|span| span.task + 1)
        .max()
        .unwrap_or(0);
    seen.max(trace.tasks.len() as u32)
}

/// The events of one task, of all events by task.
fn of_task(events: &[TaskEvent], task: u32) -> &[TaskEvent] {
    let from = events.partition_point(|event| event.task < task);
    let to = events.partition_point(|event| event.task <= task);
    events.get(from..to).unwrap_or_default()
}

/// What happened to one task.
struct TaskRow {
    task: u32,
    segments: Vec<Segment>,
    last: Nanos,
}

impl TaskRow {
    /// From the first work or wait to the end; being ready before that is not progress.
    fn under_way(&self) -> Nanos {
        let started = self
            .segments
            .iter()
            .find(|segment| segment.state != State::Ready);
        self.last - started.map_or(self.last, |segment| segment.start)
    }
}

fn rows(trace: &Trace) -> Vec<TaskRow> {
    let chefs = numbers(&chefs(trace), trace.lanes.len());
    let chef_of = |span: &Span| chefs.get(span.lane_idx as usize).copied().unwrap_or(0);
    let mut spans: Vec<&Span> = trace
        .spans
        .iter()
        .filter(|span| span.len_nanos > 0)
        .collect();
    spans = ordered(&spans, |span| span.start_nanos);
    spans = ordered(&spans, |span| u64::from(span.task));
    let mut rows: Vec<TaskRow> = Vec::new();
    for span in spans {
        if rows.last().is_none_or(|row| row.task != span.task) {
            let start = span.start_nanos;
            rows.push(TaskRow {
                task: span.task,
                segments: Vec::new(),
                last: start,
            });
        }
        if let Some(row) = rows.last_mut() {
            let (start, end) = (span.start_nanos.max(row.last), end_of(span));
            if start < end {
                row.segments.push(Segment {
                    start,
                    end,
                    state: span.state,
                    task: Some(span.task),
                    chef: chef_of(span),
                });
                row.last = end;
            }
        }
    }
    rows
}

fn finding(trace: &Trace, rows: &[TaskRow], say: Say) -> String {
    if rows.is_empty() {
        return say("chart.empty", &[]);
    }
    let end = last_nanos(trace);
    let under_way: f64 = rows.iter().map(|row| row.under_way() as f64).sum();
    let switches = switches(trace);
    // Who has no record yet is not done.
    let key = if trace.makespan_nanos == 0 || trace.tasks.is_empty() {
        "chart.tasks.live"
    } else if trace.is_stuck() {
        "chart.tasks.stuck"
    } else {
        "chart.tasks.finding"
    };
    let words = phrase(say)
        .text(
            "dishes",
            &phrase(say).count("chart.dishes", rows.len() as u32),
        )
        .decimal("n", under_way / end.max(1) as f64)
        .text("switches", &phrase(say).count("chart.switches", switches))
        .nanos("ms", end)
        .get(key);
    capitalised(words)
}

/// Rows without labels on a scale that ends at the reference.
pub(crate) fn compact(
    kind: &'static str,
    trace: &Trace,
    lines: &[Vec<Segment>],
    finding: &str,
    reference: Option<&RefLine>,
    view: &View,
    say: Say,
) -> Chart {
    let axis = TimeAxis::new(trace, view, reference, 1.0, view.width_px - 2.0);
    let mut sheet = Sheet::new(&view.id, axis, say);
    bars::patterns(&mut sheet.svg, &view.id, trace);
    let pitch = within(96.0 / lines.len().max(1) as f32, 3.0, 18.0);
    let height = pitch - if pitch > 6.0 { 3.0 } else { 1.0 };
    let bottom = 4.0 + pitch * lines.len().max(1) as f32;
    for (idx, segments) in lines.iter().enumerate() {
        let place = Row {
            y: 3.0 + pitch * idx as f32,
            height,
            outlined: true,
        };
        bars::outline(&mut sheet.svg, segments, &axis, place);
        for bar in bars::merge(segments, axis.px_per_nano()) {
            let x = axis.x(bar.start);
            let width = axis.x(bar.end) - x;
            if bars::is_drawn(&bar, width) {
                bars::draw(&mut sheet.svg, &view.id, &bar, x, width, place);
            }
        }
    }
    sheet
        .svg
        .line(0.0, bottom, view.width_px, bottom, "stroke=\"var(--soft)\"");
    let end = last_nanos(trace);
    let own = format::nanos(end);
    let (own_px, mut room) = (text_px(&own, SMALL_TEXT_PX), view.width_px);
    if let Some(line) = reference {
        axis.reference(&mut sheet.svg, 0.0, bottom, line.millis);
        let words = phrase(say)
            .text("label", &line.label)
            .millis("ms", line.millis)
            .get("chart.reference");
        room -= text_px(&words, SMALL_TEXT_PX) + 12.0;
        sheet.svg.small_text(
            view.width_px,
            bottom + 17.0,
            Anchor::End,
            "var(--soft)",
            &words,
        );
    }
    let x = axis
        .x(end)
        .min(view.width_px - own_px / 2.0)
        .max(own_px / 2.0);
    if x + own_px / 2.0 < room {
        sheet.svg.line(
            axis.x(end),
            bottom,
            axis.x(end),
            bottom + 4.0,
            "stroke=\"var(--soft)\"",
        );
        sheet
            .svg
            .small_text(x, bottom + 17.0, Anchor::Middle, "var(--ink)", &own);
    }
    let caption = finding.to_string();
    let rows = reference
        .iter()
        .map(|line| vec![line.label.clone(), ms_cell(line.millis)]);
    let first = vec![
        say("chart.col.this", &[]),
        ms_cell(end as f64 / NANOS_PER_MILLI as f64),
    ];
    let table = crate::Table {
        caption: caption.clone(),
        head: vec![say("chart.col.way", &[]), say("chart.col.ms", &[])],
        rows: std::iter::once(first).chain(rows).collect(),
    };
    let title = say(
        if kind == "lanes" {
            "chart.lanes.title"
        } else {
            "chart.tasks.title"
        },
        &[],
    );
    Chart {
        id: view.id.clone(),
        kind,
        title,
        finding: caption,
        width: view.width_px,
        height: bottom + 22.0,
        body: sheet.svg.finish(),
        marks: Vec::new(),
        table,
    }
}

fn ms_cell(millis: f64) -> String {
    fixed(millis, 1)
}
