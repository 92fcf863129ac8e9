//! What a lesson hands to the charts of figures.

use crate::words::Phrase;
use analysis::LostTo;
use model::{Edge, Learned, Stats};

/// The content of one chart of figures, in the lesson's words.
#[derive(Clone, Debug, PartialEq)]
pub enum Drawing {
    /// A figure against a parameter.
    Sweep(Sweep),
    /// How many times sooner, against the number of workers.
    Speedup(Speedup),
    /// Where the speedup went, one entry a run.
    Waterfall(Vec<Lost>),
    /// What has to come before what.
    Graph(Graph),
    /// What every single run gave.
    Counts(Counts),
    /// Who waits for whom: each holds what the one before him wants, and the first
    /// what the last one wants.
    Circle(Vec<Waiting>),
    /// The stages of each run, from left to right.
    Stages(Vec<Staged>),
    /// How a loss falls over time.
    Loss(Loss),
}

/// A figure against a parameter, measured and as theory says.
#[derive(Clone, Debug, PartialEq)]
pub struct Sweep {
    /// What is varied, with its unit.
    pub across: Phrase,
    /// What is measured, with its unit.
    pub up: Phrase,
    /// Whether the parameter is drawn on a logarithmic scale.
    pub is_log: bool,
    /// Measured points, one line each, from left to right.
    pub lines: Vec<SweepLine>,
    /// What theory says, from left to right: label, points. As many as `lines`, each
    /// for its own (without points where it says nothing), one for all, or some.
    pub theory: Vec<(Phrase, Vec<(f64, f64)>)>,
    /// Whether the figure is drawn on a logarithmic scale.
    pub is_log_up: bool,
    /// Where two lines cross: the parameter, and what it is called there.
    pub crossing: Option<(f64, Phrase)>,
}

/// Where two lines cross for the first time: the second is above at first, and not
/// any more from there on. Between two measured points along a straight line on
/// scales of equal factors; points that one of them lacks are left out.
pub fn level(first: &[(f64, Stats)], second: &[(f64, Stats)]) -> Option<f64> {
    let mut before: Option<(f64, f64)> = None;
    for (across, stats) in second {
        let other = first.iter().find(|(at, _)| at == across);
        let (Some((_, other)), true) = (other, *across > 0.0) else {
            continue;
        };
        if other.median <= 0.0 || stats.median <= 0.0 {
            continue;
        }
        let (at, lead) = (across.ln(), (stats.median / other.median).ln());
        if let Some((earlier, led)) = before
            && led > 0.0
            && lead <= 0.0
        {
            let share = led / (led - lead);
            return Some((earlier + (at - earlier) * share).exp());
        }
        before = Some((at, lead));
    }
    None
}

/// The measured points of one line of a sweep.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepLine {
    /// Its label.
    pub label: Phrase,
    /// The parameter, and the figure over the rounds.
    pub points: Vec<(f64, Stats)>,
}

/// Speedup against workers.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Speedup {
    /// Measured points in rising order of workers.
    pub points: Vec<SpeedupPoint>,
    /// Lines to compare with.
    pub lines: Vec<SpeedupLine>,
    /// Measured capacity of this machine, in workers; beyond it a point shows the
    /// machine's limit and not the law's.
    pub capacity: Option<f64>,
}

/// One number of workers.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeedupPoint {
    /// Workers.
    pub workers: u32,
    /// Times sooner than the base, over the rounds.
    pub speedup: Stats,
    /// The same of every valid round.
    pub rounds: Vec<f64>,
    /// Makespan over the rounds, in milliseconds.
    pub ms: Stats,
    /// Serial share that this point alone would mean (Karp and Flatt, CACM 1990).
    pub serial_share: Option<Stats>,
}

/// What a line of a speedup chart stands for, for its look.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LineKind {
    /// As many times sooner as there are workers.
    Ideal,
    /// What the settings ask for, by a law.
    Set,
    /// A law fitted to the measured points.
    Fitted,
    /// What the reader expected.
    Guess,
}

/// A line of a speedup chart.
#[derive(Clone, Debug, PartialEq)]
pub struct SpeedupLine {
    /// Its look.
    pub kind: LineKind,
    /// Its label.
    pub label: Phrase,
    /// Workers (need not be whole) and speedup, from left to right.
    pub points: Vec<(f64, f64)>,
    /// Lower and upper edge of its band at the same places; may be empty.
    pub band: Vec<(f64, f64)>,
}

/// What one run lost against the ideal, in rising order of what can be helped.
#[derive(Clone, Debug, PartialEq)]
pub struct Lost {
    /// The run.
    pub label: Phrase,
    /// The sequential time shared out evenly, in milliseconds.
    pub ideal_ms: f64,
    /// The measured time, in milliseconds.
    pub total_ms: f64,
    /// What lies between, in milliseconds of the run's time; a part may be below
    /// 0 (the work took less than alone). Together with `ideal_ms` they give
    /// `total_ms`, but for what was not recorded.
    pub parts: Vec<(LostTo, f64)>,
}

/// Tasks and what they need.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Graph {
    /// Names by task id, such as "chop onions".
    pub names: Vec<Phrase>,
    /// Planned length of each, in milliseconds.
    pub lengths_ms: Vec<f64>,
    /// What has to come before what.
    pub edges: Vec<Edge>,
    /// Arm whose typical round gives the times in the drawing.
    pub arm: String,
}

/// What every single run gave, such as the final count of a tally.
#[derive(Clone, Debug, PartialEq)]
pub struct Counts {
    /// What is counted.
    pub across: Phrase,
    /// The right count.
    pub wanted: f64,
    /// One row an arm: label, values in the order run.
    pub rows: Vec<(Phrase, Vec<f64>)>,
}

/// One who holds a thing and waits for another.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    /// Who.
    pub who: Phrase,
    /// What he holds.
    pub holds: Phrase,
    /// What he waits for.
    pub wants: Phrase,
}

/// The stages of one run.
#[derive(Clone, Debug, PartialEq)]
pub struct Staged {
    /// The run.
    pub label: Phrase,
    /// What is done in each stage, what it is called, and its length in milliseconds
    /// over the rounds; in the order of time.
    pub stages: Vec<(StageKind, Phrase, Stats)>,
}

/// What is done in a stage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StageKind {
    /// Asking and making ready; who asked can only wait.
    Setup,
    /// Data on its way.
    Moving,
    /// Computing.
    Computing,
}

/// How far trainings got, over time.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Loss {
    /// One line a run.
    pub lines: Vec<LossLine>,
    /// The accuracy to be reached, 0..=1.
    pub wanted: Option<f64>,
}

/// One training.
#[derive(Clone, Debug, PartialEq)]
pub struct LossLine {
    /// The run.
    pub label: Phrase,
    /// Id of its arm, whose trace tells the points where a record does not.
    pub arm: String,
    /// Its points in the order of time; a typical round's.
    pub points: Vec<Learned>,
}
