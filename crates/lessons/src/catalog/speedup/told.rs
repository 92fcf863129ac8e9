//! The sentence about a speedup.

use super::{Menu, claims, full_team, knives, teams_of};
use crate::checks::{Outcome, is_one_core, middle, millis_of, outcome};
use crate::words::{millis, tenth, whole};
use crate::{Finding, FindingKind, Settings};
use analysis::laws::amdahl_limit;
use model::Evidence;

pub fn finding(evidence: &Evidence, settings: &Settings) -> Finding {
    let menu = Menu::of(settings);
    let teams = teams_of(evidence);
    let Some((arm, workers)) = full_team(evidence).or(teams.first().copied()) else {
        let row = millis(millis_of(evidence, super::ALONE));
        return Finding::new(FindingKind::Undecided, "speedup.finding.page").with("row", row);
    };
    let fit = claims::fitted(evidence);
    let (kind, case) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        _ if is_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if menu.grows => (FindingKind::Expected, "grown"),
        Outcome::Held if menu.serial == 0.0 => (FindingKind::Expected, "shared"),
        Outcome::Held if fit.is_some() => (FindingKind::Expected, "expected"),
        Outcome::Held => (FindingKind::Expected, "two-points"),
    };
    let row = claims::base_of(evidence, arm).map_or(0.0, |base| millis_of(evidence, &base.id));
    let percent = |share: f64| whole(100.0 * share);
    Finding::new(kind, ["speedup.finding.", case].concat())
        .with("row", millis(row))
        .with("n", workers.to_string())
        .with("ms", millis(millis_of(evidence, arm)))
        .with("times", tenth(middle(evidence, arm, "speedup")))
        .with("serial", percent(menu.serial))
        .with(
            "fit",
            fit.map_or_else(String::new, |fit| percent(fit.value)),
        )
        .with(
            "limit",
            amdahl_limit(menu.serial).map(times).unwrap_or_default(),
        )
        .with("knives", times(knives(evidence)))
}

/// So many times, without a decimal that says nothing.
pub fn times(value: f64) -> String {
    if (value - value.round()).abs() < 0.05 {
        whole(value)
    } else {
        tenth(value)
    }
}
