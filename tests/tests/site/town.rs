//! Nodes that are killed and tabs that are closed: the result is right all the same.

use drive::process_tree;
use model::Evidence;
use serde_json::Value;
use tests::record::contradictions;
use tests::{Visit, testid};
use workloads::mapped::{Source, find};

/// Checksum of the made-up text of an arm, by plain code.
fn expected(evidence: &Evidence) -> String {
    let arm = evidence.arms.first().expect("an arm");
    let job = arm.jobs.first().expect("a job");
    let mapped = find(&job.workload).expect("a mapped job");
    let mut text = Vec::new();
    for split in 0..job.tasks {
        text.extend((mapped.generate)(&Source {
            seed: evidence.seed,
            split,
            kibibytes: job.size,
            skew: 0.0,
        }));
    }
    format!("{:016x}", (mapped.reference)(&text).checksum)
}

fn all_right(evidence: &Evidence) {
    let faults = contradictions(evidence);
    assert!(faults.is_empty(), "{faults:#?}");
    let sum = expected(evidence);
    for row in &evidence.rounds {
        assert_eq!(
            row.checksum.as_deref(),
            Some(&*sum),
            "{} {}",
            row.arm,
            row.round
        );
    }
}

#[test]
fn a_node_killed_at_any_moment_costs_only_its_own_splits_fifty_times_over() {
    let visit = Visit::of_site("kills");
    let mut killed = 0;
    // Splitmix, so that the moments are the same each time.
    let mut state: u64 = 17;
    let mut moment = || {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        1 + (state >> 33) % 95
    };
    for nodes in [2, 4, 8, 2, 4, 8, 2, 4, 8, 2] {
        let kill = moment();
        visit.open(&format!(
            "#/lab?workload=word-count&workers={nodes}&megabytes=2&split=64&kill={kill}&rounds=6&moves=transfer"
        ));
        let evidence = visit.press_run();
        all_right(&evidence);
        for row in &evidence.rounds {
            let figure = |name: &str| row.figures.get(name).copied().unwrap_or(0.0);
            let lost = figure("town.lost");
            let is_to_die = evidence.arms.iter().any(|arm| {
                arm.id == row.arm && arm.manner.town.is_some_and(|town| town.kill.is_some())
            });
            assert_eq!(
                lost > 0.0,
                is_to_die,
                "{} {}: {lost} lost",
                row.arm,
                row.round
            );
            assert_eq!(
                figure("town.retried"),
                figure("town.unfinished"),
                "{}",
                row.arm
            );
            killed += u32::from(is_to_die);
        }
    }
    assert!(killed >= 50, "{killed} kills");
    // One node alone has nobody to lose.
    visit.open("#/lab?workload=word-count&workers=1&megabytes=2&split=64&rounds=2");
    all_right(&visit.press_run());
    assert_eq!(visit.errors(), [""; 0]);
}

/// How many lanes of other tabs each timed run had.
fn lanes_of_tabs(visit: &Visit) -> Value {
    visit.eval(
        "JSON.stringify(window.twoChefs.trace()).match(/worker of another tab/g)?.length ?? 0",
    )
}

/// Opens a further tab that works for others; gives the handle of the first and its.
fn joined(visit: &Visit) -> (String, String) {
    let handles = visit.browser.open_tab().expect("a tab");
    visit.load("#/join");
    let ready = "document.querySelector('[data-testid=join-said]')?.dataset.lends === 'join.idle'";
    visit.until("the tab to be ready", ready);
    handles
}

#[test]
fn two_tabs_share_a_job_and_closing_one_in_the_middle_leaves_the_result_right() {
    let visit = Visit::of_site("tabs");
    let here = |visit: &Visit, handle: &str| visit.browser.go_to_tab(handle).expect("a tab");
    visit.open("#/lab?workload=word-count&workers=2&megabytes=8&split=256&rounds=2&moves=copy");
    let first_process = visit.browser.renderer().expect("a renderer");
    let (main, _) = joined(&visit);
    let other_process = visit.browser.renderer().expect("a renderer");
    assert_ne!(
        first_process, other_process,
        "a tab is a program of its own"
    );
    let (_, two) = joined(&visit);
    here(&visit, &main);
    let joined = |n: u32| format!("{}?.dataset.tabs === '{n}'", testid("tabs"));
    visit.until("two tabs", &joined(2));
    all_right(&visit.press_run());
    let lanes = lanes_of_tabs(&visit).as_u64().unwrap_or(0);
    assert!(lanes >= 2, "no lane of another tab: {lanes}");

    // Closed in the middle of a longer run, first politely, then by its end.
    visit.go("#/lab?workload=word-count&workers=3&megabytes=64&split=256&rounds=3&moves=copy");
    visit.start_run();
    let working =
        "Number(document.querySelector('[data-testid=splits]')?.getAttribute('value') ?? 0) >= 10";
    visit.until("splits to be done", working);
    here(&visit, &two);
    visit.browser.close_tab().expect("it closes");
    here(&visit, &main);
    visit.idle(tests::LONGEST_RUN);
    let evidence = visit.evidence();
    all_right(&evidence);
    let lost = |evidence: &Evidence| -> f64 {
        let rows = evidence.rounds.iter();
        rows.map(|row| row.figures.get("town.lost").copied().unwrap_or(0.0))
            .sum()
    };
    assert!(lost(&evidence) <= 1.0, "the others stay");
    visit.until("one tab", &joined(1));

    visit.start_run();
    visit.until("splits to be done", working);
    process_tree::end(&[other_process]);
    visit.idle(tests::LONGEST_RUN);
    all_right(&visit.evidence());
    visit.until("no tab", &joined(0));
    // And alone again.
    visit.go("#/lab?workload=word-count&workers=2&megabytes=2&split=64&rounds=1");
    let evidence = visit.press_run();
    all_right(&evidence);
    assert_eq!(lanes_of_tabs(&visit), 0);
    assert_eq!(visit.errors(), [""; 0]);
}
