//! Deterministic computations cut into tasks, each with an independent serial
//! reference; the same source runs natively and in WebAssembly.
//!
//! A workload is a factory of [`Kernel`]s: state machines that do about 40 µs
//! of computing a step, so that a caller can stamp a tick, yield or stop
//! between any two steps. Everything here is free of clocks, threads and global
//! state; a task depends on its [`TaskSpec`] alone, or on that and the picture it
//! names (see [`photo`]). [`Workload::start`] computes with one number at a time,
//! [`Workload::simd`] with several.
//!
//! A new workload is one file beside `primes.rs` and one line in [`registry`].

pub mod crop;
pub mod crossing;
mod endless;
mod image_filter;
mod life;
mod mandelbrot;
pub mod mapped;
mod matrix;
mod merge_sort;
mod mix;
mod n_body;
mod nothing;
pub mod orders;
mod password;
pub mod photo;
mod primes;
mod queens;
pub mod registry;
mod requests;
pub mod shaker;
mod simd;
pub mod single;
pub mod tally;
pub mod training;
mod trees;
mod waiting;

use model::{TaskSpec, Tile};

pub use mandelbrot::WIDTH as PICTURE_WIDTH;

/// What one step led to.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// More to compute.
    Again,
    /// The task needs no core for this long; call `step` again afterwards.
    Wait {
        /// Always greater than 0, in milliseconds.
        millis: f64,
    },
    /// Finished. A further `step` gives the same checksum without a tile.
    Done(Output),
}

/// The result of a task.
#[derive(Clone, Debug, PartialEq)]
pub struct Output {
    /// Proof of the work: equals the workload's `reference` of the same task.
    pub checksum: u64,
    /// What the task painted, if the workload paints.
    pub tile: Option<Tile>,
}

impl Output {
    /// With what was painted, which is taken away: a further step has none.
    fn painted(checksum: u64, tile: &mut Tile) -> Self {
        let shades = std::mem::take(&mut tile.shades);
        Self {
            checksum,
            tile: (!shades.is_empty()).then_some(Tile { shades, ..*tile }),
        }
    }

    const fn plain(checksum: u64) -> Self {
        Self {
            checksum,
            tile: None,
        }
    }
}

/// One task in progress.
///
/// A good implementation takes the same time for every step (a budget of inner
/// operations, not of results), allocates everything at the start (unless that is
/// its subject, as in `trees`), and does its
/// last piece of computing in the very step that returns [`Step::Done`].
pub trait Kernel: Send {
    /// Computes for about 40 µs on a core of 3 to 4 GHz.
    fn step(&mut self) -> Step;
}

/// Makes a task ready to be stepped.
pub type Start = fn(&TaskSpec) -> Box<dyn Kernel>;

/// Width and height in pixels of what the given tasks paint together; tasks of
/// other workloads are ignored.
pub type PictureSize = fn(&[TaskSpec]) -> (u32, u32);

/// Size of a picture that the tasks of one workload paint together, each as many
/// full rows as its size says.
fn painted_by(id: &str, specs: &[TaskSpec]) -> (u32, u32) {
    let rows = specs
        .iter()
        .filter(|spec| spec.workload == id)
        .map(|spec| spec.parts.saturating_mul(spec.size));
    (PICTURE_WIDTH, rows.max().unwrap_or(0))
}

/// Bytes of so many rows of a picture.
const fn shades(rows: u32) -> u64 {
    PICTURE_WIDTH as u64 * rows as u64
}

/// A kind of work that tasks are cut from.
pub struct Workload {
    /// Stable id used in addresses, plans and records.
    pub id: &'static str,
    /// What `size` counts; the last part of its key in the word files.
    pub unit: &'static str,
    /// Whether its tasks compute for as long as `size` says.
    pub computes: bool,
    /// Whether its tasks wait for `wait_millis`.
    pub waits: bool,
    /// Whether its tasks hand out a tile.
    pub paints: bool,
    /// Smallest and largest useful `size`; `(0, 0)` where it means nothing.
    /// Time is linear in it.
    pub sizes: (u32, u32),
    /// Makes a task ready to be stepped.
    pub start: Start,
    /// The same with 128-bit SIMD: the same checksum and the same tile. `None`
    /// where there is no such kernel.
    pub simd: Option<Start>,
    /// The checksum by plain serial code that shares no state machine with
    /// the kernel.
    pub reference: fn(&TaskSpec) -> u64,
    /// Size of the picture; `None` if it paints nothing.
    pub picture: Option<PictureSize>,
    /// Bytes that a task of this size takes at most while it is in progress,
    /// its result included.
    pub bytes: fn(u32) -> u64,
}

impl Workload {
    /// Makes a task ready to be stepped: with SIMD where it is to be and can.
    #[must_use]
    pub fn kernel(&self, spec: &TaskSpec) -> Box<dyn Kernel> {
        let simd = self.simd.filter(|_| spec.simd);
        simd.unwrap_or(self.start)(spec)
    }
}

/// Makes a task ready to be stepped; `None` if its workload is unknown.
#[must_use]
pub fn kernel(spec: &TaskSpec) -> Option<Box<dyn Kernel>> {
    Some(registry::find(&spec.workload)?.kernel(spec))
}
