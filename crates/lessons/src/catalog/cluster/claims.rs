//! What is claimed about kitchens that share nothing, and how it is judged.

use super::{ALONE, FAR, HANDED, LOOSE, LOST, SLOW, SPARE, STAYED, named, parcels};
use crate::checks::{Claims, ONE_CORE, capacity_of, is_one_core, later, ratio, scaled};
use crate::serving::{ratio_of, rows};
use crate::{Settings, towns};
use analysis::line::{Line, fit};
use analysis::stats::summarise;
use analysis::verdict::{Gate, Limit, judge as judge_stats};
use model::{ArmInfo, Check, Evidence, RoundRow, Stats, Strategy};

/// Share of what the cores allow that several kitchens reach, moves and all.
const SOONER: f64 = 0.7;
/// A split to the node and what it gave back, its part of the keys and the answer:
/// so many messages follow on each other at least.
pub const TRIPS: f64 = 4.0;
/// Adding up before sending leaves at most one in so many bytes.
const FEWER: f64 = 2.0;
/// Text that stays where it is leaves at most one in so many bytes.
const NEARER: f64 = 2.0;
/// Copying a large crate takes at least so many times what handing it over takes,
/// and what a note takes.
const COPY_OVER_HAND: f64 = 3.0;
const COPY_OVER_NOTE: f64 = 10.0;
/// Share of the spread that the line accounts for.
const STRAIGHT: f64 = 0.9;
/// Times as slow as the others from which a spare copy helps in any case.
const HELPED: f64 = 3.0;

pub fn judge(evidence: &Evidence, _settings: &Settings) -> Vec<Check> {
    let mut claims = Claims::new(evidence);
    sooner(&mut claims);
    trips(&mut claims);
    bytes(&mut claims);
    if let Some(arm) = named(evidence, LOST) {
        towns::done_again(&mut claims, &arm.id);
    }
    spare(&mut claims);
    moving(&mut claims);
    lines(&mut claims);
    for arm in &evidence.arms {
        if arm.strategy == Strategy::Interleaved {
            claims.no_faster(&arm.id);
        }
    }
    claims.done()
}

/// Several kitchens are done sooner than one, as far as there are knives.
fn sooner(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    let Some(arm) = named(evidence, HANDED).filter(|arm| arm.workers > 1) else {
        return;
    };
    let times = ratio(evidence, ALONE, &arm.id);
    if is_one_core(evidence) {
        one_knife(claims, arm, times);
        return;
    }
    let count = arm.workers.to_string();
    let possible = capacity_of(evidence, arm.workers).map(|at| at.min(f64::from(arm.workers)));
    let share = scaled(times.as_ref(), possible.unwrap_or(0.0));
    let expr = [
        "ms(alone) / ms(",
        &*arm.id,
        ") / min(",
        &*count,
        ", capacity)",
    ]
    .concat();
    let id = ["sooner.", &*arm.id].concat();
    claims.parallel(&id, &expr, share, Limit::AtLeast(SOONER), &[&arm.id]);
}

/// With one core they are not. As [`Claims::one_knife`], of arms without a base.
fn one_knife(claims: &mut Claims<'_>, arm: &ArmInfo, times: Option<Stats>) {
    let capacity = &claims.evidence().capacity;
    let mut twos = capacity.probes.iter().filter(|probe| probe.workers == 2);
    let mut gates = vec![Gate::clock_of(claims.evidence(), &[&arm.id])];
    if twos.any(|probe| probe.ratio >= ONE_CORE) {
        gates.push(Gate::drift(capacity, 2));
    }
    let id = ["one-knife.", &*arm.id].concat();
    let expr = ["ms(alone) / ms(", &*arm.id, ") on one core"].concat();
    let limit = Limit::AtMost(1.10);
    claims.push(judge_stats(&id, &expr, times.as_ref(), limit, &gates));
}

/// Whatever every message takes is added for each that has to wait for another.
fn trips(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    let (Some(far), Some(near)) = (named(evidence, FAR), named(evidence, HANDED)) else {
        return;
    };
    let latency = far.manner.town.map_or(0.0, |town| town.latency_millis);
    if latency > 0.0 {
        let added = later(evidence, &far.id, &near.id);
        let id = ["trips.", &*far.id].concat();
        let expr = ["ms(", &*far.id, ") - ms(", &*near.id, ")"].concat();
        let least = Limit::AtLeast(TRIPS * latency);
        claims.timed(&id, &expr, added, least, &[&far.id, &near.id]);
    }
}

/// Adding up first, and leaving the text where it is, save bytes.
fn bytes(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    let Some(handed) = named(evidence, HANDED) else {
        return;
    };
    if let Some(loose) = named(evidence, LOOSE) {
        let times = ratio_of(evidence, "town.found_bytes", &loose.id, &handed.id);
        let id = ["fewer.", &*loose.id].concat();
        let expr = ["found bytes(", &*loose.id, ") / (", &*handed.id, ")"].concat();
        let limit = Limit::AtLeast(FEWER);
        claims.push(judge_stats(&id, &expr, times.as_ref(), limit, &[]));
    }
    if let Some(stayed) = named(evidence, STAYED) {
        let times = ratio_of(evidence, "town.bytes", &handed.id, &stayed.id);
        let id = ["nearer.", &*stayed.id].concat();
        let expr = ["bytes(", &*handed.id, ") / bytes(", &*stayed.id, ")"].concat();
        let limit = Limit::AtLeast(NEARER);
        claims.push(judge_stats(&id, &expr, times.as_ref(), limit, &[]));
    }
}

/// With a slow kitchen, a second try elsewhere is sooner.
fn spare(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    let (Some(slow), Some(spare)) = (named(evidence, SLOW), named(evidence, SPARE)) else {
        return;
    };
    let straggler = slow.manner.town.map_or(1.0, |town| town.straggler);
    if straggler >= HELPED {
        let times = ratio(evidence, &slow.id, &spare.id);
        let id = ["helped.", &*spare.id].concat();
        let expr = ["ms(", &*slow.id, ") / ms(", &*spare.id, ")"].concat();
        let least = Limit::AtLeast(0.9);
        claims.parallel(&id, &expr, times, least, &[&slow.id, &spare.id]);
    }
}

/// Copying a large crate takes much longer than handing it over, or than a note.
/// Judged as a difference: handing over may be too quick for the clock.
fn moving(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    for (arm, times) in [
        (parcels::HANDED, COPY_OVER_HAND),
        (parcels::SHARED, COPY_OVER_NOTE),
    ] {
        if !evidence.arms.iter().any(|info| info.id == arm) {
            continue;
        }
        let of = |row: &RoundRow| row.figures.get(parcels::LARGEST).copied();
        let pairs = rows(evidence, parcels::COPIED).filter_map(|row| {
            let mut others = rows(evidence, arm);
            let other = others.find(|other| other.round == row.round)?;
            Some(of(row)? - times * of(other)?)
        });
        let more = summarise(&pairs.collect::<Vec<_>>());
        let count = (times as u32).to_string();
        let id = ["copied.", arm].concat();
        let expr = ["64 MB: ms(parcel-copy) - ", &*count, " ms(", arm, ")"].concat();
        let least = Limit::AtLeast(0.0);
        claims.timed(&id, &expr, more, least, &[parcels::COPIED]);
    }
}

/// What a copy takes grows with its bytes, on a line.
fn lines(claims: &mut Claims<'_>) {
    let evidence = claims.evidence();
    if !evidence.arms.iter().any(|arm| arm.id == parcels::COPIED) {
        return;
    }
    let fits: Vec<_> = rows(evidence, parcels::COPIED)
        .map(|row| fit(&parcels::points(row)))
        .collect();
    // What no line fits has none, and is not left out.
    let of = |figure: fn(&Line) -> f64| {
        let figures = fits.iter().map(|line| line.as_ref().map_or(0.0, figure));
        summarise(&figures.collect::<Vec<_>>())
    };
    let arms = [parcels::COPIED];
    let straight = of(|line| line.r2);
    let expr = "R2 of ms = latency + bytes / bandwidth";
    let limit = Limit::AtLeast(STRAIGHT);
    claims.timed("line.parcel-copy", expr, straight, limit, &arms);
    let rate = of(parcels::rate);
    let expr = "bandwidth of that line in MB/s";
    let limit = Limit::AtLeast(f64::MIN_POSITIVE);
    claims.timed("bandwidth.parcel-copy", expr, rate, limit, &arms);
}
