//! Where things are: the checkout, what cargo builds, and the cache that outlives both.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

/// The places every command of xtask works with. All paths are absolute.
#[derive(Debug, Clone)]
pub struct Workspace {
    /// The checkout: the folder with the workspace's `Cargo.toml`.
    pub root: PathBuf,
    /// cargo's target folder for native code (`CARGO_TARGET_DIR` is honoured).
    pub target: PathBuf,
    /// The target folder of the window (wasm): `KYHOP_TARGET_UI`, else `target-ui/` in the checkout.
    pub target_ui: PathBuf,
    /// Fetched things that do not belong to one checkout: `KYHOP_CACHE`, else `kyhop/` in the user's cache folder (`~/.cache`).
    pub cache: PathBuf,
}

impl Workspace {
    /// Finds the places. Fails when xtask is not run through cargo from inside the checkout, or without a home folder.
    pub fn locate() -> Result<Self> {
        let manifest =
            std::env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let root = manifest.ancestors().nth(2).context("xtask stands two folders below the checkout")?.to_path_buf();
        ensure!(root.join("src-tauri").is_dir(), "{} is not a checkout of Kỳ Họp: run `cargo xtask` inside one", root.display());
        let cache = cache()?;
        let target_ui = match std::env::var_os("KYHOP_TARGET_UI") {
            Some(dir) => std::path::absolute(dir)?,
            None => root.join("target-ui"),
        };
        let target = cargo_target(&root)?;
        Ok(Self { root, target, target_ui, cache })
    }

    /// The finished window: `index.html`, `ui.js`, `ui_bg.wasm`, styles and fonts.
    pub fn dist(&self) -> PathBuf {
        self.target_ui.join("dist")
    }

    /// Where built programs lie. `release` is the optimised build.
    pub fn programs(&self, release: bool) -> PathBuf {
        self.target.join(if release { "release" } else { "debug" })
    }

    /// The pdfium library that set-up unpacked.
    pub fn pdfium(&self) -> PathBuf {
        self.cache.join("pdfium/libpdfium.so")
    }

    /// Real papers for the tests: `KYHOP_DATA`, else `../shared/data` beside the checkout when it exists.
    pub fn data(&self) -> Option<PathBuf> {
        if let Some(dir) = std::env::var_os("KYHOP_DATA") {
            return Some(PathBuf::from(dir));
        }
        let beside = self.root.parent()?.join("shared/data");
        beside.is_dir().then_some(beside)
    }
}

/// cargo itself, the same one that runs xtask.
pub fn cargo() -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    // `cargo run` points this at its own libraries; another toolchain's programs must not find them.
    command.env_remove("LD_LIBRARY_PATH");
    // What cargo tells xtask about xtask's own package would make build scripts that watch these names run again whenever cargo is
    // called once by hand and once from here.
    let own = |name: &str| name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_");
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(own)) {
        command.env_remove(name);
    }
    command
}

/// The first program of that name in `PATH`.
pub fn in_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|dir| dir.join(name)).find(|file| file.is_file())
}

fn cache() -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("KYHOP_CACHE") {
        return Ok(std::path::absolute(dir)?);
    }
    // The same place where the programs look for pdfium.
    let caches = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).filter(|dir| dir.is_absolute());
    let caches = caches.or_else(|| Some(std::env::home_dir()?.join(".cache")));
    Ok(caches.context("no home folder: set KYHOP_CACHE to a folder for fetched files")?.join("kyhop"))
}

fn cargo_target(root: &Path) -> Result<PathBuf> {
    if let Some(dir) = std::env::var_os("CARGO_TARGET_DIR") {
        return Ok(std::path::absolute(dir)?);
    }
    let output =
        cargo().current_dir(root).args(["metadata", "--no-deps", "--format-version", "1"]).output().context("cargo metadata")?;
    ensure!(output.status.success(), "cargo metadata failed: {}", String::from_utf8_lossy(&output.stderr).trim());
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).context("cargo metadata printed something else than JSON")?;
    Ok(PathBuf::from(metadata["target_directory"].as_str().context("cargo metadata names no target_directory")?))
}
