//! The code beside a run: what runs is shown, and the line that waits is marked
//! while it waits.

use tests::Visit;

const LINE: &str = "document.querySelector('[data-testid=source-line]')?.textContent ?? ''";
const ARM: &str = "document.querySelector('[data-testid=source]')?.dataset.arm ?? ''";

/// Puts the replay of the kitchen to a thousandth of the run.
fn scrub(visit: &Visit, thousandth: u32) {
    let script = "const scrub = document.querySelector('[data-testid=replay-scrub]');
        scrub.value = arguments[0];
        scrub.dispatchEvent(new Event('input', { bubbles: true }));
        return new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)));";
    visit.call(script, &[thousandth.into()]);
}

#[test]
fn the_line_that_waits_is_marked_while_it_waits() {
    let visit = Visit::of_site("source");
    visit.open("#/lesson/await?predict=off&tasks=4&limit=2&size=100&rounds=6");
    let evidence = visit.press_run();
    assert_eq!(evidence.arms.len(), 5);
    assert_eq!(visit.eval(ARM), "loop");
    let line = visit.eval(LINE);
    let line = line.as_str().unwrap_or_default();
    // Said in words, not by colour alone.
    assert!(
        line.contains(".await") && line.contains("waits here"),
        "{line}"
    );
    for (arm, says) in [
        ("join", "waits here"),
        ("inside", "computes here"),
        ("worker", "waits here"),
        ("limit", "waits here"),
    ] {
        visit.click(&format!("source-{arm}"));
        visit.until("the other code", &format!("{ARM} === '{arm}'"));
        let line = visit.eval(LINE);
        assert!(
            line.as_str().is_some_and(|l| l.contains(says)),
            "{arm}: {line}"
        );
    }
    // With a limit of two of four: first the wait in the loop, then the last one.
    visit.click("step-explain");
    visit.until(
        "the kitchen",
        "document.querySelector('[data-testid=replay-scrub]')",
    );
    scrub(&visit, 250);
    visit.until(
        "the first wait",
        &format!("{LINE}.startsWith('            under_way')"),
    );
    scrub(&visit, 750);
    visit.until(
        "the last wait",
        &format!("{LINE}.includes('while under_way')"),
    );
    scrub(&visit, 1000);
    visit.until("the end", &format!("{LINE} === ''"));
    // Every deed was written down.
    let runs = visit.timeline();
    assert!(!runs.is_empty());
    assert_eq!(visit.errors(), [""; 0]);
}
