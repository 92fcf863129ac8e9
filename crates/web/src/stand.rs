//! Where a session's workers are kept, and the protocol's view of them.

use crate::{
    clock::PageClock,
    control::Control,
    dataset, digits,
    event_loop::{Driven, PageTimer, pause},
    frames::FrameWatch,
    given::{Given, can_be_given},
    gpu,
    host::{Host, HostError, limit_millis},
    ladder::{Climbed, ENGINE, boot, climb},
    probes::Probes,
    session::{Phase, RunError, RunEvent},
    tabs::{Joined, Neighbours},
    text_file::TextFile,
    worker::Boot,
};
use analysis::TimedRun;
use futures_util::future::LocalBoxFuture;
use model::{Arm, Capability, Job, LaneKind, Moves, Nanos, Place, Plan, Rung, Strategy, Trace};
use runner::{
    Clock, assemble,
    cook::Ticks,
    loop_run::{How, LoopRun, own_lane},
    need::TownNeed,
    order::{OrderFault, Recipe},
    probe::{Calibration, Calibrator},
    protocol::{Kitchen, Stage, Timed},
    tabs::lent,
    training::training_of,
    wire::{RunOrder, ToWorker},
};
use std::{
    cell::{Cell, RefCell},
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use wasm_bindgen::prelude::*;
use workloads::photo::Photo;

/// Idle hosts kept for the next run.
const HOSTS_KEPT: usize = 3;
/// A partial trace is asked for about this often.
const LIVE_MILLIS: u32 = 500;
/// Pause between timed runs, in which the page draws.
const BREATH_MILLIS: u32 = 50;

/// Workers and what is known about them, shared by all clones of a session.
#[derive(Default)]
pub(crate) struct Staff {
    pub(crate) capability: RefCell<Option<Capability>>,
    /// The scout, where workers start.
    scout: RefCell<Option<Boot>>,
    /// The whole engine, once it was fetched.
    engine: RefCell<Option<Boot>>,
    hosts: RefCell<Vec<Host>>,
    probes: RefCell<Option<Probes>>,
    warm: RefCell<BTreeSet<String>>,
    calibrations: RefCell<BTreeMap<String, Calibration>>,
    /// Raised by every dismissal, so that workers that were just starting are
    /// not taken on afterwards.
    generation: Cell<u32>,
    build: String,
    /// The picture the reader gave.
    photo: RefCell<Option<Photo>>,
    /// The text the reader gave.
    pub(crate) text: RefCell<Option<TextFile>>,
    /// Texts that were looked at; each has the next number.
    pub(crate) texts: Cell<u32>,
    /// Tabs that lend workers to this one.
    pub(crate) neighbours: RefCell<Option<Neighbours>>,
    /// This tab as one that lends workers to others.
    pub(crate) joined: RefCell<Option<Joined>>,
    /// Whether it shall be.
    pub(crate) wants_to_lend: Cell<bool>,
    /// The worker that speaks with the graphics processor, while it is idle.
    pub(crate) graphics: RefCell<Option<Host>>,
    /// Its program, once it was fetched.
    pub(crate) graphics_boot: RefCell<Option<Boot>>,
}

impl Staff {
    pub(crate) fn new(build: &str) -> Self {
        Self {
            build: build.into(),
            ..Self::default()
        }
    }

    /// Raised by every dismissal.
    pub(crate) fn generation(&self) -> u32 {
        self.generation.get()
    }

    /// Build id of page and workers.
    pub(crate) fn build(&self) -> &str {
        &self.build
    }

    /// Whether a graphics processor was asked for.
    pub(crate) fn knows_gpu(&self) -> bool {
        let capability = self.capability.borrow();
        capability.as_ref().is_some_and(|known| known.gpu.is_some())
    }

    /// As [`Staff::capability`], with what came of asking for a graphics processor;
    /// asked once, or again if `again` says so.
    pub(crate) async fn with_gpu(&self, again: bool) -> Capability {
        let mut capability = self.capability().await;
        if capability.gpu.is_none() || again {
            capability.gpu = Some(gpu::look().await);
            *self.capability.borrow_mut() = Some(capability.clone());
        }
        capability
    }

    /// Uses this picture from now on, or a generated one.
    pub(crate) fn give(&self, photo: Option<Photo>) {
        // For what runs on the page itself.
        workloads::photo::give(photo.clone());
        *self.photo.borrow_mut() = photo;
    }

    /// Tells how many tabs help, and how many cannot.
    pub(crate) fn tell_tabs(&self, tell: &dyn Fn(usize, usize)) {
        let tabs = self.neighbours.borrow().as_ref().map(Neighbours::tabs);
        if let Some(tabs) = tabs {
            tell(tabs.here().len(), tabs.strangers());
        }
    }

    /// The tabs that are nodes of an arm.
    fn lent(&self, arm: &Arm) -> Vec<String> {
        let neighbours = self.neighbours.borrow();
        let Some(neighbours) = neighbours.as_ref().filter(|_| can_be_given(arm)) else {
            return Vec::new();
        };
        // Nothing lies in the memory of two programs.
        if shares(arm) {
            return Vec::new();
        }
        lent(&neighbours.tabs().here(), arm.workers).to_vec()
    }

    /// The whole engine for workers that are lent.
    pub(crate) async fn whole_engine(&self) -> Result<Boot, RunError> {
        self.capability().await;
        self.engine().await
    }

    /// The picture in use.
    pub(crate) fn photo(&self) -> Option<Photo> {
        self.photo.borrow().clone()
    }

    /// The rung; climbs if that has not been done. Boxed, as are all long
    /// futures with several callers: each would hold a copy of the code.
    pub(crate) fn capability(&self) -> LocalBoxFuture<'_, Capability> {
        Box::pin(self.known_or_climb())
    }

    async fn known_or_climb(&self) -> Capability {
        let known = self.capability.borrow().clone();
        if let Some(capability) = known {
            return capability;
        }
        let Climbed { capability, boot } = climb(&self.build).await;
        *self.scout.borrow_mut() = boot;
        *self.capability.borrow_mut() = Some(capability.clone());
        capability
    }

    /// The whole engine, fetched at the first call. Boxed as above.
    fn engine(&self) -> LocalBoxFuture<'_, Result<Boot, RunError>> {
        Box::pin(self.known_or_fetched())
    }

    async fn known_or_fetched(&self) -> Result<Boot, RunError> {
        if let Some(boot) = self.engine.borrow().clone() {
            return Ok(boot);
        }
        if self.scout.borrow().is_none() {
            return Err(RunError::NoWorkers);
        }
        let fetched = boot(&self.build, ENGINE).await;
        let engine = fetched.map_err(RunError::WorkerDied)?;
        *self.engine.borrow_mut() = Some(engine.clone());
        Ok(engine)
    }

    /// Terminates every worker, idle or busy.
    pub(crate) fn dismiss(&self) {
        self.generation.set(self.generation.get() + 1);
        self.hosts.borrow_mut().clear();
        *self.graphics.borrow_mut() = None;
        *self.probes.borrow_mut() = None;
    }

    /// A host for `workers`, with a pool or message workers as asked for. It is
    /// taken out of the idle ones: who drops it terminates it.
    fn host(&self, workers: u32, wants: Wants) -> LocalBoxFuture<'_, Result<Host, RunError>> {
        Box::pin(self.find_host(workers, wants))
    }

    async fn find_host(&self, workers: u32, wants: Wants) -> Result<Host, RunError> {
        let Wants { pool, nodes, .. } = wants;
        let idle = {
            let mut hosts = self.hosts.borrow_mut();
            let fits = |host: &Host| match wants {
                // Without children to staff, any host will do.
                Wants {
                    pool: false,
                    nodes: false,
                    ..
                } => true,
                Wants { or_more: true, .. } => host.has_pool && host.workers >= workers,
                _ => host.workers == workers,
            };
            let fitting = hosts.iter().enumerate().filter(|(_, host)| fits(host));
            let smallest = fitting.min_by_key(|(_, host)| host.workers);
            let at = smallest.map(|(at, _)| at);
            at.map(|at| hosts.remove(at))
        };
        let mut host = match idle {
            Some(host) => host,
            None => {
                let boot = self.engine().await?;
                Host::start(&boot, workers, &self.build).await?
            }
        };
        if pool {
            host.with_pool().await?;
        }
        if nodes {
            host.with_nodes().await?;
        }
        Ok(host)
    }

    /// Takes a host back; the longest idle ones go if there are too many.
    fn take_back(&self, host: Host, generation: u32, keep: usize) {
        if self.generation.get() != generation {
            return;
        }
        let mut hosts = self.hosts.borrow_mut();
        hosts.push(host);
        while hosts.len() > keep {
            hosts.remove(0);
        }
    }

    /// Starts a host in the background and keeps it.
    pub(crate) async fn prepare(&self, workers: u32) {
        let rung = self.capability().await.rung;
        let generation = self.generation.get();
        if rung == Rung::Page || self.hosts.borrow().iter().any(|h| h.workers == workers) {
            return;
        }
        let wants = Wants {
            pool: rung == Rung::Shared,
            nodes: rung == Rung::Messages,
            or_more: false,
        };
        if let Ok(host) = self.host(workers, wants).await {
            self.take_back(host, generation, HOSTS_KEPT);
        }
    }
}

impl From<OrderFault> for RunError {
    fn from(fault: OrderFault) -> Self {
        Self::NoOrder(fault.to_string())
    }
}

impl From<HostError> for RunError {
    fn from(error: HostError) -> Self {
        if error.is_memory() {
            return Self::NoMemory;
        }
        match error {
            HostError::Refused(text) => Self::WorkerDied(text),
            HostError::Timeout => Self::Timeout(String::new()),
            HostError::OtherBuild => Self::BuildMismatch,
            // Dishes are counted from 1 where they are drawn.
            HostError::Stuck(task) => {
                Self::Stuck(task.map(|task| (task + 1).to_string()).unwrap_or_default())
            }
            HostError::Unloaded(fault) => fault.into(),
            HostError::NodesLost => Self::NodesLost,
            HostError::TextLost => Self::TextLost,
            // Told in the trace of the run instead, see `gpu::run`.
            HostError::NoGpu(fault) => Self::WorkerDied(fault.id().into()),
        }
    }
}

/// One measurement's view of the staff.
pub(crate) struct Stand {
    pub(crate) staff: Rc<Staff>,
    pub(crate) capability: Capability,
    pub(crate) tell: Rc<dyn Fn(RunEvent)>,
    pub(crate) rounds: u32,
    /// Runs whose results the page will hold.
    pub(crate) kept: u64,
    pub(crate) watch: HiddenWatch,
    pub(crate) hosts_kept: usize,
    pub(crate) control: Option<Control>,
    /// What the plan's jobs name.
    pub(crate) given: Given,
    pub(crate) faults: gpu::Faults,
}

/// A finished run, and when it began and ended on the shared clock.
struct Ran {
    trace: Trace,
    start_nanos: Nanos,
    end_nanos: Nanos,
}

/// Children a host needs for an arm.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Wants {
    pool: bool,
    nodes: bool,
    /// A larger pool will do as well: what is left of it sleeps.
    or_more: bool,
}

impl Wants {
    fn of(arm: &Arm) -> Self {
        let strategy = arm.strategy;
        Self {
            pool: strategy.needs_shared_memory(),
            nodes: matches!(strategy, Strategy::Messages | Strategy::Hybrid),
            // Chefs who stand still share no work: a smaller team is a part of
            // a larger one, and dozens of threads are started only once.
            or_more: strategy == Strategy::Blocking,
        }
    }
}

fn can_run(rung: Rung, arm: &Arm) -> bool {
    let is_endless = |job: &Job| workloads::registry::is_endless(&job.workload);
    if arm.place == Place::Page && arm.jobs.iter().any(is_endless) {
        // Nobody could end it.
        return false;
    }
    match rung {
        Rung::Shared => true,
        Rung::Messages => !arm.strategy.needs_shared_memory() && !shares(arm),
        Rung::Page => arm.place == Place::Page && !arm.strategy.uses_workers(),
    }
}

/// Why the data of an arm is too much for the way it is run.
fn unfit(arm: &Arm) -> Option<RunError> {
    let megabytes = |bytes: u64| (bytes / 1_000_000).to_string();
    match runner::need::too_much_in_town(arm)? {
        TownNeed::Laid(bytes) => Some(RunError::LaidTooLarge(megabytes(bytes))),
        TownNeed::Kept(bytes) => Some(RunError::KeptTooLarge(megabytes(bytes))),
    }
}

/// Whether the nodes of an arm read what lies in memory for all.
fn shares(arm: &Arm) -> bool {
    let town = arm.manner.town;
    town.is_some_and(|town| town.moves == Moves::Share)
}

impl Stand {
    async fn with_host<T>(
        &self,
        arm: &Arm,
        work: impl AsyncFnOnce(&mut Host) -> Result<T, HostError>,
    ) -> Result<T, RunError> {
        let generation = self.staff.generation.get();
        let wants = Wants::of(arm);
        let mut host = self.staff.host(arm.workers, wants).await?;
        self.given.hand_to(&mut host, arm)?;
        digits::hand_to(&mut host, arm)?;
        let value = work(&mut host).await?;
        self.staff.take_back(host, generation, self.hosts_kept);
        Ok(value)
    }

    async fn run_on_page(
        &self,
        arm: &Arm,
        seed: u64,
        round: u32,
        ticks: Ticks,
    ) -> Result<Ran, RunError> {
        let specs = arm.tasks(seed, round);
        if let Some(training) = training_of(arm) {
            let raw = digits::train_on_page(arm, training, seed, ticks).await?;
            return Ok(Ran {
                start_nanos: raw.start_nanos,
                end_nanos: raw.end_nanos,
                trace: assemble(&arm.id, round, &specs, raw),
            });
        }
        let recipe = Recipe::of(arm)?;
        let driven = Driven::start(&arm.manner, |poke| {
            LoopRun::start_in_order(
                specs.clone(),
                recipe,
                How::of(arm),
                ticks,
                own_lane(LaneKind::Page),
                (PageClock, PageTimer),
                poke,
                // No thread ever wakes a task of the page.
                Box::new(|| ()),
            )
        });
        let raw = driven.finish().await.raw();
        Ok(Ran {
            start_nanos: raw.start_nanos,
            end_nanos: raw.end_nanos,
            trace: assemble(&arm.id, round, &specs, raw),
        })
    }

    /// Reads the file of orders on the page.
    async fn read_on_page(&self, arm: &Arm, round: u32, ticks: Ticks) -> Result<Ran, RunError> {
        let url = dataset::url();
        let lane = own_lane(LaneKind::Page);
        let (raw, totals) = dataset::read(arm, &url, ticks, lane, dataset::show).await?;
        let (start_nanos, end_nanos) = (raw.start_nanos, raw.end_nanos);
        let mut trace = assemble(&arm.id, round, &arm.tasks(0, round), raw);
        trace.totals = totals;
        Ok(Ran {
            trace,
            start_nanos,
            end_nanos,
        })
    }

    async fn run_on_gpu(&mut self, order: &RunOrder) -> Result<Ran, RunError> {
        let start_nanos = PageClock.now_nanos();
        let trace = gpu::run(&self.staff, &mut self.faults, order).await?;
        Ok(Ran {
            trace,
            start_nanos,
            end_nanos: PageClock.now_nanos(),
        })
    }

    async fn run_in_worker(&self, arm: &Arm, order: RunOrder) -> Result<Ran, RunError> {
        let limit_millis = limit_millis(arm, order.step_nanos);
        let order = if dataset::is_reading(arm) {
            let url = dataset::url();
            ToWorker::Load { order, url }
        } else {
            ToWorker::Run(order)
        };
        let tell = Rc::clone(&self.tell);
        self.with_host(arm, async |host: &mut Host| {
            let start_nanos = PageClock.now_nanos();
            let trace = host
                .run(
                    order,
                    limit_millis,
                    |trace| tell(RunEvent::Live(Box::new(trace))),
                    dataset::show,
                )
                .await?;
            Ok(Ran {
                trace,
                start_nanos,
                end_nanos: PageClock.now_nanos(),
            })
        })
        .await
    }
}

impl Kitchen for Stand {
    type Error = RunError;

    async fn staff(&mut self, plan: &Plan) -> Result<(), RunError> {
        for arm in &plan.arms {
            if !can_run(self.capability.rung, arm) {
                return Err(RunError::CannotRun(arm.id.clone()));
            }
            // Said before anything starts: what waits for itself never ends.
            Recipe::of(arm)?;
        }
        digits::fetch_for(plan).await?;
        let mut sizes: Vec<u32> = plan
            .arms
            .iter()
            .filter(|arm| arm.place == Place::Worker)
            .map(|arm| arm.workers)
            .collect();
        sizes.sort_unstable();
        sizes.dedup();
        self.hosts_kept = sizes.len().max(HOSTS_KEPT);
        // The largest first: smaller teams may be a part of it.
        let mut teams: Vec<&Arm> = plan.arms.iter().collect();
        teams.sort_by_key(|arm| std::cmp::Reverse(arm.workers));
        for arm in teams {
            if arm.place == Place::Worker && arm.strategy.uses_workers() {
                self.with_host(arm, async |_: &mut Host| Ok(())).await?;
            }
        }
        Ok(())
    }

    async fn calibrate(&mut self, arm: &Arm, seed: u64) -> Result<Vec<Calibration>, RunError> {
        let mut found = Vec::with_capacity(arm.jobs.len());
        for job in &arm.jobs {
            if arm.manner.town.is_some() {
                // Its size is bytes, not time.
                found.push(Calibration::WAITING);
                continue;
            }
            let key = format!("{}/{}/{}", job.workload, job.tasks, job.busy_millis);
            let known = self.staff.calibrations.borrow().get(&key).copied();
            let calibration = match known {
                Some(calibration) => calibration,
                None if job.workload == dataset::WORKLOAD => {
                    dataset::fetch(&dataset::url(), dataset::show).await?;
                    Calibration::WAITING
                }
                None if self.capability.rung == Rung::Page => {
                    let mut calibrator = Calibrator::new(job, seed)
                        .ok_or_else(|| RunError::CannotRun(job.workload.clone()))?;
                    loop {
                        if let Some(calibration) = calibrator.pass(&PageClock) {
                            break calibration;
                        }
                        pause(4).await;
                    }
                }
                None => {
                    // Any host will do: calibration needs no staff.
                    let mut alone = arm.clone();
                    alone.strategy = Strategy::Sequential;
                    let job = job.clone();
                    self.with_host(&alone, async |host: &mut Host| {
                        host.calibrate(job, seed).await
                    })
                    .await?
                }
            };
            self.staff
                .calibrations
                .borrow_mut()
                .insert(key, calibration);
            found.push(calibration);
        }
        Ok(found)
    }

    fn is_warm(&self, arm: &Arm) -> bool {
        // To look for a size is a measurement of its own, which warms up itself.
        arm.manner.gpu.break_even || self.staff.warm.borrow().contains(&warm_key(arm))
    }

    fn set_warm(&mut self, arm: &Arm) {
        self.staff.warm.borrow_mut().insert(warm_key(arm));
    }

    async fn probe(&mut self, counts: &[u32]) -> Result<Vec<f64>, RunError> {
        if self.staff.scout.borrow().is_none() {
            // The page alone: one thread, whatever is asked for.
            return Ok(vec![1.0; counts.len()]);
        }
        let boot = self.staff.engine().await?;
        let generation = self.staff.generation.get();
        let mut probes = self.staff.probes.borrow_mut().take().unwrap_or_default();
        let ratios = probes.ratios(&boot, counts).await?;
        if self.staff.generation.get() == generation {
            *self.staff.probes.borrow_mut() = Some(probes);
        }
        Ok(ratios)
    }

    async fn run(
        &mut self,
        arm: &Arm,
        seed: u64,
        round: u32,
        step_nanos: u64,
        live: bool,
    ) -> Result<Timed, RunError> {
        let ticks = Ticks::new(step_nanos, self.capability.clock_step_nanos);
        let spoilt = self.control.map(|control| control.spoil(arm));
        let arm = spoilt.as_ref().unwrap_or(arm);
        if let Some(megabytes) = runner::need::too_much(arm, self.kept) {
            return Err(RunError::TooLarge(megabytes.to_string()));
        }
        if let Some(fault) = unfit(arm) {
            return Err(fault);
        }
        self.watch.reset();
        // What only warms up is not looked at.
        let is_watched = live && arm.manner.frames;
        let frames = if is_watched {
            FrameWatch::start().await
        } else {
            None
        };
        let Ran {
            mut trace,
            start_nanos,
            end_nanos,
        } = if arm.place == Place::Page && dataset::is_reading(arm) {
            self.read_on_page(arm, round, ticks).await?
        } else if arm.place == Place::Page {
            self.run_on_page(arm, seed, round, ticks).await?
        } else {
            let order = RunOrder {
                arm: arm.clone(),
                seed,
                round,
                step_nanos: ticks.step_nanos,
                gap_nanos: ticks.gap_nanos,
                tabs: self.staff.lent(arm),
                // Drawing what is under way would cost the frames under watch.
                live_millis: if live && !is_watched { LIVE_MILLIS } else { 0 },
            };
            if gpu::is_for(arm) {
                self.run_on_gpu(&order).await?
            } else {
                self.run_in_worker(arm, order).await?
            }
        };
        if let Some(frames) = frames {
            trace.page = frames.finish(start_nanos, end_nanos).await;
        }
        Ok(Timed {
            order: 0,
            // A page that is not seen gets no frames.
            hidden: self.watch.was_hidden() || (is_watched && trace.page.is_none()),
            trace,
        })
    }

    async fn breathe(&mut self) {
        pause(BREATH_MILLIS).await;
    }

    fn stage(&mut self, stage: Stage) {
        (self.tell)(RunEvent::Phase(match stage {
            Stage::Starting => Phase::Starting,
            Stage::Warming => Phase::Warming,
            Stage::Probing { after } => Phase::Probing { after },
            Stage::Round { round, arm } => Phase::Round {
                round,
                of: self.rounds.max(round + 1),
                arm,
            },
        }));
    }

    fn timed(&mut self, timed: &Timed) {
        (self.tell)(RunEvent::Run(Box::new(timed_run(timed.clone()))));
    }
}

/// The same, in the words of the analysis.
pub(crate) fn timed_run(timed: Timed) -> TimedRun {
    TimedRun {
        order: timed.order,
        hidden: timed.hidden,
        trace: timed.trace,
    }
}

/// Tier-up belongs to a kernel in a place.
fn warm_key(arm: &Arm) -> String {
    let mut key = format!("{}/{}/{}", arm.strategy.id(), arm.workers, arm.workload);
    if arm.place == Place::Page {
        key.push_str("/page");
    }
    key
}

/// On the root element of a page whose frame is out of view; set by the script
/// that speaks with the page around.
const UNSEEN: &str = "data-unseen";

/// Notices whether the page is or was hidden, or out of view in its frame: its
/// timers are then throttled.
pub(crate) struct HiddenWatch {
    hidden: Rc<Cell<bool>>,
    document: Option<web_sys::Document>,
    listener: Closure<dyn FnMut()>,
}

impl HiddenWatch {
    pub(crate) fn new() -> Self {
        let document = web_sys::window().and_then(|window| window.document());
        let hidden = Rc::new(Cell::new(false));
        let seen = Rc::clone(&hidden);
        let listener = Closure::new(move || seen.set(true));
        if let Some(document) = &document {
            // Fails only for a missing function.
            let _ = document.add_event_listener_with_callback(
                "visibilitychange",
                listener.as_ref().unchecked_ref(),
            );
        }
        Self {
            hidden,
            document,
            listener,
        }
    }

    fn reset(&self) {
        let is_unseen = |document: &web_sys::Document| {
            let root = document.document_element();
            root.is_some_and(|root| root.has_attribute(UNSEEN))
        };
        let document = self.document.as_ref();
        let now = document.is_some_and(|document| document.hidden() || is_unseen(document));
        self.hidden.set(now);
    }

    fn was_hidden(&self) -> bool {
        self.hidden.get()
    }
}

impl Drop for HiddenWatch {
    fn drop(&mut self) {
        if let Some(document) = &self.document {
            let _ = document.remove_event_listener_with_callback(
                "visibilitychange",
                self.listener.as_ref().unchecked_ref(),
            );
        }
    }
}
