//! One set of headers, written down for every host: all of them, the service
//! worker and Trunk's own server are held to `www/_headers`.

use crate::fail::{Failure, Outcome};
use drive::Headers;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Header by name, in small letters.
type Set = BTreeMap<String, String>;

/// Only other sites read it, and a worker answers none.
const NOT_BY_WORKER: &str = "access-control-allow-origin";
/// Headers of every answer of the worker; documents get all.
const OF_FILES: [&str; 2] = [
    "cross-origin-embedder-policy",
    "cross-origin-resource-policy",
];

/// Holds every host's file and every snippet of the README to `www/_headers`.
///
/// # Errors
/// With each that says something else.
pub fn check(root: &Path) -> Outcome {
    let headers = Headers::read(&root.join("www/_headers"))?;
    let wanted: Set = headers.of("/").map(small).collect();
    let mut wrong = Vec::new();
    let mut hold = |what: &str, found: &Set, wanted: &Set| {
        if found != wanted {
            wrong.push(format!(
                "{what} does not say what www/_headers says: {found:?}"
            ));
        }
    };
    let read = |name: &str| {
        fs::read_to_string(root.join(name)).map_err(Failure::io(format_args!("cannot read {name}")))
    };
    hold("Trunk.toml", &trunk(&read("Trunk.toml")?), &wanted);
    hold(
        "www/vercel.json",
        &listed(&json(&read("www/vercel.json")?)),
        &wanted,
    );
    let firebase = json(&read("www/firebase.json")?);
    let hosting = firebase.get("hosting").unwrap_or(&Value::Null);
    hold("www/firebase.json", &listed(hosting), &wanted);
    hold("www/.htaccess", &apache(&read("www/.htaccess")?), &wanted);
    let readme = read("README.md")?;
    for (language, title, read) in SNIPPETS {
        let found = section(&readme, title)
            .and_then(|text| block(text, language))
            .map(read)
            .unwrap_or_default();
        hold(&format!("README.md, {title}"), &found, &wanted);
    }
    let worker = read("www/sw.js")?;
    let of_files = object(&worker, "forFiles");
    let mut of_documents = object(&worker, "forDocuments");
    of_documents.extend(of_files.clone());
    let mut documents = wanted.clone();
    documents.remove(NOT_BY_WORKER);
    hold("www/sw.js, forDocuments", &of_documents, &documents);
    documents.retain(|name, _| OF_FILES.contains(&name.as_str()));
    hold("www/sw.js, forFiles", &of_files, &documents);
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::project(wrong.join("\n  ")))
    }
}

/// How a snippet is read.
type Read = fn(&str) -> Set;
/// Language of the block, title of its section, and how it is read.
const SNIPPETS: [(&str, &str, Read); 3] = [
    ("http", "## Host", plain),
    ("nginx", "### nginx", nginx),
    ("caddy", "### Caddy", caddy),
];

fn small((name, value): (&str, &str)) -> (String, String) {
    (name.to_ascii_lowercase(), value.to_owned())
}

fn json(text: &str) -> Value {
    // What is no JSON has no headers.
    serde_json::from_str(text).unwrap_or_default()
}

/// `{"headers": [{"source": "everything", "headers": [{"key": .., "value": ..}]}]}`
fn listed(host: &Value) -> Set {
    let text = |entry: &Value, key: &str| {
        let text = entry.get(key).and_then(Value::as_str);
        text.unwrap_or_default().to_owned()
    };
    let rules = host.get("headers").and_then(Value::as_array);
    rules
        .into_iter()
        .flatten()
        .filter(|rule| ["/(.*)", "**"].contains(&text(rule, "source").as_str()))
        .filter_map(|rule| rule.get("headers").and_then(Value::as_array))
        .flatten()
        .map(|entry| {
            (
                text(entry, "key").to_ascii_lowercase(),
                text(entry, "value"),
            )
        })
        .collect()
}

/// `"Name" = "value"` lines below `[serve.headers]`.
fn trunk(text: &str) -> Set {
    let lines = text.lines().skip_while(|line| *line != "[serve.headers]");
    let lines = lines.skip(1).take_while(|line| !line.starts_with('['));
    lines
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, value)| small((name.trim_matches('"'), value.trim_matches('"'))))
        .collect()
}

/// `Header always set Name "value"`
fn apache(text: &str) -> Set {
    after(text, "Header always set ")
}

/// `add_header Name value always;`
fn nginx(text: &str) -> Set {
    let set = after(text, "add_header ");
    let always = " always;";
    set.into_iter()
        .map(|(name, value)| {
            let value = value.strip_suffix(always).unwrap_or("(not always)");
            (name, value.to_owned())
        })
        .collect()
}

/// `Name value` lines of `header { }`
fn caddy(text: &str) -> Set {
    let lines = text.lines().skip_while(|line| line.trim() != "header {");
    let lines = lines.skip(1).take_while(|line| line.trim() != "}");
    lines
        .filter_map(|line| line.trim().split_once(' '))
        .map(small)
        .collect()
}

/// `Name: value` lines.
fn plain(text: &str) -> Set {
    let lines = text.lines().filter_map(|line| line.split_once(": "));
    lines.map(small).collect()
}

fn after(text: &str, start: &str) -> Set {
    text.lines()
        .filter_map(|line| line.trim().strip_prefix(start)?.split_once(' '))
        .map(|(name, value)| small((name, value.trim_matches('"'))))
        .collect()
}

/// `"Name": "value",` lines of `const <name> = { };`
fn object(script: &str, name: &str) -> Set {
    let start = format!("const {name} = {{");
    let lines = script.lines().skip_while(|line| *line != start);
    let lines = lines.skip(1).take_while(|line| *line != "};");
    lines
        .filter_map(|line| line.trim().trim_end_matches(',').split_once(": "))
        .map(|(name, value)| small((name.trim_matches('"'), value.trim_matches('"'))))
        .collect()
}

/// Text of a section of the README, as far as the next of any kind.
fn section<'a>(readme: &'a str, title: &str) -> Option<&'a str> {
    let start = readme.find(&format!("\n{title}\n"))? + 1;
    let rest = readme.get(start + title.len()..)?;
    rest.get(..rest.find("\n#").unwrap_or(rest.len()))
}

/// First code block of this language.
fn block<'a>(text: &'a str, language: &str) -> Option<&'a str> {
    let rest = text.split_once(&format!("```{language}\n"))?.1;
    Some(rest.split_once("```")?.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_host_says_the_same() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
        check(&root).unwrap_or_else(|failure| panic!("{}", failure.text));
    }

    #[test]
    fn every_way_of_writing_is_read() {
        let wanted: Set = [("a-b".to_owned(), "one; two".to_owned())].into();
        let same = |found: Set| assert_eq!(found, wanted);
        same(trunk(
            "[build]\nx = 1\n[serve.headers]\n\"A-B\" = \"one; two\"\n[other]\n\"C\" = \"d\"",
        ));
        same(apache("  Header always set A-B \"one; two\"\n"));
        same(nginx("  add_header A-B one; two always;\n"));
        same(caddy("root * /x\nheader {\n  A-B one; two\n}\nC d\n"));
        same(plain("A-B: one; two\n"));
        same(object(
            "const other = {\n\"C\": \"d\",\n};\nconst x = {\n  ...other,\n  \"A-B\": \"one; two\",\n};\n",
            "x",
        ));
        let rule = r#"{"headers":[{"source":"**","headers":[{"key":"A-B","value":"one; two"}]},{"source":"/x","headers":[{"key":"C","value":"d"}]}]}"#;
        same(listed(&json(rule)));
        let readme =
            "# T\n## Host\n\ntext\n```http\nA-B: one; two\n```\n### nginx\n```http\nC: d\n```\n";
        same(plain(
            section(readme, "## Host")
                .and_then(|text| block(text, "http"))
                .unwrap(),
        ));
        assert_ne!(
            nginx("add_header A-B one;\n"),
            wanted,
            "errors have them too"
        );
    }
}
