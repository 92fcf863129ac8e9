//! Three-valued verdicts: pass, fail, inconclusive.
//!
//! A claim passes when the whole interval of its figure is inside the limit and
//! fails when the whole interval is outside. It is *inconclusive* only where
//! two workers did not reach 1.7 times one, the probes before and after
//! disagree by more than 5 %, the clock step exceeds 1 % of the shortest timed
//! phase, or the interval straddles the limit (too few valid rounds have an
//! interval without bounds). `why` begins with that reason as one word:
//! `capacity`, `drift`, `clock`, `straddle` or `rounds`; on a fail with `outside`.

use crate::stats::FEWEST;
use crate::{capacity, decimal};
use model::{Capacity, Check, Evidence, Stats, Verdict, VoidReason};

/// Ratio that two bare workers must reach before parallel claims are judged.
pub const CAPACITY_NEEDED: f64 = 1.7;
/// Largest relative difference between the probes before and after.
pub const DRIFT_ALLOWED: f64 = 0.05;
/// Largest clock step as a share of the shortest timed phase.
pub const CLOCK_SHARE_ALLOWED: f64 = 0.01;

/// What a figure is held against; bounds are inside the limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Limit {
    /// `<= x`
    AtMost(f64),
    /// `>= x`
    AtLeast(f64),
    /// `a..b`
    Between(f64, f64),
    /// The figure counts differences, of which there must be none: `== 0`.
    Equal,
}

impl Limit {
    /// The limit as it stands in the record, such as `<= 1.15` or `0.95..1.15`.
    #[must_use]
    pub fn text(self) -> String {
        match self {
            Self::AtMost(most) => ["<= ", &number(most)].concat(),
            Self::AtLeast(least) => [">= ", &number(least)].concat(),
            Self::Between(least, most) => [&number(least), "..", &number(most)].concat(),
            Self::Equal => "== 0".into(),
        }
    }

    const fn bounds(self) -> (f64, f64) {
        match self {
            Self::AtMost(most) => (f64::NEG_INFINITY, most),
            Self::AtLeast(least) => (least, f64::INFINITY),
            Self::Between(least, most) => (least, most),
            Self::Equal => (0.0, 0.0),
        }
    }
}

/// A condition without which a claim cannot be decided on this machine now.
#[derive(Clone, Debug, PartialEq)]
pub struct Gate {
    /// Why it is closed; `None` where it is open.
    pub closed: Option<String>,
}

impl Gate {
    /// Two bare workers together reached at least 1.7 times one. For claims
    /// that several workers are faster.
    #[must_use]
    pub fn capacity(capacity: &Capacity) -> Self {
        let closed = match capacity::at(capacity, 2) {
            None => Some("capacity: not measured".into()),
            Some(two) if two.median < CAPACITY_NEEDED => Some(
                [
                    "capacity: two workers reached ",
                    &number(two.median),
                    " of one, needed ",
                    &number(CAPACITY_NEEDED),
                ]
                .concat(),
            ),
            Some(_) => None,
        };
        Self { closed }
    }

    /// The probes with this many workers before and after the rounds agree
    /// within 5 %; open where they were not taken twice.
    #[must_use]
    pub fn drift(capacity: &Capacity, workers: u32) -> Self {
        let drift = capacity::drift(&capacity.probes, workers).unwrap_or(0.0);
        let closed = (drift > DRIFT_ALLOWED).then(|| {
            [
                "drift: capacity changed by ",
                &decimal::text(100.0 * drift, 1),
                " % during the run, allowed ",
                &decimal::text(100.0 * DRIFT_ALLOWED, 1),
                " %",
            ]
            .concat()
        });
        Self { closed }
    }

    /// The clock step is at most 1 % of the shortest timed phase.
    #[must_use]
    pub fn clock(clock_step_nanos: u64, shortest_ms: f64) -> Self {
        let step_ms = clock_step_nanos as f64 / 1e6;
        let is_fine = step_ms > 0.0 && step_ms <= CLOCK_SHARE_ALLOWED * shortest_ms;
        let closed = (!is_fine).then(|| {
            [
                "clock: its step of ",
                &decimal::text(step_ms, 3),
                " ms is too coarse for ",
                &decimal::text(shortest_ms, 3),
                " ms",
            ]
            .concat()
        });
        Self { closed }
    }

    /// [`Gate::clock`] for the quickest of these arms in the record, by median.
    #[must_use]
    pub fn clock_of(evidence: &Evidence, arms: &[&str]) -> Self {
        let medians = arms
            .iter()
            .map(|&arm| evidence.stats.get(arm).map_or(0.0, |stats| stats.median));
        let shortest_ms = medians.fold(f64::INFINITY, f64::min);
        let shortest_ms = if shortest_ms.is_finite() {
            shortest_ms
        } else {
            0.0
        };
        Self::clock(evidence.env.capability.clock_step_nanos, shortest_ms)
    }
}

/// Judges one claim. `stats` is the figure over valid rounds, `None` if there
/// was none. The gates are those that matter to this claim.
#[must_use]
pub fn judge(id: &str, expr: &str, stats: Option<&Stats>, limit: Limit, gates: &[Gate]) -> Check {
    let (value, lo, hi) = stats.map_or((0.0, 0.0, 0.0), |stats| (stats.median, stats.lo, stats.hi));
    let mut check = Check {
        id: id.into(),
        expr: expr.into(),
        value,
        lo,
        hi,
        limit: limit.text(),
        verdict: Verdict::Inconclusive,
        why: String::new(),
    };
    let mut reasons: Vec<String> = gates
        .iter()
        .filter_map(|gate| gate.closed.clone())
        .collect();
    let rounds = stats.map_or(0, |stats| stats.n);
    if rounds < FEWEST {
        reasons.push(
            [
                "rounds: ",
                &rounds.to_string(),
                " valid, needed ",
                &FEWEST.to_string(),
            ]
            .concat(),
        );
    }
    let (least, most) = limit.bounds();
    let is_inside = lo >= least && hi <= most;
    let is_outside = hi < least || lo > most;
    let interval = || [&number(lo), " to ", &number(hi), " against ", &check.limit].concat();
    if reasons.is_empty() {
        if is_inside {
            check.verdict = Verdict::Pass;
        } else if is_outside {
            check.why = ["outside: ", &interval()].concat();
            check.verdict = Verdict::Fail;
        } else {
            check.why = ["straddle: ", &interval()].concat();
        }
    } else {
        check.why = reasons.join("; ");
    }
    check
}

/// Judges a single value that has no spread, such as a count.
#[must_use]
pub fn judge_exact(id: &str, expr: &str, value: f64, limit: Limit, gates: &[Gate]) -> Check {
    let stats = Stats {
        n: FEWEST,
        median: value,
        lo: value,
        hi: value,
        mad: 0.0,
        outliers: 0,
    };
    judge(id, expr, value.is_finite().then_some(&stats), limit, gates)
}

/// The claim that all arms with this label of work did that work. Counts the
/// rounds that are void for their checksum, and those of arms in which more
/// than half of the rounds did more work than time on cores allows (one such
/// round may be bad luck). Fails also where no round has a checksum.
#[must_use]
pub fn same_work(id: &str, evidence: &Evidence, workload: &str) -> Check {
    let rows = || {
        evidence
            .rounds
            .iter()
            .filter(|row| row.workload == workload)
    };
    let void = |arm: &str, reason| {
        rows()
            .filter(|row| row.arm == arm && row.reason == Some(reason))
            .count()
    };
    let mut unproven = usize::from(!rows().any(|row| row.checksum.is_some()));
    for arm in &evidence.arms {
        let impossible = void(&arm.id, VoidReason::Impossible);
        unproven += void(&arm.id, VoidReason::Checksum);
        if 2 * impossible > rows().filter(|row| row.arm == arm.id).count() {
            unproven += impossible;
        }
    }
    let expr = ["rounds of ", workload, " whose work is not proven"].concat();
    judge_exact(id, &expr, unproven as f64, Limit::Equal, &[])
}

fn number(value: f64) -> String {
    decimal::text(value, 3)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stats::summarise;
    use model::CapacityProbe;

    fn verdict(values: &[f64], limit: Limit, gates: &[Gate]) -> (Verdict, String) {
        let check = judge("id", "x", summarise(values).as_ref(), limit, gates);
        let (reason, _) = check.why.split_once(':').unwrap_or_default();
        (check.verdict, reason.into())
    }

    #[test]
    fn the_whole_interval_decides() {
        let values = [1.0, 1.1, 1.2, 1.0, 1.1, 1.2];
        let cases = [
            (Limit::AtMost(1.2), Verdict::Pass, ""),
            (Limit::AtMost(1.15), Verdict::Inconclusive, "straddle"),
            (Limit::AtMost(0.9), Verdict::Fail, "outside"),
            (Limit::AtLeast(1.0), Verdict::Pass, ""),
            (Limit::AtLeast(1.05), Verdict::Inconclusive, "straddle"),
            (Limit::AtLeast(1.3), Verdict::Fail, "outside"),
            (Limit::Between(0.95, 1.25), Verdict::Pass, ""),
            (
                Limit::Between(1.05, 1.25),
                Verdict::Inconclusive,
                "straddle",
            ),
            (Limit::Between(1.3, 1.4), Verdict::Fail, "outside"),
        ];
        for (limit, expected, why) in cases {
            assert_eq!(
                verdict(&values, limit, &[]),
                (expected, why.into()),
                "{limit:?}"
            );
        }
    }

    #[test]
    fn five_rounds_decide_nothing() {
        let expected = (Verdict::Inconclusive, "rounds".into());
        assert_eq!(verdict(&[1.0; 5], Limit::AtMost(2.0), &[]), expected);
        assert_eq!(verdict(&[], Limit::AtMost(2.0), &[]), expected);
    }

    #[test]
    fn a_closed_gate_keeps_a_claim_open_either_way() {
        let gates = [Gate::clock(5_000, 400.0), Gate::clock(5_000_000, 400.0)];
        for limit in [Limit::AtMost(2.0), Limit::AtMost(0.5)] {
            let expected = (Verdict::Inconclusive, "clock".into());
            assert_eq!(verdict(&[1.0; 9], limit, &gates), expected);
        }
    }

    #[test]
    fn gates_open_and_close_at_their_numbers() {
        let probes = |before: f64, after: f64| {
            let probe = |ratio, after| CapacityProbe {
                workers: 2,
                ratio,
                after,
            };
            capacity::from_probes(&[probe(before, false), probe(after, true)])
        };
        assert_eq!(Gate::capacity(&probes(1.7, 1.7)).closed, None);
        assert!(Gate::capacity(&probes(1.69, 1.69)).closed.is_some());
        assert!(Gate::capacity(&Capacity::default()).closed.is_some());
        assert_eq!(Gate::drift(&probes(2.0, 1.91), 2).closed, None);
        assert!(Gate::drift(&probes(2.0, 1.89), 2).closed.is_some());
        assert_eq!(Gate::clock(100_000, 10.0).closed, None);
        assert!(Gate::clock(100_001, 10.0).closed.is_some());
        assert!(
            Gate::clock(0, 10.0).closed.is_some(),
            "no step was ever seen"
        );
        assert!(Gate::clock(5_000, 0.0).closed.is_some(), "no time passed");
    }

    #[test]
    fn limits_read_as_formulas() {
        assert_eq!(Limit::AtMost(1.15).text(), "<= 1.15");
        assert_eq!(Limit::AtLeast(0.8).text(), ">= 0.8");
        assert_eq!(Limit::Between(0.95, 1.15).text(), "0.95..1.15");
        assert_eq!(Limit::Equal.text(), "== 0");
    }
}
