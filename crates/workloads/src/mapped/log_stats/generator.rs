//! A made-up log.

use crate::mapped::{Source, random, random::Random, vocabulary, vocabulary::Vocabulary};
use std::io::Write as _;

/// The pages are 2^10 - 1.
const PAGE_OCTAVES: u32 = 10;
/// Generated lines are shorter.
const LONGEST_GENERATED: usize = 128;

/// Lines of a log, exactly so many KiB.
pub(super) fn generate(source: &Source) -> Vec<u8> {
    let bytes = source.bytes();
    let vocabulary = Vocabulary::new();
    let mut random = source.random();
    let skew = random::share(source.skew);
    let mut text = Vec::with_capacity(bytes);
    let mut seconds = source.split.wrapping_mul(3_600);
    while text.len() + 2 * LONGEST_GENERATED < bytes {
        seconds = seconds.wrapping_add(random.below(2));
        line(&mut text, &vocabulary, &mut random, skew, seconds);
    }
    fill(&mut text, bytes);
    text
}

/// One line of a log.
fn line(text: &mut Vec<u8>, words: &Vocabulary, random: &mut Random, skew: u64, seconds: u32) {
    let is_skewed = skew > 0 && random.happens(skew);
    let rank = if is_skewed {
        1
    } else {
        vocabulary::rank(random, PAGE_OCTAVES)
    };
    let page = String::from_utf8_lossy(words.word(rank));
    let host = random.bits().to_le_bytes();
    let query = match random.below(8) {
        0 => "?sort=name",
        _ => "",
    };
    let status = match random.below(20) {
        0 => 404,
        1 => 304,
        _ => 200,
    };
    // Sizes of many orders: a power of two and what lies between it and the next.
    let octave = 7 + random.below(6) + random.below(6);
    let size = (1 << octave) + random.below(1 << octave);
    let (day, hour) = (1 + seconds / 86_400 % 28, seconds / 3_600 % 24);
    let (minute, second) = (seconds / 60 % 60, seconds % 60);
    let [a, b, c, ..] = host;
    // Writing to a vector cannot fail.
    let _: std::io::Result<()> = writeln!(
        text,
        "10.{a}.{b}.{c} - - [{day:02}/Nov/2026:{hour:02}:{minute:02}:{second:02} +0000] \
         \"GET /{page}{query} HTTP/1.1\" {status} {size}",
    );
}

/// Fills up with a last line whose user's name is as long as is wanted.
fn fill(text: &mut Vec<u8>, bytes: usize) {
    let (head, tail) = (
        b"10.0.0.1 - ",
        b" [01/Nov/2026:00:00:00 +0000] \"GET /ba HTTP/1.1\" 200 512\n",
    );
    let Some(name) = bytes.checked_sub(text.len() + head.len() + tail.len()) else {
        return;
    };
    text.extend_from_slice(head);
    text.extend(std::iter::repeat_n(b'u', name));
    text.extend_from_slice(tail);
}
