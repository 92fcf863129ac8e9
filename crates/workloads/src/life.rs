//! The Game of Life (Conway 1970) on a wide board that closes on itself, seen
//! from afar; each task computes one stripe for some generations.
//!
//! A task begins with as many rows above and below its stripe as there are
//! generations (ghost zones) and loses one of each a generation, so that it
//! needs nothing from its neighbours. Those rows are computed twice, which is
//! the price of not having to talk. Sixty-four cells are computed at once, as
//! the bits of a word.

use crate::mix::{mix, proof};
use crate::{Kernel, Output, Step, Workload, mandelbrot};
use model::{TaskSpec, Tile};

pub(crate) const WORKLOAD: Workload = Workload {
    id: "life",
    unit: "rows",
    computes: true,
    waits: false,
    paints: true,
    sizes: (4, 4096),
    start,
    simd: None,
    reference,
    picture: Some(picture),
    bytes: |size| {
        let rows = u64::from(size) * ZOOM as u64 + 2 * GENERATIONS as u64;
        crate::shades(size) + rows * WORDS as u64 * 8
    },
};

/// Cells across and down that one pixel stands for.
const ZOOM: usize = 16;
/// Pixels across.
const WIDTH: usize = mandelbrot::WIDTH as usize;
/// Words in a row of cells.
const WORDS: usize = WIDTH * ZOOM / 64;
/// Generations.
const GENERATIONS: usize = 24;
/// Rows of cells a step.
const STEP_ROWS: usize = 72;

/// The board of a run.
#[derive(Clone, Copy)]
struct Board {
    seed: u64,
    /// Rows of cells in all.
    rows: usize,
}

impl Board {
    fn of(spec: &TaskSpec) -> Self {
        Self {
            seed: mix(spec.seed),
            rows: spec.parts.max(1) as usize * spec.size.max(1) as usize * ZOOM,
        }
    }

    /// The row so many after `first`, less the ghost zone above it.
    fn row(self, first: usize, offset: usize) -> usize {
        let ghosts = GENERATIONS % self.rows;
        (first + self.rows - ghosts + offset) % self.rows
    }

    /// How many sixteenths of the cells around this word live at first: rings
    /// from crowded to empty.
    fn crowd(self, row: usize, word: usize) -> u32 {
        let x = (word * 1024 / WORDS) as i64 - 300 - (self.seed >> 55) as i64;
        let y = (row * 1024 / self.rows) as i64 - 512;
        let ring = ((x * x + y * y) >> 13) % 32;
        ring.min(31 - ring) as u32
    }

    /// The first generation of a word's cells.
    fn word(self, row: usize, word: usize) -> u64 {
        let crowd = self.crowd(row, word);
        let mut random = self.seed ^ (row * WORDS + word) as u64;
        // A cell lives with probability crowd / 16: each random bit halves what
        // came before, and a set binary digit adds one half.
        (0..4).fold(0, |cells, digit| {
            random = mix(random);
            if crowd >> digit & 1 == 1 {
                cells | random
            } else {
                cells & random
            }
        })
    }
}

/// The cells of a word with those above and below, added up.
#[derive(Clone, Copy, Default)]
struct Column {
    cells: u64,
    /// Binary digits of the sum without the cell itself.
    around: (u64, u64),
    /// Binary digits of the sum of all three.
    all: (u64, u64),
}

impl Column {
    #[inline(always)]
    const fn new(above: u64, cells: u64, below: u64) -> Self {
        let (ones, twos) = (above ^ below, above & below);
        Self {
            cells,
            around: (ones, twos),
            all: (ones ^ cells, twos | ones & cells),
        }
    }
}

/// The next generation of a word, between its neighbours to the left and right
/// (bit 0 is the leftmost cell).
#[inline(always)]
const fn next_word(left: Column, here: Column, right: Column) -> u64 {
    let l0 = here.all.0 << 1 | left.all.0 >> 63;
    let l1 = here.all.1 << 1 | left.all.1 >> 63;
    let r0 = here.all.0 >> 1 | right.all.0 << 63;
    let r1 = here.all.1 >> 1 | right.all.1 << 63;
    let (t0, t1) = here.around;
    let odd = l0 ^ r0 ^ t0;
    let carry = l0 & r0 | t0 & (l0 ^ r0);
    // Two or three neighbours: exactly one of the four twos is set.
    let one_two = (l1 ^ r1 ^ t1 ^ carry) & !(l1 & r1 | t1 & carry);
    one_two & (odd | here.cells)
}

/// The next generation of a row that closes on itself.
#[inline(never)]
fn next_row(above: &[u64], cells: &[u64], below: &[u64], out: &mut [u64]) {
    let mut columns = above
        .iter()
        .zip(cells)
        .zip(below)
        .map(|((above, cells), below)| Column::new(*above, *cells, *below));
    let mut left = columns.clone().next_back().unwrap_or_default();
    let first = columns.next().unwrap_or_default();
    let mut here = first;
    for (slot, right) in out.iter_mut().zip(columns.chain([first])) {
        *slot = next_word(left, here, right);
        (left, here) = (here, right);
    }
}

struct Stripe {
    board: Board,
    /// First row of the task's own stripe, and how many rows it has.
    first: usize,
    own: usize,
    cells: Vec<u64>,
    /// The row above the present one as it was a generation ago, and the
    /// present one.
    above: Vec<u64>,
    here: Vec<u64>,
    /// Rows made up so far.
    made: usize,
    generation: usize,
    /// Rows of this generation done.
    done: usize,
    /// Pixel rows painted.
    painted: usize,
    tile: Tile,
    checksum: u64,
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    let own = spec.size as usize * ZOOM;
    Box::new(Stripe {
        board: Board::of(spec),
        first: spec.part as usize * own,
        own,
        cells: Vec::with_capacity((own + 2 * GENERATIONS) * WORDS),
        above: vec![0; WORDS],
        here: vec![0; WORDS],
        made: 0,
        generation: 0,
        done: 0,
        painted: 0,
        tile: Tile {
            task: spec.id,
            y: spec.part * spec.size,
            shades: Vec::with_capacity(WIDTH * spec.size as usize),
        },
        checksum: 0,
    })
}

/// Brightness of a pixel with so many living cells.
fn shade(living: u32) -> u8 {
    (living * 4).min(255) as u8
}

impl Stripe {
    /// Computes about `budget` rows; false when all is painted.
    fn advance(&mut self, mut budget: usize) -> bool {
        let rows = self.own + 2 * GENERATIONS;
        while self.made < rows {
            if budget == 0 {
                return true;
            }
            let row = self.board.row(self.first, self.made);
            let words = (0..WORDS).map(|word| self.board.word(row, word));
            self.cells.extend(words);
            self.made += 1;
            budget = budget.saturating_sub(2);
        }
        while self.generation < GENERATIONS {
            // One row less at either end than the generation before.
            let lost = self.generation + 1;
            while self.done < rows - 2 * lost {
                if budget == 0 {
                    return true;
                }
                self.renew(lost + self.done);
                budget -= 1;
            }
            self.generation += 1;
            self.done = 0;
        }
        while self.painted * ZOOM < self.own {
            if budget == 0 {
                return true;
            }
            self.paint();
            budget = budget.saturating_sub(ZOOM);
        }
        false
    }

    /// Puts the next generation of a row in its place.
    fn renew(&mut self, row: usize) {
        let at = row * WORDS;
        if self.done == 0 {
            let above = self.cells.get(at - WORDS..at).unwrap_or_default();
            self.above.copy_from_slice(above);
        }
        let Some((head, below)) = self.cells.split_at_mut_checked(at + WORDS) else {
            return;
        };
        let (Some(place), Some(below)) = (head.get_mut(at..), below.get(..WORDS)) else {
            return;
        };
        self.here.copy_from_slice(place);
        next_row(&self.above, &self.here, below, place);
        std::mem::swap(&mut self.above, &mut self.here);
        self.done += 1;
    }

    /// Paints a row of pixels, and takes its cells into the checksum.
    fn paint(&mut self) {
        let from = (GENERATIONS + self.painted * ZOOM) * WORDS;
        let cells = self.cells.get(from..from + ZOOM * WORDS);
        let mut living = [0_u32; WIDTH];
        let first = (self.first + self.painted * ZOOM) * WORDS;
        for (row, words) in cells.unwrap_or_default().chunks(WORDS).enumerate() {
            let pixels = living.chunks_exact_mut(64 / ZOOM);
            for ((word, pixels), place) in words.iter().zip(pixels).zip(first + row * WORDS..) {
                self.checksum = self.checksum.wrapping_add(proof(place as u64, *word));
                for (pixel, at) in pixels.iter_mut().zip(0_u32..) {
                    let cells = word >> (at * ZOOM as u32);
                    *pixel += (cells & ((1 << ZOOM) - 1)).count_ones();
                }
            }
        }
        self.tile.shades.extend(living.map(shade));
        self.painted += 1;
    }
}

impl Kernel for Stripe {
    fn step(&mut self) -> Step {
        if self.advance(STEP_ROWS) {
            return Step::Again;
        }
        Step::Done(Output::painted(self.checksum, &mut self.tile))
    }
}

fn picture(specs: &[TaskSpec]) -> (u32, u32) {
    crate::painted_by(WORKLOAD.id, specs)
}

/// One byte a cell, and neighbours counted.
fn reference(spec: &TaskSpec) -> u64 {
    let board = Board::of(spec);
    let own = spec.size as usize * ZOOM;
    let first = spec.part as usize * own;
    let mut rows: Vec<Vec<u8>> = (0..own + 2 * GENERATIONS)
        .map(|offset| {
            let row = board.row(first, offset);
            let words = (0..WORDS).map(|word| board.word(row, word));
            words
                .flat_map(|word| (0..64).map(move |bit| (word >> bit & 1) as u8))
                .collect()
        })
        .collect();
    for _ in 0..GENERATIONS {
        rows = rows
            .windows(3)
            .map(|three| {
                let [above, here, below] = three else {
                    return Vec::new();
                };
                let three_rows: Vec<u8> = above
                    .iter()
                    .zip(here)
                    .zip(below)
                    .map(|((a, b), c)| a + b + c)
                    .collect();
                let n = here.len();
                let left = three_rows.iter().cycle().skip(n - 1);
                let right = three_rows.iter().cycle().skip(1);
                let sums = left.zip(&three_rows).zip(right);
                sums.zip(here)
                    .map(|(((l, m), r), cell)| {
                        let neighbours = l + m + r - cell;
                        u8::from(neighbours == 3 || neighbours == 2 && *cell == 1)
                    })
                    .collect()
            })
            .collect();
    }
    let cells = rows.iter().flatten();
    let bits: Vec<u8> = cells.copied().collect();
    let words = bits.chunks(64).map(|bits| {
        (0..)
            .zip(bits)
            .fold(0, |word, (at, bit)| word | u64::from(*bit) << at)
    });
    (first as u64 * WORDS as u64..)
        .zip(words)
        .fold(0, |sum, (place, word)| sum.wrapping_add(proof(place, word)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_glider_is_there_again_after_four_generations_one_further_on() {
        let mut rows = [[0_u64; 2]; 8];
        // Across the border of two words.
        for (row, column) in [(1, 63), (2, 64), (3, 62), (3, 63), (3, 64)] {
            rows[row][column / 64] |= 1 << (column % 64);
        }
        let mut now = rows;
        for _ in 0..4 {
            let before = now;
            for row in 0..8 {
                let (above, below) = (before[(row + 7) % 8], before[(row + 1) % 8]);
                next_row(&above, &before[row], &below, &mut now[row]);
            }
        }
        for row in 0..8 {
            let [low, high] = rows[row];
            let moved = [low << 1 | high >> 63, high << 1 | low >> 63];
            assert_eq!(now[(row + 1) % 8], moved, "row {row}");
        }
    }
}
