//! Tasks of a pool that need each other's results.
//!
//! What needs nothing is spawned at the start. Whoever finishes a task counts
//! its followers down; of those that became ready it takes one itself and spawns
//! the others, so that no thread sleeps while a task is ready.

use super::{PoolLanes, PoolRun, SPANS_PER_LANE};
use crate::{
    arrivals::stand,
    cook::Ticks,
    gauge::Gauge,
    log::LaneLog,
    order::{Progress, Recipe},
    ports::Clock,
    shared::{Shared, cook_shared},
};
use concurrent_queue::ConcurrentQueue;
use model::TaskSpec;
use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

/// What the threads of a run share.
struct Rail<C, B> {
    lanes: Arc<PoolLanes>,
    specs: Arc<Vec<TaskSpec>>,
    recipe: Recipe,
    progress: Progress,
    ticks: Ticks,
    clock: C,
    bell: B,
}

impl PoolRun {
    /// As [`PoolRun::start`], for tasks that need each other's results. `spawn`
    /// is asked for those that are ready at the start; the others are spawned by
    /// threads of the pool, which is the one `spawn` puts things into.
    pub fn start_in_order<C: Clock + Copy + Send + Sync + 'static>(
        specs: &Arc<Vec<TaskSpec>>,
        recipe: Recipe,
        offsets: &[i64],
        ticks: Ticks,
        clock: C,
        spawn: impl Fn(Box<dyn FnOnce() + Send>),
        bell: impl Fn() + Send + Sync + 'static,
    ) -> Self {
        let logs = (0..offsets.len())
            .map(|lane| LaneLog::new(lane as u32, SPANS_PER_LANE + specs.len() * 4))
            .collect();
        let shared = Shared::of(specs);
        let progress = Progress::new(&recipe);
        let n_ready = progress.n_ready();
        let start_nanos = clock.now_nanos();
        let lanes = Arc::new(PoolLanes {
            logs,
            finished: ConcurrentQueue::bounded(specs.len().max(1)),
            left: AtomicU32::new(specs.len() as u32),
            offsets: offsets.to_vec(),
            gauge: Gauge::new(specs, start_nanos),
            shared,
        });
        let rail = Arc::new(Rail {
            lanes: Arc::clone(&lanes),
            specs: Arc::clone(specs),
            recipe,
            progress,
            ticks,
            clock,
            bell,
        });
        for _ in 0..n_ready {
            let rail = Arc::clone(&rail);
            spawn(Box::new(move || serve(&rail)));
        }
        Self {
            lanes,
            results: Vec::with_capacity(specs.len()),
            start_nanos,
            ticks,
        }
    }
}

/// Takes a ready task, and another as long as the one before made some ready.
/// There are never more calls under way than ready tasks, so each finds one.
fn serve<C, B>(rail: &Arc<Rail<C, B>>)
where
    C: Clock + Copy + Send + Sync + 'static,
    B: Fn() + Send + Sync + 'static,
{
    let lane = rayon::current_thread_index().unwrap_or(0);
    let mut may_take = true;
    while may_take {
        let Some(task) = take(rail) else { return };
        if let (Some(log), Some(spec)) = (rail.lanes.logs.get(lane), rail.specs.get(task as usize))
            && let Some(done) = cook_shared(
                spec,
                log,
                rail.ticks,
                &rail.clock,
                rail.lanes.shared.as_ref(),
                stand,
            )
        {
            // Bounded by the number of tasks, so it always fits.
            let _ = rail.lanes.finished.push(done);
        }
        rail.lanes.gauge.finish(rail.clock.now_nanos());
        let became_ready = rail.progress.finish(&rail.recipe, task);
        for _ in 1..became_ready {
            let rail = Arc::clone(rail);
            rayon::spawn(move || serve(&rail));
        }
        may_take = became_ready > 0;
        if rail.lanes.left.fetch_sub(1, Ordering::AcqRel) == 1 {
            (rail.bell)();
        }
    }
}

/// Takes a ready task. One look may miss it: others take what was seen, and put
/// what is more urgent where it was looked for already.
fn take<C, B>(rail: &Rail<C, B>) -> Option<u32> {
    loop {
        if let Some(task) = rail.progress.take(&rail.recipe) {
            return Some(task);
        }
        if rail.lanes.left.load(Ordering::Acquire) == 0 {
            return None;
        }
        std::hint::spin_loop();
    }
}
