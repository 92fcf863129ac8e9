//! What a lesson consists of.

use crate::question::Question;
use crate::words::{Phrase, tenth, whole};
use crate::{Drawing, Machine, Settings, Sweep};
use model::{Check, Evidence, Plan};
use std::collections::BTreeMap;

/// The five steps, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The kitchen and the words.
    Meet,
    /// A guess before the run.
    Predict,
    /// The run.
    Run,
    /// Why.
    Explain,
    /// Free sliders.
    Play,
}

impl Step {
    /// Every step in order.
    pub const ALL: [Self; 5] = [
        Self::Meet,
        Self::Predict,
        Self::Run,
        Self::Explain,
        Self::Play,
    ];

    /// Last part of the key of the step's text.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Meet => "meet",
            Self::Predict => "predict",
            Self::Run => "run",
            Self::Explain => "explain",
            Self::Play => "play",
        }
    }
}

/// A chart of the page; its id is that of its test hook.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChartKind {
    /// One row per place.
    Lanes,
    /// One row per task.
    Tasks,
    /// Bars of the total time.
    Makespan,
    /// Tasks in progress against working at once.
    Plane,
    /// What share of the requests was answered within a time.
    Cdf,
    /// One column a frame of the page.
    Frames,
    /// How many requests were there, over time.
    Queue,
    /// A figure against a parameter.
    Sweep,
    /// How many times sooner, against the number of workers.
    Speedup,
    /// Where the speedup went.
    Waterfall,
    /// What has to come before what.
    Dag,
    /// What every single run gave.
    Counts,
    /// Who waits for whom.
    Circle,
    /// Lanes with the messages between them, as wide as the bytes they carry.
    Arrows,
    /// The stages of a run one after another, such as upload and readback.
    Stages,
    /// How a loss falls over time.
    Loss,
}

impl ChartKind {
    /// Stable id: `lanes tasks makespan plane cdf frames queue sweep
    /// speedup waterfall dag counts circle arrows stages loss`.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Lanes => "lanes",
            Self::Tasks => "tasks",
            Self::Makespan => "makespan",
            Self::Plane => "plane",
            Self::Cdf => "cdf",
            Self::Frames => "frames",
            Self::Queue => "queue",
            Self::Sweep => "sweep",
            Self::Speedup => "speedup",
            Self::Waterfall => "waterfall",
            Self::Dag => "dag",
            Self::Counts => "counts",
            Self::Circle => "circle",
            Self::Arrows => "arrows",
            Self::Stages => "stages",
            Self::Loss => "loss",
        }
    }
}

/// A slider of a lesson. Its label is `slider.<key>`, or `<lesson>.slider.<key>`
/// where the lesson has its own word; its unit is `unit.<unit>`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SliderSpec {
    /// Address key.
    pub key: &'static str,
    /// Smallest value.
    pub min: f64,
    /// Largest value.
    pub max: f64,
    /// Step of the slider; other values from an address are allowed.
    pub step: f64,
    /// Where it stands if nothing was set.
    pub default: f64,
    /// Last part of the key of its unit; empty for a count.
    pub unit: &'static str,
}

impl SliderSpec {
    /// The value in effect: set and inside the range, else the nearest end or
    /// the default.
    #[must_use]
    pub fn value(&self, settings: &Settings) -> f64 {
        let value = settings.number(self.key).unwrap_or(self.default);
        value.clamp(self.min, self.max)
    }
}

/// What the finding is about, for the look of the sentence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FindingKind {
    /// The claims hold on this run.
    Expected,
    /// This machine gave one core.
    OneKnife,
    /// The run cannot decide: the machine was busy, or its clock too coarse.
    Undecided,
    /// The claims do not hold on this run.
    Disagrees,
}

/// The sentence shown with the measured numbers.
#[derive(Clone, Debug, PartialEq)]
pub struct Finding {
    /// Which of the branches was taken.
    pub kind: FindingKind,
    /// The sentence; its inline marks hold the number that matters.
    pub phrase: Phrase,
}

impl Finding {
    /// A finding with the sentence of this key.
    #[must_use]
    pub fn new(kind: FindingKind, key: impl Into<String>) -> Self {
        Self {
            kind,
            phrase: Phrase::new(key),
        }
    }

    /// The same with one more argument.
    #[must_use]
    pub fn with(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.phrase = self.phrase.with(name, value);
        self
    }
}

/// One of three causal sentences. Text `<lesson>.explain.<id>`, feedback
/// `<lesson>.explain.<id>.feedback`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExplainOption {
    /// Last part of its key.
    pub id: &'static str,
    /// What a wrong sentence is traced to.
    pub misconception: Option<&'static str>,
}

/// The self-explanation prompt: text `<lesson>.explain.why`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Explain {
    /// Sentences to choose from, in the order shown.
    pub options: &'static [ExplainOption],
    /// Id of the causal sentence that is true.
    pub right: &'static str,
}

/// Slider values set by one click; label `<lesson>.preset.<id>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Preset {
    /// Last part of its key.
    pub id: &'static str,
    /// Address keys and values.
    pub values: &'static [(&'static str, &'static str)],
}

/// Something to try by hand, beside the measured runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Panel {
    /// Every order in which a few chefs can take their steps on one tally.
    Orders,
    /// A digit drawn by hand, told by what the run has learned.
    Digit,
}

/// Something to reach in Play, checked by machine; text
/// `<lesson>.challenge`, on success `<lesson>.challenge.met`.
#[derive(Clone, Copy, Debug)]
pub struct Challenge {
    /// Whether this run reached it.
    pub met: fn(&Evidence) -> bool,
}

/// A line across the makespan bars.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    /// Its label, such as "all waits in a row".
    pub label: Phrase,
    /// Where it stands.
    pub millis: f64,
}

/// An entry of the catalogue.
#[derive(Clone, Copy, Debug)]
pub struct Lesson {
    /// Stable id, the last part of its address and its word file's name.
    pub id: &'static str,
    /// Place in the course, from 0; `None` for the first page and the lab.
    pub number: Option<u32>,
    /// What can be changed. The first one is free in the Run step already.
    pub sliders: &'static [SliderSpec],
    /// Chart of the Run step.
    pub run_chart: ChartKind,
    /// Charts of the Play step.
    pub play_charts: &'static [ChartKind],
    /// Arm whose trace the lanes and the kitchen show first.
    pub shown_arm: fn(&Plan) -> Option<&str>,
    /// What is to be run on this machine. Never empty, whatever the rung.
    pub plan: fn(&Settings, &Machine) -> Plan,
    /// What was left out or replaced on this machine, in sentences.
    pub notes: fn(&Settings, &Machine) -> Vec<Phrase>,
    /// Questions before the run; may be empty.
    pub questions: fn(&Settings, &Machine) -> Vec<Question>,
    /// The claims, evaluated on a run.
    pub judge: fn(&Evidence, &Settings) -> Vec<Check>,
    /// The sentence shown; reads the checks of the record.
    pub finding: fn(&Evidence, &Settings) -> Finding,
    /// What a chart of figures shows of a run; `None` where there is nothing to.
    pub data: fn(ChartKind, &Evidence, &Settings) -> Option<Drawing>,
    /// Name of the function of `runner::ways` that is run for the arm of this id,
    /// where its text helps to understand the run.
    pub source: fn(&str) -> Option<&'static str>,
    /// Lines of the makespan chart.
    pub references: fn(&Evidence, &Settings) -> Vec<Reference>,
    /// The self-explanation prompt; `None` where nothing is asked.
    pub explain: Option<Explain>,
    /// Something to try by hand in Explain and Play; `None` where there is nothing.
    pub panel: Option<Panel>,
    /// One-click settings of Play.
    pub presets: &'static [Preset],
    /// The challenge of Play.
    pub challenge: Option<Challenge>,
}

impl Lesson {
    /// What the sweep chart shows of a run.
    #[must_use]
    pub fn sweep(&self, evidence: &Evidence, settings: &Settings) -> Option<Sweep> {
        match (self.data)(ChartKind::Sweep, evidence, settings)? {
            Drawing::Sweep(sweep) => Some(sweep),
            _ => None,
        }
    }

    /// Key of a text of this lesson: `<id>.<part>`.
    #[must_use]
    pub fn key(&self, part: &str) -> String {
        [self.id, ".", part].concat()
    }

    /// The slider of this key.
    #[must_use]
    pub fn slider(&self, key: &str) -> Option<&'static SliderSpec> {
        self.sliders.iter().find(|slider| slider.key == key)
    }

    /// The value in effect of a slider's key; 0 if the lesson has none.
    #[must_use]
    pub fn value(&self, key: &str, settings: &Settings) -> f64 {
        self.slider(key)
            .map_or(0.0, |slider| slider.value(settings))
    }

    /// Arguments for the texts of the steps: the sliders' values by key.
    #[must_use]
    pub fn args(&self, settings: &Settings) -> Vec<(&'static str, String)> {
        let value = |slider: &SliderSpec| (slider.key, number(slider.value(settings)));
        self.sliders.iter().map(value).collect()
    }

    /// Effective parameters by address key, for the evidence record.
    #[must_use]
    pub fn params(&self, settings: &Settings) -> BTreeMap<String, String> {
        let mut params: BTreeMap<_, _> = self
            .args(settings)
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value))
            .collect();
        params.insert("rounds".into(), settings.rounds().to_string());
        params.insert("seed".into(), settings.seed().to_string());
        for key in [
            "workload",
            "strategies",
            "data",
            "yield",
            "law",
            "sweep",
            "deal",
            "guard",
            "mode",
            "recipe",
            "blades",
            "moves",
            "combine",
            "spare",
            "learner",
            "updates",
            "handover",
        ] {
            if let Some(value) = settings.get(key) {
                params.insert(key.into(), value.into());
            }
        }
        params
    }
}

/// A slider's value as text: whole, or with one decimal.
fn number(value: f64) -> String {
    if value.fract() == 0.0 {
        whole(value)
    } else {
        tenth(value)
    }
}
