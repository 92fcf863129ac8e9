//! A tiny builder of SVG text. Floats are written with one decimal by integer
//! arithmetic: the float machinery of `core::fmt` would cost more page bytes
//! than all charts together.

use crate::format::push_decimal;

/// Horizontal anchoring of text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// Text starts at x.
    Start,
    /// Text is centred on x.
    Middle,
    /// Text ends at x.
    End,
}

/// Size of chart text in pixels; nothing is smaller.
pub const TEXT_PX: f32 = 13.0;
/// Smallest size of text in any drawing, in pixels.
pub const SMALL_TEXT_PX: f32 = 12.0;

/// SVG text under construction.
#[derive(Debug, Default)]
pub struct Svg {
    out: String,
}

impl Svg {
    /// Nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The text so far.
    #[must_use]
    pub fn finish(self) -> String {
        self.out
    }

    /// Adds markup as it is; never words, which go through [`Svg::words`].
    pub fn raw(&mut self, markup: &str) -> &mut Self {
        self.out.push_str(markup);
        self
    }

    /// Adds text, escaped for content and attribute values.
    pub fn words(&mut self, text: &str) -> &mut Self {
        for letter in text.chars() {
            match letter {
                '&' => self.out.push_str("&amp;"),
                '<' => self.out.push_str("&lt;"),
                '>' => self.out.push_str("&gt;"),
                '"' => self.out.push_str("&quot;"),
                // Not allowed in XML, and a saved file must stay readable.
                control if control < ' ' => self.out.push(' '),
                other => self.out.push(other),
            }
        }
        self
    }

    /// Adds a number with at most one decimal.
    pub fn num(&mut self, value: f32) -> &mut Self {
        push_decimal(&mut self.out, f64::from(value), 1);
        self
    }

    /// Adds a number with at most `decimals` places.
    pub fn decimal(&mut self, value: f32, decimals: u32) -> &mut Self {
        push_decimal(&mut self.out, f64::from(value), decimals);
        self
    }

    /// Adds ` name="value"` for a number.
    pub fn at(&mut self, name: &str, value: f32) -> &mut Self {
        self.raw(" ").raw(name).raw("=\"").num(value).raw("\"")
    }

    /// Adds a rectangle; `attributes` is markup such as `fill="var(--run)"`.
    pub fn rect(&mut self, x: f32, y: f32, width: f32, height: f32, attributes: &str) -> &mut Self {
        self.raw("<rect").at("x", x).at("y", y);
        self.at("width", width.max(0.0))
            .at("height", height.max(0.0));
        self.raw(" ").raw(attributes).raw("/>")
    }

    /// Adds a straight line.
    pub fn line(&mut self, x1: f32, y1: f32, x2: f32, y2: f32, attributes: &str) -> &mut Self {
        self.raw("<line")
            .at("x1", x1)
            .at("y1", y1)
            .at("x2", x2)
            .at("y2", y2);
        self.raw(" ").raw(attributes).raw("/>")
    }

    /// Adds a circle.
    pub fn circle(&mut self, x: f32, y: f32, radius: f32, attributes: &str) -> &mut Self {
        self.raw("<circle").at("cx", x).at("cy", y).at("r", radius);
        self.raw(" ").raw(attributes).raw("/>")
    }

    /// Adds a line of text; `fill` is a colour such as `var(--ink)`.
    pub fn text(&mut self, x: f32, y: f32, anchor: Anchor, fill: &str, text: &str) -> &mut Self {
        self.raw("<text").at("x", x).at("y", y);
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => drop(self.raw(" text-anchor=\"middle\"")),
            Anchor::End => drop(self.raw(" text-anchor=\"end\"")),
        }
        self.raw(" fill=\"")
            .raw(fill)
            .raw("\">")
            .words(text)
            .raw("</text>")
    }

    /// As [`Svg::text`], readable across lines: with an edge of paper.
    pub fn haloed(&mut self, x: f32, y: f32, anchor: Anchor, fill: &str, text: &str) -> &mut Self {
        self.raw("<g paint-order=\"stroke\" stroke=\"var(--paper)\" stroke-width=\"4\" stroke-linejoin=\"round\">");
        self.text(x, y, anchor, fill, text).raw("</g>")
    }

    /// As [`Svg::text`], in the smallest size used.
    pub fn small_text(
        &mut self,
        x: f32,
        y: f32,
        anchor: Anchor,
        fill: &str,
        text: &str,
    ) -> &mut Self {
        self.raw("<g font-size=\"").num(SMALL_TEXT_PX).raw("\">");
        self.text(x, y, anchor, fill, text).raw("</g>")
    }

    /// Opens an `<svg>` for use inside a page, with role, title and description.
    pub fn open_document(&mut self, id: &str, width: f32, height: f32, title: &str, desc: &str) {
        self.open("", id, width, height);
        self.titles(id, title, desc);
    }

    /// Opens an `<svg>` that is a file of its own.
    pub fn open_file(&mut self, width: f32, height: f32, title: &str, desc: &str, footer: &str) {
        self.open(
            " xmlns=\"http://www.w3.org/2000/svg\"",
            "file",
            width,
            height + 26.0,
        );
        self.titles("file", title, desc);
        self.raw(COLOURS);
        self.rect(0.0, 0.0, width, height + 26.0, "fill=\"var(--paper)\"");
        self.text(4.0, height + 18.0, Anchor::Start, "var(--soft)", footer);
    }

    fn open(&mut self, namespace: &str, id: &str, width: f32, height: f32) {
        self.raw("<svg")
            .raw(namespace)
            .raw(" role=\"img\" aria-labelledby=\"");
        self.words(id)
            .raw("-t ")
            .words(id)
            .raw("-d\" viewBox=\"0 0 ");
        self.num(width)
            .raw(" ")
            .num(height)
            .raw("\" width=\"")
            .num(width);
        self.raw("\" height=\"")
            .num(height)
            .raw("\" font-size=\"")
            .num(TEXT_PX);
        self.raw("\" font-family=\"system-ui,-apple-system,'Segoe UI',Roboto,sans-serif\" style=\"font-variant-numeric:tabular-nums\">");
    }

    fn titles(&mut self, id: &str, title: &str, desc: &str) {
        self.raw("<title id=\"")
            .words(id)
            .raw("-t\">")
            .words(title)
            .raw("</title>");
        self.raw("<desc id=\"")
            .words(id)
            .raw("-d\">")
            .words(desc)
            .raw("</desc>");
    }
}

/// Width of text in pixels, estimated generously for common sans-serif fonts.
#[must_use]
pub fn text_px(text: &str, size_px: f32) -> f32 {
    let ems = |letter: char| match letter {
        'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.32,
        ' ' | '\u{a0}' | 'f' | 'r' | 't' | '(' | ')' | '-' => 0.41,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.95,
        'A'..='Z' => 0.72,
        letter if letter > '\u{2e7f}' => 1.05,
        _ => 0.63,
    };
    text.chars().map(ems).sum::<f32>() * size_px
}

const COLOURS: &str = "<style>svg{--paper:#fbf9f4;--card:#fffdf9;--ink:#1b2433;--soft:#5b6577;--line:#e4dfd3;--mark:#ffdf8e;--run:#0072b2;--wait:#009e73;--block:#d55e00;--data:#cc79a7}</style>";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_escaped_and_numbers_short() {
        let mut svg = Svg::new();
        svg.text(1.04, 20.0, Anchor::End, "var(--ink)", "a<b & \"c\"\u{1}");
        let expected = "<text x=\"1\" y=\"20\" text-anchor=\"end\" fill=\"var(--ink)\">a&lt;b &amp; &quot;c&quot; </text>";
        assert_eq!(svg.finish(), expected);
    }

    #[test]
    fn a_rectangle_is_never_negative() {
        let mut svg = Svg::new();
        svg.rect(0.0, 1.26, -3.0, 2.0, "fill=\"none\"");
        assert_eq!(
            svg.finish(),
            "<rect x=\"0\" y=\"1.3\" width=\"0\" height=\"2\" fill=\"none\"/>"
        );
    }
}
