//! The chair's device is gone in the middle of a vote: the deputy takes over on the screen, and the chair takes the lead back.

use domain::vote::Choice;
use serde_json::json;
use ui::testids;

use crate::accessibility::no_serious_finding;
use crate::browser::{Browser, Looks};
use crate::seven::Seven;
use crate::stage::Stage;

const DEPUTY: &str = "Nguyễn Thị Hương";
const QUESTION: &str = "Thông qua kế hoạch trực bão";

#[tokio::test]
async fn the_deputy_brings_a_vote_to_its_end_when_the_chairs_device_is_gone_and_the_chair_takes_the_lead_back() {
    let Some(stage) = Stage::set() else { return };
    let seven = Seven::gather(&stage).await;
    let first = stage.serve(&seven.secretary, Some(&seven.passphrase_file));
    let second = stage.serve(&seven.chair, Some(&seven.passphrase_file));
    let driver = stage.driver();
    let deputy = Browser::open(&driver, "secretary", &first.url, Looks::USUAL).await;
    let chair = Browser::open(&driver, "chair", &second.url, Looks::USUAL).await;
    let address = deputy.address().await;
    seven.dial(&address).await;
    chair.ask("act", json!({ "type": "dial", "address": address })).await;
    seven.check_in(0).await;
    for window in [&deputy, &chair] {
        window.go("#/today").await;
        window.press(testids::TODAY_ENTER).await;
        window.press(testids::CHECK_IN).await;
    }
    chair.says(testids::QUORUM, "data-present", "7").await;

    chair.tab("people").await;
    let option =
        "[...(document.querySelector(arguments[0])?.options ?? [])].find(one => one.textContent.includes(arguments[1]))?.value";
    let pick = format!("[data-testid={}]", testids::DEPUTY_PICK);
    let person = chair.until("the deputy to be", option, vec![json!(pick), json!(DEPUTY)]).await;
    chair.choose(testids::DEPUTY_PICK, person.as_str().unwrap()).await;
    deputy.tab("people").await;
    deputy.says(testids::DEPUTY, "data-name", DEPUTY).await;
    chair.tab("vote").await;
    chair.press(testids::VOTE_OPEN).await;
    chair.fill(testids::VOTE_FORM_QUESTION, QUESTION).await;
    chair.press(testids::VOTE_FORM_OPEN).await;
    deputy.tab("vote").await;
    assert_eq!(deputy.text(testids::VOTE_QUESTION).await, QUESTION);
    seven.vote(0, &[Choice::For, Choice::For, Choice::For, Choice::Against, Choice::For]).await;

    second.end();
    deputy.press(testids::LEAD_TAKE).await;
    no_serious_finding(&deputy, "the question before taking the lead").await;
    deputy.press(testids::CONFIRM_YES).await;
    deputy.says(testids::LEAD_BANNER, "data-mine", "true").await;
    deputy.press(testids::VOTE_FOR).await;
    let all = "document.querySelector('[data-testid=vote-received]')?.textContent === '6 / 7'";
    deputy.until("the ballots of those who are left", all, vec![]).await;
    deputy.press(testids::VOTE_CLOSE).await;
    deputy.press(testids::CONFIRM_YES).await;
    deputy.says(testids::RESULT, "data-final", "true").await;
    assert_eq!(deputy.attribute(testids::RESULT, "data-counted").await, "6");

    let third = stage.serve(&seven.chair, Some(&seven.passphrase_file));
    chair.reopen(&third.url, Looks::USUAL).await;
    chair.ask("act", json!({ "type": "dial", "address": address })).await;
    chair.go("#/today").await;
    chair.press(testids::TODAY_ENTER).await;
    chair.says(testids::LEAD_BANNER, "data-name", DEPUTY).await;
    chair.tab("vote").await;
    chair.says(testids::RESULT, "data-final", "true").await;
    assert_eq!(chair.attribute(testids::RESULT, "data-counted").await, "6", "the same result");
    no_serious_finding(&chair, "the room while the deputy leads").await;
    chair.press(testids::LEAD_TAKE).await;
    chair.press(testids::CONFIRM_YES).await;
    for window in [&chair, &deputy] {
        window.gone(testids::LEAD_BANNER).await;
    }
    deputy.close().await;
    chair.close().await;
    seven.close().await;
}
