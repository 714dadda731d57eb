//! The handbook at a desk with a citizen: found while typing, read, kept, ticked off; without tone marks and with an input method.

use serde_json::{Value, json};
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::person::PASSPHRASE;
use crate::stage::Stage;

/// Articles as a folder of our own would have them, and a line that is no article.
const ARTICLES: &[&str] = &[
    r#"{"id": "tt-khai-sinh-luu-dong", "kind": "procedure", "title": "Đăng ký khai sinh lưu động", "source": "Thủ tục cấp xã", "agency": "UBND cấp xã", "field": "Hộ tịch", "levels": ["commune"], "from": "2025-07-01", "blocks": [{"block": "time_limits", "items": [{"label": "Tại chỗ", "value": "05 ngày làm việc"}]}, {"block": "fees", "items": [{"label": "Lệ phí", "value": "Không"}]}, {"block": "results", "items": ["Giấy khai sinh"]}, {"block": "steps", "items": [{"text": "Chuẩn bị mẫu tờ khai và phương tiện", "who": "Công chức tư pháp – hộ tịch"}, {"text": "Hướng dẫn người dân điền tờ khai, kiểm tra giấy chứng sinh", "who": ""}]}, {"block": "papers", "items": [{"name": "Tờ khai đăng ký khai sinh", "originals": 1, "copies": 0, "note": ""}, {"name": "Giấy chứng sinh", "originals": 1, "copies": 0, "note": "nếu có"}]}]}"#,
    r#"{"id": "huong-dan-ngap", "kind": "guidance", "title": "Khi thôn bị ngập chia cắt", "source": "Sổ tay phường", "field": "Hộ tịch", "text": "Công chức đến tận nơi đăng ký khai sinh cho trẻ, nhập hệ thống khi có mạng."}"#,
    r#"{"id": "qd-cu", "kind": "law", "title": "Điều 3. Mức hỗ trợ hộ bị ngập", "source": "Quyết định 12/2020/QĐ-UBND", "number": "12/2020/QĐ-UBND", "article": "3", "field": "Bảo trợ xã hội", "from": "2020-01-01", "to": "2023-12-31", "text": "Mỗi hộ bị ngập được hỗ trợ 1.000.000 đồng."}"#,
    r#"{"id": "qd-moi", "kind": "law", "title": "Điều 4. Mức hỗ trợ hộ bị ngập", "source": "Quyết định 30/2024/QĐ-UBND", "number": "30/2024/QĐ-UBND", "article": "4", "field": "Bảo trợ xã hội", "from": "2024-01-01", "text": "Mỗi hộ bị ngập được hỗ trợ 3.000.000 đồng."}"#,
    "this line is no article",
];
/// The procedure, as its package names it.
const PROCEDURE: &str = "so-tay-phuong:tt-khai-sinh-luu-dong";
/// "đăng ký khai sinh" as an input method composes it by Telex.
const WORDS: [&[&str]; 4] =
    [&["d", "đ", "đă", "đăn", "đăng"], &["k", "ky", "ký"], &["k", "kh", "kha", "khai"], &["s", "si", "sin", "sinh"]];
const TYPED: &str = "đăng ký khai sinh";

/// A commune's office with articles imported through the window; so many of the lines are none.
pub async fn office(stage: &Stage, window: &Browser, lines: &[&str], skipped: usize) {
    window.shown(testids::FIRST_RUN).await;
    let founding = json!({ "type": "create_organisation", "organisation": "Thành phố Huế", "unit": "UBND phường An Bình",
        "name": "Nguyễn Thị Hương", "title": "Công chức hộ tịch", "passphrase": PASSPHRASE });
    window.ask("act", founding).await;
    window.shown(testids::NAV_HANDBOOK).await;
    let file = stage.home.path().join("so-tay.jsonl");
    std::fs::write(&file, lines.join("\n")).unwrap();
    window.go("#/handbook/packages").await;
    window.shown(testids::IMPORT_TITLE).await;
    window.hand_in_nth(testids::FILE_INPUT, 1, &file).await;
    window.fill(testids::IMPORT_TITLE, "Sổ tay phường").await;
    window.press(testids::IMPORT_START).await;
    window.says(testids::IMPORT_REPORT, "data-articles", &(lines.len() - skipped).to_string()).await;
    window.says(testids::IMPORT_REPORT, "data-skipped", &skipped.to_string()).await;
    if skipped > 0 {
        window.shown(testids::IMPORT_SKIPPED).await;
    }
    window.shown(testids::PACKAGE_ROW).await;
}

impl Browser {
    /// The whole answer to exactly this text is shown, and nothing more is on its way.
    pub async fn answered(&self, field: &str, text: &str) {
        let expression = "document.querySelector(`[data-testid=\"${arguments[0]}\"]`)?.dataset.busy === 'false'
            && ((hits) => hits?.dataset.text === arguments[1] && hits.dataset.whole === 'true')(document.querySelector('[data-testid=\"search-hits\"]'))";
        self.until(&format!("the answer to {text}"), expression, vec![json!(field), json!(text)]).await;
    }

    /// The ids of what was found, best first.
    pub async fn found_ids(&self) -> Vec<String> {
        let ids = self
            .run("return [...document.querySelectorAll('[data-testid=\"search-hit\"]')].map((one) => one.dataset.id)", vec![]);
        let Value::Array(ids) = ids.await else { panic!("ids") };
        ids.iter().map(|id| id.as_str().unwrap().to_owned()).collect()
    }
}

#[tokio::test]
async fn with_an_input_method_the_box_over_any_screen_finds_while_typing_and_loses_no_letter() {
    let Some(stage) = Stage::set() else { return };
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let driver = stage.driver();
    let window = Browser::open(&driver, "palette", &server.url, Looks::USUAL).await;
    office(&stage, &window, ARTICLES, 1).await;

    window.go("#/meetings").await;
    window.shown(testids::MEETING_NEW).await;
    window.key("k", true).await;
    window.shown(testids::PALETTE_TEXT).await;
    window.until("the focus", "document.activeElement?.dataset.testid === 'palette-text'", vec![]).await;
    let mut before = String::new();
    for (number, steps) in WORDS.iter().enumerate() {
        window.compose_word(testids::PALETTE_TEXT, &before, steps).await;
        before.push_str(steps.last().unwrap());
        // What is found follows the word although the input method may still be at it.
        window.answered(testids::PALETTE_TEXT, &before).await;
        if number + 1 < WORDS.len() {
            window.devtools("Input.insertText", json!({ "text": " " })).await;
            before.push(' ');
        }
    }
    assert_eq!(before, TYPED);
    assert_eq!(window.found_ids().await.first().map(String::as_str), Some(PROCEDURE));

    // A composition that is under way keeps its Enter: nothing is opened by it.
    window.devtools("Input.imeSetComposition", json!({ "text": "l", "selectionStart": 1, "selectionEnd": 1 })).await;
    window
        .devtools("Input.dispatchKeyEvent", json!({ "type": "rawKeyDown", "key": "Process", "windowsVirtualKeyCode": 229 }))
        .await;
    window.shown(testids::PALETTE_TEXT).await;
    window.devtools("Input.imeSetComposition", json!({ "text": "", "selectionStart": 0, "selectionEnd": 0 })).await;
    window.answered(testids::PALETTE_TEXT, TYPED).await;

    // By keys alone: down, up, open; the hits stay beside what is read.
    window.key("ArrowDown", false).await;
    window.until("the second hit", "document.querySelector('#palette-hits-1')?.ariaSelected === 'true'", vec![]).await;
    window.key("ArrowUp", false).await;
    window.key("Enter", false).await;
    window.says(testids::ARTICLE, "data-id", PROCEDURE).await;
    window.gone(testids::PALETTE_TEXT).await;
    assert_eq!(window.text(testids::ARTICLE_TITLE).await, "Đăng ký khai sinh lưu động");
    window.answered(testids::SEARCH_TEXT, TYPED).await;

    // Esc closes the box over a screen and leaves the screen as it was.
    window.go("#/today").await;
    window.shown(testids::MEETING_NEW).await;
    window.key("k", true).await;
    window.shown(testids::PALETTE_TEXT).await;
    window.key("Escape", false).await;
    window.key("Escape", false).await;
    window.gone(testids::PALETTE_TEXT).await;
    window.close().await;
}

#[tokio::test]
async fn without_tone_marks_the_same_is_found_and_what_expired_is_badged_and_never_hidden() {
    let Some(stage) = Stage::set() else { return };
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let driver = stage.driver();
    let window = Browser::open(&driver, "handbook", &server.url, Looks::USUAL).await;
    office(&stage, &window, ARTICLES, 1).await;

    window.go("#/handbook").await;
    window.fill(testids::SEARCH_TEXT, "dang ky khai sinh").await;
    window.answered(testids::SEARCH_TEXT, "dang ky khai sinh").await;
    assert_eq!(window.found_ids().await.first().map(String::as_str), Some(PROCEDURE));
    let marked =
        "[...document.querySelectorAll('[data-testid=\"search-hit\"] .title mark')].map((one) => one.textContent).join(' ')";
    let marked = window.until("the marks", marked, vec![]).await;
    assert!(marked.as_str().unwrap().contains("khai"), "marked in the text as written: {marked}");

    // One section, then all again.
    window.press(&format!("{}-guidance", testids::SEARCH_SECTION)).await;
    window
        .until(
            "only guidance",
            "[...document.querySelectorAll('[data-testid=\"search-hit\"]')].every((one) => one.dataset.section === 'guidance')",
            vec![],
        )
        .await;
    window.press(&format!("{}-all", testids::SEARCH_SECTION)).await;

    // The decision that is over stands below the one that holds, with its badge; on a day when it held it holds.
    window.fill(testids::SEARCH_TEXT, "mức hỗ trợ hộ bị ngập").await;
    window.answered(testids::SEARCH_TEXT, "mức hỗ trợ hộ bị ngập").await;
    let laws: Vec<String> = window.found_ids().await.into_iter().filter(|id| id.contains(":qd-")).collect();
    assert_eq!(laws, ["so-tay-phuong:qd-moi", "so-tay-phuong:qd-cu"]);
    let validity = "document.querySelector('[data-testid=\"search-hit\"][data-id=\"so-tay-phuong:qd-cu\"]')?.dataset.validity === arguments[0]";
    window.until("it is over", validity, vec![json!("expired")]).await;
    let badge = "document.querySelector('[data-testid=\"search-hit\"][data-id=\"so-tay-phuong:qd-cu\"] [data-validity=expired]')?.textContent.trim()";
    assert_eq!(window.until("its badge", badge, vec![]).await, json!("Hết hiệu lực"));
    window.press(testids::AS_OF).await;
    window.fill(testids::AS_OF_DAY, "01/06/2021").await;
    window.press(testids::AS_OF_SEE).await;
    window.until("it held then", validity, vec![json!("in_force")]).await;
    window.run("document.querySelector('[data-testid=\"search-hit\"][data-id=\"so-tay-phuong:qd-cu\"]').click()", vec![]).await;
    window.says(testids::ARTICLE, "data-validity", "in_force").await;
    window.press(testids::AS_OF).await;
    window.press(testids::AS_OF_TODAY).await;
    window.says(testids::ARTICLE, "data-validity", "expired").await;
    window.shown(testids::ARTICLE_WARNING).await;

    // Nothing found is said, and leads to the question.
    window.fill(testids::SEARCH_TEXT, "qwxz qwxz").await;
    window.shown(testids::SEARCH_NONE).await;
    window.press(testids::SEARCH_ASK).await;
    window
        .until(
            "the question has the words",
            "document.querySelector('[data-testid=\"ask-title\"]')?.value === 'qwxz qwxz'",
            vec![],
        )
        .await;
    window.close().await;
}

#[tokio::test]
async fn a_procedure_is_read_searched_kept_and_ticked_off_for_a_citizen() {
    let Some(stage) = Stage::set() else { return };
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let driver = stage.driver();
    let window = Browser::open(&driver, "case", &server.url, Looks::USUAL).await;
    office(&stage, &window, ARTICLES, 1).await;

    window.go(&format!("#/handbook/article/{PROCEDURE}")).await;
    window.shown(testids::ARTICLE_TITLE).await;
    // Found in the text, with and without tone marks, step by step.
    window.key("f", true).await;
    window.fill(testids::ARTICLE_FIND_TEXT, "giay chung sinh").await;
    window.says(testids::ARTICLE_FIND_COUNT, "data-count", "2").await;
    window.press(testids::ARTICLE_FIND_NEXT).await;
    window
        .until(
            "the second place",
            "[...document.querySelectorAll('mark.found')].findIndex((one) => one.classList.contains('now')) === 1",
            vec![],
        )
        .await;
    window.key("Escape", false).await;
    window.gone(testids::ARTICLE_FIND_TEXT).await;

    // A favourite stands below the empty box, also after a reload.
    window.press(testids::ARTICLE_STAR).await;
    window.says(testids::ARTICLE_STAR, "aria-pressed", "true").await;
    window.look(Looks::USUAL).await;
    window
        .until(
            "the favourite",
            "document.querySelector('[data-testid=\"favourites\"] [data-id]')?.dataset.id === arguments[0]",
            vec![json!(PROCEDURE)],
        )
        .await;
    window.shown(testids::RECENT).await;

    // The checklist of one citizen.
    window.press(testids::CASE_START).await;
    window.fill(testids::CASE_NAME, "Trẻ Nguyễn Văn An").await;
    window.press(testids::CASE_CREATE).await;
    window.says(testids::CASE, "data-total", "4").await;
    window.press_nth(testids::CASE_LINE, 0).await;
    window.press_nth(testids::CASE_LINE, 1).await;
    window.says(testids::CASE, "data-done", "2").await;
    window.press_nth(testids::CASE_LINE, 1).await;
    window.says(testids::CASE, "data-done", "1").await;
    window.press(testids::CASE_CLOSE).await;
    window.go(&format!("#/handbook/article/{PROCEDURE}")).await;
    window
        .until(
            "used in my work",
            "document.querySelector('[data-testid=\"use-row\"]')?.textContent.includes('Nguyễn Văn An')",
            vec![],
        )
        .await;
    window.close().await;
}

#[tokio::test]
async fn an_editor_writes_a_draft_that_saves_itself_and_survives_a_reload() {
    let Some(stage) = Stage::set() else { return };
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let driver = stage.driver();
    let window = Browser::open(&driver, "editor", &server.url, Looks::USUAL).await;
    office(&stage, &window, ARTICLES, 1).await;

    window.go("#/handbook/drafts").await;
    window.press(testids::DRAFT_NEW).await;
    window.fill(testids::DRAFT_NEW_TITLE, "Khi mất mạng").await;
    window.press(testids::DRAFT_CREATE).await;
    window.shown(testids::DRAFT_TITLE).await;
    window.press(testids::BLOCK_ADD).await;
    window.run("document.querySelector('[data-testid=block-text]').focus()", vec![]).await;
    let mut before = String::new();
    for steps in WORDS {
        window.compose_word(testids::BLOCK_TEXT, &before, steps).await;
        before.push_str(steps.last().unwrap());
        window.devtools("Input.insertText", json!({ "text": " " })).await;
        before.push(' ');
    }
    window.says(testids::DRAFT, "data-saved", "true").await;
    let value = "document.querySelector('[data-testid=\"block-text\"]')?.value.trim() === arguments[0]";
    window.until("what was typed", value, vec![json!(TYPED)]).await;
    window.look(Looks::USUAL).await;
    window.until("what was typed, after a reload", value, vec![json!(TYPED)]).await;
    window.press(testids::DRAFT_SUBMIT).await;
    window.says(testids::DRAFT_STATE, "data-state", "in_review").await;
    window.close().await;
}

#[tokio::test]
async fn a_correction_through_the_window_is_an_update_and_the_report_names_what_could_run() {
    let Some(stage) = Stage::set() else { return };
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let driver = stage.driver();
    let window = Browser::open(&driver, "correction", &server.url, Looks::USUAL).await;
    office(&stage, &window, ARTICLES, 1).await;
    window.press(testids::PACKAGE_PUBLISH).await;
    window.gone(testids::PACKAGE_PUBLISH).await;

    let page = stage.home.path().join("lich.html");
    std::fs::write(&page, "<h1>Lịch tiếp dân</h1><p onclick=x()>Thứ Năm hằng tuần.</p><script>steal()</script>").unwrap();
    window.hand_in_nth(testids::FILE_INPUT, 1, &page).await;
    window.fill(testids::IMPORT_TITLE, "Sổ tay phường").await;
    window.press(testids::IMPORT_START).await;
    window.says(testids::IMPORT_REPORT, "data-cleaned", "1").await;
    assert!(window.text(testids::IMPORT_CLEANED).await.contains("lich.html"));
    // The same package, its next version, which waits here until it is published.
    window.says(testids::PACKAGE_ROW, "data-version", "2").await;
    // What the file lacks has stayed and is named; it goes when somebody says so, and not before.
    let lacking = (ARTICLES.len() - 1).to_string();
    window.says(testids::IMPORT_MISSING, "data-count", &lacking).await;
    window.says(testids::IMPORT_MISSING, "data-removed", "false").await;
    assert_eq!(articles(&window).await, ARTICLES.len() as u64);
    window.press(testids::IMPORT_REPLACE).await;
    window.press(testids::CONFIRM_CANCEL).await;
    assert_eq!(articles(&window).await, ARTICLES.len() as u64);
    window.press(testids::IMPORT_REPLACE).await;
    window.press(testids::CONFIRM_YES).await;
    window.says(testids::IMPORT_MISSING, "data-removed", "true").await;
    window.says(testids::PACKAGE_ROW, "data-version", "3").await;
    window.gone(testids::IMPORT_REPLACE).await;
    assert_eq!(articles(&window).await, 1);
    window.press(testids::PACKAGE_PUBLISH).await;
    window.gone(testids::PACKAGE_PUBLISH).await;
    let listed = window.ask("query", json!({ "type": "packages" })).await;
    let rows: Vec<(&str, u64)> = listed["packages"]
        .as_array()
        .unwrap()
        .iter()
        .map(|row| (row["package"]["package"].as_str().unwrap(), row["package"]["version"].as_u64().unwrap()))
        .collect();
    assert_eq!(rows, [("so-tay-phuong", 3)], "{listed}");
    window.close().await;
}

/// How many articles the only package has.
async fn articles(window: &Browser) -> u64 {
    let listed = window.ask("query", json!({ "type": "packages" })).await;
    listed["packages"][0]["articles"].as_u64().unwrap()
}
