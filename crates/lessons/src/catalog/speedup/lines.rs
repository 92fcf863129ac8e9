//! The points and lines of the speedup chart, and where the time went.

use super::{ALONE, Menu, claims, full_team, knives, teams_of};
use crate::Settings;
use crate::checks::metric_of;
use crate::drawing::{LineKind, Lost, Speedup, SpeedupLine, SpeedupPoint};
use crate::words::{Phrase, whole};
use analysis::laws::{amdahl, gustafson, karp_flatt};
use analysis::stats::summarise;
use analysis::waterfall::{IDEAL, LostTo};
use model::{ArmInfo, Evidence, RoundRow};

/// Teams whose account is shown: more do not fit.
const MOST_ACCOUNTS: usize = 3;
/// Points of a line for each chef more.
const FINE: u32 = 4;

pub fn speedup(evidence: &Evidence, settings: &Settings) -> Option<Speedup> {
    let menu = Menu::of(settings);
    let arms = evidence.arms.iter();
    let mut teams: Vec<&ArmInfo> = arms.filter(|arm| arm.strategy.uses_workers()).collect();
    teams.sort_by_key(|arm| arm.workers);
    let points: Vec<SpeedupPoint> = teams
        .iter()
        .filter_map(|arm| point(evidence, arm))
        .collect();
    let last = teams.last()?.workers;
    if points.is_empty() {
        return None;
    }
    let line = |kind, label: Phrase, law: &dyn Fn(f64) -> f64| SpeedupLine {
        kind,
        label,
        points: places(last).map(|p| (p, law(p))).collect(),
        band: Vec::new(),
    };
    let percent = |share: f64| whole(100.0 * share);
    let mut lines = vec![line(
        LineKind::Ideal,
        Phrase::new("speedup.line.ideal"),
        &|p| p,
    )];
    let key = if menu.grows {
        "speedup.line.grown"
    } else {
        "speedup.line.set"
    };
    let set = Phrase::new(key).with("serial", percent(menu.serial));
    lines.push(line(LineKind::Set, set, &|p| {
        if menu.grows {
            gustafson(menu.serial, p)
        } else {
            amdahl(menu.serial, p)
        }
    }));
    if !menu.grows {
        lines.extend(through(evidence, &points, last));
    }
    let probed = !evidence.capacity.by_workers.is_empty();
    Some(Speedup {
        points,
        lines,
        capacity: probed.then(|| knives(evidence)),
    })
}

/// From one chef to this many, in small steps.
fn places(last: u32) -> impl Iterator<Item = f64> {
    (FINE..=last * FINE).map(|step| f64::from(step) / f64::from(FINE))
}

/// The law through the measured points: fitted where three can test it, else
/// carried on from the largest team with a knife each, and said to be so.
fn through(evidence: &Evidence, points: &[SpeedupPoint], last: u32) -> Option<SpeedupLine> {
    let (key, share, lo, hi, from) = match claims::fitted(evidence) {
        Some(fit) => ("speedup.line.fitted", fit.value, fit.lo, fit.hi, 1.0),
        None if claims::is_testable(evidence) => return None,
        None => {
            let (_, workers) = full_team(evidence)?;
            // With no larger team there is nowhere to carry it on to.
            if workers >= last {
                return None;
            }
            let point = points.iter().find(|point| point.workers == workers)?;
            let share = point.serial_share?;
            let from = f64::from(workers);
            (
                "speedup.line.carried",
                share.median,
                share.lo,
                share.hi,
                from,
            )
        }
    };
    let edge = |share: f64, p: f64| amdahl(share, p);
    let drawn = || places(last).filter(move |p| *p >= from);
    Some(SpeedupLine {
        kind: LineKind::Fitted,
        label: Phrase::new(key).with("fit", whole(100.0 * share)),
        points: drawn().map(|p| (p, edge(share, p))).collect(),
        band: drawn().map(|p| (edge(hi, p), edge(lo, p))).collect(),
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
    let shares: Vec<f64> = rounds
        .iter()
        .filter_map(|s| karp_flatt(*s, chefs))
        .collect();
    Some(SpeedupPoint {
        workers: arm.workers,
        speedup: metric_of(evidence, &arm.id, "speedup")?,
        ms: *evidence.stats.get(&arm.id)?,
        // Of a grown problem it would be the share of another one.
        serial_share: summarise(&shares).filter(|_| arm.base.as_deref() == Some(ALONE)),
        rounds,
    })
}

/// The accounts of the smallest team, of the largest with a knife for each, and of
/// the largest: each of its round nearest to the median, so that the parts of one
/// account are of one run.
pub fn waterfall(evidence: &Evidence) -> Option<Vec<Lost>> {
    let teams = teams_of(evidence);
    let mut shown: Vec<(&str, u32)> = Vec::with_capacity(MOST_ACCOUNTS);
    shown.extend(teams.first());
    shown.extend(full_team(evidence));
    shown.extend(teams.last());
    shown.dedup();
    let told: Vec<Lost> = shown
        .into_iter()
        .filter_map(|team| account(evidence, team))
        .collect();
    (!told.is_empty()).then_some(told)
}

fn account(evidence: &Evidence, (arm, workers): (&str, u32)) -> Option<Lost> {
    let median = evidence.stats.get(arm)?.median;
    let away = |row: &&RoundRow| (row.ms - median).abs();
    let rows = valid(evidence, arm).filter(|row| row.figures.contains_key(IDEAL));
    let row = rows.min_by(|a, b| away(a).total_cmp(&away(b)))?;
    let part = |kind: LostTo| Some((kind, *row.figures.get(&kind.figure())?));
    Some(Lost {
        label: Phrase::new("speedup.team").with("n", workers.to_string()),
        ideal_ms: *row.figures.get(IDEAL)?,
        total_ms: row.ms,
        parts: LostTo::ALL.into_iter().filter_map(part).collect(),
    })
}
