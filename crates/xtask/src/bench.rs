//! `bench`: the performance table as ratios measured in one run.
//!
//! Every ratio compares two halves that take turns on this machine now; no
//! figure of another day or another machine enters. Rounds count only where two
//! cores were free before and after them, by a control that runs natively.

mod against_native;
mod cores;
mod event_loop;
mod executor;
mod first_load;
mod frames;
mod lab;
mod memory;
mod native;
mod others;
mod plain_script;
mod pools;
mod row;
mod town;
mod training;

use crate::args::Args;
use crate::fail::Outcome;
use crate::site::Project;
use against_native::{ALLOCATING, Effort, KERNELS, Kernel, geomean};
use drive::{Browser, BrowserOptions, Server, ServerOptions};
use model::Verdict;
use native::Native;
use row::{HEAD, Row};
use std::path::Path;

/// How much is measured, in full or with `--quick`.
struct Amount {
    native_rounds: u32,
    effort: Effort,
    frame_rounds: u32,
    frame_size: u32,
    replacements: u32,
    /// Fresh pages with ten thousand guests.
    pages: u32,
}

const FULL: Amount = Amount {
    native_rounds: 101,
    effort: Effort {
        rounds: 15,
        runs: 3,
    },
    frame_rounds: 9,
    frame_size: 60,
    replacements: 50,
    pages: 9,
};
/// Six rounds are the fewest that have an interval.
const QUICK: Amount = Amount {
    native_rounds: 41,
    effort: Effort { rounds: 6, runs: 2 },
    frame_rounds: 6,
    frame_size: 30,
    replacements: 15,
    pages: 6,
};

/// Prints the table, with `--json` one row a line. Words choose rows by the
/// beginning of their ids.
///
/// # Errors
/// When a half does not build, start or run.
pub fn bench(mut args: Args) -> Outcome<u8> {
    let json = args.switch("--json");
    let amount = if args.switch("--quick") { QUICK } else { FULL };
    let as_built = args.switch("--as-built");
    let wanted = args.words()?;
    let project = Project::open()?;
    let mut table = Table {
        json,
        wanted,
        verdicts: Vec::new(),
    };
    let mut native = Native::start(&project)?;
    if table.wants(&["G6", "G7", "G7s", "G11"]) {
        eprintln!("the executor");
        table.show(executor::rows(&mut native, amount.native_rounds)?);
    }
    if table.wants(&["events"]) {
        eprintln!("what is written down");
        table.show(vec![event_loop::events(&mut native)?]);
    }
    let of_kernel = |kernel: &Kernel| table.wants(&kernel.ids());
    if table.wants(&IN_BROWSER)
        || table.wants(&training::IDS)
        || table.wants(&event_loop::IDS)
        || KERNELS.iter().any(of_kernel)
    {
        let site = project.site(as_built)?;
        in_browser(&mut table, &mut native, &site, &project, &amount)?;
    }
    Ok(status(&table.verdicts))
}

/// Beginnings of the ids of rows that need a browser.
const IN_BROWSER: [&str; 18] = [
    "G1.",
    "G1",
    "G2.",
    "G3",
    "G3n",
    "G4",
    "G5",
    "G5.one",
    "G18.workerpool",
    "G18.piscina",
    "G10",
    "G21.page",
    "G21.engine",
    "memory",
    "town.words",
    "town.native",
    "town.trip",
    "training.step",
];

fn in_browser(
    table: &mut Table,
    native: &mut Native,
    site: &Path,
    project: &Project,
    amount: &Amount,
) -> Outcome {
    let server = Server::start(site, &ServerOptions::default())?;
    let browser = Browser::start(&BrowserOptions::default())?;
    let url = server.url();
    if table.wants(&["G21.page", "G21.engine"]) {
        eprintln!("the first load");
        table.show(first_load::rows(&browser, &server, site)?);
    }
    // What is timed below is not to share the machine with one that keeps files.
    browser.forget_service_workers()?;
    let mut ones = Vec::new();
    for kernel in &KERNELS {
        let is_wanted = table.wants(&kernel.ids())
            || (kernel.id == "mandelbrot" && table.wants(&["G3", "G3n"]))
            || table.wants(&["G1"]);
        if is_wanted {
            eprintln!("{} in the browser and natively, in turn", kernel.id);
            let rows =
                against_native::rows(kernel, &browser, &url, native, amount.effort, &mut ones)?;
            table.show(rows);
        }
    }
    if ones.len() == KERNELS.len() {
        table.show(vec![geomean(&ones)]);
    }
    if table.wants(&["G4"]) {
        eprintln!("SIMD on two workers and plain JavaScript, in turn");
        table.show(vec![plain_script::row(
            &browser,
            &url,
            native,
            amount.effort,
        )?]);
    }
    if table.wants(&ALLOCATING.ids()) {
        eprintln!("allocating in the browser and natively, in turn");
        let (mut ones, effort) = (Vec::new(), amount.effort);
        let rows = against_native::rows(&ALLOCATING, &browser, &url, native, effort, &mut ones)?;
        table.show(rows);
    }
    if table.wants(&pools::IDS) {
        eprintln!("tasks that do nothing, here and in pools from npm");
        let rows = pools::rows(&browser, &url, native, project, amount.effort)?;
        table.show(rows);
    }
    if table.wants(&town::WORD_IDS) {
        eprintln!("words of a large text by nodes and natively, in turn");
        table.show(town::words(&browser, &url, native, amount.effort)?);
    }
    if table.wants(&[town::TRIP_ID]) {
        eprintln!("messages to a node and raw ones");
        table.show(vec![town::trip(&browser, &url, native, amount.effort)?]);
    }
    if table.wants(&[town::TRAINING_ID]) {
        eprintln!("a training on one thread and on two");
        table.show(vec![town::training(&browser, &url, native, amount.effort)?]);
    }
    if table.wants(&["G10"]) {
        eprintln!("frames under load");
        let (rounds, size) = (amount.frame_rounds, amount.frame_size);
        table.show(vec![frames::row(&browser, &url, native, rounds, size)?]);
    }
    if table.wants(&event_loop::IDS) {
        eprintln!("ten thousand guests");
        table.show(event_loop::rows(&browser, &url, amount.pages)?);
    }
    if table.wants(&training::IDS) {
        eprintln!("a training on a pool of two");
        table.show(vec![training::row(&browser, &url, native)?]);
    }
    if table.wants(&["memory"]) {
        eprintln!("replacing {} hosts of 4 workers", amount.replacements);
        table.show(vec![memory::row(&browser, &url, amount.replacements)?]);
    }
    Ok(())
}

/// Rows go out as they are measured.
struct Table {
    json: bool,
    wanted: Vec<String>,
    verdicts: Vec<Verdict>,
}

impl Table {
    /// Whether one of these ids was asked for; without words all are.
    fn wants(&self, ids: &[&str]) -> bool {
        self.wanted.is_empty()
            || ids
                .iter()
                .any(|id| self.wanted.iter().any(|word| id.starts_with(word.as_str())))
    }

    fn show(&mut self, rows: Vec<Row>) {
        for row in rows {
            if self.json {
                println!("{}", row.json());
            } else {
                if self.verdicts.is_empty() {
                    println!("{HEAD}");
                }
                println!("{}", row.text());
            }
            self.verdicts.extend(row.verdict());
        }
    }
}

/// As `measure`: 0 passed, 1 something failed, 3 nothing could be decided.
fn status(verdicts: &[Verdict]) -> u8 {
    let has = |wanted| verdicts.contains(&wanted);
    if has(Verdict::Fail) {
        1
    } else if has(Verdict::Inconclusive) && !has(Verdict::Pass) {
        3
    } else {
        0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fail_decides_and_open_rows_alone_do_not_pass() {
        use Verdict::{Fail, Inconclusive, Pass};
        assert_eq!(status(&[Pass, Inconclusive]), 0);
        assert_eq!(status(&[Inconclusive]), 3);
        assert_eq!(status(&[Pass, Fail, Inconclusive]), 1);
        assert_eq!(status(&[]), 0);
    }

    #[test]
    fn words_choose_rows_by_their_beginning() {
        let table = |words: &[&str]| Table {
            json: false,
            wanted: words.iter().map(|word| (*word).to_owned()).collect(),
            verdicts: Vec::new(),
        };
        assert!(table(&[]).wants(&["G6"]));
        assert!(table(&["G2"]).wants(&["G2.primes"]));
        assert!(!table(&["G2.primes"]).wants(&["G2.queens", "G6"]));
        assert!(table(&["G2"]).wants(&["G21.page"]));
    }
}
