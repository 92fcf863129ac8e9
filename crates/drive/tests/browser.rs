//! A real browser against a tiny site.

use drive::{Browser, BrowserKind, BrowserOptions, Error, Server, ServerOptions, process_tree};
use serde_json::{Value, json};
use std::fs;
use std::path::PathBuf;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(20);
const PAGE: &str = "<!doctype html><title>Tiny</title><link rel=icon href=data:,>
<button data-testid=run onclick=\"this.textContent = 'ran'; console.error('pressed')\">Run</button>";

struct Site(PathBuf);

impl Site {
    fn new(name: &str) -> Self {
        let folder =
            std::env::temp_dir().join(format!("two-chefs-test-{name}-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let headers = concat!(env!("CARGO_MANIFEST_DIR"), "/../../www/_headers");
        fs::copy(headers, folder.join("_headers")).unwrap();
        fs::write(folder.join("index.html"), PAGE).unwrap();
        fs::write(
            folder.join("around.html"),
            "<!doctype html><title>Around</title><iframe></iframe><script>
             document.querySelector('iframe').src = `http://127.0.0.1:${location.port}/`</script>",
        )
        .unwrap();
        fs::write(folder.join("spin.js"), "postMessage('on'); for (;;) {}").unwrap();
        Self(folder)
    }

    fn serve(&self, isolated: bool) -> Server {
        Server::start(
            &self.0,
            &ServerOptions {
                isolated,
                ..ServerOptions::default()
            },
        )
        .unwrap()
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

fn started(kind: BrowserKind) -> Browser {
    let options = BrowserOptions {
        kind,
        ..BrowserOptions::default()
    };
    Browser::start(&options).unwrap_or_else(|error| panic!("{error}"))
}

/// What every browser does in the same way.
fn drive(kind: BrowserKind) {
    let site = Site::new(kind.id());
    let server = site.serve(true);
    let browser = started(kind);
    browser.open(&server.url()).unwrap();
    assert_eq!(
        browser
            .get("return [crossOriginIsolated, innerWidth, innerHeight]")
            .unwrap(),
        json!([true, 1366, 768])
    );

    browser.click("run").unwrap();
    assert_eq!(browser.text("run").unwrap(), "ran");
    assert!(browser.has("run").unwrap() && !browser.has("stop").unwrap());
    let console = browser.console().unwrap();
    let is_seen = |level: &str, text: &str| {
        let mut lines = console.iter();
        lines.any(|line| line.level == level && line.message.contains(text))
    };
    assert_eq!(
        is_seen("SEVERE", "pressed"),
        kind != BrowserKind::Webkit,
        "{console:?}"
    );

    browser.viewport(700, 600).unwrap();
    assert_eq!(browser.get("return innerWidth").unwrap(), 700);
    assert!(browser.screenshot().unwrap().starts_with(b"\x89PNG"));

    let late = browser.script(
        "return new Promise(() => {})",
        &[],
        Duration::from_millis(200),
    );
    assert!(
        matches!(late, Err(Error::Driver { ref why, .. }) if why.contains("timeout")),
        "{late:?}"
    );
    let never = browser.wait_for("pigs to fly", "window.pigs", Duration::from_millis(200));
    assert!(matches!(never, Err(Error::Timeout { .. })), "{never:?}");

    // A worker that computes is seen from outside by its time.
    let spin = "window.worker = new Worker('spin.js'); return new Promise(on => worker.onmessage = () => on(true))";
    browser.script(spin, &[], LIMIT).unwrap();
    let renderer = browser.renderer().unwrap();
    let before = process_tree::threads(renderer);
    let mut used = Vec::new();
    // On a busy machine the worker needs longer to compute for 50 ms.
    for _ in 0..100 {
        let pause = "return new Promise(on => setTimeout(() => on(true), 100))";
        browser.script(pause, &[], LIMIT).unwrap();
        used = process_tree::since(&before, &process_tree::threads(renderer));
        used.retain(|thread| thread.tid != renderer);
        used.sort_by_key(|thread| std::cmp::Reverse(thread.cpu_nanos));
        if used[0].cpu_nanos > 50_000_000 {
            break;
        }
    }
    assert!(used[0].cpu_nanos > 50_000_000, "{used:?}");
    if kind == BrowserKind::Chromium {
        let mut workers = used.iter().map(|thread| &*thread.name);
        assert_eq!(workers.next(), Some(process_tree::WORKER_THREAD));
        assert!(!workers.any(|name| name == process_tree::WORKER_THREAD));
    }
    assert!(process_tree::memory(renderer).unwrap().rss_bytes > 10_000_000);

    // Into a frame of another site and back.
    let around = format!("http://localhost:{}/around.html", server.port());
    browser.open_fresh(&around).unwrap();
    browser.enter_frame(Some("iframe")).unwrap();
    browser.click("run").unwrap();
    assert_eq!(browser.text("run").unwrap(), "ran");
    browser.enter_frame(None).unwrap();
    assert!(!browser.has("run").unwrap());
    assert_eq!(server.visits(), ["/", "/around.html", "/"]);

    let family = process_tree::tree(browser.root_process());
    assert!(family.len() > 3, "{family:?}");
    drop(browser);
    let alive = |pid: &u32| process_tree::is_alive(*pid);
    assert!(!family.iter().any(alive), "processes are left over");
}

#[test]
fn chromium_is_driven_seen_and_ended() {
    drive(BrowserKind::Chromium);
}

#[test]
fn firefox_is_driven_seen_and_ended() {
    drive(BrowserKind::Firefox);
}

#[test]
fn webkit_is_driven_seen_and_ended() {
    drive(BrowserKind::Webkit);
}

#[test]
fn only_chromium_shows_another_taste() {
    let site = Site::new("taste");
    let server = site.serve(true);
    let browser = started(BrowserKind::Chromium);
    browser.open(&server.url()).unwrap();
    browser.viewport(390, 844).unwrap();
    browser
        .media(&[
            ("prefers-color-scheme", "dark"),
            ("prefers-reduced-motion", "reduce"),
        ])
        .unwrap();
    let seen = "return [innerWidth, matchMedia('(prefers-color-scheme: dark) and (prefers-reduced-motion)').matches]";
    assert_eq!(
        browser.script(seen, &[], LIMIT).unwrap()[1],
        Value::Bool(true)
    );
}

/// Storage that third parties may not have is refused, and only to them.
#[test]
fn third_parties_get_no_storage_where_it_is_blocked() {
    for kind in [BrowserKind::Chromium, BrowserKind::Firefox] {
        let site = Site::new(&format!("blocked-{}", kind.id()));
        let server = site.serve(true);
        let options = BrowserOptions {
            kind,
            blocks_third_party_storage: true,
            ..BrowserOptions::default()
        };
        let browser = Browser::start(&options).unwrap_or_else(|error| panic!("{error}"));
        let around = format!("http://localhost:{}/around.html", server.port());
        browser.open(&around).unwrap();
        let tried = "try { localStorage.setItem('a', 'b'); return 'stored' } catch (error) { return error.name }";
        assert_eq!(browser.get(tried).unwrap(), "stored", "{kind:?}");
        browser.enter_frame(Some("iframe")).unwrap();
        assert_eq!(browser.get(tried).unwrap(), "SecurityError", "{kind:?}");
    }
}

#[test]
fn one_core_and_no_headers_are_real() {
    let site = Site::new("narrow");
    let server = site.serve(false);
    let options = BrowserOptions {
        one_core: true,
        ..BrowserOptions::default()
    };
    let browser = Browser::start(&options).unwrap();
    browser.open(&server.url()).unwrap();
    let seen = browser
        .get("return [crossOriginIsolated, navigator.hardwareConcurrency]")
        .unwrap();
    assert_eq!(seen, json!([false, 1]));
}
