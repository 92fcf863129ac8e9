//! `pool`: tasks handed to the threads of a rayon pool.
//!
//! The coordinator does not block: it is told by a bell when the last task has
//! ended, and may look at the lanes meanwhile. Who gets which task is up to
//! [`crate::dealing`]: if nothing else is asked for, all go into the pool's
//! shared queue in order; a free thread takes the next, and stands still until it
//! has come.

use crate::{
    arrivals::{stand, stand_until_it_comes},
    cook::Ticks,
    dealing::{Bundles, Hand, deal_out},
    gauge::Gauge,
    log::{Finished, LaneLog, Raw, read_all},
    ports::Clock,
    shared::{self, Shared, cook_shared},
};
use concurrent_queue::ConcurrentQueue;
use model::{Lane, LaneKind, Manner, Nanos, State, TaskSpec};
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// Spans a pool lane can hold: preemption cuts a lane every few milliseconds,
/// so this is enough for more than a minute.
const SPANS_PER_LANE: usize = 16_384;

mod ordered;

/// Logs and results of a pool, kept across runs.
pub struct PoolLanes {
    logs: Vec<LaneLog>,
    finished: ConcurrentQueue<Finished>,
    left: AtomicU32,
    offsets: Vec<i64>,
    gauge: Gauge,
    shared: Option<Arc<Shared>>,
}

/// How far each thread's clock is off, in nanoseconds: 0 where its reading falls
/// between two readings of the caller. Blocks until every thread has answered.
pub fn clock_offsets(clock: impl Clock + Copy + Send + Sync) -> Vec<i64> {
    let before = clock.now_nanos();
    let readings = rayon::broadcast(|_| clock.now_nanos());
    let after = clock.now_nanos();
    readings
        .into_iter()
        .map(|reading| reading as i64 - reading.clamp(before, after) as i64)
        .collect()
}

/// A run on a pool.
pub struct PoolRun {
    lanes: Arc<PoolLanes>,
    results: Vec<Finished>,
    start_nanos: Nanos,
    ticks: Ticks,
}

impl PoolRun {
    /// Hands the tasks over as `manner` says and returns at once. `spawn` puts a
    /// closure into the pool; `bell` is rung by the thread that ends the last task.
    /// `offsets` has one entry a thread: how far its clock is off (see
    /// [`clock_offsets`]).
    pub fn start<C: Clock + Copy + Send + Sync + 'static>(
        specs: &Arc<Vec<TaskSpec>>,
        offsets: &[i64],
        manner: &Manner,
        ticks: Ticks,
        clock: C,
        spawn: impl Fn(Box<dyn FnOnce() + Send>),
        bell: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let shared = Shared::for_team(specs, offsets.len());
        let start_nanos = clock.now_nanos();
        let lanes = Arc::new(PoolLanes {
            logs: (0..offsets.len())
                .map(|lane| LaneLog::new(lane as u32, SPANS_PER_LANE + specs.len() * 4))
                .collect(),
            finished: ConcurrentQueue::bounded(specs.len().max(1)),
            left: AtomicU32::new(specs.len() as u32),
            offsets: offsets.to_vec(),
            gauge: Gauge::new(specs, start_nanos),
            shared,
        });
        let (theirs, tasks) = (Arc::clone(&lanes), Arc::clone(specs));
        let hand: Hand = Arc::new(move |idx| {
            let lane = rayon::current_thread_index().unwrap_or(0);
            let mut ended = None;
            if let (Some(log), Some(spec)) = (theirs.logs.get(lane), tasks.get(idx)) {
                if spec.arrive_nanos > 0 {
                    let (came, now) = stand_until_it_comes(spec, start_nanos, &clock);
                    log.push(spec.id, State::Ready, came, now);
                }
                let shared = theirs.shared.as_ref();
                let done = cook_shared(spec, log, ticks, &clock, shared, stand);
                if let Some(done) = done {
                    ended = Some(done.finished_nanos);
                    // Bounded by the number of tasks, so it always fits.
                    let _ = theirs.finished.push(done);
                }
            }
            // A look at the clock is a tenth of a microsecond.
            let ended = ended.unwrap_or_else(|| clock.now_nanos());
            theirs.gauge.finish(ended);
            if theirs.left.fetch_sub(1, Ordering::AcqRel) == 1 {
                bell();
            }
        });
        let bundles = Bundles::of(specs.len(), manner);
        deal_out(manner.deal, bundles, offsets.len(), spawn, &hand);
        Self {
            lanes,
            results: Vec::with_capacity(specs.len()),
            start_nanos,
            ticks,
        }
    }

    /// Whether every task has ended.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.lanes.left.load(Ordering::Acquire) == 0
    }

    /// What has happened so far, on the shared clock.
    pub fn raw(&mut self, end_nanos: Nanos) -> Raw {
        self.results.extend(self.lanes.finished.try_iter());
        let (spans, dropped) = read_all(&self.lanes.logs);
        let lanes = self.lanes.offsets.iter().zip(0..);
        Raw {
            start_nanos: self.start_nanos,
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
            samples: self.lanes.gauge.read(end_nanos),
            figures: shared::figures(self.lanes.shared.as_ref()),
            ..Raw::default()
        }
    }
}
