//! The native half: the `bench` program, asked one line at a time.

use crate::compiler::Compiler;
use crate::fail::{Failure, Outcome};
use crate::process::run;
use crate::site::Project;
use serde_json::{Value, json};
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

/// The running program. It uses no core between two questions.
pub struct Native {
    child: Child,
    ask: ChildStdin,
    answers: BufReader<ChildStdout>,
}

/// What one question gave.
pub struct Pairs {
    /// One pair a round.
    pub pairs: Vec<[f64; 2]>,
    /// Proof of the work, hexadecimal.
    pub checksum: String,
}

impl Native {
    /// Builds it with the compiler of the wasm half and starts it.
    ///
    /// # Errors
    /// When it does not compile or start.
    pub fn start(project: &Project) -> Outcome<Self> {
        let compiler = Compiler::find_or_install()?;
        let target = project.target().join("bench");
        eprintln!("native half: {}", compiler.describe());
        run(
            "building the native bench",
            compiler
                .native_cargo()
                .args(["build", "--quiet", "--release", "--package", "bench"])
                .env("CARGO_TARGET_DIR", &target)
                .env_remove("RUSTFLAGS")
                .current_dir(&project.root),
        )?;
        let mut child = Command::new(target.join("release/bench"))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(Failure::io("cannot start the native bench"))?;
        match (child.stdin.take(), child.stdout.take()) {
            (Some(ask), Some(answers)) => Ok(Self {
                child,
                ask,
                answers: BufReader::new(answers),
            }),
            _ => Err(Failure::environment("the native bench has no pipes")),
        }
    }

    /// Asks and waits for the answer.
    ///
    /// # Errors
    /// When the program says so or has ended.
    pub fn ask(&mut self, question: &Value) -> Outcome<Value> {
        let ended = |_| Failure::project("the native bench ended in the middle");
        writeln!(self.ask, "{question}").map_err(ended)?;
        self.ask.flush().map_err(ended)?;
        let mut line = String::new();
        self.answers.read_line(&mut line).map_err(ended)?;
        let answer: Value = serde_json::from_str(&line)
            .map_err(|_| Failure::project("the native bench ended in the middle"))?;
        match answer.get("error").and_then(Value::as_str) {
            Some(error) => Err(Failure::project(format!("native bench: {error}"))),
            None => Ok(answer),
        }
    }

    /// Asks for something that is measured in pairs.
    ///
    /// # Errors
    /// As for [`Native::ask`].
    pub fn pairs(&mut self, question: &Value) -> Outcome<Pairs> {
        let answer = self.ask(question)?;
        let pairs = answer
            .get("pairs")
            .and_then(|pairs| serde_json::from_value(pairs.clone()).ok())
            .ok_or_else(|| Failure::project("the native bench gave no pairs"))?;
        let checksum = answer.get("checksum").and_then(Value::as_str);
        Ok(Pairs {
            pairs,
            checksum: checksum.unwrap_or_default().to_owned(),
        })
    }

    /// Speed-up of two native threads over one on fixed work: whether two cores
    /// are free now.
    ///
    /// # Errors
    /// As for [`Native::ask`].
    pub fn spin(&mut self) -> Outcome<f64> {
        let answer = self.ask(&json!({ "ask": "spin" }))?;
        answer
            .get("speedup")
            .and_then(Value::as_f64)
            .ok_or_else(|| Failure::project("the native bench gave no speed-up"))
    }
}

impl Drop for Native {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
