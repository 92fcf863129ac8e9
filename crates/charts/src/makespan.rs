//! Time to the last dish, one bar per arm.

use crate::axis::ghost_line;
use crate::bars::{self, Row};
use crate::chart::capitalised;
use crate::format::{self, fixed, whole};
use crate::phrase::phrase;
use crate::scale::{Scale, ticks};
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, TEXT_PX, text_px};
use crate::{ArmLabel, Chart, Mark, RefLine, Say, Table, View, arm_labels};
use model::{Evidence, Stats, Strategy};

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
    let narrow = view.is_narrow();
    let label_px = rows
        .iter()
        .map(|row| text_px(&row.label, TEXT_PX))
        .fold(0.0, f32::max);
    let left = if narrow {
        1.0
    } else {
        label_px.min(view.width_px * 0.4) + 14.0
    };
    let right = view.width_px - 74.0;
    let lines = refs
        .iter()
        .map(|line| line.millis)
        .chain(view.prediction_millis);
    let end = rows
        .iter()
        .map(Line::most)
        .chain(lines)
        .fold(0.0, f64::max)
        .max(1e-6);
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
        svg.haloed(0.0, base, Anchor::Start, "var(--ink)", &row.label);
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
struct Line {
    label: String,
    stats: Stats,
    millis: Vec<f64>,
    voided: u32,
    sequential: bool,
    mostly_waits: bool,
}

fn rows(evidence: &Evidence, arms: &[ArmLabel], say: Say) -> Vec<Line> {
    let all;
    let arms = if arms.is_empty() {
        all = arm_labels(evidence, say);
        &all
    } else {
        arms
    };
    let line = |arm: &ArmLabel| {
        let stats = *evidence.stats.get(&arm.arm)?;
        let rounds = || evidence.rounds.iter().filter(|round| round.arm == arm.arm);
        let on_core = evidence
            .metrics
            .get(&arm.arm)
            .and_then(|all| all.get("p_ticks"));
        let info = evidence.arms.iter().find(|info| info.id == arm.arm);
        Some(Line {
            label: arm.label.clone(),
            stats,
            millis: rounds()
                .filter(|round| round.valid)
                .map(|round| round.ms)
                .collect(),
            voided: rounds().filter(|round| !round.valid).count() as u32,
            sequential: info.is_some_and(|info| info.strategy == Strategy::Sequential),
            mostly_waits: on_core.is_some_and(|share| share.median < 0.25),
        })
    };
    arms.iter().filter_map(line).collect()
}

impl Line {
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
        if self.mostly_waits {
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
            .text("way", &self.label)
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
    let mut levels: Vec<Vec<(f32, f32)>> = Vec::new();
    for line in refs {
        let x = scale.px(line.millis);
        let words = phrase(say)
            .text("label", &line.label)
            .millis("ms", line.millis)
            .get("chart.reference");
        let half = text_px(&words, SMALL_TEXT_PX) / 2.0;
        let middle = x.min(view.width_px - half).max(half);
        let (from, to) = (middle - half - 8.0, middle + half + 8.0);
        let free = levels
            .iter()
            .position(|level| level.iter().all(|used| to < used.0 || from > used.1));
        let level = free.unwrap_or(levels.len());
        if level == levels.len() {
            levels.push(Vec::new());
        }
        if let Some(used) = levels.get_mut(level) {
            used.push((from, to));
        }
        let y = bottom + 34.0 + 17.0 * level as f32;
        svg.line(
            x,
            top,
            x,
            y - 11.0,
            "stroke=\"var(--ink)\" stroke-dasharray=\"5 3\"",
        );
        svg.small_text(middle, y, Anchor::Middle, "var(--ink)", &words);
    }
    bottom + 24.0 + 17.0 * levels.len() as f32
}

fn finding(rows: &[Line], refs: &[RefLine], say: Say) -> String {
    let soonest = rows
        .iter()
        .min_by(|one, other| one.stats.median.total_cmp(&other.stats.median));
    let Some(best) = soonest else {
        return say("chart.empty", &[]);
    };
    let slowest = |only: bool| {
        let of = rows.iter().filter(move |row| row.sequential || !only);
        of.max_by(|one, other| one.stats.median.total_cmp(&other.stats.median))
    };
    let base = slowest(true).or_else(|| slowest(false)).unwrap_or(best);
    let ratio = base.stats.median / best.stats.median;
    let key = if rows.len() < 2 {
        "chart.makespan.single"
    } else if ratio < 1.1 {
        "chart.makespan.same"
    } else {
        "chart.makespan.sooner"
    };
    let mut words = phrase(say)
        .text("best", &best.label)
        .millis("ms", best.stats.median)
        .text("base", &base.label)
        .millis("basems", base.stats.median)
        .text("times", &format::times(ratio, say))
        .number("n", best.stats.n)
        .get(key);
    let off = |line: &RefLine| (best.stats.median / line.millis - 1.0).abs();
    let near = refs.iter().filter(|line| off(line) <= MEETS);
    if let Some(line) = near.min_by(|one, other| off(one).total_cmp(&off(other))) {
        words.push(' ');
        words.push_str(
            &phrase(say)
                .text("label", &line.label)
                .millis("ms", line.millis)
                .get("chart.makespan.meets"),
        );
    }
    words
}

fn table(rows: &[Line], refs: &[RefLine], view: &View, caption: String, say: Say) -> Table {
    let keys = [
        "chart.col.way",
        "chart.col.rounds",
        "chart.col.median",
        "chart.col.low",
        "chart.col.high",
        "chart.col.void",
    ];
    let mut cells: Vec<Vec<String>> = Vec::new();
    for row in rows {
        let stats = &row.stats;
        let end = |value| {
            if row.has_interval() {
                fixed(value, 2)
            } else {
                String::new()
            }
        };
        cells.push(vec![
            row.label.clone(),
            whole(u64::from(stats.n)),
            fixed(stats.median, 2),
            end(stats.lo),
            end(stats.hi),
            whole(u64::from(row.voided)),
        ]);
    }
    let predicted = view
        .prediction_millis
        .map(|millis| (say("chart.col.predicted", &[]), millis));
    let lines = refs.iter().map(|line| (line.label.clone(), line.millis));
    for (label, millis) in lines.chain(predicted) {
        let mut row = vec![label, String::new(), fixed(millis, 2)];
        row.resize(keys.len(), String::new());
        cells.push(row);
    }
    Table {
        caption,
        head: keys.iter().map(|key| say(key, &[])).collect(),
        rows: cells,
    }
}
