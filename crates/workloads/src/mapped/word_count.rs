//! How often every word occurs (see [`super::text`] for what a word is).

use super::{Answer, Cut, Malformed, Map, Mapped, Order, Reduce, Source, block};
use super::{keys, keys::Keys, proof_of, text, vocabulary};
use super::{random, text::Words, vocabulary::Vocabulary};
use std::collections::BTreeMap;

pub(crate) const JOB: Mapped = Mapped {
    id: "word-count",
    order: Order::Largest,
    generate,
    map: |cut| Box::new(Counting::new(cut)),
    reduce: || Box::new(Counted::new()),
    reference,
};

/// A block begins with one of these. Words follow, each behind its length, and with
/// its count where that is not one; a word of length 0 has how many runs were skipped
/// instead.
const ONE_EACH: u8 = 1;
const WITH_COUNTS: u8 = 2;

/// Longest word with what stands before and behind it.
const LONGEST_TOKEN: usize = 12;

/// Sentences of made-up words. Exactly so many KiB.
pub(crate) fn generate(source: &Source) -> Vec<u8> {
    let bytes = source.bytes();
    let vocabulary = Vocabulary::new();
    let mut random = source.random();
    let skew = random::share(source.skew);
    let mut text = Vec::with_capacity(bytes);
    let mut left_in_sentence = 0;
    while text.len() + LONGEST_TOKEN < bytes {
        let is_first = left_in_sentence == 0;
        if is_first {
            left_in_sentence = 6 + random.below(14);
        }
        let is_skewed = skew > 0 && random.happens(skew);
        let rank = if is_skewed {
            1
        } else {
            vocabulary::rank(&mut random, vocabulary::OCTAVES)
        };
        let start = text.len();
        text.extend_from_slice(vocabulary.word(rank));
        if is_first && let Some(letter) = text.get_mut(start) {
            letter.make_ascii_uppercase();
        }
        left_in_sentence -= 1;
        if left_in_sentence == 0 {
            text.extend_from_slice(b".\n");
        } else {
            text.push(b' ');
        }
    }
    text.resize(bytes.saturating_sub(1), b' ');
    if bytes > 0 {
        text.push(b'\n');
    }
    text
}

struct Counting {
    cut: Cut,
    words: Words,
    at: usize,
    counts: Keys<u64>,
    blocks: Vec<Vec<u8>>,
}

impl Counting {
    fn new(cut: Cut) -> Self {
        let reducers = cut.reducers.max(1);
        let kind = if cut.combine { WITH_COUNTS } else { ONE_EACH };
        Self {
            cut: Cut { reducers, ..cut },
            words: Words::new(),
            at: 0,
            counts: Keys::new(),
            blocks: vec![vec![kind]; reducers as usize],
        }
    }
}

impl Map for Counting {
    fn step(&mut self, split: &[u8]) -> bool {
        if self.at == 0 && !self.cut.combine {
            // No more than the split is written, in about equal parts.
            let share = split.len() / self.blocks.len();
            self.blocks
                .iter_mut()
                .for_each(|block| block.reserve(share));
        }
        let chunk = text::chunk(split, &mut self.at, text::STEP_BYTES);
        let is_end = self.at >= split.len();
        let (counts, blocks) = (&mut self.counts, &mut self.blocks);
        if self.cut.combine {
            let mut each = |word: &[u8]| *counts.value(word) += 1;
            self.words.read(chunk, &mut each);
            if is_end {
                self.words.end(each);
            }
        } else {
            let reducers = self.cut.reducers;
            let mut each = |word: &[u8]| {
                if let Some(block) = blocks.get_mut(keys::reducer(word, reducers) as usize) {
                    block::put_bytes(block, word);
                }
            };
            self.words.read(chunk, &mut each);
            if is_end {
                self.words.end(each);
            }
        }
        !is_end
    }

    fn blocks(&mut self) -> Vec<Vec<u8>> {
        let skipped = std::mem::take(&mut self.words.skipped);
        let mut blocks = std::mem::take(&mut self.blocks);
        for block in &mut blocks {
            block.reserve(16 + 12 * self.counts.len() / self.cut.reducers as usize);
        }
        if skipped > 0
            && let Some(block) = blocks.first_mut()
        {
            block::put_bytes(block, b"");
            block::put(block, skipped);
        }
        for (part, word, count) in self.counts.each(self.cut.reducers) {
            if let Some(block) = blocks.get_mut(part as usize) {
                block::put_bytes(block, word);
                block::put(block, count);
            }
        }
        blocks
    }
}

struct Counted {
    counts: Keys<u64>,
    skipped: u64,
}

impl Counted {
    fn new() -> Self {
        Self {
            counts: Keys::new(),
            skipped: 0,
        }
    }
}

/// Hands on what a block holds, and how many runs were skipped; `None` once it is no
/// block.
fn pairs(block: &[u8], mut each: impl FnMut(&[u8], u64)) -> Option<u64> {
    let (kind, mut rest) = block.split_first()?;
    if !matches!(*kind, ONE_EACH | WITH_COUNTS) {
        return None;
    }
    let mut skipped = 0_u64;
    while !rest.is_empty() {
        let word = block::bytes(&mut rest)?;
        if word.is_empty() {
            skipped = skipped.saturating_add(block::number(&mut rest)?);
        } else if *kind == ONE_EACH {
            each(word, 1);
        } else {
            each(word, block::number(&mut rest)?);
        }
    }
    Some(skipped)
}

impl Reduce for Counted {
    fn take(&mut self, block: &[u8]) -> Result<(), Malformed> {
        if block.is_empty() {
            return Ok(());
        }
        // Twice, so that nothing of a bad block is taken.
        pairs(block, |_, _| {}).ok_or(Malformed)?;
        let skipped = pairs(block, |word, count| *self.counts.value(word) += count);
        self.skipped += skipped.unwrap_or_default();
        Ok(())
    }

    fn finish(&mut self) -> Answer {
        let mut answer = Answer {
            keys: self.counts.len() as u64,
            skipped: self.skipped,
            ..Answer::default()
        };
        let mut most: Vec<(u64, &[u8])> = Vec::with_capacity(self.counts.len());
        for (_, word, count) in self.counts.each(1) {
            answer.records += count;
            answer.checksum = answer.checksum.wrapping_add(proof_of(word, count));
            most.push((count, word));
        }
        answer.found = super::largest(most);
        answer
    }
}

fn reference(text: &[u8]) -> Answer {
    let mut counts = BTreeMap::<String, u64>::new();
    let mut answer = Answer::default();
    for run in text.split(|byte| byte.is_ascii() && !byte.is_ascii_alphanumeric()) {
        match str::from_utf8(run) {
            Ok("") => {}
            Ok(word) if run.len() <= text::LONGEST => {
                *counts.entry(word.to_ascii_lowercase()).or_default() += 1;
            }
            _ => answer.skipped += 1,
        }
    }
    answer.keys = counts.len() as u64;
    for (word, count) in counts {
        answer.records += count;
        answer.checksum = answer
            .checksum
            .wrapping_add(proof_of(word.as_bytes(), count));
        answer.found.push((word, count as f64));
    }
    Order::Largest.shown(&mut answer.found);
    answer
}
