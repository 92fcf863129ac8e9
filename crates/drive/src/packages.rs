//! Programs on this machine: looked for on `PATH`, installed from the system's
//! packages where that is possible without asking.

use crate::Error;
use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// First file of this name on `PATH`, or the path itself where it is absolute.
#[must_use]
pub fn on_path(name: &str) -> Option<PathBuf> {
    if Path::new(name).is_absolute() {
        return Path::new(name).is_file().then(|| PathBuf::from(name));
    }
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .map(|folder| folder.join(name))
        .find(|file| file.is_file())
}

/// Folder of tools that are built once and outlive `cargo clean`:
/// `TWO_CHEFS_CACHE`, else `two-chefs` in the user's cache folder. Present or not;
/// `None` without a home.
#[must_use]
pub fn tool_cache() -> Option<PathBuf> {
    let set = |name: &str| {
        env::var_os(name)
            .filter(|value| !value.is_empty())
            .map(PathBuf::from)
    };
    set("TWO_CHEFS_CACHE").or_else(|| {
        let base = set("XDG_CACHE_HOME").or_else(|| Some(set("HOME")?.join(".cache")))?;
        Some(base.join("two-chefs"))
    })
}

/// A program that `cargo xtask` has built from a crate of this version.
#[must_use]
pub fn in_tool_cache(name: &str, version: &str) -> Option<PathBuf> {
    let file = tool_cache()?
        .join(format!("{name}-{version}"))
        .join("bin")
        .join(name);
    file.is_file().then_some(file)
}

/// Whether system packages can be installed: apt-get is there and this is root.
#[must_use]
pub fn can_install() -> bool {
    rustix::process::geteuid().is_root() && on_path("apt-get").is_some()
}

/// Installs Debian packages. The package lists are refreshed only when the
/// first try fails, as they are on a fresh image.
///
/// # Errors
/// [`Error::Install`] when this is not root on a Debian-like system, or when
/// apt-get fails twice.
pub fn install(packages: &[&str]) -> Result<(), Error> {
    let wanted = packages.join(" ");
    if !can_install() {
        return Err(Error::Install {
            remedy: format!("install the packages: sudo apt-get install {wanted}"),
            packages: wanted,
        });
    }
    eprintln!("installing system packages, once: {wanted}");
    if apt(["install", "-y", "--no-install-recommends"], packages) {
        return Ok(());
    }
    eprintln!("refreshing the package lists");
    if apt(["update"], &[]) && apt(["install", "-y", "--no-install-recommends"], packages) {
        return Ok(());
    }
    Err(Error::Install {
        remedy: format!("see what `apt-get install {wanted}` says"),
        packages: wanted,
    })
}

fn apt<const N: usize>(arguments: [&str; N], packages: &[&str]) -> bool {
    Command::new("apt-get")
        .env("DEBIAN_FRONTEND", "noninteractive")
        .arg("-q")
        .args(arguments)
        .args(packages.iter().map(OsStr::new))
        .stdin(Stdio::null())
        // Standard output belongs to the caller's own results.
        .stdout(std::io::stderr())
        .status()
        .is_ok_and(|status| status.success())
}
