//! The schema as Markdown.

use super::schema::{Key, Kind, SCHEMA};
use model::Strategy;

/// The documentation of the address: the text of `crates/lessons/ADDRESS.md`.
#[must_use]
pub fn markdown() -> String {
    let mut text = String::from(HEAD);
    for key in SCHEMA {
        text.push_str(&row(key));
    }
    text.push_str(TAIL);
    text
}

const HEAD: &str = "# The address of a view

`#/` is the first page, `#/lesson/<id>` a lesson, `#/lab` the lab, `#/compose` the composer;
parameters follow as `?key=value&key=value`. Unknown keys and bad values never break a page: the
default is used and a notice lists them. Lists are separated by commas. A lesson's slider may be
narrower than the range below.

| key | value | default | meaning |
|---|---|---|---|
";

const TAIL: &str = "
Example: `#/lesson/waiting?tasks=12&wait=80&lang=de`
";

fn row(key: &Key) -> String {
    let default = if key.default.is_empty() {
        "-"
    } else {
        key.default
    };
    [
        "| `",
        key.name,
        "` | ",
        &value(&key.kind),
        " | ",
        default,
        " | ",
        key.doc,
        " |\n",
    ]
    .concat()
}

fn value(kind: &Kind) -> String {
    let words = |words: &[&str]| "`".to_owned() + &words.join("` `") + "`";
    match kind {
        Kind::Whole { min, max } => [&min.to_string(), "..", &*max.to_string()].concat(),
        Kind::Number { min, max, unit } => [
            &*super::schema::text(*min),
            "..",
            &super::schema::text(*max),
            " ",
            unit,
        ]
        .concat(),
        Kind::Choice(choices) => words(choices),
        Kind::Switch => words(&["on", "off"]),
        Kind::List(items) => "list of ".to_owned() + &words(items),
        Kind::Strategies => "list of ".to_owned() + &words(&Strategy::ALL.map(Strategy::id)),
        Kind::Tag => "language tag".to_owned(),
    }
}
