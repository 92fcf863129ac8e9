//! Doors to everything but starting: what a worker does once it is given work.
//!
//! The site's build makes a second, small engine that ends at these functions:
//! the scout, with which a page finds out what its browser can do. It starts
//! workers and threads and answers pings; the whole engine is fetched when
//! something is to be timed. Never inlined: the build knows a door by its name.

use crate::{host::Staff, town::node::Desk};
use futures_channel::mpsc::{UnboundedSender, unbounded};
use futures_util::StreamExt;
use model::{Job, Nanos, TaskSpec};
use runner::{
    messages::Order,
    probe::Calibrator,
    training::{Errand, Pupil, Setup},
    wire::{FromWorker, Packed, RunOrder},
};
use std::{
    cell::{OnceCell, RefCell},
    rc::Rc,
};
use web::{cargo::Cargo, clock::PageClock, worker::reply};
use workloads::{photo::Photo, training::digits::Digits};

/// Finds the size of a job.
#[inline(never)]
pub(crate) fn calibrate(job: &Job, seed: u64) {
    let found = Calibrator::new(job, seed).and_then(|mut calibrator| {
        // Ends by itself: the calibrator has a limit.
        (0..10_000).find_map(|_| calibrator.pass(&PageClock))
    });
    reply(&match found {
        Some(calibration) => FromWorker::Calibrated(calibration),
        None => FromWorker::Failed("an unknown workload".into()),
    });
}

/// Runs an arm once.
#[inline(never)]
pub(crate) fn run(staff: Rc<Staff>, order: RunOrder) {
    crate::in_turn(async move {
        let trace = crate::host::run(&staff, order).await?;
        reply(&FromWorker::Done(Packed::of(&trace)));
        Ok(())
    });
}

/// Reads the file of orders once.
#[inline(never)]
pub(crate) fn load(order: RunOrder, url: String) {
    crate::in_turn(async move {
        reply(&crate::host::load(&order, &url).await);
        Ok(())
    });
}

/// Takes a picture that the reader gave, if it is one.
#[inline(never)]
pub(crate) fn photo(packed: &Packed<Vec<u8>>) {
    let photo = packed.read().ok().and_then(Photo::new);
    workloads::photo::give(photo);
}

/// Takes the handwritten digits, if that is what they are.
#[inline(never)]
pub(crate) fn digits(packed: &Packed<Vec<u8>>) {
    if let Some(digits) = packed.read().ok().and_then(Digits::new) {
        workloads::training::digits::give(digits);
    }
}

/// Lays out a training in this message worker.
#[inline(never)]
pub(crate) fn learn(pupil: &RefCell<Option<Pupil>>, packed: &Packed<Setup>) {
    let laid_out = packed.read().ok().and_then(|setup| Pupil::new(&setup));
    reply(&match laid_out {
        Some(_) => FromWorker::Staffed,
        None => FromWorker::Failed("this worker was not given the digits".into()),
    });
    pupil.replace(laid_out);
}

/// Works out slopes of the training that is laid out here.
#[inline(never)]
pub(crate) fn slopes(pupil: &RefCell<Option<Pupil>>, packed: &Packed<Errand>) {
    let errand = packed.read().ok();
    let mut pupil = pupil.borrow_mut();
    let answer = errand.zip(pupil.as_mut());
    let answer = answer.map(|(errand, pupil)| pupil.work(&errand, &PageClock));
    reply(&match answer {
        Some(answer) => FromWorker::Slopes(Packed::of(&answer)),
        None => FromWorker::Failed("this worker has no training laid out".into()),
    });
}

/// Work for a message worker.
pub(crate) type Mail = (Vec<TaskSpec>, Order);

/// Opens the mailbox of a message worker: what is put into it is worked on in
/// order.
#[inline(never)]
pub(crate) fn mailbox() -> UnboundedSender<Mail> {
    let (mailbox, mut inbox) = unbounded();
    crate::in_turn(async move {
        while let Some((specs, order)) = inbox.next().await {
            let cooked = crate::node::cook(specs, order).await;
            reply(&FromWorker::Cooked(Packed::of(&cooked)));
        }
        Ok(())
    });
    mailbox
}

/// Takes in what came for the node of a town. Its desk is opened by the first.
#[inline(never)]
pub(crate) fn at_desk(desk: &OnceCell<Rc<Desk>>, cargo: Cargo) {
    desk.get_or_init(Desk::of_worker).take(cargo);
}

/// Counts steps in a window of the shared clock.
#[inline(never)]
pub(crate) fn probe(from_nanos: Nanos, until_nanos: Nanos) {
    reply(&FromWorker::Probed {
        steps: runner::probe::probe(&PageClock, from_nanos, until_nanos),
    });
}
