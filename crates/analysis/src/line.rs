//! What it takes to send so many bytes: `time = latency + bytes / bandwidth`
//! (the linear model of Hockney, *Parallel Computing* 20, 1994), fitted by least
//! squares with a latency that is not negative.

/// A fitted line.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Time of an empty message in milliseconds, 0 or more.
    pub latency_ms: f64,
    /// Bytes a millisecond.
    pub bytes_per_ms: f64,
    /// Share of the spread of the times that the line accounts for, 1 at most; below
    /// 0 where the mean of the times would be better.
    pub r2: f64,
}

impl Line {
    /// Milliseconds for so many bytes.
    #[must_use]
    pub fn at(&self, bytes: f64) -> f64 {
        self.latency_ms + bytes / self.bytes_per_ms
    }
}

/// The line through points of bytes and milliseconds. `None` with fewer than three
/// different sizes, or where larger messages do not take longer.
#[must_use]
pub fn fit(points: &[(f64, f64)]) -> Option<Line> {
    let mut sizes: Vec<f64> = points.iter().map(|(bytes, _)| *bytes).collect();
    sizes.sort_unstable_by(f64::total_cmp);
    sizes.dedup();
    if sizes.len() < 3 {
        return None;
    }
    let n = points.len() as f64;
    let sum = |of: &dyn Fn(f64, f64) -> f64| points.iter().map(|&(x, y)| of(x, y)).sum::<f64>();
    let (mean_x, mean_y) = (sum(&|x, _| x) / n, sum(&|_, y| y) / n);
    let spread = sum(&|x, _| (x - mean_x) * (x - mean_x));
    let mut slope = sum(&|x, y| (x - mean_x) * (y - mean_y)) / spread;
    let mut latency_ms = mean_y - slope * mean_x;
    if latency_ms < 0.0 {
        latency_ms = 0.0;
        slope = sum(&|x, y| x * y) / sum(&|x, _| x * x);
    }
    if !slope.is_finite() || slope <= 0.0 {
        return None;
    }
    let line = Line {
        latency_ms,
        bytes_per_ms: 1.0 / slope,
        r2: 0.0,
    };
    let left = sum(&|x, y| (y - line.at(x)) * (y - line.at(x)));
    let all = sum(&|_, y| (y - mean_y) * (y - mean_y));
    let r2 = if all > 0.0 { 1.0 - left / all } else { 0.0 };
    Some(Line { r2, ..line })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_found_again() {
        let points: Vec<_> = [1e3, 1e4, 1e5, 1e6]
            .map(|bytes| (bytes, 0.05 + bytes / 1e5))
            .into();
        let line = fit(&points).unwrap();
        assert!((line.latency_ms - 0.05).abs() < 1e-9, "{line:?}");
        assert!((line.bytes_per_ms - 1e5).abs() < 1e-3 && line.r2 > 0.999_999);
        assert!((line.at(2e5) - 2.05).abs() < 1e-9);
    }

    #[test]
    fn no_message_takes_less_than_nothing() {
        // Large ones cost more a byte: the straight line would begin below 0.
        let line = fit(&[(1.0, 0.1), (10.0, 0.5), (100.0, 20.0)]).unwrap();
        assert_eq!(line.latency_ms, 0.0);
        assert!(line.r2 > 0.9 && line.bytes_per_ms > 0.0);
    }

    #[test]
    fn noise_is_told_and_nonsense_is_not_fitted() {
        let line = fit(&[(1.0, 5.0), (2.0, 1.0), (3.0, 4.0), (4.0, 6.0)]).unwrap();
        assert!(line.r2 < 0.5, "{line:?}");
        assert_eq!(fit(&[(1.0, 1.0), (2.0, 2.0), (2.0, 2.1)]), None);
        assert_eq!(fit(&[(1.0, 3.0), (2.0, 2.0), (3.0, 1.0)]), None);
        assert_eq!(fit(&[(1.0, f64::NAN), (2.0, 2.0), (3.0, 1.0)]), None);
        assert_eq!(fit(&[]), None);
    }
}
