//! `blocking`: threads that each serve one request after another, and stand
//! still while it waits.
//!
//! A thread takes the next request from a counter all of them share, stands
//! still until it has come, and serves it to its end. Nobody hands out work, so
//! this is one line, first come first served, with as many servers as threads.
//! With lines of their own each thread keeps to the requests dealt to it.

use crate::{
    arrivals::{stand, stand_until_it_comes},
    cook::Ticks,
    gauge::Gauge,
    log::{Finished, LaneLog, Raw, read_all},
    ports::Clock,
    shared::{self, cook_shared},
};
use concurrent_queue::ConcurrentQueue;
use model::{Lane, LaneKind, Nanos, State, TaskSpec};
use std::sync::{
    Arc,
    atomic::{AtomicU32, AtomicUsize, Ordering},
};

/// Spans a lane can hold besides those of its requests: preemption cuts a lane
/// every few milliseconds.
const SPANS_AT_LEAST: usize = 4_096;
/// Spans of a request: in line, before the wait, the wait, after it.
const SPANS_PER_TASK: usize = 4;

/// Who serves which request next.
enum Lines {
    /// One line for all: the place of its head.
    Shared(AtomicUsize),
    /// One line a thread, in the order of arrival.
    Own(Vec<Vec<u32>>),
}

impl Lines {
    /// Deals requests to threads by a seeded draw that heeds nothing else.
    fn own(specs: &[TaskSpec], n_threads: usize) -> Self {
        let mut lines = vec![Vec::new(); n_threads];
        for (spec, idx) in specs.iter().zip(0..) {
            let drawn = spread(spec.seed ^ u64::from(spec.id)) % n_threads.max(1) as u64;
            if let Some(line) = lines.get_mut(drawn as usize) {
                line.push(idx);
            }
        }
        Self::Own(lines)
    }

    /// Index of the request that is the `turn`-th of this thread.
    fn next(&self, thread: usize, turn: usize) -> Option<usize> {
        match self {
            Self::Shared(head) => Some(head.fetch_add(1, Ordering::Relaxed)),
            Self::Own(lines) => lines.get(thread)?.get(turn).map(|idx| *idx as usize),
        }
    }
}

/// The last mixing steps of splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
const fn spread(seed: u64) -> u64 {
    let z = seed.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

struct Shared {
    logs: Vec<LaneLog>,
    lines: Lines,
    finished: ConcurrentQueue<Finished>,
    left: AtomicU32,
    gauge: Gauge,
    start_nanos: Nanos,
    common: Option<Arc<shared::Shared>>,
}

/// A run by threads that stand still.
pub struct BlockingRun {
    shared: Arc<Shared>,
    offsets: Vec<i64>,
    results: Vec<Finished>,
    ticks: Ticks,
}

/// What a thread is given to do; its argument is the number of the thread.
pub type Shift = Box<dyn Fn(usize) + Send + Sync>;

impl BlockingRun {
    /// Lets the first threads of a pool serve, one for each entry of `offsets`
    /// (see [`crate::pool::clock_offsets`]), and returns at once. `broadcast`
    /// calls what it is given once on every thread of the pool; `bell` is rung
    /// by the thread that ends the last request.
    pub fn start<C: Clock + Copy + Send + Sync + 'static>(
        specs: &Arc<Vec<TaskSpec>>,
        offsets: &[i64],
        own_lines: bool,
        ticks: Ticks,
        clock: C,
        broadcast: impl FnOnce(Shift),
        bell: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let n_threads = offsets.len();
        // A thread may get more than its share, rarely twice as many.
        let room = SPANS_AT_LEAST + SPANS_PER_TASK * 2 * specs.len() / n_threads.max(1);
        let logs = (0..n_threads).map(|lane| LaneLog::new(lane as u32, room));
        let logs = logs.collect();
        let lines = if own_lines {
            Lines::own(specs, n_threads)
        } else {
            Lines::Shared(AtomicUsize::new(0))
        };
        let finished = ConcurrentQueue::bounded(specs.len().max(1));
        let common = shared::Shared::for_team(specs, offsets.len());
        let start_nanos = clock.now_nanos();
        let shared = Arc::new(Shared {
            logs,
            lines,
            finished,
            left: AtomicU32::new(specs.len() as u32),
            gauge: Gauge::new(specs, start_nanos),
            start_nanos,
            common,
        });
        let (theirs, specs) = (Arc::clone(&shared), Arc::clone(specs));
        broadcast(Box::new(move |thread| {
            if let Some(log) = theirs.logs.get(thread) {
                theirs.serve(thread, log, &specs, ticks, &clock, &bell);
            }
        }));
        Self {
            shared,
            offsets: offsets.to_vec(),
            results: Vec::new(),
            ticks,
        }
    }

    /// Whether every request has been served.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.shared.left.load(Ordering::Acquire) == 0
    }

    /// What has happened so far, on the shared clock.
    pub fn raw(&mut self, end_nanos: Nanos) -> Raw {
        self.results.extend(self.shared.finished.try_iter());
        let (spans, dropped) = read_all(&self.shared.logs);
        let lanes = self.offsets.iter().zip(0..);
        Raw {
            start_nanos: self.shared.start_nanos,
            end_nanos,
            lanes: lanes
                .map(|(offset, index)| Lane {
                    kind: LaneKind::Pool,
                    index,
                    clock_offset_nanos: *offset,
                })
                .collect(),
            spans,
            dropped,
            finished: self.results.clone(),
            gap_nanos: self.ticks.gap_nanos,
            samples: self.shared.gauge.read(end_nanos),
            figures: shared::figures(self.shared.common.as_ref()),
            ..Raw::default()
        }
    }
}

impl Shared {
    fn serve(
        &self,
        thread: usize,
        log: &LaneLog,
        specs: &[TaskSpec],
        ticks: Ticks,
        clock: &impl Clock,
        bell: &impl Fn(),
    ) {
        let mut turn = 0;
        while let Some(idx) = self.lines.next(thread, turn) {
            let Some(spec) = specs.get(idx) else { return };
            turn += 1;
            let (came, now) = stand_until_it_comes(spec, self.start_nanos, clock);
            if spec.arrive_nanos > 0 {
                log.push(spec.id, State::Ready, came, now);
            }
            let common = self.common.as_ref();
            if let Some(done) = cook_shared(spec, log, ticks, clock, common, stand) {
                // Bounded by the number of requests, so it always fits.
                let _ = self.finished.push(done);
            }
            self.gauge.finish(clock.now_nanos());
            if self.left.fetch_sub(1, Ordering::AcqRel) == 1 {
                bell();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_request_is_in_exactly_one_line_and_no_line_is_favoured() {
        let spec = |id| TaskSpec {
            id,
            seed: 7,
            ..TaskSpec::default()
        };
        let specs: Vec<TaskSpec> = (0..4_000).map(spec).collect();
        let Lines::Own(lines) = Lines::own(&specs, 4) else {
            panic!("own lines");
        };
        assert!(lines.iter().all(|line| line.is_sorted()));
        assert!(lines.iter().all(|line| (850..1_150).contains(&line.len())));
        let mut all = lines.concat();
        all.sort_unstable();
        assert!(all.into_iter().eq(0..4_000));
    }
}
