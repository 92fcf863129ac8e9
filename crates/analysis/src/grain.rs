//! How finely work is cut, and what each hand-over costs.
//!
//! The model: `T(g) = W / p + g h / p + d / g` for a fixed total of work W, cut
//! into g tasks for p workers. h is the cost of handing over one task; the last
//! term is the tail, in which the others wait for whoever got the last or the
//! heaviest task: a share of a task, whose length is W / g. The best g is where
//! the two losses are equal, `sqrt(d p / h)`.

use crate::stats::summarise;
use model::Stats;

/// The model fitted to one set of points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Grain {
    /// W / p, in milliseconds.
    pub even_ms: f64,
    /// h / p, in milliseconds a task: the slope.
    pub slope_ms: f64,
    /// d, in milliseconds times tasks.
    pub tail_ms: f64,
}

impl Grain {
    /// Makespan with so many tasks, in milliseconds.
    #[must_use]
    pub fn at(&self, tasks: f64) -> f64 {
        self.even_ms + self.slope_ms * tasks + self.tail_ms / tasks
    }

    /// Cost of a hand-over, in microseconds of one worker.
    #[must_use]
    pub fn handover_us(&self, workers: u32) -> f64 {
        1e3 * self.slope_ms * f64::from(workers)
    }
}

/// Least squares of the relative error, so that a coarse cut counts as much as
/// a fine one; no term is below 0. Points are tasks (at least 1) and makespan
/// in milliseconds (above 0); `None` with fewer than three different numbers of
/// tasks.
#[must_use]
pub fn fit(points: &[(f64, f64)]) -> Option<Grain> {
    let usable = |&&(tasks, ms): &&(f64, f64)| {
        tasks >= 1.0 && tasks.is_finite() && ms > 0.0 && ms.is_finite()
    };
    let points: Vec<(f64, f64)> = points.iter().filter(usable).copied().collect();
    let mut different: Vec<f64> = points.iter().map(|point| point.0).collect();
    different.sort_by(f64::total_cmp);
    different.dedup();
    if different.len() < 3 {
        return None;
    }
    // Which terms are there: the fit with the smallest error wins among those
    // without a negative one. The constant alone is always such a fit.
    let subsets: [&[usize]; 4] = [&[0, 1, 2], &[0, 1], &[0, 2], &[0]];
    let fits = subsets
        .into_iter()
        .filter_map(|terms| solve(&points, terms));
    let valid =
        fits.filter(|grain| grain.even_ms >= 0.0 && grain.slope_ms >= 0.0 && grain.tail_ms >= 0.0);
    valid.min_by(|a, b| error(&points, a).total_cmp(&error(&points, b)))
}

fn error(points: &[(f64, f64)], grain: &Grain) -> f64 {
    let of = |&(tasks, ms): &(f64, f64)| (grain.at(tasks) / ms - 1.0).powi(2);
    points.iter().map(of).sum()
}

/// The terms of the model at a point, over the makespan there.
fn terms((tasks, ms): (f64, f64)) -> [f64; 3] {
    [1.0 / ms, tasks / ms, 1.0 / tasks / ms]
}

/// Normal equations of the wanted terms, by Gauss-Jordan elimination with the
/// largest pivot; the others are 0.
fn solve(points: &[(f64, f64)], wanted: &[usize]) -> Option<Grain> {
    let mut rows: Vec<Vec<f64>> = Vec::new();
    for &left in wanted {
        let sum = |of: &dyn Fn([f64; 3]) -> f64| -> f64 {
            points.iter().map(|&point| of(terms(point))).sum()
        };
        let at = |all: [f64; 3], term: usize| all.get(term).copied().unwrap_or(0.0);
        let mut row: Vec<f64> = wanted
            .iter()
            .map(|&right| sum(&|all| at(all, left) * at(all, right)))
            .collect();
        // The relative makespan is 1 everywhere.
        row.push(sum(&|all| at(all, left)));
        rows.push(row);
    }
    for col in 0..wanted.len() {
        let size = |row: &Vec<f64>| row.get(col).map_or(0.0, |value| value.abs());
        let pivot = (col..rows.len()).max_by(|&a, &b| {
            let of = |idx: usize| rows.get(idx).map_or(0.0, size);
            of(a).total_cmp(&of(b))
        })?;
        rows.swap(col, pivot);
        let own = rows.get(col)?.clone();
        let head = own.get(col).copied().filter(|head| head.abs() > 1e-300)?;
        for (idx, row) in rows.iter_mut().enumerate() {
            let factor = row.get(col).copied().unwrap_or(0.0) / head;
            for (value, above) in row.iter_mut().zip(&own) {
                if idx == col {
                    *value /= head;
                } else {
                    *value -= factor * above;
                }
            }
        }
    }
    let found = |term: usize| {
        let place = wanted.iter().position(|wanted| *wanted == term);
        place.map_or(Some(0.0), |place| rows.get(place)?.last().copied())
    };
    Some(Grain {
        even_ms: found(0)?,
        slope_ms: found(1)?,
        tail_ms: found(2)?,
    })
}

/// Cost of a hand-over in microseconds, fitted to each round by itself; `None`
/// where no round has enough points.
#[must_use]
pub fn handover_us(rounds: &[Vec<(f64, f64)>], workers: u32) -> Option<Stats> {
    let fits = rounds.iter().filter_map(|points| fit(points));
    let costs: Vec<f64> = fits.map(|grain| grain.handover_us(workers)).collect();
    summarise(&costs)
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAINS: [f64; 7] = [2.0, 8.0, 32.0, 128.0, 256.0, 1024.0, 4096.0];

    fn points(grain: &Grain) -> Vec<(f64, f64)> {
        GRAINS.iter().map(|&g| (g, grain.at(g))).collect()
    }

    fn near(found: f64, set: f64) -> bool {
        (found - set).abs() <= 1e-6 * set.max(1e-3)
    }

    #[test]
    fn what_was_set_is_found() {
        for (even_ms, slope_ms, tail_ms) in [
            (70.0, 0.03, 110.0),
            (70.0, 0.002, 0.0),
            (70.0, 0.0, 110.0),
            (150.0, 0.5, 3.0),
        ] {
            let set = Grain {
                even_ms,
                slope_ms,
                tail_ms,
            };
            let found = fit(&points(&set)).unwrap();
            assert!(
                near(found.even_ms, even_ms)
                    && near(found.slope_ms, slope_ms)
                    && near(found.tail_ms, tail_ms),
                "{set:?} {found:?}"
            );
        }
    }

    #[test]
    fn noise_moves_the_cost_by_little() {
        let set = Grain {
            even_ms: 70.0,
            slope_ms: 0.03,
            tail_ms: 110.0,
        };
        let mut noisy = points(&set);
        for ((_, ms), turn) in noisy.iter_mut().zip(0..) {
            *ms *= 1.0 + 0.03 * [1.0, -1.0, 0.5, -0.5][turn % 4];
        }
        let found = fit(&noisy).unwrap().handover_us(2);
        assert!((found - 60.0).abs() < 6.0, "{found}");
    }

    #[test]
    fn work_that_gets_cheaper_when_cut_finer_has_no_negative_cost() {
        let falling: Vec<(f64, f64)> = GRAINS.iter().map(|&g| (g, 80.0 - g / 1e3)).collect();
        let found = fit(&falling).unwrap();
        assert!(found.slope_ms >= 0.0 && found.tail_ms >= 0.0, "{found:?}");
    }

    #[test]
    fn too_few_cuts_tell_nothing() {
        assert_eq!(fit(&[]), None);
        assert_eq!(fit(&[(2.0, 9.0), (4.0, 8.0), (4.0, 8.1)]), None);
        let broken = [(2.0, 9.0), (4.0, f64::NAN), (8.0, 0.0), (16.0, 7.0)];
        assert_eq!(fit(&broken), None);
    }

    #[test]
    fn the_cost_has_an_interval_over_rounds() {
        let round = |slope_ms| {
            points(&Grain {
                even_ms: 70.0,
                slope_ms,
                tail_ms: 110.0,
            })
        };
        let rounds: Vec<_> = [0.028, 0.03, 0.031, 0.03, 0.032, 0.029].map(round).into();
        let cost = handover_us(&rounds, 2).unwrap();
        assert_eq!(cost.n, 6);
        assert!((cost.median - 60.0).abs() < 0.1 && (cost.lo - 56.0).abs() < 0.1);
    }
}
