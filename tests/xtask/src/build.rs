//! Builds the native programs, always with the same choice of packages, so that run, test and bench share what they compile.

use anyhow::Result;

use crate::command;
use crate::workspace::{Workspace, cargo};

/// All packages. Features are chosen for all of them together: whoever selects single packages compiles every dependency anew.
/// The window itself exists only as wasm ([`crate::ui`] builds it); what of it runs without a browser is tested natively.
pub const NATIVE: &str = "--workspace";
/// The programs that people and tests start. Not xtask: it is running.
const PROGRAMS: [&str; 3] = ["kyhop", "kyhop-desktop", "devserver"];
/// What a package holds besides: tests build the hub themselves, and a demo needs none.
const SHIPPED: &str = "kyhop-hub";

/// Builds the programs; `release` for shipping.
pub fn programs(workspace: &Workspace, release: bool) -> Result<()> {
    let mut command = cargo();
    command.current_dir(&workspace.root).arg("build").arg(NATIVE);
    for program in PROGRAMS {
        command.args(["--bin", program]);
    }
    if release {
        command.args(["--bin", SHIPPED, "--release"]);
    }
    command::run(&mut command)
}
