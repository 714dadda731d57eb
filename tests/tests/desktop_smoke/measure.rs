//! How fast the real window starts and answers: `cargo xtask bench window`, with optimised programs. Prints one JSON object.
//!
//! An action's time runs inside the window, from the event to the beginning of the first frame in which its result stands. Where the result
//! waits for the application's answer to an act, the time until that answer stands beside it, as `…_answered_ms`.

use std::time::{Duration, Instant};

use serde_json::{Map, Value, json};
use ui::testids;

use crate::Window;
use crate::stage::{DEADLINE, Person, Stage};

/// How often each is measured.
const ROUNDS: usize = 10;
/// How often the window is looked at while it starts.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// Finds a control.
const ONE: &str = "const one = (name) => document.querySelector(`[data-testid=\"${name}\"]`);";

/// An action in the window's own words.
struct Action {
    name: &'static str,
    /// Done before it, not measured.
    first: &'static str,
    /// What is measured.
    act: &'static str,
    /// What is remembered as `before`.
    count: &'static str,
    /// What holds once the result is shown.
    shown: &'static str,
}

const ACTIONS: [Action; 8] = [
    Action {
        name: "screen_ms",
        first: "history.back()",
        act: "location.hash = '#/meetings'",
        count: "0",
        shown: "one('meeting-row') !== null",
    },
    Action {
        name: "tab_ms",
        first: "one('room-people').click()",
        act: "one('room-vote').click()",
        count: "0",
        shown: "one('room-vote').ariaSelected === 'true' && one('vote') !== null",
    },
    Action {
        name: "ballot_ms",
        first: "",
        act: "one(one('ballot-state')?.dataset.choice === 'for' ? 'vote-against' : 'vote-for').click()",
        count: "one('ballot-state')?.dataset.choice ?? ''",
        shown: "one('ballot-state') && one('ballot-state').dataset.choice !== before",
    },
    Action {
        name: "pen_on_ms",
        first: "one('tool-none').click()",
        act: "one('tool-pen').click()",
        count: "0",
        shown: "document.querySelector('.pagebox canvas') !== null",
    },
    Action {
        name: "stroke_ms",
        first: "if (one('tool-pen').ariaPressed !== 'true') one('tool-pen').click()",
        act: "const sheet = document.querySelector('.pagebox canvas'), box = sheet.getBoundingClientRect(),
            at = (kind, x, y) => sheet.dispatchEvent(new PointerEvent(kind, { bubbles: true, cancelable: true, pointerId: 7,
                pointerType: 'pen', isPrimary: true, button: kind === 'pointermove' ? -1 : 0, buttons: 1, pressure: 0.5,
                clientX: box.left + x, clientY: box.top + y }));
            at('pointerdown', 60, 60);
            for (let k = 1; k < 12; k++) at('pointermove', 60 + 9 * k, 60 + 3 * k);
            at('pointerup', 160, 93)",
        count: "document.querySelectorAll('.marks path.ink').length",
        shown: "document.querySelectorAll('.marks path.ink').length > before",
    },
    Action {
        name: "highlight_ms",
        first: "if (one('tool-none').ariaPressed !== 'true') one('tool-none').click()",
        act: "const words = [...document.querySelectorAll('.textlayer span')].filter((word) => word.firstChild),
                from = 3 * document.querySelectorAll('.marks .highlight').length;
            getSelection().setBaseAndExtent(words[from].firstChild, 0, words[from + 2].firstChild, 1);
            one('tool-highlight').click()",
        count: "document.querySelectorAll('.marks .highlight').length",
        shown: "document.querySelectorAll('.marks .highlight').length > before",
    },
    Action {
        name: "erase_ms",
        first: "if (one('tool-eraser').ariaPressed !== 'true') one('tool-eraser').click()",
        act: "one('mark').dispatchEvent(new PointerEvent('pointerdown', { bubbles: true, button: 0, buttons: 1 }))",
        count: "document.querySelectorAll('[data-testid=mark]').length",
        shown: "document.querySelectorAll('[data-testid=mark]').length < before",
    },
    Action {
        name: "back_to_page_ms",
        first: "location.hash = '#/today'",
        act: "history.back()",
        count: "0",
        shown: "one('page-picture')?.complete",
    },
];

/// How long an action took, in milliseconds.
struct Took {
    /// Until the application had answered the act, if that was before the result was shown.
    answered: Option<f64>,
    /// Until the result was shown.
    shown: f64,
}

impl Window {
    /// How long an action takes, once what comes before it is done.
    async fn time_of(&self, action: &Action) -> Took {
        let Action { name, first, act, count, shown } = action;
        self.client.execute(&format!("{ONE} {first}"), vec![]).await.unwrap();
        // What comes before has ended when nothing changes for a dozen frames.
        let quiet = "const done = arguments[0]; let left = 12;
            const seen = new MutationObserver(() => { left = 12; });
            seen.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
            const look = () => { left -= 1; if (left > 0) requestAnimationFrame(look); else { seen.disconnect(); done(0); } };
            requestAnimationFrame(look);";
        self.client.execute_async(quiet, vec![]).await.unwrap();
        let script = format!(
            "{ONE} const done = arguments[0]; const before = {count}; const begun = performance.now();
            const straight = window.fetch; let answered = null;
            window.fetch = (address, ...rest) => straight(address, ...rest).then((reply) => {{
                if (answered === null && String(address).endsWith('/act')) answered = performance.now() - begun;
                return reply;
            }});
            const finish = () => {{
                if (!({shown})) return false;
                const known = answered;
                window.fetch = straight;
                requestAnimationFrame(() => done([performance.now() - begun, known]));
                return true;
            }};
            {act};
            if (!finish()) {{
                const seen = new MutationObserver(() => {{ if (finish()) seen.disconnect(); }});
                seen.observe(document, {{ subtree: true, childList: true, attributes: true, characterData: true }});
            }}"
        );
        let times = tokio::time::timeout(DEADLINE, self.client.execute_async(&script, vec![])).await;
        let times = times.unwrap_or_else(|_| panic!("{name} was never shown")).unwrap();
        Took { answered: times[1].as_f64(), shown: times[0].as_f64().unwrap_or_else(|| panic!("{name}: {times}")) }
    }
}

/// Milliseconds from the start of the program until the first screen shows the sitting, as its WebDriver sees it.
async fn start(stage: &Stage, person: &Person) -> f64 {
    let begun = Instant::now();
    let window = Window::open(stage, person).await;
    let script = "return document.querySelector(`[data-testid=\"${arguments[0]}\"]`)?.checkVisibility() ?? false";
    while window.client.execute(script, vec![json!(testids::TODAY_ENTER)]).await.unwrap() != json!(true) {
        assert!(begun.elapsed() < DEADLINE, "the window did not start");
        tokio::time::sleep(LOOK_EVERY).await;
    }
    let time = begun.elapsed().as_secs_f64() * 1_000.0;
    window.close().await;
    time
}

fn figures(mut times: Vec<f64>) -> Value {
    times.sort_by(f64::total_cmp);
    let round = |time: f64| (time * 10.0).round() / 10.0;
    json!({ "p50": round(times[times.len() / 2]), "max": round(times[times.len() - 1]), "rounds": times.len() })
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "measures: cargo xtask bench window"]
async fn the_window_starts_and_answers() {
    let stage = Stage::set().expect("the programs");
    let person = &stage.people[0];
    let mut found = Map::new();
    let mut times = Vec::new();
    for _ in 0..ROUNDS {
        times.push(start(&stage, person).await);
    }
    found.insert("start_ms".into(), figures(times));
    let window = Window::open(&stage, person).await;
    window.click(testids::TODAY_ENTER).await;
    window.click(testids::PAPER_OPEN).await;
    window.click("room-vote").await;
    window.click(testids::VOTE_OPEN).await;
    window.find(testids::VOTE_FORM_QUESTION).await.send_keys("Thông qua kế hoạch trực bão?").await.unwrap();
    window.click(testids::VOTE_FORM_OPEN).await;
    window.find_by("[data-testid=vote][data-state=open]").await;
    window.find_by(".textlayer span").await;
    let place = window.client.execute("return location.hash", vec![]).await.unwrap();
    for action in &ACTIONS {
        window.client.execute("location.hash = arguments[0]", vec![place.clone()]).await.unwrap();
        window.find_by(".textlayer span").await;
        let mut times = Vec::new();
        for _ in 0..ROUNDS {
            times.push(window.time_of(action).await);
        }
        let answered: Vec<f64> = times.iter().filter_map(|took| took.answered).collect();
        if answered.len() == ROUNDS {
            found.insert(action.name.replace("_ms", "_answered_ms"), figures(answered));
        }
        found.insert(action.name.into(), figures(times.iter().map(|took| took.shown).collect()));
    }
    window.close().await;
    let path = std::env::var_os("KYHOP_FIGURES").expect("KYHOP_FIGURES names a file");
    std::fs::write(path, serde_json::to_vec(&Value::Object(found)).unwrap()).unwrap();
}
