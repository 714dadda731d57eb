//! PostgreSQL and an object store, really started, for one test.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::os::unix::fs::chown;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use domain::id::Hash32;
use hub::config::{BackendKind, Config};
use tempfile::TempDir;

use crate::device::PATIENCE;
use crate::process::Place;

/// Where Debian puts the programs of each version of PostgreSQL.
const PROGRAMS: &str = "/usr/lib/postgresql";
/// Its own name for who may do everything.
const OWNER: &str = "kyhop";
const DATABASE: &str = "postgres";
const BUCKET: &str = "kyhop-hub";
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Skips aloud, or fails where what tests need is required.
fn missing(what: &str) {
    assert!(std::env::var("KYHOP_REQUIRE_ORACLES").as_deref() != Ok("1"), "required but not installed: {what}");
    eprintln!("skipped: {what} is not installed");
}

fn until(what: &str, mut look: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !look() {
        assert!(Instant::now() < deadline, "waited in vain for {what}");
        std::thread::sleep(LOOK_EVERY);
    }
}

/// A user of the system that is not root: PostgreSQL refuses to run as root.
fn somebody() -> Option<(u32, u32)> {
    let id = |arguments: &[&str]| -> Option<u32> {
        let output = Command::new("id").args(arguments).output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).ok()?.trim().parse().ok()
    };
    if id(&["-u"])? != 0 {
        return Some((id(&["-u"])?, id(&["-g"])?));
    }
    ["postgres", "nobody"].into_iter().find_map(|name| Some((id(&["-u", name])?, id(&["-g", name])?)))
}

/// A database server on a Unix socket in a folder of its own.
pub struct Postgres {
    folder: TempDir,
    programs: PathBuf,
    user: (u32, u32),
    child: Option<Child>,
}

impl Postgres {
    fn new() -> Option<Self> {
        let mut versions: Vec<PathBuf> = std::fs::read_dir(PROGRAMS)
            .into_iter()
            .flatten()
            .filter_map(|entry| Some(entry.ok()?.path().join("bin")))
            .filter(|programs| programs.join("initdb").is_file() && programs.join("pg_dump").is_file())
            .collect();
        versions.sort();
        let (Some(programs), Some(user)) = (versions.pop(), somebody()) else {
            missing("PostgreSQL (Debian: postgresql-15)");
            return None;
        };
        let folder = TempDir::new().unwrap();
        chown(folder.path(), Some(user.0), Some(user.1)).unwrap();
        let mut postgres = Self { folder, programs, user, child: None };
        let made = postgres
            .program("initdb")
            .args(["--username", OWNER, "--auth", "trust", "--encoding", "UTF8", "--locale", "C", "--no-sync", "--pgdata"])
            .arg(postgres.data())
            .output()
            .unwrap();
        assert!(made.status.success(), "{}", String::from_utf8_lossy(&made.stderr));
        postgres.start();
        Some(postgres)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("data")
    }

    fn program(&self, name: &str) -> Command {
        let mut command = Command::new(self.programs.join(name));
        command.current_dir(self.folder.path()).stdin(Stdio::null()).uid(self.user.0).gid(self.user.1);
        command
    }

    /// Starts the server.
    pub fn start(&mut self) {
        let child = self
            .program("postgres")
            .arg("-D")
            .arg(self.data())
            .arg("-k")
            .arg(self.folder.path())
            .args(["-c", "listen_addresses="])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        let folder = self.folder.path().to_owned();
        until("PostgreSQL", || {
            assert!(self.child.as_mut().unwrap().try_wait().unwrap().is_none(), "PostgreSQL has ended");
            let asked = Command::new(self.programs.join("pg_isready")).arg("-q").arg("-h").arg(&folder).status().unwrap();
            asked.success()
        });
    }

    /// Ends the server, with what is connected.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = Command::new("kill").args(["-QUIT", &child.id().to_string()]).status();
            let _ = child.wait();
        }
    }

    /// What a statement answers.
    pub fn asks(&self, statement: &str) -> String {
        let output = Command::new(self.programs.join("psql"))
            .arg("-h")
            .arg(self.folder.path())
            .args(["-U", OWNER, "-d", DATABASE, "-X", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-c", statement])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    }

    /// All that is in the database, as its own program writes it down.
    pub fn dump(&self) -> Vec<u8> {
        let output = Command::new(self.programs.join("pg_dump"))
            .arg("-h")
            .arg(self.folder.path())
            .args(["-U", OWNER, DATABASE])
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        output.stdout
    }

    fn address(&self) -> String {
        format!("host={} user={OWNER} dbname={DATABASE}", self.folder.path().display())
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        self.stop();
    }
}

/// An object store on a port of the loopback interface, whether it runs or not.
pub struct ObjectStore {
    python: String,
    port: u16,
    child: Option<Child>,
}

impl ObjectStore {
    fn new() -> Option<Self> {
        let python = std::env::var("KYHOP_PYTHON").unwrap_or_else(|_| "python3".into());
        if !Command::new(&python).args(["-c", "import moto.server, flask"]).output().is_ok_and(|output| output.status.success()) {
            missing("moto (set KYHOP_PYTHON to a Python that has moto[s3,server])");
            return None;
        }
        let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
        Some(Self { python, port, child: None })
    }

    /// Starts it, empty, with its bucket.
    pub fn start(&mut self) {
        let child = Command::new(&self.python)
            .args(["-c", "from moto.server import main; main()", "-H", "127.0.0.1", "-p", &self.port.to_string()])
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        self.child = Some(child);
        until("the object store", || self.makes_bucket().is_some_and(|answer| answer.contains(" 200 ")));
    }

    fn makes_bucket(&self) -> Option<String> {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port)).ok()?;
        stream.set_read_timeout(Some(PATIENCE)).ok()?;
        let head = format!("PUT /{BUCKET} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
        stream.write_all(head.as_bytes()).ok()?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).ok()?;
        answer.lines().next().map(str::to_owned)
    }

    /// Ends it; what it held is gone.
    pub fn stop(&mut self) {
        if let Some(mut child) = self.child.take() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Drop for ObjectStore {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Both, and what hubs need to use them.
pub struct Servers {
    pub postgres: Postgres,
    pub objects: ObjectStore,
    keys: TempDir,
}

impl Servers {
    /// Starts both; `None` where they are not installed and not required.
    pub fn start() -> Option<Self> {
        let mut servers = Self::without_objects()?;
        servers.objects.start();
        Some(servers)
    }

    /// The object store does not run yet.
    pub fn without_objects() -> Option<Self> {
        let (postgres, objects) = (Postgres::new()?, ObjectStore::new()?);
        let keys = TempDir::new().unwrap();
        std::fs::write(keys.path().join("credentials.toml"), "access_key = \"hub\"\nsecret_key = \"not guessed\"\n").unwrap();
        Some(Self { postgres, objects, keys })
    }

    fn file(&self, name: &str) -> String {
        Path::new(self.keys.path()).join(name).display().to_string()
    }

    /// What a hub is told of both.
    pub fn told(&self, config: &mut Config) {
        config.backend.kind = BackendKind::Postgres;
        config.backend.database = self.postgres.address();
        config.backend.endpoint = format!("http://127.0.0.1:{}", self.objects.port);
        config.backend.bucket = BUCKET.into();
        config.backend.credentials_file = self.file("credentials.toml");
        config.backend.key_file = self.file("shared.key");
    }

    /// A hub that uses them.
    pub fn hub(&self, organisation: Option<Hash32>) -> Place {
        Place::init_as(organisation, |config| self.told(config))
    }
}
