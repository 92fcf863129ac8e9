//! Reading orders from a file as it comes in, piece by piece, and adding up.
//!
//! No entry of the registry: its input is not made from a seed but handed in.
//! Pieces may end anywhere, also in the middle of a quoted note. What is found
//! is known beforehand ([`model::ORDERS`]).

use model::Total;
use std::collections::BTreeMap;

/// Fields of an order: number, date, customer, goods, items, price, note.
const FIELDS: usize = 7;
/// First value and factor of FNV-1a with 64 bits.
const FNV: (u64, u64) = (0xcbf2_9ce4_8422_2325, 0x0000_0100_0000_01b3);

/// Bytes that take about as long as a step of the other workloads, 40 µs.
pub const STEP_BYTES: usize = 4 << 10;

/// Adds up orders, byte by byte.
#[derive(Clone, Debug)]
pub struct Orders {
    bytes: u64,
    digest: u64,
    /// The line that is being read, its fields without quotes and commas.
    line: String,
    /// Where in it the fields after the first begin.
    ends: Vec<usize>,
    is_quoted: bool,
    /// The last byte ended a quotation, or was the first of two quotes.
    was_quote: bool,
    rows: u32,
    is_past_names: bool,
    faulty: u32,
    totals: BTreeMap<String, (u32, u64)>,
    /// What each customer spent, in cents.
    customers: BTreeMap<String, u64>,
}

/// What was found in a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    /// Bytes read.
    pub bytes: u64,
    /// Orders read.
    pub rows: u32,
    /// Lines that are no orders.
    pub faulty: u32,
    /// FNV-1a over all bytes.
    pub digest: u64,
    /// By kind of goods.
    pub totals: Vec<Total>,
    /// Different customers.
    pub customers: u32,
    /// What the one who spent most spent, in cents.
    pub most_cents: u64,
}

impl Default for Orders {
    fn default() -> Self {
        Self {
            bytes: 0,
            digest: FNV.0,
            line: String::with_capacity(256),
            ends: Vec::with_capacity(FIELDS),
            is_quoted: false,
            was_quote: false,
            rows: 0,
            is_past_names: false,
            faulty: 0,
            totals: BTreeMap::new(),
            customers: BTreeMap::new(),
        }
    }
}

impl Orders {
    /// Reads on.
    #[inline(never)]
    pub fn read(&mut self, piece: &[u8]) {
        self.bytes += piece.len() as u64;
        for &byte in piece {
            self.digest = (self.digest ^ u64::from(byte)).wrapping_mul(FNV.1);
            self.byte(byte);
        }
    }

    fn byte(&mut self, byte: u8) {
        let was_quote = std::mem::take(&mut self.was_quote);
        match byte {
            b'"' if self.is_quoted => {
                self.is_quoted = false;
                self.was_quote = true;
            }
            b'"' => {
                // Two in a row within a quotation stand for one.
                if was_quote {
                    self.line.push('"');
                }
                self.is_quoted = true;
            }
            b',' if !self.is_quoted => self.ends.push(self.line.len()),
            b'\n' if !self.is_quoted => self.end_line(),
            byte => self.line.push(char::from(byte)),
        }
    }

    fn end_line(&mut self) {
        if !std::mem::replace(&mut self.is_past_names, true) {
            // Names of the columns.
        } else if let Some((goods, customer, cents)) = self.order() {
            let (goods, customer) = (goods.to_owned(), customer.to_owned());
            self.rows += 1;
            let total = self.totals.entry(goods).or_default();
            total.0 += 1;
            total.1 += cents;
            *self.customers.entry(customer).or_default() += cents;
        } else {
            self.faulty += 1;
        }
        self.line.clear();
        self.ends.clear();
    }

    /// Goods, customer and cents of the line; `None` if it is no order.
    fn order(&self) -> Option<(&str, &str, u64)> {
        if self.ends.len() != FIELDS - 1 {
            return None;
        }
        let field = |at: usize| {
            let start = at
                .checked_sub(1)
                .map_or(Some(0), |at| self.ends.get(at).copied())?;
            self.line.get(start..*self.ends.get(at)?)
        };
        let _number: u64 = field(0)?.parse().ok()?;
        let date: Vec<u32> = field(1)?
            .split('-')
            .filter_map(|part| part.parse().ok())
            .collect();
        let items: u64 = field(4)?.parse().ok()?;
        let (whole, rest) = field(5)?.split_once('.')?;
        let cents = whole.parse::<u64>().ok()? * 100 + rest.parse::<u64>().ok()?;
        (date.len() == 3 && rest.len() == 2).then_some((field(3)?, field(2)?, items * cents))
    }

    /// What was found so far; a line without end is left out.
    #[must_use]
    pub fn sums(&self) -> Sums {
        let total = |(name, (rows, cents)): (&String, &(u32, u64))| Total {
            name: name.clone(),
            rows: *rows,
            cents: *cents,
        };
        Sums {
            bytes: self.bytes,
            rows: self.rows,
            faulty: self.faulty,
            digest: self.digest,
            totals: self.totals.iter().map(total).collect(),
            customers: self.customers.len() as u32,
            most_cents: self.customers.values().copied().max().unwrap_or(0),
        }
    }
}

impl Sums {
    /// Proof of the work: all of the file, and all that was added up.
    #[must_use]
    pub fn checksum(&self) -> u64 {
        let mut proof = self.digest ^ u64::from(self.rows);
        for total in &self.totals {
            proof = crate::mix::proof(proof, total.cents ^ u64::from(total.rows));
        }
        crate::mix::proof(proof, self.most_cents ^ u64::from(self.customers))
    }

    /// Whether this is what is in the file that the build made.
    #[must_use]
    pub fn is_right(&self) -> bool {
        let expected = &model::ORDERS;
        let totals = self
            .totals
            .iter()
            .map(|total| (&*total.name, total.rows, total.cents));
        (self.bytes, self.rows, self.digest) == (expected.bytes, expected.rows, expected.digest)
            && totals.eq(expected.totals.iter().copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "number,date,customer,goods,items,price,note\n\
        7,2025-01-02,C00001,tea,3,2.50,\n\
        8,2025-01-03,C00002,books,1,10.00,\"a, b\n and \"\"c\"\"\"\n\
        9,2025-01-04,C00001,tea,2,1.05,call first\n";

    fn read(file: &str, piece: usize) -> Sums {
        let mut orders = Orders::default();
        for part in file.as_bytes().chunks(piece) {
            orders.read(part);
        }
        orders.sums()
    }

    #[test]
    fn pieces_may_end_anywhere() {
        let whole = read(FILE, FILE.len());
        let total = |name: &str, rows, cents| Total {
            name: name.into(),
            rows,
            cents,
        };
        assert_eq!(
            whole.totals,
            [total("books", 1, 1000), total("tea", 2, 960)]
        );
        assert_eq!((whole.rows, whole.faulty), (3, 0));
        assert_eq!((whole.customers, whole.most_cents), (2, 1000));
        for piece in [1, 2, 3, 7, 31] {
            assert_eq!(read(FILE, piece), whole, "{piece}");
        }
    }

    #[test]
    fn what_is_no_order_is_counted_and_left_out() {
        let faults = [
            "1,2,3\n",
            "\n",
            "7,2025-01-02,C1,tea,x,2.50,\n",
            "7,2025,C1,tea,1,2.50,\n",
        ];
        for fault in faults {
            let file = [FILE, fault].concat();
            let sums = read(&file, 5);
            assert_eq!((sums.rows, sums.faulty), (3, 1), "{fault}");
            assert_ne!(sums.digest, read(FILE, 5).digest);
        }
        // Cut off in the middle of a line.
        let cut = read(&FILE[..FILE.len() - 4], 9);
        assert_eq!((cut.rows, cut.faulty), (2, 0));
    }

    #[test]
    fn only_the_whole_file_is_right_and_every_sum_is_part_of_the_proof() {
        let sums = read(FILE, 64);
        assert!(!sums.is_right());
        let mut other = sums.clone();
        other.totals[1].cents += 1;
        assert_ne!(other.checksum(), sums.checksum());
        let right = Sums {
            bytes: model::ORDERS.bytes,
            rows: model::ORDERS.rows,
            digest: model::ORDERS.digest,
            totals: model::ORDERS
                .totals
                .iter()
                .map(|(name, rows, cents)| total(name, *rows, *cents))
                .collect(),
            ..Sums::default()
        };
        assert!(right.is_right());
        for wrong in [
            Sums {
                rows: right.rows - 1,
                ..right.clone()
            },
            Sums {
                digest: 1,
                ..right.clone()
            },
            Sums {
                totals: Vec::new(),
                ..right
            },
        ] {
            assert!(!wrong.is_right());
        }
    }

    fn total(name: &str, rows: u32, cents: u64) -> Total {
        Total {
            name: name.into(),
            rows,
            cents,
        }
    }
}
