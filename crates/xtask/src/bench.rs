//! `bench`: the performance table as ratios measured in one run.

use crate::args::Args;
use crate::compiler::Compiler;
use crate::fail::Outcome;
use crate::process::run;
use crate::site::Project;
use std::process::Command;

/// Prints the table, with `--json` one row a line.
///
/// # Errors
/// When the native half does not build or run.
pub fn bench(mut args: Args) -> Outcome<u8> {
    let json = args.switch("--json");
    args.finish()?;
    let project = Project::open()?;
    // Both halves of a wasm/native ratio come from the same compiler.
    let compiler = Compiler::find_or_install()?;
    let target = project.target().join("bench");
    run(
        "building the native bench",
        compiler
            .native_cargo()
            .args(["build", "--release", "--package", "bench"])
            .env("CARGO_TARGET_DIR", &target)
            .current_dir(&project.root),
    )?;
    let mut native = Command::new(target.join("release/bench"));
    if json {
        native.arg("--json");
    }
    let status = native
        .status()
        .map_err(crate::fail::Failure::io("cannot start the native bench"))?;
    Ok(if status.success() { 0 } else { 1 })
}
