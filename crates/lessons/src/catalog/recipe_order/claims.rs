//! What the lesson about the recipe's order claims of a run.

use super::{ALONE, JUGGLING, measured, teams_of};
use crate::Settings;
use crate::checks::{Claims, capacity_of, is_one_core, metric_of, ratio, scaled};
use crate::serving::rows;
use analysis::stats::summarise;
use analysis::verdict::{Limit, judge_exact};
use analysis::work_span::WorkSpan;
use model::{ArmInfo, Check, Evidence, RoundRow, Stats};

/// The same work twice takes up to this much less: clocks of cores differ.
const LEAST: f64 = 0.95;
/// A run may take this many times the bound.
const MOST: f64 = 1.15;

pub fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    let Some(found) = measured(evidence) else {
        return claims.done();
    };
    claims.push(judge_exact(
        "ordered",
        "times that a step began before what it needs was done, all rounds",
        broken(evidence),
        Limit::Equal,
        &[],
    ));
    let has_juggling = evidence.arms.iter().any(|arm| arm.id == JUGGLING);
    if has_juggling {
        claims.no_faster(JUGGLING);
    }
    let is_one_core = is_one_core(evidence);
    for team in teams_of(evidence) {
        bounds(&mut claims, team, &found);
        if is_one_core {
            claims.one_knife(&team.id);
        } else {
            reaches(&mut claims, team, &found);
        }
        claims.no_magic(&team.id, team.workers);
    }
    if !is_one_core {
        beyond(&mut claims, &found);
    }
    claims.done()
}

/// How often a step began too early, void rounds included; a round that counts
/// and does not say is one.
fn broken(evidence: &Evidence) -> f64 {
    let has_edges = |row: &&RoundRow| {
        let mut arms = evidence.arms.iter();
        arms.any(|arm| arm.id == row.arm && !arm.edges.is_empty())
    };
    let rows = evidence.rounds.iter().filter(has_edges);
    rows.map(|row| {
        let told = row.figures.get("edges_broken").copied();
        told.unwrap_or(if row.valid { 1.0 } else { 0.0 })
    })
    .sum()
}

/// No sooner than the longest chain and the work shared out evenly allow, which
/// holds whatever the cores; and with free cores not much later than both
/// together (Brent).
fn bounds(claims: &mut Claims<'_>, team: &ArmInfo, found: &WorkSpan) {
    let evidence = claims.evidence();
    let arms = [&*team.id, ALONE];
    let workers = f64::from(team.workers);
    let over = |of: &dyn Fn(WorkSpan) -> f64| against_alone(evidence, team, found, of);
    let id = ["chain.", &*team.id].concat();
    let count = team.workers.to_string();
    let expr = [
        "ms(",
        &*team.id,
        ") / max(work / ",
        &*count,
        ", longest chain)",
    ];
    let least = over(&|alone| alone.least(workers));
    claims.timed(&id, &expr.concat(), least, Limit::AtLeast(LEAST), &arms);
    let knives = knives_of(evidence, team);
    let id = ["brent.", &*team.id].concat();
    let expr = [
        "ms(",
        &*team.id,
        ") / (work / min(",
        &*count,
        ", capacity) + longest chain)",
    ];
    let most = over(&|alone| alone.work / knives + alone.span);
    claims.parallel(&id, &expr.concat(), most, Limit::AtMost(MOST), &arms);
}

/// Up to the number of knives a team is sooner as often as the recipe allows.
fn reaches(claims: &mut Claims<'_>, team: &ArmInfo, found: &WorkSpan) {
    let evidence = claims.evidence();
    let knives = knives_of(evidence, team);
    if knives < 0.85 * f64::from(team.workers) && team.workers > 2 {
        return;
    }
    let speedup = metric_of(evidence, &team.id, "speedup");
    let share = scaled(speedup.as_ref(), knives.min(found.parallelism()));
    let expr = [
        "speedup(",
        &*team.id,
        ") / min(capacity, work / longest chain)",
    ];
    let id = ["allowed.", &*team.id].concat();
    claims.parallel(&id, &expr.concat(), share, Limit::AtLeast(0.8), &[&team.id]);
}

/// Chefs beyond what recipe and knives can use make nothing sooner.
fn beyond(claims: &mut Claims<'_>, found: &WorkSpan) {
    let evidence = claims.evidence();
    let Some((full, rest)) = enough(evidence, found) else {
        return;
    };
    for team in rest {
        let sooner = ratio(evidence, &full.id, &team.id);
        let expr = ["ms(", &*full.id, ") / ms(", &*team.id, ")"].concat();
        let id = ["beyond.", &*team.id].concat();
        claims.parallel(&id, &expr, sooner, Limit::AtMost(MOST), &[&team.id]);
    }
}

/// The smallest team that can do what the largest can, and those beyond it.
pub fn enough<'a>(
    evidence: &'a Evidence,
    found: &WorkSpan,
) -> Option<(&'a ArmInfo, Vec<&'a ArmInfo>)> {
    let teams = teams_of(evidence);
    let least = |team: &ArmInfo| found.least(knives_of(evidence, team));
    let best = teams
        .iter()
        .map(|team| least(team))
        .fold(f64::MAX, f64::min);
    let at = teams.iter().position(|team| least(team) <= 1.05 * best)?;
    let rest = teams.get(at + 1..).unwrap_or_default().to_vec();
    Some((teams.get(at)?, rest))
}

/// As many knives as a team can use, by probes: at least one.
pub fn knives_of(evidence: &Evidence, team: &ArmInfo) -> f64 {
    let workers = f64::from(team.workers);
    let capacity = capacity_of(evidence, team.workers).unwrap_or(workers);
    capacity.clamp(1.0, workers)
}

/// The time of a team over what the steps one after another say of it, each pair
/// from one round. Where steps need nothing their longest is as planned.
fn against_alone(
    evidence: &Evidence,
    team: &ArmInfo,
    found: &WorkSpan,
    of: &dyn Fn(WorkSpan) -> f64,
) -> Option<Stats> {
    let mut ratios = Vec::new();
    for own in rows(evidence, &team.id) {
        let alone = rows(evidence, ALONE).find(|row| row.round == own.round);
        if let Some(alone) = alone {
            let figure = |row: &RoundRow, name: &str| row.figures.get(name).copied();
            let bound = of(WorkSpan {
                work: figure(alone, "work_ms").unwrap_or(alone.ms),
                span: figure(alone, "span_ms").unwrap_or(found.span),
                chain: Vec::new(),
            });
            if bound > 0.0 {
                ratios.push(own.ms / bound);
            }
        }
    }
    summarise(&ratios)
}
