//! Articles on their way to others: written by one and published by another, handed to another organisation that trusts it, an import that
//! is broken off.

use std::fs::OpenOptions;
use std::io::Write as _;
use std::process::Command;

use api::act::SetDuty;
use api::handbook::{ImportState, ImportView, Packages};
use api::query::People;
use api::view::PersonRow;
use domain::duty::Duty;
use serde_json::{Value, json};
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::handbook::office;
use crate::stage::{DEADLINE, LOOK_EVERY, Stage};

const EDITOR: &str = "Nguyễn Văn Bình";
const TITLE: &str = "Tiếp nhận hồ sơ khi mất mạng";
const TEXT: &str = "Ghi sổ giấy, hẹn ngày trả và nhập lại khi có mạng.";
const ARTICLE_ID: &str = "so-tay:tiep-nhan-ho-so-khi-mat-mang";

#[tokio::test]
async fn one_writes_another_reviews_and_publishes_and_both_find_it() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let (first, second) =
        (stage.serve(&stage.home.path().join("chief"), None), stage.serve(&stage.home.path().join("editor"), None));
    let chief = Browser::open(&driver, "chief", &first.url, Looks::USUAL).await;
    let editor = Browser::open(&driver, "editor", &second.url, Looks::USUAL).await;
    chief.shown(testids::FIRST_RUN).await;
    chief.found("Thành phố Huế", "UBND phường An Bình", "Trần Minh", "Chánh Văn phòng").await;
    let address = chief.address().await;
    editor.shown(testids::FIRST_RUN).await;
    let words = editor.ask_to_join(&address, EDITOR, "Chuyên viên").await;
    editor.press(testids::JOIN_CONFIRM).await;
    chief.let_in(EDITOR, &words).await;
    editor.shown(testids::NAV_HANDBOOK).await;
    may_write(&chief, &editor).await;

    // Written by one, who may hand it in and no more.
    editor.go("#/handbook/drafts").await;
    editor.press(testids::DRAFT_NEW).await;
    editor.fill(testids::DRAFT_NEW_TITLE, TITLE).await;
    editor.press(testids::DRAFT_CREATE).await;
    editor.shown(testids::DRAFT_TITLE).await;
    editor.says(testids::DRAFT_STATE, "data-state", "draft").await;
    editor.press(testids::BLOCK_ADD).await;
    editor.fill(testids::BLOCK_TEXT, TEXT).await;
    editor.press(testids::DRAFT_SUBMIT).await;
    editor.says(testids::DRAFT_STATE, "data-state", "in_review").await;
    editor.gone(testids::DRAFT_REVIEW).await;

    // Reviewed and published by the other. Before that nobody finds it.
    nobody_finds_it(&chief).await;
    chief.go("#/handbook/drafts").await;
    chief.says(testids::DRAFT_ROW, "data-title", TITLE).await;
    chief.gone(testids::DRAFT_PUBLISH).await;
    chief.press(testids::DRAFT_OPEN).await;
    chief.reads(testids::DRAFT, TEXT).await;
    chief.press(testids::DRAFT_APPROVE).await;
    chief.says(testids::DRAFT_STATE, "data-state", "approved").await;
    editor.says(testids::DRAFT_STATE, "data-state", "approved").await;
    chief.go("#/handbook/drafts").await;
    chief.press(testids::DRAFT_PUBLISH).await;
    for window in [&chief, &editor] {
        window.says(testids::DRAFT_STATE, "data-state", "published").await;
        has_the_package(window).await;
        window.go("#/handbook").await;
        window.fill(testids::SEARCH_TEXT, "tiep nhan ho so mat mang").await;
        window.answered(testids::SEARCH_TEXT, "tiep nhan ho so mat mang").await;
        assert_eq!(window.found_ids().await, [ARTICLE_ID]);
        window.press(testids::SEARCH_HIT).await;
        window.says(testids::ARTICLE, "data-id", ARTICLE_ID).await;
        window.reads(testids::ARTICLE, TEXT).await;
    }
    chief.close().await;
    editor.close().await;
}

/// Gives the editor the duty, and waits until it is there.
async fn may_write(chief: &Browser, editor: &Browser) {
    let people: Vec<PersonRow> = chief.query(People {}).await;
    let person = people.iter().find(|row| row.name == EDITOR).expect("the editor").person;
    let _: PersonRow = chief.act(SetDuty { person, duty: Duty::Editor, held: true }).await;
    let arrives = async {
        while !editor
            .query(People {})
            .await
            .iter()
            .any(|row: &PersonRow| row.person == person && row.duties.contains(&Duty::Editor))
        {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(DEADLINE, arrives).await.expect("the duty arrives");
}

async fn nobody_finds_it(window: &Browser) {
    window.go("#/handbook").await;
    window.fill(testids::SEARCH_TEXT, TITLE).await;
    window.shown(testids::SEARCH_NONE).await;
}

async fn has_the_package(window: &Browser) {
    let arrives = async {
        while window.query(Packages {}).await.packages.is_empty() {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(DEADLINE, arrives).await.expect("the package arrives");
}

const ARTICLES: &[&str] = &[
    r#"{"id": "tam-tru", "kind": "procedure", "title": "Đăng ký tạm trú", "source": "Thủ tục cấp xã", "field": "Cư trú", "text": "Đến công an phường với giấy tờ về chỗ ở."}"#,
    r#"{"id": "khai-sinh", "kind": "procedure", "title": "Đăng ký khai sinh", "source": "Thủ tục cấp xã", "field": "Hộ tịch", "text": "Nộp tờ khai trong sáu mươi ngày."}"#,
];

#[tokio::test]
async fn a_package_is_handed_on_and_taken_only_by_who_trusts_its_publisher() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let (home, other) = (stage.home.path().join("publisher"), stage.home.path().join("neighbour"));
    let (first, second) = (stage.serve(&home, None), stage.serve(&other, None));
    let publisher = Browser::open(&driver, "publisher", &first.url, Looks::USUAL).await;
    office(&stage, &publisher, ARTICLES, 0).await;

    // A page in a browser names no files of the machine, and says so; the program beside it writes what the window would.
    let file = stage.home.path().join("so-tay-phuong.kyhopb");
    publisher.press(testids::PACKAGE_EXPORT).await;
    publisher.shown(testids::TARGET_DIALOG).await;
    publisher.fill(testids::TARGET_PATH, file.to_str().unwrap()).await;
    publisher.press(testids::TARGET_WRITE).await;
    publisher.says(testids::ERROR, "data-code", "not_allowed").await;
    assert!(!file.exists(), "a page wrote {}", file.display());
    publisher.press(testids::DIALOG_CLOSE).await;
    publisher.gone(testids::TARGET_DIALOG).await;
    let words = ["handbook", "export", "so-tay-phuong", "--out", file.to_str().unwrap()];
    let written = stage.kyhop(&home, &words, &[]);
    assert!(written.status.success(), "{}", String::from_utf8_lossy(&written.stdout));
    publisher.go("#/settings/identity").await;
    let root = publisher.attribute(testids::IDENTITY_ROOT, "data-root").await;

    // Another organisation refuses it, says whose it is, and has nothing of it.
    let neighbour = Browser::open(&driver, "neighbour", &second.url, Looks::USUAL).await;
    neighbour.shown(testids::FIRST_RUN).await;
    neighbour.found("Thành phố Đà Nẵng", "UBND xã Hòa An", "Lê Thị Hoa", "Công chức hộ tịch").await;
    neighbour.go("#/handbook/packages").await;
    neighbour.shown(testids::PACKAGE_INSTALL).await;
    neighbour.hand_in_nth(testids::FILE_INPUT, 0, &file).await;
    neighbour.press(testids::PACKAGE_INSTALL).await;
    neighbour.says(testids::ERROR, "data-code", "package_untrusted").await;
    neighbour.reads(testids::ERROR, "không thuộc tổ chức này").await;
    neighbour.gone(testids::PACKAGE_ROW).await;
    assert!(neighbour.query(Packages {}).await.packages.is_empty());

    // Its administrator has had the fingerprint read out and trusts it.
    neighbour.fill(testids::PUBLISHER_TITLE, "Phường An Bình").await;
    neighbour.fill(testids::PUBLISHER_ROOT, &root).await;
    neighbour.press(testids::PUBLISHER_TRUST).await;
    neighbour.says(testids::PUBLISHER_ROW, "data-title", "Phường An Bình").await;
    neighbour.press(testids::PACKAGE_INSTALL).await;
    neighbour.says(testids::PACKAGE_REPORT, "data-added", &ARTICLES.len().to_string()).await;
    neighbour.says(testids::PACKAGE_ROW, "data-package", "so-tay-phuong").await;
    neighbour.go("#/handbook").await;
    neighbour.fill(testids::SEARCH_TEXT, "dang ky khai sinh").await;
    neighbour.answered(testids::SEARCH_TEXT, "dang ky khai sinh").await;
    assert_eq!(neighbour.found_ids().await.first().map(String::as_str), Some("so-tay-phuong:khai-sinh"));
    publisher.close().await;
    neighbour.close().await;
}

/// The page's clock alone is moved: a day of the desk passes at once.
#[tokio::test]
async fn the_age_of_a_package_is_on_every_screen_in_its_row_and_under_its_articles() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let window = Browser::open(&driver, "age", &server.url, Looks::USUAL).await;
    office(&stage, &window, ARTICLES, 0).await;
    window.reads(testids::PACKAGE_ROW, "hôm nay").await;
    let ahead = "{ const now = Date.now.bind(Date); Date.now = () => now() + 45 * 24 * 3600 * 1000; }";
    window.devtools("Page.addScriptToEvaluateOnNewDocument", json!({ "source": ahead })).await;
    window.look(Looks::USUAL).await;
    window.reads(testids::PACKAGE_ROW, "45 ngày trước").await;
    window.reads(testids::PACKAGE_AGE, "45 ngày trước").await;
    window.go("#/handbook/article/so-tay-phuong:khai-sinh").await;
    window.says(testids::ARTICLE, "data-id", "so-tay-phuong:khai-sinh").await;
    window.reads(testids::ARTICLE, "45 ngày trước").await;
    window.look(Looks { language: "en", ..Looks::USUAL }).await;
    window.reads(testids::PACKAGE_AGE, "45 days").await;
    window.close().await;
}

fn lines(from: usize, to: usize) -> String {
    (from..to)
        .map(|number| format!("{}\n", json!({"id": format!("m{number}"), "title": format!("Mục {number}"), "text": "x"})))
        .collect()
}

/// The import reads a pipe, so that it goes on until the test says so.
#[tokio::test]
async fn an_import_is_broken_off_in_the_window_which_says_that_nothing_was_imported() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let home = stage.home.path().join("profile");
    let server = stage.serve(&home, None);
    let window = Browser::open(&driver, "cancel", &server.url, Looks::USUAL).await;
    office(&stage, &window, ARTICLES, 0).await;
    let pipe = stage.home.path().join("dong.jsonl");
    assert!(Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    // Open for both, so that neither side waits for the other; what is written fits into the pipe.
    let mut writer = OpenOptions::new().read(true).write(true).open(&pipe).unwrap();
    let words = ["handbook", "import", pipe.to_str().unwrap(), "--title", "Sổ tay phường"];
    let importing = stage.kyhop_beside(&home, &words);
    writer.write_all(lines(0, 600).as_bytes()).unwrap();
    let reads = async {
        loop {
            let state: Option<ImportView> = window.query(ImportState {}).await;
            if state.is_some_and(|state| state.report.is_none() && state.done > 0) {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(DEADLINE, reads).await.expect("the import reads");

    // The window is told when its request was heard; only then the import may go on to its end.
    let listen = "window.heard = 0; window.sent = window.fetch;
        window.fetch = async (path, init) => {
            const reply = await window.sent(path, init);
            if (String(init?.body).includes('cancel_import') && reply.ok) window.heard += 1;
            return reply;
        };";
    window.run(listen, vec![]).await;
    window.press(testids::IMPORT_CANCEL).await;
    window.until("the request was heard", "window.heard === 1", vec![]).await;
    window.run("window.fetch = window.sent", vec![]).await;
    writer.write_all(lines(600, 900).as_bytes()).unwrap();
    drop(writer);
    window.reads(testids::IMPORT_REPORT, "Không có gì được nhập").await;
    window.gone(testids::IMPORT_CANCEL).await;
    let (ended, printed) = importing.end();
    let report: Value = serde_json::from_str(&printed).unwrap_or_else(|error| panic!("{error}: {printed}"));
    assert!(ended, "{report}");
    assert_eq!((&report["cancelled"], &report["package"]), (&json!(true), &Value::Null), "{report}");

    // What was there is there, in the version that it was; the next import goes on from it.
    window.says(testids::PACKAGE_ROW, "data-version", "1").await;
    window.go("#/handbook").await;
    window.fill(testids::SEARCH_TEXT, "Mục 17").await;
    window.answered(testids::SEARCH_TEXT, "Mục 17").await;
    assert!(!window.found_ids().await.iter().any(|id| id.contains(":m")), "half an import is found");
    let file = stage.home.path().join("sau.jsonl");
    std::fs::write(&file, lines(0, 3)).unwrap();
    window.go("#/handbook/packages").await;
    window.shown(testids::IMPORT_TITLE).await;
    window.hand_in_nth(testids::FILE_INPUT, 1, &file).await;
    window.fill(testids::IMPORT_TITLE, "Sổ tay phường").await;
    window.press(testids::IMPORT_START).await;
    window.says(testids::IMPORT_REPORT, "data-articles", "3").await;
    window.says(testids::PACKAGE_ROW, "data-version", "2").await;
    window.close().await;
}
