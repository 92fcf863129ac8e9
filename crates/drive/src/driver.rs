//! The process of a driver: started on a free port, listened to, and ended with
//! everything it has started.

use crate::launch::{Launch, console_line};
use crate::wire::Wire;
use crate::{BrowserOptions, ConsoleLine, Error, Programs, process_tree, temporary};
use rustix::thread::{CpuSet, sched_getaffinity, sched_setaffinity};
use serde_json::Value;
use std::collections::VecDeque;
use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

/// A cold start reads some hundred megabytes from the disk.
pub const START_LIMIT: Duration = Duration::from_secs(90);
/// Lines kept to explain a failure.
const LAST_LINES: usize = 12;
/// Between two tries to reach a driver that does not say when it listens.
const RETRY: Duration = Duration::from_millis(30);

/// What driver and browser have printed.
#[derive(Default)]
struct Said {
    console: Vec<ConsoleLine>,
    last: VecDeque<String>,
}

/// A running driver.
#[must_use = "dropping it ends the driver and all it started"]
pub struct Driver {
    child: Child,
    _screen: Option<Screen>,
    folder: PathBuf,
    port: u16,
    capabilities: Value,
    said: Arc<Mutex<Said>>,
}

impl Driver {
    /// Starts a driver that is ready for commands.
    ///
    /// # Errors
    /// When it does not start in time, with what it said.
    pub fn start(programs: &Programs, options: &BrowserOptions) -> Result<Self, Error> {
        let screen = match &programs.screen {
            Some(program) => Some(Screen::start(program, options)?),
            None => None,
        };
        let folder = temporary::folder("browser")?;
        let launch = Launch::new(programs, options, &folder, free_port()?);
        let mut command = Command::new(&programs.driver);
        command
            .args(&launch.arguments)
            .envs(launch.variables.iter().map(|(name, value)| (name, value)))
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped());
        if let Some(screen) = &screen {
            command.env("DISPLAY", &screen.name);
        }
        let child = spawn(&mut command, options.one_core).map_err(Error::io(format!(
            "cannot start {}",
            programs.driver.display()
        )))?;
        // From here on dropping it cleans up, also when the rest fails.
        let mut driver = Self {
            child,
            _screen: screen,
            folder,
            port: 0,
            capabilities: launch.capabilities,
            said: Arc::default(),
        };
        let (send, ports) = mpsc::channel();
        let hear = |pipe: Box<dyn Read + Send>| {
            let (said, send) = (Arc::clone(&driver.said), send.clone());
            let (kind, marker) = (programs.kind, launch.port_follows);
            thread::spawn(move || {
                // Read on to the end: a full pipe would stop the driver.
                for line in BufReader::new(pipe).split(b'\n').map_while(Result::ok) {
                    let line = String::from_utf8_lossy(&line).into_owned();
                    if let Some(port) = marker.and_then(|marker| port_after(marker, &line)) {
                        let _ = send.send(port);
                    }
                    let mut said = said.lock().unwrap_or_else(PoisonError::into_inner);
                    said.console.extend(console_line(kind, &line));
                    if said.last.len() == LAST_LINES {
                        said.last.pop_front();
                    }
                    said.last.push_back(line);
                }
            });
        };
        if let Some(pipe) = driver.child.stdout.take() {
            hear(Box::new(pipe));
        }
        if let Some(pipe) = driver.child.stderr.take() {
            hear(Box::new(pipe));
        }
        drop(send);
        driver.port = match launch.port_follows {
            // Ends early when the driver does: then nobody can send any more.
            Some(_) => ports
                .recv_timeout(START_LIMIT)
                .map_err(|_| driver.failed("it did not say on which port it listens"))?,
            None => driver.wait_until_it_listens(&launch.arguments)?,
        };
        Ok(driver)
    }

    /// Port of this machine it listens on.
    pub fn port(&self) -> u16 {
        self.port
    }

    /// Its process number.
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// What a session with the browser is asked for.
    pub fn capabilities(&self) -> &Value {
        &self.capabilities
    }

    /// Console lines that came by since the last call.
    pub fn console(&self) -> Vec<ConsoleLine> {
        std::mem::take(&mut self.said().console)
    }

    /// An error with the last words of driver and browser.
    pub fn failed(&self, why: &str) -> Error {
        let last: Vec<String> = self.said().last.iter().cloned().collect();
        Error::Driver {
            command: "start".to_owned(),
            why: format!("{why}; its last words: {}", last.join(" | ")),
        }
    }

    fn said(&self) -> MutexGuard<'_, Said> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait_until_it_listens(&mut self, arguments: &[String]) -> Result<u16, Error> {
        let told = arguments
            .iter()
            .find_map(|word| word.strip_prefix("--port="));
        let port: u16 = told.and_then(|port| port.parse().ok()).unwrap_or_default();
        let wire = Wire::new(port);
        let end = Instant::now() + START_LIMIT;
        loop {
            if wire.get("/status", Duration::from_secs(5)).is_ok() {
                return Ok(port);
            }
            if let Ok(Some(status)) = self.child.try_wait() {
                return Err(self.failed(&format!("the driver ended ({status})")));
            }
            if Instant::now() > end {
                return Err(self.failed("the driver does not answer"));
            }
            thread::sleep(RETRY);
        }
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let family = process_tree::tree(self.child.id());
        let _ = self.child.kill();
        let _ = self.child.wait();
        process_tree::end(family.get(1..).unwrap_or_default());
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The port at the end of a line that has `marker` before it.
fn port_after(marker: &str, line: &str) -> Option<u16> {
    let (_, rest) = line.split_once(marker)?;
    rest.trim_end_matches(['.', '\r']).parse().ok()
}

/// A port nobody listens on, for a driver that cannot choose one itself.
fn free_port() -> Result<u16, Error> {
    let listen = |error: std::io::Error| Error::Listen {
        port: 0,
        why: error.to_string(),
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).map_err(listen)?;
    Ok(listener.local_addr().map_err(listen)?.port())
}

/// A screen in memory, for a browser that has no headless way of its own.
struct Screen {
    process: Child,
    name: String,
}

impl Screen {
    /// Starts one that is larger than the page.
    fn start(program: &Path, options: &BrowserOptions) -> Result<Self, Error> {
        let what = format!("cannot start {}", program.display());
        let size = format!("{}x{}x24", options.width + 200, options.height + 300);
        let process = spawn(
            Command::new(program)
                // It chooses a free number and prints it.
                .args(["-displayfd", "1", "-nolisten", "tcp", "-screen", "0", &size])
                .stdin(Stdio::null())
                .stdout(Stdio::piped())
                .stderr(Stdio::null()),
            options.one_core,
        )
        .map_err(Error::io(what.clone()))?;
        let mut screen = Self {
            process,
            name: String::new(),
        };
        let (send, receive) = mpsc::channel();
        if let Some(output) = screen.process.stdout.take() {
            thread::spawn(move || {
                let mut line = String::new();
                let _ = BufReader::new(output).read_line(&mut line);
                let _ = send.send(line.trim().to_owned());
            });
        }
        match receive.recv_timeout(START_LIMIT) {
            Ok(number) if !number.is_empty() => {
                screen.name = format!(":{number}");
                Ok(screen)
            }
            _ => Err(Error::Driver {
                command: what,
                why: "it did not say which screen it is".to_owned(),
            }),
        }
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Starts a program, on one core only if so asked. The core is chosen in a
/// thread of its own, since a child inherits the choice of the thread that
/// starts it and this one keeps its own.
fn spawn(command: &mut Command, one_core: bool) -> std::io::Result<Child> {
    if !one_core {
        return command.spawn();
    }
    thread::scope(|scope| {
        let started = scope.spawn(|| {
            let allowed = sched_getaffinity(None)?;
            let mut one = CpuSet::new();
            if let Some(first) = (0..CpuSet::MAX_CPU).find(|core| allowed.is_set(*core)) {
                one.set(first);
            }
            sched_setaffinity(None, &one)?;
            command.spawn()
        });
        started
            .join()
            .unwrap_or_else(|_| Err(std::io::Error::other("the starting thread died")))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drivers_say_their_ports_differently() {
        let chrome = "ChromeDriver was started successfully on port 40113.";
        assert_eq!(
            port_after("started successfully on port ", chrome),
            Some(40113)
        );
        let gecko = "1700000000000\tgeckodriver\tINFO\tListening on 127.0.0.1:38229";
        assert_eq!(port_after("Listening on 127.0.0.1:", gecko), Some(38229));
        assert_eq!(port_after("Listening on 127.0.0.1:", "nothing"), None);
    }
}
