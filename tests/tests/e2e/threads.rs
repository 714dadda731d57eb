//! What happens to a question after it was asked, by the buttons of its screen: a file, a call to somebody, an answer with its article, stars,
//! the handbook's next article; and the same asked again.

use api::question::Question;
use api::search::SimilarQuestions;
use domain::id::QuestionId;
use serde_json::json;
use ui::route::{QuestionPlace, Route};
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::handbook::office;
use crate::stage::{DEADLINE, LOOK_EVERY, Stage};

const ARTICLE: &str = r#"{"id": "tt-luu-dong", "kind": "procedure", "title": "Đăng ký khai sinh lưu động", "source": "Thủ tục cấp xã", "field": "Hộ tịch", "text": "Công chức đến tận nơi đăng ký khai sinh."}"#;
const ARTICLE_ID: &str = "so-tay-phuong:tt-luu-dong";
const FILE: &str = "to-trinh-ho-tro-ngap.pdf";
/// Who founded the office.
const CLERK: &str = "Nguyễn Thị Hương";
const ASKED: &str = "Thôn bị ngập thì đăng ký khai sinh ở đâu?";
const AGAIN: &str = "Đăng ký khai sinh ở đâu khi thôn bị ngập?";
const ANSWERED: &str = "Công chức hộ tịch đến tận nơi.";
const COMMENT: &str = "Hai thôn cùng hỏi việc này.";

#[tokio::test]
async fn a_question_carries_a_file_calls_somebody_cites_is_rated_becomes_an_article_and_answers_the_next_one() {
    let Some(stage) = Stage::set() else { return };
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let driver = stage.driver();
    let window = Browser::open(&driver, "thread", &server.url, Looks::USUAL).await;
    office(&stage, &window, &[ARTICLE], 0).await;

    let first = an_urgent_one_with_a_file(&stage, &window).await;
    somebody_is_called(&window).await;
    it_is_followed_by_choice(&window, first).await;
    it_is_answered_with_its_article(&window).await;
    it_is_taken_and_rated(&window, first).await;
    it_becomes_an_article(&window, first).await;
    let second = the_same_is_found_while_it_is_asked_again(&window, first).await;
    the_answer_stands_in_one_place(&window, first, second).await;
    the_list_is_narrowed(&window).await;
    window.close().await;
}

/// Sends what stands in the form.
async fn sent(window: &Browser, title: &str) -> QuestionId {
    window.press(testids::ASK_SEND).await;
    let shown = "document.querySelector('[data-testid=\"question-title\"]')?.textContent.trim() === arguments[0]
        && document.querySelector('[data-testid=\"question\"]')?.dataset.id";
    window.until(title, shown, vec![json!(title)]).await.as_str().unwrap().parse().unwrap()
}

/// Shows a question.
async fn look_at(window: &Browser, question: QuestionId) {
    window.go(&Route::Questions(QuestionPlace::Thread(question)).fragment()).await;
    window.says(testids::QUESTION, "data-id", &question.to_string()).await;
}

async fn an_urgent_one_with_a_file(stage: &Stage, window: &Browser) -> QuestionId {
    window.go("#/questions/new").await;
    window.fill(testids::ASK_TITLE, ASKED).await;
    window.fill(testids::ASK_FIELD, "Hộ tịch").await;
    window.choose(testids::ASK_URGENCY, "urgent").await;
    window.hand_in(testids::FILE_INPUT, &stage.paper(FILE)).await;
    window.reads(testids::ASK_FORM, FILE).await;
    let first = sent(window, ASKED).await;
    window.reads(testids::QUESTION, FILE).await;
    let urgent = "document.querySelector('[data-testid=\"question\"] [data-urgency]')?.dataset.urgency === 'urgent'";
    window.until("it is urgent", urgent, vec![]).await;
    first
}

async fn somebody_is_called(window: &Browser) {
    window.fill(testids::COMMENT_TEXT, COMMENT).await;
    let person = "[...document.querySelectorAll('[data-testid=\"comment-call\"] option')]
        .find((one) => one.textContent.startsWith(arguments[0]))?.value";
    let person = window.until(CLERK, person, vec![json!(CLERK)]).await;
    window.choose(testids::COMMENT_CALL, person.as_str().unwrap()).await;
    window.press(testids::COMMENT_SEND).await;
    let said = "[...document.querySelectorAll('[data-testid=\"question-event\"][data-kind=\"commented\"]')]
        .some((one) => one.textContent.includes(arguments[0]) && one.querySelector('small.num').textContent.includes(arguments[1]))";
    window.until("the comment and who is called", said, vec![json!(COMMENT), json!(format!("nhắc {CLERK}"))]).await;
}

/// Who asks follows; the button lets go and takes up again.
async fn it_is_followed_by_choice(window: &Browser, question: QuestionId) {
    for follows in [false, true] {
        window.press(testids::QUESTION_FOLLOW).await;
        let told = async {
            while window.query(Question { question }).await.row.following != follows {
                tokio::time::sleep(LOOK_EVERY).await;
            }
        };
        tokio::time::timeout(DEADLINE, told).await.expect("the choice is kept");
        // The next press does what the button says.
        window.reads(testids::QUESTION_FOLLOW, if follows { "Đang theo dõi" } else { "Theo dõi" }).await;
    }
}

async fn it_is_answered_with_its_article(window: &Browser) {
    window.fill(testids::ANSWER_TEXT, ANSWERED).await;
    window.press(testids::ANSWER_CITE).await;
    window.fill(testids::PICKER_TEXT, "khai sinh lưu động").await;
    window.answered(testids::PICKER_TEXT, "khai sinh lưu động").await;
    assert_eq!(window.found_ids().await.first().map(String::as_str), Some(ARTICLE_ID));
    window.press(testids::SEARCH_HIT).await;
    window.shown(testids::ANSWER_CITED).await;
    window.press(testids::ANSWER_SEND).await;
    window.says(testids::ANSWER, "data-state", "approved").await;
    window.says(testids::CITATION, "data-review", "false").await;
    window.reads(testids::CITATION, "Đăng ký khai sinh lưu động").await;
}

async fn it_is_taken_and_rated(window: &Browser, question: QuestionId) {
    window.press(testids::QUESTION_ACCEPT).await;
    window.says(testids::QUESTION_STATE, "data-state", "accepted").await;
    // The star is a radio button below its picture.
    window.run("document.querySelector(`[data-testid=\"${arguments[0]}-4\"]`).click()", vec![json!(testids::RATE)]).await;
    window.says(testids::QUESTION_EVENT, "data-kind", "rated").await;
    assert_eq!(window.query(Question { question }).await.stars, Some(4));
}

async fn it_becomes_an_article(window: &Browser, question: QuestionId) {
    window.press(testids::QUESTION_MAKE_ARTICLE).await;
    window.shown(testids::DRAFT_TITLE).await;
    let draft = window.query(Question { question }).await.draft.expect("the draft that was made of it");
    look_at(window, question).await;
    window.says(testids::QUESTION_EVENT, "data-kind", "made_article").await;
    let leads = "[...document.querySelectorAll('[data-testid=\"question\"] a')].some((one) => one.hash.endsWith(arguments[0]))";
    window.until("the way to the draft", leads, vec![json!(draft.to_string())]).await;
}

async fn the_same_is_found_while_it_is_asked_again(window: &Browser, first: QuestionId) -> QuestionId {
    let indexed = async {
        loop {
            let query = SimilarQuestions { text: AGAIN.to_owned(), except: None, limit: 5, sequence: 0 };
            if window.query(query).await.questions.iter().any(|hit| hit.id == first.to_string()) {
                return;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    tokio::time::timeout(DEADLINE, indexed).await.expect("what was answered can be found");
    window.go("#/questions/new").await;
    window.fill(testids::ASK_TITLE, AGAIN).await;
    window.says(testids::SIMILAR_QUESTION, "data-id", &first.to_string()).await;
    window.fill(testids::ASK_FIELD, "Hộ tịch").await;
    sent(window, AGAIN).await
}

async fn the_answer_stands_in_one_place(window: &Browser, first: QuestionId, second: QuestionId) {
    look_at(window, second).await;
    window.press(testids::QUESTION_LINK).await;
    window.fill(testids::LINK_TEXT, "thôn bị ngập").await;
    window.answered(testids::LINK_TEXT, "thôn bị ngập").await;
    let pick = "const hit = document.querySelector(`[data-testid=\"link-dialog\"] [data-testid=\"search-hit\"][data-id=\"${arguments[0]}\"]`);
        hit?.click(); return !!hit";
    assert_eq!(window.run(pick, vec![json!(first.to_string())]).await, json!(true), "the answered one is offered");
    window.gone(testids::LINK_DIALOG).await;
    window.reads(testids::QUESTION_CANONICAL, ASKED).await;
    assert_eq!(window.query(Question { question: first }).await.row.same_asked, 1, "it is counted where the answer stands");
}

async fn the_list_is_narrowed(window: &Browser) {
    window.go("#/questions/all").await;
    let titles = "[...document.querySelectorAll('[data-testid=\"question-row\"]')].map((one) => one.dataset.title).sort().join('|') === arguments[0]";
    // By code points, as the script sorts them.
    let both = format!("{ASKED}|{AGAIN}");
    window.until("both", titles, vec![json!(both)]).await;
    for (state, rows) in [("accepted", ASKED), ("duplicate", AGAIN), ("", both.as_str())] {
        window.choose(testids::QUESTION_FILTER_STATE, state).await;
        window.until(&format!("those that are {state}"), titles, vec![json!(rows)]).await;
    }
    window.press(testids::QUESTION_FILTER_OVERDUE).await;
    window.gone(testids::QUESTION_ROW).await;
    window.press(testids::QUESTION_FILTER_OVERDUE).await;
    window.shown(testids::QUESTION_ROW).await;
}
