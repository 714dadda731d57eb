//! Questions between two offices: asked without a network, alike ones shown while writing, answered with citations, shared after a look
//! at personal data.

use api::act::SetDuty;
use api::handbook::{ArticleKind, CreateDraft, Draft, DraftContent, DraftView, EditDraft};
use api::query::People;
use api::view::PersonRow;
use domain::calendar::VnDate;
use domain::duty::Duty;
use domain::id::{DraftId, Timestamp};
use serde_json::json;
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::person::PASSPHRASE;
use crate::stage::{DEADLINE, LOOK_EVERY, Stage};

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
    window.fill(testids::IMPORT_TITLE, "Sổ tay phường").await;
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
    window.says(testids::SIMILAR_ARTICLE, "data-id", "so-tay-phuong:tt-luu-dong").await;
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

#[tokio::test]
async fn a_question_whose_day_has_passed_says_since_when_and_then_why() {
    let Some(stage) = Stage::set() else { return };
    let (profile, passphrase) = (stage.home.path().join("profile"), stage.home.path().join("passphrase"));
    std::fs::write(&passphrase, PASSPHRASE).unwrap();
    let driver = stage.driver();
    let server = stage.serve(&profile, None);
    let window = Browser::open(&driver, "late", &server.url, Looks::USUAL).await;
    window.shown(testids::FIRST_RUN).await;
    window.found("Thành phố Huế", "UBND phường An Bình", "Nguyễn Thị Hương", "Công chức hộ tịch").await;
    window.go("#/questions/new").await;
    window.fill(testids::ASK_TITLE, TITLE).await;
    window.fill(testids::ASK_FIELD, "Hộ tịch").await;
    window.press(testids::ASK_SEND).await;
    assert_eq!(window.text(testids::QUESTION_TITLE).await, TITLE);
    window.gone(testids::QUESTION_OVERDUE).await;
    server.end();

    let later = stage.days_ahead(30);
    let later = later.each_ref().map(|(name, value)| (*name, value.as_str()));
    let server = stage.serve_in(&profile, Some(&passphrase), &later);
    window.reopen(&server.url, Looks::USUAL).await;
    window.go("#/questions/mine").await;
    window.shown(testids::QUESTION_OVERDUE).await;
    let days = window.attribute(testids::QUESTION_OVERDUE, "data-days").await;
    assert!(days.parse::<u32>().is_ok_and(|days| (10..30).contains(&days)), "{days} of thirty days");
    window.reads(testids::QUESTION_OVERDUE, &format!("Quá hạn {days} ngày")).await;
    window.go("#/questions/statistics").await;
    window.says(testids::STATISTICS_ALL, "data-overdue", "1").await;

    // The office says why, and until when.
    window.go("#/questions/mine").await;
    window.press(testids::QUESTION_ROW).await;
    window.press(testids::QUESTION_EXPLAIN).await;
    window.fill(testids::EXPLAIN_REASON, "Chờ ý kiến của Bộ").await;
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap();
    let today = VnDate::of(Timestamp(i64::try_from(now.as_millis()).unwrap()));
    let due = today.plus_days(40);
    window.fill(testids::EXPLAIN_DAY, &format!("{:02}/{:02}/{}", due.day, due.month, due.year)).await;
    window.press(testids::EXPLAIN_SEND).await;
    window.gone(testids::EXPLAIN_DIALOG).await;
    window.reads(testids::QUESTION_REASON, "Chờ ý kiến của Bộ").await;
    window.gone(testids::QUESTION_OVERDUE).await;
    window.go("#/questions/statistics").await;
    window.says(testids::STATISTICS_ALL, "data-overdue", "0").await;
    window.close().await;
}

const DEPARTMENT: &str = "Sở Tư pháp";
const COMMUNE: &str = "UBND xã Bình Minh";
const ASKED: &str = "Đăng ký khai sinh khi thôn bị ngập thế nào?";
const DETAILS: &str = "Chị Lê Thị Hoa, điện thoại 0912 345 678, vừa sinh ở trạm y tế.";
const ANSWERED: &str = "Công chức đến tận nơi, nhập hệ thống khi có mạng.";

#[tokio::test]
async fn a_commune_asks_a_department_and_the_answer_is_accepted_and_shared_without_names() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let first = stage.serve(&stage.home.path().join("department"), None);
    let second = stage.serve(&stage.home.path().join("commune"), None);
    let department = Browser::open(&driver, "department", &first.url, Looks::USUAL).await;
    let commune = Browser::open(&driver, "commune", &second.url, Looks::USUAL).await;
    department.shown(testids::FIRST_RUN).await;
    department.found("Thành phố Huế", DEPARTMENT, "Trần Minh", "Chuyên viên").await;
    let address = department.address().await;
    commune.shown(testids::FIRST_RUN).await;
    let words = commune.ask_to_join(&address, "Hồ Thị Sương", "Công chức hộ tịch").await;
    commune.press(testids::JOIN_CONFIRM).await;
    department.let_into_new_unit("Hồ Thị Sương", &words, COMMUNE).await;
    commune.shown(testids::NAV_QUESTIONS).await;

    // The department says what it answers for.
    department.go("#/questions/units").await;
    department.says(testids::UNIT_ROW, "data-name", COMMUNE).await;
    let edit = "const row = document.querySelector(`[data-testid=\"unit-row\"][data-name=\"${arguments[0]}\"]`);
        row?.querySelector('[data-testid=\"unit-edit\"]')?.click(); return !!row";
    assert_eq!(department.run(edit, vec![json!(DEPARTMENT)]).await, json!(true));
    department.fill(testids::UNIT_FIELDS, "Hộ tịch").await;
    department.press(testids::UNIT_SAVE).await;
    department.gone(testids::UNIT_DIALOG).await;

    // The commune asks the city; the field finds the department.
    commune.go("#/questions/units").await;
    let known =
        "document.querySelector(`[data-testid=\"unit-row\"][data-name=\"${arguments[0]}\"]`)?.textContent.includes('Hộ tịch')";
    commune.until("the department's fields", known, vec![json!(DEPARTMENT)]).await;
    commune.go("#/questions/new").await;
    commune.fill(testids::ASK_TITLE, ASKED).await;
    commune.fill(testids::ASK_TEXT, DETAILS).await;
    commune.fill(testids::ASK_FIELD, "Hộ tịch").await;
    commune.press(testids::ASK_SEND).await;
    assert_eq!(commune.text(testids::QUESTION_TITLE).await, ASKED);
    commune.gone(testids::QUESTION_WAITING).await;

    // The department answers.
    department.go("#/questions/my_unit").await;
    department.says(testids::QUESTION_ROW, "data-title", ASKED).await;
    department.press(testids::QUESTION_ROW).await;
    department.fill(testids::ANSWER_TEXT, ANSWERED).await;
    department.press(testids::ANSWER_SEND).await;
    department.says(testids::ANSWER, "data-state", "approved").await;

    // The asker takes it and rates it.
    commune.says(testids::QUESTION_STATE, "data-state", "answered").await;
    assert_eq!(commune.text(testids::ANSWER_SHOWN).await, ANSWERED);
    commune.press(testids::QUESTION_ACCEPT).await;
    commune.says(testids::QUESTION_STATE, "data-state", "accepted").await;

    // Before sharing, the telephone number is pointed out and replaced; what is left is confirmed.
    department.says(testids::QUESTION_STATE, "data-state", "accepted").await;
    department.press(testids::QUESTION_PUBLISH).await;
    department.shown(testids::PERSONAL_DATA).await;
    let number = "document.querySelector('[data-testid=\"publish-text\"]')?.value.includes('0912')";
    department.until("the number is there", number, vec![]).await;
    let left = "document.querySelectorAll('[data-testid=\"personal-data\"]').length";
    let mut count = department.until("findings", left, vec![]).await.as_u64().unwrap();
    while count > 0 {
        department.press(testids::PERSONAL_REPLACE).await;
        department.until("one less", &format!("{left} < {count}"), vec![]).await;
        count = department.run(&format!("return {left}"), vec![]).await.as_u64().unwrap();
    }
    department.until("the number is gone", &format!("!({number})"), vec![]).await;
    department.says(testids::PUBLISH_FOUND, "data-count", "0").await;
    department.press(testids::PUBLISH_SEND).await;
    department.gone(testids::PUBLISH_DIALOG).await;
    department.shown(testids::QUESTION_PUBLISHED).await;

    // The figures count it, as bars and as a table.
    department.go("#/questions/statistics").await;
    department.says(testids::STATISTICS_ALL, "data-asked", "1").await;
    department.says(testids::STATISTICS_ALL, "data-answered", "1").await;
    department.says(testids::STATISTICS_BAR, "data-name", DEPARTMENT).await;
    department.press(testids::STATISTICS_TABLE).await;
    let row = "[...document.querySelectorAll('.grid th[scope=\"row\"]')].some((one) => one.textContent === arguments[0])";
    department.until("the row of the table", row, vec![json!(DEPARTMENT)]).await;
    figures_are_handed_on(&stage, &department).await;
    two_editors_write_the_same_line(&department, &commune).await;
    department.close().await;
    commune.close().await;
}

/// The same figures as a file. A page in a browser names no files of the machine: it is told so, and nothing is written; the programs
/// that may write are tested by themselves.
async fn figures_are_handed_on(stage: &Stage, window: &Browser) {
    let file = stage.home.path().join("thong-ke.csv");
    window.press(testids::STATISTICS_EXPORT).await;
    window.shown(testids::TARGET_DIALOG).await;
    let offered = "document.querySelector('[data-testid=\"target-path\"]')?.value.endsWith('.csv')";
    window.until("a name for a table", offered, vec![]).await;
    window.fill(testids::TARGET_PATH, file.to_str().unwrap()).await;
    window.press(testids::TARGET_WRITE).await;
    window.says(testids::ERROR, "data-code", "not_allowed").await;
    assert!(!file.exists(), "a page wrote {}", file.display());
    window.press(testids::DIALOG_CLOSE).await;
    window.gone(testids::TARGET_DIALOG).await;
}

const BEGUN: &str = "Khi thôn bị ngập";
const HERE: &str = "Khi thôn bị ngập: đến tận nơi";
const THERE: &str = "Khi thôn bị ngập: gọi Một cửa";

/// Neither has seen what the other wrote: both see both, and who takes one takes it for both.
async fn two_editors_write_the_same_line(department: &Browser, commune: &Browser) {
    let people: Vec<PersonRow> = department.query(People {}).await;
    let person = people.iter().find(|row| row.unit_name == COMMUNE).expect("the commune's official").person;
    let _: PersonRow = department.act(SetDuty { person, duty: Duty::Editor, held: true }).await;
    let content = |title: &str| DraftContent {
        kind: ArticleKind::Guidance,
        title: title.into(),
        number: String::new(),
        agency: String::new(),
        field: "Hộ tịch".into(),
        levels: Vec::new(),
        from: None,
        to: None,
        blocks: Vec::new(),
        source: None,
        partly: None,
        note: None,
        links: None,
    };
    let draft: DraftId = department.act(CreateDraft { article: None, content: Some(content(BEGUN)) }).await;
    let duty_arrives = async {
        while !commune
            .query(People {})
            .await
            .iter()
            .any(|row: &PersonRow| row.person == person && row.duties.contains(&Duty::Editor))
        {
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(DEADLINE, duty_arrives).await.expect("the duty arrives");
    commune.go("#/handbook/drafts").await;
    commune.says(testids::DRAFT_ROW, "data-title", BEGUN).await;
    commune.go(&format!("#/handbook/draft/{draft}")).await;
    commune.shown(testids::DRAFT_TITLE).await;
    let seen: DraftView = commune.query(Draft { draft }).await;
    assert_eq!((seen.content.title.as_str(), seen.conflicts.len()), (BEGUN, 0));

    department.go(&format!("#/handbook/draft/{draft}")).await;
    department.fill(testids::DRAFT_TITLE, HERE).await;
    department.says(testids::DRAFT, "data-saved", "true").await;
    // The commune saves what it wrote over the text that it began from.
    let _: DraftView = commune.act(EditDraft { draft, base: seen.base, content: content(THERE) }).await;
    for window in [department, commune] {
        window.shown(testids::DRAFT_CONFLICTS).await;
        let sides = "[...document.querySelectorAll('[data-testid=\"conflict-side\"] p')].map((one) => one.textContent).sort().join('|') === arguments[0]";
        window.until("both sides", sides, vec![json!(format!("{THERE}|{HERE}"))]).await;
        window.gone(testids::DRAFT_SUBMIT).await;
    }
    let side = "return [...document.querySelectorAll('[data-testid=\"conflict-side\"] p')].findIndex((one) => one.textContent === arguments[0])";
    let at = department.run(side, vec![json!(THERE)]).await.as_u64().expect("the commune's side");
    department.press_nth(testids::CONFLICT_TAKE, usize::try_from(at).unwrap()).await;
    for window in [department, commune] {
        window.gone(testids::DRAFT_CONFLICTS).await;
        let taken = "document.querySelector('[data-testid=\"draft-title\"]')?.value === arguments[0]";
        window.until("the side that was taken", taken, vec![json!(THERE)]).await;
    }
}
