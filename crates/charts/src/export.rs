//! Files for other tools.

mod flows;
mod requests;

pub use requests::requests_csv;

use crate::format::{push_decimal, whole};
use crate::intervals::end_of;
use crate::order::ordered;
use crate::town;
use model::{Deed, Evidence, LaneKind, Nanos, Place, State, Trace, VoidReason};

/// The runs as Chrome trace events (JSON), which Perfetto opens: one process
/// per run, one thread per chef. Times in microseconds. Running spans are
/// complete events on their thread; time in progress and waits overlap there,
/// so they are asynchronous events, as are polls that did not give way and
/// frames of the page; what the executor did is instants; the number in
/// progress is a counter.
#[must_use]
pub fn chrome_trace(traces: &[Trace]) -> String {
    let mut json = Json {
        out: String::from(
            "{\"displayTimeUnit\":\"ms\",\"otherData\":{\"schema\":\"two-chefs-trace/1\"},\"traceEvents\":[",
        ),
        first: true,
    };
    for (pid, trace) in (1_u64..).zip(traces) {
        let process = trace_name(trace);
        json.event("M", pid, 0)
            .name("process_name")
            .args("name", &process);
        for chef in town::cast(trace) {
            let kind = match chef.kind {
                LaneKind::Page => "page",
                LaneKind::Host => "host worker",
                LaneKind::Pool => "pool worker",
                LaneKind::Message => "message worker",
                LaneKind::Tab => "worker of another tab",
                LaneKind::Gpu => "graphics processor",
            };
            let name = match chef.number {
                0 => ["depot (", kind, ")"].concat(),
                number => ["chef ", &whole(u64::from(number)), " (", kind, ")"].concat(),
            };
            let tid = u64::from(chef.lane_idx) + 1;
            json.event("M", pid, tid)
                .name("thread_name")
                .args("name", &name);
            json.event("M", pid, tid)
                .name("thread_sort_index")
                .arg_number("sort_index", u64::from(chef.number));
        }
        for task in &trace.tasks {
            let name = ["task ", &whole(u64::from(task.id) + 1), " ", &task.workload].concat();
            let id = [&whole(pid), ".", &whole(u64::from(task.id))].concat();
            let tid = u64::from(task.lane_idx) + 1;
            json.event("b", pid, tid)
                .name(&name)
                .text("cat", "in progress")
                .text("id", &id)
                .time("ts", task.started_nanos);
            json.args("checksum", &hexadecimal(task.checksum));
            json.event("e", pid, tid)
                .name(&name)
                .text("cat", "in progress")
                .text("id", &id)
                .time("ts", task.finished_nanos)
                .end();
        }
        for (number, span) in (0_u64..).zip(&trace.spans) {
            let tid = u64::from(span.lane_idx) + 1;
            let task = ["task ", &whole(u64::from(span.task) + 1)].concat();
            if span.state == State::Running {
                json.event("X", pid, tid)
                    .name(&task)
                    .text("cat", "running")
                    .time("ts", span.start_nanos)
                    .time("dur", span.len_nanos)
                    .end();
                continue;
            }
            let state = match span.state {
                State::Waiting => "waiting",
                State::Blocked => "blocked on a lock",
                State::Moving => "moving data",
                State::Ready | State::Running => "ready",
            };
            let id = [&whole(pid), ".", state, ".", &whole(number)].concat();
            json.event("b", pid, tid)
                .name(&task)
                .text("cat", state)
                .text("id", &id)
                .time("ts", span.start_nanos)
                .end();
            json.event("e", pid, tid)
                .name(&task)
                .text("cat", state)
                .text("id", &id)
                .time("ts", end_of(span))
                .end();
        }
        happenings(&mut json, pid, trace);
        flows::couriers(&mut json, pid, trace);
        flows::learning(&mut json, pid, trace);
        let edges: Vec<(Nanos, bool)> = trace
            .tasks
            .iter()
            .flat_map(|task| [(task.started_nanos, true), (task.finished_nanos, false)])
            .collect();
        let mut in_progress = 0_u64;
        for (at, starts) in ordered(&edges, |edge| (edge.0 << 1) | u64::from(edge.1)) {
            in_progress = if starts {
                in_progress + 1
            } else {
                in_progress.saturating_sub(1)
            };
            json.event("C", pid, 0)
                .name("in progress")
                .time("ts", at)
                .arg_number("tasks", in_progress);
        }
    }
    json.out.push_str("]}");
    json.out
}

/// What the executor did, polls that did not give way, and frames of the page.
fn happenings(json: &mut Json, pid: u64, trace: &Trace) {
    let mut lanes = vec![0; trace.tasks.len()];
    for task in &trace.tasks {
        if let Some(lane) = lanes.get_mut(task.id as usize) {
            *lane = u64::from(task.lane_idx) + 1;
        }
    }
    let lane_of = |task: u32| lanes.get(task as usize).copied().unwrap_or(1);
    for event in &trace.events {
        let deed = match event.deed {
            Deed::Woken => "woken",
            Deed::Polled => "polled",
            Deed::Pending => "pending",
            Deed::Done => "done",
        };
        let name = [deed, " ", &whole(u64::from(event.task) + 1)].concat();
        json.event("i", pid, lane_of(event.task))
            .name(&name)
            .text("cat", "executor")
            .text("s", "t")
            .time("ts", event.at_nanos)
            .end();
    }
    let mut number = 0;
    let mut stretch = |name: &str, tid: u64, start: Nanos, length: Nanos| {
        number += 1;
        let id = [&whole(pid), ".", name, ".", &whole(number)].concat();
        for (phase, at) in [("b", start), ("e", start.saturating_add(length))] {
            json.event(phase, pid, tid)
                .name(name)
                .text("cat", name)
                .text("id", &id)
                .time("ts", at)
                .end();
        }
    };
    for stall in &trace.stalls {
        let lane = lane_of(stall.task);
        stretch("did not give way", lane, stall.start_nanos, stall.len_nanos);
    }
    for frame in trace.page.iter().flat_map(|page| &page.frames) {
        stretch("frame", 0, frame.start_nanos, frame.len_nanos);
    }
}

/// Every timed run as one row of comma-separated values, after `#` lines that
/// say where it ran.
#[must_use]
pub fn csv(evidence: &Evidence) -> String {
    let mut out = String::new();
    let capability = &evidence.env.capability;
    comment(&mut out, "schema", &evidence.schema);
    comment(&mut out, "lesson", &evidence.lesson);
    comment(&mut out, "build", &evidence.env.build);
    comment(&mut out, "started", &evidence.env.started);
    comment(&mut out, "browser", &capability.user_agent);
    comment(
        &mut out,
        "reported cores",
        &whole(u64::from(capability.reported_cores)),
    );
    comment(
        &mut out,
        "clock step ns",
        &whole(capability.clock_step_nanos),
    );
    comment(&mut out, "finding", &evidence.finding);
    out.push_str("lesson,arm,strategy,variant,place,workload,workers,tasks,round,order,ms,c,p,p_ticks,peak,hollow,speedup,mean_finish_ms,all_started_ms,checksum,valid,reason\n");
    for row in &evidence.rounds {
        let Some(arm) = evidence.arms.iter().find(|arm| arm.id == row.arm) else {
            continue;
        };
        cell(&mut out, &evidence.lesson);
        cell(&mut out, &row.arm);
        cell(&mut out, arm.strategy.id());
        cell(&mut out, &arm.variant);
        cell(
            &mut out,
            if arm.place == Place::Page {
                "page"
            } else {
                "worker"
            },
        );
        cell(&mut out, &row.workload);
        for count in [arm.workers, arm.tasks, row.round, row.order] {
            cell(&mut out, &whole(u64::from(count)));
        }
        // Not a number stands for what there is none of.
        let none = f64::NAN;
        let peak = f64::from(row.peak);
        for value in [
            row.ms,
            row.c,
            row.p.unwrap_or(none),
            row.p_ticks,
            peak,
            row.hollow,
            row.speedup.unwrap_or(none),
            row.mean_finish_ms,
            row.all_started_ms,
        ] {
            if value.is_finite() {
                push_decimal(&mut out, value, 4);
            }
            out.push(',');
        }
        cell(&mut out, row.checksum.as_deref().unwrap_or_default());
        out.push_str(if row.valid { "true," } else { "false," });
        out.push_str(match row.reason {
            None => "",
            Some(VoidReason::Hidden) => "hidden",
            Some(VoidReason::Gap) => "gap",
            Some(VoidReason::Checksum) => "checksum",
            Some(VoidReason::Trace) => "trace",
            Some(VoidReason::Impossible) => "impossible",
        });
        out.push('\n');
    }
    out
}

/// One `#` line; a line break in the value would end it.
fn comment(out: &mut String, name: &str, value: &str) {
    out.push_str("# ");
    out.push_str(name);
    out.push_str(": ");
    for letter in value.chars() {
        out.push(if letter < ' ' { ' ' } else { letter });
    }
    out.push('\n');
}

/// A value and a comma: quoted where it needs to be, and never read as a
/// formula by a spreadsheet.
fn cell(out: &mut String, value: &str) {
    let formula = matches!(value.bytes().next(), Some(b'=' | b'+' | b'-' | b'@'));
    let special = value
        .bytes()
        .any(|byte| matches!(byte, b',' | b'"' | b'\n' | b'\r'));
    if !formula && !special {
        out.push_str(value);
        out.push(',');
        return;
    }
    out.push_str(if formula { "\"'" } else { "\"" });
    for letter in value.chars() {
        if letter == '"' {
            out.push('"');
        }
        out.push(letter);
    }
    out.push_str("\",");
}

fn trace_name(trace: &Trace) -> String {
    [&trace.arm, ", round ", &whole(u64::from(trace.round) + 1)].concat()
}

fn hexadecimal(value: u64) -> String {
    let digit =
        |place: u32| char::from_digit((value >> (place * 4) & 15) as u32, 16).unwrap_or('0');
    (0..16).rev().map(digit).collect()
}

/// Trace events under construction; each ends with its arguments or [`Json::end`].
struct Json {
    out: String,
    first: bool,
}

impl Json {
    fn event(&mut self, phase: &str, pid: u64, tid: u64) -> &mut Self {
        if !self.first {
            self.out.push_str(",\n");
        }
        self.first = false;
        self.out.push_str("{\"ph\":\"");
        self.out.push_str(phase);
        self.out.push_str("\",\"pid\":");
        self.out.push_str(&whole(pid));
        self.out.push_str(",\"tid\":");
        self.out.push_str(&whole(tid));
        self
    }

    fn name(&mut self, value: &str) -> &mut Self {
        self.text("name", value)
    }

    fn text(&mut self, key: &str, value: &str) -> &mut Self {
        self.out.push(',');
        self.quoted(key);
        self.out.push(':');
        self.quoted(value);
        self
    }

    /// Microseconds with nanoseconds as decimals.
    fn time(&mut self, key: &str, nanos: Nanos) -> &mut Self {
        self.out.push(',');
        self.quoted(key);
        self.out.push(':');
        self.out.push_str(&whole(nanos / 1000));
        let rest = nanos % 1000;
        if rest > 0 {
            self.out.push('.');
            let digits = [rest / 100, rest / 10 % 10, rest % 10];
            self.out
                .extend(digits.map(|digit| char::from(b'0' + digit as u8)));
        }
        self
    }

    fn args(&mut self, key: &str, value: &str) {
        self.out.push_str(",\"args\":{");
        self.quoted(key);
        self.out.push(':');
        self.quoted(value);
        self.out.push_str("}}");
    }

    fn arg_number(&mut self, key: &str, value: u64) {
        self.out.push_str(",\"args\":{");
        self.quoted(key);
        self.out.push(':');
        self.out.push_str(&whole(value));
        self.out.push_str("}}");
    }

    fn end(&mut self) {
        self.out.push('}');
    }

    fn quoted(&mut self, text: &str) {
        self.out.push('"');
        if text
            .bytes()
            .all(|byte| byte >= b' ' && byte != b'"' && byte != b'\\')
        {
            self.out.push_str(text);
            self.out.push('"');
            return;
        }
        for letter in text.chars() {
            match letter {
                '"' => self.out.push_str("\\\""),
                '\\' => self.out.push_str("\\\\"),
                control if control < ' ' => {
                    self.out.push_str("\\u00");
                    self.out.push(char::from(b'0' + (control as u8 >> 4)));
                    self.out
                        .push(char::from_digit(control as u32 & 15, 16).unwrap_or('0'));
                }
                other => self.out.push(other),
            }
        }
        self.out.push('"');
    }
}
