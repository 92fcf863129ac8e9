//! The kitchen: the measured trace at one instant, as a picture.

use crate::{Say, View};
use model::{Nanos, Trace};

/// The kitchen at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct KitchenScene {
    /// A whole `<svg>` element with role and title.
    pub svg: String,
    /// The scene in a sentence or two.
    pub aria: String,
    /// Width of the viewBox.
    pub width: f32,
    /// Height of the viewBox; the same at every instant of a trace.
    pub height: f32,
}

/// The scene at `at_nanos` since the start of the run: tickets on the rail,
/// chefs at their boards, pots on the stove, dishes on the pass.
#[must_use]
pub fn scene(trace: &Trace, at_nanos: Nanos, view: &View, say: Say) -> KitchenScene {
    let _ = (trace, at_nanos, view, say);
    KitchenScene {
        svg: String::new(),
        aria: String::new(),
        width: view.width_px,
        height: 100.0,
    }
}

/// Instants at which something worth seeing changes, in order, from 0 to the
/// makespan; at most [`MOST_MOMENTS`]. Where to stop when stepping.
#[must_use]
pub fn moments(trace: &Trace) -> Vec<Nanos> {
    vec![0, trace.makespan_nanos]
}

/// Upper bound on the number of [`moments`].
pub const MOST_MOMENTS: usize = 60;

/// How many times slower a replay should be so that it can be followed: a
/// round number that makes it last a few seconds.
#[must_use]
pub fn pace(trace: &Trace) -> u32 {
    let _ = trace;
    20
}

/// "20 times slower".
#[must_use]
pub fn speed_label(times_slower: u32, say: Say) -> String {
    let _ = (times_slower, say);
    String::new()
}
