//! A secret vote on the screens: the chair declares the tellers elected, opens, everybody casts, the result stands on both windows, and nobody's choice does.

use domain::vote::Choice;
use serde_json::json;
use ui::testids;

use crate::accessibility::no_serious_finding;
use crate::browser::{Browser, Looks};
use crate::seven::Seven;
use crate::stage::Stage;

const QUESTION: &str = "Bãi nhiệm chức danh Trưởng ban";

#[tokio::test]
async fn seven_vote_in_secret_and_no_screen_says_who_chose_what() {
    let Some(stage) = Stage::set() else { return };
    let seven = Seven::gather(&stage).await;
    let first = stage.serve(&seven.secretary, Some(&seven.passphrase_file));
    let second = stage.serve(&seven.chair, Some(&seven.passphrase_file));
    let driver = stage.driver();
    let secretary = Browser::open(&driver, "secretary", &first.url, Looks::USUAL).await;
    let chair = Browser::open(&driver, "chair", &second.url, Looks::USUAL).await;
    let address = secretary.address().await;
    seven.dial(&address).await;
    chair.ask("act", json!({ "type": "dial", "address": address })).await;
    seven.check_in(0).await;
    for window in [&secretary, &chair] {
        window.go("#/today").await;
        window.press(testids::TODAY_ENTER).await;
        window.press(testids::CHECK_IN).await;
    }
    chair.says(testids::QUORUM, "data-present", "7").await;

    chair.tab("vote").await;
    chair.press(testids::VOTE_OPEN).await;
    chair.fill(testids::VOTE_FORM_QUESTION, QUESTION).await;
    chair.press(testids::VOTE_FORM_SECRET).await;
    for name in ["Lê Thị Thu Hà", "Phạm Quốc Bảo", "Hoàng Anh Tuấn"] {
        let tick = "(one => one && (one.checked || one.click(), true))(document.querySelector(`[data-testid=teller-pick][data-name=\"${arguments[0]}\"]`))";
        chair.until(name, tick, vec![json!(name)]).await;
    }
    chair.press(testids::TELLERS_ELECT).await;
    chair.says(testids::TELLERS, "data-stage", "ready").await;
    no_serious_finding(&chair, "the form of a secret vote").await;
    chair.press(testids::VOTE_FORM_OPEN).await;

    secretary.tab("vote").await;
    assert_eq!(secretary.text(testids::VOTE_QUESTION).await, QUESTION);
    let who = secretary.text(testids::SECRET_WHO).await;
    assert!(who.contains("2 trong 3 thành viên ban kiểm phiếu"), "{who}");
    no_serious_finding(&secretary, "a secret ballot").await;
    seven.vote(0, &[Choice::For, Choice::For, Choice::For, Choice::Against, Choice::For]).await;
    for window in [&secretary, &chair] {
        window.press(testids::VOTE_FOR).await;
        window.says(testids::BALLOT_STATE, "data-state", "received_by_chair").await;
        let told = "document.querySelector('[data-testid=ballot-state]').dataset.choice === undefined && \
            document.querySelectorAll('[data-testid^=vote-][aria-pressed=true]').length === 0";
        window.until("the choice is on no screen", told, vec![]).await;
    }
    let all = "document.querySelector('[data-testid=vote-received]')?.textContent === '7 / 7'";
    chair.until("all ballots", all, vec![]).await;
    chair.press(testids::VOTE_CLOSE).await;
    chair.press(testids::CONFIRM_YES).await;

    for window in [&secretary, &chair] {
        window.says(testids::SECRET_PHASE, "data-phase", "counted").await;
        window.says(testids::RESULT, "data-passed", "true").await;
        assert_eq!(window.text(testids::RESULT_FOR).await, "6");
        assert_eq!(window.text(testids::RESULT_AGAINST).await, "1");
        let shown = "document.querySelectorAll('[data-testid=voter]').length === 7 && \
            [...document.querySelectorAll('[data-testid=voter]')].every(row => row.dataset.choice === undefined)";
        window.until("nobody's choice", shown, vec![]).await;
        no_serious_finding(window, "the result of a secret vote").await;
    }
    secretary.close().await;
    chair.close().await;
    seven.close().await;
}
