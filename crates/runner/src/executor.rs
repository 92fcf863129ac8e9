//! A small executor that really interleaves, and says what it did.
//!
//! Why not `wasm_bindgen_futures::spawn_local`: in a build with atomics it
//! polls a self-waking future again at once, so two tasks that yield run as
//! `AAAABBBB` instead of `ABABABAB`. Here a woken task goes to the end of one
//! queue, always, and the queue is drained for a time quantum before control
//! returns to the event loop.
//!
//! Wakers may be used from any thread. A wake on the home thread is a plain
//! queue push; a wake from elsewhere goes through a lock-free queue and rings
//! the [`Bell`], because the home thread may be a page, which must never wait
//! for a lock.

use async_task::{Builder, Runnable, Task};
use concurrent_queue::ConcurrentQueue;
use std::{
    cell::{Cell, RefCell, UnsafeCell},
    collections::VecDeque,
    future::Future,
    pin::Pin,
    rc::Rc,
    sync::Arc,
    task::{Context, Poll},
};

/// Rung when a task was woken from another thread. A good implementation makes
/// the home thread call [`Executor::tick`] soon, and may be called often.
pub type Bell = Box<dyn Fn() + Send + Sync>;

/// Learns what happens to tasks. All calls come on the home thread.
pub trait Observe {
    /// The task was put at the end of the queue.
    fn woken(&self, task: u32);
    /// The task is about to be polled.
    fn polled(&self, task: u32);
}

impl Observe for () {
    fn woken(&self, _: u32) {}
    fn polled(&self, _: u32) {}
}

impl<O: Observe + ?Sized> Observe for Rc<O> {
    fn woken(&self, task: u32) {
        (**self).woken(task);
    }
    fn polled(&self, task: u32) {
        (**self).polled(task);
    }
}

/// What travels with a task.
struct Ticket<O> {
    task: u32,
    rail: Arc<Rail<O>>,
}

type Ready<O> = Runnable<Ticket<O>>;

/// What only the home thread touches.
struct Home<O> {
    queue: VecDeque<Ready<O>>,
    /// `None` once the executor is gone: wakers may outlive it on other threads.
    observer: Option<O>,
}

/// State that wakers reach from any thread.
struct Rail<O> {
    home_token: usize,
    home: UnsafeCell<Home<O>>,
    remote: ConcurrentQueue<Ready<O>>,
    bell: Bell,
}

// SAFETY: `home` is only accessed after comparing the calling thread's token
// with `home_token`, and is emptied when the executor is dropped, on that
// thread; the other fields are `Send + Sync` themselves. A `Runnable` may cross
// threads as a queue entry; it is run and dropped on the home thread only.
unsafe impl<O> Send for Rail<O> {}
// SAFETY: as above.
unsafe impl<O> Sync for Rail<O> {}

/// Different for every living thread.
fn thread_token() -> usize {
    thread_local!(static TOKEN: u8 = const { 0 });
    TOKEN.with(|token| std::ptr::from_ref(token) as usize)
}

impl<O: Observe> Rail<O> {
    /// Called by wakers. It captures nothing and finds its way by what travels
    /// with the task: `async-task` would otherwise guard every call with two
    /// atomic operations, a quarter of the cost of a switch.
    fn schedule(ready: Ready<O>) {
        let rail = &ready.metadata().rail;
        if thread_token() == rail.home_token {
            let rail = Arc::as_ptr(rail);
            // SAFETY: this is the home thread, so nobody else empties the queue
            // meanwhile, and the task that is put there keeps its rail alive.
            unsafe { (*rail).push_home(ready) };
        } else {
            // The home thread may run and free the task while this one rings.
            let rail = Arc::clone(rail);
            if rail.remote.push(ready).is_ok() {
                (rail.bell)();
            }
        }
    }

    /// # Safety
    /// Call on the home thread only.
    unsafe fn push_home(&self, ready: Ready<O>) {
        let task = ready.metadata().task;
        // SAFETY: home thread, by contract; observers never call back into the
        // executor, so no second reference exists meanwhile.
        let home = unsafe { &mut *self.home.get() };
        home.queue.push_back(ready);
        if let Some(observer) = &home.observer {
            observer.woken(task);
        }
    }

    /// # Safety
    /// Call on the home thread only.
    unsafe fn pop_home(&self) -> Option<Ready<O>> {
        // SAFETY: home thread, by contract; as in `push_home`.
        let home = unsafe { &mut *self.home.get() };
        let ready = home.queue.pop_front()?;
        if let Some(observer) = &home.observer {
            observer.polled(ready.metadata().task);
        }
        Some(ready)
    }
}

/// A task's future, which counts its end. Written out: an `async` block would
/// keep room for the future twice.
struct Counted<F> {
    future: F,
    left: Rc<Cell<usize>>,
}

impl<F: Future<Output = ()>> Future for Counted<F> {
    type Output = ();

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        // SAFETY: nothing is moved out of it below.
        let own = unsafe { self.get_unchecked_mut() };
        // SAFETY: it is pinned as long as the whole is, and never moved.
        let future = unsafe { Pin::new_unchecked(&mut own.future) };
        let outcome = future.poll(context);
        if outcome.is_ready() {
            own.left.set(own.left.get() - 1);
        }
        outcome
    }
}

/// A single-threaded executor with one first-in first-out queue.
pub struct Executor<O: Observe + 'static = ()> {
    rail: Arc<Rail<O>>,
    tasks: RefCell<Vec<Task<(), Ticket<O>>>>,
    /// Tasks that have not finished.
    left: Rc<Cell<usize>>,
    /// Polls between two looks at the clock.
    stride: Cell<u32>,
    most_stride: f64,
}

impl Executor<()> {
    /// Without observer and without wakes from other threads. For polls of
    /// about the same length: while they are short, the clock is looked at
    /// rarely, since reading it costs ten times a switch between tasks.
    #[must_use]
    pub fn plain() -> Self {
        let mut executor = Self::new((), Box::new(|| ()));
        executor.most_stride = 256.0;
        executor
    }
}

impl<O: Observe + 'static> Executor<O> {
    /// An executor whose home is the calling thread. It looks at the clock after
    /// every poll: observers read it at every wake anyway, and after many short
    /// polls one that uses up the quantum must not be followed by another.
    #[must_use]
    pub fn new(observer: O, bell: Bell) -> Self {
        Self {
            rail: Arc::new(Rail {
                home_token: thread_token(),
                home: UnsafeCell::new(Home {
                    queue: VecDeque::new(),
                    observer: Some(observer),
                }),
                remote: ConcurrentQueue::unbounded(),
                bell,
            }),
            tasks: RefCell::new(Vec::new()),
            left: Rc::default(),
            stride: Cell::new(1),
            most_stride: 1.0,
        }
    }

    /// Puts a task at the end of the queue. `task` is its number for the
    /// observer. Dropping the executor cancels it.
    pub fn spawn(&self, task: u32, future: impl Future<Output = ()> + 'static) {
        let started = self.put(task, future);
        self.tasks.borrow_mut().push(started);
    }

    /// As [`Executor::spawn`], for whoever awaits the end of the task: dropping
    /// what is given back cancels it. [`Executor::is_done`] does not heed it.
    #[must_use = "dropping it cancels the task"]
    pub fn start<F: Future<Output = ()> + 'static>(
        &self,
        task: u32,
        future: F,
    ) -> impl Future<Output = ()> + use<F, O> {
        self.put(task, future)
    }

    fn put(&self, task: u32, future: impl Future<Output = ()> + 'static) -> Task<(), Ticket<O>> {
        let rail = Arc::clone(&self.rail);
        let left = Rc::clone(&self.left);
        left.set(left.get() + 1);
        let future = Counted { future, left };
        // SAFETY: the future is not `Send`: it is polled only by `tick`, on the
        // home thread (`Executor` is neither `Send` nor `Sync`), and dropped
        // there too, because runnables leave the queues only in `tick` and
        // `clear`. `Rail::schedule` is `Send + Sync + 'static`.
        let (ready, handle) = unsafe {
            Builder::new()
                .metadata(Ticket { task, rail })
                .spawn_unchecked(|_| future, Rail::schedule)
        };
        ready.schedule();
        handle
    }

    /// Polls ready tasks, first come first served, until none is ready or the
    /// quantum is used up. True if ready tasks are left.
    ///
    /// `used` reads a clock and answers with the share of the quantum used so
    /// far, 1.0 and more meaning over. A plain executor asks only as often as
    /// needed to stay within about a sixteenth of the quantum.
    pub fn tick(&self, mut used: impl FnMut() -> f64) -> bool {
        let mut since_look = 0;
        let mut last_used = 0.0;
        loop {
            self.take_remote();
            // SAFETY: `Executor` cannot leave its home thread.
            let Some(ready) = (unsafe { self.rail.pop_home() }) else {
                return false;
            };
            ready.run();
            since_look += 1;
            if since_look >= self.stride.get() {
                let share = used();
                let per_poll = (share - last_used).max(1e-6) / f64::from(since_look);
                self.stride
                    .set((0.0625 / per_poll).clamp(1.0, self.most_stride) as u32);
                last_used = share;
                since_look = 0;
                if share >= 1.0 {
                    return self.has_ready();
                }
            }
        }
    }

    fn take_remote(&self) {
        // An empty check first: popping an empty lock-free queue costs more.
        while !self.rail.remote.is_empty() {
            let Ok(ready) = self.rail.remote.pop() else {
                return;
            };
            // SAFETY: `Executor` cannot leave its home thread.
            unsafe { self.rail.push_home(ready) };
        }
    }

    /// Whether a task could be polled now.
    #[must_use]
    pub fn has_ready(&self) -> bool {
        // SAFETY: home thread, reference ends with the statement.
        !unsafe { (*self.rail.home.get()).queue.is_empty() } || !self.rail.remote.is_empty()
    }

    /// Whether every task has finished.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.left.get() == 0
    }

    /// Cancels all tasks. Their futures are dropped here, on the home thread.
    pub fn clear(&self) {
        let tasks = std::mem::take(&mut *self.tasks.borrow_mut());
        // Dropping a handle cancels its task and schedules it once more, so that
        // its future is dropped here.
        drop(tasks);
        self.left.set(0);
        self.take_remote();
        // SAFETY: home thread.
        while let Some(ready) = unsafe { self.rail.pop_home() } {
            drop(ready);
        }
    }
}

impl<O: Observe + 'static> Drop for Executor<O> {
    fn drop(&mut self) {
        self.clear();
        // SAFETY: home thread. From here on, wakers of other threads find no
        // observer to drop.
        unsafe { (*self.rail.home.get()).observer = None };
    }
}

/// A future that gives way once: the board is set aside, the next task runs.
pub fn give_way() -> impl Future<Output = ()> {
    let mut given = false;
    std::future::poll_fn(move |context| {
        if given {
            return Poll::Ready(());
        }
        given = true;
        context.waker().wake_by_ref();
        Poll::Pending
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order_of(tasks: u32, yields: u32) -> Vec<u32> {
        let order = Rc::new(RefCell::new(Vec::new()));
        let executor = Executor::plain();
        for task in 0..tasks {
            let order = Rc::clone(&order);
            executor.spawn(task, async move {
                for _ in 0..yields {
                    order.borrow_mut().push(task);
                    give_way().await;
                }
            });
        }
        while executor.tick(|| 0.0) {}
        assert!(executor.is_done());
        order.take()
    }

    #[test]
    fn two_equal_tasks_alternate_strictly() {
        assert_eq!(order_of(2, 6), [0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1]);
    }

    #[test]
    fn eight_tasks_stay_within_one_turn_of_each_other() {
        let mut done = [0_u32; 8];
        for task in order_of(8, 50) {
            done[task as usize] += 1;
            let spread = done.iter().max().unwrap() - done.iter().min().unwrap();
            assert!(spread <= 1, "{done:?}");
        }
    }

    #[test]
    fn a_used_up_quantum_returns_to_the_loop_with_work_left() {
        let executor = Executor::plain();
        let polls = Rc::new(Cell::new(0));
        let counter = Rc::clone(&polls);
        executor.spawn(0, async move {
            for _ in 0..1000 {
                counter.set(counter.get() + 1);
                give_way().await;
            }
        });
        // Each poll uses a quarter of the quantum.
        let left = executor.tick(|| f64::from(polls.get()) * 0.25);
        assert!(left);
        assert_eq!(polls.get(), 4);
    }

    #[test]
    fn a_wake_from_another_thread_rings_and_runs_at_home() {
        let rung = Arc::new(std::sync::atomic::AtomicU32::new(0));
        let bell = Arc::clone(&rung);
        let executor = Executor::new(
            (),
            Box::new(move || {
                bell.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
            }),
        );
        let home = std::thread::current().id();
        let (sender, receiver) = futures_channel::oneshot::channel::<u32>();
        let got = Rc::new(Cell::new(0));
        let seen = Rc::clone(&got);
        executor.spawn(0, async move {
            if let Ok(value) = receiver.await {
                assert_eq!(std::thread::current().id(), home);
                seen.set(value);
            }
        });
        assert!(!executor.tick(|| 0.0));
        std::thread::spawn(move || sender.send(42).unwrap())
            .join()
            .unwrap();
        assert_eq!(rung.load(std::sync::atomic::Ordering::SeqCst), 1);
        assert!(executor.has_ready());
        executor.tick(|| 0.0);
        assert_eq!(got.get(), 42);
    }

    #[test]
    fn clearing_drops_unfinished_futures() {
        let alive = Rc::new(());
        let executor = Executor::plain();
        let held = Rc::clone(&alive);
        executor.spawn(0, async move {
            let _held = held;
            std::future::pending::<()>().await;
        });
        executor.tick(|| 0.0);
        assert_eq!(Rc::strong_count(&alive), 2);
        executor.clear();
        assert_eq!(Rc::strong_count(&alive), 1);
        assert!(executor.is_done());
    }
}
