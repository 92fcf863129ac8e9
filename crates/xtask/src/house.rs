//! Which crate may use which: the table of `crates/README.md`, held against
//! what the manifests say.

use crate::fail::{Failure, Outcome};
use crate::process::cargo;
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Crate and the crates of this workspace it may use. A new edge is a decision:
/// change `crates/README.md` with it.
const MAY_USE: [(&str, &[&str]); 14] = [
    ("model", &[]),
    ("workloads", &["model"]),
    ("analysis", &["model"]),
    ("runner", &["model", "workloads", "analysis"]),
    ("charts", &["model", "analysis"]),
    ("lessons", &["model", "workloads", "analysis"]),
    ("web", &["model", "workloads", "analysis", "runner"]),
    ("gpu", &["model", "workloads", "runner", "web"]),
    ("engine", &["model", "workloads", "runner", "web"]),
    (
        "app",
        &[
            "model",
            "workloads",
            "analysis",
            "runner",
            "charts",
            "lessons",
            "web",
        ],
    ),
    ("drive", &["model"]),
    ("bench", &["model", "workloads", "runner"]),
    ("xtask", &["model", "analysis", "drive"]),
    (
        "tests",
        &[
            "model",
            "workloads",
            "analysis",
            "runner",
            "lessons",
            "drive",
        ],
    ),
];
/// Crates that may name the browser.
const BROWSER_SIDE: [&str; 4] = ["app", "engine", "gpu", "web"];
const BROWSER: [&str; 3] = ["js-sys", "wasm-bindgen", "web-sys"];

/// A package of the workspace, as its manifest has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Package {
    /// Its name.
    pub name: String,
    /// Names of what it depends on, tests and build scripts aside.
    pub uses: Vec<String>,
    /// Names of what only its tests depend on.
    pub tests_use: Vec<String>,
}

/// The packages of the workspace.
///
/// # Errors
/// When cargo cannot read the manifests.
pub fn packages(root: &Path) -> Outcome<Vec<Package>> {
    let output = cargo()
        .args(["metadata", "--format-version=1", "--no-deps"])
        .current_dir(root)
        .output()
        .map_err(Failure::io("cannot start cargo"))?;
    let metadata: Value = serde_json::from_slice(&output.stdout).map_err(|_| {
        Failure::project(format!(
            "cargo metadata: {}",
            String::from_utf8_lossy(&output.stderr).trim()
        ))
    })?;
    let list = |value: &Value, key: &str| {
        value
            .get(key)
            .and_then(Value::as_array)
            .cloned()
            .unwrap_or_default()
    };
    let text = |value: &Value, key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Ok(list(&metadata, "packages")
        .iter()
        .map(|package| {
            let edges = list(package, "dependencies");
            let of_kind = |kind: Option<&str>| {
                let matching = edges
                    .iter()
                    .filter(|edge| text(edge, "kind").as_deref() == kind);
                matching.filter_map(|edge| text(edge, "name")).collect()
            };
            Package {
                name: text(package, "name").unwrap_or_default(),
                uses: of_kind(None),
                tests_use: of_kind(Some("dev")),
            }
        })
        .collect())
}

/// Holds manifests and README against the table.
///
/// # Errors
/// With every edge and line that is wrong.
pub fn check(root: &Path) -> Outcome {
    let mut wrong = wrong_edges(&packages(root)?);
    let readme = root.join("crates/README.md");
    let text = fs::read_to_string(&readme).map_err(Failure::io(format_args!(
        "cannot read {}",
        readme.display()
    )))?;
    wrong.extend(wrong_lines(&text));
    if wrong.is_empty() {
        Ok(())
    } else {
        Err(Failure::project(wrong.join("\n  ")))
    }
}

fn wrong_edges(packages: &[Package]) -> Vec<String> {
    let mut wrong = Vec::new();
    for package in packages {
        let name = package.name.as_str();
        let Some((_, allowed)) = MAY_USE.iter().find(|(known, _)| *known == name) else {
            wrong.push(format!("{name} is not in the table of crates"));
            continue;
        };
        for used in &package.uses {
            let used = used.as_str();
            let is_ours = MAY_USE.iter().any(|(known, _)| *known == used);
            if is_ours && !allowed.contains(&used) {
                wrong.push(format!("{name} must not use {used}"));
            }
            if BROWSER.contains(&used) && !BROWSER_SIDE.contains(&name) {
                wrong.push(format!("{name} must not name the browser ({used})"));
            }
        }
    }
    wrong
}

/// Rows look like ``| `runner` | charter | model, workloads |``.
fn wrong_lines(readme: &str) -> Vec<String> {
    let rows: Vec<(&str, Vec<&str>)> = readme
        .lines()
        .filter_map(|line| {
            let mut cells = line.trim().strip_prefix("| `")?.split('|').map(str::trim);
            let name = cells.next()?.trim_end_matches('`');
            let used = cells
                .nth(1)?
                .split(',')
                .map(|word| word.trim().trim_matches('`'));
            Some((
                name,
                used.filter(|word| !word.is_empty() && *word != "–")
                    .collect(),
            ))
        })
        .collect();
    let listed = rows.iter().map(|(name, _)| *name);
    let mut wrong: Vec<String> = listed
        .filter(|name| !MAY_USE.iter().any(|(known, _)| known == name))
        .map(|name| format!("crates/README.md: no crate {name}"))
        .collect();
    for (name, allowed) in MAY_USE {
        match rows.iter().find(|(row, _)| *row == name) {
            Some((_, used)) if used == allowed => {}
            Some(_) => wrong.push(format!(
                "crates/README.md: {name} may use {}",
                allowed.join(", ")
            )),
            None => wrong.push(format!("crates/README.md: no line for {name}")),
        }
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::*;

    fn package(name: &str, uses: &[&str]) -> Package {
        let uses = uses.iter().map(|used| (*used).to_owned()).collect();
        Package {
            name: name.to_owned(),
            uses,
            tests_use: Vec::new(),
        }
    }

    #[test]
    fn edges_against_the_table_are_named() {
        assert!(wrong_edges(&[package("charts", &["model", "analysis", "serde"])]).is_empty());
        let wrong = wrong_edges(&[
            package("model", &["runner"]),
            package("charts", &["web-sys"]),
            package("new", &[]),
        ]);
        assert_eq!(wrong.len(), 3, "{wrong:?}");
    }

    #[test]
    fn the_readme_is_held_to_the_table() {
        let rows: String = MAY_USE
            .iter()
            .map(|(name, used)| format!("| `{name}` | charter | {} |\n", used.join(", ")))
            .collect();
        assert_eq!(wrong_lines(&rows), Vec::<String>::new());
        assert_eq!(
            wrong_lines(&rows.replace(
                "| `drive` | charter | model |",
                "| `drive` | charter | web |"
            ))
            .len(),
            1
        );
        assert_eq!(
            wrong_lines(&format!("{rows}| `utils` | things | – |\n")).len(),
            1
        );
    }

    /// A table that allows a circle would allow everything.
    #[test]
    fn the_table_has_no_circle() {
        for (at, (name, used)) in MAY_USE.iter().enumerate() {
            let earlier: Vec<_> = MAY_USE[..at].iter().map(|(earlier, _)| earlier).collect();
            assert!(used.iter().all(|used| earlier.contains(&used)), "{name}");
        }
    }
}
