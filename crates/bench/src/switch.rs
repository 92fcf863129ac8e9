//! What a yield costs: this project's executor against tokio's `LocalSet`, on
//! futures that wake themselves and give way, and do nothing else.

use crate::pairs::{Pairs, alternate};
use runner::{Executor, executor::give_way};
use std::time::Instant;
use tokio::{runtime, task::LocalSet};

/// Yields of all futures together in one timed run: some 10 ms.
const YIELDS: u32 = 400_000;
/// As in the page: half a frame.
pub const QUANTUM_NANOS: f64 = 8e6;

/// The very same future on both sides.
async fn yields(times: u32) {
    for _ in 0..times {
        give_way().await;
    }
}

/// Runs until every task has ended, with a clock read as in the page.
pub fn drain(executor: &Executor) {
    loop {
        let begin = Instant::now();
        let more = executor.tick(|| begin.elapsed().as_nanos() as f64 / QUANTUM_NANOS);
        if !more && executor.is_done() {
            return;
        }
    }
}

/// Nanoseconds a yield; spawning is not timed.
fn ours(futures: u32, times: u32) -> f64 {
    let executor = Executor::plain();
    for task in 0..futures {
        executor.spawn(task, yields(times));
    }
    let begin = Instant::now();
    drain(&executor);
    begin.elapsed().as_nanos() as f64 / f64::from(futures * times)
}

fn theirs(runtime: &runtime::Runtime, futures: u32, times: u32) -> f64 {
    let local = LocalSet::new();
    for _ in 0..futures {
        // The set itself ends when all its tasks have ended.
        drop(local.spawn_local(yields(times)));
    }
    let begin = Instant::now();
    runtime.block_on(local);
    begin.elapsed().as_nanos() as f64 / f64::from(futures * times)
}

/// Nanoseconds a yield, ours and tokio's.
pub fn pairs(futures: u32, rounds: u32) -> Result<Pairs, String> {
    let futures = futures.clamp(1, YIELDS);
    let times = YIELDS / futures;
    let runtime = runtime::Builder::new_current_thread()
        .build()
        .map_err(|error| error.to_string())?;
    Ok(Pairs {
        pairs: alternate(
            rounds,
            || ours(futures, times),
            || theirs(&runtime, futures, times),
        ),
        checksum: String::new(),
    })
}
