//! Bars of one row drawn, labelled and listed: what `lanes` and `tasks` share.

use crate::axis::TimeAxis;
use crate::bars::{self, Bar, Row, Segment};
use crate::deeds;
use crate::format::{self, whole};
use crate::phrase::phrase;
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, TEXT_PX, text_px};
use crate::{Mark, Say, Table};
use model::{Stall, State, millis_from_nanos};

/// Longer tables end with a row that says how much is left out.
pub(crate) const MOST_TABLE_ROWS: usize = 400;

/// Which number is written inside a bar that is wide enough.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Inside {
    Task,
    Chef,
}

/// A chart of spans under construction.
pub(crate) struct Sheet<'a> {
    pub svg: Svg,
    pub marks: Vec<Mark>,
    pub rows: Vec<Vec<String>>,
    pub axis: TimeAxis,
    pub id: &'a str,
    pub say: Say<'a>,
    pub left_out: usize,
}

impl<'a> Sheet<'a> {
    pub fn new(id: &'a str, axis: TimeAxis, say: Say<'a>) -> Self {
        let mut svg = Svg::new();
        bars::hatching(&mut svg, id);
        Self {
            svg,
            marks: Vec::new(),
            rows: Vec::new(),
            axis,
            id,
            say,
            left_out: 0,
        }
    }

    /// Draws the segments of a row and lists each bar under `who`, with
    /// `lead` as the first cells of its table row; then the stalls over them.
    pub fn bars(
        &mut self,
        segments: &[Segment],
        stalls: &[Stall],
        row: Row,
        who: &str,
        lead: &[String],
        inside: Inside,
    ) {
        for bar in bars::merge(segments, self.axis.px_per_nano()) {
            let x = self.axis.x(bar.start);
            let width = self.axis.x(bar.end) - x;
            if !bars::is_drawn(&bar, width) {
                continue;
            }
            bars::draw(&mut self.svg, self.id, &bar, x, width, row);
            // The words of a stall have the room of the number.
            let is_over =
                |stall: &Stall| stall.start_nanos < bar.end && deeds::end_of(stall) > bar.start;
            if !stalls.iter().any(is_over) {
                self.number(&bar, x, width, row, inside);
            }
            let what = self.what(&bar, inside);
            let state = self.state(&bar);
            self.list(who, lead, &what, &state, (bar.start, bar.end), bar.pieces);
            if let Some(mark) = self.marks.last_mut() {
                mark.task = bar.task;
            }
            self.marks_last_box(x, width, row);
        }
        for stall in stalls {
            let what = if inside == Inside::Chef {
                String::new()
            } else {
                self.dish(stall.task)
            };
            self.stall(stall, row, who, lead, &what);
        }
    }

    /// Adds a mark and a table row; the caller sets the box of the mark.
    pub fn list(
        &mut self,
        who: &str,
        lead: &[String],
        what: &str,
        state: &str,
        time: (u64, u64),
        pieces: u32,
    ) {
        let (from, to) = time;
        let label = phrase(self.say)
            .text("who", who)
            .text("what", what)
            .text("state", state)
            .nanos("from", from)
            .nanos("to", to)
            .get("chart.mark");
        self.marks.push(Mark {
            label,
            x: 0.0,
            y: 0.0,
            width: 0.0,
            height: 0.0,
            task: None,
        });
        if self.rows.len() >= MOST_TABLE_ROWS {
            self.left_out += 1;
            return;
        }
        let ms = |nanos| format::fixed(millis_from_nanos(nanos), 2);
        let mut cells = lead.to_vec();
        cells.extend([
            what.to_string(),
            state.to_string(),
            ms(from),
            ms(to),
            ms(to - from),
            whole(u64::from(pieces)),
        ]);
        self.rows.push(cells);
    }

    /// Sets the box of the mark added last.
    pub fn marks_last_box(&mut self, x: f32, width: f32, row: Row) {
        if let Some(mark) = self.marks.last_mut() {
            (mark.x, mark.y, mark.width, mark.height) = (x, row.y, width, row.height);
        }
    }

    /// The table; `lead` are the titles of the first columns.
    pub fn table(&mut self, caption: String, lead: &[&str]) -> Table {
        let titles = [
            "chart.col.state",
            "chart.col.from",
            "chart.col.to",
            "chart.col.length",
            "chart.col.pieces",
        ];
        let head: Vec<String> = lead
            .iter()
            .chain(&titles)
            .map(|key| (self.say)(key, &[]))
            .collect();
        let mut rows = std::mem::take(&mut self.rows);
        if self.left_out > 0 {
            let mut cells = vec![String::new(); head.len()];
            if let Some(first) = cells.first_mut() {
                *first = phrase(self.say)
                    .number("n", self.left_out as u32)
                    .get("chart.table.more");
            }
            rows.push(cells);
        }
        Table {
            caption,
            head,
            rows,
        }
    }

    fn dish(&self, task: u32) -> String {
        phrase(self.say).number("n", task + 1).get("chart.dish")
    }

    fn what(&self, bar: &Bar, inside: Inside) -> String {
        if inside == Inside::Chef {
            return match bar.state {
                Some(State::Waiting) => (self.say)("chart.nobody", &[]),
                _ if bar.chef == 0 => (self.say)("chart.town.depot", &[]),
                _ => phrase(self.say).number("n", bar.chef).get("chart.chef"),
            };
        }
        match bar.task {
            Some(task) => self.dish(task),
            None if bar.pieces > 1 => phrase(self.say).number("n", bar.pieces).get("chart.turns"),
            None => (self.say)("chart.dish.several", &[]),
        }
    }

    fn state(&self, bar: &Bar) -> String {
        match bar.state {
            Some(State::Running) => (self.say)("chart.state.running", &[]),
            Some(State::Waiting) => (self.say)("chart.state.waiting", &[]),
            Some(State::Blocked) => (self.say)("chart.state.blocked", &[]),
            Some(State::Moving) => (self.say)("chart.state.moving", &[]),
            Some(State::Ready) => (self.say)("chart.state.ready", &[]),
            None => {
                let of = |nanos: u64| nanos as f64 / (bar.end - bar.start).max(1) as f64;
                let key = if bar.blocked_nanos > 0 {
                    "chart.state.mixed.blocked"
                } else {
                    "chart.state.mixed"
                };
                phrase(self.say)
                    .percent("share", of(bar.running_nanos))
                    .percent("blocked", of(bar.blocked_nanos))
                    .get(key)
            }
        }
    }

    /// The number of the task or chef, or of merged turns, where there is room.
    fn number(&mut self, bar: &Bar, x: f32, width: f32, row: Row, inside: Inside) {
        let running = bar.state == Some(State::Running);
        let text = match (inside, bar.task) {
            (Inside::Task, Some(task)) if running => whole(u64::from(task) + 1),
            (Inside::Task, None) if bar.pieces > 1 => {
                phrase(self.say).number("n", bar.pieces).get("chart.turns")
            }
            (Inside::Chef, _) if running && bar.pieces < 3 && bar.chef > 0 => {
                whole(u64::from(bar.chef))
            }
            _ => return,
        };
        let solid = bar.running_nanos as f64 > 0.85 * (bar.end - bar.start) as f64;
        if solid && bar.state.is_some() {
            if row.height >= 13.0 && text_px(&text, TEXT_PX) + 5.0 <= width {
                let middle = x + width / 2.0;
                self.svg.text(
                    middle,
                    row.y + row.height / 2.0 + 4.6,
                    Anchor::Middle,
                    "var(--paper)",
                    &text,
                );
            }
        } else {
            self.chip(&text, x, width, row);
        }
    }

    /// Words on paper, so that they can be read on a pattern.
    pub fn chip(&mut self, text: &str, x: f32, width: f32, row: Row) {
        let wide = text_px(text, SMALL_TEXT_PX);
        if row.height < 13.0 || wide + 12.0 > width {
            return;
        }
        let middle = x + width / 2.0;
        let y = row.y + row.height / 2.0;
        self.svg.rect(
            middle - wide / 2.0 - 3.0,
            y - 6.5,
            wide + 6.0,
            13.0,
            "rx=\"3\" fill=\"var(--paper)\"",
        );
        self.svg
            .small_text(middle, y + 4.3, Anchor::Middle, "var(--ink)", text);
    }
}
