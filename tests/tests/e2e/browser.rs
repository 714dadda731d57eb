//! A browser: it waits for what is to be seen, never for time to pass, and leaves a picture behind when something does not come.

use std::path::PathBuf;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Instant;

use fantoccini::wd::{WebDriverCompatibleCommand, WindowHandle};
use fantoccini::{Client, ClientBuilder, Locator};
use hyper_util::client::legacy::connect::HttpConnector;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::stage::{DEADLINE, Driver, LOOK_EVERY};

/// The Tab key, as WebDriver names it.
const TAB: &str = "\u{E004}";
/// The Enter key, as WebDriver names it.
pub const ENTER: &str = "\u{E007}";
/// So many controls no screen has.
const TABS_MAX: usize = 200;

/// The window's size and its looks.
#[derive(Debug, Clone, Copy)]
pub struct Looks {
    pub width: u32,
    pub height: u32,
    /// `vi` or `en`.
    pub language: &'static str,
    /// `light` or `dark`.
    pub theme: &'static str,
    /// Size of text in percent.
    pub text: u32,
}

impl Looks {
    /// A usual laptop.
    pub const USUAL: Self = Self { width: 1_280, height: 800, language: "vi", theme: "light", text: 100 };
}

/// A command of Chrome's own protocol.
#[derive(Debug)]
struct Devtools {
    command: &'static str,
    parameters: Value,
}

impl WebDriverCompatibleCommand for Devtools {
    fn endpoint(&self, base: &url::Url, session: Option<&str>) -> Result<url::Url, url::ParseError> {
        base.join(&format!("session/{}/goog/cdp/execute", session.unwrap_or_default()))
    }

    fn method_and_body(&self, _: &url::Url) -> (http::Method, Option<String>) {
        (http::Method::POST, Some(json!({ "cmd": self.command, "params": self.parameters }).to_string()))
    }
}

/// One browser with one window.
pub struct Browser {
    name: &'static str,
    client: Client,
    _profile: TempDir,
}

impl Browser {
    /// Opens an address. `name` stands in messages and names of pictures.
    pub async fn open(driver: &Driver, name: &'static str, url: &str, looks: Looks) -> Self {
        let profile = tempfile::tempdir().unwrap();
        let arguments = [
            "--headless=new",
            "--no-sandbox",
            "--disable-gpu",
            "--disable-dev-shm-usage",
            "--disable-background-networking",
            "--disable-component-update",
            "--disable-sync",
            "--no-first-run",
            "--force-color-profile=srgb",
            "--lang=vi",
        ];
        let mut arguments: Vec<String> = arguments.map(str::to_owned).to_vec();
        arguments.push(format!("--user-data-dir={}", profile.path().display()));
        let capabilities = json!({ "goog:chromeOptions": { "args": arguments }, "unhandledPromptBehavior": "accept" });
        let client = ClientBuilder::new(HttpConnector::new())
            .capabilities(capabilities.as_object().unwrap().clone())
            .connect(&driver.url)
            .await
            .expect("a browser");
        let browser = Self { name, client, _profile: profile };
        browser.resize(looks.width, looks.height).await;
        browser.client.goto(url).await.unwrap();
        browser.look(looks).await;
        browser
    }

    /// Leaves for another address, as whoever opens a new window there.
    pub async fn reopen(&self, url: &str, looks: Looks) {
        self.client.goto(url).await.unwrap();
        self.look(looks).await;
    }

    /// Ends the browser in order.
    pub async fn close(self) {
        let _ = self.client.close().await;
    }

    /// The window that is looked at.
    pub async fn window(&self) -> WindowHandle {
        self.client.window().await.unwrap()
    }

    /// Waits for a further window; which one it is.
    pub async fn another_window(&self) -> WindowHandle {
        let own = self.window().await;
        let deadline = Instant::now() + DEADLINE;
        loop {
            if let Some(other) = self.client.windows().await.unwrap().into_iter().find(|window| *window != own) {
                return other;
            }
            if Instant::now() > deadline {
                self.fail("another window").await;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Looks at another window from now on.
    pub async fn switch_to(&self, window: &WindowHandle) {
        self.client.switch_to_window(window.clone()).await.unwrap();
        // A window behind another one draws nothing and takes no clicks.
        self.devtools("Page.bringToFront", json!({})).await;
    }

    /// The size of the page.
    pub async fn resize(&self, width: u32, height: u32) {
        let metrics = json!({ "width": width, "height": height, "deviceScaleFactor": 1, "mobile": false });
        self.devtools("Emulation.setDeviceMetricsOverride", metrics).await;
    }

    /// Changes what the window looks like, as its preferences do, and loads it again.
    pub async fn look(&self, looks: Looks) {
        self.resize(looks.width, looks.height).await;
        let script = "localStorage['kyhop.language'] = arguments[0]; localStorage['kyhop.theme'] = arguments[1];
            localStorage['kyhop.text'] = arguments[2];";
        self.run(script, vec![json!(looks.language), json!(looks.theme), json!(looks.text.to_string())]).await;
        self.client.refresh().await.unwrap();
    }

    /// Loads the page again as it is.
    pub async fn reload(&self) {
        self.client.refresh().await.unwrap();
    }

    /// Goes to a screen by its address.
    pub async fn go(&self, fragment: &str) {
        self.run("location.hash = arguments[0]", vec![json!(fragment)]).await;
    }

    /// Chrome's own protocol.
    pub async fn devtools(&self, command: &'static str, parameters: Value) -> Value {
        self.client.issue_cmd(Devtools { command, parameters }).await.unwrap_or_else(|error| panic!("{command}: {error}"))
    }

    /// Runs a script in the page.
    pub async fn run(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute(script, arguments).await.unwrap_or_else(|error| panic!("{}: {script}: {error}", self.name))
    }

    /// Runs a script that answers later, by its last argument.
    pub async fn run_async(&self, script: &str, arguments: Vec<Value>) -> Value {
        self.client.execute_async(script, arguments).await.unwrap_or_else(|error| panic!("{}: {script}: {error}", self.name))
    }

    /// Waits until an expression in the page is something; `arguments[0]` and so on are given.
    pub async fn until(&self, what: &str, expression: &str, arguments: Vec<Value>) -> Value {
        let script = format!("return ({expression})");
        let deadline = Instant::now() + DEADLINE;
        loop {
            // The page may be between two loads.
            if let Ok(found) = self.client.execute(&script, arguments.clone()).await
                && !matches!(found, Value::Null | Value::Bool(false))
                && found != json!(0)
                && found != json!("")
            {
                return found;
            }
            if Instant::now() > deadline {
                self.fail(what).await;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Waits until a control is shown.
    pub async fn shown(&self, testid: &str) {
        self.until(testid, &format!("{SHOWN}(arguments[0])"), vec![json!(testid)]).await;
    }

    /// Waits until none of its kind is shown.
    pub async fn gone(&self, testid: &str) {
        self.until(&format!("{testid} goes"), &format!("!{SHOWN}(arguments[0])"), vec![json!(testid)]).await;
    }

    /// The text of a control, once it has one.
    pub async fn text(&self, testid: &str) -> String {
        let expression = "document.querySelector(`[data-testid=\"${arguments[0]}\"]`)?.textContent.trim()";
        self.until(testid, expression, vec![json!(testid)]).await.as_str().unwrap().to_owned()
    }

    /// An attribute of a control, once it has it.
    pub async fn attribute(&self, testid: &str, name: &str) -> String {
        let expression = "document.querySelector(`[data-testid=\"${arguments[0]}\"]`)?.getAttribute(arguments[1])";
        self.until(testid, expression, vec![json!(testid), json!(name)]).await.as_str().unwrap().to_owned()
    }

    /// Waits until an attribute of a control says this.
    pub async fn says(&self, testid: &str, name: &str, value: &str) {
        let expression =
            "document.querySelector(`[data-testid=\"${arguments[0]}\"][${arguments[1]}=\"${arguments[2]}\"]`) !== null";
        self.until(&format!("{testid} says {value}"), expression, vec![json!(testid), json!(name), json!(value)]).await;
    }

    /// Presses a control as a person does, as soon as that is possible.
    pub async fn press(&self, testid: &str) {
        self.press_nth(testid, 0).await;
    }

    /// Presses one of several, counted from 0.
    pub async fn press_nth(&self, testid: &str, at: usize) {
        let css = format!("[data-testid=\"{testid}\"]:not(:disabled)");
        let deadline = Instant::now() + DEADLINE;
        loop {
            // It may be made anew or covered by a message for a moment.
            if let Ok(found) = self.client.find_all(Locator::Css(&css)).await
                && let Some(element) = found.get(at)
                && element.click().await.is_ok()
            {
                return;
            }
            if Instant::now() > deadline {
                self.fail(&format!("{testid} can be pressed")).await;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    }

    /// Presses the mouse at the first of these points, moves it over the others and lets go at the last. Pixels of the page.
    pub async fn drag(&self, path: &[(f64, f64)]) {
        let (Some(first), Some(last)) = (path.first(), path.last()) else { return };
        let mut steps = vec![("mouseMoved", first, "none", 0), ("mousePressed", first, "left", 1)];
        steps.extend(path[1..].iter().map(|point| ("mouseMoved", point, "left", 1)));
        steps.push(("mouseReleased", last, "left", 0));
        for (kind, (x, y), button, buttons) in steps {
            let event = json!({ "type": kind, "x": x, "y": y, "button": button, "buttons": buttons, "clickCount": 1 });
            self.devtools("Input.dispatchMouseEvent", event).await;
        }
    }

    /// Cuts the page off from every server, or joins it again.
    pub async fn cut_off(&self, cut: bool) {
        self.devtools("Network.enable", json!({})).await;
        let conditions = json!({ "offline": cut, "latency": 0, "downloadThroughput": -1, "uploadThroughput": -1 });
        self.devtools("Network.emulateNetworkConditions", conditions).await;
    }

    /// Waits until the text of a control has these words in it.
    pub async fn reads(&self, testid: &str, words: &str) {
        let expression = "[...document.querySelectorAll(`[data-testid=\"${arguments[0]}\"]`)]
            .some((one) => one.checkVisibility({ visibilityProperty: true }) && one.textContent.includes(arguments[1]))";
        self.until(&format!("{testid} reads {words}"), expression, vec![json!(testid), json!(words)]).await;
    }

    /// Types a text into a field in place of what is in it.
    pub async fn fill(&self, testid: &str, text: &str) {
        self.fill_nth(testid, 0, text).await;
    }

    /// Types into one of several fields.
    pub async fn fill_nth(&self, testid: &str, at: usize, text: &str) {
        let css = format!("[data-testid=\"{testid}\"]");
        self.until(testid, "document.querySelectorAll(arguments[0]).length > arguments[1]", vec![json!(css), json!(at)]).await;
        let field = self.client.find_all(Locator::Css(&css)).await.unwrap().swap_remove(at);
        field.clear().await.unwrap();
        field.send_keys(text).await.unwrap();
        let expression = "document.querySelectorAll(arguments[0])[arguments[1]]?.value === arguments[2]";
        self.until(&format!("{testid} has {text}"), expression, vec![json!(css), json!(at), json!(text)]).await;
    }

    /// Chooses an option of a select.
    pub async fn choose(&self, testid: &str, value: &str) {
        let css = format!("[data-testid=\"{testid}\"] option[value=\"{value}\"]");
        self.until(testid, "document.querySelector(arguments[0]) !== null", vec![json!(css)]).await;
        self.client.find(Locator::Css(&css)).await.unwrap().click().await.unwrap();
    }

    /// Hands a file in.
    pub async fn hand_in(&self, testid: &str, file: &std::path::Path) {
        self.hand_in_nth(testid, 0, file).await;
    }

    /// Hands a file in to one of several fields.
    pub async fn hand_in_nth(&self, testid: &str, at: usize, file: &std::path::Path) {
        let css = format!("[data-testid=\"{testid}\"]");
        self.until(testid, "document.querySelectorAll(arguments[0]).length > arguments[1]", vec![json!(css), json!(at)]).await;
        let field = self.client.find_all(Locator::Css(&css)).await.unwrap().swap_remove(at);
        field.send_keys(file.to_str().unwrap()).await.unwrap();
    }

    /// Presses a key as a person does, wherever the focus is; with Ctrl held or not.
    pub async fn key(&self, key: &str, control: bool) {
        for kind in ["rawKeyDown", "keyUp"] {
            let code = match key {
                "Enter" => 13,
                "Escape" => 27,
                "ArrowUp" => 38,
                "ArrowDown" => 40,
                letter => letter.to_uppercase().bytes().next().map_or(0, i32::from),
            };
            let event =
                json!({ "type": kind, "key": key, "windowsVirtualKeyCode": code, "modifiers": if control { 2 } else { 0 } });
            self.devtools("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Presses keys, or types, where the focus is.
    pub async fn type_here(&self, keys: &str) {
        self.client.active_element().await.unwrap().send_keys(keys).await.unwrap();
    }

    /// Goes on with the Tab key until a control has the focus.
    pub async fn tab_to(&self, testid: &str) {
        let here = "return document.activeElement?.dataset.testid === arguments[0]";
        for _ in 0..TABS_MAX {
            if self.run(here, vec![json!(testid)]).await == json!(true) {
                return;
            }
            self.type_here(TAB).await;
        }
        self.fail(&format!("{testid} by the Tab key")).await;
    }

    /// Composes a word as an input method does: every step replaces the one before, the last one stays. After each step the field
    /// holds `before` and the step.
    pub async fn compose_word(&self, testid: &str, before: &str, steps: &[&str]) {
        let value = "document.querySelector(`[data-testid=\"${arguments[0]}\"]`)?.value === arguments[1]";
        for step in steps {
            let end = step.chars().count();
            self.devtools("Input.imeSetComposition", json!({ "text": step, "selectionStart": end, "selectionEnd": end })).await;
            let shown = format!("{before}{step}");
            self.until(&format!("{testid} shows {shown}"), value, vec![json!(testid), json!(shown)]).await;
        }
        let word = steps.last().copied().unwrap_or_default();
        self.devtools("Input.insertText", json!({ "text": word })).await;
        let kept = format!("{before}{word}");
        self.until(&format!("{testid} keeps {kept}"), value, vec![json!(testid), json!(kept)]).await;
    }

    /// Asks the application as the window does.
    pub async fn ask(&self, verb: &str, request: Value) -> Value {
        // Which it can from when it has taken the token from its address.
        self.until("the window to have begun", "Boolean(sessionStorage['kyhop.token'])", vec![]).await;
        let script = "const done = arguments[arguments.length - 1];
            fetch('/api/' + arguments[0], { method: 'POST', body: JSON.stringify(arguments[1]),
                headers: { 'Content-Type': 'application/json', 'X-Kyhop-Token': sessionStorage['kyhop.token'] } })
                .then(async (reply) => done({ ok: reply.ok, body: await reply.json() }))
                .catch((error) => done({ ok: false, body: String(error) }));";
        let reply = self.run_async(script, vec![json!(verb), request.clone()]).await;
        assert_eq!(reply["ok"], json!(true), "{request}: {reply}");
        reply["body"].clone()
    }

    /// A picture of the page.
    pub async fn picture(&self) -> Vec<u8> {
        self.client.screenshot().await.unwrap()
    }

    /// Leaves a picture behind and ends the test.
    pub async fn fail(&self, what: &str) -> ! {
        static NUMBER: AtomicU32 = AtomicU32::new(0);
        let number = NUMBER.fetch_add(1, Ordering::Relaxed);
        let path: PathBuf = std::env::temp_dir().join(format!("kyhop-e2e-{}-{number}-{}.png", std::process::id(), self.name));
        if let Ok(png) = self.client.screenshot().await {
            let _ = std::fs::write(&path, png);
        }
        let text = self.client.execute("return document.body.innerText", vec![]).await.unwrap_or_default();
        panic!("{}: this did not come: {what}\npicture: {}\non the screen: {text}", self.name, path.display());
    }
}

/// Is a control of this name laid out and visible.
const SHOWN: &str = "((name) => [...document.querySelectorAll(`[data-testid=\"${name}\"]`)].some((one) => one.checkVisibility({ visibilityProperty: true })))";
