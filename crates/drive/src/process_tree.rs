//! What the operating system says about the browser: a second opinion on
//! threads, computing time and memory that the page cannot influence.

use rustix::process::{Pid, Signal, kill_process};
use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::{Duration, Instant};

/// Name of a web worker's thread in Chromium.
pub const WORKER_THREAD: &str = "DedicatedWorker";
/// Length of a clock tick in `/proc/*/stat`; Linux shows 100 a second everywhere.
const TICK_NANOS: u64 = 10_000_000;

/// One thread and the computing time it has used so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ThreadTime {
    /// Thread number; equal to the process number for the main thread.
    pub tid: u32,
    /// At most 15 characters.
    pub name: String,
    /// Time on a core since the thread began, in nanoseconds.
    pub cpu_nanos: u64,
}

/// Memory of a process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Memory {
    /// Resident, shared pages included, in bytes.
    pub rss_bytes: u64,
    /// Resident and of this process alone, in bytes.
    pub uss_bytes: u64,
}

/// A process and everything it started, itself first.
#[must_use]
pub fn tree(root: u32) -> Vec<u32> {
    let parents: Vec<(u32, u32)> = numbers("/proc")
        .into_iter()
        .filter_map(|pid| Some((pid, parent(pid)?)))
        .collect();
    let mut found = vec![root];
    let mut at = 0;
    while let Some(&pid) = found.get(at) {
        found.extend(
            parents
                .iter()
                .filter(|(_, parent)| *parent == pid)
                .map(|(child, _)| *child),
        );
        at += 1;
    }
    found
}

/// The processes below a process that draw pages and run their workers, in any
/// of the three browsers, idle spares included.
#[must_use]
pub fn renderers(root: u32) -> Vec<u32> {
    let mut found = tree(root);
    found.retain(|pid| {
        fs::read_to_string(format!("/proc/{pid}/cmdline")).is_ok_and(|line| is_renderer(&line))
    });
    found
}

/// Words of a command line are separated by zeros, but Chromium's children
/// write theirs into one.
fn is_renderer(command_line: &str) -> bool {
    let firefox = command_line.contains("-contentproc");
    command_line.contains("--type=renderer")
        || (firefox && command_line.trim_end_matches('\0').ends_with("tab"))
        || command_line
            .split('\0')
            .next()
            .is_some_and(|program| program.ends_with("/WebKitWebProcess"))
}

/// Ends these processes and waits until they have ended, five seconds at most:
/// one that holds a lot of memory takes its time.
pub fn end(pids: &[u32]) {
    for pid in pids {
        if let Some(pid) = i32::try_from(*pid).ok().and_then(Pid::from_raw) {
            // It may have ended in the meantime.
            let _ = kill_process(pid, Signal::KILL);
        }
    }
    let limit = Instant::now() + Duration::from_secs(5);
    while pids.iter().any(|pid| is_alive(*pid)) && Instant::now() < limit {
        thread::sleep(Duration::from_millis(5));
    }
}

/// Whether a process runs: it is there and has not ended.
#[must_use]
pub fn is_alive(pid: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    // Z: it has ended and its parent has not been told.
    fields(&stat)
        .and_then(|mut fields| fields.next())
        .is_some_and(|state| state != "Z")
}

/// Computing time of the main thread, in nanoseconds; 0 if it has ended.
#[must_use]
pub fn main_thread_nanos(pid: u32) -> u64 {
    threads(pid)
        .iter()
        .find(|thread| thread.tid == pid)
        .map_or(0, |thread| thread.cpu_nanos)
}

/// Threads of a process; empty if it has ended.
#[must_use]
pub fn threads(pid: u32) -> Vec<ThreadTime> {
    let folder = PathBuf::from(format!("/proc/{pid}/task"));
    numbers(&format!("/proc/{pid}/task"))
        .into_iter()
        .filter_map(|tid| {
            let read =
                |file: &str| fs::read_to_string(folder.join(tid.to_string()).join(file)).ok();
            // The finer source is missing where the kernel keeps no such figures.
            let cpu_nanos = read("schedstat")
                .and_then(|text| text.split(' ').next()?.parse().ok())
                .or_else(|| ticks(&read("stat")?))?;
            Some(ThreadTime {
                tid,
                name: read("comm")?.trim_end().to_owned(),
                cpu_nanos,
            })
        })
        .collect()
}

/// Memory of a process, `None` if it has ended.
#[must_use]
pub fn memory(pid: u32) -> Option<Memory> {
    let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
    Some(Memory {
        rss_bytes: kilobytes(&text, "Rss:")? * 1024,
        uss_bytes: (kilobytes(&text, "Private_Clean:")? + kilobytes(&text, "Private_Dirty:")?)
            * 1024,
    })
}

/// Computing time used between two readings of the same process, by thread;
/// threads that began in between count from zero.
#[must_use]
pub fn since(before: &[ThreadTime], after: &[ThreadTime]) -> Vec<ThreadTime> {
    after
        .iter()
        .map(|now| {
            let then = before.iter().find(|thread| thread.tid == now.tid);
            let used = now
                .cpu_nanos
                .saturating_sub(then.map_or(0, |thread| thread.cpu_nanos));
            ThreadTime {
                cpu_nanos: used,
                ..now.clone()
            }
        })
        .collect()
}

fn numbers(folder: &str) -> Vec<u32> {
    let Ok(entries) = fs::read_dir(folder) else {
        return Vec::new();
    };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect()
}

fn parent(pid: u32) -> Option<u32> {
    fields(&fs::read_to_string(format!("/proc/{pid}/stat")).ok()?)?
        .nth(1)?
        .parse()
        .ok()
}

fn ticks(stat: &str) -> Option<u64> {
    let mut times = fields(stat)?.skip(11);
    let user: u64 = times.next()?.parse().ok()?;
    let system: u64 = times.next()?.parse().ok()?;
    Some((user + system) * TICK_NANOS)
}

/// Fields of a stat line from the state on: the name before it may contain
/// spaces and brackets.
fn fields(stat: &str) -> Option<std::str::SplitWhitespace<'_>> {
    Some(stat.rsplit_once(')')?.1.split_whitespace())
}

fn kilobytes(text: &str, name: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_stat_line_survives_an_odd_name() {
        let stat = "7 (a) b (c) S 3 1 1 0 -1 0 0 0 0 0 40 2 0 0 20 0 1 0";
        assert_eq!(ticks(stat), Some(420_000_000));
        assert_eq!(fields(stat).unwrap().nth(1), Some("3"));
    }

    #[test]
    fn renderers_are_known_by_their_command_lines() {
        for line in [
            "/usr/lib/chromium/chromium --type=renderer --crashpad",
            "/usr/lib/firefox-esr/firefox-esr\0-contentproc\0-parentBuildID\x001\0tab\0",
            "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/WebKitWebProcess\x0012\x0013\0",
        ] {
            assert!(is_renderer(line), "{line}");
        }
        for line in [
            "/usr/lib/chromium/chromium --type=gpu-process",
            "/usr/lib/firefox-esr/firefox-esr\0-contentproc\0socket\0",
            "/usr/lib/x86_64-linux-gnu/webkit2gtk-4.1/WebKitNetworkProcess\x0012\0",
            "/usr/lib/firefox-esr/firefox-esr\0--marionette\0",
        ] {
            assert!(!is_renderer(line), "{line}");
        }
    }

    #[test]
    fn computing_shows_and_belongs_to_its_thread() {
        let pid = std::process::id();
        let before = threads(pid);
        thread::Builder::new()
            .name("computes".to_owned())
            .spawn(move || {
                let start = Instant::now();
                while start.elapsed().as_millis() < 60 {
                    std::hint::spin_loop();
                }
                let used = since(&before, &threads(pid));
                let own = used
                    .iter()
                    .find(|thread| thread.name == "computes")
                    .unwrap();
                assert!(own.cpu_nanos >= 10_000_000, "{own:?}");
            })
            .unwrap()
            .join()
            .unwrap();
        let memory = memory(pid).unwrap();
        assert!(memory.rss_bytes >= memory.uss_bytes && memory.uss_bytes > 100_000);
        assert_eq!(tree(pid).first(), Some(&pid));
    }
}
