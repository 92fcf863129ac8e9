//! Runs plans: finds the rung, keeps hosts, drives rounds, reports events.

use crate::control::{COARSE_MILLIS, Control};
use crate::event_loop::pause;
use crate::frames::Heartbeat;
use crate::given::Given;
use crate::gpu;
use crate::stand::{HiddenWatch, Staff, Stand, timed_run};
use crate::tabs::{Joined, Neighbours};
use crate::text_file::{FileFault, TextFile};
use analysis::{Measured, TimedRun};
use futures_channel::oneshot;
use futures_util::future::{Either, select};
use model::{Capability, CapacityProbe, Plan, Trace, Warmth};
use runner::protocol::{Outcome, make_ready, measure, steady_probes};
use runner::reading::LoadFault;
use std::{cell::RefCell, collections::BTreeMap, rc::Rc};
use wasm_bindgen_futures::spawn_local;
use web_sys::Blob;
use workloads::photo::Photo;

/// What the page learns while a plan runs.
#[derive(Clone, Debug)]
pub enum RunEvent {
    /// A new phase began.
    Phase(Phase),
    /// Partial trace of the arm that is running now.
    Live(Box<Trace>),
    /// One timed run of one arm ended.
    Run(Box<TimedRun>),
    /// All rounds are done.
    Done(Box<Measured>),
    /// Stopped by the reader.
    Stopped,
    /// Ended early; earlier results stay.
    Failed(RunError),
}

/// Where a run is.
#[derive(Clone, Debug, PartialEq)]
pub enum Phase {
    /// Workers start.
    Starting,
    /// Kernels run until their speed is steady.
    Warming,
    /// Bare workers show what this machine can do at once.
    Probing {
        /// After the rounds instead of before.
        after: bool,
    },
    /// A timed run.
    Round {
        /// Round from 0.
        round: u32,
        /// Rounds in all.
        of: u32,
        /// Arm id.
        arm: String,
    },
}

/// Why a run ended early. Each has a sentence under `error.<id>` in the words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RunError {
    /// Another run is under way.
    Busy,
    /// A worker did not start.
    NoWorkers,
    /// Memory could not be had.
    NoMemory,
    /// A worker died or trapped; the text is the browser's.
    WorkerDied(String),
    /// Something did not answer in time; the text names it.
    Timeout(String),
    /// The engine is of another build than the page.
    BuildMismatch,
    /// It would need more memory than there is: so many megabytes.
    TooLarge(String),
    /// This arm cannot run on this rung.
    CannotRun(String),
    /// Dishes need each other in a way that cannot be kept; the text says how.
    NoOrder(String),
    /// Every node of a town was lost.
    NodesLost,
    /// The reader's text can no longer be read.
    TextLost,
    /// So many megabytes would have to lie ready before the stopwatch runs.
    LaidTooLarge(String),
    /// So many megabytes would have to be kept until the end.
    KeptTooLarge(String),
    /// A dish never gave way; its number from 1, or nothing if it is not known.
    Stuck(String),
    /// The file is not there; the text says what was answered.
    DataMissing(String),
    /// The file broke off; the text says how much of it came.
    DataCut(String),
    /// The file of handwritten digits cannot be used; the text says why.
    NoDigits(String),
    /// The file is not the expected one; the text says how much of it came.
    DataWrong(String),
}

impl RunError {
    /// Key of its sentence in the words; `{detail}` is [`RunError::detail`].
    #[must_use]
    pub fn key(&self) -> &'static str {
        match self {
            Self::Busy => "error.busy",
            Self::NoWorkers => "error.no-workers",
            Self::NoMemory => "error.no-memory",
            Self::WorkerDied(_) => "error.worker-died",
            Self::Timeout(_) => "error.timeout",
            Self::BuildMismatch => "error.build-mismatch",
            Self::TooLarge(_) => "error.too-large",
            Self::CannotRun(_) => "error.cannot-run",
            Self::NoOrder(_) => "error.no-order",
            Self::NodesLost => "error.nodes-lost",
            Self::TextLost => "error.text-lost",
            Self::LaidTooLarge(_) => "error.laid-too-large",
            Self::KeptTooLarge(_) => "error.kept-too-large",
            Self::Stuck(dish) if dish.is_empty() => "error.stuck-somewhere",
            Self::Stuck(_) => "error.stuck",
            Self::NoDigits(_) => "error.no-digits",
            Self::DataMissing(_) => "error.data-missing",
            Self::DataCut(_) => "error.data-cut",
            Self::DataWrong(_) => "error.data-wrong",
        }
    }

    /// What the browser said, or which part it was; may be empty.
    #[must_use]
    pub fn detail(&self) -> &str {
        match self {
            Self::WorkerDied(text)
            | Self::Timeout(text)
            | Self::CannotRun(text)
            | Self::TooLarge(text)
            | Self::LaidTooLarge(text)
            | Self::KeptTooLarge(text)
            | Self::NoOrder(text)
            | Self::Stuck(text)
            | Self::NoDigits(text)
            | Self::DataMissing(text)
            | Self::DataCut(text)
            | Self::DataWrong(text) => text,
            _ => "",
        }
    }
}

impl From<LoadFault> for RunError {
    fn from(fault: LoadFault) -> Self {
        match fault {
            LoadFault::Missing(text) => Self::DataMissing(text),
            LoadFault::Cut { bytes } => Self::DataCut(megabytes(bytes)),
            LoadFault::Wrong { bytes } => Self::DataWrong(megabytes(bytes)),
        }
    }
}

/// So many of all bytes of the file, in words.
fn megabytes(bytes: u64) -> String {
    let tenths = |bytes: u64| {
        let tenths = bytes.div_ceil(100_000);
        [&(tenths / 10).to_string(), ".", &(tenths % 10).to_string()].concat()
    };
    [&tenths(bytes), " of ", &tenths(model::ORDERS.bytes), " MB"].concat()
}

/// Why a picture was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PhotoFault {
    /// A run is under way.
    Busy,
    /// It has another width, no rows or too many.
    Unfit,
}

/// Asked after the planned rounds whether a check is still undecided; while it
/// says yes, a few more rounds follow.
pub type Undecided = Box<dyn Fn(&Measured) -> bool>;

/// Rounds, and runs in all of them.
fn runs_of(plan: &Plan) -> (u32, u64) {
    let rounds = plan.rounds;
    (rounds, u64::from(rounds) * plan.arms.len() as u64)
}

/// Rounds added at most while a check is undecided (9 become 15).
const EXTRA_ROUNDS: u32 = 6;

/// Workers that were terminated leave their cores some milliseconds later. What
/// follows a stop is drawn then, in a frame of its own, instead of holding up
/// the next one: the median of twelve came 33 ms after the press, with the
/// pause 17 ms.
const STOPPING_MILLIS: u32 = 20;

/// The page's side of all runs. Cheap to clone; all clones are one session.
#[derive(Clone)]
pub struct Session {
    staff: Rc<Staff>,
    running: Rc<RefCell<Option<oneshot::Sender<()>>>>,
    /// Under way in the background; dropping the sender ends it.
    warming: Rc<RefCell<Option<oneshot::Sender<()>>>>,
    probes: Rc<RefCell<Vec<CapacityProbe>>>,
    build: Rc<str>,
}

impl Session {
    /// A session that has started nothing yet. `build` must equal the engine's.
    #[must_use]
    pub fn new(build: &str) -> Self {
        crate::clock::set_page_origin(crate::clock::own_origin_millis());
        if Control::of_page() == Some(Control::CoarseClock) {
            crate::clock::coarsen(COARSE_MILLIS);
        }
        Self {
            staff: Rc::new(Staff::new(build)),
            running: Rc::default(),
            warming: Rc::default(),
            probes: Rc::default(),
            build: build.into(),
        }
    }

    /// Climbs the ladder once and remembers the outcome. Never fails, never hangs.
    pub async fn capability(&self) -> Capability {
        self.staff.capability().await
    }

    /// As [`Session::capability`], with what came of asking for a graphics processor,
    /// which is not done before somebody wants one. `again` asks anew.
    pub async fn with_gpu(&self, again: bool) -> Capability {
        self.staff.with_gpu(again).await
    }

    /// Whether it was asked for.
    #[must_use]
    pub fn knows_gpu(&self) -> bool {
        self.staff.knows_gpu()
    }

    /// Starts a host of that size in the background, unless a run is under way.
    pub fn prepare(&self, workers: u32) {
        if self.is_running() {
            return;
        }
        let staff = Rc::clone(&self.staff);
        spawn_local(async move { staff.prepare(workers).await });
    }

    /// Gets ready for a plan in the background, so that its first result comes
    /// sooner: workers, sizes, warm kernels, and probes until they are steady.
    /// Does nothing while something is under way; failures show when it is run.
    pub fn warm(&self, mut plan: Plan) {
        if self.is_running() || self.warming.borrow().is_some() {
            return;
        }
        let (end, ended) = oneshot::channel();
        *self.warming.borrow_mut() = Some(end);
        let session = self.clone();
        spawn_local(async move {
            let work = async {
                let given = session.fill_in(&mut plan);
                let mut stand = session.stand(given, runs_of(&plan), Rc::new(|_| ())).await;
                let sizes = plan.capacity_for.clone();
                if make_ready(&mut stand, &mut plan, &mut BTreeMap::new())
                    .await
                    .is_ok()
                    && !sizes.is_empty()
                    && session.probes.borrow().is_empty()
                {
                    // Only to get the machine going: a run takes its own.
                    let _ = steady_probes(&mut stand, &sizes, false).await;
                }
            };
            select(std::pin::pin!(work), ended).await;
            *session.warming.borrow_mut() = None;
        });
    }

    async fn stand(&self, given: Given, runs: (u32, u64), tell: Rc<dyn Fn(RunEvent)>) -> Stand {
        let (rounds, kept) = runs;
        Stand {
            staff: Rc::clone(&self.staff),
            capability: self.capability().await,
            tell,
            rounds,
            kept,
            watch: HiddenWatch::new(),
            hosts_kept: 0,
            control: Control::of_page(),
            given,
            faults: gpu::Faults::default(),
        }
    }

    /// Lets the plan use what the reader gave, where it can.
    fn fill_in(&self, plan: &mut Plan) -> Given {
        let given = Given {
            photo: self.staff.photo(),
            text: self.staff.text.borrow().clone(),
        };
        for arm in &mut plan.arms {
            given.put_into(arm);
        }
        given
    }

    /// Uses a picture of this brightness, row by row, from now on, or with `None`
    /// a generated one. Gives its number of rows, 0 for a generated one.
    ///
    /// # Errors
    /// If a run is under way, which goes on with what it has, or if this is no
    /// picture of the right width.
    pub fn give(&self, shades: Option<Vec<u8>>) -> Result<u32, PhotoFault> {
        if self.is_running() {
            return Err(PhotoFault::Busy);
        }
        let photo = match shades {
            Some(shades) => Some(Photo::new(shades).ok_or(PhotoFault::Unfit)?),
            None => None,
        };
        // It may have been getting ready with the one before.
        self.warming.take();
        let rows = photo.as_ref().map_or(0, Photo::rows);
        self.staff.give(photo);
        Ok(rows)
    }

    /// Looks at a text of the reader's own.
    ///
    /// # Errors
    /// Why it is not taken.
    pub async fn look_at(&self, blob: Blob) -> Result<TextFile, FileFault> {
        let id = self.staff.texts.get() + 1;
        self.staff.texts.set(id);
        TextFile::open(blob, id).await
    }

    /// Uses this text from now on, or with `None` made-up ones.
    ///
    /// # Errors
    /// [`FileFault::Busy`] while a run is under way, which goes on with what it has.
    pub fn give_text(&self, file: Option<TextFile>) -> Result<(), FileFault> {
        if self.is_running() {
            return Err(FileFault::Busy);
        }
        // It may have been getting ready with the one before.
        self.warming.take();
        *self.staff.text.borrow_mut() = file;
        Ok(())
    }

    /// Begins or ends lending workers to other tabs; `lends` is told how many are
    /// lent, or why that is not possible. Does nothing if it is so already.
    pub fn join(&self, is_wanted: bool, lends: impl Fn(Result<usize, String>) + 'static) {
        if self.staff.wants_to_lend.replace(is_wanted) == is_wanted {
            return;
        }
        self.staff.joined.take();
        if !is_wanted {
            return;
        }
        let (staff, build) = (Rc::clone(&self.staff), Rc::clone(&self.build));
        let lends = Rc::new(lends);
        spawn_local(async move {
            let tell = Rc::clone(&lends);
            let told = move |n| tell(Ok(n));
            let joined = match staff.whole_engine().await {
                Ok(boot) => Joined::join(&build, boot, told),
                Err(fault) => Err(fault.detail().to_owned()),
            };
            match joined {
                Ok(joined) if staff.wants_to_lend.get() => {
                    *staff.joined.borrow_mut() = Some(joined);
                    lends(Ok(0));
                }
                Ok(_) => {}
                Err(why) => lends(Err(why)),
            }
        });
    }

    /// Begins or ends listening for tabs that lend workers; `changed` is told how
    /// many can help, and how many of another build are there. Does nothing if it is
    /// so already.
    pub fn listen(&self, is_wanted: bool, changed: impl Fn(usize, usize) + 'static) {
        if self.staff.neighbours.borrow().is_some() == is_wanted {
            return;
        }
        *self.staff.neighbours.borrow_mut() = if is_wanted {
            let weak = Rc::downgrade(&self.staff);
            let heard = move || {
                if let Some(staff) = weak.upgrade() {
                    staff.tell_tabs(&changed);
                }
            };
            // Where there are no channels there are no such tabs.
            Neighbours::listen(&self.build, heard).ok()
        } else {
            None
        };
    }

    /// Starts a run; events come until `Done`, `Stopped` or `Failed`.
    ///
    /// # Errors
    /// [`RunError::Busy`] if a run is under way.
    pub fn run(&self, plan: Plan, on_event: impl Fn(RunEvent) + 'static) -> Result<(), RunError> {
        self.run_until(plan, Box::new(|_| false), on_event)
    }

    /// As [`Session::run`], with more rounds while `undecided` says so.
    ///
    /// # Errors
    /// [`RunError::Busy`] if a run is under way.
    pub fn run_until(
        &self,
        plan: Plan,
        undecided: Undecided,
        on_event: impl Fn(RunEvent) + 'static,
    ) -> Result<(), RunError> {
        let (stop, stopped) = oneshot::channel();
        if self.is_running() {
            return Err(RunError::Busy);
        }
        *self.running.borrow_mut() = Some(stop);
        let tell: Rc<dyn Fn(RunEvent)> = Rc::new(on_event);
        let session = self.clone();
        spawn_local(async move {
            let work = session.measure(plan, undecided, Rc::clone(&tell));
            let end = match select(std::pin::pin!(work), stopped).await {
                Either::Left((Ok(measured), _)) => RunEvent::Done(Box::new(measured)),
                Either::Left((Err(error), _)) => {
                    // A failed worker may have left others half-way.
                    session.staff.dismiss();
                    RunEvent::Failed(error)
                }
                Either::Right(_) => {
                    pause(STOPPING_MILLIS).await;
                    RunEvent::Stopped
                }
            };
            *session.running.borrow_mut() = None;
            tell(end);
        });
        Ok(())
    }

    async fn measure(
        &self,
        mut plan: Plan,
        undecided: Undecided,
        tell: Rc<dyn Fn(RunEvent)>,
    ) -> Result<Measured, RunError> {
        tell(RunEvent::Phase(Phase::Starting));
        // What is being got ready is what this run needs: let it end. Its own
        // waits have limits; this one is for the sum of them.
        for _ in 0..500 {
            if self.warming.borrow().is_none() {
                break;
            }
            pause(20).await;
        }
        let capability = if plan.arms.iter().any(gpu::is_for) {
            self.with_gpu(false).await
        } else {
            self.capability().await
        };
        let control = Control::of_page();
        let started = String::from(js_sys::Date::new_0().to_iso_string());
        let given = self.fill_in(&mut plan);
        let own = given.notes(&plan);
        let finish = |outcome: Outcome| {
            let gpu_note = gpu::note(outcome.runs.iter().map(|run| &run.trace));
            Measured {
                runs: outcome.runs.into_iter().map(timed_run).collect(),
                plan: outcome.plan,
                capability: capability.clone(),
                build: self.build.to_string(),
                started: started.clone(),
                probes: outcome.probes,
                warmth: outcome
                    .calibrations
                    .into_iter()
                    .map(|(workload, found)| {
                        let warmth = Warmth {
                            cold_step_nanos: found.cold_step_nanos,
                            warm_step_nanos: found.step_nanos,
                        };
                        (workload, warmth)
                    })
                    .collect(),
                notes: control
                    .map(|control| control.note().into())
                    .into_iter()
                    .chain(own.iter().map(|note| (*note).into()))
                    .chain(gpu_note)
                    .collect(),
            }
        };
        let is_watched = plan.arms.iter().any(|arm| arm.manner.frames);
        let _heartbeat = is_watched.then(Heartbeat::start);
        let mut stand = self.stand(given, runs_of(&plan), tell).await;
        let outcome = measure(&mut stand, plan, EXTRA_ROUNDS, |outcome| {
            undecided(&finish(outcome.clone()))
        })
        .await?;
        self.probes.borrow_mut().clone_from(&outcome.probes);
        Ok(finish(outcome))
    }

    /// Ends everything now: every worker is terminated. `RunEvent::Stopped`
    /// follows if a run was under way.
    pub fn stop(&self) {
        self.staff.dismiss();
        self.warming.take();
        if let Some(stop) = self.running.take() {
            // The receiver is gone only if the run has just ended.
            let _ = stop.send(());
        }
    }

    /// Whether a run is under way.
    #[must_use]
    pub fn is_running(&self) -> bool {
        self.running.borrow().is_some()
    }

    /// The probes of the last run.
    #[must_use]
    pub fn capacity(&self) -> Vec<CapacityProbe> {
        self.probes.borrow().clone()
    }
}
