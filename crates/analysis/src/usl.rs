//! The universal scalability law, fitted to measured throughput.
//!
//! Gunther (*Guerrilla Capacity Planning*, 2007): relative to one worker, N
//! workers get done
//!
//! `C(N) = N / (1 + σ (N - 1) + κ N (N - 1))`
//!
//! σ is the share of the work that only one can do at a time (contention), κ
//! what each pair of workers costs (coherency); κ = 0 is Amdahl's law. With κ > 0
//! throughput has a peak at `N* = sqrt((1 - σ) / κ)`.
//!
//! `N / C - 1 = (N - 1)(σ + κ N)` is linear in both. It is solved by weighted
//! least squares: noise of C is relative, so the weight of a point is
//! `1 / (N / C)²`. Neither figure may be negative. Intervals come from
//! resampling the values of each point 1,000 times, and are approximate. κ and N*
//! are only given where the interval of κ lies above 0.
//!
//! One number of workers alone gives `σ = (N / C - 1) / (N - 1)` if κ is 0, which
//! is Karp and Flatt's serial share (CACM 1990).

use crate::stats::median;
use model::Stats;

/// Fewest numbers of workers, one excluded, that the law is fitted to together
/// with one worker alone.
pub const FEWEST_TEAMS: usize = 6;

const RESAMPLES: u32 = 1_000;

/// What is known about one number of workers.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    /// Workers.
    pub workers: u32,
    /// Throughput relative to one worker, of every valid round; above 0.
    pub rounds: Vec<f64>,
}

/// The fitted law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Usl {
    /// Contention, 0 and more; `n` is the number of points.
    pub sigma: Stats,
    /// Coherency, where its interval lies above 0.
    pub kappa: Option<Stats>,
    /// Number of workers beyond which throughput falls, where κ is known.
    pub peak: Option<f64>,
}

impl Usl {
    /// What this many workers get done, relative to one.
    #[must_use]
    pub fn throughput(&self, workers: f64) -> f64 {
        let kappa = self.kappa.map_or(0.0, |kappa| kappa.median);
        law(self.sigma.median, kappa, workers)
    }
}

/// The law itself.
#[must_use]
pub fn law(sigma: f64, kappa: f64, workers: f64) -> f64 {
    workers / (1.0 + sigma * (workers - 1.0) + kappa * workers * (workers - 1.0))
}

/// The share that only one can do at a time, if N workers get `throughput` done and
/// nothing else is in the way; `None` for one worker.
#[must_use]
pub fn share_of(workers: u32, throughput: f64) -> Option<f64> {
    let n = f64::from(workers);
    (workers > 1 && throughput > 0.0).then(|| (n / throughput - 1.0) / (n - 1.0))
}

/// Fits the law to the median of each point. `None` with fewer than
/// [`FEWEST_TEAMS`] distinct numbers of workers: then σ and κ cannot be told
/// apart from noise.
#[must_use]
pub fn fit(points: &[Point]) -> Option<Usl> {
    let mut teams: Vec<u32> = points.iter().map(|point| point.workers).collect();
    teams.sort_unstable();
    teams.dedup();
    if teams.len() < FEWEST_TEAMS {
        return None;
    }
    let kappa = interval(points, |centre| solve(centre).map(|both| both.1))?;
    if kappa.lo > 0.0 {
        let sigma = interval(points, |centre| solve(centre).map(|both| both.0))?;
        let peak = ((1.0 - sigma.median).max(0.0) / kappa.median).sqrt();
        return Some(Usl {
            sigma,
            kappa: Some(kappa),
            peak: Some(peak),
        });
    }
    // Without κ the law is Amdahl's, and its σ another one.
    Some(Usl {
        sigma: interval(points, amdahl)?,
        kappa: None,
        peak: None,
    })
}

/// Workers and relative throughput.
type Centre = [(f64, f64)];

/// A figure of the medians, and the middle 95 % of what it would have been with
/// other draws of the same values.
fn interval(points: &[Point], figure: impl Fn(&Centre) -> Option<f64>) -> Option<Stats> {
    let mut dice = Dice(0x2545_f491_4f6c_dd1d);
    let centre = |draw: &mut dyn FnMut(&[f64]) -> Vec<f64>| -> Vec<(f64, f64)> {
        points
            .iter()
            .filter_map(|point| {
                let value = median(&draw(&point.rounds))?;
                Some((f64::from(point.workers), value))
            })
            .collect()
    };
    let middle = figure(&centre(&mut |rounds: &[f64]| rounds.to_vec()))?;
    let mut values: Vec<f64> = (0..RESAMPLES)
        .filter_map(|_| figure(&centre(&mut |rounds: &[f64]| dice.draw(rounds))))
        .collect();
    values.sort_unstable_by(f64::total_cmp);
    let at = |share: f64| {
        let last = values.len().saturating_sub(1) as f64;
        let value = values.get((share * last).round() as usize);
        value.copied().unwrap_or(middle)
    };
    Some(Stats {
        n: points.len() as u32,
        median: middle,
        lo: at(0.025).min(middle),
        hi: at(0.975).max(middle),
        mad: 0.0,
        outliers: 0,
    })
}

/// What the law says is linear: for each point above one worker `N / C - 1`,
/// `N - 1`, `(N - 1) N`, and its weight.
fn linear(centre: &Centre) -> impl Iterator<Item = (f64, f64, f64, f64)> {
    let usable = centre.iter().filter(|(n, c)| *n > 1.0 && *c > 0.0);
    usable.map(|(n, c)| (n / c - 1.0, n - 1.0, (n - 1.0) * n, (c / n) * (c / n)))
}

/// σ and κ, neither below 0; `None` without a point above one worker.
fn solve(centre: &Centre) -> Option<(f64, f64)> {
    let (mut aa, mut ab, mut bb, mut ay, mut by) = (0.0, 0.0, 0.0, 0.0, 0.0);
    for (y, a, b, weight) in linear(centre) {
        aa += weight * a * a;
        ab += weight * a * b;
        bb += weight * b * b;
        ay += weight * a * y;
        by += weight * b * y;
    }
    let determinant = aa * bb - ab * ab;
    if determinant <= 1e-12 * aa * bb {
        return amdahl(centre).map(|sigma| (sigma, 0.0));
    }
    let sigma = (ay * bb - by * ab) / determinant;
    let kappa = (by * aa - ay * ab) / determinant;
    if kappa < 0.0 {
        Some(((ay / aa).max(0.0), 0.0))
    } else if sigma < 0.0 {
        Some((0.0, (by / bb).max(0.0)))
    } else {
        Some((sigma, kappa))
    }
}

/// σ where κ is 0.
fn amdahl(centre: &Centre) -> Option<f64> {
    let (mut aa, mut ay) = (0.0, 0.0);
    for (y, a, _, weight) in linear(centre) {
        aa += weight * a * a;
        ay += weight * a * y;
    }
    (aa > 0.0).then(|| (ay / aa).max(0.0))
}

/// A small seeded generator (Knuth's 64-bit linear congruential constants).
struct Dice(u64);

impl Dice {
    /// As many of the values as there are, each drawn anew.
    fn draw(&mut self, values: &[f64]) -> Vec<f64> {
        let mut pick = || {
            self.0 = self
                .0
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1_442_695_040_888_963_407);
            let at = (self.0 >> 33) as usize % values.len().max(1);
            values.get(at).copied().unwrap_or(0.0)
        };
        values.iter().map(|_| pick()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Uniform in 0..1.
    fn uniform(seed: &mut u64) -> f64 {
        *seed = seed
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((*seed >> 11) as f64 / 2_f64.powi(53)).max(1e-12)
    }

    /// 3 % log-normal, and one in ten 15 to 100 % slower.
    fn noisy(value: f64, seed: &mut u64) -> f64 {
        let (u, v) = (uniform(seed), uniform(seed));
        let normal = (-2.0 * u.ln()).sqrt() * (std::f64::consts::TAU * v).cos();
        let slow = if uniform(seed) < 0.1 {
            1.15 + 0.85 * uniform(seed)
        } else {
            1.0
        };
        value * (0.03 * normal).exp() / slow
    }

    fn made_up(sigma: f64, kappa: f64, teams: &[u32], rounds: usize, seed: &mut u64) -> Vec<Point> {
        let of = |&workers: &u32, seed: &mut u64| Point {
            workers,
            rounds: (0..rounds)
                .map(|_| noisy(law(sigma, kappa, f64::from(workers)), seed))
                .collect(),
        };
        teams.iter().map(|team| of(team, seed)).collect()
    }

    const TEAMS: [u32; 8] = [1, 2, 3, 4, 6, 8, 12, 16];

    #[test]
    fn exact_points_give_the_law_back() {
        for (sigma, kappa) in [
            (0.0, 0.0),
            (0.05, 0.0),
            (0.3, 0.01),
            (1.0, 0.0),
            (0.0, 0.02),
        ] {
            let points: Vec<Point> = TEAMS
                .iter()
                .map(|&workers| Point {
                    workers,
                    rounds: vec![law(sigma, kappa, f64::from(workers)); 9],
                })
                .collect();
            let usl = fit(&points).unwrap();
            assert!((usl.sigma.median - sigma).abs() < 1e-9, "{usl:?}");
            let found = usl.kappa.map_or(0.0, |kappa| kappa.median);
            assert!((found - kappa).abs() < 1e-9, "{usl:?}");
            assert!((usl.throughput(5.0) - law(sigma, kappa, 5.0)).abs() < 1e-6);
        }
    }

    /// Root mean square of what is off, over many made-up machines, as promised.
    #[test]
    fn noisy_points_give_it_back_within_the_promise() {
        let mut seed = 11;
        for (sigma, kappa) in [(0.02, 0.0), (0.1, 0.002), (0.05, 0.01), (0.3, 0.005)] {
            let (mut off_sigma, mut off_kappa, mut n) = (0.0, 0.0, 0.0);
            for _ in 0..60 {
                let points = made_up(sigma, kappa, &TEAMS, 5, &mut seed);
                let centre: Vec<(f64, f64)> = points
                    .iter()
                    .map(|point| (f64::from(point.workers), median(&point.rounds).unwrap()))
                    .collect();
                let (s, k) = solve(&centre).unwrap();
                off_sigma += (s - sigma).powi(2);
                off_kappa += (k - kappa).powi(2);
                n += 1.0;
            }
            let (sigma_rms, kappa_rms) = ((off_sigma / n).sqrt(), (off_kappa / n).sqrt());
            assert!(sigma_rms <= 0.02, "{sigma} {kappa}: {sigma_rms}");
            assert!(kappa_rms <= 0.0015, "{sigma} {kappa}: {kappa_rms}");
        }
    }

    #[test]
    fn coherency_is_only_claimed_where_it_is_sure() {
        let mut seed = 5;
        let (mut wrongly, mut found) = (0, 0);
        for _ in 0..40 {
            let flat = fit(&made_up(0.1, 0.0, &TEAMS, 9, &mut seed)).unwrap();
            wrongly += u32::from(flat.kappa.is_some());
            let falls = fit(&made_up(0.1, 0.01, &TEAMS, 9, &mut seed)).unwrap();
            found += u32::from(falls.kappa.is_some());
            if let Some(peak) = falls.peak {
                assert!((7.0..12.5).contains(&peak), "{falls:?}");
            }
        }
        assert!(wrongly <= 4, "{wrongly} of 40");
        assert!(found >= 39, "{found} of 40");
    }

    #[test]
    fn few_teams_are_not_fitted() {
        let mut seed = 3;
        for n in 0..FEWEST_TEAMS {
            assert_eq!(fit(&made_up(0.2, 0.0, &TEAMS[..n], 9, &mut seed)), None);
        }
        assert!(fit(&made_up(0.2, 0.0, &TEAMS[..6], 9, &mut seed)).is_some());
        let twice = vec![
            Point {
                workers: 2,
                rounds: vec![1.5; 9]
            };
            8
        ];
        assert_eq!(fit(&twice), None);
    }

    #[test]
    fn one_team_alone_means_this_share() {
        for share in [0.0, 0.25, 0.5, 1.0] {
            let meant = share_of(4, law(share, 0.0, 4.0)).unwrap();
            assert!((meant - share).abs() < 1e-12);
        }
        assert_eq!(share_of(1, 1.0), None);
        assert_eq!(share_of(4, 0.0), None);
    }
}
