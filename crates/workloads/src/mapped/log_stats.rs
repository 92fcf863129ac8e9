//! Statistics of a web server's log in the Common Log Format of the NCSA and Apache:
//! `host ident user [time] "GET /page HTTP/1.1" status bytes`, whatever follows.
//!
//! Pages and how often each was asked for; percentiles of the bytes of an answer, by
//! nearest rank, rounded down to seven binary digits. A line of another form is
//! skipped and counted.

mod generator;
mod reference;

use super::{Answer, Cut, Malformed, Map, Mapped, Order, Reduce};
use super::{block, keys, keys::Keys, lines::Lines, proof_of};
use crate::mix::{mix, proof};

pub(crate) const JOB: Mapped = Mapped {
    id: "log-stats",
    order: Order::Largest,
    generate: generator::generate,
    map: |cut| Box::new(Reading::new(cut)),
    reduce: || Box::new(Statistics::new()),
    reference: reference::reference,
};

/// A block begins with this. Pages follow, each behind its length, with how often it
/// was asked for and the sum of the bytes. A page of length 0 has a number instead:
/// of lines skipped, or of a size, which is above 0, and how often it came.
const KIND: u8 = 3;

/// Bytes of the longest line that is looked at.
const LONGEST: usize = 64 * 1024;
/// Percentiles shown.
const SHARES: [u64; 4] = [50, 90, 95, 99];

/// Page and bytes of a line; `None` if it is of another form.
fn parse(line: &[u8]) -> Option<(&[u8], u64)> {
    let mut quoted = line.split(|byte| *byte == b'"').skip(1);
    let (request, after) = (quoted.next()?, quoted.next()?);
    let mut words = str::from_utf8(request).ok()?.split(' ');
    let page = words.nth(1)?.split('?').next()?.as_bytes();
    words.next()?.strip_prefix("HTTP/")?;
    let mut numbers = after
        .split(|byte| *byte == b' ')
        .filter(|word| !word.is_empty());
    let status = number(numbers.next()?)?;
    let size = match numbers.next()? {
        b"-" => 0,
        digits => number(digits)?,
    };
    let is_fit = (100..600).contains(&status) && !page.is_empty();
    is_fit.then_some((page, size))
}

/// A number of at most 15 digits.
fn number(digits: &[u8]) -> Option<u64> {
    let is_fit = (1..=15).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    is_fit.then(|| {
        digits
            .iter()
            .fold(0, |sum, digit| 10 * sum + u64::from(digit - b'0'))
    })
}

/// Buckets of sizes: below 128 one each, then 64 between a power of two and the next
/// (as in an HDR histogram).
const BUCKETS: usize = 64 * 57 + 128;

const fn bucket(size: u64) -> usize {
    let shift = 57_u32.saturating_sub(size.leading_zeros()) as u64;
    (64 * shift + (size >> shift)) as usize
}

/// Smallest size of a bucket.
const fn least(bucket: usize) -> u64 {
    let shift = (bucket / 64).saturating_sub(1);
    ((bucket - 64 * shift) as u64) << shift
}

#[derive(Clone, Copy, Default)]
struct Page {
    asked: u64,
    bytes: u64,
}

struct Reading {
    cut: Cut,
    lines: Lines,
    skipped: u64,
    pages: Keys<Page>,
    sizes: Vec<u64>,
    blocks: Vec<Vec<u8>>,
}

impl Reading {
    fn new(cut: Cut) -> Self {
        let reducers = cut.reducers.max(1);
        Self {
            cut: Cut { reducers, ..cut },
            lines: Lines::default(),
            skipped: 0,
            pages: Keys::new(),
            sizes: vec![0; BUCKETS],
            blocks: vec![vec![KIND]; reducers as usize],
        }
    }
}

fn put_page(block: &mut Vec<u8>, page: &[u8], Page { asked, bytes }: Page) {
    block::put_bytes(block, page);
    block::put(block, asked);
    block::put(block, bytes);
}

/// A size goes as one more than it is.
fn put_size(block: &mut Vec<u8>, size: u64, count: u64) {
    block::put(block, 0);
    block::put(block, size + 1);
    block::put(block, count);
}

impl Map for Reading {
    fn step(&mut self, split: &[u8]) -> bool {
        let Self {
            cut,
            skipped,
            pages,
            sizes,
            blocks,
            ..
        } = self;
        self.lines.step(split, |line| {
            let fit = Some(line).filter(|line| line.len() <= LONGEST);
            let Some((page, bytes)) = fit.and_then(parse) else {
                *skipped += 1;
                return;
            };
            if cut.combine {
                let page = pages.value(page);
                page.asked += 1;
                page.bytes += bytes;
                if let Some(size) = sizes.get_mut(bucket(bytes)) {
                    *size += 1;
                }
            } else {
                if let Some(block) = blocks.get_mut(keys::reducer(page, cut.reducers) as usize) {
                    put_page(block, page, Page { asked: 1, bytes });
                }
                if let Some(block) = blocks.first_mut() {
                    put_size(block, least(bucket(bytes)), 1);
                }
            }
        })
    }

    fn blocks(&mut self) -> Vec<Vec<u8>> {
        let mut blocks = std::mem::take(&mut self.blocks);
        if let Some(block) = blocks.first_mut() {
            let skipped = std::mem::take(&mut self.skipped);
            if skipped > 0 {
                block.extend([0, 0]);
                block::put(block, skipped);
            }
            for (bucket, count) in self
                .sizes
                .iter()
                .enumerate()
                .filter(|(_, count)| **count > 0)
            {
                put_size(block, least(bucket), *count);
            }
        }
        for (part, page, value) in self.pages.each(self.cut.reducers) {
            if let Some(block) = blocks.get_mut(part as usize) {
                put_page(block, page, value);
            }
        }
        blocks
    }
}

/// What a block holds, one after another.
enum Item<'a> {
    Page(&'a [u8], Page),
    Skipped(u64),
    Size(u64, u64),
}

/// Hands on what a block holds; `None` once it is no block.
fn items(block: &[u8], mut each: impl FnMut(Item<'_>)) -> Option<()> {
    let (kind, mut rest) = block.split_first()?;
    if *kind != KIND {
        return None;
    }
    while !rest.is_empty() {
        let page = block::bytes(&mut rest)?;
        let first = block::number(&mut rest)?;
        let second = block::number(&mut rest)?;
        each(match (page, first.checked_sub(1)) {
            (b"", None) => Item::Skipped(second),
            (b"", Some(size)) => Item::Size(size, second),
            (page, _) => Item::Page(
                page,
                Page {
                    asked: first,
                    bytes: second,
                },
            ),
        });
    }
    Some(())
}

struct Statistics {
    pages: Keys<Page>,
    sizes: Vec<u64>,
    skipped: u64,
}

impl Statistics {
    fn new() -> Self {
        Self {
            pages: Keys::new(),
            sizes: vec![0; BUCKETS],
            skipped: 0,
        }
    }
}

impl Reduce for Statistics {
    fn take(&mut self, block: &[u8]) -> Result<(), Malformed> {
        if block.is_empty() {
            return Ok(());
        }
        // Twice, so that nothing of a bad block is taken.
        items(block, |_| {}).ok_or(Malformed)?;
        items(block, |item| match item {
            Item::Page(page, more) => {
                let page = self.pages.value(page);
                page.asked = page.asked.wrapping_add(more.asked);
                page.bytes = page.bytes.wrapping_add(more.bytes);
            }
            Item::Skipped(lines) => self.skipped = self.skipped.wrapping_add(lines),
            Item::Size(size, count) => {
                if let Some(sum) = self.sizes.get_mut(bucket(size)) {
                    *sum = sum.wrapping_add(count);
                }
            }
        });
        Ok(())
    }

    fn finish(&mut self) -> Answer {
        let mut answer = Answer {
            keys: self.pages.len() as u64,
            skipped: self.skipped,
            ..Answer::default()
        };
        let mut most = Vec::with_capacity(self.pages.len());
        for (_, path, page) in self.pages.each(1) {
            prove(&mut answer, path, page);
            most.push((page.asked, path));
        }
        answer.found = super::largest(most);
        let used = self
            .sizes
            .iter()
            .enumerate()
            .filter(|(_, count)| **count > 0);
        let sizes = used.map(|(bucket, count)| (least(bucket), *count));
        prove_sizes(&mut answer, &sizes.collect::<Vec<_>>());
        answer
    }
}

fn prove(answer: &mut Answer, path: &[u8], Page { asked, bytes }: Page) {
    answer.records += asked;
    let value = mix(asked).wrapping_add(bytes);
    answer.checksum = answer.checksum.wrapping_add(proof_of(path, value));
}

/// Adds sizes in order and how often each came, and their percentiles.
fn prove_sizes(answer: &mut Answer, sizes: &[(u64, u64)]) {
    for (size, count) in sizes {
        answer.checksum = answer.checksum.wrapping_add(proof(*size, mix(*count)));
    }
    let all: u64 = sizes.iter().map(|(_, count)| count).sum();
    for share in SHARES {
        let rank = (all * share).div_ceil(100);
        let mut below = 0;
        let found = sizes.iter().find(|(_, count)| {
            below += count;
            below >= rank
        });
        if let Some((size, _)) = found {
            answer
                .figures
                .push((format!("p{share} (bytes)"), *size as f64));
        }
    }
}
