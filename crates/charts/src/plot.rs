//! What the charts of figures share: a logarithmic axis, lines that differ in
//! more than colour, shapes, keys, lines of words.

use crate::format;
use crate::order::ordered;
use crate::scale::Scale;
use crate::svg::{Anchor, SMALL_TEXT_PX, Svg, text_px};

/// More lines than this in one chart could not be told apart.
pub(crate) const MOST_LINES: usize = 8;

/// How lines are drawn, by their place in the list: each differs from every
/// other in its dashes or, after the fourth, in its width.
const STROKES: [&str; 4] = [
    "stroke=\"var(--run)\" stroke-linecap=\"butt\"",
    "stroke=\"var(--ink)\" stroke-dasharray=\"8 4\"",
    "stroke=\"var(--run)\" stroke-dasharray=\"2 3\"",
    "stroke=\"var(--ink)\" stroke-dasharray=\"12 3 2 3\"",
];

/// Attributes of the line with this place in the list.
pub(crate) fn stroke(idx: usize) -> String {
    let dashes = STROKES.get(idx % STROKES.len()).copied();
    let width = if idx < STROKES.len() {
        "stroke-width=\"2.2\""
    } else {
        "stroke-width=\"4\""
    };
    ["fill=\"none\" ", dashes.unwrap_or_default(), " ", width].concat()
}

/// The finite values in order; negative ones count as 0.
pub(crate) fn sorted(values: &[f64]) -> Vec<f64> {
    let mut finite = Vec::with_capacity(values.len());
    for value in values {
        if value.is_finite() {
            finite.push(if *value > 0.0 { *value } else { 0.0 });
        }
    }
    // The bits of numbers that are not negative are in the numbers' order.
    ordered(&finite, |value| value.to_bits())
}

/// Numbers from left to right, every factor of ten as wide as the next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogScale {
    /// Smallest number shown, above 0.
    pub least: f64,
    pub most: f64,
    pub left: f32,
    pub right: f32,
}

impl LogScale {
    /// From the power of ten at or below `least` to the first of 1, 2 or 5
    /// times a power of ten at or above `most`; at least a factor of ten.
    pub fn around(least: f64, most: f64, left: f32, right: f32) -> Self {
        let least = if least > 1e-9 { least } else { 1e-9 };
        let mut decade = 1e-9_f64;
        while decade * 10.0 <= least * 1.000_001 && decade < 1e12 {
            decade *= 10.0;
        }
        let (mut power, mut end) = (decade, decade * 10.0);
        while end < most && power < 1e15 {
            for factor in [20.0, 50.0, 100.0] {
                if end < most {
                    end = power * factor;
                }
            }
            power *= 10.0;
        }
        Self {
            least: decade,
            most: end,
            left,
            right,
        }
    }

    /// Pixel position, never left of the axis.
    pub fn px(&self, value: f64) -> f32 {
        let scale = Scale {
            domain: (self.least.log2(), self.most.log2()),
            range: (self.left, self.right),
        };
        scale.px(value.max(self.least).min(self.most * 10.0).log2())
    }

    /// 1, 2 and 5 times every power of ten in the range.
    pub fn ticks(&self) -> Vec<f64> {
        let mut all = Vec::new();
        let mut power = self.least;
        while power <= self.most * 1.000_001 {
            for factor in [1.0, 2.0, 5.0] {
                if power * factor <= self.most * 1.000_001 {
                    all.push(power * factor);
                }
            }
            power *= 10.0;
        }
        all
    }
}

/// Labels below an axis, as many as have room; those asked for first win.
pub(crate) struct Labels {
    taken: Vec<(f32, f32)>,
    y: f32,
    width: f32,
}

impl Labels {
    /// On the base line `y` of a chart this wide.
    pub fn new(y: f32, width: f32) -> Self {
        Self {
            taken: Vec::new(),
            y,
            width,
        }
    }

    /// Writes `text` below `x` if it touches no other; whether it did.
    pub fn put(&mut self, svg: &mut Svg, x: f32, text: &str) -> bool {
        let half = text_px(text, SMALL_TEXT_PX) / 2.0;
        let middle = x.min(self.width - half).max(half);
        let (from, to) = (middle - half - 7.0, middle + half + 7.0);
        if self.taken.iter().any(|used| to > used.0 && from < used.1) {
            return false;
        }
        self.taken.push((from, to));
        svg.small_text(middle, self.y, Anchor::Middle, "var(--soft)", text);
        true
    }
}

/// A time on an axis: `0.1 ms`, `20 ms`, `5 s`.
pub(crate) fn time(millis: f64) -> String {
    let (value, unit) = if millis >= 1000.0 {
        (millis / 1000.0, "\u{a0}s")
    } else {
        (millis, "\u{a0}ms")
    };
    let mut label = String::new();
    format::push_decimal(&mut label, value, 4);
    label.push_str(unit);
    label
}

/// A plain number with as many digits as matter: `0.47`, `3.2`, `61`.
pub(crate) fn figure(value: f64) -> String {
    let decimals = if value.abs() < 0.995 {
        2
    } else {
        u32::from(value.abs() < 9.95)
    };
    let mut text = String::new();
    format::push_decimal(&mut text, value, decimals);
    text
}

/// The words in lines no wider than `width`; a single long word has a line.
pub(crate) fn wrapped(text: &str, size_px: f32, width: f32) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for word in text.split(' ') {
        if let Some(line) = lines.last_mut() {
            let both = [line.as_str(), " ", word].concat();
            if text_px(&both, size_px) <= width {
                *line = both;
                continue;
            }
        }
        lines.push(String::from(word));
    }
    lines
}

/// Draws around the middle it is given; the text is the id of the chart.
pub(crate) type Paint = fn(&mut Svg, &str, f32, f32);

/// What stands before the words of a key.
pub(crate) enum Sample {
    /// A shape of its own.
    Shape(Paint),
    /// The line with this place in the list.
    Line(usize),
    /// The dots with this place in the list.
    Dots(usize),
}

impl Sample {
    fn draw(&self, svg: &mut Svg, id: &str, x: f32, y: f32) {
        match self {
            Self::Shape(draw) => draw(svg, id, x, y),
            Self::Line(idx) => {
                svg.raw("<path ").raw(&stroke(*idx)).raw(" d=\"M");
                svg.num(x - 10.0).raw(" ").num(y).raw("h20\"/>");
            }
            Self::Dots(idx) => shape(svg, x, y, *idx),
        }
    }
}

/// Radius of the dots of a line.
pub(crate) const DOT_PX: f32 = 5.0;

/// Dots by the place of their line in the list: disc, square, diamond,
/// triangle, filled; then the same hollow.
pub(crate) fn shape(svg: &mut Svg, x: f32, y: f32, idx: usize) {
    let look = if idx % 8 < 4 {
        "fill=\"var(--run)\" stroke=\"var(--paper)\""
    } else {
        "fill=\"var(--paper)\" stroke=\"var(--run)\" stroke-width=\"1.8\""
    };
    let outline = match idx % 4 {
        0 => "m-5 0a5 5 0 1 0 10 0a5 5 0 1 0-10 0z",
        1 => "m-4.5-4.5h9v9h-9z",
        2 => "m0-6.500l6 6.500l-6 6.500l-6-6.500z",
        _ => "m0-6l6 10.500h-12z",
    };
    svg.raw("<path ").raw(look).raw(" d=\"M");
    svg.num(x).raw(" ").num(y).raw(outline).raw("\"/>");
}

/// Shapes and what they stand for, below a chart. Returns the height taken.
pub(crate) fn key(
    svg: &mut Svg,
    id: &str,
    top: f32,
    width: f32,
    entries: &[(Sample, String)],
) -> f32 {
    let long = entries
        .iter()
        .any(|(sample, _)| matches!(sample, Sample::Line(_)));
    let lead = if long { 28.0 } else { 18.0 };
    const LINE_PX: f32 = 17.0;
    let (mut x, mut y) = (0.0, top + 12.0);
    for (sample, words) in entries {
        let whole = lead + text_px(words, SMALL_TEXT_PX);
        if x > 0.0 && x + whole > width {
            (x, y) = (0.0, y + LINE_PX);
        }
        sample.draw(svg, id, x + lead / 2.0 - 3.0, y - 4.0);
        for (line, text) in wrapped(words, SMALL_TEXT_PX, width - x - lead)
            .iter()
            .enumerate()
        {
            y += if line > 0 { LINE_PX } else { 0.0 };
            svg.small_text(x + lead, y, Anchor::Start, "var(--soft)", text);
        }
        x += whole + 20.0;
    }
    y - top + 6.0
}

/// A label at the left and words at the right of one line, or below one
/// another where they would touch. Returns the height taken.
pub(crate) fn heading(svg: &mut Svg, top: f32, width: f32, label: &str, words: &str) -> f32 {
    const LINE_PX: f32 = 18.0;
    let size = crate::svg::TEXT_PX;
    let fits = text_px(label, size) + text_px(words, size) + 16.0 <= width;
    let mut y = top + 13.0;
    for (line, text) in wrapped(label, size, width).iter().enumerate() {
        y += if line > 0 { LINE_PX } else { 0.0 };
        svg.text(0.0, y, Anchor::Start, "var(--ink)", text);
    }
    if fits {
        svg.text(width, y, Anchor::End, "var(--soft)", words);
    } else {
        for text in wrapped(words, size, width) {
            y += LINE_PX;
            svg.text(0.0, y, Anchor::Start, "var(--soft)", &text);
        }
    }
    y - top + 7.0
}

/// The cross-hatching of what does not give way, to be drawn once per chart.
pub(crate) fn crosshatching(svg: &mut Svg, id: &str) {
    svg.raw("<defs><pattern id=\"").words(id).raw("-x\" width=\"6\" height=\"6\" patternUnits=\"userSpaceOnUse\" patternTransform=\"rotate(45)\"><rect width=\"6\" height=\"6\" fill=\"var(--paper)\"/><path fill=\"none\" stroke=\"var(--block)\" stroke-width=\"1.4\" d=\"M0 3H6M3 0V6\"/></pattern></defs>");
}

/// A cross-hatched box: blocked.
pub(crate) fn crosshatched(svg: &mut Svg, id: &str, at: (f32, f32), size: (f32, f32)) {
    svg.raw("<rect").at("x", at.0 + 0.7).at("y", at.1 + 0.7);
    svg.at("width", (size.0 - 1.4).max(0.6))
        .at("height", (size.1 - 1.4).max(0.6));
    svg.raw(" stroke=\"var(--block)\" stroke-width=\"1.4\" fill=\"url(#")
        .words(id)
        .raw("-x)\"/>");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_log_axis_begins_at_a_decade_and_ends_round() {
        let axis = LogScale::around(0.4, 180.0, 0.0, 300.0);
        assert_eq!((axis.most).round(), 200.0);
        assert!((axis.least - 0.1).abs() < 1e-9);
        assert_eq!(axis.px(0.0), 0.0);
        assert!((axis.px(200.0) - 300.0).abs() < 0.01);
        let ticks: Vec<String> = axis.ticks().into_iter().map(time).collect();
        let plain = ticks.join(" ").replace('\u{a0}', "");
        assert_eq!(
            plain,
            "0.1ms 0.2ms 0.5ms 1ms 2ms 5ms 10ms 20ms 50ms 100ms 200ms"
        );
        for (least, most) in [(0.0, 0.0), (f64::NAN, f64::NAN), (5.0, f64::INFINITY)] {
            let axis = LogScale::around(least, most, 0.0, 300.0);
            assert!(axis.most >= axis.least * 9.9, "{axis:?}");
            assert!(axis.px(3.0).is_finite() && !axis.ticks().is_empty());
        }
    }

    #[test]
    fn values_are_sorted_and_odd_ones_left_out() {
        let odd = [3.0, f64::NAN, -0.0, 0.5, f64::INFINITY, -2.0, 1e9];
        assert_eq!(sorted(&odd), [0.0, 0.0, 0.5, 3.0, 1e9]);
    }

    #[test]
    fn words_are_wrapped_at_spaces() {
        let lines = wrapped("one two three", 12.0, text_px("one two", 12.0));
        assert_eq!(lines, ["one two", "three"]);
        assert_eq!(wrapped("long", 12.0, 1.0), ["long"]);
    }

    #[test]
    fn the_first_lines_differ() {
        let all: Vec<String> = (0..MOST_LINES).map(stroke).collect();
        for (idx, one) in all.iter().enumerate() {
            assert!(all[idx + 1..].iter().all(|other| other != one));
        }
    }
}
