//! The composer: what is put together by using it is what others get.

use serde_json::Value;
use std::collections::BTreeMap;
use tests::host::{Host, complaints, inside};
use tests::{LONGEST_RUN, Visit, testid};

const PREVIEW: &str = "iframe.preview";

fn line(visit: &Visit, id: &str) -> String {
    visit.text(&format!("line-{id}"))
}

/// State of every control that a view offers: address key, value, locked.
fn controls(visit: &Visit) -> BTreeMap<String, Value> {
    let found = visit.eval(
        "Object.fromEntries([...document.querySelectorAll('input[data-testid]')]
           .map((input) => [input.dataset.testid, [input.type === 'range' ? input.value : input.checked, input.disabled]]))",
    );
    serde_json::from_value(found).expect("controls")
}

#[test]
fn what_is_composed_by_use_is_what_the_frame_line_shows() {
    let visit = Visit::of_site("compose");
    visit.open("#/compose");
    visit.click("what-lab");
    visit.click("theme-dark");
    visit.click("lock-workers");
    visit.click("hide-method");
    visit.idle(LONGEST_RUN);
    // The preview is used as a reader would use it.
    visit.enter_frame(Some(PREVIEW));
    visit.until("the preview", "window.twoChefs?.capabilities() !== null && !!document.querySelector('[data-testid=slider-tasks]')");
    visit.idle(LONGEST_RUN);
    visit.click("workload-primes");
    visit.call(
        "const tasks = document.querySelector('[data-testid=slider-tasks]');
         tasks.value = 7; tasks.dispatchEvent(new Event('input', { bubbles: true }));",
        &[],
    );
    visit.idle(LONGEST_RUN);
    let composed = controls(&visit);
    visit.enter_frame(None);
    visit.until(
        "the line",
        "document.querySelector('[data-testid=line-iframe]').textContent.includes('tasks=7')",
    );
    let link = line(&visit, "link");
    for part in [
        "#/lab?",
        "tasks=7",
        "workload=",
        "lock=workers",
        "hide=method",
        "theme=dark",
    ] {
        assert!(link.contains(part), "{part} is not in {link}");
    }
    assert!(!link.contains("embed"), "{link}");
    let element = line(&visit, "element");
    assert!(
        element.contains("lesson=\"lab\"") && element.contains("tasks=\"7\""),
        "{element}"
    );
    assert!(visit.has("qr"), "the link as a code");
    assert_eq!(visit.errors(), [""; 0]);

    // Pasted into an empty file of another origin.
    let pasted = line(&visit, "iframe").replacen("<iframe", "<iframe id=frame", 1);
    let host = Host::serve(&pasted);
    host.open(&visit);
    inside(&visit, || {
        visit.idle(LONGEST_RUN);
        assert_eq!(controls(&visit), composed);
        assert_eq!(visit.eval("document.documentElement.dataset.theme"), "dark");
        let workers = &controls(&visit)["slider-workers"];
        assert_eq!(workers[1], true, "what was locked is locked");
        assert_eq!(visit.errors(), [""; 0]);
    });
    assert_eq!(complaints(&visit), [""; 0]);
}

#[test]
fn the_composer_is_found_from_every_view_and_opens_with_it() {
    let visit = Visit::of_site("compose-link");
    visit.open("#/lesson/waiting?tasks=9");
    visit.click("compose-link");
    visit.until("the composer", &["!!", &testid("compose")].concat());
    visit.idle(LONGEST_RUN);
    let chosen = visit.eval("document.querySelector('[data-testid=what-waiting]').checked");
    assert_eq!(chosen, true);
    visit.click("what-home");
    visit.click("autorun-on");
    visit.click("autorun-on");
    visit.idle(LONGEST_RUN);
    assert!(
        line(&visit, "link").ends_with("/#/"),
        "{}",
        line(&visit, "link")
    );
    assert_eq!(visit.errors(), [""; 0]);
}
