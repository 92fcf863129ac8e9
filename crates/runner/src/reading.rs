//! A file that comes in pieces and is added up, on one thread's event loop: the
//! page's own or a worker's.

use crate::{
    cook::{Slice, Stretches, Ticks},
    executor::{Executor, give_way},
    life::{Life, Lives},
    log::{Finished, LaneLog, Raw},
    ports::{Clock, Turn},
};
use model::{Arm, Give, Lane, Nanos, ORDERS, Total};
use serde::{Deserialize, Serialize};
use std::{
    cell::{Cell, RefCell},
    future::Future,
    pin::Pin,
    rc::Rc,
};
use workloads::orders::{Orders, STEP_BYTES, Sums};

/// Room for spans: two a piece, and one a slice.
const SPANS: usize = 1 << 14;

/// Why a file could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum LoadFault {
    /// It is not there, or nobody could be asked; the text is what was said.
    Missing(String),
    /// It ended early, or nothing more came in time.
    Cut {
        /// What had come.
        bytes: u64,
    },
    /// It is whole, and another one than expected.
    Wrong {
        /// What had come.
        bytes: u64,
    },
}

/// The next piece; `None` at the end.
pub type Piece<'a> = Pin<Box<dyn Future<Output = Result<Option<Vec<u8>>, LoadFault>> + 'a>>;

/// Where the bytes come from. A good implementation asks for the file at the
/// first piece, and gives up where nothing comes for a while.
pub trait Source {
    /// Waits for the next piece.
    fn next(&mut self) -> Piece<'_>;
}

/// Whether what was found is what the build put there.
///
/// # Errors
/// [`LoadFault::Cut`] if the file was too short, else [`LoadFault::Wrong`].
pub fn expected(sums: &Sums) -> Result<(), LoadFault> {
    let bytes = sums.bytes;
    if sums.is_right() {
        Ok(())
    } else if bytes < ORDERS.bytes {
        Err(LoadFault::Cut { bytes })
    } else {
        Err(LoadFault::Wrong { bytes })
    }
}

/// How a file is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manners {
    /// All pieces are taken in before the first is added up.
    pub at_once: bool,
    /// When adding up gives way.
    pub slice: Slice,
}

impl Manners {
    /// As the arm says: who never gives way does so at once.
    #[must_use]
    pub fn of(arm: &Arm) -> Self {
        Self {
            at_once: arm.manner.give == Give::Never,
            slice: Slice::of(arm.slice_steps, &arm.manner),
        }
    }
}

type Outcome = Result<(Finished, Vec<Total>), LoadFault>;

/// A run under way. Dropping it ends the reading.
pub struct ReadingRun<C: Clock + Clone + 'static> {
    executor: Executor<Rc<Lives<C>>>,
    clock: C,
    log: Rc<LaneLog>,
    outcome: Rc<RefCell<Option<Outcome>>>,
    ticks: Ticks,
    start_nanos: Nanos,
    end_nanos: Cell<Option<Nanos>>,
    lane: Lane,
}

impl<C: Clock + Clone + 'static> ReadingRun<C> {
    /// Nothing runs until [`Turn::turn`]; `poke` is called whenever a turn would
    /// find something to do. `tell` hears how many bytes have come, `check`
    /// judges what was found.
    pub fn start(
        mut source: impl Source + 'static,
        manners: Manners,
        (ticks, lane): (Ticks, Lane),
        clock: C,
        poke: Box<dyn Fn()>,
        tell: impl Fn(u64) + 'static,
        check: fn(&Sums) -> Result<(), LoadFault>,
    ) -> Self {
        let lives = Rc::new(Lives::new(clock.clone(), 1, poke));
        let log = Rc::new(LaneLog::new(0, SPANS));
        let outcome = Rc::new(RefCell::new(None));
        let executor = Executor::new(Rc::clone(&lives), Box::new(|| ()));
        let start_nanos = clock.now_nanos();
        let (own_log, own_clock, told) = (Rc::clone(&log), clock.clone(), Rc::clone(&outcome));
        executor.spawn(0, async move {
            let life = || lives.of(0);
            let mut desk = Desk {
                marks: Stretches::new(&own_log, ticks, 0, own_clock.now_nanos()),
                clock: &own_clock,
                slice: manners.slice,
                orders: Orders::default(),
            };
            let read = desk.read(&mut source, manners.at_once, life, tell).await;
            let found = read.and_then(|()| desk.found(start_nanos, life(), check));
            *told.borrow_mut() = Some(found);
        });
        Self {
            executor,
            clock,
            log,
            outcome,
            ticks,
            start_nanos,
            end_nanos: Cell::new(None),
            lane,
        }
    }

    /// What happened, on the shared clock, and what was added up.
    ///
    /// # Errors
    /// Why the file could not be read.
    pub fn end(&self) -> Result<(Raw, Vec<Total>), LoadFault> {
        let (spans, dropped) = self.log.read();
        let (finished, totals) = match self.outcome.borrow().clone() {
            Some(outcome) => outcome?,
            None => return Err(LoadFault::Cut { bytes: 0 }),
        };
        let end_nanos = self.end_nanos.get();
        let raw = Raw {
            start_nanos: self.start_nanos,
            end_nanos: end_nanos.unwrap_or_else(|| self.clock.now_nanos()),
            lanes: vec![self.lane],
            spans,
            dropped,
            finished: vec![finished],
            gap_nanos: self.ticks.gap_nanos,
            ..Raw::default()
        };
        Ok((raw, totals))
    }
}

impl<C: Clock + Clone + 'static> Turn for ReadingRun<C> {
    fn turn(&self, quantum_nanos: Nanos) -> bool {
        let begin = self.clock.now_nanos();
        let more = self.executor.tick(|| {
            self.clock.now_nanos().saturating_sub(begin) as f64 / quantum_nanos.max(1) as f64
        });
        if self.is_done() && self.end_nanos.get().is_none() {
            self.end_nanos.set(Some(self.clock.now_nanos()));
        }
        more
    }

    fn is_done(&self) -> bool {
        self.outcome.borrow().is_some()
    }
}

/// Where the file is read.
struct Desk<'a, C> {
    marks: Stretches<'a>,
    clock: &'a C,
    slice: Slice,
    orders: Orders,
}

impl<C: Clock> Desk<'_, C> {
    async fn read(
        &mut self,
        source: &mut impl Source,
        at_once: bool,
        life: impl Fn() -> Life,
        tell: impl Fn(u64),
    ) -> Result<(), LoadFault> {
        let mut kept = Vec::new();
        let mut bytes = 0;
        loop {
            let from = self.marks.rest();
            let piece = source.next().await?;
            let now = self.clock.now_nanos();
            // Here at `woken`, picked up at `now`.
            let woken = life().woken_nanos.clamp(from, now);
            self.marks.waited(from, woken, now);
            let Some(piece) = piece else { break };
            bytes += piece.len() as u64;
            tell(bytes);
            if at_once {
                kept.push(piece);
            } else {
                self.add(&piece).await;
            }
        }
        for piece in kept {
            self.add(&piece).await;
        }
        Ok(())
    }

    async fn add(&mut self, piece: &[u8]) {
        for part in piece.chunks(STEP_BYTES) {
            self.orders.read(part);
            if self.marks.step(self.clock.now_nanos(), self.slice) {
                let from = self.marks.rest();
                give_way().await;
                self.marks.back(from, self.clock.now_nanos());
            }
        }
    }

    fn found(
        &mut self,
        started_nanos: Nanos,
        life: Life,
        check: fn(&Sums) -> Result<(), LoadFault>,
    ) -> Outcome {
        let sums = self.orders.sums();
        check(&sums)?;
        self.marks.step(self.clock.now_nanos(), Slice::Never);
        let finished_nanos = self.marks.rest();
        let finished = Finished {
            task: 0,
            lane_idx: 0,
            started_nanos,
            finished_nanos,
            busy_nanos: self.marks.busy_nanos(),
            polls: life.polls,
            wakes: life.wakes,
            checksum: sums.checksum(),
            tile: None,
        };
        Ok((finished, sums.totals))
    }
}
