//! What a run gave: the record, the sentence, and the traces worth drawing.

use analysis::Measured;
use lessons::{ChartKind, Drawing, Drawn, Finding, Lesson, Settings, Words};
use model::{Evidence, Trace};
use std::rc::Rc;

/// A run as far as it has got, or the whole of it.
#[derive(Clone, Debug)]
pub struct Outcome {
    /// Number of the run since the page was opened, from 1.
    pub number: u32,
    /// Catalogue entry.
    pub lesson: &'static Lesson,
    /// The record.
    pub evidence: Evidence,
    /// The sentence about it.
    pub finding: Finding,
    /// One trace for each arm: the round nearest to the arm's median.
    pub traces: Vec<Rc<Trace>>,
    /// Every trace, once the run is done.
    pub measured: Option<Rc<Measured>>,
    /// Parameters of the run.
    pub settings: Settings,
    /// What the reader expected on the time axis: arm, milliseconds.
    pub predictions: Vec<(String, f64)>,
    /// The curve the reader drew: chefs, times sooner.
    pub drawn: Drawn,
    /// Arm that lanes and kitchen show first.
    pub shown_arm: String,
}

/// What a run was started with.
#[derive(Clone, Debug)]
pub struct Order {
    /// Number of the run since the page was opened, from 1.
    pub number: u32,
    /// Catalogue entry.
    pub lesson: &'static Lesson,
    /// Parameters.
    pub settings: Settings,
    /// What the reader expected on the time axis: arm, milliseconds.
    pub predictions: Vec<(String, f64)>,
    /// The curve the reader drew: chefs, times sooner.
    pub drawn: Drawn,
    /// Texts for the sentence in the record.
    pub words: Rc<Words>,
}

impl Order {
    /// The outcome of what was measured so far.
    #[must_use]
    pub fn outcome(&self, measured: &Measured) -> Outcome {
        let mut evidence = analysis::record(measured);
        lessons::judge(&mut evidence, self.lesson, &self.settings, &self.words);
        Outcome {
            number: self.number,
            lesson: self.lesson,
            finding: (self.lesson.finding)(&evidence, &self.settings),
            traces: typical(measured, &evidence),
            evidence,
            measured: None,
            settings: self.settings.clone(),
            predictions: self.predictions.clone(),
            drawn: self.drawn.clone(),
            shown_arm: (self.lesson.shown_arm)(&measured.plan)
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// The outcome of a finished run, with everything that was measured.
    #[must_use]
    pub fn whole(&self, measured: Measured) -> Outcome {
        let mut outcome = self.outcome(&measured);
        outcome.measured = Some(Rc::new(measured));
        outcome
    }
}

impl Outcome {
    /// The trace drawn for an arm.
    #[must_use]
    pub fn trace(&self, arm: &str) -> Option<&Rc<Trace>> {
        self.traces.iter().find(|trace| trace.arm == arm)
    }

    /// What the reader expected of an arm, in milliseconds.
    #[must_use]
    pub fn prediction(&self, arm: &str) -> Option<f64> {
        let made = self.predictions.iter().find(|(about, _)| about == arm);
        made.map(|(_, millis)| *millis)
    }

    /// What a chart of figures shows of the run, with what the reader drew.
    #[must_use]
    pub fn drawing(&self, kind: ChartKind) -> Option<Drawing> {
        let mut drawing = (self.lesson.data)(kind, &self.evidence, &self.settings)?;
        if let Drawing::Speedup(speedup) = &mut drawing
            && !self.drawn.is_empty()
        {
            speedup.lines.push(lessons::drawn_line(&self.drawn));
        }
        if let Drawing::Loss(loss) = &mut drawing {
            for line in &mut loss.lines {
                if let Some(trace) = self.trace(&line.arm) {
                    line.points.clone_from(&trace.learned);
                }
            }
        }
        Some(drawing)
    }

    /// Median time of an arm in milliseconds.
    #[must_use]
    pub fn millis(&self, arm: &str) -> Option<f64> {
        self.evidence.stats.get(arm).map(|stats| stats.median)
    }

    /// Rounds in which every arm ran.
    #[must_use]
    pub fn rounds(&self) -> u32 {
        let of = |arm: &str| {
            self.evidence
                .rounds
                .iter()
                .filter(|row| row.arm == arm)
                .count()
        };
        self.evidence
            .arms
            .iter()
            .map(|arm| of(&arm.id))
            .min()
            .unwrap_or(0) as u32
    }

    /// The record as JSON.
    #[must_use]
    pub fn json(&self) -> String {
        crate::json::text(&self.evidence)
    }

    /// All traces of the run as Chrome trace events.
    #[must_use]
    pub fn chrome_trace(&self) -> String {
        let traces: Vec<Trace> = match &self.measured {
            Some(measured) => measured.runs.iter().map(|run| run.trace.clone()).collect(),
            None => self.traces.iter().map(|trace| (**trace).clone()).collect(),
        };
        charts::export::chrome_trace(&traces)
    }
}

/// For each arm the run nearest to its median: no flattering pick.
fn typical(measured: &Measured, evidence: &Evidence) -> Vec<Rc<Trace>> {
    let nearest = |arm: &model::Arm| {
        let median = evidence
            .stats
            .get(&arm.id)
            .map_or(0.0, |stats| stats.median);
        let away = |trace: &Trace| (model::millis_from_nanos(trace.makespan_nanos) - median).abs();
        let own = measured
            .runs
            .iter()
            .map(|run| &run.trace)
            .filter(|trace| trace.arm == arm.id);
        own.min_by(|a, b| away(a).total_cmp(&away(b)))
            .map(|trace| Rc::new(trace.clone()))
    };
    measured.plan.arms.iter().filter_map(nearest).collect()
}
