//! Which lines every word is in: what a search engine looks words up in. A line is
//! known by the place of its first byte in the whole input, as `grep -b` tells it.

use super::{Answer, Cut, Malformed, Map, Mapped, Order, Reduce};
use super::{block, keys, keys::Keys, proof_of, text, text::Words, word_count};
use crate::mix::mix;
use std::collections::{BTreeMap, BTreeSet};

pub(crate) const JOB: Mapped = Mapped {
    id: "inverted-index",
    order: Order::Largest,
    generate: word_count::generate,
    map: |cut| Box::new(Indexing::new(cut)),
    reduce: || Box::new(Index::new()),
    reference,
};

/// A block begins with this. Words follow, each behind its length, then the number of
/// its lines, the place of the first, and the way from each to the next; a word of
/// length 0 has how many runs were skipped instead.
const KIND: u8 = 4;

/// What is known of a word in a split.
#[derive(Clone, Copy, Default)]
struct Known {
    /// Its number, from 1 in the order words come; 0: it is new.
    number: u32,
    /// Last line it was in.
    last: u64,
    lines: u32,
}

struct Indexing {
    cut: Cut,
    words: Words,
    at: usize,
    /// First byte of the line that is being read.
    line: u64,
    known: Keys<Known>,
    /// A word's number and a line it is in, in the order of the lines.
    places: Vec<(u32, u64)>,
    /// Blocks to which every place is written at once, if they are not put together.
    blocks: Vec<Vec<u8>>,
}

impl Indexing {
    fn new(cut: Cut) -> Self {
        let reducers = cut.reducers.max(1);
        Self {
            cut: Cut { reducers, ..cut },
            words: Words::new(),
            at: 0,
            line: cut.offset,
            known: Keys::new(),
            places: Vec::new(),
            blocks: vec![vec![KIND]; reducers as usize],
        }
    }
}

impl Map for Indexing {
    fn step(&mut self, split: &[u8]) -> bool {
        let start = self.at;
        let chunk = text::chunk(split, &mut self.at, text::STEP_BYTES / 2);
        let is_end = self.at >= split.len();
        let Self {
            cut,
            words,
            line,
            known,
            places,
            blocks,
            ..
        } = self;
        let mut put = |word: &[u8], line: u64| {
            let words = known.len() as u32;
            let known = known.value(word);
            if known.number == 0 {
                known.number = words + 1;
            } else if known.last == line {
                return;
            }
            known.last = line;
            known.lines += 1;
            if cut.combine {
                places.push((known.number, line));
            } else if let Some(block) = blocks.get_mut(keys::reducer(word, cut.reducers) as usize) {
                block::put_bytes(block, word);
                block::put(block, 1);
                block::put(block, line);
            }
        };
        let mut next = cut.offset + start as u64;
        for piece in chunk.split_inclusive(|byte| *byte == b'\n') {
            words.read(piece, |word| put(word, *line));
            next += piece.len() as u64;
            if piece.ends_with(b"\n") {
                *line = next;
            }
        }
        if is_end {
            words.end(|word| put(word, *line));
        }
        !is_end
    }

    fn blocks(&mut self) -> Vec<Vec<u8>> {
        let mut blocks = std::mem::take(&mut self.blocks);
        let skipped = std::mem::take(&mut self.words.skipped);
        if skipped > 0
            && let Some(block) = blocks.first_mut()
        {
            block::put_bytes(block, b"");
            block::put(block, skipped);
        }
        if !self.cut.combine {
            return blocks;
        }
        // Counting sort by word: the lines of each stay in order.
        let mut ends = vec![0; self.known.len() + 1];
        for (_, _, known) in self.known.each(1) {
            if let Some(end) = ends.get_mut(known.number as usize) {
                *end = known.lines as usize;
            }
        }
        let mut sum = 0;
        for end in &mut ends {
            sum += std::mem::replace(end, sum);
        }
        let mut lines = vec![0; self.places.len()];
        for (number, line) in std::mem::take(&mut self.places) {
            if let Some(end) = ends.get_mut(number as usize) {
                if let Some(place) = lines.get_mut(*end) {
                    *place = line;
                }
                *end += 1;
            }
        }
        for (part, word, known) in self.known.each(self.cut.reducers) {
            let end = ends.get(known.number as usize).copied().unwrap_or_default();
            let start = end.saturating_sub(known.lines as usize);
            if let Some(block) = blocks.get_mut(part as usize) {
                block::put_bytes(block, word);
                block::put(block, u64::from(known.lines));
                let mut before = 0;
                for line in lines.get(start..end).unwrap_or_default() {
                    block::put(block, line - before);
                    before = *line;
                }
            }
        }
        blocks
    }
}

/// A stretch of the lines of a word: where in `bytes` it is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    number: u32,
    start: usize,
}

struct Index {
    /// Numbers from 1.
    words: Keys<u32>,
    stretches: Vec<Stretch>,
    /// Number of lines, and the lines, as in the blocks.
    bytes: Vec<u8>,
    skipped: u64,
}

impl Index {
    fn new() -> Self {
        Self {
            words: Keys::new(),
            stretches: Vec::new(),
            bytes: Vec::new(),
            skipped: 0,
        }
    }
}

/// Takes a list of lines off the front.
fn lines(rest: &mut &[u8], mut each: impl FnMut(u64)) -> Option<()> {
    let mut line = 0_u64;
    for _ in 0..block::number(rest)? {
        line = line.checked_add(block::number(rest)?)?;
        each(line);
    }
    Some(())
}

/// Hands on the words of a block, each with the bytes of its lines, and how many runs
/// were skipped; `None` once it is no block.
fn words(block: &[u8], mut each: impl FnMut(&[u8], &[u8])) -> Option<u64> {
    let (kind, mut rest) = block.split_first()?;
    if *kind != KIND {
        return None;
    }
    let mut skipped = 0_u64;
    while !rest.is_empty() {
        let word = block::bytes(&mut rest)?;
        if word.is_empty() {
            skipped = skipped.saturating_add(block::number(&mut rest)?);
            continue;
        }
        let before = rest;
        lines(&mut rest, |_| {})?;
        each(word, before.get(..before.len() - rest.len())?);
    }
    Some(skipped)
}

impl Reduce for Index {
    fn take(&mut self, block: &[u8]) -> Result<(), Malformed> {
        if block.is_empty() {
            return Ok(());
        }
        // Twice, so that nothing of a bad block is taken.
        self.skipped += words(block, |_, _| {}).ok_or(Malformed)?;
        words(block, |word, lines| {
            let count = self.words.len() as u32;
            let number = self.words.value(word);
            if *number == 0 {
                *number = count + 1;
            }
            self.stretches.push(Stretch {
                number: *number,
                start: self.bytes.len(),
            });
            self.bytes.extend_from_slice(lines);
        });
        Ok(())
    }

    fn finish(&mut self) -> Answer {
        self.stretches.sort_unstable();
        let mut answer = Answer {
            keys: self.words.len() as u64,
            skipped: self.skipped,
            ..Answer::default()
        };
        let mut most = Vec::with_capacity(self.words.len());
        let mut places: Vec<u64> = Vec::new();
        for (_, word, number) in self.words.each(1) {
            places.clear();
            let first = self
                .stretches
                .partition_point(|stretch| stretch.number < number);
            let of_word = self.stretches.get(first..).unwrap_or_default();
            for stretch in of_word
                .iter()
                .take_while(|stretch| stretch.number == number)
            {
                let mut rest = self.bytes.get(stretch.start..).unwrap_or_default();
                // They were looked through when they came.
                let _: Option<()> = lines(&mut rest, |line| places.push(line));
            }
            places.sort_unstable();
            places.dedup();
            prove(&mut answer, word, places.iter().copied());
            most.push((places.len() as u64, word));
        }
        answer.found = super::largest(most);
        answer
    }
}

/// Adds a word and its lines in order: the checksum proves both.
fn prove(answer: &mut Answer, word: &[u8], lines: impl ExactSizeIterator<Item = u64>) {
    answer.records += lines.len() as u64;
    let chain = lines.fold(0, |chain, line| mix(chain ^ line));
    answer.checksum = answer.checksum.wrapping_add(proof_of(word, chain));
}

fn reference(text: &[u8]) -> Answer {
    let mut index = BTreeMap::<String, BTreeSet<u64>>::new();
    let mut answer = Answer::default();
    let mut place = 0;
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        for run in line.split(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric()) {
            match str::from_utf8(run) {
                Ok("") => {}
                Ok(word) if run.len() <= text::LONGEST => {
                    let lines = index.entry(word.to_ascii_lowercase()).or_default();
                    lines.insert(place);
                }
                _ => answer.skipped += 1,
            }
        }
        place += line.len() as u64;
    }
    answer.keys = index.len() as u64;
    for (word, lines) in index {
        prove(&mut answer, word.as_bytes(), lines.iter().copied());
        answer.found.push((word, lines.len() as f64));
    }
    Order::Largest.shown(&mut answer.found);
    answer
}
