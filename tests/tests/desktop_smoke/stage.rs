//! What the desktop stands on in a test: a display without a screen, a message bus, a demo's profiles, a driver. Everything is
//! started here and ended here.

use std::ffi::OsString;
use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// A condition that does not come true within this time fails the test. Generous: it is reached only when something is wrong.
pub const DEADLINE: Duration = Duration::from_secs(120);
/// How often a condition is looked at.
pub const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A program that ends with the test.
pub struct Started(pub Child);

impl Drop for Started {
    fn drop(&mut self) {
        // What a driver started must not outlive it.
        let children = children_of(self.0.id());
        let _ = self.0.kill();
        let _ = self.0.wait();
        for child in children {
            let _ = Command::new("kill").args(["-KILL", &child.to_string()]).stderr(Stdio::null()).status();
        }
    }
}

/// The processes that a process has started and that still run.
pub fn children_of(parent: u32) -> Vec<u32> {
    let Ok(threads) = std::fs::read_dir(format!("/proc/{parent}/task")) else {
        return Vec::new();
    };
    let lists = threads.flatten().filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    lists.flat_map(|list| list.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<_>>()).collect()
}

/// Waits until there is an answer.
pub fn until<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let deadline = Instant::now() + DEADLINE;
    loop {
        if let Some(found) = look() {
            return found;
        }
        assert!(Instant::now() < deadline, "{what}: this did not happen within {} s", DEADLINE.as_secs());
        std::thread::sleep(LOOK_EVERY);
    }
}

/// A person of the demo.
pub struct Person {
    pub name: String,
    pub profile: PathBuf,
    pub passphrase_file: PathBuf,
}

/// The programs, the display, the bus and the profiles. Fields end in this order.
pub struct Stage {
    _bus: Started,
    _display: Started,
    environment: Vec<(&'static str, OsString)>,
    programs: PathBuf,
    pub dist: PathBuf,
    pub people: Vec<Person>,
    home: TempDir,
}

impl Stage {
    /// Sets the stage; `None`, said aloud, where something for it is not installed.
    pub fn set() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf();
        let named = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        // A test lies in target/PROFILE/deps, the programs in target/PROFILE.
        let beside = || std::env::current_exe().unwrap().ancestors().nth(2).unwrap().to_path_buf();
        let programs = named("KYHOP_BIN").unwrap_or_else(beside);
        let dist = named("KYHOP_DIST").unwrap_or_else(|| root.join("target-ui/dist"));
        let needed = [programs.join("kyhop-desktop"), programs.join("kyhop"), dist.join("index.html")];
        let tools = ["Xvfb", "dbus-daemon", "WebKitWebDriver"];
        let missing: Vec<String> = needed
            .iter()
            .filter(|file| !file.is_file())
            .map(|file| file.display().to_string())
            .chain(tools.into_iter().filter(|tool| in_path(tool).is_none()).map(str::to_owned))
            .collect();
        if !missing.is_empty() {
            assert!(std::env::var_os("KYHOP_REQUIRE_ORACLES").is_none(), "the desktop's test needs {}", missing.join(", "));
            eprintln!("skipped: the desktop's test needs {}", missing.join(", "));
            return None;
        }
        let home = tempfile::tempdir().unwrap();
        let (display, number) = first_line(
            Command::new("Xvfb")
                .args(["-displayfd", "1", "-screen", "0", "1366x900x24", "-nolisten", "tcp"])
                .stderr(Stdio::null()),
        );
        let (bus, address) = first_line(
            Command::new("dbus-daemon").args(["--session", "--nofork", "--nopidfile", "--print-address=1"]).stderr(Stdio::null()),
        );
        let runtime = home.path().join("run");
        std::fs::create_dir(&runtime).unwrap();
        let mut environment: Vec<(&'static str, OsString)> = vec![
            ("DISPLAY", format!(":{number}").into()),
            ("DBUS_SESSION_BUS_ADDRESS", address.into()),
            ("XDG_RUNTIME_DIR", runtime.into()),
            ("XDG_CACHE_HOME", home.path().join("cache").into()),
            ("XDG_DATA_HOME", home.path().join("data").into()),
            ("XDG_CONFIG_HOME", home.path().join("config").into()),
            ("NO_AT_BRIDGE", "1".into()),
            ("GDK_BACKEND", "x11".into()),
            ("WEBKIT_DISABLE_DMABUF_RENDERER", "1".into()),
        ];
        // The cache that pdfium is otherwise looked for in is another one here.
        let pdfium = named("KYHOP_PDFIUM")
            .or_else(|| Some(std::env::home_dir()?.join(".cache/kyhop/pdfium/libpdfium.so")))
            .unwrap_or_default();
        environment.push(("KYHOP_PDFIUM", pdfium.into()));
        let mut stage = Self { _bus: bus, _display: display, environment, programs, dist, people: Vec::new(), home };
        stage.people = stage.demo();
        Some(stage)
    }

    fn demo(&self) -> Vec<Person> {
        let folder = self.home.path().join("demo");
        let output = self.kyhop(["--json", "demo", "--dir", folder.to_str().unwrap()]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let demo: Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = |person: &Value, key: &str| person[key].as_str().unwrap().to_owned();
        let people = demo["profiles"].as_array().unwrap().iter();
        people
            .map(|person| Person {
                name: text(person, "name"),
                profile: text(person, "profile").into(),
                passphrase_file: text(person, "passphrase_file").into(),
            })
            .collect()
    }

    /// A folder for what a test makes.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// A program in this stage's environment.
    pub fn command(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.envs(self.environment.iter().map(|(name, value)| (name, value))).env_remove("WAYLAND_DISPLAY");
        command
    }

    /// Runs `kyhop` to its end.
    pub fn kyhop<const N: usize>(&self, words: [&str; N]) -> Output {
        self.command(&self.programs.join("kyhop")).args(words).stdin(Stdio::null()).output().unwrap()
    }

    /// The desktop's program.
    pub fn desktop(&self) -> PathBuf {
        self.programs.join("kyhop-desktop")
    }

    /// How the desktop is opened for a person.
    pub fn arguments(&self, person: &Person) -> Vec<OsString> {
        let mut arguments: Vec<OsString> = vec!["--profile".into(), person.profile.clone().into()];
        arguments.extend(["--passphrase-file".into(), person.passphrase_file.clone().into()]);
        arguments.extend(["--dist".into(), self.dist.clone().into(), "--net".into(), "loopback".into()]);
        arguments
    }

    /// Starts a WebDriver; returns it and its address.
    pub fn driver(&self) -> (Started, String) {
        // Free now; another program may take it before the driver does, which then ends at once and the test fails loudly.
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        let mut command = self.command(Path::new("WebKitWebDriver"));
        command.arg(format!("--port={port}")).env("TAURI_WEBVIEW_AUTOMATION", "true").stdin(Stdio::null());
        let mut driver = Started(command.spawn().unwrap());
        until("the driver listens", || {
            assert!(driver.0.try_wait().unwrap().is_none(), "the driver ended at once");
            std::net::TcpStream::connect(("127.0.0.1", port)).ok()
        });
        (driver, format!("http://127.0.0.1:{port}"))
    }
}

/// Starts a program that says where it is in its first line, and returns that line.
fn first_line(command: &mut Command) -> (Started, String) {
    let mut started = Started(command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(started.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let line = line.trim().to_owned();
    assert!(!line.is_empty(), "a program of the stage did not start");
    (started, line)
}

fn in_path(name: &str) -> Option<PathBuf> {
    std::env::split_paths(&std::env::var_os("PATH")?).map(|dir| dir.join(name)).find(|file| file.is_file())
}
