//! Charts and pictures of what was measured: plain numbers in, SVG text and an
//! accessible table out.
//!
//! Nothing here touches a browser, a clock or a random number. Colours are CSS
//! custom properties (`--run --wait --block --data --ink --soft --line --paper
//! --card`), so that themes need no redraw; state is always colour *and*
//! pattern: running solid, waiting hatched, ready hollow, not giving way
//! cross-hatched. All words come from
//! the caller through [`Say`].

mod arms;
mod axis;
mod bars;
mod cdf;
mod chart;
mod chefs;
mod costs;
mod deeds;
pub mod export;
pub mod format;
mod frames;
mod intervals;
pub mod kitchen;
mod labels;
mod lanes;
mod makespan;
mod order;
mod phrase;
pub mod picture;
mod plane;
mod plot;
mod queue;
mod rows;
pub mod scale;
pub mod svg;
mod sweep;
mod tasks;

pub use arms::{ArmLabel, RefLine, arm_label, arm_labels};
pub use cdf::{CdfLine, cdf};
pub use chart::{Chart, Mark, Say, Table, View};
pub use chefs::{Chef, chefs};
pub use costs::{CostsChart, costs};
pub use frames::{FrameRow, frames};
pub use lanes::{lanes, lanes_compact};
pub use makespan::makespan;
pub use plane::plane;
pub use queue::{QueueRow, queue};
pub use sweep::{SweepChart, SweepDots, SweepTheory, sweep};
pub use tasks::{switches, tasks, tasks_compact};
