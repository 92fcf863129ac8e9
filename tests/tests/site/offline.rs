//! After the first visit no network is needed; a newer build is offered and
//! never mixed with the old one; nothing is asked of anybody else.

use serde_json::Value;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::sync::{Arc, Mutex};
use std::thread;
use tests::{Axe, Copy, LONGEST_RUN, Setting, Visit, build_of, dist};

const WAITING: &str = "#/lesson/waiting?autorun=on&rounds=2";
/// As long as any build's id, and nowhere else in the site.
const NEWER: &str = "feedfacade";
/// Whom Chromium asks for its own purposes, flags or not.
const ASKED_BY_BROWSER: [&str; 7] = [
    "clients2.google.com",
    "accounts.google.com",
    "www.google.com",
    "android.clients.google.com",
    "content-autofill.googleapis.com",
    "optimizationguide-pa.googleapis.com",
    "update.googleapis.com",
];

fn is_online(visit: &Visit) -> Value {
    visit.call(
        "return fetch('build.json', { cache: 'no-store' }).then(() => true, () => false)",
        &[],
    )
}

#[test]
fn after_the_first_visit_no_network_is_needed() {
    for isolated in [true, false] {
        let setting = Setting {
            isolated,
            ..Setting::default()
        };
        let mut visit = Visit::start("offline", &setting);
        visit.open("#/");
        visit.kept();
        let ahead = visit.server().asked_ahead();
        let rest = format!("/rest-{}.wasm", build_of(&dist()));
        assert!(
            ahead.contains(&rest) && ahead.contains("/words/en/waiting.txt"),
            "the worker fetched {ahead:?}"
        );
        assert!(
            !visit.server().asked().contains(&rest),
            "nobody touched the page"
        );

        visit.stop_server();
        visit.open("#/");
        assert_eq!(is_online(&visit), Value::Bool(false));
        assert!(visit.has("home"));
        let evidence = visit.run(WAITING);
        assert_eq!((evidence.lesson.as_str(), visit.rung().0), ("waiting", 3));
        assert!(visit.has("lesson-waiting") && visit.has("finding"));
        // Words of another language are kept too.
        visit.open("#/lesson/waiting?lang=de");
        let heading = visit.eval("document.querySelector('h1').textContent");
        assert_eq!(heading, "Ein Koch, viele Töpfe");
        assert_eq!(visit.errors(), [""; 0]);
    }
}

fn exists(test_id: &str) -> String {
    format!("document.querySelector('[data-testid={test_id}]') !== null")
}

/// Asks the browser to look for a newer worker, as it does by itself from time
/// to time.
fn look_for_newer(visit: &Visit) {
    visit.call(
        "return navigator.serviceWorker.getRegistration().then((found) => found.update()).then(() => true)",
        &[],
    );
}

/// Waits until only the files of this build are kept.
fn keeps_only(visit: &Visit, id: &str) {
    let kept = visit.call(
        "const end = performance.now() + 20000;
         return new Promise((settle) => (async function look() {
           const names = await caches.keys();
           const isOver = names.length === 1 && names[0].endsWith(arguments[0]);
           isOver || performance.now() > end ? settle(names) : setTimeout(look, 20, arguments[0]);
         })(arguments[0]))",
        &[id.into()],
    );
    let names = kept.as_array().cloned().unwrap_or_default();
    let is_own = |name: &Value| name.as_str().is_some_and(|name| name.ends_with(id));
    assert!(names.len() == 1 && names.iter().all(is_own), "{names:?}");
}

#[test]
fn a_newer_build_is_offered_and_not_forced() {
    let mut site = Copy::of_site();
    let old = build_of(site.folder());
    let folder = site.folder().to_owned();
    let setting = Setting {
        folder: Some(&folder),
        ..Setting::default()
    };
    let visit = Visit::start("update", &setting);
    visit.open("#/?rounds=1");
    visit.kept();
    site.publish_as(NEWER);
    look_for_newer(&visit);
    visit.until("the offer", &exists("update"));
    assert!(visit.text("update").contains("new version"));
    let mut faults = Axe::read().violations(&visit);
    let heights = visit.eval(
        "[...document.querySelectorAll('.offer button')].map((node) => node.getBoundingClientRect().height)",
    );
    let heights = heights.as_array().cloned().unwrap_or_default();
    if heights.len() != 2 || heights.iter().any(|height| height.as_f64() < Some(24.0)) {
        faults.push(format!("buttons of {heights:?} px"));
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));

    visit.click("update-close");
    assert!(!visit.has("update"), "it can be put off");
    // The first touch fetches the rest of the program, which moves the button.
    visit.idle(LONGEST_RUN);
    // The old page goes on with its own files, which the host no longer has.
    let evidence = visit.press_run();
    assert_eq!(evidence.env.build, old);
    visit.go("#/lesson/waiting");
    assert!(visit.has("lesson-waiting") && !visit.has("rest-missing"));
    assert_eq!(visit.errors(), [""; 0]);

    // A page that is loaded is the newest, with its own files, and the worker
    // of the old build makes room without being asked.
    visit.open("#/lesson/waiting");
    assert_eq!(visit.eval("window.twoChefs.version"), NEWER);
    visit.kept();
    assert!(!visit.has("update"), "nothing newer to offer");
    keeps_only(&visit, NEWER);

    // The next one is taken when somebody says so.
    site.publish_as(&old);
    look_for_newer(&visit);
    visit.until("the offer", &exists("update"));
    visit.click("update-follow");
    let taken = format!("window.twoChefs?.version === '{old}'");
    visit.until("the new build", &taken);
    visit.idle(LONGEST_RUN);
    visit.kept();
    keeps_only(&visit, &old);
    assert_eq!(visit.errors(), [""; 0]);
}

/// A proxy for whatever is not on this machine: it answers nobody and writes
/// down who is asked for.
fn overhear() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = listener.local_addr().expect("it has an address").port();
    let heard = Arc::new(Mutex::new(Vec::new()));
    let notes = Arc::clone(&heard);
    // Ends with the test program.
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let mut line = String::new();
            // A visitor who says nothing asked for nothing.
            let _ = BufReader::new(stream).read_line(&mut line);
            notes.lock().expect("notes are kept").push(line);
        }
    });
    (port, heard)
}

/// The request lines but those of the browser itself.
fn left(heard: &Mutex<Vec<String>>) -> Vec<String> {
    let lines = heard.lock().expect("notes are kept").clone();
    let is_ours = |line: &String| {
        let address = line.split(' ').nth(1).unwrap_or_default();
        let host = address
            .trim_start_matches("http://")
            .split(['/', ':'])
            .next();
        !host.is_some_and(|host| ASKED_BY_BROWSER.contains(&host))
    };
    lines.into_iter().filter(is_ours).collect()
}

#[test]
fn no_request_leaves_the_origin() {
    let (port, heard) = overhear();
    let flags = [format!("--proxy-server=http://127.0.0.1:{port}")];
    let setting = Setting {
        isolated: false,
        flags: &flags,
        ..Setting::default()
    };
    let visit = Visit::start("origin", &setting);
    // What the page itself asks for, in vain or not.
    let own = || {
        visit.eval(
            "performance.getEntriesByType('resource').map((entry) => entry.name)
               .filter((name) => !name.startsWith(location.origin) && !name.startsWith('blob:'))",
        )
    };
    visit.open("#/");
    visit.kept();
    assert_eq!(own(), Value::Array(Vec::new()));
    let _ = visit.run(WAITING);
    assert_eq!(own(), Value::Array(Vec::new()));
    visit.open("#/lab");
    assert_eq!(own(), Value::Array(Vec::new()));
    assert_eq!(left(&heard), [""; 0], "somebody else was asked");
    // What leaves is heard.
    visit.call(
        "return fetch('http://elsewhere.invalid/x', { mode: 'no-cors' }).then(() => 0, () => 0)",
        &[],
    );
    let lines = left(&heard);
    assert!(
        lines.len() == 1 && lines[0].contains("elsewhere.invalid"),
        "{lines:?}"
    );
}

#[test]
fn the_site_has_what_its_page_and_hosts_name() {
    let site = dist();
    for file in [
        "_headers",
        ".htaccess",
        "vercel.json",
        "firebase.json",
        "sw.js",
        "screenshot.png",
    ] {
        assert!(site.join(file).is_file(), "{file} is missing");
    }
    let html = std::fs::read_to_string(site.join("index.html")).expect("the page can be read");
    let mut count = 0;
    for piece in html
        .split(['"', '='])
        .filter(|piece| !piece.contains("://"))
    {
        let name = piece
            .trim_start_matches("./")
            .split('?')
            .next()
            .unwrap_or_default();
        let ends = [
            ".js",
            ".css",
            ".wasm",
            ".svg",
            ".png",
            ".json",
            ".webmanifest",
        ];
        if ends.iter().any(|end| name.ends_with(end)) && !name.contains(' ') {
            assert!(site.join(name).is_file(), "{name} is missing");
            count += 1;
        }
    }
    assert!(count > 8, "only {count} files are named");
    for (icon, size) in [("icon-32.png", 32_u32), ("apple-touch-icon.png", 180)] {
        let bytes = std::fs::read(site.join(icon)).expect("the icon can be read");
        let width = bytes.get(16..20).and_then(|part| part.try_into().ok());
        assert_eq!(width.map(u32::from_be_bytes), Some(size), "{icon}");
    }
}
