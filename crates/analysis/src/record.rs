//! From everything measured to the evidence record.

use crate::rounds::{Round, rounds};
use crate::summary::share;
use crate::{Measured, capacity, insight, stats};
use model::{Arm, ArmInfo, Environment, Evidence, Metrics};
use std::collections::{BTreeMap, BTreeSet};

/// The record of a measured plan: rows with their validity, statistics,
/// metrics and capacity. `params`, `checks` and `finding` are left empty for
/// the lesson.
///
/// A round counts unless, in this order: the page was hidden; nothing ran for
/// more than 1 s (plus the longest wait asked for); the trace contradicts
/// itself ([`crate::sane`]) or lacks a task; its checksum is not that of most rounds
/// with the same label of work (on a tie, of the sequential arms); or P is more
/// than 10 % (plus clock noise) above the time on core. Ratios are taken
/// inside a round and only against a base that counts. Void rounds stay in
/// `rounds`, are named in `notes`, and enter no statistic.
#[must_use]
pub fn record(measured: &Measured) -> Evidence {
    let mut notes = measured.notes.clone();
    let rounds = rounds(measured, &mut notes);
    let mut stats = BTreeMap::new();
    let mut metrics = BTreeMap::new();
    for arm in &measured.plan.arms {
        let valid: Vec<&Round> = rounds
            .iter()
            .filter(|round| round.row.valid && round.arm.id == arm.id)
            .collect();
        if let Some(makespan) = stats_of(&valid, |round| Some(round.row.ms)) {
            stats.insert(arm.id.clone(), makespan);
            metrics.insert(arm.id.clone(), metrics_of(&valid));
        }
    }
    let capacity = capacity::from_probes(&measured.probes);
    for arm in measured.plan.arms.iter().filter(|arm| computes(arm)) {
        // P, not speedup: overlapped waiting may well finish 8 times sooner.
        let speedup = metrics.get(&arm.id).and_then(|metrics| metrics.get("p"));
        let bare = capacity::at(&capacity, arm.workers);
        if let (Some(speedup), Some(bare)) = (speedup, bare)
            && arm.strategy.uses_workers()
            && insight::above_capacity(speedup, &bare)
        {
            notes.push([&arm.id, ": faster than bare workers were; do not trust it"].concat());
        }
    }
    Evidence {
        schema: Evidence::SCHEMA.into(),
        lesson: measured.plan.lesson.clone(),
        params: BTreeMap::new(),
        seed: measured.plan.seed,
        env: Environment {
            capability: measured.capability.clone(),
            build: measured.build.clone(),
            started: measured.started.clone(),
        },
        arms: measured.plan.arms.iter().map(arm_info).collect(),
        rounds: rounds.into_iter().map(|round| round.row).collect(),
        stats,
        metrics,
        capacity,
        warmth: measured.warmth.clone(),
        checks: Vec::new(),
        finding: String::new(),
        notes,
    }
}

fn arm_info(arm: &Arm) -> ArmInfo {
    ArmInfo {
        id: arm.id.clone(),
        strategy: arm.strategy,
        variant: arm.variant.clone(),
        workers: arm.workers,
        workload: arm.workload.clone(),
        place: arm.place,
        tasks: task_count(arm),
        base: arm.base.clone(),
        manner: arm.manner,
        jobs: arm.jobs.clone(),
        edges: arm.edges.clone(),
    }
}

pub(crate) fn task_count(arm: &Arm) -> u32 {
    arm.jobs.iter().map(|job| job.tasks).sum::<u32>() + arm.reducers()
}

fn computes(arm: &Arm) -> bool {
    arm.jobs.iter().any(|job| job.busy_millis > 0.0)
}

fn stats_of(rounds: &[&Round], figure: impl Fn(&Round) -> Option<f64>) -> Option<model::Stats> {
    let values: Vec<f64> = rounds.iter().filter_map(|round| figure(round)).collect();
    stats::summarise(&values)
}

type Figure = fn(&Round) -> Option<f64>;

const FIGURES: [(&str, Figure); 10] = [
    ("c", |round| Some(round.row.c)),
    ("p", |round| round.row.p),
    ("p_ticks", |round| Some(round.row.p_ticks)),
    ("peak", |round| Some(f64::from(round.row.peak))),
    ("hollow", |round| Some(round.row.hollow)),
    ("speedup", |round| round.row.speedup),
    ("mean_finish_ms", |round| Some(round.row.mean_finish_ms)),
    ("all_started_ms", |round| Some(round.row.all_started_ms)),
    ("time_ratio", |round| {
        round.row.speedup.and_then(|speedup| share(1.0, speedup))
    }),
    ("finish_ratio", |round| round.finish_ratio),
];

fn metrics_of(rounds: &[&Round]) -> Metrics {
    let named = FIGURES
        .iter()
        .filter_map(|(name, figure)| Some(((*name).to_string(), stats_of(rounds, figure)?)));
    let further: BTreeSet<&String> = rounds
        .iter()
        .flat_map(|round| round.row.figures.keys())
        .collect();
    let further = further.into_iter().filter_map(|name| {
        let stats = stats_of(rounds, |round| round.row.figures.get(name).copied())?;
        Some((name.clone(), stats))
    });
    named.chain(further).collect()
}
