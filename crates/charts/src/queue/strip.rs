//! One row of requests: its numbers, and how they are drawn and told.

use super::{DOT, DOT_PITCH_PX, INSTANTS, MOST_STEPS, QueueRow};
use crate::axis::TimeAxis;
use crate::chart::{capitalised, listed, within};
use crate::phrase::{Phrase, phrase};
use crate::plot;
use crate::scale::{Scale, ticks};
use crate::svg::{Anchor, Svg};
use crate::{Mark, Say};
use model::nanos_from_millis;

/// From an instant on, so many were there.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Level {
    from_ms: f64,
    count: u32,
}

/// One row with its numbers.
pub(super) struct Strip<'a> {
    pub row: &'a QueueRow,
    levels: Vec<Level>,
    pub end_ms: f64,
    pub peak: u32,
    pub came: u32,
    served: u32,
    /// Mean stay of those that were served, in milliseconds.
    pub stay_ms: f64,
    /// Mean number by the readings; without any, by the requests themselves.
    pub mean: f64,
}

impl<'a> Strip<'a> {
    pub fn of(row: &'a QueueRow) -> Self {
        let (mut came, mut left) = (Vec::new(), Vec::new());
        let (mut stays, mut last_ms) = (0.0, row.total_ms.max(0.0));
        if !last_ms.is_finite() {
            last_ms = 0.0;
        }
        for (idx, at) in row.came_ms.iter().enumerate() {
            if !at.is_finite() {
                continue;
            }
            came.push(*at);
            last_ms = last_ms.max(*at);
            let gone = row.left_ms.get(idx).filter(|gone| gone.is_finite());
            if let Some(gone) = gone {
                let gone = gone.max(*at);
                left.push(gone);
                stays += gone - at;
                last_ms = last_ms.max(gone);
            }
        }
        for (at, _) in &row.sampled {
            if at.is_finite() {
                last_ms = last_ms.max(*at);
            }
        }
        let levels = levels(&plot::sorted(&came), &plot::sorted(&left));
        let mut strip = Self {
            row,
            peak: levels.iter().map(|level| level.count).max().unwrap_or(0),
            levels,
            end_ms: last_ms,
            came: came.len() as u32,
            served: left.len() as u32,
            stay_ms: stays / left.len().max(1) as f64,
            mean: 0.0,
        };
        strip.mean = strip
            .read()
            .unwrap_or_else(|| strip.area_ms() / last_ms.max(1e-9));
        strip
    }

    /// Mean of the readings, each of which holds until the next; none before
    /// the first.
    fn read(&self) -> Option<f64> {
        let sampled = &self.row.sampled;
        let mut area = 0.0;
        for (idx, (at, count)) in sampled.iter().enumerate() {
            let until = sampled.get(idx + 1).map_or(self.end_ms, |next| next.0);
            let held = until - at.max(0.0);
            if held > 0.0 && held.is_finite() {
                area += f64::from(*count) * held;
            }
        }
        (!sampled.is_empty() && self.end_ms > 0.0).then(|| area / self.end_ms)
    }

    /// Requests times milliseconds.
    fn area_ms(&self) -> f64 {
        let mut area = 0.0;
        for (idx, level) in self.levels.iter().enumerate() {
            let until = self
                .levels
                .get(idx + 1)
                .map_or(self.end_ms, |next| next.from_ms);
            area += f64::from(level.count) * (until - level.from_ms);
        }
        area
    }

    pub fn most(&self) -> f64 {
        let read = self.row.sampled.iter().map(|one| one.1).max();
        f64::from(self.peak.max(read.unwrap_or(0)))
    }

    /// Served a millisecond, over the whole time.
    pub fn rate(&self) -> f64 {
        if self.end_ms > 0.0 {
            f64::from(self.served) / self.end_ms
        } else {
            0.0
        }
    }

    /// What the mean number should be: rate x mean stay.
    pub fn product(&self) -> f64 {
        self.rate() * self.stay_ms
    }

    /// How far apart the two are, as a share; `None` where the mean was not
    /// read independently, or there is nothing to compare with.
    pub fn apart(&self) -> Option<f64> {
        let product = self.product();
        (!self.row.sampled.is_empty() && product > 0.0)
            .then(|| (self.mean - product).abs() / product)
    }

    fn words<'w>(&self, say: Say<'w>) -> Phrase<'w> {
        let mut words = phrase(say);
        words
            .text("way", &self.row.label)
            .text("mean", &plot::figure(self.mean))
            .text("rate", &plot::figure(self.rate() * 1000.0))
            .millis("stay", self.stay_ms)
            .text("product", &plot::figure(self.product()));
        if let Some(apart) = self.apart() {
            words.percent("apart", apart);
        }
        words
    }

    /// The law in numbers, at the head of the row.
    pub fn law(&self, say: Say) -> String {
        let key = match (self.served, self.apart()) {
            (0, _) => return String::new(),
            (_, Some(_)) => "chart.queue.law",
            (_, None) => "chart.queue.law.plain",
        };
        self.words(say).get(key)
    }

    pub fn draw(&self, svg: &mut Svg, axis: &TimeAxis, up: &Scale, say: Say) {
        let (bottom, top) = up.range;
        for tick in ticks(up.domain.1, 2) {
            let y = up.px(tick);
            svg.line(axis.left, y, axis.right, y, "stroke=\"var(--line)\"");
            let base = (y + 4.3).min(bottom);
            if tick.fract() == 0.0 {
                svg.small_text(
                    axis.left - 7.0,
                    base,
                    Anchor::End,
                    "var(--soft)",
                    &plot::figure(tick),
                );
            }
        }
        if self.levels.is_empty() {
            return;
        }
        let path = self.path(axis, up);
        svg.raw("<path fill=\"var(--run)\" fill-opacity=\".18\" d=\"");
        svg.raw(&path).raw("V").num(bottom).raw("z\"/>");
        svg.raw("<path fill=\"none\" stroke=\"var(--run)\" stroke-width=\"1.6\" stroke-linejoin=\"round\" d=\"");
        svg.raw(&path).raw("\"/>");
        let mut last = f32::MIN;
        for (at, count) in &self.row.sampled {
            let x = axis.x(nanos_from_millis(*at));
            if at.is_finite() && x - last >= DOT_PITCH_PX {
                svg.circle(x, up.px(f64::from(*count)).max(top), 2.0, DOT);
                last = x;
            }
        }
        let y = up.px(self.mean);
        // The mean is one over the time of this row.
        let end = axis.x(nanos_from_millis(self.end_ms));
        svg.line(end, y, axis.right, y, "stroke=\"var(--line)\"");
        svg.line(
            axis.left,
            y,
            end,
            y,
            "stroke=\"var(--ink)\" stroke-width=\"1.4\" stroke-dasharray=\"6 4\"",
        );
        // Two lines beside the strip, inside its height.
        let base = within(y + 4.3, top + 10.0, bottom - 15.0);
        svg.text(
            axis.right + 7.0,
            base,
            Anchor::Start,
            "var(--ink)",
            &plot::figure(self.mean),
        );
        svg.small_text(
            axis.right + 7.0,
            base + 15.0,
            Anchor::Start,
            "var(--soft)",
            &say("chart.queue.average", &[]),
        );
    }

    /// A step at every change; of many, the least and the most of each pixel.
    fn path(&self, axis: &TimeAxis, up: &Scale) -> String {
        let x = |millis: f64| axis.x(nanos_from_millis(millis));
        let y = |count: u32| up.px(f64::from(count));
        let mut path = Svg::new();
        path.raw("M").num(axis.left).raw(" ").num(y(0));
        let is_exact = self.levels.len() <= MOST_STEPS;
        let mut before = 0;
        let mut idx = 0;
        while let Some(level) = self.levels.get(idx) {
            let from = x(level.from_ms);
            let (mut least, mut most, mut last) = (before, before, level.count);
            idx += 1;
            if !is_exact {
                (least, most) = (least.min(last), most.max(last));
                while let Some(next) = self.levels.get(idx) {
                    if x(next.from_ms) >= from + 1.0 {
                        break;
                    }
                    last = next.count;
                    (least, most) = (least.min(last), most.max(last));
                    idx += 1;
                }
            }
            path.raw("H").num(from);
            if most != before && most != last {
                path.raw("V").num(y(most));
            }
            if least != before && least != last {
                path.raw("V").num(y(least));
            }
            path.raw("V").num(y(last));
            before = last;
        }
        path.raw("H").num(x(self.end_ms));
        path.finish()
    }

    /// How many were there at each of a few instants, evenly spread.
    pub fn instants(&self) -> Vec<(f64, u32)> {
        let mut all = Vec::new();
        let mut next = 0;
        for step in 0..=INSTANTS {
            let at = self.end_ms * f64::from(step) / f64::from(INSTANTS);
            while self
                .levels
                .get(next)
                .is_some_and(|level| level.from_ms <= at)
            {
                next += 1;
            }
            let level = next.checked_sub(1).and_then(|idx| self.levels.get(idx));
            if self.came > 0 {
                all.push((at, level.map_or(0, |level| level.count)));
            }
        }
        all
    }

    pub fn mark(&self, marks: &mut Vec<Mark>, axis: &TimeAxis, up: &Scale, say: Say) {
        let (bottom, top) = up.range;
        if self.came == 0 {
            return;
        }
        marks.push(Mark {
            label: self.sentence(false, say),
            x: axis.left,
            y: top,
            width: axis.right - axis.left,
            height: bottom - top,
            task: None,
        });
        for (at, count) in self.instants() {
            let nanos = nanos_from_millis(at);
            let label = phrase(say)
                .text("way", &self.row.label)
                .nanos("at", nanos)
                .count("chart.queue.mark", count);
            let y = up.px(f64::from(count));
            marks.push(Mark {
                label,
                x: axis.x(nanos) - 5.0,
                y: y - 5.0,
                width: 10.0,
                height: bottom - y + 5.0,
                task: None,
            });
        }
    }

    pub fn sentence(&self, is_short: bool, say: Say) -> String {
        let key = match (self.served, self.apart()) {
            (0, _) => "chart.queue.unserved",
            _ if is_short => "chart.queue.short",
            (_, Some(_)) => "chart.queue.finding",
            (_, None) => "chart.queue.finding.plain",
        };
        let mut words = self.words(say).number("n", self.came).get(key);
        if self.served > 0 && self.served < self.came {
            let rest = phrase(say).count("chart.queue.left", self.came - self.served);
            listed(&mut words, " ", &rest);
        }
        capitalised(words)
    }
}

/// Changes of the number in order; both lists are sorted. Of a coming and a
/// going at one instant the going counts first.
fn levels(came: &[f64], left: &[f64]) -> Vec<Level> {
    let mut all: Vec<Level> = Vec::with_capacity(came.len() + left.len());
    let (mut coming, mut going) = (came.iter().peekable(), left.iter().peekable());
    let mut count = 0_u32;
    loop {
        let from_ms = match (coming.peek(), going.peek()) {
            (Some(one), Some(other)) if count > 0 && **other <= **one => {
                let at = **other;
                going.next();
                count -= 1;
                at
            }
            (Some(one), _) => {
                let at = **one;
                coming.next();
                count += 1;
                at
            }
            (None, Some(other)) => {
                let at = **other;
                going.next();
                count = count.saturating_sub(1);
                at
            }
            (None, None) => break,
        };
        match all.last_mut() {
            Some(last) if last.from_ms >= from_ms => last.count = count,
            _ => all.push(Level { from_ms, count }),
        }
    }
    all
}
