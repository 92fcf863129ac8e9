//! Where workers wait for each other before they begin.

use super::Padded;
use model::Nanos;
use std::{
    hint::spin_loop,
    sync::{
        Condvar, Mutex, PoisonError,
        atomic::{AtomicU32, Ordering},
    },
    time::Duration,
};

/// A thread that was asleep may need some milliseconds on a busy machine; one
/// that has no core at all is not waited for.
const PATIENCE_NANOS: Nanos = 20_000_000;
/// How long who goes through looks round for the others, without sleeping.
const GLANCE_NANOS: Nanos = 2_000_000;
/// Looks at the others between two looks at the clock.
const LOOKS: u32 = 64;

/// Opens once as many have come as are expected. Short work would otherwise often
/// be over before the second worker is awake.
///
/// Who comes early sleeps. Spinning, it could hold the very core on which the
/// last one is to wake, and both would stay there one after the other; a sleeper
/// is woken on a core that is idle. Then all look round until all are awake.
#[derive(Debug, Default)]
pub(super) struct Gate {
    expected: u32,
    came: Mutex<u32>,
    is_open: Condvar,
    awake: Padded<AtomicU32>,
}

impl Gate {
    pub(super) const fn of(expected: u32) -> Self {
        Self {
            expected,
            came: Mutex::new(0),
            is_open: Condvar::new(),
            awake: Padded(AtomicU32::new(0)),
        }
    }

    /// Comes to the gate and goes on when it is open, or after 20 ms. Who comes
    /// when it is open goes on at once.
    pub(super) fn pass(&self, now: impl Fn() -> Nanos) {
        if self.awake.0.load(Ordering::Acquire) >= self.expected {
            return;
        }
        let from = now();
        self.sleep_until_open(|| now().saturating_sub(from));
        let awake = self.awake.0.fetch_add(1, Ordering::AcqRel) + 1;
        if awake >= self.expected {
            return;
        }
        let from = now();
        while now().saturating_sub(from) < GLANCE_NANOS {
            for _ in 0..LOOKS {
                if self.awake.0.load(Ordering::Acquire) >= self.expected {
                    return;
                }
                spin_loop();
            }
        }
    }

    /// Waits for the last one, for at most as long as there is patience.
    fn sleep_until_open(&self, waited_nanos: impl Fn() -> Nanos) {
        let mut came = self.came.lock().unwrap_or_else(PoisonError::into_inner);
        *came += 1;
        if *came >= self.expected {
            self.is_open.notify_all();
        }
        while *came < self.expected {
            let left = PATIENCE_NANOS.saturating_sub(waited_nanos());
            if left == 0 {
                return;
            }
            let woken = self.is_open.wait_timeout(came, Duration::from_nanos(left));
            came = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::Cell;

    #[test]
    fn nobody_waits_for_ever() {
        let clock = Cell::new(0);
        // So long passes between any two looks that no thread really sleeps.
        let now = || {
            clock.set(clock.get() + PATIENCE_NANOS);
            clock.get()
        };
        let gate = Gate::of(2);
        gate.pass(now);
        assert!(clock.get() <= 4 * PATIENCE_NANOS, "{}", clock.get());
        gate.pass(now);
        let before = clock.get();
        gate.pass(now);
        Gate::default().pass(now);
        assert_eq!(clock.get(), before, "an open gate looks at no clock");
    }

    #[test]
    fn those_who_come_open_it() {
        let gate = Gate::of(3);
        let still = || 0;
        std::thread::scope(|scope| {
            for _ in 0..3 {
                scope.spawn(|| gate.pass(still));
            }
        });
        assert_eq!(gate.awake.0.load(Ordering::Relaxed), 3);
    }
}
