//! When requests come, and how the loop of an arm treats its tasks.

use crate::{Deal, GpuUse, Guard, Town, Training};
use serde::{Deserialize, Serialize};

/// How a task that has computed for a while lets others have the thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Give {
    /// A real turn of the event loop, by a message to itself.
    #[default]
    Turn,
    /// Awaiting something already finished: other tasks of the executor go
    /// on, the browser does not.
    Microtask,
    /// `setTimeout(0)`, which browsers stretch to 4 ms once nested.
    Timeout,
    /// `scheduler.yield()` where there is one, else a message.
    Scheduler,
    /// Not before it waits or ends.
    Never,
}

impl Give {
    /// Every way, in the order they are listed to a reader.
    pub const ALL: [Self; 5] = [
        Self::Turn,
        Self::Scheduler,
        Self::Microtask,
        Self::Timeout,
        Self::Never,
    ];

    /// The stable id used in addresses and records.
    #[must_use]
    pub const fn id(self) -> &'static str {
        match self {
            Self::Turn => "turn",
            Self::Microtask => "microtask",
            Self::Timeout => "timeout",
            Self::Scheduler => "scheduler",
            Self::Never => "never",
        }
    }

    /// The way with this id, or `None`.
    #[must_use]
    pub fn from_id(id: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|give| give.id() == id)
    }
}

/// How an arm treats its tasks, beyond its strategy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Manner {
    /// How a task gives way.
    pub give: Give,
    /// It gives way after this many milliseconds in a row; 0: after
    /// [`crate::Arm::slice_steps`].
    pub slice_millis: f64,
    /// Most tasks under way at once; 0: no limit.
    pub limit: u32,
    /// Every worker has a line of requests of its own, instead of one for all.
    pub own_lines: bool,
    /// Whether what the executor does to each task is written down
    /// ([`crate::Trace::events`]).
    pub events: bool,
    /// Whether the page's frames are watched meanwhile ([`crate::Trace::page`]).
    pub frames: bool,
    /// How the tasks are dealt out to the workers.
    #[serde(default)]
    pub deal: Deal,
    /// Tasks that are handed over together; 0 and 1: one by one.
    #[serde(default)]
    pub batch: u32,
    /// Whether kernels compute with 128-bit SIMD where they can, on any strategy.
    #[serde(default)]
    pub simd: bool,
    /// How what the tasks share is kept safe.
    #[serde(default)]
    pub guard: Guard,
    /// How a job is mapped and reduced by nodes that share nothing.
    #[serde(default)]
    pub town: Option<Town>,
    /// How it learns.
    #[serde(default)]
    pub training: Option<Training>,
    /// How it uses the graphics processor.
    #[serde(default)]
    pub gpu: GpuUse,
}

/// How long the waits of a job are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Law {
    /// All the same.
    #[default]
    Constant,
    /// Exponential with the same mean.
    Exponential,
}

/// A seeded source of numbers in (0, 1]: splitmix64 (Steele, Lea and Flood,
/// OOPSLA 2014). For schedules that can be repeated, not for secrets.
pub(crate) struct Draw(u64);

impl Draw {
    pub(crate) const fn new(seed: u64, stream: u64) -> Self {
        Self(seed ^ stream.wrapping_mul(0xd1b5_4a32_d192_ed03))
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// An exponentially distributed value of this mean.
    pub(crate) fn exponential(&mut self, mean: f64) -> f64 {
        // 53 random bits, never 0.
        let unit = ((self.next() >> 11) + 1) as f64 / 9_007_199_254_740_992.0;
        -unit.ln() * mean
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponential_values_have_their_mean_and_spread() {
        let mut draw = Draw::new(1, 2);
        let values: Vec<f64> = (0..20_000).map(|_| draw.exponential(5.0)).collect();
        let mean = values.iter().sum::<f64>() / 20_000.0;
        let spread = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / 20_000.0;
        assert!((mean - 5.0).abs() < 0.15, "{mean}");
        assert!((spread.sqrt() - 5.0).abs() < 0.25, "{spread}");
        assert!(values.iter().all(|value| *value >= 0.0));
    }

    #[test]
    fn ids_come_back() {
        for give in Give::ALL {
            assert_eq!(Give::from_id(give.id()), Some(give));
        }
        assert_eq!(Give::from_id("soon"), None);
    }
}
