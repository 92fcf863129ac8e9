//! Negative controls: runs that are spoilt on purpose must not pass.

use model::{Evidence, Verdict, VoidReason};
use tests::Visit;
use tests::claims::TRIES;
use tests::record::{busy, reason};

/// Runs a lesson spoilt in this way; the record must say so.
fn spoilt(visit: &Visit, control: &str, fragment: &str) -> Evidence {
    let script = format!("window.twoChefsControl = '{control}'");
    let id = visit.before_load(&script);
    let evidence = visit.run(fragment);
    visit.no_longer_before_load(&id);
    let names_it = |note: &String| note.starts_with("negative control");
    assert!(evidence.notes.iter().any(names_it), "{:?}", evidence.notes);
    evidence
}

fn verdicts<'a>(evidence: &'a Evidence, start: &str) -> Vec<(&'a str, Verdict)> {
    let checks = evidence
        .checks
        .iter()
        .filter(|check| check.id.starts_with(start));
    checks
        .map(|check| (check.id.as_str(), check.verdict))
        .collect()
}

#[test]
fn a_pool_that_is_secretly_one_worker_fails_its_speedup() {
    let visit = Visit::of_site("pool-of-one");
    for attempt in 1..=TRIES {
        let evidence = spoilt(
            &visit,
            "pool-of-one",
            "#/lesson/two-chefs?autorun=on&rounds=6",
        );
        let found = verdicts(&evidence, "speedup.");
        assert!(
            found.iter().all(|(_, verdict)| *verdict != Verdict::Pass),
            "{found:?}"
        );
        if found.contains(&("speedup.pool-2", Verdict::Fail)) {
            let told = "document.querySelector('[data-testid=verdict]')?.dataset.verdict";
            assert_eq!(visit.eval(told), "fail", "the page says so");
            return;
        }
        // Without two cores nobody can tell.
        let excuse = busy(&evidence);
        eprintln!("attempt {attempt}: {excuse:?}");
        assert!(excuse.is_some(), "{:#?}", evidence.checks);
    }
}

#[test]
fn tasks_that_sleep_instead_of_computing_prove_no_work() {
    let visit = Visit::of_site("asleep");
    let evidence = spoilt(
        &visit,
        "asleep",
        "#/lesson/two-chefs?autorun=on&rounds=6&tasks=8",
    );
    let teams = evidence.rounds.iter().filter(|row| row.arm != "sequential");
    let (mut void, mut all) = (0, 0);
    for row in teams {
        all += 1;
        void += u32::from(matches!(
            row.reason,
            Some(VoidReason::Checksum | VoidReason::Impossible)
        ));
    }
    assert!(all > 0 && void == all, "{void} of {all} rounds are void");
    let same = verdicts(&evidence, "same-work.");
    assert!(
        same.iter().any(|(_, verdict)| *verdict == Verdict::Fail),
        "{same:?}"
    );
    let claimed = verdicts(&evidence, "speedup.");
    assert!(
        claimed.iter().all(|(_, verdict)| *verdict != Verdict::Pass),
        "{claimed:?}"
    );
}

#[test]
fn a_coarse_clock_decides_nothing_about_time() {
    let visit = Visit::of_site("coarse-clock");
    let evidence = spoilt(
        &visit,
        "coarse-clock",
        "#/lesson/computing?autorun=on&rounds=6",
    );
    let timed: Vec<_> = ["time.", "p.", "finish."]
        .into_iter()
        .flat_map(|start| {
            evidence
                .checks
                .iter()
                .filter(move |check| check.id.starts_with(start))
        })
        .collect();
    assert!(timed.len() >= 3, "{:?}", evidence.checks);
    for check in timed {
        assert_eq!(check.verdict, Verdict::Inconclusive, "{check:?}");
        assert_eq!(reason(check), "clock", "{check:?}");
    }
}
