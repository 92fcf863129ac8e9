//! Cutting a text of any length into splits at the ends of lines, while no more of
//! it is read than a little at each border.
//!
//! Every border depends on the bytes around its own place alone, so that splits can
//! be read in any order, and read again, and are always the same.

use std::ops::Range;

/// A border is looked for within so many bytes. Where no line ends there, it is put
/// at a space; where there is none either, in the middle of what is one word.
pub const LOOK_BYTES: u64 = 64 << 10;
/// Splits of a file have at most so many bytes, and a line more.
pub const MOST_SPLIT_BYTES: u64 = 4 << 20;
/// A file is cut into about so many splits, if they are not too large then.
const WANTED_SPLITS: u64 = 64;
/// What is taken of a reader's file at most, in bytes.
pub const MOST_FILE_BYTES: u64 = 500_000_000;

/// More bytes than these are not laid ready before the stopwatch runs, but read or
/// made when they are wanted.
pub const MOST_LAID_BYTES: u64 = 64 << 20;

/// What is said when a reader's file can no longer be read. The page knows it by this
/// text.
pub const UNREADABLE: &str = "the text could not be read";

/// A text of so many bytes and how it is cut.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Splits {
    bytes: u64,
    split_bytes: u64,
}

impl Splits {
    /// A text of `bytes` in splits of `kibibytes`, at least 64.
    #[must_use]
    pub fn new(bytes: u64, kibibytes: u32) -> Self {
        Self {
            bytes,
            split_bytes: (u64::from(kibibytes) << 10).max(LOOK_BYTES),
        }
    }

    /// The same in splits of a size that suits its length.
    #[must_use]
    pub fn of_file(bytes: u64) -> Self {
        let wanted = bytes
            .div_ceil(WANTED_SPLITS)
            .next_multiple_of(LOOK_BYTES)
            .clamp(LOOK_BYTES, MOST_SPLIT_BYTES);
        Self {
            bytes,
            split_bytes: wanted,
        }
    }

    /// KiB in a split.
    #[must_use]
    pub const fn kibibytes(&self) -> u32 {
        (self.split_bytes >> 10) as u32
    }

    /// Splits; none if the text is empty.
    #[must_use]
    pub const fn count(&self) -> u32 {
        self.bytes.div_ceil(self.split_bytes) as u32
    }

    /// Which bytes decide where border `at` is: split `n` lies between the borders
    /// `n` and `n + 1`. Empty for the two ends of the text.
    #[must_use]
    pub fn look(&self, at: u32) -> Range<u64> {
        let place = self.place(at);
        if at == 0 || place >= self.bytes {
            return place..place;
        }
        // The byte before may be the end of a line.
        let start = place - 1;
        start..self.bytes.min(start + LOOK_BYTES)
    }

    /// Where border `at` is, if these bytes are at [`Splits::look`].
    #[must_use]
    pub fn border(&self, at: u32, seen: &[u8]) -> u64 {
        let look = self.look(at);
        if look.is_empty() {
            return look.start;
        }
        let after = |is_end: fn(&u8) -> bool| {
            let found = seen.iter().position(is_end);
            found.map(|found| look.start + found as u64 + 1)
        };
        after(|byte| *byte == b'\n')
            .or_else(|| after(u8::is_ascii_whitespace))
            .unwrap_or_else(|| {
                // Not in the middle of a character of UTF-8, which has four bytes
                // at most.
                let is_inside = |byte: &&u8| **byte & 0xc0 == 0x80;
                let inside = seen.iter().skip(1).take(3).take_while(is_inside);
                look.start + 1 + inside.count() as u64
            })
            .min(self.bytes)
    }

    fn place(&self, at: u32) -> u64 {
        self.bytes.min(u64::from(at) * self.split_bytes)
    }
}

/// What the beginning of a file looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Looks {
    /// Text in UTF-8.
    Text,
    /// Text whose letters are written in another way: what is no UTF-8 is skipped.
    Foreign,
    /// No text.
    Binary,
}

impl Looks {
    /// Bytes of a file's beginning that are looked at.
    pub const BYTES: u64 = 64 << 10;

    /// Judges by the first bytes: a zero byte, or more than one control character
    /// in ten, is no text.
    #[must_use]
    pub fn of(head: &[u8]) -> Self {
        let is_odd = |byte: &&u8| {
            let is_usual = byte.is_ascii_whitespace() || **byte == 0x1b;
            byte.is_ascii_control() && !is_usual
        };
        if head.contains(&0) || head.iter().filter(is_odd).count() * 10 > head.len() {
            return Self::Binary;
        }
        match std::str::from_utf8(head) {
            // The last character may go on behind the bytes that were looked at.
            Err(error) if error.error_len().is_some() => Self::Foreign,
            _ => Self::Text,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cut(text: &[u8], splits: Splits) -> Vec<&[u8]> {
        let border = |at| {
            let look = splits.look(at);
            assert!(look.end - look.start <= LOOK_BYTES);
            splits.border(at, &text[look.start as usize..look.end as usize]) as usize
        };
        // Backwards, since the order must not matter.
        let mut pieces: Vec<&[u8]> = (0..splits.count())
            .rev()
            .map(|at| &text[border(at)..border(at + 1)])
            .collect();
        pieces.reverse();
        pieces
    }

    /// splitmix64, as elsewhere: texts that can be made again.
    fn draw(state: &mut u64) -> u64 {
        *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = *state;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    #[test]
    fn splits_are_the_whole_text_and_end_with_a_line() {
        for seed in 0..20 {
            let mut state = seed;
            let bytes = draw(&mut state) % 900_000;
            let longest = 1 + draw(&mut state) % 2_000;
            let mut text = Vec::new();
            while (text.len() as u64) < bytes {
                let length = draw(&mut state) % longest;
                text.extend((0..length).map(|at| b'a' + (at % 26) as u8));
                text.push(b'\n');
            }
            text.truncate(bytes as usize);
            let splits = Splits::new(bytes, 64);
            let pieces = cut(&text, splits);
            assert_eq!(pieces.concat(), text, "seed {seed}");
            assert_eq!(pieces.len() as u64, bytes.div_ceil(64 << 10));
            for piece in pieces.iter().rev().skip(1) {
                assert_eq!(piece.last(), Some(&b'\n'), "seed {seed}");
                assert!(piece.len() as u64 <= LOOK_BYTES + longest);
            }
        }
    }

    #[test]
    fn a_line_that_ends_at_the_place_itself_is_not_left_behind() {
        let mut text = vec![b'x'; 128 << 10];
        text[(64 << 10) - 1] = b'\n';
        let pieces = cut(&text, Splits::new(text.len() as u64, 64));
        assert_eq!(pieces.len(), 2);
        assert_eq!(pieces[0].len(), 64 << 10);
    }

    #[test]
    fn one_giant_line_is_cut_between_words() {
        let text = b"soup and bread ".repeat(40_000);
        let pieces = cut(&text, Splits::new(text.len() as u64, 64));
        assert_eq!(pieces.concat(), text);
        assert_eq!(pieces.len(), 10);
        assert!(pieces.iter().all(|piece| piece.ends_with(b" ")));
        assert!(pieces.iter().all(|piece| piece.len() < 66 << 10));
    }

    #[test]
    fn one_giant_word_is_cut_between_its_letters() {
        let text = "ü€𝄞".repeat(50_000);
        let pieces = cut(text.as_bytes(), Splits::new(text.len() as u64, 64));
        assert_eq!(pieces.concat(), text.as_bytes());
        assert!(
            pieces
                .iter()
                .all(|piece| std::str::from_utf8(piece).is_ok())
        );
        // Bytes that are no text at all are cut all the same.
        let noise = vec![0x80; 300_000];
        let pieces = cut(&noise, Splits::new(noise.len() as u64, 64));
        assert_eq!(pieces.concat(), noise);
    }

    #[test]
    fn lengths_at_the_edges() {
        assert_eq!(Splits::of_file(0).count(), 0);
        assert_eq!(cut(b"x", Splits::of_file(1)), [b"x"]);
        assert_eq!(Splits::of_file(1).kibibytes(), 64);
        let large = Splits::of_file(256 << 20);
        assert_eq!((large.count(), large.kibibytes()), (64, 4096));
        let largest = Splits::of_file(MOST_FILE_BYTES);
        assert_eq!((largest.count(), largest.kibibytes()), (120, 4096));
        assert_eq!(Splits::new(10, 1).kibibytes(), 64);
    }

    #[test]
    fn text_is_told_from_what_is_none() {
        assert_eq!(Looks::of(b""), Looks::Text);
        assert_eq!(Looks::of("Bœuf\tà la mode\r\n".as_bytes()), Looks::Text);
        assert_eq!(Looks::of(&"é".as_bytes()[..1]), Looks::Text);
        assert_eq!(Looks::of(b"caf\xe9 au lait"), Looks::Foreign);
        assert_eq!(Looks::of(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"), Looks::Binary);
        assert_eq!(Looks::of(b"\x01\x02\x03 abc"), Looks::Binary);
        assert_eq!(Looks::of(b"\x1b[31mred\x1b[0m log"), Looks::Text);
    }
}
