//! Texts by key: the file format, the fallback to English, inline marks.
//!
//! A file holds `key = text` lines. Indented lines continue the text; a blank
//! line before an indented one starts a new paragraph; `#` starts a comment
//! line. `{name}` is filled in; `*emphasis*`, `==highlight==` and
//! `[shown|term]` (or `[term]`) mark parts of it.

mod marks;
mod parse;

pub use marks::{Style, plain, spans};
use std::collections::BTreeMap;

/// Files compiled into the page, in English: shown before anything is fetched.
pub const BUILT_IN: [&str; 2] = [
    include_str!("../words/en/ui.txt"),
    include_str!("../words/en/four-numbers.txt"),
];

/// Names of the built-in files in any language folder, without `.txt`.
pub const BUILT_IN_NAMES: [&str; 2] = ["ui", "four-numbers"];

/// Names of the files that come with the rest of the program.
pub const LATER_NAMES: [&str; 2] = ["charts", "results"];

/// Languages besides English, and the files that are there in each; what is
/// missing is English.
pub const LANGUAGES: &[(&str, &[&str])] = &[("de", &["offline", "waiting"])];

/// Texts of one language over those of another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    texts: BTreeMap<String, String>,
}

impl Words {
    /// Reads a file. Lines that are no entry are skipped; of equal keys the
    /// last wins.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let mut words = Self::default();
        parse::entries(text, |key, value| {
            words.texts.insert(key, value);
        });
        words
    }

    /// The English texts compiled in.
    #[must_use]
    pub fn built_in() -> Self {
        BUILT_IN
            .into_iter()
            .fold(Self::default(), |words, file| Self::parse(file).over(words))
    }

    /// These texts, and those of `fallback` where these have none.
    #[must_use]
    pub fn over(self, fallback: Self) -> Self {
        let mut texts = fallback.texts;
        texts.extend(self.texts);
        Self { texts }
    }

    /// Whether there is a text of this key.
    #[must_use]
    pub fn has(&self, key: &str) -> bool {
        self.texts.contains_key(key)
    }

    /// The text as written, with marks and placeholders.
    #[must_use]
    pub fn raw(&self, key: &str) -> Option<&str> {
        self.texts.get(key).map(String::as_str)
    }

    /// Keys and texts, by key.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.texts
            .iter()
            .map(|(key, text)| (key.as_str(), text.as_str()))
    }

    /// The text with its placeholders filled in. A missing text is its key,
    /// visibly; a placeholder without argument stays as it is. An argument
    /// starting with `@` is itself a key; in a number the decimal point is
    /// written as `number.decimal` says.
    #[must_use]
    pub fn say(&self, key: &str, args: &[(&str, &str)]) -> String {
        let Some(mut rest) = self.raw(key) else {
            return key.to_owned();
        };
        let mut said = String::with_capacity(rest.len() + 16);
        while let Some((before, after)) = rest.split_once('{') {
            said.push_str(before);
            let known = after.split_once('}').and_then(|(name, tail)| {
                let (_, value) = args.iter().find(|(arg, _)| *arg == name)?;
                Some((*value, tail))
            });
            match known {
                Some((value, tail)) => {
                    self.push_value(&mut said, value);
                    rest = tail;
                }
                None => {
                    said.push('{');
                    rest = after;
                }
            }
        }
        said.push_str(rest);
        said
    }

    fn push_value(&self, said: &mut String, value: &str) {
        if let Some(key) = value.strip_prefix('@') {
            said.push_str(self.raw(key).unwrap_or(key));
        } else if value
            .bytes()
            .all(|byte| byte.is_ascii_digit() || byte == b'.')
        {
            let point = self.raw("number.decimal").unwrap_or(".");
            for (at, part) in value.split('.').enumerate() {
                said.push_str(if at > 0 { point } else { "" });
                said.push_str(part);
            }
        } else {
            said.push_str(value);
        }
    }
}

/// A key with its arguments: a sentence before its language is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phrase {
    /// Key in the word files.
    pub key: String,
    /// Placeholders by name.
    pub args: Vec<(&'static str, String)>,
}

impl Phrase {
    /// A sentence without arguments.
    #[must_use]
    pub fn new(key: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            args: Vec::new(),
        }
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.args.push((name, value.into()));
        self
    }

    /// The sentence in the language of `words`, with its inline marks.
    #[must_use]
    pub fn say(&self, words: &Words) -> String {
        let args: Vec<_> = self
            .args
            .iter()
            .map(|(name, value)| (*name, value.as_str()))
            .collect();
        words.say(&self.key, &args)
    }
}

/// Names of the files a view fetches, besides the built-in ones: the glossary
/// and the texts of the lesson (`lab` for the lab; the first page needs none).
#[must_use]
pub fn fetched(lesson: &str) -> Vec<&str> {
    if lesson == "four-numbers" {
        vec!["terms"]
    } else {
        vec!["terms", lesson]
    }
}

/// Milliseconds for reading: whole, below 10 with one decimal.
#[must_use]
pub fn millis(value: f64) -> String {
    if value < 9.95 {
        tenth(value)
    } else {
        whole(value)
    }
}

/// A ratio for reading: one decimal.
#[must_use]
pub fn tenth(value: f64) -> String {
    let tenths = (value.max(0.0) * 10.0).round() as u64;
    (tenths / 10).to_string() + "." + &(tenths % 10).to_string()
}

/// A number for reading without decimals.
#[must_use]
pub fn whole(value: f64) -> String {
    (value.max(0.0).round() as u64).to_string()
}

/// Digits for reading: five or more have thin spaces between the thousands.
#[must_use]
pub fn grouped(digits: &str) -> String {
    let is_long = digits.len() > 4 && digits.bytes().all(|byte| byte.is_ascii_digit());
    let mut text = String::with_capacity(digits.len() + 6);
    for (place, digit) in digits.chars().enumerate() {
        if is_long && place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_continue_over_indented_lines() {
        let words = Words::parse("# note\na = one\n  two\n\n  three\n\nb=x = y\nnonsense\n");
        assert_eq!(words.say("a", &[]), "one two\nthree");
        assert_eq!(words.say("b", &[]), "x = y");
        assert!(!words.has("nonsense"));
    }

    #[test]
    fn placeholders_are_filled_and_unknown_ones_stay() {
        let words = Words::parse("a = {n} pots, {m}, {");
        assert_eq!(words.say("a", &[("n", "8")]), "8 pots, {m}, {");
        assert_eq!(words.say("gone", &[]), "gone");
    }

    #[test]
    fn a_language_falls_back_to_english() {
        let english = Words::parse("a = pot\nb = chef");
        let words = Words::parse("a = Topf\nnumber.decimal = ,").over(english);
        assert_eq!(
            (words.say("a", &[]), words.say("b", &[])),
            ("Topf".into(), "chef".into())
        );
        let words = Words::parse("t = {x} and {y}").over(words);
        assert_eq!(words.say("t", &[("x", "7.9"), ("y", "@a")]), "7,9 and Topf");
    }

    #[test]
    fn numbers_are_rounded_for_reading() {
        assert_eq!(
            [millis(0.04), millis(9.94), millis(9.96), millis(61.4)],
            ["0.0", "9.9", "10", "61"]
        );
        assert_eq!(
            [tenth(7.94), tenth(0.96), whole(f64::NAN)],
            ["7.9", "1.0", "0"]
        );
        assert_eq!(
            ["2000000", "12000", "9999", "1234.5"].map(grouped),
            ["2\u{202f}000\u{202f}000", "12\u{202f}000", "9999", "1234.5"]
        );
    }
}
