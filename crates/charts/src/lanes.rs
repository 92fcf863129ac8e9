//! What each chef did: one row per chef.

mod beside;

pub(crate) use beside::lost;

use crate::axis::{TimeAxis, last_nanos};
use crate::bars::{self, Row, Segment};
use crate::chart::{listed, within};
use crate::deeds::{self, Stalls};
use crate::format;
use crate::intervals::{depths, outside, union};
use crate::order::{distinct, ordered};
use crate::phrase::phrase;
use crate::rows::{Inside, Sheet};
use crate::svg::{Anchor, TEXT_PX, text_px};
use crate::{Chart, Chef, RefLine, Say, View, chefs, town};
use model::{LaneKind, Nanos, Span, Stall, State, Trace, nanos_from_millis};

/// More lanes than this are not drawn; the finding still counts them.
const MOST_LANES: usize = 64;
/// Height of the band of waits below the hands of a chef.
const WAITS_PX: f32 = 16.0;

/// One row per chef, time from left to right: running solid, waiting hatched,
/// ready but not progressing hollow. Traces of a run still going on are fine.
#[must_use]
pub fn lanes(trace: &Trace, view: &View, say: Say) -> Chart {
    let rows = rows(trace);
    let figures = Figures::of(trace, &rows);
    let has_waits = rows.iter().any(|row| !row.waits.is_empty());
    let narrow = view.is_narrow();
    let hands_px = match rows.len() {
        0..=8 => 24.0,
        9..=16 => 18.0,
        _ => 14.0,
    };
    let share_of = |row: &LaneRow| {
        // Neither has a knife.
        if row.chef.number == 0 || row.chef.kind == LaneKind::Gpu {
            return String::new();
        }
        phrase(say)
            .percent(
                "share",
                row.running_nanos as f64 / figures.end.max(1) as f64,
            )
            .get("chart.share")
    };
    let widest = |label: &dyn Fn(&LaneRow) -> String| {
        rows.iter()
            .map(|row| text_px(&label(row), TEXT_PX))
            .fold(0.0, f32::max)
    };
    let (left, right) = if narrow {
        (1.0, view.width_px - 12.0)
    } else {
        (
            widest(&|row| row.chef.label(say)) + 14.0,
            view.width_px - widest(&share_of).max(60.0) - 12.0,
        )
    };
    let axis = TimeAxis::new(trace, view, None, left, right);
    let mut sheet = Sheet::new(&view.id, axis, say);
    let stalls = Stalls::of(trace);
    let gone = town::gone(trace);
    bars::patterns(&mut sheet.svg, &view.id, trace);
    let top = if view.prediction_millis.is_some() {
        24.0
    } else {
        6.0
    };
    let label_px = if narrow { 18.0 } else { 0.0 };
    let below_px = if has_waits { WAITS_PX + 2.0 } else { 0.0 };
    let gap = if hands_px > 14.0 { 10.0 } else { 6.0 };
    let shown = rows.len().min(MOST_LANES);
    let pitch = view.pitch_px(shown, label_px + hands_px + below_px + gap);
    // In low rows first the gap goes, then the height of the bars.
    let hands_px = within(pitch - label_px - below_px - 2.0, 1.0, hands_px);
    let every = (14.0 / pitch).ceil() as usize;
    let bottom = top + pitch * shown.max(1) as f32 - 4.0;
    axis.grid(&mut sheet.svg, top, bottom);
    for (idx, row) in rows.iter().take(MOST_LANES).enumerate() {
        let y = top + pitch * idx as f32 + label_px;
        let who = row.chef.label(say);
        let share = share_of(row);
        let place = if narrow {
            (left, right, y - 5.0)
        } else {
            (0.0, view.width_px, y + hands_px / 2.0 + 4.6)
        };
        if idx.is_multiple_of(every) {
            sheet
                .svg
                .text(place.0, place.2, Anchor::Start, "var(--ink)", &who);
            sheet
                .svg
                .text(place.1, place.2, Anchor::End, "var(--soft)", &share);
        }
        let lead = [who.clone(), row.chef.place(say)];
        let all = say("chart.dish.all", &[]);
        let hands = Row {
            y,
            height: hands_px,
            outlined: false,
        };
        sheet.list(
            &who,
            &lead,
            &all,
            &share,
            (0, figures.end),
            row.hands.len() as u32,
        );
        sheet.marks_last_box(left, axis.x(figures.end) - left, hands);
        sheet.bars(&row.hands, &row.stalls, hands, &who, &lead, Inside::Task);
        let waits = Row {
            y: y + hands_px + 2.0,
            height: WAITS_PX,
            outlined: false,
        };
        beside::waits(&mut sheet, row, waits, &who, &lead);
        if let Some(Some(lost)) = gone.get(row.chef.lane_idx as usize) {
            beside::lost(&mut sheet, *lost, figures.end, hands, &who, &lead);
        } else if !figures.live && rows.len() > 1 {
            beside::tail(&mut sheet, row, figures.end, hands, &who, &lead);
        }
    }
    axis.ghost(&mut sheet.svg, top, bottom, view, say);
    axis.bracket(
        &mut sheet.svg,
        bottom + 23.0,
        figures.end,
        &figures.bracket(say),
    );
    let mut finding = figures.finding(say);
    stalls.add_to(&mut finding, say);
    town::tell_gone(trace, Chef::label, say, &mut |told| {
        listed(&mut finding, " ", &told);
    });
    let table = sheet.table(
        finding.clone(),
        &["chart.col.chef", "chart.col.place", "chart.col.dish"],
    );
    Chart {
        id: view.id.clone(),
        kind: "lanes",
        title: say("chart.lanes.title", &[]),
        finding,
        width: view.width_px,
        height: bottom + 52.0,
        body: sheet.svg.finish(),
        marks: sheet.marks,
        table,
    }
}

/// As [`lanes`] for a small card: no row labels; the time scale ends at the
/// reference, which is drawn as a dashed line with its label and time.
#[must_use]
pub fn lanes_compact(trace: &Trace, reference: Option<&RefLine>, view: &View, say: Say) -> Chart {
    let rows = rows(trace);
    let figures = Figures::of(trace, &rows);
    let has_waits = rows.iter().any(|row| !row.waits.is_empty());
    let mut lines: Vec<Vec<Segment>> = Vec::new();
    for row in rows.iter().take(MOST_LANES) {
        lines.push(row.hands.clone());
        if has_waits {
            let mut waits = Vec::new();
            for wait in &row.waits {
                waits.push(row.segment(wait.0, wait.1, State::Waiting, None));
            }
            lines.push(waits);
        }
    }
    crate::tasks::compact(
        "lanes",
        trace,
        &lines,
        &figures.finding(say),
        reference,
        view,
        say,
    )
}

/// What one chef did.
pub(crate) struct LaneRow {
    pub chef: Chef,
    /// Running, and ready while not running.
    pub hands: Vec<Segment>,
    /// Start, end and number of tasks waiting.
    pub waits: Vec<(Nanos, Nanos, u32)>,
    pub running_nanos: Nanos,
    pub hollow_nanos: Nanos,
    /// Polls of its tasks that did not give way.
    pub stalls: Vec<Stall>,
}

impl LaneRow {
    fn segment(&self, start: Nanos, end: Nanos, state: State, task: Option<u32>) -> Segment {
        Segment {
            start,
            end,
            state,
            task,
            chef: self.chef.number,
        }
    }
}

pub(crate) fn rows(trace: &Trace) -> Vec<LaneRow> {
    let mut by_lane: Vec<[Vec<Span>; 4]> = trace.lanes.iter().map(|_| Default::default()).collect();
    for span in trace.spans.iter().filter(|span| span.len_nanos > 0) {
        if let Some([running, held, waiting, ready]) = by_lane.get_mut(span.lane_idx as usize) {
            match span.state {
                State::Running => running.push(*span),
                // Hands that hold data or nothing, and can do nothing else.
                State::Blocked | State::Moving => held.push(*span),
                State::Waiting => waiting.push(*span),
                State::Ready => ready.push(*span),
            }
        }
    }
    let stalls = Stalls::of(trace);
    let row = |chef: Chef| {
        let empty = Default::default();
        let [running, held, waiting, ready] = by_lane.get(chef.lane_idx as usize).unwrap_or(&empty);
        let ran = union(running);
        let mut all = running.clone();
        all.extend(held);
        let hollow = outside(&union(ready), &union(&all));
        let sum =
            |list: &[crate::intervals::Stretch]| list.iter().map(|one| one.end - one.start).sum();
        let mut row = LaneRow {
            chef,
            hands: Vec::new(),
            waits: depths(waiting),
            running_nanos: sum(&ran),
            hollow_nanos: sum(&hollow),
            stalls: stalled(running, &stalls),
        };
        // Spans one by one, so that neighbouring tasks stay apart.
        let mut last = 0;
        for span in &ordered(&all, |span| span.start_nanos) {
            let (start, end) = (span.start_nanos.max(last), crate::intervals::end_of(span));
            if start < end {
                row.hands
                    .push(row.segment(start, end, span.state, Some(span.task)));
                last = end;
            }
        }
        for one in &hollow {
            row.hands
                .push(row.segment(one.start, one.end, State::Ready, one.task));
        }
        row.hands = ordered(&row.hands, |segment| segment.start);
        row
    };
    chefs(trace).into_iter().map(row).collect()
}

/// The stalls of tasks that ran here meanwhile.
fn stalled(running: &[Span], stalls: &Stalls) -> Vec<Stall> {
    let mut here: Vec<Stall> = Vec::new();
    for span in running {
        for stall in stalls.of_task(span.task) {
            let meets = stall.start_nanos < crate::intervals::end_of(span)
                && deeds::end_of(stall) > span.start_nanos;
            if meets && !here.contains(stall) {
                here.push(*stall);
            }
        }
    }
    ordered(&here, |stall| stall.start_nanos)
}

/// The numbers of the sentence and of the bracket.
struct Figures {
    end: Nanos,
    live: bool,
    stuck: bool,
    /// Nobody but the graphics processor.
    is_gpu: bool,
    chefs: u32,
    tasks: u32,
    /// Mean number of chefs on a core at a time.
    at_work: f64,
    hollow: f64,
    /// Share of the lanes in which somebody stood still for a lock.
    stood: f64,
    most_waiting: u32,
    most_in_turn: u32,
}

impl Figures {
    fn of(trace: &Trace, rows: &[LaneRow]) -> Self {
        let end = last_nanos(trace);
        let span = end.max(1) as f64;
        let (mut running, mut hollow, mut most_waiting, mut most_in_turn) = (0.0, 0.0, 0, 0);
        // What the depot does is no cooking.
        let rows: Vec<&LaneRow> = rows.iter().filter(|row| row.chef.number > 0).collect();
        for row in &rows {
            running += row.running_nanos as f64;
            hollow += row.hollow_nanos as f64;
            for wait in &row.waits {
                most_waiting = most_waiting.max(wait.2);
            }
            let mut seen: Vec<u32> = Vec::new();
            for segment in &row.hands {
                seen.extend(segment.task);
            }
            most_in_turn = most_in_turn.max(distinct(&seen).len() as u32);
        }
        let is_gpu = rows.len() == 1 && rows.iter().all(|row| row.chef.kind == LaneKind::Gpu);
        // Its program is made on the same lane.
        let dispatched = trace.figures.get("gpu.dispatch_ms").filter(|_| is_gpu);
        if let Some(millis) = dispatched {
            running = nanos_from_millis(*millis) as f64;
        }
        let stood = trace
            .spans
            .iter()
            .filter(|span| span.state == State::Blocked);
        let stood: Nanos = stood.map(|span| span.len_nanos).sum();
        Self {
            end,
            live: trace.makespan_nanos == 0,
            stuck: trace.is_stuck(),
            is_gpu,
            chefs: rows.len() as u32,
            tasks: crate::tasks::count_tasks(trace),
            at_work: running / span,
            hollow: hollow / (span * rows.len().max(1) as f64),
            stood: (stood as f64 / (span * rows.len().max(1) as f64)).min(1.0),
            most_waiting,
            most_in_turn,
        }
    }

    fn bracket(&self, say: Say) -> String {
        let ms = format::nanos(self.end);
        if self.chefs < 2 {
            return ms;
        }
        phrase(say)
            .text("ms", &ms)
            .text("chefs", &phrase(say).count("chart.chefs", self.chefs))
            .decimal("n", self.at_work)
            .get("chart.lanes.bracket")
    }

    fn finding(&self, say: Say) -> String {
        if self.tasks == 0 {
            return say("chart.empty", &[]);
        }
        let key = if self.live {
            "chart.lanes.live"
        } else if self.stuck {
            "chart.lanes.stuck"
        } else if self.is_gpu {
            "chart.lanes.gpu"
        } else if self.stood >= 0.5 {
            "chart.lanes.stood"
        } else if self.at_work < 0.25 && self.most_waiting > 1 {
            "chart.lanes.waits"
        } else if self.at_work < 0.25 && self.most_waiting == 1 {
            "chart.lanes.waits.one"
        } else if self.chefs == 1 && self.most_in_turn > 1 {
            "chart.lanes.alone"
        } else if self.chefs == 1 {
            "chart.lanes.single"
        } else if self.hollow >= 0.1 {
            "chart.lanes.hollow"
        } else {
            "chart.lanes.together"
        };
        phrase(say)
            .nanos("ms", self.end)
            .text("chefs", &phrase(say).count("chart.chefs", self.chefs))
            .text("dishes", &phrase(say).count("chart.dishes", self.tasks))
            .decimal("n", self.at_work)
            .number("waiting", self.most_waiting)
            .percent("hollow", self.hollow)
            .percent("stood", self.stood)
            .percent("share", self.at_work)
            .get(key)
    }
}
