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
    package_hub(workspace, &package.join("hub"))?;
    fs::copy(workspace.pdfium(), package.join("libpdfium.so"))?;
    copy_folder(&workspace.cache.join("pdfium/licenses"), &package.join("licenses/pdfium"))?;
    copy_folder(&workspace.dist(), &package.join("ui"))?;
    let licence = workspace.root.join("LICENSE");
    if licence.is_file() {
        fs::copy(licence, package.join("licenses/LICENSE"))?;
    }
    Ok(package)
}

/// What an administrator takes to a server: the program, its unit, and how to set it up.
fn package_hub(workspace: &Workspace, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    fs::copy(workspace.programs(true).join("kyhop-hub"), folder.join("kyhop-hub")).context("copying kyhop-hub")?;
    for document in ["hub.md", "hub/kyhop-hub.service"] {
        let name = Path::new(document).file_name().context("a document has a name")?;
        fs::copy(workspace.root.join("docs").join(document), folder.join(name)).with_context(|| format!("copying {document}"))?;
    }
    Ok(())
}

fn copy_folder(from: &Path, to: &Path) -> Result<()> {
    for file in stamp::files_below(from)? {
        let target = to.join(file.strip_prefix(from)?);
        fs::create_dir_all(target.parent().unwrap_or(to))?;
        fs::copy(&file, &target).with_context(|| format!("copying {}", file.display()))?;
    }
    Ok(())
}
