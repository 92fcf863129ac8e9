//! The kitchen: the measured trace at one instant, as a picture.
//!
//! Dishes are tasks, chefs are lanes, a knife is a core: a chef whose task is
//! ready but not progressing has had the knife taken away. A pot on the stove
//! waits and needs nobody; a thread that is blocked by a wait is a chef who
//! stands and watches one pot. Colours and patterns are those of the lanes.

mod across;
mod corridor;
mod guests;
mod layout;
mod moment;
mod room;
mod shapes;

use crate::phrase::phrase;
use crate::{Say, View};
use model::{Nanos, Trace, millis_from_nanos};

pub use moment::{MOST_MOMENTS, moments};

/// The kitchen at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct KitchenScene {
    /// A whole `<svg>` element with role, title and description.
    pub svg: String,
    /// The scene in a sentence or two.
    pub aria: String,
    /// Width of the viewBox.
    pub width: f32,
    /// Height of the viewBox; the same at every instant of a trace.
    pub height: f32,
}

/// The scene at `at_nanos` since the start of the run: tickets on the rail, or
/// guests in line where they come over time, chefs at their boards, pots on the stove, dishes on the pass. Instants
/// after the end show the end. Where messages with data were written down, it is a
/// town: a depot, a kitchen for each node, and couriers on their way. The graphics
/// processor is a machine at the end of a corridor.
#[must_use]
pub fn scene(trace: &Trace, at_nanos: Nanos, view: &View, say: Say) -> KitchenScene {
    let cast = moment::Cast::of(trace);
    let now = moment::Now::at(trace, &cast, at_nanos);
    if crate::town::is_town(trace) && cast.chefs.iter().any(|chef| chef.number > 0) {
        return across::draw(trace, &cast, &now, view, say);
    }
    if corridor::is_corridor(trace) {
        return corridor::draw(trace, &cast, &now, view, say);
    }
    layout::draw(&cast, &now, view, say)
}

/// How many times slower a replay should be so that it can be followed: a
/// round number that makes it last about six seconds, at least 1.
#[must_use]
pub fn pace(trace: &Trace) -> u32 {
    const SECONDS: f64 = 6.0;
    let wanted = SECONDS * 1000.0 / millis_from_nanos(trace.makespan_nanos).max(0.01);
    let nice = [1, 2, 5, 10, 20, 50, 100, 200, 500, 1000];
    let fits = nice
        .into_iter()
        .rev()
        .find(|factor| f64::from(*factor) <= wanted * 1.25);
    fits.unwrap_or(1)
}

/// "20 times slower".
#[must_use]
pub fn speed_label(times_slower: u32, say: Say) -> String {
    if times_slower <= 1 {
        return say("kitchen.speed.real", &[]);
    }
    phrase(say).number("n", times_slower).get("kitchen.speed")
}
