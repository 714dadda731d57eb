//! Builds the native programs, always with the same choice of packages, so that run, test and bench share what they compile.

use anyhow::Result;

use crate::command;
use crate::workspace::{Workspace, cargo};

/// All packages. The window itself exists only as wasm ([`crate::ui`] builds it); what of it runs without a browser is tested natively.
pub const NATIVE: &str = "--workspace";

/// Builds every program (`kyhop`, `kyhop-desktop`, the devserver, benches); `release` for measuring and shipping.
pub fn programs(workspace: &Workspace, release: bool) -> Result<()> {
    let mut command = cargo();
    // xtask itself is running: it is left alone.
    command.current_dir(&workspace.root).arg("build").arg(NATIVE).args(["--exclude", "xtask", "--bins"]);
    if release {
        command.arg("--release");
    }
    command::run(&mut command)
}
