//! What every entry of the registry must keep; a new one is tested for free.

use model::{TaskSpec, Tile};
use workloads::{Kernel, PICTURE_WIDTH, Step, Workload, registry};

/// What one task did, seen from outside.
struct Seen {
    checksum: u64,
    steps: u32,
    waits: Vec<f64>,
    shades: Option<usize>,
}

fn spec(workload: &Workload, part: u32, size: u32, seed: u64) -> TaskSpec {
    TaskSpec {
        id: part + 10,
        workload: workload.id.into(),
        part,
        parts: 4,
        size,
        wait_millis: 12.5,
        seed,
        ..TaskSpec::default()
    }
}

fn run(workload: &Workload, spec: &TaskSpec) -> Seen {
    run_to_end(workload, spec, workload.kernel(spec)).0
}

/// What it did, and what it painted.
fn run_to_end(
    workload: &Workload,
    spec: &TaskSpec,
    mut kernel: Box<dyn Kernel>,
) -> (Seen, Option<Tile>) {
    let mut steps = 0;
    let mut waits = Vec::new();
    loop {
        steps += 1;
        assert!(steps < 1_000_000, "{} does not end", workload.id);
        match kernel.step() {
            Step::Again => {}
            Step::Wait { millis } => waits.push(millis),
            Step::Done(output) => {
                let shades = output.tile.as_ref().map(|tile| {
                    assert_eq!((tile.task, tile.y), (spec.id, spec.part * spec.size));
                    tile.shades.len()
                });
                let seen = Seen {
                    checksum: output.checksum,
                    steps,
                    waits,
                    shades,
                };
                return (seen, output.tile);
            }
        }
    }
}

/// A size of the workload worth a few steps.
fn small(workload: &Workload) -> u32 {
    let (least, most) = workload.sizes;
    (least * 3).min(most)
}

#[test]
fn every_kernel_agrees_with_its_reference() {
    for workload in registry::ALL {
        for (part, size, seed) in [
            (0, small(workload), 1),
            (3, small(workload) + 1, 99),
            (1, 1, 7),
        ] {
            let spec = spec(workload, part, size, seed);
            assert_eq!(
                run(workload, &spec).checksum,
                (workload.reference)(&spec),
                "{} part {part} size {size} seed {seed}",
                workload.id,
            );
        }
    }
}

#[test]
fn simd_changes_no_result_and_no_pixel() {
    let mut seen = 0;
    for workload in registry::ALL {
        let Some(simd) = workload.simd else { continue };
        seen += 1;
        for (part, size, seed) in [
            (0, small(workload), 1),
            (3, small(workload) + 1, 99),
            (2, 40, 5),
            (1, 1, 7),
        ] {
            let spec = spec(workload, part, size, seed);
            let (scalar, scalar_tile) = run_to_end(workload, &spec, (workload.start)(&spec));
            let (several, tile) = run_to_end(workload, &spec, simd(&spec));
            assert_eq!(several.checksum, scalar.checksum, "{}", workload.id);
            assert!(tile == scalar_tile, "{}: another picture", workload.id);
            assert!(
                several.steps <= scalar.steps,
                "{}: {} steps instead of {}",
                workload.id,
                several.steps,
                scalar.steps
            );
        }
    }
    assert!(seen > 0, "no kernel with SIMD");
}

#[test]
fn simd_is_used_where_it_is_asked_for_and_there() {
    let workload = registry::find("mandelbrot").expect("in the registry");
    let mut spec = spec(workload, 1, 40, 1);
    let scalar = run(workload, &spec).steps;
    spec.simd = true;
    let several = run(workload, &spec).steps;
    assert!(2 * several < scalar, "{several} and {scalar} steps");
    let primes = registry::find("primes").expect("in the registry");
    assert!(primes.simd.is_none() && run(primes, &spec).steps > 0);
}

#[test]
fn checksums_are_the_known_ones() {
    let known = [
        ("blur-f32", 0xe3dd_b0ac_5dff_5924),
        ("crop", 0xb7ea_7697_d576_fb9e),
        ("image-filter", 0xc337_817d_9e7d_78d6),
        ("life", 0x4190_b47f_a98d_fa3c),
        ("mandelbrot", 0xa768_3113_a88a_7e7d),
        ("mandelbrot-f32", 0xc033_522a_cc65_cfb4),
        ("matrix", 0xca60_e479_a302_7565),
        ("matrix-f32", 0xfdee_6971_8e8d_8dfd),
        ("merge-sort", 0x7da7_ae41_ad0e_a422),
        ("n-body", 0x1dbf_5d02_8cbf_10a7),
        ("n-body-f32", 0x0083_8484_febe_470c),
        ("nothing", 0x3951_529f_e8a0_cc63),
        ("password", 0x8d00_f8e1_9da6_fd0b),
        ("primes", 0x376b_39f5_4be1_98fc),
        ("queens", 0x140e_b9b4_711f_d536),
        ("requests", 0xd851_60ba_f8cc_1dd1),
        ("trees", 0xf0e0_586c_5489_0671),
        ("waiting", 0x7a87_ed96_68fd_c240),
    ];
    assert_eq!(
        known.len(),
        registry::ALL.len(),
        "a workload without a known answer"
    );
    for (id, checksum) in known {
        let workload = registry::find(id).expect("in the registry");
        let seen = run(workload, &spec(workload, 2, 2, 42));
        assert_eq!(seen.checksum, checksum, "{id}: {:#018x}", seen.checksum);
    }
}

#[test]
fn another_part_or_seed_is_other_work() {
    for workload in registry::ALL {
        let size = small(workload);
        let checksum = |part, seed| run(workload, &spec(workload, part, size, seed)).checksum;
        assert_ne!(checksum(2, 1), checksum(3, 1), "{}: parts", workload.id);
        assert_ne!(checksum(2, 1), checksum(2, 2), "{}: seeds", workload.id);
        assert_eq!(
            checksum(2, 1),
            checksum(2, 1),
            "{}: not repeatable",
            workload.id
        );
    }
}

#[test]
fn work_is_linear_in_size() {
    for workload in registry::ALL.iter().filter(|workload| workload.computes) {
        let steps = |size| -> u32 {
            let parts = 0..4;
            parts
                .map(|part| run(workload, &spec(workload, part, size, 5)).steps)
                .sum()
        };
        let size = small(workload).max(24);
        let ratio = f64::from(steps(2 * size)) / f64::from(steps(size));
        assert!((1.9..=2.1).contains(&ratio), "{}: {ratio}", workload.id);
    }
}

#[test]
fn tasks_of_even_work_are_about_equal() {
    for id in [
        "image-filter",
        "life",
        "matrix",
        "merge-sort",
        "n-body",
        "password",
        "primes",
        "queens",
        "requests",
        "trees",
    ] {
        let workload = registry::find(id).expect("in the registry");
        let steps = (0..4).map(|part| run(workload, &spec(workload, part, 100, 3)).steps);
        let (least, most) = steps.fold((u32::MAX, 0), |(least, most), n| {
            (least.min(n), most.max(n))
        });
        assert!(
            f64::from(most) <= 1.1 * f64::from(least),
            "{id}: {least} to {most}"
        );
    }
}

#[test]
fn waits_are_asked_for_once_and_exactly() {
    for workload in registry::ALL {
        let mut spec = spec(workload, 1, small(workload), 5);
        let expected: &[f64] = if workload.waits { &[12.5] } else { &[] };
        assert_eq!(run(workload, &spec).waits, expected, "{}", workload.id);
        let checksum = run(workload, &spec).checksum;
        spec.wait_millis = 0.0;
        let seen = run(workload, &spec);
        assert_eq!(seen.waits, [0.0; 0], "{}", workload.id);
        assert_eq!(
            seen.checksum, checksum,
            "{}: a wait changes no result",
            workload.id
        );
    }
}

#[test]
fn requests_compute_before_and_after_the_wait() {
    let workload = registry::find("requests").expect("in the registry");
    let mut kernel = (workload.start)(&spec(workload, 0, 5, 1));
    let steps: String = (0..5)
        .map(|_| match kernel.step() {
            Step::Again => 'a',
            Step::Wait { .. } => 'w',
            Step::Done(_) => 'd',
        })
        .collect();
    assert_eq!(steps, "aawad");
}

#[test]
fn a_finished_kernel_stays_finished() {
    for workload in registry::ALL {
        let mut kernel = (workload.start)(&spec(workload, 0, 1, 1));
        let mut done = |limit: u32| {
            (0..limit).find_map(|_| match kernel.step() {
                Step::Done(output) => Some(output),
                _ => None,
            })
        };
        let first = done(1_000_000).expect("ends");
        let again = done(1).expect("done at once");
        assert_eq!(again.checksum, first.checksum, "{}", workload.id);
        assert_eq!(
            again.tile, None,
            "{}: its tile is handed out once",
            workload.id
        );
    }
}

#[test]
fn painters_fill_their_part_of_the_picture() {
    for workload in registry::ALL {
        let specs: Vec<_> = (0..4).map(|part| spec(workload, part, 2, 1)).collect();
        assert_eq!(
            workload.paints,
            workload.picture.is_some(),
            "{}",
            workload.id
        );
        for spec in &specs {
            let expected = workload.paints.then_some(2 * PICTURE_WIDTH as usize);
            assert_eq!(run(workload, spec).shades, expected, "{}", workload.id);
        }
        if let Some(picture) = workload.picture {
            assert_eq!(picture(&specs), (PICTURE_WIDTH, 8));
            assert_eq!(picture(&[]), (PICTURE_WIDTH, 0));
        }
    }
}

#[test]
fn ids_are_unique_and_found() {
    for (idx, workload) in registry::ALL.iter().enumerate() {
        let found = registry::find(workload.id).map(|found| found.id);
        assert_eq!(found, Some(workload.id));
        assert!(
            registry::ALL[..idx]
                .iter()
                .all(|other| other.id < workload.id),
            "sorted"
        );
    }
    assert!(registry::find("no-such-work").is_none());
}

#[test]
fn a_picture_cut_finer_is_the_same_work() {
    let workload = registry::find("crop").expect("in the registry");
    let sum_of = |parts: u32| {
        let sum = (0..parts).fold(0_u64, |sum, part| {
            let one = TaskSpec {
                parts,
                ..spec(workload, part, 16, 9)
            };
            sum.wrapping_add(run(workload, &one).checksum)
        });
        (parts, sum)
    };
    let (_, whole) = sum_of(1);
    // The last has more parts than there are pixels.
    for parts in [2, 3, 64, 1_000, 7_681] {
        assert_eq!(sum_of(parts), (parts, whole));
    }
}

#[test]
fn the_strips_of_the_picture_cost_what_painting_them_takes() {
    let costs = workloads::crop::strip_costs();
    assert!((costs.iter().sum::<f64>() - 1.0).abs() < 1e-9);
    let workload = registry::find("crop").expect("in the registry");
    let quarter = costs.len() / 4;
    let steps = |part: u32| f64::from(run(workload, &spec(workload, part, 192, 1)).steps);
    let all: f64 = (0..4).map(steps).sum();
    for part in 0..4_u32 {
        let own = costs.iter().skip(part as usize * quarter).take(quarter);
        let (told, taken) = (own.sum::<f64>(), steps(part) / all);
        assert!((told - taken).abs() < 0.02, "{part}: {told} {taken}");
    }
}
