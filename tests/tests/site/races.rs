//! What becomes of a tally that two chefs write on, held against the rounds
//! themselves; and the steps that are taken by hand.

use model::{Evidence, RoundRow, Verdict};
use std::collections::BTreeSet;
use tests::claims::{measured, recorded};
use tests::{Setting, Visit};

fn rows<'a>(evidence: &'a Evidence, arm: &'a str) -> Vec<&'a RoundRow> {
    let rows = evidence.rounds.iter();
    rows.filter(|row| row.arm == arm && row.valid).collect()
}

fn counts(evidence: &Evidence, arm: &str) -> Vec<f64> {
    let rows = rows(evidence, arm);
    rows.iter().map(|row| row.figures["count"]).collect()
}

/// Additions that were asked for, by the plan in the record.
fn wanted(evidence: &Evidence) -> f64 {
    let jobs = &evidence.arms[0].jobs;
    jobs.iter()
        .map(|job| f64::from(job.tasks) * f64::from(job.size))
        .sum()
}

#[test]
fn a_loose_tally_loses_and_a_kept_one_does_not() {
    let visit = Visit::of_site("races");
    let evidence = measured(&visit, "#/lesson/races?autorun=on");
    let wanted = wanted(&evidence);
    assert_eq!(wanted, 2e6);
    for arm in ["one", "atomic", "mutex", "local"] {
        let counts = counts(&evidence, arm);
        assert!(counts.len() >= 15, "{arm}: {} runs", counts.len());
        assert!(
            counts.iter().all(|count| *count == wanted),
            "{arm}: {counts:?}"
        );
    }
    for arm in ["loose", "two-locks"] {
        let counts = counts(&evidence, arm);
        assert!(
            counts.iter().all(|count| *count <= wanted),
            "{arm}: {counts:?}"
        );
        let check = evidence
            .checks
            .iter()
            .find(|check| check.id == ["loses.", arm].concat());
        if check.expect("a claim").verdict == Verdict::Pass {
            let different: BTreeSet<u64> = counts.iter().map(|count| *count as u64).collect();
            assert!(different.len() >= 2, "{arm}: {counts:?}");
        }
    }
}

#[test]
fn on_one_core_what_is_exact_stays_exact() {
    let setting = Setting {
        one_core: true,
        ..Setting::default()
    };
    let visit = Visit::start("races-one-core", &setting);
    let evidence = recorded(&visit, "#/lesson/races?autorun=on&rounds=8");
    // Of what was counted. When the host learned of it is another matter, where
    // browser and driver share the core.
    let is_of_counts = |id: &str| id.starts_with("exact.") || id.starts_with("loses.");
    for check in evidence.checks.iter().filter(|it| is_of_counts(&it.id)) {
        assert_ne!(check.verdict, Verdict::Fail, "{check:?}");
    }
    for arm in ["one", "atomic", "mutex", "local"] {
        let counts = counts(&evidence, arm);
        assert!(!counts.is_empty(), "{arm}");
        assert!(
            counts.iter().all(|count| *count == wanted(&evidence)),
            "{arm}: {counts:?}"
        );
    }
}

#[test]
fn without_shared_memory_one_chef_counts() {
    let setting = Setting {
        isolated: false,
        service_workers: false,
        ..Setting::default()
    };
    let visit = Visit::start("races-alone", &setting);
    let evidence = recorded(&visit, "#/lesson/races?autorun=on&rounds=6");
    let arms: Vec<&str> = evidence.arms.iter().map(|arm| arm.id.as_str()).collect();
    assert_eq!(arms, ["one", "juggling"]);
    for arm in arms {
        let counts = counts(&evidence, arm);
        // Where a round was void there is another one.
        assert!(counts.len() >= 6, "{arm}: {}", counts.len());
        assert!(
            counts.iter().all(|count| *count == wanted(&evidence)),
            "{arm}: {counts:?}"
        );
    }
}

/// Chooses the sentence of the explanation by which the panel appears.
fn explain(visit: &Visit) {
    visit.click("step-explain");
    visit.click("explain-between");
    visit.until(
        "the panel",
        "document.querySelector('[data-testid=orders]')",
    );
}

#[test]
fn an_order_that_loses_is_found_step_by_step() {
    let visit = Visit::of_site("orders");
    visit.open("#/lesson/races?predict=off&count=1000&rounds=6");
    let _record = visit.press_run();
    explain(&visit);
    assert!(visit.text("orders-outlook").contains("20 orders"));
    // Both read before either writes.
    for step in [
        "orders-take-1",
        "orders-take-2",
        "orders-take-1",
        "orders-take-1",
    ] {
        visit.click(step);
    }
    visit.until(
        "the fourth step",
        "document.querySelectorAll('.orders .did').length === 4",
    );
    assert!(visit.text("orders-now").starts_with("Tally: 1."));
    for step in ["orders-take-2", "orders-take-2"] {
        visit.click(step);
    }
    visit.until(
        "the end",
        "document.querySelector('[data-testid=orders-outlook]').textContent.includes('was lost')",
    );
    // Said to those who do not see it.
    visit.until(
        "the live region",
        "document.querySelector('[role=status], [aria-live]')?.textContent.includes('was lost')",
    );
    visit.click("orders-mutex");
    visit.until(
        "one lock",
        "document.querySelector('[data-testid=orders-outlook]').textContent.includes('2 orders')",
    );
    visit.click("orders-take-1");
    visit.click("orders-take-2");
    visit.until(
        "that the second stands before the lock",
        "document.querySelector('[data-testid=orders-take-2]').ariaDisabled === 'true'",
    );
    assert_eq!(visit.errors(), [""; 0]);
}
