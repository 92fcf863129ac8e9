//! Bad input and faults: a clear sentence, a page that stays usable, and
//! earlier results that stay.

use model::VoidReason;
use serde_json::Value;
use std::time::Duration;
use tests::{Copy, LONGEST_RUN, Setting, Visit};

/// A short run of the page's own workers.
const SHORT: &str = "#/lab?strategies=messages&workload=primes&tasks=4&size=5&rounds=2";

fn is_visible(visit: &Visit, selector: &str) -> bool {
    let seen = visit.call(
        "return document.querySelector(arguments[0])?.checkVisibility() ?? false",
        &[selector.into()],
    );
    seen == Value::Bool(true)
}

#[test]
fn a_bad_address_is_told_and_dismissed() {
    let visit = Visit::of_site("address");
    visit.open(
        "#/lab?workers=999&tasks=-3&nonsense=1&theme=purple&rounds=many&strategies=pool,magic",
    );
    let told = visit.text("notices");
    for word in ["nonsense", "purple", "999", "many", "magic"] {
        assert!(told.contains(word), "{word} is not in {told}");
    }
    let value = visit.eval("document.querySelector('[data-testid=slider-workers]').value");
    assert_eq!(value, Value::from("32"), "the nearest value is used");
    visit.click("notices-close");
    visit.until(
        "the notice to go",
        "!document.querySelector('[data-testid=notices]')",
    );

    visit.open("#/lesson/nowhere");
    assert!(visit.text("notices").contains("nowhere"));
    assert!(visit.has("home"), "the first page is shown");
    for odd in [
        "#//%%%?&&=&a",
        "#/lesson/waiting/extra",
        "#/lesson/WAITING?tasks=1e999",
        "#?<script>",
    ] {
        visit.open(odd);
        assert!(visit.has("home") || visit.has("lesson-waiting"), "{odd}");
        assert!(visit.has("notices"), "{odd} is told");
    }
    assert_eq!(visit.errors(), [""; 0]);
}

#[test]
fn a_part_of_the_program_that_does_not_arrive_is_told_and_fetched_again() {
    let site = Copy::of_site();
    let put_back = site.take_rest_away();
    // A service worker may keep the part that is taken away.
    let setting = Setting {
        folder: Some(site.folder()),
        service_workers: false,
        ..Setting::default()
    };
    let visit = Visit::start("no-rest", &setting);
    visit.open("#/");
    assert!(!visit.has("rest-missing"), "nobody has asked for it");
    visit.click("guess-wait-one-two");
    visit.idle(LONGEST_RUN);
    assert!(visit.text("rest-missing").contains("did not arrive"));
    visit.click("run");
    visit.idle(LONGEST_RUN);
    assert!(visit.has("rest-missing"), "pressing Run changes nothing");

    put_back();
    visit.click("rest-again");
    visit.until(
        "the notice to go",
        "!document.querySelector('[data-testid=rest-missing]')",
    );
    visit.idle(LONGEST_RUN);
    let chosen = visit.eval("document.querySelector('[data-testid=guess-wait-one-two]').checked");
    assert_eq!(chosen, Value::Bool(true), "the guess is still there");
    let evidence = visit.press_run();
    assert_eq!(evidence.lesson, "four-numbers");

    // A lesson has nothing to show without it, and says so.
    drop(site.take_rest_away());
    visit.open("#/lesson/waiting");
    assert!(visit.has("rest-missing"));
}

#[test]
fn blocked_storage_is_no_fault() {
    let visit = Visit::of_site("storage");
    visit.before_load(
        "for (const name of ['localStorage', 'sessionStorage', 'indexedDB']) {
           Object.defineProperty(window, name, { get() { throw new DOMException('blocked', 'SecurityError'); } });
         }",
    );
    visit.open(SHORT);
    visit.call(
        "const themes = document.querySelector('[data-testid=theme]');
         themes.value = 'dark'; themes.dispatchEvent(new Event('change', { bubbles: true }));",
        &[],
    );
    assert_eq!(
        visit.eval("document.documentElement.dataset.theme"),
        Value::from("dark")
    );
    assert_eq!(visit.press_run().rounds.len(), 4);
    assert_eq!(visit.errors(), [""; 0]);
}

#[test]
fn a_hidden_page_voids_the_rounds_it_was_hidden_in() {
    let visit = Visit::of_site("hidden");
    visit.open("#/lab?strategies=interleaved&workload=primes&tasks=4&size=25&rounds=9");
    visit.start_run();
    visit.until("rounds", "Number(document.querySelector('[data-testid=progress] progress').getAttribute('value')) >= 20");
    visit.call(
        "const say = (state) => {
           Object.defineProperty(document, 'visibilityState', { configurable: true, get: () => state });
           Object.defineProperty(document, 'hidden', { configurable: true, get: () => state === 'hidden' });
           document.dispatchEvent(new Event('visibilitychange'));
         };
         say('hidden');
         return new Promise((done) => setTimeout(() => { say('visible'); done(); }, 300));",
        &[],
    );
    visit.idle(LONGEST_RUN);
    let evidence = visit.evidence();
    let hidden = evidence
        .rounds
        .iter()
        .filter(|row| row.reason == Some(VoidReason::Hidden))
        .count();
    let valid = evidence.rounds.iter().filter(|row| row.valid).count();
    assert!(
        hidden > 0 && valid > 0,
        "{hidden} hidden, {valid} valid of {}",
        evidence.rounds.len()
    );
    assert!(
        evidence.notes.iter().any(|note| note.contains("hidden")),
        "{:?}",
        evidence.notes
    );
    let told = visit.eval("document.querySelector('main').innerText");
    assert!(
        told.as_str().is_some_and(|text| text.contains("hidden")),
        "the page says so: {told}"
    );
}

#[test]
fn a_panic_shows_the_card() {
    let visit = Visit::of_site("panic");
    visit.open("#/lab");
    assert!(!is_visible(&visit, "#fatal"));
    // What the browser reports when the program traps. As a script of the page:
    // of scripts from outside it does not tell what they threw.
    visit.call(
        "const script = document.createElement('script');
         script.textContent = \"setTimeout(() => { throw new WebAssembly.RuntimeError('unreachable'); })\";
         document.head.append(script);",
        &[],
    );
    visit.until("the card", "!document.getElementById('fatal').hidden");
    assert!(
        visit
            .errors()
            .iter()
            .any(|error| error.contains("unreachable"))
    );
    visit.call("document.getElementById('fatal-close').click()", &[]);
    assert!(!is_visible(&visit, "#fatal"), "it can be closed");

    // A panic of the program itself: the browser no longer does what it must.
    visit.open("#/lab");
    visit.call(
        "Element.prototype.setAttribute = () => { throw new Error('no attributes today'); };
         location.hash = '#/lesson/waiting';",
        &[],
    );
    visit.until("the card", "!document.getElementById('fatal').hidden");
    assert!(!visit.errors().is_empty(), "and says what the browser said");
}

#[test]
fn a_page_without_memory_says_so() {
    let visit = Visit::of_site("page-memory");
    visit.before_load(
        "WebAssembly.Memory = function () { throw new RangeError('could not allocate memory'); };",
    );
    visit.load("#/");
    visit.until("the note", "!document.getElementById('slow').hidden");
    assert!(is_visible(&visit, "#slow"), "and says what helps");
    assert!(
        is_visible(&visit, "h1"),
        "the page that needs no memory stays"
    );
}

#[test]
fn a_worker_that_dies_ends_its_run_and_no_other() {
    let site = Copy::of_site();
    // Dies loudly or silently when told to.
    site.prepend_to_engine(
        "engine-worker.js",
        "new BroadcastChannel('fault').onmessage = ({ data }) => {
           if (data === 'vanish') self.close();
           else setTimeout(() => { throw new Error('the stove exploded'); });
         };",
    );
    let setting = Setting {
        folder: Some(site.folder()),
        ..Setting::default()
    };
    let visit = Visit::start("dying", &setting);
    visit.open(SHORT);
    let kept = visit.press_run();
    for (fault, word) in [("explode", "died"), ("vanish", "no sign of life")] {
        visit.go("#/lab?strategies=messages&workload=primes&tasks=8&size=20&rounds=31");
        visit.start_run();
        visit.until("rounds", "Number(document.querySelector('[data-testid=progress] progress').getAttribute('value')) >= 10");
        visit.call(
            "new BroadcastChannel('fault').postMessage(arguments[0])",
            &[fault.into()],
        );
        visit.idle(Duration::from_secs(60));
        let told = visit.text("run-error");
        assert!(told.contains(word), "{fault}: {told}");
        assert!(told.contains("still here"), "{fault}: {told}");
        assert_eq!(
            visit.evidence().env.started,
            kept.env.started,
            "earlier results stay"
        );
        assert!(visit.has("finding"));
    }
    visit.go(SHORT);
    let next = visit.press_run();
    assert!(
        next.rounds.len() == 4 && !visit.has("run-error"),
        "the next run works"
    );
}
