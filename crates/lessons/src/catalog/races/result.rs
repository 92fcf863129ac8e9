//! What is claimed of a run with a tally, and said about it.

use super::{LESSON, count, is_enough, workers};
use crate::checks::{Claims, Outcome, is_one_core, metric_of, middle, outcome};
use crate::drawing::Counts;
use crate::words::{Phrase, grouped, tenth, whole};
use crate::{ChartKind, Drawing, Finding, FindingKind, Settings};
use analysis::stats::FEWEST;
use analysis::verdict::{Gate, Limit, judge as verdict, judge_exact};
use model::{Check, Evidence, RoundRow};
use std::collections::BTreeSet;

/// Figures of a round: what the tally showed, and how many additions were lost.
const COUNT: &str = "count";
pub const LOST: &str = "lost";
/// Ways that must be exact, whatever the machine.
const EXACT: [&str; 5] = ["one", "juggling", "atomic", "mutex", "local"];
/// Ways that the sentence about a whole run names.
const SPOKEN_OF: [&str; 4] = ["atomic", "mutex", "two-locks", "local"];
/// Share that a loose tally loses at least, and one under two locks. The latter
/// spend most of their time in taking locks.
const LOOSE_SHARE: f64 = 0.01;
const TWO_LOCKS_SHARE: f64 = 0.001;
/// Runs of which at least two must differ.
const RUNS: usize = 10;

/// Valid rounds of an arm, in the order run.
pub fn rows<'a>(evidence: &'a Evidence, arm: &'a str) -> impl Iterator<Item = &'a RoundRow> {
    let rows = evidence.rounds.iter();
    rows.filter(move |row| row.valid && row.arm == arm)
}

fn has(evidence: &Evidence, arm: &str) -> bool {
    evidence.arms.iter().any(|info| info.id == arm)
}

fn figure(row: &RoundRow, name: &str) -> f64 {
    row.figures.get(name).copied().unwrap_or(f64::NAN)
}

pub fn judge(evidence: &Evidence, settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    let exact = EXACT.into_iter().filter(|arm| has(evidence, arm));
    for arm in exact {
        claims.push(is_exact(evidence, arm));
    }
    // What needs two cores: with one, a worker is rarely stopped in mid-addition.
    let gates = [
        Gate::capacity(&evidence.capacity),
        Gate::drift(&evidence.capacity, 2),
    ];
    let share = |arm: &str, name: &str, least: f64| {
        let id = ["loses.", arm].concat();
        let expr = [name, "(", arm, ")"].concat();
        let stats = metric_of(evidence, arm, name);
        verdict(&id, &expr, stats.as_ref(), Limit::AtLeast(least), &gates)
    };
    if is_enough(settings) {
        for (arm, least) in [("loose", LOOSE_SHARE), ("two-locks", TWO_LOCKS_SHARE)] {
            if has(evidence, arm) {
                claims.push(share(arm, "lost_share", least));
            }
        }
        if has(evidence, "loose") {
            let totals = different(evidence, "loose", RUNS) as f64;
            let expr = "different totals in the first 10 runs of loose";
            let limit = Limit::AtLeast(2.0);
            let check = judge_exact("differs.loose", expr, totals, limit, &gates);
            claims.push(check);
        }
        if has(evidence, "tickets") {
            claims.push(share("tickets", "oversold", 1.0));
        }
    }
    claims.done()
}

/// Counts the runs whose tally did not show every addition.
fn is_exact(evidence: &Evidence, arm: &str) -> Check {
    let is_wrong = |row: &&RoundRow| figure(row, COUNT) != figure(row, "wanted");
    let wrong = rows(evidence, arm).filter(is_wrong).count() as f64;
    let is_known = rows(evidence, arm).count() >= FEWEST as usize;
    let expr = ["runs of ", arm, " with a wrong count"].concat();
    let id = ["exact.", arm].concat();
    let value = if is_known { wrong } else { f64::NAN };
    judge_exact(&id, &expr, value, Limit::Equal, &[])
}

/// How many different totals there were in the first so many valid runs.
fn different(evidence: &Evidence, arm: &str, runs: usize) -> usize {
    let totals = rows(evidence, arm).take(runs);
    let totals: BTreeSet<u64> = totals.map(|row| figure(row, COUNT) as u64).collect();
    totals.len()
}

pub fn finding(evidence: &Evidence, settings: &Settings) -> Finding {
    let outcome = outcome(evidence);
    let kind = match outcome {
        Outcome::Failed => FindingKind::Disagrees,
        Outcome::Open => FindingKind::Undecided,
        Outcome::Held => FindingKind::Expected,
    };
    let (shown, missing) = if has(evidence, "tickets") {
        ("tickets", "oversold")
    } else if has(evidence, "loose") {
        ("loose", LOST)
    } else {
        ("juggling", LOST)
    };
    let (kind, case) = match outcome {
        _ if shown == "juggling" => (kind, "alone"),
        Outcome::Failed => (kind, "disagrees"),
        _ if is_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Open => (kind, "undecided"),
        Outcome::Held if shown == "tickets" => (kind, "tickets"),
        Outcome::Held if !is_enough(settings) => (kind, "few"),
        // Speaks of every way there is.
        Outcome::Held if SPOKEN_OF.iter().all(|arm| has(evidence, arm)) => (kind, "expected"),
        Outcome::Held => (kind, "few"),
    };
    let runs = rows(evidence, shown).count();
    let right = rows(evidence, shown).filter(|row| figure(row, missing) == 0.0);
    let wanted = rows(evidence, shown)
        .next()
        .map_or(0.0, |row| figure(row, "wanted"));
    Finding::new(kind, ["races.finding.", case].concat())
        .with("workers", workers(settings).to_string())
        .with("each", grouped(&whole(count(settings))))
        .with("count", grouped(&whole(middle(evidence, shown, COUNT))))
        .with("wanted", grouped(&whole(wanted)))
        .with("missing", grouped(&whole(middle(evidence, shown, missing))))
        .with(
            "share",
            tenth(100.0 * middle(evidence, shown, "lost_share")),
        )
        .with("runs", runs.to_string())
        .with("right", right.count().to_string())
        .with("totals", different(evidence, shown, runs).to_string())
}

/// A dot for every run.
pub fn data(kind: ChartKind, evidence: &Evidence, _settings: &Settings) -> Option<Drawing> {
    if kind != ChartKind::Counts {
        return None;
    }
    let of =
        |arm: &str| -> Vec<f64> { rows(evidence, arm).map(|row| figure(row, COUNT)).collect() };
    let labels = evidence.arms.iter().map(|arm| {
        let label = Phrase::new([LESSON.id, ".arm.", &arm.id].concat());
        (label, of(&arm.id))
    });
    let labels: Vec<_> = labels.filter(|(_, counts)| !counts.is_empty()).collect();
    let first = evidence.rounds.iter().find(|row| row.valid)?;
    let across = if has(evidence, "tickets") {
        "races.sold"
    } else {
        "races.counted"
    };
    Some(Drawing::Counts(Counts {
        across: Phrase::new(across),
        wanted: first.figures.get("wanted").copied()?,
        rows: labels,
    }))
}
