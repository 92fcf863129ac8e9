//! Drives one kernel on one lane and writes down what happened.
//!
//! After every step (about 40 us of work) the lane stamps a tick. A gap
//! between ticks far above a step means that the lane was ready but did not
//! progress: the span is closed at the last tick and a `Ready` span fills the
//! gap. So overlapping bars cannot pass for parallel work.

use crate::{
    executor::give_way,
    life::Life,
    log::{Finished, LaneLog},
    ports::{Clock, Timer},
    shared::{self, Shared},
    ways::compute_inside,
};
use model::{Give, Manner, Nanos, State, TaskSpec, nanos_from_millis};
use std::sync::Arc;
use workloads::{Kernel, Output, Step};

/// How ticks become spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ticks {
    /// Length of a step when nothing is in the way.
    pub step_nanos: Nanos,
    /// A longer distance between ticks counts as off core.
    pub gap_nanos: Nanos,
}

impl Ticks {
    /// From the measured step length and the measured step of the clock: a gap
    /// is 1 ms above a step, or 2.5 clock steps if the clock is coarser.
    #[must_use]
    pub fn new(step_nanos: Nanos, clock_step_nanos: Nanos) -> Self {
        let slack = (clock_step_nanos * 5 / 2).max(model::NANOS_PER_MILLI);
        Self {
            step_nanos,
            gap_nanos: step_nanos + slack,
        }
    }
}

/// When a task that computes lets others have the thread.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Slice {
    /// After so many steps in a row, at least 1.
    Steps(u32),
    /// After the first step that ends this long after the slice began.
    Nanos(Nanos),
    /// Only where it waits or ends.
    Never,
}

impl Slice {
    /// As asked for: never, by time, or by `slice_steps` where no time is given.
    #[must_use]
    pub fn of(slice_steps: u32, manner: &Manner) -> Self {
        if manner.give == Give::Never {
            Self::Never
        } else if manner.slice_millis > 0.0 {
            Self::Nanos(nanos_from_millis(manner.slice_millis))
        } else {
            Self::Steps(slice_steps.max(1))
        }
    }

    /// Whether it ends with the step that was just taken.
    fn is_over(self, steps: u32, run_nanos: Nanos) -> bool {
        match self {
            Self::Steps(most) => steps >= most.max(1),
            Self::Nanos(most_nanos) => run_nanos >= most_nanos,
            Self::Never => false,
        }
    }
}

/// The running span being drawn, and what was added up so far.
struct Pen<'a> {
    log: &'a LaneLog,
    ticks: Ticks,
    task: u32,
    since: Nanos,
    last: Nanos,
    busy: Nanos,
}

impl<'a> Pen<'a> {
    fn new(log: &'a LaneLog, ticks: Ticks, task: u32, now: Nanos) -> Self {
        Self {
            log,
            ticks,
            task,
            since: now,
            last: now,
            busy: 0,
        }
    }

    fn down(&mut self, now: Nanos) {
        self.since = now;
        self.last = now;
    }

    /// The task was ready but another had the thread. Shorter than a step, it
    /// is the cost of a turn and not worth a mark.
    fn aside(&mut self, from: Nanos, now: Nanos) {
        if now.saturating_sub(from) > self.ticks.step_nanos {
            self.log.push(self.task, State::Ready, from, now);
        }
        self.down(now);
    }

    fn tick(&mut self, now: Nanos) {
        if now.saturating_sub(self.last) > self.ticks.gap_nanos {
            let back = now - self.ticks.step_nanos;
            let from = self.last;
            self.up();
            self.log.push(self.task, State::Ready, from, back);
            self.since = back;
        }
        self.last = now;
    }

    fn up(&mut self) {
        self.busy += self.last.saturating_sub(self.since);
        self.log
            .push(self.task, State::Running, self.since, self.last);
        self.since = self.last;
    }
}

/// The marks of one task on its lane, for work that is no kernel of its own.
pub struct Stretches<'a> {
    pen: Pen<'a>,
    /// Steps of the present slice, and when it began.
    steps: u32,
    since: Nanos,
}

impl<'a> Stretches<'a> {
    /// The task begins now.
    #[must_use]
    pub fn new(log: &'a LaneLog, ticks: Ticks, task: u32, now: Nanos) -> Self {
        Self {
            pen: Pen::new(log, ticks, task, now),
            steps: 0,
            since: now,
        }
    }

    /// A step ended. Whether the slice ends with it.
    pub fn step(&mut self, now: Nanos, slice: Slice) -> bool {
        self.pen.tick(now);
        self.steps = self.steps.saturating_add(1);
        slice.is_over(self.steps, now.saturating_sub(self.since))
    }

    /// Stops computing; gives the instant of the last step.
    pub fn rest(&mut self) -> Nanos {
        self.pen.up();
        self.pen.last
    }

    /// Computes again after it gave way at `from`.
    pub fn back(&mut self, from: Nanos, now: Nanos) {
        self.pen.aside(from, now);
        (self.steps, self.since) = (0, now);
    }

    /// Computes again after it waited from `from` until `woken`. What was there
    /// already took no wait, and the slice goes on.
    pub fn waited(&mut self, from: Nanos, woken: Nanos, now: Nanos) {
        if now.saturating_sub(from) <= self.pen.ticks.step_nanos {
            self.pen.tick(now);
            return;
        }
        self.pen
            .log
            .push(self.pen.task, State::Waiting, from, woken);
        self.back(woken, now);
    }

    /// Stood still for a lock meanwhile, and goes on.
    pub fn stood(&mut self, from: Nanos, until: Nanos) {
        self.pen.tick(from);
        self.pen.up();
        let log = self.pen.log;
        log.push(self.pen.task, State::Blocked, from, until);
        self.pen.down(until);
    }

    /// A stretch that cannot be looked into ended: it counts as on a core.
    pub const fn whole(&mut self, now: Nanos) {
        self.pen.last = now;
    }

    /// Data was copied meanwhile, by this thread.
    pub fn moved(&mut self, from: Nanos, until: Nanos) {
        self.pen.last = from;
        self.pen.up();
        let log = self.pen.log;
        log.push(self.pen.task, State::Moving, from, until);
        self.pen.down(until);
    }

    /// The task ended with the last step; it was never put aside.
    #[must_use]
    pub fn finish(mut self, started: Nanos, checksum: u64) -> Finished {
        let finished_nanos = self.rest();
        Finished {
            task: self.pen.task,
            lane_idx: self.pen.log.lane_idx(),
            started_nanos: started,
            finished_nanos,
            busy_nanos: self.pen.busy,
            polls: 1,
            wakes: 1,
            checksum,
            tile: None,
        }
    }

    /// Time on a core so far.
    #[must_use]
    pub const fn busy_nanos(&self) -> Nanos {
        self.pen.busy
    }
}

fn finished(
    spec: &TaskSpec,
    pen: &Pen<'_>,
    started: Nanos,
    life: Life,
    output: Output,
) -> Finished {
    Finished {
        task: spec.id,
        lane_idx: pen.log.lane_idx(),
        started_nanos: started,
        finished_nanos: pen.last,
        busy_nanos: pen.busy,
        polls: life.polls,
        wakes: life.wakes,
        checksum: output.checksum,
        tile: output.tile,
    }
}

/// Runs a task to its end on this thread; `sleep` blocks the thread for a
/// number of milliseconds. `None` if the workload is unknown.
pub fn cook_blocking(
    spec: &TaskSpec,
    log: &LaneLog,
    ticks: Ticks,
    clock: &impl Clock,
    sleep: impl Fn(f64),
) -> Option<Finished> {
    let mut kernel = workloads::kernel(spec)?;
    let started = clock.now_nanos();
    let mut pen = Pen::new(log, ticks, spec.id, started);
    loop {
        let step = kernel.step();
        pen.tick(clock.now_nanos());
        match step {
            Step::Again => {}
            Step::Wait { millis } => {
                pen.up();
                let from = pen.last;
                sleep(millis);
                let now = clock.now_nanos();
                log.push(spec.id, State::Waiting, from, now);
                pen.down(now);
            }
            Step::Done(output) => {
                pen.up();
                let once = Life {
                    polls: 1,
                    wakes: 1,
                    woken_nanos: started,
                };
                return Some(finished(spec, &pen, started, once, output));
            }
        }
    }
}

/// Steps on this thread until the kernel waits or ends; gives its last step,
/// the instant of it, and the time on a core.
pub fn until_it_waits(
    kernel: &mut dyn Kernel,
    task: u32,
    log: &LaneLog,
    ticks: Ticks,
    clock: &impl Clock,
    now: Nanos,
) -> (Step, Nanos, Nanos) {
    let mut pen = Pen::new(log, ticks, task, now);
    loop {
        let step = kernel.step();
        pen.tick(clock.now_nanos());
        if !matches!(step, Step::Again) {
            pen.up();
            return (step, pen.last, pen.busy);
        }
    }
}

/// Runs a task as a future that gives way at the end of each `slice`. `life`
/// tells what the executor did to the task; it is asked when a poll begins. The
/// task comes with what the run shares.
pub async fn cook(
    (spec, shared): (&TaskSpec, Option<&Arc<Shared>>),
    log: &LaneLog,
    ticks: Ticks,
    clock: &impl Clock,
    timer: &impl Timer,
    slice: Slice,
    life: impl Fn() -> Life,
) -> Option<Finished> {
    let mut kernel = shared::kernel(spec, shared)?;
    let started = clock.now_nanos();
    let mut pen = Pen::new(log, ticks, spec.id, started);
    let (mut steps, mut since) = (0_u32, started);
    loop {
        let mut step = Step::Again;
        compute_inside(|| {
            step = kernel.step();
            let now = clock.now_nanos();
            pen.tick(now);
            steps = steps.saturating_add(1);
            matches!(step, Step::Again) && !slice.is_over(steps, now.saturating_sub(since))
        })
        .await;
        match step {
            Step::Again => {
                pen.up();
                let from = pen.last;
                give_way().await;
                let now = clock.now_nanos();
                pen.aside(from, now);
                (steps, since) = (0, now);
            }
            Step::Wait { millis } => {
                pen.up();
                let from = pen.last;
                timer.wait_in_crowd(millis).await;
                let now = clock.now_nanos();
                // Rung at `woken`, picked up at `now`: in between the task was
                // ready, and the one thread was busy with another.
                let woken = life().woken_nanos.clamp(from, now);
                log.push(spec.id, State::Waiting, from, woken);
                pen.aside(woken, now);
                since = now;
            }
            Step::Done(output) => {
                pen.up();
                return Some(finished(spec, &pen, started, life(), output));
            }
        }
    }
}
