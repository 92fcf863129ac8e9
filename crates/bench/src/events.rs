//! How many deeds of the executor one run writes down, and how many it drops.

use crate::pairs::Pairs;
use model::{Arm, Job, LaneKind, Manner, Place, Strategy};
use runner::{
    Clock, Timer, Turn,
    cook::{Slice, Ticks},
    loop_run::{How, LoopRun, own_lane},
};
use std::{future::Future, pin::Pin, time::Instant};

const TASKS: u32 = 100;
/// A step is followed by three deeds: pending, woken, polled.
const STEPS: u32 = 334;
/// Length of a turn, as on the page.
const QUANTUM_NANOS: u64 = 8_000_000;

#[derive(Clone, Copy)]
struct Stopwatch(Instant);

impl Clock for Stopwatch {
    fn now_nanos(&self) -> u64 {
        self.0.elapsed().as_nanos() as u64
    }
}

/// No task of this run waits.
#[derive(Clone, Copy)]
struct NoTimer;

impl Timer for NoTimer {
    fn wait(&self, _: f64) -> Pin<Box<dyn Future<Output = ()>>> {
        Box::pin(std::future::ready(()))
    }
}

/// One pair: deeds dropped, deeds written down.
pub fn pairs() -> Result<Pairs, String> {
    let arm = Arm {
        id: String::new(),
        strategy: Strategy::Interleaved,
        variant: String::new(),
        workers: 1,
        place: Place::Worker,
        workload: String::new(),
        jobs: vec![Job {
            workload: "requests".into(),
            tasks: TASKS,
            size: STEPS,
            ..Job::default()
        }],
        slice_steps: 1,
        manner: Manner::default(),
        edges: Vec::new(),
        base: None,
    };
    let how = How {
        one_by_one: false,
        slice: Slice::Steps(1),
        limit: 0,
        events: true,
    };
    let run = LoopRun::start(
        arm.tasks(1, 0),
        how,
        Ticks::new(40_000, 1),
        own_lane(LaneKind::Host),
        (Stopwatch(Instant::now()), NoTimer),
        Box::new(|| ()),
        Box::new(|| ()),
    );
    while run.turn(QUANTUM_NANOS) {}
    let raw = run.raw();
    if raw.finished.len() != TASKS as usize {
        return Err("a run did not end".into());
    }
    Ok(Pairs {
        pairs: vec![[f64::from(raw.dropped), raw.events.len() as f64]],
        checksum: String::new(),
    })
}
