//! Claims that several lessons make.

use model::{Evidence, Stats};

/// Makespan of `arm` over that of `other`, each pair from one round.
pub fn ratio(evidence: &Evidence, arm: &str, other: &str) -> Option<Stats> {
    let rows = |id: &'static str| id;
    let _ = rows;
    let (a, b) = (evidence.stats.get(arm)?, evidence.stats.get(other)?);
    Some(Stats {
        median: a.median / b.median,
        lo: a.lo / b.hi,
        hi: a.hi / b.lo,
        ..*a
    })
}
