//! Starting, following and stopping runs.

use crate::outcome::Order;
use crate::store::{Action, Lab};
use analysis::Measured;
use lessons::Settings;
use std::cell::RefCell;
use std::rc::Rc;
use web::{Phase, RunEvent, Session};
use yew::prelude::*;

/// What the buttons of the page call.
#[derive(Clone)]
pub struct Runs {
    /// Starts the run of the view, if nothing runs.
    pub start: Callback<()>,
    /// Ends the run under way.
    pub stop: Callback<()>,
}

/// The runs of this page.
#[hook]
pub fn use_run(lab: &UseReducerHandle<Lab>, session: &Session) -> Runs {
    let start = {
        let (lab, session) = (lab.clone(), session.clone());
        Callback::from(move |()| begin(&lab, &session))
    };
    let stop = {
        let session = session.clone();
        Callback::from(move |()| session.stop())
    };
    use_capability(lab, session);
    use_autorun(lab, &start);
    use_prepare(lab, session);
    use_leaving(lab, session);
    Runs { start, stop }
}

/// Climbs the ladder once.
#[hook]
fn use_capability(lab: &UseReducerHandle<Lab>, session: &Session) {
    let (sender, session) = (lab.dispatcher(), session.clone());
    use_effect_with((), move |()| {
        wasm_bindgen_futures::spawn_local(async move {
            sender.dispatch(Action::Able(session.capability().await));
        });
    });
}

/// `autorun=on`: once for each address, as soon as the machine is known.
#[hook]
fn use_autorun(lab: &UseReducerHandle<Lab>, start: &Callback<()>) {
    let done_for = use_mut_ref(String::new);
    let wanted = (lab.settings().autorun() && lab.capability.is_some() && lab.live.is_none())
        .then(|| lessons::address::format(&lab.address));
    let start = start.clone();
    use_effect_with(wanted, move |wanted| {
        if let Some(address) = wanted
            && *done_for.borrow() != *address
        {
            done_for.replace(address.clone());
            start.emit(());
        }
    });
}

/// A host of the size the view will want starts while the reader reads.
#[hook]
fn use_prepare(lab: &UseReducerHandle<Lab>, session: &Session) {
    const REST_MILLIS: u32 = 400;
    let pool = lab
        .machine()
        .filter(|_| lab.live.is_none())
        .and_then(|machine| {
            let plan = (lab.lesson().plan)(lab.settings(), &machine);
            plan.arms
                .iter()
                .filter(|arm| arm.strategy.uses_workers())
                .map(|arm| arm.workers)
                .max()
        });
    let session = session.clone();
    use_effect_with(pool, move |pool| {
        let timer = pool.map(|workers| {
            gloo_timers::callback::Timeout::new(REST_MILLIS, move || session.prepare(workers))
        });
        move || drop(timer)
    });
}

/// Another view ends the run of the one that was left.
#[hook]
fn use_leaving(lab: &UseReducerHandle<Lab>, session: &Session) {
    let is_left = lab.live.is_some() && lab.live_here().is_none();
    let session = session.clone();
    use_effect_with(is_left, move |is_left| {
        if *is_left {
            session.stop();
        }
    });
}

fn begin(lab: &UseReducerHandle<Lab>, session: &Session) {
    let state = Lab::clone(lab);
    if session.is_running() || state.live.is_some() {
        return;
    }
    let Some(machine) = state.machine() else {
        return;
    };
    let lesson = state.lesson();
    let settings = state.settings().clone();
    let plan = (lesson.plan)(&settings, &machine);
    let sender = lab.dispatcher();
    sender.dispatch(Action::Started(lesson.id));
    let order = Order {
        number: state.started + 1,
        lesson,
        prediction_millis: prediction(&state, &settings),
        settings,
        words: Rc::clone(&state.words),
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
    let follower = Follower {
        order,
        so_far: RefCell::new(so_far),
        session: session.clone(),
        sender: sender.clone(),
    };
    if let Err(fault) = session.run(plan, move |event| follower.hear(event)) {
        sender.dispatch(Action::Failed(lesson.id, fault));
    }
}

/// A prediction stands for the parameters it was made with.
fn prediction(state: &Lab, settings: &Settings) -> Option<f64> {
    let room = &state.room;
    let first = room.kept.first();
    let is_same = first.is_none_or(|first| first.settings == *settings);
    is_same
        .then(|| room.prediction_millis(&state.questions()))
        .flatten()
}

/// Turns the events of one run into changes of the page, rarely enough not to
/// disturb what is being timed.
struct Follower {
    order: Order,
    so_far: RefCell<Measured>,
    session: Session,
    sender: UseReducerDispatcher<Lab>,
}

impl Follower {
    fn hear(&self, event: RunEvent) {
        match event {
            RunEvent::Phase(phase) => self.reach(phase),
            RunEvent::Live(trace) => self.send(Action::Moving(Rc::new(trace))),
            RunEvent::Run(run) => self.add(*run),
            RunEvent::Done(measured) => {
                let probes = measured.probes.clone();
                let outcome = self.order.whole(*measured);
                self.send(Action::Done(Rc::new(outcome), probes));
            }
            RunEvent::Stopped => self.send(Action::Stopped),
            RunEvent::Failed(fault) => self.send(Action::Failed(self.order.lesson.id, fault)),
        }
    }

    fn send(&self, action: Action) {
        self.sender.dispatch(action);
    }

    /// One change a round: arms inside a round are not announced.
    fn reach(&self, phase: Phase) {
        if let Phase::Round { round, .. } = &phase
            && self
                .so_far
                .borrow()
                .runs
                .last()
                .is_some_and(|run| run.trace.round == *round)
        {
            return;
        }
        self.send(Action::Reached(phase));
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
        so_far.probes = self.session.capacity();
        let outcome = self.order.outcome(&so_far);
        drop(so_far);
        self.send(Action::Partly(Rc::new(outcome)));
    }
}
