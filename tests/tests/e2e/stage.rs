//! What the window stands on in a test: the programs, a driver of browsers, devservers. Everything is started here and ended here.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

/// A condition that does not come true within this time fails the test. Generous: it is reached only when something is wrong.
pub const DEADLINE: Duration = Duration::from_secs(120);
/// How often a condition is looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(50);
/// Lines that a program may print before the one that is waited for.
const LINES_MAX: usize = 50;

/// A program that ends with the test, with all that it has started.
pub struct Started(Child);

impl Drop for Started {
    fn drop(&mut self) {
        let mut all = Vec::new();
        descendants(self.0.id(), &mut all);
        let _ = self.0.kill();
        let _ = self.0.wait();
        for process in all {
            let _ = Command::new("kill").args(["-KILL", &process.to_string()]).stderr(Stdio::null()).status();
        }
    }
}

fn descendants(parent: u32, all: &mut Vec<u32>) {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{parent}/task")) else {
        return;
    };
    for list in threads.flatten().filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok()) {
        for child in list.split_whitespace().filter_map(|id| id.parse().ok()) {
            all.push(child);
            descendants(child, all);
        }
    }
}

/// Starts a program and reads what it prints until a line says what is wanted.
fn started<T>(command: &mut Command, read: impl Fn(&str) -> Option<T>) -> (Started, T, BufReader<ChildStdout>) {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let started = Started(child);
    for _ in 0..LINES_MAX {
        let mut line = String::new();
        assert_ne!(output.read_line(&mut line).unwrap(), 0, "{command:?} ended");
        if let Some(found) = read(line.trim()) {
            return (started, found, output);
        }
    }
    panic!("{command:?} did not say what was waited for");
}

/// The programs and the window, and a folder for what a test writes.
pub struct Stage {
    programs: PathBuf,
    dist: PathBuf,
    pdfium: PathBuf,
    pub home: TempDir,
}

/// A window's server with a profile.
pub struct Server {
    _process: Started,
    _output: BufReader<ChildStdout>,
    /// The address with its token.
    pub url: String,
}

/// Starts browsers.
pub struct Driver {
    _process: Started,
    _output: BufReader<ChildStdout>,
    /// Where it listens.
    pub url: String,
}

impl Stage {
    /// Sets the stage; `None`, said aloud, where something for it is not there.
    pub fn set() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap();
        let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // A test lies in target/PROFILE/deps, the programs in target/PROFILE.
        let beside = || std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_path_buf();
        let programs = named("KYHOP_BIN").unwrap_or_else(beside);
        let dist = named("KYHOP_DIST").unwrap_or_else(|| root.join("target-ui/dist"));
        let pdfium = named("KYHOP_PDFIUM")
            .or_else(|| Some(std::env::home_dir()?.join(".cache/kyhop/pdfium/libpdfium.so")))
            .unwrap_or_default();
        let needed = [programs.join("devserver"), dist.join("index.html"), pdfium.clone()];
        let missing: Vec<String> = needed
            .iter()
            .filter(|file| !file.is_file())
            .map(|file| file.display().to_string())
            .chain(["chromedriver", "chromium"].into_iter().filter(|tool| !in_path(tool)).map(str::to_owned))
            .collect();
        if !missing.is_empty() {
            assert!(std::env::var_os("KYHOP_REQUIRE_ORACLES").is_none(), "the test of the window needs {}", missing.join(", "));
            eprintln!("skipped: the test of the window needs {}", missing.join(", "));
            return None;
        }
        Some(Self { programs, dist, pdfium, home: tempfile::tempdir().unwrap() })
    }

    /// A file of our own sample papers.
    pub fn paper(&self, name: &str) -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("fixtures/papers").join(name)
    }

    /// Serves the window over a profile folder; with a passphrase file it is opened at once.
    pub fn serve(&self, profile: &Path, passphrase_file: Option<&Path>) -> Server {
        let mut command = Command::new(self.programs.join("devserver"));
        command.arg("--profile").arg(profile).arg("--dist").arg(&self.dist).arg("--print-url").env("KYHOP_PDFIUM", &self.pdfium);
        if let Some(file) = passphrase_file {
            command.arg("--passphrase-file").arg(file);
        }
        let (process, url, output) = started(&mut command, |line| line.starts_with("http://").then(|| line.to_owned()));
        Server { _process: process, _output: output, url }
    }

    /// A driver on a port that the system chose.
    pub fn driver(&self) -> Driver {
        let mut command = Command::new("chromedriver");
        command.args(["--port=0", "--log-level=SEVERE"]);
        let (process, port, output) = started(&mut command, |line| {
            let (_, rest) = line.split_once("started successfully on port ")?;
            rest.trim_end_matches('.').parse::<u16>().ok()
        });
        Driver { _process: process, _output: output, url: format!("http://127.0.0.1:{port}") }
    }
}

fn in_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}
