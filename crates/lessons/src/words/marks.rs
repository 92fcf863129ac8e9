//! Inline marks of a text.

/// How a part of a text is set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style<'a> {
    /// As the text around it.
    Plain,
    /// Written `*so*`.
    Emphasis,
    /// A word of a program, written in backticks.
    Code,
    /// The number that matters, written `==so==`.
    Mark,
    /// A glossary word, written `[shown|term]` or `[term]`; its definition is
    /// the text `term.<term>`.
    Term(&'a str),
}

/// The parts of a text in order. An opening mark without its closing one is
/// plain text; marks do not nest.
#[must_use]
pub fn spans(text: &str) -> Vec<(Style<'_>, &str)> {
    let mut parts = Vec::new();
    let mut plain_from = 0;
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if let Some((style, inner, len)) = marked(rest) {
            push_plain(&mut parts, text, plain_from, at);
            parts.push((style, inner));
            at += len;
            plain_from = at;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    push_plain(&mut parts, text, plain_from, text.len());
    parts
}

/// The text without its marks.
#[must_use]
pub fn plain(text: &str) -> String {
    spans(text).into_iter().map(|(_, part)| part).collect()
}

fn push_plain<'a>(parts: &mut Vec<(Style<'a>, &'a str)>, text: &'a str, from: usize, to: usize) {
    if let Some(part) = text.get(from..to).filter(|part| !part.is_empty()) {
        parts.push((Style::Plain, part));
    }
}

fn marked(rest: &str) -> Option<(Style<'_>, &str, usize)> {
    let between = |open: &str, close: &str| {
        let inner = rest.strip_prefix(open)?.split_once(close)?.0;
        let fits = !inner.is_empty() && inner.trim() == inner;
        fits.then_some((inner, open.len() + inner.len() + close.len()))
    };
    if let Some((inner, len)) = between("==", "==") {
        return Some((Style::Mark, inner, len));
    }
    if let Some((inner, len)) = between("`", "`") {
        return Some((Style::Code, inner, len));
    }
    if let Some((inner, len)) = between("*", "*") {
        return Some((Style::Emphasis, inner, len));
    }
    let (inner, len) = between("[", "]")?;
    let (shown, term) = inner.split_once('|').unwrap_or((inner, inner));
    Some((Style::Term(term), shown, len))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expected: &[(Style<'_>, &str)]) {
        assert_eq!(spans(text), expected);
    }

    #[test]
    fn marks_are_found_and_stray_ones_are_text() {
        check("", &[]);
        check(
            "a *b* c",
            &[
                (Style::Plain, "a "),
                (Style::Emphasis, "b"),
                (Style::Plain, " c"),
            ],
        );
        check(
            "==7.9×== sooner",
            &[(Style::Mark, "7.9×"), (Style::Plain, " sooner")],
        );
        check(
            "two [knives|knife]",
            &[(Style::Plain, "two "), (Style::Term("knife"), "knives")],
        );
        check("[core]", &[(Style::Term("core"), "core")]);
        check("2 * 3 * 4", &[(Style::Plain, "2 * 3 * 4")]);
        check("a == b, ü*", &[(Style::Plain, "a == b, ü*")]);
        check(
            "an `await` here",
            &[
                (Style::Plain, "an "),
                (Style::Code, "await"),
                (Style::Plain, " here"),
            ],
        );
        assert_eq!(plain("*a* [b|c] ==d== `e`"), "a b d e");
    }
}
