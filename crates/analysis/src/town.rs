//! What went between nodes that share nothing.

use model::{Arm, Courier, LaneKind, PARCEL, Trace};
use std::collections::BTreeMap;

/// Of arms with nodes that map and reduce: `town.bytes` (in all messages that carried
/// data), `town.found_bytes` (what mapped splits gave, on its way from the nodes) and
/// `town.heaviest` (bytes of the largest part of the keys over the mean part, at
/// least 1).
pub(crate) fn figures(arm: &Arm, trace: &Trace) -> BTreeMap<String, f64> {
    let mut figures = BTreeMap::new();
    let is_parcel = arm.jobs.iter().any(|job| job.workload == PARCEL);
    if arm.manner.town.is_none() || is_parcel {
        return figures;
    }
    let splits: u32 = arm.jobs.iter().map(|job| job.tasks).sum();
    let is_depot = |at: u32| {
        let lane = trace.lanes.get(at as usize);
        lane.is_some_and(|lane| lane.kind == LaneKind::Host)
    };
    let bytes = |wanted: &dyn Fn(&Courier) -> bool| {
        let found = trace.couriers.iter().filter(|courier| wanted(courier));
        found.map(|courier| courier.bytes as f64).sum::<f64>()
    };
    let mut put = |name: &str, value: f64| figures.insert(name.to_owned(), value);
    put("town.bytes", bytes(&|_| true));
    let found = |one: &Courier| one.task < splits && is_depot(one.to_lane_idx);
    put("town.found_bytes", bytes(&found));
    let parts: Vec<f64> = (splits..splits + arm.reducers())
        .map(|part| bytes(&|one| one.task == part && is_depot(one.from_lane_idx)))
        .collect();
    let mean = parts.iter().sum::<f64>() / parts.len().max(1) as f64;
    if mean > 0.0 {
        let largest = parts.iter().copied().fold(0.0, f64::max);
        put("town.heaviest", largest / mean);
    }
    figures
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Job, Lane, Manner, Place, Strategy, Town};

    fn arm(workload: &str) -> Arm {
        Arm {
            id: "a".into(),
            strategy: Strategy::Messages,
            variant: String::new(),
            workers: 2,
            place: Place::Worker,
            workload: "w".into(),
            jobs: vec![Job {
                workload: workload.into(),
                tasks: 2,
                size: 64,
                ..Job::default()
            }],
            slice_steps: 1,
            manner: Manner {
                town: Some(Town::default()),
                ..Manner::default()
            },
            edges: Vec::new(),
            base: None,
        }
    }

    fn trace() -> Trace {
        let lane = |kind| Lane {
            kind,
            index: 0,
            clock_offset_nanos: 0,
        };
        let courier = |task, from_lane_idx, to_lane_idx, bytes| Courier {
            from_lane_idx,
            to_lane_idx,
            task,
            bytes,
            sent_nanos: 0,
            came_nanos: 1,
            added_nanos: 0,
        };
        Trace {
            lanes: vec![
                lane(LaneKind::Host),
                lane(LaneKind::Message),
                lane(LaneKind::Message),
            ],
            couriers: vec![
                // Two splits go out and come back as blocks, which go to two reducers.
                courier(0, 0, 1, 65_536),
                courier(1, 0, 2, 65_536),
                courier(0, 1, 0, 300),
                courier(1, 2, 0, 100),
                courier(2, 0, 1, 300),
                courier(3, 0, 2, 100),
                courier(2, 1, 0, 10),
            ],
            ..Trace::default()
        }
    }

    #[test]
    fn bytes_are_told_by_their_way() {
        let figures = figures(&arm("word-count"), &trace());
        assert_eq!(figures["town.bytes"], 131_072.0 + 810.0);
        assert_eq!(figures["town.found_bytes"], 400.0);
        assert_eq!(figures["town.heaviest"], 1.5);
    }

    #[test]
    fn where_nothing_is_reduced_nothing_is_told() {
        assert!(figures(&arm(PARCEL), &trace()).is_empty());
        let mut other = arm("primes");
        other.manner.town = None;
        assert!(figures(&other, &trace()).is_empty());
        let empty = figures(&arm("word-count"), &Trace::default());
        assert_eq!(empty.get("town.heaviest"), None);
    }
}
