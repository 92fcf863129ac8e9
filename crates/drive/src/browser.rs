//! A headless browser under its driver. Every command has a time limit, and
//! dropping the browser ends all its processes.

use crate::driver::{Driver, START_LIMIT};
use crate::find::Programs;
use crate::wire::Wire;
use crate::{BrowserKind, Error, process_tree};
use base64::Engine as _;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

/// Limit of a command that only passes a message.
const COMMAND_LIMIT: Duration = Duration::from_secs(30);
/// How much longer the wire waits than the browser does, so that the browser's
/// own message is the one that is seen.
const GRACE: Duration = Duration::from_secs(10);
/// Limit of a window getting the size it was told.
const RESIZE_LIMIT: Duration = Duration::from_secs(5);

/// How to start a browser.
#[derive(Clone, Debug)]
pub struct BrowserOptions {
    /// Which browser.
    pub kind: BrowserKind,
    /// Driver and browser may use one core only.
    pub one_core: bool,
    /// Size of the page in CSS pixels.
    pub width: u32,
    /// See `width`.
    pub height: u32,
    /// Further command-line flags of this kind of browser.
    pub flags: Vec<String>,
    /// Pages in frames of other sites get no storage at all. WebKit cannot do
    /// that: it keeps their storage apart.
    pub blocks_third_party_storage: bool,
}

impl Default for BrowserOptions {
    fn default() -> Self {
        Self {
            kind: BrowserKind::Chromium,
            one_core: false,
            width: 1366,
            height: 768,
            flags: Vec::new(),
            blocks_third_party_storage: false,
        }
    }
}

/// One line of the browser's console.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsoleLine {
    /// `SEVERE`, `WARNING`, `INFO` or `DEBUG`.
    pub level: String,
    /// Source and message.
    pub message: String,
}

/// A running browser with one page.
#[must_use = "dropping it ends the browser"]
pub struct Browser {
    kind: BrowserKind,
    driver: Driver,
    wire: Wire,
    session: String,
}

impl Browser {
    /// Starts driver and browser with a fresh profile, installing them if need be.
    ///
    /// # Errors
    /// When they cannot be had or do not start in time.
    pub fn start(options: &BrowserOptions) -> Result<Self, Error> {
        Self::start_with(&Programs::find_or_install(options.kind)?, options)
    }

    /// Starts these programs; they decide which kind of browser it is.
    ///
    /// # Errors
    /// When they do not start in time, or cannot do what is asked for.
    pub fn start_with(programs: &Programs, options: &BrowserOptions) -> Result<Self, Error> {
        if options.blocks_third_party_storage && programs.kind == BrowserKind::Webkit {
            return Err(Error::Driver {
                command: "start".to_owned(),
                why: "WebKit has no switch that blocks the storage of third parties".to_owned(),
            });
        }
        let driver = Driver::start(programs, options)?;
        let wire = Wire::new(driver.port());
        let wanted = json!({ "capabilities": { "alwaysMatch": driver.capabilities() } });
        let made = wire
            .post("/session", &wanted, START_LIMIT)
            .map_err(|error| driver.failed(&error.to_string()))?;
        let number = made
            .get("sessionId")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let browser = Self {
            kind: programs.kind,
            session: format!("/session/{number}"),
            driver,
            wire,
        };
        browser.viewport(options.width, options.height)?;
        Ok(browser)
    }

    /// Which browser it is.
    #[must_use]
    pub fn kind(&self) -> BrowserKind {
        self.kind
    }

    fn post(&self, command: &str, body: &Value) -> Result<Value, Error> {
        self.wire
            .post(&format!("{}{command}", self.session), body, COMMAND_LIMIT)
    }

    /// Opens an address and waits until the page has loaded. A change of the
    /// fragment alone does not load it again.
    ///
    /// # Errors
    /// When it cannot be reached in time.
    pub fn open(&self, url: &str) -> Result<(), Error> {
        self.wire
            .post(
                &format!("{}/url", self.session),
                &json!({ "url": url }),
                Duration::from_secs(60),
            )
            .map(drop)
    }

    /// Opens an address in a fresh document, whatever was open before.
    ///
    /// # Errors
    /// As for [`Browser::open`].
    pub fn open_fresh(&self, url: &str) -> Result<(), Error> {
        self.open("about:blank")?;
        self.open(url)
    }

    /// Runs the body of a function in the page; `arguments` holds `args`.
    /// A promise it returns is waited for.
    ///
    /// # Errors
    /// When it throws, rejects or takes longer than the limit.
    pub fn script(&self, body: &str, args: &[Value], limit: Duration) -> Result<Value, Error> {
        let limit_millis = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        self.post("/timeouts", &json!({ "script": limit_millis }))?;
        self.wire.post(
            &format!("{}/execute/sync", self.session),
            &json!({ "script": body, "args": args }),
            limit + GRACE,
        )
    }

    /// Runs the body of a function that answers at once.
    ///
    /// # Errors
    /// As for [`Browser::script`].
    pub fn get(&self, body: &str) -> Result<Value, Error> {
        self.script(body, &[], COMMAND_LIMIT)
    }

    /// Runs the body of a function that calls its last argument when it is done.
    ///
    /// # Errors
    /// As for [`Browser::script`].
    pub fn script_with_callback(
        &self,
        body: &str,
        args: &[Value],
        limit: Duration,
    ) -> Result<Value, Error> {
        let limit_millis = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        self.post("/timeouts", &json!({ "script": limit_millis }))?;
        self.wire.post(
            &format!("{}/execute/async", self.session),
            &json!({ "script": body, "args": args }),
            limit + GRACE,
        )
    }

    /// Waits until an expression is true in the page; `what` names it in the error.
    ///
    /// # Errors
    /// When it stays false until the limit, or throws.
    pub fn wait_for(&self, what: &str, expression: &str, limit: Duration) -> Result<(), Error> {
        let body = format!(
            "const end = performance.now() + arguments[0];
             return new Promise((settle, fail) => (function look() {{
               try {{ if ({expression}) return settle(true); }} catch (error) {{ return fail(error); }}
               performance.now() > end ? settle(false) : setTimeout(look, 20);
             }})());"
        );
        let limit_millis = u64::try_from(limit.as_millis()).unwrap_or(u64::MAX);
        match self.script(&body, &[limit_millis.into()], limit + GRACE)? {
            Value::Bool(true) => Ok(()),
            _ => Err(Error::Timeout {
                what: what.to_owned(),
                seconds: limit.as_secs(),
            }),
        }
    }

    /// Waits until the page says that nothing loads, runs or moves.
    ///
    /// # Errors
    /// When it is not so within the limit.
    pub fn wait_idle(&self, limit: Duration) -> Result<(), Error> {
        self.wait_for(
            "starting the page",
            "window.twoChefs && window.twoChefs.idle",
            limit,
        )?;
        self.script("return window.twoChefs.idle().then(() => true)", &[], limit)
            .map(drop)
            .map_err(|error| match error {
                Error::Driver { why, .. } if why.contains("timeout") => Error::Timeout {
                    what: "waiting until the page is idle".to_owned(),
                    seconds: limit.as_secs(),
                },
                other => other,
            })
    }

    /// Sets the size of the page in CSS pixels; in Chromium narrow ones count as
    /// phones.
    ///
    /// # Errors
    /// When the driver says no, or the window cannot be of that size.
    pub fn viewport(&self, width: u32, height: u32) -> Result<(), Error> {
        if self.kind == BrowserKind::Chromium {
            // A headless window has a least width and a frame of its own.
            let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600 });
            return self
                .devtools("Emulation.setDeviceMetricsOverride", &metrics)
                .map(drop);
        }
        let wanted = (i64::from(width), i64::from(height));
        let inner = || -> Result<(i64, i64), Error> {
            let size = self.get("return [innerWidth, innerHeight]")?;
            let side = |at: usize| size.get(at).and_then(Value::as_i64).unwrap_or_default();
            Ok((side(0), side(1)))
        };
        let end = Instant::now() + RESIZE_LIMIT;
        let mut size = inner()?;
        // The window is larger than the page by its frame, and follows late.
        let mut outer = (wanted.0, wanted.1);
        while size != wanted {
            if Instant::now() > end {
                return Err(Error::Driver {
                    command: "window size".to_owned(),
                    why: format!("the page is {size:?} instead of {wanted:?} pixels"),
                });
            }
            let rect = json!({ "x": 0, "y": 0, "width": outer.0, "height": outer.1 });
            let now = self.post("/window/rect", &rect)?;
            thread::sleep(Duration::from_millis(50));
            size = inner()?;
            let side = |name: &str| now.get(name).and_then(Value::as_f64).unwrap_or_default();
            let frame = (
                side("width") as i64 - size.0,
                side("height") as i64 - size.1,
            );
            outer = (wanted.0 + frame.0.max(0), wanted.1 + frame.1.max(0));
        }
        Ok(())
    }

    /// Emulates media features such as `("prefers-color-scheme", "dark")`;
    /// replaces those set before. Chromium only.
    ///
    /// # Errors
    /// When the driver says no, or it is another browser.
    pub fn media(&self, features: &[(&str, &str)]) -> Result<(), Error> {
        let features: Vec<Value> = features
            .iter()
            .map(|(name, value)| json!({ "name": name, "value": value }))
            .collect();
        self.devtools(
            "Emulation.setEmulatedMedia",
            &json!({ "features": features }),
        )
        .map(drop)
    }

    /// A command of the DevTools protocol, which only Chromium has.
    ///
    /// # Errors
    /// When the browser says no, or it is another browser.
    pub fn devtools(&self, command: &str, params: &Value) -> Result<Value, Error> {
        if self.kind != BrowserKind::Chromium {
            return Err(Error::Driver {
                command: command.to_owned(),
                why: format!("{} has no such command, use chromium", self.kind.name()),
            });
        }
        self.post(
            "/goog/cdp/execute",
            &json!({ "cmd": command, "params": params }),
        )
    }

    /// The visible part of the page as PNG.
    ///
    /// # Errors
    /// When the browser cannot draw it in time.
    pub fn screenshot(&self) -> Result<Vec<u8>, Error> {
        let answer = self
            .wire
            .get(&format!("{}/screenshot", self.session), COMMAND_LIMIT)?;
        decode(&answer)
    }

    /// The whole page as PNG, however long it is. Chromium only.
    ///
    /// # Errors
    /// When the browser cannot draw it in time, or it is another browser.
    pub fn screenshot_of_all(&self) -> Result<Vec<u8>, Error> {
        let params = json!({ "format": "png", "captureBeyondViewport": true });
        let answer = self.devtools("Page.captureScreenshot", &params)?;
        decode(answer.get("data").unwrap_or(&Value::Null))
    }

    /// Saves [`Browser::screenshot`].
    ///
    /// # Errors
    /// When it cannot be drawn or written.
    pub fn save_screenshot(&self, file: &Path) -> Result<(), Error> {
        let png = self.screenshot()?;
        fs::write(file, png).map_err(Error::io(format!("cannot write {}", file.display())))
    }

    /// WebDriver's handle of the first element of a CSS selector.
    fn element(&self, selector: &str) -> Result<String, Error> {
        let found = self.post(
            "/element",
            &json!({ "using": "css selector", "value": selector }),
        )?;
        let id = found
            .as_object()
            .and_then(|handle| handle.values().next())
            .and_then(Value::as_str);
        id.map(str::to_owned).ok_or_else(|| Error::Driver {
            command: format!("element {selector}"),
            why: "no handle in the answer".to_owned(),
        })
    }

    /// Clicks the control with this `data-testid` as a person would.
    ///
    /// # Errors
    /// When it is missing, hidden or covered.
    pub fn click(&self, test_id: &str) -> Result<(), Error> {
        self.click_on(&selector(test_id))
    }

    /// Clicks the first element of a CSS selector.
    ///
    /// # Errors
    /// When it is missing, hidden or covered.
    pub fn click_on(&self, selector: &str) -> Result<(), Error> {
        let element = self.element(selector)?;
        self.post(&format!("/element/{element}/click"), &json!({}))
            .map(drop)
    }

    /// Whether an element with this `data-testid` is in the page.
    ///
    /// # Errors
    /// When the page does not answer.
    pub fn has(&self, test_id: &str) -> Result<bool, Error> {
        let found = self.script(
            "return document.querySelector(arguments[0]) !== null",
            &[selector(test_id).into()],
            COMMAND_LIMIT,
        )?;
        Ok(found == Value::Bool(true))
    }

    /// Visible text of the element with this `data-testid`.
    ///
    /// # Errors
    /// When it is missing.
    pub fn text(&self, test_id: &str) -> Result<String, Error> {
        let element = self.element(&selector(test_id))?;
        let text = self.wire.get(
            &format!("{}/element/{element}/text", self.session),
            COMMAND_LIMIT,
        )?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Presses keys one after another on whatever has the focus. Special keys
    /// are WebDriver's private characters, `\u{E004}` for Tab.
    ///
    /// # Errors
    /// When the driver says no.
    pub fn keys(&self, keys: &str) -> Result<(), Error> {
        let actions: Vec<Value> = keys
            .chars()
            .flat_map(|key| {
                ["keyDown", "keyUp"].map(|kind| json!({ "type": kind, "value": key.to_string() }))
            })
            .collect();
        let body = json!({ "actions": [{ "type": "key", "id": "keyboard", "actions": actions }] });
        self.post("/actions", &body).map(drop)
    }

    /// Commands go to the frame of this CSS selector from now on; `None` leads
    /// back to the page.
    ///
    /// # Errors
    /// When there is no such frame.
    pub fn enter_frame(&self, selector: Option<&str>) -> Result<(), Error> {
        let id = match selector {
            // The name is fixed by the protocol.
            Some(selector) => {
                json!({ "element-6066-11e4-a52e-4f735466cecf": self.element(selector)? })
            }
            None => Value::Null,
        };
        self.post("/frame", &json!({ "id": id })).map(drop)
    }

    /// Chooses a file of this machine in the file field with this `data-testid`.
    ///
    /// # Errors
    /// When the field is missing or the file cannot be read.
    pub fn choose(&self, test_id: &str, file: &Path) -> Result<(), Error> {
        let element = self.element(&selector(test_id))?;
        let name = file.display().to_string();
        self.post(
            &format!("/element/{element}/value"),
            &json!({ "text": name }),
        )
        .map(drop)
    }

    /// Opens a further tab and goes there; gives the handle of the one before and
    /// that of the new one.
    ///
    /// # Errors
    /// When the driver says no.
    pub fn open_tab(&self) -> Result<(String, String), Error> {
        let handle = |value: Value| value.as_str().unwrap_or_default().to_owned();
        let here = format!("{}/window", self.session);
        let before = handle(self.wire.get(&here, COMMAND_LIMIT)?);
        let mut made = self.post("/window/new", &json!({ "type": "tab" }))?;
        let made = handle(made["handle"].take());
        self.go_to_tab(&made)?;
        Ok((before, made))
    }

    /// Handles of all tabs.
    ///
    /// # Errors
    /// When the driver says no.
    pub fn tabs(&self) -> Result<Vec<String>, Error> {
        let address = format!("{}/window/handles", self.session);
        let handles = self.wire.get(&address, COMMAND_LIMIT)?;
        let handles = handles.as_array().cloned().unwrap_or_default();
        let text = |handle: Value| handle.as_str().unwrap_or_default().to_owned();
        Ok(handles.into_iter().map(text).collect())
    }

    /// Commands go to the tab of this handle from now on.
    ///
    /// # Errors
    /// When there is no such tab.
    pub fn go_to_tab(&self, handle: &str) -> Result<(), Error> {
        self.post("/window", &json!({ "handle": handle })).map(drop)
    }

    /// Closes the tab that commands go to. Another one must be gone to afterwards.
    ///
    /// # Errors
    /// When the driver says no.
    pub fn close_tab(&self) -> Result<(), Error> {
        let here = format!("{}/window", self.session);
        self.wire.delete(&here, COMMAND_LIMIT).map(drop)
    }

    /// Console lines since the last call. WebKit tells nobody: always none.
    ///
    /// # Errors
    /// When the driver says no.
    pub fn console(&self) -> Result<Vec<ConsoleLine>, Error> {
        if self.kind != BrowserKind::Chromium {
            return Ok(self.driver.console());
        }
        let lines = self.post("/se/log", &json!({ "type": "browser" }))?;
        let text = |line: &Value, key: &str| {
            line.get(key)
                .and_then(Value::as_str)
                .unwrap_or_default()
                .to_owned()
        };
        let lines = lines.as_array().map(Vec::as_slice).unwrap_or_default();
        Ok(lines
            .iter()
            .map(|line| ConsoleLine {
                level: text(line, "level"),
                message: text(line, "message"),
            })
            .collect())
    }

    /// Process number under which everything of this browser runs.
    #[must_use]
    pub fn root_process(&self) -> u32 {
        self.driver.id()
    }

    /// The process that draws the page and runs its workers. Browsers keep idle
    /// ones and may change processes with the address, so the page is kept busy,
    /// for 30 ms on a free core, and the process whose main thread shows it three
    /// times in a row, with no other half as busy, is the one: another may be
    /// starting in the meantime.
    ///
    /// # Errors
    /// When the page does not answer or no process shows it.
    pub fn renderer(&self) -> Result<u32, Error> {
        let main_times = || -> Vec<(u32, u64)> {
            process_tree::renderers(self.root_process())
                .into_iter()
                .map(|pid| (pid, process_tree::main_thread_nanos(pid)))
                .collect()
        };
        let (mut last, mut in_a_row) = (0, 0);
        // On a busy machine 30 ms of waiting may hold little computing.
        let mut before = main_times();
        for _ in 0..40 {
            self.get("const end = performance.now() + 30; while (performance.now() < end);")?;
            let after = main_times();
            let mut used: Vec<(u64, u32)> = after
                .iter()
                .filter_map(|(pid, now)| {
                    let (_, then) = before.iter().find(|(other, _)| other == pid)?;
                    Some((now.saturating_sub(*then), *pid))
                })
                .collect();
            used.sort_unstable_by(|a, b| b.cmp(a));
            let Some((nanos @ 10_000_000.., pid)) = used.first().copied() else {
                // What there was adds up.
                continue;
            };
            before = after;
            if used.get(1).is_some_and(|(second, _)| 2 * second > nanos) {
                in_a_row = 0;
                continue;
            }
            in_a_row = if last == pid { in_a_row + 1 } else { 1 };
            last = pid;
            if in_a_row == 3 {
                return Ok(pid);
            }
        }
        Err(Error::Driver {
            command: "renderer".to_owned(),
            why: "no process of the browser did the page's work".to_owned(),
        })
    }
}

impl Drop for Browser {
    fn drop(&mut self) {
        // Looked up first: children of a browser that has ended are nobody's.
        let family = process_tree::tree(self.driver.id());
        // Best effort: what does not end by itself is killed.
        let _ = self.wire.delete(&self.session, Duration::from_secs(5));
        process_tree::end(family.get(1..).unwrap_or_default());
    }
}

fn selector(test_id: &str) -> String {
    format!("[data-testid=\"{test_id}\"]")
}

fn decode(answer: &Value) -> Result<Vec<u8>, Error> {
    let text = answer.as_str().unwrap_or_default();
    base64::engine::general_purpose::STANDARD
        .decode(text)
        .map_err(|error| Error::Driver {
            command: "screenshot".to_owned(),
            why: error.to_string(),
        })
}
