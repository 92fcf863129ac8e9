//! The exported trace, read back as a reader of the file would.

use serde_json::Value;

/// Sorts the events of the exported trace by run and keeps what is needed:
/// `[name, running [lane, task, start, length], lives [task, start, end], ready]`
/// with times in microseconds.
pub(crate) const SCRIPT: &str = "
const runs = new Map();
for (const event of window.twoChefs.trace().traceEvents) {
  if (!runs.has(event.pid)) runs.set(event.pid, { name: '', running: [], lives: [], ready: 0 });
  const run = runs.get(event.pid);
  const task = Number(/^task (\\d+)/.exec(event.name)?.[1] ?? 0) - 1;
  if (event.ph === 'M' && event.name === 'process_name') run.name = event.args.name;
  if (event.ph === 'X') run.running.push([event.tid, task, event.ts, event.dur]);
  if (event.cat === 'in progress') run.lives.push([task, event.ts]);
  if (event.cat === 'ready' && event.ph === 'b') run.ready += 1;
}
return [...runs.values()];";

/// A stretch of work of one task on one lane.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slice {
    /// Thread number in the trace.
    pub lane: u64,
    /// Task from 0.
    pub task: u64,
    /// Start in microseconds since the start of the run.
    pub start: f64,
    /// Length in microseconds.
    pub len: f64,
}

/// One timed run.
#[derive(Clone, Debug, PartialEq)]
pub struct Run {
    /// Arm id.
    pub arm: String,
    /// Round from 0.
    pub round: u32,
    /// Work on a core, by start.
    pub slices: Vec<Slice>,
    /// Tasks with their first and last instant, in microseconds.
    pub lives: Vec<(u64, f64, f64)>,
    /// Stretches in which a task was ready and did not progress.
    pub ready: u64,
}

impl Run {
    /// Time on a core of all tasks together, in milliseconds.
    #[must_use]
    pub fn work_millis(&self) -> f64 {
        self.slices.iter().map(|slice| slice.len).sum::<f64>() / 1e3
    }
}

pub(crate) fn read(runs: &Value) -> Vec<Run> {
    let runs = runs.as_array().map(Vec::as_slice).unwrap_or_default();
    runs.iter().map(read_one).collect()
}

fn read_one(run: &Value) -> Run {
    let name = run["name"].as_str().unwrap_or_default();
    let (arm, round) = name.rsplit_once(", round ").unwrap_or((name, "0"));
    let round: u32 = round.parse().unwrap_or(0);
    let rows = |key: &str| run[key].as_array().cloned().unwrap_or_default();
    let number = |row: &Value, at: usize| row[at].as_f64().unwrap_or(f64::NAN);
    let whole = |row: &Value, at: usize| row[at].as_u64().unwrap_or(u64::MAX);
    let mut slices: Vec<Slice> = rows("running")
        .iter()
        .map(|row| Slice {
            lane: whole(row, 0),
            task: whole(row, 1),
            start: number(row, 2),
            len: number(row, 3),
        })
        .collect();
    slices.sort_by(|a, b| a.start.total_cmp(&b.start));
    let mut lives: Vec<(u64, f64, f64)> = Vec::new();
    for row in rows("lives") {
        let (task, at) = (whole(&row, 0), number(&row, 1));
        match lives.iter_mut().find(|life| life.0 == task) {
            Some(life) => *life = (task, life.1.min(at), life.2.max(at)),
            None => lives.push((task, at, at)),
        }
    }
    Run {
        arm: arm.to_owned(),
        round: round.saturating_sub(1),
        slices,
        lives,
        ready: run["ready"].as_u64().unwrap_or(0),
    }
}

/// Turns of tasks on a lane: task and its time on a core in microseconds.
/// Neighbouring slices of one task are one turn, since a preemption cuts a turn
/// in two without ending it.
#[must_use]
pub fn turns(slices: &[Slice]) -> Vec<(u64, f64)> {
    let mut turns: Vec<(u64, f64)> = Vec::new();
    for slice in slices {
        match turns.last_mut() {
            Some((task, len)) if *task == slice.task => *len += slice.len,
            _ => turns.push((slice.task, slice.len)),
        }
    }
    turns
}
