//! Counting primes by trial division, in windows of neighbouring odd numbers.

use crate::mix::{mix, proof};
use crate::{Kernel, Output, Step, Workload};
use model::TaskSpec;

pub(crate) const WORKLOAD: Workload = Workload {
    id: "primes",
    unit: "windows",
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

/// Where the numbers start: so far out that the square root, and with it the
/// cost of a candidate, hardly changes over a run.
const BASE: u32 = 10_000_001;
/// Odd numbers in a window; one costs about 40 µs on average.
const WINDOW: u32 = 96;
/// The first window is chosen by the seed among this many.
const FIRST_WINDOWS: u64 = 1 << 12;
/// Windows after which the numbers start over.
const WINDOWS: u64 = 1 << 20;
/// Trial divisions a step. Divisions, not candidates, are counted: a prime
/// costs a thousand of them and a multiple of three only one.
const STEP_DIVISIONS: u32 = 24_000;

struct Count {
    /// Windows not begun.
    windows: u32,
    /// Number of the current window.
    window: u64,
    candidate: u32,
    divisor: u32,
    /// Candidates left in the current window, the current one included.
    left: u32,
    primes: u32,
    checksum: u64,
}

const fn first_window(spec: &TaskSpec) -> u64 {
    mix(spec.seed) % FIRST_WINDOWS + spec.part as u64 * spec.size as u64
}

const fn first_candidate(window: u64) -> u32 {
    // Below 2^20 x 192 + base, which is below 2^28: a divisor squared fits.
    BASE + (window % WINDOWS) as u32 * (2 * WINDOW)
}

fn start(spec: &TaskSpec) -> Box<dyn Kernel> {
    let window = first_window(spec);
    Box::new(Count {
        windows: spec.size,
        window,
        candidate: first_candidate(window),
        divisor: 3,
        left: WINDOW,
        primes: 0,
        checksum: 0,
    })
}

impl Count {
    /// Divides `budget` times; false when no window is left.
    #[inline(never)]
    fn advance(&mut self, mut budget: u32) -> bool {
        while self.windows > 0 {
            let candidate = self.candidate;
            let mut divisor = self.divisor;
            let is_prime = loop {
                if divisor * divisor > candidate {
                    break true;
                }
                if budget == 0 {
                    self.divisor = divisor;
                    return true;
                }
                budget -= 1;
                if candidate.is_multiple_of(divisor) {
                    break false;
                }
                divisor += 2;
            };
            self.primes += u32::from(is_prime);
            self.divisor = 3;
            self.candidate += 2;
            self.left -= 1;
            if self.left == 0 {
                self.close_window();
            }
        }
        false
    }

    fn close_window(&mut self) {
        let result = proof(self.window, u64::from(self.primes));
        self.checksum = self.checksum.wrapping_add(result);
        self.windows -= 1;
        self.window += 1;
        self.candidate = first_candidate(self.window);
        self.left = WINDOW;
        self.primes = 0;
    }
}

impl Kernel for Count {
    fn step(&mut self) -> Step {
        if self.advance(STEP_DIVISIONS) {
            Step::Again
        } else {
            Step::Done(Output::plain(self.checksum))
        }
    }
}

fn reference(spec: &TaskSpec) -> u64 {
    let is_prime = |n: u32| {
        (3..)
            .step_by(2)
            .take_while(|d| d * d <= n)
            .all(|d| !n.is_multiple_of(d))
    };
    let mut checksum = 0_u64;
    for window in (first_window(spec)..).take(spec.size as usize) {
        let first = first_candidate(window);
        let odd = (first..first + 2 * WINDOW).step_by(2);
        let primes = odd.filter(|&n| is_prime(n)).count();
        checksum = checksum.wrapping_add(proof(window, primes as u64));
    }
    checksum
}
