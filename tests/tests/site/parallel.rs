//! What the lessons of parallel work claim, worked out again from the exported
//! trace and the rounds of the record.

use model::{Evidence, RoundRow, Verdict};
use tests::Visit;
use tests::claims::{measured, recorded};
use tests::record::{contradictions, figure};

/// Counts frames beside the page: when each began, in milliseconds of its clock.
const FRAMES: &str = "window.seenFrames = [];
  (function look(now) { if (now) window.seenFrames.push(now); requestAnimationFrame(look); })();";

fn rows<'a>(evidence: &'a Evidence, arm: &'a str) -> impl Iterator<Item = &'a RoundRow> {
    evidence
        .rounds
        .iter()
        .filter(move |row| row.arm == arm && row.valid)
}

fn nothing_fails(evidence: &Evidence) {
    let faults = contradictions(evidence);
    assert!(faults.is_empty(), "{faults:#?}");
    for check in &evidence.checks {
        assert_ne!(check.verdict, Verdict::Fail, "{check:?}");
    }
}

#[test]
fn each_kitchen_lands_in_its_own_box() {
    let visit = Visit::of_site("plane");
    let evidence = measured(&visit, "#/lesson/plane?autorun=on");
    nothing_fails(&evidence);
    let in_progress = |arm: &str| figure(&evidence, arm, "c").median;
    assert!(in_progress("sequential") <= 1.05);
    assert!(in_progress("interleaved") >= 1.5);
    assert!(in_progress("simd") <= 1.05);
    // One chef with four blades needs no second core to be sooner.
    let sooner = figure(&evidence, "simd", "speedup");
    assert!(sooner.lo >= 1.5, "{sooner:?}");
    let other = figure(&evidence, "interleaved", "speedup");
    assert!(other.lo <= 1.1, "{other:?}");
    // The same picture: the same checksum in every round of every kitchen.
    let mut proofs: Vec<_> = evidence
        .rounds
        .iter()
        .filter(|row| row.valid)
        .map(|row| &row.checksum)
        .collect();
    proofs.dedup();
    assert_eq!(proofs.len(), 1, "{proofs:?}");
}

#[test]
fn where_the_speedup_went_adds_up_in_every_run() {
    let visit = Visit::of_site("speedup");
    visit.open("#/lesson/speedup?predict=optional&rounds=6&size=250");
    visit.click("step-predict");
    visit.until("the grid", "document.querySelector('[data-testid=draw-2]')");
    // Two chefs are expected to be 1.5 times as soon, by the slider.
    visit.call(
        "const slider = document.querySelector('[data-testid=draw-2]');
         slider.value = '1.5';
         slider.dispatchEvent(new Event('input', { bubbles: true }));",
        &[],
    );
    visit.click("step-run");
    let evidence = visit.press_run();
    nothing_fails(&evidence);
    let mut seen = 0;
    for team in evidence.arms.iter().filter(|arm| arm.workers > 1) {
        for row in rows(&evidence, &team.id) {
            let parts: f64 = row
                .figures
                .iter()
                .filter(|(name, _)| name.starts_with("lost.") && name.ends_with("_ms"))
                .map(|(_, millis)| millis)
                .sum();
            let ratio = parts / row.ms;
            assert!((0.98..=1.02).contains(&ratio), "{}: {ratio}", team.id);
            seen += 1;
        }
    }
    assert!(seen >= 12, "{seen} runs of teams");
    visit.until(
        "an answer to the curve",
        "document.querySelector('[data-testid=said-drawn]')",
    );
    assert!(visit.text("said-drawn").contains("1.5"));
    assert_eq!(visit.errors(), [""; 0]);
}

#[test]
fn no_step_of_a_recipe_begins_before_what_it_needs() {
    let visit = Visit::of_site("recipe-order");
    let evidence = measured(&visit, "#/lesson/recipe-order?autorun=on&rounds=6");
    nothing_fails(&evidence);
    let runs = visit.timeline();
    for arm in evidence.arms.iter().filter(|arm| arm.workers > 1) {
        assert!(!arm.edges.is_empty());
        let of_arm: Vec<_> = runs.iter().filter(|run| run.arm == arm.id).collect();
        assert!(!of_arm.is_empty(), "no run of {}", arm.id);
        for run in of_arm {
            let life = |task: u32| {
                let mut lives = run.lives.iter();
                let found = lives.find(|(id, ..)| *id == u64::from(task));
                *found.unwrap_or_else(|| panic!("{}: no life of {task}", arm.id))
            };
            for edge in &arm.edges {
                let (before, after) = (life(edge.before), life(edge.after));
                // The clocks of two lanes may be 0.2 ms apart.
                assert!(
                    after.1 >= before.2 - 200.0,
                    "{}, round {}: {edge:?} {before:?} {after:?}",
                    arm.id,
                    run.round
                );
            }
        }
        // No number of cooks beats the longest chain.
        for row in rows(&evidence, &arm.id) {
            assert!(row.ms >= 0.95 * row.figures["span_ms"], "{row:?}");
        }
    }
}

#[test]
fn those_who_wait_for_each_other_are_noticed_while_the_page_goes_on() {
    let visit = Visit::of_site("deadlock");
    visit.open("#/lesson/deadlock?predict=off&rounds=6");
    visit.call(FRAMES, &[]);
    let evidence = visit.press_run();
    nothing_fails(&evidence);
    let stuck: Vec<f64> = rows(&evidence, "crossed")
        .map(|row| row.figures["stuck"])
        .collect();
    assert_eq!(stuck, [1.0; 6]);
    for row in rows(&evidence, "crossed") {
        assert!(row.figures["stuck_ms"] >= 2000.0, "{row:?}");
        // Standing still takes no core.
        assert!(row.p_ticks <= 0.05, "{row:?}");
    }
    for row in rows(&evidence, "ordered") {
        assert_eq!(row.figures["stuck"], 0.0);
        assert_eq!(row.figures["progress"], 100.0);
    }
    let frames: Vec<f64> = serde_json::from_value(visit.eval("window.seenFrames")).unwrap();
    let worst = frames
        .windows(2)
        .map(|pair| pair[1] - pair[0])
        .fold(0.0, f64::max);
    // A page that stood still with them would show it for 2 s each time.
    assert!(worst < 1000.0, "{worst} ms without a frame");
    assert_eq!(visit.errors(), [""; 0]);
}

#[test]
fn one_shaker_makes_a_line_and_keeps_every_pinch() {
    let visit = Visit::of_site("contention");
    let evidence = recorded(&visit, "#/lesson/contention?autorun=on&rounds=6");
    nothing_fails(&evidence);
    let waits = |arm: &str| figure(&evidence, arm, "lock_wait_share");
    assert!(waits("lock-1").hi <= 0.05, "{:?}", waits("lock-1"));
    assert!(waits("own-2").hi <= 0.05, "{:?}", waits("own-2"));
    assert!(waits("lock-4").median > waits("lock-2").median);
    for row in evidence.rounds.iter().filter(|row| row.valid) {
        assert_eq!(
            row.figures.get("amiss").copied().unwrap_or(0.0),
            0.0,
            "{row:?}"
        );
    }
}
