//! One run of an arm on the graphics processor.

use crate::Fault;
use crate::device::{Device, Room};
use crate::find;
use crate::programs::{self, Program};
use model::{Adapter, GpuUse, LaneKind, Nanos, Span, State, TaskSpec, Trace, millis_from_nanos};
use runner::{
    Clock, assemble,
    log::{Finished, Raw},
    loop_run::own_lane,
    wire::RunOrder,
};
use std::collections::BTreeMap;
use web::clock::PageClock;
use workloads::single::{self, Whole};

/// What is kept from one run to the next.
#[derive(Default)]
pub(crate) struct Bench {
    device: Option<Device>,
    kept: Option<Kept>,
}

/// Work of one kind, size and seed, laid ready.
struct Kept {
    key: Key,
    whole: Whole,
    /// What its twin says.
    expected: Vec<f32>,
    /// Buffers of the device.
    room: Option<Room>,
    /// What the graphics processor said last.
    numbers: Vec<f32>,
}

/// Which work: its program, tasks, size of each, seed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Key {
    pub(crate) id: &'static str,
    pub(crate) tasks: u32,
    pub(crate) size: u32,
    pub(crate) seed: u64,
}

/// The instants between the stages of a run.
#[derive(Clone, Copy, Default)]
pub(crate) struct Times {
    begin: Nanos,
    adapter: Nanos,
    compiled: Nanos,
    uploaded: Nanos,
    done: Nanos,
    read: Nanos,
}

impl Times {
    /// From the first stage to the last.
    pub(crate) const fn whole_nanos(&self) -> Nanos {
        self.read.saturating_sub(self.begin)
    }
}

impl Bench {
    /// The device; asked for if there is none.
    pub(crate) async fn device(&mut self) -> Result<&mut Device, Fault> {
        if self.device.is_none() {
            self.device = Some(Device::ask().await?);
        }
        self.device
            .as_mut()
            .ok_or_else(|| Fault::Told("no device".into()))
    }

    /// Lays the numbers of a work ready, and what its twin says.
    fn lay_ready(&mut self, key: Key) -> Result<(), Fault> {
        if self.kept.as_ref().is_some_and(|kept| kept.key == key) {
            return Ok(());
        }
        self.kept = None;
        let Key {
            id,
            tasks,
            size,
            seed,
        } = key;
        let parts =
            single::whole(id, tasks, size, seed).zip(single::twin(id, tasks, size, seed, true));
        let (whole, mut twin) = parts.ok_or_else(|| Fault::Told("an unknown work".into()))?;
        while twin.step() {}
        self.kept = Some(Kept {
            key,
            whole,
            expected: twin.numbers().to_vec(),
            room: None,
            numbers: Vec::new(),
        });
        Ok(())
    }

    /// Does a work once; when each of its stages ended.
    pub(crate) async fn once(
        &mut self,
        program: &Program,
        key: Key,
        how: GpuUse,
    ) -> Result<Times, Fault> {
        self.lay_ready(key)?;
        let mut times = Times::default();
        if how.fresh {
            if let Some(kept) = &mut self.kept {
                kept.room = None;
            }
            self.device = None;
            times.begin = PageClock.now_nanos();
        }
        let device = self.device().await?;
        times.adapter = PageClock.now_nanos();
        device.compile(program).await?;
        times.compiled = PageClock.now_nanos();
        let (Some(device), Some(kept)) = (&self.device, &mut self.kept) else {
            return Err(Fault::Told("nothing is laid ready".into()));
        };
        let room = match kept.room.take() {
            Some(room) => room,
            None => device.room(program, &kept.whole).await?,
        };
        if !how.fresh {
            times.begin = PageClock.now_nanos();
            times.adapter = times.begin;
            times.compiled = times.begin;
        }
        let whole = &kept.whole;
        let numbers = &mut kept.numbers;
        let work = async {
            device.upload(&room, whole)?;
            if how.staged {
                device.settle().await?;
            }
            times.uploaded = PageClock.now_nanos();
            let mut encoder = device.dispatch(program, &room, whole);
            if how.staged {
                device.submit(&encoder);
                device.settle().await?;
                times.done = PageClock.now_nanos();
                encoder = device.encoder();
            }
            room.read_back(&encoder);
            device.submit(&encoder);
            device.map(&room).await?;
            if !how.staged {
                times.done = PageClock.now_nanos();
            }
            device.read(&room, numbers)?;
            times.read = PageClock.now_nanos();
            Ok(())
        };
        device.heard(work).await?;
        kept.room = Some(room);
        Ok(times)
    }

    /// How far the last answer is from the twin's.
    fn error(&self) -> f64 {
        self.kept.as_ref().map_or(f64::INFINITY, |kept| {
            kept.whole.agreement.error(&kept.numbers, &kept.expected)
        })
    }
}

/// Runs an arm once.
pub(crate) async fn run(bench: &mut Bench, order: &RunOrder) -> Result<Trace, Fault> {
    let specs = order.arm.tasks(order.seed, order.round);
    let [job] = order.arm.jobs.as_slice() else {
        return Err(Fault::Told(
            "a graphics processor does one job at a time".into(),
        ));
    };
    let program = programs::find(&job.workload)
        .ok_or_else(|| Fault::Told("this work has no program for a graphics processor".into()))?;
    let key = Key {
        id: program.id,
        tasks: job.tasks,
        size: job.size,
        seed: order.seed,
    };
    let how = order.arm.manner.gpu;
    let mut raw = if how.break_even {
        find::break_even(bench, program, key, order.arm.uses_simd()).await?
    } else {
        let times = bench.once(program, key, how).await?;
        let mut raw = stages(&times, how);
        raw.figures.insert("gpu.error".into(), bench.error());
        raw.finished = finished(&specs, &times, bench);
        raw
    };
    raw.gap_nanos = order.gap_nanos;
    let device = bench.device().await?;
    let compile_millis = device.compile(program).await?;
    let Adapter { software, .. } = device.adapter;
    raw.figures.extend(
        [
            ("gpu.adapter_ms", device.adapter_millis),
            ("gpu.compile_ms", compile_millis),
            ("gpu.software", f64::from(u8::from(software))),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    Ok(assemble(&order.arm.id, order.round, &specs, raw))
}

/// Spans and figures of the stages.
fn stages(times: &Times, how: GpuUse) -> Raw {
    let all = [
        (State::Waiting, times.begin, times.adapter, ""),
        (State::Running, times.adapter, times.compiled, ""),
        (
            State::Moving,
            times.compiled,
            times.uploaded,
            "gpu.upload_ms",
        ),
        (
            State::Running,
            times.uploaded,
            times.done,
            "gpu.dispatch_ms",
        ),
        (State::Moving, times.done, times.read, "gpu.readback_ms"),
    ];
    let mut figures = BTreeMap::new();
    let mut spans = Vec::new();
    for (state, start_nanos, end_nanos, figure) in all {
        let len_nanos = end_nanos.saturating_sub(start_nanos);
        if !figure.is_empty() {
            figures.insert(figure.to_owned(), millis_from_nanos(len_nanos));
        } else if !how.fresh {
            continue;
        }
        spans.push(Span {
            lane_idx: 0,
            task: 0,
            state,
            start_nanos,
            len_nanos,
        });
    }
    Raw {
        start_nanos: times.begin,
        end_nanos: times.read,
        lanes: vec![own_lane(LaneKind::Gpu)],
        spans,
        figures,
        ..Raw::default()
    }
}

/// All tasks begin and end together; their checksums are of the bits that this
/// graphics processor gave.
fn finished(specs: &[TaskSpec], times: &Times, bench: &Bench) -> Vec<Finished> {
    let Some(kept) = &bench.kept else {
        return Vec::new();
    };
    let Key {
        id, tasks, size, ..
    } = kept.key;
    let mut tiles = single::tiles(id, tasks, size, &kept.numbers).into_iter();
    let proofs = single::proofs(id, tasks, size, &kept.numbers);
    proofs
        .into_iter()
        .zip(specs)
        .map(|(checksum, spec)| Finished {
            task: spec.id,
            lane_idx: 0,
            started_nanos: times.begin,
            finished_nanos: times.read,
            // Whatever is on its blades is on no core.
            busy_nanos: if spec.id == 0 {
                times.done.saturating_sub(times.uploaded)
            } else {
                0
            },
            polls: 1,
            wakes: 0,
            checksum,
            tile: tiles.next(),
        })
        .collect()
}
