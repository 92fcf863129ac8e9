//! Pages around that mean no good, or are broken.

use tests::host::{Host, complaints, inside, state};
use tests::{LONGEST_RUN, Visit};

/// Reproducible noise: numbers, words of the addresses, and texts from them.
const NOISE: &str = r##"
let seed = arguments[0];
const next = (below) => {
  seed = (seed + 0x6D2B79F5) | 0;
  let mixed = Math.imul(seed ^ (seed >>> 15), 1 | seed);
  mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
  return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
};
const pick = (list) => list[next(list.length)];
const keys = ["workload", "strategies", "workers", "tasks", "size", "wait", "seed", "rounds", "level", "predict",
  "embed", "lock", "hide", "theme", "lang", "autorun", "__proto__", "constructor", "", "lesson", "%", "\ud800"];
const words = ["on", "off", "1", "0", "-1", "1e99", "999999999999999999999", "NaN", "0.1,5", "all", "pool", "gpu,pool", "magic",
  "de", "dark", "header,nav,steps", "%F0%9F%8D%B3", "\u202e", "<img src=x onerror=alert(1)>", "'\"`", "\0", "a".repeat(300), ",,,", "primes", "waiting"];
const views = ["", "lesson/waiting", "lesson/computing", "lesson/two-chefs", "lesson/calibrate", "lab", "compose", "lesson/", "lesson/nowhere",
  "//", "lesson/%00", "..", "lab/lab", "%", "?", "#"];
const text = (most) => Array.from({ length: next(most) }, () => String.fromCharCode(next(4) ? 32 + next(95) : next(65536))).join("");
const fragment = () => {
  if (!next(6)) return text(400);
  const pairs = Array.from({ length: next(8) }, () => `${pick(keys)}${next(9) ? "=" : ""}${next(3) ? pick(words) : text(20)}`);
  return `${next(9) ? "#/" : ""}${pick(views)}${next(9) ? "?" : ""}${pairs.join(pick(["&", "&", "&&", ";"]))}${next(200) ? "" : "x".repeat(100000)}`;
};
const value = (depth) => pick([
  () => next(2) ? next(1e6) : -next(1e6) / 7, () => NaN, () => null, () => undefined, () => true, () => text(60), () => new Date(NaN),
  () => new Map([[text(5), text(5)]]), () => new Set([1]), () => new Uint8Array(next(2000)), () => new Error(text(9)), () => /x/g, () => 10n ** 30n,
  () => depth ? Array.from({ length: next(6) }, () => value(depth - 1)) : [], () => depth ? { [pick(keys)]: value(depth - 1), type: value(depth - 1) } : {},
  () => { const round = {}; round.round = round; return round; }, () => new Blob([text(9)]), () => "[object Object]",
])();
const message = () => next(4) ? {
  target: next(9) ? "two-chefs" : value(1), v: next(9) ? 1 : value(1),
  type: pick(["load", "load", "run", "stop", "get-state", "state", "result", "Load", "", "toString", value(2)]),
  fragment: next(5) ? fragment() : value(2), [pick(keys)]: value(2),
} : value(3);
"##;

/// Posts messages in bunches, as fast as the page around can.
const FLOOD: &str = "
const frame = document.getElementById('frame').contentWindow;
return (async () => {
  for (let sent = 0; sent < arguments[1]; sent += 1) {
    frame.postMessage(message(), '*');
    if (sent % 250 === 249) await new Promise((done) => setTimeout(done, 0));
  }
  return arguments[1];
})();";

/// Goes to addresses at a pace at which the browser follows.
const WANDER: &str = "
const frame = document.getElementById('frame');
const page = frame.src.split('#')[0];
return (async () => {
  for (let gone = 0; gone < arguments[1]; gone += 1) {
    frame.src = page + '#' + fragment().replace(/^#/, '');
    await new Promise((done) => setTimeout(done, 60));
  }
  return arguments[1];
})();";

/// Inside the frame: hands the program addresses faster than the browser would.
const HURRY: &str = "
return (async () => {
  for (let gone = 0; gone < arguments[1]; gone += 1) {
    window.twoChefsHands.heard('#' + fragment().replace(/^#/, ''));
    if (gone % 20 === 19) await new Promise((done) => setTimeout(done, 0));
  }
  return arguments[1];
})();";

fn noise(visit: &Visit, act: &str, seed: u32, count: u32) {
    let body = [NOISE, act].concat();
    let body = format!("return (function () {{ {body} }})(...arguments)");
    assert_eq!(visit.call(&body, &[seed.into(), count.into()]), count);
}

/// The frame is well, and does what it is asked for.
fn is_usable(visit: &Visit) {
    visit.call("say('stop')", &[]);
    let fragment = "#/lesson/waiting?tasks=3&wait=20&rounds=2&predict=off&embed=on";
    inside(visit, || {
        visit.until(
            "the end of runs",
            "document.querySelector('[data-testid=stop]') === null",
        );
        visit.idle(LONGEST_RUN);
        assert_eq!(visit.errors(), [""; 0]);
    });
    let before = visit.eval("told('result').length").as_u64().unwrap_or(0);
    visit.call(
        "say('load', { fragment: arguments[0] }); say('run')",
        &[fragment.into()],
    );
    visit.until("a result", &format!("told('result').length > {before}"));
    assert_eq!(
        visit.eval("told('result').at(-1).evidence.lesson"),
        "waiting"
    );
    assert_eq!(state(visit), fragment);
    inside(visit, || assert_eq!(visit.errors(), [""; 0]));
    assert_eq!(complaints(visit), [""; 0]);
}

#[test]
fn ten_thousand_messages_of_all_kinds_break_nothing() {
    let visit = Visit::of_site("flood");
    let host = Host::with_frame(&visit, "#/lab?predict=off&embed=on", 640, 480);
    host.open(&visit);
    noise(&visit, FLOOD, 1, 10_000);
    is_usable(&visit);
    let errors = visit.eval("told('error').length").as_u64().unwrap_or(0);
    assert!((1..5000).contains(&errors), "{errors} answers to a flood");
}

#[test]
fn two_thousand_addresses_of_all_kinds_break_nothing() {
    let visit = Visit::of_site("fragments");
    let host = Host::with_frame(&visit, "#/?predict=off&embed=on", 640, 480);
    host.open(&visit);
    inside(&visit, || {
        visit.call(
            "window.gone = 0; addEventListener('hashchange', () => { gone += 1; })",
            &[],
        )
    });
    noise(&visit, WANDER, 2, 200);
    inside(&visit, || {
        let gone = visit.eval("gone").as_u64().unwrap_or(0);
        assert!(gone > 150, "{gone} of 200 addresses reached the page");
        noise(&visit, HURRY, 3, 1800);
    });
    is_usable(&visit);
}

#[test]
fn without_an_origin_of_its_own_a_frame_still_speaks() {
    let visit = Visit::of_site("sandbox");
    let site = visit.url();
    let host = Host::serve(&format!(
        "<iframe id=frame sandbox=allow-scripts src=\"{site}#/lesson/waiting?tasks=3&wait=20&rounds=2&predict=off&embed=on\"></iframe>"
    ));
    host.open(&visit);
    assert!(
        visit
            .eval("told('mode')[0].rung")
            .as_u64()
            .is_some_and(|rung| rung >= 1)
    );
    visit.call("say('run')", &[]);
    visit.until("a result", "told('result').length > 0");
    assert_eq!(
        visit.eval("heard.every(({ origin }) => origin === 'null')"),
        true
    );
}
