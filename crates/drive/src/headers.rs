//! Response headers from the file that static hosts read, so that what is
//! tested here is what is deployed there.

use crate::Error;
use std::fs;
use std::path::Path;

/// Headers that isolate a page.
const ISOLATING: [&str; 3] = [
    "cross-origin-opener-policy",
    "cross-origin-embedder-policy",
    "document-isolation-policy",
];

/// One path pattern and its headers.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Rule {
    pattern: String,
    headers: Vec<(String, String)>,
}

/// The rules of a `_headers` file, as Netlify and Cloudflare Pages write them:
/// a path pattern at the start of a line, its headers indented below it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Headers {
    rules: Vec<Rule>,
}

impl Headers {
    /// Reads a file.
    ///
    /// # Errors
    /// When it cannot be read or a line makes no sense.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = fs::read_to_string(path)
            .map_err(Error::io(format!("cannot read {}", path.display())))?;
        Self::parse(&text).map_err(|(line, why)| Error::Headers {
            path: path.display().to_string(),
            line,
            why: why.to_owned(),
        })
    }

    /// Parses the text of a file; an error is a line from 1 and a reason.
    ///
    /// # Errors
    /// When a header has no path above it or no colon.
    pub fn parse(text: &str) -> Result<Self, (usize, &'static str)> {
        let mut rules: Vec<Rule> = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let body = line.trim();
            if body.is_empty() || body.starts_with('#') {
                continue;
            }
            if !line.starts_with([' ', '\t']) {
                rules.push(Rule {
                    pattern: body.to_owned(),
                    headers: Vec::new(),
                });
                continue;
            }
            let rule = rules
                .last_mut()
                .ok_or((index + 1, "a header before any path"))?;
            let (name, value) = body
                .split_once(':')
                .ok_or((index + 1, "a header without a colon"))?;
            rule.headers
                .push((name.trim().to_owned(), value.trim().to_owned()));
        }
        Ok(Self { rules })
    }

    /// The same without what isolates a page: a host that cannot set headers.
    #[must_use]
    pub fn without_isolation(mut self) -> Self {
        for rule in &mut self.rules {
            rule.headers
                .retain(|(name, _)| !ISOLATING.contains(&name.to_ascii_lowercase().as_str()));
        }
        self
    }

    /// Headers of a path such as `/words/en/ui.txt`, from every rule it matches.
    pub fn of(&self, path: &str) -> impl Iterator<Item = (&str, &str)> {
        self.rules
            .iter()
            .filter(move |rule| matches(&rule.pattern, path))
            .flat_map(|rule| &rule.headers)
            .map(|(name, value)| (name.as_str(), value.as_str()))
    }
}

/// `*` stands for anything, at the end of a pattern as both hosts allow it.
fn matches(pattern: &str, path: &str) -> bool {
    pattern
        .strip_suffix('*')
        .map_or(pattern == path, |start| path.starts_with(start))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "# comment\n/*\n  A: one\n  Cross-Origin-Opener-Policy: same-origin\n/engine-*\n  B: two: three\n";

    #[test]
    fn every_matching_rule_counts() {
        let headers = Headers::parse(FILE).unwrap();
        let of = |path| {
            headers
                .of(path)
                .map(|(name, value)| format!("{name}={value}"))
                .collect::<Vec<_>>()
        };
        assert_eq!(of("/"), ["A=one", "Cross-Origin-Opener-Policy=same-origin"]);
        assert_eq!(of("/engine-1/engine.js").last().unwrap(), "B=two: three");
    }

    #[test]
    fn a_host_without_headers_keeps_the_rest() {
        let headers = Headers::parse(FILE).unwrap().without_isolation();
        assert_eq!(headers.of("/").collect::<Vec<_>>(), [("A", "one")]);
    }

    #[test]
    fn mistakes_name_their_line() {
        assert_eq!(Headers::parse("\n  A: one\n").unwrap_err().0, 2);
        assert_eq!(Headers::parse("/*\n  nonsense\n").unwrap_err().0, 2);
    }

    #[test]
    fn the_site_is_isolated_in_every_way_there_is() {
        let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../www/_headers");
        let headers = Headers::read(&file).unwrap();
        let of: Vec<_> = headers.of("/engine-1/engine_bg.wasm").collect();
        for wanted in [
            ("Cross-Origin-Opener-Policy", "same-origin"),
            ("Cross-Origin-Embedder-Policy", "require-corp"),
            ("Cross-Origin-Resource-Policy", "cross-origin"),
            ("Document-Isolation-Policy", "isolate-and-require-corp"),
            ("Access-Control-Allow-Origin", "*"),
        ] {
            assert!(of.contains(&wanted), "{wanted:?} is missing");
        }
        assert_eq!(headers.without_isolation().of("/").count(), 2);
    }
}
