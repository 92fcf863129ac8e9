//! What the reader did with one entry of the catalogue, and what came of it:
//! predict, observe, explain, play.

use crate::outcome::Outcome;
use lessons::{Curve, Drawn, Measure, Question, Step};
use model::{Guard, Trace};
use std::rc::Rc;
use web::RunError;

/// Where the reader is between guess and explanation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Poe {
    /// Nothing answered yet.
    Idle,
    /// Every question and the confidence are answered.
    Predicted,
    /// The run prepares.
    Calibrating,
    /// Round `k` of `n` is being timed.
    Running {
        /// From 1.
        k: u32,
        /// Rounds in all.
        n: u32,
    },
    /// The result is there.
    Observed,
    /// A causal sentence was chosen.
    Explained,
    /// Free sliders.
    Play,
}

/// How sure the reader was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sureness {
    /// A guess.
    Guess,
    /// Fairly sure.
    Fairly,
    /// Sure.
    Sure,
}

impl Sureness {
    /// Every degree, from least to most.
    pub const ALL: [Self; 3] = [Self::Guess, Self::Fairly, Self::Sure];

    /// Last part of its key and test id.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Guess => "guess",
            Self::Fairly => "fairly",
            Self::Sure => "sure",
        }
    }
}

/// Runs of one room that are kept.
pub const MOST_KEPT: usize = 12;

/// Steps of two chefs on one tally, taken by hand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Walk {
    /// How the tally is kept.
    pub guard: Guard,
    /// Who took each step, from 0.
    pub steps: Vec<usize>,
}

/// A digit drawn by hand, on a square of 256 by 256 points from the upper left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ink {
    /// Lines that were drawn without lifting the pen.
    pub strokes: Vec<Vec<(u8, u8)>>,
    /// Where keys move the pen.
    pub pen: (u8, u8),
    /// Whether the keys draw with it.
    pub is_down: bool,
}

/// State of one entry of the catalogue.
#[derive(Clone, Debug)]
pub struct Room {
    /// Id of the entry.
    pub id: &'static str,
    /// The open step.
    pub step: Step,
    /// Where the reader is.
    pub poe: Poe,
    /// Question and choice.
    pub answers: Vec<(&'static str, &'static str)>,
    /// How sure the reader is.
    pub sureness: Option<Sureness>,
    /// The points of the curve that were drawn, in rising order of chefs.
    pub drawn: Drawn,
    /// The curve that was asked for, as it stood when the first run began.
    pub curve: Option<Rc<Curve>>,
    /// The questions as they stood when the first run began: later probes
    /// would change their numbers.
    pub asked: Option<Rc<Vec<Question>>>,
    /// The causal sentence chosen.
    pub explained: Option<&'static str>,
    /// Finished runs, oldest first.
    pub kept: Vec<Rc<Outcome>>,
    /// Index of the run looked at.
    pub shown: usize,
    /// Why the last run ended early.
    pub fault: Option<RunError>,
    /// How far it had come when a dish no longer gave way.
    pub wreck: Option<Rc<Trace>>,
    /// What was tried by hand.
    pub walk: Walk,
    /// What was drawn by hand.
    pub ink: Ink,
}

impl Room {
    /// A room that was just opened.
    #[must_use]
    pub const fn new(id: &'static str) -> Self {
        Self {
            id,
            step: Step::Meet,
            poe: Poe::Idle,
            answers: Vec::new(),
            sureness: None,
            drawn: Vec::new(),
            curve: None,
            asked: None,
            explained: None,
            kept: Vec::new(),
            shown: 0,
            fault: None,
            wreck: None,
            walk: Walk {
                guard: Guard::Loose,
                steps: Vec::new(),
            },
            ink: Ink {
                strokes: Vec::new(),
                pen: (128, 128),
                is_down: false,
            },
        }
    }

    /// The choice for a question.
    #[must_use]
    pub fn choice(&self, question: &str) -> Option<&'static str> {
        self.answers
            .iter()
            .find(|(asked, _)| *asked == question)
            .map(|(_, choice)| *choice)
    }

    /// Whether everything is answered.
    #[must_use]
    pub fn is_predicted(&self, questions: &[Question]) -> bool {
        questions
            .iter()
            .all(|question| self.choice(question.id).is_some())
            && (questions.is_empty() || self.sureness.is_some())
    }

    /// The run looked at.
    #[must_use]
    pub fn outcome(&self) -> Option<&Rc<Outcome>> {
        self.kept.get(self.shown).or_else(|| self.kept.last())
    }

    /// Where the answers stand on a time axis: arm, milliseconds.
    #[must_use]
    pub fn predictions(&self, questions: &[Question]) -> Vec<(String, f64)> {
        let placed = questions.iter().filter_map(|question| {
            let chosen = self.choice(question.id)?;
            let choice = question.choices.iter().find(|choice| choice.id == chosen)?;
            let arm = match &question.measure {
                Measure::Millis(arm)
                | Measure::Metric(arm, _)
                | Measure::Above(arm, _, _)
                | Measure::Place(arm)
                | Measure::Ratio(arm, _)
                | Measure::Difference(arm, _)
                | Measure::Figures(arm, _, _) => arm,
                // Each choice is an arm; none stands on another's axis.
                Measure::Best(_) => return None,
            };
            Some((arm.clone(), choice.value_millis?))
        });
        placed.collect()
    }

    pub(crate) fn answer(
        &mut self,
        question: &'static str,
        choice: &'static str,
        questions: &[Question],
    ) {
        self.answers.retain(|(asked, _)| *asked != question);
        self.answers.push((question, choice));
        self.settle(questions);
    }

    pub(crate) fn sure(&mut self, sureness: Sureness, questions: &[Question]) {
        self.sureness = Some(sureness);
        self.settle(questions);
    }

    /// A point of the curve.
    pub(crate) fn draw(&mut self, workers: u32, times: f64) {
        self.drawn.retain(|(at, _)| *at != workers);
        self.drawn.push((workers, times));
        self.drawn.sort_unstable_by_key(|(at, _)| *at);
    }

    fn settle(&mut self, questions: &[Question]) {
        if self.poe == Poe::Idle && self.is_predicted(questions) {
            self.poe = Poe::Predicted;
        }
    }

    pub(crate) fn predict_again(&mut self) {
        self.answers.clear();
        self.sureness = None;
        self.drawn.clear();
        self.curve = None;
        self.asked = None;
        self.explained = None;
        self.poe = Poe::Idle;
        self.step = Step::Predict;
    }

    pub(crate) fn turn(&mut self, step: Step) {
        self.step = step;
        if step == Step::Play && matches!(self.poe, Poe::Observed | Poe::Explained) {
            self.poe = Poe::Play;
        }
    }

    pub(crate) fn explain(&mut self, choice: &'static str) {
        self.explained = Some(choice);
        if self.poe == Poe::Observed {
            self.poe = Poe::Explained;
        }
    }

    pub(crate) fn keep(&mut self, outcome: Rc<Outcome>) {
        self.kept.push(outcome);
        if self.kept.len() > MOST_KEPT {
            self.kept.remove(0);
        }
        self.shown = self.kept.len().saturating_sub(1);
        self.poe = if self.step == Step::Play {
            Poe::Play
        } else {
            Poe::Observed
        };
    }

    /// The run ended without a result; earlier ones stay.
    pub(crate) fn halt(&mut self) {
        self.poe = match (self.kept.is_empty(), self.sureness) {
            (false, _) => Poe::Observed,
            (true, Some(_)) => Poe::Predicted,
            (true, None) => Poe::Idle,
        };
    }
}
