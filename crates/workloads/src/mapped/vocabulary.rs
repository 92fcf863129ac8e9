//! Made-up words, spread like those of real text: the k-th most frequent is 1/k as
//! frequent as the first (Zipf 1949).

use super::random::Random;
use crate::mix::mix;

/// Ranks go from 1 to this.
pub(crate) const WORDS: u32 = (1 << OCTAVES) - 1;
pub(crate) const OCTAVES: u32 = 15;

const ONSETS: [u8; 16] = *b"bdfghjklmnprstvz";
const VOWELS: [u8; 5] = *b"aeiou";
/// A syllable has one end, always the same, so that no two words are spelt alike;
/// a space stands for none.
const ENDS: [u8; 4] = *b" nrs";
const SYLLABLES: u32 = 80;

/// Every word one after another, and where each begins.
pub(crate) struct Vocabulary {
    letters: Vec<u8>,
    starts: Vec<u32>,
}

impl Vocabulary {
    pub(crate) fn new() -> Self {
        let mut letters = Vec::with_capacity(7 * WORDS as usize);
        let mut starts = Vec::with_capacity(WORDS as usize + 1);
        for rank in 1..=WORDS {
            starts.push(letters.len() as u32);
            spell(rank, &mut letters);
        }
        starts.push(letters.len() as u32);
        Self { letters, starts }
    }

    /// The word of a rank; empty if there is none.
    pub(crate) fn word(&self, rank: u32) -> &[u8] {
        let at = |rank: u32| self.starts.get(rank as usize).map(|start| *start as usize);
        let range = rank.checked_sub(1).and_then(at).zip(at(rank));
        range
            .and_then(|(start, end)| self.letters.get(start..end))
            .unwrap_or_default()
    }
}

/// Writes the number in base 80 with digits 1..=80, each a syllable.
fn spell(mut rank: u32, letters: &mut Vec<u8>) {
    while rank > 0 {
        let syllable = (rank - 1) % SYLLABLES;
        rank = (rank - 1) / SYLLABLES;
        // Sixteen and five have no common divisor: every pair comes once.
        let of = |from: &[u8], place: u32| from.get(place as usize % from.len()).copied();
        let end = of(&ENDS, (mix(u64::from(syllable)) >> 40) as u32);
        let letter = [of(&ONSETS, syllable), of(&VOWELS, syllable), end];
        letters.extend(
            letter
                .into_iter()
                .flatten()
                .filter(|letter| *letter != b' '),
        );
    }
}

/// A rank from 1 to 2^octaves - 1 whose chance is in proportion to 1/rank: an octave, a place in it, and a
/// throw that makes up for the larger ranks of the octave (rejection sampling).
pub(crate) const fn rank(random: &mut Random, octaves: u32) -> u32 {
    loop {
        let octave = random.below(octaves);
        let bits = random.bits();
        let least = 1 << octave;
        let rank = least | bits as u32 & (least - 1);
        if (bits >> 32).wrapping_mul(rank as u64) >> 32 < least as u64 {
            return rank;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    #[test]
    fn no_two_words_are_spelt_alike() {
        let vocabulary = Vocabulary::new();
        let all: HashSet<&[u8]> = (1..=WORDS).map(|rank| vocabulary.word(rank)).collect();
        assert_eq!(all.len(), WORDS as usize);
        assert!(all.iter().all(|word| (2..=9).contains(&word.len())));
        assert!(vocabulary.word(0).is_empty() && vocabulary.word(WORDS + 1).is_empty());
    }

    #[test]
    fn the_second_word_is_half_as_frequent_and_the_hundredth_a_hundredth() {
        let mut random = Random::new(4);
        let mut seen = vec![0_u32; WORDS as usize + 1];
        for _ in 0..2_000_000 {
            seen[rank(&mut random, OCTAVES) as usize] += 1;
        }
        let first = f64::from(seen[1]);
        for (rank, spread) in [(2, 0.02), (10, 0.04), (100, 0.1), (1000, 0.3)] {
            let ratio = f64::from(seen[rank]) * rank as f64 / first;
            assert!((ratio - 1.0).abs() < spread, "rank {rank}: {ratio}");
        }
    }
}
