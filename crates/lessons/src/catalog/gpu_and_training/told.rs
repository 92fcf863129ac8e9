//! The sentence about the machine and about learning, and their charts.

use super::claims::{is_software, largest_team};
use super::plan::{BLADES, GPU, ONE, OTHERS, STAGES, TRAIN_ONE, arms_of, ids, is_training, tables};
use crate::catalog::lab::graphics;
use crate::checks::{Outcome, is_told_of_one_core, middle, millis_of, outcome, scaled, unmeasured};
use crate::drawing::{Loss, LossLine, Staged, Sweep, SweepLine, level};
use crate::words::{Phrase, tenth, whole};
use crate::{ChartKind, Drawing, Finding, FindingKind, Settings};
use model::{ArmInfo, Evidence, Stats, WANTED_ACCURACY};

/// Time for one table of these rows.
fn table_stats(evidence: &Evidence, way: &str, side: u32) -> Option<Stats> {
    let stats = evidence.stats.get(&ids(way, side));
    scaled(stats, f64::from(tables(way, side)))
}

fn table_ms(evidence: &Evidence, way: &str, side: u32) -> f64 {
    millis_of(evidence, &ids(way, side)) / f64::from(tables(way, side))
}

/// Milliseconds for reading, down to hundredths.
fn figure(millis: f64) -> String {
    if millis >= 1.0 {
        return crate::words::millis(millis);
    }
    let hundredths = (millis.max(0.0) * 100.0).round() as u32;
    let digits = hundredths.to_string();
    let zero = if hundredths < 10 { "0" } else { "" };
    if hundredths >= 100 {
        tenth(millis)
    } else {
        ["0.", zero, &digits].concat()
    }
}

/// Time for a table of each size in one way.
fn points(evidence: &Evidence, way: &str) -> Vec<(f64, Stats)> {
    let arms = arms_of(evidence, way).into_iter();
    arms.filter_map(|(_, side)| Some((f64::from(side), table_stats(evidence, way, side)?)))
        .collect()
}

/// Rows at which one chef and the machine take as long.
pub fn crossing(evidence: &Evidence) -> Option<f64> {
    level(&points(evidence, ONE), &points(evidence, GPU))
}

pub fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let sides = arms_of(evidence, ONE);
    let (Some(&(_, few)), Some(&(_, many))) = (sides.first(), sides.last()) else {
        return unmeasured(evidence, "gpu-and-training.finding.unmeasured");
    };
    let needed = [
        ids(ONE, few),
        ids(ONE, many),
        ids(BLADES, many),
        TRAIN_ONE.to_owned(),
    ];
    if !needed.iter().all(|id| evidence.stats.contains_key(id)) {
        return unmeasured(evidence, "gpu-and-training.finding.unmeasured");
    }
    let is_software = is_software(evidence);
    let even = crossing(evidence);
    let (kind, case) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        _ if is_told_of_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held => (
            FindingKind::Expected,
            match (is_software, even) {
                (None, _) => "no-gpu",
                (Some(true), _) => "software",
                (Some(false), Some(_)) => "expected",
                (Some(false), None) => "no-crossing",
            },
        ),
    };
    let read = 100.0 * middle(evidence, TRAIN_ONE, "accuracy");
    let team = largest_team(evidence);
    Finding::new(kind, ["gpu-and-training.finding.", case].concat())
        .with("few", few.to_string())
        .with("many", many.to_string())
        .with("few-one", figure(table_ms(evidence, ONE, few)))
        .with("few-gpu", figure(table_ms(evidence, GPU, few)))
        .with("many-one", figure(table_ms(evidence, ONE, many)))
        .with("many-gpu", figure(table_ms(evidence, GPU, many)))
        .with("blades", figure(table_ms(evidence, BLADES, many)))
        .with(
            "team",
            figure(team.map_or(0.0, |(arm, side)| {
                table_ms(evidence, arm.strategy.id(), side)
            })),
        )
        .with("even", whole(even.unwrap_or(0.0)))
        .with("read", whole(read))
        .with("learned", figure(millis_of(evidence, TRAIN_ONE)))
}

pub fn data(kind: ChartKind, evidence: &Evidence, _settings: &Settings) -> Option<Drawing> {
    match kind {
        ChartKind::Sweep => Some(Drawing::Sweep(sweep(evidence))),
        ChartKind::Stages => stages(evidence).map(Drawing::Stages),
        ChartKind::Loss => loss(evidence).map(Drawing::Loss),
        _ => None,
    }
}

/// Time for one table against its rows.
fn sweep(evidence: &Evidence) -> Sweep {
    let mut lines = Vec::new();
    for way in [ONE, BLADES, "pool", "messages", GPU] {
        let arms = arms_of(evidence, way);
        let workers = arms.first().map_or(1, |(arm, _)| arm.workers);
        let points = points(evidence, way);
        let played = way == GPU && is_software(evidence) == Some(true);
        let suffix = if played { ".software" } else { "" };
        let label = Phrase::new(["gpu-and-training.line.", way, suffix].concat());
        if !points.is_empty() {
            lines.push(SweepLine {
                label: label.with("n", workers.to_string()),
                points,
            });
        }
    }
    let met = crossing(evidence);
    Sweep {
        across: Phrase::new("gpu-and-training.across"),
        up: Phrase::new("gpu-and-training.up"),
        is_log: true,
        is_log_up: true,
        lines,
        theory: Vec::new(),
        crossing: met.map(|rows| {
            let label = Phrase::new("gpu-and-training.crossing").with("side", whole(rows));
            (rows, label)
        }),
    }
}

/// Where the time of the machine went, for each size and each kind of work.
fn stages(evidence: &Evidence) -> Option<Vec<Staged>> {
    let of = |arm: &ArmInfo, label: Phrase| graphics::staged(evidence, arm, label);
    let sized = arms_of(evidence, STAGES)
        .into_iter()
        .filter_map(|(arm, side)| {
            let label = Phrase::new("gpu-and-training.staged").with("side", side.to_string());
            of(arm, label)
        });
    let others = OTHERS.iter().filter_map(|work| {
        let id = [STAGES, "-", work].concat();
        let arm = evidence.arms.iter().find(|arm| arm.id == id)?;
        of(arm, Phrase::new(["workload.", work].concat()))
    });
    let all: Vec<Staged> = sized.chain(others).collect();
    (!all.is_empty()).then_some(all)
}

/// How the error fell; its points are those of the arm's typical run.
fn loss(evidence: &Evidence) -> Option<Loss> {
    let learned = evidence.arms.iter().filter(|arm| is_training(&arm.id));
    let lines = learned.map(|arm| {
        let way = if arm.variant.is_empty() {
            arm.strategy.id()
        } else {
            &arm.variant
        };
        LossLine {
            label: Phrase::new(["gpu-and-training.learns.", way].concat()),
            arm: arm.id.clone(),
            points: Vec::new(),
        }
    });
    let lines: Vec<LossLine> = lines.collect();
    (!lines.is_empty()).then_some(Loss {
        lines,
        wanted: Some(WANTED_ACCURACY),
    })
}
