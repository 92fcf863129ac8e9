//! A dish that never gives way is noticed, named, and ended.

use tests::Visit;

/// The limit is about 3 s; the rest is for starting workers on a busy machine.
const LONGEST_MILLIS: f64 = 15_000.0;

/// Presses Run and waits for the fault; answers with its words and how long it took.
fn stuck(visit: &Visit, fragment: &str) -> (String, f64) {
    visit.go(fragment);
    let begun = visit.eval("performance.now()").as_f64().unwrap_or(0.0);
    visit.start_run();
    visit.until(
        "the run to be ended",
        "document.querySelector('[data-testid=run-error]') !== null",
    );
    let ended = visit.eval("performance.now()").as_f64().unwrap_or(0.0);
    visit.idle(tests::LONGEST_RUN);
    (visit.text("run-error"), ended - begun)
}

#[test]
fn a_dish_that_never_gives_way_is_named_and_the_next_run_works() {
    let visit = Visit::of_site("watchdog");
    visit.open("#/lab");
    // The second of six dishes; the run would be stopped by it for ever.
    let juggled = "#/lab?workload=primes,endless&strategies=interleaved&tasks=6&size=20&rounds=2";
    let (said, millis) = stuck(&visit, juggled);
    assert!(said.contains("Dish 2 never gave way"), "{said}");
    assert!(millis < LONGEST_MILLIS, "{millis} ms");
    assert!(visit.has("wreck"), "how far it came is still drawn");
    let drawn = visit.text("wreck");
    assert!(drawn.contains("Dish 2 did not give way"), "{drawn}");

    // Two chefs, both juggling: each message worker has such a dish.
    let hybrid =
        "#/lab?workload=primes,endless&strategies=hybrid&workers=2&tasks=8&size=20&rounds=2";
    let (said, millis) = stuck(&visit, hybrid);
    assert!(
        said.contains("never gave way") && said.contains("Everything else still works"),
        "{said}"
    );
    assert!(millis < LONGEST_MILLIS, "{millis} ms");

    // Everything after it still works.
    visit.go("#/lab?workload=primes&strategies=interleaved&tasks=4&size=5&rounds=2");
    let evidence = visit.press_run();
    assert!(evidence.rounds.iter().all(|row| row.checksum.is_some()));
    assert!(!visit.has("run-error") && !visit.has("wreck"));
    assert_eq!(visit.errors(), [""; 0]);
}
