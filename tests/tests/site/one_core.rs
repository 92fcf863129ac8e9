//! On one core waits overlap as ever, and a second chef has no knife.

use tests::claims::{decided, fair, juggling_is_not_faster, not_outside, recorded, waits_overlap};
use tests::record::share_of_rounds;
use tests::{Setting, Visit};

#[test]
fn two_chefs_with_one_knife_are_no_faster() {
    let setting = Setting {
        one_core: true,
        ..Setting::default()
    };
    let visit = Visit::start("one-core", &setting);

    let evidence = recorded(&visit, "#/lesson/waiting?autorun=on&rounds=8");
    decided(&evidence);
    waits_overlap(&evidence, "interleaved", "sequential");

    let evidence = recorded(&visit, "#/lesson/computing?autorun=on&rounds=8");
    decided(&evidence);
    juggling_is_not_faster(&evidence, "interleaved", "sequential", &visit.timeline());

    let evidence = recorded(&visit, "#/lesson/two-chefs?autorun=on&rounds=8");
    decided(&evidence);
    fair(&evidence);
    let two = evidence
        .capacity
        .by_workers
        .get(&2)
        .expect("two were probed");
    assert!(two.median < 1.3, "one core was not enforced: {two:?}");
    let teams = evidence
        .arms
        .iter()
        .filter(|arm| arm.strategy.uses_workers());
    for team in teams {
        let ratios = share_of_rounds(&evidence, &team.id, "sequential");
        let speedups: Vec<f64> = ratios.iter().map(|ratio| 1.0 / ratio).collect();
        not_outside(&team.id, &speedups, 0.0, 1.1);
    }
    let shown = visit.text("finding").to_lowercase();
    for sentence in [evidence.finding.to_lowercase(), shown] {
        assert!(sentence.contains("two chefs, one knife"), "{sentence}");
    }
}
