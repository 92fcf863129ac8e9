//! A search without a picture: in how many ways can queens be set on a board
//! so that none attacks another, when the first three rows are given?

use crate::mix::{mix, proof};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "queens",
    unit: "openings",
    computes: true,
    waits: false,
    paints: false,
    sizes: (1, 100_000),
    start,
    simd: None,
    reference,
    picture: None,
    bytes: |_| 2048,
};

/// Rows and columns of the board.
const BOARD: u32 = 14;
const ALL_COLUMNS: u32 = (1 << BOARD) - 1;
/// Rows whose queens an opening gives.
const GIVEN: u32 = 3;
/// Ways to put one queen in each of the given rows, most of them legal.
const OPENINGS: u32 = BOARD * BOARD * BOARD;
/// Next opening of a task: near the golden section of `OPENINGS` and without
/// a common divisor, so that any few in a row are spread evenly over easy and
/// hard ones, and tasks come out about equal.
const STRIDE: u64 = 1697;
/// Queens set or taken back in a step.
const STEP_MOVES: u32 = 12_000;
/// A power of two above the rows left, so that a masked index is always in range.
const DEPTHS: usize = 16;

/// Attacked squares of the next row, one bit a column.
#[derive(Clone, Copy, Default)]
struct Attacks {
    columns: u32,
    /// Diagonals that move one column up a row.
    up: u32,
    /// Diagonals that move one column down a row.
    down: u32,
}

impl Attacks {
    const fn free(self) -> u32 {
        ALL_COLUMNS & !(self.columns | self.up | self.down)
    }

    const fn with(self, queen: u32) -> Self {
        Self {
            columns: self.columns | queen,
            up: (self.up | queen) << 1,
            down: (self.down | queen) >> 1,
        }
    }
}

/// The opening with this number, or `None` where its queens attack each other.
fn opening(number: u32) -> Option<Attacks> {
    let mut attacks = Attacks::default();
    let mut rest = number;
    for _ in 0..GIVEN {
        let queen = 1 << (rest % BOARD);
        rest /= BOARD;
        if attacks.free() & queen == 0 {
            return None;
        }
        attacks = attacks.with(queen);
    }
    Some(attacks)
}

/// The `turn`th opening of the run: the nearest legal one from a point that
/// moves by `STRIDE`.
fn opening_at(seed: u64, turn: u64) -> (u32, Attacks) {
    let size = u64::from(OPENINGS);
    let mut number = ((mix(seed) % size + (turn % size) * STRIDE) % size) as u32;
    loop {
        if let Some(attacks) = opening(number) {
            return (number, attacks);
        }
        number = (number + 1) % OPENINGS;
    }
}

#[derive(Clone, Copy, Default)]
struct Row {
    attacks: Attacks,
    /// Columns not yet tried.
    untried: u32,
}

struct Search {
    seed: u64,
    /// Number of the current opening in the run.
    turn: u64,
    /// First opening of the next task.
    end: u64,
    opening: u32,
    rows: [Row; DEPTHS],
    /// Row being tried, counted from the first one not given.
    depth: usize,
    solutions: u32,
    checksum: u64,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    let turn = u64::from(spec.part) * u64::from(spec.size);
    Box::new(Search::of(spec.seed, turn, turn + u64::from(spec.size)))
}

impl Search {
    fn of(seed: u64, turn: u64, end: u64) -> Self {
        let mut search = Self {
            seed,
            turn,
            end,
            opening: 0,
            rows: [Row::default(); DEPTHS],
            depth: 0,
            solutions: 0,
            checksum: 0,
        };
        search.open();
        search
    }

    /// Sets up the opening of the current turn.
    fn open(&mut self) {
        let (number, attacks) = opening_at(self.seed, self.turn);
        self.set_up(number, attacks);
    }

    fn set_up(&mut self, number: u32, attacks: Attacks) {
        self.opening = number;
        self.solutions = 0;
        self.depth = 0;
        self.rows[0] = Row {
            attacks,
            untried: attacks.free(),
        };
    }

    /// Makes `STEP_MOVES` moves; false when no opening is left.
    fn advance(&mut self) -> bool {
        let mut budget = STEP_MOVES;
        while self.turn < self.end {
            if !self.exhaust(&mut budget) {
                return true;
            }
            let result = proof(u64::from(self.opening), u64::from(self.solutions));
            self.checksum = self.checksum.wrapping_add(result);
            self.turn += 1;
            self.open();
        }
        false
    }

    /// Searches the current opening until it has no untried square left (true)
    /// or the budget is used up (false).
    #[inline(never)]
    fn exhaust(&mut self, budget: &mut u32) -> bool {
        const LAST: usize = (BOARD - GIVEN - 1) as usize;
        let mut depth = self.depth;
        let mut row = self.rows[depth % DEPTHS];
        while *budget > 0 {
            *budget -= 1;
            if row.untried == 0 {
                if depth == 0 {
                    return true;
                }
                depth -= 1;
                row = self.rows[depth % DEPTHS];
                continue;
            }
            let queen = row.untried & row.untried.wrapping_neg();
            row.untried ^= queen;
            if depth == LAST {
                self.solutions += 1;
                continue;
            }
            self.rows[depth % DEPTHS] = row;
            depth += 1;
            let attacks = row.attacks.with(queen);
            row = Row {
                attacks,
                untried: attacks.free(),
            };
        }
        self.rows[depth % DEPTHS] = row;
        self.depth = depth;
        false
    }
}

impl Kernel for Search {
    fn step(&mut self) -> Step {
        if self.advance() {
            Step::Again
        } else {
            Step::Done(Output::plain(self.checksum))
        }
    }
}

/// Solutions by recursion over a list of queens, without bit masks.
fn solutions(queens: &mut Vec<u32>) -> u64 {
    if queens.len() as u32 == BOARD {
        return 1;
    }
    let mut found = 0;
    for column in 0..BOARD {
        let row = queens.len();
        let is_safe = queens.iter().enumerate().all(|(above, &other)| {
            other != column && other.abs_diff(column) as usize != row - above
        });
        if is_safe {
            queens.push(column);
            found += solutions(queens);
            queens.pop();
        }
    }
    found
}

fn reference(spec: &TaskSpec) -> u64 {
    let first = u64::from(spec.part) * u64::from(spec.size);
    let mut checksum = 0_u64;
    for turn in first..first + u64::from(spec.size) {
        let (number, _) = opening_at(spec.seed, turn);
        let columns = [
            number % BOARD,
            number / BOARD % BOARD,
            number / BOARD / BOARD,
        ];
        let found = solutions(&mut columns.to_vec());
        checksum = checksum.wrapping_add(proof(u64::from(number), found));
    }
    checksum
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_openings_together_have_the_known_number_of_solutions() {
        let mut search = Search::of(0, 0, 0);
        let mut found = 0;
        for number in 0..OPENINGS {
            let Some(attacks) = opening(number) else {
                continue;
            };
            search.set_up(number, attacks);
            while !search.exhaust(&mut { STEP_MOVES }) {}
            found += search.solutions;
        }
        // OEIS A000170, n = 14.
        assert_eq!(found, 365_596);
    }
}
