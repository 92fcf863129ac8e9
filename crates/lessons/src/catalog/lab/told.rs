//! What the lab says before a run and after it.

use super::kinds::{self, Work};
use super::{
    LESSON, arms, blades, deal, endless, graphics, learning, pace, size, town, vary, wanted,
};
use crate::arms::{rung_notes, runnable};
use crate::checks::{Outcome, middle, millis_of, outcome};
use crate::words::{Phrase, millis, tenth};
use crate::{Finding, FindingKind, Machine, Settings};
use model::{Arm, ArmInfo, Deal, Evidence, Strategy};

pub fn notes(settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    let settings = &kinds::settled(settings, machine);
    match Work::wanted(settings, machine) {
        Work::Nodes => return town::notes(settings, machine),
        Work::Learning => return learning::notes(settings, machine),
        Work::Tasks => {}
    }
    let mut notes = graphics::notes(settings, machine);
    let rate = pace::rate(settings);
    let name = |strategy: Strategy| ["@strategy.", strategy.id()].concat();
    for strategy in wanted(settings, machine) {
        let key = match runnable(strategy, machine) {
            Some(way) if rate > 0.0 && !pace::can_wait(way) => {
                notes.push(Phrase::new("lab.note.all-at-once").with("strategy", name(strategy)));
                continue;
            }
            Some(same) if same == strategy => continue,
            Some(_) => "note.replaced",
            None => "note.left-out",
        };
        notes.push(Phrase::new(key).with("strategy", name(strategy)));
    }
    if notes.iter().any(|note| note.key.starts_with("note.")) {
        notes.extend(rung_notes(machine));
    }
    let tasks = LESSON.value("tasks", settings);
    let jobs = super::jobs(settings, tasks, machine);
    notes.extend(blades::note(settings, &wanted(settings, machine), &jobs));
    if endless::is_wanted(settings, machine) {
        notes.push(Phrase::new("lab.note.endless"));
    }
    let is_messages = |way: &Strategy| runnable(*way, machine) == Some(Strategy::Messages);
    if deal(settings) == Deal::Stealing && wanted(settings, machine).iter().any(is_messages) {
        notes.push(Phrase::new("lab.note.stealing"));
    }
    if vary::is_stuck(settings) {
        notes.push(Phrase::new("lab.note.stuck"));
    }
    if !endless::is_wanted(settings, machine) {
        let plan = super::plan(settings, machine);
        notes.extend(size::notes(&plan, settings, machine));
    }
    let arms = arms(settings, machine);
    let tasks = |arm: &Arm| arm.jobs.iter().map(|job| job.tasks).sum::<u32>();
    let most = arms.iter().map(tasks).max().unwrap_or(0);
    let flooded = pace::flooded(&arms, rate, machine);
    let note = match flooded {
        Some((strategy, served)) => Phrase::new("lab.note.flood")
            .with("strategy", name(strategy))
            .with("served", millis(served)),
        None => Phrase::new("lab.note.short"),
    };
    if rate > 0.0 && (flooded.is_some() || f64::from(most) < LESSON.value("tasks", settings)) {
        notes.push(
            note.with("rate", millis(rate))
                .with("tasks", most.to_string()),
        );
    }
    notes
}

pub fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let own = town::finding(evidence).or_else(|| learning::finding(evidence));
    if let Some(finding) = own {
        return finding;
    }
    let kind = match outcome(evidence) {
        Outcome::Failed => FindingKind::Disagrees,
        Outcome::Open => FindingKind::Undecided,
        Outcome::Held => FindingKind::Expected,
    };
    if kind != FindingKind::Disagrees && evidence.arms.iter().any(pace::is_open) {
        return about_requests(evidence, kind);
    }
    let rest = evidence.arms.iter().filter(|arm| arm.base.is_some());
    let best = rest
        .map(|arm| (arm, middle(evidence, &arm.id, "speedup")))
        .max_by(|a, b| a.1.total_cmp(&b.1));
    let case = match (&best, kind) {
        (_, FindingKind::Disagrees) => "lab.finding.disagrees",
        (None, _) => "lab.finding.alone",
        (Some((_, times)), _) if *times < 1.0 => "lab.finding.row",
        (Some(_), _) => "lab.finding.best",
    };
    let base = best.and_then(|(arm, _)| arm.base.as_deref());
    let row = base.unwrap_or("sequential");
    let mut finding = Finding::new(kind, case).with("row", millis(millis_of(evidence, row)));
    if let Some((arm, times)) = best {
        finding = finding
            .with("strategy", ["@strategy.", arm.strategy.id()].concat())
            .with("n", arm.workers.to_string())
            .with("ms", millis(millis_of(evidence, &arm.id)))
            .with("times", tenth(times));
    }
    finding
}

/// Who served 99 of 100 soonest, and who could not keep up.
fn about_requests(evidence: &Evidence, kind: FindingKind) -> Finding {
    let figure = |arm: &ArmInfo, name| middle(evidence, &arm.id, name);
    let best = evidence
        .arms
        .iter()
        .filter(|arm| figure(arm, "latency_p99_ms") > 0.0)
        .min_by(|a, b| figure(a, "latency_p99_ms").total_cmp(&figure(b, "latency_p99_ms")));
    let Some(best) = best else {
        return Finding::new(kind, "lab.finding.alone")
            .with("row", millis(millis_of(evidence, "sequential")));
    };
    let grown = pace::grown(evidence);
    let case = if grown.is_some() {
        "lab.finding.grown"
    } else {
        "lab.finding.served"
    };
    let name = |arm: &ArmInfo| ["@strategy.", arm.strategy.id()].concat();
    Finding::new(kind, case)
        .with("strategy", name(best))
        .with("last", millis(figure(best, "latency_p99_ms")))
        .with("half", millis(figure(best, "latency_p50_ms")))
        .with("other", name(grown.unwrap_or(best)))
        .with("rate", millis(figure(best, "rate_per_s")))
}
