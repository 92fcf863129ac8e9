//! Jobs against the tools of the command line, which share no code with them.

use std::{
    collections::BTreeMap,
    io::Write as _,
    process::{Command, Stdio},
};
use workloads::mapped::{Answer, Cut, Mapped, Source, find};

/// What a shell pipeline says about this text.
fn shell(pipeline: &str, text: &[u8]) -> String {
    let mut child = Command::new("sh")
        .args(["-c", pipeline])
        .env("LC_ALL", "C")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("a shell");
    let mut input = child.stdin.take().expect("a pipe");
    let text = text.to_vec();
    let feeder = std::thread::spawn(move || input.write_all(&text));
    let output = child.wait_with_output().expect("it ends");
    feeder.join().expect("no panic").expect("it reads all");
    assert!(output.status.success(), "{pipeline}");
    String::from_utf8(output.stdout).expect("text")
}

/// Runs a job over generated splits on so many reducers.
fn run(job: &Mapped, splits: &[Vec<u8>], reducers: u32, combine: bool) -> Answer {
    let mut reduces: Vec<_> = (0..reducers).map(|_| (job.reduce)()).collect();
    let mut offset = 0;
    for split in splits {
        let mut map = (job.map)(Cut {
            reducers,
            combine,
            offset,
        });
        offset += split.len() as u64;
        while map.step(split) {}
        for (reduce, block) in reduces.iter_mut().zip(map.blocks()) {
            reduce.take(&block).expect("a block of this job");
        }
    }
    job.join(reduces.iter_mut().map(|reduce| reduce.finish()))
}

fn splits(job: &Mapped, count: u32, skew: f64) -> Vec<Vec<u8>> {
    let split = |split| {
        (job.generate)(&Source {
            seed: 11,
            split,
            kibibytes: 512,
            skew,
        })
    };
    (0..count).map(split).collect()
}

/// Rows `count label` as `uniq -c` writes them.
fn counted(rows: &str) -> BTreeMap<String, f64> {
    let row = |row: &str| {
        let (count, label) = row.trim_start().split_once(' ')?;
        Some((label.to_owned(), count.parse().ok()?))
    };
    rows.lines().filter_map(row).collect()
}

#[test]
fn words_are_counted_as_tr_sort_and_uniq_do() {
    let job = find("word-count").expect("in the list");
    let mut splits = splits(job, 8, 0.2);
    splits.push("Öl und Öl, ein NAÏVER Satz: 3.14 (don't)\r\n\t-- ne\n".into());
    let text = splits.concat();
    let pipeline = r"tr A-Z a-z | tr -cs 'a-z0-9\200-\377' '\n' | sed '/^$/d' | sort | uniq -c";
    let counts = counted(&shell(pipeline, &text));
    for (reducers, combine) in [(1, true), (2, false), (4, true), (8, false)] {
        let answer = run(job, &splits, reducers, combine);
        assert_eq!(answer.keys, counts.len() as u64);
        assert_eq!(answer.records as f64, counts.values().sum::<f64>());
        for (word, count) in &answer.found {
            assert_eq!(counts.get(word), Some(count), "{word}");
        }
        assert_eq!(answer.checksum, (job.reference)(&text).checksum);
    }
}
