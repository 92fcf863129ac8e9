//! The sentence about a queue, and its chart.

use super::{OTHERS_LOAD, OWN_LINES, law, one_line, servers, theory};
use crate::checks::{Outcome, metric_of, middle, outcome};
use crate::drawing::{Sweep, SweepLine};
use crate::serving::{Pooled, pooled, ratio_of};
use crate::words::{Phrase, millis, tenth};
use crate::{Finding, FindingKind, Settings};
use analysis::queueing::mean_wait_millis;
use model::{ArmInfo, Evidence, Law};

pub fn finding(evidence: &Evidence, settings: &Settings) -> Finding {
    let lines = one_line(evidence);
    let (Some((calm, low)), Some((full, high))) = (lines.first(), lines.last()) else {
        return Finding::new(FindingKind::Undecided, "queue-cliff.finding.undecided");
    };
    let measured = pooled(evidence, &full.id);
    let is_flood = measured.is_some_and(|all| all.load(servers(full)) >= 1.0);
    let has_others = evidence.arms.iter().any(|arm| arm.id == OWN_LINES);
    let (kind, case) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        _ if is_flood => (FindingKind::Expected, "flood"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if has_others => (FindingKind::Expected, "expected"),
        Outcome::Held => (FindingKind::Expected, "line"),
    };
    let wait = |arm: &str| millis(middle(evidence, arm, "wait_mean_ms"));
    let times = ratio_of(evidence, "wait_mean_ms", &full.id, &calm.id);
    let one = lines.iter().find(|(_, load)| *load == OTHERS_LOAD);
    let expected = measured.and_then(|all| {
        let rate = 1e3 * all.per_milli;
        mean_wait_millis(servers(full), rate, all.service_millis, law(settings))
    });
    Finding::new(kind, ["queue-cliff.finding.", case].concat())
        .with("calm", low.to_string())
        .with("full", high.to_string())
        .with("short", wait(&calm.id))
        .with("long", wait(&full.id))
        .with("times", tenth(times.map_or(0.0, |times| times.median)))
        .with("theory", expected.map_or_else(|| "?".into(), millis))
        .with("others", OTHERS_LOAD.to_string())
        .with(
            "one",
            one.map_or_else(String::new, |(arm, _)| wait(&arm.id)),
        )
        .with("own", wait(OWN_LINES))
}

/// Wait against load, as measured and by theory.
pub fn sweep(evidence: &Evidence) -> Sweep {
    let lines = one_line(evidence);
    let point = |arm: &ArmInfo| {
        let load = pooled(evidence, &arm.id)?.load(servers(arm));
        Some((100.0 * load, metric_of(evidence, &arm.id, "wait_mean_ms")?))
    };
    let line = |key: &str, arms: &mut dyn Iterator<Item = &ArmInfo>| SweepLine {
        label: Phrase::new(["queue-cliff.line.", key].concat()),
        points: arms.filter_map(point).collect(),
    };
    let named = |id: &'static str| evidence.arms.iter().filter(move |arm| arm.id == id);
    let mut measured = vec![
        line("one", &mut lines.iter().map(|(arm, _)| *arm)),
        line("own", &mut named(OWN_LINES)),
        line("fast", &mut named(super::FAST)),
    ];
    measured.retain(|line| !line.points.is_empty());
    Sweep {
        across: Phrase::new("queue-cliff.across"),
        up: Phrase::new("queue-cliff.up"),
        is_log: false,
        lines: measured,
        theory: curves(evidence, &lines),
        is_log_up: false,
        crossing: None,
    }
}

/// Theory for the mean service that was measured, up to just above the highest
/// load.
fn curves(evidence: &Evidence, lines: &[(&ArmInfo, u32)]) -> Vec<(Phrase, Vec<(f64, f64)>)> {
    let all: Vec<(u32, Pooled)> = lines
        .iter()
        .filter_map(|(arm, _)| Some((servers(arm), pooled(evidence, &arm.id)?)))
        .collect();
    let Some(chefs) = all.first().map(|(chefs, _)| *chefs) else {
        return Vec::new();
    };
    let service = all.iter().map(|(_, of)| of.service_millis).sum::<f64>() / all.len() as f64;
    let highest = all.iter().map(|(_, of)| of.load(chefs)).fold(0.0, f64::max);
    let last = (100.0 * highest + 3.0).clamp(60.0, 97.0) as u32;
    let curve = |law| {
        let at = |load: u32| {
            let wait = theory(chefs, f64::from(load) / 100.0, service, law)?;
            Some((f64::from(load), wait))
        };
        (30..=last).filter_map(at).collect()
    };
    vec![
        (
            Phrase::new("queue-cliff.theory.uneven"),
            curve(Law::Exponential),
        ),
        (Phrase::new("queue-cliff.theory.even"), curve(Law::Constant)),
    ]
}
