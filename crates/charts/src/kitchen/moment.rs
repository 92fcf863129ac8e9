//! What everybody does at one instant, and which instants are worth a stop.

use crate::axis::last_nanos;
use crate::format::whole;
use crate::intervals::end_of;
use crate::order::{distinct, ordered};
use crate::tasks::count_tasks;
use crate::{Chef, chefs};
use model::{LaneKind, Nanos, Span, State, Trace};

/// More tickets than this do not fit on a rail. If they wait for something,
/// guests stand in line instead.
const MOST_TICKETS: u32 = 54;

/// Upper bound on the number of [`moments`].
pub const MOST_MOMENTS: usize = 60;

/// Who and what appears anywhere in the trace, so that the picture keeps its
/// layout from the first instant to the last.
pub(crate) struct Cast {
    pub chefs: Vec<Chef>,
    pub tasks: u32,
    pub end: Nanos,
    /// Nothing new is to be seen after this: where a run was ended because all
    /// stood still, they stand there to its end.
    last: Nanos,
    /// Start and end of each task; `None` until it starts or ends.
    lives: Vec<(Option<Nanos>, Option<Nanos>)>,
    /// When each task came.
    came: Vec<Nanos>,
    /// Whether tasks are guests who stand in line at a counter, instead of
    /// tickets on a rail: they come over time, or wait and are too many for a rail.
    pub has_guests: bool,
    /// Whether any task ever waits in a pot that needs nobody.
    pub has_pots: bool,
    /// By lane: whether who waits there can do nothing else.
    is_blocking: Vec<bool>,
    /// Whether a chef ever has a board set aside while working on another.
    pub has_aside: bool,
    gap_nanos: Nanos,
}

impl Cast {
    pub fn of(trace: &Trace) -> Self {
        let tasks = count_tasks(trace).min(100_000);
        let mut lives = vec![(None, None); tasks as usize];
        // A task that is only ready has not started.
        for span in trace.spans.iter().filter(|span| span.state != State::Ready) {
            if let Some((start, end)) = lives.get_mut(span.task as usize) {
                *start = Some(
                    start.map_or(span.start_nanos, |known: Nanos| known.min(span.start_nanos)),
                );
                if trace.makespan_nanos > 0 {
                    *end = Some(end.map_or(end_of(span), |known: Nanos| known.max(end_of(span))));
                }
            }
        }
        let mut came = vec![0; tasks as usize];
        for task in &trace.tasks {
            if let Some(life) = lives.get_mut(task.id as usize) {
                *life = (Some(task.started_nanos), Some(task.finished_nanos));
            }
            if let Some(came) = came.get_mut(task.id as usize) {
                *came = task.spawned_nanos;
            }
        }
        let end = last_nanos(trace);
        let mut last = end;
        if trace.is_stuck() {
            // What was given up is not done.
            for life in &mut lives {
                life.1 = None;
            }
            last = all_stand(trace).unwrap_or(end);
        }
        // A thread of the pool that waits is blocked; elsewhere a wait goes on
        // while the thread does something else.
        let lanes = trace.lanes.iter();
        let is_blocking: Vec<bool> = lanes.map(|lane| lane.kind == LaneKind::Pool).collect();
        let is_pot = |span: &Span| {
            span.state == State::Waiting && is_blocking.get(span.lane_idx as usize) != Some(&true)
        };
        let is_served = trace.spans.iter().any(|span| span.state == State::Waiting);
        Self {
            chefs: chefs(trace),
            tasks,
            end,
            last,
            lives,
            has_guests: came.iter().any(|at| *at > 0) || (tasks > MOST_TICKETS && is_served),
            came,
            has_pots: trace.spans.iter().any(is_pot),
            is_blocking,
            has_aside: has_aside(trace),
            gap_nanos: trace.gap_nanos,
        }
    }
}

impl Cast {
    fn has_begun(&self, task: u32, at: Nanos) -> bool {
        let life = self.lives.get(task as usize);
        life.is_some_and(|life| life.0.is_some_and(|start| start <= at))
    }
}

/// The last instant at which every task that ends standing still does so.
fn all_stand(trace: &Trace) -> Option<Nanos> {
    let mut first: Option<Nanos> = None;
    for task in &trace.tasks {
        let stood = trace
            .spans
            .iter()
            .filter(|span| span.task == task.id && span.state == State::Blocked);
        if let Some(end) = stood.map(end_of).max() {
            first = Some(first.map_or(end, |known| known.min(end)));
        }
    }
    first.map(|end| end.saturating_sub(1))
}

/// Whether on some lane a task is ready while another runs.
fn has_aside(trace: &Trace) -> bool {
    let mut spans: Vec<&Span> = trace
        .spans
        .iter()
        .filter(|span| span.state != State::Waiting && span.len_nanos > 0)
        .collect();
    spans = ordered(&spans, |span| span.start_nanos);
    spans = ordered(&spans, |span| u64::from(span.lane_idx));
    let (mut lane, mut until) = (None, 0);
    for span in spans {
        if lane == Some(span.lane_idx) && span.start_nanos < until {
            return true;
        }
        if lane != Some(span.lane_idx) {
            until = 0;
        }
        (lane, until) = (Some(span.lane_idx), until.max(end_of(span)));
    }
    false
}

/// What a chef does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Doing {
    Chopping(u32),
    /// At it for so long, without looking up, that the others wait.
    Stuck(u32, Nanos),
    /// Standing at this pot: blocked until it is done.
    Watching(u32),
    /// Standing still for the salt shaker that another has, with this dish.
    Blocked(u32),
    /// Carrying the data of this dish.
    Carrying(u32),
    /// Ready to go on with this dish, but not progressing.
    NoKnife(u32),
    /// Looking up from one board to the next.
    Between,
    Free,
}

/// A chef at one instant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct AtWork {
    pub doing: Doing,
    /// Boards set aside, in order.
    pub aside: Vec<u32>,
}

/// A ticket at one instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ticket {
    /// Has not come yet.
    NotCome,
    ToDo,
    UnderWay,
    Done,
}

/// The whole kitchen at one instant.
pub(crate) struct Now {
    pub at: Nanos,
    /// One for each chef.
    pub chefs: Vec<AtWork>,
    /// One for each task.
    pub tickets: Vec<Ticket>,
    /// Tasks in pots, in order.
    pub pots: Vec<u32>,
    /// Finished tasks in order of their numbers.
    pub done: Vec<u32>,
}

impl Now {
    pub fn at(trace: &Trace, cast: &Cast, at: Nanos) -> Self {
        let at = at.min(cast.end);
        let seen = at.min(cast.last);
        let mut here: Vec<&Span> = Vec::new();
        let mut pots: Vec<u32> = Vec::new();
        for span in &trace.spans {
            if span.start_nanos > seen || seen >= end_of(span) {
                continue;
            }
            let is_blocking = cast.is_blocking.get(span.lane_idx as usize);
            if span.state == State::Waiting && is_blocking != Some(&true) {
                pots.push(span.task);
            } else {
                here.push(span);
            }
        }
        let mut tickets = Vec::with_capacity(cast.lives.len());
        let mut done = Vec::new();
        for ((task, life), came) in (0..).zip(&cast.lives).zip(&cast.came) {
            tickets.push(match *life {
                (_, Some(end)) if end <= at => {
                    done.push(task);
                    Ticket::Done
                }
                (Some(start), _) if start <= at => Ticket::UnderWay,
                _ if *came > at => Ticket::NotCome,
                _ => Ticket::ToDo,
            });
        }
        let mut chefs = Vec::with_capacity(cast.chefs.len());
        for chef in &cast.chefs {
            chefs.push(at_work(chef, trace, &here, cast, seen));
        }
        Self {
            at,
            chefs,
            tickets,
            pots: distinct(&pots),
            done,
        }
    }
}

impl Now {
    /// How many tickets are in a state, as text.
    pub fn how_many(&self, state: Ticket) -> String {
        let tickets = self.tickets.iter();
        whole(tickets.filter(|ticket| **ticket == state).count() as u64)
    }

    /// Tasks that have come and were not begun, in order.
    pub fn waiting(&self) -> Vec<u32> {
        let mut waiting = Vec::new();
        for (task, ticket) in (0..).zip(&self.tickets) {
            if *ticket == Ticket::ToDo {
                waiting.push(task);
            }
        }
        waiting
    }
}

fn at_work(chef: &Chef, trace: &Trace, here: &[&Span], cast: &Cast, at: Nanos) -> AtWork {
    let (mut running, mut held) = (None, None);
    let mut ready: Vec<&Span> = Vec::new();
    for span in here {
        if span.lane_idx != chef.lane_idx {
            continue;
        }
        match span.state {
            State::Running => running = Some(span.task),
            State::Waiting => held = Some(Doing::Watching(span.task)),
            State::Blocked => held = Some(Doing::Blocked(span.task)),
            State::Moving => held = Some(Doing::Carrying(span.task)),
            State::Ready => ready.push(span),
        }
    }
    let doing = match running {
        Some(task) => chopping(task, trace, at),
        None => match held {
            Some(doing) => doing,
            None if ready.is_empty() => Doing::Free,
            None => stopped(chef, trace, &ready, cast, at),
        },
    };
    let mut aside = Vec::new();
    for span in ready {
        // Who still stands in line has no board yet.
        let is_in_line = cast.has_guests && !cast.has_begun(span.task, at);
        if running != Some(span.task) && doing != Doing::NoKnife(span.task) && !is_in_line {
            aside.push(span.task);
        }
    }
    AtWork {
        doing,
        aside: distinct(&aside),
    }
}

/// Chopping, or stuck in a poll that does not give way.
fn chopping(task: u32, trace: &Trace, at: Nanos) -> Doing {
    for stall in &trace.stalls {
        let end = stall.start_nanos.saturating_add(stall.len_nanos);
        if stall.task == task && (stall.start_nanos..end).contains(&at) {
            return Doing::Stuck(task, at - stall.start_nanos);
        }
    }
    Doing::Chopping(task)
}

/// Something is ready and nothing runs. If the same dish was chopped before
/// and is chopped next, the knife was taken away in mid-chop; if another comes
/// next, the chef is changing boards.
fn stopped(chef: &Chef, trace: &Trace, ready: &[&Span], cast: &Cast, at: Nanos) -> Doing {
    let (mut before, mut after): (Option<&Span>, Option<&Span>) = (None, None);
    for span in &trace.spans {
        if span.lane_idx != chef.lane_idx || span.state != State::Running {
            continue;
        }
        if span.start_nanos > at {
            if after.is_none_or(|known| span.start_nanos < known.start_nanos) {
                after = Some(span);
            }
        } else if before.is_none_or(|known| span.start_nanos > known.start_nanos) {
            before = Some(span);
        }
    }
    if let (Some(before), Some(after)) = (before, after) {
        let task = before.task;
        if task == after.task && ready.iter().any(|span| span.task == task) {
            return Doing::NoKnife(task);
        }
    }
    match ready {
        [only] if only.len_nanos >= cast.gap_nanos => Doing::NoKnife(only.task),
        _ => Doing::Between,
    }
}

/// Instants at which something worth seeing changes, in order, from 0 to the
/// end; at most [`MOST_MOMENTS`]. Where to stop when stepping.
#[must_use]
pub fn moments(trace: &Trace) -> Vec<Nanos> {
    let end = last_nanos(trace);
    let near = (end / 240).max(1);
    let mut firm: Vec<Nanos> = vec![0, end];
    for task in &trace.tasks {
        firm.push(task.started_nanos);
        firm.push(task.finished_nanos);
    }
    let mut extra: Vec<Nanos> = Vec::new();
    for span in &trace.spans {
        let list = if matches!(span.state, State::Waiting | State::Blocked) {
            &mut firm
        } else {
            &mut extra
        };
        list.push(span.start_nanos);
        list.push(end_of(span));
    }
    for courier in &trace.couriers {
        // Seen in the middle of the way.
        extra.push(courier.sent_nanos + crate::town::way(courier) / 2);
    }
    for span in trace
        .spans
        .iter()
        .filter(|span| span.state == State::Moving)
    {
        extra.push(span.start_nanos.saturating_add(span.len_nanos / 2));
    }
    let mut all = spread(&firm, end, near, MOST_MOMENTS);
    let room = MOST_MOMENTS - all.len();
    extra = spread(&extra, end, near, usize::MAX);
    extra.retain(|at| all.iter().all(|known| known.abs_diff(*at) > near));
    all.extend(thin(&extra, room));
    spread(&all, end, 1, MOST_MOMENTS)
}

/// Sorted, none closer than `near` to the one before, thinned to `most`; the
/// first and the last instant stay.
fn spread(instants: &[Nanos], end: Nanos, near: Nanos, most: usize) -> Vec<Nanos> {
    let mut kept: Vec<Nanos> = Vec::new();
    for at in ordered(instants, |at| *at) {
        let last = kept.last().copied();
        if at <= end && last.is_none_or(|last| at >= last.saturating_add(near)) {
            kept.push(at);
        }
    }
    if kept.last() != Some(&end) {
        if kept.len() > 1 {
            kept.pop();
        }
        kept.push(end);
    }
    thin(&kept, most)
}

/// At most `most` of them, evenly, with the first and the last.
fn thin(instants: &[Nanos], most: usize) -> Vec<Nanos> {
    if instants.len() <= most || most < 2 {
        return instants
            .get(..most.min(instants.len()))
            .unwrap_or_default()
            .to_vec();
    }
    let mut few = Vec::with_capacity(most);
    for idx in 0..most {
        few.extend(instants.get(idx * (instants.len() - 1) / (most - 1)));
    }
    few
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thinning_keeps_both_ends() {
        let many: Vec<Nanos> = (0..1000).collect();
        let few = thin(&many, 60);
        assert_eq!((few.len(), few[0], few[59]), (60, 0, 999));
    }

    #[test]
    fn close_instants_become_one() {
        assert_eq!(spread(&[5, 0, 6, 7, 20, 21, 99], 21, 3, 60), [0, 5, 21]);
    }
}
