//! What the page does while something runs: when it draws, how soon it answers,
//! and what the browser calls a long task. Nothing here moves on the screen.

use crate::{
    clock::PageClock,
    event_loop::{pause, within},
};
use futures_channel::oneshot;
use js_sys::{Array, Reflect};
use model::{NANOS_PER_MILLI, Nanos, PageLife, Stretch, nanos_from_millis};
use runner::Clock;
use std::{
    cell::{Cell, RefCell},
    rc::{Rc, Weak},
};
use wasm_bindgen::{JsCast, prelude::*};
use web_sys::{PerformanceEntry, PerformanceObserver, PerformanceObserverInit, Window};

/// Frames come within this time, or the page is not seen: hidden pages get none.
const FRAME_LIMIT_MILLIS: u32 = 2_000;
/// Distance of the instants at which the page is asked. Not a divisor of the
/// time of a frame, so that questions fall on all parts of one.
const QUESTION_NANOS: Nanos = 20 * NANOS_PER_MILLI;

/// The page under watch. Dropping it ends the watch.
pub(crate) struct FrameWatch(Rc<Watch>);

struct Watch {
    window: Window,
    /// When each frame's turn came, from the boundary before the run on.
    frames: RefCell<Vec<Nanos>>,
    /// When each question was due, and answered.
    answers: RefCell<Vec<(Nanos, Nanos)>>,
    /// The next question is due then; `None`: nothing is asked.
    due: Cell<Option<Nanos>>,
    /// Someone waits for the next frame or answer.
    waiting: RefCell<Option<oneshot::Sender<()>>>,
    on_frame: RefCell<Option<Closure<dyn FnMut()>>>,
    on_timer: RefCell<Option<Closure<dyn FnMut()>>>,
    /// Numbers of the requests under way, to withdraw them.
    requests: Cell<(i32, i32)>,
    long_tasks: RefCell<Option<LongTasks>>,
}

impl FrameWatch {
    /// Begins to watch, at the boundary of a frame. `None` if no frames come.
    pub(crate) async fn start() -> Option<Self> {
        let watch = Rc::new(Watch {
            window: web_sys::window()?,
            frames: RefCell::default(),
            answers: RefCell::default(),
            due: Cell::new(None),
            waiting: RefCell::default(),
            on_frame: RefCell::default(),
            on_timer: RefCell::default(),
            requests: Cell::default(),
            long_tasks: RefCell::new(LongTasks::start()),
        });
        let called = |act: fn(&Rc<Watch>)| {
            let weak: Weak<Watch> = Rc::downgrade(&watch);
            Closure::<dyn FnMut()>::new(move || {
                if let Some(watch) = weak.upgrade() {
                    act(&watch);
                }
            })
        };
        *watch.on_frame.borrow_mut() = Some(called(|watch| watch.frame()));
        *watch.on_timer.borrow_mut() = Some(called(|watch| watch.asked()));
        let this = Self(watch);
        this.0.ask_frame();
        // What was changed before the run is drawn by the first of them.
        this.0
            .until(|watch| watch.frames.borrow().len() >= 2)
            .await?;
        let last = this.0.frames.borrow().last().copied();
        *this.0.frames.borrow_mut() = last.into_iter().collect();
        // The frame is on the screen before the run begins.
        pause(0).await;
        this.0.due.set(Some(PageClock.now_nanos() + QUESTION_NANOS));
        this.0.set_timer();
        Some(this)
    }

    /// Waits for the frame after `end` and gives what happened since `start`,
    /// both on the shared clock. `None` if the frame does not come.
    pub(crate) async fn finish(self, start: Nanos, end: Nanos) -> Option<PageLife> {
        let watch = &self.0;
        let is_closed = move |watch: &Watch| {
            let is_drawn = watch.frames.borrow().last().is_some_and(|at| *at >= end);
            is_drawn && watch.due.get().is_none_or(|due| due >= end)
        };
        watch.until(is_closed).await?;
        watch.due.set(None);
        // The browser tells of a task after it.
        pause(0).await;
        let frames = watch.frames.borrow();
        let pairs = frames.iter().zip(frames.iter().skip(1));
        let cut = |&(from, to): &(Nanos, Nanos)| stretch(from, to, start, end);
        let frames: Vec<(Nanos, Nanos)> = pairs.map(|(from, to)| (*from, *to)).collect();
        let last = frames.last().map_or(end, |(_, to)| *to);
        let answers = watch.answers.borrow();
        let answers = answers.iter().filter(|(due, _)| *due >= start);
        let long = watch.long_tasks.borrow();
        let long_tasks = long.as_ref().map(|long| {
            let tasks = long.take();
            let tasks = tasks.iter().filter(|(from, _)| *from < last);
            tasks.filter_map(cut).collect()
        });
        Some(PageLife {
            frames: frames.iter().filter_map(cut).collect(),
            answers: answers.filter_map(cut).collect(),
            long_tasks,
        })
    }
}

/// What of an interval concerns a run: nothing if it ended before or began after.
fn stretch(from: Nanos, to: Nanos, start: Nanos, end: Nanos) -> Option<Stretch> {
    let from = from.max(start);
    (to > from && from < end).then(|| Stretch {
        start_nanos: from - start,
        len_nanos: to - from,
    })
}

impl Watch {
    fn ask_frame(&self) {
        if let Some(call) = &*self.on_frame.borrow() {
            let number = self
                .window
                .request_animation_frame(call.as_ref().unchecked_ref());
            self.requests
                .set((number.unwrap_or(0), self.requests.get().1));
        }
    }

    fn frame(&self) {
        self.frames.borrow_mut().push(PageClock.now_nanos());
        self.tell();
        self.ask_frame();
    }

    fn set_timer(&self) {
        let (Some(due), Some(call)) = (self.due.get(), &*self.on_timer.borrow()) else {
            return;
        };
        let away = due.saturating_sub(PageClock.now_nanos());
        let millis = away.div_ceil(NANOS_PER_MILLI) as i32;
        let number = self
            .window
            .set_timeout_with_callback_and_timeout_and_arguments_0(
                call.as_ref().unchecked_ref(),
                millis,
            );
        self.requests
            .set((self.requests.get().0, number.unwrap_or(0)));
    }

    /// Answers every question that is due. Each counts from when it was due, so
    /// a page that stands still is not asked less often.
    fn asked(&self) {
        let now = PageClock.now_nanos();
        let Some(mut due) = self.due.get() else {
            return;
        };
        while due <= now {
            self.answers.borrow_mut().push((due, now));
            due += QUESTION_NANOS;
        }
        self.due.set(Some(due));
        self.tell();
        self.set_timer();
    }

    fn tell(&self) {
        if let Some(waiting) = self.waiting.take() {
            // Nobody waits any more: the limit has passed.
            let _ = waiting.send(());
        }
    }

    /// Completes when `is_so`; `None` after the limit of a frame.
    async fn until(&self, is_so: impl Fn(&Self) -> bool) -> Option<()> {
        within(FRAME_LIMIT_MILLIS, async {
            while !is_so(self) {
                let (tell, told) = oneshot::channel();
                *self.waiting.borrow_mut() = Some(tell);
                // The sender is dropped only for the next one.
                let _ = told.await;
            }
        })
        .await
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        let (frame, timer) = self.requests.get();
        let _ = self.window.cancel_animation_frame(frame);
        self.window.clear_timeout_with_handle(timer);
    }
}

/// The browser's own watch for tasks of 50 ms and more.
struct LongTasks {
    observer: PerformanceObserver,
    told: Rc<RefCell<Vec<(Nanos, Nanos)>>>,
    _callback: Closure<dyn FnMut(JsValue)>,
}

impl LongTasks {
    /// `None` where the browser has none.
    fn start() -> Option<Self> {
        let kind = "longtask";
        let class = Reflect::get(&js_sys::global(), &"PerformanceObserver".into()).ok()?;
        let kinds = Reflect::get(&class, &"supportedEntryTypes".into()).ok()?;
        if !Array::from(&kinds).includes(&kind.into(), 0) {
            return None;
        }
        let told = Rc::new(RefCell::new(Vec::new()));
        let heard = Rc::clone(&told);
        let callback = Closure::<dyn FnMut(JsValue)>::new(move |list: JsValue| {
            let entries = Reflect::get(&list, &"getEntries".into());
            let entries =
                entries.and_then(|get| get.unchecked_into::<js_sys::Function>().call0(&list));
            if let Ok(entries) = entries {
                heard.borrow_mut().extend(intervals(&Array::from(&entries)));
            }
        });
        let observer = PerformanceObserver::new(callback.as_ref().unchecked_ref()).ok()?;
        observer.observe(&PerformanceObserverInit::new(&Array::of1(&kind.into())));
        Some(Self {
            observer,
            told,
            _callback: callback,
        })
    }

    /// From and to, on the shared clock, of all that was told so far.
    fn take(&self) -> Vec<(Nanos, Nanos)> {
        let mut all = self.told.take();
        all.extend(intervals(&self.observer.take_records()));
        all
    }
}

impl Drop for LongTasks {
    fn drop(&mut self) {
        self.observer.disconnect();
    }
}

fn intervals(entries: &Array) -> Vec<(Nanos, Nanos)> {
    let entries = entries
        .iter()
        .map(JsCast::unchecked_into::<PerformanceEntry>);
    let interval = |entry: PerformanceEntry| {
        let from = crate::clock::shared_nanos(entry.start_time());
        (from, from + nanos_from_millis(entry.duration()))
    };
    entries.map(interval).collect()
}

/// Counts the frames the page draws, as a number on the page that stands still
/// when the page does. Dropping it ends the count.
pub(crate) struct Heartbeat {
    _beat: Rc<Beat>,
}

struct Beat {
    window: Window,
    frames: Cell<u32>,
    request: Cell<i32>,
    on_frame: RefCell<Option<Closure<dyn FnMut()>>>,
}

/// Elements with this attribute show the count.
const HEARTBEAT: &str = "[data-heartbeat]";
/// Frames between two changes of what is shown.
const SHOWN_EVERY: u32 = 4;

impl Heartbeat {
    /// Counts from 0. `None` in a worker.
    pub(crate) fn start() -> Option<Self> {
        let beat = Rc::new(Beat {
            window: web_sys::window()?,
            frames: Cell::new(0),
            request: Cell::new(0),
            on_frame: RefCell::default(),
        });
        let weak = Rc::downgrade(&beat);
        *beat.on_frame.borrow_mut() = Some(Closure::new(move || {
            if let Some(beat) = weak.upgrade() {
                beat.count();
            }
        }));
        beat.ask();
        Some(Self { _beat: beat })
    }
}

impl Beat {
    fn ask(&self) {
        if let Some(call) = &*self.on_frame.borrow() {
            let number = self
                .window
                .request_animation_frame(call.as_ref().unchecked_ref());
            self.request.set(number.unwrap_or(0));
        }
    }

    fn count(&self) {
        self.frames.set(self.frames.get() + 1);
        // Every change is laid out and painted, by the thread under study.
        if !self.frames.get().is_multiple_of(SHOWN_EVERY) {
            return self.ask();
        }
        let document = self.window.document();
        let shown = document.and_then(|document| document.query_selector(HEARTBEAT).ok()?);
        if let Some(shown) = shown {
            shown.set_text_content(Some(&self.frames.get().to_string()));
        }
        self.ask();
    }
}

impl Drop for Beat {
    fn drop(&mut self) {
        let _ = self.window.cancel_animation_frame(self.request.get());
    }
}
