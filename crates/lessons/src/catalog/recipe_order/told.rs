//! The sentence about a recipe, its graph, and the lines of its chart.

use super::claims::{enough, knives_of};
use super::recipes::Recipe;
use super::{ALONE, measured, teams_of};
use crate::checks::{Outcome, is_one_core, middle, millis_of, outcome};
use crate::drawing::Graph;
use crate::words::{Phrase, millis, tenth};
use crate::{ChartKind, Drawing, Finding, FindingKind, Reference, Settings};
use model::{Evidence, planned_millis};

/// With less parallelism every step needs the one before.
const IN_A_ROW: f64 = 1.05;

pub fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let teams = teams_of(evidence);
    let Some(found) = measured(evidence) else {
        return Finding::new(FindingKind::Undecided, "recipe-order.finding.undecided");
    };
    let enough = enough(evidence, &found);
    let best = enough.as_ref().map(|(best, _)| *best);
    let is_row = found.parallelism() < IN_A_ROW;
    // Whether the chain is what is met first, or the knives.
    let knives = best.map_or(1.0, |best| knives_of(evidence, best));
    let is_chain = found.work / knives <= 1.1 * found.span;
    let (kind, case) = match outcome(evidence) {
        _ if is_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if teams.is_empty() => (FindingKind::Expected, "page"),
        Outcome::Held if is_row => (FindingKind::Expected, "row"),
        Outcome::Held if is_chain && teams.len() < 2 => (FindingKind::Expected, "one-team"),
        Outcome::Held if is_chain => (FindingKind::Expected, "expected"),
        Outcome::Held => (FindingKind::Expected, "knives"),
    };
    let id = best.map_or(super::JUGGLING, |best| &*best.id);
    let most = teams.last().map_or(id, |team| &*team.id);
    let count = |workers: Option<u32>| workers.unwrap_or(1).to_string();
    Finding::new(kind, ["recipe-order.finding.", case].concat())
        .with("row", millis(millis_of(evidence, ALONE)))
        .with("ms", millis(millis_of(evidence, id)))
        .with("chefs", count(best.map(|best| best.workers)))
        .with("most-ms", millis(millis_of(evidence, most)))
        .with("most", count(teams.last().map(|team| team.workers)))
        .with("chain", millis(found.span))
        .with("knives", tenth(knives))
        .with("times", tenth(middle(evidence, id, "speedup")))
}

/// The recipe that was run, as a graph. From the record alone: the view may have
/// other settings by now.
pub fn data(kind: ChartKind, evidence: &Evidence, _settings: &Settings) -> Option<Drawing> {
    if kind != ChartKind::Dag {
        return None;
    }
    let recipe = Recipe::named(evidence.params.get("recipe").map(String::as_str));
    let team = teams_of(evidence).first().copied();
    let arm = team.or(evidence.arms.last())?;
    let name = |name: &str| Phrase::new(["recipe-order.step.", name].concat());
    Some(Drawing::Graph(Graph {
        names: recipe.steps().iter().map(|step| name(step.name)).collect(),
        lengths_ms: planned_millis(&arm.jobs),
        edges: arm.edges.clone(),
        arm: arm.id.clone(),
    }))
}

pub fn references(evidence: &Evidence, _settings: &Settings) -> Vec<Reference> {
    let line = |found: analysis::work_span::WorkSpan| Reference {
        label: Phrase::new("recipe-order.reference.chain"),
        millis: found.span,
    };
    measured(evidence).map(line).into_iter().collect()
}
