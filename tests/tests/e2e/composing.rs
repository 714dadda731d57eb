//! Vietnamese typing: an input method rewrites the word that is being typed, and no field may lose or double a letter by it, also
//! while the screen changes because of something else.

use serde_json::{Value, json};
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::person::PASSPHRASE;
use crate::stage::Stage;

/// A word as an input method composes it by Telex, letter by letter, and the word that it leaves.
const WORDS: [(&[&str], &str); 4] = [
    (&["t", "ti", "tie", "tiê", "tiên", "tiêng", "tiếng"], "tiếng"),
    (&["V", "Vi", "Vie", "Viê", "Viêt", "Việt"], "Việt"),
    (&["d", "đ", "đu", "đươ", "đươc", "được"], "được"),
    (&["n", "ng", "ngh", "nghi", "nghie", "nghiê", "nghiêm", "nghiệm"], "nghiệm"),
];
const TYPED: &str = "tiếng Việt được nghiệm";

#[tokio::test]
async fn a_composed_word_keeps_all_its_letters_while_the_screen_changes_around_it() {
    let Some(stage) = Stage::set() else { return };
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let driver = stage.driver();
    let window = Browser::open(&driver, "composing", &server.url, Looks::USUAL).await;
    window.shown(testids::FIRST_RUN).await;
    let founding = json!({ "type": "create_organisation", "organisation": "Thành phố Huế", "unit": "UBND phường An Bình",
        "name": "Nguyễn Thị Hương", "title": "Văn phòng", "passphrase": PASSPHRASE });
    window.ask("act", founding).await;
    window.shown(testids::NAV_TODAY).await;

    // A line of a form, while meetings come into the list.
    window.go("#/meetings/new").await;
    window.shown(testids::MEETING_TITLE).await;
    window.run("document.querySelector('[data-testid=meeting-title]').focus()", vec![]).await;
    compose(&window, testids::MEETING_TITLE, "create_meeting", |number| meeting(&format!("Phiên khác {number}"))).await;
    window.press(testids::MEETING_CREATE).await;
    assert!(window.text(testids::ROOM_TITLE).await.starts_with(TYPED));

    // A text of several lines, while the meeting that it belongs to changes.
    let space = window.run("return location.hash.split('/')[2]", vec![]).await;
    window.tab("minutes").await;
    window.press(testids::CONCLUSIONS_EDIT).await;
    window.shown(testids::CONCLUSIONS_TEXT).await;
    window.run("document.querySelector('[data-testid=conclusions-text]').focus()", vec![]).await;
    compose(&window, testids::CONCLUSIONS_TEXT, "update_meeting", |number| {
        json!({ "meeting": space, "title": null, "place": format!("Phòng {number}"), "starts_at": null, "conclusions": null })
    })
    .await;
    window.press(testids::CONCLUSIONS_SAVE).await;
    window.gone(testids::CONCLUSIONS_TEXT).await;
    window
        .until(
            "the conclusion",
            "document.querySelector('.conclusions li')?.firstChild?.textContent === arguments[0]",
            vec![json!(TYPED)],
        )
        .await;

    // A field that filters a list with every letter.
    window.tab("people").await;
    window.press(testids::INVITE).await;
    window.shown(testids::INVITE_FIND).await;
    window.run("document.querySelector('[data-testid=invite-find]').focus()", vec![]).await;
    compose(&window, testids::INVITE_FIND, "create_meeting", |number| meeting(&format!("Phiên nữa {number}"))).await;
    window.close().await;
}

fn meeting(title: &str) -> Value {
    json!({ "title": title, "body": "", "place": "", "starts_at": 1_800_000_000_000_i64, "items": [] })
}

/// Composes all words into the focused field; in the middle of each something else changes. The field must hold at every step what
/// the input method shows.
async fn compose(window: &Browser, field: &str, act: &str, change: impl Fn(usize) -> Value) {
    let value = "document.querySelector(`[data-testid=\"${arguments[0]}\"]`)?.value === arguments[1]";
    let mut before = String::new();
    for (number, (steps, word)) in WORDS.iter().enumerate() {
        for (at, step) in steps.iter().enumerate() {
            let end = step.chars().count();
            window.devtools("Input.imeSetComposition", json!({ "text": step, "selectionStart": end, "selectionEnd": end })).await;
            if at == steps.len() / 2 {
                let mut request = change(number);
                request["type"] = json!(act);
                window.ask("act", request).await;
            }
            let shown = format!("{before}{step}");
            window.until(&format!("{field} shows {shown}"), value, vec![json!(field), json!(shown)]).await;
        }
        window.devtools("Input.insertText", json!({ "text": word })).await;
        before.push_str(word);
        if number + 1 < WORDS.len() {
            window.devtools("Input.insertText", json!({ "text": " " })).await;
            before.push(' ');
        }
        window.until(&format!("{field} keeps {before}"), value, vec![json!(field), json!(before)]).await;
    }
    assert_eq!(before, TYPED);
}
