//! A text of the reader's own: counted like on paper however it is cut and sent, read
//! in bounded memory, and refused with a sentence where it is none.

use drive::process_tree::memory;
use model::{Evidence, VoidReason};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::PathBuf;
use std::process::{self, Command};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::Duration;
use tests::record::contradictions;
use tests::{Visit, testid};
use workloads::mapped::{Answer, Source, find};

const MEGABYTE: usize = 1 << 20;

/// A file that goes when it is dropped.
struct Text(PathBuf);

impl Text {
    fn of(name: &str, parts: impl IntoIterator<Item = Vec<u8>>) -> Self {
        use std::io::Write as _;
        let path = std::env::temp_dir().join(format!("two-chefs-{}-{name}", process::id()));
        let mut file = fs::File::create(&path).expect("a file");
        for part in parts {
            file.write_all(&part).expect("room on the disk");
        }
        Self(path)
    }

    /// So many MiB of made-up sentences; every 16 of them are the same.
    fn of_words(megabytes: usize) -> Self {
        let words = find("word-count").expect("a job");
        let part = |split| {
            (words.generate)(&Source {
                seed: 5,
                split,
                kibibytes: 1024,
                skew: 0.0,
            })
        };
        let parts: Vec<Vec<u8>> = (0..16).map(part).collect();
        let parts = (0..megabytes).map(|at| parts[at % 16].clone());
        Self::of(&format!("{megabytes}.txt"), parts)
    }

    fn choose(&self, visit: &Visit) {
        visit
            .browser
            .choose("own-text", &self.0)
            .unwrap_or_else(|error| panic!("{error}"));
    }
}

impl Drop for Text {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// How often each word occurs, as the tools of the command line say.
fn counted(text: &Text) -> BTreeMap<String, f64> {
    let pipeline = "tr A-Z a-z <\"$1\" | tr -cs 'a-z0-9\\200-\\377' '\\n' | sort | uniq -c";
    let output = Command::new("sh")
        .args(["-c", pipeline, "sh"])
        .arg(&text.0)
        .env("LC_ALL", "C")
        .output()
        .expect("a shell");
    assert!(output.status.success());
    let rows = String::from_utf8(output.stdout).expect("text");
    let row = |row: &str| {
        let (count, word) = row.trim_start().split_once(' ')?;
        Some((word.to_owned(), count.parse().ok()?))
    };
    let mut counts: BTreeMap<String, f64> = rows.lines().filter_map(row).collect();
    counts.remove("");
    counts
}

/// The answer by plain code, which says the same as the tools of the command line.
fn expected(text: &Text) -> Answer {
    let bytes = fs::read(&text.0).expect("the file");
    let answer = (find("word-count").expect("a job").reference)(&bytes);
    let counts = counted(text);
    assert_eq!(answer.keys, counts.len() as u64);
    assert_eq!(answer.records as f64, counts.values().sum::<f64>());
    for (word, count) in answer.clone().rows() {
        assert_eq!(counts.get(&word), Some(&count), "{word}");
    }
    answer
}

/// Every way of this record counted the text, and says what was expected.
fn agrees(evidence: &Evidence, answer: &Answer) {
    let faults = contradictions(evidence);
    assert!(faults.is_empty(), "{faults:#?}");
    assert!(!evidence.rounds.is_empty());
    for row in &evidence.rounds {
        let sum = format!("{:016x}", answer.checksum);
        assert_eq!(row.checksum, Some(sum), "{} {}", row.arm, row.round);
        assert_ne!(row.reason, Some(VoidReason::Checksum));
        let figure = |name: &str| row.figures.get(name).copied().unwrap_or(-1.0);
        assert_eq!(figure("town.keys"), answer.keys as f64, "{}", row.arm);
        assert_eq!(figure("town.records"), answer.records as f64, "{}", row.arm);
    }
}

fn told(visit: &Visit, words: &str) {
    let said = format!(
        "({}?.textContent ?? '').includes({words:?})",
        testid("own-text-said")
    );
    visit.until(words, &said);
}

#[test]
fn sixty_four_megabytes_are_counted_as_by_the_command_line() {
    let text = Text::of_words(64);
    let answer = expected(&text);
    let visit = Visit::of_site("own-text");
    visit.open("#/lab?workload=word-count&workers=2&rounds=1");
    let before = visit.asked();
    text.choose(&visit);
    told(&visit, "67.1 MB");
    for (nodes, combine) in [
        (1, "on"),
        (2, "on"),
        (4, "on"),
        (8, "on"),
        (2, "off"),
        (4, "off"),
    ] {
        visit.go(&format!(
            "#/lab?workload=word-count&workers={nodes}&combine={combine}&rounds=1&moves=copy,transfer"
        ));
        let evidence = visit.press_run();
        agrees(&evidence, &answer);
        let is_noted = |note: &String| note.contains("text was given");
        assert!(evidence.notes.iter().any(is_noted), "{:?}", evidence.notes);
    }
    let asked: BTreeSet<String> = visit.asked().difference(&before).cloned().collect();
    assert!(asked.iter().all(|path| !path.contains("two-chefs-")));
    // And back. Where it stood, the row of the Run button may lie over it.
    let middle = format!(
        "{}.scrollIntoView({{ block: 'center' }})",
        testid("own-text-back")
    );
    visit.call(&middle, &[]);
    visit.click("own-text-back");
    told(&visit, "made-up text is used again");
    let evidence = visit.press_run();
    assert!(
        evidence
            .arms
            .iter()
            .all(|arm| arm.jobs.iter().all(|job| job.input == 0))
    );
    assert_eq!(visit.errors(), [""; 0]);
}

/// Reads the memory of a process every 20 ms until told to stop; gives the most.
fn peak_bytes<T>(pid: u32, during: impl FnOnce() -> T) -> (u64, T) {
    let (is_over, peak) = (AtomicBool::new(false), AtomicU64::new(0));
    let value = thread::scope(|scope| {
        scope.spawn(|| {
            while !is_over.load(Ordering::Relaxed) {
                let now = memory(pid).map_or(0, |memory| memory.uss_bytes);
                peak.fetch_max(now, Ordering::Relaxed);
                thread::park_timeout(Duration::from_millis(20));
            }
        });
        let value = during();
        is_over.store(true, Ordering::Relaxed);
        value
    });
    (peak.load(Ordering::Relaxed), value)
}

#[test]
fn two_hundred_and_fifty_six_megabytes_stream_through_and_can_be_stopped() {
    let small = Text::of_words(1);
    let large = Text::of_words(256);
    // Sixteen times the same.
    let answer = expected(&Text::of_words(16));
    let visit = Visit::of_site("large-text");
    visit.open("#/lab?workload=word-count&workers=2&rounds=1&moves=transfer");
    small.choose(&visit);
    told(&visit, "1.0 MB");
    // Everything is started and has worked once.
    agrees(&visit.press_run(), &expected(&small));
    large.choose(&visit);
    told(&visit, "268.4 MB");
    let pid = visit.browser.renderer().expect("a renderer");
    let idle = memory(pid).expect("a process").uss_bytes;
    let (peak, seen) = peak_bytes(pid, || {
        visit.start_run();
        visit.call(SEEN, &[])
    });
    let evidence = visit.evidence();
    for row in &evidence.rounds {
        let figure = |name: &str| row.figures.get(name).copied();
        assert_eq!(figure("town.keys"), Some(answer.keys as f64));
        assert_eq!(figure("town.records"), Some(16.0 * answer.records as f64));
    }
    let above = peak.saturating_sub(idle) / MEGABYTE as u64;
    // Told only: buffers that were read go when the browser collects them, and it
    // lets many times the splits under way lie about.
    eprintln!("{above} MiB above {} MiB idle", idle / MEGABYTE as u64);
    // The bar moved, and only onwards within a run.
    let seen: Vec<f64> = seen
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(Value::as_f64)
        .collect();
    assert!(seen.len() >= 3, "{seen:?}");
    stops(&visit);
    assert_eq!(visit.errors(), [""; 0]);
}

/// Follows the bar of pieces until the run is over; every value it showed.
const SEEN: &str = "return (async () => {
  const seen = [];
  const limit = performance.now() + 120000;
  while (document.querySelector('[data-testid=stop]')) {
    const value = Number(document.querySelector('[data-testid=splits]')?.getAttribute('value') ?? -1);
    if (value >= 0 && seen.at(-1) !== value) seen.push(value);
    if (performance.now() > limit) throw new Error('the run does not end');
    await new Promise((next) => requestAnimationFrame(next));
  }
  return seen;
})()";

/// Stop at several moments of a run of a large text; Run is back soon, and the next
/// run is whole.
fn stops(visit: &Visit) {
    const STOPPED: &str = "return (async () => {
      const find = (id) => document.querySelector(`[data-testid=\"${id}\"]`);
      const frame = () => new Promise((next) => requestAnimationFrame(next));
      const limit = performance.now() + 60000;
      const until = async (test) => {
        while (!test()) {
          if (performance.now() > limit) throw new Error('waited in vain');
          await frame();
        }
      };
      find('run').click();
      await until(() => find('stop'));
      const begun = performance.now();
      await until(() => performance.now() - begun >= arguments[0]);
      if (!find('stop')) return -1;
      const pressed = performance.now();
      find('stop').click();
      await until(() => !find('stop') && find('run'));
      if (find('run-error')) throw new Error(find('run-error').textContent);
      return performance.now() - pressed;
    })()";
    for millis in [0, 120, 500, 1_200, 2_000] {
        let body = STOPPED.replace("arguments[0]", &millis.to_string());
        let took = visit.call(&body, &[]).as_f64().expect("a time");
        assert!(took < 500.0, "Stop after {millis} ms took {took:.0} ms");
    }
}

/// Gives the page the `file` that a script makes.
fn give(visit: &Visit, made: &str) {
    let body = format!(
        "return (async () => {{ {made} const held = new DataTransfer(); held.items.add(file);
         const drop = new DragEvent('drop', {{ dataTransfer: held, bubbles: true, cancelable: true }});
         document.querySelector('[data-testid=lab]').dispatchEvent(drop);
         return drop.defaultPrevented; }})()"
    );
    assert_eq!(
        visit.call(&body, &[]),
        json!(true),
        "the browser does not leave for the file"
    );
}

#[test]
fn what_is_no_text_is_told_and_odd_texts_are_counted() {
    let visit = Visit::of_site("odd-text");
    visit.open("#/lab?workload=word-count&workers=2&rounds=1&moves=transfer,share");
    let refused = [
        (
            "const file = new File([], 'empty.txt');",
            "That file is empty",
        ),
        (
            "const file = new File([new Uint8Array([137, 80, 78, 71, 0, 0, 0, 13])], 'a.png');",
            "That file is no text",
        ),
        (
            "const part = new Blob([new Uint8Array(5e6).fill(97)]);
             const file = new File(Array(101).fill(part), 'enormous.txt');",
            "At most 500 MB",
        ),
    ];
    for (made, words) in refused {
        give(&visit, made);
        told(&visit, words);
        assert!(
            !visit.has("own-text-back"),
            "the made-up text stays: {words}"
        );
    }
    let odd: [(&str, Vec<u8>); 5] = [
        ("one.txt", b"salt".to_vec()),
        (
            "latin.txt",
            b"caf\xe9 au lait, caf\xe9 noir\n".repeat(30_000),
        ),
        ("line.txt", b"soup and bread and ".repeat(150_000)),
        ("long.txt", vec![b'x'; 1_500_000]),
        ("spaces.txt", vec![b' '; 300_000]),
    ];
    for (name, bytes) in odd {
        let text = Text::of(name, [bytes.clone()]);
        text.choose(&visit);
        told(&visit, "Your text is used now");
        let evidence = visit.press_run();
        let answer = (find("word-count").expect("a job").reference)(&bytes);
        for row in &evidence.rounds {
            let figure = |name: &str| row.figures.get(name).copied();
            assert_eq!(
                figure("town.records"),
                Some(answer.records as f64),
                "{name}"
            );
            assert_eq!(figure("town.keys"), Some(answer.keys as f64), "{name}");
        }
    }
    assert_eq!(visit.errors(), [""; 0]);
}
