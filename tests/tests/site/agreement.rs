//! Every kind of work, run in every way by teams of every size, comes to what
//! plain serial code says, compiled for this machine instead of the browser.

use model::{Arm, ArmInfo, Strategy, VoidReason};
use std::collections::BTreeSet;
use tests::Visit;
use tests::claims::recorded;

const TEAMS: [u32; 5] = [1, 2, 3, 4, 8];

/// The sum of what plain code says about every task of an arm, by work.
///
/// # Panics
/// For work that is not known.
pub fn expected(info: &ArmInfo, seed: u64) -> Vec<(String, u64)> {
    let each = info.jobs.iter().map(|job| {
        let arm = Arm {
            id: info.id.clone(),
            strategy: info.strategy,
            variant: String::new(),
            workers: info.workers,
            place: info.place,
            workload: info.workload.clone(),
            jobs: vec![job.clone()],
            slice_steps: 1,
            manner: info.manner,
            edges: Vec::new(),
            base: None,
        };
        let workload = workloads::registry::find(&job.workload).expect("known work");
        let tasks = arm.tasks(seed, 0);
        assert_eq!(tasks.len() as u32, job.tasks);
        let sum = tasks.iter().fold(0, |sum: u64, task| {
            sum.wrapping_add((workload.reference)(task))
        });
        (job.workload.clone(), sum)
    });
    each.collect()
}

/// The ways whose results are the same to the bit. What the graphics processor
/// computes agrees within a tolerance, which the lesson about it holds it to.
fn exact() -> Vec<Strategy> {
    let all = Strategy::ALL.into_iter();
    all.filter(|way| *way != Strategy::Gpu).collect()
}

/// Runs the work in every way with these teams; the ways that came to be.
fn agree(visit: &Visit, work: &[&str], tasks: usize, teams: &[u32]) -> BTreeSet<Strategy> {
    let mut ways = BTreeSet::new();
    for workers in teams {
        let fragment = format!(
            "#/lab?autorun=on&workload={}&strategies={}&workers={workers}&tasks={tasks}&size=1&wait=2&rounds=1",
            work.join(","),
            exact()
                .into_iter()
                .map(Strategy::id)
                .collect::<Vec<_>>()
                .join(","),
        );
        let evidence = recorded(visit, &fragment);
        for arm in &evidence.arms {
            let row = evidence.rounds.iter().find(|row| row.arm == arm.id);
            let row = row.unwrap_or_else(|| panic!("{}: not run", arm.id));
            let by_work = expected(arm, evidence.seed);
            assert_eq!(by_work.len(), work.len(), "{}", arm.id);
            let sum = by_work
                .iter()
                .fold(0, |sum: u64, (_, own)| sum.wrapping_add(*own));
            assert_eq!(
                row.checksum,
                Some(format!("{sum:016x}")),
                "{} with a team of {workers}, of which {by_work:x?}",
                arm.id
            );
            // On a busy machine a round may be void for its times.
            assert_ne!(row.reason, Some(VoidReason::Checksum), "{}", arm.id);
            if arm.strategy.uses_workers() {
                assert_eq!(arm.workers, *workers, "{}", arm.id);
            }
            ways.insert(arm.strategy);
        }
    }
    ways
}

#[test]
fn every_work_in_every_way_with_every_team_gives_the_reference() {
    let all = workloads::registry::ALL.iter();
    let work: Vec<&str> = all.map(|workload| workload.id).collect();
    let visit = Visit::of_site("agreement");
    // Two tasks of each work and more, so that a team of eight has enough.
    let ways = agree(&visit, &work, 2 * work.len() + 5, &TEAMS);
    let all = BTreeSet::from_iter(exact());
    assert_eq!(ways, all);
    // Each alone, so that its tasks meet nothing but their own kind.
    for (id, team) in work.iter().zip(TEAMS.iter().cycle()) {
        let ways = agree(&visit, &[id], 9, &[*team]);
        let mut expected = all.clone();
        let workload = workloads::registry::find(id).expect("known work");
        if workload.simd.is_none() {
            expected.remove(&Strategy::Simd);
        }
        assert_eq!(ways, expected, "{id}");
    }
}
