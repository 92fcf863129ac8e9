//! Tests on made-up times with the noise that was seen: 3 % log-normal, and one
//! time in ten 15 to 100 % too long.

use super::*;
use crate::laws::amdahl;

struct Noise(u64);

impl Noise {
    /// Evenly spread over 0..1.
    fn even(&mut self) -> f64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Sum of twelve even numbers, less six: nearly normal.
    fn normal(&mut self) -> f64 {
        (0..12).map(|_| self.even()).sum::<f64>() - 6.0
    }

    fn factor(&mut self) -> f64 {
        let spread = (0.03 * self.normal()).exp();
        if self.even() < 0.1 {
            spread * (1.15 + 0.85 * self.even())
        } else {
            spread
        }
    }
}

fn rounds(serial: f64, counts: &[u32], n: u32, noise: &mut Noise) -> Vec<Vec<Timed>> {
    let mut round = || {
        let timed = |workers: &u32| Timed {
            workers: *workers,
            millis: 300.0 / amdahl(serial, f64::from(*workers)) * noise.factor(),
        };
        counts.iter().map(timed).collect()
    };
    (0..n).map(|_| round()).collect()
}

fn enough(workers: u32) -> f64 {
    f64::from(workers)
}

/// The bounds are those of the tries on which the choice of the method rests:
/// root mean square error 0.007 to 0.025, bias below 0.005.
#[test]
fn noisy_times_give_the_share_back() {
    let mut noise = Noise(11);
    let shapes = Shapes::of(&[1.0, 2.0, 3.0, 4.0]);
    for share in [0.0, 0.05, 0.1, 0.2, 0.3, 0.5] {
        let (mut squares, mut sum, tries) = (0.0, 0.0, 150);
        for _ in 0..tries {
            let made = rounds(share, &[1, 2, 3, 4], 7, &mut noise);
            let logs = logs(&made);
            let whole: Vec<&Vec<f64>> = logs.iter().collect();
            let off = serial(shapes.best(&whole, WHOLE, &mut Vec::new()).0) - share;
            squares += off * off;
            sum += off;
        }
        let (rmse, bias) = ((squares / f64::from(tries)).sqrt(), sum / f64::from(tries));
        assert!(rmse <= 0.025, "f = {share}: rmse {rmse}");
        // A share below 0 does not exist, so that of 0 can only come out too high.
        assert!(
            bias.abs() <= if share == 0.0 { 0.01 } else { 0.005 },
            "f = {share}: bias {bias}"
        );
    }
}

#[test]
fn the_interval_mostly_holds_the_share() {
    let mut noise = Noise(23);
    let mut covered = 0;
    for _ in 0..10 {
        let made = rounds(0.2, &[1, 2, 4], 9, &mut noise);
        let fit = fit_amdahl(&made, enough).unwrap();
        assert_eq!((fit.rounds, fit.counts), (9, 3));
        assert!(fit.lo <= fit.serial && fit.serial <= fit.hi);
        assert!(fit.hi - fit.lo < 0.2, "{fit:?}");
        covered += u32::from((fit.lo..=fit.hi).contains(&0.2));
    }
    assert!(covered >= 7, "{covered} of 10");
}

fn logs(made: &[Vec<Timed>]) -> Vec<Vec<f64>> {
    let row = |round: &Vec<Timed>| round.iter().map(|timed| timed.millis.ln()).collect();
    made.iter().map(row).collect()
}

#[test]
fn exact_times_give_exactly_the_share_and_the_time_of_one() {
    let made: Vec<Vec<Timed>> = (0..6)
        .map(|_| {
            let timed = |workers| Timed {
                workers,
                millis: 300.0 / amdahl(0.2, f64::from(workers)),
            };
            [1, 2, 4].map(timed).to_vec()
        })
        .collect();
    let fit = fit_amdahl(&made, enough).unwrap();
    assert_eq!((fit.serial, fit.lo, fit.hi), (0.2, 0.2, 0.2));
    assert!((fit.one_millis - 300.0).abs() < 1e-6);
}

#[test]
fn the_search_in_ever_finer_steps_finds_nearly_what_a_whole_one_does() {
    let mut noise = Noise(5);
    let shapes = Shapes::of(&[1.0, 2.0, 3.0, 6.0]);
    for share in [0.0, 0.1, 0.37, 1.0] {
        for _ in 0..10 {
            let logs = logs(&rounds(share, &[1, 2, 3, 6], 9, &mut noise));
            let whole: Vec<&Vec<f64>> = logs.iter().collect();
            let by = |widths| serial(shapes.best(&whole, widths, &mut Vec::new()).0);
            let (exact, quick) = (by(WHOLE), by(FINER));
            assert!(
                (exact - quick).abs() <= 0.01,
                "f = {share}: {exact} {quick}"
            );
        }
    }
}

#[test]
fn two_points_cannot_test_the_law() {
    let made = rounds(0.1, &[1, 2], 9, &mut Noise(3));
    let refused = fit_amdahl(&made, enough).unwrap_err();
    assert_eq!(refused, Unfit::TooFewCounts(2));
    assert_eq!(refused.words(), "two points cannot test the law");
    // Four teams on two cores are two points as well.
    let crowded = rounds(0.1, &[1, 2, 3, 4], 9, &mut Noise(3));
    let two_cores = |workers: u32| f64::from(workers).min(1.95);
    assert_eq!(fit_amdahl(&crowded, two_cores), Err(Unfit::TooFewCounts(2)));
    assert_eq!(fit_amdahl(&crowded, |_| 1.0), Err(Unfit::TooFewCounts(1)));
    assert_eq!(fit_amdahl(&[], enough), Err(Unfit::TooFewCounts(0)));
}

#[test]
fn rounds_that_lack_a_team_are_left_out() {
    let mut made = rounds(0.1, &[1, 2, 3], 8, &mut Noise(7));
    made[2].pop();
    made[5][1].millis = 0.0;
    assert_eq!(fit_amdahl(&made, enough).unwrap().rounds, 6);
    for round in &mut made {
        round.pop();
    }
    made.push(vec![Timed {
        workers: 3,
        millis: 100.0,
    }]);
    assert_eq!(fit_amdahl(&made, enough), Err(Unfit::NoRounds));
}
