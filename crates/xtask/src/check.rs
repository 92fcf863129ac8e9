//! `check`: what can be said about the sources without running them in a browser.

use crate::compiler::Compiler;
use crate::fail::Outcome;
use crate::process::{cargo, run};
use crate::site::Project;
use crate::tally::Tally;
use crate::{hosts, house, words};
use drive::packages;

/// Crates that need the browser's threads to compile at all.
pub const WASM_ONLY: [&str; 1] = ["engine"];
/// Crates that are linted as the wasm they become.
const WASM: [&str; 4] = ["app", "engine", "gpu", "web"];

/// Formatting, lints for both targets, the table of crates, the word files, the
/// headers of every host.
///
/// # Errors
/// When no compiler can be had.
pub fn check(project: &Project) -> Outcome<Tally> {
    let mut tally = Tally::default();
    let root = &project.root;
    tally.step(
        "formatting",
        run(
            "cargo fmt --check",
            cargo().args(["fmt", "--all", "--check"]).current_dir(root),
        ),
    );
    tally.step("the table of crates", house::check(root));
    tally.step("word files", words::check(root));
    tally.step("headers of every host", hosts::check(root));
    let mut native = cargo();
    native
        .args(["clippy", "--workspace", "--all-targets"])
        .current_dir(root);
    for name in WASM_ONLY {
        native.args(["--exclude", name]);
    }
    tally.step(
        "lints, native",
        run("cargo clippy", native.args(["--", "-D", "warnings"])),
    );
    tally.step("lints, wasm", lint_wasm(project));
    Ok(tally)
}

/// Lints need the standard library that the wasm build uses, hence its compiler.
fn lint_wasm(project: &Project) -> Outcome {
    let compiler = Compiler::find_or_install()?;
    if matches!(compiler, Compiler::Debian { .. })
        && packages::on_path("/usr/bin/cargo-clippy").is_none()
    {
        packages::install(&["rust-web-clippy"])?;
    }
    let mut lint = compiler.cargo(&[]);
    lint.args(["clippy", "--target=wasm32-unknown-unknown"])
        .env("CARGO_TARGET_DIR", project.wasm_target())
        .current_dir(&project.root);
    for name in WASM {
        lint.args(["--package", name]);
    }
    run("cargo clippy for wasm", lint.args(["--", "-D", "warnings"]))
}
