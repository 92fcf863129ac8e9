//! A dish that never gives way: only where it can be ended, and only beside
//! others on an event loop, which is where it does harm.

use crate::{Machine, Settings};
use model::{Rung, Strategy};
use workloads::registry::is_endless;

/// Whether such a dish is to be run on this machine.
pub fn is_wanted(settings: &Settings, machine: &Machine<'_>) -> bool {
    machine.rung() > Rung::Page && settings.workloads().into_iter().any(is_endless)
}

/// Ids of the work wanted; on the page alone without such dishes.
pub fn work<'a>(settings: &'a Settings, machine: &Machine<'_>) -> Vec<&'a str> {
    let mut ids = settings.workloads();
    if machine.rung() == Rung::Page {
        ids.retain(|id| !is_endless(id));
    }
    ids
}

/// Of the strategies wanted, those in which dishes take turns; juggling if there
/// are none.
pub fn in_turns(mut wanted: Vec<Strategy>) -> Vec<Strategy> {
    wanted.retain(|way| matches!(way, Strategy::Interleaved | Strategy::Hybrid));
    if wanted.is_empty() {
        wanted.push(Strategy::Interleaved);
    }
    wanted
}

#[cfg(test)]
mod tests {
    use crate::catalog::claims::settings;
    use crate::catalog::fixtures::{Kitchen, TWO_KNIVES};
    use crate::registry;
    use model::{Give, Place, Rung};

    #[test]
    fn a_dish_that_never_gives_way_stays_off_the_page() {
        let all = "sequential,interleaved,pool,messages,hybrid,offload,blocking";
        for rung in [Rung::Page, Rung::Messages, Rung::Shared] {
            let kitchen = Kitchen { rung, ..TWO_KNIVES };
            for work in ["endless", "primes,endless"] {
                for strategies in ["", all, "pool"] {
                    let values = [
                        ("workload", work),
                        ("strategies", strategies),
                        ("yield", "never"),
                    ];
                    let values: Vec<_> = values.into_iter().filter(|v| !v.1.is_empty()).collect();
                    let plan = kitchen.plan(registry::LAB, &settings(&values));
                    assert!(!plan.arms.is_empty());
                    for arm in &plan.arms {
                        let mut jobs = arm.jobs.iter();
                        let is_stuck = jobs.any(|job| job.workload == "endless");
                        assert_eq!(is_stuck, rung != Rung::Page, "{}", arm.id);
                        if is_stuck {
                            assert_eq!(arm.place, Place::Worker);
                            assert_eq!(arm.manner.give, Give::Turn);
                            assert_eq!(arm.base, None);
                            let is_loop = arm.id == "interleaved" || arm.id.starts_with("hybrid");
                            assert!(is_loop, "{}", arm.id);
                        }
                    }
                }
            }
        }
    }
}
