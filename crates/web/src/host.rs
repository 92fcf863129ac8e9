//! The page's handle of a host worker.

use crate::cargo::Chest;
use crate::clock::PageClock;
use crate::text_file::TextFile;
use crate::worker::{Boot, EngineWorker, Role, Silence};
use model::{GpuFault, Job, NANOS_PER_MILLI, Nanos, Trace, nanos_from_millis};
use runner::{
    Clock,
    probe::Calibration,
    reading::LoadFault,
    splits::UNREADABLE,
    town::{self, ALL_LOST},
    watchdog::{Silent, Watchdog, culprit, is_heard, up_to_now},
    ways::{Worker, compute_in_a_worker},
    wire::{FromWorker, Packed, ToWorker, pack},
};
use workloads::photo::Photo;

/// A fresh worker says that it is ready within this time, or is given up.
const READY_MILLIS: u32 = 6_000;
/// `initThreadPool` has no error path: if a thread does not load, it never
/// settles. So does a child that is refused. Hence a limit.
const STAFF_MILLIS: u32 = 8_000;

/// A worker that runs arms, with the staff it has been given.
pub(crate) struct Host {
    worker: EngineWorker,
    /// Threads or message workers it is for.
    pub(crate) workers: u32,
    /// Clock against the page's, in nanoseconds.
    pub(crate) offset_nanos: i64,
    /// Whether it has been given a thread pool.
    pub(crate) has_pool: bool,
    has_nodes: bool,
    /// Id of the picture it was given, or 0.
    photo: u32,
    /// Id of the text it was given, or 0.
    text: u32,
    /// Whether it was given the handwritten digits.
    has_digits: bool,
}

impl Host {
    /// Starts a host and compares builds and clocks.
    pub(crate) async fn start(boot: &Boot, workers: u32, build: &str) -> Result<Self, HostError> {
        Self::start_as(Role::Host, boot, workers, build).await
    }

    /// The same in another role that runs arms.
    pub(crate) async fn start_as(
        role: Role,
        boot: &Boot,
        workers: u32,
        build: &str,
    ) -> Result<Self, HostError> {
        let mut worker = EngineWorker::start(boot, role).map_err(HostError::Refused)?;
        match worker.next(READY_MILLIS).await {
            Ok(FromWorker::Ready { build: theirs }) if theirs == build => {}
            Ok(_) => return Err(HostError::OtherBuild),
            Err(Silence::Timeout) => return Err(HostError::Timeout),
            Err(Silence::Died(text)) => return Err(HostError::Refused(text)),
        }
        let offset_nanos = worker.clock_offset_nanos().await.map_err(HostError::from)?;
        Ok(Self {
            worker,
            workers,
            offset_nanos,
            has_pool: false,
            has_nodes: false,
            photo: 0,
            text: 0,
            has_digits: false,
        })
    }

    /// Gives it a thread pool.
    pub(crate) async fn with_pool(&mut self) -> Result<(), HostError> {
        if !self.has_pool {
            let workers = self.workers;
            self.staff(ToWorker::Pool { workers }).await?;
            self.has_pool = true;
        }
        Ok(())
    }

    /// Gives it message workers.
    pub(crate) async fn with_nodes(&mut self) -> Result<(), HostError> {
        if !self.has_nodes {
            let workers = self.workers;
            self.staff(ToWorker::Nodes { workers }).await?;
            self.has_nodes = true;
        }
        Ok(())
    }

    /// Gives it a picture, unless it has it. It arrives before what is sent next.
    pub(crate) fn with_photo(&mut self, photo: &Photo) -> Result<(), HostError> {
        if self.photo != photo.id() {
            let shades = photo.shades().to_vec();
            self.worker.send(&ToWorker::Photo(Packed::of(&shades)))?;
            self.photo = photo.id();
        }
        Ok(())
    }

    /// Gives it a text, unless it has it. It arrives before what is sent next.
    pub(crate) fn with_text(&mut self, text: &TextFile) -> Result<(), HostError> {
        if self.text != text.id {
            let refused = |_| HostError::Refused("a message could not be packed".into());
            let header = pack(&ToWorker::Text { id: text.id }).map_err(refused)?;
            self.worker
                .send_cargo(&header, &[Chest::of_text(text)], false)?;
            self.text = text.id;
        }
        Ok(())
    }

    /// Gives it the handwritten digits, unless it has them.
    pub(crate) fn with_digits(&mut self, digits: &[u8]) -> Result<(), HostError> {
        if !self.has_digits {
            let digits = Packed::of(&digits.to_vec());
            self.worker.send(&ToWorker::Digits(digits))?;
            self.has_digits = true;
        }
        Ok(())
    }

    async fn staff(&mut self, order: ToWorker) -> Result<(), HostError> {
        match self.worker.ask(&order, STAFF_MILLIS).await {
            Ok(FromWorker::Staffed) => Ok(()),
            Ok(_) => Err(HostError::Refused("an unexpected answer".into())),
            Err(silence) => Err(silence.into()),
        }
    }

    /// Finds the size of a job.
    pub(crate) async fn calibrate(
        &mut self,
        job: Job,
        seed: u64,
    ) -> Result<Calibration, HostError> {
        match self
            .worker
            .ask(&ToWorker::Calibrate { job, seed }, 20_000)
            .await?
        {
            FromWorker::Calibrated(calibration) => Ok(calibration),
            _ => Err(HostError::Refused("an unexpected answer".into())),
        }
    }

    /// Runs an arm once (`order` is a run or the reading of the file); partial
    /// traces go to `live`, and if a task no longer gives way, so does the trace
    /// up to the present instant; how much of the file has come goes to `bytes`.
    pub(crate) async fn run(
        &mut self,
        order: ToWorker,
        limit_millis: u32,
        live: impl Fn(Trace),
        bytes: impl Fn(u64),
    ) -> Result<Trace, HostError> {
        // Who cannot report while it computes may be well all the same.
        let reports = matches!(&order, ToWorker::Run(order)
            if order.live_millis > 0 && is_heard(order.arm.manner.give));
        let mut hands = Hands {
            host: self,
            limit_millis,
            live,
            bytes,
            reports,
            last: None,
        };
        compute_in_a_worker(&mut hands, order).await
    }
}

/// A host that runs an arm.
struct Hands<'a, L, B> {
    host: &'a mut Host,
    limit_millis: u32,
    live: L,
    bytes: B,
    /// Whether it says something now and then while it is well.
    reports: bool,
    /// The last it said about the run, and when that was heard.
    last: Option<(Trace, Nanos)>,
}

impl<L: Fn(Trace), B: Fn(u64)> Worker for Hands<'_, L, B> {
    type Order = ToWorker;
    type Answer = Trace;
    type Fault = HostError;

    fn send(&mut self, order: ToWorker) -> Result<(), HostError> {
        Ok(self.host.worker.send(&order)?)
    }

    async fn answer(&mut self) -> Result<Trace, HostError> {
        let end = PageClock.now_nanos() + nanos_from_millis(f64::from(self.limit_millis));
        let mut dog = Watchdog::default();
        loop {
            let patience = if self.reports {
                dog.patience_millis()
            } else {
                self.limit_millis
            };
            let message = match self.host.worker.next(patience).await {
                Ok(message) => message,
                Err(Silence::Timeout) if self.reports => {
                    match dog.silent() {
                        Silent::Ask => self.host.worker.send(&ToWorker::Ping)?,
                        Silent::Stuck => return Err(self.stuck()),
                    }
                    continue;
                }
                Err(silence) => return Err(silence.into()),
            };
            dog.heard();
            let now = PageClock.now_nanos();
            match message {
                FromWorker::Done(packed) => {
                    let mut trace = read(&packed)?;
                    for lane in &mut trace.lanes {
                        lane.clock_offset_nanos += self.host.offset_nanos;
                    }
                    return Ok(trace);
                }
                FromWorker::Live(packed) => {
                    let trace = read(&packed)?;
                    self.last = Some((trace.clone(), now));
                    (self.live)(trace);
                }
                FromWorker::About(packed) => self.last = Some((read(&packed)?, now)),
                FromWorker::Stuck(packed) => {
                    self.last = Some((read(&packed)?, now));
                    return Err(self.stuck());
                }
                FromWorker::Loading { bytes } => (self.bytes)(bytes),
                FromWorker::Unloaded(fault) => return Err(HostError::Unloaded(fault)),
                FromWorker::NoGpu(fault) => return Err(HostError::NoGpu(fault)),
                _ => {}
            }
            // Somebody of its staff may be stuck while the host itself is well.
            if self.reports && now > end {
                return Err(HostError::Timeout);
            }
        }
    }
}

impl<L: Fn(Trace), B> Hands<'_, L, B> {
    /// A task of the run has not given way for too long.
    fn stuck(&mut self) -> HostError {
        let Some((trace, heard_nanos)) = self.last.take() else {
            return HostError::Stuck(None);
        };
        let since_nanos = PageClock.now_nanos().saturating_sub(heard_nanos);
        let trace = up_to_now(trace, since_nanos);
        let task = culprit(&trace);
        (self.live)(trace);
        HostError::Stuck(task)
    }
}

fn read(packed: &Packed<Trace>) -> Result<Trace, HostError> {
    let said = |_| HostError::Refused("a trace could not be read".into());
    packed.read().map_err(said)
}

/// Why a host is of no use.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum HostError {
    /// The browser or the engine said no.
    Refused(String),
    /// The file could not be read.
    Unloaded(LoadFault),
    /// The graphics processor did not do it.
    NoGpu(GpuFault),
    /// No answer in time.
    Timeout,
    /// Page and engine are of different builds.
    OtherBuild,
    /// No node of its town is left.
    NodesLost,
    /// The reader's text can no longer be read.
    TextLost,
    /// A task no longer gives way; which one, if that is known.
    Stuck(Option<u32>),
}

impl HostError {
    /// Whether the text speaks of memory.
    pub(crate) fn is_memory(&self) -> bool {
        matches!(self, Self::Refused(text)
            if text.contains("RangeError") || text.contains("emory allocat") || text.contains("Out of memory"))
    }
}

impl From<Silence> for HostError {
    fn from(silence: Silence) -> Self {
        match silence {
            Silence::Timeout => Self::Timeout,
            Silence::Died(text) if text == ALL_LOST => Self::NodesLost,
            Silence::Died(text) if text == UNREADABLE => Self::TextLost,
            Silence::Died(text) => Self::Refused(text),
        }
    }
}

/// A generous limit for one run of an arm: five times its work done by one
/// worker alone, twice the time in which its requests come, and 15 s.
pub(crate) fn limit_millis(arm: &model::Arm, step_nanos: u64) -> u32 {
    if let Some(town) = &arm.manner.town {
        return town::limit_millis(arm, town);
    }
    let alone: f64 = arm
        .jobs
        .iter()
        .map(|job| f64::from(job.tasks) * (job.busy_millis + job.wait_millis))
        .sum();
    let coming = arm
        .jobs
        .iter()
        .filter(|job| job.per_second > 0.0)
        .map(|job| f64::from(job.tasks) / job.per_second * 1e3)
        .fold(0.0, f64::max);
    let slow = (step_nanos as f64 / (NANOS_PER_MILLI as f64 / 25.0)).max(1.0);
    (alone * 5.0 * slow.min(4.0) + coming * 2.0 + 15_000.0) as u32
}
