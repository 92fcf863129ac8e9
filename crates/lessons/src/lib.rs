//! The catalogue of lessons: plans, questions, checks, findings, words and the
//! address of a view. Pure data and functions; nothing here touches a browser.

pub mod address;
mod arms;
mod catalog;
mod checks;
mod curve;
mod drawing;
mod lesson;
mod machine;
mod misconception;
pub mod preview;
mod question;
pub mod registry;
mod serving;
mod settings;
mod towns;
pub mod words;

pub use address::{Address, Notice, View};
pub use analysis::LostTo;
pub use catalog::four_numbers::{Card, cards};
pub use catalog::lab::blades::are_any as can_use_simd;
pub use catalog::lab::graphics::can_use_gpu;
pub use catalog::lab::kinds::{Work, can_vary, has_control};
pub use catalog::lab::learning::can_learn;
pub use curve::{Curve, Drawn, curve, drawn_answer, drawn_line};
pub use drawing::{
    Counts, Drawing, Graph, LineKind, Loss, LossLine, Lost, Speedup, SpeedupLine, SpeedupPoint,
    StageKind, Staged, Sweep, SweepLine, Waiting,
};
pub use lesson::{
    Challenge, ChartKind, Explain, ExplainOption, Finding, FindingKind, Lesson, Panel, Preset,
    Reference, SliderSpec, Step,
};
pub use machine::Machine;
pub use misconception::MISCONCEPTIONS;
pub use question::{Answer, Choice, Measure, Quadrant, Question, Score, answer, answer_to, score};
pub use settings::{Embed, Level, Predict, Settings, Theme};
pub use words::{Phrase, Words};

use model::{ArmInfo, Evidence};

/// Adds to a bare record what the lesson claims about it: `checks`, the
/// `finding` sentence (plain text) and the effective `params`.
pub fn judge(evidence: &mut Evidence, lesson: &Lesson, settings: &Settings, words: &Words) {
    evidence.params = lesson.params(settings);
    // Where none was asked for, a lesson may fit the number of tasks to the
    // machine. Requests over time are shared out among the rounds, and where the
    // work stays the same its arms differ in the number of their tasks.
    let is_closed = |arm: &&ArmInfo| {
        let mut jobs = arm.jobs.iter();
        jobs.all(|job| job.per_second == 0.0 && !workloads::crop::is_cut(&job.workload))
    };
    let first = evidence.arms.first().filter(is_closed);
    if let Some(arm) = first.filter(|_| settings.tasks().is_none()) {
        let tasks = arm.tasks.to_string();
        evidence.params.insert("tasks".into(), tasks);
    }
    evidence.checks = (lesson.judge)(evidence, settings);
    let finding = (lesson.finding)(evidence, settings);
    evidence.finding = words::plain(&finding.phrase.say(words));
}
