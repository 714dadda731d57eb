//! The rules of votes in Settings: others are made from those of the program, and a vote keeps what it was opened under.

use api::act::{OpenVote, TryDemo};
use api::query::{MeetingList, Vote};
use api::rules::RuleBook;
use domain::id::VoteId;
use domain::vote::Share;
use serde_json::json;
use ui::route::{Route, SettingsPage};
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::person::PASSPHRASE;
use crate::stage::Stage;

/// How many rows there are that the program does not own.
const OWN: &str = "document.querySelectorAll('[data-testid=rule-row][data-built-in=false]').length === arguments[0]";

#[tokio::test]
async fn rules_are_made_from_others_changed_and_taken_away_and_an_open_vote_keeps_its_own() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let window = Browser::open(&driver, "chair", &server.url, Looks::USUAL).await;
    window.shown(testids::FIRST_RUN).await;
    window.act(TryDemo { passphrase: PASSPHRASE.into() }).await;
    window.shown(testids::NAV_TODAY).await;
    window.go(&Route::Settings(SettingsPage::Rules).fragment()).await;
    window.shown(testids::RULE_ROW).await;
    window.until("none is the organisation's own", OWN, vec![json!(0)]).await;
    window.gone(testids::RULE_EDIT).await;

    // An id that cannot be one is refused in words; nothing that was typed is lost.
    window.press_nth(testids::RULE_COPY, 0).await;
    window.shown(testids::RULE_DIALOG).await;
    window.fill(testids::RULE_ID, "Tổ dân phố").await;
    window.fill(testids::RULE_NAME, "Tổ dân phố: quá nửa").await;
    window.fill(testids::RULE_LEGAL_BASIS, "Quy ước của tổ dân phố").await;
    window.press(testids::RULE_SAVE).await;
    window.says(testids::ERROR, "data-code", "text_characters").await;
    window.fill(testids::RULE_ID, "to-dan-pho").await;
    window.choose(testids::RULE_THRESHOLD, "half").await;
    window.press(testids::RULE_SAVE).await;
    window.until("the new rules are in the list", OWN, vec![json!(1)]).await;

    let meeting = window.query(MeetingList {}).await[0].meeting;
    let (question, profile) = ("Thông qua?".to_owned(), "to-dan-pho".to_owned());
    let vote: VoteId = window.act(OpenVote { meeting, item: None, question, profile, secret: None, form: None }).await;
    window.press(testids::RULE_EDIT).await;
    window.choose(testids::RULE_THRESHOLD, "all").await;
    window.press(testids::RULE_SAVE).await;
    window.gone(testids::RULE_DIALOG).await;
    let book = window.query(RuleBook {}).await;
    let own = book.rules.iter().find(|row| !row.built_in).unwrap();
    assert_eq!((own.profile.threshold, own.profile.id.as_str()), (Share::All, "to-dan-pho"));
    let opened = window.query(Vote { vote }).await.profile;
    assert_eq!((opened.threshold, opened.legal_basis.as_str()), (Share::Half, "Quy ước của tổ dân phố"));

    window.press(testids::RULE_REMOVE).await;
    window.press(testids::CONFIRM_YES).await;
    window.until("they are gone", OWN, vec![json!(0)]).await;
    window.close().await;
}
