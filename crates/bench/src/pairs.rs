//! Two ways of doing the same, measured in turn.

use serde::Serialize;
use std::time::Instant;

/// One pair of figures a round, both of the same unit.
#[derive(Debug, Serialize)]
pub struct Pairs {
    /// First and second way.
    pub pairs: Vec<[f64; 2]>,
    /// Proof that both did the same work: hexadecimal, or empty where there is
    /// no work but the thing measured.
    pub checksum: String,
}

/// Measures both ways once a round after one round of warming up. The order
/// turns round each time (A B, B A, A B, ...).
pub fn alternate(
    rounds: u32,
    mut first: impl FnMut() -> f64,
    mut second: impl FnMut() -> f64,
) -> Vec<[f64; 2]> {
    first();
    second();
    (0..rounds)
        .map(|round| {
            if round % 2 == 0 {
                let a = first();
                [a, second()]
            } else {
                let b = second();
                [first(), b]
            }
        })
        .collect()
}

/// Milliseconds that `work` takes.
pub fn millis(work: impl FnOnce()) -> f64 {
    let begin = Instant::now();
    work();
    begin.elapsed().as_secs_f64() * 1e3
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn the_order_turns_round_and_pairs_keep_their_sides() {
        let order = RefCell::new(String::new());
        let way = |name: char, figure: f64| {
            let order = &order;
            move || {
                order.borrow_mut().push(name);
                figure
            }
        };
        let pairs = alternate(3, way('a', 1.0), way('b', 2.0));
        assert_eq!(pairs, [[1.0, 2.0]; 3]);
        assert_eq!(*order.borrow(), "ababbaab");
    }
}
