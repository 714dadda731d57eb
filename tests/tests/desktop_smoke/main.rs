//! The real window: the desktop's program under a display without a screen, driven through WebKit's own WebDriver, over the
//! demo's real profiles.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod measure;
mod stage;

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use fantoccini::elements::Element;
use fantoccini::wd::Capabilities;
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use ui::testids;

use crate::stage::{DEADLINE, LOOK_EVERY, Person, Stage, Started, until};

/// The window of one person, and the driver that holds it.
struct Window {
    client: Client,
    driver: Started,
}

impl Window {
    async fn open(stage: &Stage, person: &Person) -> Self {
        let (driver, address) = stage.driver();
        let arguments: Vec<String> = stage.arguments(person).into_iter().map(|word| word.into_string().unwrap()).collect();
        let mut capabilities = Capabilities::new();
        let options = json!({ "binary": stage.desktop(), "args": arguments });
        capabilities.insert("webkitgtk:browserOptions".into(), options);
        let mut builder = ClientBuilder::new(HttpConnector::new());
        // The driver waits for ever for a program that ended at once.
        let session = tokio::time::timeout(DEADLINE, builder.capabilities(capabilities).connect(&address)).await;
        Self { client: session.expect("the window comes").unwrap(), driver }
    }

    async fn find(&self, testid: &str) -> Element {
        self.find_by(&format!("[data-testid='{testid}']")).await
    }

    async fn find_by(&self, selector: &str) -> Element {
        match self.client.wait().at_most(DEADLINE).every(LOOK_EVERY).for_element(Locator::Css(selector)).await {
            Ok(element) => element,
            Err(error) => panic!("{selector}: {error}\n{}", self.client.source().await.unwrap_or_default()),
        }
    }

    /// Presses a control once it can be pressed.
    async fn click(&self, testid: &str) {
        let element = self.find_by(&format!("[data-testid='{testid}']:not(:disabled)")).await;
        element.click().await.unwrap_or_else(|error| panic!("{testid}: {error}"));
    }

    /// Waits until a script returns something else than null.
    async fn until(&self, what: &str, script: &str) -> Value {
        let deadline = Instant::now() + DEADLINE;
        loop {
            let value = self.client.execute(script, vec![]).await.unwrap();
            if !value.is_null() {
                return value;
            }
            assert!(Instant::now() < deadline, "{what}\n{}", self.client.source().await.unwrap_or_default());
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Asks the shell as the window does; an error comes as `{ "error": … }`.
    async fn invoke(&self, command: &str, arguments: Value) -> Value {
        let script = "const [command, given, done] = arguments;
            window.__TAURI_INTERNALS__.invoke(command, given).then(done, (error) => done({ error }));";
        self.client.execute_async(script, vec![json!(command), arguments]).await.unwrap()
    }

    async fn close(self) {
        self.client.close().await.unwrap();
        drop(self.driver);
    }
}

/// How many pixels of a picture are dark: letters on paper.
fn dark_pixels(png: &[u8]) -> usize {
    let mut decoder = png::Decoder::new(std::io::Cursor::new(png));
    decoder.set_transformations(png::Transformations::normalize_to_color8());
    let mut reader = decoder.read_info().unwrap();
    let mut pixels = vec![0; reader.output_buffer_size().unwrap()];
    let info = reader.next_frame(&mut pixels).unwrap();
    let samples = info.color_type.samples();
    pixels[..info.buffer_size()]
        .chunks_exact(samples)
        .filter(|pixel| pixel[..samples.min(3)].iter().all(|part| *part < 100))
        .count()
}

/// Fewer dark pixels than this are no page of text.
const TEXT_PIXELS_MIN: usize = 2_000;

async fn reads_a_paper(window: &Window) {
    window.click(testids::PAPER_OPEN).await;
    let script = "const picture = document.querySelector('[data-testid=page-picture]');
        return picture && picture.complete && picture.naturalWidth > 0 ? [picture.src, picture.naturalWidth] : null;";
    let painted = window.until("no page of the paper was painted", script).await;
    assert!(painted[0].as_str().unwrap().starts_with("page://localhost/"), "{painted}");
    assert!(painted[1].as_u64().unwrap() >= 400, "{painted}");
    let screenshot = window.find(testids::PAGE_PICTURE).await.screenshot().await.unwrap();
    assert!(dark_pixels(&screenshot) > TEXT_PIXELS_MIN, "the page is blank on the screen");
}

/// Our own sample papers.
fn papers() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/papers")
}

/// A file is dropped on the window: the web view's own drop, which the shell must not take away.
async fn drops_a_paper(window: &Window) {
    let paper = papers().join("to-trinh-ho-tro-ngap.pdf");
    let name = "Tờ trình bổ sung.pdf";
    window.click(testids::AGENDA_EDIT).await;
    window.click(testids::AGENDA_ADD_PAPER).await;
    let zone = window.find(testids::FILE_NAME).await;
    let script = "const [zone, bytes, name] = arguments;
        const dropped = new DataTransfer();
        dropped.items.add(new File([new Uint8Array(bytes)], name, { type: 'application/pdf' }));
        zone.dispatchEvent(new DragEvent('drop', { bubbles: true, cancelable: true, dataTransfer: dropped }));
        return null;";
    let arguments = vec![serde_json::to_value(&zone).unwrap(), json!(std::fs::read(paper).unwrap()), json!(name)];
    window.client.execute(script, arguments).await.unwrap();
    let title = "Tờ trình bổ sung";
    window.find(testids::PAPER_TITLE).await.send_keys(title).await.unwrap();
    window.click(testids::PAPER_SAVE).await;
    window.find_by(&format!("[data-testid=paper-open][data-title='{title}']")).await;
    window.click(testids::AGENDA_EDIT).await;
}

async fn opens_a_vote_and_votes(window: &Window) {
    window.click("room-vote").await;
    window.click(testids::VOTE_OPEN).await;
    window.find(testids::VOTE_FORM_QUESTION).await.send_keys("Thông qua kế hoạch trực bão?").await.unwrap();
    window.click(testids::VOTE_FORM_OPEN).await;
    window.find_by("[data-testid=vote][data-state=open]").await;
    window.click(testids::VOTE_FOR).await;
    // The chair's own ballot is with the chair at once.
    window.find_by("[data-testid=ballot-state][data-choice=for]").await;
}

async fn goes_nowhere_else(window: &Window) {
    let before = window.client.current_url().await.unwrap();
    assert_eq!(before.scheme(), "tauri");
    for script in [
        "location.href = 'https://example.org/'; return null;",
        "location.href = 'file:///etc/passwd'; return null;",
        "location.href = 'page://localhost/'; return null;",
        "window.open('https://example.org/'); return null;",
    ] {
        window.client.execute(script, vec![]).await.unwrap();
        // Had the window left, the shell's answer would come from nowhere.
        let status = window.invoke("query", json!({ "request": { "type": "status" } })).await;
        assert_eq!(status["state"], "ready", "{script}: {status}");
        assert_eq!(window.client.current_url().await.unwrap(), before, "{script}");
    }
    assert_eq!(window.client.windows().await.unwrap().len(), 1);
    for (attempt, directive) in [
        ("fetch('http://127.0.0.1:1/').catch(() => {});", "connect-src"),
        ("new Image().src = 'http://127.0.0.1:1/a.png';", "img-src"),
        (
            "const script = document.createElement('script');
            script.textContent = 'window.intruded = true';
            document.body.append(script);",
            "script-src",
        ),
    ] {
        let script = format!(
            "const done = arguments[0];
            document.addEventListener('securitypolicyviolation', (event) => done(event.effectiveDirective), {{ once: true }});
            {attempt}"
        );
        let violated = window.client.execute_async(&script, vec![]).await.unwrap();
        assert!(violated.as_str().is_some_and(|violated| violated.starts_with(directive)), "{attempt}: {violated}");
    }
    assert!(window.client.execute("return window.intruded ?? null", vec![]).await.unwrap().is_null());
}

async fn asks_for_nothing_it_may_not(window: &Window, stage: &Stage) {
    for command in [
        "plugin:app|version",
        "plugin:window|close",
        "plugin:webview|create_webview_window",
        "plugin:event|emit",
        // Only the projector's window may.
        "projector",
        "subscribe_projector",
        "no_such",
    ] {
        let answer = window.invoke(command, json!({})).await;
        assert!(answer["error"].is_string(), "{command}: {answer}");
    }
    let stolen = stage.home().join("stolen.pem");
    let export = json!({ "request": { "type": "export_authority", "path": stolen } });
    let answer = window.invoke("act", export).await;
    assert_eq!(answer["error"]["code"], "not_allowed", "{answer}");
    assert!(!stolen.exists());
    let answer = window.invoke("query", json!({ "request": { "type": "no_such" } })).await;
    assert_eq!(answer["error"]["code"], "bad_request", "{answer}");
    assert!(window.client.execute("return window.__TAURI__ ?? null", vec![]).await.unwrap().is_null());
}

/// Files below a folder that begin like a picture or a PDF.
fn readable_pages(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    // What ends just now takes its files along.
    for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(readable_pages(&path));
        } else if let Ok(bytes) = std::fs::read(&path) {
            let pictures: [&[u8]; 3] = [b"\x89PNG\r\n", b"\xff\xd8\xff\xe0\x00\x10JFIF", b"%PDF-"];
            if pictures.iter().any(|start| bytes.windows(start.len()).any(|part| part == *start)) {
                found.push(path);
            }
        }
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_opens_the_program_reads_a_paper_and_votes() {
    let Some(stage) = Stage::set() else {
        return;
    };
    let chair = &stage.people[0];
    let window = Window::open(&stage, chair).await;
    assert_eq!(window.client.title().await.unwrap(), "Kỳ Họp");
    window.find(testids::TODAY_NEXT).await;
    let script = "return document.querySelector('[data-testid=me-name]')?.textContent.trim() || null;";
    assert_eq!(window.until("nobody is named", script).await, chair.name);
    window.click(testids::TODAY_ENTER).await;
    window.find(testids::ROOM).await;
    let items = window.until(
        "the agenda is empty",
        "const items = document.querySelectorAll('[data-testid=agenda-item]').length; return items || null;",
    );
    assert_eq!(items.await, 3);
    reads_a_paper(&window).await;
    drops_a_paper(&window).await;
    opens_a_vote_and_votes(&window).await;
    goes_nowhere_else(&window).await;
    asks_for_nothing_it_may_not(&window, &stage).await;
    window.close().await;
    // A stolen disk shows no page, neither in the profile nor where web views keep their caches.
    assert_eq!(readable_pages(stage.home()), Vec::<PathBuf>::new());
    assert!(!readable_pages(&papers()).is_empty(), "a readable page would have been found");
}

/// Whether the program that owns the profile has it open.
fn is_open(stage: &Stage, person: &Person) -> bool {
    let output = stage.kyhop(["--json", "--profile", person.profile.to_str().unwrap(), "peers"]);
    output.status.success()
}

#[test]
fn a_second_start_is_told_so_and_the_first_ends_in_order() {
    let Some(stage) = Stage::set() else {
        return;
    };
    let chair = &stage.people[0];
    let mut first = Started(stage.command(&stage.desktop()).args(stage.arguments(chair)).spawn().unwrap());
    until("the desktop opens the profile", || {
        assert!(first.0.try_wait().unwrap().is_none(), "the desktop ended by itself");
        is_open(&stage, chair).then_some(())
    });
    // Without a display: what it says stands on the terminal.
    let mut second = stage.command(&stage.desktop());
    let output = second.args(stage.arguments(chair)).env_remove("DISPLAY").stdin(Stdio::null()).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(said.contains("Hồ sơ đang được một chương trình khác sử dụng") && said.contains("profile_in_use"), "{said}");
    assert!(is_open(&stage, chair), "the first one goes on");
    assert!(Command::new("kill").args(["-TERM", &first.0.id().to_string()]).status().unwrap().success());
    assert!(first.0.wait().unwrap().success(), "the desktop ends in order when asked");
    assert!(!is_open(&stage, chair), "nobody has the profile any more");
    let passphrase = chair.passphrase_file.to_str().unwrap();
    let profile = chair.profile.to_str().unwrap();
    let output = stage.kyhop(["--json", "--profile", profile, "--passphrase-file", passphrase, "meeting", "show"]);
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_wrong_passphrase_ends_the_start_with_a_sentence() {
    let Some(stage) = Stage::set() else {
        return;
    };
    let wrong = stage.home().join("wrong");
    std::fs::write(&wrong, "không phải mật khẩu này").unwrap();
    let person = &stage.people[0];
    let person = Person { name: person.name.clone(), profile: person.profile.clone(), passphrase_file: wrong };
    // On a terminal: no dialog waits for somebody to read it.
    let words: Vec<String> = stage.arguments(&person).into_iter().map(|word| word.into_string().unwrap()).collect();
    let line = format!("{} {}", stage.desktop().display(), words.join(" "));
    let output = stage.command(Path::new("script")).args(["-qec", &line, "/dev/null"]).stdin(Stdio::null()).output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8_lossy(&output.stdout);
    assert!(said.contains("Mật khẩu không đúng") && said.contains("wrong_passphrase"), "{said}");
}
