//! Charts and pictures of what was measured: plain numbers in, SVG text and an
//! accessible table out.
//!
//! Nothing here touches a browser, a clock or a random number. Colours are CSS
//! custom properties (`--run --wait --block --data --ink --soft --line --paper
//! --card`), so that themes need no redraw; state is always colour *and*
//! pattern: running solid, waiting hatched, ready hollow, standing for a lock or
//! not giving way cross-hatched, moving data vertical lines. All words come from
//! the caller through [`Say`].

mod arms;
mod arrows;
mod axis;
mod bars;
mod cdf;
mod chart;
mod chefs;
mod circle;
mod costs;
mod counts;
mod curve;
mod dag;
mod deeds;
pub mod export;
pub mod format;
mod frames;
mod intervals;
pub mod kitchen;
mod labels;
mod lanes;
mod loss;
mod makespan;
mod order;
mod phrase;
pub mod picture;
mod plane;
mod plot;
mod queue;
mod rows;
pub mod scale;
mod speedup;
mod stages;
pub mod svg;
mod sweep;
mod tasks;
mod tiles;
mod town;
mod waterfall;

pub use arms::{ArmLabel, RefLine, arm_label, arm_labels};
pub use arrows::arrows;
pub use cdf::{CdfLine, cdf};
pub use chart::{Chart, Mark, Say, Table, View};
pub use chefs::{Chef, chefs, chefs_of_tasks};
pub use circle::{Waiter, circle};
pub use costs::{CostsChart, costs};
pub use counts::{CountsChart, counts};
pub use dag::{DagChart, DagDone, DagNode, dag};
pub use frames::{FrameRow, frames};
pub use lanes::{lanes, lanes_compact};
pub use loss::{LossChart, LossLine, loss};
pub use makespan::makespan;
pub use plane::plane;
pub use queue::{QueueRow, queue};
pub use speedup::{LineKind, SpeedupChart, SpeedupLine, SpeedupPoint, speedup};
pub use stages::{Stage, StageKind, StagedRun, stages};
pub use sweep::{SweepChart, SweepDots, SweepTheory, sweep};
pub use tasks::{switches, tasks, tasks_compact};
pub use tiles::{PixelArea, pixel_area, tiles};
pub use waterfall::{LostRun, LostTo, waterfall};
