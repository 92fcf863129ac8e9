//! Claims about the machine, and about learning.

use super::plan::{BLADES, GPU, ONE, TRAIN_ONE, arms_of, ids, tables};
use crate::Settings;
use crate::checks::{Claims, is_one_core, metric_of, middle, ratio, scaled};
use crate::serving::ratio_of;
use analysis::verdict::{self, Limit, judge_exact};
use model::{ArmInfo, Check, Evidence, Strategy, Training};

/// The most that rounding can explain of a number, as a share of it,
const ROUNDING: f64 = 1e-3;
/// and of the points of a picture: rounding moves some across an edge.
const MOVED_POINTS: f64 = 0.05;
/// What a small table takes one chef of what it takes the machine, at most.
const SMALL: f64 = 0.5;
/// What a large table takes a real machine of what it takes one chef, at most.
const LARGE: f64 = 0.5;
/// Rows from which on a table is large.
pub const LARGE_FROM: u32 = 512;
/// What a table takes with four blades of what it takes with one, at most.
const FOUR_BLADES: f64 = 0.8;
/// Rows from which on a table is mostly multiplying.
const TELLING: u32 = 128;
/// How far the errors of two trainings may lie apart, as a share.
const SAME_LOSS: f64 = 1e-4;
/// Digits that were kept from those who learned and are read rightly, at least.
const READ: f64 = 0.9;

/// Whether the machine of this run is played by software; `None` where there is none.
pub fn is_software(evidence: &Evidence) -> Option<bool> {
    let mut arms = evidence.arms.iter();
    let figure = arms.find_map(|arm| metric_of(evidence, &arm.id, "gpu.software"))?;
    Some(figure.median > 0.5)
}

/// Whether every point of its work is compared, and not how far a number is off.
fn paints(arm: &ArmInfo) -> bool {
    let mut jobs = arm.jobs.iter();
    jobs.any(|job| job.workload == "mandelbrot-f32")
}

fn over(top: &str, bottom: &str) -> String {
    ["ms(", top, ") / ms(", bottom, ")"].concat()
}

pub fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    blades(&mut claims);
    machine(&mut claims);
    learns(&mut claims, TRAIN_ONE);
    claims.done()
}

/// Several numbers at a time are sooner, wherever the machine is.
fn blades(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    let Some(&(four, side)) = arms_of(evidence, BLADES).last() else {
        return;
    };
    let one = ids(ONE, side);
    if side >= TELLING {
        claims.timed(
            "blades",
            &over(&four.id, &one),
            ratio(evidence, &four.id, &one),
            Limit::AtMost(FOUR_BLADES),
            &[&four.id, &one],
        );
    }
    for team in evidence
        .arms
        .iter()
        .filter(|arm| arm.strategy.uses_workers())
    {
        // Small tables are mostly handing over.
        let is_small = team.variant.parse().is_ok_and(|side: u32| side < TELLING);
        if team.base.is_some() && !is_small {
            claims.no_magic(&team.id, team.workers);
        }
    }
    if is_one_core(evidence)
        && let Some((team, _)) = largest_team(evidence)
    {
        claims.one_knife(&team.id);
    }
}

/// The team with the largest tables.
pub fn largest_team(evidence: &Evidence) -> Option<(&ArmInfo, u32)> {
    let of = |way: Strategy| arms_of(evidence, way.id()).last().copied();
    of(Strategy::Pool).or_else(|| of(Strategy::Messages))
}

fn machine(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    let Some(is_software) = is_software(evidence) else {
        return;
    };
    let kind = middle_of_any(evidence, "gpu.software");
    claims.push(judge_exact(
        "adapter",
        "gpu.software: 1 played by software, 0 a processor of its own",
        kind,
        Limit::Between(0.0, 1.0),
        &[],
    ));
    agrees(claims);
    let arms = timed_arms(evidence);
    let (Some(&(small, few)), Some(&(large, many))) = (arms.first(), arms.last()) else {
        return;
    };
    let one = ids(ONE, few);
    if few < LARGE_FROM {
        // The machine multiplies one table, the chef several.
        let share = ratio(evidence, &one, &small.id);
        let n = tables(ONE, few);
        let expr = [&over(&one, &small.id), " / ", &*n.to_string()].concat();
        claims.timed(
            "small",
            &expr,
            scaled(share.as_ref(), f64::from(n)),
            Limit::AtMost(SMALL),
            &[&one, &small.id],
        );
    }
    // What software plays takes the knives that it is compared with.
    if !is_software && many >= LARGE_FROM {
        let one = ids(ONE, many);
        claims.timed(
            "large",
            &over(&large.id, &one),
            ratio(evidence, &large.id, &one),
            Limit::AtMost(LARGE),
            &[&one, &large.id],
        );
    }
}

/// Where the graphics processor did something, it gave what its twin gives.
pub fn agrees(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    for arm in &evidence.arms {
        let Some(error) = metric_of(evidence, &arm.id, "gpu.error") else {
            continue;
        };
        let most = if paints(arm) { MOVED_POINTS } else { ROUNDING };
        let id = ["agrees.", &arm.id].concat();
        let expr = ["gpu.error(", &arm.id, ")"].concat();
        claims.push(verdict::judge(
            &id,
            &expr,
            Some(&error),
            Limit::AtMost(most),
            &[],
        ));
    }
}

/// Sizes of tables that the machine could do.
pub fn timed_arms(evidence: &Evidence) -> Vec<(&ArmInfo, u32)> {
    let mut arms = arms_of(evidence, GPU);
    arms.retain(|(arm, _)| evidence.stats.contains_key(&arm.id));
    arms
}

fn middle_of_any(evidence: &Evidence, name: &str) -> f64 {
    let arms = evidence.arms.iter();
    let mut known = arms.filter(|arm| metric_of(evidence, &arm.id, name).is_some());
    known
        .next()
        .map_or(f64::NAN, |arm| middle(evidence, &arm.id, name))
}

/// Whoever learns, and however many: the same error in the end.
pub fn learns(claims: &mut Claims<'_>, one: &str) {
    let evidence = claims.evidence();
    let learned = evidence
        .arms
        .iter()
        .filter(|arm| arm.manner.training.is_some());
    for arm in learned {
        // Without waiting for each other they take other steps.
        let is_hasty = arm
            .manner
            .training
            .is_some_and(|training| training.is_async);
        if arm.id != one && !is_hasty {
            let id = ["same-loss.", &arm.id].concat();
            let expr = ["loss(", &arm.id, ") / loss(", one, ")"].concat();
            let share = ratio_of(evidence, "loss", &arm.id, one);
            let limit = Limit::Between(1.0 - SAME_LOSS, 1.0 + SAME_LOSS);
            claims.push(verdict::judge(&id, &expr, share.as_ref(), limit, &[]));
        }
        let has_steps = |training: Training| !is_hasty && training.steps() >= ENOUGH_STEPS;
        if arm.manner.training.is_some_and(has_steps) {
            let id = ["accuracy.", &arm.id].concat();
            let expr = ["accuracy(", &arm.id, ")"].concat();
            let accuracy = metric_of(evidence, &arm.id, "accuracy");
            let limit = Limit::AtLeast(READ);
            claims.push(verdict::judge(&id, &expr, accuracy.as_ref(), limit, &[]));
        }
    }
}

/// Steps after which digits must have been learned.
const ENOUGH_STEPS: u32 = 120;
