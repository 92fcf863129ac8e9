//! What workers share: how tasks are dealt out among them, and how the things
//! they all use are kept safe.

use serde::{Deserialize, Serialize};

/// How the tasks of an arm are dealt out to its workers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Deal {
    /// Whoever is free takes the next from one queue (dynamic scheduling).
    #[default]
    Queue,
    /// Before the start: each gets one stretch of neighbours, as equal in number
    /// as can be.
    Block,
    /// Before the start: in turn, like cards.
    Cyclic,
    /// Each starts with a stretch of its own; who has nothing left takes half of
    /// what another still has (work stealing, Blumofe and Leiserson, JACM 1999).
    Stealing,
}

impl Deal {
    /// Every way, in the order they are listed to a reader.
    pub const ALL: [Self; 4] = [Self::Queue, Self::Block, Self::Cyclic, Self::Stealing];

    /// The stable id used in addresses and records.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Queue => "queue",
            Self::Block => "block",
            Self::Cyclic => "cyclic",
            Self::Stealing => "stealing",
        }
    }

    /// The way with this id, or `None`.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|deal| deal.id() == id)
    }
}

/// How a thing that several tasks of a run use is kept safe. Only the
/// workloads that share something heed it: `tally` (a counter), `shaker` (work
/// of which a part may be done by one at a time) and `crossing` (two locks).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Guard {
    /// Tally: read, add one, write back; each of the three steps is atomic, the
    /// three together are not.
    #[default]
    Loose,
    /// Tally: one atomic addition.
    Atomic,
    /// Tally, shaker: one lock around it.
    Mutex,
    /// Tally: a lock, but half of the workers use another one.
    TwoLocks,
    /// Tally: look whether there is one left, then take it (check, then act).
    Tickets,
    /// Tally, shaker: everyone their own, put together at the end.
    Local,
    /// Shaker: several locks, each for a part of the data.
    Sharded,
    /// Shaker: compute, then compare and swap; again if another was faster.
    Retry,
    /// Shaker: everyone their own place, written all the time, 8 bytes from the
    /// next one's: in one cache line (false sharing).
    Beside,
    /// Shaker: the same with 128 bytes between them.
    Apart,
    /// Crossing: each worker takes the two locks in another order.
    Crossed,
    /// Crossing: everyone takes the two locks in the same order.
    Ordered,
}

impl Guard {
    /// Every way, in the order they are listed to a reader.
    pub const ALL: [Self; 12] = [
        Self::Loose,
        Self::Atomic,
        Self::Mutex,
        Self::TwoLocks,
        Self::Tickets,
        Self::Local,
        Self::Sharded,
        Self::Retry,
        Self::Beside,
        Self::Apart,
        Self::Crossed,
        Self::Ordered,
    ];

    /// The stable id used in addresses and records.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Loose => "loose",
            Self::Atomic => "atomic",
            Self::Mutex => "mutex",
            Self::TwoLocks => "two-locks",
            Self::Tickets => "tickets",
            Self::Local => "local",
            Self::Sharded => "sharded",
            Self::Retry => "retry",
            Self::Beside => "beside",
            Self::Apart => "apart",
            Self::Crossed => "crossed",
            Self::Ordered => "ordered",
        }
    }

    /// The way with this id, or `None`.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|guard| guard.id() == id)
    }
}

/// One task may only begin when another has finished.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Edge {
    /// [`crate::TaskSpec::id`] of the one that comes first.
    pub before: u32,
    /// And of the one that needs its result.
    pub after: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_come_back() {
        for deal in Deal::ALL {
            assert_eq!(Deal::from_id(deal.id()), Some(deal));
        }
        for guard in Guard::ALL {
            assert_eq!(Guard::from_id(guard.id()), Some(guard));
        }
        assert_eq!(Deal::from_id("fair"), None);
        assert_eq!(Guard::from_id("luck"), None);
    }
}
