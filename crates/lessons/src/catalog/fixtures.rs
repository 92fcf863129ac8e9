//! Made-up machines and records for tests.

use model::{Capability, Rung, RungReason, YieldKind};

pub fn capability(rung: Rung) -> Capability {
    Capability {
        rung,
        reason: RungReason::PoolWorks,
        reported_cores: 2,
        clock_step_nanos: 5_000,
        isolated: rung == Rung::Shared,
        yield_kind: YieldKind::SchedulerYield,
        user_agent: "test".into(),
    }
}
