//! Prints how long a step of each workload takes on this machine, and what one
//! unit of `size` costs: `cargo run --release -p workloads --example step_time`.

use model::TaskSpec;
use std::hint::black_box;
use std::time::Instant;
use workloads::{Start, Step, registry};

const WANTED_MILLIS: f64 = 60.0;

fn main() {
    println!("workload     unit      us/unit  us/step: median   p05   p95   tasks: min/max ms");
    for (workload, name, start) in kernels() {
        let spec = |part, size| TaskSpec {
            id: part,
            workload: workload.id.into(),
            part,
            parts: 4,
            size,
            wait_millis: 1.0,
            seed: 7,
            ..TaskSpec::default()
        };
        let mut size = workload.sizes.0;
        let mut micros = Vec::new();
        for round in 0..6 {
            micros.clear();
            let totals: Vec<f64> = (0..4)
                .map(|part| run(start, &spec(part, size), &mut micros))
                .collect();
            let mean_millis = totals.iter().sum::<f64>() / 4e3;
            if round < 5 {
                if workload.computes {
                    size = ((f64::from(size) * WANTED_MILLIS / mean_millis) as u32)
                        .clamp(workload.sizes.0, workload.sizes.1);
                }
                continue;
            }
            micros.sort_unstable_by(f64::total_cmp);
            let at = |share: f64| micros[(share * (micros.len() - 1) as f64) as usize];
            let least = totals.iter().copied().fold(f64::INFINITY, f64::min) / 1e3;
            let most = totals.iter().copied().fold(0.0, f64::max) / 1e3;
            println!(
                "{:<12} {:<9} {:>7.1} {:>15.1} {:>7.1} {:>5.1}   {least:.1} {most:.1}  (size {size})",
                name,
                workload.unit,
                mean_millis * 1e3 / f64::from(size.max(1)),
                at(0.5),
                at(0.05),
                at(0.95),
            );
        }
    }
}

/// Every kernel with its name; those with SIMD after the scalar ones.
fn kernels() -> Vec<(&'static workloads::Workload, String, Start)> {
    let mut kernels = Vec::new();
    for workload in registry::ALL {
        kernels.push((*workload, workload.id.to_owned(), workload.start));
        if let Some(simd) = workload.simd {
            kernels.push((*workload, format!("{} simd", workload.id), simd));
        }
    }
    kernels
}

/// Microseconds of computing in all; appends those of each step.
fn run(start: Start, spec: &TaskSpec, micros: &mut Vec<f64>) -> f64 {
    let mut kernel = start(spec);
    let mut total = 0.0;
    loop {
        let begin = Instant::now();
        let step = kernel.step();
        let took = begin.elapsed().as_secs_f64() * 1e6;
        micros.push(took);
        total += took;
        if let Step::Done(output) = step {
            black_box(output.checksum);
            return total;
        }
    }
}
