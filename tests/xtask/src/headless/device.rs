//! One device of the sitting: a profile of its own, the `kyhop` commands of its person, and the node that keeps it online.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::children::Running;
use crate::command;

/// A condition that does not come true within this time fails the run. Generous: it is reached only when something is wrong.
const DEADLINE: Duration = Duration::from_secs(120);
/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(150);
/// Every profile of the demonstration opens with it.
const PASSPHRASE: &str = "phiên họp tháng mười một";

/// Who works with a device.
#[derive(Debug, Clone, Copy)]
pub struct Person {
    /// Full name.
    pub name: &'static str,
    /// Office.
    pub title: &'static str,
    /// `chair`, `secretary` or `delegate`.
    pub role: &'static str,
}

/// A device and its person.
pub struct Device {
    /// Who works with it.
    pub person: Person,
    program: PathBuf,
    environment: Vec<(&'static str, PathBuf)>,
    profile: PathBuf,
    passphrase_file: PathBuf,
    node: Option<Running>,
    /// Where others reach it while it is on.
    pub addresses: Vec<String>,
}

impl Device {
    /// A device that has no profile yet, in a folder of its own.
    pub fn new(person: Person, program: &Path, home: &Path, environment: Vec<(&'static str, PathBuf)>) -> Result<Self> {
        fs::create_dir_all(home)?;
        let passphrase_file = home.join("passphrase");
        fs::write(&passphrase_file, PASSPHRASE)?;
        Ok(Self {
            person,
            program: program.to_path_buf(),
            environment,
            profile: home.join("profile"),
            passphrase_file,
            node: None,
            addresses: Vec::new(),
        })
    }

    /// Runs one command of `kyhop` for this person and reads its JSON.
    pub fn ask<const N: usize>(&self, words: [&str; N]) -> Result<Value> {
        self.ask_all(&words)
    }

    /// The same with any number of words.
    pub fn ask_all(&self, words: &[&str]) -> Result<Value> {
        match self.answer(words)? {
            Answer::Said(value) => Ok(value),
            Answer::Refused(error) => bail!("`kyhop {}` on the device of {}: {error}", words.join(" "), self.person.name),
        }
    }

    /// The same, `None` if the device does not know (yet) what it is asked about.
    pub fn ask_maybe<const N: usize>(&self, words: [&str; N]) -> Result<Option<Value>> {
        match self.answer(&words)? {
            Answer::Said(value) => Ok(Some(value)),
            Answer::Refused(error) if error["code"] == "not_found" => Ok(None),
            Answer::Refused(error) => bail!("`kyhop {}` on the device of {}: {error}", words.join(" "), self.person.name),
        }
    }

    fn answer(&self, words: &[&str]) -> Result<Answer> {
        let mut command = self.command(words);
        let output = command::output(&mut command)?;
        let said = String::from_utf8_lossy(&output.stdout);
        let value: Value = said.lines().last().and_then(|line| serde_json::from_str(line).ok()).with_context(|| {
            format!("`{}` printed no JSON: {said}{}", command::spelled(&command), String::from_utf8_lossy(&output.stderr))
        })?;
        Ok(if output.status.success() {
            Answer::Said(value)
        } else {
            Answer::Refused(value.get("error").cloned().unwrap_or(value))
        })
    }

    /// Starts a command that goes on while others act; its output is read with [`Pending::line`].
    pub fn begin<const N: usize>(&self, words: [&str; N]) -> Result<Pending> {
        let mut command = self.command(&words);
        command.stdout(Stdio::piped());
        let mut running = Running::start(self.person.name, &mut command)?;
        let output = running.child.stdout.take().context("no output to read")?;
        Ok(Pending { running, output: BufReader::new(output) })
    }

    /// Switches the device on: starts its node, which dials the given peers.
    pub fn switch_on(&mut self, peers: &[String]) -> Result<()> {
        let mut words = vec!["node", "--listen", "/ip4/127.0.0.1/tcp/0", "--no-mdns"];
        for peer in peers {
            words.extend(["--peer", peer]);
        }
        let mut command = self.command(&words);
        command.stdout(Stdio::piped());
        let mut running = Running::start(self.person.name, &mut command)?;
        let mut output = BufReader::new(running.child.stdout.take().context("the node has no output")?);
        let mut line = String::new();
        output.read_line(&mut line)?;
        let ready: Value =
            serde_json::from_str(&line).with_context(|| format!("the node of {} did not start", self.person.name))?;
        ensure!(ready["ready"] == true, "the node of {} is not ready: {line}", self.person.name);
        self.addresses = strings(&ready["addresses"]);
        // Whatever the node says later is read away, so that it never waits for a reader.
        std::thread::spawn(move || for _ in output.lines() {});
        self.node = Some(running);
        Ok(())
    }

    /// Switches the device off.
    pub fn switch_off(&mut self) {
        self.node = None;
        self.addresses.clear();
    }

    /// Whether its node runs.
    pub fn is_on(&self) -> bool {
        self.node.is_some()
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--profile").arg(&self.profile).arg("--passphrase-file").arg(&self.passphrase_file).arg("--json").args(words);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command
    }
}

/// What a command said in the end.
enum Answer {
    Said(Value),
    /// It failed: the error, or what it found wrong.
    Refused(Value),
}

/// A command that has not ended yet.
pub struct Pending {
    running: Running,
    output: BufReader<std::process::ChildStdout>,
}

impl Pending {
    /// The next JSON line it prints.
    pub fn line(&mut self) -> Result<Value> {
        let mut line = String::new();
        self.output.read_line(&mut line)?;
        serde_json::from_str(&line).with_context(|| format!("the command of {} ended early", self.running.name))
    }

    /// Waits for its end; it must succeed.
    pub fn finish(mut self) -> Result<()> {
        match command::wait_until(&mut self.running.child, Instant::now() + DEADLINE)? {
            Some(status) if status.success() => Ok(()),
            Some(status) => bail!("the command of {} failed ({status})", self.running.name),
            None => bail!("the command of {} did not end", self.running.name),
        }
    }
}

/// Looks again and again until the condition holds; fails with `what` at the deadline.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Result<Option<T>>) -> Result<T> {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        ensure!(Instant::now() < deadline, "{what}: this did not happen within {} s", DEADLINE.as_secs());
        std::thread::sleep(LOOK_EVERY);
    }
}

/// The strings of a JSON list.
pub fn strings(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(|value| value.as_str().map(str::to_owned)).collect()
}
