//! The painted picture, each tile in the tint of the chef who computed it.

use crate::chefs::chefs_of_tasks;
use crate::order::ordered;
use model::{Picture, Trace};

/// A picture ready for a canvas.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Painted {
    /// Pixels across.
    pub width: u32,
    /// Pixels down.
    pub height: u32,
    /// Row-major red, green, blue, alpha; `width * height * 4` bytes.
    /// Rows not painted yet are transparent.
    pub rgba: Vec<u8>,
    /// Who painted which rows, from top to bottom: for labels and the table,
    /// because a tint alone tells nobody.
    pub tiles: Vec<PaintedTile>,
}

/// Rows painted by one chef.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaintedTile {
    /// Task that painted them.
    pub task: u32,
    /// Number of the chef from 1, or 0 if the trace does not say.
    pub chef: u32,
    /// First row.
    pub y: u32,
    /// Number of rows.
    pub rows: u32,
}

const MOST_PIXELS: u64 = 16_000_000;

/// Dark and light in turn; none of them is the colour of a state other than
/// running, from which the first two are taken.
const TINTS: [[u8; 3]; 8] = [
    [0x1c, 0x86, 0xc7],
    [0xbf, 0xe3, 0xf7],
    [0x5f, 0x6f, 0xb5],
    [0xe8, 0xe2, 0xf6],
    [0x4a, 0x7c, 0x8c],
    [0xd6, 0xec, 0xe6],
    [0x7a, 0x76, 0x8c],
    [0xf3, 0xe9, 0xd2],
];

/// The tint of a chef, as red, green and blue. Neighbouring numbers alternate
/// between dark and light, so that they differ without colour too. Numbers
/// above 8 start over; 0 is the tint of nobody.
#[must_use]
pub fn tint(chef: u32) -> [u8; 3] {
    if chef == 0 {
        return [0xa0, 0xa0, 0xa0];
    }
    let idx = (chef - 1) as usize % TINTS.len();
    TINTS.get(idx).copied().unwrap_or_default()
}

/// Paints the picture: brightness 0 is `ink`, full brightness the tint of the
/// chef, or white if it is not `by_chef`. `None` if the picture has no extent or is larger than 16 million pixels.
#[must_use]
pub fn rgba(picture: &Picture, trace: &Trace, ink: [u8; 3], by_chef: bool) -> Option<Painted> {
    let (width, height) = (picture.width, picture.height);
    let pixels = u64::from(width) * u64::from(height);
    if pixels == 0 || pixels > MOST_PIXELS {
        return None;
    }
    let mut rgba = vec![0_u8; pixels as usize * 4];
    let chefs = chefs_of_tasks(trace);
    let mut tiles = Vec::new();
    for tile in &picture.tiles {
        let chef = chefs.get(tile.task as usize).copied().unwrap_or(0);
        let tint = if by_chef { tint(chef) } else { [255; 3] };
        let first = u64::from(tile.y) * u64::from(width) * 4;
        let Some(target) = rgba.get_mut(first.min(pixels * 4) as usize..) else {
            continue;
        };
        for (pixel, shade) in target.chunks_exact_mut(4).zip(&tile.shades) {
            let share = u32::from(*shade);
            for (place, value) in pixel.iter_mut().enumerate() {
                let (from, to) = match (ink.get(place), tint.get(place)) {
                    (Some(from), Some(to)) => (u32::from(*from), u32::from(*to)),
                    _ => (255, 255),
                };
                *value = ((from * (255 - share) + to * share + 127) / 255) as u8;
            }
        }
        let rows = (tile.shades.len() / width as usize) as u32;
        let rows = rows.min(height - tile.y.min(height));
        tiles.push(PaintedTile {
            task: tile.task,
            chef,
            y: tile.y,
            rows,
        });
    }
    let tiles = ordered(&tiles, |tile| u64::from(tile.y));
    Some(Painted {
        width,
        height,
        rgba,
        tiles,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Lane, LaneKind, TaskRecord, Tile};

    fn trace() -> Trace {
        let lane = |index| Lane {
            kind: LaneKind::Pool,
            index,
            clock_offset_nanos: 0,
        };
        let task = |id, lane_idx| TaskRecord {
            id,
            workload: "mandelbrot".into(),
            lane_idx,
            spawned_nanos: 0,
            started_nanos: 0,
            finished_nanos: 1,
            busy_nanos: 1,
            polls: 1,
            wakes: 0,
            checksum: 0,
        };
        Trace {
            lanes: vec![lane(0), lane(1)],
            tasks: vec![task(0, 1), task(1, 0)],
            ..Trace::default()
        }
    }

    #[test]
    fn each_row_has_the_tint_of_its_chef() {
        let tile = |task, y, shade| Tile {
            task,
            y,
            shades: vec![shade; 2],
        };
        let picture = Picture {
            width: 2,
            height: 3,
            tiles: vec![tile(1, 1, 255), tile(0, 0, 255)],
        };
        let painted = rgba(&picture, &trace(), [0, 0, 0], true).unwrap();
        let [r, g, b] = tint(2);
        assert_eq!(painted.rgba[..4], [r, g, b, 255]);
        let [r, g, b] = tint(1);
        assert_eq!(painted.rgba[8..12], [r, g, b, 255]);
        let plain = rgba(&picture, &trace(), [0, 0, 0], false).unwrap();
        assert_eq!(plain.rgba[..4], [255; 4]);
        assert_eq!(plain.tiles, painted.tiles);
        assert_eq!(
            painted.rgba[16..],
            [0; 8],
            "the third row is not painted yet"
        );
        let who: Vec<_> = painted
            .tiles
            .iter()
            .map(|tile| (tile.y, tile.chef, tile.rows))
            .collect();
        assert_eq!(who, [(0, 2, 1), (1, 1, 1)]);
    }

    #[test]
    fn a_picture_that_cannot_be_is_none_and_a_bad_tile_is_cut() {
        let tile = Tile {
            task: 9,
            y: 0,
            shades: vec![0; 99],
        };
        let far = Tile {
            task: 9,
            y: 4_000_000_000,
            shades: vec![0; 9],
        };
        let mut picture = Picture {
            width: 0,
            height: 3,
            tiles: vec![tile, far],
        };
        assert!(rgba(&picture, &trace(), [1, 2, 3], true).is_none());
        picture.width = 2;
        let painted = rgba(&picture, &trace(), [1, 2, 3], true).unwrap();
        assert_eq!(painted.rgba.len(), 24);
        picture.height = u32::MAX;
        assert!(rgba(&picture, &trace(), [1, 2, 3], true).is_none());
    }

    #[test]
    fn neighbours_differ_in_lightness() {
        let light = |chef| tint(chef).map(u32::from).iter().sum::<u32>();
        for chef in 1..8 {
            assert!(light(chef).abs_diff(light(chef + 1)) > 150, "{chef}");
        }
    }
}
