//! What a node does with a split or with blocks, and what it writes down of it.

use super::wire::{Begin, Done, Part};
use crate::{
    cook::{Slice, Stretches},
    log::LaneLog,
    ports::{Clock, Timer},
};
use model::{NANOS_PER_MILLI, Nanos, State};
use workloads::mapped::{Cut, Mapped};

/// A node at work says so this often.
const BEAT_NANOS: Nanos = 50 * NANOS_PER_MILLI;
/// A node that is to be slower works for this long before it pauses.
const STRETCH_NANOS: Nanos = 5 * NANOS_PER_MILLI;
/// Longest pause in a row, so that it hears what is called off.
const PAUSE_MILLIS: f64 = 40.0;
/// Room for spans of a task.
const SPANS: usize = 1 << 10;

/// The node's surroundings.
pub struct Bench<'a, C, T> {
    /// Its clock.
    pub clock: &'a C,
    /// Its timer.
    pub timer: &'a T,
    /// Says that it is at work.
    pub beat: &'a dyn Fn(),
    /// Whether a task was called off meanwhile.
    pub is_off: &'a dyn Fn(u32) -> bool,
}

impl<C: Clock, T> Bench<'_, C, T> {
    /// Says that it is at work, if it has not for a while.
    fn beat(&self, last: &mut Nanos, now: Nanos) {
        if now.saturating_sub(*last) >= BEAT_NANOS {
            *last = now;
            (self.beat)();
        }
    }
}

/// Why a task was not finished.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfinished {
    /// It was called off.
    Off,
    /// It cannot be done; the text says why.
    Failed(String),
}

fn failed(text: &str) -> Unfinished {
    Unfinished::Failed(text.into())
}

fn job(begin: &Begin) -> Result<&'static Mapped, Unfinished> {
    workloads::mapped::find(&begin.job).ok_or_else(|| failed("an unknown job"))
}

/// A split or blocks that came to a node.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Came {
    /// Its task.
    pub task: u32,
    /// Where a split begins in the whole input, in bytes.
    pub offset: u64,
    /// When its message was heard of.
    pub heard_nanos: Nanos,
    /// When it was at hand: some browsers copy only as the message is opened.
    pub came_nanos: Nanos,
}

impl Came {
    /// A log on which its coming is noted down.
    fn log(&self) -> LaneLog {
        let log = LaneLog::new(0, SPANS);
        log.push(self.task, State::Moving, self.heard_nanos, self.came_nanos);
        log
    }
}

/// Maps a split. `fetch` copies it into the node's memory, `leave` the blocks out of
/// it, one a reducer.
///
/// # Errors
/// If it was called off or the job is unknown.
pub async fn map<C: Clock, T: Timer>(
    begin: &Begin,
    came: Came,
    bench: &Bench<'_, C, T>,
    fetch: impl FnOnce() -> Vec<u8>,
    leave: impl FnOnce(Vec<Vec<u8>>),
) -> Result<Done, Unfinished> {
    let job = job(begin)?;
    let Came { task, offset, .. } = came;
    let log = came.log();
    let started_nanos = bench.clock.now_nanos();
    let mut marks = Stretches::new(&log, begin.ticks(), task, started_nanos);
    let split = fetch();
    let now = bench.clock.now_nanos();
    marks.moved(started_nanos, now);
    let mut map = (job.map)(Cut {
        reducers: begin.reducers.max(1),
        combine: begin.combine,
        offset,
    });
    let mut brake = Brake {
        slow: begin.slow.max(1.0),
        since: started_nanos,
        debt_millis: 0.0,
    };
    let mut beaten = started_nanos;
    loop {
        let more = map.step(&split);
        let now = bench.clock.now_nanos();
        marks.step(now, Slice::Never);
        bench.beat(&mut beaten, now);
        if !more {
            break;
        }
        if brake.is_due(now) {
            brake.hold(&mut marks, bench, task).await?;
            beaten = bench.clock.now_nanos();
        }
    }
    let blocks = map.blocks();
    let now = bench.clock.now_nanos();
    marks.whole(now);
    if brake.slow > 1.0 {
        brake.work_off(now);
        brake.hold(&mut marks, bench, task).await?;
    }
    let from = bench.clock.now_nanos();
    leave(blocks);
    let until = bench.clock.now_nanos();
    marks.moved(from, until);
    Ok(done(begin, (came, started_nanos), marks, &log, None))
}

/// Reduces blocks; `fetch` copies the next one into the node's memory.
///
/// # Errors
/// If a block is none of this job's, or the job is unknown.
pub fn reduce<C: Clock, T>(
    begin: &Begin,
    came: Came,
    bench: &Bench<'_, C, T>,
    mut fetch: impl FnMut() -> Option<Vec<u8>>,
) -> Result<Done, Unfinished> {
    let job = job(begin)?;
    let log = came.log();
    let started_nanos = bench.clock.now_nanos();
    let mut marks = Stretches::new(&log, begin.ticks(), came.task, started_nanos);
    let mut reducer = (job.reduce)();
    let mut beaten = started_nanos;
    let mut from = started_nanos;
    while let Some(block) = fetch() {
        marks.moved(from, bench.clock.now_nanos());
        let taken = reducer.take(&block);
        taken.map_err(|_| failed("what a node sent could not be read"))?;
        from = bench.clock.now_nanos();
        marks.whole(from);
        bench.beat(&mut beaten, from);
    }
    let answer = reducer.finish();
    marks.whole(bench.clock.now_nanos());
    let part = Some(Part::from(answer));
    Ok(done(begin, (came, started_nanos), marks, &log, part))
}

/// Proof that a buffer is at hand: its length and its ends.
#[must_use]
pub fn ends(bytes: u64, first: u8, last: u8) -> u64 {
    let ends = (u64::from(first) << 8) | u64::from(last);
    (bytes << 16 | ends).wrapping_mul(0x9e37_79b9_7f4a_7c15)
}

/// A parcel that came; `proof` as [`ends`] gives it.
#[must_use]
pub fn parcel(begin: &Begin, task: u32, came_nanos: Nanos, proof: u64) -> Done {
    let part = Part {
        checksum: proof,
        ..Part::default()
    };
    Done {
        run: begin.run,
        task,
        came_nanos,
        started_nanos: came_nanos,
        busy_nanos: 0,
        spans: Vec::new(),
        dropped: 0,
        part: Some(part),
        sent_nanos: came_nanos,
    }
}

fn done(
    begin: &Begin,
    (came, started_nanos): (Came, Nanos),
    marks: Stretches<'_>,
    log: &LaneLog,
    part: Option<Part>,
) -> Done {
    let finished = marks.finish(started_nanos, 0);
    let (spans, dropped) = log.read();
    Done {
        run: begin.run,
        task: came.task,
        came_nanos: came.came_nanos,
        started_nanos,
        busy_nanos: finished.busy_nanos,
        spans,
        dropped,
        part,
        sent_nanos: finished.finished_nanos,
    }
}

/// Makes a node slower: it pauses for as long as the rest of its time would be.
struct Brake {
    slow: f64,
    /// Since when it has worked without a pause.
    since: Nanos,
    debt_millis: f64,
}

impl Brake {
    fn is_due(&mut self, now: Nanos) -> bool {
        let is_due = self.slow > 1.0 && now.saturating_sub(self.since) >= STRETCH_NANOS;
        if is_due {
            self.work_off(now);
        }
        is_due
    }

    fn work_off(&mut self, now: Nanos) {
        let worked = now.saturating_sub(self.since) as f64 / NANOS_PER_MILLI as f64;
        self.debt_millis += worked * (self.slow - 1.0);
        self.since = now;
    }

    async fn hold<C: Clock, T: Timer>(
        &mut self,
        marks: &mut Stretches<'_>,
        bench: &Bench<'_, C, T>,
        task: u32,
    ) -> Result<(), Unfinished> {
        let from = marks.rest();
        let mut now = bench.clock.now_nanos();
        while self.debt_millis >= 1.0 {
            let before = now;
            bench.timer.wait(self.debt_millis.min(PAUSE_MILLIS)).await;
            now = bench.clock.now_nanos();
            self.debt_millis -= now.saturating_sub(before) as f64 / NANOS_PER_MILLI as f64;
            (bench.beat)();
            if (bench.is_off)(task) {
                return Err(Unfinished::Off);
            }
        }
        marks.waited(from, now, now);
        self.since = now;
        Ok(())
    }
}
