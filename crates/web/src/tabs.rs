//! Other tabs as nodes: a tab that joined starts a worker for whoever hires one,
//! and the worker speaks with the depot over a channel of their own.
//!
//! Who closes its tab says nothing. What it held then becomes free: the worker
//! holds a lock named after its channel, the depot one named after itself, and
//! each waits for the other's. Where a browser has no locks, a node that is gone is
//! missed only by its silence.

use crate::worker::{Boot, EngineWorker, Role, text_of};
use gloo_timers::callback::Interval;
use js_sys::{Function, Math, Promise, Uint8Array};
use runner::tabs::{CHANNEL, Call, MOST_LENT, Tabs};
use runner::wire::{pack, unpack};
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::prelude::*;
use web_sys::{BroadcastChannel, MessageEvent};

#[wasm_bindgen]
extern "C" {
    // Of the page and of workers alike; the whole namespace may be missing.
    #[wasm_bindgen(js_namespace = ["navigator", "locks"], js_name = request, catch)]
    fn request_lock(name: &str, granted: &Function) -> Result<Promise, JsValue>;
}

/// A name that nobody else has.
#[must_use]
pub fn fresh_name(prefix: &str) -> String {
    // 2^53: all that such a number can hold.
    let part = || ((Math::random() * 9_007_199_254_740_992.0) as u64).to_string();
    [prefix, "-", &part(), "-", &part()].concat()
}

/// Holds a lock for as long as this thread lives; `then` is called once it is held,
/// or at once where there are no locks.
pub fn hold(name: &str, then: impl FnOnce() + 'static) {
    let then = Rc::new(RefCell::new(Some(then)));
    let run = |then: &RefCell<Option<_>>| {
        let then: Option<Box<dyn FnOnce()>> = then
            .borrow_mut()
            .take()
            .map(|then| Box::new(then) as Box<dyn FnOnce()>);
        if let Some(then) = then {
            then();
        }
    };
    let held = Rc::clone(&then);
    let granted = Closure::once_into_js(move || {
        run(&held);
        // Never settled: the lock is given back when the thread ends.
        Promise::new(&mut |_, _| {})
    });
    if request_lock(name, granted.unchecked_ref()).is_err() {
        run(&then);
    }
}

/// Calls `freed` once nobody holds the lock; never where there are no locks.
pub(crate) fn when_free(name: &str, freed: impl FnOnce() + 'static) {
    let granted = Closure::once_into_js(freed);
    // Without locks nothing is called, as said.
    let _ = request_lock(name, granted.unchecked_ref());
}

/// The channel on which all tabs hear each other. Dropping it ends hearing.
struct Square {
    channel: BroadcastChannel,
    _hear: Closure<dyn FnMut(MessageEvent)>,
}

impl Square {
    fn open(hear: impl Fn(Call) + 'static) -> Result<Self, String> {
        let channel = BroadcastChannel::new(CHANNEL).map_err(|error| text_of(&error))?;
        let hear: Closure<dyn FnMut(MessageEvent)> = Closure::new(move |event: MessageEvent| {
            let bytes = event.data().dyn_into::<Uint8Array>();
            // What another version of the site says may not be understood.
            if let Some(Ok(call)) = bytes.ok().map(|bytes| unpack::<Call>(&bytes.to_vec())) {
                hear(call);
            }
        });
        channel.set_onmessage(Some(hear.as_ref().unchecked_ref()));
        Ok(Self {
            channel,
            _hear: hear,
        })
    }
}

impl Drop for Square {
    fn drop(&mut self) {
        self.channel.set_onmessage(None);
        self.channel.close();
    }
}

/// Says something to all tabs that listen.
pub(crate) fn call_out(call: &Call) {
    let channel = BroadcastChannel::new(CHANNEL);
    if let (Ok(channel), Ok(bytes)) = (channel, pack(call)) {
        // What is said before it is closed is heard. Fails only for a closed one.
        let _ = channel.post_message(&Uint8Array::from(&*bytes));
        channel.close();
    }
}

/// How often a page asks who is there.
const ASK_MILLIS: u32 = 1_000;

/// A page's knowledge of the tabs that lend a worker. Dropping it ends asking.
pub(crate) struct Neighbours {
    _square: Square,
    _asking: Interval,
    tabs: Rc<RefCell<Tabs>>,
}

impl Neighbours {
    /// Begins to ask and to listen; `changed` is called whenever somebody was heard
    /// or did not answer.
    pub(crate) fn listen(build: &str, changed: impl Fn() + 'static) -> Result<Self, String> {
        let tabs: Rc<RefCell<Tabs>> = Rc::default();
        let (known, build) = (Rc::clone(&tabs), build.to_owned());
        let changed = Rc::new(changed);
        let told = Rc::clone(&changed);
        let square = Square::open(move |call| {
            known.borrow_mut().heard(&call, &build);
            told();
        })?;
        let missed = Rc::clone(&tabs);
        let asking = Interval::new(ASK_MILLIS, move || {
            missed.borrow_mut().asking();
            changed();
            call_out(&Call::Who);
        });
        call_out(&Call::Who);
        Ok(Self {
            _square: square,
            _asking: asking,
            tabs,
        })
    }

    pub(crate) fn tabs(&self) -> Tabs {
        self.tabs.borrow().clone()
    }
}

/// Workers this tab lends, by channel, the oldest first.
#[derive(Default)]
struct Lent {
    workers: RefCell<Vec<(String, EngineWorker)>>,
}

impl Lent {
    fn lend(&self, boot: &Boot, channel: String) {
        // Whoever hires hears of a failure by the silence.
        let Ok(worker) = EngineWorker::start_on(boot, Role::Node, Some(&channel)) else {
            return;
        };
        let mut workers = self.workers.borrow_mut();
        if workers.len() == MOST_LENT {
            drop(workers.remove(0));
        }
        workers.push((channel, worker));
    }

    fn take_back(&self, channel: &str) {
        self.workers
            .borrow_mut()
            .retain(|(other, _)| other != channel);
    }

    fn count(&self) -> usize {
        self.workers.borrow().len()
    }
}

/// A tab that lends workers. Dropping it takes them back.
pub(crate) struct Joined {
    tab: String,
    _square: Square,
}

impl Joined {
    /// Joins; `works` is told how many workers are lent whenever that changes.
    pub(crate) fn join(
        build: &str,
        boot: Boot,
        works: impl Fn(usize) + 'static,
    ) -> Result<Self, String> {
        let tab = fresh_name("tab");
        let lent: Rc<Lent> = Rc::default();
        let works = Rc::new(works);
        let id = tab.clone();
        let here = Call::Here {
            tab: tab.clone(),
            build: build.to_owned(),
        };
        let told = here.clone();
        let square = Square::open(move |call| match call {
            Call::Who => call_out(&here),
            Call::Hire {
                tab,
                channel,
                depot,
                origin_millis,
                coarse_millis,
            } if tab == id => {
                let boot = Boot {
                    origin_millis,
                    coarse_millis,
                    ..boot.clone()
                };
                lent.lend(&boot, channel.clone());
                works(lent.count());
                let (lent, works) = (Rc::clone(&lent), Rc::clone(&works));
                when_free(&depot, move || {
                    lent.take_back(&channel);
                    works(lent.count());
                });
            }
            Call::Dismiss { channel } => {
                lent.take_back(&channel);
                works(lent.count());
            }
            _ => {}
        })?;
        call_out(&told);
        Ok(Self {
            tab,
            _square: square,
        })
    }
}

impl Drop for Joined {
    fn drop(&mut self) {
        call_out(&Call::Gone {
            tab: self.tab.clone(),
        });
    }
}
