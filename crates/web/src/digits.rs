//! The handwritten digits: fetched once a page, when something is to learn from them.

use crate::{
    clock::PageClock,
    dataset::{self, Ask, Stream},
    event_loop::Driven,
    host::{Host, HostError},
    session::RunError,
};
use model::{Arm, DIGITS, LaneKind, Plan, Strategy, Training};
use runner::{
    cook::Ticks,
    log::Raw,
    loop_run::own_lane,
    reading::{LoadFault, Source},
    training::{AloneRun, Task, lay_out, training_of},
};
use workloads::training::digits::{Digits, give, given};

/// Fetches them, if an arm of the plan needs them and they are not here yet.
///
/// # Errors
/// What is wrong with them.
pub(crate) async fn fetch_for(plan: &Plan) -> Result<(), RunError> {
    if given().is_some() || !plan.arms.iter().any(|arm| training_of(arm).is_some()) {
        return Ok(());
    }
    let no_digits = |text: &str| RunError::NoDigits(text.into());
    let mut stream = Stream::new(&dataset::address(DIGITS.file), Ask::Store);
    let mut bytes = Vec::with_capacity(DIGITS.bytes as usize);
    // What is longer is another file: no need to hear all of it.
    while bytes.len() as u64 <= DIGITS.bytes {
        match stream.next().await {
            Ok(Some(piece)) => bytes.extend(piece),
            Ok(None) => break,
            Err(LoadFault::Missing(text)) => return Err(no_digits(&text)),
            Err(_) => return Err(no_digits("it broke off")),
        }
    }
    let digits = Digits::new(bytes).ok_or_else(|| no_digits("it is another file"))?;
    give(digits);
    Ok(())
}

/// Gives a host what this arm needs, unless it has it.
pub(crate) fn hand_to(host: &mut Host, arm: &Arm) -> Result<(), HostError> {
    match given().filter(|_| training_of(arm).is_some()) {
        Some(digits) => host.with_digits(digits.bytes()),
        None => Ok(()),
    }
}

/// Trains on the page itself, one shard after another.
///
/// # Errors
/// If the arm is to train in another way.
pub(crate) async fn train_on_page(
    arm: &Arm,
    training: Training,
    seed: u64,
    ticks: Ticks,
) -> Result<Raw, RunError> {
    let is_alone = matches!(arm.strategy, Strategy::Sequential | Strategy::Simd);
    let course = lay_out(training, seed).filter(|_| is_alone);
    let course = course.ok_or_else(|| RunError::CannotRun(arm.id.clone()))?;
    let task = Task {
        tasks: arm.jobs.iter().map(|job| job.tasks).sum(),
        simd: arm.uses_simd(),
        ticks,
    };
    let driven = Driven::start(&arm.manner, |_| {
        AloneRun::start(course, task, own_lane(LaneKind::Page), PageClock)
    });
    Ok(driven.finish().await.raw())
}
