//! The file of orders that a lesson fetches: what it is called, and what is in it.

use serde::{Deserialize, Serialize};

/// A file that the build makes, and what anyone who reads it must find.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DataSet {
    /// Path in the site; carries the digest, so that a changed file is another.
    pub file: &'static str,
    /// Length.
    pub bytes: u64,
    /// Orders, without the line of names.
    pub rows: u32,
    /// FNV-1a, 64 bits, over all bytes.
    pub digest: u64,
    /// Kind of goods, orders of it, and what they cost together in cents, by name.
    pub totals: &'static [(&'static str, u32, u64)],
}

/// What was added up for one kind of goods.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Total {
    /// Kind of goods.
    pub name: String,
    /// Orders.
    pub rows: u32,
    /// Items times price, in cents.
    pub cents: u64,
}

/// Orders of a shop that never was: `number,date,customer,goods,items,price,note`,
/// with notes in quotes that hold commas and quotes of their own.
pub const ORDERS: DataSet = DataSet {
    file: "data/orders-d88280043b2271c8.csv",
    bytes: 10_103_287,
    rows: 170_000,
    digest: 0xd882_8004_3b22_71c8,
    totals: &[
        ("books", 20_977, 239_268_347),
        ("coffee", 21_197, 105_799_037),
        ("flowers", 21_322, 215_358_066),
        ("games", 21_377, 336_621_431),
        ("lamps", 21_288, 1_006_348_420),
        ("shoes", 21_456, 784_324_622),
        ("tea", 21_385, 84_284_343),
        ("tools", 20_998, 566_492_086),
    ],
};

/// Where the handwritten digits are that a training learns from, and how to tell
/// that they are whole. What is in it is told in `workloads`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DigitsFile {
    /// Path in the site; carries the digest.
    pub file: &'static str,
    /// Length.
    pub bytes: u64,
    /// FNV-1a, 64 bits, over all bytes.
    pub digest: u64,
}

/// The digits.
pub const DIGITS: DigitsFile = DigitsFile {
    file: "data/digits-52009a3439c4868f.bin",
    bytes: 73_677,
    digest: 0x5200_9a34_39c4_868f,
};
