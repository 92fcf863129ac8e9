//! What every single run gave.

use crate::chart::{capitalised, listed};
use crate::format::whole;
use crate::phrase::phrase;
use crate::plot;
use crate::scale::{Scale, ticks};
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};
use crate::{Chart, Mark, Say, Table, View};

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct CountsChart {
    /// What is counted, such as "on the tally".
    pub across: String,
    /// The right count.
    pub wanted: f64,
    /// One row an arm: label, values in the order run. What is not a number is
    /// left out.
    pub rows: Vec<(String, Vec<f64>)>,
}

/// More runs than this of a way are not drawn one by one.
const MOST_DOTS: usize = 400;
const DOT_PX: f32 = 3.4;
const ROW_PX: f32 = 44.0;

/// A dot for every run of every way, across at its value; a line where it
/// should be. The axis reaches from the lowest value to the highest and need
/// not begin at 0: what was lost is the distance from the line, and is written
/// beside it. Right counts are discs, others triangles, so that a count that
/// lost next to nothing is told from a right one.
#[must_use]
pub fn counts(input: &CountsChart, view: &View, say: Say) -> Chart {
    let rows: Vec<Row> = input
        .rows
        .iter()
        .map(|row| Row::of(row, input.wanted))
        .collect();
    let columns = columns(&rows, view, say);
    let across = scale(
        &rows,
        input.wanted,
        columns.unwrap_or((8.0, view.width_px - 12.0)),
    );
    let mut svg = Svg::new();
    let mut marks = Vec::new();
    let mut y = 20.0;
    let height = view.strip_px(rows.len().max(1), ROW_PX);
    let mut stretches = Vec::new();
    for row in &rows {
        let said = row.said(say);
        let top = if columns.is_some() {
            let base = y + height - 6.0;
            svg.small_text(0.0, base, Anchor::Start, "var(--ink)", row.label);
            svg.small_text(view.width_px, base, Anchor::End, "var(--soft)", &said);
            y
        } else {
            y + plot::heading(&mut svg, y, view.width_px, row.label, &said)
        };
        y = top + height + 6.0;
        stretches.push((top, top + height));
        svg.line(
            across.range.0,
            top + height,
            across.range.1,
            top + height,
            "stroke=\"var(--line)\"",
        );
    }
    let bottom = y + 2.0;
    line(&mut svg, &across, input, &stretches, bottom, say);
    for (row, (top, end)) in rows.iter().zip(&stretches) {
        dots(&mut svg, &mut marks, row, &across, (*top, *end), say);
    }
    axis(&mut svg, &across, view, bottom, &input.across);
    let finding = finding(&rows, input.wanted, say);
    Chart {
        id: view.id.clone(),
        kind: "counts",
        title: say("chart.counts.title", &[]),
        table: table(&rows, input, finding.clone(), say),
        finding,
        width: view.width_px,
        height: bottom + 40.0,
        body: svg.finish(),
        marks,
    }
}

/// One way.
struct Row<'a> {
    label: &'a str,
    wanted: f64,
    /// Number of the run from 1, and its value.
    values: Vec<(u32, f64)>,
    right: u32,
    least: f64,
    most: f64,
}

impl<'a> Row<'a> {
    fn of(row: &'a (String, Vec<f64>), wanted: f64) -> Self {
        let mut all = Self {
            label: &row.0,
            wanted,
            values: Vec::new(),
            right: 0,
            least: f64::INFINITY,
            most: f64::NEG_INFINITY,
        };
        for (run, value) in (1..).zip(&row.1) {
            if value.is_finite() {
                all.values.push((run, *value));
                all.right += u32::from(is_right(*value, wanted));
                all.least = all.least.min(*value);
                all.most = all.most.max(*value);
            }
        }
        all
    }

    /// How many were right, and how far off the others were at worst.
    fn said(&self, say: Say) -> String {
        if self.values.is_empty() {
            return say("chart.counts.none", &[]);
        }
        let mut words = phrase(say)
            .number("right", self.right)
            .number("n", self.values.len() as u32)
            .get("chart.counts.right");
        for (off, key) in [
            (self.wanted - self.least, "chart.counts.lost"),
            (self.most - self.wanted, "chart.counts.over"),
        ] {
            if off > 0.5 {
                let more = phrase(say).text("off", &grouped(off)).get(key);
                listed(&mut words, ", ", &more);
            }
        }
        words
    }
}

fn is_right(value: f64, wanted: f64) -> bool {
    (value - wanted).abs() < 0.5
}

/// A whole number with a thin space between thousands.
fn grouped(value: f64) -> String {
    let digits = whole(value.abs().round() as u64);
    let mut text = String::from(if value < -0.5 { "-" } else { "" });
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// In a low chart, where the dots are between the words of all rows, if they
/// have room there.
fn columns(rows: &[Row], view: &View, say: Say) -> Option<(f32, f32)> {
    const LEAST_PX: f32 = 120.0;
    if !view.is_low || view.is_narrow() {
        return None;
    }
    let (mut left, mut right) = (8.0_f32, 12.0_f32);
    for row in rows {
        left = left.max(text_px(row.label, SMALL_TEXT_PX) + 10.0);
        right = right.max(text_px(&row.said(say), SMALL_TEXT_PX) + 14.0);
    }
    let right = view.width_px - right;
    (right - left >= LEAST_PX).then_some((left, right))
}

/// From the lowest value to the highest, with the wanted one.
fn scale(rows: &[Row], wanted: f64, range: (f32, f32)) -> Scale {
    let wanted = if wanted.is_finite() { wanted } else { 0.0 };
    let (mut least, mut most) = (wanted, wanted);
    for row in rows.iter().filter(|row| !row.values.is_empty()) {
        (least, most) = (least.min(row.least), most.max(row.most));
    }
    // Where nothing was lost, the line stands near the right end all the same.
    let extent = (most - least).max(wanted.abs() * 0.02).max(1.0);
    Scale {
        domain: (
            (least - extent * 0.06).max(least.min(0.0)),
            most + extent * 0.06,
        ),
        range,
    }
}

/// The line of right counts through every row, with its words above.
fn line(
    svg: &mut Svg,
    across: &Scale,
    input: &CountsChart,
    stretches: &[(f32, f32)],
    bottom: f32,
    say: Say,
) {
    if !input.wanted.is_finite() {
        return;
    }
    let x = across.px(input.wanted);
    let words = phrase(say)
        .text("n", &grouped(input.wanted))
        .get("chart.counts.wanted");
    let most = across.range.1 + 10.0 - text_px(&words, SMALL_TEXT_PX);
    svg.small_text(
        x.min(most).max(0.0),
        12.0,
        Anchor::Start,
        "var(--ink)",
        &words,
    );
    // Not through the words of the rows.
    for (top, end) in stretches {
        svg.line(
            x,
            *top,
            x,
            *end,
            "stroke=\"var(--ink)\" stroke-width=\"1.4\"",
        );
    }
    svg.line(
        x,
        bottom - 4.0,
        x,
        bottom + 4.0,
        "stroke=\"var(--ink)\" stroke-width=\"1.4\"",
    );
}

/// Dots of one row, those at one place on top of each other.
fn dots(
    svg: &mut Svg,
    marks: &mut Vec<Mark>,
    row: &Row,
    across: &Scale,
    place: (f32, f32),
    say: Say,
) {
    let (top, end) = place;
    let column = |value: f64| (across.px(value) / (2.0 * DOT_PX)).round() as i64;
    let mut piles: Vec<(i64, u32)> = Vec::new();
    for (_, value) in row.values.iter().take(MOST_DOTS) {
        let at = column(*value);
        match piles.iter_mut().find(|pile| pile.0 == at) {
            Some(pile) => pile.1 += 1,
            None => piles.push((at, 1)),
        }
    }
    let most = piles.iter().map(|pile| pile.1).max().unwrap_or(1);
    // High piles are pressed together, all alike.
    let room = end - top - 2.0 * DOT_PX;
    let step = (room / (most.max(2) - 1) as f32).min(2.0 * DOT_PX + 0.4);
    let mut heights: Vec<(i64, u32)> = Vec::new();
    // Those that are not right last: on top of a pile they can be seen.
    let mut values: Vec<(u32, f64)> = Vec::new();
    for is_wanted in [true, false] {
        for (run, value) in row.values.iter().take(MOST_DOTS) {
            if is_right(*value, row.wanted) == is_wanted {
                values.push((*run, *value));
            }
        }
    }
    for (run, value) in &values {
        let at = column(*value);
        let height = match heights.iter_mut().find(|pile| pile.0 == at) {
            Some(pile) => {
                pile.1 += 1;
                pile.1
            }
            None => {
                heights.push((at, 0));
                0
            }
        };
        let (x, y) = (across.px(*value), end - DOT_PX - height as f32 * step);
        let is_right = is_right(*value, row.wanted);
        if is_right {
            svg.circle(
                x,
                y,
                DOT_PX,
                "fill=\"var(--run)\" stroke=\"var(--paper)\" stroke-width=\".8\"",
            );
        } else {
            svg.raw(
                "<path fill=\"var(--block)\" stroke=\"var(--paper)\" stroke-width=\".8\" d=\"M",
            );
            svg.num(x)
                .raw(" ")
                .num(y - 4.4)
                .raw("l4.400 7.800h-8.800z\"/>");
        }
        let off = value - row.wanted;
        let key = if is_right {
            "chart.counts.mark"
        } else if off < 0.0 {
            "chart.counts.mark.lost"
        } else {
            "chart.counts.mark.over"
        };
        let label = phrase(say)
            .text("way", row.label)
            .number("run", *run)
            .text("value", &grouped(*value))
            .text("off", &grouped(off.abs()))
            .get(key);
        marks.push(Mark {
            label,
            x: x - DOT_PX - 1.0,
            y: y - DOT_PX - 1.0,
            width: 2.0 * DOT_PX + 2.0,
            height: 2.0 * DOT_PX + 2.0,
            task: None,
        });
    }
}

fn axis(svg: &mut Svg, across: &Scale, view: &View, bottom: f32, title: &str) {
    let (left, right) = across.range;
    svg.line(left, bottom, right, bottom, "stroke=\"var(--soft)\"");
    let (from, to) = across.domain;
    let steps = ticks(to - from, ((right - left) / 110.0) as u32 + 1);
    let step = steps.get(1).copied().unwrap_or(0.0);
    let mut labels = plot::Labels::new(bottom + 17.0, view.width_px);
    if step > 0.0 {
        let mut at = (from / step).ceil() * step;
        while at <= to {
            let x = across.px(at);
            svg.line(x, bottom, x, bottom + 4.0, "stroke=\"var(--soft)\"");
            labels.put(svg, x, &grouped(at));
            at += step;
        }
    }
    svg.small_text(right, bottom + 34.0, Anchor::End, "var(--soft)", title);
}

/// How many runs of each way were right.
fn finding(rows: &[Row], wanted: f64, say: Say) -> String {
    let (mut words, mut right) = (String::new(), String::new());
    for row in rows.iter().filter(|row| !row.values.is_empty()) {
        if row.right as usize == row.values.len() {
            listed(&mut right, ", ", row.label);
            continue;
        }
        let sentence = phrase(say)
            .text("way", row.label)
            .text("said", &row.said(say))
            .get("chart.counts.finding");
        listed(&mut words, " ", &capitalised(sentence));
    }
    if !right.is_empty() {
        let all = phrase(say)
            .text("ways", &right)
            .text("n", &grouped(wanted))
            .get("chart.counts.all");
        listed(&mut words, " ", &all);
    }
    if words.is_empty() {
        return say("chart.empty", &[]);
    }
    words
}

fn table(rows: &[Row], input: &CountsChart, caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "way run count off", say);
    if let Some(title) = table.head.get_mut(2) {
        title.clone_from(&input.across);
    }
    for row in rows {
        for (run, value) in row.values.iter().take(MOST_DOTS) {
            table.add(vec![
                String::from(row.label),
                whole(u64::from(*run)),
                whole(value.max(0.0).round() as u64),
                grouped(value - input.wanted),
            ]);
        }
    }
    table
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_apart() {
        let plain = |value| grouped(value).replace('\u{202f}', " ");
        assert_eq!(plain(2_000_000.0), "2 000 000");
        assert_eq!(plain(-1_234.4), "-1 234");
        assert_eq!(plain(0.0), "0");
        assert_eq!(plain(999.0), "999");
    }
}
