//! Every rung of the ladder is found by doing, said with its reason, and good
//! for the lessons it can honour.

use model::{Place, Strategy};
use std::time::{Duration, Instant};
use tests::claims::{
    decided, juggling_is_not_faster, measured, recorded, teams_reach_capacity, waits_overlap,
};
use tests::{Copy, Setting, Visit};

/// Starting, climbing all rungs and giving up on each takes less.
const CLIMB: Duration = Duration::from_secs(40);

/// Opens the first page of a broken site and says which rung was found.
fn climb(visit: &Visit) -> (u64, String) {
    let begun = Instant::now();
    visit.open("#/");
    assert!(begun.elapsed() < CLIMB, "the ladder has a limit");
    let found = visit.rung();
    let shown = visit.eval("document.querySelector('[data-testid=badge]').dataset.rung");
    assert_eq!(
        shown.as_str(),
        Some(&*found.0.to_string()),
        "the badge says so"
    );
    found
}

/// What the panel behind the badge says.
fn told(visit: &Visit) -> String {
    visit.click("badge");
    // The longer words come with the rest of the program.
    visit.until(
        "the words behind the badge",
        "document.querySelector('[data-testid=badge-panel]')?.textContent.length > 100",
    );
    let text = visit.text("badge-panel");
    visit.click("badge");
    text.to_lowercase()
}

#[test]
fn without_isolation_chefs_work_by_message() {
    // A service worker would isolate the page.
    let setting = Setting {
        isolated: false,
        service_workers: false,
        ..Setting::default()
    };
    let visit = Visit::start("no-isolation", &setting);
    assert_eq!(climb(&visit), (2, "not-isolated".into()));
    let text = told(&visit);
    assert!(
        text.contains("shared memory") && text.contains("isolated"),
        "{text}"
    );

    let evidence = measured(&visit, "#/lesson/two-chefs?autorun=on");
    let teams: Vec<_> = evidence
        .arms
        .iter()
        .filter(|arm| arm.strategy.uses_workers())
        .collect();
    assert!(
        teams.iter().all(|arm| arm.strategy == Strategy::Messages),
        "{teams:?}"
    );
    teams_reach_capacity(&evidence, &visit.timeline());

    let evidence = recorded(&visit, "#/lesson/waiting?autorun=on&rounds=6");
    decided(&evidence);
    waits_overlap(&evidence, "interleaved", "sequential");

    // What needs shared memory is replaced, and the page says by what.
    let evidence = recorded(
        &visit,
        "#/lab?autorun=on&strategies=pool,offload,hybrid&tasks=4&size=5&rounds=2",
    );
    let strategies: Vec<_> = evidence.arms.iter().map(|arm| arm.strategy).collect();
    let wanted = [Strategy::Sequential, Strategy::Messages, Strategy::Hybrid];
    assert_eq!(strategies, wanted);
    assert!(visit.has("note"), "the lab says what was replaced");
}

#[test]
fn without_its_engine_the_page_still_teaches() {
    let site = Copy::of_site();
    site.remove_engine();
    let setting = Setting {
        folder: Some(site.folder()),
        ..Setting::default()
    };
    let visit = Visit::start("no-engine", &setting);
    assert_eq!(climb(&visit), (1, "no-workers".into()));
    assert!(told(&visit).contains("workers do not start here"));

    let evidence = recorded(&visit, "#/lesson/computing?autorun=on&rounds=6");
    decided(&evidence);
    juggling_is_not_faster(&evidence, "interleaved", "sequential", &visit.timeline());

    // Lessons about two chefs do what one can, and say that it is only one.
    let evidence = recorded(&visit, "#/lesson/two-chefs?autorun=on&tasks=6&rounds=6");
    assert!(evidence.arms.iter().all(|arm| arm.place == Place::Page));
    visit.open("#/lesson/two-chefs");
    assert!(visit.has("note"), "the lesson says what is missing");
}

/// Breaks the engine in one way and says which rung is found.
fn climb_broken(name: &'static str, break_it: impl FnOnce(&Copy)) -> (u64, String) {
    let site = Copy::of_site();
    break_it(&site);
    let setting = Setting {
        folder: Some(site.folder()),
        ..Setting::default()
    };
    let visit = Visit::start(name, &setting);
    let found = climb(&visit);
    // The words behind the badge are those of the reason.
    assert!(told(&visit).len() > 40);
    // Whatever the rung, Run works.
    visit.open("#/lab?tasks=2&size=2&rounds=1&strategies=interleaved&workload=primes");
    let evidence = visit.press_run();
    assert_eq!(evidence.rounds.len(), 2);
    found
}

#[test]
fn a_worker_that_never_answers_is_given_up() {
    let found = climb_broken("silent-worker", |site| {
        site.replace_in_engine("engine-worker.js", "self.onmessage = () => {};");
    });
    assert_eq!(found, (1, "worker-timeout".into()));
}

#[test]
fn a_pool_that_hangs_leaves_workers_by_message() {
    let found = climb_broken("hanging-pool", |site| {
        let text = "export function startWorkers() { return new Promise(() => {}); }";
        site.replace_in_engine(&site.thread_starter(), text);
    });
    assert_eq!(found, (2, "pool-timeout".into()));
}

#[test]
fn an_engine_of_another_build_is_kept_apart() {
    let found = climb_broken("other-build", Copy::give_engine_another_build);
    assert_eq!(found, (1, "build-mismatch".into()));
}

#[test]
fn memory_that_cannot_be_had_is_said() {
    let found = climb_broken("no-memory", |site| {
        let text = "WebAssembly.Memory = function () { throw new RangeError('could not allocate memory'); };";
        site.prepend_to_engine("engine-worker.js", text);
    });
    assert_eq!(found, (1, "no-memory".into()));
}
