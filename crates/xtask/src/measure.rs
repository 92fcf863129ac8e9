//! `measure`: runs lessons of the built site in a real browser and prints their
//! evidence records.

use crate::args::Args;
use crate::browsers;
use crate::fail::Outcome;
use crate::site::Project;
use crate::visit::{self, Record};
use drive::{Browser, BrowserOptions, Server, ServerOptions};
use model::{Check, Evidence, Verdict};

/// Runs the lessons named, all without a name.
///
/// # Errors
/// On wrong usage, or when site, server or browser cannot be had.
pub fn measure(mut args: Args) -> Outcome<u8> {
    let json = args.switch("--json");
    let one_core = args.switch("--one-core");
    let isolated = !args.switch("--no-isolation");
    let kind = browsers::asked(&mut args)?.unwrap_or_default();
    let as_built = args.switch("--as-built");
    let mut wanted = args.words()?;
    let project = Project::open()?;
    // Before the build: a missing browser should not show after it.
    let programs = browsers::ready(kind, &project.cache)?;
    let dist = project.site(as_built)?;
    let server = Server::start(
        &dist,
        &ServerOptions {
            isolated,
            // With its worker the site would isolate itself, host or not.
            withheld: (!isolated).then_some("/sw.js"),
            ..ServerOptions::default()
        },
    )?;
    let options = BrowserOptions {
        kind,
        one_core,
        ..BrowserOptions::default()
    };
    let browser = Browser::start_with(&programs, &options)?;
    if wanted.is_empty() || wanted == ["all"] {
        wanted = visit::lessons(&browser, &server.url())?;
    }
    let mut worst = Judgement::Passed;
    for lesson in &wanted {
        eprintln!("measuring {lesson}");
        let judgement = match visit::run_lesson(&browser, &server.url(), lesson) {
            Ok(record) => {
                show(&record, json);
                Judgement::of(&record.evidence.checks)
            }
            Err(failure) if failure.status == 2 => return Err(failure),
            Err(failure) => {
                eprintln!("error: {}", failure.text);
                Judgement::Failed
            }
        };
        worst = worst.max(judgement);
    }
    Ok(worst.status())
}

/// What became of a lesson, the worst last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Judgement {
    /// Something passed and nothing failed.
    Passed,
    /// Nothing could be decided.
    Undecided,
    /// A claim is false here, or there is no record.
    Failed,
}

impl Judgement {
    /// Of the checks of one record.
    pub fn of(checks: &[Check]) -> Self {
        let has = |verdict| checks.iter().any(|check| check.verdict == verdict);
        if has(Verdict::Fail) {
            Self::Failed
        } else if has(Verdict::Pass) {
            Self::Passed
        } else {
            Self::Undecided
        }
    }

    /// Its word in a table.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Passed => "pass",
            Self::Undecided => "inconclusive",
            Self::Failed => "fail",
        }
    }

    const fn status(self) -> u8 {
        match self {
            Self::Passed => 0,
            Self::Failed => 1,
            Self::Undecided => 3,
        }
    }
}

fn show(record: &Record, json: bool) {
    if json {
        println!("{}", record.json);
    } else {
        print!("{}", table(&record.evidence));
    }
}

/// The record for people.
fn table(evidence: &Evidence) -> String {
    let env = &evidence.env.capability;
    let mut text = format!(
        "\n{}: {}\n  rung {} ({}), clock step {:.3} ms, {} cores reported, build {}\n",
        evidence.lesson,
        evidence.finding,
        u8::from(env.rung),
        env.reason.id(),
        env.clock_step_nanos as f64 / 1e6,
        env.reported_cores,
        evidence.env.build,
    );
    for (workers, ratio) in &evidence.capacity.by_workers {
        text += &format!(
            "  capacity of {workers} workers {:.2} ({:.2} to {:.2})\n",
            ratio.median, ratio.lo, ratio.hi
        );
    }
    text += "  arm                        median ms            of    n      C      P  speedup\n";
    for arm in &evidence.arms {
        let Some(ms) = evidence.stats.get(&arm.id) else {
            text += &format!("  {:<24} no valid round\n", arm.id);
            continue;
        };
        let figure = |name: &str| {
            let stats = evidence
                .metrics
                .get(&arm.id)
                .and_then(|metrics| metrics.get(name));
            stats.map_or_else(|| "-".to_owned(), |stats| format!("{:.2}", stats.median))
        };
        text += &format!(
            "  {:<24} {:>11.1} {:>15} {:>4} {:>6} {:>6} {:>8}\n",
            arm.id,
            ms.median,
            format!("{:.1}..{:.1}", ms.lo, ms.hi),
            ms.n,
            figure("c"),
            figure("p"),
            figure("speedup"),
        );
    }
    for check in &evidence.checks {
        let word = match check.verdict {
            Verdict::Pass => "pass",
            Verdict::Fail => "FAIL",
            Verdict::Inconclusive => "open",
        };
        text += &format!(
            "  {word}  {}: {:.3} ({:.3} to {:.3}), limit {}",
            check.id, check.value, check.lo, check.hi, check.limit
        );
        if !check.why.is_empty() {
            text += &format!(": {}", check.why);
        }
        text.push('\n');
    }
    for note in &evidence.notes {
        text += &format!("  note: {note}\n");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(verdict: Verdict) -> Check {
        Check {
            id: "a".to_owned(),
            expr: String::new(),
            value: 1.0,
            lo: 1.0,
            hi: 1.0,
            limit: "<= 1".to_owned(),
            verdict,
            why: String::new(),
        }
    }

    #[test]
    fn the_worst_lesson_decides_the_status() {
        use Verdict::{Fail, Inconclusive, Pass};
        let status = |lessons: &[&[Verdict]]| {
            let of = |verdicts: &&[Verdict]| {
                Judgement::of(&verdicts.iter().copied().map(check).collect::<Vec<_>>())
            };
            lessons
                .iter()
                .map(of)
                .max()
                .unwrap_or(Judgement::Passed)
                .status()
        };
        assert_eq!(status(&[&[Pass, Inconclusive], &[Pass]]), 0);
        assert_eq!(status(&[&[Pass], &[Inconclusive]]), 3);
        assert_eq!(status(&[&[]]), 3);
        assert_eq!(status(&[&[Inconclusive], &[Pass, Fail]]), 1);
    }
}
