//! `test`: everything that continuous integration runs.

use crate::cache::Cache;
use crate::check::{WASM_ONLY, check};
use crate::compiler::Compiler;
use crate::fail::{Failure, Outcome};
use crate::house;
use crate::site::Project;
use crate::tally::{Tally, cargo_test};
use crate::{browsers, sizes, tools};
use drive::{BrowserKind, Programs};
use serde_json::json;
use std::fs;
use std::path::PathBuf;

/// The end-to-end tests; they need the built site.
const END_TO_END: &str = "tests";

/// Runs it all, as far as it goes, and returns the counts.
///
/// # Errors
/// When compiler, browser or tools cannot be had: a test is never skipped.
pub fn test() -> Outcome<Tally> {
    let project = Project::open()?;
    // Before anything else: a missing browser should not show after ten minutes.
    for kind in [BrowserKind::Firefox, BrowserKind::Webkit] {
        browsers::ready(kind, &project.cache)?;
    }
    let browser = browsers::ready(BrowserKind::Chromium, &project.cache)?;
    let needs = needs(&project.cache)?;
    let mut tally = check(&project)?;
    let mut native = cargo_test(&["--workspace", "--exclude", END_TO_END]);
    for name in WASM_ONLY {
        native.args(["--exclude", name]);
    }
    tally.tests("natively", native.current_dir(&project.root));
    in_browser(&project, &browser, &mut tally)?;
    match project.build() {
        Ok(dist) => {
            tally.passed += 1;
            let sizes = sizes::weigh(&dist)?;
            sizes::print(&sizes);
            if sizes::is_small(&sizes) {
                tally.passed += 1;
            } else {
                tally.failed += 1;
                eprintln!("FAILED: the first load is too large");
            }
            tally.tests(
                "the built site",
                cargo_test(&["--package", END_TO_END])
                    .current_dir(&project.root)
                    .env("TWO_CHEFS_DIST", dist)
                    .envs(needs)
                    // They time things; two at once would disturb each other.
                    .env("RUST_TEST_THREADS", "1"),
            );
        }
        Err(failure) => {
            tally.failed += 1;
            eprintln!("FAILED: {}", failure.text);
        }
    }
    Ok(tally)
}

/// What the end-to-end tests read, by the variable that names it to them: rules
/// of accessibility, and builders of pages that embed the site.
fn needs(cache: &Cache) -> Outcome<[(&'static str, PathBuf); 4]> {
    Ok([
        ("TWO_CHEFS_AXE", tools::axe(cache)?),
        ("TWO_CHEFS_REVEAL", tools::reveal(cache)?),
        ("TWO_CHEFS_VITEPRESS", tools::vitepress(cache)?),
        ("TWO_CHEFS_MDBOOK", tools::mdbook(cache)?),
    ])
}

/// Tests beside the code that only a browser can run: those of every crate that
/// dev-depends on wasm-bindgen-test.
fn in_browser(project: &Project, browser: &Programs, tally: &mut Tally) -> Outcome {
    let packages = house::packages(&project.root)?;
    let is_tested = |package: &&house::Package| {
        package
            .tests_use
            .iter()
            .any(|used| used == "wasm-bindgen-test")
    };
    let names: Vec<_> = packages
        .iter()
        .filter(is_tested)
        .map(|package| package.name.as_str())
        .collect();
    if names.is_empty() {
        return Ok(());
    }
    let compiler = Compiler::find_or_install()?;
    let bindgen = tools::wasm_bindgen(&project.cache, &project.root)?;
    let capabilities = project.wasm_target().join("webdriver.json");
    let wanted =
        json!({ "goog:chromeOptions": { "binary": browser.browser, "args": drive::FLAGS } });
    fs::create_dir_all(project.wasm_target())
        .and_then(|()| fs::write(&capabilities, wanted.to_string()))
        .map_err(Failure::io(format_args!(
            "cannot write {}",
            capabilities.display()
        )))?;
    let mut test = compiler.cargo(&[]);
    test.args(["test", "--no-fail-fast", "--target=wasm32-unknown-unknown"])
        .current_dir(&project.root)
        .env("CARGO_TARGET_DIR", project.wasm_target())
        .env(
            "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER",
            bindgen.join("wasm-bindgen-test-runner"),
        )
        .env("CHROMEDRIVER", &browser.driver)
        .env("WASM_BINDGEN_TEST_WEBDRIVER_JSON", &capabilities)
        .env("WASM_BINDGEN_TEST_TIMEOUT", "120");
    for name in &names {
        test.args(["--package", name]);
    }
    tally.tests(&format!("in the browser: {}", names.join(", ")), &mut test);
    Ok(())
}
