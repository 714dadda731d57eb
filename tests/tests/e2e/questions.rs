//! Questions between two offices: asked without a network, alike ones shown while writing, answered with citations, shared after a look
//! at personal data.

use serde_json::json;
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::person::PASSPHRASE;
use crate::stage::Stage;

/// "khai sinh lưu động" as an input method composes it by Telex.
const WORDS: [&[&str]; 4] =
    [&["k", "kh", "kha", "khai"], &["s", "si", "sin", "sinh"], &["l", "lư", "lưu"], &["d", "đ", "đô", "đôn", "đông", "động"]];
const TITLE: &str = "khai sinh lưu động";
const ARTICLE: &str = r#"{"id": "tt-luu-dong", "kind": "procedure", "title": "Đăng ký khai sinh lưu động", "source": "Thủ tục cấp xã", "field": "Hộ tịch", "text": "Công chức đến tận nơi đăng ký khai sinh."}"#;

#[tokio::test]
async fn a_question_asked_without_a_network_waits_visibly_and_shows_the_handbook_while_it_is_written() {
    let Some(stage) = Stage::set() else { return };
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let driver = stage.driver();
    let window = Browser::open(&driver, "asker", &server.url, Looks::USUAL).await;
    window.shown(testids::FIRST_RUN).await;
    let founding = json!({ "type": "create_organisation", "organisation": "Thành phố Huế", "unit": "UBND phường An Bình",
        "name": "Nguyễn Thị Hương", "title": "Công chức hộ tịch", "passphrase": PASSPHRASE });
    window.ask("act", founding).await;
    window.shown(testids::NAV_QUESTIONS).await;
    let file = stage.home.path().join("so-tay.jsonl");
    std::fs::write(&file, ARTICLE).unwrap();
    window.go("#/handbook/packages").await;
    window.shown(testids::IMPORT_TITLE).await;
    window.hand_in_nth(testids::FILE_INPUT, 1, &file).await;
    window.press(testids::IMPORT_START).await;
    window.says(testids::IMPORT_REPORT, "data-articles", "1").await;

    window.go("#/questions/new").await;
    window.shown(testids::ASK_TITLE).await;
    window.run("document.querySelector('[data-testid=ask-title]').focus()", vec![]).await;
    let mut before = String::new();
    for (number, steps) in WORDS.iter().enumerate() {
        window.compose_word(testids::ASK_TITLE, &before, steps).await;
        before.push_str(steps.last().unwrap());
        if number + 1 < WORDS.len() {
            window.devtools("Input.insertText", json!({ "text": " " })).await;
            before.push(' ');
        }
    }
    assert_eq!(before, TITLE);
    window.says(testids::SIMILAR_ARTICLE, "data-id", "tt-luu-dong").await;
    window.fill(testids::ASK_TEXT, "Thôn bị ngập, đến tận nơi được không?").await;
    window.fill(testids::ASK_FIELD, "Hộ tịch").await;

    // Other screens may be looked at in between.
    window.go("#/handbook").await;
    window.shown(testids::SEARCH_TEXT).await;
    window.go("#/questions/new").await;
    let kept = "document.querySelector('[data-testid=\"ask-title\"]')?.value === arguments[0]";
    window.until("the question is still there", kept, vec![json!(TITLE)]).await;
    window.press(testids::ASK_SEND).await;
    assert_eq!(window.text(testids::QUESTION_TITLE).await, TITLE);
    window.shown(testids::QUESTION_WAITING).await;
    window.go("#/questions/mine").await;
    window.says(testids::QUESTION_ROW, "data-title", TITLE).await;
    window.says(testids::QUESTIONS_WAITING, "data-count", "1").await;
    window.fill(testids::QUESTION_FIND, "khong co cau nay").await;
    window.gone(testids::QUESTION_ROW).await;
    window.fill(testids::QUESTION_FIND, "luu dong").await;
    window.shown(testids::QUESTION_ROW).await;
    window.close().await;
}
