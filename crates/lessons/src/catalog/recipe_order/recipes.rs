//! The recipes: steps, how long each is, and what it needs.

use crate::Settings;
use crate::arms::job;
use model::{Edge, Job};

/// A step of a recipe; its id is its place.
#[derive(Clone, Copy)]
pub struct Step {
    /// Last part of the key of its name.
    pub name: &'static str,
    /// Length in beats.
    beats: u32,
    /// The steps whose results it needs.
    needs: &'static [u32],
}

const fn step(name: &'static str, beats: u32, needs: &'static [u32]) -> Step {
    Step { name, beats, needs }
}

/// A meal of twelve steps. The longest way through it is more than half of all
/// the work, so that two knives are enough to meet it.
const MEAL: &[Step] = &[
    step("onions", 1, &[]),
    step("vegetables", 2, &[]),
    step("knead", 3, &[]),
    step("lettuce", 1, &[]),
    step("fry-onions", 1, &[0]),
    step("roll", 2, &[2]),
    step("sauce", 2, &[1, 4]),
    step("cut", 2, &[5]),
    step("fry-noodles", 4, &[6, 7]),
    step("dressing", 1, &[]),
    step("toss", 1, &[3, 9]),
    step("serve", 1, &[8, 10]),
];

/// (b + c) * (d + e).
const SUM: &[Step] = &[
    step("first-sum", 8, &[]),
    step("second-sum", 8, &[]),
    step("product", 5, &[0, 1]),
];

/// Which steps need which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Recipe {
    /// The meal of twelve steps.
    Meal,
    /// The same steps, each needs the one before.
    Chain,
    /// The same steps, none needs another.
    Free,
    /// Two sums and their product.
    Sum,
}

impl Recipe {
    /// The recipe of a view.
    pub fn of(settings: &Settings) -> Self {
        Self::named(settings.get("recipe"))
    }

    /// The recipe with this id; the meal without one.
    pub fn named(id: Option<&str>) -> Self {
        match id {
            Some("chain") => Self::Chain,
            Some("free") => Self::Free,
            Some("sum") => Self::Sum,
            _ => Self::Meal,
        }
    }

    /// Key of its description.
    pub const fn told(self) -> &'static str {
        match self {
            Self::Meal => "@recipe-order.recipe.meal",
            Self::Chain => "@recipe-order.recipe.chain",
            Self::Free => "@recipe-order.recipe.free",
            Self::Sum => "@recipe-order.recipe.sum",
        }
    }

    /// Its steps by id.
    pub const fn steps(self) -> &'static [Step] {
        match self {
            Self::Sum => SUM,
            _ => MEAL,
        }
    }

    /// What has to come before what.
    pub fn edges(self) -> Vec<Edge> {
        let edge = |before, after| Edge { before, after };
        let last = self.steps().len() as u32;
        match self {
            Self::Free => Vec::new(),
            Self::Chain => (1..last).map(|after| edge(after - 1, after)).collect(),
            Self::Meal | Self::Sum => (0..)
                .zip(self.steps())
                .flat_map(|(after, step)| step.needs.iter().map(move |need| edge(*need, after)))
                .collect(),
        }
    }

    /// Length of each step, in milliseconds.
    pub fn lengths(self, beat_millis: f64) -> Vec<f64> {
        let steps = self.steps().iter();
        steps
            .map(|step| f64::from(step.beats) * beat_millis)
            .collect()
    }

    /// A job a step: steps differ in length.
    pub fn jobs(self, beat_millis: f64) -> Vec<Job> {
        let lengths = self.lengths(beat_millis).into_iter();
        lengths.map(|busy| job("primes", 1, busy, 0.0)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::Recipe;
    use analysis::work_span::WorkSpan;

    #[test]
    fn every_recipe_can_be_cooked_and_is_as_long_as_is_said_of_it() {
        let expected = [
            (Recipe::Meal, 21.0, 12.0, vec![2, 5, 7, 8, 11]),
            (Recipe::Chain, 21.0, 21.0, (0..12).collect()),
            (Recipe::Free, 21.0, 4.0, vec![8]),
            (Recipe::Sum, 21.0, 13.0, vec![0, 2]),
        ];
        for (recipe, work, span, chain) in expected {
            let found = WorkSpan::of(&recipe.lengths(1.0), &recipe.edges()).unwrap();
            assert_eq!((found.work, found.span), (work, span), "{recipe:?}");
            assert_eq!(found.chain, chain, "{recipe:?}");
            let id = recipe.told().rsplit('.').next();
            assert_eq!(Recipe::named(id), recipe);
            assert_eq!(recipe.jobs(2.0).len(), recipe.steps().len());
        }
    }
}
