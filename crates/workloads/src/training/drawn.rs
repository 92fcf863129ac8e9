//! A digit that somebody draws, made into pixels like those that were learned from.

use super::net::PIXELS;

/// Points a side that the data set's digits were brought to before 4 x 4 of them
/// became a pixel.
const SIDE: usize = 32;
const PIXEL: usize = 4;

/// Pixels of a drawing, 0 for paper and 1 for ink: what is drawn is brought to the
/// full height or width, set in the middle, and of each 4 x 4 points the ink is
/// counted, as the data set's authors did. `ink` is row by row, `width` points each;
/// a point counts as ink from 128 on. `None` where nothing is drawn.
#[must_use]
pub fn pixels_of(ink: &[u8], width: usize) -> Option<[f32; PIXELS]> {
    let is_ink =
        |x: usize, y: usize| x < width && ink.get(y * width + x).is_some_and(|p| *p >= 128);
    let height = ink.len().checked_div(width)?;
    let points = || (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let drawn = || points().filter(|(x, y)| is_ink(*x, *y));
    let (left, right) = (
        drawn().map(|(x, _)| x).min()?,
        drawn().map(|(x, _)| x).max()?,
    );
    let (top, bottom) = (
        drawn().map(|(_, y)| y).min()?,
        drawn().map(|(_, y)| y).max()?,
    );
    let (wide, high) = (right - left + 1, bottom - top + 1);
    let box_side = wide.max(high) as f32;
    let middle = |first: usize, len: usize| first as f32 + len as f32 / 2.0;
    let (middle_x, middle_y) = (middle(left, wide), middle(top, high));
    let mut pixels = [0.0; PIXELS];
    let from_middle = |at: usize| (at as f32 + 0.5) / SIDE as f32 - 0.5;
    for y in 0..SIDE {
        for x in 0..SIDE {
            let at_x = middle_x + from_middle(x) * box_side;
            let at_y = middle_y + from_middle(y) * box_side;
            // Beside the drawing there is paper.
            let is_on = at_x >= 0.0 && at_y >= 0.0 && is_ink(at_x as usize, at_y as usize);
            let place = y / PIXEL * (SIDE / PIXEL) + x / PIXEL;
            if let Some(pixel) = pixels.get_mut(place).filter(|_| is_on) {
                *pixel += 1.0 / (PIXEL * PIXEL) as f32;
            }
        }
    }
    Some(pixels)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_drawing_fills_the_height_wherever_it_was_put() {
        let mut ink = vec![0; 100 * 100];
        for y in 60..90 {
            for x in 10..20 {
                ink[y * 100 + x] = 255;
            }
        }
        let pixels = pixels_of(&ink, 100).unwrap();
        let rows: Vec<f32> = pixels.chunks(8).map(|row| row.iter().sum()).collect();
        assert!(
            rows.iter()
                .all(|row| (row - rows[0]).abs() < 1e-6 && *row > 2.0),
            "{rows:?}"
        );
        let left: f32 = pixels.chunks(8).flat_map(|row| &row[..4]).sum();
        let right: f32 = pixels.chunks(8).flat_map(|row| &row[4..]).sum();
        assert!((left - right).abs() < 1.1, "{left} {right}");
    }

    #[test]
    fn paper_without_ink_is_no_digit() {
        assert_eq!(pixels_of(&[0; 64], 8), None);
        assert_eq!(pixels_of(&[], 8), None);
        assert_eq!(pixels_of(&[255; 4], 0), None);
        assert_eq!(pixels_of(&[255], 1), Some([1.0; PIXELS]));
    }
}
