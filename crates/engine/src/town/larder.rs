//! What is to be sent lies ready in the browser's memory before the stopwatch runs.

use model::{Moves, PARCEL, TaskSpec, Town};
use runner::splits::{MOST_LAID_BYTES, UNREADABLE};
use std::cell::RefCell;
use web::{
    cargo::Chest,
    event_loop::{pause, within},
    text_file::{SplitReader, TextFile},
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
    skew: f64,
    is_shared: bool,
    /// Id of the reader's text, or 0.
    text: u32,
}

impl Key {
    fn of(specs: &[TaskSpec], town: &Town) -> Self {
        let first = specs.first();
        Self {
            workload: first.map(|spec| spec.workload.clone()).unwrap_or_default(),
            seed: first.map_or(0, |spec| spec.seed),
            skew: town.skew,
            is_shared: town.moves == Moves::Share,
            text: first.map_or(0, |spec| spec.input),
        }
    }
}

/// The splits of a job.
pub(crate) struct Larder {
    key: Key,
    /// KiB of each split.
    sizes: Vec<u32>,
    /// Every split, kept so that it can be sent again. A parcel that was given away
    /// is missing until it is back.
    stock: RefCell<Vec<Option<Chest>>>,
    /// Copies that may be given away.
    ready: RefCell<Vec<Option<Chest>>>,
    /// Where the reader's text comes from.
    text: Option<SplitReader>,
    /// Whether splits are made or read when they are wanted: there are too many to
    /// be laid ready.
    is_streamed: bool,
}

impl Larder {
    /// Lays out the splits of these tasks; `kept` is what lay there before, and is
    /// used again if it is the same.
    ///
    /// # Errors
    /// If there is no such job, not enough memory, or no such text.
    pub(crate) async fn lay(
        kept: Option<Self>,
        specs: &[TaskSpec],
        town: &Town,
        text: Option<&TextFile>,
    ) -> Result<Self, String> {
        let key = Key::of(specs, town);
        let text = text.filter(|text| text.id == key.text);
        if key.text != 0 && text.is_none() {
            return Err(UNREADABLE.into());
        }
        let sizes: Vec<u32> = specs.iter().map(|spec| spec.size).collect();
        let kibibytes: u64 = sizes.iter().map(|size| u64::from(*size)).sum();
        let bytes = text.map_or(kibibytes << 10, |text| text.bytes);
        let is_streamed = bytes > MOST_LAID_BYTES && key.workload != PARCEL;
        // A run that only warms up has the first of the splits.
        let is_same = |kept: &Self| {
            kept.key == key
                && kept.is_streamed == is_streamed
                && (kept.sizes.starts_with(&sizes) || sizes.starts_with(&kept.sizes))
        };
        let mut larder = match kept.filter(is_same) {
            Some(kept) => kept,
            None => Self {
                sizes: Vec::new(),
                stock: RefCell::default(),
                ready: RefCell::default(),
                text: text.map(|text| {
                    let size = sizes.first().copied().unwrap_or(0);
                    SplitReader::new(text.clone(), size)
                }),
                is_streamed,
                key,
            },
        };
        if sizes.len() > larder.sizes.len() {
            larder.stock.borrow_mut().resize(sizes.len(), None);
            larder.sizes = sizes;
        }
        if larder.is_streamed {
            return Ok(larder);
        }
        let mut since_bytes = 0;
        for at in 0..specs.len() {
            let is_there = larder.stock.borrow().get(at).is_some_and(Option::is_some);
            if is_there {
                continue;
            }
            let chest = larder.make(at).await?;
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
            let stock = larder.stock.borrow();
            let copies = stock.iter().take(specs.len()).map(copy_of).collect();
            *larder.ready.borrow_mut() = copies;
            drop(stock);
        }
        Ok(larder)
    }

    async fn make(&self, at: usize) -> Result<Chest, String> {
        if let Some(text) = &self.text {
            let chest = text.split(at as u32).await?;
            return if self.key.is_shared {
                chest.to_shared()
            } else {
                Ok(chest)
            };
        }
        let kibibytes = self.sizes.get(at).copied().unwrap_or(0);
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

    /// Whether splits are made or read when they are wanted.
    pub(crate) const fn is_streamed(&self) -> bool {
        self.is_streamed
    }

    /// The split of a task, laid ready or not.
    ///
    /// # Errors
    /// If it is not there or cannot be read.
    pub(crate) async fn bring(&self, task: u32, moves: Moves) -> Result<Chest, String> {
        if self.is_streamed {
            self.make(task as usize).await
        } else {
            self.take(task, moves)
        }
    }

    /// The split of a task that was laid ready, as it is to be sent; whoever gives it
    /// away takes it so.
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
        if let Some(offset) = self.text.as_ref().and_then(|text| text.offset(task)) {
            return offset;
        }
        if self.is_streamed {
            let before = self.sizes.iter().take(task as usize);
            return before.map(|kibibytes| u64::from(*kibibytes) << 10).sum();
        }
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
