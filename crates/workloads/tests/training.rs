//! Training: slopes, agreement, and what is learned.

use model::{Learner, SHARDS, Training, WANTED_ACCURACY};
use workloads::training::{
    course::{Course, Slopes, add_in_pairs, blocks, classify},
    digits::{Digits, Examples},
    net::{HIDDEN, OUTPUTS, PIXELS, Scratch, first_weights, learn, weights_of},
};

fn digits() -> Digits {
    Digits::new(include_bytes!("../data/digits.bin").to_vec()).expect("the digits")
}

fn course(training: Training) -> Course {
    let examples = Examples::of(&digits(), &training, 7);
    Course::new(training, 7, examples)
}

/// Weights after all steps, shard by shard on one thread.
fn train(course: &Course, simd: bool) -> (Vec<f32>, Vec<u64>) {
    let learner = course.training().learner;
    let mut weights = course.first_weights();
    let mut shards = vec![Slopes::new(learner); SHARDS as usize];
    let mut scratch = Scratch::default();
    let mut proofs = Vec::new();
    for step in 0..course.training().steps() {
        for (slopes, shard) in shards.iter_mut().zip(0..) {
            course.shard_slopes((step, shard), simd, &weights, slopes, &mut scratch, || ());
            proofs.push(slopes.proof());
        }
        add_in_pairs(&mut shards, Slopes::take);
        course.descend(&mut weights, &shards[0], course.batch_len(step));
    }
    (weights, proofs)
}

/// Index of the weight from an input (or the bias, `None`) to an output.
fn place(panel: usize, input: Option<usize>, output: usize, inputs: usize) -> usize {
    let (at, column) = (output / panel, output % panel);
    at * (inputs + 1) * panel + input.map_or(0, |input| input + 1) * panel + column
}

/// Loss by plain code in f64 that shares nothing with the network's.
fn loss(learner: Learner, weights: &[f64], pixels: &[f32; PIXELS], digit: u8) -> f64 {
    let layer = |weights: &[f64], panel: usize, input: &[f64], outputs: usize| -> Vec<f64> {
        let output = |output| {
            let bias = weights[place(panel, None, output, input.len())];
            let weight = |i: usize| weights[place(panel, Some(i), output, input.len())];
            bias + input
                .iter()
                .enumerate()
                .map(|(i, x)| x * weight(i))
                .sum::<f64>()
        };
        (0..outputs).map(output).collect()
    };
    let mut values: Vec<f64> = pixels.iter().map(|pixel| f64::from(*pixel)).collect();
    let mut weights = weights;
    if learner == Learner::Perceptron {
        let (first, second) = weights.split_at((PIXELS + 1) * HIDDEN);
        values = layer(first, 16, &values, HIDDEN);
        values.iter_mut().for_each(|value| *value = value.max(0.0));
        weights = second;
    }
    let out = layer(weights, OUTPUTS, &values, 10);
    let most = out.iter().copied().fold(f64::MIN, f64::max);
    let sum: f64 = out.iter().map(|z| (z - most).exp()).sum();
    sum.ln() - (out[usize::from(digit)] - most)
}

#[test]
fn slopes_are_those_of_finite_differences() {
    const APART: f64 = 1e-5;
    let examples = Examples::of(&digits(), &Training::default(), 1);
    for learner in Learner::ALL {
        // Not at the start, where a single layer is all zero.
        let weights: Vec<f32> = first_weights(Learner::Perceptron, 3)
            .into_iter()
            .chain((0..).map(|at| (at % 7) as f32 * 0.02 - 0.05))
            .take(weights_of(learner))
            .collect();
        let wide: Vec<f64> = weights.iter().map(|weight| f64::from(*weight)).collect();
        let mut checked = 0;
        for (pixels, digit) in examples.known.iter().step_by(300) {
            let mut slopes = vec![0.0; weights.len()];
            let mut scratch = Scratch::default();
            let seen = learn(false, &weights, &mut slopes, (pixels, *digit), &mut scratch);
            assert!((seen.loss - loss(learner, &wide, pixels, *digit)).abs() < 1e-4);
            for at in (0..weights.len()).step_by(13) {
                let shifted = |by: f64| {
                    let mut weights = wide.clone();
                    weights[at] += by;
                    loss(learner, &weights, pixels, *digit)
                };
                let slope = (shifted(APART) - shifted(-APART)) / (2.0 * APART);
                let off = (slope - f64::from(slopes[at])).abs();
                assert!(
                    off < 1e-3 * slope.abs().max(0.1),
                    "{learner:?} {at}: {slope} {}",
                    slopes[at]
                );
                checked += usize::from(slope != 0.0);
            }
        }
        assert!(
            checked > 100,
            "{learner:?}: only {checked} slopes were not 0"
        );
    }
}

#[test]
fn four_numbers_at_a_time_give_the_same_bits() {
    for learner in Learner::ALL {
        let training = Training {
            learner,
            epochs: 3,
            examples: 1_601,
            ..Training::default()
        };
        let course = course(training);
        let (scalar, simd) = (train(&course, false), train(&course, true));
        assert_eq!(scalar.1, simd.1);
        let bits = |weights: &[f32]| weights.iter().map(|w| w.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&scalar.0), bits(&simd.0), "{learner:?}");
    }
}

#[test]
fn an_epoch_takes_every_example_once_however_it_is_cut() {
    for (examples, batch) in [(1_500, 256), (1_000, 7), (10, 256), (1, 1), (1_500, 1_500)] {
        let course = course(Training {
            examples,
            batch,
            epochs: 2,
            ..Training::default()
        });
        let epoch = |first: u32| -> Vec<usize> {
            let steps = first..first + course.training().steps_an_epoch();
            let shards = steps.flat_map(|step| (0..SHARDS).map(move |shard| (step, shard)));
            shards
                .flat_map(|(step, shard)| course.indices(step, shard))
                .collect()
        };
        let (first, second) = (epoch(0), epoch(course.training().steps_an_epoch()));
        assert!(examples < 10 || first != second);
        for mut met in [first, second] {
            met.sort_unstable();
            assert!(
                met.into_iter().eq(0..examples as usize),
                "{examples} by {batch}"
            );
        }
    }
}

#[test]
fn most_held_out_digits_are_told_rightly() {
    for (learner, epochs, rate) in [(Learner::Logistic, 20, 0.5), (Learner::Perceptron, 30, 0.5)] {
        let course = course(Training {
            learner,
            epochs,
            rate,
            ..Training::default()
        });
        let (weights, _) = train(&course, true);
        let (accuracy, loss) = (course.accuracy(&weights), course.loss(&weights));
        assert!(accuracy >= WANTED_ACCURACY, "{learner:?}: {accuracy}");
        assert!(loss < course.loss(&course.first_weights()) / 3.0, "{loss}");
        let right = course.examples().held_out.iter().filter(|(pixels, digit)| {
            let found = classify(&weights, pixels).expect("weights of a learner");
            assert!((found.iter().sum::<f32>() - 1.0).abs() < 1e-5);
            let rivals = found.iter().filter(|p| **p >= found[usize::from(*digit)]);
            rivals.count() == 1
        });
        assert_eq!(right.count() as f64 / 297.0, accuracy);
    }
    assert_eq!(classify(&[0.0; 5], &[0.0; PIXELS]), None);
}

#[test]
fn a_rate_far_too_high_breaks_nothing() {
    let course = course(Training {
        rate: 1e30,
        epochs: 2,
        learner: Learner::Perceptron,
        ..Training::default()
    });
    let (weights, _) = train(&course, false);
    assert!((0.0..=1e6).contains(&course.loss(&weights)));
    assert!((0.0..=1.0).contains(&course.accuracy(&weights)));
}

#[test]
fn parts_added_up_beforehand_change_no_bit() {
    let values: Vec<f32> = (0..SHARDS).map(|at| 1.0 / (at as f32 + 3.0)).collect();
    let sum = |values: &[f32]| {
        let mut values = values.to_vec();
        add_in_pairs(&mut values, |a, b| *a += *b);
        values[0]
    };
    for workers in 1..=SHARDS {
        let mut parts = values.clone();
        for worker in 0..workers {
            let cut = |worker| SHARDS * worker / workers;
            for (first, len) in blocks(cut(worker), cut(worker + 1)) {
                let block = first as usize..(first + len) as usize;
                parts[first as usize] = sum(&values[block.clone()]);
                parts[block][1..].fill(0.0);
            }
        }
        assert_eq!(
            sum(&parts).to_bits(),
            sum(&values).to_bits(),
            "{workers} workers"
        );
    }
}
