//! The same statistics by plain code.

use super::{LONGEST, Page, prove, prove_sizes};
use crate::mapped::{Answer, Order, label};
use std::collections::BTreeMap;

/// Every line in one go, in maps of the standard library.
pub(super) fn reference(text: &[u8]) -> Answer {
    let mut pages = BTreeMap::<&str, (u64, u64)>::new();
    let mut sizes = BTreeMap::<u64, u64>::new();
    let mut answer = Answer::default();
    for line in text.split(|byte| *byte == b'\n') {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let Some((page, bytes)) = read(line) else {
            answer.skipped += 1;
            continue;
        };
        let sums = pages.entry(page).or_default();
        *sums = (sums.0 + 1, sums.1 + bytes);
        let mut unit = 1;
        while bytes / unit >= 128 {
            unit *= 2;
        }
        *sizes.entry(bytes / unit * unit).or_default() += 1;
    }
    answer.keys = pages.len() as u64;
    for (path, (asked, bytes)) in pages {
        prove(&mut answer, path.as_bytes(), Page { asked, bytes });
        answer.found.push((label(path.as_bytes()), asked as f64));
    }
    Order::Largest.shown(&mut answer.found);
    prove_sizes(&mut answer, &sizes.into_iter().collect::<Vec<_>>());
    answer
}

/// Page and bytes of a line, by the functions of strings.
fn read(line: &[u8]) -> Option<(&str, u64)> {
    let parts: Vec<&[u8]> = line.splitn(4, |byte| *byte == b'"').collect();
    let [_, request, after, ..] = parts.as_slice() else {
        return None;
    };
    let request: Vec<&str> = str::from_utf8(request).ok()?.split(' ').collect();
    let [_, page, protocol, ..] = request.as_slice() else {
        return None;
    };
    let page = page.split_once('?').map_or(*page, |(page, _)| page);
    let after = String::from_utf8_lossy(after);
    let plain = |word: &&str| word.len() <= 15 && word.chars().all(|digit| digit.is_ascii_digit());
    let mut after = after.split(' ').filter(|word| !word.is_empty());
    let status: u64 = after.next().filter(plain)?.parse().ok()?;
    let bytes = match after.next()? {
        "-" => 0,
        word => Some(word).filter(plain)?.parse().ok()?,
    };
    let is_fit = line.len() <= LONGEST
        && protocol.starts_with("HTTP/")
        && !page.is_empty()
        && (100..=599).contains(&status);
    is_fit.then_some((page, bytes))
}
