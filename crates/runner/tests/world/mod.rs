//! A world without time of its own: the clock moves only when it is read or
//! when nothing is left to do but wait.

#![allow(dead_code, reason = "each test file uses a part of it")]

use futures_channel::oneshot;
use model::{Arm, Job, Manner, Nanos, Place, Strategy, TaskSpec, Trace, nanos_from_millis};
use runner::{
    Clock, Timer, Turn,
    cook::{Slice, Ticks},
    log::Raw,
    loop_run::{How, LoopRun, own_lane},
};
use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
};

/// A reading moves the clock by this much. A kernel's step is followed by one
/// reading, so it is also the length of a step.
pub const STEP_NANOS: Nanos = 40_000;
/// As in the page.
pub const QUANTUM_NANOS: Nanos = 8_000_000;

/// Clock, timer and event loop of one test.
#[derive(Clone)]
pub struct World(Rc<Inner>);

struct Inner {
    now: Cell<Nanos>,
    readings: Cell<u32>,
    jumps: Vec<(u32, Nanos)>,
    alarms: RefCell<Vec<(Nanos, oneshot::Sender<()>)>>,
}

impl World {
    /// At each of these readings, counted from 1, the clock moves by so many
    /// nanoseconds more: the thread was taken off its core.
    pub fn new(jumps: &[(u32, Nanos)]) -> Self {
        Self(Rc::new(Inner {
            now: Cell::new(1_000_000_000),
            readings: Cell::new(0),
            jumps: jumps.to_vec(),
            alarms: RefCell::default(),
        }))
    }

    /// Turns of an event loop: alarms that are due ring between turns; when
    /// nothing is ready, time passes until the next one.
    pub fn drive(&self, run: &impl Turn) {
        loop {
            self.ring();
            let more = run.turn(QUANTUM_NANOS);
            if run.is_done() {
                return;
            }
            if !more {
                let next = self.0.alarms.borrow().iter().map(|(due, _)| *due).min();
                let next = next.expect("tasks are left, but nothing will wake them");
                self.0.now.set(self.0.now.get().max(next));
            }
        }
    }

    fn ring(&self) {
        let now = self.0.now.get();
        let mut alarms = self.0.alarms.borrow_mut();
        let (due, later) = alarms.drain(..).partition(|(due, _)| *due <= now);
        *alarms = later;
        drop(alarms);
        let due: Vec<(Nanos, oneshot::Sender<()>)> = due;
        for (_, bell) in due {
            // The task may have been cancelled.
            let _ = bell.send(());
        }
    }

    /// Runs tasks on this thread to their end.
    pub fn run(&self, specs: &[TaskSpec], how: How) -> Trace {
        self.finish(specs, how).1
    }

    /// As [`World::run`], with what the coordinator held at the end.
    pub fn finish(&self, specs: &[TaskSpec], how: How) -> (Raw, Trace) {
        let run = self.start(specs, how);
        self.drive(&run);
        (run.raw(), run.trace("arm", 0, specs))
    }

    fn start(&self, specs: &[TaskSpec], how: How) -> LoopRun<Self> {
        LoopRun::start(
            specs.to_vec(),
            how,
            Ticks::new(STEP_NANOS, 5_000),
            own_lane(model::LaneKind::Host),
            (self.clone(), self.clone()),
            Box::new(|| ()),
            Box::new(|| ()),
        )
    }
}

impl World {
    /// Runs tasks and gives those that were told of, in that order.
    #[allow(dead_code, reason = "some of the tests that share this module use it")]
    pub fn announced(&self, specs: &[TaskSpec], how: How) -> Vec<u32> {
        let run = self.start(specs, how);
        let told = Rc::new(RefCell::new(Vec::new()));
        let telling = Rc::clone(&told);
        run.announce(Box::new(move |task| telling.borrow_mut().push(task)));
        self.drive(&run);
        told.take()
    }
}

impl Clock for World {
    fn now_nanos(&self) -> Nanos {
        let reading = self.0.readings.get() + 1;
        self.0.readings.set(reading);
        let jumps = self.0.jumps.iter().filter(|(at, _)| *at == reading);
        let by = jumps.map(|(_, by)| by).sum::<Nanos>() + STEP_NANOS;
        self.0.now.set(self.0.now.get() + by);
        self.0.now.get()
    }
}

impl Timer for World {
    fn wait(&self, millis: f64) -> Pin<Box<dyn Future<Output = ()>>> {
        let (bell, rung) = oneshot::channel();
        let due = self.0.now.get() + nanos_from_millis(millis);
        self.0.alarms.borrow_mut().push((due, bell));
        Box::pin(async move {
            let _ = rung.await;
        })
    }
}

/// Tasks of one job.
pub fn tasks(workload: &str, count: u32, size: u32, wait_millis: f64) -> Vec<TaskSpec> {
    let mut arm = arm(workload);
    arm.jobs = vec![Job {
        workload: workload.into(),
        tasks: count,
        busy_millis: 1.0,
        size,
        wait_millis,
        ..Job::default()
    }];
    arm.tasks(7, 0)
}

/// An arm without work.
pub fn arm(workload: &str) -> Arm {
    Arm {
        id: "arm".into(),
        strategy: Strategy::Sequential,
        variant: String::new(),
        workers: 1,
        place: Place::Worker,
        workload: workload.into(),
        jobs: Vec::new(),
        slice_steps: 1,
        manner: Manner::default(),
        edges: Vec::new(),
        base: None,
    }
}

/// One task after another, giving way now and then as in the page.
pub const ONE_BY_ONE: How = How {
    one_by_one: true,
    slice: Slice::Steps(2),
    limit: 0,
    events: false,
};

/// All at once, giving way after so many steps.
pub const fn in_turns(slice_steps: u32) -> How {
    How {
        one_by_one: false,
        slice: Slice::Steps(slice_steps),
        ..ONE_BY_ONE
    }
}
