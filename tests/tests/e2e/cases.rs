//! A citizen's case in the window: begun with the number of its file, used with a law beside the procedure, found again by the number, closed.

use api::handbook::Cases;
use serde_json::json;
use ui::testids;

use crate::browser::{Browser, ENTER, Looks};
use crate::handbook::office;
use crate::stage::Stage;

const ARTICLES: &[&str] = &[
    r#"{"id": "tt-khai-sinh", "kind": "procedure", "title": "Đăng ký khai sinh", "source": "Thủ tục cấp xã", "field": "Hộ tịch", "blocks": [{"block": "steps", "items": [{"text": "Nộp hồ sơ", "who": "Người dân"}]}, {"block": "papers", "items": [{"name": "Tờ khai", "originals": 1, "copies": 0, "note": ""}]}]}"#,
    r#"{"id": "luat-13", "kind": "law", "title": "Điều 13. Thẩm quyền đăng ký khai sinh", "source": "Luật Hộ tịch", "article": "13", "field": "Hộ tịch", "text": "Ủy ban nhân dân cấp xã nơi cư trú của cha hoặc mẹ đăng ký khai sinh."}"#,
];
const PROCEDURE: &str = "so-tay-phuong:tt-khai-sinh";
const LAW: &str = "so-tay-phuong:luat-13";
const NUMBER: &str = "H29.12-261122-0014";
const OTHER: &str = "H29.12-261122-0027";
const CITIZEN: &str = "N.T.A.";
const NOTE: &str = "Hẹn trả kết quả chiều thứ Sáu";
/// The numbers of the files in the list, in its order.
const LISTED: &str =
    "[...document.querySelectorAll('[data-testid=\"case-row\"]')].map((one) => one.dataset.number).join('|') === arguments[0]";

#[tokio::test]
async fn a_case_has_its_file_number_is_found_by_it_shows_its_laws_and_is_closed() {
    let Some(stage) = Stage::set() else { return };
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let driver = stage.driver();
    let window = Browser::open(&driver, "cases", &server.url, Looks::USUAL).await;
    office(&stage, &window, ARTICLES, 0).await;

    begin(&window, "T.V.B.", OTHER, "").await;
    begin(&window, CITIZEN, NUMBER, NOTE).await;
    window.reads(testids::CASE_NOTE, NOTE).await;
    window.press_nth(testids::CASE_LINE, 0).await;
    window.says(testids::CASE, "data-done", "1").await;
    a_law_is_used_for_it(&window).await;
    it_is_found_by_its_number_and_opened_by_keys(&window).await;
    it_is_closed_and_still_there(&window).await;
    window.close().await;
}

async fn begin(window: &Browser, citizen: &str, number: &str, note: &str) {
    window.go(&format!("#/handbook/article/{PROCEDURE}")).await;
    window.says(testids::ARTICLE, "data-id", PROCEDURE).await;
    window.press(testids::CASE_START).await;
    window.reads(testids::CASE_DIALOG, "chỉ nằm trên máy này").await;
    window.fill(testids::CASE_NAME, citizen).await;
    window.fill(testids::CASE_NUMBER, number).await;
    if !note.is_empty() {
        window.fill(testids::CASE_REMARK, note).await;
    }
    window.press(testids::CASE_CREATE).await;
    window.reads(testids::CASE_FILE_NUMBER, number).await;
    window.says(testids::CASE, "data-done", "0").await;
    window.says(testids::CASE, "data-total", "2").await;
}

/// Linked at the article, seen at both, and each leads to the other.
async fn a_law_is_used_for_it(window: &Browser) {
    window.go(&format!("#/handbook/article/{LAW}")).await;
    window.says(testids::ARTICLE, "data-id", LAW).await;
    window.press(testids::USE_ADD).await;
    let option = "[...document.querySelectorAll('[data-testid=\"use-case\"] option')].find((one) => one.textContent.includes(arguments[0]))?.value";
    let case = window.until("the case among the choices", option, vec![json!(NUMBER)]).await;
    window.choose(testids::USE_CASE, case.as_str().unwrap()).await;
    window.gone(testids::USE_TITLE).await;
    window.press(testids::USE_SAVE).await;
    window.gone(testids::USE_DIALOG).await;
    window.reads(testids::USE_ROW, NUMBER).await;
    window.run("document.querySelector('[data-testid=\"use-row\"] a').click()", vec![]).await;
    window.reads(testids::CASE_FILE_NUMBER, NUMBER).await;
    window.says(testids::CASE, "data-done", "1").await;
    window.reads(testids::CASE_ARTICLE, "Điều 13").await;
    window.press(testids::CASE_ARTICLE).await;
    window.says(testids::ARTICLE, "data-id", LAW).await;
}

async fn it_is_found_by_its_number_and_opened_by_keys(window: &Browser) {
    window.go("#/handbook").await;
    window.press(testids::WAY_CASES).await;
    window.reads(testids::CASES_PRIVATE, "chỉ nằm trên máy này").await;
    window.until("both, the newest first", LISTED, vec![json!(format!("{NUMBER}|{OTHER}"))]).await;
    window.tab_to(testids::CASES_FIND).await;
    window.type_here("0014").await;
    window.until("the one of that number", LISTED, vec![json!(NUMBER)]).await;
    // By the words of the note, without tone marks; and nothing is nothing.
    window.fill(testids::CASES_FIND, "thu sau").await;
    window.until("the one with that note", LISTED, vec![json!(NUMBER)]).await;
    window.fill(testids::CASES_FIND, "H30").await;
    window.gone(testids::CASE_ROW).await;
    window.shown(testids::EMPTY).await;
    window.fill(testids::CASES_FIND, NUMBER).await;
    window.until("the one again", LISTED, vec![json!(NUMBER)]).await;
    window.tab_to(testids::CASE_ROW).await;
    window.type_here(ENTER).await;
    window.reads(testids::CASE_FILE_NUMBER, NUMBER).await;
}

async fn it_is_closed_and_still_there(window: &Browser) {
    window.press(testids::CASE_CLOSE).await;
    window.reads(testids::CASE_CLOSE, "Mở lại").await;
    window.go("#/handbook/cases").await;
    window.until("only the open one", LISTED, vec![json!(OTHER)]).await;
    window.press(testids::CASES_CLOSED).await;
    window.until("the closed one too", LISTED, vec![json!(format!("{NUMBER}|{OTHER}"))]).await;
    window.says(testids::CASE_ROW, "data-closed", "true").await;
    let open = window.query(Cases { closed: false, text: String::new() }).await;
    assert_eq!(open.iter().map(|row| row.file_number.as_str()).collect::<Vec<_>>(), [OTHER]);
}
