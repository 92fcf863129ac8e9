//! What can go wrong outside this program, each with what to do about it.

/// A failure of server, browser or driver.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A system package is missing and cannot be had.
    #[error("missing on this machine: {packages}; {remedy}")]
    Install {
        /// Package names.
        packages: String,
        /// What to do.
        remedy: String,
    },
    /// A program or file was not there or could not be used.
    #[error("{what}: {source}")]
    Io {
        /// What was tried.
        what: String,
        /// What the system said.
        source: std::io::Error,
    },
    /// The headers file is wrong.
    #[error("{path}, line {line}: {why}")]
    Headers {
        /// The file.
        path: String,
        /// Line from 1.
        line: usize,
        /// What is wrong.
        why: String,
    },
    /// The server could not listen.
    #[error("cannot listen on port {port}: {why}; choose another with --port")]
    Listen {
        /// Port asked for, 0 for any.
        port: u16,
        /// What the system said.
        why: String,
    },
    /// The driver did not answer, or answered with an error.
    #[error("browser driver: {command}: {why}")]
    Driver {
        /// What was asked.
        command: String,
        /// What came back.
        why: String,
    },
    /// Something did not happen in time.
    #[error("{what} took longer than {seconds} s")]
    Timeout {
        /// What was waited for.
        what: String,
        /// The limit.
        seconds: u64,
    },
}

impl Error {
    /// Wraps a system error with what was tried.
    pub fn io(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |source| Self::Io { what, source }
    }
}
