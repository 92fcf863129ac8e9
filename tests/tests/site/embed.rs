//! The page inside a page of another origin: it runs there, says what came of
//! it, obeys that page alone, and keeps what was locked.

use model::{Evidence, VoidReason};
use serde_json::{Value, json};
use tests::host::{Host, complaints, inside, state};
use tests::record::contradictions;
use tests::{LONGEST_RUN, Setting, Visit, testid};

/// A lesson that is run for its record, not for its claims.
const SHORT: &str = "#/lesson/two-chefs?tasks=4&size=4&rounds=2&predict=off&embed=on";

const RIGHT: &str = "\u{E014}";

#[test]
fn a_bare_frame_runs_a_lesson_and_tells_the_page_around() {
    let visit = Visit::of_site("frame");
    let host = Host::with_frame(&visit, SHORT, 640, 480);
    host.open(&visit);
    let first = visit.eval("told('ready')[0]");
    assert_eq!(first["v"], 1, "{first}");
    assert_eq!(first["fragment"], SHORT, "{first}");
    let mode = visit.eval("told('mode')[0]");
    assert_eq!(
        (&mode["rung"], &mode["reason"]),
        (&json!(3), &json!("pool-works"))
    );
    assert_eq!(state(&visit), SHORT);

    visit.call("say('run')", &[]);
    visit.until("a record", "told('result').length > 0");
    let record = visit.eval("told('result')[0].evidence").to_string();
    let evidence: Evidence = serde_json::from_str(&record).expect("a record of the model");
    assert_eq!(evidence.lesson, "two-chefs");
    assert_eq!(contradictions(&evidence), [""; 0]);

    // A second run ends when it is told to, and gives nothing.
    visit.call("say('run')", &[]);
    inside(&visit, || visit.until("the run", &exists("stop")));
    visit.call("say('stop')", &[]);
    inside(&visit, || {
        visit.until("its end", &format!("!({})", exists("stop")));
        visit.idle(LONGEST_RUN);
        assert_eq!(visit.errors(), [""; 0]);
    });
    assert_eq!(visit.eval("told('result').length"), 1);
    let site = visit.url();
    let foreign = visit.call(
        "return heard.filter(({ origin, own }) => !own || arguments[0] !== origin + '/').length",
        &[site.into()],
    );
    assert_eq!(foreign, 0, "the frame speaks for itself");
    assert_eq!(complaints(&visit), [""; 0]);
}

#[test]
fn a_frame_says_how_high_it_is_and_is_not_answered_by_an_echo() {
    let visit = Visit::of_site("frame-height");
    let host = Host::with_frame(&visit, SHORT, 640, 480);
    host.open(&visit);
    // A page around that gives more than what was asked for, at once.
    visit.call(
        "addEventListener('message', ({ data }) => {
           if (data?.type === 'resize') document.getElementById('frame').height = data.height + 40;
         });
         document.getElementById('frame').height = 200;",
        &[],
    );
    for view in ["#/lab", "#/", "#/lesson/two-chefs"] {
        let fragment = format!("{view}?predict=off&embed=on");
        let moved = visit.call(
            "return answer('state', 'load', { fragment: arguments[0] })",
            &[(&*fragment).into()],
        );
        assert_eq!(moved["fragment"], *fragment);
        inside(&visit, || visit.idle(LONGEST_RUN));
        visit.until(
            "its height",
            "document.getElementById('frame').height - 40 === told('resize').at(-1)?.height",
        );
        // The frame is asked twice, so that what an echo makes it say has come.
        let _ = (state(&visit), state(&visit));
        let shown = inside(&visit, || {
            visit.eval(
                "[document.documentElement.scrollHeight, innerHeight, document.body.offsetHeight]",
            )
        });
        let [scroll, inner, content] = [0, 1, 2].map(|at| shown[at].as_i64().unwrap_or(0));
        assert!(scroll <= inner, "{fragment}: {shown} needs no scrolling");
        // Heights are told in whole pixels, rounded up.
        assert!(
            (40..=41).contains(&(inner - content)),
            "{fragment}: {shown} is as high as its content"
        );
    }
    let counts = visit.eval(
        "[told('resize').length,
          heard.filter(({ data }) => data.subject === 'lti.frameResize' && data.height > 100).length,
          heard.filter(({ data }) => data.context === 'h5p' && data.action === 'resize' && data.scrollHeight > 100).length]",
    );
    let own = counts[0].as_u64().unwrap_or(0);
    assert!((3..25).contains(&own), "{counts}");
    assert_eq!(counts, json!([own, own, own]), "three dialects");
}

#[test]
fn only_the_page_around_is_obeyed() {
    let visit = Visit::of_site("frame-obeys");
    let site = visit.url();
    let other = "<script>onmessage = () => {
        const target = parent.frames[0];
        for (const order of [{ type: 'load', fragment: '#/lab' }, { type: 'run' }, { type: 'nonsense' }])
          target.postMessage({ target: 'two-chefs', v: 1, ...order }, '*');
        parent.postMessage('sent', '*');
      };
      parent.postMessage('here', '*');</script>";
    let host = Host::serve(&format!(
        "<iframe id=frame src=\"{site}{SHORT}\"></iframe>
         <iframe id=other srcdoc=\"{}\"></iframe>",
        other.replace('"', "&quot;")
    ));
    host.open(&visit);
    visit.until(
        "the other frame",
        "heard.some(({ data }) => data === 'here')",
    );
    visit.call(
        "document.getElementById('other').contentWindow.postMessage('go', '*')",
        &[],
    );
    visit.until("its messages", "heard.some(({ data }) => data === 'sent')");
    // Nor the page itself, whose messages come from its own window.
    inside(&visit, || {
        visit.call(
            "postMessage({ target: 'two-chefs', v: 1, type: 'load', fragment: '#/lab' }, '*')",
            &[],
        )
    });
    assert_eq!(state(&visit), SHORT);
    assert_eq!(state(&visit), SHORT);
    assert_eq!(visit.eval("told('error').length"), 0);
    inside(&visit, || assert!(!visit.has("stop"), "nothing runs"));

    // The page around is, and learns what it did wrong.
    let moved = visit.call("return answer('state', 'load', { fragment: '/lab' })", &[]);
    assert_eq!(moved["fragment"], "#/lab?predict=off");
    for (order, more, code) in [
        ("nonsense", json!({}), "unknown-type"),
        ("load", json!({ "fragment": 7 }), "bad-fragment"),
        ("load", json!({ "fragment": "#/".repeat(5000) }), "too-long"),
        ("run", json!({ "v": 2 }), "version"),
    ] {
        let told = visit.call(
            "return answer('error', ...arguments)",
            &[order.into(), more],
        );
        assert_eq!((&told["code"], &told["of"]), (&json!(code), &json!(order)));
    }
    // At the top nobody is spoken to.
    visit.open(SHORT);
    let speaks =
        visit.eval("performance.getEntriesByName(new URL('frame.js', location.href).href).length");
    assert_eq!(speaks, 0, "a page of its own does not even fetch it");
    assert!(visit.asked().contains("/frame.js"), "frames do");
}

#[test]
fn locks_hold_against_address_message_and_keyboard() {
    let visit = Visit::of_site("frame-locks");
    let locked = "#/lesson/two-chefs?workers=4&tasks=8&embed=on&lock=workers";
    let host = Host::with_frame(&visit, locked, 640, 480);
    host.open(&visit);
    let is_kept = |what: &str| {
        let fragment = state(&visit);
        for part in ["workers=4", "lock=workers"] {
            assert!(fragment.contains(part), "{what}: {fragment}");
        }
        assert!(!fragment.contains("predict"), "{what}: {fragment}");
    };
    // By message,
    let freer = "#/lesson/two-chefs?workers=8&tasks=12&predict=off&embed=on";
    visit.call("say('load', { fragment: arguments[0] })", &[freer.into()]);
    visit.until(
        "the part that is free",
        "told('state').at(-1).fragment.includes('tasks=12')",
    );
    is_kept("message");
    // by the address of the frame,
    let freer = format!(
        "{}#/lesson/two-chefs?workers=16&tasks=20&embed=on&lock=seed&autorun=on",
        visit.url()
    );
    visit.call(
        "document.getElementById('frame').src = arguments[0]",
        &[freer.into()],
    );
    visit.until(
        "the part that is free",
        "told('state').at(-1).fragment.includes('tasks=20')",
    );
    is_kept("address");
    // and a run is not to be had without a prediction.
    let told = visit.call("return answer('error', 'run')", &[]);
    assert_eq!(told["code"], "prediction", "{told}");
    assert!(
        told["message"]
            .as_str()
            .is_some_and(|words| words.contains("nswer"))
    );

    // Far below in a frame a driver's clicks miss.
    let press = |control: &str| {
        visit.call(&format!("{}.click()", testid(control)), &[]);
    };
    // By hand: the slider takes no keys, and presets leave it where it is.
    inside(&visit, || {
        visit.click("step-play");
        visit.until("the slider", &exists("slider-workers"));
        let slider = testid("slider-workers");
        visit.call(&format!("{slider}.focus()"), &[]);
        for key in [RIGHT, "\u{E010}", "9"] {
            visit.browser.keys(key).expect("keys can be pressed");
        }
        visit.idle(LONGEST_RUN);
        press("preset-crowd");
        visit.until(
            "the preset",
            &format!("{}.value === '48'", testid("slider-tasks")),
        );
        assert_eq!(
            visit.eval(&format!("[{slider}.value, {slider}.disabled]")),
            json!(["4", true])
        );
        // Links inside keep the locks too.
        press("onward");
        visit.idle(LONGEST_RUN);
        let own = visit.eval(&format!("{}.getAttribute('href')", testid("own-tab")));
        let own = own.as_str().unwrap_or_default().to_owned();
        assert!(
            own.contains("lock=workers") && !own.contains("embed"),
            "{own}"
        );
    });
    is_kept("keyboard");
    assert_eq!(complaints(&visit), [""; 0]);
}

fn exists(test_id: &str) -> String {
    format!("{} !== null", testid(test_id))
}

#[test]
fn a_frame_leaves_the_focus_where_the_reader_is() {
    let visit = Visit::of_site("frame-focus");
    let site = visit.url();
    let host = Host::serve(&format!(
        "<input id=answer><div style=\"height:2000px\"></div><iframe id=frame src=\"{site}{SHORT}\"></iframe>"
    ));
    host.open(&visit);
    visit.call("document.getElementById('answer').focus()", &[]);
    let moved = visit.call(
        "return answer('state', 'load', { fragment: '#/lesson/waiting?embed=on' })",
        &[],
    );
    assert_eq!(moved["fragment"], "#/lesson/waiting?predict=off&embed=on");
    inside(&visit, || visit.idle(LONGEST_RUN));
    let at = visit.eval("[document.activeElement.id, scrollY]");
    assert_eq!(at, Value::from(vec![json!("answer"), json!(0)]));
}

#[test]
fn what_was_timed_out_of_view_does_not_count() {
    let visit = Visit::of_site("frame-unseen");
    let fragment = "#/lab?strategies=interleaved&workload=primes&tasks=4&size=25&rounds=9&embed=on";
    let site = visit.url();
    let host = Host::serve(&format!(
        "<iframe id=frame src=\"{site}{fragment}\" width=640 height=480></iframe><p style=\"height:400vh\">"
    ));
    host.open(&visit);
    visit.call("say('run')", &[]);
    inside(&visit, || {
        visit.until("rounds", "Number(document.querySelector('[data-testid=progress] progress')?.getAttribute('value')) >= 20");
    });
    visit.call("scrollTo(0, document.documentElement.scrollHeight)", &[]);
    inside(&visit, || {
        visit.until(
            "the frame to be out of view",
            "document.documentElement.dataset.unseen === 'yes'",
        );
    });
    visit.call("scrollTo(0, 0)", &[]);
    visit.until("a record", "told('result').length > 0");
    let record = visit.eval("told('result')[0].evidence").to_string();
    let evidence: Evidence = serde_json::from_str(&record).expect("a record of the model");
    let hidden = evidence
        .rounds
        .iter()
        .filter(|row| row.reason == Some(VoidReason::Hidden));
    assert!(hidden.count() > 0, "{:?}", evidence.notes);
    assert!(evidence.rounds.iter().any(|row| row.valid));
    assert!(evidence.notes.iter().any(|note| note.contains("hidden")));
    assert_eq!(complaints(&visit), [""; 0]);
}

#[test]
fn a_page_with_a_strict_policy_may_have_two_frames() {
    let visit = Visit::of_site("frame-strict");
    let site = visit.url();
    let frame =
        |id: &str| format!("<iframe id={id} src=\"{site}{SHORT}\" width=640 height=480></iframe>");
    // In the head still: a policy further down would not be heard.
    let host = Host::serve(&format!(
        "<meta http-equiv=Content-Security-Policy content=\"default-src 'none'; img-src data:; frame-src {site}\">
         {}{}",
        frame("frame"),
        frame("other")
    ));
    host.open(&visit);
    visit.until("both frames", "told('mode').length === 2");
    let rungs = visit.eval("told('mode').map(({ rung }) => rung)");
    assert_eq!(rungs, json!([3, 3]));
    visit.call("say('run')", &[]);
    visit.until("a record", "told('result').length > 0");
    let own =
        visit.eval("heard.filter(({ data }) => data?.type === 'result').map(({ own }) => own)");
    assert_eq!(own, json!([true]), "the other frame has not run");
    assert_eq!(complaints(&visit), [""; 0]);
}

#[test]
fn a_page_without_https_around_takes_no_lesson_away() {
    let flags = ["--host-resolver-rules=MAP course.test 127.0.0.1".to_owned()];
    let setting = Setting {
        flags: &flags,
        ..Setting::default()
    };
    let visit = Visit::start("frame-insecure", &setting);
    let host = Host::with_frame(&visit, SHORT, 640, 480);
    // Plain http under a name that is not this computer's own: no secure context.
    visit.open_elsewhere(&host.url().replace("localhost", "course.test"));
    visit.until(
        "the frame to speak",
        "window.told && told('mode').length > 0",
    );
    assert_eq!(visit.eval("isSecureContext"), false);
    let rung = visit.eval("told('mode')[0].rung").as_u64();
    assert!(rung >= Some(2), "{rung:?}");
    visit.call("say('run')", &[]);
    visit.until("a record", "told('result').length > 0");
    inside(&visit, || {
        visit.idle(LONGEST_RUN);
        assert_eq!(visit.errors(), [""; 0]);
    });
}
