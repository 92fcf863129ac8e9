//! A figure against a parameter, as measured and as theory says.

use crate::chart::{capitalised, listed, within};
use crate::format::{self, whole};
use crate::labels::{Area, Placer, alone_first, apart_first};
use crate::phrase::phrase;
use crate::plot::{self, DOT_PX, LogScale, MOST_LINES};
use crate::scale::{Scale, ticks};
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};
use crate::{Chart, Mark, Say, Table, View};
use model::Stats;

/// What is drawn.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepChart {
    /// What is varied, with its unit.
    pub across: String,
    /// What is measured, with its unit.
    pub up: String,
    /// Whether the parameter is drawn on a logarithmic scale; it must be above 0.
    pub is_log: bool,
    /// Measured points.
    pub lines: Vec<SweepDots>,
    /// What theory says: as many lines as `lines`, each for its own, or one
    /// for all, or none.
    pub theory: Vec<SweepTheory>,
}

/// Measured points of one line.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepDots {
    /// What the line is called.
    pub label: String,
    /// The parameter, and the figure over the rounds.
    pub points: Vec<(f64, Stats)>,
}

/// A line of theory.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SweepTheory {
    /// What the line is called.
    pub label: String,
    /// The parameter and the figure, from left to right.
    pub points: Vec<(f64, f64)>,
}

/// Fewer rounds than this have no interval worth drawing.
const LEAST_ROUNDS_FOR_INTERVAL: u32 = 6;
/// More different parameters than this are not all written below the axis.
const MOST_OWN_TICKS: usize = 9;

/// Dots with the interval of the median (from six rounds on), told apart by
/// shape and label and never connected; theory as lines. Up, from 0.
#[must_use]
pub fn sweep(input: &SweepChart, view: &View, say: Say) -> Chart {
    let plot = Plot::of(input, view);
    let mut svg = Svg::new();
    plot.axes(&mut svg, input);
    let mut placer = Placer::new(Area {
        x: plot.left,
        y: plot.up.range.1,
        width: plot.right - plot.left,
        height: plot.up.range.0 - plot.up.range.1,
    });
    let mut lines = Vec::new();
    for (idx, line) in input.theory.iter().take(MOST_LINES).enumerate() {
        // The first strokes differ in their dashes from all that is measured.
        let points = plot.theory(&mut svg, &mut placer, line, idx + 1);
        lines.push(points);
    }
    let (mut marks, mut measured) = (Vec::new(), Vec::new());
    for (idx, line) in input.lines.iter().take(MOST_LINES).enumerate() {
        let mut dots = Vec::new();
        for (at, stats) in known(&line.points) {
            let (x, y) = (plot.x(at), plot.up.px(stats.median));
            dots.push((x, y));
            plot.dot(&mut svg, (x, y), stats, idx);
            placer.block(Area {
                x: x - DOT_PX,
                y: y - DOT_PX,
                width: 2.0 * DOT_PX,
                height: 2.0 * DOT_PX,
            });
            marks.push(Mark {
                label: told(line, at, stats, input, say),
                x: x - DOT_PX - 1.0,
                y: y - DOT_PX - 1.0,
                width: 2.0 * DOT_PX + 2.0,
                height: 2.0 * DOT_PX + 2.0,
            });
        }
        dots.reverse();
        measured.push(dots);
    }
    // Last, so that no line crosses a word.
    let (mut labels, mut entries) = (Vec::new(), Vec::new());
    for (idx, dots) in measured.iter().enumerate() {
        let label = &input.lines.get(idx).map_or("", |line| &line.label);
        labels.push((*label, alone_first(dots, &others(&measured, idx))));
        entries.push((plot::Sample::Dots(idx), String::from(*label)));
    }
    for (idx, line) in lines.iter().enumerate() {
        let label = &input.theory.get(idx).map_or("", |line| &line.label);
        labels.push((*label, apart_first(line, &others(&lines, idx), 16)));
        entries.push((plot::Sample::Line(idx + 1), String::from(*label)));
    }
    labels.retain(|(_, points)| !points.is_empty());
    let mut height = plot.up.range.0 + 40.0;
    if !placer.all(&mut svg, &labels) {
        height += plot::key(&mut svg, &view.id, height, view.width_px, &entries);
    }
    let finding = finding(input, say);
    let title = if input.theory.is_empty() {
        "chart.sweep.title.plain"
    } else {
        "chart.sweep.title"
    };
    Chart {
        id: view.id.clone(),
        kind: "sweep",
        title: say(title, &[]),
        table: table(input, finding.clone(), say),
        finding,
        width: view.width_px,
        height,
        body: svg.finish(),
        marks,
    }
}

/// All lines but one.
fn others(lines: &[Vec<(f32, f32)>], idx: usize) -> Vec<&[(f32, f32)]> {
    let mut all: Vec<&[(f32, f32)]> = lines.iter().map(Vec::as_slice).collect();
    if idx < all.len() {
        all.remove(idx);
    }
    all
}

/// Points that are numbers.
fn known(points: &[(f64, Stats)]) -> impl Iterator<Item = (f64, &Stats)> {
    let all = points.iter().map(|(at, stats)| (*at, stats));
    all.filter(|(at, stats)| at.is_finite() && stats.median.is_finite())
}

fn has_interval(stats: &Stats) -> bool {
    stats.n >= LEAST_ROUNDS_FOR_INTERVAL && stats.lo.is_finite() && stats.hi.is_finite()
}

/// What theory says at `at`, between its points; `None` outside them.
fn between(points: &[(f64, f64)], at: f64) -> Option<f64> {
    for pair in points.windows(2) {
        let [(from, low), (to, high)] = pair else {
            continue;
        };
        if (*from..=*to).contains(&at) && low.is_finite() && high.is_finite() {
            let share = if to > from {
                (at - from) / (to - from)
            } else {
                0.0
            };
            return Some(low + (high - low) * share);
        }
    }
    let only = points.first().filter(|_| points.len() == 1);
    only.filter(|point| point.0 == at && point.1.is_finite())
        .map(|point| point.1)
}

impl SweepChart {
    /// The line of theory that stands for a measured one.
    fn theory_of(&self, idx: usize) -> Option<&SweepTheory> {
        if self.theory.len() == 1 {
            self.theory.first()
        } else if self.theory.len() == self.lines.len() {
            self.theory.get(idx)
        } else {
            None
        }
    }
}

/// Where everything is.
struct Plot {
    log: Option<LogScale>,
    across: Scale,
    up: Scale,
    left: f32,
    right: f32,
    width: f32,
    /// What is written below the axis.
    ticks: Vec<f64>,
}

impl Plot {
    fn of(input: &SweepChart, view: &View) -> Self {
        let (mut xs, mut high, mut theory_high) = (Vec::new(), 0.0_f64, 0.0_f64);
        for line in &input.lines {
            for (at, stats) in known(&line.points) {
                xs.push(at);
                high = high.max(stats.median);
                if has_interval(stats) {
                    high = high.max(stats.hi);
                }
            }
        }
        let own = plot::sorted(&xs);
        for line in &input.theory {
            for (at, value) in &line.points {
                if at.is_finite() && value.is_finite() {
                    xs.push(*at);
                    theory_high = theory_high.max(*value);
                }
            }
        }
        // Theory may rise without end; what was measured must stay readable.
        let most = if high > 0.0 {
            high.max(theory_high.min(high * 1.5))
        } else {
            theory_high
        };
        let high = if most > 0.0 { most * 1.12 } else { 1.0 };
        let all = plot::sorted(&xs);
        let (first, last) = match (all.first(), all.last()) {
            (Some(first), Some(last)) => (*first, *last),
            _ => (1.0, 10.0),
        };
        let top = 28.0;
        let bottom = top + within(view.width_px * 0.42, 200.0, 300.0);
        let mut widest = 0.0_f32;
        for tick in ticks(high, 6) {
            widest = widest.max(text_px(&plot::figure(tick), SMALL_TEXT_PX));
        }
        let (left, right) = (widest + 9.0, view.width_px - 12.0);
        let log = input
            .is_log
            .then(|| fitted(first, last, left + 14.0, right - 14.0));
        let from = if first <= 0.4 * last { 0.0 } else { first };
        let pad = ((last - from) * 0.06).max(1e-9);
        let across = Scale {
            domain: (if from > 0.0 { from - pad } else { 0.0 }, last + pad),
            range: (left, right),
        };
        Self {
            ticks: below(&own, log.as_ref(), &across),
            log,
            across,
            up: Scale {
                domain: (0.0, high),
                range: (bottom, top),
            },
            left,
            right,
            width: view.width_px,
        }
    }

    fn x(&self, value: f64) -> f32 {
        let x = self
            .log
            .map_or_else(|| self.across.px(value), |log| log.px(value));
        within(x, self.left, self.right)
    }

    fn axes(&self, svg: &mut Svg, input: &SweepChart) {
        let (bottom, top) = self.up.range;
        for tick in ticks(self.up.domain.1, 6) {
            let y = self.up.px(tick);
            svg.line(self.left, y, self.right, y, "stroke=\"var(--line)\"");
            svg.small_text(
                self.left - 7.0,
                y + 4.3,
                Anchor::End,
                "var(--soft)",
                &plot::figure(tick),
            );
        }
        let mut labels = plot::Labels::new(bottom + 17.0, self.width);
        for tick in &self.ticks {
            let x = self.x(*tick);
            labels.put(svg, x, &plot::figure(*tick));
            svg.line(x, bottom, x, bottom + 4.0, "stroke=\"var(--soft)\"");
        }
        svg.line(
            self.left,
            bottom,
            self.right,
            bottom,
            "stroke=\"var(--soft)\"",
        );
        svg.small_text(0.0, top - 15.0, Anchor::Start, "var(--soft)", &input.up);
        svg.small_text(
            self.right,
            bottom + 34.0,
            Anchor::End,
            "var(--soft)",
            &input.across,
        );
    }

    /// Draws a line of theory as far as the top. Returns its points.
    fn theory(
        &self,
        svg: &mut Svg,
        placer: &mut Placer,
        line: &SweepTheory,
        idx: usize,
    ) -> Vec<(f32, f32)> {
        let mut points = Vec::new();
        let ceiling = self.up.domain.1;
        let mut end: Option<(f32, f32)> = None;
        let mut before: Option<(f64, f64)> = None;
        svg.raw("<path ").raw(&plot::stroke(idx)).raw(" d=\"");
        for (at, value) in &line.points {
            let (mut at, mut value) = (*at, *value);
            if !at.is_finite() || !value.is_finite() {
                continue;
            }
            let is_over = value > ceiling;
            if let (true, Some((from, low))) = (is_over, before) {
                at = from + (at - from) * (ceiling - low) / (value - low);
                value = ceiling;
            } else if is_over {
                continue;
            }
            let (x, y) = (self.x(at), self.up.px(value.max(0.0)));
            match end {
                None => drop(svg.raw("M").num(x).raw(" ").num(y)),
                Some(from) => {
                    svg.raw("L").num(x).raw(" ").num(y);
                    block(placer, from, (x, y));
                }
            }
            end = Some((x, y));
            points.push((x, y));
            before = Some((at, value));
            if is_over {
                break;
            }
        }
        svg.raw("\"/>");
        points
    }

    fn dot(&self, svg: &mut Svg, at: (f32, f32), stats: &Stats, idx: usize) {
        let (x, y) = at;
        if has_interval(stats) {
            let top = self.up.range.1;
            let (lo, hi) = (self.up.px(stats.lo), self.up.px(stats.hi).max(top));
            svg.raw("<path fill=\"none\" stroke=\"var(--ink)\" stroke-width=\"1.4\" d=\"M");
            svg.num(x - 3.5).raw(" ").num(lo).raw("h7m-3.5 0V").num(hi);
            svg.raw("m-3.5 0h7\"/>");
        }
        plot::shape(svg, x, y, idx);
    }
}

/// A logarithmic axis that ends at the numbers themselves.
fn fitted(first: f64, last: f64, left: f32, right: f32) -> LogScale {
    let least = if first > 1e-9 { first } else { 1e-9 };
    LogScale {
        least,
        most: if last > least * 1.01 {
            last
        } else {
            least * 10.0
        },
        left,
        right,
    }
}

/// Numbers below the axis: those that were measured, where they are few and
/// round, or else round ones.
fn below(own: &[f64], log: Option<&LogScale>, across: &Scale) -> Vec<f64> {
    let mut few: Vec<f64> = own.to_vec();
    few.dedup();
    let is_round = |value: &f64| (value * 100.0 - (value * 100.0).round()).abs() < 1e-6;
    if !few.is_empty() && few.len() <= MOST_OWN_TICKS && few.iter().all(is_round) {
        return few;
    }
    let Some(log) = log else {
        let mut round = ticks(across.domain.1, 8);
        round.retain(|tick| *tick >= across.domain.0);
        return round;
    };
    let mut round = LogScale::around(log.least, log.most, 0.0, 1.0).ticks();
    round.retain(|tick| *tick >= log.least * 0.999 && *tick <= log.most * 1.001);
    round
}

/// Nothing may be written on the line.
fn block(placer: &mut Placer, from: (f32, f32), to: (f32, f32)) {
    let pieces = ((to.0 - from.0).hypot(to.1 - from.1) / 4.0) as u32 + 1;
    for piece in 0..=pieces {
        let share = piece as f32 / pieces as f32;
        placer.block(Area {
            x: from.0 + (to.0 - from.0) * share - 2.0,
            y: from.1 + (to.1 - from.1) * share - 2.0,
            width: 4.0,
            height: 4.0,
        });
    }
}

/// One dot in words.
fn told(line: &SweepDots, at: f64, stats: &Stats, input: &SweepChart, say: Say) -> String {
    let key = if has_interval(stats) {
        "chart.sweep.mark"
    } else {
        "chart.sweep.mark.short"
    };
    phrase(say)
        .text("way", &line.label)
        .text("across", &input.across)
        .text("at", &plot::figure(at))
        .text("up", &input.up)
        .text("value", &plot::figure(stats.median))
        .text("lo", &plot::figure(stats.lo))
        .text("hi", &plot::figure(stats.hi))
        .get(key)
}

/// From the first to the last point of each line, and what theory says there.
fn finding(input: &SweepChart, say: Say) -> String {
    let mut words = String::new();
    for (idx, line) in input.lines.iter().enumerate() {
        let (first, last) = (known(&line.points).next(), known(&line.points).last());
        let (Some((from, low)), Some((to, high))) = (first, last) else {
            continue;
        };
        let said = input
            .theory_of(idx)
            .and_then(|theory| between(&theory.points, to));
        let mut sentence = phrase(say);
        sentence
            .text("way", &line.label)
            .text("up", &input.up)
            .text("across", &input.across)
            .text("from", &plot::figure(from))
            .text("low", &plot::figure(low.median))
            .text("to", &plot::figure(to))
            .text("high", &plot::figure(high.median))
            .text("theory", &plot::figure(said.unwrap_or(0.0)));
        let key = match (from == to, said.is_some()) {
            (true, false) => "chart.sweep.one",
            (true, true) => "chart.sweep.one.theory",
            (false, false) => "chart.sweep.finding",
            (false, true) => "chart.sweep.finding.theory",
        };
        listed(&mut words, " ", &capitalised(sentence.get(key)));
    }
    if words.is_empty() {
        return say("chart.empty", &[]);
    }
    words
}

fn table(input: &SweepChart, caption: String, say: Say) -> Table {
    let mut table = Table::with_head(caption, "way at rounds middle low high", say);
    if let Some(title) = table.head.get_mut(1) {
        title.clone_from(&input.across);
    }
    if let Some(title) = table.head.get_mut(3) {
        title.clone_from(&input.up);
    }
    for line in &input.theory {
        table.head.push(line.label.clone());
    }
    let number = |value: f64| {
        let mut text = String::new();
        format::push_decimal(&mut text, value, 3);
        text
    };
    for line in &input.lines {
        for (at, stats) in known(&line.points) {
            let (mut low, mut high) = (String::new(), String::new());
            if has_interval(stats) {
                (low, high) = (number(stats.lo), number(stats.hi));
            }
            let mut row = vec![
                line.label.clone(),
                number(at),
                whole(u64::from(stats.n)),
                number(stats.median),
                low,
                high,
            ];
            for theory in &input.theory {
                row.push(between(&theory.points, at).map_or_else(String::new, number));
            }
            table.add(row);
        }
    }
    table
}
