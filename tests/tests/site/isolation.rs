//! On a host without headers the service worker isolates the page: after one
//! more load where that helps, and after none where it does not.

use drive::{Server, ServerOptions};
use model::Rung;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};
use std::{env, fs, process};
use tests::{Copy, Setting, Visit};

/// How the document came.
const KIND: &str = "performance.getEntriesByType('navigation')[0].type";
const TWO_CHEFS: &str = "#/lesson/two-chefs?workers=2&tasks=6";
const NO_HEADERS: Setting<'_> = Setting {
    one_core: false,
    isolated: false,
    folder: None,
    service_workers: true,
    cut: None,
    flags: &[],
};

/// Counts the documents of a tab; what a frame loads is none of them.
const STORED: &str = "try { if (parent === self) sessionStorage.loads = \
                        1 + Number(sessionStorage.loads ?? 0) } catch {}";

/// The same where nothing can be stored. A tab that becomes isolated would lose
/// its name.
const NAMED: &str = "if (parent === self && location.protocol !== 'about:') \
                       window.name = String(Number(window.name || 0) + 1)";

fn loads(visit: &Visit) -> u64 {
    let count = visit.eval("Number(sessionStorage.loads)");
    count.as_u64().expect("loads are counted")
}

fn hash(visit: &Visit) -> String {
    let hash = visit.eval("location.hash");
    hash.as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_site_without_headers_is_isolated_by_one_more_load() {
    let visit = Visit::start("self-isolated", &NO_HEADERS);
    visit.before_load(STORED);
    visit.open(TWO_CHEFS);
    assert_eq!(visit.rung(), (3, "pool-works".into()));
    assert_eq!(hash(&visit), TWO_CHEFS, "the fragment stays");
    assert_eq!(visit.eval(KIND), "reload");
    visit.kept();
    assert_eq!(loads(&visit), 2);

    // From now on the first load is isolated.
    visit.open("#/");
    assert_eq!((visit.rung().0, loads(&visit)), (3, 3));

    // Loaded around the worker it is not, and does not fight that.
    let around = visit
        .browser
        .devtools("Page.reload", &json!({ "ignoreCache": true }));
    around.expect("the page can be loaded again");
    visit.until("the next load", "Number(sessionStorage.loads) === 4");
    visit.idle(tests::LONGEST_RUN);
    assert_eq!(visit.rung(), (2, "not-isolated".into()));
    visit.kept();
    assert_eq!(loads(&visit), 4);
    assert_eq!(visit.errors(), [""; 0]);
}

#[test]
fn no_run_begins_before_the_page_is_isolated() {
    let visit = Visit::start("isolated-run", &NO_HEADERS);
    visit.before_load(STORED);
    let evidence = visit.run("#/lab?autorun=on&strategies=pool&tasks=4&size=5&rounds=2");
    assert_eq!(evidence.env.capability.rung, Rung::Shared);
    visit.kept();
    assert_eq!(loads(&visit), 2, "the run was not cut off");
    assert_eq!(visit.evidence().env.started, evidence.env.started);
}

#[test]
fn a_site_with_headers_is_loaded_once() {
    let visit = Visit::of_site("with-headers");
    visit.before_load(STORED);
    visit.open(TWO_CHEFS);
    assert_eq!(visit.rung().0, 3);
    visit.kept();
    assert_eq!((loads(&visit), visit.eval(KIND)), (1, "navigate".into()));
}

#[test]
fn without_service_workers_the_page_stays_as_it_was() {
    let setting = Setting {
        service_workers: false,
        ..NO_HEADERS
    };
    let visit = Visit::start("no-service-workers", &setting);
    visit.before_load(STORED);
    visit.open(TWO_CHEFS);
    assert_eq!(visit.rung(), (2, "not-isolated".into()));
    assert_eq!(visit.eval("'serviceWorker' in navigator"), false);
    assert_eq!((loads(&visit), visit.errors()), (1, Vec::new()));
    drop(visit);

    // As browsers do it where storage is blocked.
    let visit = Visit::start("blocked-service-workers", &NO_HEADERS);
    visit.before_load(STORED);
    visit.before_load(
        "Object.defineProperty(Navigator.prototype, 'serviceWorker', {
           get() { throw new DOMException('blocked', 'SecurityError'); } });",
    );
    visit.open(TWO_CHEFS);
    assert_eq!(visit.rung().0, 2);
    assert_eq!((loads(&visit), visit.errors()), (1, Vec::new()));
}

/// Workers that are registered and then never asked, and no storage to
/// remember a reload in.
#[test]
fn a_load_that_does_not_help_is_not_repeated() {
    let visit = Visit::start("no-loop", &NO_HEADERS);
    visit.before_load(NAMED);
    visit.before_load(
        "Object.defineProperty(window, 'sessionStorage', { get() { throw new DOMException('blocked', 'SecurityError'); } });",
    );
    let network = visit.browser.devtools("Network.enable", &json!({}));
    network.expect("the network can be watched");
    let around = json!({ "bypass": true });
    let around = visit
        .browser
        .devtools("Network.setBypassServiceWorker", &around);
    around.expect("the worker can be passed by");
    visit.open(TWO_CHEFS);
    visit.kept();
    assert_eq!(visit.rung(), (2, "not-isolated".into()));
    assert_eq!(visit.eval("window.name"), "2");
    assert_eq!(hash(&visit), TWO_CHEFS);
    assert_eq!(visit.errors(), [""; 0]);
}

#[test]
fn what_somebody_has_begun_is_not_taken_away() {
    let visit = Visit::start("touched", &NO_HEADERS);
    visit.before_load(STORED);
    let slow = visit.before_load(
        "const register = ServiceWorkerContainer.prototype.register;
         const touched = new Promise((go) => { window.go = go; });
         ServiceWorkerContainer.prototype.register = async function (...wanted) {
           await touched;
           return register.apply(this, wanted);
         };",
    );
    visit.load("#/");
    visit.until(
        "the page to start",
        "document.documentElement.dataset.started",
    );
    visit.click("guess-wait-one-two");
    visit.call("window.go()", &[]);
    visit.until(
        "the offer",
        "document.querySelector('[data-testid=threads]')",
    );
    assert!(visit.text("threads").contains("Shared memory is ready"));
    let guess = visit.eval("document.querySelector('[data-testid=guess-wait-one-two]').checked");
    assert_eq!((guess, loads(&visit)), (Value::Bool(true), 1));
    assert_eq!(visit.rung().0, 2);

    visit.no_longer_before_load(&slow);
    visit.click("threads-follow");
    visit.until("the next load", "Number(sessionStorage.loads) === 2");
    visit.idle(tests::LONGEST_RUN);
    assert_eq!(visit.rung().0, 3);
}

/// A plain page on another origin, without any header, that embeds the site.
struct Host {
    folder: PathBuf,
    server: Server,
}

impl Host {
    fn of(site: &str, name: &str) -> Self {
        let folder = env::temp_dir().join(format!("two-chefs-host-{name}-{}", process::id()));
        fs::create_dir_all(&folder).expect("a folder among temporary files");
        let page = format!(
            "<!doctype html><title>Course</title><link rel=icon href=data:,>
             <script>let loads = 0;</script>
             <iframe src=\"{site}{TWO_CHEFS}\" width=800 height=600 onload=\"loads += 1\"></iframe>"
        );
        fs::write(folder.join("index.html"), page).expect("the page can be written");
        fs::write(folder.join("_headers"), "").expect("no headers can be written");
        let server = Server::start(&folder, &ServerOptions::default());
        let server = server.unwrap_or_else(|error| panic!("{error}"));
        Self { folder, server }
    }

    /// Another site than that of the loopback address by number.
    fn url(&self) -> String {
        format!("http://localhost:{}/", self.server.port())
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // Best effort: it lies among temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Rung found in a frame of a plain page, and how often the frame was loaded.
fn embedded(name: &'static str, folder: Option<&Path>, wanted: u64) -> (u64, u64) {
    let setting = Setting {
        folder,
        ..NO_HEADERS
    };
    let visit = Visit::start(name, &setting);
    let host = Host::of(visit.url(), name);
    let page = visit.browser.open_fresh(&host.url());
    page.expect("the host page opens");
    let there = format!("loads >= {wanted}");
    visit.until("the frame", &there);
    let enter = |frame| {
        let entered = visit.browser.enter_frame(frame);
        entered.expect("the frame can be entered");
    };
    enter(Some("iframe"));
    visit.idle(tests::LONGEST_RUN);
    visit.kept();
    let rung = visit.rung().0;
    assert_eq!(hash(&visit), TWO_CHEFS);
    assert_eq!(visit.errors(), [""; 0]);
    enter(None);
    let loads = visit.eval("loads").as_u64().expect("a count");
    (rung, loads)
}

#[test]
fn a_frame_is_loaded_again_only_if_that_helps() {
    assert_eq!(embedded("frame", None, 2), (3, 2));
    // The frame that tries it out says no, as in browsers that isolate no frames.
    let site = Copy::of_site();
    site.put(
        "probe.js",
        "parent.postMessage({ twoChefsProbe: false }, '*');",
    );
    assert_eq!(embedded("frame-in-vain", Some(site.folder()), 1), (2, 1));
}
