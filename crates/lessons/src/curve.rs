//! A curve that the reader draws before a run: a prediction with a number for
//! each team, kept apart from the questions because it may be left out.

use crate::catalog::speedup;
use crate::checks::metric_of;
use crate::words::{Phrase, tenth};
use crate::{Lesson, LineKind, Machine, Settings, SpeedupLine};
use analysis::fit::is_within;
use model::Evidence;

/// What is to be drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// What is asked for.
    pub phrase: Phrase,
    /// Numbers of chefs to draw a point for, in rising order: the number, and the
    /// arm that answers it. One chef is as soon as one chef.
    pub teams: Vec<(u32, String)>,
}

/// A guess within this share of what was measured is near.
const NEAR: f64 = 0.15;

/// What the reader drew: chefs, and how many times sooner than one.
pub type Drawn = Vec<(u32, f64)>;

impl Curve {
    /// Largest value that can be drawn: a little more than the ideal allows.
    #[must_use]
    pub fn most(&self) -> f64 {
        f64::from(self.teams.last().map_or(1, |(workers, _)| *workers)) + 1.0
    }

    /// The nearest value that can be drawn.
    #[must_use]
    pub fn snapped(&self, value: f64) -> f64 {
        let value = if value.is_finite() { value } else { 1.0 };
        (value.clamp(0.0, self.most()) * 10.0).round() / 10.0
    }

    /// The team nearest to a place across, where 0 is no chef.
    #[must_use]
    pub fn nearest(&self, chefs: f64) -> Option<u32> {
        let away = |workers: &u32| (f64::from(*workers) - chefs).abs();
        let teams = self.teams.iter().map(|(workers, _)| *workers);
        teams.min_by(|a, b| away(a).total_cmp(&away(b)))
    }
}

/// What a lesson lets the reader draw on this machine, if anything.
#[must_use]
pub fn curve(lesson: &Lesson, settings: &Settings, machine: &Machine<'_>) -> Option<Curve> {
    if lesson.id == speedup::LESSON.id {
        speedup::curve(settings, machine)
    } else {
        None
    }
}

/// The drawn points as a line of the chart.
#[must_use]
pub fn drawn_line(drawn: &[(u32, f64)]) -> SpeedupLine {
    let points = drawn
        .iter()
        .map(|(workers, value)| (f64::from(*workers), *value));
    SpeedupLine {
        kind: LineKind::Guess,
        label: Phrase::new("speedup.line.guess"),
        points: [(1.0, 1.0)].into_iter().chain(points).collect(),
        band: Vec::new(),
    }
}

/// How the run answers what was drawn: at the largest of the drawn teams for
/// which this machine has a core each; where it has not for any, at the smallest.
/// `None` where nothing was drawn or measured.
#[must_use]
pub fn drawn_answer(curve: &Curve, drawn: &[(u32, f64)], evidence: &Evidence) -> Option<Phrase> {
    let told = |(workers, arm): &(u32, String)| {
        let (_, guess) = drawn.iter().find(|(at, _)| at == workers)?;
        let measured = metric_of(evidence, arm, "speedup")?;
        Some((*workers, *guess, measured))
    };
    let told: Vec<_> = curve.teams.iter().filter_map(told).collect();
    let has_cores = |workers: u32| is_within(workers, speedup::hands(evidence, workers));
    let within = told.iter().rev().find(|(workers, ..)| has_cores(*workers));
    let (workers, guess, measured) = within.or(told.first())?;
    let off = guess - measured.median;
    let case = if (measured.lo..=measured.hi).contains(guess) {
        "same"
    } else if off.abs() <= NEAR * measured.median {
        "near"
    } else if off > 0.0 {
        "more"
    } else {
        "less"
    };
    let phrase = Phrase::new(["speedup.drawn.", case].concat())
        .with("n", workers.to_string())
        .with("guess", tenth(*guess))
        .with("times", tenth(measured.median))
        .with("off", tenth(off.abs()));
    Some(phrase)
}
