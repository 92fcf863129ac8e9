//! Project commands: `cargo xtask help` lists them.

mod args;
mod cache;
mod compiler;
mod fail;
mod process;
mod site;
mod sizes;
mod sources;
mod tools;

use args::Args;
use fail::{Failure, Outcome};
use site::Project;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  build     the deployable site into dist/
";

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let command = words.next().unwrap_or_default();
    match dispatch(&command, words.collect()) {
        Ok(status) => ExitCode::from(status),
        Err(failure) => {
            eprintln!("error: {}", failure.text);
            ExitCode::from(failure.status)
        }
    }
}

fn dispatch(command: &str, rest: Vec<String>) -> Outcome<u8> {
    match command {
        "build" => {
            Args::new("build", rest).finish()?;
            let dist = Project::open()?.build()?;
            sizes::print(&sizes::weigh(&dist)?);
            Ok(0)
        }
        "help" | "--help" | "-h" | "" => {
            print!("{HELP}");
            Ok(0)
        }
        other => Err(Failure::environment(format!(
            "no command {other:?}; see `cargo xtask help`"
        ))),
    }
}
