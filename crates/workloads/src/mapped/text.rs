//! Words of any bytes, whatever pieces they come in.
//!
//! A word is a longest run of ASCII letters, digits and bytes from 0x80 on, which
//! are parts of other letters in UTF-8; capital ASCII letters count as small ones.
//! This is what `tr A-Z a-z | tr -cs 'a-z0-9\200-\377' '\n'` cuts. A run that is not
//! UTF-8, or longer than [`LONGEST`] bytes, is no word: it is skipped.

/// Bytes of the longest word.
pub(crate) const LONGEST: usize = 255;

/// Bytes whose words are counted in about 40 us.
pub(crate) const STEP_BYTES: usize = 6 * 1024;

/// Small letter or 0 where a byte separates words.
pub(crate) const FOLDED: [u8; 256] = folded();

const fn folded() -> [u8; 256] {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let letter = byte as u8;
        if letter.is_ascii_alphanumeric() || letter >= 0x80 {
            table[byte] = letter.to_ascii_lowercase();
        }
        byte += 1;
    }
    table
}

/// The next so many bytes of a split from `at` on, which moves behind them.
pub(crate) fn chunk<'a>(split: &'a [u8], at: &mut usize, bytes: usize) -> &'a [u8] {
    let end = split.len().min(*at + bytes);
    let chunk = split.get(*at..end).unwrap_or_default();
    *at = end;
    chunk
}

/// A word that is being read.
pub(crate) struct Words {
    /// One more than the longest, so that eights of bytes can be read.
    letters: [u8; LONGEST + 1],
    length: usize,
    /// All bytes of the word, one over another: from 0x80 on if one is.
    union: u8,
    /// Runs that are no word.
    pub(crate) skipped: u64,
}

impl Words {
    pub(crate) const fn new() -> Self {
        Self {
            letters: [0; LONGEST + 1],
            length: 0,
            union: 0,
            skipped: 0,
        }
    }

    /// Hands on every word that ends in these bytes; one that does not goes on in
    /// the next.
    #[inline]
    pub(crate) fn read(&mut self, bytes: &[u8], mut each: impl FnMut(&[u8])) {
        for byte in bytes {
            let letter = FOLDED.get(usize::from(*byte)).copied().unwrap_or_default();
            if letter == 0 {
                if self.length > 0 {
                    self.end(&mut each);
                }
            } else {
                if let Some(place) = self.letters.get_mut(self.length) {
                    *place = letter;
                    self.length += 1;
                }
                self.union |= letter;
            }
        }
    }

    /// Hands on the word that the bytes read so far end with, if they do.
    #[inline]
    pub(crate) fn end(&mut self, mut each: impl FnMut(&[u8])) {
        let word = self.letters.get(..self.length).unwrap_or_default();
        let is_text = self.length <= LONGEST && (self.union < 0x80 || str::from_utf8(word).is_ok());
        if !is_text {
            self.skipped += 1;
        } else if !word.is_empty() {
            each(word);
        }
        self.length = 0;
        self.union = 0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(pieces: &[&[u8]]) -> (Vec<String>, u64) {
        let mut words = Words::new();
        let mut seen = Vec::new();
        let mut each = |word: &[u8]| seen.push(String::from_utf8(word.to_vec()).expect("text"));
        for piece in pieces {
            words.read(piece, &mut each);
        }
        words.end(&mut each);
        (seen, words.skipped)
    }

    #[test]
    fn words_are_cut_and_folded() {
        let (seen, skipped) = words(&["Salt, 2 POTS\tund Öl\r\n\0x-y".as_bytes()]);
        assert_eq!(seen, ["salt", "2", "pots", "und", "Öl", "x", "y"]);
        assert_eq!(skipped, 0);
    }

    #[test]
    fn a_word_goes_on_in_the_next_piece() {
        let letters = "Öl pot".as_bytes();
        for cut in 0..letters.len() {
            let (head, tail) = letters.split_at(cut);
            assert_eq!(words(&[head, tail]).0, ["Öl", "pot"]);
        }
    }

    #[test]
    fn what_is_no_text_is_skipped_and_counted() {
        let giant = [b'a'; 300];
        let longest = [b'b'; LONGEST];
        let whole = [b"ok \xff\xfe ".as_slice(), &giant, b" \xc3 ", &longest].concat();
        let (seen, skipped) = words(&[&whole]);
        assert_eq!(seen.len(), 2);
        assert_eq!((seen[0].as_str(), seen[1].len()), ("ok", LONGEST));
        assert_eq!(skipped, 3);
        assert_eq!(words(&[b""]), (Vec::new(), 0));
    }
}
