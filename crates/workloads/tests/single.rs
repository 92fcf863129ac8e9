//! Work in single precision: the whole, its twin on a processor, and its tasks are
//! the same work.

use model::TaskSpec;
use workloads::single::{self, Agreement};
use workloads::{PICTURE_WIDTH, Step, registry};

const SEED: u64 = 11;

fn numbers(id: &str, tasks: u32, size: u32, simd: bool) -> Vec<f32> {
    let mut twin = single::twin(id, tasks, size, SEED, simd).expect("single precision");
    while twin.step() {}
    twin.numbers().to_vec()
}

/// The work of one thread of a graphics processor, written as its programs are.
fn place(id: &str, whole: &single::Whole, at: usize) -> f32 {
    let [n, rest, ..] = whole.settings.map(|number| number as usize);
    match id {
        "matrix-f32" => {
            let (a, b) = (&whole.inputs[0], &whole.inputs[1]);
            (0..n).fold(0.0, |sum, k| sum + a[at / n * n + k] * b[k * n + at % n])
        }
        "mandelbrot-f32" => {
            let (re, im) = (whole.inputs[0][at % n], whole.inputs[1][at / n]);
            let (mut x, mut y, mut count) = (0.0_f32, 0.0_f32, 0);
            while count < whole.settings[2] && x * x + y * y <= 256.0 {
                (x, y) = (x * x - y * y + re, 2.0 * x * y + im);
                count += 1;
            }
            count as f32
        }
        "blur-f32" => {
            let side = whole.settings[2] as usize;
            let (pixels, weights) = (&whole.inputs[0], &whole.inputs[1]);
            let (wide, from) = (n + side - 1, at / n * (n + side - 1) + at % n);
            (0..side * side).fold(0.0, |sum, k| {
                sum + pixels[from + k / side * wide + k % side] * weights[k]
            })
        }
        "n-body-f32" => {
            let (softening, dt) = (
                f32::from_bits(whole.settings[2]),
                f32::from_bits(whole.settings[3]),
            );
            let bodies: Vec<&[f32]> = whole.inputs[0].chunks(4).collect();
            let (number, axis) = (at / 4, at % 4);
            if axis == 3 {
                return 0.0;
            }
            let (own, first) = (bodies[number], number / rest * rest);
            let pull = bodies[first..first + rest].iter().fold(0.0, |sum, other| {
                let d: Vec<f32> = (0..3).map(|axis| other[axis] - own[axis]).collect();
                let square = d[0] * d[0] + d[1] * d[1] + d[2] * d[2] + softening;
                sum + d[axis] * (other[3] / (square * square.sqrt()))
            });
            let speed = [-own[1], own[0], 0.0][axis];
            own[axis] + (speed + pull * dt) * dt
        }
        other => panic!("{other} has no program here"),
    }
}

#[test]
fn the_whole_says_all_that_is_needed_to_do_it_elsewhere() {
    for id in single::IDS {
        let (tasks, size) = (3, 7);
        let whole = single::whole(id, tasks, size, SEED).expect("single precision");
        let twin = numbers(id, tasks, size, false);
        assert_eq!(twin.len(), whole.outputs, "{id}");
        let elsewhere: Vec<f32> = (0..whole.outputs).map(|at| place(id, &whole, at)).collect();
        let error = whole.agreement.error(&elsewhere, &twin);
        assert!(
            error <= whole.agreement.tolerance() / 100.0,
            "{id}: {error}"
        );
        let places = whole.grid[0] * whole.grid[1];
        assert!(whole.outputs.is_multiple_of(places as usize), "{id}");
    }
    assert!(single::whole("primes", 1, 1, 1).is_none());
    assert!(single::twin("primes", 1, 1, 1, false).is_none());
}

#[test]
fn simd_and_the_cut_change_no_number() {
    for id in single::IDS {
        // So many units in all, that the cut leaves them whole.
        let size = if id == "matrix-f32" {
            single::units(24, 1)
        } else {
            12
        };
        let plain = numbers(id, 1, size, false);
        assert!(plain.iter().all(|number| number.is_finite()), "{id}");
        assert!(plain.iter().any(|number| *number != plain[0]), "{id}");
        assert_eq!(numbers(id, 1, size, true), plain, "{id}");
        if id != "mandelbrot-f32" {
            assert_eq!(numbers(id, 3, size / 3, false), plain, "{id}");
        }
        assert_eq!(
            numbers(id, 3, size / 3, true),
            numbers(id, 3, size / 3, false),
            "{id}"
        );
    }
}

#[test]
fn twins_and_tasks_paint_the_same() {
    for id in single::IDS {
        let workload = registry::find(id).expect("in the registry");
        let tiles = single::tiles(id, 3, 4, &numbers(id, 3, 4, true));
        assert_eq!(tiles.len(), if workload.paints { 3 } else { 0 }, "{id}");
        for tile in tiles {
            assert_eq!(tile.shades.len(), 4 * PICTURE_WIDTH as usize);
            let spec = TaskSpec {
                id: tile.task,
                workload: id.into(),
                part: tile.task,
                parts: 3,
                size: 4,
                seed: SEED,
                ..TaskSpec::default()
            };
            let mut kernel = workload.kernel(&spec);
            let output = std::iter::repeat_with(|| kernel.step()).find_map(|step| match step {
                Step::Done(output) => Some(output),
                _ => None,
            });
            assert_eq!(output.expect("ends").tile, Some(tile), "{id}");
        }
    }
}

#[test]
fn the_same_bits_prove_the_same_work() {
    for id in single::IDS {
        let workload = registry::find(id).expect("in the registry");
        let mut given = numbers(id, 3, 5, true);
        let proofs = single::proofs(id, 3, 5, &given);
        let expected: Vec<u64> = (0..3)
            .map(|part| {
                (workload.reference)(&TaskSpec {
                    workload: id.into(),
                    part,
                    parts: 3,
                    size: 5,
                    seed: SEED,
                    ..TaskSpec::default()
                })
            })
            .collect();
        assert_eq!(proofs, expected, "{id}");
        given[0] += 1.0;
        assert_ne!(single::proofs(id, 3, 5, &given)[0], expected[0], "{id}");
    }
    assert!(single::proofs("primes", 3, 5, &[]).is_empty());
}

#[test]
fn sides_and_units_belong_together() {
    for side in [8, 16, 32, 64, 256, 1024] {
        for tasks in [1, 2, 8] {
            if (side / 8_u32).pow(3).is_multiple_of(tasks) {
                assert_eq!(
                    single::side(tasks, single::units(side, tasks)),
                    side as usize
                );
            }
        }
    }
    assert_eq!(single::side(1, 0), 1);
    assert_eq!(single::side(3, 1), 11);
}

#[test]
fn errors_are_told_by_size_and_by_place() {
    let expected = [1.0, -2.0, 3.0, 0.0];
    let of = |agreement: Agreement, given: &[f32]| agreement.error(given, &expected);
    for agreement in [Agreement::Relative, Agreement::Places] {
        assert_eq!(of(agreement, &expected), 0.0);
        assert_eq!(of(agreement, &expected[..3]), f64::INFINITY);
    }
    assert_eq!(of(Agreement::Places, &[1.0, -2.5, 3.0, 0.1]), 0.5);
    assert_eq!(of(Agreement::Places, &[1.0, -2.0, f32::NAN, 0.0]), 0.25);
    // By the number where it is large, by the typical 1.87 where it is small.
    assert!((of(Agreement::Relative, &[1.0, -2.0, 3.3, 0.0]) - 0.1).abs() < 1e-6);
    assert!((of(Agreement::Relative, &[1.0, -2.0, 3.0, 0.187]) - 0.1).abs() < 1e-3);
    let lost = of(Agreement::Relative, &[1.0, f32::NAN, 3.0, 0.0]);
    assert_eq!(lost, f64::INFINITY);
}
