//! Two devices that are never on at the same time, and the hub's own program between them.
#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod support;

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use support::{Desk, Dice, one_json, said, until};
use tempfile::TempDir;

const OFFICER: &str = "Nguyễn Văn Bình";
/// Words of the article that makes the package so large that nothing else on the hub is: no two are the same, so they hardly shrink.
const CODES: usize = 8_000;

/// The hub's program, which lies beside ours.
fn program() -> Option<PathBuf> {
    let program = Path::new(env!("CARGO_BIN_EXE_kyhop")).with_file_name("kyhop-hub");
    if program.is_file() {
        return Some(program);
    }
    assert!(std::env::var_os("KYHOP_REQUIRE_ORACLES").is_none(), "this test needs {}", program.display());
    eprintln!("skipped: this test needs {}", program.display());
    None
}

/// A hub that runs; it ends with the test.
struct Hub {
    program: PathBuf,
    folder: TempDir,
    child: Option<Child>,
}

impl Hub {
    /// A new one for an organisation.
    fn of(program: PathBuf, root: &str) -> Self {
        let mut hub = Self { program, folder: tempfile::tempdir().unwrap(), child: None };
        let data = hub.folder.path().join("data").display().to_string();
        let listen = ["--listen", "/ip4/127.0.0.1/tcp/0", "--watch", "127.0.0.1:0"];
        let made = hub.command(&["init", "--folder", &data, "--organisation", root]).args(listen).output().unwrap();
        assert!(made.status.success(), "{}", said(&made));
        let mut run = hub.command(&["run"]);
        hub.child = Some(run.stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        hub
    }

    fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(&self.program);
        command.arg("--config").arg(self.folder.path().join("hub.toml")).args(words).stdin(Stdio::null());
        command
    }

    /// What it says of itself; nothing before it is up.
    fn status(&self) -> Option<Value> {
        let output = self.command(&["status", "--json"]).output().unwrap();
        output.status.success().then(|| one_json(&output))
    }

    /// Waits until it says something.
    fn says<T>(&self, what: &str, read: impl Fn(&Value) -> Option<T>) -> T {
        until(what, || read(&self.status()?))
    }
}

impl Drop for Hub {
    fn drop(&mut self) {
        if let Some(child) = &mut self.child {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A folder with a procedure and a long list.
fn folder(desk: &Desk) -> String {
    let folder = desk.path("so-tay");
    std::fs::create_dir_all(&folder).unwrap();
    let mut dice = Dice(11);
    let codes: Vec<String> = (0..CODES).map(|_| format!("{:016x}", dice.roll())).collect();
    let lines = [
        json!({ "id": "khai-sinh", "kind": "procedure", "title": "Đăng ký khai sinh", "field": "Hộ tịch", "text": "Nộp tờ khai." }),
        json!({ "id": "ma", "kind": "guidance", "title": "Danh mục mã", "text": codes.join(" ") }),
    ];
    std::fs::write(folder.join("a.jsonl"), lines.map(|line| format!("{line}\n")).concat()).unwrap();
    folder.display().to_string()
}

fn packages(desk: &Desk) -> Vec<(String, u64)> {
    let listed = desk.ok(&["handbook", "list"]);
    let row = |row: &Value| {
        let package = &row["package"];
        (package["package"].as_str().unwrap().to_owned(), package["version"].as_u64().unwrap())
    };
    listed["packages"].as_array().unwrap().iter().map(row).collect()
}

#[test]
fn a_published_handbook_reaches_by_the_hub_alone_who_was_never_on_together_with_its_publisher() {
    let Some(program) = program() else { return };
    let city = Desk::founded();
    let root = city.ok(&["identity"])["root"].as_str().unwrap().to_owned();
    let hub = Hub::of(program, &root);
    let address = hub.says("the hub's address", |status| Some(status["addresses"][0].as_str()?.to_owned()));

    // The administrator lets the hub in, and the officer.
    let node = city.node(&[&address]);
    until("the hub's request", || city.ok(&["approve"]).as_array().unwrap().first().cloned());
    let words = hub.says("its six words", |status| Some(status["words"].as_str()?.to_owned()));
    city.ok(&["approve", "--hub", "--words", &words]);
    hub.says("that it carries", |status| (status["stage"] == "carrying").then_some(()));
    let ward = Desk::new();
    let mut joining = ward.joins(node.address(), OFFICER);
    let words = joining.line()["words"].as_str().unwrap().to_owned();
    until("the officer's request", || city.ok(&["approve"]).as_array().unwrap().first().cloned());
    city.ok(&["approve", "--words", &words]);
    assert!(joining.end().0, "the officer is let in");

    // From here on the officer's device is off. The hub gets everything, then the publisher's device goes too.
    city.ok(&["handbook", "import", &folder(&city), "--title", "Sổ tay"]);
    let before = hub.status().unwrap()["carried_bytes"].as_u64().unwrap();
    let published = city.ok(&["handbook", "publish", "so-tay"]);
    let bytes = published["delta_bytes"].as_u64().unwrap();
    assert!(bytes > 50_000, "large enough to be told from everything else: {published}");
    hub.says("that the package is there", |status| {
        let there = status["carried_bytes"].as_u64()? >= before + bytes && status["files_on_the_way"] == 0;
        let peers = city.ok(&["peers"]);
        let peers = peers["peers"].as_array()?;
        (there && !peers.is_empty() && peers.iter().all(|peer| peer["in_sync"] == true)).then_some(())
    });
    node.stop();
    hub.says("that nobody is connected", |status| (status["connected"] == 0).then_some(()));
    assert_eq!(packages(&ward), [], "it has never seen the package");

    let _ward = ward.node(&[&address]);
    until("the package comes", || (packages(&ward) == [("so-tay".to_owned(), 1)]).then_some(()));
    let found = ward.ok(&["handbook", "search", "dang ky khai sinh"]);
    assert_eq!(found["hits"][0]["id"], "so-tay:khai-sinh", "{found}");
}
