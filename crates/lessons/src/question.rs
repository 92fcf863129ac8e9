//! Questions before a run, and how the run answers them.

use crate::words::Phrase;
use analysis::plane::{CONCURRENT_FROM, PARALLEL_FROM};
use model::{Evidence, Stats};

/// The figure of a run that answers a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Measure {
    /// Makespan of an arm in milliseconds.
    Millis(String),
    /// A figure of [`model::Metrics`]: arm, name.
    Metric(String, &'static str),
    /// The same and a number more, where the figure itself may be 0.
    Above(String, &'static str, f64),
    /// Makespan of the first arm over that of the second, in the same round.
    Ratio(String, String),
    /// Makespan of the first arm minus that of the second, in the same round, in
    /// milliseconds.
    Difference(String, String),
    /// The box of the plane that an arm is in; the choices are [`Quadrant::ALL`].
    Place(String),
    /// A figure of the rounds of the first arm over that of the second, in the
    /// same round: arm, arm, name.
    Figures(String, String, &'static str),
    /// The soonest of several arms; each choice is one of them.
    Best(Vec<(&'static str, String)>),
}

/// A choice whose time is within this of the soonest is as good.
const AS_GOOD: f64 = 1.1;

/// How good the chosen ways of working were, one entry a question that has a soonest.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Score {
    /// Sum of the shares: 1 for the soonest way or one as good, a half for one that
    /// takes twice as long.
    pub points: f64,
    /// The most there can be.
    pub most: u32,
}

/// What the chosen ways are worth on this run; `None` where no question asks for the
/// soonest, one of them is not answered, or a way was not measured.
#[must_use]
pub fn score<'a>(
    questions: &[Question],
    chosen: impl Fn(&str) -> Option<&'a str>,
    evidence: &Evidence,
) -> Option<Score> {
    let mut score = Score::default();
    for question in questions {
        let Measure::Best(arms) = &question.measure else {
            continue;
        };
        let chosen = chosen(question.id)?;
        let (_, arm) = arms.iter().find(|(id, _)| *id == chosen)?;
        let (_, best) = soonest(arms, evidence)?;
        let times = crate::checks::ratio(evidence, arm, best)?.median;
        score.points += if times <= AS_GOOD { 1.0 } else { 1.0 / times };
        score.most += 1;
    }
    (score.most > 0).then_some(score)
}

/// The soonest of these arms, by medians, with its choice.
fn soonest<'a>(
    arms: &'a [(&'static str, String)],
    evidence: &Evidence,
) -> Option<(&'static str, &'a str)> {
    let timed = arms.iter().filter_map(|(id, arm)| {
        let stats = evidence.stats.get(arm)?;
        Some((stats.median, *id, arm.as_str()))
    });
    let best = timed.min_by(|a, b| a.0.total_cmp(&b.0))?;
    Some((best.1, best.2))
}

/// How a run answered one who chose this: a way as good as the soonest is right too.
#[must_use]
pub fn answer_to(question: &Question, chosen: &str, evidence: &Evidence) -> Answer {
    let Measure::Best(arms) = &question.measure else {
        return answer(question, evidence);
    };
    let own = arms.iter().find(|(id, _)| *id == chosen);
    let (Some((own, arm)), Some((best_id, best))) = (own, soonest(arms, evidence)) else {
        return Answer::Inconclusive;
    };
    match crate::checks::ratio(evidence, arm, best) {
        Some(times) if times.median <= AS_GOOD => Answer::Choice(own),
        Some(times) if times.lo > AS_GOOD => Answer::Choice(best_id),
        _ => Answer::Inconclusive,
    }
}

/// A quarter of the plane of tasks in progress and work done at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quadrant {
    /// One thing under way, one worker's worth of work.
    Neither,
    /// Several under way, the work of one.
    Concurrent,
    /// One under way, the work of several.
    Parallel,
    /// Several under way, the work of several.
    Both,
}

impl Quadrant {
    /// All, in the order offered.
    pub const ALL: [Self; 4] = [Self::Neither, Self::Concurrent, Self::Parallel, Self::Both];

    /// The id of its choice.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Neither => "neither",
            Self::Concurrent => "concurrent",
            Self::Parallel => "parallel",
            Self::Both => "both",
        }
    }
}

/// The quarter an arm is in; `None` where an interval straddles a border, or
/// nothing was measured.
pub fn quadrant_of(evidence: &Evidence, arm: &str) -> Option<Quadrant> {
    let is_from = |name: &str, border: f64| {
        let stats = evidence.metrics.get(arm)?.get(name)?;
        let (lo, hi) = (stats.lo >= border, stats.hi >= border);
        (lo == hi).then_some(lo)
    };
    let is_concurrent = is_from("c", CONCURRENT_FROM)?;
    let is_parallel = is_from("p", PARALLEL_FROM)?;
    Some(match (is_concurrent, is_parallel) {
        (false, false) => Quadrant::Neither,
        (true, false) => Quadrant::Concurrent,
        (false, true) => Quadrant::Parallel,
        (true, true) => Quadrant::Both,
    })
}

/// An answer to choose.
#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    /// Unique in the question.
    pub id: &'static str,
    /// Its text.
    pub phrase: Phrase,
    /// On the scale of the question's measure; `None` where no measured value
    /// stands for it.
    pub value: Option<f64>,
    /// Where the ghost mark of this prediction stands on the makespan chart.
    pub value_millis: Option<f64>,
    /// What choosing it wrongly is traced to.
    pub misconception: Option<&'static str>,
}

/// A question with its choices, in the order shown.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Unique in the lesson; on the first page the card's arm id.
    pub id: &'static str,
    /// Its text.
    pub phrase: Phrase,
    /// At least two.
    pub choices: Vec<Choice>,
    /// What answers it.
    pub measure: Measure,
}

/// How a run answered.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Answer {
    /// The choice nearest to the measured value.
    Choice(&'static str),
    /// The interval touches two choices, or nothing was measured.
    Inconclusive,
}

/// Grades from the run: the choice nearest to the measured median on a ratio
/// scale, if both ends of its interval agree.
#[must_use]
pub fn answer(question: &Question, evidence: &Evidence) -> Answer {
    if let Measure::Place(arm) = &question.measure {
        let place = quadrant_of(evidence, arm);
        return place.map_or(Answer::Inconclusive, |place| Answer::Choice(place.id()));
    }
    if let Measure::Best(arms) = &question.measure {
        let best = soonest(arms, evidence);
        return best.map_or(Answer::Inconclusive, |(id, _)| Answer::Choice(id));
    }
    let Some(stats) = measured(&question.measure, evidence) else {
        return Answer::Inconclusive;
    };
    let at = |value| nearest(&question.choices, value);
    match (at(stats.lo), at(stats.median), at(stats.hi)) {
        (Some(lo), Some(median), Some(hi)) if lo == median && median == hi => {
            Answer::Choice(median)
        }
        _ => Answer::Inconclusive,
    }
}

/// The one measured figure that answers a question, if there is one.
#[must_use]
pub fn measured(measure: &Measure, evidence: &Evidence) -> Option<Stats> {
    match measure {
        Measure::Millis(arm) => evidence.stats.get(arm).copied(),
        Measure::Place(_) | Measure::Best(_) => None,
        Measure::Metric(arm, name) => evidence.metrics.get(arm)?.get(*name).copied(),
        Measure::Above(arm, name, more) => {
            let stats = evidence.metrics.get(arm)?.get(*name).copied()?;
            Some(Stats {
                median: stats.median + more,
                lo: stats.lo + more,
                hi: stats.hi + more,
                ..stats
            })
        }
        Measure::Ratio(arm, other) => crate::checks::ratio(evidence, arm, other),
        Measure::Difference(arm, other) => crate::checks::later(evidence, arm, other),
        Measure::Figures(arm, other, name) => crate::serving::ratio_of(evidence, name, arm, other),
    }
}

fn nearest(choices: &[Choice], measured: f64) -> Option<&'static str> {
    let away = |value: f64| (value / measured).ln().abs();
    choices
        .iter()
        .filter_map(|choice| Some((choice.id, away(choice.value?))))
        .filter(|(_, distance)| distance.is_finite())
        .min_by(|a, b| a.1.total_cmp(&b.1))
        .map(|(id, _)| id)
}

/// Drops choices whose value is too near that of the right one to be told
/// apart by a measurement.
pub fn without_twins(mut choices: Vec<Choice>, right: &str) -> Vec<Choice> {
    let wanted = choices
        .iter()
        .find(|choice| choice.id == right)
        .and_then(|choice| choice.value);
    if let Some(wanted) = wanted {
        let is_apart = |value: f64| (value / wanted).ln().abs() > 0.25;
        choices.retain(|choice| choice.id == right || choice.value.is_none_or(is_apart));
    }
    choices
}
