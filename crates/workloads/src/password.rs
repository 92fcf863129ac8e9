//! Searching the password of a known SHA-256 hash by trying the whole key
//! space; each task tries its share.
//!
//! Exactly one password of the key space matches. A task that has found it
//! goes on: who stopped there would measure luck.

use crate::mix::{mix, proof};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;
use sha2::{Digest, Sha256};

pub(crate) const WORKLOAD: Workload = Workload {
    id: "password",
    unit: "bundles",
    computes: true,
    waits: false,
    paints: false,
    sizes: (1, 1_000_000),
    start,
    simd: None,
    reference,
    picture: None,
    bytes: |_| 256,
};

/// Passwords in a bundle.
const BUNDLE: u64 = 128;
/// Tries a step.
const STEP_TRIES: u32 = 160;
/// Letters a password is made of.
const LETTERS: [u8; 36] = *b"abcdefghijklmnopqrstuvwxyz0123456789";
/// Letters in a password: enough for every place of the largest key space.
const LENGTH: usize = 10;

type Hash = [u8; 32];

/// What the key space of a run looks like.
struct Space {
    salt: [u8; 8],
    /// Passwords in all.
    size: u64,
}

impl Space {
    fn of(spec: &TaskSpec) -> Self {
        Self {
            salt: mix(spec.seed).to_le_bytes(),
            size: (u64::from(spec.parts) * u64::from(spec.size)).max(1) * BUNDLE,
        }
    }

    /// The place of the password that is searched.
    fn secret(&self) -> u64 {
        mix(u64::from_le_bytes(self.salt)) % self.size
    }

    fn hash(&self, password: [u8; LENGTH]) -> Hash {
        let mut hash = Sha256::new();
        hash.update(self.salt);
        hash.update(password);
        hash.finalize().into()
    }
}

/// The password at this place of the key space.
fn password(mut place: u64) -> [u8; LENGTH] {
    std::array::from_fn(|_| {
        let letter = place % LETTERS.len() as u64;
        place /= LETTERS.len() as u64;
        LETTERS.get(letter as usize).copied().unwrap_or_default()
    })
}

/// What a try adds to the checksum.
fn proof_of(place: u64, hash: &Hash, is_match: bool) -> u64 {
    let word = hash
        .first_chunk()
        .map_or(0, |head| u64::from_le_bytes(*head));
    proof(place, word ^ u64::from(is_match))
}

struct Search {
    space: Space,
    wanted: Hash,
    next: u64,
    /// First place after the task's.
    end: u64,
    found: Option<u64>,
    checksum: u64,
}

fn share(spec: &TaskSpec) -> std::ops::Range<u64> {
    let first = u64::from(spec.part) * u64::from(spec.size);
    first * BUNDLE..(first + u64::from(spec.size)) * BUNDLE
}

fn search(spec: &TaskSpec) -> Search {
    let space = Space::of(spec);
    let share = share(spec);
    Search {
        wanted: space.hash(password(space.secret())),
        space,
        next: share.start,
        end: share.end,
        found: None,
        checksum: 0,
    }
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    Box::new(search(spec))
}

impl Search {
    /// Tries `budget` passwords; false when none is left.
    #[inline(never)]
    fn advance(&mut self, budget: u32) -> bool {
        for _ in 0..budget {
            if self.next >= self.end {
                break;
            }
            let hash = self.space.hash(password(self.next));
            let is_match = hash == self.wanted;
            if is_match {
                self.found = Some(self.next);
            }
            let proof = proof_of(self.next, &hash, is_match);
            self.checksum = self.checksum.wrapping_add(proof);
            self.next += 1;
        }
        self.next < self.end
    }
}

impl Kernel for Search {
    fn step(&mut self) -> Step {
        if self.advance(STEP_TRIES) {
            Step::Again
        } else {
            Step::Done(Output::plain(self.checksum))
        }
    }
}

/// All at once; the match is known beforehand here, and not found by its hash.
fn reference(spec: &TaskSpec) -> u64 {
    let space = Space::of(spec);
    let salted = |place: u64| [space.salt.as_slice(), &password(place)].concat();
    share(spec).fold(0, |sum, place| {
        let hash = Sha256::digest(salted(place)).into();
        sum.wrapping_add(proof_of(place, &hash, place == space.secret()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exactly_one_password_matches() {
        for seed in 0..20 {
            let parts = 5;
            let found: Vec<u64> = (0..parts)
                .filter_map(|part| {
                    let mut search = search(&TaskSpec {
                        part,
                        parts,
                        size: 2,
                        seed,
                        ..TaskSpec::default()
                    });
                    while search.advance(100) {}
                    search.found
                })
                .collect();
            assert_eq!(found.len(), 1, "seed {seed}: {found:?}");
        }
    }

    #[test]
    fn passwords_differ() {
        assert_eq!(password(0), *b"aaaaaaaaaa");
        assert_eq!(password(37), *b"bbaaaaaaaa");
        let largest = 10_000 * 1_000_000 * BUNDLE;
        assert!(36_u64.pow(LENGTH as u32) > largest);
    }
}
