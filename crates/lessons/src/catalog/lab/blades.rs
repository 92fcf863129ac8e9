//! Work that can be computed several numbers at a time.

use crate::{Phrase, Settings};
use model::{Job, Strategy};

/// Whether every way of working is to do so, where the work allows it.
pub fn are_wanted(settings: &Settings) -> bool {
    settings.get("blades") == Some("four")
}

fn has(job: &Job) -> bool {
    workloads::registry::find(&job.workload).is_some_and(|workload| workload.simd.is_some())
}

/// Whether some of the work can be.
pub fn are_any(jobs: &[Job]) -> bool {
    jobs.iter().any(has)
}

/// What a reader who asked for it should know: that none of the work can be, or
/// not all of it.
pub fn note(settings: &Settings, wanted: &[Strategy], jobs: &[Job]) -> Option<Phrase> {
    if !are_wanted(settings) && !wanted.contains(&Strategy::Simd) {
        None
    } else if !are_any(jobs) {
        Some(Phrase::new("lab.note.no-blades").with("strategy", "@strategy.simd"))
    } else if jobs.iter().all(has) {
        None
    } else {
        Some(Phrase::new("lab.note.some-blades"))
    }
}

#[cfg(test)]
mod tests {
    use crate::catalog::claims::settings;
    use crate::catalog::fixtures::TWO_KNIVES;
    use crate::{Machine, registry};
    use model::Strategy;

    fn notes(values: &[(&str, &str)]) -> Vec<String> {
        let capability = TWO_KNIVES.capability();
        let machine = Machine {
            capability: &capability,
            probes: &[],
        };
        let notes = (registry::LAB.notes)(&settings(values), &machine);
        notes.into_iter().map(|note| note.key).collect()
    }

    #[test]
    fn several_numbers_at_once_only_where_there_is_a_kernel_for_it() {
        for (work, note, arms) in [
            ("mandelbrot", &[] as &[&str], 2),
            ("mandelbrot,primes", &["lab.note.some-blades"], 2),
            ("primes", &["lab.note.no-blades"], 1),
        ] {
            let values = [("workload", work), ("strategies", "simd")];
            assert_eq!(notes(&values), note, "{work}");
            let plan = TWO_KNIVES.plan(registry::LAB, &settings(&values));
            assert_eq!(plan.arms.len(), arms, "{work}");
        }
    }

    #[test]
    fn blades_change_every_way_but_the_one_compared_with() {
        let values = [("blades", "four"), ("strategies", "pool,messages")];
        let plan = TWO_KNIVES.plan(registry::LAB, &settings(&values));
        for arm in &plan.arms {
            assert_eq!(arm.uses_simd(), arm.strategy != Strategy::Sequential);
        }
        let plain = TWO_KNIVES.plan(registry::LAB, &settings(&values[1..]));
        assert!(plain.arms.iter().all(|arm| !arm.uses_simd()));
        let none = [("blades", "four"), ("workload", "queens")];
        let plan = TWO_KNIVES.plan(registry::LAB, &settings(&none));
        assert!(plan.arms.iter().all(|arm| !arm.uses_simd()));
        assert_eq!(notes(&none), ["lab.note.no-blades"]);
    }
}
