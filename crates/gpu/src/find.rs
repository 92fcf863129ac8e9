//! From which size on the graphics processor is faster than one thread.

use crate::Fault;
use crate::programs::Program;
use crate::run::{Bench, Key};
use model::{GpuUse, LaneKind, Nanos, Span, State, millis_from_nanos};
use runner::{
    Clock,
    crossover::{Crossing, Search},
    log::{Finished, Raw},
    loop_run::own_lane,
};
use web::clock::PageClock;
use workloads::single;

/// Each way is timed this often at each size; the median counts.
const TIMES: usize = 3;
/// A way that takes longer than this is timed once.
const LONG_NANOS: Nanos = 100_000_000;
/// A kernel computes for so long before it is timed for the first time, so that the
/// browser's optimising compiler is done with it.
const WARM_NANOS: Nanos = 60_000_000;

/// Looks for the size. Every trial is a span: on lane 0 of the processor, on lane 1
/// of the graphics processor. Figures: `gpu.break_even` with its bounds `gpu.break_even_lo`
/// and `gpu.break_even_hi`, in units of size, of the job as one task; or
/// `gpu.break_even_never`, `gpu.break_even_always` = 1.
pub(crate) async fn break_even(
    bench: &mut Bench,
    program: &Program,
    largest: Key,
    simd: bool,
) -> Result<Raw, Fault> {
    let most = largest.tasks.saturating_mul(largest.size);
    let one = |size| Key {
        tasks: 1,
        size,
        ..largest
    };
    warm(one(most.min(4096)), simd);
    bench.once(program, one(1), GpuUse::default()).await?;
    let mut raw = Raw {
        start_nanos: PageClock.now_nanos(),
        lanes: vec![own_lane(LaneKind::Host), own_lane(LaneKind::Gpu)],
        ..Raw::default()
    };
    let mut search = Search::new(1, most);
    while let Some(size) = search.next() {
        let key = one(size);
        let mut own = Vec::with_capacity(TIMES);
        while own.len() < TIMES && own.last().is_none_or(|last| *last < LONG_NANOS) {
            let Some(mut twin) = single::twin(key.id, 1, size, key.seed, simd) else {
                break;
            };
            let begin = PageClock.now_nanos();
            while twin.step() {}
            own.push(span(&mut raw, 0, begin, PageClock.now_nanos()));
        }
        // The first has room to make.
        bench.once(program, key, GpuUse::default()).await?;
        let mut other = Vec::with_capacity(TIMES);
        while other.len() < TIMES && other.last().is_none_or(|last| *last < LONG_NANOS) {
            let times = bench.once(program, key, GpuUse::default()).await?;
            let end = PageClock.now_nanos();
            other.push(span(
                &mut raw,
                1,
                end.saturating_sub(times.whole_nanos()),
                end,
            ));
        }
        search.tell(median(&mut own), median(&mut other));
    }
    raw.end_nanos = PageClock.now_nanos();
    let found = match search.crossing() {
        Crossing::Always => vec![("always", 1.0)],
        Crossing::Never => vec![("never", 1.0)],
        Crossing::At { size, lo, hi } => {
            vec![("", size), ("lo", f64::from(lo)), ("hi", f64::from(hi))]
        }
    };
    raw.figures.extend(found.into_iter().map(|(bound, value)| {
        let name = if bound.is_empty() {
            String::new()
        } else {
            ["_", bound].concat()
        };
        (["gpu.break_even", &name].concat(), value)
    }));
    raw.finished = (0..largest.tasks)
        .map(|task| Finished {
            task,
            lane_idx: 1,
            started_nanos: raw.start_nanos,
            finished_nanos: raw.end_nanos,
            busy_nanos: 0,
            polls: 1,
            wakes: 0,
            // What it finds is a size, which differs from run to run.
            checksum: 0,
            tile: None,
        })
        .collect();
    Ok(raw)
}

fn span(raw: &mut Raw, lane_idx: u32, start_nanos: Nanos, end_nanos: Nanos) -> Nanos {
    let len_nanos = end_nanos.saturating_sub(start_nanos);
    // Of two that begin at the same tick of the clock nobody knows the order.
    if len_nanos > 0 {
        raw.spans.push(Span {
            lane_idx,
            task: 0,
            state: State::Running,
            start_nanos,
            len_nanos,
        });
    }
    len_nanos
}

fn median(nanos: &mut [Nanos]) -> f64 {
    nanos.sort_unstable();
    let middle = nanos.get(nanos.len() / 2).copied();
    millis_from_nanos(middle.unwrap_or_default())
}

fn warm(key: Key, simd: bool) {
    let begin = PageClock.now_nanos();
    while PageClock.now_nanos().saturating_sub(begin) < WARM_NANOS {
        let Some(mut twin) = single::twin(key.id, 1, key.size, key.seed, simd) else {
            return;
        };
        while twin.step() && PageClock.now_nanos().saturating_sub(begin) < WARM_NANOS {}
    }
}
