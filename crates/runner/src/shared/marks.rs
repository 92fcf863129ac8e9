//! Marks on the lane of a task that may have to stand still for others.
//!
//! Waits for a lock can be as short as the work between them, thousands in a
//! run. Short stretches of both are put together: within [`MERGED_NANOS`] what
//! was computed is drawn first, and what was waited after it. Sums are exact.

use crate::{
    cook::Ticks,
    log::{Finished, LaneLog},
};
use model::{Nanos, State};

/// Length up to which stretches are put together.
const MERGED_NANOS: Nanos = 250_000;
/// Shorter waits are not told apart from the cost of taking a free lock.
const SHORTEST_WAIT_NANOS: Nanos = 5_000;

/// What one task does on its lane.
pub(super) struct Marks<'a> {
    log: &'a LaneLog,
    ticks: Ticks,
    task: u32,
    started: Nanos,
    /// Beginning of the present stretch; what was computed and waited in it.
    since: Nanos,
    run: Nanos,
    stood: Nanos,
    last: Nanos,
    busy: Nanos,
}

impl<'a> Marks<'a> {
    /// The task begins now.
    pub(super) const fn new(log: &'a LaneLog, ticks: Ticks, task: u32, now: Nanos) -> Self {
        Self {
            log,
            ticks,
            task,
            started: now,
            since: now,
            run: 0,
            stood: 0,
            last: now,
            busy: 0,
        }
    }

    /// Computed until now. A gap far above a step was spent off core.
    pub(super) fn tick(&mut self, now: Nanos) {
        let mut from = self.last;
        if now.saturating_sub(from) > self.ticks.gap_nanos {
            let back = now - self.ticks.step_nanos;
            self.close();
            self.log.push(self.task, State::Ready, from, back);
            (self.since, from) = (back, back);
        }
        self.run += now.saturating_sub(from);
        self.last = self.last.max(now);
        if self.stood > 0 && self.last.saturating_sub(self.since) >= MERGED_NANOS {
            self.close();
        }
    }

    /// Stood still for a lock from `from` until now.
    pub(super) fn stood(&mut self, from: Nanos, now: Nanos) {
        if now.saturating_sub(from) < SHORTEST_WAIT_NANOS {
            return self.tick(now);
        }
        self.tick(from);
        self.stood += now - self.last;
        self.last = now;
        if now.saturating_sub(self.since) >= MERGED_NANOS {
            self.close();
        }
    }

    /// Waited for no lock and needed no core, from `from` until now.
    pub(super) fn waited(&mut self, from: Nanos, now: Nanos) {
        self.tick(from);
        self.close();
        self.log.push(self.task, State::Waiting, self.last, now);
        (self.since, self.last) = (now, now);
    }

    /// Writes the present stretch down.
    fn close(&mut self) {
        let turn = self.since + self.run;
        self.log.push(self.task, State::Running, self.since, turn);
        self.log
            .push(self.task, State::Blocked, turn, turn + self.stood);
        self.busy += self.run;
        (self.since, self.run, self.stood) = (self.last, 0, 0);
    }

    /// The task ends where it was last seen, with this proof of its work.
    pub(super) fn end(mut self, checksum: u64) -> Finished {
        self.close();
        Finished {
            task: self.task,
            lane_idx: self.log.lane_idx(),
            started_nanos: self.started,
            finished_nanos: self.last,
            busy_nanos: self.busy,
            polls: 1,
            wakes: 1,
            checksum,
            tile: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TICKS: Ticks = Ticks {
        step_nanos: 40_000,
        gap_nanos: 1_040_000,
    };

    fn spans(log: &LaneLog) -> Vec<(State, Nanos, Nanos)> {
        let spans = log.read().0.into_iter();
        spans
            .map(|span| (span.state, span.start_nanos, span.end_nanos()))
            .collect()
    }

    #[test]
    fn long_waits_stand_where_they_were_and_short_ones_together() {
        let log = LaneLog::new(0, 64);
        let mut marks = Marks::new(&log, TICKS, 0, 0);
        marks.tick(40_000);
        marks.stood(40_000, 2_000_000);
        for at in 0..10 {
            let now = 2_000_000 + at * 60_000;
            marks.tick(now + 40_000);
            marks.stood(now + 40_000, now + 60_000);
        }
        let done = marks.end(0);
        let (started, ended, busy) = (done.started_nanos, done.finished_nanos, done.busy_nanos);
        assert_eq!((started, ended, busy), (0, 2_600_000, 440_000));
        let spans = spans(&log);
        assert_eq!(spans[0], (State::Running, 0, 40_000));
        assert_eq!(spans[1], (State::Blocked, 40_000, 2_000_000));
        assert!(spans.len() <= 2 + 2 * 3, "{spans:?}");
        let sum = |state| -> Nanos {
            let of = spans.iter().filter(|span| span.0 == state);
            of.map(|span| span.2 - span.1).sum()
        };
        assert_eq!(
            (sum(State::Running), sum(State::Blocked)),
            (440_000, 2_160_000)
        );
        assert!(spans.windows(2).all(|pair| pair[0].2 <= pair[1].1));
    }

    #[test]
    fn a_gap_is_off_core_and_no_wait() {
        let log = LaneLog::new(0, 64);
        let mut marks = Marks::new(&log, TICKS, 0, 0);
        marks.tick(40_000);
        marks.tick(5_000_000);
        // Too short to be a wait.
        marks.stood(5_000_000, 5_003_000);
        marks.waited(5_003_000, 6_000_000);
        let done = marks.end(0);
        let (ended, busy) = (done.finished_nanos, done.busy_nanos);
        assert_eq!((ended, busy), (6_000_000, 83_000));
        assert_eq!(
            spans(&log),
            [
                (State::Running, 0, 40_000),
                (State::Ready, 40_000, 4_960_000),
                (State::Running, 4_960_000, 5_003_000),
                (State::Waiting, 5_003_000, 6_000_000),
            ]
        );
    }
}
