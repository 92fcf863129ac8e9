//! Noticing that a thread of tasks no longer gives way.
//!
//! A thread that reports now and then and has fallen silent is asked; one that
//! does not answer either has not had a turn of its event loop since. Being
//! asked keeps a busy machine, or a reader of the reports that was held up
//! itself, from being taken for a task that never gives way.

use model::{Give, Nanos, Span, Stall, State, Trace};

/// Silence after which a thread is asked, in milliseconds.
pub const QUIET_MILLIS: u32 = 2_000;
/// Time to answer.
pub const ANSWER_MILLIS: u32 = 1_000;

/// Whether a thread whose tasks give way like this can report and answer while
/// they compute. After `scheduler.yield()` the task goes on before any message.
#[must_use]
pub const fn is_heard(give: Give) -> bool {
    matches!(give, Give::Turn | Give::Timeout)
}

/// What to do about a silence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Silent {
    /// Ask whether anybody is there.
    Ask,
    /// Nobody answered: end it.
    Stuck,
}

/// What is known about one thread.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Watchdog {
    was_asked: bool,
}

impl Watchdog {
    /// How long to listen for the next word, in milliseconds.
    #[must_use]
    pub const fn patience_millis(&self) -> u32 {
        if self.was_asked {
            ANSWER_MILLIS
        } else {
            QUIET_MILLIS
        }
    }

    /// Something came from the thread, whatever it was.
    pub const fn heard(&mut self) {
        self.was_asked = false;
    }

    /// Nothing came for that long.
    pub const fn silent(&mut self) -> Silent {
        if self.was_asked {
            return Silent::Stuck;
        }
        self.was_asked = true;
        Silent::Ask
    }
}

/// The last that was heard of a run, up to the present instant: `since_nanos`
/// later. If it says that a task was about to be polled (its last stall has no
/// length yet), that poll has not ended.
#[must_use]
pub fn up_to_now(mut trace: Trace, since_nanos: Nanos) -> Trace {
    trace.makespan_nanos += since_nanos;
    if let Some(stall) = trace.stalls.last_mut().filter(|stall| stall.len_nanos == 0) {
        stall.len_nanos = trace.makespan_nanos.saturating_sub(stall.start_nanos);
        let span = Span {
            lane_idx: 0,
            task: stall.task,
            state: State::Running,
            start_nanos: stall.start_nanos,
            len_nanos: stall.len_nanos,
        };
        trace.spans.push(span);
    }
    trace
}

/// The task that has had the thread until the end of the trace, if one has.
#[must_use]
pub fn culprit(trace: &Trace) -> Option<u32> {
    let to_the_end = |stall: &&Stall| {
        stall.len_nanos > 0 && stall.start_nanos + stall.len_nanos >= trace.makespan_nanos
    };
    trace
        .stalls
        .iter()
        .rev()
        .find(to_the_end)
        .map(|stall| stall.task)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_silent_thread_is_asked_once_and_given_up_only_if_it_says_nothing() {
        let mut dog = Watchdog::default();
        assert_eq!(dog.patience_millis(), QUIET_MILLIS);
        assert_eq!(dog.silent(), Silent::Ask);
        assert_eq!(dog.patience_millis(), ANSWER_MILLIS);
        dog.heard();
        assert_eq!(dog.patience_millis(), QUIET_MILLIS);
        assert_eq!(dog.silent(), Silent::Ask);
        assert_eq!(dog.silent(), Silent::Stuck);
    }

    #[test]
    fn the_poll_that_has_not_ended_lasts_until_now() {
        let open = |start_nanos| Stall {
            task: 3,
            start_nanos,
            len_nanos: 0,
        };
        let trace = Trace {
            makespan_nanos: 50,
            stalls: vec![open(50)],
            ..Trace::default()
        };
        let now = up_to_now(trace, 3_000);
        assert_eq!(now.makespan_nanos, 3_050);
        assert_eq!(now.stalls[0].len_nanos, 3_000);
        assert_eq!((now.spans[0].task, now.spans[0].len_nanos), (3, 3_000));
        assert_eq!(culprit(&now), Some(3));
    }

    #[test]
    fn nobody_is_blamed_without_knowing() {
        let trace = Trace {
            makespan_nanos: 50,
            stalls: vec![Stall {
                task: 1,
                start_nanos: 10,
                len_nanos: 20,
            }],
            ..Trace::default()
        };
        let now = up_to_now(trace, 3_000);
        assert_eq!((now.makespan_nanos, now.spans.len()), (3_050, 0));
        assert_eq!(culprit(&now), None);
    }
}
