//! What the tests of the command line share: a desk with a profile, the real program, a node that ends with its test.
#![allow(dead_code, clippy::unwrap_used, clippy::expect_used)]

#[cfg(target_os = "linux")]
pub mod clock;
pub mod offices;

use std::io::{BufRead, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tempfile::TempDir;

/// Opens every profile of the tests.
pub const PASSPHRASE: &str = "mật khẩu thử nghiệm";
/// Who founds the organisation of a desk.
pub const FOUNDER: &str = "Trần Thị Bích";
/// A condition that does not come true within this time fails its test; reached only when something is wrong.
const DEADLINE: Duration = Duration::from_secs(60);
/// How often a condition is looked at.
const LOOK_EVERY: Duration = Duration::from_millis(40);
/// Where a node listens: a free port that nobody outside this machine reaches.
const LOOPBACK: &str = "/ip4/127.0.0.1/tcp/0";

/// One device: a folder with a profile and a file with its passphrase.
pub struct Desk {
    home: PathBuf,
    /// Removed with the desk.
    own: Option<TempDir>,
}

impl Desk {
    /// A desk without a profile yet.
    pub fn new() -> Self {
        let own = tempfile::tempdir().unwrap();
        let mut desk = Self::at(own.path());
        desk.own = Some(own);
        desk
    }

    /// A desk in a folder that somebody else cleans up.
    pub fn at(home: &Path) -> Self {
        std::fs::create_dir_all(home).unwrap();
        std::fs::write(home.join("passphrase"), format!("{PASSPHRASE}\n")).unwrap();
        Self { home: home.to_owned(), own: None }
    }

    /// A desk whose profile belongs to an organisation.
    pub fn founded() -> Self {
        let desk = Self::new();
        let made = desk.found();
        assert_eq!(made["organisation"], "Thành phố Minh Hải");
        desk
    }

    /// Makes the organisation.
    pub fn found(&self) -> Value {
        self.ok(&INIT)
    }

    /// A meeting with two items.
    pub fn meeting(&self) -> String {
        let made = self.ok(&[
            "meeting",
            "new",
            "--title",
            "Phiên họp tháng 11",
            "--starts",
            "2026-11-22 14:00",
            "--item",
            "Kinh tế – xã hội@45",
            "--item",
            "Trực bão",
        ]);
        made["meeting"].as_str().unwrap().to_owned()
    }

    /// A vote that this desk alone opened in a meeting: it chairs, is present, and is the whole roll.
    pub fn vote(&self, meeting: &str, question: &str) -> String {
        self.ok(&["meeting", "invite", meeting, FOUNDER, "chair"]);
        self.ok(&["meeting", "check-in", meeting]);
        let opened = self.ok(&["vote", "open", meeting, "--question", question]);
        opened["vote"].as_str().unwrap().to_owned()
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.home.join(name)
    }

    pub fn text_path(&self, name: &str) -> String {
        self.path(name).display().to_string()
    }

    pub fn profile(&self) -> PathBuf {
        self.path("profile")
    }

    /// The program with this desk's profile, printing JSON.
    pub fn command(&self, passphrase: &Path, words: &[&str]) -> Command {
        let mut command = kyhop();
        command.arg("--profile").arg(self.profile()).arg("--passphrase-file").arg(passphrase).arg("--json").args(words);
        command
    }

    pub fn run(&self, words: &[&str]) -> Output {
        self.command(&self.path("passphrase"), words).output().unwrap()
    }

    /// What a command that must succeed says to a person.
    pub fn run_plain(&self, words: &[&str]) -> String {
        let mut command = kyhop();
        command.arg("--profile").arg(self.profile()).arg("--passphrase-file").arg(self.path("passphrase"));
        let output = command.args(["--lang", "vi"]).args(words).output().unwrap();
        assert!(output.status.success(), "{words:?}: {}", said(&output));
        String::from_utf8(output.stdout).unwrap()
    }

    /// The answer of a command that must succeed.
    pub fn ok(&self, words: &[&str]) -> Value {
        let output = self.run(words);
        assert!(output.status.success(), "{words:?}: {}", said(&output));
        one_json(&output)
    }

    /// The answer of a command, `None` if it fails.
    pub fn maybe(&self, words: &[&str]) -> Option<Value> {
        let output = self.run(words);
        output.status.success().then(|| one_json(&output))
    }

    /// The code of the error that the command must end with.
    pub fn fails(&self, words: &[&str]) -> String {
        let output = self.run(words);
        assert_eq!(output.status.code(), Some(1), "{words:?}: {}", said(&output));
        code(&output)
    }

    /// What the failing command says to people who read Vietnamese, and to those who read English.
    pub fn says(&self, words: &[&str]) -> [String; 2] {
        ["vi", "en"].map(|lang| {
            let mut command = kyhop();
            command.arg("--profile").arg(self.profile()).arg("--passphrase-file").arg(self.path("passphrase"));
            sentence(command.args(["--lang", lang]).args(words))
        })
    }

    /// Stays online until the node is dropped or killed.
    pub fn node(&self, peers: &[&str]) -> Node {
        self.node_under(peers, |_| {})
    }

    /// The same, in an environment that `set` makes.
    pub fn node_under(&self, peers: &[&str], set: impl FnOnce(&mut Command)) -> Node {
        let mut words = vec!["node", "--listen", LOOPBACK, "--no-mdns"];
        for peer in peers {
            words.extend(["--peer", peer]);
        }
        let mut command = self.command(&self.path("passphrase"), &words);
        set(&mut command);
        let mut running = Running::start(&mut command);
        let ready = running.line();
        assert_eq!(ready["ready"], true, "{ready}");
        Node { running, ready }
    }

    /// Begins to join; the words are compared by the test.
    pub fn joins(&self, peer: &str, name: &str) -> Running {
        let words = ["join", "--peer", peer, "--name", name, "--title", "Ủy viên", "--yes"];
        Running::start(&mut self.command(&self.path("passphrase"), &words))
    }

    /// A conversation with the process that owns this desk's profile.
    pub fn owner(&self) -> Owner {
        Owner(BufReader::new(UnixStream::connect(self.profile().join("owner.sock")).unwrap()))
    }
}

/// The words that found the organisation of a desk.
pub const INIT: [&str; 9] = [
    "init",
    "--organisation",
    "Thành phố Minh Hải",
    "--unit",
    "UBND phường An Bình",
    "--name",
    FOUNDER,
    "--title",
    "Chánh Văn phòng",
];

/// The program, deaf to the settings of whoever runs the tests.
pub fn kyhop() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_kyhop"));
    command.stdin(Stdio::null()).env_remove("KYHOP_PASSPHRASE_FILE").env_remove("KYHOP_LANG").env("LC_ALL", "C.UTF-8");
    command
}

pub fn said(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

pub fn one_json(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|error| panic!("{error}: {}", said(output)))
}

pub fn code(output: &Output) -> String {
    one_json(output)["error"]["code"].as_str().unwrap().to_owned()
}

/// What a failing command says to a person: on standard error, and nothing on standard output.
pub fn sentence(command: &mut Command) -> String {
    let output = command.output().unwrap();
    assert!(!output.status.success(), "it should have failed: {}", said(&output));
    assert!(output.stdout.is_empty(), "{}", said(&output));
    String::from_utf8(output.stderr).unwrap().trim_end().to_owned()
}

/// A paper of `fixtures/papers`.
pub fn fixture(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fixtures/papers").join(name).display().to_string()
}

/// A command that goes on while others act; it ends with the test, whatever happens.
pub struct Running {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Running {
    pub fn start(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let output = BufReader::new(child.stdout.take().unwrap());
        Self { child, output }
    }

    /// The next JSON line that it prints.
    pub fn line(&mut self) -> Value {
        let mut line = String::new();
        self.output.read_line(&mut line).unwrap();
        serde_json::from_str(&line).unwrap_or_else(|error| panic!("{error}: it printed '{line}'"))
    }

    /// Waits for its end; gives whether it succeeded and the last line it printed.
    pub fn end(mut self) -> (bool, Value) {
        let line = self.line();
        (self.child.wait().unwrap().success(), line)
    }

    /// Ends it as a power failure would: SIGKILL, at once, if it still runs.
    pub fn kill(mut self) {
        let _ = self.child.kill();
        self.child.wait().unwrap();
    }

    /// Presses Ctrl-C.
    pub fn interrupt(&self) {
        let asked = Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
    }

    /// Answers its question.
    pub fn answer(&mut self, text: &str) {
        self.child.stdin.take().expect("a piped standard input").write_all(text.as_bytes()).unwrap();
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A profile that stays online.
pub struct Node {
    running: Running,
    /// What it said when it was ready.
    pub ready: Value,
}

impl Node {
    /// Where others reach it.
    pub fn address(&self) -> &str {
        self.ready["addresses"][0].as_str().expect("an address")
    }

    /// The port it listens on.
    pub fn port(&self) -> u16 {
        self.address().split("/tcp/").nth(1).and_then(|rest| rest.split("/").next()?.parse().ok()).expect("a TCP port")
    }

    /// Ends it as a power failure would: SIGKILL, at once.
    pub fn kill(mut self) {
        self.running.child.kill().unwrap();
        self.running.child.wait().unwrap();
    }

    /// Ends it in order.
    pub fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.running.child.id().to_string()]).status().unwrap();
        assert!(asked.success());
        assert!(self.running.child.wait().unwrap().success(), "it ends in order");
    }

    /// Whether it still runs.
    pub fn runs(&mut self) -> bool {
        self.running.child.try_wait().unwrap().is_none()
    }
}

/// A conversation over a profile's local socket, as every other process has it.
pub struct Owner(BufReader<UnixStream>);

impl Owner {
    /// Does something; `None` if the owner ended before it answered. An error of the application fails the test.
    pub fn act(&mut self, act: &Value) -> Option<Value> {
        self.ask(&json!({ "act": act }))
    }

    /// Reads something, as [`Self::act`].
    pub fn query(&mut self, query: &Value) -> Option<Value> {
        self.ask(&json!({ "query": query }))
    }

    /// The code with which something is refused.
    pub fn refused(&mut self, act: &Value) -> String {
        let answer = self.answer(&json!({ "act": act })).expect("an answer");
        answer["error"]["code"].as_str().unwrap_or_else(|| panic!("{act}: {answer}")).to_owned()
    }

    fn ask(&mut self, request: &Value) -> Option<Value> {
        let answer = self.answer(request)?;
        assert!(answer.get("ok").is_some(), "{request}: {answer}");
        Some(answer["ok"].clone())
    }

    fn answer(&mut self, request: &Value) -> Option<Value> {
        self.0.get_mut().write_all(format!("{request}\n").as_bytes()).ok()?;
        let mut line = String::new();
        self.0.read_line(&mut line).ok()?;
        // An answer that was cut off is none.
        Some(serde_json::from_str(line.strip_suffix('\n')?).unwrap())
    }
}

/// Looks again and again until there is something; fails with `what` at the deadline.
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

/// Dice that fall the same way in every run (SplitMix64, Steele, Lea and Flood 2014).
pub struct Dice(pub u64);

impl Dice {
    pub fn roll(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `end`.
    pub fn below(&mut self, end: usize) -> usize {
        usize::try_from(self.roll() % u64::try_from(end).unwrap()).unwrap()
    }
}
