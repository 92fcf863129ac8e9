//! Sorts lines bytewise, as `LC_ALL=C sort` does. Every reducer has a range of first
//! letters (as in TeraSort; O'Malley 2008), so that their outputs, laid side by side,
//! are the whole sorted.
//!
//! The ranges are equal parts of the printable letters. Real text, which begins with
//! few of them, fills the ranges unevenly.

use super::{Answer, Cut, Malformed, Map, Mapped, Order, Reduce, Source};
use super::{block, label, lines::Lines, name_of, vocabulary, vocabulary::Vocabulary};
use crate::mix::{mix, proof};
use std::collections::BTreeMap;

pub(crate) const JOB: Mapped = Mapped {
    id: "distributed-sort",
    order: Order::Label,
    generate,
    map: |cut| Box::new(Dealing::new(cut)),
    reduce: || Box::new(Sorting::default()),
    reference,
};

/// A block begins with one of these. Lines follow, each behind its length, and if
/// sorted with how often it is there; one of length 0 has how many lines were skipped
/// instead.
const AS_READ: u8 = 5;
const SORTED: u8 = 6;

/// Bytes of a generated line, its end included.
const LINE: usize = 100;
/// Random letters a generated line begins with.
const KEY: usize = 10;

/// Printable letters of ASCII.
const LETTERS: u32 = 95;
const DRAWERS: u32 = LETTERS * LETTERS;

/// A number that grows with the first two bytes of a line, below [`DRAWERS`].
fn drawer(line: &[u8]) -> u32 {
    let place = |idx: usize| {
        let byte = line.get(idx).copied().unwrap_or_default();
        u32::from(byte.saturating_sub(b' ')).min(LETTERS - 1)
    };
    place(0) * LETTERS + place(1)
}

/// The first eight bytes, so that most comparisons are of numbers.
fn head(line: &[u8]) -> u64 {
    let mut head = [0; 8];
    for (to, from) in head.iter_mut().zip(line) {
        *to = *from;
    }
    u64::from_be_bytes(head)
}

/// Lines of a random key, a number and words.
fn generate(source: &Source) -> Vec<u8> {
    let bytes = source.bytes();
    let vocabulary = Vocabulary::new();
    let mut random = source.random();
    let mut text = Vec::with_capacity(bytes);
    let mut number = source.split << 20;
    while text.len() < bytes {
        let left = bytes - text.len();
        let length = if left < 2 * LINE { left } else { LINE };
        let end = text.len() + length - 1;
        text.extend((0..KEY).map(|_| b'!' + random.below(LETTERS - 1) as u8));
        text.push(b' ');
        let digits = (0..8)
            .rev()
            .map(|digit| (number >> (4 * digit)) as usize & 15);
        text.extend(digits.filter_map(|digit| HEX.get(digit)));
        number += 1;
        while text.len() < end {
            text.push(b' ');
            text.extend_from_slice(
                vocabulary.word(vocabulary::rank(&mut random, vocabulary::OCTAVES)),
            );
        }
        text.truncate(end);
        text.push(b'\n');
    }
    text
}

const HEX: [u8; 16] = *b"0123456789abcdef";

/// One line among others.
#[derive(Clone, Copy)]
struct Entry {
    head: u64,
    start: usize,
    length: usize,
    count: u64,
}

impl Entry {
    fn line<'a>(&self, text: &'a [u8]) -> &'a [u8] {
        text.get(self.start..self.start + self.length)
            .unwrap_or_default()
    }
}

/// Sorts entries of a text; what is sorted in part already is merged (driftsort).
fn sort(entries: &mut [Entry], text: &[u8]) {
    entries.sort_by(|a, b| {
        a.head
            .cmp(&b.head)
            .then_with(|| a.line(text).cmp(b.line(text)))
    });
}

struct Dealing {
    cut: Cut,
    lines: Lines,
    /// The lines of each reducer: joined, where equal ones are put together.
    entries: Vec<Vec<Entry>>,
    texts: Vec<Vec<u8>>,
    skipped: u64,
}

impl Dealing {
    fn new(cut: Cut) -> Self {
        let reducers = cut.reducers.max(1);
        Self {
            cut: Cut { reducers, ..cut },
            lines: Lines::default(),
            entries: vec![Vec::new(); reducers as usize],
            texts: vec![
                if cut.combine {
                    Vec::new()
                } else {
                    vec![AS_READ]
                };
                reducers as usize
            ],
            skipped: 0,
        }
    }
}

impl Map for Dealing {
    fn step(&mut self, split: &[u8]) -> bool {
        let share = split.len() / self.texts.len();
        for text in &mut self.texts {
            // Once: later there is as much room.
            text.reserve(share.saturating_sub(text.len()));
        }
        self.lines.step(split, |line| {
            if str::from_utf8(line).is_err() {
                self.skipped += 1;
                return;
            }
            let to = (u64::from(drawer(line)) * u64::from(self.cut.reducers) / u64::from(DRAWERS))
                as usize;
            let Some((text, entries)) = self.texts.get_mut(to).zip(self.entries.get_mut(to)) else {
                return;
            };
            if self.cut.combine {
                entries.push(Entry {
                    head: head(line),
                    start: text.len(),
                    length: line.len(),
                    count: 1,
                });
                text.extend_from_slice(line);
            } else {
                block::put_bytes(text, line);
            }
        })
    }

    fn blocks(&mut self) -> Vec<Vec<u8>> {
        let texts = std::mem::take(&mut self.texts);
        let entries = std::mem::take(&mut self.entries);
        let mut blocks: Vec<Vec<u8>> = texts
            .into_iter()
            .zip(entries)
            .map(|(text, entries)| {
                if self.cut.combine {
                    sorted(&text, entries)
                } else {
                    text
                }
            })
            .collect();
        let skipped = std::mem::take(&mut self.skipped);
        if skipped > 0
            && let Some(block) = blocks.first_mut()
        {
            block::put_bytes(block, b"");
            block::put(block, skipped);
        }
        blocks
    }
}

/// A block of sorted lines, equal ones put together.
fn sorted(text: &[u8], mut entries: Vec<Entry>) -> Vec<u8> {
    sort(&mut entries, text);
    let mut block = Vec::with_capacity(text.len() + 3 * entries.len() + 16);
    block.push(SORTED);
    for equal in entries.chunk_by(|a, b| a.line(text) == b.line(text)) {
        if let Some(entry) = equal.first() {
            block::put_bytes(&mut block, entry.line(text));
            block::put(&mut block, equal.len() as u64);
        }
    }
    block
}

#[derive(Default)]
struct Sorting {
    text: Vec<u8>,
    entries: Vec<Entry>,
    skipped: u64,
}

/// Hands on the lines of a block, and how many were skipped; `None` once it is no
/// block.
fn lines(block: &[u8], mut each: impl FnMut(&[u8], u64)) -> Option<u64> {
    let (kind, mut rest) = block.split_first()?;
    if !matches!(*kind, AS_READ | SORTED) {
        return None;
    }
    let mut skipped = 0_u64;
    while !rest.is_empty() {
        let line = block::bytes(&mut rest)?;
        if line.is_empty() {
            skipped = skipped.saturating_add(block::number(&mut rest)?);
        } else if *kind == AS_READ {
            each(line, 1);
        } else {
            each(line, block::number(&mut rest)?);
        }
    }
    Some(skipped)
}

impl Reduce for Sorting {
    fn take(&mut self, block: &[u8]) -> Result<(), Malformed> {
        if block.is_empty() {
            return Ok(());
        }
        // Twice, so that nothing of a bad block is taken.
        let mut count = 0;
        let skipped = lines(block, |_, _| count += 1).ok_or(Malformed)?;
        self.skipped = self.skipped.saturating_add(skipped);
        self.text.reserve(block.len());
        self.entries.reserve(count);
        let before = self.entries.len();
        lines(block, |line, count| {
            self.entries.push(Entry {
                head: head(line),
                start: self.text.len(),
                length: line.len(),
                count,
            });
            self.text.extend_from_slice(line);
        });
        sort(
            self.entries.get_mut(before..).unwrap_or_default(),
            &self.text,
        );
        Ok(())
    }

    fn finish(&mut self) -> Answer {
        sort(&mut self.entries, &self.text);
        let text = &self.text;
        let equal = self.entries.chunk_by(|a, b| a.line(text) == b.line(text));
        let counted = equal.filter_map(|lines| {
            let count = lines.iter().map(|entry| entry.count).sum();
            Some((lines.first()?.line(text), count))
        });
        Answer {
            skipped: self.skipped,
            ..proven(counted)
        }
    }
}

/// The answer from different lines in order and how often each is there. The checksum
/// proves the order in every drawer: a drawer is never shared by two reducers.
fn proven<'a>(lines: impl Iterator<Item = (&'a [u8], u64)>) -> Answer {
    let mut answer = Answer::default();
    let mut chain = (0, 0);
    let prove = |(drawer, chain): (u32, u64)| proof(u64::from(drawer), chain);
    for (line, count) in lines {
        let drawer = drawer(line);
        if answer.keys == 0 {
            chain.0 = drawer;
        } else if drawer != chain.0 {
            answer.checksum = answer.checksum.wrapping_add(prove(chain));
            chain = (drawer, 0);
        }
        chain.1 = mix(mix(chain.1 ^ name_of(line)) ^ count);
        answer.keys += 1;
        answer.records += count;
        if answer.found.len() < super::SHOWN {
            answer.found.push((label(line), count as f64));
        }
    }
    if answer.keys > 0 {
        answer.checksum = answer.checksum.wrapping_add(prove(chain));
    }
    answer
}

fn reference(text: &[u8]) -> Answer {
    let mut counts = BTreeMap::<&str, u64>::new();
    let mut skipped = 0;
    for line in text.split(|byte| *byte == b'\n') {
        match str::from_utf8(line.strip_suffix(b"\r").unwrap_or(line)) {
            Ok("") => {}
            Ok(line) => *counts.entry(line).or_default() += 1,
            Err(_) => skipped += 1,
        }
    }
    let lines = counts.iter().map(|(line, count)| (line.as_bytes(), *count));
    Answer {
        skipped,
        ..proven(lines)
    }
}
