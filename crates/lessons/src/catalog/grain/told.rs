//! Claims and sentence about the grain of work, and its chart.

use super::{BATCHED, MESSAGES, POOL, SEQUENTIAL, WHOLE_MILLIS, arms_of};
use crate::checks::{
    Claims, Outcome, is_one_core, is_told_of_one_core, middle, millis_of, outcome, ratio,
    unmeasured,
};
use crate::drawing::{Sweep, SweepLine};
use crate::serving::rows;
use crate::words::{Phrase, millis, tenth, whole};
use crate::{Finding, FindingKind, Settings};
use analysis::grain::{Grain, fit, handover_us};
use analysis::stats::summarise;
use analysis::verdict::Limit;
use model::{ArmInfo, Check, Evidence, Stats};

/// Cuts among which the best one must be.
const BEST: (f64, f64) = (4.0, 1024.0);
/// How much longer a picture in two takes than the best cut, at least,
const COARSE: f64 = 1.2;
/// and the finest one,
const FINE: f64 = 1.5;
/// which several pieces in a message shorten to this, at most.
const TOGETHER: f64 = 0.7;
/// What a hand-over can cost, in microseconds.
const HANDOVER: (f64, f64) = (2.0, 500.0);
/// Cuts that a round must have to be fitted.
const FEWEST_CUTS: usize = 4;
/// One after another has a core for this share of its time where nobody else
/// wants it.
const UNDISTURBED: f64 = 0.7;
/// Pieces from which on hand-overs must show.
const MANY: u32 = 2_048;

/// The finest cut of a way.
pub fn finest<'a>(evidence: &'a Evidence, way: &str) -> Option<(&'a ArmInfo, u32)> {
    arms_of(evidence, way).last().copied()
}

/// The soonest cut of a way, by medians.
pub fn best<'a>(evidence: &'a Evidence, way: &str) -> Option<(&'a ArmInfo, u32)> {
    let arms = arms_of(evidence, way).into_iter();
    let timed = arms.filter(|(arm, _)| millis_of(evidence, &arm.id) > 0.0);
    timed.min_by(|a, b| {
        let of = |arm: &ArmInfo| millis_of(evidence, &arm.id);
        of(a.0).total_cmp(&of(b.0))
    })
}

/// Pieces and makespan of every cut of a way, round by round.
fn points(evidence: &Evidence, way: &str) -> Vec<Vec<(f64, f64)>> {
    let arms = arms_of(evidence, way);
    let mut numbers: Vec<u32> = evidence.rounds.iter().map(|row| row.round).collect();
    numbers.sort_unstable();
    numbers.dedup();
    let of = |round: u32| {
        let at = |(arm, pieces): &(&ArmInfo, u32)| {
            let row = rows(evidence, &arm.id).find(|row| row.round == round)?;
            Some((f64::from(*pieces), row.ms))
        };
        arms.iter().filter_map(at).collect::<Vec<_>>()
    };
    let finest = arms.last().map(|(_, pieces)| f64::from(*pieces));
    // Without its end, or with little else, a round says nothing about its curve.
    let tells = |points: &Vec<(f64, f64)>| {
        let last = points.last().map(|point| point.0);
        points.len() >= FEWEST_CUTS && last == finest
    };
    numbers.into_iter().map(of).filter(tells).collect()
}

/// Pieces of the soonest cut of each round.
fn best_by_round(rounds: &[Vec<(f64, f64)>]) -> Option<Stats> {
    let soonest = rounds.iter().filter_map(|points| {
        let best = points.iter().min_by(|a, b| a.1.total_cmp(&b.1))?;
        Some(best.0)
    });
    summarise(&soonest.collect::<Vec<_>>())
}

/// Cost of handing over one piece in this way, in microseconds.
fn handover(evidence: &Evidence, way: &str) -> Option<Stats> {
    let (arm, _) = finest(evidence, way)?;
    handover_us(&points(evidence, way), arm.workers)
}

/// The model through the medians of a way.
fn fitted(evidence: &Evidence, way: &str) -> Option<Grain> {
    let arms = arms_of(evidence, way).into_iter();
    let points: Vec<(f64, f64)> = arms
        .map(|(arm, pieces)| (f64::from(pieces), millis_of(evidence, &arm.id)))
        .collect();
    fit(&points)
}

pub fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    let cuts = arms_of(evidence, MESSAGES);
    let (Some(&(coarse, _)), Some(&(fine, many)), Some((best, _))) =
        (cuts.first(), cuts.last(), best(evidence, MESSAGES))
    else {
        return claims.done();
    };
    let expr = |top: &str, bottom: &str| ["ms(", top, ") / ms(", bottom, ")"].concat();
    if is_one_core(evidence) {
        claims.one_knife(&coarse.id);
    }
    claims.no_magic(&best.id, best.workers);
    claims.parallel(
        "best",
        "pieces of the soonest cut by message",
        best_by_round(&points(evidence, MESSAGES)),
        Limit::Between(BEST.0, BEST.1),
        &[&best.id],
    );
    claims.parallel(
        "coarse",
        &expr(&coarse.id, &best.id),
        ratio(evidence, &coarse.id, &best.id),
        Limit::AtLeast(COARSE),
        &[&coarse.id, &best.id],
    );
    if many >= MANY {
        // Hand-overs cost the same with one core. But where others take it away,
        // whoever often waits gets it back sooner than whoever computes.
        let is_undisturbed = middle(evidence, SEQUENTIAL, "p") >= UNDISTURBED;
        let mut claim = |id: &str, expr: &str, stats, limit, arms: &[&str]| {
            if is_undisturbed {
                claims.timed(id, expr, stats, limit, arms);
            } else {
                claims.parallel(id, expr, stats, limit, arms);
            }
        };
        claim(
            "fine",
            &expr(&fine.id, &best.id),
            ratio(evidence, &fine.id, &best.id),
            Limit::AtLeast(FINE),
            &[&fine.id, &best.id],
        );
        let together = [BATCHED, "-", &many.to_string()].concat();
        claim(
            "together",
            &expr(&together, &fine.id),
            ratio(evidence, &together, &fine.id),
            Limit::AtMost(TOGETHER),
            &[&together, &fine.id],
        );
        claim(
            "handover",
            "microseconds to hand over a piece by message, fitted",
            handover(evidence, MESSAGES),
            Limit::Between(HANDOVER.0, HANDOVER.1),
            &[&best.id, &fine.id],
        );
    }
    claims.done()
}

pub fn finding(evidence: &Evidence, _settings: &Settings) -> Finding {
    let row = millis(millis_of(evidence, SEQUENTIAL));
    let cuts = arms_of(evidence, MESSAGES);
    let (Some(&(coarse, few)), Some(&(fine, many)), Some((best, pieces))) =
        (cuts.first(), cuts.last(), best(evidence, MESSAGES))
    else {
        return if cuts.is_empty() {
            Finding::new(FindingKind::Undecided, "grain.finding.page").with("row", row)
        } else {
            unmeasured(evidence, "grain.finding.unmeasured")
        };
    };
    let together = [BATCHED, "-", &many.to_string()].concat();
    let needed = [&coarse.id, &fine.id, &together];
    if !needed.into_iter().all(|id| evidence.stats.contains_key(id)) {
        return unmeasured(evidence, "grain.finding.unmeasured");
    }
    let rail = handover(evidence, POOL).map(|cost| cost.median);
    let (kind, case) = match outcome(evidence) {
        Outcome::Failed => (FindingKind::Disagrees, "disagrees"),
        _ if is_told_of_one_core(evidence) => (FindingKind::OneKnife, "one-knife"),
        Outcome::Open => (FindingKind::Undecided, "undecided"),
        Outcome::Held if many < MANY => (FindingKind::Expected, "coarse"),
        Outcome::Held if rail.is_some() => (FindingKind::Expected, "expected"),
        Outcome::Held => (FindingKind::Expected, "couriers"),
    };
    let cost = handover(evidence, MESSAGES).map_or_else(|| "?".into(), |cost| figure(cost.median));
    Finding::new(kind, ["grain.finding.", case].concat())
        .with("row", row)
        .with("few", few.to_string())
        .with("few-ms", millis(millis_of(evidence, &coarse.id)))
        .with("best", pieces.to_string())
        .with("best-ms", millis(millis_of(evidence, &best.id)))
        .with("many", many.to_string())
        .with("many-ms", millis(millis_of(evidence, &fine.id)))
        .with("together-ms", millis(millis_of(evidence, &together)))
        .with("cost", cost)
        .with("rail", figure(rail.unwrap_or(0.0)))
}

/// Time against the number of pieces, and the model through it.
pub fn sweep(evidence: &Evidence) -> Sweep {
    let line = |way: &str| {
        let points = arms_of(evidence, way)
            .into_iter()
            .filter_map(|(arm, pieces)| {
                let stats = evidence.stats.get(&arm.id)?;
                Some((f64::from(pieces), *stats))
            });
        let soonest = best(evidence, way)
            .map_or(0, |(_, pieces)| pieces)
            .to_string();
        SweepLine {
            label: Phrase::new(["grain.line.", way].concat()).with("best", soonest),
            points: points.collect(),
        }
    };
    let mut lines = Vec::new();
    let mut theory = Vec::new();
    let mut ways = 0;
    for way in [MESSAGES, POOL] {
        let measured = line(way);
        if arms_of(evidence, way).is_empty() {
            continue;
        }
        ways += 1;
        let (first, last) = (measured.points.first(), measured.points.last());
        if let (Some(grain), Some((first, _)), Some((last, _)), Some(cost)) =
            (fitted(evidence, way), first, last, handover(evidence, way))
        {
            let label = Phrase::new(["grain.theory.", way].concat());
            let label = label.with("us", figure(cost.median));
            theory.push((label, curve(&grain, *first, *last)));
        }
        lines.push(measured);
    }
    lines.push(line(BATCHED));
    // A single line would be taken for what theory says of every way.
    if theory.len() < ways {
        theory.clear();
    } else if let [(_, curve)] = theory.as_slice()
        && let (Some(grain), Some(first), Some(last)) =
            (fitted(evidence, MESSAGES), curve.first(), curve.last())
    {
        let even = vec![(first.0, grain.even_ms), (last.0, grain.even_ms)];
        theory.push((Phrase::new("grain.theory.even"), even));
    }
    lines.retain(|line| !line.points.is_empty());
    // Each way with its line has one entry below the chart; many pieces with one
    // courier have none of their own.
    if theory.len() == ways && lines.len() == ways + 1 && ways > 1 {
        theory.push((Phrase::new("grain.line.batched"), Vec::new()));
    }
    Sweep {
        across: Phrase::new("grain.across"),
        up: Phrase::new("grain.up"),
        is_log: true,
        lines,
        theory,
        is_log_up: false,
        crossing: None,
    }
}

/// Below 10 with one decimal, else whole.
fn figure(micros: f64) -> String {
    if micros < 9.95 {
        tenth(micros)
    } else {
        whole(micros)
    }
}

/// Points of the model, close enough together to look like a curve.
fn curve(grain: &Grain, first: f64, last: f64) -> Vec<(f64, f64)> {
    const STEPS: u32 = 48;
    let at = |step: u32| {
        let share = f64::from(step) / f64::from(STEPS);
        let pieces = first * (last / first).powf(share);
        (pieces, grain.at(pieces).min(100.0 * WHOLE_MILLIS))
    };
    (0..=STEPS).map(at).collect()
}
