//! What the runner needs from the world.

use model::Nanos;
use std::{future::Future, pin::Pin};

/// A clock common to all lanes of a run.
///
/// A good implementation reads the thread's own monotonic clock and adds an
/// offset fixed at start, so that lanes of different workers can be compared.
pub trait Clock {
    /// Nanoseconds since an origin that all lanes share.
    fn now_nanos(&self) -> Nanos;
}

impl<C: Clock + ?Sized> Clock for &C {
    fn now_nanos(&self) -> Nanos {
        (**self).now_nanos()
    }
}

impl<C: Clock + ?Sized> Clock for std::rc::Rc<C> {
    fn now_nanos(&self) -> Nanos {
        (**self).now_nanos()
    }
}

/// Waiting that leaves the thread free.
pub trait Timer {
    /// Completes no sooner than `millis` milliseconds from now.
    fn wait(&self, millis: f64) -> Pin<Box<dyn Future<Output = ()>>>;
    /// The same, for the wait of a task: where very many wait it may take up to
    /// 2 ms longer, if that spares a timer.
    fn wait_in_crowd(&self, millis: f64) -> Pin<Box<dyn Future<Output = ()>>> {
        self.wait(millis)
    }
}

/// A run that advances in turns of an event loop.
pub trait Turn {
    /// Runs ready tasks for up to `quantum_nanos`; true if more are ready.
    fn turn(&self, quantum_nanos: Nanos) -> bool;
    /// Whether every task has ended.
    fn is_done(&self) -> bool;
}
