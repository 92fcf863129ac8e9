//! The native half of the performance table.
//!
//! A process of its own, so that nothing of the tool that asks shares its memory
//! or its threads. It reads one question a line from standard input and answers
//! each with one line on standard output, both JSON: `{"pairs":[[a,b],...]}`,
//! one pair a round, both of the same unit. While it waits it uses no core, so
//! that the browser half can be measured in turn with it.
//!
//! Ours and theirs alternate inside a round, and their order from round to
//! round, so that a machine that slows down favours neither.

mod events;
mod interleave;
mod mapped;
mod pairs;
mod spin;
mod switch;
mod work;

use model::Job;
use pairs::Pairs;
use serde::{Deserialize, Serialize};
use std::io::{BufRead, Write};

/// One line of input.
#[derive(Deserialize)]
#[serde(tag = "ask", rename_all = "kebab-case")]
enum Ask {
    /// One thread against two: `{"speedup"}`.
    Spin,
    /// Nanoseconds a yield: this project's executor, tokio's `LocalSet`.
    Switch { futures: u32, rounds: u32 },
    /// Milliseconds for the same units: interleaved, one after another.
    Interleave {
        unit_micros: f64,
        tasks: u32,
        rounds: u32,
    },
    /// Milliseconds for the same tasks: with a tick a step, without.
    Trace { rounds: u32 },
    /// Deeds of the executor in one run: dropped, written down.
    Events,
    /// Milliseconds for a mapped and reduced job: by rayon on one thread, on `workers`.
    Mapped(mapped::Question),
    /// Milliseconds for the jobs' tasks: on one thread, by rayon on `workers`.
    Work {
        jobs: Vec<Job>,
        seed: u64,
        workers: u32,
        rounds: u32,
        /// Several numbers in one instruction, where the work can.
        simd: bool,
    },
}

/// One line of output.
#[derive(Serialize)]
#[serde(untagged)]
enum Answer {
    Spin { speedup: f64 },
    Pairs(Pairs),
    Error { error: String },
}

fn answer(line: &str) -> Answer {
    let ask = match serde_json::from_str(line) {
        Ok(ask) => ask,
        Err(error) => {
            return Answer::Error {
                error: error.to_string(),
            };
        }
    };
    let found = match ask {
        Ask::Spin => {
            return Answer::Spin {
                speedup: spin::speedup(),
            };
        }
        Ask::Switch { futures, rounds } => switch::pairs(futures, rounds),
        Ask::Interleave {
            unit_micros,
            tasks,
            rounds,
        } => interleave::pairs(unit_micros, tasks, rounds),
        Ask::Mapped(question) => mapped::pairs(&question),
        Ask::Events => events::pairs(),
        Ask::Trace { rounds } => work::traced(rounds),
        Ask::Work {
            jobs,
            seed,
            workers,
            rounds,
            simd,
        } => work::pairs(&jobs, seed, simd, workers, rounds),
    };
    match found {
        Ok(pairs) => Answer::Pairs(pairs),
        Err(error) => Answer::Error { error },
    }
}

fn main() -> std::io::Result<()> {
    let mut out = std::io::stdout().lock();
    for line in std::io::stdin().lock().lines() {
        let line = line?;
        if !line.trim().is_empty() {
            writeln!(out, "{}", serde_json::to_string(&answer(&line))?)?;
            out.flush()?;
        }
    }
    Ok(())
}
