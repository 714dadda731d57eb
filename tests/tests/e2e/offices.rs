//! One question among several offices, in their windows: passed on with a reason, returned by the head and approved, shared, of use to
//! another office, doubted, no longer shared.

use api::question::Question;
use domain::id::QuestionId;
use serde_json::json;
use ui::route::{QuestionPlace, Route};
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::stage::{DEADLINE, LOOK_EVERY, Server, Stage};

const CITY: &str = "UBND thành phố";
const LAND: &str = "Sở Nông nghiệp và Môi trường";
const COMMUNE: &str = "UBND xã Bình Minh";
const HEAD: &str = "Võ Thị Lan";
const WRITER: &str = "Phan Văn Lâm";
const ASKER: &str = "Hồ Thị Sương";
const TITLE: &str = "Nộp hồ sơ chuyển mục đích đất vườn ở đâu?";
const WHY_PASSED_ON: &str = "Việc về đất, thuộc Sở Nông nghiệp và Môi trường";
const FIRST: &str = "Nộp ở đâu cũng được.";
const REMARK: &str = "Phải nêu nơi nộp và thời hạn";
const BETTER: &str = "Nộp tại bộ phận một cửa của xã, trong năm ngày có kết quả.";
const DOUBT: &str = "Mức thời hạn vừa được sửa";
const WHY_TAKEN_BACK: &str = "Chờ hướng dẫn mới";

/// The four windows.
struct Offices {
    city: Browser,
    commune: Browser,
    head: Browser,
    writer: Browser,
    _servers: Vec<Server>,
}

#[tokio::test]
async fn a_question_is_passed_on_returned_approved_shared_used_by_others_doubted_and_taken_back() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let servers: Vec<Server> =
        ["city", "commune", "head", "writer"].map(|name| stage.serve(&stage.home.path().join(name), None)).into();
    let city = Browser::open(&driver, "city", &servers[0].url, Looks::USUAL).await;
    let commune = Browser::open(&driver, "commune", &servers[1].url, Looks::USUAL).await;
    let head = Browser::open(&driver, "head", &servers[2].url, Looks::USUAL).await;
    let writer = Browser::open(&driver, "writer", &servers[3].url, Looks::USUAL).await;
    let offices = Offices { city, commune, head, writer, _servers: servers };
    offices.gather().await;
    offices.say_what_they_answer_for().await;

    let question = offices.it_is_asked_of_the_wrong_office().await;
    offices.it_is_passed_on_with_its_reason(question).await;
    offices.it_is_answered_returned_and_answered_better(question).await;
    offices.it_is_shared_and_serves_another_office(question).await;
    offices.it_is_doubted_and_still_holds(question).await;
    offices.it_is_no_longer_shared().await;
    for window in [offices.city, offices.commune, offices.head, offices.writer] {
        window.close().await;
    }
}

/// Shows a question.
async fn look_at(window: &Browser, question: QuestionId) {
    window.go(&Route::Questions(QuestionPlace::Thread(question)).fragment()).await;
    window.says(testids::QUESTION, "data-id", &question.to_string()).await;
}

/// Gives the reason that a dialog asks for.
async fn because(window: &Browser, reason: &str) {
    window.fill(testids::REASON_TEXT, reason).await;
    window.press(testids::REASON_SEND).await;
    window.gone(testids::REASON_DIALOG).await;
}

impl Offices {
    async fn gather(&self) {
        self.city.shown(testids::FIRST_RUN).await;
        self.city.found("Thành phố Huế", CITY, "Trần Minh", "Chuyên viên").await;
        let address = self.city.address().await;
        for (window, name, unit) in [(&self.commune, ASKER, COMMUNE), (&self.head, HEAD, LAND)] {
            window.shown(testids::FIRST_RUN).await;
            let words = window.ask_to_join(&address, name, "Chuyên viên").await;
            window.press(testids::JOIN_CONFIRM).await;
            self.city.let_into_new_unit(name, &words, unit).await;
            window.shown(testids::NAV_QUESTIONS).await;
        }
        self.writer.shown(testids::FIRST_RUN).await;
        let words = self.writer.ask_to_join(&address, WRITER, "Chuyên viên").await;
        self.writer.press(testids::JOIN_CONFIRM).await;
        self.city.let_into_unit(WRITER, &words, LAND).await;
        self.writer.shown(testids::NAV_QUESTIONS).await;
    }

    /// The city answers for civil status, the department for land, where its head approves.
    async fn say_what_they_answer_for(&self) {
        self.city.go("#/questions/units").await;
        for (unit, field, head) in [(CITY, "Hộ tịch", None), (LAND, "Đất đai", Some(HEAD))] {
            self.city.says(testids::UNIT_ROW, "data-name", unit).await;
            let edit = "const row = document.querySelector(`[data-testid=\"unit-row\"][data-name=\"${arguments[0]}\"]`);
                row?.querySelector('[data-testid=\"unit-edit\"]')?.click(); return !!row";
            assert_eq!(self.city.run(edit, vec![json!(unit)]).await, json!(true));
            self.city.fill(testids::UNIT_FIELDS, field).await;
            if let Some(head) = head {
                self.city.press(testids::UNIT_APPROVAL).await;
                self.city.choose_named(testids::UNIT_HEAD, head).await;
            }
            self.city.press(testids::UNIT_SAVE).await;
            self.city.gone(testids::UNIT_DIALOG).await;
        }
        let known = "document.querySelector(`[data-testid=\"unit-row\"][data-name=\"${arguments[0]}\"]`)?.textContent.includes(arguments[1])";
        for window in [&self.commune, &self.head, &self.writer] {
            window.go("#/questions/units").await;
            window.until("the city's field", known, vec![json!(CITY), json!("Hộ tịch")]).await;
            window.until("who approves", known, vec![json!(LAND), json!(format!("{HEAD} duyệt"))]).await;
        }
    }

    async fn it_is_asked_of_the_wrong_office(&self) -> QuestionId {
        self.commune.go("#/questions/new").await;
        self.commune.fill(testids::ASK_TITLE, TITLE).await;
        self.commune.fill(testids::ASK_FIELD, "Hộ tịch").await;
        self.commune.press(testids::ASK_SEND).await;
        assert_eq!(self.commune.text(testids::QUESTION_TITLE).await, TITLE);
        self.commune.attribute(testids::QUESTION, "data-id").await.parse().unwrap()
    }

    async fn it_is_passed_on_with_its_reason(&self, question: QuestionId) {
        self.city.go("#/questions/my_unit").await;
        self.city.says(testids::QUESTION_ROW, "data-title", TITLE).await;
        self.city.press(testids::QUESTION_ROW).await;
        self.city.press(testids::QUESTION_REASSIGN).await;
        self.city.choose_named(testids::REASSIGN_UNIT, LAND).await;
        self.city.fill(testids::REASSIGN_REASON, WHY_PASSED_ON).await;
        self.city.press(testids::REASSIGN_SEND).await;
        self.city.gone(testids::REASSIGN_DIALOG).await;
        // The department finds it among its own, and why; the asker reads the same.
        self.writer.go("#/questions/my_unit").await;
        self.writer.says(testids::QUESTION_ROW, "data-title", TITLE).await;
        self.writer.press(testids::QUESTION_ROW).await;
        look_at(&self.commune, question).await;
        let passed = "((event) => event?.textContent.includes(arguments[0]) && event.textContent.includes(arguments[1]))
            (document.querySelector('[data-testid=\"question-event\"][data-kind=\"reassigned\"]'))";
        for window in [&self.writer, &self.commune] {
            window.until("to whom and why", passed, vec![json!(LAND), json!(WHY_PASSED_ON)]).await;
        }
    }

    async fn it_is_answered_returned_and_answered_better(&self, question: QuestionId) {
        self.writer.fill(testids::ANSWER_TEXT, FIRST).await;
        self.writer.press(testids::ANSWER_SEND).await;
        self.writer.says(testids::ANSWER, "data-state", "proposed").await;
        // Nobody approves an own answer, and it has not been given yet.
        self.writer.gone(testids::ANSWER_APPROVE).await;
        self.commune.says(testids::QUESTION_STATE, "data-state", "approving").await;
        self.commune.gone(testids::QUESTION_ACCEPT).await;

        self.head.go("#/questions/my_unit").await;
        self.head.says(testids::QUESTION_ROW, "data-title", TITLE).await;
        look_at(&self.head, question).await;
        self.head.reads(testids::ANSWER_SHOWN, FIRST).await;
        // Without a remark nothing is returned.
        let waits = "document.querySelector('[data-testid=\"answer-return\"]')?.disabled === true";
        self.head.until("the remark is asked for", waits, vec![]).await;
        self.head.fill(testids::ANSWER_NOTE, REMARK).await;
        self.head.press(testids::ANSWER_RETURN).await;
        self.head.says(testids::ANSWER, "data-state", "returned").await;

        self.writer.says(testids::ANSWER, "data-state", "returned").await;
        self.writer.reads(testids::QUESTION_EVENT, REMARK).await;
        self.writer.fill(testids::ANSWER_TEXT, BETTER).await;
        self.writer.press(testids::ANSWER_SEND).await;
        self.writer.says(testids::ANSWER, "data-state", "proposed").await;

        self.head.reads(testids::ANSWER_SHOWN, BETTER).await;
        self.head.press(testids::ANSWER_APPROVE).await;
        self.head.says(testids::ANSWER, "data-state", "approved").await;
        self.commune.says(testids::QUESTION_STATE, "data-state", "answered").await;
        self.commune.reads(testids::ANSWER_SHOWN, BETTER).await;
    }

    async fn it_is_shared_and_serves_another_office(&self, question: QuestionId) {
        self.head.press(testids::QUESTION_PUBLISH).await;
        self.head.shown(testids::PUBLISH_DIALOG).await;
        self.head.says(testids::PUBLISH_FOUND, "data-count", "0").await;
        self.head.press(testids::PUBLISH_SEND).await;
        self.head.gone(testids::PUBLISH_DIALOG).await;

        look_at(&self.city, question).await;
        self.city.shown(testids::QUESTION_PUBLISHED).await;
        self.city.press(testids::QUESTION_ASKED_TOO).await;
        self.city.reads(testids::QUESTION, "1 nơi cùng hỏi").await;
        // Once is enough; and whoever asked is not counted beside the question.
        self.city.gone(testids::QUESTION_ASKED_TOO).await;
        self.commune.gone(testids::QUESTION_ASKED_TOO).await;
        self.head.reads(testids::QUESTION, "1 nơi cùng hỏi").await;
        assert_eq!(self.head.query(Question { question }).await.row.same_asked, 1);
    }

    async fn it_is_doubted_and_still_holds(&self, question: QuestionId) {
        self.commune.press(testids::QUESTION_FLAG).await;
        because(&self.commune, DOUBT).await;
        self.head.reads(testids::QUESTION_EVENT, DOUBT).await;
        self.head.shown(testids::QUESTION_REVIEW).await;
        self.head.press(testids::QUESTION_STILL_HOLDS).await;
        for window in [&self.head, &self.commune] {
            window.gone(testids::QUESTION_REVIEW).await;
            window.says(testids::QUESTION_EVENT, "data-kind", "reviewed").await;
        }
        let settled = async {
            while self.commune.query(Question { question }).await.row.needs_review {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(DEADLINE, settled).await.expect("the doubt is over");
    }

    async fn it_is_no_longer_shared(&self) {
        self.head.press(testids::QUESTION_UNPUBLISH).await;
        because(&self.head, WHY_TAKEN_BACK).await;
        for window in [&self.head, &self.city, &self.commune] {
            window.gone(testids::QUESTION_PUBLISHED).await;
            window.reads(testids::QUESTION_EVENT, WHY_TAKEN_BACK).await;
        }
    }
}
