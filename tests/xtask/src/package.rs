//! A folder to hand out: optimised programs, pdfium, the window, licences.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::build;
use crate::setup::{self, Purpose};
use crate::stamp;
use crate::ui::{self, Quality};
use crate::workspace::Workspace;

/// What people start.
const PROGRAMS: [&str; 2] = ["kyhop", "kyhop-desktop"];

/// Builds for release and fills `dist/` in the checkout. Returns the folder.
pub fn run(workspace: &Workspace) -> Result<PathBuf> {
    setup::run(workspace, Purpose::Run)?;
    ui::build(workspace, Quality::Small)?;
    build::programs(workspace, true)?;
    let package = workspace.root.join("dist");
    let _ = fs::remove_dir_all(&package);
    fs::create_dir_all(&package)?;
    for program in PROGRAMS {
        fs::copy(workspace.programs(true).join(program), package.join(program)).with_context(|| format!("copying {program}"))?;
    }
    fs::copy(workspace.pdfium(), package.join("libpdfium.so"))?;
    copy_folder(&workspace.cache.join("pdfium/licenses"), &package.join("licenses/pdfium"))?;
    copy_folder(&workspace.dist(), &package.join("ui"))?;
    let licence = workspace.root.join("LICENSE");
    if licence.is_file() {
        fs::copy(licence, package.join("licenses/LICENSE"))?;
    }
    Ok(package)
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for file in stamp::files_below(from)? {
        let target = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        fs::copy(&file, &target).with_context(|| format!("copying {}", file.display()))?;
    }
    Ok(())
}
