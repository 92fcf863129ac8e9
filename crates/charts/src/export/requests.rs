//! Every request as a row.

use super::cell;
use crate::format::{push_decimal, whole};
use model::{Nanos, Trace, millis_from_nanos};

/// Every task of the traces as one row of comma-separated values: when it
/// came, was begun and was done, in milliseconds since the start of its run,
/// and how long it was there.
#[must_use]
pub fn requests_csv(lesson: &str, traces: &[&Trace]) -> String {
    let mut out =
        String::from("lesson,arm,round,task,workload,came_ms,started_ms,done_ms,latency_ms\n");
    for trace in traces {
        for task in &trace.tasks {
            cell(&mut out, lesson);
            cell(&mut out, &trace.arm);
            cell(&mut out, &whole(u64::from(trace.round)));
            cell(&mut out, &whole(u64::from(task.id)));
            cell(&mut out, &task.workload);
            let mut time = |nanos: Nanos, end: char| {
                push_decimal(&mut out, millis_from_nanos(nanos), 4);
                out.push(end);
            };
            time(task.spawned_nanos, ',');
            time(task.started_nanos, ',');
            time(task.finished_nanos, ',');
            time(task.finished_nanos.saturating_sub(task.spawned_nanos), '\n');
        }
    }
    out
}
