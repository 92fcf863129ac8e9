//! The command line: words, switches and switches with a value.

use crate::fail::{Failure, Outcome};

/// What follows the name of a command.
pub struct Args {
    command: &'static str,
    rest: Vec<String>,
}

impl Args {
    /// Arguments of one command.
    pub fn new(command: &'static str, rest: Vec<String>) -> Self {
        Self { command, rest }
    }

    /// Whether a switch such as `--json` is there.
    pub fn switch(&mut self, name: &str) -> bool {
        let before = self.rest.len();
        self.rest.retain(|word| word != name);
        self.rest.len() < before
    }

    /// The value after a switch, as `--port 80` or `--port=80`.
    ///
    /// # Errors
    /// When the switch is there without a value.
    pub fn value(&mut self, name: &str) -> Outcome<Option<String>> {
        if let Some(at) = self.rest.iter().position(|word| word == name) {
            if at + 1 >= self.rest.len() || self.rest[at + 1].starts_with("--") {
                return Err(self.usage(&format!("{name} needs a value")));
            }
            let value = self.rest.remove(at + 1);
            self.rest.remove(at);
            return Ok(Some(value));
        }
        let joined = format!("{name}=");
        let found = self.rest.iter().position(|word| word.starts_with(&joined));
        Ok(found.map(|at| self.rest.remove(at)[joined.len()..].to_owned()))
    }

    /// The value of a switch as a number.
    ///
    /// # Errors
    /// When it is no such number.
    pub fn number<T: std::str::FromStr>(&mut self, name: &str) -> Outcome<Option<T>> {
        self.value(name)?
            .map(|text| {
                text.parse()
                    .map_err(|_| self.usage(&format!("{name} takes a number, not {text:?}")))
            })
            .transpose()
    }

    /// The words that are left.
    ///
    /// # Errors
    /// When a switch is among them that the command does not know.
    pub fn words(self) -> Outcome<Vec<String>> {
        match self.rest.iter().find(|word| word.starts_with('-')) {
            Some(word) => Err(self.usage(&format!("unknown switch {word}"))),
            None => Ok(self.rest),
        }
    }

    /// Nothing may be left.
    ///
    /// # Errors
    /// When something is.
    pub fn finish(self) -> Outcome {
        let command = self.command;
        match self.words()?.first() {
            Some(word) => Err(Failure::environment(format!(
                "cargo xtask {command} does not take {word:?}"
            ))),
            None => Ok(()),
        }
    }

    fn usage(&self, why: &str) -> Failure {
        Failure::environment(format!(
            "cargo xtask {}: {why}; see `cargo xtask help`",
            self.command
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(words: &[&str]) -> Args {
        Args::new(
            "measure",
            words.iter().map(|word| (*word).to_owned()).collect(),
        )
    }

    #[test]
    fn switches_values_and_words_are_told_apart() {
        let mut given = args(&["waiting", "--json", "--port", "80", "computing", "--out=x"]);
        assert!(given.switch("--json") && !given.switch("--json"));
        assert_eq!(given.number::<u16>("--port").unwrap(), Some(80));
        assert_eq!(given.value("--out").unwrap().as_deref(), Some("x"));
        assert_eq!(given.words().unwrap(), ["waiting", "computing"]);
    }

    #[test]
    fn mistakes_are_usage_errors() {
        assert_eq!(
            args(&["--port"])
                .number::<u16>("--port")
                .unwrap_err()
                .status,
            2
        );
        assert_eq!(
            args(&["--port", "many"])
                .number::<u16>("--port")
                .unwrap_err()
                .status,
            2
        );
        assert_eq!(args(&["--jsn"]).words().unwrap_err().status, 2);
        assert_eq!(args(&["word"]).finish().unwrap_err().status, 2);
    }
}
