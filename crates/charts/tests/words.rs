//! Every key that the charts ask for has words, and no words are left over.

mod support;

use std::collections::BTreeSet;
use std::path::Path;

#[test]
fn the_word_file_has_every_key_and_no_other() {
    let mut asked = BTreeSet::new();
    collect(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut asked,
    );
    let lines = support::WORDS
        .lines()
        .filter(|line| !line.starts_with('#') && line.contains(" = "));
    let known: BTreeSet<String> = lines
        .filter_map(|line| Some(line.split_once(" = ")?.0.to_string()))
        .collect();
    assert!(asked.len() > 80, "the scan found only {} keys", asked.len());
    let missing: Vec<_> = asked.difference(&known).collect();
    let unused: Vec<_> = known.difference(&asked).collect();
    assert!(
        missing.is_empty() && unused.is_empty(),
        "missing {missing:?}, unused {unused:?}"
    );
}

#[test]
fn colours_are_those_that_every_theme_has() {
    const KNOWN: [&str; 9] = [
        "run", "wait", "block", "data", "ink", "soft", "line", "paper", "card",
    ];
    let mut used = BTreeSet::new();
    each_source(
        &Path::new(env!("CARGO_MANIFEST_DIR")).join("src"),
        &mut |source| {
            for piece in source.split("var(--").skip(1) {
                used.extend(piece.split_once(')').map(|(name, _)| name.to_string()));
            }
        },
    );
    used.retain(|name| !KNOWN.contains(&name.as_str()) && name != "mark");
    assert!(
        used.is_empty(),
        "{used:?} would be drawn in no colour at all"
    );
}

fn each_source(folder: &Path, look: &mut dyn FnMut(&str)) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            each_source(&path, look);
        } else {
            look(&std::fs::read_to_string(&path).unwrap());
        }
    }
}

fn collect(folder: &Path, keys: &mut BTreeSet<String>) {
    each_source(folder, &mut |source| {
        let mut before = "";
        for piece in source.split('"') {
            let is_key = piece.starts_with("chart.") || piece.starts_with("kitchen.");
            if is_key && !piece.ends_with('.') {
                keys.insert(piece.to_string());
                // `count` takes other words for one.
                if squeezed(before).ends_with(".count(") {
                    keys.insert(format!("{piece}.one"));
                }
            }
            // The columns of a table are the last parts of their keys.
            if squeezed(before).ends_with("with_head(caption,") {
                keys.extend(piece.split(' ').map(|column| format!("chart.col.{column}")));
            }
            before = piece;
        }
    });
}

/// Without spaces and line breaks.
fn squeezed(text: &str) -> String {
    text.split_whitespace().collect()
}
