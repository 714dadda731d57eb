//! An open vote with a form on the screen: the chair describes the ballot, marks it while other things happen in the room, closes, sees bars.

use api::act::{CloseVote, OpenVote, TryDemo};
use api::query::{MeetingList, RuleProfiles};
use domain::id::VoteId;
use serde_json::json;
use ui::route::Route;
use ui::testids;

use crate::accessibility::no_serious_finding;
use crate::browser::{Browser, Looks};
use crate::person::PASSPHRASE;
use crate::stage::Stage;

const QUESTION: &str = "Chọn hai công trình khởi công trước";
/// Of the vote with this id it is known that it is closed, and the first place is marked as it was.
const STILL_MARKED: &str =
    "document.querySelector(`[data-testid=vote][data-vote=\"${arguments[0]}\"]:not([data-state=open])`) !== null &&
    document.querySelector('[data-testid=secret-mark][data-place=\"0\"]').getAttribute('aria-pressed') === 'true'";
/// The votes of a place in the result.
const VOTES: &str = "document.querySelector(`[data-testid=vote-marked] [data-testid=secret-total][data-place=\"${arguments[0]}\"]`)?.dataset.votes === arguments[1]";

#[tokio::test]
async fn a_choice_of_two_of_three_is_described_marked_undisturbed_and_shown_in_bars() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let window = Browser::open(&driver, "chair", &server.url, Looks::USUAL).await;
    window.shown(testids::FIRST_RUN).await;
    window.act(TryDemo { passphrase: PASSPHRASE.into() }).await;
    window.shown(testids::NAV_TODAY).await;
    let meeting = window.query(MeetingList {}).await[0].meeting;
    window.go(&Route::Room { meeting, paper: None }.fragment()).await;
    window.tab("vote").await;

    window.press(testids::VOTE_OPEN).await;
    window.fill(testids::VOTE_FORM_QUESTION, QUESTION).await;
    window.choose(testids::VOTE_FORM_KIND, "election").await;
    window.fill(testids::VOTE_FORM_OPTIONS, "Nhà văn hóa\nTrường mầm non\nĐường liên thôn").await;
    window.fill(testids::VOTE_FORM_MOST, "2").await;
    no_serious_finding(&window, "the form of a vote with options").await;
    window.press(testids::VOTE_FORM_OPEN).await;
    window.reads(testids::VOTE_QUESTION, QUESTION).await;

    // Half of the ballot is marked; another vote comes and goes meanwhile.
    window.press_nth(testids::SECRET_MARK, 0).await;
    let profile = window.query(RuleProfiles {}).await.swap_remove(0).id;
    let question = "Nghỉ giải lao?".to_owned();
    let other: VoteId = window.act(OpenVote { meeting, item: None, question, profile, secret: None, form: None }).await;
    window.act(CloseVote { vote: other }).await;
    window.until("the room has changed and the mark has not", STILL_MARKED, vec![json!(other.to_string())]).await;

    window.press_nth(testids::SECRET_MARK, 2).await;
    no_serious_finding(&window, "a ballot with options").await;
    window.press(testids::SECRET_CAST).await;
    window.reads(testids::BALLOT_STATE, "Nhà văn hóa; Đường liên thôn").await;
    window.press(testids::VOTE_CLOSE).await;
    window.press(testids::CONFIRM_YES).await;
    window.says(testids::VOTE_MARKED, "data-counted", "1").await;
    for (place, votes) in [("0", "1"), ("1", "0"), ("2", "1")] {
        window.until("the votes of a place", VOTES, vec![json!(place), json!(votes)]).await;
    }
    no_serious_finding(&window, "the result of a vote with options").await;
    window.close().await;
}
