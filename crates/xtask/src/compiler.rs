//! The compiler of the wasm half. Threads need a standard library rebuilt with
//! atomics, so its sources have to be there for exactly the compiler in use.

use crate::fail::{Failure, Outcome};
use crate::process::{forget_toolchain, output, run};
use drive::packages;
use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

const DEBIAN: [&str; 6] = [
    "rustc-web",
    "cargo-web",
    "rust-web-src",
    "rust-web-llvm",
    // `rust-lld` is a link into this package.
    "lld-22",
    "rust-web-clippy",
];
/// Oldest minor version the workspace compiles with.
/// `-Cpanic=immediate-abort` came with 1.92.
const OLDEST_MINOR: u32 = 92;

/// `--export=__heap_base` is needed by compilers from May 2026 on and harmless
/// before; without the other exports wasm-bindgen cannot prepare the module for
/// threads.
const RUSTFLAGS: &str = "-C target-feature=+atomics,+bulk-memory,+mutable-globals \
    -C link-arg=--shared-memory -C link-arg=--import-memory \
    -C link-arg=--max-memory=1073741824 \
    -C link-arg=--export=__wasm_init_tls -C link-arg=--export=__tls_size \
    -C link-arg=--export=__tls_align -C link-arg=--export=__tls_base \
    -C link-arg=--export=__heap_base";

/// What makes the page smaller: brotli went from 260 to 230 kB with these when
/// they were added. Panics trap at once without a text; the page's error card
/// shows what the browser says of the trap. Equal functions are merged by
/// wasm-opt, after the page was split: the compiler would give the merged one the
/// name of any of them, and what comes later is told by its name.
const SMALLER: &str = " -Zlocation-detail=none -Zfmt-debug=none \
    -Zmerge-functions=disabled -Zunstable-options -Cpanic=immediate-abort";

/// A compiler with the sources of its standard library.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Compiler {
    /// The active toolchain of rustup, or whatever `rustc` is first on PATH.
    Active {
        /// What `rustc --version` says.
        version: String,
    },
    /// Debian's packages, in /usr/bin.
    Debian {
        /// What `rustc --version` says.
        version: String,
    },
}

impl Compiler {
    /// Looks, and installs what is missing.
    ///
    /// # Errors
    /// When no compiler with library sources can be had here.
    pub fn find_or_install() -> Outcome<Self> {
        if let Some(found) = Self::find() {
            return Ok(found);
        }
        if packages::on_path("rustup").is_some() {
            eprintln!("asking rustup for the sources of the standard library (rust-src)");
            let asked = run(
                "rustup component add rust-src",
                Command::new("rustup").args(["component", "add", "rust-src"]),
            );
            if let (Ok(()), Some(found)) = (asked, Self::active()) {
                return Ok(found);
            }
        }
        eprintln!("rustup cannot give them here; trying Debian's packages of the compiler");
        packages::install(&DEBIAN).map_err(|error| {
            Failure::environment(format!(
                "threads in wasm need the sources of the standard library: \
                 run `rustup component add rust-src` ({error})"
            ))
        })?;
        Self::debian().ok_or_else(|| {
            Failure::environment("Debian's compiler packages are installed but incomplete")
        })
    }

    /// Looks only.
    pub fn find() -> Option<Self> {
        Self::active().or_else(Self::debian)
    }

    fn active() -> Option<Self> {
        let mut rustc = Command::new("rustc");
        // The one the user chose, `cargo +name` included, hence not forgotten.
        let sysroot = output(rustc.args(["--print", "sysroot"]))?;
        let version = output(Command::new("rustc").arg("--version"))?;
        (has_library(Path::new(&sysroot)) && is_recent(&version) && sysroot != "/usr")
            .then_some(Self::Active { version })
    }

    fn debian() -> Option<Self> {
        let rustc = Path::new("/usr/bin/rustc");
        let complete = ["/usr/bin/cargo", "/usr/bin/rust-lld"]
            .iter()
            .all(|file| Path::new(file).exists());
        let sysroot = output(Command::new(rustc).args(["--print", "sysroot"]))?;
        let version = output(Command::new(rustc).arg("--version"))?;
        (complete && has_library(Path::new(&sysroot)) && is_recent(&version))
            .then_some(Self::Debian { version })
    }

    /// One line for the terminal.
    pub fn describe(&self) -> String {
        match self {
            Self::Active { version } => format!("{version}, the active toolchain with rust-src"),
            Self::Debian { version } => format!("{version}, Debian's packages in /usr/bin"),
        }
    }

    /// What `rustc --version` says.
    pub fn version(&self) -> &str {
        match self {
            Self::Active { version } | Self::Debian { version } => version,
        }
    }

    /// Prepares a child process that builds for wasm. The settings are never in
    /// a configuration file: native builds would read them there and fail.
    /// `tools` come before everything else on PATH.
    pub fn prepare<'a>(&self, command: &'a mut Command, tools: &[PathBuf]) -> &'a mut Command {
        let mut path = tools.to_vec();
        if matches!(self, Self::Debian { .. }) {
            forget_toolchain(command);
            path.push("/usr/bin".into());
        } else {
            command.env_remove("CARGO").env_remove("RUSTC");
        }
        path.extend(env::split_paths(&env::var_os("PATH").unwrap_or_default()));
        if let Ok(joined) = env::join_paths(path) {
            command.env("PATH", joined);
        }
        command
            // Both would win over the flags of the target.
            .env_remove("RUSTFLAGS")
            .env_remove("CARGO_ENCODED_RUSTFLAGS")
            .env_remove("CARGO_BUILD_TARGET")
            .env("RUSTC_BOOTSTRAP", "1")
            .env("CARGO_UNSTABLE_BUILD_STD", "panic_abort,std")
            .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", RUSTFLAGS)
    }

    /// As [`Compiler::prepare`], for a site that is to be small.
    pub fn prepare_small<'a>(
        &self,
        command: &'a mut Command,
        tools: &[PathBuf],
    ) -> &'a mut Command {
        self.prepare(command, tools)
            .env("CARGO_UNSTABLE_BUILD_STD_FEATURES", "optimize_for_size")
            .env(
                "CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS",
                [RUSTFLAGS, SMALLER].concat(),
            )
    }

    /// A cargo of this compiler, prepared for wasm.
    pub fn cargo(&self, tools: &[PathBuf]) -> Command {
        let mut command = match self {
            Self::Active { .. } => Command::new("cargo"),
            Self::Debian { .. } => Command::new("/usr/bin/cargo"),
        };
        self.prepare(&mut command, tools);
        command
    }

    /// A cargo of this compiler for native code, without any of the above.
    pub fn native_cargo(&self) -> Command {
        match self {
            Self::Active { .. } => Command::new("cargo"),
            Self::Debian { .. } => {
                let mut command = Command::new("/usr/bin/cargo");
                let path = env::var_os("PATH").unwrap_or_default();
                let path =
                    std::iter::once(PathBuf::from("/usr/bin")).chain(env::split_paths(&path));
                if let Ok(joined) = env::join_paths(path) {
                    command.env("PATH", joined);
                }
                forget_toolchain(&mut command);
                command
            }
        }
    }
}

fn has_library(sysroot: &Path) -> bool {
    sysroot
        .join("lib/rustlib/src/rust/library/std/Cargo.toml")
        .is_file()
}

/// `rustc 1.96.0 (...)` is recent enough for the workspace.
fn is_recent(version: &str) -> bool {
    let mut parts = version.split([' ', '.', '-']).skip(1);
    let major: Option<u32> = parts.next().and_then(|part| part.parse().ok());
    let minor: Option<u32> = parts.next().and_then(|part| part.parse().ok());
    major > Some(1) || (major == Some(1) && minor >= Some(OLDEST_MINOR))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn old_compilers_are_passed_over() {
        assert!(is_recent(
            "rustc 1.96.0 (ac68faa20 2026-05-25) (built from a source tarball)"
        ));
        assert!(is_recent("rustc 1.97.0-nightly (e50aa6fba 2026-05-19)"));
        assert!(!is_recent("rustc 1.63.0"));
        assert!(!is_recent(""));
    }
}
