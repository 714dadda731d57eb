//! Builds the window: crate `ui` to wasm, its JavaScript bindings, styles, pictures and fonts, together in one folder that any static server can show.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail, ensure};
use wasm_bindgen_cli_support::Bindgen;

use crate::command;
use crate::setup::fonts;
use crate::setup::wasm::{TARGET, Toolchain};
use crate::stamp::{self, Inputs};
use crate::workspace::Workspace;

/// Everything a built window depends on, besides its fonts and the toolchain.
const SOURCES: &[&str] =
    &["ui", "sync/domain", "Cargo.lock", "Cargo.toml", "tests/xtask/src/ui.rs", "tests/xtask/src/ui/boot.js"];
/// The starting module, unless `ui/boot.js` takes its place.
const BOOT: &str = include_str!("ui/boot.js");

/// How the window is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quality {
    /// Built in little time; for runs and tests.
    Quick,
    /// Built small and fast; for packages.
    Small,
}

impl Quality {
    fn profile(self) -> &'static str {
        match self {
            Self::Quick => "wasm",
            Self::Small => "wasm-release",
        }
    }
}

/// Builds the window into [`Workspace::dist`], or sees that nothing changed since. Set-up must have run.
pub fn build(workspace: &Workspace, quality: Quality) -> Result<()> {
    let toolchain = Toolchain::prepared(workspace)?.context("no Rust for wasm is prepared: run `cargo xtask setup`")?;
    let dist = workspace.dist();
    let stamp_file = dist.join(".stamp");
    let digest = digest(workspace, &toolchain, quality)?;
    if stamp::is_current(&stamp_file, &digest) {
        eprintln!("    the window is up to date: {}", dist.display());
        return Ok(());
    }
    bindings_match(&fs::read_to_string(workspace.root.join("Cargo.lock")).context("reading Cargo.lock")?)?;
    eprintln!("    with {}; the first build takes some minutes", toolchain.name());
    command::run(
        toolchain
            .cargo()
            .current_dir(&workspace.root)
            .arg("build")
            .args(toolchain.arguments())
            .args(["--package", "ui", "--profile", quality.profile(), "--target-dir"])
            .arg(&workspace.target_ui),
    )?;
    // Put together beside the old one and swapped in at the end: a server that shows the old one never shows half a window.
    let fresh = workspace.target_ui.join("dist.new");
    let _ = fs::remove_dir_all(&fresh);
    fs::create_dir_all(&fresh)?;
    Bindgen::new()
        .input_path(workspace.target_ui.join(TARGET).join(quality.profile()).join("ui.wasm"))
        .web(true)?
        .omit_default_module_path(true)
        .typescript(false)
        // Half of the file; a panic still names its place in the source.
        .remove_name_section(true)
        .generate(&fresh)
        .context("making the JavaScript bindings")?;
    // No wasm-opt behind it: Debian's limits the table that the bindings grow, and the window it makes does not start.
    copy_page(&workspace.root.join("ui"), &fresh)?;
    fonts::copy_into(workspace, &fresh.join("fonts"))?;
    stamp::write(&fresh.join(".stamp"), &digest)?;
    let _ = fs::remove_dir_all(&dist);
    fs::rename(&fresh, &dist)?;
    let size = fs::metadata(dist.join("ui_bg.wasm"))?.len();
    eprintln!("    the window: {} ({:.1} MB of wasm)", dist.display(), size as f64 / 1e6);
    Ok(())
}

fn digest(workspace: &Workspace, toolchain: &Toolchain, quality: Quality) -> Result<String> {
    let mut inputs = Inputs::default();
    inputs.text(toolchain.name()).text(quality.profile()).text(&fonts::digest());
    for source in SOURCES {
        inputs.path(&workspace.root, source)?;
    }
    // Hidden, so named by itself: it holds the build profiles of the window.
    inputs.text(&stamp::of_file(&workspace.root.join(".cargo/config.toml"))?);
    Ok(inputs.digest())
}

/// The generator reads a private format of wasm-bindgen that changes with every version: both must be of the same one.
fn bindings_match(lock: &str) -> Result<()> {
    let library = locked(lock, "wasm-bindgen").context("Cargo.lock names no wasm-bindgen")?;
    let generator = locked(lock, "wasm-bindgen-cli-support").context("Cargo.lock names no wasm-bindgen-cli-support")?;
    ensure!(
        library == generator,
        "wasm-bindgen is {library} but its generator is {generator}: set wasm-bindgen-cli-support = \"={library}\" in tests/xtask/Cargo.toml"
    );
    Ok(())
}

fn locked<'lock>(lock: &'lock str, package: &str) -> Option<&'lock str> {
    let (_, rest) = lock.split_once(&format!("name = \"{package}\"\nversion = \""))?;
    rest.split_once('"').map(|(version, _)| version)
}

fn copy_page(ui: &Path, dist: &Path) -> Result<()> {
    let index = fs::read_to_string(ui.join("index.html")).context("reading ui/index.html")?;
    only_outside_scripts(&index)?;
    fs::write(dist.join("index.html"), index)?;
    match fs::read_to_string(ui.join("boot.js")) {
        Ok(own) => fs::write(dist.join("boot.js"), own)?,
        Err(_) => fs::write(dist.join("boot.js"), BOOT)?,
    }
    for folder in ["style", "assets"] {
        for file in stamp::files_below(&ui.join(folder))? {
            let to: PathBuf = dist.join(file.strip_prefix(ui)?);
            fs::create_dir_all(to.parent().unwrap_or(dist))?;
            fs::copy(&file, &to).with_context(|| format!("copying {}", file.display()))?;
        }
    }
    Ok(())
}

/// The window's content security policy forbids scripts inside the page; they would fail silently.
fn only_outside_scripts(index: &str) -> Result<()> {
    for tag in index.split("<script").skip(1) {
        let attributes = tag.split('>').next().unwrap_or_default();
        if !attributes.contains("src=") {
            bail!("ui/index.html holds a script inside the page, which the content security policy forbids: put it into a file");
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn lock(library: &str, generator: &str) -> String {
        format!(
            "[[package]]\nname = \"wasm-bindgen\"\nversion = \"{library}\"\n\n[[package]]\nname = \"wasm-bindgen-cli-support\"\nversion = \"{generator}\"\n"
        )
    }

    #[test]
    fn bindings_of_another_version_are_refused_with_the_line_to_change() {
        assert!(bindings_match(&lock("0.2.108", "0.2.108")).is_ok());
        let error = bindings_match(&lock("0.2.130", "0.2.108")).unwrap_err().to_string();
        assert!(error.contains("\"=0.2.130\""), "{error}");
    }

    #[test]
    fn a_page_with_a_script_inside_is_refused() {
        assert!(only_outside_scripts("<script type=\"module\" src=\"boot.js\"></script>").is_ok());
        assert!(only_outside_scripts("<script>start()</script>").is_err());
    }

    #[test]
    fn the_page_gets_its_styles_and_a_way_to_start() {
        let dir = tempfile::tempdir().unwrap();
        let (ui, dist) = (dir.path().join("ui"), dir.path().join("dist"));
        fs::create_dir_all(ui.join("style/parts")).unwrap();
        fs::create_dir_all(&dist).unwrap();
        fs::write(ui.join("style/parts/vote.css"), "x").unwrap();
        fs::write(ui.join("index.html"), "<script type=module src=boot.js></script>").unwrap();
        copy_page(&ui, &dist).unwrap();
        assert!(
            dist.join("style/parts/vote.css").is_file()
                && fs::read_to_string(dist.join("boot.js")).unwrap().contains("ui_bg.wasm")
        );
    }
}
