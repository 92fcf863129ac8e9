//! The graphics processor in the lab: for one kind of work at a time, of those that
//! it can do.

use super::endless;
use crate::checks::metric_of;
use crate::drawing::{StageKind, Staged};
use crate::words::Phrase;
use crate::{Machine, Settings};
use model::{Arm, ArmInfo, Evidence, Gpu, GpuUse, Job, Rung, Strategy};
use workloads::single;

/// Figures of the stages in the order of time, and what is done in each.
const STAGES: [(StageKind, &str); 5] = [
    (StageKind::Setup, "adapter"),
    (StageKind::Setup, "compile"),
    (StageKind::Moving, "upload"),
    (StageKind::Computing, "dispatch"),
    (StageKind::Moving, "readback"),
];

/// Whether a graphics processor can do these jobs: one, in single precision.
#[must_use]
pub fn can_use_gpu(jobs: &[Job]) -> bool {
    matches!(jobs, [job] if single::IDS.contains(&&*job.workload))
}

/// Whether there may be one.
pub fn is_there(machine: &Machine<'_>) -> bool {
    let is_missing = matches!(machine.capability.gpu, Some(Gpu::Missing(_)));
    machine.rung() > Rung::Page && !is_missing
}

/// Whether it can do the work that was chosen.
pub fn can(settings: &Settings, machine: &Machine<'_>) -> bool {
    let work = endless::work(settings, machine);
    let is_able = matches!(work.as_slice(), [id] if single::IDS.contains(id));
    is_able && is_there(machine)
}

/// What a reader who asked for it should know.
pub fn notes(settings: &Settings, machine: &Machine<'_>) -> Vec<Phrase> {
    if !settings.strategies().contains(&Strategy::Gpu) {
        return Vec::new();
    }
    let key = match &machine.capability.gpu {
        Some(Gpu::Missing(fault)) => {
            let fault = ["@gpu.fault.", fault.id()].concat();
            return vec![Phrase::new("lab.note.no-gpu").with("fault", fault)];
        }
        Some(Gpu::Here(adapter)) if adapter.software => "lab.note.software",
        _ if !can(settings, machine) => "lab.note.gpu-work",
        _ => return Vec::new(),
    };
    vec![Phrase::new(key)]
}

/// The arm, as one of the graphics processor: no bits are promised, so its work has
/// a name of its own.
pub fn fitted(mut arm: Arm, settings: &Settings) -> Arm {
    arm.workload = [Strategy::Gpu.id(), " ", &*arm.workload].concat();
    arm.manner.gpu = GpuUse {
        staged: settings.get("handover") == Some("apart"),
        ..GpuUse::default()
    };
    arm
}

/// The stages of an arm; `None` where it has none.
pub fn staged(evidence: &Evidence, arm: &ArmInfo, label: Phrase) -> Option<Staged> {
    let stage = |(kind, name): &(StageKind, &str)| {
        let figure = ["gpu.", name, "_ms"].concat();
        let label = Phrase::new(["stage.", name].concat());
        Some((*kind, label, metric_of(evidence, &arm.id, &figure)?))
    };
    let stages: Vec<_> = STAGES.iter().filter_map(stage).collect();
    (!stages.is_empty()).then_some(Staged { label, stages })
}

/// The stages of every run of it.
pub fn stages(evidence: &Evidence) -> Option<Vec<Staged>> {
    let arms = evidence
        .arms
        .iter()
        .filter(|arm| arm.strategy == Strategy::Gpu);
    let all: Vec<Staged> = arms
        .filter_map(|arm| {
            let label = if arm.variant.is_empty() {
                Phrase::new("strategy.gpu")
            } else {
                Phrase::new("lab.staged").with("variant", arm.variant.as_str())
            };
            staged(evidence, arm, label)
        })
        .collect();
    (!all.is_empty()).then_some(all)
}

#[cfg(test)]
mod tests {
    use crate::catalog::claims::{settings, verdict};
    use crate::catalog::fixtures::blades::{Blades, REAL};
    use crate::catalog::fixtures::{Kitchen, TWO_KNIVES};
    use crate::catalog::texts::english;
    use crate::registry::LAB;
    use crate::{ChartKind, Drawing, Machine, Settings};
    use model::Verdict;

    const ASKED: [(&str, &str); 2] = [("workload", "matrix-f32"), ("strategies", "gpu,simd")];

    fn notes(blades: Blades, values: &[(&str, &str)]) -> Vec<String> {
        let capability = Kitchen {
            blades,
            ..TWO_KNIVES
        }
        .capability();
        let machine = Machine {
            capability: &capability,
            probes: &[],
        };
        let notes = (LAB.notes)(&settings(values), &machine);
        notes.into_iter().map(|note| note.key).collect()
    }

    #[test]
    fn the_graphics_processor_does_what_it_can_where_it_is() {
        let ids = |blades, values: &[(&str, &str)]| {
            let plan = Kitchen {
                blades,
                ..TWO_KNIVES
            }
            .plan(LAB, &settings(values));
            let ids: Vec<_> = plan.arms.iter().map(|arm| arm.id.clone()).collect();
            ids.join(" ")
        };
        let none = Blades {
            is_there: false,
            ..REAL
        };
        let software = Blades {
            is_software: true,
            ..REAL
        };
        assert_eq!(ids(REAL, &ASKED), "sequential gpu simd");
        assert_eq!(ids(none, &ASKED), "sequential simd");
        let other = [("workload", "mandelbrot"), ASKED[1]];
        assert_eq!(ids(REAL, &other), "sequential simd");
        let two = [("workload", "blur-f32,matrix-f32"), ASKED[1]];
        assert_eq!(ids(REAL, &two), "sequential simd");
        assert_eq!(notes(REAL, &ASKED), [""; 0]);
        assert_eq!(notes(none, &ASKED), ["lab.note.no-gpu"]);
        assert_eq!(notes(software, &ASKED), ["lab.note.software"]);
        assert_eq!(notes(REAL, &other), ["lab.note.gpu-work"]);
    }

    #[test]
    fn its_answers_are_compared_and_its_stages_drawn() {
        let run = |blades| {
            let kitchen = Kitchen {
                blades,
                ..TWO_KNIVES
            };
            kitchen.run(LAB, &settings(&ASKED), &english())
        };
        let evidence = run(REAL);
        assert_eq!(verdict(&evidence, "agrees.gpu"), Verdict::Pass);
        let drawn = (LAB.data)(ChartKind::Stages, &evidence, &Settings::default());
        let Some(Drawing::Stages(stages)) = drawn else {
            panic!("no stages")
        };
        assert_eq!((stages.len(), stages[0].stages.len()), (1, 5));
        let wrong = run(Blades { error: 0.2, ..REAL });
        assert_eq!(verdict(&wrong, "agrees.gpu"), Verdict::Fail);
    }
}
