//! Where workers wait for each other before they begin.

use super::Padded;
use model::Nanos;
use std::{
    hint::spin_loop,
    sync::atomic::{AtomicU32, Ordering},
};

/// A thread that was asleep may need some milliseconds on a busy machine; one
/// that has no core at all is not waited for.
const PATIENCE_NANOS: Nanos = 20_000_000;
/// Looks at the others between two looks at the clock.
const LOOKS: u32 = 64;

/// Opens once as many have come as are expected. Short work would otherwise often
/// be over before the second worker is awake. Who waits keeps its core: whoever is
/// put to sleep comes late again.
#[derive(Debug, Default)]
pub(super) struct Gate {
    expected: u32,
    came: Padded<AtomicU32>,
}

impl Gate {
    pub(super) const fn of(expected: u32) -> Self {
        Self {
            expected,
            came: Padded(AtomicU32::new(0)),
        }
    }

    /// Comes to the gate and goes on when it is open, or after 20 ms. Who comes
    /// when it is open goes on at once.
    pub(super) fn pass(&self, now: impl Fn() -> Nanos) {
        let came = self.came.0.fetch_add(1, Ordering::AcqRel) + 1;
        if came >= self.expected {
            return;
        }
        let until = now() + PATIENCE_NANOS;
        loop {
            for _ in 0..LOOKS {
                if self.came.0.load(Ordering::Acquire) >= self.expected {
                    return;
                }
                spin_loop();
            }
            if now() >= until {
                return;
            }
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
        let now = || {
            clock.set(clock.get() + 1_000_000);
            clock.get()
        };
        let gate = Gate::of(2);
        gate.pass(now);
        assert!((20_000_000..25_000_000).contains(&clock.get()));
        let before = clock.get();
        gate.pass(now);
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
        assert_eq!(gate.came.0.load(Ordering::Relaxed), 3);
    }
}
