//! Bare workers that show what this machine can do at once. They never run
//! tasks, so a strategy under test cannot colour the capacity it is judged by.

use crate::{
    clock::PageClock,
    host::HostError,
    worker::{Boot, EngineWorker, Role},
};
use futures_util::future::try_join_all;
use model::{NANOS_PER_MILLI, Nanos};
use runner::{
    Clock,
    wire::{FromWorker, ToWorker},
};

/// Length of one probe.
const WINDOW_NANOS: Nanos = 36 * NANOS_PER_MILLI;
/// Head start, so that the message has reached every worker.
const LEAD_NANOS: Nanos = 4 * NANOS_PER_MILLI;

/// The probe workers.
#[derive(Default)]
pub(crate) struct Probes {
    workers: Vec<(EngineWorker, i64)>,
}

impl Probes {
    /// Makes sure that there are `n` of them.
    async fn staff(&mut self, boot: &Boot, n: usize) -> Result<(), HostError> {
        let missing = n.saturating_sub(self.workers.len());
        let starting = (0..missing).map(|_| async {
            let mut worker = EngineWorker::start(boot, Role::Probe).map_err(HostError::Refused)?;
            worker.next(6_000).await?;
            let offset = worker.clock_offset_nanos().await?;
            Ok::<_, HostError>((worker, offset))
        });
        self.workers.extend(try_join_all(starting).await?);
        Ok(())
    }

    /// For each count, throughput of that many workers at once / of one alone.
    pub(crate) async fn ratios(
        &mut self,
        boot: &Boot,
        counts: &[u32],
    ) -> Result<Vec<f64>, HostError> {
        let most = counts.iter().copied().max().unwrap_or(1).max(1);
        self.staff(boot, most as usize).await?;
        // Alone before and after: a machine that speeds up or slows down in
        // between must not pass for more or fewer cores.
        let before = self.steps(1).await?;
        let mut together = Vec::with_capacity(counts.len());
        for &n in counts {
            together.push(self.steps(n.max(1) as usize).await?);
        }
        let alone = (before + self.steps(1).await?).max(1) as f64 / 2.0;
        Ok(together
            .into_iter()
            .map(|steps| steps as f64 / alone)
            .collect())
    }

    async fn steps(&mut self, n: usize) -> Result<u64, HostError> {
        let from = PageClock.now_nanos() + LEAD_NANOS;
        let asks = self.workers.iter_mut().take(n).map(|(worker, offset)| {
            let from_nanos = from.saturating_add_signed(*offset);
            async move {
                let order = ToWorker::Probe {
                    from_nanos,
                    until_nanos: from_nanos + WINDOW_NANOS,
                };
                match worker.ask(&order, 10_000).await? {
                    FromWorker::Probed { steps } => Ok(steps),
                    _ => Err(HostError::Refused("an unexpected answer".into())),
                }
            }
        });
        Ok(try_join_all(asks).await?.into_iter().sum())
    }
}
