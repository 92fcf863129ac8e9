//! How a text that the reader gave gets into a plan.

use model::{Arm, Strategy};
use runner::splits::Splits;

/// Whether an arm can work on a text of the reader's own, on other tabs too.
#[must_use]
pub fn can_be_given(arm: &Arm) -> bool {
    let is_mapped = |workload: &str| workloads::mapped::find(workload).is_some();
    arm.strategy == Strategy::Messages
        && arm.manner.town.is_some()
        && arm.jobs.iter().all(|job| is_mapped(&job.workload))
}

/// Makes the job of such an arm one of a text of so many bytes, in splits that suit
/// it; 0: leaves it as it is.
pub fn cut_for(arm: &mut Arm, bytes: u64) {
    if bytes == 0 || !can_be_given(arm) {
        return;
    }
    let splits = Splits::of_file(bytes);
    for job in &mut arm.jobs {
        (job.tasks, job.size) = (splits.count(), splits.kibibytes());
    }
}
