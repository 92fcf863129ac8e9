//! The lab with more chefs than knives.

use tests::Visit;
use tests::claims::{TRIES, not_outside, recorded};
use tests::record::{busy, figure};

#[test]
fn four_times_the_cores_leave_lanes_hollow_and_parallelism_at_capacity() {
    let visit = Visit::of_site("oversubscribed");
    visit.open("#/");
    let cores = visit.eval("window.twoChefs.capabilities().reported_cores");
    let workers = (4 * cores.as_u64().unwrap_or(1)).min(32) as u32;
    let tasks = 6 * workers;
    let fragment = format!(
        "#/lab?autorun=on&workload=primes&strategies=pool&workers={workers}&tasks={tasks}&size=10&rounds=6"
    );
    let arm = format!("pool-{workers}");
    for attempt in 1..=TRIES {
        let evidence = recorded(&visit, &fragment);
        assert!(
            figure(&evidence, &arm, "hollow").lo > 0.0,
            "lanes must be hollow in part"
        );
        let ready: u64 = visit
            .timeline()
            .iter()
            .filter(|run| run.arm == arm)
            .map(|run| run.ready)
            .sum();
        assert!(ready > 0, "the exported trace shows it too");
        assert!(figure(&evidence, &arm, "peak").median > f64::from(workers) / 2.0);
        match busy(&evidence) {
            None => {
                let capacity = evidence.capacity.by_workers[&workers].median;
                let rows = evidence
                    .rounds
                    .iter()
                    .filter(|row| row.arm == arm && row.valid);
                let p: Vec<f64> = rows.filter_map(|row| row.p).collect();
                not_outside("p", &p, 0.85 * capacity, 1.15 * capacity);
                return;
            }
            Some(why) => eprintln!("attempt {attempt}: {why}"),
        }
    }
}
