//! The toolchain for the window: rustup's wasm target, or Debian's Rust where rustup cannot fetch it.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use super::{Plan, apt};
use crate::command::{self, Ended};
use crate::workspace::{Workspace, cargo, in_path};

/// The target the window is built for.
pub const TARGET: &str = "wasm32-unknown-unknown";
/// `rustup target add` gets so long before the fallback is taken.
const RUSTUP_LIMIT: Duration = Duration::from_secs(30);
/// Debian's Rust, with the sources from which it builds std for wasm.
const DEBIAN_PACKAGES: [&str; 3] = ["rustc-web", "cargo-web", "rust-web-src"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";
const DEBIAN_SOURCES: &str = "/usr/lib/rustlib/src";
/// Set to `debian`, it takes the fallback at once; for trying it out.
const FORCE: &str = "KYHOP_WASM";

/// Which Rust builds the window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Toolchain {
    /// The Rust that also builds everything else; it has the target.
    Own,
    /// Debian's Rust, building std from its sources, with the linker of the own one.
    Debian {
        /// `rust-lld` or `wasm-ld`.
        linker: PathBuf,
    },
}

impl Toolchain {
    /// The toolchain that set-up has prepared, or `None`.
    pub fn prepared(workspace: &Workspace) -> Result<Option<Self>> {
        let sysroot = sysroot()?;
        let forced = std::env::var_os(FORCE) == Some(OsString::from("debian"));
        if !forced && has_target(&sysroot) {
            return Ok(Some(Self::Own));
        }
        let chosen = forced || fallback_note(workspace).is_file();
        let there = Path::new(DEBIAN_RUSTC).is_file() && Path::new(DEBIAN_CARGO).is_file() && Path::new(DEBIAN_SOURCES).is_dir();
        Ok(if chosen && there { Some(Self::Debian { linker: linker(&sysroot)? }) } else { None })
    }

    /// cargo with everything set to build for wasm; the caller adds the subcommand, then [`Toolchain::arguments`].
    pub fn cargo(&self) -> Command {
        match self {
            Self::Own => cargo(),
            Self::Debian { linker } => {
                let mut command = Command::new(DEBIAN_CARGO);
                command
                    .env_remove("LD_LIBRARY_PATH")
                    .env("RUSTC", DEBIAN_RUSTC)
                    // -Zbuild-std is unstable; Debian's std for wasm exists only as sources.
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker);
                command
            }
        }
    }

    /// What follows the subcommand.
    pub fn arguments(&self) -> Vec<&'static str> {
        let mut arguments = vec!["--target", TARGET];
        if matches!(self, Self::Debian { .. }) {
            arguments.push("-Zbuild-std=std,panic_abort");
        }
        arguments
    }

    /// Told apart in build stamps and shown to people.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Own => "the installed Rust with its wasm target",
            Self::Debian { .. } => "Debian's Rust, building std for wasm",
        }
    }
}

/// Adds the target if it is missing, `None` when a toolchain is ready.
pub fn plan(workspace: &Workspace) -> Result<Option<Plan>> {
    if Toolchain::prepared(workspace)?.is_some() {
        return Ok(None);
    }
    let announce = format!(
        "{TARGET} by rustup; should that not work within {} s, Debian's {}",
        RUSTUP_LIMIT.as_secs(),
        DEBIAN_PACKAGES.join(" ")
    );
    Ok(Some(Plan::new("Rust for the window", announce, install)))
}

fn install(workspace: &Workspace) -> Result<()> {
    let forced = std::env::var_os(FORCE) == Some(OsString::from("debian"));
    if !forced && in_path("rustup").is_some() {
        match command::run_within(Command::new("rustup").args(["target", "add", TARGET]), RUSTUP_LIMIT)? {
            Ended::Itself(true) => return Ok(()),
            Ended::Itself(false) => {
                eprintln!("    rustup could not add the target; taking Debian's Rust")
            }
            Ended::OutOfTime => {
                eprintln!("    rustup did not finish in time; taking Debian's Rust")
            }
        }
    }
    if in_path("apt-get").is_none() {
        bail!("please run `rustup target add {TARGET}` yourself, then call this again");
    }
    if !Path::new(DEBIAN_SOURCES).is_dir() || !Path::new(DEBIAN_CARGO).is_file() {
        apt::install(&DEBIAN_PACKAGES.map(str::to_owned))?;
    }
    let note = fallback_note(workspace);
    fs::create_dir_all(&workspace.cache)?;
    fs::write(
        &note,
        "Debian's Rust builds the window, because rustup could not add the wasm target here. Delete this file to try rustup again.\n",
    )?;
    Toolchain::prepared(workspace)?
        .map(|_| ())
        .context("Debian's Rust was installed but its sources are not where they were expected")
}

fn fallback_note(workspace: &Workspace) -> PathBuf {
    workspace.cache.join("wasm-toolchain-debian")
}

fn sysroot() -> Result<PathBuf> {
    Ok(PathBuf::from(command::capture(Command::new("rustc").args(["--print", "sysroot"]))?.trim()))
}

/// Whether that Rust has a compiled std for wasm.
fn has_target(sysroot: &Path) -> bool {
    fs::read_dir(sysroot.join("lib/rustlib").join(TARGET).join("lib"))
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().to_string_lossy().starts_with("libstd-")))
}

/// A linker for wasm: the one that comes with rustup's Rust, or LLVM's.
fn linker(sysroot: &Path) -> Result<PathBuf> {
    let rustlib = sysroot.join("lib/rustlib");
    for entry in fs::read_dir(&rustlib).with_context(|| format!("reading {}", rustlib.display()))? {
        let linker = entry?.path().join("bin/rust-lld");
        if linker.is_file() {
            return Ok(linker);
        }
    }
    in_path("wasm-ld")
        .context("no linker for wasm: neither rust-lld in the Rust toolchain nor wasm-ld in PATH (Debian: apt install lld)")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    #[test]
    fn a_target_folder_without_std_does_not_count_as_a_toolchain() {
        let dir = tempfile::tempdir().unwrap();
        let lib = dir.path().join("lib/rustlib").join(TARGET).join("lib");
        assert!(!has_target(dir.path()));
        fs::create_dir_all(&lib).unwrap();
        assert!(!has_target(dir.path()));
        fs::write(lib.join("libstd-0123.rlib"), "").unwrap();
        assert!(has_target(dir.path()));
    }

    #[test]
    fn the_linker_is_the_one_of_the_own_toolchain() {
        let dir = tempfile::tempdir().unwrap();
        let bin = dir.path().join("lib/rustlib/some-host/bin");
        fs::create_dir_all(&bin).unwrap();
        fs::write(bin.join("rust-lld"), "").unwrap();
        assert_eq!(linker(dir.path()).unwrap(), bin.join("rust-lld"));
    }

    #[test]
    fn the_fallback_builds_std_itself() {
        let debian = Toolchain::Debian { linker: PathBuf::from("/lld") };
        assert!(debian.arguments().iter().any(|argument| argument.starts_with("-Zbuild-std")));
        assert_eq!(Toolchain::Own.arguments(), ["--target", TARGET]);
    }
}
