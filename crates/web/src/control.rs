//! Negative controls: ways to spoil a run on purpose, so that tests can show
//! that the checks notice. A test sets `window.twoChefsControl` before the page
//! loads; the record's notes then name the control.

use js_sys::Reflect;
use model::Arm;

/// What is spoilt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Control {
    /// Arms that use workers get one, whatever they say.
    PoolOfOne,
    /// Arms that use workers sleep instead of computing.
    Asleep,
    /// All clocks step by 100 ms.
    CoarseClock,
}

/// Step of the spoilt clock.
pub(crate) const COARSE_MILLIS: f64 = 100.0;

impl Control {
    /// The control that this page was asked for, if any.
    pub(crate) fn of_page() -> Option<Self> {
        let wanted = Reflect::get(&js_sys::global(), &"twoChefsControl".into()).ok()?;
        match wanted.as_string()?.as_str() {
            "pool-of-one" => Some(Self::PoolOfOne),
            "asleep" => Some(Self::Asleep),
            "coarse-clock" => Some(Self::CoarseClock),
            _ => None,
        }
    }

    /// The sentence for the record.
    pub(crate) const fn note(self) -> &'static str {
        match self {
            Self::PoolOfOne => "negative control: every pool had one worker",
            Self::Asleep => "negative control: workers slept instead of computing",
            Self::CoarseClock => "negative control: the clock stepped by 100 ms",
        }
    }

    /// The arm as it is really run.
    pub(crate) fn spoil(self, arm: &Arm) -> Arm {
        let mut spoilt = arm.clone();
        if !arm.strategy.uses_workers() {
            return spoilt;
        }
        match self {
            Self::PoolOfOne => spoilt.workers = 1,
            Self::Asleep => {
                for job in &mut spoilt.jobs {
                    job.workload = "waiting".into();
                    job.wait_millis = job.busy_millis.max(1.0);
                }
            }
            Self::CoarseClock => {}
        }
        spoilt
    }
}
