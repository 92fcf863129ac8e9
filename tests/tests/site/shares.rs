//! How work is dealt out and handed over, held against the exported trace.

use std::collections::BTreeMap;
use tests::Visit;
use tests::claims::recorded;
use tests::record::figure;
use tests::timeline::Run;

/// Lane of every task of a run.
fn lanes(run: &Run) -> BTreeMap<u64, u64> {
    run.slices
        .iter()
        .map(|slice| (slice.task, slice.lane))
        .collect()
}

#[test]
fn a_share_dealt_before_the_start_stays_with_its_chef() {
    let visit = Visit::of_site("fair-shares");
    let evidence = recorded(&visit, "#/lesson/fair-shares?autorun&rounds=6");
    let runs = visit.timeline();
    let of = |arm: &str| {
        let own = runs.iter().filter(|run| run.arm == arm);
        own.map(lanes).collect::<Vec<_>>()
    };
    for (arm, neighbours) in [("block", 24), ("cyclic", 1)] {
        let rounds = of(arm);
        assert!(!rounds.is_empty(), "no trace of {arm}");
        for lanes in rounds {
            assert_eq!(lanes.len(), 48, "{arm}");
            let first = lanes[&0];
            for (task, lane) in &lanes {
                let is_first = (task / neighbours) % 2 == 0;
                assert_eq!(*lane == first, is_first, "{arm}: task {task}");
            }
        }
    }
    // The lower half of the picture is nearly all the work, on any machine.
    let balance = figure(&evidence, "block", "balance");
    assert!(balance.hi <= 0.65, "{balance:?}");
}

#[test]
fn thousands_of_hand_overs_end_and_are_the_same_work() {
    let visit = Visit::of_site("grain");
    let evidence = recorded(&visit, "#/lesson/grain?autorun&rounds=1&tasks=16384");
    let finest = |arm: &str| {
        let mut rows = evidence.rounds.iter();
        rows.find(|row| row.arm == arm).expect("a round").clone()
    };
    let one_by_one = finest("messages-16384");
    for other in ["batched-16384", "pool-16384", "messages-2", "sequential"] {
        assert_eq!(finest(other).checksum, one_by_one.checksum, "{other}");
    }
    assert!(one_by_one.ms > finest("batched-16384").ms);
}
