//! Where everything on a speedup chart is.

use super::{LineKind, SpeedupChart, SpeedupLine, is_known, is_number};
use crate::chart::within;
use crate::curve::{has_interval, interval};
use crate::labels::Area;
use crate::phrase::phrase;
use crate::scale::{Scale, ticks};
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};
use crate::{Say, View, format, plot};

/// Room above the plot for the title of its axis.
const TITLE_PX: f32 = 24.0;
/// And for each line about the capacity.
const LINE_PX: f32 = 16.0;
/// Up to so many workers every whole number is written below the axis.
const MOST_OWN_TICKS: f64 = 12.0;
/// Height of the plot in a low chart.
const LOW_PX: f32 = 124.0;
const STRIP_PX: f32 = 56.0;

/// Where everything is.
pub(super) struct Plot {
    across: Scale,
    up: Scale,
    width: f32,
    /// Measured capacity, where it is inside the plot.
    capacity: Option<f64>,
    /// Numbers of workers below the axis, those that were measured first.
    workers: Vec<u32>,
}

/// The most workers of any point or line.
fn most_workers(input: &SpeedupChart) -> f64 {
    let mut most = 2.0_f64;
    for point in &input.points {
        most = most.max(f64::from(point.workers.min(1024)));
    }
    for line in &input.lines {
        for (at, _) in &line.points {
            if at.is_finite() {
                most = most.max(at.min(1024.0));
            }
        }
    }
    most
}

/// The highest thing that must be seen; the ideal may leave the plot.
fn most_speedup(input: &SpeedupChart) -> f64 {
    let mut most = 1.0_f64;
    let mut see = |value: f64| {
        if value.is_finite() {
            most = most.max(value);
        }
    };
    for point in input.points.iter().filter(|point| is_known(point)) {
        see(point.speedup.median);
        if has_interval(&point.speedup) {
            see(point.speedup.hi);
        }
        for value in &point.rounds {
            // One odd round must not squeeze all others.
            see(value.min(point.speedup.median * 1.5));
        }
    }
    let workers = most_workers(input);
    for line in &input.lines {
        for (_, value) in &line.points {
            if line.kind != LineKind::Ideal {
                see(value.min(workers * 1.05));
            }
        }
    }
    most
}

impl Plot {
    pub fn of(input: &SpeedupChart, view: &View) -> Self {
        let workers = most_workers(input);
        let (across, up) = (workers + 0.35, most_speedup(input) * 1.1);
        let mut left = 0.0_f32;
        for tick in ticks(up, 6) {
            left = left.max(text_px(&plot::figure(tick), SMALL_TEXT_PX));
        }
        // The strip below has numbers with two decimals.
        if input
            .points
            .iter()
            .any(|point| point.serial_share.is_some())
        {
            left = left.max(text_px("0.05", SMALL_TEXT_PX));
        }
        left += 9.0;
        let room = f64::from(view.width_px - 12.0 - left);
        let is_low = view.is_low && !view.is_narrow();
        let (least, most) = if is_low {
            (LOW_PX, LOW_PX)
        } else {
            (190.0, if view.is_narrow() { 260.0 } else { 330.0 })
        };
        // As many pixels for one worker as for one time sooner, where both fit.
        let unit = (room / across).min(f64::from(most) / up);
        let height = within((unit * up) as f32, least, most);
        let is_square = unit * up >= f64::from(least) - 0.5;
        let width = if is_square { unit * across } else { room };
        let capacity = input
            .capacity
            .filter(|capacity| capacity.is_finite() && *capacity > 0.0 && *capacity <= across);
        let mut top = TITLE_PX;
        if let Some(capacity) = capacity {
            top += LINE_PX;
            if capacity < workers {
                top += LINE_PX;
            }
        }
        let mut numbers: Vec<u32> = Vec::new();
        for point in &input.points {
            numbers.push(point.workers);
        }
        if workers <= MOST_OWN_TICKS {
            numbers.extend(1..=workers as u32);
        }
        Self {
            across: Scale {
                domain: (0.0, across),
                range: (left, left + width as f32),
            },
            up: Scale {
                domain: (0.0, up),
                range: (top + height, top),
            },
            width: view.width_px,
            capacity,
            workers: numbers,
        }
    }

    pub fn x(&self, workers: f64) -> f32 {
        within(
            self.across.px(workers),
            self.across.range.0,
            self.across.range.1,
        )
    }

    pub fn y(&self, speedup: f64) -> f32 {
        within(self.up.px(speedup), self.up.range.1, self.up.range.0)
    }

    /// Speedup at the top.
    pub const fn most(&self) -> f64 {
        self.up.domain.1
    }

    pub const fn bottom(&self) -> f32 {
        self.up.range.0
    }

    /// Where words may be: the plot, and what is free to the right of it.
    pub fn area(&self) -> Area {
        Area {
            x: self.across.range.0,
            y: self.up.range.1,
            width: self.width - 4.0 - self.across.range.0,
            height: self.up.range.0 - self.up.range.1,
        }
    }

    /// What is more than the machine can do at once, and where that begins.
    pub fn shade(&self, svg: &mut Svg, say: Say) {
        let Some(capacity) = self.capacity else {
            return;
        };
        let (bottom, top) = self.up.range;
        let (x, right) = (self.x(capacity), self.across.range.1);
        let words = phrase(say)
            .decimal("n", capacity)
            .get("chart.speedup.capacity");
        let mut y = TITLE_PX + LINE_PX - 5.0;
        let mut is_right = self.above(svg, x + 5.0, y, &words);
        if y + LINE_PX < top {
            y += LINE_PX;
            svg.rect(
                x,
                top,
                right - x,
                bottom - top,
                "fill=\"var(--soft)\" fill-opacity=\".13\"",
            );
            is_right &= self.above(svg, x + 5.0, y, &say("chart.speedup.beyond", &[]));
        }
        // Up to its words, where it crosses none of them.
        let end = if is_right {
            TITLE_PX + LINE_PX - 14.0
        } else {
            top
        };
        svg.line(
            x,
            end,
            x,
            bottom,
            "stroke=\"var(--ink)\" stroke-width=\"1.4\"",
        );
    }

    /// Words from `x` on, or as near as they fit; whether they are there.
    fn above(&self, svg: &mut Svg, x: f32, y: f32, words: &str) -> bool {
        let most = self.width - text_px(words, SMALL_TEXT_PX) - 2.0;
        svg.small_text(x.min(most).max(0.0), y, Anchor::Start, "var(--ink)", words);
        x <= most
    }

    pub fn axes(&self, svg: &mut Svg, say: Say) {
        let ((left, right), bottom) = (self.across.range, self.up.range.0);
        for tick in ticks(self.most(), 6) {
            let y = self.up.px(tick);
            svg.line(left, y, right, y, "stroke=\"var(--line)\"");
            let words = plot::figure(tick);
            svg.small_text(left - 7.0, y + 4.3, Anchor::End, "var(--soft)", &words);
        }
        let mut labels = plot::Labels::new(bottom + 17.0, self.width);
        let mut seen = Vec::new();
        for workers in &self.workers {
            if seen.contains(workers) {
                continue;
            }
            seen.push(*workers);
            let x = self.x(f64::from(*workers));
            if labels.put(svg, x, &format::whole(u64::from(*workers))) {
                svg.line(x, bottom, x, bottom + 4.0, "stroke=\"var(--soft)\"");
            }
        }
        svg.line(left, bottom, right, bottom, "stroke=\"var(--soft)\"");
        let up = say("chart.speedup.up", &[]);
        svg.small_text(0.0, 12.0, Anchor::Start, "var(--soft)", &up);
        let across = say("chart.speedup.across", &[]);
        let end = right.max(text_px(&across, SMALL_TEXT_PX));
        svg.small_text(end, bottom + 34.0, Anchor::End, "var(--soft)", &across);
    }

    /// Between the edges of the band of a line.
    pub fn band(&self, svg: &mut Svg, line: &SpeedupLine) {
        let (mut lower, mut upper) = (Vec::new(), Vec::new());
        for ((at, _), (low, high)) in line.points.iter().zip(&line.band) {
            if at.is_finite() && low.is_finite() && high.is_finite() {
                lower.push((self.x(*at), self.y(low.min(*high))));
                upper.push((self.x(*at), self.y(high.max(*low))));
            }
        }
        if lower.len() < 2 {
            return;
        }
        upper.reverse();
        lower.extend(upper);
        svg.raw("<path fill=\"var(--run)\" fill-opacity=\".16\" d=\"");
        for (idx, (x, y)) in lower.iter().enumerate() {
            svg.raw(if idx == 0 { "M" } else { "L" });
            svg.num(*x).raw(" ").num(*y);
        }
        svg.raw("z\"/>");
    }
}

/// The serial share that each point alone would mean, below the plot.
pub(super) struct Strip {
    up: Scale,
    top: f32,
}

impl Strip {
    /// `None` where nothing is known of it, or no room for it.
    pub fn of(input: &SpeedupChart, view: &View, top: f32) -> Option<Self> {
        let (mut least, mut most) = (0.0_f64, 0.05_f64);
        let mut is_any = false;
        for share in input.points.iter().filter_map(|point| point.serial_share) {
            if !is_number(&share) {
                continue;
            }
            is_any = true;
            least = least.min(share.median);
            most = most.max(share.median);
            if has_interval(&share) {
                (least, most) = (least.min(share.lo), most.max(share.hi));
            }
        }
        if !is_any || (view.is_low && !view.is_narrow()) {
            return None;
        }
        let top = top + 26.0;
        Some(Self {
            up: Scale {
                domain: (least.max(-2.0), most.min(2.0) * 1.15),
                range: (top + STRIP_PX, top),
            },
            top,
        })
    }

    /// Draws it below the axis of `plot`. Returns where it ends.
    pub fn draw(&self, svg: &mut Svg, plot: &Plot, input: &SpeedupChart, say: Say) -> f32 {
        let (left, right) = plot.across.range;
        let y = |share: f64| within(self.up.px(share), self.up.range.1, self.up.range.0);
        let words = say("chart.speedup.alone", &[]);
        svg.small_text(0.0, self.top - 12.0, Anchor::Start, "var(--soft)", &words);
        for tick in ticks(self.up.domain.1, 2) {
            let y = y(tick);
            svg.line(left, y, right, y, "stroke=\"var(--line)\"");
            let words = plot::figure(tick);
            svg.small_text(left - 7.0, y + 4.3, Anchor::End, "var(--soft)", &words);
        }
        svg.line(left, y(0.0), right, y(0.0), "stroke=\"var(--soft)\"");
        for point in &input.points {
            let Some(share) = point.serial_share.filter(is_number) else {
                continue;
            };
            let x = plot.x(f64::from(point.workers));
            if has_interval(&share) {
                interval(svg, x, y(share.lo), y(share.hi));
            }
            plot::shape(svg, x, y(share.median), 2);
        }
        self.up.range.0 + 10.0
    }
}
