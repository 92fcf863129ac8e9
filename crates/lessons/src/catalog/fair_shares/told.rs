//! Claims and sentence about shares, and the line of the chart.

use super::{BLOCK, QUEUE, SEQUENTIAL, WHOLE_MILLIS};
use crate::checks::{
    Claims, Outcome, capacity_of, is_one_core, is_told_of_one_core, metric_of, middle, millis_of,
    outcome, unmeasured,
};
use crate::words::{Phrase, millis, tenth, whole};
use crate::{Finding, FindingKind, Reference, Settings};
use analysis::verdict::Limit;
use model::{ArmInfo, Check, Deal, Evidence};

/// Balance of two stretches of equal number, at most.
const LOPSIDED: f64 = 0.65;
/// Times sooner that two such stretches are done, at most.
const HARDLY_SOONER: f64 = 1.3;
/// Balance where whoever is free takes the next, at least.
const EVEN: f64 = 0.9;
/// Bundles for each worker from which on that is claimed: with fewer the last
/// one is too large a part of the whole.
const ENOUGH: u32 = 8;
/// Capacity for each worker from which on everyone had a core.
const A_CORE_EACH: f64 = 0.85;

/// The teams of a record, in the order run.
fn teams(evidence: &Evidence) -> impl Iterator<Item = &ArmInfo> {
    let arms = evidence.arms.iter();
    arms.filter(|arm| arm.strategy.uses_workers())
}

fn has_a_core_each(evidence: &Evidence, workers: u32) -> bool {
    // Two are judged on any machine: what they lack is a matter of the gates.
    let capacity = capacity_of(evidence, workers).unwrap_or(0.0);
    workers == 2 || capacity >= A_CORE_EACH * f64::from(workers)
}

fn is_on_the_way(arm: &ArmInfo) -> bool {
    matches!(arm.manner.deal, Deal::Queue | Deal::Stealing)
}

/// Whether there is enough to take for everybody.
fn is_fine(arm: &ArmInfo) -> bool {
    arm.tasks.div_ceil(arm.manner.batch.max(1)) >= ENOUGH * arm.workers
}

pub fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    for arm in teams(evidence) {
        let (id, workers) = (arm.id.as_str(), arm.workers);
        if is_one_core(evidence) {
            claims.one_knife(id);
        }
        claims.no_magic(id, workers);
        if !has_a_core_each(evidence, workers) {
            continue;
        }
        let name = |check: &str| [check, ".", id].concat();
        let expr = |figure: &str| [figure, "(", id, ")"].concat();
        let balance = metric_of(evidence, id, "balance");
        if arm.manner.deal == Deal::Block && workers == 2 {
            let limit = Limit::AtMost(LOPSIDED);
            // Whose share is how heavy does not depend on cores.
            claims.timed(
                &name("lopsided"),
                &expr("balance"),
                balance,
                limit,
                &[id, SEQUENTIAL],
            );
            let speedup = metric_of(evidence, id, "speedup");
            let limit = Limit::AtMost(HARDLY_SOONER);
            claims.parallel(&name("hardly"), &expr("speedup"), speedup, limit, &[id]);
        }
        if is_on_the_way(arm) && is_fine(arm) {
            let limit = Limit::AtLeast(EVEN);
            claims.parallel(&name("even"), &expr("balance"), balance, limit, &[id]);
            if !is_one_core(evidence) {
                claims.reaches_capacity(id, workers);
            }
        }
    }
    claims.done()
}

pub fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let row = millis(millis_of(evidence, SEQUENTIAL));
    let Some(block) = evidence.arms.iter().find(|arm| arm.id == BLOCK) else {
        return Finding::new(FindingKind::Undecided, "fair-shares.finding.page").with("row", row);
    };
    let needed = [SEQUENTIAL, BLOCK, QUEUE];
    if !needed.into_iter().all(|id| evidence.stats.contains_key(id)) {
        return unmeasured(evidence, "fair-shares.finding.unmeasured");
    }
    let is_queue = |arm: &&ArmInfo| arm.id == QUEUE;
    let is_coarse = teams(evidence)
        .find(is_queue)
        .is_some_and(|arm| !is_fine(arm));
    let is_crowd = !has_a_core_each(evidence, block.workers);
    let (kind, case) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        _ if is_told_of_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if is_crowd => (FindingKind::Expected, "crowd"),
        Outcome::Held if is_coarse => (FindingKind::Expected, "coarse"),
        Outcome::Held => (FindingKind::Expected, "expected"),
    };
    let percent = |arm: &str, name: &str| whole(100.0 * middle(evidence, arm, name));
    Finding::new(kind, ["fair-shares.finding.", case].concat())
        .with("row", row)
        .with("workers", block.workers.to_string())
        .with("block", millis(millis_of(evidence, BLOCK)))
        .with("block-times", tenth(middle(evidence, BLOCK, "speedup")))
        .with("block-balance", percent(BLOCK, "balance"))
        .with("block-idle", percent(BLOCK, "idle_tail"))
        .with("queue", millis(millis_of(evidence, QUEUE)))
        .with("queue-times", tenth(middle(evidence, QUEUE, "speedup")))
        .with("queue-balance", percent(QUEUE, "balance"))
}

/// The work in a row, shared out evenly among those who had a core.
pub fn references(evidence: &Evidence, _settings: &Settings) -> Vec<Reference> {
    let Some(team) = teams(evidence).next() else {
        return Vec::new();
    };
    let cores = capacity_of(evidence, team.workers).unwrap_or(1.0);
    let row = evidence.stats.get(SEQUENTIAL);
    let row = row.map_or(WHOLE_MILLIS, |stats| stats.median);
    vec![Reference {
        label: Phrase::new("fair-shares.reference"),
        millis: row / cores.clamp(1.0, f64::from(team.workers)),
    }]
}
