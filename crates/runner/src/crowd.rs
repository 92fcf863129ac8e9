//! Timers that very many tasks share.
//!
//! A browser's timer costs some ten microseconds, most of it for functions that
//! are made, called and collected. Where thousands wait, those whose waits end
//! within the same two milliseconds can be woken by one of them. Nobody is woken
//! too soon.

use model::{NANOS_PER_MILLI, Nanos};
use std::{
    cell::{Cell, RefCell},
    collections::VecDeque,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, Waker},
};

/// Waits under way from which on they share timers; fewer have one each.
const MANY: u32 = 64;

/// A timer that rings once, for everybody who waits for it.
#[derive(Default)]
pub struct Bell {
    has_rung: Cell<bool>,
    waiting: RefCell<Vec<Waker>>,
}

impl Bell {
    /// Wakes all, in the order in which they came.
    pub fn ring(&self) {
        self.has_rung.set(true);
        for waker in self.waiting.take() {
            waker.wake();
        }
    }
}

/// Counts one who waits.
struct Place(Rc<Cell<u32>>);

impl Place {
    fn take(waits: &Rc<Cell<u32>>) -> Self {
        waits.set(waits.get() + 1);
        Self(Rc::clone(waits))
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.0.set(self.0.get() - 1);
    }
}

/// A wait for a shared bell.
#[must_use = "futures do nothing unless polled"]
pub struct Shared {
    bell: Rc<Bell>,
    is_listed: bool,
    _place: Place,
}

impl Future for Shared {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        if self.bell.has_rung.get() {
            return Poll::Ready(());
        }
        // A task is polled by one executor all its life, so its waker stays.
        if !self.is_listed {
            self.is_listed = true;
            let waker = context.waker().clone();
            self.bell.waiting.borrow_mut().push(waker);
        }
        Poll::Pending
    }
}

/// Everybody who waits on one thread.
#[derive(Default)]
pub struct Crowd {
    waits: Rc<Cell<u32>>,
    /// When each rings, the soonest first.
    bells: RefCell<VecDeque<(Nanos, Rc<Bell>)>>,
}

impl Crowd {
    /// Waits no less than `millis` and at most 2 ms longer, besides what the
    /// timers themselves are late. `set` is given a number of milliseconds and
    /// the bell to ring after them. `None` while a timer of one's own is better:
    /// see [`Crowd::alone`].
    pub fn join(
        &self,
        millis: f64,
        now_nanos: Nanos,
        set: impl FnOnce(u32, Rc<Bell>),
    ) -> Option<Shared> {
        if self.waits.get() < MANY {
            return None;
        }
        let due_nanos = now_nanos + (millis.max(0.0) * NANOS_PER_MILLI as f64) as Nanos;
        Some(Shared {
            bell: self.bell(due_nanos, now_nanos, set),
            is_listed: false,
            _place: Place::take(&self.waits),
        })
    }

    /// Waits for a timer of one's own, and is counted meanwhile.
    pub fn alone<F: Future>(&self, timer: F) -> impl Future<Output = F::Output> + use<F> {
        let place = Place::take(&self.waits);
        async move {
            let _place = place;
            timer.await
        }
    }

    /// A bell that rings at `due_nanos` or up to 2 ms later.
    fn bell(
        &self,
        due_nanos: Nanos,
        now_nanos: Nanos,
        set: impl FnOnce(u32, Rc<Bell>),
    ) -> Rc<Bell> {
        let mut bells = self.bells.borrow_mut();
        while bells.front().is_some_and(|(_, bell)| bell.has_rung.get()) {
            bells.pop_front();
        }
        let latest_nanos = due_nanos + 2 * NANOS_PER_MILLI;
        let at = bells.partition_point(|(rings_nanos, _)| *rings_nanos < due_nanos);
        let is_fit = |(rings_nanos, bell): &&(Nanos, Rc<Bell>)| {
            *rings_nanos <= latest_nanos && !bell.has_rung.get()
        };
        if let Some((_, bell)) = bells.get(at).filter(is_fit) {
            return Rc::clone(bell);
        }
        // One millisecond more, so that those who come next find it.
        let millis = (due_nanos - now_nanos).div_ceil(NANOS_PER_MILLI) + 1;
        let bell = Rc::new(Bell::default());
        let rings_nanos = now_nanos + millis * NANOS_PER_MILLI;
        bells.insert(at, (rings_nanos, Rc::clone(&bell)));
        set(millis as u32, Rc::clone(&bell));
        bell
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MILLI: Nanos = NANOS_PER_MILLI;

    /// Timers that were set: when they ring.
    type Set = RefCell<Vec<(Nanos, Rc<Bell>)>>;
    type Waits = Pin<Box<dyn Future<Output = ()>>>;

    fn is_done(future: &mut Waits) -> bool {
        let mut context = Context::from_waker(Waker::noop());
        future.as_mut().poll(&mut context).is_ready()
    }

    fn waits(crowd: &Crowd, millis: f64, now: Nanos, set: &Set) -> Waits {
        let timer = |millis: u32, bell| {
            let rings = now + Nanos::from(millis) * MILLI;
            set.borrow_mut().push((rings, bell));
        };
        let mut future: Waits = match crowd.join(millis, now, timer) {
            Some(shared) => Box::pin(shared),
            None => Box::pin(crowd.alone(std::future::pending())),
        };
        assert!(!is_done(&mut future));
        future
    }

    #[test]
    fn a_few_have_a_timer_of_their_own() {
        let (crowd, set) = (Crowd::default(), Set::default());
        let few: Vec<_> = (0..MANY).map(|_| waits(&crowd, 20.0, 0, &set)).collect();
        assert_eq!(set.borrow().len(), 0);
        let next = waits(&crowd, 20.0, 0, &set);
        assert_eq!(set.borrow().len(), 1);
        drop((few, next));
        let again = waits(&crowd, 20.0, 0, &set);
        assert_eq!((set.borrow().len(), crowd.waits.get()), (1, 1));
        drop(again);
    }

    #[test]
    fn a_crowd_shares_timers_and_nobody_is_woken_too_soon() {
        let (crowd, set) = (Crowd::default(), Set::default());
        // Every 10 us one comes; they wait for two lengths of time.
        let mut all: Vec<(Nanos, Waits)> = (0..5_000)
            .map(|at| {
                let (now, millis) = (at * 10_000, if at % 2 == 0 { 20.0 } else { 33.5 });
                let due = now + (millis * MILLI as f64) as Nanos;
                (due, waits(&crowd, millis, now, &set))
            })
            .collect();
        let mut bells = set.take();
        assert!(bells.len() < 100, "{} timers", bells.len());
        bells.sort_by_key(|(rings, _)| *rings);
        for (rings, bell) in bells {
            bell.ring();
            all.retain_mut(|(due, future)| {
                let done = is_done(future);
                let is_fit = *due <= rings && rings <= *due + 2 * MILLI;
                assert!(!done || is_fit, "due {due}, woken {rings}");
                !done
            });
        }
        assert_eq!(all.len(), MANY as usize, "those with timers of their own");
    }
}
