//! How long requests took, and whether Little's law holds of them.
//!
//! Latency is counted from the instant a request came, however late it was
//! noticed, to its result; it is waiting in line until it is begun, and service
//! from then on. Little's law: the mean number of requests in the system equals
//! their rate times their mean latency, L = λW, whatever the order of service
//! (Little, "A proof for the queuing formula L = λW", Operations Research 9,
//! 1961). Here L comes from readings of a counter that was kept while the run
//! went on, λ and W from the records of the tasks, so that the law can fail.

use model::{Arm, Nanos, Sample, TaskRecord, Trace, millis_from_nanos};
use std::collections::BTreeMap;

/// The figures of the requests of one run, by the names they have in
/// [`model::Metrics`]: latencies in milliseconds, rates in requests a second.
/// Empty where the arm is closed and nothing was counted meanwhile.
pub(crate) fn figures(arm: &Arm, trace: &Trace) -> BTreeMap<String, f64> {
    let mut figures = BTreeMap::new();
    let has_requests = arm.is_open() || !trace.samples.is_empty();
    let Some(first) = arm.jobs.first().filter(|_| has_requests) else {
        return figures;
    };
    let mut put = |name: &str, value: Option<f64>| {
        if let Some(value) = value.filter(|value| value.is_finite()) {
            figures.insert(name.to_owned(), value);
        }
    };
    let own: Vec<&TaskRecord> = trace
        .tasks
        .iter()
        .filter(|task| task.workload == first.workload)
        .collect();
    let mut latencies: Vec<Nanos> = own.iter().map(|task| latency(task)).collect();
    latencies.sort_unstable();
    for (name, share) in [
        ("latency_p50_ms", 0.5),
        ("latency_p90_ms", 0.9),
        ("latency_p99_ms", 0.99),
    ] {
        put(name, percentile(&latencies, share).map(millis_from_nanos));
    }
    put("latency_mean_ms", mean_ms(&own, latency));
    put("wait_mean_ms", mean_ms(&own, wait));
    put("service_mean_ms", mean_ms(&own, service));
    put("rate_per_s", rate_per_s(arm.is_open(), &own, trace));
    let in_flight = in_flight(&trace.samples, trace.makespan_nanos);
    put("in_flight", in_flight);
    put("little_residual", little_residual(in_flight, trace));
    if let Some(memory) = trace.memory {
        let held = memory.peak_bytes.saturating_sub(memory.before_bytes);
        let per = |bytes: u64, count: usize| {
            (bytes > 0 && count > 0).then(|| bytes as f64 / count as f64)
        };
        put("bytes_per_task", per(held, trace.tasks.len()));
        let threads = memory.threads as usize;
        put("bytes_per_thread", per(memory.threads_bytes, threads));
    }
    figures
}

fn latency(task: &TaskRecord) -> Nanos {
    task.finished_nanos.saturating_sub(task.spawned_nanos)
}

fn wait(task: &TaskRecord) -> Nanos {
    task.started_nanos.saturating_sub(task.spawned_nanos)
}

fn service(task: &TaskRecord) -> Nanos {
    task.finished_nanos.saturating_sub(task.started_nanos)
}

fn mean_ms(tasks: &[&TaskRecord], time: fn(&TaskRecord) -> Nanos) -> Option<f64> {
    let sum: f64 = tasks.iter().map(|task| time(task) as f64 / 1e6).sum();
    (!tasks.is_empty()).then(|| sum / tasks.len() as f64)
}

/// The smallest value that at least this share of the values does not exceed
/// (nearest rank): always one of the values; `None` if there are none.
#[must_use]
pub fn percentile(sorted: &[Nanos], share: f64) -> Option<Nanos> {
    let rank = (share * sorted.len() as f64).ceil().max(1.0) as usize;
    sorted.get(rank - 1).or(sorted.last()).copied()
}

/// Requests that came, over the time until the last of them came; where all
/// were there at the start, requests finished over the makespan.
fn rate_per_s(is_open: bool, tasks: &[&TaskRecord], trace: &Trace) -> Option<f64> {
    let nanos = if is_open {
        tasks.iter().map(|task| task.spawned_nanos).max()?
    } else {
        trace.makespan_nanos
    };
    (nanos > 0).then(|| tasks.len() as f64 * 1e9 / nanos as f64)
}

/// Mean of the readings over the run; each holds until the next, none before
/// the first.
#[must_use]
pub fn in_flight(samples: &[Sample], makespan_nanos: Nanos) -> Option<f64> {
    let ends = samples
        .iter()
        .skip(1)
        .map(|sample| sample.at_nanos)
        .chain([makespan_nanos]);
    let area: f64 = samples
        .iter()
        .zip(ends)
        .map(|(sample, end_nanos)| {
            let from = sample.at_nanos.min(makespan_nanos);
            let held = end_nanos.min(makespan_nanos).saturating_sub(from);
            f64::from(sample.in_flight) * held as f64
        })
        .sum();
    (!samples.is_empty() && makespan_nanos > 0).then(|| area / makespan_nanos as f64)
}

/// |L - λW| / λW over the requests of all jobs; λ is their number over the
/// makespan, since all of them come and go within it.
fn little_residual(in_flight: Option<f64>, trace: &Trace) -> Option<f64> {
    let all: Vec<&TaskRecord> = trace.tasks.iter().collect();
    let lambda_per_ms = all.len() as f64 / millis_from_nanos(trace.makespan_nanos);
    let expected = lambda_per_ms * mean_ms(&all, latency)?;
    let residual = (in_flight? - expected).abs() / expected;
    (expected > 0.0).then_some(residual)
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::{Job, Manner, MemoryUse, NANOS_PER_MILLI, Place, Strategy};

    fn arm(per_second: f64) -> Arm {
        let job = |workload: &str, tasks, per_second| Job {
            workload: workload.into(),
            tasks,
            per_second,
            ..Job::default()
        };
        Arm {
            id: "loop".into(),
            strategy: Strategy::Interleaved,
            variant: String::new(),
            workers: 1,
            place: Place::Worker,
            workload: "requests".into(),
            jobs: vec![
                job("requests", 4, per_second),
                job("primes", 1, per_second / 4.0),
            ],
            slice_steps: 1,
            manner: Manner::default(),
            edges: Vec::new(),
            base: None,
        }
    }

    /// Milliseconds at which it came, was begun and was done.
    fn task(id: u32, workload: &str, [came, begun, done]: [u64; 3]) -> TaskRecord {
        TaskRecord {
            id,
            workload: workload.into(),
            lane_idx: 0,
            spawned_nanos: came * NANOS_PER_MILLI,
            started_nanos: begun * NANOS_PER_MILLI,
            finished_nanos: done * NANOS_PER_MILLI,
            busy_nanos: 0,
            polls: 1,
            wakes: 1,
            checksum: 1,
        }
    }

    fn sample(at: u64, in_flight: u32) -> Sample {
        Sample {
            at_nanos: at * NANOS_PER_MILLI,
            in_flight,
        }
    }

    /// Four light requests, the third of which waits for a heavy one.
    fn trace() -> Trace {
        Trace {
            tasks: vec![
                task(0, "requests", [0, 0, 10]),
                task(1, "requests", [20, 20, 30]),
                task(2, "primes", [35, 35, 85]),
                task(3, "requests", [40, 85, 95]),
                task(4, "requests", [100, 100, 110]),
            ],
            samples: vec![
                sample(0, 1),
                sample(10, 0),
                sample(20, 1),
                sample(30, 0),
                sample(35, 1),
                sample(40, 2),
                sample(85, 1),
                sample(95, 0),
                sample(100, 1),
                sample(110, 0),
            ],
            makespan_nanos: 110 * NANOS_PER_MILLI,
            ..Trace::default()
        }
    }

    fn check(figures: &BTreeMap<String, f64>, name: &str, expected: f64) {
        let value = figures[name];
        assert!((value - expected).abs() < 1e-9, "{name}: {value}");
    }

    #[test]
    fn latency_is_that_of_the_first_job_from_the_instant_it_came() {
        let figures = figures(&arm(40.0), &trace());
        check(&figures, "latency_p50_ms", 10.0);
        check(&figures, "latency_p90_ms", 55.0);
        check(&figures, "latency_p99_ms", 55.0);
        check(&figures, "latency_mean_ms", 85.0 / 4.0);
        check(&figures, "wait_mean_ms", 45.0 / 4.0);
        check(&figures, "service_mean_ms", 10.0);
        check(&figures, "rate_per_s", 40.0);
    }

    #[test]
    fn the_counter_and_the_records_agree_by_littles_law() {
        let mut trace = trace();
        let closed = arm(0.0);
        let whole = figures(&closed, &trace);
        check(&whole, "in_flight", 135.0 / 110.0);
        check(&whole, "little_residual", 0.0);
        check(&whole, "rate_per_s", 4.0 / 0.11);
        // A counter that forgot a request half of the time is found out.
        trace.samples[5].in_flight = 1;
        let wrong = figures(&closed, &trace);
        check(&wrong, "little_residual", 45.0 / 135.0);
    }

    #[test]
    fn without_requests_there_are_no_figures() {
        let mut trace = trace();
        trace.samples.clear();
        assert!(figures(&arm(0.0), &trace).is_empty());
        let open = figures(&arm(40.0), &trace);
        assert!(!open.contains_key("in_flight") && open.contains_key("latency_p50_ms"));
        assert!(figures(&arm(40.0), &Trace::default()).is_empty());
    }

    #[test]
    fn memory_is_that_of_a_task_or_of_a_thread() {
        let with = |memory| Trace {
            memory: Some(memory),
            ..trace()
        };
        let on_loop = MemoryUse {
            before_bytes: 1_000,
            peak_bytes: 6_000,
            ..MemoryUse::default()
        };
        let on_loop = figures(&arm(40.0), &with(on_loop));
        check(&on_loop, "bytes_per_task", 1_000.0);
        assert!(!on_loop.contains_key("bytes_per_thread"));
        let on_threads = MemoryUse {
            before_bytes: 1_000,
            threads_bytes: 4_000_000,
            threads: 2,
            ..MemoryUse::default()
        };
        let on_threads = figures(&arm(40.0), &with(on_threads));
        check(&on_threads, "bytes_per_thread", 2_000_000.0);
        assert!(!on_threads.contains_key("bytes_per_task"));
    }

    #[test]
    fn percentiles_are_values_that_occurred() {
        let values: Vec<Nanos> = (1..=200).collect();
        let at = |share| percentile(&values, share);
        assert_eq!(
            (at(0.0), at(0.5), at(0.99)),
            (Some(1), Some(100), Some(198))
        );
        assert_eq!((at(1.0), at(0.995)), (Some(200), Some(199)));
        assert_eq!(percentile(&[], 0.5), None);
        assert_eq!(percentile(&[7], 0.99), Some(7));
    }
}
