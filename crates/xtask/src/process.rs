//! Child processes: their output goes to standard error, since standard output
//! belongs to results.

use crate::fail::{Failure, Outcome};
use std::process::{Command, Stdio};

/// What cargo and rustup set for this process and a child with another
/// toolchain must not see.
const INHERITED: [&str; 10] = [
    "CARGO",
    "CARGO_MANIFEST_DIR",
    "CARGO_MANIFEST_PATH",
    "CARGO_PKG_NAME",
    "CARGO_PKG_VERSION",
    "RUSTC",
    "RUSTC_WORKSPACE_WRAPPER",
    "RUSTDOC",
    "RUST_RECURSION_COUNT",
    "RUSTUP_TOOLCHAIN",
];

/// Runs to the end. `what` completes the sentence "... failed".
///
/// # Errors
/// When the program is missing or ends with another status than 0.
pub fn run(what: &str, command: &mut Command) -> Outcome {
    let status = command
        .stdin(Stdio::null())
        .stdout(std::io::stderr())
        .status()
        .map_err(|error| {
            let program = command.get_program().to_string_lossy().into_owned();
            Failure::environment(format!("{what}: cannot start {program}: {error}"))
        })?;
    if status.success() {
        Ok(())
    } else {
        Err(Failure::project(format!(
            "{what} failed ({status}); the reason is above"
        )))
    }
}

/// Standard output of a program, trimmed, or `None` if it fails.
pub fn output(command: &mut Command) -> Option<String> {
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::null())
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Removes what a toolchain chosen for this process would impose on a child.
pub fn forget_toolchain(command: &mut Command) -> &mut Command {
    for name in INHERITED {
        command.env_remove(name);
    }
    command
}

/// The cargo that started this program.
pub fn cargo() -> Command {
    Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
}
