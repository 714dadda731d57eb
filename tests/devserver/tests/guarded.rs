//! A page of another origin, a wrong token, a path that leads out: refused. The window's own requests: answered.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use tempfile::TempDir;

struct Devserver {
    child: Child,
    host: String,
    token: String,
    home: TempDir,
}

impl Drop for Devserver {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Devserver {
    /// Over an empty profile folder, with a window of one page and a secret file beside it.
    fn start() -> Self {
        let home = tempfile::tempdir().unwrap();
        let dist = home.path().join("dist");
        std::fs::create_dir(&dist).unwrap();
        std::fs::write(dist.join("index.html"), "<!doctype html>the window").unwrap();
        std::fs::write(dist.join("ui_bg.wasm"), b"\0asm").unwrap();
        std::fs::write(home.path().join("secret"), "secret").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(home.path().join("secret"), dist.join("link")).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_devserver"));
        command.arg("--profile").arg(home.path().join("profile")).arg("--dist").arg(&dist).args(["--net", "none", "--print-url"]);
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let (host, token) = line.trim().strip_prefix("http://").unwrap().split_once("/?token=").unwrap();
        assert_eq!(token.len(), 64);
        Self { host: host.to_owned(), token: token.to_owned(), child, home }
    }

    /// Sends a request as it is written and reads the whole answer.
    fn send(&self, head: &str, body: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.host).unwrap();
        write!(stream, "{head}\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}", body.len()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let status = answer.split(' ').nth(1).unwrap().parse().unwrap();
        (status, answer)
    }

    fn get(&self, path: &str) -> (u16, String) {
        self.send(&format!("GET {path} HTTP/1.1\r\nHost: {}", self.host), "")
    }

    fn act(&self, body: &str) -> (u16, String) {
        let head = format!("POST /api/act HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json", self.host);
        self.send(&format!("{head}\r\nX-Kyhop-Token: {}", self.token), body)
    }

    fn query(&self, extra: &str, body: &str) -> (u16, String) {
        self.send(&format!("POST /api/query HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json{extra}", self.host), body)
    }
}

const STATUS: &str = r#"{"type":"status"}"#;

#[test]
fn the_window_asks_and_is_answered() {
    let server = Devserver::start();
    let token = format!("\r\nX-Kyhop-Token: {}", server.token);
    let (status, answer) = server.query(&token, STATUS);
    assert_eq!(status, 200, "{answer}");
    assert!(answer.contains(r#""state":"none""#), "{answer}");
    let (status, _) = server.query(&format!("{token}\r\nOrigin: http://{}", server.host), STATUS);
    assert_eq!(status, 200, "its own origin");
    let (status, answer) = server.query(&token, "{}");
    assert_eq!(status, 400);
    assert!(answer.contains("bad_request"));
    let (status, answer) = server.query(&token, r#"{"type":"people"}"#);
    assert_eq!(status, 404);
    assert!(answer.contains("no_profile"), "{answer}");
    let head = format!("POST /api/upload?name=a.pdf HTTP/1.1\r\nHost: {}{token}", server.host);
    let (status, answer) = server.send(&head, "%PDF-");
    assert_eq!(status, 200);
    assert!(answer.contains(r#""token":"#), "{answer}");
}

#[test]
fn a_browser_writes_no_files_but_a_command_line_of_the_same_user_does() {
    let server = Devserver::start();
    let organisation = r#"{"type":"create_organisation","organisation":"Huế","unit":"Phường","name":"Bích","title":"","passphrase":"mật khẩu thử"}"#;
    let (status, answer) = server.act(organisation);
    assert_eq!(status, 200, "{answer}");
    let target = server.home.path().join("out.pem");
    let export = format!(r#"{{"type":"export_authority","path":"{}"}}"#, target.display());
    let (_, answer) = server.act(&export);
    assert!(answer.contains("not_allowed") && !target.exists(), "{answer}");

    let mut socket = std::os::unix::net::UnixStream::connect(server.home.path().join("profile/owner.sock")).unwrap();
    writeln!(socket, r#"{{"act":{export}}}"#).unwrap();
    let mut answer = String::new();
    BufReader::new(socket).read_line(&mut answer).unwrap();
    assert!(answer.contains("ok") && std::fs::read_to_string(&target).unwrap().contains("BEGIN CERTIFICATE"), "{answer}");
}

#[test]
fn without_the_token_nothing_is_told() {
    let server = Devserver::start();
    let wrong = "0".repeat(64);
    for extra in [String::new(), format!("\r\nX-Kyhop-Token: {wrong}"), format!("\r\nX-Kyhop-Token: {}", &server.token[..63])] {
        let (status, answer) = server.query(&extra, STATUS);
        assert_eq!(status, 401, "{answer}");
        assert!(answer.contains("unauthorized"));
    }
    let page = format!("/page/{}/0/800?m={}&token={wrong}", "ab".repeat(32), "cd".repeat(16));
    assert_eq!(server.get(&page).0, 401);
    assert_eq!(server.get(&format!("/api/push?token={wrong}")).0, 401);
    assert_eq!(server.get("/api/push").0, 401);
}

#[test]
fn a_projector_is_answered_what_it_shows_and_refused_everything_else() {
    let server = Devserver::start();
    let organisation = r#"{"type":"create_organisation","organisation":"Huế","unit":"Phường","name":"Bích","title":"","passphrase":"mật khẩu thử"}"#;
    assert_eq!(server.act(organisation).0, 200);
    let sitting =
        r#"{"type":"create_meeting","title":"Phiên họp","body":"","place":"","starts_at":1795000000000,"items":[],"invited":[]}"#;
    let (status, answer) = server.act(sitting);
    assert_eq!(status, 200, "{answer}");
    let meeting = answer.rsplit("\r\n\r\n").next().unwrap().trim().trim_matches('"').to_owned();
    assert_eq!(meeting.len(), 32, "{answer}");
    let post = |path: &str, token: &str, body: &str| {
        let head = format!("POST {path} HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json", server.host);
        server.send(&format!("{head}\r\nX-Kyhop-Token: {token}"), body)
    };
    let wanted = format!(r#"{{"meeting":"{meeting}"}}"#);
    let (status, answer) = post("/api/projector/open", &server.token, &wanted);
    assert_eq!(status, 200, "{answer}");
    let token = answer.split(r#""token":""#).nth(1).unwrap()[..64].to_owned();

    let stage = format!(r#"{{"type":"stage","meeting":"{meeting}"}}"#);
    let (status, answer) = post("/api/projector", &token, &stage);
    assert_eq!(status, 200, "{answer}");
    assert!(answer.contains("Phiên họp") && !answer.contains("Bích"), "{answer}");
    let elsewhere = format!(r#"{{"type":"stage","meeting":"{}"}}"#, "ab".repeat(16));
    assert_eq!(post("/api/projector", &token, &elsewhere).0, 403, "another meeting");
    assert_eq!(post("/api/projector", &token, STATUS).0, 400, "another question");

    for (path, body) in [
        ("/api/query", STATUS),
        ("/api/query", stage.as_str()),
        ("/api/act", organisation),
        ("/api/upload?name=a.pdf", "%PDF-"),
        ("/api/projector/open", wanted.as_str()),
    ] {
        assert_eq!(post(path, &token, body).0, 401, "{path}: {body}");
    }
    let page = format!("{}/0/800", "ab".repeat(32));
    assert_eq!(server.get(&format!("/page/{page}?m={meeting}&token={token}")).0, 401);
    assert_eq!(server.get(&format!("/api/push?token={token}")).0, 401);
    assert_eq!(server.get(&format!("/projected/{page}?token={token}")).0, 404, "nothing is shown");
    assert_eq!(server.get(&format!("/projected/{page}?token={}", server.token)).0, 401, "the window's token is no projector's");
    assert_eq!(post("/api/projector", &server.token, &stage).0, 401);
    let unknown = format!(r#"{{"meeting":"{}"}}"#, "ab".repeat(16));
    assert_eq!(post("/api/projector/open", &server.token, &unknown).0, 404, "no projector of a meeting that is not here");
}

#[test]
fn other_pages_and_other_names_are_refused_even_with_the_token() {
    let server = Devserver::start();
    let token = format!("\r\nX-Kyhop-Token: {}", server.token);
    let port = server.host.rsplit(':').next().unwrap().to_owned();
    for host in ["evil.example".to_owned(), format!("evil.example:{port}"), "127.0.0.1".to_owned()] {
        let (status, _) = server.send(&format!("POST /api/query HTTP/1.1\r\nHost: {host}{token}"), STATUS);
        assert_eq!(status, 403, "{host}");
        assert_eq!(server.send(&format!("GET / HTTP/1.1\r\nHost: {host}"), "").0, 403, "{host}");
    }
    for origin in ["http://evil.example".to_owned(), "null".to_owned(), format!("https://127.0.0.1:{port}")] {
        assert_eq!(server.query(&format!("{token}\r\nOrigin: {origin}"), STATUS).0, 403, "{origin}");
    }
    let (status, _) = server.send(&format!("POST /api/query HTTP/1.1\r\nHost: localhost:{port}{token}"), STATUS);
    assert_eq!(status, 200, "its other name");
}

#[test]
fn only_the_windows_files_are_served() {
    let server = Devserver::start();
    let (status, answer) = server.get("/");
    assert_eq!(status, 200);
    let lower = answer.to_lowercase();
    assert!(
        lower.contains("the window")
            && lower.contains("content-security-policy:")
            && lower.contains("x-content-type-options: nosniff")
            && lower.contains("cache-control: no-cache"),
        "{answer}"
    );
    assert!(server.get("/ui_bg.wasm").1.contains("application/wasm"));
    for path in ["/..%2fsecret", "/../secret", "/%2e%2e/secret", "/link", "/there-is-none", "//etc/passwd", "/dist/../../secret"]
    {
        let (status, answer) = server.get(path);
        assert_eq!(status, 404, "{path}: {answer}");
    }
}

#[test]
fn it_ends_in_order_when_asked() {
    let mut server = Devserver::start();
    assert!(Command::new("kill").args(["-TERM", &server.child.id().to_string()]).status().unwrap().success());
    assert!(server.child.wait().unwrap().success());
}
