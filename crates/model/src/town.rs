//! A job of many splits on nodes that share nothing (MapReduce; Dean and Ghemawat,
//! OSDI 2004), and what may go wrong between them.

use serde::{Deserialize, Serialize};

/// How the bytes of a split get to the node that works on it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Moves {
    /// A message with a copy of them (structured clone).
    Copy,
    /// A message that gives them away (transfer of the buffer).
    #[default]
    Transfer,
    /// They lie in memory that all can read; only a note is sent. Needs shared memory.
    Share,
    /// They lie at the node already; only a note is sent (data locality).
    Local,
}

impl Moves {
    /// Every way, in the order they are listed to a reader.
    pub const ALL: [Self; 4] = [Self::Copy, Self::Transfer, Self::Share, Self::Local];

    /// The stable id used in addresses and records.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Copy => "copy",
            Self::Transfer => "transfer",
            Self::Share => "share",
            Self::Local => "local",
        }
    }

    /// The way with this id, or `None`.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|moves| moves.id() == id)
    }
}

/// Workload id of arms that only send bytes to a node and wait for a note back: each
/// task is one of [`crate::Job::size`] KiB, 0 for an empty one.
pub const PARCEL: &str = "parcel";

/// How an arm of `messages` runs a job that is mapped and reduced. Its tasks
/// `0..n` are the splits, [`crate::Job::size`] is KiB in each; the reducers follow
/// as tasks `n..n + reducers`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Town {
    /// How the bytes get there.
    pub moves: Moves,
    /// Whether a node adds up what it found before it sends it on.
    pub combine: bool,
    /// Into how many parts the keys are dealt; 0: as many as nodes.
    pub reducers: u32,
    /// Added to every message on its way, in milliseconds; 0: nothing is added.
    pub latency_millis: f64,
    /// Megabytes (10^6 bytes) a second that a message is held up by, on top of what
    /// it really takes; 0: nothing is added.
    pub megabytes_per_second: f64,
    /// Node (from 0) that is killed, once `kill_after` of the splits are finished.
    pub kill: Option<u32>,
    /// Share of the splits, 0..=1.
    pub kill_after: f64,
    /// The first node takes so many times as long for each split; 1: as it is.
    pub straggler: f64,
    /// Whether a split that takes much longer than the others is given to a second
    /// node too, and the first answer counts (speculative execution).
    pub spare: bool,
    /// Share of all words that are one word, 0..=1; 0: as the generator spreads them.
    pub skew: f64,
}

impl Default for Town {
    fn default() -> Self {
        Self {
            moves: Moves::default(),
            combine: true,
            reducers: 0,
            latency_millis: 0.0,
            megabytes_per_second: 0.0,
            kill: None,
            kill_after: 0.5,
            straggler: 1.0,
            spare: false,
            skew: 0.0,
        }
    }
}

impl Town {
    /// The same without anything that goes wrong or is added: for warming up.
    #[must_use]
    pub const fn calm(self) -> Self {
        Self {
            latency_millis: 0.0,
            megabytes_per_second: 0.0,
            kill: None,
            straggler: 1.0,
            spare: false,
            ..self
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back() {
        for moves in Moves::ALL {
            assert_eq!(Moves::from_id(moves.id()), Some(moves));
        }
        assert_eq!(Moves::from_id("carry"), None);
    }
}
