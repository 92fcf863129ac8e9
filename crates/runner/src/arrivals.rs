//! Requests that come over time: nobody begins one before it is there.

use crate::ports::{Clock, Timer};
use model::{Nanos, TaskSpec};
use std::time::Duration;

/// Whole milliseconds until `due`, rounded up: timers know no others.
fn millis_until(due_nanos: Nanos, now_nanos: Nanos) -> f64 {
    due_nanos
        .saturating_sub(now_nanos)
        .div_ceil(model::NANOS_PER_MILLI) as f64
}

/// Leaves the thread free until the request is there; gives the instant of its
/// arrival and the present one, both on the shared clock. The timer is set when
/// this is first polled, which for every task of a run is at its start.
pub async fn until_it_comes(
    spec: &TaskSpec,
    start_nanos: Nanos,
    clock: &impl Clock,
    timer: &impl Timer,
) -> (Nanos, Nanos) {
    let due_nanos = start_nanos + spec.arrive_nanos;
    loop {
        let now_nanos = clock.now_nanos();
        if now_nanos >= due_nanos {
            return (due_nanos, now_nanos);
        }
        // Some timers ring a little early.
        timer.wait(millis_until(due_nanos, now_nanos)).await;
    }
}

/// Stands still until the request is there, as [`until_it_comes`].
///
/// In a browser with threads `sleep` is `memory.atomic.wait32` with a limit in
/// nanoseconds, what JavaScript calls `Atomics.wait`: the thread uses no core.
pub fn stand_until_it_comes(
    spec: &TaskSpec,
    start_nanos: Nanos,
    clock: &impl Clock,
) -> (Nanos, Nanos) {
    let due_nanos = start_nanos + spec.arrive_nanos;
    loop {
        let now_nanos = clock.now_nanos();
        if now_nanos >= due_nanos {
            return (due_nanos, now_nanos);
        }
        std::thread::sleep(Duration::from_nanos(due_nanos - now_nanos));
    }
}

/// Stands still for so many milliseconds.
pub fn stand(millis: f64) {
    std::thread::sleep(Duration::from_secs_f64(millis.max(0.0) / 1e3));
}
