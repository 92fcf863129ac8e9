//! Robust statistics of a handful of noisy values.
//!
//! Centre: the median. Its interval: order statistics, which hold whatever the
//! distribution. For `n` sorted values the interval `x_k ..= x_(n+1-k)` covers
//! the median of the population with probability
//! `1 - 2 * sum over i < k of C(n, i) / 2^n` (sign test; Conover, *Practical
//! Nonparametric Statistics*); the largest `k` with at least 95 % is used:
//! n = 6, 7, 8: `k` = 1; 9: 2; 15: 4; 21: 6. Spread: 1.4826 x the median absolute
//! deviation, which equals the standard deviation for normal noise. Outliers:
//! Tukey's fences, 1.5 interquartile ranges beyond the quartiles; they are
//! counted, never deleted.

use model::Stats;

/// Fewest values for which an interval of 95 % exists.
pub const FEWEST: u32 = 6;

/// Coverage an interval must have.
const COVERAGE: f64 = 0.95;
/// Beyond this the binomial is as good as normal, and 2^-n would underflow.
const EXACT_UP_TO: usize = 500;

/// Median of the finite values; `None` if there are none.
#[must_use]
pub fn median(values: &[f64]) -> Option<f64> {
    quantile(&sorted(values), 0.5)
}

/// Summary of the finite values; `None` if there are none. With fewer than
/// [`FEWEST`] values `lo..hi` is their whole range, and covers less than 95 %.
#[must_use]
pub fn summarise(values: &[f64]) -> Option<Stats> {
    let values = sorted(values);
    let median = quantile(&values, 0.5)?;
    let lower_quartile = quantile(&values, 0.25)?;
    let upper_quartile = quantile(&values, 0.75)?;
    let cut = interval_rank(values.len()).max(1) - 1;
    let distances: Vec<f64> = values.iter().map(|value| (value - median).abs()).collect();
    let fence = 1.5 * (upper_quartile - lower_quartile);
    let is_outlier =
        |value: &&f64| **value < lower_quartile - fence || **value > upper_quartile + fence;
    Some(Stats {
        n: values.len() as u32,
        median,
        lo: *values.get(cut)?,
        hi: *values.get(values.len() - 1 - cut)?,
        mad: 1.4826 * self::median(&distances)?,
        outliers: values.iter().filter(is_outlier).count() as u32,
    })
}

/// The rank `k`, from 1, of the order-statistic interval `x_k ..= x_(n+1-k)`
/// of the median with a coverage of at least 95 %; 0 where no such interval
/// exists (fewer than [`FEWEST`] values).
#[must_use]
pub fn interval_rank(n: usize) -> usize {
    if n > EXACT_UP_TO {
        let n = n as f64;
        return (n / 2.0 - 0.98 * n.sqrt()) as usize;
    }
    // P(fewer than k of n values lie below the median), for k = 1, 2, ...
    let mut term = 0.5_f64.powi(n as i32);
    let mut below = 0.0;
    for rank in 1..=n / 2 + 1 {
        below += term;
        if 1.0 - 2.0 * below < COVERAGE {
            return rank - 1;
        }
        term *= (n + 1 - rank) as f64 / rank as f64;
    }
    0
}

fn sorted(values: &[f64]) -> Vec<f64> {
    let mut finite: Vec<f64> = values.iter().copied().filter(|v| v.is_finite()).collect();
    finite.sort_unstable_by(f64::total_cmp);
    finite
}

/// Linear interpolation between the neighbours of rank `(n - 1) * share`.
fn quantile(sorted: &[f64], share: f64) -> Option<f64> {
    let rank = sorted.len().checked_sub(1)? as f64 * share;
    let below = *sorted.get(rank as usize)?;
    let above = sorted.get(rank as usize + 1).copied().unwrap_or(below);
    Some(below + (above - below) * rank.fract())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn interval_ranks_are_those_of_the_protocol() {
        let expected = [
            (0, 0),
            (1, 0),
            (5, 0),
            (6, 1),
            (7, 1),
            (8, 1),
            (9, 2),
            (11, 2),
            (12, 3),
            (15, 4),
            (21, 6),
            (500, 228),
            (501, 228),
        ];
        for (n, rank) in expected {
            assert_eq!(interval_rank(n), rank, "n = {n}");
        }
    }

    #[test]
    fn nine_values_lose_one_at_each_end() {
        let stats = summarise(&[9.0, 1.0, 5.0, 3.0, 7.0, 2.0, 8.0, 4.0, 6.0]).unwrap();
        assert_eq!(
            (stats.n, stats.median, stats.lo, stats.hi),
            (9, 5.0, 2.0, 8.0)
        );
        assert!((stats.mad - 1.4826 * 2.0).abs() < 1e-12);
        assert_eq!(stats.outliers, 0);
    }

    #[test]
    fn an_outlier_is_counted_and_kept() {
        let stats = summarise(&[10.0, 11.0, 10.5, 10.2, 10.8, 90.0]).unwrap();
        assert_eq!((stats.n, stats.outliers, stats.hi), (6, 1, 90.0));
        assert!(stats.median < 11.0);
    }

    #[test]
    fn few_values_give_their_range_and_none_gives_nothing() {
        let stats = summarise(&[2.0, 1.0, 4.0]).unwrap();
        assert_eq!(
            (stats.n, stats.median, stats.lo, stats.hi),
            (3, 2.0, 1.0, 4.0)
        );
        assert_eq!(summarise(&[]), None);
        assert_eq!(summarise(&[f64::NAN, f64::INFINITY]), None);
        assert_eq!(median(&[1.0, 2.0]), Some(1.5));
    }
}
