//! Jobs against the tools of the command line, which share no code with them.

use std::{
    collections::BTreeMap,
    io::Write as _,
    process::{Command, Stdio},
};
use workloads::mapped::{Answer, Cut, Mapped, Source, find, proof_of};

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
        let proof = |sum: u64, (word, count): (&String, &f64)| {
            sum.wrapping_add(proof_of(word.as_bytes(), *count as u64))
        };
        assert_eq!(answer.checksum, counts.iter().fold(0, proof));
    }
}

#[test]
fn pages_are_counted_and_sizes_ranked_as_cut_sort_and_uniq_do() {
    let job = find("log-stats").expect("in the list");
    let splits = splits(job, 6, 0.1);
    let text = splits.concat();
    let pages = counted(&shell(
        "cut -d '\"' -f 2 | cut -d ' ' -f 2 | cut -d '?' -f 1 | sort | uniq -c",
        &text,
    ));
    let sizes = shell("awk '{ print $NF }' | sort -n", &text);
    let sizes: Vec<u64> = sizes.lines().filter_map(|size| size.parse().ok()).collect();
    for (reducers, combine) in [(1, true), (2, false), (8, true)] {
        let answer = run(job, &splits, reducers, combine);
        assert_eq!(answer.keys, pages.len() as u64);
        assert_eq!(answer.records, sizes.len() as u64);
        for (page, count) in &answer.found {
            assert_eq!(pages.get(page), Some(count), "{page}");
        }
        assert_eq!(answer.figures.len(), 4);
        for ((label, shown), share) in answer.figures.iter().zip([50, 90, 95, 99]) {
            let exact = sizes[(sizes.len() * share).div_ceil(100) - 1] as f64;
            assert!(
                (0.0..exact / 64.0).contains(&(exact - shown)),
                "{label}: {shown} of {exact}"
            );
        }
    }
}

#[test]
fn lines_are_sorted_as_sort_does() {
    let job = find("distributed-sort").expect("in the list");
    let mut splits = splits(job, 4, 0.0);
    // Some lines twice.
    splits.push(splits[1][..40_000].to_vec());
    splits[4].push(b'\n');
    let text = splits.concat();
    let lines = shell("grep -c .", &text).trim().parse().expect("a number");
    let first = shell("grep . | sort | uniq -c | head -n 20", &text);
    let first: Vec<(String, f64)> = first
        .lines()
        .filter_map(|row| row.trim_start().split_once(' '))
        .map(|(count, line)| {
            (
                line.chars().take(80).collect(),
                count.parse().expect("a number"),
            )
        })
        .collect();
    for (reducers, combine) in [(1, true), (3, false), (8, true)] {
        let answer = run(job, &splits, reducers, combine);
        assert_eq!(answer.records, lines);
        assert_eq!(answer.found, first);
        assert_eq!(answer.checksum, (job.reference)(&text).checksum);
    }
}

#[test]
fn words_are_looked_up_as_awk_does() {
    let job = find("inverted-index").expect("in the list");
    let splits = splits(job, 4, 0.0);
    let pairs = shell(
        r#"tr A-Z a-z | awk '{ n = split($0, w, /[^a-z0-9]+/)
            for (i = 1; i <= n; i++) if (w[i] != "") print w[i] " " NR }' | sort -u | cut -d ' ' -f 1 | uniq -c"#,
        &splits.concat(),
    );
    let counts = counted(&pairs);
    for (reducers, combine) in [(1, true), (2, false), (4, true)] {
        let answer = run(job, &splits, reducers, combine);
        assert_eq!(answer.keys, counts.len() as u64);
        assert_eq!(answer.records as f64, counts.values().sum::<f64>());
        for (word, lines) in &answer.found {
            assert_eq!(counts.get(word), Some(lines), "{word}");
        }
    }
}
