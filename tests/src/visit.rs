//! A browser on the site, one at a time, that says what went wrong.

use crate::site::dist;
use crate::timeline::{self, Run};
use drive::{Browser, BrowserOptions, Server, ServerOptions};
use model::Evidence;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

/// Limit of a whole run; the slowest takes half of it on one busy core.
pub const LONGEST_RUN: Duration = Duration::from_secs(180);
/// Limit of starting the page and of everything that is quick.
const QUICK: Duration = Duration::from_secs(45);

/// Tests that time things would disturb each other.
static TURN: Mutex<()> = Mutex::new(());

/// What a browser and its site are like.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// Browser and driver share one core.
    pub one_core: bool,
    /// The site sends the headers that isolate the page.
    pub isolated: bool,
    /// The site; the built one where nothing is said.
    pub folder: Option<&'a Path>,
    /// The browser offers service workers. With them a site without headers
    /// isolates itself.
    pub service_workers: bool,
    /// A file that breaks off: see [`ServerOptions::cut`].
    pub cut: Option<(&'static str, usize)>,
    /// Further command-line flags of the browser.
    pub flags: &'a [String],
}

impl Default for Setting<'_> {
    fn default() -> Self {
        Self {
            one_core: false,
            isolated: true,
            folder: None,
            service_workers: true,
            cut: None,
            flags: &[],
        }
    }
}

/// A browser of its own on a server of its own. If the test fails, dropping it
/// prints what the page complained about and saves a picture of it.
#[must_use = "dropping it ends browser and server"]
pub struct Visit {
    /// The browser.
    pub browser: Browser,
    server: Option<Server>,
    url: String,
    name: &'static str,
    begun: Instant,
    _turn: MutexGuard<'static, ()>,
}

impl Visit {
    /// Waits for its turn and starts both; `name` is that of the picture.
    ///
    /// # Panics
    /// When site, server or browser cannot be had.
    pub fn start(name: &'static str, setting: &Setting<'_>) -> Self {
        // A test that failed has left nothing half-done behind the lock.
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        let folder = setting.folder.map_or_else(dist, Path::to_owned);
        let served = ServerOptions {
            isolated: setting.isolated,
            cut: setting.cut,
            ..ServerOptions::default()
        };
        let server = Server::start(&folder, &served).unwrap_or_else(|error| panic!("{error}"));
        let shown = BrowserOptions {
            one_core: setting.one_core,
            flags: setting.flags.to_vec(),
            ..BrowserOptions::default()
        };
        let browser = Browser::start(&shown).unwrap_or_else(|error| panic!("{error}"));
        if !setting.service_workers {
            ok("no service workers", browser.forget_service_workers());
        }
        Self {
            browser,
            url: server.url(),
            server: Some(server),
            name,
            begun: Instant::now(),
            _turn: turn,
        }
    }

    /// On the built site, isolated, on all cores.
    pub fn of_site(name: &'static str) -> Self {
        Self::start(name, &Setting::default())
    }

    /// Opens a view in a fresh document and waits until it is idle.
    ///
    /// # Panics
    /// When it does not get there in time.
    pub fn open(&self, fragment: &str) {
        self.load(fragment);
        self.idle(QUICK);
    }

    /// Opens a view in a fresh document and waits for nothing.
    ///
    /// # Panics
    /// When it cannot be reached.
    pub fn load(&self, fragment: &str) {
        let url = format!("{}{fragment}", self.url);
        ok("opening", self.browser.open_fresh(&url));
    }

    /// Opens a page that is not the site's.
    ///
    /// # Panics
    /// When it cannot be reached.
    pub fn open_elsewhere(&self, url: &str) {
        ok("opening", self.browser.open_fresh(url));
    }

    /// Goes on in a frame of the page, or with `None` in the page again.
    ///
    /// # Panics
    /// When there is no such frame.
    pub fn enter_frame(&self, selector: Option<&str>) {
        ok("a frame", self.browser.enter_frame(selector));
    }

    /// Address of the site's first page, ending in a slash.
    #[must_use]
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server of the site.
    ///
    /// # Panics
    /// When it was stopped.
    pub fn server(&self) -> &Server {
        self.server.as_ref().expect("the server runs")
    }

    /// Ends the server: from now on nobody answers at the site's address.
    pub fn stop_server(&mut self) {
        self.server = None;
    }

    /// Waits until the page says that its files are kept for offline use.
    ///
    /// # Panics
    /// When that does not happen in time.
    pub fn kept(&self) {
        let ready = "document.documentElement.dataset.offline === 'ready'";
        self.until("files to be kept", ready);
    }

    /// Paths of the site that were asked for so far and are there.
    #[must_use]
    pub fn asked(&self) -> BTreeSet<String> {
        self.server().asked()
    }

    /// Goes to another view within the document.
    ///
    /// # Panics
    /// When the view does not become idle.
    pub fn go(&self, fragment: &str) {
        self.call(
            "location.hash = arguments[0]; return new Promise((done) => setTimeout(done, 0))",
            &[fragment.into()],
        );
        self.idle(QUICK);
    }

    /// Waits until nothing loads, runs or moves.
    ///
    /// # Panics
    /// When it is not so within the limit.
    pub fn idle(&self, limit: Duration) {
        ok("idle", self.browser.wait_idle(limit));
    }

    /// Opens a view with `autorun=on` and returns the record of its run.
    ///
    /// # Panics
    /// When there is none in time.
    #[must_use]
    pub fn run(&self, fragment: &str) -> Evidence {
        self.load(fragment);
        self.idle(LONGEST_RUN);
        let over = "window.twoChefs.evidence() !== null \
                    || document.querySelector('[data-testid=run-error]') !== null";
        self.until(&format!("a result of {fragment}"), over);
        // The run may have begun after the page was idle for a moment.
        self.idle(LONGEST_RUN);
        self.evidence()
    }

    /// Presses Run, waits for the end and returns the record.
    ///
    /// # Panics
    /// When the run does not start or end in time, or ends with a fault.
    #[must_use]
    pub fn press_run(&self) -> Evidence {
        self.start_run();
        self.idle(LONGEST_RUN);
        self.evidence()
    }

    /// Presses Run and waits until the run is under way.
    ///
    /// # Panics
    /// When it does not start.
    pub fn start_run(&self) {
        self.click("run");
        self.until("the run to start", &exists("stop"));
    }

    /// The last record of the page.
    ///
    /// # Panics
    /// When there is none, or its layout is not that of the model.
    #[must_use]
    pub fn evidence(&self) -> Evidence {
        let json = self.eval("JSON.stringify(window.twoChefs.evidence())");
        let json = json.as_str().unwrap_or("null");
        assert_ne!(json, "null", "the page has no record");
        let read = serde_json::from_str(json);
        read.unwrap_or_else(|error| panic!("the record does not fit the model: {error}"))
    }

    /// Every timed run of the last result, as the exported trace has it.
    ///
    /// # Panics
    /// When there is no trace.
    #[must_use]
    pub fn timeline(&self) -> Vec<Run> {
        timeline::read(&self.call(timeline::SCRIPT, &[]))
    }

    /// Value of an expression in the page.
    ///
    /// # Panics
    /// When it throws.
    #[must_use]
    pub fn eval(&self, expression: &str) -> Value {
        self.call(&format!("return {expression}"), &[])
    }

    /// Runs the body of a function in the page; a promise is waited for.
    ///
    /// # Panics
    /// When it throws, rejects or takes too long.
    pub fn call(&self, body: &str, args: &[Value]) -> Value {
        ok("a script", self.browser.script(body, args, LONGEST_RUN))
    }

    /// Runs a script before those of every page from now on. Returns its id.
    ///
    /// # Panics
    /// When the browser says no.
    pub fn before_load(&self, script: &str) -> Value {
        let command = "Page.addScriptToEvaluateOnNewDocument";
        let answer = self.browser.devtools(command, &json!({ "source": script }));
        ok("a script before the page", answer)["identifier"].take()
    }

    /// Undoes [`Visit::before_load`].
    ///
    /// # Panics
    /// When the browser says no.
    pub fn no_longer_before_load(&self, id: &Value) {
        let command = "Page.removeScriptToEvaluateOnNewDocument";
        let answer = self.browser.devtools(command, &json!({ "identifier": id }));
        ok("removing a script", answer);
    }

    /// Waits until an expression is true.
    ///
    /// # Panics
    /// When it stays false.
    pub fn until(&self, what: &str, expression: &str) {
        ok(what, self.browser.wait_for(what, expression, QUICK));
    }

    /// Clicks the control with this test id as a person would.
    ///
    /// # Panics
    /// When it is missing, hidden or covered.
    pub fn click(&self, test_id: &str) {
        ok(test_id, self.browser.click(test_id));
    }

    /// Whether there is an element with this test id.
    ///
    /// # Panics
    /// When the page does not answer.
    #[must_use]
    pub fn has(&self, test_id: &str) -> bool {
        ok(test_id, self.browser.has(test_id))
    }

    /// Visible text of the element with this test id.
    ///
    /// # Panics
    /// When it is missing.
    #[must_use]
    pub fn text(&self, test_id: &str) -> String {
        ok(test_id, self.browser.text(test_id))
    }

    /// Rung and reason found.
    ///
    /// # Panics
    /// When the ladder was not climbed.
    #[must_use]
    pub fn rung(&self) -> (u64, String) {
        let found = self.eval("window.twoChefs.capabilities()");
        let rung = found["rung"].as_u64().expect("the ladder was climbed");
        (
            rung,
            found["reason"].as_str().unwrap_or_default().to_owned(),
        )
    }

    /// What the page noted as errors.
    ///
    /// # Panics
    /// When the page does not answer.
    #[must_use]
    pub fn errors(&self) -> Vec<String> {
        let errors = self.eval("window.twoChefs ? window.twoChefs.errors() : []");
        let errors = errors.as_array().cloned().unwrap_or_default();
        let text = |error: Value| error.as_str().unwrap_or_default().to_owned();
        errors.into_iter().map(text).collect()
    }

    fn complain(&self) {
        let address = self.browser.get("return location.href");
        eprintln!("--- {} at {:?}", self.name, address.ok());
        let errors = self.browser.get("return window.twoChefs.errors()");
        eprintln!("errors of the page: {:?}", errors.ok());
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        for line in self.browser.console().unwrap_or_default() {
            if line.level == "SEVERE" || line.level == "WARNING" {
                *counts.entry(line.message).or_default() += 1;
            }
        }
        for (message, count) in counts {
            eprintln!("console, {count} times: {message}");
        }
        let file = failures().join(format!("{}.png", self.name));
        match self.browser.save_screenshot(&file) {
            Ok(()) => eprintln!("picture: {}", file.display()),
            Err(error) => eprintln!("no picture: {error}"),
        }
    }
}

impl Drop for Visit {
    fn drop(&mut self) {
        if thread::panicking() {
            self.complain();
        }
        // Shown with `--show-output`.
        eprintln!("{}: {:.0} s", self.name, self.begun.elapsed().as_secs_f64());
    }
}

/// JavaScript that looks up the element with this test id.
#[must_use]
pub fn testid(test_id: &str) -> String {
    format!("document.querySelector('[data-testid=\"{test_id}\"]')")
}

fn exists(test_id: &str) -> String {
    format!("{} !== null", testid(test_id))
}

fn ok<T>(what: &str, outcome: Result<T, drive::Error>) -> T {
    outcome.unwrap_or_else(|error| panic!("{what}: {error}"))
}

/// Folder for pictures of pages that failed, beside what cargo builds.
fn failures() -> PathBuf {
    let program = env::current_exe().unwrap_or_default();
    let target = program.ancestors().nth(3).unwrap_or(Path::new("target"));
    let folder = target.join("failures");
    // Shows in the attempt to write a picture there.
    let _ = fs::create_dir_all(&folder);
    folder
}
