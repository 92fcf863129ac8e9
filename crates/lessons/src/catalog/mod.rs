//! One file a lesson.

pub mod calibrate;
pub mod computing;
pub mod four_numbers;
pub mod lab;
pub mod two_chefs;
pub mod waiting;

#[cfg(test)]
pub mod fixtures;
