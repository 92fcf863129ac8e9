//! The catalogue: one line a lesson, in the order of the course.

use crate::Lesson;
use crate::catalog;

/// Lessons in the order of the course.
pub const LESSONS: &[&Lesson] = &[
    &catalog::calibrate::LESSON,
    &catalog::waiting::LESSON,
    &catalog::computing::LESSON,
    &catalog::two_chefs::LESSON,
    &catalog::plane::LESSON,
    &catalog::responsive::LESSON,
    &catalog::awaiting::LESSON,
    &catalog::thousand_clients::LESSON,
    &catalog::slow_customer::LESSON,
    &catalog::queue_cliff::LESSON,
    &catalog::speedup::LESSON,
    &catalog::fair_shares::LESSON,
    &catalog::grain::LESSON,
    &catalog::races::LESSON,
    &catalog::contention::LESSON,
    &catalog::recipe_order::LESSON,
    &catalog::deadlock::LESSON,
    &catalog::cluster::LESSON,
    &catalog::gpu_and_training::LESSON,
    &catalog::which_tool::LESSON,
];

/// The first page: guess, then four numbers.
pub const FIRST_PAGE: &Lesson = &catalog::four_numbers::LESSON;

/// Free runs.
pub const LAB: &Lesson = &catalog::lab::LESSON;

/// The lesson of this id. The first page and the lab have views of their own
/// and are not found here.
#[must_use]
pub fn find(id: &str) -> Option<&'static Lesson> {
    LESSONS.iter().copied().find(|lesson| lesson.id == id)
}

/// Place of a lesson in the course, from 0.
#[must_use]
pub fn place(id: &str) -> Option<usize> {
    LESSONS.iter().position(|lesson| lesson.id == id)
}

/// Every entry: the first page, the lessons, the lab.
pub fn all() -> impl Iterator<Item = &'static Lesson> {
    [FIRST_PAGE]
        .into_iter()
        .chain(LESSONS.iter().copied())
        .chain([LAB])
}
