//! How the state changes.

use super::{Action, Block, Lab, Live, MOST_PROBES, Replay, Rest, TextFile};
use crate::outcome::Outcome;
use crate::room::{Poe, Room};
use lessons::{Phrase, Step};
use model::{CapacityProbe, Nanos};
use std::rc::Rc;
use web::{Phase, RunError};

mod compose;

impl Lab {
    /// The state after `action`.
    #[must_use]
    pub fn after(mut self, action: Action) -> Self {
        self.version += 1;
        match action {
            Action::Went(mut address, notices) => {
                if let Some(pins) = &self.pins {
                    pins.hold(&mut address);
                }
                self.address = address;
                self.notices = notices;
                self.copied = None;
                self.open.clear();
                self.focus = None;
                self.hover = None;
                self.arm = None;
                self.replay = Replay::default();
                self.is_wanted = false;
                self.is_asked = false;
                self.open_room();
                self.show_preview();
            }
            Action::NoticesRead => self.notices.clear(),
            Action::Able(capability) => self.capability = Some(Rc::new(capability)),
            Action::Rest(rest) => {
                self.rest = rest;
                self.is_wanted &= rest != Rest::Missing;
            }
            Action::Awake => self.is_awake = true,
            Action::Wanted(is_wanted) => {
                self.is_wanted = is_wanted;
                if self.rest == Rest::Missing {
                    self.rest = Rest::Away;
                }
            }
            Action::Asked(is_asked) => {
                self.is_asked = is_asked;
                self.is_wanted &= is_asked;
                if is_asked && self.rest == Rest::Missing {
                    self.rest = Rest::Away;
                }
            }
            Action::Language => {
                self.words = Rc::clone(&self.english);
                self.files.clear();
            }
            Action::Fetching(file) => {
                self.note(file, TextFile::Coming);
            }
            Action::Fetched(file, None) => {
                self.note(file, TextFile::Missing);
            }
            Action::Fetched(file, Some(texts)) => {
                let here = (*self.words).clone();
                let is_english = file.starts_with("en/");
                self.words = Rc::new(if is_english {
                    here.over(texts)
                } else {
                    texts.over(here)
                });
                self.note(file, TextFile::Here);
            }
            Action::Worded(texts) => {
                self.english = Rc::new(texts.clone().over((*self.english).clone()));
                self.words = Rc::new((*self.words).clone().over(texts));
            }
            Action::FetchAgain => self.files.retain(|(_, state)| *state != TextFile::Missing),
            Action::Answered(question, choice) => {
                let questions = self.questions();
                self.room.answer(question, choice, &questions);
            }
            Action::Sure(sureness) => {
                let questions = self.questions();
                self.room.sure(sureness, &questions);
            }
            Action::Drawn(workers, times) => {
                let curve = self.curve();
                if let Some(curve) = curve.filter(|_| self.room.asked.is_none()) {
                    self.room.draw(workers, curve.snapped(times));
                }
            }
            Action::Undrawn if self.room.asked.is_none() => self.room.drawn.clear(),
            Action::Undrawn => {}
            Action::PredictAgain => self.room.predict_again(),
            Action::Turned(step) => {
                self.replay = Replay::default();
                self.room.turn(step);
            }
            Action::Explained(choice) => self.room.explain(choice),
            Action::Inked(ink) => self.room.ink = ink,
            Action::Walked(walk, said) => (self.room.walk, self.said) = (walk, said),
            Action::Set(key, value) => {
                self.set(&[(key, &value)]);
                self.show_preview();
            }
            Action::Composed(view) => self.compose(view),
            Action::Previewed(fragment) => self.follow_preview(&fragment),
            Action::Preset(values) => self.set(values),
            Action::Started(id) => self.start(id),
            Action::Reached(phase) => self.reach(phase),
            Action::Moving(trace) => {
                if let Some(live) = &mut self.live {
                    live.trace = Some(trace);
                }
            }
            Action::Partly(outcome) => {
                if let Some(live) = &mut self.live {
                    live.partial = Some(outcome);
                }
            }
            Action::Done(outcome, probes) => self.finish(outcome, probes),
            Action::Stopped => {
                if let Some(live) = self.live.take() {
                    self.edit_room(live.room, Room::halt);
                    self.said = Phrase::new("say.stopped");
                }
            }
            Action::Failed(id, fault) => {
                let live = self.live.take();
                self.said = Phrase::new(fault.key()).with("detail", fault.detail());
                self.edit_room(id, |room| {
                    room.halt();
                    room.wreck = live
                        .and_then(|live| live.trace)
                        .filter(|_| matches!(fault, RunError::Stuck(_)));
                    room.fault = Some(fault);
                });
            }
            Action::Shown(at) => self.room.shown = at,
            Action::Cleared => {
                self.room.kept.clear();
                self.room.shown = 0;
            }
            Action::Toggled(what) => match self.open.iter().position(|open| *open == what) {
                Some(at) => drop(self.open.remove(at)),
                None => self.open.push(what),
            },
            Action::Focused(focus) => self.focus = focus,
            Action::Hovered(hover) => self.hover = hover,
            Action::ArmPicked(arm) => {
                self.arm = Some(arm);
                self.replay = Replay::default();
            }
            Action::Replaying(is_moving, at) => {
                self.replay = Replay {
                    at: Some(at),
                    is_moving,
                }
            }
            Action::Replayed(step) => self.replay_on(step),
            Action::Scrubbed(at) => {
                self.replay = Replay {
                    at: Some(at),
                    is_moving: false,
                }
            }
            Action::Measured(charts, cards) => self.widths = (charts, cards),
            Action::Resized => {}
            Action::Copied(phrase) => {
                self.copied = Some(phrase.clone());
                self.said = phrase;
            }
            Action::Photo(photo) => {
                self.said = photo.said.clone();
                self.photo = photo;
            }
            Action::OwnText(bytes, said) => {
                self.said = said.clone();
                (self.town.bytes, self.town.said) = (bytes, said);
            }
            Action::Tabs(tabs, strangers) => {
                if tabs != self.town.tabs {
                    self.said = Phrase::new("tabs.now").with("n", tabs.to_string());
                }
                (self.town.tabs, self.town.strangers) = (tabs, strangers);
            }
            Action::Lends(lends) => {
                self.said = lends.clone();
                self.town.lends = lends;
            }
            Action::Say(phrase) => self.said = phrase,
        }
        self.grant();
        self
    }

    /// What the page around asked for starts where a press of Run would, and is
    /// refused where it would not.
    fn grant(&mut self) {
        let is_lost = self.rest == Rest::Missing && self.machine().is_none();
        if !self.is_asked || (self.machine().is_none() && !is_lost) {
            return;
        }
        self.is_asked = false;
        let block = self.run_block().or(is_lost.then_some(Block::Starting));
        if block.is_none() {
            self.is_wanted = true;
        } else {
            self.refused = (self.refused.0 + 1, block);
        }
    }

    fn note(&mut self, file: String, state: TextFile) {
        self.files.retain(|(known, _)| *known != file);
        self.files.push((file, state));
    }

    /// What became of a file that was wanted; `None` if it never was.
    #[must_use]
    pub fn file(&self, name: &str) -> Option<TextFile> {
        self.files
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, state)| *state)
    }

    /// A replay stops at the end of its trace.
    fn replay_on(&mut self, step: Nanos) {
        let end = self
            .outcome()
            .and_then(|outcome| self.trace(outcome))
            .map_or(0, |trace| trace.makespan_nanos);
        let at = self.replay.at.unwrap_or(0).saturating_add(step).min(end);
        self.replay = Replay {
            at: Some(at),
            is_moving: self.replay.is_moving && at < end,
        };
    }

    pub(super) fn open_room(&mut self) {
        let id = self.lesson().id;
        if self.room.id == id {
            return;
        }
        let known = self.others.iter().position(|room| room.id == id);
        let room = known.map_or_else(|| Room::new(id), |at| self.others.swap_remove(at));
        let left = std::mem::replace(&mut self.room, room);
        if !left.id.is_empty() {
            self.others.push(left);
        }
    }

    fn edit_room(&mut self, id: &str, change: impl FnOnce(&mut Room)) {
        if self.room.id == id {
            change(&mut self.room);
        } else if let Some(room) = self.others.iter_mut().find(|room| room.id == id) {
            change(room);
        }
    }

    fn set(&mut self, values: &[(&str, &str)]) {
        for (key, value) in values {
            // A preset also names what is locked.
            if self.settings().is_locked(key) {
                continue;
            }
            if value.is_empty() {
                self.address.settings.unset(key);
                continue;
            }
            // A control of the page only offers values inside the range.
            let _taken = self.address.settings.set(key, value);
        }
    }

    fn start(&mut self, id: &'static str) {
        let questions = self.questions();
        let curve = self.curve();
        self.started += 1;
        self.replay = Replay::default();
        self.live = Some(Live {
            room: id,
            phase: Phase::Starting,
            trace: None,
            partial: None,
        });
        self.said = Phrase::new("say.started");
        self.edit_room(id, |room| {
            room.fault = None;
            room.wreck = None;
            room.poe = Poe::Calibrating;
            if matches!(room.step, Step::Meet | Step::Predict) {
                room.step = Step::Run;
            }
            room.asked = Some(questions);
            room.curve = curve;
        });
    }

    fn reach(&mut self, phase: Phase) {
        let Some(live) = &mut self.live else { return };
        if let Phase::Round { round, of, .. } = &phase {
            let (k, n) = (round + 1, *of);
            let id = live.room;
            if live.phase != phase {
                self.said = Phrase::new("say.round")
                    .with("k", k.to_string())
                    .with("n", n.to_string());
            }
            live.phase = phase;
            self.edit_room(id, |room| room.poe = Poe::Running { k, n });
        } else {
            live.phase = phase;
        }
    }

    fn finish(&mut self, outcome: Rc<Outcome>, probes: Vec<CapacityProbe>) {
        let Some(live) = self.live.take() else { return };
        self.said = outcome.finding.phrase.clone();
        self.last = Some(Rc::clone(&outcome));
        let mut known = (*self.probes).clone();
        known.extend(probes);
        let extra = known.len().saturating_sub(MOST_PROBES);
        known.drain(..extra);
        self.probes = Rc::new(known);
        self.edit_room(live.room, |room| room.keep(outcome));
    }
}
