//! One sentence for the person at the terminal, and the exit status.

use std::fmt;

/// Why a command stopped.
#[derive(Debug)]
pub struct Failure {
    /// What happened and what to do.
    pub text: String,
    /// Exit status: 1 something is wrong with the project, 2 usage or environment.
    pub status: u8,
}

/// Result of a command or a step of one.
pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    /// The project is at fault.
    pub fn project(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            status: 1,
        }
    }

    /// The command line or the machine is at fault.
    pub fn environment(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            status: 2,
        }
    }

    /// Wraps a system error with what was tried.
    pub fn io(what: impl fmt::Display) -> impl FnOnce(std::io::Error) -> Self {
        move |error| Self::environment(format!("{what}: {error}"))
    }
}

impl From<drive::Error> for Failure {
    fn from(error: drive::Error) -> Self {
        Self::environment(error.to_string())
    }
}
