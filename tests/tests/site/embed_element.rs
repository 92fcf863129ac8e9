//! The element `<two-chefs>` in a page of another origin, and the page of
//! examples.

use model::Evidence;
use serde_json::{Value, json};
use tests::host::{Host, complaints, texts};
use tests::{Axe, Visit};

const QUICK: &str = "lesson=two-chefs tasks=4 size=4 rounds=2 predict=off";

/// A page with one element and a list of what it raised.
fn host(visit: &Visit, attributes: &str, head: &str) -> Host {
    let site = visit.url();
    Host::serve(&format!(
        "{head}<script src=\"{site}embed.js\"></script>
         <main id=here><two-chefs id=chefs {attributes}></two-chefs></main><aside id=there></aside>
         <script>
           window.raised = [];
           window.chefs = document.getElementById('chefs');
           for (const type of ['ready', 'mode', 'state', 'result', 'error'])
             chefs.addEventListener(type, (event) => raised.push({{ type, detail: event.detail }}));
           window.of = (type) => raised.filter((one) => one.type === type).map((one) => one.detail);
           window.frame = () => chefs.shadowRoot.querySelector('iframe');
         </script>"
    ))
}

fn opened(visit: &Visit, host: &Host) {
    visit.open_elsewhere(&host.url());
    visit.until("the element", "window.of && of('mode').length > 0");
}

#[test]
fn an_element_runs_a_lesson_and_raises_its_result() {
    let visit = Visit::of_site("element");
    let host = host(&visit, QUICK, "");
    opened(&visit, &host);
    assert_eq!(visit.eval("of('mode')[0].rung"), 3);
    let frame = visit
        .eval("[frame().title, frame().loading, frame().allow.includes('cross-origin-isolated')]");
    assert_eq!(frame, json!(["Two Chefs: two-chefs", "lazy", true]));
    visit.call("chefs.run()", &[]);
    visit.until("its result", "of('result').length > 0");
    let record = visit.eval("of('result')[0].evidence").to_string();
    let evidence: Evidence = serde_json::from_str(&record).expect("a record of the model");
    assert_eq!(evidence.lesson, "two-chefs");
    assert_eq!(visit.eval("chefs.evidence.lesson"), "two-chefs");
    visit.until(
        "its height",
        "parseFloat(frame().style.height) === told('resize').at(-1).height",
    );
    assert_eq!(visit.eval("of('error')"), json!([]));
    assert_eq!(complaints(&visit), [""; 0]);
}

#[test]
fn attributes_change_the_view_and_not_the_frame() {
    let visit = Visit::of_site("element-attributes");
    let host = host(&visit, QUICK, "");
    opened(&visit, &host);
    let shows = |what: &str| {
        visit.until(
            what,
            &format!("of('state').at(-1).fragment.includes({what:?})"),
        );
    };
    visit.call(
        "chefs.setAttribute('tasks', '6'); chefs.setAttribute('theme', 'dark')",
        &[],
    );
    shows("tasks=6");
    let told = visit.eval("of('state').at(-1).fragment");
    assert_eq!(
        told,
        "#/lesson/two-chefs?tasks=6&size=4&rounds=2&predict=off&embed=on&theme=dark"
    );
    // What the reader changed in the meantime stays.
    visit.call("chefs.load('#/lesson/two-chefs?workers=3&embed=on')", &[]);
    shows("workers=3");
    visit.call(
        "chefs.removeAttribute('theme'); chefs.setAttribute('seed', '9')",
        &[],
    );
    shows("seed=9");
    let told = visit.eval("of('state').at(-1).fragment");
    assert_eq!(
        told,
        "#/lesson/two-chefs?workers=3&seed=9&predict=off&embed=on"
    );
    visit.call(
        "chefs.setAttribute('lesson', 'waiting'); chefs.title = 'Pots'",
        &[],
    );
    shows("waiting");
    assert_eq!(visit.eval("frame().title"), "Pots");
    // Nonsense is told inside, where the reader is.
    visit.call(
        "chefs.setAttribute('workers', '\\ud800'); chefs.setAttribute('lesson', '../\\udfff?&#'); chefs.setAttribute('height', 'tall')",
        &[],
    );
    shows("#/?");
    visit.call("chefs.setAttribute('lesson', 'lab')", &[]);
    shows("#/lab");
    assert_eq!(
        visit.eval("of('ready').length"),
        1,
        "one document all along"
    );
    assert_eq!(complaints(&visit), [""; 0]);
}

#[test]
fn an_element_may_be_moved_removed_and_defined_again() {
    let visit = Visit::of_site("element-moves");
    let host = host(&visit, QUICK, "");
    opened(&visit, &host);
    visit.call("chefs.setAttribute('tasks', '6')", &[]);
    visit.until(
        "the change",
        "of('state').at(-1).fragment.includes('tasks=6')",
    );
    visit.call("document.getElementById('there').append(chefs)", &[]);
    visit.until("a new start", "of('mode').length === 2");
    let again = visit.eval("of('ready')[1].fragment");
    assert!(
        again.as_str().is_some_and(|at| at.contains("tasks=6")),
        "{again}"
    );

    // Another copy of the script, and a second element beside the first.
    visit.call(
        "const script = document.createElement('script');
         script.src = document.querySelector('script[src*=\"embed.js\"]').src + '?again';
         document.head.append(script);
         return new Promise((done) => { script.onload = done; })",
        &[],
    );
    visit.call(
        "window.second = document.createElement('two-chefs');
         second.setAttribute('lesson', 'waiting');
         second.setAttribute('fixed', ''); second.setAttribute('height', '300');
         window.modes = 0;
         second.addEventListener('mode', () => { modes += 1; });
         document.getElementById('here').append(second);",
        &[],
    );
    visit.until("the second", "modes === 1");
    assert_eq!(
        visit.eval("of('mode').length"),
        2,
        "each hears its own frame"
    );
    assert_eq!(
        visit.eval("second.shadowRoot.querySelector('iframe').style.height"),
        "300px"
    );

    // Removed in the middle of a run, and put back.
    visit.call("chefs.setAttribute('rounds', '31'); chefs.run()", &[]);
    visit.until(
        "the change",
        "of('state').at(-1).fragment.includes('rounds=31')",
    );
    visit.call(
        "chefs.remove(); chefs.run(); chefs.stop(); chefs.setAttribute('rounds', '2')",
        &[],
    );
    visit.call("document.getElementById('here').append(chefs)", &[]);
    visit.until("a third start", "of('mode').length === 3");
    visit.call("chefs.run()", &[]);
    visit.until("a result", "of('result').length > 0");
    assert_eq!(visit.eval("chefs.evidence.params.rounds"), "2");
    assert_eq!(visit.eval("of('error')"), json!([]));
    assert_eq!(complaints(&visit), [""; 0]);
}

#[test]
fn an_element_believes_its_own_frame_only_and_says_when_nobody_answers() {
    let visit = Visit::of_site("element-trust");
    // As strict as a page can be that still embeds the site.
    let site = visit.url();
    let policy = format!(
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; frame-src {site}; script-src {site} 'unsafe-inline'; img-src data:\">"
    );
    let host = host(&visit, QUICK, &policy);
    opened(&visit, &host);
    visit.call(
        "const lie = { source: 'two-chefs', v: 1 };
         postMessage({ ...lie, type: 'result', evidence: 'none' }, '*');
         postMessage({ ...lie, type: 'resize', height: 4000 }, '*');
         dispatchEvent(new MessageEvent('message', { data: { ...lie, type: 'error', code: 'lie' }, source: frame().contentWindow, origin: location.origin }));
         dispatchEvent(new MessageEvent('message', { data: { ...lie, type: 'error', code: 'lie' } }));
         return new Promise((done) => setTimeout(done, 0))",
        &[],
    );
    assert_eq!(
        visit.eval("[of('error').length, of('result').length, chefs.evidence]"),
        json!([0, 0, null])
    );
    for bad in ["javascript:alert(1)", "data:text/html,x", "http://["] {
        visit.call("chefs.setAttribute('src', arguments[0])", &[bad.into()]);
        visit.until("the refusal", "of('error').at(-1)?.code === 'bad-src'");
        visit.call("raised.length = 0", &[]);
    }
    let shown = visit.eval("frame().src");
    assert!(
        shown.as_str().is_some_and(|src| src.starts_with(site)),
        "{shown}"
    );
    assert_eq!(complaints(&visit), [""; 0]);
}

#[test]
fn the_examples_are_live_true_and_for_everybody() {
    let visit = Visit::of_site("examples");
    visit.open_elsewhere(&format!("{}examples/", visit.url()));
    visit.until("both embeds", "document.body.dataset.live === '2'");
    // Every snippet is the file it names.
    let wrong = visit.call(
        "return Promise.all([...document.querySelectorAll('pre[data-file]')].map(async (shown) => {
           const reply = await fetch(shown.dataset.file);
           const text = await reply.text();
           return reply.ok && text.trim() === shown.textContent.trim() ? '' : shown.dataset.file;
         })).then((wrong) => [wrong.length, wrong.filter(Boolean)])",
        &[],
    );
    assert!(wrong[0].as_u64().is_some_and(|files| files >= 9), "{wrong}");
    assert_eq!(
        texts(&wrong[1]),
        [""; 0],
        "files that are not what is shown"
    );
    let axe = Axe::read();
    for scheme in ["light", "dark"] {
        let media = [("prefers-color-scheme", scheme)];
        visit.browser.media(&media).expect("colours can be chosen");
        assert_eq!(axe.violations(&visit), [""; 0], "{scheme}");
    }
    visit.browser.viewport(320, 640).expect("a narrow screen");
    let wide = visit.eval("document.documentElement.scrollWidth");
    assert_eq!(wide, Value::from(320));
    assert_eq!(complaints(&visit), [""; 0]);
}
