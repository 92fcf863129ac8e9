//! Jobs that are mapped and reduced (MapReduce; Dean and Ghemawat, OSDI 2004): a
//! split of the input gives pairs of key and value, the pairs of one key meet in one
//! reducer. Bytes in, bytes out: what lies between are messages.
//!
//! A new job is one file in `mapped/` and one line in [`ALL`].

mod block;
mod distributed_sort;
mod inverted_index;
mod keys;
mod lines;
mod log_stats;
mod random;
mod text;
mod vocabulary;
mod word_count;

use crate::mix::{mix, proof};
use random::Random;

/// A job.
pub struct Mapped {
    /// Stable id used in addresses, plans and records.
    pub id: &'static str,
    /// In which order its rows are shown.
    pub order: Order,
    /// Generates a split of about so many KiB for a seed; it ends with a line's end.
    /// The same seed, number and length give the same bytes.
    pub generate: fn(&Source) -> Vec<u8>,
    /// Makes a split ready to be mapped.
    pub map: fn(Cut) -> Box<dyn Map>,
    /// Makes a reducer that has nothing yet.
    pub reduce: fn() -> Box<dyn Reduce>,
    /// The answer by plain serial code that shares nothing with the above.
    pub reference: fn(&[u8]) -> Answer,
}

/// What a generated split depends on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Source {
    /// Seed of the run.
    pub seed: u64,
    /// Number of the split, from 0.
    pub split: u32,
    /// Its length in KiB.
    pub kibibytes: u32,
    /// Share of all words that are one word, 0..=1.
    pub skew: f64,
}

impl Source {
    const fn bytes(&self) -> usize {
        self.kibibytes as usize * 1024
    }

    const fn random(&self) -> Random {
        Random::new(self.seed ^ mix(self.split as u64))
    }
}

/// How the pairs of a split are dealt out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Reducers, at least 1. A pair goes to the one its key is hashed to, or whose
    /// range it is in.
    pub reducers: u32,
    /// Whether the values of a key are put together before they leave.
    pub combine: bool,
    /// Where the split begins in the whole input, in bytes; jobs that point to
    /// places in it need this.
    pub offset: u64,
}

/// A split in progress.
pub trait Map: Send {
    /// Works for about 40 us on these bytes, which are the same at each call; false
    /// once all was read. Any bytes will do: what is no text is skipped and counted.
    fn step(&mut self, split: &[u8]) -> bool;
    /// One block of bytes a reducer, in their order; may be empty. Each is a whole
    /// by itself and may be taken in any order, once.
    fn blocks(&mut self) -> Vec<Vec<u8>>;
}

/// A reducer in progress.
pub trait Reduce: Send {
    /// Takes a block.
    ///
    /// # Errors
    /// If these bytes are no such block; then nothing of it was taken.
    fn take(&mut self, block: &[u8]) -> Result<(), Malformed>;
    /// The answer for its keys.
    fn finish(&mut self) -> Answer;
}

/// Bytes that are not a block of this job.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed;

/// What a job found, or a reducer's part of it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Answer {
    /// Proof of the result: the sum (wrapping) of the reducers' checksums depends on
    /// the data alone, not on cut, combining or order.
    pub checksum: u64,
    /// Records read: words, lines.
    pub records: u64,
    /// Keys told apart.
    pub keys: u64,
    /// Pieces that were skipped because they are no text.
    pub skipped: u64,
    /// What a reader is shown, in the job's [`Order`], at most [`SHOWN`] rows.
    pub found: Vec<(String, f64)>,
    /// Numbers that stand for the whole, such as percentiles; shown after `found`.
    pub figures: Vec<(String, f64)>,
}

/// In which order the rows of an answer are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Order {
    /// The largest number first, equal ones by label.
    Largest,
    /// By label, bytewise.
    Label,
}

impl Order {
    /// The first [`SHOWN`] rows, in order.
    fn shown(self, rows: &mut Vec<(String, f64)>) {
        rows.sort_by(|(a, most), (b, least)| match self {
            Self::Largest => least.total_cmp(most).then_with(|| a.cmp(b)),
            Self::Label => a.cmp(b).then_with(|| most.total_cmp(least)),
        });
        rows.truncate(SHOWN);
    }
}

impl Mapped {
    /// The answer of the whole from those of its reducers, in any order.
    #[must_use]
    pub fn join(&self, parts: impl IntoIterator<Item = Answer>) -> Answer {
        let mut whole = Answer::default();
        for part in parts {
            whole.checksum = whole.checksum.wrapping_add(part.checksum);
            whole.records += part.records;
            whole.keys += part.keys;
            whole.skipped += part.skipped;
            whole.found.extend(part.found);
            whole.figures.extend(part.figures);
        }
        self.order.shown(&mut whole.found);
        whole
    }
}

impl Answer {
    /// Every row a reader is shown: what was found, then the figures.
    #[must_use]
    pub fn rows(self) -> Vec<(String, f64)> {
        self.found.into_iter().chain(self.figures).collect()
    }
}

/// Rows of an answer that are shown.
pub const SHOWN: usize = 20;

/// Every job, by id.
pub const ALL: &[&Mapped] = &[
    &distributed_sort::JOB,
    &inverted_index::JOB,
    &log_stats::JOB,
    &word_count::JOB,
];

/// The job of this id, or `None`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Mapped> {
    ALL.iter().copied().find(|job| job.id == id)
}

/// What a key and its value add to a checksum: for checking a whole answer by other
/// means.
#[must_use]
pub fn proof_of(key: &[u8], value: u64) -> u64 {
    proof(name_of(key), value)
}

/// A number for a key, eight bytes at a time.
fn name_of(key: &[u8]) -> u64 {
    key.chunks(8).fold(key.len() as u64, |name, bytes| {
        let word = bytes
            .iter()
            .rev()
            .fold(0, |word, byte| word << 8 | u64::from(*byte));
        mix(name ^ word)
    })
}

/// The largest rows of many, without making all of them readable.
fn largest(mut rows: Vec<(u64, &[u8])>) -> Vec<(String, f64)> {
    let order = |(most, a): &(u64, &[u8]), (least, b): &(u64, &[u8])| {
        least.cmp(most).then_with(|| a.cmp(b))
    };
    if rows.len() > SHOWN {
        rows.select_nth_unstable_by(SHOWN, order);
        rows.truncate(SHOWN);
    }
    rows.sort_unstable_by(order);
    let readable = |(count, key): (u64, &[u8])| (label(key), count as f64);
    rows.into_iter().map(readable).collect()
}

/// A key as it is shown: at most 80 letters of it.
fn label(key: &[u8]) -> String {
    String::from_utf8_lossy(key).chars().take(80).collect()
}
