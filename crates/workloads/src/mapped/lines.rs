//! Lines of a split, one after another.

/// Bytes whose lines are read in about 40 us.
const STEP_BYTES: usize = 16 * 1024;

/// Where in the split the reading is.
#[derive(Default)]
pub(crate) struct Lines {
    /// Where the line begins that is being read.
    start: usize,
    /// First byte not looked at.
    at: usize,
}

impl Lines {
    /// Hands on the lines that end in the next bytes, without their ends; false once
    /// all was read. A last line without an end is one too; empty ones are none.
    pub(crate) fn step(&mut self, split: &[u8], mut each: impl FnMut(&[u8])) -> bool {
        let end = split.len().min(self.at + STEP_BYTES);
        while self.at < end {
            let ahead = split.get(self.at..end).unwrap_or_default();
            let Some(length) = ahead.iter().position(|byte| *byte == b'\n') else {
                self.at = end;
                break;
            };
            self.hand_on(split, self.at + length, &mut each);
            self.at += length + 1;
            self.start = self.at;
        }
        let is_more = end < split.len();
        if !is_more {
            self.hand_on(split, split.len(), &mut each);
            self.start = split.len();
        }
        is_more
    }

    fn hand_on(&self, split: &[u8], end: usize, each: &mut impl FnMut(&[u8])) {
        let line = split.get(self.start..end).unwrap_or_default();
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if !line.is_empty() {
            each(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_those_of_the_standard_library() {
        let long = "x".repeat(3 * STEP_BYTES);
        for text in [
            "",
            "\n",
            "a",
            "a\n",
            "a\r\n\r\n\nb",
            &long,
            &format!("{long}\n{long}\ny"),
        ] {
            let mut lines = Lines::default();
            let mut seen = Vec::new();
            while lines.step(text.as_bytes(), |line| seen.push(line.to_vec())) {}
            let wanted: Vec<&[u8]> = text
                .lines()
                .map(str::as_bytes)
                .filter(|line| !line.is_empty())
                .collect();
            assert_eq!(seen, wanted);
            lines.step(text.as_bytes(), |_| panic!("a line came twice"));
        }
    }
}
