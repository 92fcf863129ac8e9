//! What the depot writes down of a run.

use model::{Courier, LaneKind, NANOS_PER_MILLI, Nanos, Span, State, TaskSpec};
use runner::{
    Clock, Finished,
    log::Raw,
    town::{Counts, wire::Done},
};
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use web::clock::PageClock;
use workloads::mapped::{Answer, find};

/// A message that is under way.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sent {
    /// When it was handed over.
    pub(crate) sent_nanos: Nanos,
    /// All bytes of it.
    pub(crate) bytes: u64,
    /// What the network model holds it up for.
    pub(crate) added_nanos: Nanos,
}

/// The depot's lane is the first.
const DEPOT: u32 = 0;

/// The record of a run in progress.
pub(crate) struct Ledger {
    raw: Rc<RefCell<Raw>>,
    /// How far the clock of each node is off.
    offsets: Vec<i64>,
    sent: BTreeMap<(usize, u32), Sent>,
    parts: Vec<Answer>,
    /// From handing over a parcel to its being at hand, and to the note that says so,
    /// by KiB.
    parcels: BTreeMap<u32, Vec<(Nanos, Nanos)>>,
}

impl Ledger {
    pub(crate) fn new(raw: Rc<RefCell<Raw>>, offsets: Vec<i64>) -> Self {
        Self {
            raw,
            offsets,
            sent: BTreeMap::new(),
            parts: Vec::new(),
            parcels: BTreeMap::new(),
        }
    }

    /// A reading of a node's clock on this one.
    fn back(&self, node: usize, nanos: Nanos) -> Nanos {
        let offset = self.offsets.get(node).copied().unwrap_or(0);
        nanos.saturating_add_signed(-offset)
    }

    /// The depot moved data of a task.
    pub(crate) fn moved(&self, task: u32, start_nanos: Nanos, end_nanos: Nanos) {
        self.span(DEPOT, task, State::Moving, (start_nanos, end_nanos));
    }

    /// A node did, on its own clock.
    pub(crate) fn posted(&self, node: usize, task: u32, start_nanos: Nanos, len_nanos: Nanos) {
        let start = self.back(node, start_nanos);
        self.span(
            node as u32 + 1,
            task,
            State::Moving,
            (start, start + len_nanos),
        );
    }

    fn span(&self, lane_idx: u32, task: u32, state: State, (start, end): (Nanos, Nanos)) {
        let len_nanos = end.saturating_sub(start);
        if len_nanos > 0 {
            self.raw.borrow_mut().spans.push(Span {
                lane_idx,
                task,
                state,
                start_nanos: start,
                len_nanos,
            });
        }
    }

    /// A task was sent to a node.
    pub(crate) fn sent(&mut self, node: usize, task: u32, sent: Sent) {
        self.sent.insert((node, task), sent);
    }

    /// An answer came to the depot just now.
    pub(crate) fn came(&mut self, node: usize, done: &mut Done, answer: Sent, now: Nanos) {
        let lane = node as u32 + 1;
        let task = done.task;
        let out = self.sent.remove(&(node, task));
        let courier = |from, to, sent: Sent, came_nanos| Courier {
            from_lane_idx: from,
            to_lane_idx: to,
            task,
            bytes: sent.bytes,
            sent_nanos: sent.sent_nanos,
            came_nanos,
            added_nanos: sent.added_nanos,
        };
        let at_node = self.back(node, done.came_nanos);
        let returned = Sent {
            sent_nanos: self.back(node, done.sent_nanos),
            ..answer
        };
        let spans = std::mem::take(&mut done.spans);
        let spans = spans.into_iter().map(|span| Span {
            lane_idx: lane,
            start_nanos: self.back(node, span.start_nanos),
            ..span
        });
        let mut raw = self.raw.borrow_mut();
        raw.spans.extend(spans);
        raw.dropped += done.dropped;
        let out = out.map(|out| courier(DEPOT, lane, out, at_node));
        raw.couriers.extend(out);
        raw.couriers.push(courier(lane, DEPOT, returned, now));
        raw.end_nanos = now;
    }

    /// The answer counts.
    pub(crate) fn counts(&mut self, node: usize, done: &Done, now: Nanos) {
        let part = done.part.clone().unwrap_or_default();
        let started_nanos = self.back(node, done.started_nanos);
        let finished = Finished {
            task: done.task,
            lane_idx: node as u32 + 1,
            started_nanos,
            // Clocks with a coarse step may differ by one of them.
            finished_nanos: now.max(started_nanos + done.busy_nanos),
            busy_nanos: done.busy_nanos,
            polls: 1,
            wakes: 1,
            checksum: part.checksum,
            tile: None,
        };
        self.parts.push(part.into());
        self.raw.borrow_mut().finished.push(finished);
    }

    /// A parcel's way, for its figures.
    pub(crate) fn parcel(&mut self, node: usize, spec: &TaskSpec, done: &Done, now: Nanos) {
        let Some(sent) = self.sent.get(&(node, done.task)) else {
            return;
        };
        let at_hand = self.back(node, done.came_nanos);
        let way = (
            at_hand.saturating_sub(sent.sent_nanos),
            now.saturating_sub(sent.sent_nanos),
        );
        self.parcels.entry(spec.size).or_default().push(way);
    }

    /// An instant of the run, in milliseconds since its start.
    pub(crate) fn instant(&self, name: &str) {
        let mut raw = self.raw.borrow_mut();
        let since = PageClock.now_nanos().saturating_sub(raw.start_nanos);
        raw.figures.insert(name.into(), millis(since));
    }

    /// A node is no longer there; pictures of the run close its kitchen.
    pub(crate) fn gone(&self, node: usize) {
        let lane = (node + 1).to_string();
        self.instant(&["gone.", &lane].concat());
    }

    /// The run has ended.
    pub(crate) fn close(&mut self, counts: Counts, specs: &[TaskSpec]) {
        let job = specs.first().and_then(|spec| find(&spec.workload));
        let whole = job
            .map(|job| job.join(std::mem::take(&mut self.parts)))
            .unwrap_or_default();
        let mut raw = self.raw.borrow_mut();
        let bytes = |is_out: bool| -> f64 {
            let couriers = raw.couriers.iter();
            let those = couriers.filter(|one| (one.from_lane_idx == DEPOT) == is_out);
            those.map(|one| one.bytes as f64).sum()
        };
        let figures = [
            ("town.lost", f64::from(counts.lost)),
            ("town.unfinished", f64::from(counts.unfinished)),
            ("town.retried", f64::from(counts.retried)),
            ("town.spares", f64::from(counts.spares)),
            ("town.wasted", f64::from(counts.wasted)),
            ("town.moved", f64::from(counts.moved)),
            ("town.messages", raw.couriers.len() as f64),
            ("town.out_bytes", bytes(true)),
            ("town.back_bytes", bytes(false)),
            ("town.records", whole.records as f64),
            ("town.keys", whole.keys as f64),
            ("town.skipped", whole.skipped as f64),
        ];
        raw.found = whole.rows();
        let named = figures.map(|(name, value)| (name.to_string(), value));
        raw.figures.extend(named);
        for (kibibytes, mut ways) in std::mem::take(&mut self.parcels) {
            let kibibytes = kibibytes.to_string();
            let mut median = |pick: fn(&(Nanos, Nanos)) -> Nanos| {
                ways.sort_unstable_by_key(pick);
                ways.get(ways.len() / 2).map_or(0, pick)
            };
            let (way, trip) = (median(|way| way.0), median(|way| way.1));
            let name = ["parcel.way_ms.", &kibibytes].concat();
            raw.figures.insert(name, millis(way));
            let name = ["parcel.trip_ms.", &kibibytes].concat();
            raw.figures.insert(name, millis(trip));
        }
    }
}

fn millis(nanos: Nanos) -> f64 {
    nanos as f64 / NANOS_PER_MILLI as f64
}

/// The lanes of a run: the depot, then the nodes.
pub(crate) fn lanes(nodes: &[(LaneKind, i64)]) -> Vec<model::Lane> {
    let lane = |kind, index, clock_offset_nanos| model::Lane {
        kind,
        index,
        clock_offset_nanos,
    };
    let nodes = (0..).zip(nodes);
    let nodes = nodes.map(|(index, (kind, offset))| lane(*kind, index, *offset));
    std::iter::once(lane(LaneKind::Host, 0, 0))
        .chain(nodes)
        .collect()
}
