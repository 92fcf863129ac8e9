//! What is to be sent lies ready in the browser's memory before the stopwatch runs.

use model::{Moves, PARCEL, TaskSpec, Town};
use std::cell::RefCell;
use web::{
    cargo::Chest,
    event_loop::{pause, within},
};
use workloads::mapped::{Mapped, Source};

/// Bytes generated before the event loop gets a turn.
const TURN_BYTES: u64 = 4 << 20;
/// Limit of a turn that does nothing, in milliseconds.
const TURN_MILLIS: u32 = 1_000;

/// What the splits of a larder depend on.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    workload: String,
    seed: u64,
    /// KiB of each.
    sizes: Vec<u32>,
    skew: f64,
    is_shared: bool,
}

impl Key {
    fn of(specs: &[TaskSpec], town: &Town) -> Self {
        let first = specs.first();
        Self {
            workload: first.map(|spec| spec.workload.clone()).unwrap_or_default(),
            seed: first.map_or(0, |spec| spec.seed),
            sizes: specs.iter().map(|spec| spec.size).collect(),
            skew: town.skew,
            is_shared: town.moves == Moves::Share,
        }
    }
}

/// The splits of a job.
pub(crate) struct Larder {
    key: Key,
    /// Every split, kept so that it can be sent again. A parcel that was given away
    /// is missing until it is back.
    stock: RefCell<Vec<Option<Chest>>>,
    /// Copies that may be given away.
    ready: RefCell<Vec<Option<Chest>>>,
}

impl Larder {
    /// Lays out the splits of these tasks; `kept` is what lay there before, and is
    /// used again if it is the same.
    ///
    /// # Errors
    /// If there is no such job, or not enough memory.
    pub(crate) async fn lay(
        kept: Option<Self>,
        specs: &[TaskSpec],
        town: &Town,
    ) -> Result<Self, String> {
        let key = Key::of(specs, town);
        let larder = match kept.filter(|kept| kept.key == key) {
            Some(kept) => kept,
            None => Self {
                stock: RefCell::new(vec![None; specs.len()]),
                ready: RefCell::default(),
                key,
            },
        };
        let mut since_bytes = 0;
        for at in 0..specs.len() {
            let is_there = larder.stock.borrow().get(at).is_some_and(Option::is_some);
            if is_there {
                continue;
            }
            let chest = larder.make(at)?;
            since_bytes += chest.len();
            if let Some(slot) = larder.stock.borrow_mut().get_mut(at) {
                *slot = Some(chest);
            }
            if since_bytes >= TURN_BYTES {
                since_bytes = 0;
                within(TURN_MILLIS, pause(0)).await;
            }
        }
        if town.moves == Moves::Transfer && larder.key.workload != PARCEL {
            let copies = larder.stock.borrow().iter().map(copy_of).collect();
            *larder.ready.borrow_mut() = copies;
        }
        Ok(larder)
    }

    fn make(&self, at: usize) -> Result<Chest, String> {
        let kibibytes = self.key.sizes.get(at).copied().unwrap_or(0);
        if self.key.workload == PARCEL {
            return Chest::filled(kibibytes << 10, self.key.is_shared);
        }
        let job = workloads::mapped::find(&self.key.workload).ok_or("an unknown job")?;
        let bytes = self.generate(job, at as u32, kibibytes);
        if self.key.is_shared {
            Chest::shared(&bytes)
        } else {
            Ok(Chest::of(&bytes))
        }
    }

    fn generate(&self, job: &Mapped, split: u32, kibibytes: u32) -> Vec<u8> {
        (job.generate)(&Source {
            seed: self.key.seed,
            split,
            kibibytes,
            skew: self.key.skew,
        })
    }

    /// The split of a task as it is to be sent; whoever gives it away takes it so.
    ///
    /// # Errors
    /// If it is not there.
    pub(crate) fn take(&self, task: u32, moves: Moves) -> Result<Chest, String> {
        let at = task as usize;
        let missing = "a split is not there";
        let mut stock = self.stock.borrow_mut();
        let own = stock.get_mut(at).ok_or(missing)?;
        let is_parcel = self.key.workload == PARCEL;
        match moves {
            Moves::Transfer if is_parcel => own.take(),
            Moves::Copy | Moves::Share => own.clone(),
            Moves::Transfer | Moves::Local => {
                let mut ready = self.ready.borrow_mut();
                let laid = ready.get_mut(at).and_then(Option::take);
                laid.or_else(|| copy_of(own))
            }
        }
        .ok_or_else(|| missing.into())
    }

    /// Where the split of a task begins in the whole input, in bytes.
    pub(crate) fn offset(&self, task: u32) -> u64 {
        let stock = self.stock.borrow();
        let before = stock.iter().take(task as usize).flatten();
        before.map(Chest::len).sum()
    }

    /// Takes back a parcel that had been given away.
    pub(crate) fn put_back(&self, task: u32, chest: Chest) {
        if let Some(slot) = self.stock.borrow_mut().get_mut(task as usize) {
            *slot = Some(chest);
        }
    }
}

fn copy_of(chest: &Option<Chest>) -> Option<Chest> {
    chest.as_ref().map(Chest::copy)
}
