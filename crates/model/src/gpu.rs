//! The graphics processor: what came of asking for it, and how an arm uses it.

use serde::{Deserialize, Serialize};

/// What came of asking the browser for a graphics processor.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Gpu {
    /// There is one.
    Here(Adapter),
    /// There is none, or it may not be used.
    Missing(GpuFault),
}

impl Gpu {
    /// The adapter, if there is one.
    #[must_use]
    pub const fn adapter(&self) -> Option<&Adapter> {
        match self {
            Self::Here(adapter) => Some(adapter),
            Self::Missing(_) => None,
        }
    }
}

/// A graphics processor as the browser tells of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Adapter {
    /// Who made it; may be empty.
    pub vendor: String,
    /// Its family; may be empty.
    pub architecture: String,
    /// Whether it is a program on the processor that only behaves like one.
    pub software: bool,
}

/// Why a graphics processor did not work; the words for it are in the word files
/// under `gpu.fault.<id>`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum GpuFault {
    /// This browser has no WebGPU, or not on this kind of page.
    Absent,
    /// The browser offers no adapter.
    NoAdapter,
    /// There is an adapter, but it was not handed out.
    Refused,
    /// It was lost while it was used.
    Lost,
    /// Its memory was not enough.
    NoMemory,
    /// The work is larger than it takes at once.
    TooLarge,
    /// It did not answer in time.
    Silent,
    /// The browser's program for it could not be fetched.
    NotFetched,
}

impl GpuFault {
    /// Every fault.
    pub const ALL: [Self; 8] = [
        Self::Absent,
        Self::NoAdapter,
        Self::Refused,
        Self::Lost,
        Self::NoMemory,
        Self::TooLarge,
        Self::Silent,
        Self::NotFetched,
    ];

    /// Stable id, the last part of its key in the word files.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Absent => "absent",
            Self::NoAdapter => "no-adapter",
            Self::Refused => "refused",
            Self::Lost => "lost",
            Self::NoMemory => "no-memory",
            Self::TooLarge => "too-large",
            Self::Silent => "silent",
            Self::NotFetched => "not-fetched",
        }
    }

    /// As the figure [`FAULT`] of a run: its place in [`GpuFault::ALL`] from 1.
    #[must_use]
    pub fn figure(self) -> f64 {
        let at = Self::ALL.iter().position(|fault| *fault == self);
        at.map_or(0.0, |at| at as f64 + 1.0)
    }

    /// The fault of this figure; `None` for 0 and what is none.
    #[must_use]
    pub fn of_figure(figure: f64) -> Option<Self> {
        let at = (figure as usize).checked_sub(1)?;
        Self::ALL.get(at).copied()
    }
}

/// Figure of a run of `gpu` that came to nothing: see [`GpuFault::of_figure`]. Such a
/// run has no task, so its round is void, and the other arms go on.
pub const FAULT: &str = "gpu.fault";

/// How an arm of `gpu` uses the graphics processor. Its only job is one in single
/// precision; all of its tasks are done at once.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GpuUse {
    /// Whether each stage is waited for before the next begins, so that their lengths
    /// are their own. Otherwise everything is handed over together, the wait counts
    /// as dispatch, and the whole is shorter.
    pub staged: bool,
    /// Whether adapter, device and program are asked for anew, as part of the run.
    /// Otherwise they are there already.
    pub fresh: bool,
    /// Whether the size is looked for from which on the graphics processor is faster
    /// than its twin on one thread of the processor; the job's own size is the
    /// largest that is tried.
    pub break_even: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_come_back_from_their_figures() {
        for fault in GpuFault::ALL {
            assert_eq!(GpuFault::of_figure(fault.figure()), Some(fault));
        }
        for other in [0.0, -1.0, 9.0, f64::NAN] {
            assert_eq!(GpuFault::of_figure(other), None);
        }
    }
}
