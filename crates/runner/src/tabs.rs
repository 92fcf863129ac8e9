//! Other tabs that lend a worker: what tabs tell each other, and who is there.
//!
//! Everything goes over one channel that all tabs of the site hear
//! ([`CHANNEL`]); the data of a run goes over a channel for each node.

use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Name of the channel on which tabs find each other.
pub const CHANNEL: &str = "two-chefs-town";
/// Who did not answer so many questions in a row has left.
const MOST_MISSED: u32 = 3;
/// Workers that one tab lends at the same time, at most.
pub const MOST_LENT: usize = 16;

/// What tabs tell each other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Call {
    /// Who lends a worker?
    Who,
    /// I do.
    Here {
        /// Id of the tab.
        tab: String,
        /// Build of its program.
        build: String,
    },
    /// I no longer do.
    Gone {
        /// Id of the tab.
        tab: String,
    },
    /// This tab is to start a worker.
    Hire {
        /// Id of the tab.
        tab: String,
        /// Channel on which the worker hears and answers.
        channel: String,
        /// Who hires: it holds a lock of this name while it lives.
        depot: String,
        /// Time origin of the page that runs the job, in milliseconds since 1970.
        origin_millis: f64,
        /// Step of its clock in milliseconds if that is coarsened on purpose, else 0.
        coarse_millis: f64,
    },
    /// The worker of this channel is no longer needed.
    Dismiss {
        /// Its channel.
        channel: String,
    },
}

/// The tabs that lend a worker, as one page knows them.
#[derive(Clone, Debug, Default)]
pub struct Tabs {
    /// By id: questions since the last answer.
    missed: BTreeMap<String, u32>,
    /// Tabs of another build, which cannot help.
    strangers: BTreeMap<String, u32>,
}

impl Tabs {
    /// [`Call::Who`] is being asked: forgets who did not answer the last ones.
    pub fn asking(&mut self) {
        for tabs in [&mut self.missed, &mut self.strangers] {
            for missed in tabs.values_mut() {
                *missed += 1;
            }
            tabs.retain(|_, missed| *missed <= MOST_MISSED);
        }
    }

    /// Hears a call, as a page of this build.
    pub fn heard(&mut self, call: &Call, own: &str) {
        match call {
            Call::Here { tab, build } => {
                let tabs = if build == own {
                    &mut self.missed
                } else {
                    &mut self.strangers
                };
                tabs.insert(tab.clone(), 0);
            }
            Call::Gone { tab } => {
                self.missed.remove(tab);
                self.strangers.remove(tab);
            }
            Call::Who | Call::Hire { .. } | Call::Dismiss { .. } => {}
        }
    }

    /// Those that can help, in the order of their ids.
    #[must_use]
    pub fn here(&self) -> Vec<String> {
        self.missed.keys().cloned().collect()
    }

    /// Those that answered the last question.
    #[must_use]
    pub fn answered(&self) -> Vec<String> {
        let answered = self.missed.iter().filter(|(_, missed)| **missed == 0);
        answered.map(|(tab, _)| tab.clone()).collect()
    }

    /// How many there are whose program is another one.
    #[must_use]
    pub fn strangers(&self) -> usize {
        self.strangers.len()
    }
}

/// Which of these tabs are nodes of an arm with so many: the first ones. A single
/// node stays here, since it is what the others are compared with.
#[must_use]
pub fn lent(tabs: &[String], workers: u32) -> &[String] {
    let wanted = if workers < 2 { 0 } else { workers as usize };
    tabs.get(..wanted.min(tabs.len())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn here(tab: &str, build: &str) -> Call {
        Call::Here {
            tab: tab.into(),
            build: build.into(),
        }
    }

    #[test]
    fn tabs_come_answer_and_leave() {
        let mut tabs = Tabs::default();
        tabs.heard(&here("b", "1"), "1");
        tabs.heard(&here("a", "1"), "1");
        tabs.heard(&here("old", "0"), "1");
        assert_eq!(tabs.here(), ["a", "b"]);
        assert_eq!(tabs.strangers(), 1);
        tabs.asking();
        tabs.heard(&here("b", "1"), "1");
        assert_eq!(tabs.answered(), ["b"]);
        for _ in 0..3 {
            tabs.asking();
            tabs.heard(&here("b", "1"), "1");
        }
        // One that is closed without a word is missed in the end.
        assert_eq!(tabs.here(), ["b"]);
        assert_eq!(tabs.strangers(), 0);
        tabs.heard(&Call::Gone { tab: "b".into() }, "1");
        assert!(tabs.here().is_empty());
    }

    #[test]
    fn a_single_node_stays_here() {
        let tabs: Vec<String> = ["a", "b", "c"].map(Into::into).into();
        assert_eq!(lent(&tabs, 1).len(), 0);
        assert_eq!(lent(&tabs, 2), ["a", "b"]);
        assert_eq!(lent(&tabs, 8).len(), 3);
        assert_eq!(lent(&[], 8).len(), 0);
    }
}
