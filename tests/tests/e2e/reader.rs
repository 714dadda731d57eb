//! Reading the handbook: narrowed by what the counts promise, opened at the part that was found, cited, printed, followed to what changed
//! it, noted; and the box that Ctrl+K brings up everywhere.

use api::handbook::StartCase;
use domain::id::CaseId;
use serde_json::{Value, json};
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::handbook::office;
use crate::stage::Stage;

/// Steps of the procedure: so many that what comes after them is below the screen.
const STEPS: usize = 30;
/// The procedure, as its package names it.
const PROCEDURE: &str = "so-tay-phuong:tt-khai-sinh";
/// Where its papers stand, counted from 0.
const PAPERS: usize = 4;
const LAW: &str = "so-tay-phuong:cu-tru-20";
const AMENDING: &str = "so-tay-phuong:sua-doi-3";
/// What all of it is about that is counted; no other article has a word of it.
const COMMON: &str = "đăng ký";
/// Every top screen but the handbook's, with something that it shows.
const SCREENS: [(&str, &str); 5] = [
    ("#/today", testids::MEETING_NEW),
    ("#/meetings", testids::MEETING_NEW),
    ("#/meetings/new", testids::MEETING_TITLE),
    ("#/questions/all", testids::QUESTION_FIND),
    ("#/settings/appearance", "settings-appearance"),
];

/// Articles of two fields, three agencies, three levels.
fn articles() -> Vec<String> {
    let steps: Vec<Value> = (1..=STEPS).map(|step| json!({ "text": format!("Việc thứ {step}"), "who": "Một cửa" })).collect();
    let procedure = json!({ "id": "tt-khai-sinh", "kind": "procedure", "title": "Đăng ký khai sinh", "source": "Thủ tục cấp xã",
        "number": "1.001193", "agency": "UBND cấp xã", "field": "Hộ tịch", "levels": ["commune"], "blocks": [
            { "block": "time_limits", "items": [{ "label": "Tại chỗ", "value": "Trong ngày" }] },
            { "block": "fees", "items": [{ "label": "Lệ phí", "value": "Không" }] },
            { "block": "results", "items": ["Bản chính trích lục"] },
            { "block": "steps", "items": steps },
            { "block": "papers", "items": [{ "name": "Tờ khai theo mẫu", "originals": 1, "copies": 0, "note": "" },
                { "name": "Giấy chứng sinh", "originals": 1, "copies": 0, "note": "do cơ sở y tế cấp" }] }] });
    let marriage = json!({ "id": "tt-ket-hon", "kind": "procedure", "title": "Đăng ký kết hôn", "source": "Thủ tục cấp xã",
        "agency": "UBND cấp xã", "field": "Hộ tịch", "levels": ["commune"], "text": "Hai bên cùng có mặt." });
    let residence = json!({ "id": "tt-tam-tru", "kind": "procedure", "title": "Đăng ký tạm trú", "source": "Thủ tục cấp xã",
        "agency": "Công an cấp xã", "field": "Cư trú", "levels": ["city", "commune"], "text": "Nộp tại nơi đến ở." });
    let law = json!({ "id": "cu-tru-20", "kind": "law", "title": "Điều kiện đăng ký thường trú", "source": "Luật Cư trú",
        "number": "68/2020/QH14", "article": "20", "agency": "Quốc hội", "field": "Cư trú", "levels": ["central"],
        "text": "1. Công dân có chỗ ở hợp pháp.\n2. Người thuê nhà có hợp đồng.", "links": [
            { "relation": "amended_by", "to": "sua-doi-3", "title": "Điều 3 Luật sửa đổi" },
            { "relation": "replaces", "title": "Luật cũ 81/2006/QH11" }] });
    let amending = json!({ "id": "sua-doi-3", "kind": "law", "title": "Thay một cụm từ", "source": "Luật sửa đổi", "number": "9/2028/QH16",
        "article": "3", "agency": "Quốc hội", "field": "Tư pháp", "levels": ["central"], "text": "Thay cụm từ tại Điều 20." });
    let others = [("Trực bão", "Cử người trực khi mưa lớn."), ("Tiếp dân", "Lịch tiếp dân vào thứ năm.")];
    let others = others.map(|(title, text)| {
        let id = if title == "Trực bão" { "truc-bao" } else { "tiep-dan" };
        json!({ "id": id, "kind": "guidance", "title": title, "source": "Sổ tay phường", "field": "Văn phòng", "text": text })
    });
    [procedure, marriage, residence, law, amending].iter().chain(&others).map(Value::to_string).collect()
}

#[tokio::test]
async fn what_is_found_is_narrowed_read_at_its_place_cited_printed_and_noted() {
    let Some(stage) = Stage::set() else { return };
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let driver = stage.driver();
    let window = Browser::open(&driver, "reader", &server.url, Looks::USUAL).await;
    let articles = articles();
    let lines: Vec<&str> = articles.iter().map(String::as_str).collect();
    office(&stage, &window, &lines, 0).await;

    the_box_comes_up_everywhere(&window).await;
    a_letter_asks_the_quick_search_and_stillness_the_whole_one(&window).await;
    what_was_meant_is_one_press_away(&window).await;
    the_counts_promise_what_narrowing_shows(&window).await;
    a_hit_opens_where_it_was_found(&window).await;
    on_paper_stands_what_is_read(&window).await;
    a_law_leads_to_what_changed_it_and_is_copied_as_a_citation(&window).await;
    a_note_of_use_stays(&window).await;
    the_age_of_the_packages_is_always_there(&window).await;
    who_edits_sees_what_was_searched_in_vain(&window).await;
    window.close().await;
}

async fn the_box_comes_up_everywhere(window: &Browser) {
    let in_box = "document.activeElement?.dataset.testid === arguments[0]";
    for (screen, shows) in SCREENS {
        window.go(screen).await;
        window.shown(shows).await;
        window.key("k", true).await;
        window.shown(testids::PALETTE_TEXT).await;
        window.until(&format!("the focus over {screen}"), in_box, vec![json!(testids::PALETTE_TEXT)]).await;
        window.key("Escape", false).await;
        window.gone(testids::PALETTE_TEXT).await;
        window.shown(shows).await;
    }
    // The handbook has a box of its own.
    window.go("#/handbook").await;
    window.shown(testids::SEARCH_TEXT).await;
    window.run("document.activeElement?.blur()", vec![]).await;
    window.key("k", true).await;
    window.until("the focus in the handbook's box", in_box, vec![json!(testids::SEARCH_TEXT)]).await;
    window.gone(testids::PALETTE_TEXT).await;
}

/// What the window asks is looked at where it leaves the page.
async fn a_letter_asks_the_quick_search_and_stillness_the_whole_one(window: &Browser) {
    let listen = "window.asked = []; window.sent = window.fetch;
        window.fetch = (path, init) => {
            try { const query = JSON.parse(init.body); if (query.type === 'search') window.asked.push(query); } catch { }
            return window.sent(path, init);
        };";
    window.run(listen, vec![]).await;
    window.fill(testids::SEARCH_TEXT, "đăng ký tạm t").await;
    window.answered(testids::SEARCH_TEXT, "đăng ký tạm t").await;
    let quick = "window.asked.some((query) => query.typing && query.limit === 12)";
    window.until("a quick search", quick, vec![]).await;
    let whole = "((query) => query && !query.typing && query.limit === 40 && query.text === arguments[0])(window.asked.at(-1))";
    window.until("a whole search in the end", whole, vec![json!("đăng ký tạm t")]).await;
    window.run("window.fetch = window.sent", vec![]).await;
}

async fn what_was_meant_is_one_press_away(window: &Browser) {
    window.fill(testids::SEARCH_TEXT, "dang ky khai sinhh").await;
    window.answered(testids::SEARCH_TEXT, "dang ky khai sinhh").await;
    assert_eq!(window.text(testids::SEARCH_BETTER).await, "đăng ký khai sinh");
    window.press(testids::SEARCH_BETTER).await;
    window.answered(testids::SEARCH_TEXT, "đăng ký khai sinh").await;
    let taken = "document.querySelector('[data-testid=\"search-text\"]')?.value === arguments[0]";
    window.until("it stands in the box", taken, vec![json!("đăng ký khai sinh")]).await;
    assert_eq!(window.found_ids().await.first().map(String::as_str), Some(PROCEDURE));
    window.gone(testids::SEARCH_BETTER).await;
}

async fn the_counts_promise_what_narrowing_shows(window: &Browser) {
    window.fill(testids::SEARCH_TEXT, COMMON).await;
    window.answered(testids::SEARCH_TEXT, COMMON).await;
    // What was promised, found and listed are the same number.
    let kept = "document.querySelector('[data-testid=\"search-text\"]')?.dataset.busy === 'false'
        && document.querySelector('[data-testid=\"search-total\"]')?.dataset.total === String(arguments[0])
        && document.querySelectorAll('[data-testid=\"search-hit\"][data-partial=\"false\"]').length === arguments[0]";
    window.until("all four", kept, vec![json!(4)]).await;
    for section in ["procedure", "law"] {
        let chip = format!("{}-{section}", testids::SEARCH_SECTION);
        let count: usize = window.attribute(&chip, "data-count").await.parse().unwrap();
        window.press(&chip).await;
        window.until(&format!("{count} of {section}"), kept, vec![json!(count)]).await;
        window.press(&format!("{}-all", testids::SEARCH_SECTION)).await;
        window.until("all again", kept, vec![json!(4)]).await;
    }
    let offered = "((rows) => rows.length > 1 && rows)(
        [...document.querySelectorAll(`[data-testid=\"${arguments[0]}\"] option`)].filter((one) => one.value)
            .map((one) => [one.value, Number(/\\((\\d+)\\)$/.exec(one.textContent.trim())?.[1])]))";
    let expected = [
        (testids::FILTER_FIELD, vec![("Cư trú", 2), ("Hộ tịch", 2)]),
        (testids::FILTER_AGENCY, vec![("Công an cấp xã", 1), ("Quốc hội", 1), ("UBND cấp xã", 2)]),
        (testids::FILTER_LEVEL, vec![("central", 1), ("city", 1), ("commune", 3)]),
    ];
    for (filter, expected) in expected {
        let values = window.until(filter, offered, vec![json!(filter)]).await;
        let mut values: Vec<(String, usize)> = serde_json::from_value(values).unwrap();
        values.sort();
        let values: Vec<(&str, usize)> = values.iter().map(|(value, count)| (value.as_str(), *count)).collect();
        assert_eq!(values, expected, "{filter}");
        for (value, count) in values {
            window.choose(filter, value).await;
            window.until(&format!("{count} of {value}"), kept, vec![json!(count)]).await;
        }
        window.choose(filter, "").await;
        window.until("all again", kept, vec![json!(4)]).await;
    }
}

async fn a_hit_opens_where_it_was_found(window: &Browser) {
    window.fill(testids::SEARCH_TEXT, "giấy chứng sinh").await;
    window.answered(testids::SEARCH_TEXT, "giấy chứng sinh").await;
    let place = "document.querySelector(`[data-testid=\"search-hit\"][data-id=\"${arguments[0]}\"] .meta`)?.textContent.includes(arguments[1])";
    window.until("the section in the breadcrumb", place, vec![json!(PROCEDURE), json!("Thành phần hồ sơ")]).await;
    window
        .run(
            "document.querySelector(`[data-testid=\"search-hit\"][data-id=\"${arguments[0]}\"]`).click()",
            vec![json!(PROCEDURE)],
        )
        .await;
    window.says(testids::ARTICLE, "data-id", PROCEDURE).await;
    let shown = "((place) => place?.textContent.includes('Giấy chứng sinh') && place.getBoundingClientRect().top >= 0
        && place.getBoundingClientRect().bottom <= innerHeight)(document.querySelector('[data-testid=\"article-passage\"]'))";
    window.until("the papers on the screen", shown, vec![]).await;
    let scrolled = "document.querySelector('.twopane > .read').scrollTop > 0";
    window.until("scrolled to", scrolled, vec![]).await;
    let address = window.run("return decodeURIComponent(location.hash)", vec![]).await;
    assert_eq!(address, json!(format!("#/handbook/article/{PROCEDURE}/{PAPERS}")), "a reload comes back to it");
}

/// The print dialog of the system is the one thing that is replaced: by a counter.
async fn on_paper_stands_what_is_read(window: &Browser) {
    window.run("window.printed = 0; window.print = () => { window.printed += 1; }", vec![]).await;
    window.press(testids::ARTICLE_PRINT).await;
    window.until("one print", "window.printed === 1", vec![]).await;
    window.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    window.gone(testids::NAV_HANDBOOK).await;
    window.gone(testids::SEARCH_TEXT).await;
    window.gone(testids::ARTICLE_PRINT).await;
    window.gone(testids::USE_ADD).await;
    window.shown(testids::ARTICLE_TITLE).await;
    // All of it, not what fits on the screen; and without the mark of the search.
    let whole = "((pane, place) => getComputedStyle(pane).overflowY === 'visible' && pane.clientHeight > innerHeight
        && getComputedStyle(place).backgroundColor === 'rgba(0, 0, 0, 0)')
        (document.querySelector('.twopane > .read'), document.querySelector('[data-testid=\"article-passage\"]'))";
    window.until("the whole article", whole, vec![]).await;
    window.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await;
    window.shown(testids::NAV_HANDBOOK).await;

    let begin = StartCase {
        article: PROCEDURE.into(),
        name: "Trẻ Nguyễn Văn An".into(),
        file_number: String::new(),
        note: String::new(),
    };
    let case: CaseId = window.act(begin).await;
    window.go(&format!("#/handbook/case/{case}")).await;
    window.says(testids::CASE, "data-total", &(STEPS + 2).to_string()).await;
    window.press(testids::CASE_PRINT).await;
    window.until("another print", "window.printed === 2", vec![]).await;
    window.devtools("Emulation.setEmulatedMedia", json!({ "media": "print" })).await;
    window.gone(testids::CASE_PRINT).await;
    window.gone(testids::CASE_CLOSE).await;
    let lines = "[...document.querySelectorAll('[data-testid=\"case-line\"]')].filter((one) => one.closest('li').checkVisibility()).length === arguments[0]";
    window.until("every line of the checklist", lines, vec![json!(STEPS + 2)]).await;
    window.devtools("Emulation.setEmulatedMedia", json!({ "media": "" })).await;
    window.shown(testids::CASE_PRINT).await;
}

async fn a_law_leads_to_what_changed_it_and_is_copied_as_a_citation(window: &Browser) {
    window.go(&format!("#/handbook/article/{LAW}")).await;
    window.says(testids::ARTICLE, "data-id", LAW).await;
    // What goes to the clipboard is noted on its way there.
    let note = "window.copied = []; const clipboard = navigator.clipboard; const write = clipboard.writeText.bind(clipboard);
        clipboard.writeText = (text) => { window.copied.push(text); return write(text); };";
    window.run(note, vec![]).await;
    window.press(testids::ARTICLE_CITE).await;
    window.until("the citation", "window.copied.at(-1) === arguments[0]", vec![json!("Điều 20 Luật Cư trú 68/2020/QH14")]).await;
    let said = "[...document.querySelectorAll('[data-testid=\"article-links\"] li')].some((one) => one.textContent.includes(arguments[0]) && one.textContent.includes(arguments[1]))";
    window.until("what amends it", said, vec![json!("Được sửa đổi bởi"), json!("Điều 3 Luật sửa đổi")]).await;
    window.until("what it replaces", said, vec![json!("Thay thế"), json!("Luật cũ 81/2006/QH11")]).await;
    window.run("document.querySelector('[data-testid=\"article-links\"] a.named').click()", vec![]).await;
    window.says(testids::ARTICLE, "data-id", AMENDING).await;
    // And back again, though only the other one says so.
    window.until("what it amends", said, vec![json!("Sửa đổi"), json!("Điều 20 Luật Cư trú 68/2020/QH14")]).await;
    window.run("document.querySelector('[data-testid=\"article-links\"] a.named').click()", vec![]).await;
    window.says(testids::ARTICLE, "data-id", LAW).await;
}

async fn a_note_of_use_stays(window: &Browser) {
    let noted = "Tờ trình 12/TTr-UBND";
    window.press(testids::USE_ADD).await;
    window.fill(testids::USE_TITLE, noted).await;
    window.press(testids::USE_SAVE).await;
    window.gone(testids::USE_DIALOG).await;
    let row = "[...document.querySelectorAll('[data-testid=\"use-row\"]')].some((one) => one.textContent.includes(arguments[0]))";
    window.until("the note", row, vec![json!(noted)]).await;
    window.look(Looks::USUAL).await;
    window.until("the note, after a reload", row, vec![json!(noted)]).await;
}

async fn the_age_of_the_packages_is_always_there(window: &Browser) {
    window.go("#/meetings").await;
    window.shown(testids::PACKAGE_AGE).await;
    let age = window.text(testids::PACKAGE_AGE).await;
    assert!(age.contains("hôm nay"), "{age}");
    window.press(testids::PACKAGE_AGE).await;
    window.shown(testids::PACKAGE_ROW).await;
    let row = window.text(testids::PACKAGE_ROW).await;
    assert!(row.contains("Sổ tay phường") && row.contains("hôm nay"), "{row}");
}

async fn who_edits_sees_what_was_searched_in_vain(window: &Browser) {
    let nowhere = "qwxz qwxz";
    window.go("#/handbook").await;
    window.fill(testids::SEARCH_TEXT, nowhere).await;
    window.answered(testids::SEARCH_TEXT, nowhere).await;
    window.shown(testids::SEARCH_NONE).await;
    window.go("#/handbook/words").await;
    window.reads(testids::VAIN_ROW, nowhere).await;
}
