//! What a record must show, whichever machine wrote it.

use crate::record::{
    REASONS, busy, contradictions, figure, interval, reason, share_of_rounds, waits,
};
use crate::timeline::Run;
use crate::visit::Visit;
use model::{Evidence, Verdict};
use std::collections::BTreeSet;

/// Only probes that show a busy machine excuse another try.
pub const TRIES: usize = 3;

/// Runs a lesson until its probes say that two cores were there, then holds the
/// record against itself: no claim failed, none is open without an excuse.
pub fn measured(visit: &Visit, fragment: &str) -> Evidence {
    let mut tried = 0;
    loop {
        let evidence = recorded(visit, fragment);
        tried += 1;
        match busy(&evidence) {
            Some(why) if tried < TRIES => eprintln!("{fragment}: {why}; once more"),
            _ => {
                decided(&evidence);
                fair(&evidence);
                return evidence;
            }
        }
    }
}

/// Runs a lesson once; its record follows from its own rounds and probes.
pub fn recorded(visit: &Visit, fragment: &str) -> Evidence {
    let evidence = visit.run(fragment);
    assert_eq!(visit.errors(), [""; 0], "{fragment}");
    let faults = contradictions(&evidence);
    assert!(faults.is_empty(), "{fragment}: {faults:#?}");
    evidence
}

/// No claim failed, and open ones say why in a way that is allowed.
pub fn decided(evidence: &Evidence) {
    assert!(evidence.checks.len() >= 3, "{}", evidence.lesson);
    for check in &evidence.checks {
        match check.verdict {
            Verdict::Pass => {}
            Verdict::Fail => panic!("{}: {check:?}", evidence.lesson),
            Verdict::Inconclusive => {
                eprintln!("{}: open: {}: {}", evidence.lesson, check.id, check.why);
                assert!(REASONS.contains(&reason(check)), "{check:?}");
            }
        }
    }
    assert!(!evidence.finding.is_empty() && !evidence.finding.contains('{'));
}

/// Enough rounds, in an order that was drawn for each, and times that look
/// measured: not all alike, and different from round to round.
pub fn fair(evidence: &Evidence) {
    let mut orders: BTreeSet<Vec<u32>> = BTreeSet::new();
    let rounds = 1 + evidence
        .rounds
        .iter()
        .map(|row| row.round)
        .max()
        .unwrap_or(0);
    assert!(rounds >= 6, "{rounds} rounds");
    for round in 0..rounds {
        let order = evidence.arms.iter().filter_map(|arm| {
            let mut rows = evidence.rounds.iter();
            rows.find(|row| row.round == round && row.arm == arm.id)
        });
        orders.insert(order.map(|row| row.order).collect());
    }
    assert!(orders.len() > 1, "every round had the same order");
    for arm in &evidence.arms {
        let rows = evidence.rounds.iter().filter(|row| row.arm == arm.id);
        let times: BTreeSet<u64> = rows.map(|row| row.ms.to_bits()).collect();
        assert!(
            times.len() > 1,
            "all rounds of {} took the same time",
            arm.id
        );
    }
}

/// Holds an interval against bounds; only being wholly outside is a fault,
/// since a noisy machine may widen it.
pub fn not_outside(what: &str, values: &[f64], least: f64, most: f64) {
    let (lo, median, hi) = interval(values);
    assert!(
        hi >= least && lo <= most,
        "{what}: {median} ({lo} to {hi}) against {least} to {most}"
    );
}

/// Makespans of the rounds of an arm that count, in milliseconds.
#[must_use]
pub fn times(evidence: &Evidence, arm: &str) -> Vec<f64> {
    let rows = evidence.rounds.iter();
    rows.filter(|row| row.arm == arm && row.valid)
        .map(|row| row.ms)
        .collect()
}

/// Waits in progress together take about as long as the longest of them, and
/// those of the base in a row as long as their sum.
///
/// # Panics
/// When they do not.
pub fn waits_overlap(evidence: &Evidence, arm: &str, base: &str) {
    let info = evidence.arms.iter().find(|info| info.id == arm);
    let info = info.unwrap_or_else(|| panic!("no {arm}"));
    let (longest, stir) = waits(info);
    not_outside(arm, &times(evidence, arm), longest, 1.15 * longest + stir);
    let sum: f64 = info
        .jobs
        .iter()
        .map(|job| f64::from(job.tasks) * job.wait_millis)
        .sum();
    not_outside(base, &times(evidence, base), 0.95 * sum, f64::INFINITY);
}

/// Taking turns is no faster than one after another, though all are under way.
pub fn juggling_is_not_faster(evidence: &Evidence, arm: &str, base: &str, runs: &[Run]) {
    not_outside(arm, &share_of_rounds(evidence, arm, base), 0.95, 1.15);
    let tasks = evidence
        .arms
        .iter()
        .find(|info| info.id == arm)
        .map(|info| info.tasks);
    for row in evidence
        .rounds
        .iter()
        .filter(|row| row.arm == arm && row.valid)
    {
        assert_eq!(Some(row.peak), tasks, "all are in progress at one instant");
    }
    assert_eq!(figure(evidence, base, "peak").hi, 1.0);
    not_outside("p", &parallelism(evidence, arm, base, runs), 0.0, 1.10);
}

/// P of every valid round, from the trace: time on a core of the base's tasks
/// over the makespan of this arm. Must be the one in the record.
pub fn parallelism(evidence: &Evidence, arm: &str, base: &str, runs: &[Run]) -> Vec<f64> {
    let rows = evidence
        .rounds
        .iter()
        .filter(|row| row.arm == arm && row.valid);
    let told = rows.filter_map(|row| {
        let mut runs = runs.iter();
        let base = runs.find(|run| run.arm == base && run.round == row.round)?;
        let p = base.work_millis() / row.ms;
        let of_record = row.p.unwrap_or(f64::NAN);
        assert!(
            (p / of_record - 1.0).abs() < 0.02,
            "{arm}: P is {p}, the record says {of_record}"
        );
        Some(p)
    });
    told.collect()
}

/// A team does at least 0.8 of what bare workers did before and after it.
pub fn teams_reach_capacity(evidence: &Evidence, runs: &[Run]) {
    let Some(two) = evidence.capacity.by_workers.get(&2) else {
        panic!("two workers were not probed");
    };
    let team = evidence
        .arms
        .iter()
        .find(|arm| arm.strategy.uses_workers() && arm.workers == 2 && waits(arm).0 == 0.0)
        .expect("two chefs chop");
    let base = team
        .base
        .as_deref()
        .expect("compared with one after another");
    let speedups: Vec<f64> = share_of_rounds(evidence, &team.id, base)
        .iter()
        .map(|ratio| 1.0 / ratio)
        .collect();
    let p = parallelism(evidence, &team.id, base, runs);
    assert!(!p.is_empty(), "no valid round of {}", team.id);
    if busy(evidence).is_none() {
        not_outside(&team.id, &speedups, 0.8 * two.median, 1.05 * two.median);
    }
}
