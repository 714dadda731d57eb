//! The hub's program in a process of its own.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use domain::id::{DeviceId, Hash32};
use hub::backend::Backend;
use hub::config::Config;
use hub::identity;
use hub::status::Status;
use serde_json::Value;
use tempfile::TempDir;

use crate::device::{Device, PATIENCE, until};

/// What is promised to whoever stops the service.
pub const STOPS_WITHIN: Duration = Duration::from_secs(5);

/// A hub's folder and configuration, whether it runs or not.
pub struct Place {
    folder: TempDir,
}

/// A hub that runs.
pub struct Hub {
    child: Child,
    log: Arc<Mutex<Vec<String>>>,
    pub watch: String,
    config: PathBuf,
}

/// Runs the program to its end.
fn run(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_kyhop-hub")).args(arguments).output().unwrap()
}

impl Place {
    /// As an administrator makes a hub, by the program.
    pub fn init(organisation: Option<Hash32>) -> Self {
        let place = Self { folder: TempDir::new().unwrap() };
        let (config, data) = (place.config(), place.data());
        let organisation = organisation.map(|root| root.to_string()).unwrap_or_default();
        let arguments = [
            "init",
            "--config",
            config.to_str().unwrap(),
            "--folder",
            data.to_str().unwrap(),
            "--organisation",
            &organisation,
            "--listen",
            "/ip4/127.0.0.1/tcp/0",
            "--watch",
            "127.0.0.1:0",
        ];
        let output = run(&arguments);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let made = Config::read(&config).unwrap();
        let (backend, identity) = identity::open(&made).unwrap();
        let device = identity.keys().unwrap().device().to_string();
        backend.close().unwrap();
        assert!(String::from_utf8_lossy(&output.stdout).contains(&device), "the administrator is told which device it is");
        place
    }

    /// As an administrator makes a hub who has written the configuration before.
    #[allow(dead_code, reason = "for the tests of the backend that hubs share")]
    pub fn init_as(organisation: Option<Hash32>, change: impl FnOnce(&mut Config)) -> Self {
        let place = Self { folder: TempDir::new().unwrap() };
        let mut config = Config {
            folder: place.data(),
            organisation: organisation.map(|root| root.to_string()).unwrap_or_default(),
            listen: vec!["/ip4/127.0.0.1/tcp/0".into()],
            watch: "127.0.0.1:0".into(),
            ..Config::default()
        };
        change(&mut config);
        std::fs::write(place.config(), config.explained()).unwrap();
        let output = place.run(&["init"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        place
    }

    pub fn config(&self) -> PathBuf {
        self.folder.path().join("hub.toml")
    }

    /// Where it keeps what it carries.
    pub fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    /// Changes the configuration.
    pub fn configure(&self, change: impl FnOnce(&mut Config)) {
        let mut config = Config::read(&self.config()).unwrap();
        change(&mut config);
        std::fs::write(self.config(), config.explained()).unwrap();
    }

    /// What it keeps, while it does not run.
    pub fn backend(&self) -> Box<dyn Backend> {
        identity::open(&Config::read(&self.config()).unwrap()).unwrap().0
    }

    /// A command beside it.
    pub fn run(&self, arguments: &[&str]) -> Output {
        run(&[&["--config", self.config().to_str().unwrap()], arguments].concat())
    }

    /// Starts it.
    pub async fn start(&self) -> Hub {
        let mut child = Command::new(env!("CARGO_BIN_EXE_kyhop-hub"))
            .arg("--config")
            .arg(self.config())
            .stderr(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        let log = Arc::<Mutex<Vec<String>>>::default();
        let (lines, kept) = (BufReader::new(child.stderr.take().unwrap()).lines(), Arc::clone(&log));
        std::thread::spawn(move || lines.map_while(Result::ok).for_each(|line| kept.lock().unwrap().push(line)));
        let ready = until("the hub to be ready", async || {
            let log = log.lock().unwrap();
            let found =
                log.iter().map(|line| serde_json::from_str::<Value>(line).unwrap()).find(|line| line["message"] == "ready");
            assert!(found.is_some() || child.try_wait().unwrap().is_none(), "{log:?}");
            found
        })
        .await;
        let watch = ready["watch"].as_str().unwrap().to_owned();
        Hub { child, log, watch, config: self.config() }
    }

    /// All bytes of all its files.
    pub fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        fn walk(folder: &Path, found: &mut Vec<(PathBuf, Vec<u8>)>) {
            for entry in std::fs::read_dir(folder).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    walk(&path, found);
                } else if path.is_file() {
                    found.push((path.clone(), std::fs::read(&path).unwrap()));
                }
            }
        }
        let mut found = Vec::new();
        walk(&self.data(), &mut found);
        found
    }
}

impl Hub {
    /// What `kyhop-hub status` says.
    pub fn status(&self) -> Status {
        let output = run(&["--config", self.config.to_str().unwrap(), "status", "--json"]);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).unwrap()
    }

    /// Where it listens.
    pub async fn address(&self) -> String {
        until("the hub's address", async || self.status().addresses.first().cloned()).await
    }

    /// Its device.
    pub fn device(&self) -> DeviceId {
        self.status().device.parse().unwrap()
    }

    /// An administrator's device meets it and lets it in as a hub.
    pub async fn is_let_in_by(&self, administrator: &Device) {
        administrator.dials(&self.address().await).await;
        let device = self.device();
        administrator.has_request(device).await;
        let decide = move |engine: &mut hub::engine::Engine| {
            engine.with(|replica, cx| Ok(((), replica.approve_hub(cx, &device)?))).unwrap();
        };
        administrator.ask(decide).await;
        until("the hub to carry", async || (self.metric("carrying") == 1).then_some(())).await;
    }

    /// An HTTP request to the place from where it may be watched: status line, head, body.
    pub fn get(&self, path: &str) -> (String, String, String) {
        let mut stream = TcpStream::connect(&self.watch).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.watch).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let (status, head) = head.split_once("\r\n").unwrap();
        (status.to_owned(), head.to_owned(), body.to_owned())
    }

    /// A number that it tells.
    pub fn metric(&self, name: &str) -> u64 {
        let (_, _, body) = self.get("/metrics");
        let line = body
            .lines()
            .find_map(|line| line.strip_prefix(&format!("kyhop_hub_{name} ")).or(line.strip_prefix(&format!("{name} "))));
        line.unwrap_or_else(|| panic!("{name} is not among the metrics")).parse().unwrap()
    }

    /// What it wrote to its log.
    pub fn log(&self) -> String {
        self.log.lock().unwrap().join("\n")
    }

    /// Sends it a signal.
    pub fn signal(&self, name: &str) {
        let status = Command::new("kill").arg(format!("-{name}")).arg(self.child.id().to_string()).status().unwrap();
        assert!(status.success());
    }

    /// Ends it without warning.
    pub fn kill(mut self) {
        // Not by a program of its own: that takes longer than many a commit.
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Asks it to end, and waits no longer than was promised.
    pub async fn terminate(mut self, signal: &str) -> (ExitStatus, String) {
        self.signal(signal);
        let asked = Instant::now();
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return (status, self.log());
            }
            assert!(asked.elapsed() < STOPS_WITHIN, "it does not stop: {}", self.log());
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        // A test that failed leaves no process behind.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
