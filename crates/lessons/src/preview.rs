//! What a reader sees of the work before guessing.

use crate::Lesson;
use crate::catalog::fair_shares;
use workloads::crop::strip_costs;

/// Share of the whole work that each part of it takes, in order, where a guess
/// would be blind without it. Counted on a sample, not timed.
#[must_use]
pub fn costs(lesson: &Lesson) -> Option<&'static [f64]> {
    (lesson.id == fair_shares::LESSON.id).then(|| strip_costs().as_slice())
}
