//! A second opinion on a record: everything it derives is derived again here,
//! from the rounds and probes it carries, with formulas of our own.

use lessons::{Settings, registry};
use model::{ArmInfo, Check, Evidence, RoundRow, Stats, Verdict};
use std::collections::BTreeSet;

/// The only reasons for which a claim may be left open.
pub const REASONS: [&str; 4] = ["capacity", "drift", "clock", "straddle"];
/// Ratio that two bare workers reach where two cores are free.
const TWO_CORES: f64 = 1.7;
/// Relative change of capacity during a run that leaves parallel claims open.
const DRIFT: f64 = 0.05;
/// Slack of timers in a claim about overlapping waits, in milliseconds.
const TIMERS_MILLIS: f64 = 30.0;

/// Why two cores cannot be counted on in this run, by its probes alone. The
/// one excuse for trying again.
#[must_use]
pub fn busy(evidence: &Evidence) -> Option<String> {
    let capacity = &evidence.capacity;
    let two = capacity.by_workers.get(&2)?;
    if two.median < TWO_CORES {
        return Some(format!("two bare workers reached {:.2} of one", two.median));
    }
    (capacity.drift > DRIFT).then(|| format!("capacity changed by {:.0} %", 100.0 * capacity.drift))
}

/// First word of why a check was not passed.
#[must_use]
pub fn reason(check: &Check) -> &str {
    check.why.split(':').next().unwrap_or_default()
}

/// Median and interval of the median by order statistics (sign test): the
/// largest rank `k` with `2 * sum over i < k of C(n, i) <= 5 %` of `2^n`.
///
/// # Panics
/// Without values.
#[must_use]
pub fn interval(values: &[f64]) -> (f64, f64, f64) {
    let mut sorted = values.to_vec();
    sorted.sort_by(f64::total_cmp);
    let n = sorted.len();
    assert!((1..60).contains(&n), "{n} values");
    let (mut choose, mut below, mut rank) = (1_u128, 0_u128, 0);
    for k in 1..=n {
        below += choose;
        if 40 * below > 1 << n {
            break;
        }
        rank = k;
        choose = choose * (n - k + 1) as u128 / k as u128;
    }
    let cut = rank.max(1) - 1;
    let median = (sorted[(n - 1) / 2] + sorted[n / 2]) / 2.0;
    (sorted[cut], median, sorted[n - 1 - cut])
}

/// The figure of an arm.
///
/// # Panics
/// When the record does not have it.
#[must_use]
pub fn figure(evidence: &Evidence, arm: &str, name: &str) -> Stats {
    let found = evidence.metrics.get(arm).and_then(|all| all.get(name));
    *found.unwrap_or_else(|| panic!("{}: no {name} of {arm}", evidence.lesson))
}

/// Longest wait of an arm and the computing of all its tasks, in milliseconds.
#[must_use]
pub fn waits(arm: &ArmInfo) -> (f64, f64) {
    let longest = arm
        .jobs
        .iter()
        .map(|job| job.wait_millis)
        .fold(0.0, f64::max);
    let busy = |job: &model::Job| f64::from(job.tasks) * job.busy_millis;
    (
        longest,
        arm.jobs.iter().map(busy).sum::<f64>() + TIMERS_MILLIS,
    )
}

/// Makespan of an arm over that of another in each round in which both count.
#[must_use]
pub fn share_of_rounds(evidence: &Evidence, arm: &str, base: &str) -> Vec<f64> {
    let pairs = valid(evidence, arm).filter_map(|own| {
        let base = valid(evidence, base).find(|base| base.round == own.round)?;
        Some(own.ms / base.ms)
    });
    pairs.collect()
}

fn valid<'a>(evidence: &'a Evidence, arm: &'a str) -> impl Iterator<Item = &'a RoundRow> {
    let rows = evidence.rounds.iter();
    rows.filter(move |row| row.arm == arm && row.valid)
}

/// Everything in a record that does not follow from its rounds and probes.
#[must_use]
pub fn contradictions(evidence: &Evidence) -> Vec<String> {
    let mut wrong = Vec::new();
    if evidence.schema != Evidence::SCHEMA {
        wrong.push(format!("schema {}", evidence.schema));
    }
    rounds(evidence, &mut wrong);
    for arm in &evidence.arms {
        summaries(evidence, arm, &mut wrong);
    }
    capacity(evidence, &mut wrong);
    for check in &evidence.checks {
        if let Some(fault) = misjudged(check) {
            wrong.push(format!("{}: {fault}", check.id));
        }
    }
    judged_again(evidence, &mut wrong);
    wrong
}

/// Every arm once in every round, in a drawn order, with the proof of its work.
fn rounds(evidence: &Evidence, wrong: &mut Vec<String>) {
    let last = evidence
        .rounds
        .iter()
        .map(|row| row.round)
        .max()
        .unwrap_or(0);
    for round in 0..=last {
        let mut orders: Vec<u32> = Vec::new();
        for arm in &evidence.arms {
            let rows = evidence.rounds.iter();
            let own: Vec<_> = rows
                .filter(|row| row.round == round && row.arm == arm.id)
                .collect();
            let [row] = own[..] else {
                wrong.push(format!("round {round}: {} runs of {}", own.len(), arm.id));
                continue;
            };
            orders.push(row.order);
            if row.workload != arm.workload || row.valid != row.reason.is_none() {
                wrong.push(format!(
                    "round {round}: the row of {} contradicts itself",
                    arm.id
                ));
            }
        }
        orders.sort_unstable();
        if !orders.iter().copied().eq(0..evidence.arms.len() as u32) {
            wrong.push(format!("round {round}: its runs stand at {orders:?}"));
        }
    }
    let labels: BTreeSet<&str> = evidence
        .arms
        .iter()
        .map(|arm| arm.workload.as_str())
        .collect();
    for label in labels {
        let rows = evidence.rounds.iter();
        let proofs: BTreeSet<Option<&str>> = rows
            .filter(|row| row.workload == label && row.valid)
            .map(|row| row.checksum.as_deref())
            .collect();
        let is_proof = |proof: &Option<&str>| {
            proof.is_some_and(|text| text.len() == 16 && u64::from_str_radix(text, 16).is_ok())
        };
        if proofs.len() > 1 || !proofs.iter().all(is_proof) {
            wrong.push(format!("{label}: checksums {proofs:?}"));
        }
    }
}

/// A figure of a round, if it has it.
type Figure = fn(&RoundRow) -> Option<f64>;

/// Medians, intervals and ratios of an arm.
fn summaries(evidence: &Evidence, arm: &ArmInfo, wrong: &mut Vec<String>) {
    let rows: Vec<&RoundRow> = valid(evidence, &arm.id).collect();
    let mut compare = |name: &str, values: &[f64], told: Option<&Stats>| match told {
        Some(told) if !is_summary(told, values) => {
            wrong.push(format!(
                "{}: {name} is {told:?}, not that of {values:?}",
                arm.id
            ));
        }
        None if !values.is_empty() => wrong.push(format!("{}: no {name}", arm.id)),
        _ => {}
    };
    let of = |pick: Figure| -> Vec<f64> { rows.iter().copied().filter_map(pick).collect() };
    compare("ms", &of(|row| Some(row.ms)), evidence.stats.get(&arm.id));
    let metrics = evidence.metrics.get(&arm.id);
    let told = |name: &str| metrics.and_then(|metrics| metrics.get(name));
    let figures: [(&str, Figure); 7] = [
        ("c", |row| Some(row.c)),
        ("p", |row| row.p),
        ("p_ticks", |row| Some(row.p_ticks)),
        ("hollow", |row| Some(row.hollow)),
        ("speedup", |row| row.speedup),
        ("mean_finish_ms", |row| Some(row.mean_finish_ms)),
        ("all_started_ms", |row| Some(row.all_started_ms)),
    ];
    for (name, pick) in figures {
        compare(name, &of(pick), told(name));
    }
    // What only some runs have.
    let names: BTreeSet<&String> = rows.iter().flat_map(|row| row.figures.keys()).collect();
    for name in names {
        let values: Vec<f64> = rows
            .iter()
            .filter_map(|row| row.figures.get(name).copied())
            .collect();
        compare(name, &values, told(name));
    }
    if let Some(base) = &arm.base {
        let ratios = share_of_rounds(evidence, &arm.id, base);
        compare("time_ratio", &ratios, told("time_ratio"));
        let speedups: Vec<f64> = ratios.iter().map(|ratio| 1.0 / ratio).collect();
        compare("speedup", &speedups, told("speedup"));
    }
}

fn is_summary(told: &Stats, values: &[f64]) -> bool {
    if values.is_empty() || told.n as usize != values.len() {
        return false;
    }
    let (lo, median, hi) = interval(values);
    is_near(told.lo, lo) && is_near(told.median, median) && is_near(told.hi, hi)
}

fn capacity(evidence: &Evidence, wrong: &mut Vec<String>) {
    let capacity = &evidence.capacity;
    let mut drift = 0.0_f64;
    for (&workers, told) in &capacity.by_workers {
        let ratios = |after: Option<bool>| -> Vec<f64> {
            let probes = capacity
                .probes
                .iter()
                .filter(|probe| probe.workers == workers);
            let wanted = probes.filter(|probe| after.is_none_or(|after| probe.after == after));
            wanted.map(|probe| probe.ratio).collect()
        };
        if !is_summary(told, &ratios(None)) {
            wrong.push(format!("capacity of {workers} is not that of its probes"));
        }
        let (before, after) = (ratios(Some(false)), ratios(Some(true)));
        if !before.is_empty() && !after.is_empty() {
            let (before, after) = (interval(&before).1, interval(&after).1);
            drift = drift.max((after - before).abs() / before);
        }
    }
    if (drift - capacity.drift).abs() > 1e-9 {
        wrong.push(format!("drift is {}, not {drift}", capacity.drift));
    }
}

/// What is wrong with a verdict, by its own interval and limit.
fn misjudged(check: &Check) -> Option<String> {
    let bounds = match check.limit.split_once("..") {
        Some((least, most)) => (least.parse().ok()?, most.parse().ok()?),
        None => {
            let (sign, number) = check.limit.split_once(' ')?;
            let number: f64 = number.parse().ok()?;
            match sign {
                "<=" => (f64::NEG_INFINITY, number),
                ">=" => (number, f64::INFINITY),
                "==" => (number, number),
                _ => return Some(format!("limit {}", check.limit)),
            }
        }
    };
    // Limits stand in the record with three decimals.
    let (least, most): (f64, f64) = (bounds.0 - 1e-3, bounds.1 + 1e-3);
    let is_fine = match check.verdict {
        Verdict::Pass => check.lo >= least && check.hi <= most && check.why.is_empty(),
        Verdict::Fail => {
            (check.hi < bounds.0 + 1e-3 || check.lo > bounds.1 - 1e-3) && reason(check) == "outside"
        }
        Verdict::Inconclusive => REASONS.contains(&reason(check)) || reason(check) == "rounds",
    };
    (!is_fine).then(|| format!("{check:?}"))
}

/// The lesson judges the record anew, from the record alone.
fn judged_again(evidence: &Evidence, wrong: &mut Vec<String>) {
    let Some(lesson) = registry::all().find(|lesson| lesson.id == evidence.lesson) else {
        wrong.push(format!("no lesson {}", evidence.lesson));
        return;
    };
    let mut settings = Settings::default();
    for (key, value) in &evidence.params {
        if let Err(why) = settings.set(key, value) {
            wrong.push(format!("parameter {key}={value}: {why:?}"));
        }
    }
    let mut bare = evidence.clone();
    bare.checks.clear();
    let again = (lesson.judge)(&bare, &settings);
    let ids =
        |checks: &[Check]| -> Vec<String> { checks.iter().map(|check| check.id.clone()).collect() };
    if ids(&again) != ids(&evidence.checks) {
        wrong.push(format!("judged again: {:?}", ids(&again)));
    }
    for (again, told) in again.iter().zip(&evidence.checks) {
        let is_same =
            (&again.verdict, &again.limit, &again.expr) == (&told.verdict, &told.limit, &told.expr);
        if !is_same || !is_near(again.value, told.value) {
            wrong.push(format!("judged again: {again:?}, not {told:?}"));
        }
    }
}

/// Equal up to what writing and reading a number may change.
fn is_near(a: f64, b: f64) -> bool {
    (a - b).abs() <= 1e-9 * a.abs().max(b.abs()).max(1.0)
}
