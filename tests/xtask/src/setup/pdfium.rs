//! The pdfium library, out of a Python wheel that carries it without V8 and XFA; pinned by hash twice, as wheel and as library.

use std::fs;
use std::path::Path;

use anyhow::{Result, bail, ensure};

use super::{Plan, wheel};
use crate::stamp;
use crate::workspace::Workspace;

/// The wheel with its version and hash, in pip's own format.
const REQUIREMENTS: &str = "requirements-pdfium.txt";
/// SHA-256 of `pypdfium2_raw/libpdfium.so` in that wheel (Linux, x86-64).
const LIBRARY_SHA256: &str = "c76dc0f7839644bfa7c3e3107a6068df714e339c861bb7d4519907b821d427f9";

/// Whether the library was unpacked and verified before.
pub fn is_there(workspace: &Workspace) -> bool {
    workspace.pdfium().is_file() && stamp::is_current(&workspace.cache.join("stamps/pdfium"), LIBRARY_SHA256)
}

/// Fetches the library unless it is there.
pub fn plan(workspace: &Workspace) -> Result<Option<Plan>> {
    if is_there(workspace) {
        return Ok(None);
    }
    Ok(Some(Plan::new(
        "pdfium",
        "the PDF renderer and its licences (4 MB, from the Python package pypdfium2, pinned by hash)",
        install,
    )))
}

fn install(workspace: &Workspace) -> Result<()> {
    if !wheel::PINNED {
        bail!("no pdfium is pinned for this kind of machine yet: put a library at {} yourself", workspace.pdfium().display());
    }
    let unpacked = wheel::unpack(workspace, REQUIREMENTS, "pdfium")?;
    let library = unpacked.join("pypdfium2_raw/libpdfium.so");
    let found = stamp::of_file(&library)?;
    ensure!(found == LIBRARY_SHA256, "{} is not the pinned library: sha256 {found}", library.display());
    let home = workspace.cache.join("pdfium");
    let _ = fs::remove_dir_all(&home);
    fs::create_dir_all(&home)?;
    fs::rename(&library, workspace.pdfium())?;
    keep_licences(&unpacked, &home.join("licenses"))?;
    fs::remove_dir_all(&unpacked)?;
    stamp::write(&workspace.cache.join("stamps/pdfium"), LIBRARY_SHA256)
}

/// The licences of pdfium and of what is linked into it must go wherever the library goes.
fn keep_licences(unpacked: &Path, home: &Path) -> Result<()> {
    for entry in fs::read_dir(unpacked)?.flatten() {
        let licences = entry.path().join("licenses");
        if licences.is_dir() {
            return Ok(fs::rename(licences, home)?);
        }
    }
    bail!("the wheel carries no licences")
}
