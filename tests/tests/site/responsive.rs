//! A page that is stopped on purpose, and a file that is fetched piece by piece.

use model::{Evidence, ORDERS, Verdict};
use serde_json::Value;
use std::fs;
use tests::{Copy, LONGEST_RUN, Setting, Visit};

/// Both kinds of slices, a board as short as the lesson allows.
const BOARD: &str = "#/lesson/responsive?autorun=on&size=200&rounds=1";
const FILE: &str = "#/lesson/responsive?autorun=on&data=on&rounds=1";

fn figure(evidence: &Evidence, arm: &str, name: &str) -> f64 {
    let row = evidence.rounds.iter().find(|row| row.arm == arm);
    let row = row.unwrap_or_else(|| panic!("no round of {arm}"));
    assert!(row.valid, "{arm}: {:?}", row.reason);
    row.figures[name]
}

fn millis(evidence: &Evidence, arm: &str) -> f64 {
    evidence
        .rounds
        .iter()
        .find(|row| row.arm == arm)
        .unwrap()
        .ms
}

#[test]
fn a_blocked_page_draws_nothing_and_its_heartbeat_stops() {
    let visit = Visit::of_site("blocked");
    // Counts changes of the number, and the longest time between two.
    visit.before_load(
        "addEventListener('DOMContentLoaded', () => {
           window.beats = { seen: 0, longest: 0, last: performance.now() };
           new MutationObserver(() => {
             const now = performance.now();
             const text = document.querySelector('[data-heartbeat]')?.textContent;
             if (!text || text === window.beats.text) return;
             if (window.beats.text) window.beats.longest = Math.max(window.beats.longest, now - window.beats.last);
             window.beats = { ...window.beats, text, seen: window.beats.seen + 1, last: now };
           }).observe(document.body, { subtree: true, childList: true, characterData: true });
         })",
    );
    let evidence = visit.run(BOARD);
    let job = millis(&evidence, "at-once");
    for arm in ["at-once", "microtask"] {
        assert!(
            figure(&evidence, arm, "worst_frame_ms") >= 0.7 * job,
            "{arm}"
        );
        assert!(
            figure(&evidence, arm, "worst_answer_ms") >= 0.5 * job,
            "{arm}"
        );
        // What the browser itself calls a long task.
        assert!(
            figure(&evidence, arm, "worst_long_task_ms") >= 0.7 * job,
            "{arm}"
        );
    }
    let half = job / 2.0;
    for arm in ["slices-8", "worker"] {
        assert!(figure(&evidence, arm, "worst_frame_ms") < half, "{arm}");
    }
    let number = |name: &str| {
        visit
            .eval(&format!("window.beats.{name}"))
            .as_f64()
            .unwrap()
    };
    assert!(number("seen") > 10.0, "the heartbeat beats");
    assert!(
        number("longest") >= 0.7 * job,
        "and stands still with the page"
    );
}

#[test]
fn a_file_is_read_in_three_ways_and_comes_once() {
    let visit = Visit::of_site("orders");
    let evidence = visit.run(FILE);
    let same = evidence
        .checks
        .iter()
        .find(|check| check.id == "same-work.orders");
    assert_eq!(same.map(|check| check.verdict), Some(Verdict::Pass));
    let arms: Vec<&str> = evidence.arms.iter().map(|arm| arm.id.as_str()).collect();
    assert_eq!(arms, ["at-once", "slices-8", "worker"]);
    let table = visit.text("totals");
    for (goods, rows, cents) in ORDERS.totals {
        for part in [
            (*goods).to_owned(),
            rows.to_string(),
            (cents / 100).to_string(),
        ] {
            assert!(table.contains(&part), "{part} is not in {table}");
        }
    }
    let transfers = "performance.getEntriesByType('resource')
        .filter((entry) => entry.name.includes('/data/') && entry.transferSize > 1e6).length";
    assert_eq!(visit.eval(transfers), Value::from(1), "the file came once");
    assert_eq!(visit.errors(), [""; 0]);
}

/// Runs the file after a board; what came of the board must stay.
fn told(visit: &Visit) -> String {
    let board = visit.run(BOARD);
    assert_eq!(board.arms.len(), 5);
    let before = visit.text("finding");
    visit.go(&FILE.replace("autorun=on", "predict=off"));
    visit.click("run");
    let fault = "document.querySelector('[data-testid=run-error]') !== null";
    visit.until("the fault to be told", fault);
    visit.idle(LONGEST_RUN);
    assert_eq!(visit.text("finding"), before, "the earlier result stays");
    assert_eq!(
        visit.eval("window.twoChefs.errors().length"),
        Value::from(0)
    );
    visit.text("run-error")
}

#[test]
fn a_file_that_breaks_off_is_told_with_how_much_came() {
    let setting = Setting {
        cut: Some((ORDERS.file, 4_000_000)),
        ..Setting::default()
    };
    let visit = Visit::start("cut", &setting);
    let text = told(&visit);
    assert!(
        text.contains("broke off") && text.contains(" of 10.2 MB"),
        "{text}"
    );
}

#[test]
fn a_file_that_is_missing_or_another_is_told() {
    let site = Copy::of_site();
    let file = site.folder().join(ORDERS.file);
    let setting = Setting {
        folder: Some(site.folder()),
        ..Setting::default()
    };
    let mut bytes = fs::read(&file).unwrap();
    fs::remove_file(&file).unwrap();
    {
        let visit = Visit::start("no-orders", &setting);
        let text = told(&visit);
        assert!(
            text.contains("not to be had") && text.contains("404"),
            "{text}"
        );
    }
    // A single digit differs.
    let at = bytes.len() / 2;
    let digit = bytes[at..].iter().position(u8::is_ascii_digit).unwrap() + at;
    bytes[digit] = if bytes[digit] == b'1' { b'2' } else { b'1' };
    fs::write(&file, bytes).unwrap();
    let visit = Visit::start("other-orders", &setting);
    let text = told(&visit);
    assert!(text.contains("not the expected file"), "{text}");
}
