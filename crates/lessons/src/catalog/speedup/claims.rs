//! What the lesson about speedup claims of a run.

use super::{ALONE, Menu, full_team, hands, teams_of};
use crate::Settings;
use crate::checks::{Claims, is_one_core, metric_of, ratio, scaled};
use analysis::fit::{Timed, fit_amdahl, is_within};
use analysis::laws::{amdahl, gustafson};
use analysis::stats::{FEWEST, summarise};
use analysis::verdict::Limit;
use analysis::waterfall::{LostTo, SERIAL_SHARE, SUM_RATIO};
use model::{ArmInfo, Check, Evidence, RoundRow, Stats};

/// Figure that tells how large the part for one was, as a share of all work.
pub const ALONE_SHARE: &str = SERIAL_SHARE;
/// The law holds where a speedup is within 15 % of it.
const NEAR: Limit = Limit::Between(0.85, 1.15);
/// The fitted share may be this far from the one set.
const FIT_SLACK: f64 = 0.05;
/// Where time went must come to what the stopwatch said.
const SUM: Limit = Limit::Between(0.98, 1.02);
/// Id of the check that holds the fitted share and its interval.
pub const FIT: &str = "fit";

pub fn judge(evidence: &Evidence, settings: &Settings) -> Vec<Check> {
    let menu = Menu::of(settings);
    let mut claims = Claims::new(evidence);
    let is_one_core = is_one_core(evidence);
    for (arm, workers) in teams_of(evidence) {
        let chefs = f64::from(workers);
        let named = |check: &str| [check, ".", arm].concat();
        if is_one_core {
            claims.one_knife(arm);
        }
        if workers == 2 || is_within(workers, hands(evidence, workers)) {
            if menu.grows {
                let expr = ["speedup(", arm, ") / Gustafson for the measured share"].concat();
                let share = against_gustafson(evidence, arm, workers);
                claims.parallel(&named("scaled"), &expr, share, NEAR, &[arm]);
            } else {
                let law = amdahl(menu.serial, chefs);
                let expr = ["speedup(", arm, ") / Amdahl for the share set"].concat();
                let share = scaled(metric_of(evidence, arm, "speedup").as_ref(), law);
                claims.parallel(&named("law"), &expr, share, NEAR, &[arm]);
            }
        }
        let speedup = metric_of(evidence, arm, "speedup");
        let most = Limit::AtMost(1.05 * chefs);
        let expr = ["speedup(", arm, ")"].concat();
        claims.timed(&named("most"), &expr, speedup, most, &[arm]);
        let sum = metric_of(evidence, arm, SUM_RATIO);
        let expr = ["ideal and losses of ", arm, " / ms(", arm, ")"].concat();
        claims.timed(&named("sum"), &expr, sum, SUM, &[arm]);
    }
    if !menu.grows && !is_one_core {
        plateau(&mut claims);
        fit(&mut claims, menu.serial);
    }
    claims.done()
}

/// More chefs than knives are no sooner.
fn plateau(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    let Some((full, knives)) = full_team(evidence) else {
        return;
    };
    for (arm, _) in teams_of(evidence)
        .into_iter()
        .filter(|(_, chefs)| *chefs > knives)
    {
        let id = ["plateau.", arm].concat();
        let expr = ["ms(", full, ") / ms(", arm, ")"].concat();
        let sooner = ratio(evidence, full, arm);
        claims.parallel(&id, &expr, sooner, Limit::AtMost(1.15), &[arm, full]);
    }
}

/// The share that fits the times is the one that was set. Claimed where the law
/// can be tested: with three numbers of chefs for which there are knives.
fn fit(claims: &mut Claims<'_>, serial: f64) {
    let evidence = claims.evidence();
    let teams = teams_of(evidence);
    let capacity = |workers: u32| hands(evidence, workers);
    let within: Vec<&str> = teams
        .iter()
        .filter(|(_, workers)| is_within(*workers, capacity(*workers)))
        .map(|(arm, _)| *arm)
        .collect();
    // One chef alone is the third.
    if within.len() < 2 {
        return;
    }
    let rounds = rounds(evidence, &teams);
    // An interval of fewer rounds is none, and takes as long to find.
    let fitted = (rounds.len() >= FEWEST as usize)
        .then(|| fit_amdahl(&rounds, capacity).ok())
        .flatten();
    let stats = fitted.map(|fit| Stats {
        n: fit.rounds,
        median: fit.serial,
        lo: fit.lo,
        hi: fit.hi,
        mad: 0.0,
        outliers: 0,
    });
    let limit = Limit::Between(serial - FIT_SLACK, serial + FIT_SLACK);
    let expr = "serial share by least absolute deviations, approximate interval";
    claims.parallel(FIT, expr, stats, limit, &within);
}

/// The times of each round: one chef alone, and the teams.
fn rounds(evidence: &Evidence, teams: &[(&str, u32)]) -> Vec<Vec<Timed>> {
    let workers = |row: &RoundRow| {
        let team = teams.iter().find(|(arm, _)| *arm == row.arm);
        team.map(|(_, workers)| *workers)
            .or((row.arm == ALONE).then_some(1))
    };
    let mut rounds: Vec<Vec<Timed>> = Vec::new();
    for row in evidence.rounds.iter().filter(|row| row.valid) {
        let Some(workers) = workers(row) else {
            continue;
        };
        let at = row.round as usize;
        if rounds.len() <= at {
            rounds.resize(at + 1, Vec::new());
        }
        if let Some(round) = rounds.get_mut(at) {
            round.push(Timed {
                workers,
                millis: row.ms,
            });
        }
    }
    rounds
}

/// Measured speedup of a grown problem over what Gustafson says for the share of
/// the time of the same run in which one chef worked alone.
fn against_gustafson(evidence: &Evidence, arm: &str, workers: u32) -> Option<Stats> {
    let ratio = |row: &RoundRow| {
        let serial = alone_share(row, workers)?;
        Some(row.speedup? / gustafson(serial, f64::from(workers)))
    };
    let rows = evidence.rounds.iter();
    let own = rows.filter(|row| row.valid && row.arm == arm);
    summarise(&own.filter_map(ratio).collect::<Vec<f64>>())
}

/// Share of the time of a run in which only one of the team could work.
pub fn alone_share(row: &RoundRow, workers: u32) -> Option<f64> {
    let lost = row.figures.get(&LostTo::Serial.figure())?;
    let chefs = f64::from(workers);
    Some(lost * chefs / (chefs - 1.0) / row.ms).filter(|share| share.is_finite())
}

/// The fitted share with its interval, where it was judged.
pub fn fitted(evidence: &Evidence) -> Option<&Check> {
    let fit = evidence.checks.iter().find(|check| check.id == FIT)?;
    (!fit.why.starts_with("rounds") && !fit.why.contains("; rounds")).then_some(fit)
}

/// Whether the law can be tested on this machine.
pub fn is_testable(evidence: &Evidence) -> bool {
    evidence.checks.iter().any(|check| check.id == FIT)
}

/// The sequential arm a team is compared with.
pub fn base_of<'a>(evidence: &'a Evidence, arm: &str) -> Option<&'a ArmInfo> {
    let own = evidence.arms.iter().find(|info| info.id == arm)?;
    let base = own.base.as_deref()?;
    evidence.arms.iter().find(|info| info.id == base)
}
