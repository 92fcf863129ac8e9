//! Starting, following and stopping runs.

use crate::hands;
use crate::outcome::Order;
use crate::store::{Action, Lab};
use analysis::Measured;
use lessons::{Drawn, Phrase, Settings};
use model::{Evidence, Plan, Strategy};
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use web::text_file::{FileFault, TextFile};
use web::{Phase, PhotoFault, RunEvent, Session};
use web_sys::Blob;
use yew::UseReducerDispatcher;

/// Starts, follows and stops runs. Cheap to clone.
#[derive(Clone)]
pub struct Runs {
    session: Session,
    sender: UseReducerDispatcher<Lab>,
}

impl Runs {
    /// Nothing is started yet but the climb of the ladder, which is told with
    /// [`Action::Able`].
    #[must_use]
    pub fn new(build: &str, sender: UseReducerDispatcher<Lab>) -> Self {
        let runs = Self {
            session: Session::new(build),
            sender,
        };
        let able = runs.clone();
        wasm_bindgen_futures::spawn_local(async move {
            able.sender
                .dispatch(Action::Able(able.session.capability().await));
        });
        runs
    }

    /// Ends the run under way.
    pub fn stop(&self) {
        self.session.stop();
    }

    /// Uses a picture of this brightness from now on, or the made-up one; its
    /// number of rows, 0 for the made-up one.
    ///
    /// # Errors
    /// Why it was not taken.
    pub fn give(&self, shades: Option<Vec<u8>>) -> Result<u32, PhotoFault> {
        self.session.give(shades)
    }

    /// Asks for a graphics processor, unless that was done or `again` says so; what
    /// came of it is told with [`Action::Able`].
    pub fn ask_gpu(&self, again: bool) {
        if self.session.knows_gpu() && !again {
            return;
        }
        let asked = self.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let capability = asked.session.with_gpu(again).await;
            asked.sender.dispatch(Action::Able(capability));
        });
    }

    /// Looks at a text of the reader's own.
    ///
    /// # Errors
    /// Why it is not taken.
    pub async fn look_at(&self, blob: Blob) -> Result<TextFile, FileFault> {
        self.session.look_at(blob).await
    }

    /// Uses this text from now on, or a made-up one.
    ///
    /// # Errors
    /// [`FileFault::Busy`] while a run is under way.
    pub fn give_text(&self, file: Option<TextFile>) -> Result<(), FileFault> {
        self.session.give_text(file)
    }

    /// Begins or ends working for other tabs.
    pub fn join(&self, is_wanted: bool) {
        let sender = self.sender.clone();
        let lends = move |lends: Result<usize, String>| {
            sender.dispatch(Action::Lends(match lends {
                Ok(0) => Phrase::new("join.idle"),
                Ok(n) => Phrase::new("join.busy").with("n", n.to_string()),
                Err(why) => Phrase::new("join.failed").with("detail", why),
            }));
        };
        self.session.join(is_wanted, lends);
    }

    /// Begins or ends listening for tabs that work for this one.
    pub fn listen(&self, is_wanted: bool) {
        let sender = self.sender.clone();
        let known = Cell::new((0, 0));
        self.session.listen(is_wanted, move |tabs, strangers| {
            if known.replace((tabs, strangers)) != (tabs, strangers) {
                sender.dispatch(Action::Tabs(tabs, strangers));
            }
        });
    }

    /// Gets ready for what the view will run, so that its first result comes
    /// sooner.
    pub fn warm(&self, plan: Plan) {
        if plan.arms.iter().any(|arm| arm.strategy == Strategy::Gpu) {
            self.ask_gpu(false);
        }
        self.session.warm(plan);
    }

    /// Starts the run of the view, unless one is under way.
    pub fn start(&self, lab: &Lab) {
        let Some(machine) = lab.machine() else { return };
        if self.session.is_running() || lab.live.is_some() {
            return;
        }
        let lesson = lab.lesson();
        let settings = lab.settings().clone();
        let plan = (lesson.plan)(&settings, &machine);
        hands::idle(false);
        self.sender.dispatch(Action::Started(lesson.id));
        let order = Order {
            number: lab.started + 1,
            lesson,
            predictions: predictions(lab, &settings),
            drawn: drawn(lab, &settings),
            settings,
            words: Rc::clone(&lab.words),
        };
        let so_far = Measured {
            plan: plan.clone(),
            capability: machine.capability.clone(),
            build: String::new(),
            started: String::new(),
            runs: Vec::new(),
            probes: Vec::new(),
            warmth: std::collections::BTreeMap::new(),
            notes: Vec::new(),
        };
        // A lesson whose interval straddles a limit gets more rounds; the lab
        // keeps to what its slider says.
        let judge = (lesson.id != lessons::registry::LAB.id).then(|| order.clone());
        let is_crowd = is_crowd(&plan);
        let was_open = Cell::new(false);
        let undecided = move |measured: &Measured| {
            // Looking again after every round would hold up the page.
            if is_crowd && was_open.get() {
                return true;
            }
            let few = measured.plan.rounds < analysis::stats::FEWEST;
            let is_open = judge
                .as_ref()
                .is_some_and(|order| is_open(&order.outcome(measured).evidence, few));
            was_open.set(is_open);
            is_open
        };
        let follower = Follower {
            order,
            so_far: RefCell::new(so_far),
            runs: self.clone(),
        };
        let hear = move |event| follower.hear(event);
        if let Err(fault) = self.session.run_until(plan, Box::new(undecided), hear) {
            self.sender.dispatch(Action::Failed(lesson.id, fault));
        }
    }
}

/// Whether more rounds could decide a check: its interval straddles the limit,
/// or rounds are void and too few are left, unless few were asked for.
fn is_open(evidence: &Evidence, few: bool) -> bool {
    let is_open = |why: &str| why.starts_with("straddle") || !few && why.starts_with("rounds");
    evidence.checks.iter().any(|check| is_open(&check.why))
}

/// A prediction stands for the parameters it was made with.
fn predictions(lab: &Lab, settings: &Settings) -> Vec<(String, f64)> {
    if is_meant(lab, settings) {
        lab.room.predictions(&lab.questions())
    } else {
        Vec::new()
    }
}

/// As above, of the curve.
fn drawn(lab: &Lab, settings: &Settings) -> Drawn {
    if is_meant(lab, settings) {
        lab.room.drawn.clone()
    } else {
        Vec::new()
    }
}

fn is_meant(lab: &Lab, settings: &Settings) -> bool {
    let first = lab.room.kept.first();
    first.is_none_or(|first| first.settings == *settings)
}

/// Tasks of a way of running beyond which more rounds are all done if one is.
const MOST_ASKED: u32 = 5_000;

fn is_crowd(plan: &Plan) -> bool {
    let mut jobs = plan.arms.iter().flat_map(|arm| &arm.jobs);
    jobs.any(|job| job.tasks > MOST_ASKED)
}

/// Every new look at a run goes through all its tasks. Beyond so many of them
/// that would hold up the page again and again: after the first round, the next
/// look is at the whole.
const MOST_FOLLOWED: usize = 20_000;

/// Turns the events of one run into changes of the page, rarely enough not to
/// disturb what is being timed.
struct Follower {
    order: Order,
    so_far: RefCell<Measured>,
    runs: Runs,
}

impl Follower {
    fn hear(&self, event: RunEvent) {
        let action = match event {
            RunEvent::Phase(phase) => {
                // One change a round: arms inside a round are not told, but in the
                // first one where their code is shown.
                if let Phase::Round { round, arm, .. } = &phase
                    && (*round > 0 || (self.order.lesson.source)(arm).is_none())
                    && self
                        .so_far
                        .borrow()
                        .runs
                        .last()
                        .is_some_and(|run| run.trace.round == *round)
                {
                    return;
                }
                Action::Reached(phase)
            }
            RunEvent::Live(trace) => Action::Moving(Rc::from(trace)),
            RunEvent::Run(run) => return self.add(*run),
            RunEvent::Done(measured) => {
                let probes = measured.probes.clone();
                Action::Done(Rc::new(self.order.whole(*measured)), probes)
            }
            RunEvent::Stopped => Action::Stopped,
            RunEvent::Failed(fault) => Action::Failed(self.order.lesson.id, fault),
        };
        self.runs.sender.dispatch(action);
    }

    /// In the first round every arm is shown as it comes, later whole rounds.
    fn add(&self, run: analysis::TimedRun) {
        let round = run.trace.round;
        let mut so_far = self.so_far.borrow_mut();
        so_far.runs.push(run);
        let arms = so_far.plan.arms.len();
        if round > 0 && !so_far.runs.len().is_multiple_of(arms) {
            return;
        }
        let tasks: usize = so_far.runs.iter().map(|run| run.trace.tasks.len()).sum();
        if round > 0 && tasks > MOST_FOLLOWED {
            return;
        }
        so_far.probes = self.runs.session.capacity();
        let outcome = self.order.outcome(&so_far);
        drop(so_far);
        self.runs.sender.dispatch(Action::Partly(Rc::new(outcome)));
    }
}
