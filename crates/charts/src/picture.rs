//! The painted picture, each tile in the tint of the chef who computed it.

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
    /// Who painted which rows, from top to bottom: for labels and the table.
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

/// The tint of a chef, as red, green and blue. Neighbouring numbers alternate
/// between dark and light, so that they differ without colour too.
#[must_use]
pub fn tint(chef: u32) -> [u8; 3] {
    let _ = chef;
    [0, 114, 178]
}

/// Paints the picture: brightness 0 is `ink`, full brightness the tint of the
/// chef. `None` if the picture has no extent or is larger than 16 million pixels.
#[must_use]
pub fn rgba(picture: &Picture, trace: &Trace, ink: [u8; 3]) -> Option<Painted> {
    let _ = (picture, trace, ink);
    None
}
