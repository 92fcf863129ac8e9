//! The sentence about a lock, and its chart.

use super::{
    ALL_INSIDE, APART, BESIDE, FEW_INSIDE, OWN, PART_INSIDE, RETRY, SHARDED, has_knives, named,
    share_inside, throughput,
};
use crate::checks::{Outcome, is_one_core, middle, millis_of, outcome};
use crate::drawing::{Sweep, SweepLine};
use crate::words::{Phrase, millis, tenth, whole};
use crate::{Finding, FindingKind, Settings};
use analysis::usl::{Point, fit};
use model::{ArmInfo, Evidence, Stats, Strategy};

pub fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let crowd = named(evidence, ALL_INSIDE);
    let crowd = crowd.iter().rev().find(|arm| arm.workers <= 4);
    let has_nodes = evidence
        .arms
        .iter()
        .any(|arm| arm.strategy == Strategy::Messages);
    let first = |name: &str| named(evidence, name).last().copied();
    let own = first(OWN).or_else(|| first("messages"));
    // As many chefs as had a shaker each.
    let parts = named(evidence, PART_INSIDE);
    let part = own.and_then(|own| parts.into_iter().find(|arm| arm.workers == own.workers));
    let told = outcome(evidence);
    let is_one_core = is_one_core(evidence);
    let beside = named(evidence, BESIDE).first().copied();
    let (kind, case) = match (told, crowd, beside) {
        (Outcome::Failed, ..) => (FindingKind::Disagrees, "disagrees"),
        (_, _, Some(_)) => (FindingKind::Expected, "beside"),
        (_, Some(_), _) if is_one_core => (FindingKind::OneKnife, "one-knife"),
        (_, None, _) if is_one_core && has_nodes => (FindingKind::OneKnife, "one-knife-nodes"),
        (Outcome::Open, ..) => (FindingKind::Undecided, "undecided"),
        (Outcome::Held, Some(_), _) if part.is_some() => (FindingKind::Expected, "part"),
        (Outcome::Held, Some(_), _) => (FindingKind::Expected, "expected"),
        (Outcome::Held, None, _) if has_nodes => (FindingKind::Expected, "messages"),
        (Outcome::Held, None, _) => (FindingKind::Undecided, "page"),
    };
    let times = |arm: Option<&ArmInfo>| {
        let stats = arm.and_then(|arm| throughput(evidence, arm));
        stats.map_or_else(|| "?".to_owned(), |stats| tenth(stats.median))
    };
    let shown = crowd.copied().or(own);
    let line = shown.map_or(0.0, |arm| middle(evidence, &arm.id, "lock_wait_share"));
    Finding::new(kind, ["contention.finding.", case].concat())
        .with("chefs", shown.map_or(1, |arm| arm.workers).to_string())
        .with("times", times(shown))
        .with("line", whole(100.0 * line))
        .with("own", times(own))
        .with("part", times(part))
        .with(
            "percent",
            whole(part.map_or(0.0, |arm| 100.0 * share_inside(arm))),
        )
        .with("team", own.map_or(1, |arm| arm.workers).to_string())
        .with("row", millis(millis_of(evidence, "sequential")))
        .with(
            "beside",
            millis(first(BESIDE).map_or(0.0, |arm| millis_of(evidence, &arm.id))),
        )
        .with(
            "apart",
            millis(first(APART).map_or(0.0, |arm| millis_of(evidence, &arm.id))),
        )
}

/// How much gets done against the number of chefs, as measured, and as the line
/// in front of the lock allows.
pub fn sweep(evidence: &Evidence) -> Sweep {
    let point = |arm: &&ArmInfo| Some((f64::from(arm.workers), throughput(evidence, arm)?));
    let label = |name: &str, arm: Option<&&ArmInfo>| {
        Phrase::new(["contention.line.", name].concat()).with(
            "percent",
            whole(arm.map_or(0.0, |arm| 100.0 * share_inside(arm))),
        )
    };
    let mut lines = Vec::new();
    let names = [
        ALL_INSIDE,
        PART_INSIDE,
        FEW_INSIDE,
        SHARDED,
        RETRY,
        OWN,
        BESIDE,
        APART,
        "messages",
    ];
    for name in names {
        let arms = named(evidence, name);
        let points: Vec<(f64, Stats)> = arms.iter().filter_map(point).collect();
        if !points.is_empty() {
            lines.push(SweepLine {
                label: label(name, arms.first()),
                points,
            });
        }
    }
    let mut theory = Vec::new();
    for name in [PART_INSIDE, ALL_INSIDE] {
        let arms = named(evidence, name);
        theory.extend(fitted(evidence, &arms));
        theory.extend(allowed(&arms));
    }
    Sweep {
        across: Phrase::new("contention.across"),
        up: Phrase::new("contention.up"),
        is_log: false,
        lines,
        theory,
        is_log_up: false,
        crossing: None,
    }
}

/// As many as there are, up to as many as the line lets through.
fn allowed(arms: &[&ArmInfo]) -> Option<(Phrase, Vec<(f64, f64)>)> {
    let (first, last) = (arms.first()?, arms.last()?);
    let share = share_inside(first);
    let most = f64::from(last.workers);
    let bend = 1.0 / share.max(0.01);
    let mut points = vec![
        (1.0, 1.0_f64.min(bend)),
        (bend, bend),
        (most, most.min(bend)),
    ];
    points.retain(|(workers, _)| (1.0..=most).contains(workers));
    points.dedup();
    let label = Phrase::new("contention.theory.line").with("percent", whole(100.0 * share));
    (points.len() > 1).then_some((label, points))
}

/// The law fitted to the teams that had a knife for everyone; `None` where there
/// are too few of them.
fn fitted(evidence: &Evidence, arms: &[&ArmInfo]) -> Option<(Phrase, Vec<(f64, f64)>)> {
    let alone = named(evidence, ALL_INSIDE)
        .into_iter()
        .find(|arm| arm.workers == 1);
    let mut teams: Vec<&ArmInfo> = alone.into_iter().collect();
    let fitting = |arm: &&&ArmInfo| arm.workers > 1 && has_knives(evidence, arm.workers);
    teams.extend(arms.iter().filter(fitting));
    let points: Vec<Point> = teams
        .iter()
        .map(|arm| Point {
            workers: arm.workers,
            rounds: evidence
                .rounds
                .iter()
                .filter(|row| row.valid && row.arm == arm.id)
                .filter_map(|row| row.speedup)
                .collect(),
        })
        .collect();
    let law = fit(&points)?;
    let most = teams.iter().map(|arm| arm.workers).max()?;
    let curve = (4..=4 * most).map(|quarter| f64::from(quarter) / 4.0);
    let key = if law.kappa.is_some() {
        "falls"
    } else {
        "fitted"
    };
    let label = Phrase::new(["contention.theory.", key].concat())
        .with("share", whole(100.0 * law.sigma.median))
        .with("peak", tenth(law.peak.unwrap_or(0.0)));
    Some((label, curve.map(|n| (n, law.throughput(n))).collect()))
}
