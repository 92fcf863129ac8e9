//! Which constants only the second part needs: texts and tables that nothing
//! of the first part points to.
//!
//! The linker's map says where each constant begins and ends; `.rodata` alone
//! is looked at, since nobody writes there. What the first part points to is
//! found by looking at numbers: every number in its code, and every aligned
//! word of the data it keeps, that lies in the range of constants is taken for
//! an address. Numbers that only look like one keep a constant for nothing;
//! one that is an address and does not look like it could only be computed,
//! which compilers do from the start of a constant, from inside it, or from its
//! end.

use super::parts::Program;
use std::collections::BTreeSet;
use std::ops::Range;
use wasmparser::{FunctionBody, Operator};

/// After an address inside a constant, the next ones within this distance are
/// kept too: it may be the start of one of them, less an index that never is 0.
const NEAR: u32 = 64;

/// Constants of a program by address, from the linker's map.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Map {
    /// Addresses of all constants.
    pub rodata: Range<u32>,
    /// Each of them, by address, without overlap.
    pieces: Vec<Range<u32>>,
}

impl Map {
    /// Reads what `wasm-ld -Map` writes: address, offset, size, then the name of
    /// an output section, or an input file with its section in parentheses.
    ///
    /// # Errors
    /// When there is no section of constants in it.
    pub fn read(text: &str) -> Result<Self, String> {
        let mut map = Self::default();
        for line in text.lines() {
            let mut words = line.split_whitespace();
            let mut number = || u32::from_str_radix(words.next()?, 16).ok();
            let (Some(from), Some(_), Some(len)) = (number(), number(), number()) else {
                continue;
            };
            let name = words.next().unwrap_or_default();
            if name == ".rodata" {
                map.rodata = from..from + len;
            } else if name.contains(":(.rodata") && len > 0 {
                map.pieces.push(from..from + len);
            }
        }
        map.pieces.sort_by_key(|piece| piece.start);
        if map.rodata.is_empty() || map.pieces.is_empty() {
            return Err("the linker's map has no constants".into());
        }
        Ok(map)
    }

    /// Numbers of the pieces that an address may mean.
    fn meant(&self, address: u32) -> Range<usize> {
        if !self.rodata.contains(&address) {
            return 0..0;
        }
        let next = self.pieces.partition_point(|piece| piece.start <= address);
        let first = next.saturating_sub(1);
        let is_start = self
            .pieces
            .get(first)
            .is_some_and(|piece| piece.start == address);
        let near = if is_start { 0 } else { NEAR };
        let end = self
            .pieces
            .partition_point(|piece| piece.start <= address.saturating_add(near));
        first..end
    }

    /// As [`Map::meant`], for a number in code: loops may count up to the end of
    /// a constant and know nothing but that.
    fn meant_by_code(&self, address: u32) -> Range<usize> {
        let mut meant = self.meant(address);
        let before = meant.start.checked_sub(1).filter(|_| !meant.is_empty());
        if let Some(before) = before
            && self
                .pieces
                .get(before)
                .is_some_and(|piece| piece.end == address)
        {
            meant.start = before;
        }
        if meant.is_empty() && address == self.rodata.end {
            meant = self.pieces.len() - 1..self.pieces.len();
        }
        meant
    }
}

/// Addresses of the constants that only the second part needs, in order.
///
/// # Errors
/// When the map is not that of this program.
pub fn later(
    program: &Program<'_>,
    map: &Map,
    is_early: impl Fn(u32) -> bool,
) -> Result<Vec<Range<u32>>, String> {
    let len = map.rodata.len();
    let mut same = program.data().filter(|segment| segment.len() == len);
    let (Some(rodata), None) = (same.next(), same.next()) else {
        return Err("the linker's map is of another program".into());
    };
    let mut open: Vec<usize> = Vec::new();
    for (_, body) in program.bodies().filter(|(func, _)| is_early(*func)) {
        for number in numbers(body)? {
            open.extend(map.meant_by_code(number));
        }
    }
    // Whatever can be written to stays, and what it points to.
    for segment in program.data().filter(|segment| segment.len() != len) {
        for word in words(segment) {
            open.extend(map.meant(word));
        }
    }
    let mut kept: BTreeSet<usize> = BTreeSet::new();
    while let Some(at) = open.pop() {
        let Some(piece) = map.pieces.get(at).filter(|_| kept.insert(at)) else {
            continue;
        };
        let from = (piece.start.next_multiple_of(4) - map.rodata.start) as usize;
        let to = (piece.end - map.rodata.start) as usize;
        for word in words(rodata.get(from..to.max(from)).unwrap_or_default()) {
            open.extend(map.meant(word));
        }
    }
    let all = map.pieces.iter().enumerate();
    Ok(all
        .filter(|(at, _)| !kept.contains(at))
        .map(|(_, piece)| piece.clone())
        .collect())
}

fn words(bytes: &[u8]) -> impl Iterator<Item = u32> {
    let (words, _) = bytes.as_chunks::<4>();
    words.iter().map(|word| u32::from_le_bytes(*word))
}

/// Every number in a function that could be an address.
fn numbers(body: &FunctionBody<'_>) -> Result<Vec<u32>, String> {
    let told = |error: wasmparser::BinaryReaderError| error.to_string();
    let mut found = Vec::new();
    let mut operators = body.get_operators_reader().map_err(told)?;
    while !operators.eof() {
        let operator = operators.read().map_err(told)?;
        match operator {
            Operator::I32Const { value } => found.push(value as u32),
            // Two addresses, or an address and a length, stored at once.
            Operator::I64Const { value } => {
                found.extend([value as u64 as u32, (value as u64 >> 32) as u32]);
            }
            Operator::V128Const { value } => {
                found.extend(words(value.bytes()));
            }
            _ => found.extend(offset_of(&operator)),
        }
    }
    Ok(found)
}

/// The constant part of the address of a load or store.
fn offset_of(operator: &Operator<'_>) -> Option<u32> {
    macro_rules! offsets {
        ($($name:ident)*) => {
            match operator {
                $(Operator::$name { memarg } => u32::try_from(memarg.offset).ok(),)*
                _ => None,
            }
        };
    }
    offsets!(
        I32Load I64Load F32Load F64Load I32Load8S I32Load8U I32Load16S I32Load16U
        I64Load8S I64Load8U I64Load16S I64Load16U I64Load32S I64Load32U
        I32Store I64Store F32Store F64Store I32Store8 I32Store16 I64Store8 I64Store16 I64Store32
        V128Load I32AtomicLoad I64AtomicLoad I32AtomicLoad8U I32AtomicLoad16U
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "    Addr      Off     Size Out     In      Symbol
       -   10e023     8536 DATA
  100000   10e024       10 .tdata
  100000   10e027       10         some/app.o:(.tdata.x)
  100010   10e197       30 .rodata
  100010   10e19b        3         some/app.o:(.rodata..Lanon.3)
  100010   10e19b        3                 .Lanon.3
  100014   10e19f       18         some/app.o:(.rodata..Lanon.13)
  10002c   10e1b7       13         some/app.o:(.rodata..Lanon.2)
";

    #[test]
    fn the_map_gives_every_constant_once() {
        let map = Map::read(TEXT).unwrap();
        assert_eq!(map.rodata, 0x10_0010..0x10_0040);
        let expected = [(0x10, 0x13), (0x14, 0x2c), (0x2c, 0x3f)];
        let expected = expected.map(|(from, to)| 0x10_0000 + from..0x10_0000 + to);
        assert_eq!(map.pieces, expected);
        assert!(Map::read("nothing").is_err());
    }

    #[test]
    fn an_address_means_its_constant_and_from_the_inside_those_near() {
        let map = Map::read(TEXT).unwrap();
        assert_eq!(map.meant(0x10_000f), 0..0);
        assert_eq!(map.meant(0x10_0010), 0..1);
        assert_eq!(map.meant(0x10_002c), 2..3);
        // Perhaps the third one, less a few bytes.
        assert_eq!(map.meant(0x10_0016), 1..3);
        assert_eq!(map.meant(0x10_0040), 0..0);
        // In code it may be the end of the one before.
        assert_eq!(map.meant_by_code(0x10_002c), 1..3);
        assert_eq!(map.meant_by_code(0x10_0040), 2..3);
        assert_eq!(map.meant_by_code(0x10_0010), 0..1);
    }
}
