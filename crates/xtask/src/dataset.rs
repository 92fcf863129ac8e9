//! Files that lessons fetch: orders, made by the build and always the same, and
//! handwritten digits, which somebody else collected.

use crate::fail::{Failure, Outcome};
use model::{DIGITS, ORDERS};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// Kinds of goods, with the range of their prices in cents.
const GOODS: [(&str, u64, u64); 8] = [
    ("books", 499, 5_999),
    ("coffee", 349, 2_499),
    ("flowers", 799, 4_999),
    ("games", 999, 7_999),
    ("lamps", 1_999, 24_999),
    ("shoes", 2_999, 17_999),
    ("tea", 249, 1_999),
    ("tools", 399, 14_999),
];
/// What stands behind an order; most have nothing.
const NOTES: [&str; 4] = [
    "\"gift, please wrap\"",
    "\"leave at the door, thanks\"",
    "\"for \"\"the blue one\"\", not the red\"",
    "call first",
];
const SEED: u64 = 0x7c0c_4ef5;

/// See the text beside it.
const HANDWRITTEN: &[u8] = include_bytes!("../../workloads/data/digits.bin");

/// Writes the files into a site.
///
/// # Errors
/// When one cannot be written, or is not what the page will expect.
pub fn write(site: &Path) -> Outcome {
    let text = orders();
    if digest(text.as_bytes()) != ORDERS.digest {
        return Err(Failure::project(
            "the file of orders is not the one that crates/model/src/dataset.rs tells of",
        ));
    }
    put(&site.join(ORDERS.file), text.as_bytes())?;
    if digest(HANDWRITTEN) != DIGITS.digest {
        return Err(Failure::project(
            "the handwritten digits are not those that crates/model/src/dataset.rs tells of",
        ));
    }
    put(&site.join(DIGITS.file), HANDWRITTEN)
}

fn put(file: &Path, bytes: &[u8]) -> Outcome {
    fs::create_dir_all(file.parent().unwrap_or(file))
        .and_then(|()| fs::write(file, bytes))
        .map_err(Failure::io(format_args!("cannot write {}", file.display())))
}

/// The whole file.
fn orders() -> String {
    let mut dice = SEED;
    let mut below = |n: u64| {
        // splitmix64 (Steele, Lea and Flood, OOPSLA 2014).
        dice = dice.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = dice;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    };
    let mut text = String::with_capacity(11 << 20);
    text.push_str("number,date,customer,goods,items,price,note\n");
    for row in 0..ORDERS.rows {
        let (month, day) = (below(12) + 1, below(28) + 1);
        let customer = below(20_000);
        let (goods, least, most) = GOODS
            .get(below(GOODS.len() as u64) as usize)
            .copied()
            .unwrap_or_default();
        let items = below(6) + 1;
        let cents = least + below(most - least);
        let note = NOTES.get(below(5) as usize).copied().unwrap_or_default();
        let (euros, rest) = (cents / 100, cents % 100);
        // Writing into a text cannot fail.
        let _ = writeln!(
            text,
            "{},2025-{month:02}-{day:02},C{customer:05},{goods},{items},{euros}.{rest:02},{note}",
            1_000_000 + row
        );
    }
    text
}

/// FNV-1a with 64 bits, by its authors' description.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;

    /// What the program must find, by code that shares nothing with it.
    fn totals(text: &str) -> BTreeMap<&str, (u32, u64)> {
        let mut totals: BTreeMap<&str, (u32, u64)> = BTreeMap::new();
        for line in text.lines().skip(1) {
            let mut fields = line.splitn(7, ',');
            let goods = fields.nth(3).unwrap();
            let items: u64 = fields.next().unwrap().parse().unwrap();
            let cents: u64 = fields.next().unwrap().replace('.', "").parse().unwrap();
            let total = totals.entry(goods).or_default();
            total.0 += 1;
            total.1 += items * cents;
        }
        totals
    }

    #[test]
    fn the_file_is_the_one_the_page_expects() {
        let text = orders();
        let found = totals(&text);
        let found: Vec<_> = found
            .iter()
            .map(|(goods, (rows, cents))| (*goods, *rows, *cents))
            .collect();
        let digest = digest(text.as_bytes());
        assert_eq!(found, ORDERS.totals);
        assert_eq!(text.lines().count() as u32, ORDERS.rows + 1);
        let expected = (ORDERS.bytes, ORDERS.digest);
        assert_eq!((text.len() as u64, digest), expected, "{digest:016x}");
        assert!(ORDERS.file.contains(&format!("{digest:016x}")));
        let digits = super::digest(HANDWRITTEN);
        assert_eq!(
            (HANDWRITTEN.len() as u64, digits),
            (DIGITS.bytes, DIGITS.digest)
        );
        assert!(DIGITS.file.contains(&format!("{digits:016x}")));
        assert!(
            (9_500_000..11_000_000).contains(&ORDERS.bytes),
            "about 10 MB"
        );
    }

    #[test]
    fn notes_have_what_makes_such_files_hard_to_read() {
        let text = orders();
        assert!(text.is_ascii() && !text.contains('\r'));
        for part in [
            ",\"gift, please",
            "\"\"the blue one\"\"",
            ",call first\n",
            ",\n",
        ] {
            assert!(text.contains(part), "{part}");
        }
    }
}
