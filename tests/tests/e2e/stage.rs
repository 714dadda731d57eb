//! What the window stands on in a test: the programs, a driver of browsers, devservers. Everything is started here and ended here.

use std::io::{BufRead, BufReader, Read as _, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use tempfile::TempDir;

/// A condition that does not come true within this time fails the test. Generous: it is reached only when something is wrong.
pub const DEADLINE: Duration = Duration::from_secs(120);
/// How often a condition is looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(50);
/// How often chromedriver is started until it has found a port.
const DRIVER_STARTS: usize = 5;
/// Lines that a program may print before the one that is waited for.
const LINES_MAX: usize = 50;

/// A program that ends with the test, with all that it has started.
pub struct Started(Child);

impl Started {
    fn signal(&self, signal: &str) {
        let told = Command::new("kill").args([signal, &self.0.id().to_string()]).status().unwrap();
        assert!(told.success(), "the program still runs");
    }
}

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
    let started = started_or_ended(command, read);
    started.unwrap_or_else(|| panic!("{command:?} ended"))
}

/// As [`started`]; `None` if the program ends before it says that.
fn started_or_ended<T>(command: &mut Command, read: impl Fn(&str) -> Option<T>) -> Option<(Started, T, BufReader<ChildStdout>)> {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap();
    let mut output = BufReader::new(child.stdout.take().unwrap());
    let started = Started(child);
    for _ in 0..LINES_MAX {
        let mut line = String::new();
        if output.read_line(&mut line).unwrap() == 0 {
            return None;
        }
        if let Some(found) = read(line.trim()) {
            return Some((started, found, output));
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
    process: Started,
    _output: BufReader<ChildStdout>,
    /// The address with its token.
    pub url: String,
}

impl Server {
    /// Stops it where it stands, as a machine that falls asleep: its connections stay open, it answers nothing.
    pub fn freeze(&self) {
        self.process.signal("-STOP");
    }

    /// Lets it go on.
    pub fn thaw(&self) {
        self.process.signal("-CONT");
    }

    /// Asks it to end, as somebody who switches off, and waits until it has.
    pub fn end(mut self) {
        self.process.signal("-TERM");
        self.process.0.wait().unwrap();
    }
}

/// A command that goes on while others act; it ends with the test, whatever happens.
pub struct Beside {
    process: Started,
    output: ChildStdout,
}

impl Beside {
    /// Waits for its end; whether it succeeded, and what it printed.
    pub fn end(mut self) -> (bool, String) {
        let mut printed = String::new();
        self.output.read_to_string(&mut printed).unwrap();
        (self.process.0.wait().unwrap().success(), printed)
    }
}

/// A keyring on a session bus of its own, in place of the one of whoever runs the tests.
pub struct Keyring {
    _daemon: Started,
    _bus: Started,
    _output: BufReader<ChildStdout>,
    address: String,
}

impl Keyring {
    /// Where programs find it.
    pub fn environment(&self) -> [(&'static str, &str); 1] {
        [("DBUS_SESSION_BUS_ADDRESS", self.address.as_str())]
    }
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
        self.serve_in(profile, passphrase_file, &[])
    }

    /// The same, with further variables of the environment.
    pub fn serve_in(&self, profile: &Path, passphrase_file: Option<&Path>, environment: &[(&str, &str)]) -> Server {
        let mut command = Command::new(self.programs.join("devserver"));
        command.arg("--profile").arg(profile).arg("--dist").arg(&self.dist).arg("--print-url").env("KYHOP_PDFIUM", &self.pdfium);
        command.envs(environment.iter().copied());
        if let Some(file) = passphrase_file {
            command.arg("--passphrase-file").arg(file);
        }
        let (process, url, output) = started(&mut command, |line| line.starts_with("http://").then(|| line.to_owned()));
        Server { process, _output: output, url }
    }

    /// The environment of a program whose wall clock is that many days ahead.
    pub fn days_ahead(&self, days: u32) -> [(&'static str, String); 2] {
        let source = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().join("fixtures/clock/ahead.c");
        let library = self.home.path().join("clock.so");
        let built = Command::new("cc").args(["-shared", "-fPIC", "-o"]).args([&library, &source]).status();
        assert!(built.expect("the C compiler that the database was built with").success());
        let ahead_s = u64::from(days) * 24 * 3_600;
        [("LD_PRELOAD", library.display().to_string()), ("KYHOP_TEST_CLOCK_AHEAD_S", ahead_s.to_string())]
    }

    /// A keyring; `None`, said aloud, where there is none to start.
    pub fn keyring(&self) -> Option<Keyring> {
        let tools = ["dbus-daemon", "dbus-send", "gnome-keyring-daemon"];
        let missing: Vec<&str> = tools.into_iter().filter(|tool| !in_path(tool)).collect();
        if !missing.is_empty() {
            assert!(std::env::var_os("KYHOP_REQUIRE_ORACLES").is_none(), "the test of remembering needs {}", missing.join(", "));
            eprintln!("left out: remembering needs {}", missing.join(", "));
            return None;
        }
        let home = self.home.path().join("keyring");
        std::fs::create_dir_all(home.join("runtime")).unwrap();
        let here = |program: &str| {
            let mut command = Command::new(program);
            command.env("HOME", &home).env("XDG_DATA_HOME", home.join("data")).env("XDG_RUNTIME_DIR", home.join("runtime"));
            command.env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY");
            command
        };
        let mut bus = here("dbus-daemon");
        bus.args(["--session", "--nofork", "--nopidfile", "--print-address=1"]);
        let (bus, address, output) = started(&mut bus, |line| line.starts_with("unix:").then(|| line.to_owned()));
        let mut daemon = here("gnome-keyring-daemon");
        daemon.args(["--foreground", "--unlock", "--components=secrets"]).env("DBUS_SESSION_BUS_ADDRESS", &address);
        let mut daemon = Started(daemon.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        // The password of its login keyring; it begins when the pipe is closed.
        daemon.0.stdin.take().unwrap().write_all(b"login").unwrap();
        let deadline = Instant::now() + DEADLINE;
        let owned = || {
            let mut asked = here("dbus-send");
            asked.args(["--print-reply", "--dest=org.freedesktop.DBus", "/", "org.freedesktop.DBus.NameHasOwner"]);
            asked.arg("string:org.freedesktop.secrets").env("DBUS_SESSION_BUS_ADDRESS", &address);
            String::from_utf8_lossy(&asked.stdin(Stdio::null()).output().unwrap().stdout).contains("true")
        };
        while !owned() {
            assert!(Instant::now() < deadline, "the keyring did not come");
            std::thread::sleep(LOOK_EVERY);
        }
        Some(Keyring { _daemon: daemon, _bus: bus, _output: output, address })
    }

    /// Runs a command of `kyhop` on a profile that nobody has open, without its passphrase.
    pub fn kyhop(&self, profile: &Path, words: &[&str], environment: &[(&str, &str)]) -> Output {
        self.kyhop_command(profile, words).envs(environment.iter().copied()).output().unwrap()
    }

    /// Starts a command of `kyhop` beside the window that has the profile open, which does what it asks.
    pub fn kyhop_beside(&self, profile: &Path, words: &[&str]) -> Beside {
        let mut child = self.kyhop_command(profile, words).stdout(Stdio::piped()).spawn().unwrap();
        let output = child.stdout.take().unwrap();
        Beside { process: Started(child), output }
    }

    fn kyhop_command(&self, profile: &Path, words: &[&str]) -> Command {
        let mut command = Command::new(self.programs.join("kyhop"));
        command.arg("--profile").arg(profile).arg("--json").args(words).env("KYHOP_PDFIUM", &self.pdfium);
        command.env_remove("KYHOP_PASSPHRASE_FILE").stdin(Stdio::null());
        command
    }

    /// A driver on a port that the system chose.
    pub fn driver(&self) -> Driver {
        let mut command = Command::new("chromedriver");
        command.args(["--port=0", "--log-level=SEVERE"]);
        let port = |line: &str| {
            let (_, rest) = line.split_once("started successfully on port ")?;
            rest.trim_end_matches('.').parse::<u16>().ok()
        };
        // It takes a free port of one family of addresses and wants the same of the other; where that is taken it ends.
        let started = (0..DRIVER_STARTS).find_map(|_| started_or_ended(&mut command, port));
        let (process, port, output) = started.expect("chromedriver finds a port");
        Driver { _process: process, _output: output, url: format!("http://127.0.0.1:{port}") }
    }
}

fn in_path(program: &str) -> bool {
    std::env::var_os("PATH").is_some_and(|path| std::env::split_paths(&path).any(|folder| folder.join(program).is_file()))
}
