//! The time axis that all charts of spans share: grid, bracket, ghost, reference.

use crate::format;
use crate::phrase::phrase;
use crate::scale::{Scale, ticks};
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, TEXT_PX, text_px};
use crate::{RefLine, Say, View};
use model::{NANOS_PER_MILLI, Nanos, Trace, nanos_from_millis};

/// Time from left to right.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TimeAxis {
    pub left: f32,
    pub right: f32,
    pub end_nanos: Nanos,
}

/// When the last thing known of the trace ended: the makespan, or so far.
pub(crate) fn last_nanos(trace: &Trace) -> Nanos {
    let spans = trace.spans.iter().map(crate::intervals::end_of).max();
    trace.makespan_nanos.max(spans.unwrap_or(0))
}

impl TimeAxis {
    /// Between two edges, long enough for the trace, the shared scale of the
    /// view, its prediction and the reference.
    pub fn new(
        trace: &Trace,
        view: &View,
        reference: Option<&RefLine>,
        left: f32,
        right: f32,
    ) -> Self {
        let predicted = view.prediction_millis.map_or(0, nanos_from_millis);
        let reference = reference.map_or(0, |line| nanos_from_millis(line.millis));
        let scale = view.full_scale_nanos.unwrap_or(0);
        let end_nanos = last_nanos(trace)
            .max(scale)
            .max(predicted)
            .max(reference)
            .max(1);
        Self {
            left,
            right,
            end_nanos,
        }
    }

    pub fn scale(&self) -> Scale {
        Scale {
            domain: (0.0, self.end_nanos as f64),
            range: (self.left, self.right),
        }
    }

    pub fn x(&self, nanos: Nanos) -> f32 {
        self.scale().px(nanos as f64)
    }

    pub fn px_per_nano(&self) -> f64 {
        f64::from(self.right - self.left) / self.end_nanos as f64
    }

    /// Vertical lines and times below `bottom`; takes 18 pixels there.
    pub fn grid(&self, svg: &mut Svg, top: f32, bottom: f32) {
        let end = self.end_nanos as f64 / NANOS_PER_MILLI as f64;
        let seconds = end >= 2000.0;
        let unit = if seconds { 1000.0 } else { 1.0 };
        let marks = ticks(end / unit, ((self.right - self.left) / 76.0) as u32);
        let last = marks.len().saturating_sub(1);
        for (idx, mark) in marks.iter().enumerate() {
            let x = self.scale().px(mark * unit * NANOS_PER_MILLI as f64);
            svg.line(x, top, x, bottom + 3.0, "stroke=\"var(--line)\"");
            let mut label = String::new();
            format::push_decimal(&mut label, *mark, 3);
            if idx == last {
                label.push_str(if seconds { "\u{a0}s" } else { "\u{a0}ms" });
            }
            let half = text_px(&label, SMALL_TEXT_PX) / 2.0;
            let middle = x.min(self.right + 8.0 - half).max(half);
            svg.small_text(middle, bottom + 16.0, Anchor::Middle, "var(--soft)", &label);
        }
    }

    /// From the start to `nanos`, with its words below; takes 28 pixels.
    pub fn bracket(&self, svg: &mut Svg, y: f32, nanos: Nanos, words: &str) {
        let end = self.x(nanos);
        svg.raw("<path fill=\"none\" stroke=\"var(--ink)\" d=\"M")
            .num(self.left);
        svg.raw(" ").num(y).raw("v6H").num(end).raw("v-6\"/>");
        let half = text_px(words, TEXT_PX) / 2.0;
        let middle = ((self.left + end) / 2.0)
            .max(self.left + half)
            .min(self.right.max(self.left + half));
        svg.text(middle, y + 21.0, Anchor::Middle, "var(--ink)", words);
    }

    /// What the reader expected: a dashed line with its words above `top`.
    pub fn ghost(&self, svg: &mut Svg, top: f32, bottom: f32, view: &View, say: Say) {
        if let Some(millis) = view.prediction_millis {
            let words = phrase(say).millis("ms", millis).get("chart.prediction");
            ghost_line(
                svg,
                self.x(nanos_from_millis(millis)),
                top,
                bottom,
                self.right,
                &words,
            );
        }
    }

    /// A dashed line in the quieter colour.
    pub fn reference(&self, svg: &mut Svg, top: f32, bottom: f32, millis: f64) {
        let x = self.x(nanos_from_millis(millis)).min(self.right - 0.5);
        svg.line(
            x,
            top,
            x,
            bottom,
            "stroke=\"var(--soft)\" stroke-dasharray=\"3 3\"",
        );
    }
}

/// A prediction: dotted, so that it is like no measured mark.
pub(crate) fn ghost_line(svg: &mut Svg, x: f32, top: f32, bottom: f32, right: f32, words: &str) {
    svg.raw("<g data-role=\"prediction\">");
    svg.line(x, top - 14.0, x, bottom, "stroke=\"var(--ink)\" stroke-width=\"1.8\" stroke-dasharray=\"1 4\" stroke-linecap=\"round\"");
    let width = text_px(words, TEXT_PX);
    let (at, anchor) = if x + width > right + 40.0 {
        (x - 5.0, Anchor::End)
    } else {
        (x + 5.0, Anchor::Start)
    };
    svg.text(at, top - 4.0, anchor, "var(--ink)", words);
    svg.raw("</g>");
}
