//! System packages, on Debian and its relatives.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::Result;

use super::{Plan, Purpose, node, pdfium, python};
use crate::command;
use crate::workspace::{Workspace, in_path};

/// To build and run: the window's web view, SQLCipher's OpenSSL, the tray, a C compiler, a typeface with Vietnamese letters for typesetting.
const FOR_RUN: &[&str] = &[
    "fonts-liberation2",
    "g++",
    "gcc",
    "libayatana-appindicator3-dev",
    "libdbus-1-dev",
    "librsvg2-dev",
    "libssl-dev",
    "libwebkit2gtk-4.1-dev",
    "libxdo-dev",
    "make",
    "perl",
    "pkg-config",
];
/// To test: a display without a screen, two browsers with their drivers, outside readers and judges of our PDFs, a database for the hub.
const FOR_TEST: &[&str] = &[
    "chromium",
    "chromium-driver",
    "dbus",
    "gnome-keyring",
    "iproute2",
    "libnss3-tools",
    "openssl",
    "poppler-utils",
    "postgresql-15",
    "qpdf",
    "webkit2gtk-driver",
    "xvfb",
];
/// What a transfer of files is compared with.
const PEERS: &[&str] = &["rsync", "syncthing"];
/// apt waits so many seconds for another apt to finish.
const LOCK_TIMEOUT: &str = "DPkg::Lock::Timeout=300";

/// What is missing, or `None`. Without dpkg it prints the list and goes on: the names are Debian's.
pub fn plan(workspace: &Workspace, purpose: Purpose) -> Result<Option<Plan>> {
    let wanted = wanted(workspace, purpose)?;
    if in_path("dpkg-query").is_none() || in_path("apt-get").is_none() {
        eprintln!(
            "==> this is not a Debian system; please see to these packages yourself (Debian's names): {}",
            wanted.join(" ")
        );
        return Ok(None);
    }
    let missing = missing(&wanted, &installed(&wanted)?);
    if missing.is_empty() {
        return Ok(None);
    }
    let announce = format!(
        "{} Debian packages by apt-get{}: {}",
        missing.len(),
        if is_root() { "" } else { " with sudo" },
        missing.join(" ")
    );
    Ok(Some(Plan::new("system packages", announce, move |_| install(&missing))))
}

/// What the measurement of synchronisation compares a transfer of files with, as far as it can be had: what is missing afterwards, it says so.
pub fn plan_peers() -> Option<Plan> {
    in_path("apt-get")?;
    let missing: Vec<String> = PEERS.iter().filter(|name| in_path(name).is_none()).map(|name| (*name).to_owned()).collect();
    if missing.is_empty() {
        return None;
    }
    Some(Plan::new("rsync and syncthing", format!("Debian packages by apt-get: {}", missing.join(" ")), move |_| {
        for package in missing {
            if let Err(error) = install(std::slice::from_ref(&package)) {
                eprintln!("    {error}; going on without {package}");
            }
        }
        Ok(())
    }))
}

/// Installs packages, as root or through sudo.
pub fn install(packages: &[String]) -> Result<()> {
    if let Err(error) = command::run(apt_get().arg("update")) {
        eprintln!("    {error}; going on with the package lists that are there");
    }
    command::run(apt_get().args(["install", "--yes", "--no-install-recommends"]).args(packages))
}

fn wanted(workspace: &Workspace, purpose: Purpose) -> Result<Vec<String>> {
    let mut wanted: Vec<&str> = FOR_RUN.to_vec();
    if purpose.tests() {
        wanted.extend(FOR_TEST);
    }
    let fetches_wheels =
        !pdfium::is_there(workspace) || !node::is_there(workspace) || (purpose.tests() && !python::TESTS.is_there(workspace)?);
    if fetches_wheels && !python_can_fetch() {
        wanted.extend(["python3-pip", "python3-venv"]);
    }
    Ok(wanted.into_iter().map(str::to_owned).collect())
}

fn python_can_fetch() -> bool {
    command::output(Command::new("python3").args(["-c", "import ensurepip, pip, venv"]))
        .is_ok_and(|output| output.status.success())
}

/// dpkg's words for the packages it knows, one `name status` a line.
fn installed(packages: &[String]) -> Result<String> {
    // It exits with an error when it does not know some of them, and still lists the others.
    let output =
        command::output(Command::new("dpkg-query").args(["-W", "-f", "${Package} ${db:Status-Abbrev}\n"]).args(packages))?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

fn missing(wanted: &[String], listed: &str) -> Vec<String> {
    let there: BTreeSet<&str> = listed
        .lines()
        .filter_map(|line| line.split_once(' '))
        .filter(|(_, status)| status.starts_with("ii"))
        .map(|(name, _)| name)
        .collect();
    wanted.iter().filter(|name| !there.contains(name.as_str())).cloned().collect()
}

fn is_root() -> bool {
    command::capture(Command::new("id").arg("-u")).is_ok_and(|id| id.trim() == "0")
}

fn apt_get() -> Command {
    let mut command = if is_root() { Command::new("env") } else { Command::new("sudo") };
    if !is_root() {
        command.arg("env");
    }
    command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", LOCK_TIMEOUT, "-q"]);
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_dpkg_calls_installed_is_left_out() {
        let wanted = ["gcc", "xvfb", "qpdf"].map(str::to_owned);
        // xvfb was removed but its configuration stays: it must be installed again.
        let listed = "gcc ii \nxvfb rc \n";
        assert_eq!(missing(&wanted, listed), ["xvfb", "qpdf"]);
        assert!(missing(&wanted, "gcc ii \nqpdf ii \nxvfb ii \n").is_empty());
    }
}
