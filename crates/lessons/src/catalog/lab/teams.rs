//! What ever larger teams gain in the lab, and where the rest of it went.

use super::pace;
use crate::checks::metric_of;
use crate::drawing::{LineKind, Lost, Speedup, SpeedupLine, SpeedupPoint};
use crate::words::Phrase;
use analysis::laws::karp_flatt;
use analysis::stats::summarise;
use analysis::waterfall::{IDEAL, LostTo};
use model::{ArmInfo, Evidence, RoundRow, Strategy};

/// Runs whose account is shown: more do not fit.
const MOST_ACCOUNTS: usize = 4;

/// Whether it only computes: a wait that overlaps is no speedup of computing.
fn computes(arm: &ArmInfo) -> bool {
    !pace::is_open(arm) && arm.jobs.iter().all(|job| job.wait_millis <= 0.0)
}

/// The teams of the first way of running that was run with several numbers of
/// workers on the same work, by that number.
fn teams(evidence: &Evidence) -> Option<Vec<&ArmInfo>> {
    let is_varied = evidence
        .params
        .get("sweep")
        .is_some_and(|key| key == "workers");
    let of = |strategy: Strategy| {
        let arms = evidence.arms.iter();
        let mut teams: Vec<&ArmInfo> = arms
            .filter(|arm| arm.strategy == strategy && arm.base.is_some() && computes(arm))
            .collect();
        teams.sort_by_key(|arm| arm.workers);
        teams
    };
    let ways = Strategy::ALL.into_iter();
    let mut ways = ways.filter(|strategy| strategy.uses_workers()).map(of);
    ways.find(|teams| is_varied && teams.len() > 1)
}

/// Speedup against workers of a run in which these were varied, from the record
/// alone: the view may have other settings by now.
pub fn speedup(evidence: &Evidence) -> Option<Speedup> {
    let teams = teams(evidence)?;
    let last = teams.last()?.workers;
    let points: Vec<SpeedupPoint> = teams
        .iter()
        .filter_map(|arm| point(evidence, arm))
        .collect();
    let medians = evidence.capacity.by_workers.values();
    let capacity = medians.map(|stats| stats.median).max_by(f64::total_cmp);
    let ideal = SpeedupLine {
        kind: LineKind::Ideal,
        label: Phrase::new("lab.line.ideal"),
        points: vec![(1.0, 1.0), (f64::from(last), f64::from(last))],
        band: Vec::new(),
    };
    (points.len() > 1).then(|| Speedup {
        points,
        lines: vec![ideal],
        capacity,
    })
}

fn valid<'a>(evidence: &'a Evidence, arm: &'a str) -> impl Iterator<Item = &'a RoundRow> {
    let rows = evidence.rounds.iter();
    rows.filter(move |row| row.valid && row.arm == arm)
}

fn point(evidence: &Evidence, arm: &ArmInfo) -> Option<SpeedupPoint> {
    let rounds: Vec<f64> = valid(evidence, &arm.id)
        .filter_map(|row| row.speedup)
        .collect();
    let chefs = f64::from(arm.workers);
    let shares = rounds.iter().filter_map(|s| karp_flatt(*s, chefs));
    let shares: Vec<f64> = shares.collect();
    Some(SpeedupPoint {
        workers: arm.workers,
        speedup: metric_of(evidence, &arm.id, "speedup")?,
        ms: *evidence.stats.get(&arm.id)?,
        serial_share: summarise(&shares),
        rounds,
    })
}

/// Where the speedup of the teams went, each account of the round nearest to the
/// median of its arm, so that its parts are of one run.
pub fn waterfall(evidence: &Evidence) -> Option<Vec<Lost>> {
    let teams = evidence.arms.iter();
    let mut teams: Vec<&ArmInfo> = teams
        .filter(|arm| arm.strategy.uses_workers() && arm.workers > 1 && computes(arm))
        .collect();
    teams.sort_by_key(|arm| arm.workers);
    let told = teams.into_iter().filter_map(|arm| account(evidence, arm));
    let told: Vec<Lost> = told.take(MOST_ACCOUNTS).collect();
    (!told.is_empty()).then_some(told)
}

fn account(evidence: &Evidence, arm: &ArmInfo) -> Option<Lost> {
    let median = evidence.stats.get(&arm.id)?.median;
    let away = |row: &&RoundRow| (row.ms - median).abs();
    let rows = valid(evidence, &arm.id).filter(|row| row.figures.contains_key(IDEAL));
    let row = rows.min_by(|a, b| away(a).total_cmp(&away(b)))?;
    let part = |kind: LostTo| Some((kind, *row.figures.get(&kind.figure())?));
    let key = if arm.variant.is_empty() {
        "lab.team"
    } else {
        "lab.team.varied"
    };
    Some(Lost {
        label: Phrase::new(key)
            .with("strategy", ["@strategy.", arm.strategy.id()].concat())
            .with("n", arm.workers.to_string())
            .with("variant", arm.variant.as_str()),
        ideal_ms: *row.figures.get(IDEAL)?,
        total_ms: row.ms,
        parts: LostTo::ALL.into_iter().filter_map(part).collect(),
    })
}
