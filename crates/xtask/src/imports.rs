//! Gives the functions that a program takes from its script short names.
//!
//! wasm-bindgen ends each with 16 digits of a hash, in the program and again in
//! the script: some 3.5 kB of a first load that no compression can save.

use crate::fail::{Failure, Outcome};
use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fs;
use std::path::Path;
use wasm_encoder::reencode::{Error, Reencode, utils};
use wasm_encoder::{ImportSection, Module};
use wasmparser::{Import, Imports, Parser, Payload};

/// Renames in both files of a program; `later` are parts of it that import under
/// the same names.
///
/// # Errors
/// When a file cannot be read, the program is none, or the script lacks a name.
pub fn shorten(script: &Path, programs: &[&Path]) -> Outcome {
    let read = |path: &Path| {
        fs::read(path).map_err(Failure::io(format_args!("cannot read {}", path.display())))
    };
    let text = String::from_utf8(read(script)?)
        .map_err(|_| Failure::project(format!("{} is no text", script.display())))?;
    let told = |path: &Path| {
        let path = path.display().to_string();
        move |error: String| Failure::project(format!("{path}: {error}"))
    };
    let mut names = BTreeSet::new();
    for path in programs {
        names.extend(hashed(&read(path)?).map_err(told(path))?);
    }
    let short = short_names(&names, &text);
    let write = |path: &Path, bytes: &[u8]| {
        fs::write(path, bytes).map_err(Failure::io(format_args!("cannot write {}", path.display())))
    };
    for path in programs {
        let renamed = renamed(&read(path)?, &short).map_err(told(path))?;
        write(path, &renamed)?;
    }
    write(script, said(&text, &short).as_bytes())
}

/// Names of imports that end with a hash.
fn hashed(wasm: &[u8]) -> Result<BTreeSet<String>, String> {
    let mut names = BTreeSet::new();
    for payload in Parser::new(0).parse_all(wasm) {
        if let Payload::ImportSection(section) = payload.map_err(|error| error.to_string())? {
            for import in section.into_imports() {
                let name = import.map_err(|error| error.to_string())?.name;
                if ends_with_hash(name) {
                    names.insert(name.to_owned());
                }
            }
        }
    }
    Ok(names)
}

fn ends_with_hash(name: &str) -> bool {
    let hash = name.rsplit('_').next().unwrap_or_default();
    name.starts_with("__wb")
        && hash.len() == 16
        && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// A name of a few letters for each that the script has, unlike any word in it.
fn short_names(names: &BTreeSet<String>, script: &str) -> BTreeMap<String, String> {
    let words: BTreeSet<&str> = words(script).collect();
    let mut free = (0_u32..)
        .map(|number| format!("w{number}"))
        .filter(|name| !words.contains(name.as_str()));
    names
        .iter()
        .filter(|name| words.contains(name.as_str()))
        .filter_map(|name| Some((name.clone(), free.next()?)))
        .collect()
}

fn is_part_of_word(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || letter == '$'
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !is_part_of_word(letter))
}

/// The script with the short names.
fn said(script: &str, short: &BTreeMap<String, String>) -> String {
    let mut text = String::with_capacity(script.len());
    for piece in script.split_inclusive(|letter: char| !is_part_of_word(letter)) {
        let word = piece.trim_end_matches(|letter: char| !is_part_of_word(letter));
        text.push_str(short.get(word).map_or(word, String::as_str));
        text.push_str(piece.get(word.len()..).unwrap_or_default());
    }
    text
}

struct Renamer<'a>(&'a BTreeMap<String, String>);

impl Reencode for Renamer<'_> {
    type Error = Infallible;

    fn parse_imports(
        &mut self,
        imports: &mut ImportSection,
        given: Imports<'_>,
    ) -> Result<(), Error<Infallible>> {
        let renamed = match given {
            Imports::Single(at, import) => Imports::Single(
                at,
                Import {
                    name: self.0.get(import.name).map_or(import.name, String::as_str),
                    ..import
                },
            ),
            // Compilers write no others yet.
            other => other,
        };
        utils::parse_imports(self, imports, renamed)
    }
}

/// The program with the short names.
fn renamed(wasm: &[u8], short: &BTreeMap<String, String>) -> Result<Vec<u8>, String> {
    let mut module = Module::new();
    Renamer(short)
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(|error| error.to_string())?;
    Ok(module.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{EntityType, TypeSection};

    fn program(names: &[&str]) -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        for name in names {
            imports.import("./app_bg.js", name, EntityType::Function(0));
        }
        let mut module = Module::new();
        module.section(&types).section(&imports);
        module.finish()
    }

    const OPEN: &str = "__wbg_open_0123456789abcdef";
    const OPENED: &str = "__wbg_open_0123456789abcdef0";

    #[test]
    fn script_and_program_agree_on_new_names() {
        let wasm = program(&[OPEN, "__wbindgen_throw", "memory"]);
        let script = format!("const w0=1;return {{{OPEN}:e=>e.{OPENED},__wbindgen_throw:w0}}");
        let short = short_names(&hashed(&wasm).unwrap(), &script);
        assert_eq!(
            short.get(OPEN).map(String::as_str),
            Some("w1"),
            "w0 is taken"
        );
        let said = said(&script, &short);
        assert_eq!(
            said,
            format!("const w0=1;return {{w1:e=>e.{OPENED},__wbindgen_throw:w0}}")
        );
        let renamed = renamed(&wasm, &short).unwrap();
        assert_eq!(renamed, program(&["w1", "__wbindgen_throw", "memory"]));
    }

    #[test]
    fn what_the_script_does_not_have_keeps_its_name() {
        let wasm = program(&[OPEN]);
        let short = short_names(&hashed(&wasm).unwrap(), "return {}");
        assert_eq!(renamed(&wasm, &short).unwrap(), wasm);
    }

    #[test]
    fn a_file_that_is_no_program_is_refused() {
        assert!(hashed(b"no program").is_err());
    }
}
