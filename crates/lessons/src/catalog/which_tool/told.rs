//! Claims and sentence about the best way for each job, and the chart of all.

use super::jobs::{JOBS, Kind, Way, halves};
use crate::checks::{
    Claims, Outcome, is_one_core, is_told_of_one_core, millis_of, outcome, ratio,
    share_of_capacity, unmeasured,
};
use crate::drawing::{Sweep, SweepLine};
use crate::words::{Phrase, millis};
use crate::{Finding, FindingKind, Settings};
use analysis::verdict::{Limit, judge_exact};
use model::{ArmInfo, Check, Evidence, Stats};

/// A way that takes at most so many times as long as the soonest is as good.
const AS_GOOD: f64 = 1.1;
/// Juggling needs at most this share of what waiting in a row takes.
const JUGGLED: f64 = 0.35;
/// Crumbs by courier take at least so many times as long as by one chef,
const CARRIED: f64 = 1.5;
/// where there are so many.
const MANY: u32 = 400;
/// One rail needs at most this share of what fixed shares of uneven work take.
const DEALT: f64 = 0.85;
/// A text that couriers carry takes at least so many times as long as one that lies
/// where it is needed.
const HAULED: f64 = 1.5;
/// Four blades need at most this share of what one takes.
const BLADED: f64 = 0.7;

fn arm_of<'a>(evidence: &'a Evidence, job: &str, way: Way) -> Option<&'a ArmInfo> {
    let is_it =
        |arm: &&ArmInfo| halves(&arm.id).is_some_and(|(kind, of)| kind.id == job && of == way);
    evidence.arms.iter().find(is_it)
}

/// Arms of a job that were measured, and how many times as long as the soonest each
/// took.
fn standing<'a>(evidence: &'a Evidence, kind: &Kind) -> Vec<(Way, &'a ArmInfo, Stats)> {
    let arms = evidence.arms.iter();
    let own: Vec<(Way, &ArmInfo)> = arms
        .filter(|arm| evidence.stats.contains_key(&arm.id))
        .filter_map(|arm| {
            let (of, way) = halves(&arm.id)?;
            (of.id == kind.id).then_some((way, arm))
        })
        .collect();
    let soonest = own.iter().min_by(|a, b| {
        let of = |arm: &ArmInfo| millis_of(evidence, &arm.id);
        of(a.1).total_cmp(&of(b.1))
    });
    let Some(&(_, soonest)) = soonest else {
        return Vec::new();
    };
    let times =
        |&(way, arm): &(Way, &'a ArmInfo)| Some((way, arm, ratio(evidence, &arm.id, &soonest.id)?));
    own.iter().filter_map(times).collect()
}

/// The soonest way of a job.
fn best<'a>(evidence: &'a Evidence, kind: &Kind) -> Option<(Way, &'a ArmInfo)> {
    let standing = standing(evidence, kind);
    let best = standing
        .into_iter()
        .min_by(|a, b| a.2.median.total_cmp(&b.2.median))?;
    Some((best.0, best.1))
}

/// Ways that were as good as the soonest for every job they were offered for, and
/// offered for all.
fn all_round(evidence: &Evidence) -> usize {
    let boards: Vec<Vec<(Way, f64)>> = JOBS
        .iter()
        .map(|kind| {
            let ways = standing(evidence, kind).into_iter();
            ways.map(|(way, _, times)| (way, times.median)).collect()
        })
        .collect();
    let is_best = |way: &Way| {
        let mut jobs = boards.iter();
        jobs.all(|ways| {
            ways.iter()
                .any(|(of, times)| of == way && *times <= AS_GOOD)
        })
    };
    Way::ALL.iter().filter(|way| is_best(way)).count()
}

pub fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    let pair = |claims: &mut Claims<'_>, job: &str, (top, bottom), limit, is_parallel: bool| {
        let arms = arm_of(evidence, job, top).zip(arm_of(evidence, job, bottom));
        let Some((top, bottom)) = arms else {
            return;
        };
        let id = ["best.", &top.id].concat();
        let expr = ["ms(", &*top.id, ") / ms(", &bottom.id, ")"].concat();
        let times = ratio(evidence, &top.id, &bottom.id);
        let arms: &[&str] = &[&top.id, &bottom.id];
        if is_parallel {
            claims.parallel(&id, &expr, times, limit, arms);
        } else {
            claims.timed(&id, &expr, times, limit, arms);
        }
    };
    let alone = |way| (way, Way::Row);
    pair(
        &mut claims,
        "calls",
        alone(Way::Juggle),
        Limit::AtMost(JUGGLED),
        false,
    );
    pair(
        &mut claims,
        "boards",
        alone(Way::Juggle),
        Limit::Between(0.95, 1.15),
        false,
    );
    if let Some(team) = arm_of(evidence, "boards", Way::Team) {
        let count = team.workers.to_string();
        let share = share_of_capacity(evidence, &team.id, "speedup", team.workers);
        let expr = ["speedup(", &*team.id, ") / capacity(", &*count, ")"].concat();
        let id = ["speedup.", &team.id].concat();
        claims.parallel(&id, &expr, share, Limit::AtLeast(0.8), &[&team.id]);
        claims.no_magic(&team.id, team.workers);
        if is_one_core(evidence) {
            claims.one_knife(&team.id);
        }
    }
    if arm_of(evidence, "crumbs", Way::Couriers).is_some_and(|arm| arm.tasks >= MANY) {
        pair(
            &mut claims,
            "crumbs",
            alone(Way::Couriers),
            Limit::AtLeast(CARRIED),
            false,
        );
    }
    // With more chefs than knives the system shares out knives, whatever was dealt.
    let knives = crate::checks::capacity_of(evidence, 2).unwrap_or_default();
    if arm_of(evidence, "strips", Way::Couriers)
        .is_some_and(|arm| f64::from(arm.workers) <= knives + 0.5)
    {
        pair(
            &mut claims,
            "strips",
            (Way::Team, Way::Couriers),
            Limit::AtMost(DEALT),
            true,
        );
    }
    pair(
        &mut claims,
        "tables",
        alone(Way::Blades),
        Limit::AtMost(BLADED),
        false,
    );
    let hauled = Limit::AtLeast(HAULED);
    pair(
        &mut claims,
        "log",
        (Way::Couriers, Way::Team),
        hauled,
        false,
    );
    if JOBS.iter().all(|kind| standing(evidence, kind).len() > 1) {
        claims.push(judge_exact(
            "all-round",
            "ways of working that are as good as the soonest for every job",
            all_round(evidence) as f64,
            Limit::Equal,
            &[],
        ));
    }
    claims.done()
}

pub fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let ms = |job: &str, way| {
        let arm = arm_of(evidence, job, way)?;
        let stats = evidence.stats.get(&arm.id)?;
        Some(millis(stats.median))
    };
    let row = |job: &str| ms(job, Way::Row).unwrap_or_default();
    let needed = ["calls", "boards"].map(|job| ms(job, Way::Juggle));
    let [Some(juggled), Some(turns)] = needed else {
        return unmeasured(evidence, "which-tool.finding.unmeasured");
    };
    let Some(team) = arm_of(evidence, "boards", Way::Team) else {
        return Finding::new(FindingKind::Undecided, "which-tool.finding.page")
            .with("calls", row("calls"))
            .with("juggled", juggled)
            .with("boards", row("boards"))
            .with("turns", turns);
    };
    let wanted = [
        ("boards", Way::Team),
        ("log", Way::Team),
        ("log", Way::Couriers),
        ("tables", Way::Blades),
    ];
    let [Some(teamed), Some(kept), Some(hauled), Some(bladed)] =
        wanted.map(|(job, way)| ms(job, way))
    else {
        return unmeasured(evidence, "which-tool.finding.unmeasured");
    };
    let (kind, case) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        _ if is_told_of_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held => (FindingKind::Expected, "expected"),
    };
    let mut winners: Vec<Way> = JOBS
        .iter()
        .filter_map(|kind| Some(best(evidence, kind)?.0))
        .collect();
    winners.sort_unstable_by_key(|way| way.id());
    winners.dedup();
    Finding::new(kind, ["which-tool.finding.", case].concat())
        .with("jobs", JOBS.len().to_string())
        .with("winners", winners.len().to_string())
        .with("n", team.workers.to_string())
        .with("calls", row("calls"))
        .with("juggled", juggled)
        .with("boards", row("boards"))
        .with("team", teamed)
        .with("kept", kept)
        .with("hauled", hauled)
        .with("tables", row("tables"))
        .with("bladed", bladed)
}

/// One line a way, over all jobs; the soonest of each job is at 1.
pub fn sweep(evidence: &Evidence) -> Sweep {
    let jobs: Vec<_> = JOBS.iter().map(|kind| standing(evidence, kind)).collect();
    let line = |way: Way| {
        let points = (1_u32..).zip(&jobs).filter_map(|(number, ways)| {
            let (_, _, times) = ways.iter().find(|(of, ..)| *of == way)?;
            Some((f64::from(number), *times))
        });
        SweepLine {
            label: Phrase::new(["which-tool.line.", way.id()].concat()),
            points: points.collect(),
        }
    };
    let mut lines: Vec<SweepLine> = Way::ALL.into_iter().map(line).collect();
    lines.retain(|line| !line.points.is_empty());
    Sweep {
        across: Phrase::new("which-tool.across"),
        up: Phrase::new("which-tool.up"),
        is_log: false,
        lines,
        theory: Vec::new(),
        is_log_up: true,
        crossing: None,
    }
}
