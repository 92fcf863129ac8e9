//! axe-core in the page.

use crate::visit::Visit;
use serde_json::Value;
use std::{env, fs};

/// The text of axe-core, read once.
pub struct Axe {
    source: String,
}

impl Axe {
    /// Reads the file that `cargo xtask test` fetched and named in `TWO_CHEFS_AXE`.
    ///
    /// # Panics
    /// When it is not there: the rules are never skipped.
    #[must_use]
    pub fn read() -> Self {
        let file = env::var_os("TWO_CHEFS_AXE").expect(
            "TWO_CHEFS_AXE names no axe.min.js: run `cargo xtask test`, which fetches axe-core",
        );
        let source = fs::read_to_string(file).expect("axe-core can be read");
        Self { source }
    }

    /// Every violation on the page as it is now: rule, what it says, where.
    ///
    /// # Panics
    /// When axe-core cannot run.
    #[must_use]
    pub fn violations(&self, visit: &Visit) -> Vec<String> {
        if visit.eval("typeof window.axe === 'undefined'") == Value::Bool(true) {
            visit.call(&self.source, &[]);
        }
        // The size of targets is a rule of WCAG 2.2 that is off unless asked for.
        let found = visit.call(
            "return axe.run(document, { resultTypes: ['violations'], rules: { 'target-size': { enabled: true } } })
               .then((result) => result.violations.map((rule) =>
                 `${rule.id}: ${rule.help}: ` + rule.nodes.slice(0, 4).map((node) =>
                   `${node.target.join(' ')} (${node.any.concat(node.all, node.none).map((check) => check.message).slice(0, 2).join('; ')})`).join(' | ')))",
            &[],
        );
        let found = found.as_array().cloned().unwrap_or_default();
        let text = |line: Value| line.as_str().unwrap_or_default().to_owned();
        found.into_iter().map(text).collect()
    }
}
