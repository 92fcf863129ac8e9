//! What the lessons claim holds on this machine, or cannot be told here, for a
//! reason that the probes of the same run show.

use model::Strategy;
use tests::Visit;
use tests::claims::{juggling_is_not_faster, measured, teams_reach_capacity, waits_overlap};
use tests::record::figure;

#[test]
fn waits_overlap_on_one_event_loop() {
    let visit = Visit::of_site("waiting");
    let evidence = measured(&visit, "#/lesson/waiting?autorun=on");
    waits_overlap(&evidence, "interleaved", "sequential");
    assert!(
        figure(&evidence, "interleaved", "c").lo > 2.0,
        "many are in progress"
    );
}

#[test]
fn interleaving_adds_no_speed_to_computing() {
    let visit = Visit::of_site("computing");
    let evidence = measured(&visit, "#/lesson/computing?autorun=on");
    juggling_is_not_faster(&evidence, "interleaved", "sequential", &visit.timeline());
    let (own, base) = ("interleaved", "sequential");
    let started = |arm| figure(&evidence, arm, "all_started_ms").median;
    assert!(
        started(own) * 2.0 < started(base),
        "but all are under way early"
    );
}

#[test]
fn two_chefs_are_as_fast_as_two_bare_workers() {
    let visit = Visit::of_site("two-chefs");
    let evidence = measured(&visit, "#/lesson/two-chefs?autorun=on");
    teams_reach_capacity(&evidence, &visit.timeline());
    let has = |strategy| evidence.arms.iter().any(|arm| arm.strategy == strategy);
    assert!(has(Strategy::Pool), "shared memory works in this browser");
}

#[test]
fn the_first_page_turns_four_cards() {
    let visit = Visit::of_site("four-numbers");
    let evidence = measured(&visit, "#/?autorun=on");
    let runs = visit.timeline();
    waits_overlap(&evidence, "wait-one", "wait-seq");
    waits_overlap(&evidence, "wait-two", "wait-seq");
    juggling_is_not_faster(&evidence, "chop-one", "chop-seq", &runs);
    teams_reach_capacity(&evidence, &runs);
    for card in ["wait-one", "wait-two", "chop-one", "chop-two"] {
        let number = visit.text(&format!("number-{card}"));
        let times = figure(&evidence, card, "speedup").median;
        assert!(
            number.contains(&format!("{times:.1}")) || number.contains(&format!("{times:.0}")),
            "the card of {card} says {number:?}, the record {times}"
        );
    }
}

#[test]
fn the_kitchen_is_met() {
    let visit = Visit::of_site("calibrate");
    let evidence = measured(&visit, "#/lesson/calibrate?autorun=on");
    assert!(evidence.capacity.by_workers.contains_key(&2));
    let step = evidence.env.capability.clock_step_nanos;
    assert!(
        (1..=200_000).contains(&step),
        "an isolated page has a fine clock, not {step} ns"
    );
}
