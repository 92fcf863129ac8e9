//! A page of somebody else, on another origin than the site, that embeds it.

use crate::visit::Visit;
use drive::{Server, ServerOptions};
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::{env, fs, process};

const HEAD: &str = "<!doctype html><html lang=en><meta charset=utf-8><title>A course page</title>
<link rel=icon href=data:,>";

/// Notes every message before anything of the site can send one. The frame is
/// `#frame`, or else the first of the page.
const LISTEN: &str = "
  window.heard = [];
  window.embedded = () => (document.getElementById('frame') ?? document.querySelector('iframe'))?.contentWindow;
  addEventListener('message', ({ origin, source, data }) =>
    heard.push({ origin, own: source === embedded(), data }));
  // Of this type, from the page in a frame.
  window.told = (type) => heard.map(({ data }) => data).filter((data) => data && data.source === 'two-chefs' && data.type === type);
  window.say = (type, more) => embedded().postMessage({ target: 'two-chefs', v: 1, type, ...more }, '*');
  // Settles with the next message of a type after an order.
  window.answer = (type, order, more) => new Promise((done, fail) => {
    const timer = setTimeout(() => fail(new Error(`no ${type} after ${order}`)), 40000);
    addEventListener('message', function hear({ data }) {
      if (!data || data.source !== 'two-chefs' || data.type !== type) return;
      clearTimeout(timer);
      removeEventListener('message', hear);
      done(data);
    });
    say(order, more);
  });
";

/// A served folder with one page; dropping it removes both.
#[must_use = "dropping it stops the server"]
pub struct Host {
    folder: PathBuf,
    server: Server,
}

impl Host {
    /// Serves a page with this body, and with what notes the messages, at
    /// `localhost`: another site than `127.0.0.1`.
    ///
    /// # Panics
    /// When it cannot be written or served.
    pub fn serve(body: &str) -> Self {
        Self::built(|folder| {
            let page = format!("{HEAD}<script>{LISTEN}</script>{body}");
            fs::write(folder.join("index.html"), page).expect("its page");
            folder.to_owned()
        })
    }

    /// Serves what `build` makes in a fresh folder: the folder it returns, in
    /// the same way. Where its pages are not ours, [`listen`] notes the messages.
    ///
    /// # Panics
    /// When it cannot be written or served.
    pub fn built(build: impl FnOnce(&Path) -> PathBuf) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let number = COUNT.fetch_add(1, Ordering::Relaxed);
        let folder = env::temp_dir().join(format!("two-chefs-host-{}-{number}", process::id()));
        fs::create_dir_all(&folder).expect("a folder can be made among temporary files");
        let output = build(&folder);
        fs::write(output.join("_headers"), "").expect("a host without headers");
        let server = Server::start(&output, &ServerOptions::default());
        let server = server.unwrap_or_else(|error| panic!("{error}"));
        Self { folder, server }
    }

    /// With one bare frame of this size that shows a view of the site.
    pub fn with_frame(visit: &Visit, fragment: &str, width: u32, height: u32) -> Self {
        let site = visit.url();
        Self::serve(&format!(
            "<iframe id=frame src=\"{site}{fragment}\" width={width} height={height} style=\"border:0\"></iframe>"
        ))
    }

    /// Address of the page.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://localhost:{}/", self.server.port())
    }

    /// Opens the page and waits until the page in its frame knows its mode.
    ///
    /// # Panics
    /// When that says nothing.
    pub fn open(&self, visit: &Visit) {
        visit.open_elsewhere(&self.url());
        visit.until(
            "the frame to speak",
            "window.told && told('mode').length > 0",
        );
    }
}

impl Drop for Host {
    fn drop(&mut self) {
        // Best effort: it lies among temporary files.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Pages that are opened from now on note what a frame tells them, as those of
/// [`Host::serve`] do.
///
/// # Panics
/// When the browser says no.
pub fn listen(visit: &Visit) {
    visit.before_load(&format!("if (window === top) {{ {LISTEN} }}"));
}

/// Answers every question of the lesson shown with its first choice; says how
/// many there are, the one about sureness among them.
///
/// # Panics
/// When the page does not answer.
#[must_use]
pub fn predict(visit: &Visit) -> u64 {
    let asked = visit.call(
        "const groups = [...document.querySelectorAll('.side fieldset')];
         for (const group of groups) group.querySelector('input').click();
         return groups.length;",
        &[],
    );
    asked.as_u64().unwrap_or(0)
}

/// Runs a script inside the frame `#frame` of the page; commands before and
/// after it go to the page.
pub fn inside<T>(visit: &Visit, act: impl FnOnce() -> T) -> T {
    visit.enter_frame(Some("#frame"));
    let done = act();
    visit.enter_frame(None);
    done
}

/// The last fragment the frame told.
///
/// # Panics
/// When it does not answer.
#[must_use]
pub fn state(visit: &Visit) -> String {
    let told = visit.call("return answer('state', 'get-state')", &[]);
    told["fragment"].as_str().unwrap_or_default().to_owned()
}

/// Lines of the console that are errors.
///
/// # Panics
/// When the browser does not answer.
#[must_use]
pub fn complaints(visit: &Visit) -> Vec<String> {
    let lines = visit.browser.console().expect("the console can be read");
    let severe = lines.into_iter().filter(|line| line.level == "SEVERE");
    severe.map(|line| line.message).collect()
}

/// What a script gives for each entry of a list, as text.
#[must_use]
pub fn texts(found: &Value) -> Vec<String> {
    let found = found.as_array().into_iter().flatten();
    found.filter_map(Value::as_str).map(str::to_owned).collect()
}
