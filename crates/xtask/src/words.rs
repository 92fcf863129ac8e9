//! Word files: every language says what English says, with the same figures in it.

use crate::fail::{Failure, Outcome};
use crate::sources::children;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

type Entries = BTreeMap<String, String>;

/// Checks all languages. A missing text is no mistake: English takes its place.
///
/// # Errors
/// With every key that is doubled, unknown, or lacks a placeholder.
pub fn check(root: &Path) -> Outcome {
    let folder = root.join("crates/lessons/words");
    let mut wrong = Vec::new();
    let mut english = Entries::new();
    for file in children(&folder.join("en"))? {
        english.extend(read(&file, root, &mut wrong)?);
    }
    for language in children(&folder)? {
        if !language.is_dir() || language.ends_with("en") {
            continue;
        }
        for file in children(&language)? {
            let entries = read(&file, root, &mut wrong)?;
            compare(&entries, &english, &shown(&file, root), &mut wrong);
        }
    }
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::project(wrong.join("\n  ")))
    }
}

fn shown(file: &Path, root: &Path) -> String {
    file.strip_prefix(root)
        .unwrap_or(file)
        .display()
        .to_string()
}

fn read(file: &Path, root: &Path, wrong: &mut Vec<String>) -> Outcome<Entries> {
    let text = fs::read_to_string(file)
        .map_err(Failure::io(format_args!("cannot read {}", file.display())))?;
    Ok(entries(&text, &shown(file, root), wrong))
}

/// `key = text`; indented lines continue it, `#` begins a comment.
fn entries(text: &str, file: &str, wrong: &mut Vec<String>) -> Entries {
    let mut found = Entries::new();
    let mut last = String::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim().is_empty() || line.starts_with('#') {
            continue;
        }
        if line.starts_with([' ', '\t']) {
            let entry = found.entry(last.clone()).or_default();
            entry.push(' ');
            entry.push_str(line.trim());
        } else if let Some((key, words)) = line.split_once('=') {
            last = key.trim().to_owned();
            if found
                .insert(last.clone(), words.trim().to_owned())
                .is_some()
            {
                wrong.push(format!("{file}, line {}: {last} is there twice", index + 1));
            }
        } else {
            wrong.push(format!(
                "{file}, line {}: neither `key = text` nor indented",
                index + 1
            ));
        }
    }
    found
}

fn compare(entries: &Entries, english: &Entries, file: &str, wrong: &mut Vec<String>) {
    for (key, text) in entries {
        match english.get(key) {
            None => wrong.push(format!("{file}: {key} is unknown in English")),
            Some(original) if placeholders(original) != placeholders(text) => {
                wrong.push(format!("{file}: {key} has other {{figures}} than English"));
            }
            Some(_) => {}
        }
    }
}

fn placeholders(text: &str) -> BTreeSet<&str> {
    text.split('{')
        .skip(1)
        .filter_map(|rest| Some(rest.split_once('}')?.0))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes_in_a_file_have_a_line() {
        let mut wrong = Vec::new();
        let found = entries(
            "# note\na = one\n  more {n}\nb = two\na = again\nnonsense\n",
            "x",
            &mut wrong,
        );
        assert_eq!(wrong.len(), 2, "{wrong:?}");
        assert!(wrong[0].contains("line 5") && wrong[1].contains("line 6"));
        assert_eq!(found.get("b").map(String::as_str), Some("two"));
    }

    #[test]
    fn a_translation_keeps_keys_and_figures() {
        let parse = |text| entries(text, "", &mut Vec::new());
        let english = parse("a = {n} pots\nb = done\n");
        let count = |text| {
            let mut wrong = Vec::new();
            compare(&parse(text), &english, "x", &mut wrong);
            wrong.len()
        };
        assert_eq!(count("a = {n} Töpfe\n"), 0);
        assert_eq!(count("a = Töpfe\n"), 1);
        assert_eq!(count("c = neu\n"), 1);
    }
}
