//! Why a run fell short of its workers, and what is too good to be true.

use crate::verdict::DRIFT_ALLOWED;
use model::{Evidence, Stats};

/// The main reason why P is below the number of workers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shortfall {
    /// It is not: P is within 10 % of the workers.
    None,
    /// Workers were ready but off core: too few free cores (hollow).
    OffCore,
    /// Workers were on a core, but each was slower than one alone: all-core
    /// clock, shared or small cores, shared memory bandwidth.
    SlowerCores,
    /// Workers had nothing to do: unequal shares, or the wait for the last task.
    Idle,
}

/// Splits what is missing, in units of one worker, into three parts and names
/// the largest: hollow lanes (`hollow x workers`), on core but slower
/// (`p_ticks - p`) and the rest of the lanes' time.
#[must_use]
pub fn shortfall(p: f64, p_ticks: f64, hollow: f64, workers: u32) -> Shortfall {
    let workers = f64::from(workers);
    if p >= 0.9 * workers {
        return Shortfall::None;
    }
    let off_core = hollow * workers;
    let slower = p_ticks - p;
    let idle = workers - p_ticks - off_core;
    if off_core >= slower && off_core >= idle {
        Shortfall::OffCore
    } else if slower >= idle {
        Shortfall::SlowerCores
    } else {
        Shortfall::Idle
    }
}

/// [`shortfall`] of an arm from the medians of a record; `None` where the arm
/// has no valid round with a base.
#[must_use]
pub fn shortfall_of(evidence: &Evidence, arm: &str) -> Option<Shortfall> {
    let workers = evidence.arms.iter().find(|info| info.id == arm)?.workers;
    let metrics = evidence.metrics.get(arm)?;
    let median = |name: &str| metrics.get(name).map(|stats| stats.median);
    Some(shortfall(
        median("p")?,
        median("p_ticks")?,
        median("hollow")?,
        workers,
    ))
}

/// Whether a speedup of computing is above what bare workers reached: its
/// whole interval above the whole interval of capacity, and by more than the
/// drift that probes are allowed. To be flagged, never celebrated.
#[must_use]
pub fn above_capacity(speedup: &Stats, capacity: &Stats) -> bool {
    speedup.lo > (1.0 + DRIFT_ALLOWED) * capacity.hi
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_part_names_the_reason() {
        let cases = [
            (1.95, 1.97, 0.0, 2, Shortfall::None),
            (1.96, 2.0, 0.5, 4, Shortfall::OffCore),
            (1.30, 1.95, 0.01, 2, Shortfall::SlowerCores),
            (1.40, 1.42, 0.0, 2, Shortfall::Idle),
            (0.99, 1.0, 0.49, 2, Shortfall::OffCore),
        ];
        for (p, p_ticks, hollow, workers, expected) in cases {
            assert_eq!(shortfall(p, p_ticks, hollow, workers), expected, "P {p}");
        }
    }
}
