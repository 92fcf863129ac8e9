//! What a plan may count on: the capability found, and the probes taken so far.

use model::{Capability, CapacityProbe, Rung};

/// What is known about this machine before a run.
#[derive(Clone, Copy, Debug)]
pub struct Machine<'a> {
    /// The outcome of the ladder.
    pub capability: &'a Capability,
    /// Probes of earlier runs; may be empty.
    pub probes: &'a [CapacityProbe],
}

/// A probe below this share of its worker count shows that the cores ran out.
const SATURATED: f64 = 0.85;

impl Machine<'_> {
    /// The rung of the ladder.
    #[must_use]
    pub const fn rung(&self) -> Rung {
        self.capability.rung
    }

    /// Best guess of the throughput of `workers` at once, in workers' worth:
    /// the mean of its probes, else the smaller of the wanted and the known cores.
    #[must_use]
    pub fn capacity_guess(&self, workers: u32) -> f64 {
        mean(self.probes, workers).unwrap_or_else(|| f64::from(workers.min(self.knives())))
    }

    /// Best guess of the number of cores, at least 1: from probes where they
    /// reached the limit, else the number the browser reports.
    #[must_use]
    pub fn knives(&self) -> u32 {
        let reported = self.capability.reported_cores.clamp(1, 1024);
        let Some(most) = self.probes.iter().map(|probe| probe.workers).max() else {
            return reported;
        };
        let Some(ratio) = mean(self.probes, most) else {
            return reported;
        };
        let measured = (ratio.round() as u32).max(1);
        if ratio < SATURATED * f64::from(most) {
            measured
        } else {
            measured.max(reported)
        }
    }
}

fn mean(probes: &[CapacityProbe], workers: u32) -> Option<f64> {
    let (mut sum, mut n) = (0.0, 0.0);
    for probe in probes.iter().filter(|probe| probe.workers == workers) {
        sum += probe.ratio;
        n += 1.0;
    }
    (n > 0.0).then(|| sum / n)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::fixtures::capability;

    fn knives(reported: u32, probes: &[(u32, f64)]) -> u32 {
        let capability = Capability {
            reported_cores: reported,
            ..capability(Rung::Shared)
        };
        let probes: Vec<_> = probes
            .iter()
            .map(|&(workers, ratio)| CapacityProbe {
                workers,
                ratio,
                after: false,
            })
            .collect();
        Machine {
            capability: &capability,
            probes: &probes,
        }
        .knives()
    }

    #[test]
    fn measured_cores_win_over_reported_ones_once_they_ran_out() {
        assert_eq!(knives(8, &[]), 8);
        assert_eq!(knives(8, &[(2, 1.95)]), 8);
        assert_eq!(knives(8, &[(2, 1.95), (4, 2.02)]), 2);
        assert_eq!(knives(2, &[(2, 1.9), (4, 3.9)]), 4);
        assert_eq!(knives(1, &[(2, 0.99)]), 1);
        assert_eq!(knives(0, &[]), 1);
    }
}
