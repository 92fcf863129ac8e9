//! From lines drawn by hand to the 64 numbers that a model of digits reads.
//!
//! As the examples were made (Alpaydin and Kaynak 1998, after NIST's form reader): a
//! picture of 32 by 32 points, as high as it can be and no wider than most, of which
//! every number counts the inked points of a block of 4 by 4.

use crate::room::Ink;

/// Points across and down.
const POINTS: usize = 32;
/// Blocks across and down.
pub const BLOCKS: usize = 8;
/// Inked points of a block at most.
pub const FULL: u8 = 16;
/// Half the width of a line, in points.
const RADIUS: f32 = 2.1;
/// Widest part of the picture that a digit takes, in points.
const WIDEST: f32 = 22.0;
/// Height of a drawing below which it is not blown up any more: a dot stays one.
const LOWEST: f32 = 48.0;
/// Most points kept: more than a digit needs.
const MOST_POINTS: usize = 1_200;
/// What the pen must have moved by to leave another point.
const APART: u8 = 3;

/// The pen touches the paper: a new line begins.
pub fn touch(ink: &mut Ink, at: (u8, u8)) {
    if count(ink) < MOST_POINTS {
        ink.strokes.push(vec![at]);
    }
}

/// The pen moves over the paper: the last line goes on.
pub fn drag(ink: &mut Ink, at: (u8, u8)) {
    if count(ink) >= MOST_POINTS {
        return;
    }
    match ink.strokes.last_mut() {
        Some(stroke) => {
            let is_apart = stroke.last().is_none_or(|last| {
                last.0.abs_diff(at.0) >= APART || last.1.abs_diff(at.1) >= APART
            });
            if is_apart {
                stroke.push(at);
            }
        }
        None => ink.strokes.push(vec![at]),
    }
}

fn count(ink: &Ink) -> usize {
    ink.strokes.iter().map(Vec::len).sum()
}

/// Smallest and largest of some numbers.
fn ends(values: impl Iterator<Item = u8>) -> (f32, f32) {
    let (low, high) = values.fold((u8::MAX, 0), |(low, high), value| {
        (low.min(value), high.max(value))
    });
    (f32::from(low), f32::from(high))
}

/// Inked points of each block, row by row, 0..=16; `None` where nothing is drawn.
pub fn blocks(ink: &Ink) -> Option<[u8; BLOCKS * BLOCKS]> {
    let points = || ink.strokes.iter().flatten().copied();
    points().next()?;
    let (left, right) = ends(points().map(|at| at.0));
    let (top, bottom) = ends(points().map(|at| at.1));
    let room = POINTS as f32 - 2.0 * RADIUS;
    let down = room / (bottom - top).max(LOWEST);
    let across = down.min((WIDEST - 2.0 * RADIUS) / (right - left).max(1.0));
    let middle = ((left + right) / 2.0, (top + bottom) / 2.0);
    let half = POINTS as f32 / 2.0;
    let place = |at: (u8, u8)| {
        (
            (f32::from(at.0) - middle.0) * across + half,
            (f32::from(at.1) - middle.1) * down + half,
        )
    };
    let mut inked = [false; POINTS * POINTS];
    for stroke in &ink.strokes {
        let mut before: Option<(f32, f32)> = None;
        for at in stroke.iter().copied().map(place) {
            line(&mut inked, before.unwrap_or(at), at);
            before = Some(at);
        }
    }
    let mut blocks = [0; BLOCKS * BLOCKS];
    for (place, _) in inked.iter().enumerate().filter(|(_, inked)| **inked) {
        let (row, column) = (place / POINTS, place % POINTS);
        let side = POINTS / BLOCKS;
        if let Some(block) = blocks.get_mut(row / side * BLOCKS + column / side) {
            *block += 1;
        }
    }
    Some(blocks)
}

/// Inks a line with round ends.
fn line(inked: &mut [bool; POINTS * POINTS], from: (f32, f32), to: (f32, f32)) {
    let (dx, dy) = (to.0 - from.0, to.1 - from.1);
    let steps = (dx.abs().max(dy.abs()) * 2.0).ceil().max(1.0);
    let mut step = 0.0;
    while step <= steps {
        let share = step / steps;
        dot(inked, (from.0 + dx * share, from.1 + dy * share));
        step += 1.0;
    }
}

fn dot(inked: &mut [bool; POINTS * POINTS], at: (f32, f32)) {
    let last = POINTS as f32 - 1.0;
    let range = |middle: f32| {
        let first = (middle - RADIUS).floor().clamp(0.0, last) as usize;
        first..=(middle + RADIUS).ceil().clamp(0.0, last) as usize
    };
    for row in range(at.1) {
        for column in range(at.0) {
            let away = (column as f32 + 0.5 - at.0, row as f32 + 0.5 - at.1);
            if away.0 * away.0 + away.1 * away.1 <= RADIUS * RADIUS
                && let Some(point) = inked.get_mut(row * POINTS + column)
            {
                *point = true;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Learner, SHARDS, Training};
    use workloads::training::course::{Course, Slopes, add_in_pairs, classify};
    use workloads::training::digits::{Digits, Examples};
    use workloads::training::net::Scratch;

    fn ink(strokes: &[&[(u8, u8)]]) -> Ink {
        Ink {
            strokes: strokes.iter().map(|stroke| stroke.to_vec()).collect(),
            pen: (128, 128),
            is_down: false,
        }
    }

    #[test]
    fn a_drawing_fills_the_height_wherever_and_however_large_it_is() {
        let large = blocks(&ink(&[&[(128, 10), (128, 240)]])).unwrap();
        let small = blocks(&ink(&[&[(40, 100), (40, 170)]])).unwrap();
        assert_eq!(large, small);
        for row in 0..BLOCKS {
            let columns = &large[row * BLOCKS..(row + 1) * BLOCKS];
            assert!(columns[3] + columns[4] >= 12, "{large:?}");
            assert_eq!(columns[0] + columns[1] + columns[6] + columns[7], 0);
        }
    }

    #[test]
    fn what_is_wide_is_squeezed_and_a_dot_stays_a_dot() {
        let wide = blocks(&ink(&[&[(0, 60), (255, 60), (0, 190)]])).unwrap();
        for row in 0..BLOCKS {
            assert_eq!(wide[row * BLOCKS], 0, "{wide:?}");
            assert_eq!(wide[row * BLOCKS + 7], 0, "{wide:?}");
        }
        let dot = blocks(&ink(&[&[(7, 250)]])).unwrap();
        let inked: u32 = dot.iter().map(|n| u32::from(*n)).sum();
        assert!((9..=24).contains(&inked), "{dot:?}");
        assert_eq!(blocks(&ink(&[])), None);
    }

    #[test]
    fn a_pen_that_hardly_moves_leaves_no_points_and_there_is_an_end_to_them() {
        let mut drawn = ink(&[]);
        drag(&mut drawn, (10, 10));
        drag(&mut drawn, (11, 12));
        assert_eq!(drawn.strokes, [vec![(10, 10)]]);
        for turn in 0..5_000_u32 {
            drag(
                &mut drawn,
                if turn % 2 == 0 { (200, 10) } else { (10, 200) },
            );
        }
        touch(&mut drawn, (0, 0));
        assert_eq!(count(&drawn), MOST_POINTS);
        assert!(blocks(&drawn).is_some());
    }

    /// A model of the digits, learned by one chef.
    fn learned(training: Training) -> (Vec<f32>, f64) {
        let bytes = include_bytes!("../../../workloads/data/digits.bin");
        let digits = Digits::new(bytes.to_vec()).unwrap();
        let course = Course::new(training, 1, Examples::of(&digits, &training, 1));
        let mut weights = course.first_weights();
        let mut shards = vec![Slopes::new(training.learner); SHARDS as usize];
        let mut scratch = Scratch::default();
        for step in 0..training.steps() {
            for (slopes, shard) in shards.iter_mut().zip(0..) {
                course.shard_slopes((step, shard), true, &weights, slopes, &mut scratch, || ());
            }
            add_in_pairs(&mut shards, Slopes::take);
            course.descend(&mut weights, &shards[0], course.batch_len(step));
        }
        let accuracy = course.accuracy(&weights);
        (weights, accuracy)
    }

    /// Part of an ellipse, by degrees clockwise from the right.
    fn arc(middle: (f32, f32), half: (f32, f32), from: i32, to: i32) -> Vec<(u8, u8)> {
        let step = if to > from { 15 } else { -15 };
        let n = (to - from) / step;
        let at = |turn: i32| {
            let angle = ((from + turn * step) as f32).to_radians();
            let (x, y) = (
                middle.0 + half.0 * angle.cos(),
                middle.1 + half.1 * angle.sin(),
            );
            (x as u8, y as u8)
        };
        (0..=n).map(at).collect()
    }

    /// A digit and its lines.
    type Written = (u8, Vec<Vec<(u8, u8)>>);

    /// Digits as people write them, large and in the middle.
    fn handwriting() -> Vec<Written> {
        let join = |parts: &[Vec<(u8, u8)>]| parts.concat();
        vec![
            (0, vec![arc((128.0, 128.0), (55.0, 95.0), -90, 270)]),
            (1, vec![vec![(100, 70), (130, 35), (130, 220)]]),
            (
                2,
                vec![join(&[
                    arc((125.0, 85.0), (55.0, 50.0), 180, 390),
                    vec![(75, 215), (190, 215)],
                ])],
            ),
            (
                3,
                vec![join(&[
                    arc((120.0, 80.0), (55.0, 45.0), 200, 440),
                    arc((120.0, 172.0), (60.0, 48.0), 270, 510),
                ])],
            ),
            (
                4,
                vec![
                    vec![(120, 30), (70, 150), (190, 150)],
                    vec![(155, 90), (150, 225)],
                ],
            ),
            (
                5,
                vec![join(&[
                    vec![(180, 35), (95, 35), (88, 110)],
                    arc((125.0, 160.0), (58.0, 58.0), 240, 510),
                ])],
            ),
            (
                6,
                vec![join(&[
                    vec![(160, 30), (110, 80), (80, 150)],
                    arc((128.0, 170.0), (48.0, 48.0), 180, 540),
                ])],
            ),
            (7, vec![vec![(70, 40), (185, 40), (110, 220)]]),
            (
                8,
                vec![join(&[
                    arc((128.0, 80.0), (42.0, 45.0), 90, -270),
                    arc((128.0, 175.0), (52.0, 50.0), -90, 270),
                ])],
            ),
            (
                9,
                vec![join(&[
                    arc((125.0, 85.0), (48.0, 50.0), 0, -360),
                    vec![(173, 85), (165, 150), (150, 220)],
                ])],
            ),
        ]
    }

    #[test]
    fn digits_drawn_by_hand_are_read_by_what_has_learned() {
        for learner in Learner::ALL {
            let (weights, accuracy) = learned(Training {
                learner,
                epochs: 20,
                batch: 128,
                ..Training::default()
            });
            assert!(accuracy > 0.92, "{learner:?}: {accuracy}");
            let is_read = |(digit, strokes): &Written| {
                let drawn: Vec<&[(u8, u8)]> = strokes.iter().map(Vec::as_slice).collect();
                let pixels = blocks(&ink(&drawn)).unwrap();
                let pixels = pixels.map(|n| f32::from(n) / f32::from(FULL));
                let shares = classify(&weights, &pixels).unwrap();
                let own = shares[usize::from(*digit)];
                shares.iter().all(|share| *share <= own)
            };
            let drawn = handwriting();
            let read = drawn.iter().filter(|digit| is_read(digit)).count();
            assert!(read >= 9, "{learner:?}: {read} of 10");
        }
    }
}
