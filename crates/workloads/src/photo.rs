//! The picture a reader gave: the one input of a task that is not in its
//! [`TaskSpec`](model::TaskSpec), which only names it. Every memory in which
//! tasks run must be given it first; it is replaced only between runs.

use crate::PICTURE_WIDTH;
use crate::mix::mix;
use std::sync::{Arc, PoisonError, RwLock};

/// Rows of a picture at most: three times as high as wide.
pub const MOST_ROWS: u32 = 3 * PICTURE_WIDTH;

/// A grey picture, [`PICTURE_WIDTH`] pixels wide.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Photo {
    id: u32,
    shades: Arc<Vec<u8>>,
}

impl Photo {
    /// From brightness, row by row. `None` unless these are between one and
    /// [`MOST_ROWS`] whole rows.
    #[must_use]
    pub fn new(shades: Vec<u8>) -> Option<Self> {
        let width = PICTURE_WIDTH as usize;
        let rows = shades.len() / width;
        let fits = shades.len().is_multiple_of(width) && (1..=MOST_ROWS as usize).contains(&rows);
        let hash = |shades: &[u8]| {
            let each = shades.iter();
            each.fold(0, |hash, shade| mix(hash ^ u64::from(*shade)))
        };
        fits.then(|| Self {
            // 0 means that there is none.
            id: ((hash(&shades) >> 32) as u32).max(1),
            shades: Arc::new(shades),
        })
    }

    /// Name in plans and tasks, made from its pixels; never 0.
    #[must_use]
    pub const fn id(&self) -> u32 {
        self.id
    }

    /// Rows, at least 1.
    #[must_use]
    pub fn rows(&self) -> u32 {
        self.shades.len() as u32 / PICTURE_WIDTH
    }

    /// Brightness, row by row.
    #[must_use]
    pub fn shades(&self) -> &[u8] {
        &self.shades
    }
}

/// Whether the picture of this id is known in this memory.
#[must_use]
pub fn is_here(id: u32) -> bool {
    given(id).is_some()
}

static GIVEN: RwLock<Option<Photo>> = RwLock::new(None);

/// Makes a picture known to all tasks that start in this memory from now on, in
/// place of the one before.
pub fn give(photo: Option<Photo>) {
    *GIVEN.write().unwrap_or_else(PoisonError::into_inner) = photo;
}

/// The picture of this id, if it is known in this memory.
#[must_use]
pub fn given(id: u32) -> Option<Photo> {
    let given = GIVEN.read().unwrap_or_else(PoisonError::into_inner);
    given.clone().filter(|photo| photo.id == id)
}
