//! The digits: 1,797 that 13 people wrote, of 8 x 8 pixels.
//!
//! E. Alpaydin and C. Kaynak: Optical Recognition of Handwritten Digits, UCI Machine
//! Learning Repository, 1998, doi 10.24432/C50P49, licence CC BY 4.0; its test part,
//! in the order of scikit-learn's copy. Packed: 5 bits a pixel (0..=16, of 4 x 4
//! points so many were ink), 40 bytes, then the digit.
//!
//! The file does not travel with the program: every memory that trains is given it
//! first, as with [`photo`](crate::photo).

use super::net::{DIGITS as KINDS, PIXELS};
use crate::mix::mix;
use model::{DIGITS, Training};
use std::sync::{Arc, PoisonError, RwLock};

/// Bytes of a digit.
const RECORD: usize = 41;
/// Bits of a pixel, and its largest value.
const BITS: usize = 5;
const MOST: u8 = 16;
/// Digits of the file that are never learned from: one in six, so that everybody who
/// wrote some wrote some of these. (Of the last 297, most of them by hands that no
/// other digit is of, some five in a hundred fewer are told rightly.)
pub const HELD_OUT: usize = 297;
const ONE_IN: usize = 6;

/// The file, known to be whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Digits(Arc<Vec<u8>>);

impl Digits {
    /// From the bytes of the file; `None` if it is another one.
    #[must_use]
    pub fn new(bytes: Vec<u8>) -> Option<Self> {
        let is_right = bytes.len() as u64 == DIGITS.bytes && digest(&bytes) == DIGITS.digest;
        is_right.then(|| Self(Arc::new(bytes)))
    }

    /// The file.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    /// Every digit and its pixels, 0 for paper and 1 for ink.
    fn all(&self) -> impl ExactSizeIterator<Item = ([f32; PIXELS], u8)> {
        self.0.chunks_exact(RECORD).map(|record| {
            let bit = |at: usize| {
                let byte = record.get(at / 8).copied().unwrap_or_default();
                (byte >> (at % 8)) & 1
            };
            let mut pixels = [0.0; PIXELS];
            for (place, pixel) in pixels.iter_mut().enumerate() {
                let value = (0..BITS).fold(0, |value, at| value | bit(place * BITS + at) << at);
                *pixel = f32::from(value.min(MOST)) / f32::from(MOST);
            }
            let digit = record.last().copied().unwrap_or_default();
            (pixels, digit.min(KINDS as u8 - 1))
        })
    }
}

/// FNV-1a with 64 bits, by its authors' description.
fn digest(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

static GIVEN: RwLock<Option<Digits>> = RwLock::new(None);

/// Makes the digits known in this memory.
pub fn give(digits: Digits) {
    *GIVEN.write().unwrap_or_else(PoisonError::into_inner) = Some(digits);
}

/// The digits, if this memory was given them.
#[must_use]
pub fn given() -> Option<Digits> {
    GIVEN.read().unwrap_or_else(PoisonError::into_inner).clone()
}

/// What is learned from, and what is tried.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Examples {
    /// Pixels and digit of each example.
    pub known: Vec<([f32; PIXELS], u8)>,
    /// The same of those held out.
    pub held_out: Vec<([f32; PIXELS], u8)>,
}

impl Examples {
    /// As many as the training asks for. Beyond those of the file each is one of
    /// them, shifted by up to half a pixel each way and blurred, by a draw from `seed`.
    #[must_use]
    pub fn of(digits: &Digits, training: &Training, seed: u64) -> Self {
        let is_held_out =
            |number: usize| number % ONE_IN == ONE_IN - 1 && number < ONE_IN * HELD_OUT;
        let (mut all, mut held_out) = (Vec::new(), Vec::with_capacity(HELD_OUT));
        for (number, example) in digits.all().enumerate() {
            if is_held_out(number) {
                held_out.push(example);
            } else {
                all.push(example);
            }
        }
        let wanted = training.examples.max(1) as usize;
        let mut known = Vec::with_capacity(wanted);
        known.extend(all.iter().take(wanted).copied());
        for (number, (pixels, digit)) in all.iter().cycle().enumerate().take(wanted) {
            if number >= all.len() {
                known.push((changed(pixels, mix(seed ^ number as u64)), *digit));
            }
        }
        Self { known, held_out }
    }
}

/// The same digit as somebody else might have put it on paper.
fn changed(pixels: &[f32; PIXELS], dice: u64) -> [f32; PIXELS] {
    const SIDE: i32 = 8;
    // In quarters of a pixel, up to half of one each way.
    let [right, down] = [dice % 5, dice / 5 % 5].map(|drawn| drawn as f32 / 4.0 - 0.5);
    // Of each pixel so much is spread over its four neighbours.
    let blur = (dice / 25 % 3) as f32 * 0.1;
    let at = |x: i32, y: i32| {
        let is_inside = (0..SIDE).contains(&x) && (0..SIDE).contains(&y);
        let place = (y * SIDE + x) as usize;
        let pixel = is_inside.then(|| pixels.get(place).copied());
        pixel.flatten().unwrap_or_default()
    };
    let blurred = |x: i32, y: i32| {
        let around = at(x - 1, y) + at(x + 1, y) + at(x, y - 1) + at(x, y + 1);
        at(x, y) * (1.0 - blur) + around * (blur / 4.0)
    };
    // Between two pixels there is some of both.
    let to = |shift: f32| if shift > 0.0 { -1 } else { 1 };
    let (to_x, to_y, part_x, part_y) = (to(right), to(down), right.abs(), down.abs());
    let mut found = [0.0; PIXELS];
    for (pixel, place) in found.iter_mut().zip(0..) {
        let (x, y) = (place % SIDE, place / SIDE);
        let row = |y| blurred(x, y) * (1.0 - part_x) + blurred(x + to_x, y) * part_x;
        *pixel = row(y) * (1.0 - part_y) + row(y + to_y) * part_y;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(crate) fn digits() -> Digits {
        Digits::new(include_bytes!("../../data/digits.bin").to_vec()).unwrap()
    }

    #[test]
    fn the_file_is_the_published_one() {
        let all: Vec<_> = digits().all().collect();
        assert_eq!(all.len(), 1_797);
        // As published: how often each digit was written.
        let count = |kind| all.iter().filter(|(_, digit)| *digit == kind).count();
        let counts: Vec<_> = (0..10).map(count).collect();
        assert_eq!(counts, [178, 182, 177, 183, 181, 182, 181, 179, 174, 180]);
        let first: Vec<_> = all[0].0[..8].iter().map(|pixel| pixel * 16.0).collect();
        assert_eq!(first, [0.0, 0.0, 5.0, 13.0, 9.0, 1.0, 0.0, 0.0]);
        let sum: f32 = all.iter().flat_map(|(pixels, _)| pixels).sum();
        assert_eq!(sum * 16.0, 561_718.0);
    }

    #[test]
    fn another_file_is_refused() {
        let bytes = digits().bytes().to_vec();
        assert!(Digits::new(bytes[1..].to_vec()).is_none());
        let mut other = bytes;
        other[100] ^= 1;
        assert!(Digits::new(other).is_none());
        assert!(Digits::new(Vec::new()).is_none());
    }

    #[test]
    fn more_examples_are_made_of_those_to_learn_from_alone() {
        let training = |examples| Training {
            examples,
            ..Training::default()
        };
        let few = Examples::of(&digits(), &training(100), 1);
        let all = Examples::of(&digits(), &training(1_500), 1);
        let many = Examples::of(&digits(), &training(4_000), 1);
        assert_eq!(
            (few.known.len(), all.known.len(), many.known.len()),
            (100, 1_500, 4_000)
        );
        assert_eq!(few.held_out.len(), HELD_OUT);
        assert_eq!(
            (&few.held_out, &all.known[..]),
            (&many.held_out, &many.known[..1_500])
        );
        assert_eq!(many, Examples::of(&digits(), &training(4_000), 1));
        assert_ne!(many, Examples::of(&digits(), &training(4_000), 2));
        let made = &many.known[1_500..];
        for ((pixels, digit), (of, same)) in made.iter().zip(all.known.iter().cycle()) {
            assert_eq!(digit, same);
            let ink = |pixels: &[f32; PIXELS]| pixels.iter().sum::<f32>();
            assert!(ink(pixels) <= ink(of) + 1e-3 && ink(pixels) > ink(of) / 2.0);
            assert!(pixels.iter().all(|pixel| (0.0..=1.0).contains(pixel)));
        }
    }
}
