//! How blocks are written: numbers of 7 bits a byte, low ones first (LEB128), and
//! bytes behind their number.

/// Puts a number.
#[inline]
pub(crate) fn put(block: &mut Vec<u8>, mut number: u64) {
    while number >= 0x80 {
        block.push(number as u8 | 0x80);
        number >>= 7;
    }
    block.push(number as u8);
}

/// Puts bytes behind their number.
#[inline]
pub(crate) fn put_bytes(block: &mut Vec<u8>, bytes: &[u8]) {
    put(block, bytes.len() as u64);
    block.extend_from_slice(bytes);
}

/// Takes a number off the front; `None` if there is none.
#[inline]
pub(crate) fn number(block: &mut &[u8]) -> Option<u64> {
    let mut value = 0;
    for shift in (0..64).step_by(7) {
        let (byte, rest) = block.split_first()?;
        *block = rest;
        let bits = u64::from(byte & 0x7f);
        if shift == 63 && bits > 1 {
            return None;
        }
        value |= bits << shift;
        if *byte < 0x80 {
            return Some(value);
        }
    }
    None
}

/// Takes bytes behind their number off the front.
#[inline]
pub(crate) fn bytes<'a>(block: &mut &'a [u8]) -> Option<&'a [u8]> {
    let length = usize::try_from(number(block)?).ok()?;
    let (bytes, rest) = block.split_at_checked(length)?;
    *block = rest;
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_put_is_taken() {
        let mut block = Vec::new();
        let numbers = [0, 1, 127, 128, 300, u64::from(u32::MAX), u64::MAX];
        for value in numbers {
            put(&mut block, value);
        }
        put_bytes(&mut block, b"pot");
        let mut rest = block.as_slice();
        for value in numbers {
            assert_eq!(number(&mut rest), Some(value));
        }
        assert_eq!(bytes(&mut rest), Some(b"pot".as_slice()));
        assert!(rest.is_empty());
    }

    #[test]
    fn what_is_cut_off_or_too_large_is_none() {
        assert_eq!(number(&mut [].as_slice()), None);
        assert_eq!(number(&mut [0x80].as_slice()), None);
        assert_eq!(number(&mut [0xff; 12].as_slice()), None);
        assert_eq!(bytes(&mut [4, b'p', b'o'].as_slice()), None);
    }
}
