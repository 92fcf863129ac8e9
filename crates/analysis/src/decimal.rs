//! Numbers as short text, without the float formatting of the standard
//! library, which would cost the page several kilobytes.

/// The number rounded to at most `places` decimals (up to 9), without trailing
/// zeros; `-`, `inf` or `nan` where it is no ordinary number.
#[must_use]
pub fn text(value: f64, places: u32) -> String {
    if value.is_nan() {
        return "nan".into();
    }
    if value.is_infinite() {
        return if value > 0.0 { "inf" } else { "-inf" }.into();
    }
    let scale = 10_u64.pow(places.min(9));
    let scaled = (value.abs() * scale as f64).round() as u64;
    let mut text = String::new();
    if value < 0.0 && scaled > 0 {
        text.push('-');
    }
    text.push_str(&(scaled / scale).to_string());
    let fraction = scaled % scale;
    if fraction > 0 {
        // The leading 1 keeps the zeros after the point.
        let digits = (scale + fraction).to_string();
        text.push('.');
        text.push_str(digits.get(1..).unwrap_or_default().trim_end_matches('0'));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::text;

    #[test]
    fn numbers_read_as_written_by_hand() {
        let cases = [
            (1.15, 2, "1.15"),
            (0.0, 2, "0"),
            (1.999, 2, "2"),
            (0.05, 2, "0.05"),
            (-0.001, 2, "0"),
            (-1.5, 1, "-1.5"),
            (630.0, 2, "630"),
            (10.10, 3, "10.1"),
            (f64::NAN, 2, "nan"),
            (f64::NEG_INFINITY, 2, "-inf"),
        ];
        for (value, places, expected) in cases {
            assert_eq!(text(value, places), expected);
        }
    }
}
