//! What every mapped and reduced job must keep; a new one is tested for free.

use workloads::mapped::{ALL, Answer, Cut, Mapped, SHOWN, Source, find};

/// Some numbers that look random.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        (self.0 >> 33) as usize % end
    }
}

fn source(split: u32, kibibytes: u32) -> Source {
    Source {
        seed: 7,
        split,
        kibibytes,
        skew: 0.0,
    }
}

fn map(job: &Mapped, cut: Cut, split: &[u8]) -> Vec<Vec<u8>> {
    let mut map = (job.map)(cut);
    let mut steps = 0;
    while map.step(split) {
        steps += 1;
        assert!(steps <= split.len(), "{} does not end", job.id);
    }
    map.blocks()
}

/// Runs the job over these splits; blocks come in an order of the dice.
fn run(job: &Mapped, splits: &[&[u8]], reducers: u32, combine: bool, dice: &mut Dice) -> Answer {
    let mut offset = 0;
    let mut blocks = Vec::new();
    for split in splits {
        let cut = Cut {
            reducers,
            combine,
            offset,
        };
        offset += split.len() as u64;
        let mapped = map(job, cut, split);
        assert_eq!(mapped.len(), reducers as usize, "{}: one a reducer", job.id);
        blocks.extend((0..).zip(mapped));
    }
    let mut reduces: Vec<_> = (0..reducers).map(|_| (job.reduce)()).collect();
    while !blocks.is_empty() {
        let (to, block): (usize, Vec<u8>) = blocks.swap_remove(dice.below(blocks.len()));
        reduces[to].take(&block).expect("a block of this job");
    }
    job.join(reduces.iter_mut().map(|reduce| reduce.finish()))
}

/// Cuts at line ends, at places of the dice.
fn cut_up<'a>(mut text: &'a [u8], dice: &mut Dice) -> Vec<&'a [u8]> {
    let mut splits = Vec::new();
    while !text.is_empty() {
        let at = dice.below(text.len().min(60_000));
        let line = text[at..].iter().position(|byte| *byte == b'\n');
        let (split, rest) = text.split_at(line.map_or(text.len(), |line| at + line + 1));
        splits.push(split);
        text = rest;
    }
    splits
}

fn assert_same(job: &Mapped, got: &Answer, wanted: &Answer, what: &str) {
    assert_eq!(got, wanted, "{}: {what}", job.id);
}

fn inputs(job: &Mapped) -> Vec<(&'static str, Vec<u8>)> {
    let generated: Vec<u8> = (0..3)
        .flat_map(|split| (job.generate)(&source(split, 70)))
        .collect();
    let mut dice = Dice(3);
    let binary = (0..100_000).map(|_| dice.below(256) as u8).collect();
    let mut broken = generated.clone();
    for _ in 0..2_000 {
        let place = dice.below(broken.len());
        broken[place] = dice.below(256) as u8;
    }
    let giant_line = generated
        .iter()
        .map(|byte| if *byte == b'\n' { b' ' } else { *byte })
        .collect();
    let mixed = "Ein Öl und ein Öl,\r\nне NAÏVE ... \n\n\n\tlast line without an end Öl".into();
    vec![
        ("generated", generated),
        ("binary", binary),
        ("broken text", broken),
        ("one giant line", giant_line),
        ("one giant word", vec![b'a'; 300_000]),
        ("zeros", vec![0; 10_000]),
        ("line ends", vec![b'\n'; 10_000]),
        ("mixed", mixed),
        ("empty", Vec::new()),
    ]
}

#[test]
fn any_cut_any_order_and_any_number_of_reducers_give_the_reference() {
    for job in ALL {
        for (what, text) in inputs(job) {
            let wanted = job.join([(job.reference)(&text)]);
            for round in 0..8 {
                let mut dice = Dice(round);
                let splits = cut_up(&text, &mut dice);
                let (reducers, combine) = ([1, 2, 3, 8][dice.below(4)], round % 2 == 0);
                let got = run(job, &splits, reducers, combine, &mut dice);
                assert_same(job, &got, &wanted, what);
            }
            let whole = run(job, &[&text], 2, true, &mut Dice(0));
            assert_same(job, &whole, &wanted, what);
        }
    }
}

#[test]
fn generated_splits_are_whole_lines_of_the_length_asked_for() {
    for job in ALL {
        for (split, kibibytes) in [(0, 1), (1, 64), (9, 1000)] {
            let text = (job.generate)(&source(split, kibibytes));
            assert_eq!(text.len(), kibibytes as usize * 1024, "{}", job.id);
            assert_eq!(text.last(), Some(&b'\n'), "{}", job.id);
            assert!(str::from_utf8(&text).is_ok(), "{}", job.id);
            assert!(
                text == (job.generate)(&source(split, kibibytes)),
                "{}: not repeatable",
                job.id
            );
            assert!(
                text != (job.generate)(&source(split + 1, kibibytes)),
                "{}: splits",
                job.id
            );
        }
        assert!((job.generate)(&source(0, 0)).is_empty());
    }
}

#[test]
fn generated_data_is_read_whole_and_shown() {
    for job in ALL {
        let text = (job.generate)(&source(1, 200));
        let answer = (job.reference)(&text);
        assert_eq!(answer.skipped, 0, "{}", job.id);
        assert!(
            answer.records > 1000 && answer.keys > 10,
            "{}: {answer:?}",
            job.id
        );
        assert!((1..=SHOWN).contains(&answer.found.len()), "{}", job.id);
        assert!(
            answer.found.iter().all(|(label, _)| !label.is_empty()),
            "{}",
            job.id
        );
    }
}

#[test]
fn a_block_that_is_broken_is_refused_and_leaves_nothing() {
    for job in ALL {
        let text = (job.generate)(&source(0, 20));
        for combine in [false, true] {
            let cut = Cut {
                reducers: 1,
                combine,
                offset: 0,
            };
            let block = map(job, cut, &text).remove(0);
            let mut dice = Dice(5);
            let mut reduce = (job.reduce)();
            let mut refused = 0;
            for _ in 0..200 {
                let at = 1 + dice.below(block.len() - 1);
                let mut part = block[..at].to_vec();
                part.extend([0xff; 300]);
                refused += u32::from(reduce.take(&part).is_err());
                assert!(
                    reduce.take(&[0xee, 1, 2]).is_err(),
                    "{}: no such kind",
                    job.id
                );
            }
            assert_eq!(refused, 200, "{}", job.id);
            reduce.take(&block).expect("a block of this job");
            let got = job.join([reduce.finish()]);
            assert_same(
                job,
                &got,
                &job.join([(job.reference)(&text)]),
                "after broken blocks",
            );
        }
    }
}

#[test]
fn ids_are_found() {
    for job in ALL {
        assert_eq!(find(job.id).map(|found| found.id), Some(job.id));
        assert!(
            workloads::registry::find(job.id).is_none(),
            "{} twice",
            job.id
        );
    }
    assert!(find("no such job").is_none());
}
