//! Amdahl's law fitted to measured times.
//!
//! Least absolute deviations of `ln T(p) = ln T1 + ln(f + (1 - f) / min(p, c))`
//! over a grid of f in 0..=1 with step 0.002 and free T1 (which is then the median
//! residual): an outlier pulls it no further than any other point on its side.
//! Interval: bootstrap over whole rounds (Efron 1979), 1,000 resamples with a
//! fixed seed, 2.5 to 97.5 %; approximate, as it covers somewhat less than that
//! where rounds are few.
//!
//! Only worker counts that the machine has cores for are used: beyond them the
//! flat line is the hardware's and not the law's. Two counts, one of them a
//! single worker, are one equation for f, which any f solves exactly; a law can
//! only be tested by three.

use crate::laws::amdahl_capped;

/// Worker counts that are needed.
pub const FEWEST_COUNTS: usize = 3;
/// A team counts as having a core for each if bare workers of its number reach
/// this share of it: two free cores were measured as 1.9 to 2.05, not as 2.
pub const WITHIN_CAPACITY: f64 = 0.85;

const STEPS: usize = 500;
/// The whole grid is searched for the share itself; of each resample in such
/// steps, every time around the best so far.
const WHOLE: &[usize] = &[1];
const FINER: &[usize] = &[25, 5, 1];
const RESAMPLES: usize = 1_000;

/// A time that was measured with so many workers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Timed {
    /// Workers.
    pub workers: u32,
    /// Makespan in milliseconds, above 0.
    pub millis: f64,
}

/// The fitted law.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct AmdahlFit {
    /// Serial share, 0..=1.
    pub serial: f64,
    /// Lower end of its approximate interval.
    pub lo: f64,
    /// Upper end.
    pub hi: f64,
    /// Time of one worker by the law, in milliseconds.
    pub one_millis: f64,
    /// Rounds that were used.
    pub rounds: u32,
    /// Worker counts that were used.
    pub counts: u32,
}

/// Why nothing was fitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// So many worker counts within capacity.
    TooFewCounts(u32),
    /// No round has them all.
    NoRounds,
}

impl Unfit {
    /// The reason as a sentence.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::TooFewCounts(2) => "two points cannot test the law",
            Self::TooFewCounts(_) => "one point cannot test the law",
            Self::NoRounds => "no round has all of the teams",
        }
    }
}

/// Whether the machine has a core for each of so many workers.
#[must_use]
pub fn is_within(workers: u32, capacity: f64) -> bool {
    workers <= 1 || capacity >= WITHIN_CAPACITY * f64::from(workers)
}

/// Fits the law to the times of several rounds. `capacity` tells what so many
/// bare workers reach together; teams beyond it are left out, as are rounds that
/// lack one of the others.
///
/// # Errors
/// [`Unfit::TooFewCounts`] with fewer than three worker counts within capacity,
/// [`Unfit::NoRounds`] where no round has all of them.
pub fn fit_amdahl(
    rounds: &[Vec<Timed>],
    capacity: impl Fn(u32) -> f64,
) -> Result<AmdahlFit, Unfit> {
    let mut counts: Vec<u32> = rounds.iter().flatten().map(|timed| timed.workers).collect();
    counts.retain(|workers| is_within(*workers, capacity(*workers)));
    counts.sort_unstable();
    counts.dedup();
    if counts.len() < FEWEST_COUNTS {
        return Err(Unfit::TooFewCounts(counts.len() as u32));
    }
    let logs = |round: &Vec<Timed>| -> Option<Vec<f64>> {
        let of = |workers: &u32| {
            let found = round.iter().find(|timed| timed.workers == *workers);
            found
                .map(|timed| timed.millis.ln())
                .filter(|log| log.is_finite())
        };
        counts.iter().map(of).collect()
    };
    let rounds: Vec<Vec<f64>> = rounds.iter().filter_map(logs).collect();
    if rounds.is_empty() {
        return Err(Unfit::NoRounds);
    }
    let hands: Vec<f64> = counts
        .iter()
        .map(|p| f64::from(*p).min(capacity(*p)))
        .collect();
    let shapes = Shapes::of(&hands);
    let whole: Vec<&Vec<f64>> = rounds.iter().collect();
    let mut room = Vec::new();
    let (at, one) = shapes.best(&whole, WHOLE, &mut room);
    let mut found = Vec::with_capacity(RESAMPLES);
    let mut dice = Dice(0x5eed);
    for _ in 0..RESAMPLES {
        let drawn: Vec<&Vec<f64>> = (0..rounds.len())
            .filter_map(|_| rounds.get(dice.below(rounds.len())))
            .collect();
        found.push(shapes.best(&drawn, FINER, &mut room).0);
    }
    found.sort_unstable();
    let at_share = |share: f64| {
        let place = (share * (RESAMPLES - 1) as f64).round() as usize;
        serial(found.get(place).copied().unwrap_or(at))
    };
    Ok(AmdahlFit {
        serial: serial(at),
        lo: at_share(0.025).min(serial(at)),
        hi: at_share(0.975).max(serial(at)),
        one_millis: one.exp(),
        rounds: rounds.len() as u32,
        counts: counts.len() as u32,
    })
}

fn serial(step: usize) -> f64 {
    step as f64 / STEPS as f64
}

/// The logarithm of the time against that of one worker: a row for each step of
/// the grid, a column for each worker count.
struct Shapes(Vec<Vec<f64>>);

impl Shapes {
    fn of(hands: &[f64]) -> Self {
        let row = |step| {
            let log = |hands: &f64| -amdahl_capped(serial(step), *hands, *hands).ln();
            hands.iter().map(log).collect()
        };
        Self((0..=STEPS).map(row).collect())
    }

    /// The best step, searched by these widths one after another, and the
    /// logarithm of the time of one worker with it.
    fn best(&self, rounds: &[&Vec<f64>], widths: &[usize], room: &mut Vec<f64>) -> (usize, f64) {
        let mut best = (f64::INFINITY, 0, 0.0);
        let (mut from, mut to) = (0, STEPS);
        for &width in widths {
            for step in (from..=to).step_by(width.max(1)) {
                let Some(shape) = self.0.get(step) else { break };
                room.clear();
                for round in rounds {
                    room.extend(round.iter().zip(shape).map(|(log, shape)| log - shape));
                }
                let half = room.len() / 2;
                let (_, middle, _) = room.select_nth_unstable_by(half, f64::total_cmp);
                let one = *middle;
                let cost: f64 = room.iter().map(|log| (log - one).abs()).sum();
                if cost < best.0 {
                    best = (cost, step, one);
                }
            }
            (from, to) = (best.1.saturating_sub(width), (best.1 + width).min(STEPS));
        }
        (best.1, best.2)
    }
}

/// A small seeded generator (Knuth's 64-bit linear congruential constants).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) as usize) % n.max(1)
    }
}

#[cfg(test)]
mod tests;
