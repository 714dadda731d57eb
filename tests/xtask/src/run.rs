//! The demo: two people in one sitting on this machine, in two windows, or served to a browser where there is no display or no desktop program.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;

use crate::build;
use crate::children::{Interrupt, Running};
use crate::command;
use crate::headless::{self, Report};
use crate::progress::Progress;
use crate::setup::{self, Purpose};
use crate::ui::{self, Quality};
use crate::workspace::Workspace;

/// How often the windows are looked after.
const LOOK_EVERY: Duration = Duration::from_millis(200);
/// A window that has not opened its profile by then never will.
const OPEN_WITHIN: Duration = Duration::from_secs(60);

/// How the demo is wanted.
pub struct Manner {
    /// No window: play the main job and report.
    pub headless: bool,
    /// Report as JSON.
    pub json: bool,
    /// Forget the last demo.
    pub fresh: bool,
}

/// What `kyhop demo` prints.
#[derive(Debug, Deserialize)]
struct Demo {
    profiles: Vec<Person>,
}

/// One person of the demo and how to open their profile.
#[derive(Debug, Deserialize)]
struct Person {
    name: String,
    profile: PathBuf,
    passphrase_file: PathBuf,
}

/// What `kyhop peers` prints, as far as it is needed here.
#[derive(Debug, Default, Deserialize)]
struct Peers {
    #[serde(default)]
    addresses: Vec<String>,
}

/// Sets up, builds, starts; returns when the windows are closed or Ctrl-C was pressed.
pub fn run(workspace: &Workspace, manner: &Manner) -> Result<ExitCode> {
    setup::run(workspace, Purpose::Run)?;
    let mut progress = Progress::default();
    if !manner.headless {
        progress.step("the window", || ui::build(workspace, Quality::Quick))?;
    }
    progress.step("the programs", || build::programs(workspace, false))?;
    let interrupt = Interrupt::listen()?;
    if manner.headless {
        let played = progress.step("a sitting of seven devices", || headless::play(workspace, &interrupt));
        if let (Err(error), true) = (&played, manner.json) {
            println!("{}", serde_json::json!({ "converged": false, "failed": format!("{error:#}") }));
        }
        return tell(&played?, manner.json);
    }
    let demo = progress.step("the demo's two people", || demo(workspace, manner.fresh))?;
    let mut running = if has_display() && workspace.programs(false).join("kyhop-desktop").is_file() {
        windows(workspace, &demo)?
    } else {
        servers(workspace, &demo)?
    };
    eprintln!("==> Ctrl-C ends the demo; `cargo xtask run --fresh` begins it anew");
    look_after(&mut running, &interrupt)?;
    Ok(ExitCode::SUCCESS)
}

fn tell(report: &Report, json: bool) -> Result<ExitCode> {
    let text = if json { serde_json::to_string(report)? } else { serde_json::to_string_pretty(report)? };
    println!("{text}");
    Ok(if report.holds() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn has_display() -> bool {
    ["DISPLAY", "WAYLAND_DISPLAY"].iter().any(|name| std::env::var_os(name).is_some_and(|value| !value.is_empty()))
}

/// Makes the demo's profiles, or finds those of the last time.
fn demo(workspace: &Workspace, fresh: bool) -> Result<Demo> {
    let home = workspace.target.join("kyhop-demo");
    if fresh {
        let _ = fs::remove_dir_all(&home);
    }
    fs::create_dir_all(&home)?;
    let mut kyhop = Command::new(workspace.programs(false).join("kyhop"));
    kyhop.args(["--json", "demo", "--dir"]).arg(&home).env("KYHOP_PDFIUM", workspace.pdfium());
    let text = command::capture(&mut kyhop)?;
    let demo: Demo = serde_json::from_str(&text).context("`kyhop demo` printed something else than its profiles")?;
    ensure!(demo.profiles.len() >= 2, "the demo has only {} people", demo.profiles.len());
    eprintln!("    their profiles: {}", home.display());
    Ok(demo)
}

fn windows(workspace: &Workspace, demo: &Demo) -> Result<Vec<Running>> {
    let mut running = Vec::new();
    let mut peer = None;
    for person in &demo.profiles {
        eprintln!("    a window for {}", person.name);
        let mut window = Running::start(&person.name, &mut opening(workspace, "kyhop-desktop", person, peer.as_deref()))?;
        peer = Some(address(workspace, person, &mut window)?);
        running.push(window);
    }
    Ok(running)
}

/// Where the next one reaches this one: devices on one machine do not look around for each other on the network.
fn address(workspace: &Workspace, person: &Person, running: &mut Running) -> Result<String> {
    let deadline = Instant::now() + OPEN_WITHIN;
    loop {
        if let Some(status) = running.child.try_wait()? {
            bail!("the window of {} ended with {status}", person.name);
        }
        let mut kyhop = Command::new(workspace.programs(false).join("kyhop"));
        // Until the profile is open it asks for the passphrase, which nobody gives: that is an error.
        kyhop.args(["--json", "--profile"]).arg(&person.profile).arg("peers");
        let output = command::output(&mut kyhop)?;
        let said: Peers = serde_json::from_slice(&output.stdout).unwrap_or_default();
        if let Some(address) = said.addresses.into_iter().next() {
            return Ok(address);
        }
        ensure!(Instant::now() < deadline, "the profile of {} did not open within {} s", person.name, OPEN_WITHIN.as_secs());
        std::thread::sleep(LOOK_EVERY);
    }
}

fn servers(workspace: &Workspace, demo: &Demo) -> Result<Vec<Running>> {
    eprintln!("==> no window here: the same screens are served to a browser on this machine");
    let mut running = Vec::new();
    let mut peer = None;
    for person in &demo.profiles {
        let mut command = opening(workspace, "devserver", person, peer.as_deref());
        command.args(["--listen", "127.0.0.1:0", "--print-url"]).stdout(Stdio::piped());
        let mut server = Running::start(&person.name, &mut command)?;
        let mut output = BufReader::new(server.child.stdout.take().context("the devserver has no output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        ensure!(!line.trim().is_empty(), "the devserver of {} did not start", person.name);
        println!("{}: {}", person.name, line.trim());
        std::io::stdout().flush()?;
        peer = Some(address(workspace, person, &mut server)?);
        running.push(server);
    }
    Ok(running)
}

fn opening(workspace: &Workspace, program: &str, person: &Person, peer: Option<&str>) -> Command {
    let mut command = Command::new(workspace.programs(false).join(program));
    command.arg("--profile").arg(&person.profile).arg("--passphrase-file").arg(&person.passphrase_file);
    command.arg("--dist").arg(workspace.dist()).args(["--net", "loopback"]).env("KYHOP_PDFIUM", workspace.pdfium());
    if let Some(peer) = peer {
        command.args(["--peer", peer]);
    }
    command
}

/// Until all windows are closed, or the person has had enough. A program that fails is an error.
fn look_after(running: &mut Vec<Running>, interrupt: &Interrupt) -> Result<()> {
    while !running.is_empty() && !interrupt.asked() {
        for person in running.iter_mut() {
            if let Some(status) = person.child.try_wait()? {
                ensure!(status.success() || interrupt.asked(), "the window of {} ended with {status}", person.name);
            }
        }
        running.retain_mut(|person| matches!(person.child.try_wait(), Ok(None)));
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}
