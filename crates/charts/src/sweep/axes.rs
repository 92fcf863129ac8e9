//! Where everything on a sweep is.

use super::{SweepChart, SweepTheory, known};
use crate::View;
use crate::chart::within;
use crate::curve::{block, has_interval, interval};
use crate::labels::Placer;
use crate::plot::{self, LogScale};
use crate::scale::{Scale, ticks};
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};
use model::Stats;

/// More different parameters than this are not all written below the axis.
const MOST_OWN_TICKS: usize = 9;

/// Where everything is.
pub(super) struct Plot {
    log: Option<LogScale>,
    across: Scale,
    pub up: Scale,
    pub left: f32,
    pub right: f32,
    width: f32,
    /// What is written below the axis.
    ticks: Vec<f64>,
}

impl Plot {
    pub fn of(input: &SweepChart, view: &View) -> Self {
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
        let bottom = top + view.plot_px();
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

    pub fn x(&self, value: f64) -> f32 {
        let x = self
            .log
            .map_or_else(|| self.across.px(value), |log| log.px(value));
        within(x, self.left, self.right)
    }

    pub fn axes(&self, svg: &mut Svg, input: &SweepChart) {
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
    pub fn theory(
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

    pub fn dot(&self, svg: &mut Svg, at: (f32, f32), stats: &Stats, idx: usize) {
        let (x, y) = at;
        if has_interval(stats) {
            let top = self.up.range.1;
            let (lo, hi) = (self.up.px(stats.lo), self.up.px(stats.hi).max(top));
            interval(svg, x, lo, hi);
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
