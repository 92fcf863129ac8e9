//! Time to the last dish, one bar per arm.

use crate::arms::{Picked, pick};
use crate::axis::ghost_line;
use crate::bars::{self, Row};
use crate::chart::{capitalised, listed};
use crate::format::{self, fixed, whole};
use crate::phrase::phrase;
use crate::scale::{Scale, ticks};
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, TEXT_PX, text_px};
use crate::{ArmLabel, Chart, Mark, RefLine, Say, Table, View};
use model::{Evidence, Stats};

/// Fewer rounds than this have no interval worth drawing.
const LEAST_ROUNDS_FOR_INTERVAL: u32 = 6;
/// Nearer than this to a reference line, a time is said to meet it.
const MEETS: f64 = 0.1;

/// Horizontal bars of the median makespan with every valid round as a dot, the
/// interval of the median, reference lines and the prediction as a ghost.
/// `arms` says what to draw and in which order; empty: every arm of the record.
#[must_use]
pub fn makespan(
    evidence: &Evidence,
    arms: &[ArmLabel],
    refs: &[RefLine],
    view: &View,
    say: Say,
) -> Chart {
    let rows = rows(evidence, arms, say);
    let mut label_px = 0.0_f32;
    let mut end = view.prediction_millis.unwrap_or(0.0).max(1e-6);
    for row in &rows {
        label_px = label_px.max(text_px(&row.arm.label, TEXT_PX));
        end = end.max(row.most());
    }
    for line in refs {
        end = end.max(line.millis);
    }
    // Long labels stand above their bars, as all do where there is little room.
    let narrow = view.is_narrow() || label_px > view.width_px * 0.42;
    let left = if narrow { 1.0 } else { label_px + 14.0 };
    let right = view.width_px - 74.0;
    let scale = Scale {
        domain: (0.0, end),
        range: (left, right),
    };
    let mut svg = Svg::new();
    bars::hatching(&mut svg, &view.id);
    let top = if view.prediction_millis.is_some() {
        24.0
    } else {
        6.0
    };
    let above = if narrow { 18.0 } else { 0.0 };
    let pitch = above + if narrow { 30.0 } else { 36.0 };
    let bottom = top + pitch * rows.len().max(1) as f32 - 6.0;
    grid(&mut svg, &scale, top, bottom, say);
    let mut marks = Vec::new();
    for (idx, row) in rows.iter().enumerate() {
        let place = Row {
            y: top + pitch * idx as f32 + above,
            height: 22.0,
            outlined: false,
        };
        row.draw(&mut svg, &view.id, &scale, place);
        marks.push(Mark {
            label: row.sentence(say),
            x: left,
            y: place.y,
            width: scale.px(row.stats.median) - left,
            height: place.height,
            task: None,
        });
    }
    let mut height = bottom + 24.0;
    if !refs.is_empty() {
        height = references(&mut svg, &scale, refs, (top, bottom), view, say);
    }
    if let Some(millis) = view.prediction_millis {
        let words = phrase(say).millis("ms", millis).get("chart.prediction");
        ghost_line(
            &mut svg,
            scale.px(millis),
            top,
            bottom,
            view.width_px - 40.0,
            &words,
        );
    }
    // Last, so that no line crosses a word.
    for (idx, row) in rows.iter().enumerate() {
        let y = top + pitch * idx as f32 + above;
        let base = if narrow { y - 5.0 } else { y + 15.6 };
        svg.haloed(0.0, base, Anchor::Start, "var(--ink)", &row.arm.label);
        let x = scale.px(row.most()) + 8.0;
        svg.haloed(
            x,
            y + 15.6,
            Anchor::Start,
            "var(--ink)",
            &format::millis(row.stats.median),
        );
    }
    let finding = capitalised(finding(&rows, refs, say));
    Chart {
        id: view.id.clone(),
        kind: "makespan",
        title: say("chart.makespan.title", &[]),
        table: table(&rows, refs, view, finding.clone(), say),
        finding,
        width: view.width_px,
        height,
        body: svg.finish(),
        marks,
    }
}

/// One arm.
struct Line<'a> {
    arm: Picked<'a>,
    stats: &'a Stats,
    millis: Vec<f64>,
    voided: u32,
}

fn rows<'a>(evidence: &'a Evidence, arms: &[ArmLabel], say: Say) -> Vec<Line<'a>> {
    let mut rows = Vec::new();
    for arm in pick(evidence, arms, say) {
        let Some(stats) = evidence.stats.get(arm.id) else {
            continue;
        };
        let mut row = Line {
            arm,
            stats,
            millis: Vec::new(),
            voided: 0,
        };
        for round in &evidence.rounds {
            if round.arm != row.arm.id {
                continue;
            }
            if round.valid {
                row.millis.push(round.ms);
            } else {
                row.voided += 1;
            }
        }
        rows.push(row);
    }
    rows
}

impl Line<'_> {
    fn most(&self) -> f64 {
        let dots = self.millis.iter().copied().fold(0.0, f64::max);
        dots.max(self.stats.median).max(if self.has_interval() {
            self.stats.hi
        } else {
            0.0
        })
    }

    fn has_interval(&self) -> bool {
        self.stats.n >= LEAST_ROUNDS_FOR_INTERVAL
    }

    fn draw(&self, svg: &mut Svg, id: &str, scale: &Scale, place: Row) {
        let (left, end) = (scale.range.0, scale.px(self.stats.median));
        let width = (end - left).max(1.0);
        if self.arm.mostly_waits {
            bars::waiting(svg, id, left, width, place);
        } else {
            svg.rect(
                left,
                place.y,
                width,
                place.height,
                "rx=\"2\" fill=\"var(--run)\"",
            );
        }
        let middle = place.y + place.height / 2.0;
        if self.has_interval() {
            let (lo, hi) = (scale.px(self.stats.lo), scale.px(self.stats.hi));
            svg.raw("<path fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"1.6\" d=\"M");
            svg.num(lo)
                .raw(" ")
                .num(place.y + place.height + 1.0)
                .raw("v4H")
                .num(hi)
                .raw("v-4\"/>");
        }
        svg.raw("<g fill=\"var(--paper)\" stroke=\"var(--ink)\">");
        for (idx, millis) in self.millis.iter().take(200).enumerate() {
            // A fixed scatter: dots of equal times must not hide one another.
            let shift = ((idx * 5) % 9) as f32 - 4.0;
            svg.circle(scale.px(*millis), middle + shift * 1.7, 2.4, "");
        }
        svg.raw("</g>");
    }

    fn sentence(&self, say: Say) -> String {
        let key = if self.has_interval() {
            "chart.makespan.mark"
        } else {
            "chart.makespan.mark.short"
        };
        let (lo, hi) = (format::millis(self.stats.lo), format::millis(self.stats.hi));
        let n = whole(u64::from(self.stats.n));
        phrase(say)
            .text("way", &self.arm.label)
            .millis("ms", self.stats.median)
            .text("lo", &lo)
            .text("hi", &hi)
            .text("n", &n)
            .get(key)
    }
}

fn grid(svg: &mut Svg, scale: &Scale, top: f32, bottom: f32, say: Say) {
    let (left, right) = scale.range;
    let marks = ticks(scale.domain.1, ((right - left) / 80.0) as u32);
    for mark in marks {
        let x = scale.px(mark);
        svg.line(x, top, x, bottom + 3.0, "stroke=\"var(--line)\"");
        let mut label = String::new();
        format::push_decimal(&mut label, mark, 3);
        let half = text_px(&label, SMALL_TEXT_PX) / 2.0;
        svg.small_text(
            x.max(half),
            bottom + 16.0,
            Anchor::Middle,
            "var(--soft)",
            &label,
        );
    }
    svg.small_text(
        right + 74.0,
        bottom + 16.0,
        Anchor::End,
        "var(--soft)",
        &say("chart.makespan.axis", &[]),
    );
}

/// Dashed lines with their words below the axis, each on the first level where
/// it touches no other. Returns the height of the chart.
fn references(
    svg: &mut Svg,
    scale: &Scale,
    refs: &[RefLine],
    at: (f32, f32),
    view: &View,
    say: Say,
) -> f32 {
    let (top, bottom) = at;
    let mut taken: Vec<(u8, f32, f32)> = Vec::new();
    let mut levels = 0;
    for line in refs {
        let x = scale.px(line.millis);
        let words = phrase(say)
            .text("label", &line.label)
            .millis("ms", line.millis)
            .get("chart.reference");
        let half = text_px(&words, SMALL_TEXT_PX) / 2.0;
        let middle = x.min(view.width_px - half).max(half);
        let (from, to) = (middle - half - 8.0, middle + half + 8.0);
        let mut level = 0;
        while taken
            .iter()
            .any(|used| used.0 == level && to >= used.1 && from <= used.2)
        {
            level += 1;
        }
        taken.push((level, from, to));
        levels = levels.max(level + 1);
        let y = bottom + 34.0 + 17.0 * f32::from(level);
        svg.line(
            x,
            top,
            x,
            y - 11.0,
            "stroke=\"var(--ink)\" stroke-dasharray=\"5 3\"",
        );
        svg.small_text(middle, y, Anchor::Middle, "var(--ink)", &words);
    }
    bottom + 24.0 + 17.0 * f32::from(levels)
}

fn finding(rows: &[Line], refs: &[RefLine], say: Say) -> String {
    let Some(mut best) = rows.first() else {
        return say("chart.empty", &[]);
    };
    let mut base = best;
    for row in rows {
        if row.stats.median < best.stats.median {
            best = row;
        }
        // The slowest sequential arm, or else the slowest of all.
        let slower = row.stats.median > base.stats.median;
        if (row.arm.sequential && !base.arm.sequential)
            || (slower && row.arm.sequential == base.arm.sequential)
        {
            base = row;
        }
    }
    // One after another may itself be the soonest, by a hair: then it stands
    // against the slowest of the others.
    let is_best = |row: &&Line| row.arm.id == best.arm.id;
    if is_best(&base) {
        let others = rows.iter().filter(|row| !is_best(row));
        let slowest = others.max_by(|a, b| a.stats.median.total_cmp(&b.stats.median));
        base = slowest.unwrap_or(base);
    }
    let ratio = base.stats.median / best.stats.median;
    let key = if rows.len() < 2 {
        "chart.makespan.single"
    } else if ratio < 1.1 {
        "chart.makespan.same"
    } else {
        "chart.makespan.sooner"
    };
    let mut words = phrase(say)
        .text("best", &best.arm.label)
        .millis("ms", best.stats.median)
        .text("base", &base.arm.label)
        .millis("basems", base.stats.median)
        .text("times", &format::times(ratio, say))
        .number("n", best.stats.n)
        .get(key);
    let mut nearest = MEETS;
    let mut met = None;
    for line in refs {
        let off = (best.stats.median / line.millis - 1.0).abs();
        if off <= nearest {
            (nearest, met) = (off, Some(line));
        }
    }
    if let Some(line) = met {
        let sentence = phrase(say)
            .text("label", &line.label)
            .millis("ms", line.millis)
            .get("chart.makespan.meets");
        listed(&mut words, " ", &sentence);
    }
    words
}

fn table(rows: &[Line], refs: &[RefLine], view: &View, caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "way rounds median low high void", say);
    for row in rows {
        let stats = row.stats;
        let (mut low, mut high) = (String::new(), String::new());
        if row.has_interval() {
            (low, high) = (fixed(stats.lo, 2), fixed(stats.hi, 2));
        }
        let label = row.arm.label.clone();
        let (n, median) = (whole(u64::from(stats.n)), fixed(stats.median, 2));
        table.rows.push(vec![
            label,
            n,
            median,
            low,
            high,
            whole(u64::from(row.voided)),
        ]);
    }
    for line in refs {
        table.add(vec![
            line.label.clone(),
            String::new(),
            fixed(line.millis, 2),
        ]);
    }
    if let Some(millis) = view.prediction_millis {
        let label = say("chart.col.predicted", &[]);
        table.add(vec![label, String::new(), fixed(millis, 2)]);
    }
    table
}
