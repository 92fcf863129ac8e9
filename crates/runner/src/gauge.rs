//! Counts requests that have come and are not finished while a run goes on.
//!
//! Those who finish a request count it here, besides writing its record: the
//! readings are made from this count and from the times at which requests were
//! to come, not from records or spans, so that one can be held against the other
//! (Little's law).

use model::{Nanos, Sample, TaskSpec};
use std::sync::{
    Mutex,
    atomic::{AtomicU32, Ordering},
};

/// Readings kept of one run at most.
const MOST_SAMPLES: usize = 4096;
/// Readings closer than this are taken as one, as long as there is room.
const FINEST_NANOS: Nanos = 20_000;

/// A counter of requests in the system, read at every change it is told of.
pub struct Gauge {
    /// Whether there is anything to count: requests that wait, or come later.
    is_on: bool,
    start_nanos: Nanos,
    at_start: u32,
    /// When the others come, since the start, in rising order.
    later: Box<[Nanos]>,
    finished: AtomicU32,
    kept: Mutex<Kept>,
}

struct Kept {
    /// Room for all of them is had before the run.
    samples: Vec<Sample>,
    /// Too close to the last one to be kept, unless nothing follows.
    pending: Option<Sample>,
    gap_nanos: Nanos,
    /// Of `later`, those that have come.
    came: usize,
    finished: u32,
}

impl Gauge {
    /// Room kept for readings, however few tasks there are.
    pub const ROOM_BYTES: usize = MOST_SAMPLES * size_of::<Sample>();

    /// Begins to count; `start_nanos` is the start of the run.
    #[must_use]
    pub fn new(specs: &[TaskSpec], start_nanos: Nanos) -> Self {
        let is_later = |spec: &&TaskSpec| spec.arrive_nanos > 0;
        let mut later: Vec<Nanos> = specs
            .iter()
            .filter(is_later)
            .map(|spec| spec.arrive_nanos)
            .collect();
        later.sort_unstable();
        let at_start = (specs.len() - later.len()) as u32;
        let is_on = !later.is_empty() || specs.iter().any(|spec| spec.wait_millis > 0.0);
        let mut samples = Vec::with_capacity(MOST_SAMPLES);
        samples.push(Sample {
            at_nanos: 0,
            in_flight: at_start,
        });
        Self {
            is_on,
            start_nanos,
            at_start,
            later: later.into(),
            finished: AtomicU32::new(0),
            kept: Mutex::new(Kept {
                samples,
                pending: None,
                gap_nanos: FINEST_NANOS,
                came: 0,
                finished: 0,
            }),
        }
    }

    /// A request is finished. Any thread may say so; none waits for another.
    pub fn finish(&self, now_nanos: Nanos) {
        self.finished.fetch_add(1, Ordering::AcqRel);
        self.look(now_nanos);
    }

    /// Takes a reading. Where another thread is taking one, that one is enough.
    pub fn look(&self, now_nanos: Nanos) {
        if !self.is_on {
            return;
        }
        if let Ok(mut kept) = self.kept.try_lock() {
            self.read_into(&mut kept, now_nanos);
        }
    }

    fn read_into(&self, kept: &mut Kept, now_nanos: Nanos) {
        let now_nanos = now_nanos.saturating_sub(self.start_nanos);
        // Those that came since the last look did so at their own times.
        while let Some(at_nanos) = self.later.get(kept.came).filter(|at| **at <= now_nanos) {
            kept.came += 1;
            kept.note(*at_nanos, self.at_start);
        }
        kept.finished = self.finished.load(Ordering::Acquire);
        kept.note(now_nanos, self.at_start);
    }

    /// Every reading so far, the last one taken now; none where the tasks only
    /// compute.
    #[must_use]
    pub fn read(&self, now_nanos: Nanos) -> Vec<Sample> {
        if !self.is_on {
            return Vec::new();
        }
        // A thread that panicked spoiled no more than its own run.
        let mut kept = self.kept.lock().unwrap_or_else(|lock| lock.into_inner());
        self.read_into(&mut kept, now_nanos);
        kept.samples.iter().copied().chain(kept.pending).collect()
    }
}

impl Kept {
    fn note(&mut self, at_nanos: Nanos, at_start: u32) {
        let in_flight = (at_start + self.came as u32).saturating_sub(self.finished);
        let last_nanos = self.samples.last().map_or(0, |last| last.at_nanos);
        // Clocks of two threads may differ by a few microseconds.
        let pending_nanos = self.pending.map_or(last_nanos, |pending| pending.at_nanos);
        let sample = Sample {
            at_nanos: at_nanos.max(pending_nanos),
            in_flight,
        };
        if sample.at_nanos < last_nanos + self.gap_nanos {
            self.pending = Some(sample);
            return;
        }
        if let Some(pending) = self.pending.take() {
            self.keep(pending);
        }
        self.keep(sample);
    }

    /// Half of the readings go, and the rest are taken half as often, rather
    /// than that the end of a long run were missing.
    fn keep(&mut self, sample: Sample) {
        if self.samples.len() >= MOST_SAMPLES {
            let mut number = 0;
            self.samples.retain(|_| {
                number += 1;
                number % 2 == 1
            });
            self.gap_nanos *= 2;
        }
        self.samples.push(sample);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn specs(arrivals: &[Nanos]) -> Vec<TaskSpec> {
        let spec = |(id, arrive_nanos): (u32, &Nanos)| TaskSpec {
            id,
            arrive_nanos: *arrive_nanos,
            wait_millis: 1.0,
            ..TaskSpec::default()
        };
        (0..).zip(arrivals).map(spec).collect()
    }

    fn steps(gauge: &Gauge, now: Nanos) -> Vec<(Nanos, u32)> {
        let samples = gauge.read(now).into_iter();
        samples.map(|s| (s.at_nanos, s.in_flight)).collect()
    }

    const MILLI: Nanos = 1_000_000;

    #[test]
    fn it_follows_arrivals_and_finishes() {
        let gauge = Gauge::new(&specs(&[0, 0, 3 * MILLI, 4 * MILLI]), 7 * MILLI);
        gauge.finish(9 * MILLI);
        gauge.finish(12 * MILLI);
        gauge.look(13 * MILLI);
        let expected = [(0, 2), (2, 1), (3, 2), (4, 3), (5, 2), (6, 2), (8, 2)];
        let expected = expected.map(|(at, there)| (at * MILLI, there));
        assert_eq!(steps(&gauge, 15 * MILLI), expected);
    }

    #[test]
    fn a_burst_is_one_step_and_its_end_is_kept() {
        let gauge = Gauge::new(&specs(&[0; 100]), 0);
        for at in 0..100 {
            gauge.finish(MILLI + at * 100);
        }
        assert_eq!(
            steps(&gauge, MILLI + 9_900),
            [(0, 100), (MILLI, 99), (MILLI + 9_900, 0)]
        );
        gauge.look(5 * MILLI);
        assert_eq!(steps(&gauge, 5 * MILLI).len(), 5);
    }

    #[test]
    fn a_long_run_keeps_its_mean_in_bounded_room() {
        let arrivals: Vec<Nanos> = (0..50_000).map(|n| n * MILLI).collect();
        let gauge = Gauge::new(&specs(&arrivals), 0);
        // Each is there for a third of a millisecond.
        for at in &arrivals {
            gauge.finish(at + MILLI / 3);
        }
        let samples = gauge.read(50_000 * MILLI);
        assert!(samples.len() <= MOST_SAMPLES + 1, "{}", samples.len());
        assert!(samples.is_sorted_by_key(|sample| sample.at_nanos));
        assert_eq!(samples.last().unwrap().in_flight, 0);
        assert!(samples.iter().all(|sample| sample.in_flight <= 1));
    }

    #[test]
    fn many_threads_may_finish_at_once() {
        let gauge = Gauge::new(&specs(&[0; 4_000]), 0);
        std::thread::scope(|scope| {
            for thread in 0..4_u64 {
                let gauge = &gauge;
                scope.spawn(move || {
                    for turn in 0..1_000 {
                        gauge.finish((turn + 1) * MILLI + thread);
                    }
                });
            }
        });
        let samples = gauge.read(2_000 * MILLI);
        assert!(samples.is_sorted_by_key(|sample| sample.at_nanos));
        assert_eq!(samples.last().unwrap().in_flight, 0);
    }
}
