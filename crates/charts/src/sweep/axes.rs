//! Where everything on a sweep is.

use super::{SweepChart, SweepTheory, known};
use crate::View;
use crate::chart::within;
use crate::curve::{block, has_interval, interval};
use crate::labels::{Area, Placer};
use crate::plot::{self, LogScale};
use crate::scale::{Scale, ticks};
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, TEXT_PX, text_px};
use model::Stats;

/// More different parameters than this are not all written below the axis.
const MOST_OWN_TICKS: usize = 9;

/// Where everything is.
pub(super) struct Plot {
    log: Option<LogScale>,
    across: Scale,
    pub up: Up,
    pub left: f32,
    pub right: f32,
    width: f32,
    /// What is written below the axis.
    ticks: Vec<f64>,
}

impl Plot {
    pub fn of(input: &SweepChart, view: &View) -> Self {
        let (mut xs, mut high, mut theory_high) = (Vec::new(), 0.0_f64, 0.0_f64);
        let mut low = f64::INFINITY;
        for line in &input.lines {
            for (at, stats) in known(&line.points) {
                xs.push(at);
                high = high.max(stats.median);
                low = low.min(lowest(stats));
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
        xs.extend(input.crossing.as_ref().map(|crossing| crossing.0));
        let all = plot::sorted(&xs);
        let (first, last) = match (all.first(), all.last()) {
            (Some(first), Some(last)) => (*first, *last),
            _ => (1.0, 10.0),
        };
        let top = 28.0;
        let bottom = top + view.plot_px();
        let up = Up::of(
            input.is_log_up.then_some((low, high / 1.12)),
            high,
            (bottom, top),
        );
        let mut widest = 0.0_f32;
        for tick in &up.ticks {
            widest = widest.max(text_px(&up.label(*tick), SMALL_TEXT_PX));
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
            up,
            left,
            right,
            width: view.width_px,
        }
    }

    pub fn x(&self, value: f64) -> f32 {
        let x = self
            .log
            .map_or_else(|| self.across.px(value), |log| log.px(value));
        within(x, self.left, self.right)
    }

    pub fn axes(&self, svg: &mut Svg, input: &SweepChart) {
        let (bottom, top) = (self.up.bottom, self.up.top);
        for tick in &self.up.ticks {
            let y = self.up.px(*tick);
            svg.line(self.left, y, self.right, y, "stroke=\"var(--line)\"");
            svg.small_text(
                self.left - 7.0,
                y + 4.3,
                Anchor::End,
                "var(--soft)",
                &self.up.label(*tick),
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
    pub fn theory(
        &self,
        svg: &mut Svg,
        placer: &mut Placer,
        line: &SweepTheory,
        idx: usize,
    ) -> Vec<(f32, f32)> {
        let mut points = Vec::new();
        let ceiling = self.up.most;
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

    /// An upright line with its words at the top.
    pub fn crossing(&self, svg: &mut Svg, placer: &mut Placer, at: f64, words: &str) {
        let (x, top) = (self.x(at), self.up.top);
        let dashes = "stroke=\"var(--ink)\" stroke-width=\"1.4\" stroke-dasharray=\"5 4\"";
        svg.line(x, top, x, self.up.bottom, dashes);
        block(placer, (x, top), (x, self.up.bottom));
        // On the side with more room, in as many lines as it takes.
        const LINE_PX: f32 = 16.0;
        let is_right = self.right - x >= x - self.left;
        let room = if is_right {
            self.right - x - 6.0
        } else {
            x - 6.0 - self.left
        };
        let (left, anchor) = if is_right {
            (x + 6.0, Anchor::Start)
        } else {
            (x - 6.0, Anchor::End)
        };
        for (idx, line) in plot::wrapped(words, TEXT_PX, room).iter().enumerate() {
            let (y, wide) = (top + LINE_PX * idx as f32, text_px(line, TEXT_PX));
            svg.haloed(left, y + 12.0, anchor, "var(--ink)", line);
            placer.block(Area {
                x: if is_right { left } else { left - wide },
                y,
                width: wide,
                height: LINE_PX,
            });
        }
    }

    pub fn dot(&self, svg: &mut Svg, at: (f32, f32), stats: &Stats, idx: usize) {
        let (x, y) = at;
        if has_interval(stats) {
            let top = self.up.top;
            let (lo, hi) = (self.up.px(stats.lo), self.up.px(stats.hi).max(top));
            interval(svg, x, lo, hi);
        }
        plot::shape(svg, x, y, idx);
    }
}

/// The figure, from 0 or on a logarithmic scale.
pub(super) struct Up {
    pub bottom: f32,
    pub top: f32,
    /// What is at the top.
    pub most: f64,
    ticks: Vec<f64>,
    scale: Scale,
    log: Option<LogScale>,
}

impl Up {
    /// `ends` are the lowest and the highest figure on a logarithmic scale; `range`
    /// is the lower and the upper end in pixels.
    fn of(ends: Option<(f64, f64)>, high: f64, range: (f32, f32)) -> Self {
        let (bottom, top) = range;
        let scale = Scale {
            domain: (0.0, high),
            range,
        };
        let Some((low, most)) = ends.filter(|(low, _)| low.is_finite()) else {
            return Self {
                bottom,
                top,
                most: high,
                ticks: ticks(high, 6),
                scale,
                log: None,
            };
        };
        let log = LogScale::around(low, most, bottom, top);
        let mut ticks = log.ticks();
        let factors_of_two = (log.most / log.least).log2() as f32;
        if bottom - top < 18.0 * factors_of_two {
            // Room for every factor of ten only.
            ticks.retain(|tick| is_decade(*tick));
        }
        Self {
            bottom,
            top,
            most: log.most,
            ticks,
            scale,
            log: Some(log),
        }
    }

    fn label(&self, tick: f64) -> String {
        if self.log.is_none() || tick >= 0.01 {
            return plot::figure(tick);
        }
        let mut text = String::new();
        crate::format::push_decimal(&mut text, tick, 6);
        text
    }

    pub fn px(&self, value: f64) -> f32 {
        self.log
            .map_or_else(|| self.scale.px(value), |log| log.px(value))
    }
}

/// Whether it is a power of ten.
fn is_decade(value: f64) -> bool {
    let mut value = value;
    while value > 5.5 {
        value /= 10.0;
    }
    while value < 0.55 {
        value *= 10.0;
    }
    (value - 1.0).abs() < 1e-3
}

/// The lowest figure above 0 of a dot and its interval.
fn lowest(stats: &Stats) -> f64 {
    let low = if has_interval(stats) && stats.lo > 0.0 {
        stats.lo
    } else {
        stats.median
    };
    if low > 0.0 { low } else { f64::INFINITY }
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
