//! The handbook by keys alone, for who has no mouse or cannot hold one.

use serde_json::json;
use ui::testids;

use crate::browser::{Browser, ENTER, Looks};
use crate::handbook::office;
use crate::stage::Stage;

const ARTICLES: &[&str] = &[
    r#"{"id": "tt-khai-sinh", "kind": "procedure", "title": "Đăng ký khai sinh", "source": "Thủ tục cấp xã", "field": "Hộ tịch", "blocks": [{"block": "steps", "items": [{"text": "Nộp hồ sơ", "who": "Người dân"}, {"text": "Nhận kết quả", "who": ""}]}, {"block": "papers", "items": [{"name": "Tờ khai", "originals": 1, "copies": 0, "note": ""}]}]}"#,
    r#"{"id": "huong-dan", "kind": "guidance", "title": "Khai sinh cho trẻ ở vùng ngập", "source": "Sổ tay phường", "field": "Hộ tịch", "text": "Công chức đến tận nơi đăng ký khai sinh."}"#,
];
const PROCEDURE: &str = "so-tay-phuong:tt-khai-sinh";
const TYPED: &str = "đăng ký khai sinh";

#[tokio::test]
async fn without_a_mouse_an_article_is_found_narrowed_kept_and_ticked_off() {
    let Some(stage) = Stage::set() else { return };
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let driver = stage.driver();
    let window = Browser::open(&driver, "keys", &server.url, Looks::USUAL).await;
    office(&stage, &window, ARTICLES, 0).await;
    window.go("#/today").await;
    window.shown(testids::MEETING_NEW).await;

    window.key("k", true).await;
    let in_box = "document.activeElement?.dataset.testid === arguments[0]";
    window.until("the focus", in_box, vec![json!(testids::PALETTE_TEXT)]).await;
    window.type_here(TYPED).await;
    window.answered(testids::PALETTE_TEXT, TYPED).await;
    assert_eq!(window.found_ids().await.first().map(String::as_str), Some(PROCEDURE));
    window.type_here(ENTER).await;
    window.says(testids::ARTICLE, "data-id", PROCEDURE).await;
    window.gone(testids::PALETTE_TEXT).await;
    window.answered(testids::SEARCH_TEXT, TYPED).await;

    // One section and all again.
    window.key("k", true).await;
    window.until("the focus in the handbook's box", in_box, vec![json!(testids::SEARCH_TEXT)]).await;
    let guidance = format!("{}-guidance", testids::SEARCH_SECTION);
    let only = "((hits) => hits.length > 0 && hits.every((one) => one.dataset.section === 'guidance') === arguments[0])
        ([...document.querySelectorAll('[data-testid=\"search-hit\"]')])";
    for pressed in [true, false] {
        window.tab_to(&guidance).await;
        window.type_here(ENTER).await;
        window.says(&guidance, "aria-pressed", &pressed.to_string()).await;
        window.until("what the section says", only, vec![json!(pressed)]).await;
    }

    // The article: among the favourites, and a checklist with its first line ticked.
    window.tab_to(testids::ARTICLE_STAR).await;
    window.type_here(ENTER).await;
    window.says(testids::ARTICLE_STAR, "aria-pressed", "true").await;
    window.tab_to(testids::CASE_START).await;
    window.type_here(ENTER).await;
    window.shown(testids::CASE_NAME).await;
    window.tab_to(testids::CASE_NAME).await;
    window.type_here("Trẻ Nguyễn Văn An").await;
    window.type_here(ENTER).await;
    window.says(testids::CASE, "data-total", "3").await;
    window.tab_to(testids::CASE_LINE).await;
    window.type_here(" ").await;
    window.says(testids::CASE, "data-done", "1").await;
    window.close().await;
}
