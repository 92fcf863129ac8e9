//! Project commands: `cargo xtask help` lists them.

mod archive;
mod args;
mod bench;
mod browsers;
mod cache;
mod check;
mod compiler;
mod dataset;
mod doctor;
mod fail;
mod hosts;
mod house;
mod imports;
mod matrix;
mod measure;
mod offline;
mod previews;
mod process;
mod screenshots;
mod serve;
mod simd;
mod site;
mod sizes;
mod smaller;
mod sources;
mod split;
mod tally;
mod test_run;
mod tools;
mod visit;
mod words;

use args::Args;
use fail::{Failure, Outcome};
use site::Project;
use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  serve [--port N] [--address IP] [--no-isolation]
            builds the release site and serves it with its headers
  build [--url ADDRESS]
            leaves the deployable site in dist/, and as one file in target/;
            with the address of the site, previews elsewhere have a picture
  measure [LESSON ...|all] [--browser chromium|firefox|webkit] [--one-core]
          [--no-isolation] [--json]
            runs lessons in a real browser and prints their evidence records;
            status 0 passed, 1 a check failed, 2 usage or environment, 3 undecided
  matrix [CONTEXT ...] [--browser chromium|firefox|webkit] [--json]
            browsers by ways of embedding: the rung of the ladder, seconds to
            ready, the verdict of a lesson, loads; status 0 as promised, 1 not
  check     formatting, lints for both targets, the table of crates, word files
  test      everything continuous integration runs; ends with \"N passed, N failed\"
  bench [ROW ...] [--quick] [--json]
            the performance table as ratios measured in one run; a row is the
            beginning of its id; status 0 passed, 1 a limit is broken, 3 undecided
  screenshots [PLACE ...] [--out DIR]
            every page in two sizes and two themes, and the README's picture
            (`readme` draws only that, `icons` the icons made from favicon.svg)
            serve, measure, matrix, bench and screenshots take --as-built: whatever was built last
  doctor    what is found, what is missing and how to get it
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
            let mut args = Args::new("build", rest);
            let url = args.value("--url")?;
            args.finish()?;
            let address = url.map(|url| previews::address(&url)).transpose()?;
            let dist = Project::open()?.build_for(address.as_deref())?;
            sizes::print(&sizes::weigh(&dist)?);
            Ok(0)
        }
        "serve" => serve::serve(Args::new("serve", rest)),
        "matrix" => matrix::matrix(Args::new("matrix", rest)),
        "measure" => measure::measure(Args::new("measure", rest)),
        "check" => {
            Args::new("check", rest).finish()?;
            let tally = check::check(&Project::open()?)?;
            println!("{}", tally.summary());
            Ok(tally.status())
        }
        "test" => {
            Args::new("test", rest).finish()?;
            let tally = test_run::test()?;
            println!("{}", tally.summary());
            Ok(tally.status())
        }
        "bench" => bench::bench(Args::new("bench", rest)),
        "screenshots" => screenshots::screenshots(Args::new("screenshots", rest)),
        "doctor" => {
            Args::new("doctor", rest).finish()?;
            doctor::doctor()
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
