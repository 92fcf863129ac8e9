//! Who the lanes of a trace stand for.

use crate::Say;
use crate::phrase::phrase;
use model::{LaneKind, Trace};

/// A lane on which tasks are worked on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chef {
    /// Number from 1, as the reader sees it; 0 for the depot that sends data to
    /// others and collects what they made of it.
    pub number: u32,
    /// Index into [`Trace::lanes`].
    pub lane_idx: u32,
    /// What the lane stands for.
    pub kind: LaneKind,
}

/// The chefs of a trace in lane order. A page or host lane that only
/// coordinates workers is not a chef.
#[must_use]
pub fn chefs(trace: &Trace) -> Vec<Chef> {
    let is_worker = |kind| matches!(kind, LaneKind::Pool | LaneKind::Message | LaneKind::Tab);
    let has_workers = trace.lanes.iter().any(|lane| is_worker(lane.kind));
    let mut works = vec![false; trace.lanes.len()];
    for span in &trace.spans {
        if let Some(works) = works.get_mut(span.lane_idx as usize) {
            *works = true;
        }
    }
    let has_depot = has_workers && crate::town::is_town(trace);
    let mut chefs: Vec<Chef> = Vec::new();
    let mut numbered = 0;
    for ((lane_idx, lane), works) in (0_u32..).zip(&trace.lanes).zip(works) {
        if is_worker(lane.kind) || !has_workers || works {
            let is_depot = has_depot && crate::town::is_depot(lane.kind);
            numbered += u32::from(!is_depot);
            chefs.push(Chef {
                number: if is_depot { 0 } else { numbered },
                lane_idx,
                kind: lane.kind,
            });
        }
    }
    chefs
}

/// Larger ids are in damaged files only.
const MOST_IDS: u32 = 1_000_000;

/// Number of the chef who finished each task, by its id, or 0.
#[must_use]
pub fn chefs_of_tasks(trace: &Trace) -> Vec<u32> {
    let of_lane = numbers(&chefs(trace), trace.lanes.len());
    let ids = trace.tasks.iter().map(|task| task.id);
    let last = ids.max().unwrap_or(0).min(MOST_IDS);
    let mut of_task = vec![0; last as usize + 1];
    for record in &trace.tasks {
        let chef = of_lane.get(record.lane_idx as usize);
        if let (Some(place), Some(chef)) = (of_task.get_mut(record.id as usize), chef) {
            *place = *chef;
        }
    }
    of_task
}

/// Number of the chef of each lane; 0 where there is none.
pub(crate) fn numbers(chefs: &[Chef], lanes: usize) -> Vec<u32> {
    let mut numbers = vec![0; lanes];
    for chef in chefs {
        if let Some(number) = numbers.get_mut(chef.lane_idx as usize) {
            *number = chef.number;
        }
    }
    numbers
}

impl Chef {
    /// "chef 1".
    #[must_use]
    pub fn label(&self, say: Say) -> String {
        let key = match self.kind {
            _ if self.number == 0 => "chart.town.depot",
            LaneKind::Page => "chart.lane.page",
            LaneKind::Host => "chart.lane.host",
            LaneKind::Pool => "chart.lane.pool",
            LaneKind::Message => "chart.lane.message",
            LaneKind::Tab => "chart.lane.tab",
            LaneKind::Gpu => "chart.lane.gpu",
        };
        phrase(say).number("n", self.number).get(key)
    }

    /// What the chef really is, such as "worker with shared memory".
    #[must_use]
    pub fn place(&self, say: Say) -> String {
        let key = match self.kind {
            LaneKind::Page => "chart.place.page",
            LaneKind::Host => "chart.place.host",
            LaneKind::Pool => "chart.place.pool",
            LaneKind::Message => "chart.place.message",
            LaneKind::Tab => "chart.place.tab",
            LaneKind::Gpu => "chart.place.gpu",
        };
        say(key, &[])
    }
}
