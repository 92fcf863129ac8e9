//! Counting what passed and failed while its output streams by.

use crate::fail::Outcome;
use crate::process;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

/// Results so far.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Things that passed.
    pub passed: u64,
    /// Things that failed.
    pub failed: u64,
}

impl Tally {
    /// Counts one step that has no finer results; says why it failed.
    pub fn step(&mut self, what: &str, outcome: Outcome) {
        match outcome {
            Ok(()) => {
                self.passed += 1;
                eprintln!("ok: {what}");
            }
            Err(failure) => {
                self.failed += 1;
                eprintln!("FAILED: {what}: {}", failure.text);
            }
        }
    }

    /// Runs a test program and counts the results it reports. One that breaks
    /// before it reports a failure counts as one.
    pub fn tests(&mut self, what: &str, command: &mut Command) {
        eprintln!("testing {what}");
        let started = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn();
        let mut child = match started {
            Ok(child) => child,
            Err(error) => {
                self.failed += 1;
                eprintln!(
                    "FAILED: {what}: cannot start {}: {error}",
                    command.get_program().to_string_lossy()
                );
                return;
            }
        };
        let mut own = Self::default();
        if let Some(output) = child.stdout.take() {
            // Test output need not be valid text.
            for line in BufReader::new(output).split(b'\n').map_while(Result::ok) {
                let line = String::from_utf8_lossy(&line);
                println!("{line}");
                own.add_line(&line);
            }
        }
        let is_fine = child.wait().is_ok_and(|status| status.success());
        if !is_fine && own.failed == 0 {
            eprintln!("FAILED: {what} ended before it could report");
            own.failed = 1;
        }
        self.passed += own.passed;
        self.failed += own.failed;
    }

    /// Reads `test result: ok. 3 passed; 0 failed; ...`, which the native and the
    /// in-browser harness share.
    fn add_line(&mut self, line: &str) {
        let Some((_, counts)) = line.split_once("test result: ") else {
            return;
        };
        let count = |word: &str| {
            let before = counts.split(word).next()?.trim_end();
            before.rsplit([' ', ';']).next()?.parse::<u64>().ok()
        };
        self.passed += count("passed").unwrap_or(0);
        self.failed += count("failed").unwrap_or(0);
    }

    /// The last line of every test run.
    pub fn summary(&self) -> String {
        format!("{} passed, {} failed", self.passed, self.failed)
    }

    /// Exit status.
    pub const fn status(&self) -> u8 {
        if self.failed == 0 { 0 } else { 1 }
    }
}

/// `cargo` of the native half with the test harness's usual switches.
pub fn cargo_test(packages: &[&str]) -> Command {
    let mut command = process::cargo();
    command.args(["test", "--no-fail-fast"]).args(packages);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn result_lines_are_counted_and_others_are_not() {
        let mut tally = Tally::default();
        tally.add_line(
            "test result: ok. 12 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out",
        );
        tally.add_line("test result: FAILED. 1 passed; 2 failed; 0 ignored");
        tally.add_line("5 passed; 5 failed");
        assert_eq!(
            tally,
            Tally {
                passed: 13,
                failed: 2
            }
        );
        assert_eq!(tally.summary(), "13 passed, 2 failed");
    }

    #[test]
    fn a_program_that_breaks_is_a_failure() {
        let mut tally = Tally::default();
        tally.tests(
            "nothing",
            Command::new("sh").args(["-c", "echo 'test result: ok. 1 passed; 0 failed;'; exit 3"]),
        );
        tally.tests("no program", &mut Command::new("/no/such/program"));
        assert_eq!(
            tally,
            Tally {
                passed: 1,
                failed: 2
            }
        );
    }
}
