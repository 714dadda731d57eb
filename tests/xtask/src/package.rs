//! A folder to hand out: optimised programs, pdfium, the window, licences.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::build;
use crate::command;
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
        place(&workspace.programs(true).join(program), &package.join(program))?;
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

/// Copies a program without the tables for debuggers, which are more than half of it. The names of functions stay, so that the trace of a crash can
/// be read; a panic names its file and line in any case. Done on the copy: as a setting of the profile it would compile everything anew.
fn place(program: &Path, target: &Path) -> Result<()> {
    command::run(Command::new("strip").arg("--strip-debug").arg("-o").arg(target).arg(program))
}

/// What an administrator takes to a server: the program, its unit, and how to set it up.
fn package_hub(workspace: &Workspace, folder: &Path) -> Result<()> {
    fs::create_dir_all(folder)?;
    place(&workspace.programs(true).join("kyhop-hub"), &folder.join("kyhop-hub"))?;
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

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used)]
mod tests {
    use super::*;

    #[test]
    fn a_program_in_a_package_is_smaller_and_still_starts() {
        let program = std::env::current_exe().unwrap();
        let folder = tempfile::tempdir().unwrap();
        let placed = folder.path().join("program");
        place(&program, &placed).unwrap();
        let size = |path: &Path| fs::metadata(path).unwrap().len();
        assert!(size(&placed) < size(&program));
        let listed = command::capture(Command::new(&placed).arg("--list")).unwrap();
        assert!(listed.contains("a_program_in_a_package_is_smaller_and_still_starts"), "{listed}");
    }
}
