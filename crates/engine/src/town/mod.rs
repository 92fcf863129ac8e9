//! Nodes that share nothing: the depot, which is the host, and what a node does.
//! Who gets what is decided in [`runner::town`]; here are buffers, messages, timers
//! and the ends of workers.

mod depot;
mod hall;
mod larder;
mod ledger;
mod lent;
pub(crate) mod node;

pub(crate) use hall::{Hall, run};
use larder::Larder;
pub(crate) use lent::hire;
