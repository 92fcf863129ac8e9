//! Jobs that are mapped and reduced (MapReduce; Dean and Ghemawat, OSDI 2004): a
//! split of the input gives pairs of key and value, the pairs of one key meet in one
//! reducer. Bytes in, bytes out: what lies between are messages.
//!
//! A new job is one file in `mapped/` and one line in [`ALL`].

/// A job.
pub struct Mapped {
    /// Stable id used in addresses, plans and records.
    pub id: &'static str,
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

/// How the pairs of a split are dealt out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cut {
    /// Reducers, at least 1. A pair goes to the one its key is hashed to, or whose
    /// range it is in.
    pub reducers: u32,
    /// Whether the values of a key are put together before they leave.
    pub combine: bool,
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
    /// What a reader is shown, the largest first, at most [`SHOWN`] rows.
    pub found: Vec<(String, f64)>,
}

/// Rows of an answer that are shown.
pub const SHOWN: usize = 20;

/// Every job, by id.
pub const ALL: &[&Mapped] = &[];

/// The job of this id, or `None`.
#[must_use]
pub fn find(id: &str) -> Option<&'static Mapped> {
    ALL.iter().copied().find(|job| job.id == id)
}
