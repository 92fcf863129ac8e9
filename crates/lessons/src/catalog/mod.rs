//! One file a lesson.

pub mod awaiting;
pub mod calibrate;
pub mod cluster;
pub mod computing;
pub mod contention;
pub mod deadlock;
pub mod fair_shares;
pub mod four_numbers;
pub mod gpu_and_training;
pub mod grain;
pub mod lab;
pub mod plane;
pub mod queue_cliff;
pub mod races;
pub mod recipe_order;
pub mod responsive;
pub mod slow_customer;
pub mod speedup;
pub mod thousand_clients;
pub mod two_chefs;
pub mod waiting;
pub mod which_tool;

#[cfg(test)]
mod claims;
#[cfg(test)]
mod counters;
#[cfg(test)]
pub mod fixtures;
#[cfg(test)]
mod locks;
#[cfg(test)]
mod plans;
#[cfg(test)]
mod shares;
#[cfg(test)]
mod texts;

use crate::lesson::Reference;
use crate::words::Phrase;
use model::Plan;

/// The arm of this id, or the last one.
fn arm_id<'a>(plan: &'a Plan, id: &str) -> Option<&'a str> {
    let wanted = plan.arms.iter().find(|arm| arm.id == id);
    wanted
        .or_else(|| plan.arms.last())
        .map(|arm| arm.id.as_str())
}

/// A line of the makespan chart, named by `reference.<id>`.
fn reference(id: &str, millis: f64) -> Reference {
    Reference {
        label: Phrase::new(["reference.", id].concat()),
        millis,
    }
}
