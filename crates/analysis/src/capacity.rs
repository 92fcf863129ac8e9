//! Parallel capacity: what bare workers reach together, against one alone.
//!
//! Every claim about speed is held against this, never against the reported
//! number of cores, and never measured with the strategy under test.

use crate::stats::{self, FEWEST};
use model::{Capacity, CapacityProbe, Stats};

/// Summary of the probes. Without probes everything is empty and `drift` 0.
#[must_use]
pub fn from_probes(probes: &[CapacityProbe]) -> Capacity {
    let mut capacity = Capacity {
        probes: probes.to_vec(),
        ..Capacity::default()
    };
    for workers in probes.iter().map(|probe| probe.workers) {
        if capacity.by_workers.contains_key(&workers) {
            continue;
        }
        let ratios = ratios(probes, workers, |_| true);
        if let Some(stats) = stats::summarise(&ratios) {
            capacity.by_workers.insert(workers, stats);
        }
        capacity.drift = capacity.drift.max(drift(probes, workers).unwrap_or(0.0));
    }
    capacity
}

/// Measured capacity with this many workers; exactly 1 for one worker, `None`
/// where it was not probed.
#[must_use]
pub fn at(capacity: &Capacity, workers: u32) -> Option<Stats> {
    let probed = capacity.by_workers.get(&workers).copied();
    let one = || exactly(1.0);
    probed.or_else(|| (workers == 1).then(one))
}

/// `|after - before| / before` of the median ratios with this many workers;
/// `None` unless it was probed both before and after the rounds.
#[must_use]
pub fn drift(probes: &[CapacityProbe], workers: u32) -> Option<f64> {
    let before = stats::median(&ratios(probes, workers, |probe| !probe.after))?;
    let after = stats::median(&ratios(probes, workers, |probe| probe.after))?;
    (before > 0.0).then(|| (after - before).abs() / before)
}

/// A figure as a share of capacity, such as `speedup / capacity(2)`. The two
/// were measured apart, so the interval takes the worst of both:
/// `lo / capacity.hi ..= hi / capacity.lo`. `None` where capacity is not positive.
#[must_use]
pub fn relative(figure: &Stats, capacity: &Stats) -> Option<Stats> {
    (capacity.lo > 0.0).then(|| Stats {
        n: figure.n,
        median: figure.median / capacity.median,
        lo: figure.lo / capacity.hi,
        hi: figure.hi / capacity.lo,
        mad: figure.mad / capacity.median,
        outliers: figure.outliers,
    })
}

/// A value that is known without measuring.
fn exactly(value: f64) -> Stats {
    Stats {
        n: FEWEST,
        median: value,
        lo: value,
        hi: value,
        mad: 0.0,
        outliers: 0,
    }
}

fn ratios(
    probes: &[CapacityProbe],
    workers: u32,
    wanted: impl Fn(&CapacityProbe) -> bool,
) -> Vec<f64> {
    probes
        .iter()
        .filter(|probe| probe.workers == workers && wanted(probe))
        .map(|probe| probe.ratio)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn probes(workers: u32, before: &[f64], after: &[f64]) -> Vec<CapacityProbe> {
        let probe = |after| {
            move |&ratio: &f64| CapacityProbe {
                workers,
                ratio,
                after,
            }
        };
        let late = after.iter().map(probe(true));
        before.iter().map(probe(false)).chain(late).collect()
    }

    #[test]
    fn drift_is_relative_to_before() {
        let mut all = probes(2, &[1.9, 2.0, 2.1], &[1.8, 1.9, 1.7]);
        all.extend(probes(4, &[2.0], &[2.02]));
        let capacity = from_probes(&all);
        assert!((capacity.drift - 0.1).abs() < 1e-9);
        assert!((drift(&all, 4).unwrap() - 0.01).abs() < 1e-9);
        assert_eq!(at(&capacity, 2).map(|stats| stats.n), Some(6));
        assert_eq!(at(&capacity, 1).map(|stats| stats.median), Some(1.0));
        assert_eq!(at(&capacity, 3), None);
    }

    #[test]
    fn without_later_probes_there_is_no_drift() {
        assert_eq!(from_probes(&probes(2, &[1.0, 2.0], &[])).drift, 0.0);
        assert_eq!(from_probes(&[]), Capacity::default());
    }

    #[test]
    fn a_share_of_capacity_has_the_wider_interval() {
        let figure = stats::summarise(&[1.8, 1.9, 2.0]).unwrap();
        let capacity = stats::summarise(&[1.9, 2.0, 2.1]).unwrap();
        let share = relative(&figure, &capacity).unwrap();
        assert!((share.median - 0.95).abs() < 1e-12);
        assert!((share.lo - 1.8 / 2.1).abs() < 1e-12);
        assert!((share.hi - 2.0 / 1.9).abs() < 1e-12);
    }
}
