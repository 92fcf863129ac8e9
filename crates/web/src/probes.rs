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
const WINDOW_NANOS: Nanos = 50 * NANOS_PER_MILLI;
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

    /// Throughput of `n` workers at once / of one of them alone.
    pub(crate) async fn ratio(&mut self, boot: &Boot, n: u32) -> Result<f64, HostError> {
        let n = n.max(1) as usize;
        self.staff(boot, n).await?;
        let alone = self.steps(1).await?;
        let together = self.steps(n).await?;
        Ok(together as f64 / alone.max(1) as f64)
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
