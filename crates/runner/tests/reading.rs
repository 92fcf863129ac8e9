//! A file that comes in pieces, with a clock that moves only when it is read.

mod world;

use analysis::sane;
use model::{Give, LaneKind, Manner, State, Trace};
use runner::{
    assemble,
    cook::{Slice, Ticks},
    loop_run::own_lane,
    reading::{LoadFault, Manners, Piece, ReadingRun, Source, expected},
    {Timer, Turn},
};
use std::{cell::RefCell, rc::Rc};
use workloads::orders::{Orders, Sums};
use world::{STEP_NANOS, World};

const MILLI: u64 = 1_000_000;

/// Hands out pieces, each after a while, and then what comes at the end.
struct Shop {
    world: World,
    pieces: Vec<Vec<u8>>,
    end: Result<(), LoadFault>,
}

impl Source for Shop {
    fn next(&mut self) -> Piece<'_> {
        let wait = self.world.wait(5.0);
        Box::pin(async move {
            wait.await;
            if self.pieces.is_empty() {
                return self.end.clone().map(|()| None);
            }
            Ok(Some(self.pieces.remove(0)))
        })
    }
}

/// 64 kB of orders.
fn file() -> Vec<u8> {
    let mut text = String::from("number,date,customer,goods,items,price,note\n");
    while text.len() < 64 << 10 {
        text.push_str("7,2025-01-02,C00001,tea,3,2.50,\"a, b\"\n");
    }
    text.into_bytes()
}

fn sums(file: &[u8]) -> Sums {
    let mut orders = Orders::default();
    orders.read(file);
    orders.sums()
}

type Told = Rc<RefCell<Vec<u64>>>;

fn read(
    manners: Manners,
    end: Result<(), LoadFault>,
    check: fn(&Sums) -> Result<(), LoadFault>,
) -> (Result<Trace, LoadFault>, Vec<u64>) {
    let world = World::new(&[]);
    let pieces = file().chunks(20_000).map(<[u8]>::to_vec).collect();
    let shop = Shop {
        world: world.clone(),
        pieces,
        end,
    };
    let told: Told = Rc::default();
    let hear = Rc::clone(&told);
    let run = ReadingRun::start(
        shop,
        manners,
        (Ticks::new(STEP_NANOS, 5_000), own_lane(LaneKind::Page)),
        world.clone(),
        Box::new(|| ()),
        move |bytes| hear.borrow_mut().push(bytes),
        check,
    );
    world.drive(&run);
    assert!(run.is_done());
    let trace = run.end().map(|(raw, totals)| {
        let mut trace = assemble("arm", 0, &world::tasks("requests", 1, 1, 0.0), raw);
        trace.totals = totals;
        trace
    });
    (trace, told.take())
}

const IN_SLICES: Manners = Manners {
    at_once: false,
    slice: Slice::Steps(2),
};
const AT_ONCE: Manners = Manners {
    at_once: true,
    slice: Slice::Never,
};

#[test]
fn however_it_is_read_the_sums_are_the_same() {
    let right = sums(&file());
    for manners in [IN_SLICES, AT_ONCE] {
        let (trace, told) = read(manners, Ok(()), |_| Ok(()));
        let trace = trace.unwrap();
        assert_eq!(sane(&trace), Ok(()));
        assert_eq!(trace.totals, right.totals);
        assert_eq!(trace.tasks[0].checksum, right.checksum());
        assert!(told.is_sorted() && told.len() == 4, "{told:?}");
        assert_eq!(told.last(), Some(&right.bytes));
    }
}

#[test]
fn at_once_computes_only_after_the_last_piece_and_in_one_go() {
    let stretch = |manners| {
        let trace = read(manners, Ok(()), |_| Ok(())).0.unwrap();
        let of = |state| {
            let spans = trace.spans.iter().filter(move |span| span.state == state);
            spans
                .map(|span| (span.start_nanos, span.end_nanos()))
                .collect::<Vec<_>>()
        };
        let waits = of(State::Waiting);
        let long = |from: &(u64, u64)| from.1 - from.0 > 10 * STEP_NANOS;
        let busy = of(State::Running);
        (waits, busy.iter().copied().filter(long).count(), busy)
    };
    let (waits, long, busy) = stretch(AT_ONCE);
    assert_eq!((waits.len(), long), (5, 1), "{busy:?}");
    assert!(
        busy.iter()
            .find(|span| span.1 - span.0 > MILLI / 2)
            .unwrap()
            .0
            >= waits[4].1
    );
    let (waits, long, busy) = stretch(IN_SLICES);
    assert_eq!((waits.len(), long), (5, 0), "{busy:?}");
    assert!(
        busy.iter()
            .any(|span| span.1 <= waits[1].0 && span.1 > waits[0].1)
    );
}

#[test]
fn a_file_that_breaks_off_is_told_with_what_had_come() {
    let fault = LoadFault::Cut { bytes: 40_000 };
    let (trace, told) = read(IN_SLICES, Err(fault.clone()), |_| Ok(()));
    assert_eq!(trace.err(), Some(fault));
    assert_eq!(told.len(), 4);
    // Without a fault on the way, what is missing is seen at the end.
    let cut = read(AT_ONCE, Ok(()), expected).0.err();
    let bytes = file().len() as u64;
    assert_eq!(cut, Some(LoadFault::Cut { bytes }));
    let wrong = Sums {
        bytes: model::ORDERS.bytes,
        ..Sums::default()
    };
    let bytes = wrong.bytes;
    assert_eq!(expected(&wrong), Err(LoadFault::Wrong { bytes }));
}

#[test]
fn who_never_gives_way_reads_at_once() {
    let mut arm = world::arm("orders");
    assert!(!Manners::of(&arm).at_once);
    arm.manner = Manner {
        give: Give::Never,
        ..Manner::default()
    };
    assert_eq!(Manners::of(&arm), AT_ONCE);
}

/// Nothing ever comes from it.
struct Endless(Rc<()>);

impl Source for Endless {
    fn next(&mut self) -> Piece<'_> {
        let held = Rc::clone(&self.0);
        Box::pin(async move {
            let _held = held;
            std::future::pending().await
        })
    }
}

#[test]
fn a_reader_that_is_dropped_lets_go_of_its_source() {
    let held = Rc::new(());
    let run = ReadingRun::start(
        Endless(Rc::clone(&held)),
        IN_SLICES,
        (Ticks::new(STEP_NANOS, 5_000), own_lane(LaneKind::Page)),
        World::new(&[]),
        Box::new(|| ()),
        |_| (),
        |_| Ok(()),
    );
    run.turn(MILLI);
    assert_eq!(run.end().err(), Some(LoadFault::Cut { bytes: 0 }));
    assert_eq!(Rc::strong_count(&held), 3);
    drop(run);
    assert_eq!(Rc::strong_count(&held), 1);
}
