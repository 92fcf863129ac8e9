//! The state of the page and every way it can change.
//!
//! Nothing here knows a clock, a browser or the drawing; [`Lab::after`] is a
//! plain function and is tested as one.

use crate::outcome::Outcome;
use crate::room::{Ink, Room, Sureness, Walk};
use crate::store::pins::Pins;
use lessons::{
    Address, Curve, Lesson, Machine, Notice, Phrase, Predict, Question, Settings, Step, View,
    Words, registry,
};
use model::{Capability, CapacityProbe, Nanos, Rung, RungReason, Trace, YieldKind};
use std::rc::Rc;
use web::{Phase, RunError};

/// A file of texts that is not compiled in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextFile {
    /// Being fetched.
    Coming,
    /// Its texts are in [`Lab::words`].
    Here,
    /// Could not be fetched in time.
    Missing,
}

/// The part of the program behind the doors of [`later`](crate::later).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// Nobody has asked for it yet.
    Away,
    /// Being fetched.
    Coming,
    /// May be called.
    Here,
    /// Could not be fetched in time.
    Missing,
}

/// The run under way.
#[derive(Clone, Debug)]
pub struct Live {
    /// Catalogue entry it belongs to.
    pub room: &'static str,
    /// What it is doing.
    pub phase: Phase,
    /// The arm running now, as far as it has got.
    pub trace: Option<Rc<Trace>>,
    /// What the rounds so far say.
    pub partial: Option<Rc<Outcome>>,
}

/// The picture that the filter works on.
#[derive(Clone, Debug)]
pub struct Photo {
    /// Its rows, if the reader gave it; 0 for the made-up one.
    pub rows: u32,
    /// What became of the last one the reader gave.
    pub said: Phrase,
}

/// What the reader gave to jobs for nodes, and the tabs that help.
#[derive(Clone, Debug)]
pub struct Town {
    /// Bytes of the reader's own text; 0 for a made-up one.
    pub bytes: u64,
    /// What became of the last one.
    pub said: Phrase,
    /// Tabs that work for this one.
    pub tabs: usize,
    /// Tabs that cannot, since they are of another build.
    pub strangers: usize,
    /// What this tab does for others.
    pub lends: Phrase,
}

/// Where a replay of the kitchen stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Replay {
    /// Moment of the run; `None` until it was touched.
    pub at: Option<Nanos>,
    /// Whether it moves.
    pub is_moving: bool,
}

/// A mark of a chart.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spot {
    /// Id of the chart.
    pub chart: String,
    /// Place of the mark.
    pub at: usize,
    /// The task that it stands for.
    pub task: Option<u32>,
}

/// The whole state.
#[derive(Clone, Debug)]
pub struct Lab {
    /// Bumped by every change; two states with one number are the same state.
    pub version: u64,
    /// What is shown, with its parameters.
    pub address: Address,
    /// In a frame: what its first address decided for good.
    pub pins: Option<Rc<Pins>>,
    /// What could not be taken from the address, until dismissed.
    pub notices: Vec<Notice>,
    /// All texts in the reader's language over the English ones.
    pub words: Rc<Words>,
    /// English texts that are there before any file is fetched.
    english: Rc<Words>,
    /// Fetched files by language and name, such as `en/waiting`.
    pub files: Vec<(String, TextFile)>,
    /// The part of the program that comes later.
    pub rest: Rest,
    /// Whether somebody is there: something on the page was touched.
    pub is_awake: bool,
    /// Run was pressed and waits for the rest of the program.
    pub is_wanted: bool,
    /// The page around asked for a run, and what stands against one is not known yet.
    pub is_asked: bool,
    /// Runs that the page around asked for and did not get, and why the last one.
    pub refused: (u32, Option<Block>),
    /// What this browser can do; `None` until the ladder was climbed.
    pub capability: Option<Rc<Capability>>,
    /// Probes of the runs so far.
    pub probes: Rc<Vec<CapacityProbe>>,
    /// The room of the view.
    pub room: Room,
    /// Rooms of other catalogue entries that were opened before.
    pub others: Vec<Room>,
    /// The run under way.
    pub live: Option<Live>,
    /// The last finished run of any room.
    pub last: Option<Rc<Outcome>>,
    /// The sentence for the live region.
    pub said: Phrase,
    /// The picture that the filter works on.
    pub photo: Photo,
    /// What jobs for nodes are given, and by whom they are helped.
    pub town: Town,
    /// What became of the last copied link.
    pub copied: Option<Phrase>,
    /// What the reader opened: panels, tables, drawings, glossary words.
    pub open: Vec<String>,
    /// The mark of a chart in focus.
    pub focus: Option<Spot>,
    /// The mark of a chart that the pointer is on.
    pub hover: Option<Spot>,
    /// The arm whose trace is drawn, if one was picked.
    pub arm: Option<String>,
    /// Where the replay stands.
    pub replay: Replay,
    /// Room for charts, and for the charts of cards, in CSS pixels.
    pub widths: (f32, f32),
    /// Address of the composer's preview; what is set inside the preview itself
    /// does not come back to it.
    pub preview: String,
    /// Runs started so far; the number of the next outcome.
    pub started: u32,
}

impl PartialEq for Lab {
    fn eq(&self, other: &Self) -> bool {
        self.version == other.version
    }
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum Action {
    /// The address changed.
    Went(Address, Vec<Notice>),
    /// The reader has seen the notices.
    NoticesRead,
    /// The ladder was climbed.
    Able(Capability),
    /// Where the rest of the program is.
    Rest(Rest),
    /// Something on the page was touched for the first time.
    Awake,
    /// Run was pressed, or what was pressed was done.
    Wanted(bool),
    /// The page around asks for a run, or takes that back.
    Asked(bool),
    /// Another language: texts start from the built-in ones again.
    Language,
    /// A file is being fetched.
    Fetching(String),
    /// A file arrived, or did not. English files go under what is there.
    Fetched(String, Option<Words>),
    /// English texts that came with the rest of the program.
    Worded(Words),
    /// Forget what could not be fetched, so that it is tried again.
    FetchAgain,
    /// An answer: question, choice.
    Answered(&'static str, &'static str),
    /// How sure the reader is.
    Sure(Sureness),
    /// A point of the curve was drawn: chefs, times sooner.
    Drawn(u32, f64),
    /// All of the curve was taken back.
    Undrawn,
    /// Forget the prediction of this room.
    PredictAgain,
    /// Turn to a step.
    Turned(Step),
    /// A sentence of the self-explanation was chosen.
    Explained(&'static str),
    /// Steps were taken by hand, and what is to be said of that.
    Walked(Walk, Phrase),
    /// A digit was drawn on, or wiped away.
    Inked(Ink),
    /// A parameter of this view was set.
    Set(&'static str, String),
    /// The composer puts another view together.
    Composed(View),
    /// The preview of the composer came to this address.
    Previewed(String),
    /// Several parameters were set at once.
    Preset(&'static [(&'static str, &'static str)]),
    /// A run began in this room.
    Started(&'static str),
    /// The run reached a phase.
    Reached(Phase),
    /// The arm running now, as far as it has got.
    Moving(Rc<Trace>),
    /// What the rounds so far say.
    Partly(Rc<Outcome>),
    /// The run is done.
    Done(Rc<Outcome>, Vec<CapacityProbe>),
    /// The reader stopped the run.
    Stopped,
    /// The run could not go on in this room.
    Failed(&'static str, RunError),
    /// Look at an earlier run.
    Shown(usize),
    /// Forget the runs of this room.
    Cleared,
    /// Open or close something.
    Toggled(String),
    /// A mark of a chart has the focus, or none.
    Focused(Option<Spot>),
    /// The pointer is on a mark of a chart, or on none.
    Hovered(Option<Spot>),
    /// Draw the trace of another arm.
    ArmPicked(String),
    /// A replay moves or rests, from this moment on.
    Replaying(bool, Nanos),
    /// A moving replay went on by this much.
    Replayed(Nanos),
    /// The replay was put to this moment, and rests.
    Scrubbed(Nanos),
    /// Room for charts, and for the charts of cards.
    Measured(f32, f32),
    /// The window was resized: measure again.
    Resized,
    /// The link was put on the clipboard, or not.
    Copied(Phrase),
    /// A picture was taken, or not.
    Photo(Photo),
    /// A text was taken, or not.
    OwnText(u64, Phrase),
    /// So many tabs help, and so many of another build are there.
    Tabs(usize, usize),
    /// What this tab does for others.
    Lends(Phrase),
    /// Tell the live region something.
    Say(Phrase),
}

impl Lab {
    /// The state before anything happened, at this address.
    #[must_use]
    pub fn new(address: Address, notices: Vec<Notice>) -> Self {
        let words = Rc::new(Words::built_in());
        let mut lab = Self {
            version: 0,
            address,
            pins: None,
            notices,
            words: Rc::clone(&words),
            english: words,
            files: Vec::new(),
            rest: Rest::Away,
            is_awake: false,
            is_wanted: false,
            is_asked: false,
            refused: (0, None),
            capability: None,
            probes: Rc::default(),
            room: Room::new(""),
            others: Vec::new(),
            live: None,
            last: None,
            said: Phrase::new("say.nothing"),
            photo: Photo {
                rows: 0,
                said: Phrase::new("photo.none"),
            },
            town: Town {
                bytes: 0,
                said: Phrase::new("text.none"),
                tabs: 0,
                strangers: 0,
                lends: Phrase::new("join.coming"),
            },
            copied: None,
            open: Vec::new(),
            focus: None,
            hover: None,
            arm: None,
            replay: Replay::default(),
            widths: (360.0, 240.0),
            preview: String::new(),
            started: 0,
        };
        lab.open_room();
        lab.show_preview();
        lab
    }

    /// The same inside a frame, where this first address decides what later
    /// ones may not change.
    #[must_use]
    pub fn in_frame(mut self) -> Self {
        self.pins = Some(Rc::new(Pins::of(&self.address)));
        self
    }

    /// The catalogue entry behind the view. Views that do not exist show the
    /// first page.
    #[must_use]
    pub fn lesson(&self) -> &'static Lesson {
        self.address.lesson().unwrap_or(registry::FIRST_PAGE)
    }

    /// Parameters of the view.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        self.address.shown()
    }

    /// What is being put together, if the composer is open: its view.
    #[must_use]
    pub fn composed(&self) -> Option<&View> {
        match &self.address.view {
            View::Compose(inner) => Some(inner),
            _ => None,
        }
    }

    /// What a lesson may count on; `None` until the ladder was climbed. Also
    /// until the rest of the program is here, where the lesson is part of it:
    /// whatever a lesson can be asked needs a machine.
    #[must_use]
    pub fn machine(&self) -> Option<Machine<'_>> {
        let capability = self.capability.as_deref()?;
        let is_here = self.rest == Rest::Here || self.lesson().id == registry::FIRST_PAGE.id;
        is_here.then_some(Machine {
            capability,
            probes: &self.probes,
        })
    }

    /// Whether the rest of the program is needed: for every view but the first
    /// page, and there as soon as somebody touches it.
    #[must_use]
    pub fn wants_rest(&self) -> bool {
        self.is_awake
            || self.is_wanted
            || self.settings().autorun()
            || self.composed().is_some()
            || self.lesson().id != registry::FIRST_PAGE.id
    }

    /// The questions of the view, as they stood when the run began. Empty
    /// where nothing is asked, or as long as the machine is not known.
    #[must_use]
    pub fn questions(&self) -> Rc<Vec<Question>> {
        if let Some(asked) = &self.room.asked {
            return Rc::clone(asked);
        }
        if self.settings().predict() == Predict::Off {
            return Rc::default();
        }
        let ask = |machine: &Machine<'_>| (self.lesson().questions)(self.settings(), machine);
        Rc::new(match self.machine() {
            Some(machine) => ask(&machine),
            // The first page asks the same on most machines, and at once.
            None if self.lesson().id == registry::FIRST_PAGE.id => ask(&Machine {
                capability: &USUAL,
                probes: &[],
            }),
            None => Vec::new(),
        })
    }

    /// The curve that can be drawn before a run of the view, as it stood when the
    /// run began. It may be left out: nothing waits for it.
    #[must_use]
    pub fn curve(&self) -> Option<Rc<Curve>> {
        if self.room.asked.is_some() {
            return self.room.curve.clone();
        }
        let is_asked = self.settings().predict() != Predict::Off;
        if !is_asked || self.rest != Rest::Here {
            return None;
        }
        crate::later::curve(self).map(Rc::new)
    }

    /// Whether Run may be pressed: the machine is known, nothing else runs, and
    /// the prediction is made where one is wanted.
    #[must_use]
    pub fn run_block(&self) -> Option<Block> {
        if self.live.is_some() {
            return Some(Block::Running);
        }
        if self.capability.is_none() || self.is_wanted {
            return Some(Block::Starting);
        }
        let is_free = self.lesson().number.is_none() || self.settings().predict() != Predict::On;
        let room = &self.room;
        if is_free || !room.kept.is_empty() || room.is_predicted(&self.questions()) {
            return None;
        }
        Some(Block::Prediction)
    }

    /// Whether the run under way belongs to the view.
    #[must_use]
    pub fn live_here(&self) -> Option<&Live> {
        self.live
            .as_ref()
            .filter(|live| live.room == self.lesson().id)
    }

    /// What is to be drawn: the run under way, else the one looked at.
    #[must_use]
    pub fn outcome(&self) -> Option<&Rc<Outcome>> {
        let partial = self.live_here().and_then(|live| live.partial.as_ref());
        partial.or_else(|| self.room.outcome())
    }

    /// The run looked at, unless one is under way here.
    #[must_use]
    pub fn whole(&self) -> Option<&Rc<Outcome>> {
        if self.live_here().is_some() {
            None
        } else {
            self.room.outcome()
        }
    }

    /// The trace of a run that is drawn: of the arm that was picked, else of the
    /// one the lesson shows first.
    #[must_use]
    pub fn trace<'a>(&self, outcome: &'a Outcome) -> Option<&'a Rc<Trace>> {
        let picked = self.arm.as_deref().and_then(|arm| outcome.trace(arm));
        picked
            .or_else(|| outcome.trace(&outcome.shown_arm))
            .or_else(|| outcome.traces.last())
    }

    /// Whether a replay moves.
    #[must_use]
    pub const fn is_replaying(&self) -> bool {
        self.replay.is_moving
    }

    /// A text without arguments.
    #[must_use]
    pub fn say(&self, key: &str) -> String {
        self.words.say(key, &[])
    }

    /// A text with arguments.
    #[must_use]
    pub fn say_with(&self, key: &str, args: &[(&str, &str)]) -> String {
        self.words.say(key, args)
    }

    /// Whether nothing is loading, running or moving.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let is_loading = self.files.iter().any(|(_, file)| *file == TextFile::Coming);
        let is_fetched = match self.rest {
            Rest::Away => !self.wants_rest(),
            Rest::Coming => false,
            Rest::Here | Rest::Missing => true,
        };
        self.capability.is_some()
            && is_fetched
            && !self.is_wanted
            && !self.is_asked
            && self.live.is_none()
            && !self.is_replaying()
            && !is_loading
    }
}

/// What most browsers can do, until this one was tried.
const USUAL: Capability = Capability {
    rung: Rung::Shared,
    reason: RungReason::PoolWorks,
    reported_cores: 2,
    clock_step_nanos: 0,
    isolated: true,
    yield_kind: YieldKind::SchedulerYield,
    user_agent: String::new(),
    gpu: None,
};

/// Probes that are remembered over all runs.
const MOST_PROBES: usize = 60;

/// Why Run cannot be pressed. Its sentence is [`Block::key`] in the words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Block {
    /// A run is under way.
    Running,
    /// The ladder is being climbed.
    Starting,
    /// A prediction is wanted first.
    Prediction,
}

impl Block {
    /// Key of its sentence.
    #[must_use]
    pub const fn key(self) -> &'static str {
        match self {
            Self::Running => "run.block.running",
            Self::Starting => "run.block.starting",
            Self::Prediction => "run.block.prediction",
        }
    }
}

mod after;
pub mod pins;
#[cfg(test)]
mod tests;
