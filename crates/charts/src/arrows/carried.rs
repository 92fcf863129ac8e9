//! Messages merged to what a screen can show.

use crate::axis::TimeAxis;
use crate::order::ordered;
use crate::town::way;
use model::{Courier, Nanos, Trace};

/// More arrows than about this many could not be told apart.
const MOST_ARROWS: usize = 240;
/// Messages between the same two within this many pixels are one arrow at first.
const CELL_PX: f64 = 3.0;
/// Lanes with a larger number are in damaged files only.
const MOST_LANES: u32 = 4_096;

/// One arrow: a message, or several that go the same way at about the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Load {
    pub from: u32,
    pub to: u32,
    /// `None` where tasks are mixed.
    pub task: Option<u32>,
    pub messages: u32,
    pub bytes: u64,
    /// Sent first and come last.
    pub sent: Nanos,
    pub came: Nanos,
    /// Time on the way of all of them, and what of it was added.
    pub way: Nanos,
    pub added: Nanos,
}

impl Load {
    fn of(courier: &Courier) -> Self {
        Self {
            from: courier.from_lane_idx,
            to: courier.to_lane_idx,
            task: Some(courier.task),
            messages: 0,
            bytes: 0,
            sent: courier.sent_nanos,
            came: courier.came_nanos.max(courier.sent_nanos),
            way: 0,
            added: 0,
        }
    }

    fn add(&mut self, courier: &Courier) {
        self.messages += 1;
        self.bytes = self.bytes.saturating_add(courier.bytes);
        self.came = self.came.max(courier.came_nanos);
        self.task = self.task.filter(|task| *task == courier.task);
        self.way = self.way.saturating_add(way(courier));
        self.added = self
            .added
            .saturating_add(courier.added_nanos.min(way(courier)));
    }

    /// Share of the time on the way that was added, 0..=1.
    pub fn added_share(&self) -> f32 {
        if self.way == 0 {
            return 0.0;
        }
        (self.added as f64 / self.way as f64) as f32
    }
}

/// The arrows in the order in which they were sent.
pub(super) fn loads(trace: &Trace, axis: &TimeAxis) -> Vec<Load> {
    let mut all: Vec<&Courier> = trace.couriers.iter().collect();
    all.retain(|courier| courier.from_lane_idx.max(courier.to_lane_idx) < MOST_LANES);
    let all = ordered(&all, |courier| courier.sent_nanos);
    let mut cell = if axis.px_per_nano() > 0.0 {
        CELL_PX / axis.px_per_nano()
    } else {
        0.0
    };
    loop {
        let merged = merge(&all, cell as Nanos);
        if merged.len() <= MOST_ARROWS || cell > axis.end_nanos as f64 {
            return merged;
        }
        cell *= 2.0;
    }
}

/// Messages between the same two that were sent within `cell` of the first of them.
fn merge(all: &[&Courier], cell: Nanos) -> Vec<Load> {
    let lanes = all
        .iter()
        .map(|courier| courier.from_lane_idx.max(courier.to_lane_idx) + 1)
        .max()
        .unwrap_or(0) as usize;
    let mut open: Vec<Vec<(u32, usize)>> = vec![Vec::new(); lanes];
    let mut loads: Vec<Load> = Vec::new();
    for courier in all {
        let Some(open) = open.get_mut(courier.from_lane_idx as usize) else {
            continue;
        };
        let known = open.iter_mut().find(|(to, _)| *to == courier.to_lane_idx);
        let last = known.as_ref().and_then(|(_, at)| loads.get_mut(*at));
        if let Some(load) = last.filter(|load| courier.sent_nanos - load.sent < cell) {
            load.add(courier);
            continue;
        }
        match known {
            Some((_, at)) => *at = loads.len(),
            None => open.push((courier.to_lane_idx, loads.len())),
        }
        let mut load = Load::of(courier);
        load.add(courier);
        loads.push(load);
    }
    loads
}
