//! Tasks between two offices: a meeting's conclusion is given to one, reported, confirmed; the handbook's article and the meeting show how
//! it stands.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use api::query::{MeetingList, People};
use api::view::{MeetingRow, PersonRow};
use domain::id::Timestamp;
use serde_json::json;
use ui::{format, testids};

use crate::accessibility::no_serious_finding;
use crate::browser::{Browser, Looks};
use crate::stage::Stage;

const OFFICE: &str = "Văn phòng HĐND và UBND";
const COMMUNE: &str = "UBND xã Bình Minh";
const CONCLUSION: &str = "Giao UBND xã Bình Minh rà soát, công khai danh sách hộ bị ngập.";
const DONE: &str = "Đã niêm yết danh sách 42 hộ tại 5 thôn.";
const ARTICLE: &str = r#"{"id": "hd-ho-ngap", "kind": "guidance", "title": "Rà soát hộ bị ngập", "source": "Sổ tay phường", "field": "Bảo trợ xã hội", "text": "Trưởng thôn lập danh sách, xã niêm yết công khai."}"#;
const ARTICLE_ID: &str = "so-tay-phuong:hd-ho-ngap";
const DAY_MS: i64 = 24 * 3_600_000;

/// So many days after now.
pub fn in_days(days: i64) -> Timestamp {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or(Duration::ZERO);
    Timestamp(i64::try_from(now.as_millis()).unwrap()).plus_ms(days * DAY_MS)
}

/// Two windows, the second of a unit of its own.
async fn two_offices(secretary: &Browser, official: &Browser) {
    secretary.shown(testids::FIRST_RUN).await;
    secretary.found("Thành phố Huế", OFFICE, "Nguyễn Thị Hương", "Chánh Văn phòng").await;
    let address = secretary.address().await;
    official.shown(testids::FIRST_RUN).await;
    let words = official.ask_to_join(&address, "Hồ Thị Sương", "Công chức văn hóa – xã hội").await;
    official.press(testids::JOIN_CONFIRM).await;
    secretary.let_into_new_unit("Hồ Thị Sương", &words, COMMUNE).await;
    official.shown(testids::NAV_TASKS).await;
}

/// Says something with a dialog of its own.
async fn tell(window: &Browser, action: &str, note: &str) {
    window.press(action).await;
    window.shown(testids::TASK_DIALOG).await;
    if !note.is_empty() {
        window.fill(testids::TASK_NOTE, note).await;
    }
    window.press(testids::TASK_TELL).await;
    window.gone(testids::TASK_DIALOG).await;
}

#[tokio::test]
async fn a_conclusion_becomes_a_task_that_another_office_reports_and_the_secretary_confirms() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let first = stage.serve(&stage.home.path().join("office"), None);
    let second = stage.serve(&stage.home.path().join("commune"), None);
    let secretary = Browser::open(&driver, "secretary", &first.url, Looks::USUAL).await;
    let official = Browser::open(&driver, "official", &second.url, Looks::USUAL).await;
    two_offices(&secretary, &official).await;

    // What the meeting concluded is given with one press: its words and where it comes from are in the form.
    secretary.new_meeting("Họp giao ban tháng 12", &[("Hỗ trợ hộ bị ngập", 30)]).await;
    secretary.tab("minutes").await;
    secretary.press(testids::CONCLUSIONS_EDIT).await;
    secretary.fill(testids::CONCLUSIONS_TEXT, CONCLUSION).await;
    secretary.press(testids::CONCLUSIONS_SAVE).await;
    secretary.press(testids::ROOM_GIVE_TASK).await;
    let begun = "document.querySelector('[data-testid=\"task-form-title\"]')?.value === arguments[0]";
    secretary.until("the conclusion's words", begun, vec![json!(CONCLUSION)]).await;
    secretary.reads(testids::TASK_FORM_ORIGIN, CONCLUSION).await;
    let people: Vec<PersonRow> = secretary.query(People {}).await;
    let unit = people.iter().find(|row| row.unit_name == COMMUNE).expect("the commune").unit;
    secretary.choose(testids::TASK_FORM_LEAD, &unit.to_string()).await;
    secretary.fill(testids::TASK_FORM_DAY, &format::date(in_days(2))).await;
    no_serious_finding(&secretary, "the form of a task").await;
    secretary.press(testids::TASK_FORM_GIVE).await;
    assert_eq!(secretary.text(testids::TASK_TITLE).await, CONCLUSION);
    secretary.says(testids::TASK_STATE, "data-state", "given").await;
    secretary.gone(testids::TASK_CONFIRM).await;
    let task = secretary.attribute(testids::TASK, "data-id").await;

    // The other office finds it on its first screen, takes it up and says how far it is.
    official.go("#/today").await;
    official.says(testids::TODAY_TASK, "data-title", CONCLUSION).await;
    official.says(testids::TASK_DUE, "data-due", "soon").await;
    official.press(testids::TODAY_TASK).await;
    official.says(testids::TASK, "data-id", &task).await;
    official.press(testids::TASK_ACCEPT).await;
    official.says(testids::TASK_STATE, "data-state", "accepted").await;
    official.press(testids::TASK_PROGRESS).await;
    official.choose(testids::TASK_SHARE, "40").await;
    official.press(testids::TASK_TELL).await;
    official.gone(testids::TASK_DIALOG).await;
    for window in [&secretary, &official] {
        window.says(testids::TASK_PERCENT, "data-percent", "40").await;
        window.says(testids::TASK_STATE, "data-state", "in_progress").await;
    }
    no_serious_finding(&official, "a task").await;
    the_list_is_narrowed(&official).await;
    an_article_is_used_for_it(&stage, &secretary, &task).await;

    // The report reaches the article that the secretary reads; a press on it leads to the task.
    official.go(&format!("#/tasks/task/{task}")).await;
    tell(&official, testids::TASK_REPORT_DONE, DONE).await;
    secretary.says(testids::TASK_STATE, "data-state", "reported_done").await;
    secretary.run("document.querySelector('[data-testid=\"use-row\"] a').click()", vec![]).await;
    secretary.says(testids::TASK, "data-id", &task).await;
    secretary.reads(testids::TASK_EVENT, DONE).await;
    tell(&secretary, testids::TASK_CONFIRM, "").await;
    for window in [&secretary, &official] {
        window.says(testids::TASK_STATE, "data-state", "confirmed").await;
        window.says(testids::TASK_DUE, "data-due", "done_in_time").await;
        window.says(testids::TASK_EVENT, "data-kind", "confirmed").await;
    }
    official.gone(testids::TASK_PROGRESS).await;

    // Article and meeting say so too.
    secretary.go(&format!("#/handbook/article/{ARTICLE_ID}")).await;
    secretary.says(testids::USE_ROW, "data-title", CONCLUSION).await;
    secretary.says(testids::TASK_STATE, "data-state", "confirmed").await;
    let meetings: Vec<MeetingRow> = secretary.query(MeetingList {}).await;
    secretary.go(&format!("#/room/{}", meetings[0].meeting)).await;
    secretary.shown(testids::ROOM).await;
    secretary.tab("minutes").await;
    secretary.says(testids::ROOM_TASK, "data-words", CONCLUSION).await;
    secretary.says(testids::TASK_STATE, "data-state", "confirmed").await;
    official.close().await;
    secretary.close().await;
}

/// By words without marks, by whose it is, by what is late.
async fn the_list_is_narrowed(window: &Browser) {
    window.go("#/tasks/mine").await;
    window.says(testids::TASK_ROW, "data-title", CONCLUSION).await;
    window.says(testids::TASK_COUNTS, "data-soon", "1").await;
    window.fill(testids::TASK_FIND, "khong co viec nay").await;
    window.gone(testids::TASK_ROW).await;
    window.fill(testids::TASK_FIND, "ho bi ngap").await;
    window.shown(testids::TASK_ROW).await;
    window.press(testids::TASK_FILTER_OVERDUE).await;
    window.gone(testids::TASK_ROW).await;
    window.press(testids::TASK_FILTER_OVERDUE).await;
    window.shown(testids::TASK_ROW).await;
    window.press(&format!("{}-given", testids::TASK_SCOPE)).await;
    window.gone(testids::TASK_ROW).await;
}

/// The secretary notes under an article for which task it is used.
async fn an_article_is_used_for_it(stage: &Stage, window: &Browser, task: &str) {
    let file = stage.home.path().join("so-tay.jsonl");
    std::fs::write(&file, ARTICLE).unwrap();
    window.go("#/handbook/packages").await;
    window.shown(testids::IMPORT_TITLE).await;
    window.hand_in_nth(testids::FILE_INPUT, 1, &file).await;
    window.fill(testids::IMPORT_TITLE, "Sổ tay phường").await;
    window.press(testids::IMPORT_START).await;
    window.says(testids::IMPORT_REPORT, "data-articles", "1").await;
    window.go(&format!("#/handbook/article/{ARTICLE_ID}")).await;
    window.shown(testids::ARTICLE_TITLE).await;
    window.press(testids::USE_ADD).await;
    window.choose(testids::USE_TASK, task).await;
    window.gone(testids::USE_TITLE).await;
    window.press(testids::USE_SAVE).await;
    window.gone(testids::USE_DIALOG).await;
    window.says(testids::USE_ROW, "data-title", CONCLUSION).await;
    window.says(testids::TASK_STATE, "data-state", "in_progress").await;
    window.says(testids::TASK_DUE, "data-due", "soon").await;
}
