//! How long lanes stood still for locks.

use crate::summary::{share, union};
use model::{Arm, State, Trace, millis_from_nanos};
use std::collections::BTreeMap;

/// `lock_wait_share`: time that lanes stood still for a lock / time of all lanes,
/// 0..=1, and the same time as `lock_wait_ms` for the lane that stood longest;
/// nothing where no lock is used, or the recorder overflowed.
pub(crate) fn figures(arm: &Arm, trace: &Trace) -> BTreeMap<String, f64> {
    let uses_lock = arm.jobs.iter().any(|job| job.locked_share > 0.0)
        || trace.spans.iter().any(|span| span.state == State::Blocked);
    if !uses_lock || trace.dropped > 0 {
        return BTreeMap::new();
    }
    let lanes = 0..trace.lanes.len() as u32;
    let stood: Vec<u64> = lanes
        .map(|lane_idx| union(trace, lane_idx, |state| state == State::Blocked))
        .collect();
    let all = trace.makespan_nanos as f64 * stood.len() as f64;
    let together: u64 = stood.iter().sum();
    let longest = stood.iter().max().copied().unwrap_or(0);
    [
        (
            "lock_wait_share".to_owned(),
            share(together as f64, all).unwrap_or(0.0),
        ),
        ("lock_wait_ms".to_owned(), millis_from_nanos(longest)),
    ]
    .into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Job, Lane, LaneKind, Manner, Place, Span, Strategy};

    fn arm(locked_share: f64) -> Arm {
        Arm {
            id: "lock-2".into(),
            strategy: Strategy::Blocking,
            variant: String::new(),
            workers: 2,
            place: Place::Worker,
            workload: "shaker".into(),
            jobs: vec![Job {
                locked_share,
                ..Job::default()
            }],
            slice_steps: 1,
            manner: Manner::default(),
            edges: Vec::new(),
            base: None,
        }
    }

    fn trace(stood: &[(u32, u64, u64)]) -> Trace {
        let span = |&(lane_idx, start_nanos, len_nanos): &(u32, u64, u64)| Span {
            lane_idx,
            task: 0,
            state: State::Blocked,
            start_nanos,
            len_nanos,
        };
        Trace {
            makespan_nanos: 4_000_000,
            lanes: (0..2)
                .map(|index| Lane {
                    kind: LaneKind::Pool,
                    index,
                    clock_offset_nanos: 0,
                })
                .collect(),
            spans: stood.iter().map(span).collect(),
            ..Trace::default()
        }
    }

    #[test]
    fn waits_count_once_a_lane() {
        // Two tasks of one event loop may stand still at the same time.
        let stood = [
            (0, 0, 1_000_000),
            (0, 500_000, 1_500_000),
            (1, 0, 1_000_000),
        ];
        let found = figures(&arm(0.0), &trace(&stood));
        assert_eq!(found["lock_wait_share"], 3.0 / 8.0);
        assert_eq!(found["lock_wait_ms"], 2.0);
    }

    #[test]
    fn a_lock_that_nobody_waits_for_is_a_figure_and_no_lock_is_none() {
        assert_eq!(figures(&arm(0.5), &trace(&[]))["lock_wait_share"], 0.0);
        assert!(figures(&arm(0.0), &trace(&[])).is_empty());
    }
}
