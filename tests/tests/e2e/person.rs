//! What people do on the screens, in their own steps.

use serde_json::json;
use ui::testids;

use crate::browser::Browser;

/// The passphrase of every profile of a test.
pub const PASSPHRASE: &str = "mật khẩu đủ dài";

impl Browser {
    /// First run: a new organisation with this person as its first.
    pub async fn found(&self, organisation: &str, unit: &str, name: &str, title: &str) {
        self.press(testids::FIRST_CREATE).await;
        self.fill(testids::CREATE_ORGANISATION, organisation).await;
        self.fill(testids::CREATE_UNIT, unit).await;
        self.fill(testids::PERSON_NAME, name).await;
        self.fill(testids::PERSON_TITLE, title).await;
        self.fill(testids::PASSPHRASE, PASSPHRASE).await;
        self.fill(testids::PASSPHRASE_AGAIN, PASSPHRASE).await;
        self.press(testids::CREATE_SUBMIT).await;
        self.shown(testids::NAV_TODAY).await;
    }

    /// Where other devices reach this one.
    pub async fn address(&self) -> String {
        self.go("#/settings/sync").await;
        self.text(testids::SYNC_ADDRESS).await
    }

    /// First run: asks the device at an address to be let in; returns the six words.
    pub async fn ask_to_join(&self, address: &str, name: &str, title: &str) -> String {
        self.press(testids::FIRST_JOIN).await;
        self.press(&format!("{}-address", testids::JOIN_WAY)).await;
        self.fill(testids::JOIN_ADDRESS, address).await;
        self.fill(testids::PERSON_NAME, name).await;
        self.fill(testids::PERSON_TITLE, title).await;
        self.fill(testids::PASSPHRASE, PASSPHRASE).await;
        self.fill(testids::PASSPHRASE_AGAIN, PASSPHRASE).await;
        self.press(testids::JOIN_SUBMIT).await;
        self.shown(testids::JOIN_CONFIRM).await;
        self.attribute(testids::WORDS, "data-words").await
    }

    /// Lets the one device in that asks, if it shows these words.
    pub async fn let_in(&self, name: &str, words: &str) {
        self.go("#/settings/devices").await;
        self.says(testids::REQUEST, "data-name", name).await;
        assert_eq!(self.attribute(testids::WORDS, "data-words").await, words);
        self.press(testids::REQUEST_COMPARED).await;
        self.press(testids::REQUEST_APPROVE).await;
        self.gone(testids::REQUEST).await;
    }

    /// The same, into a unit that does not exist yet.
    pub async fn let_into_new_unit(&self, name: &str, words: &str, unit: &str) {
        self.go("#/settings/devices").await;
        self.says(testids::REQUEST, "data-name", name).await;
        assert_eq!(self.attribute(testids::WORDS, "data-words").await, words);
        self.press(testids::REQUEST_COMPARED).await;
        self.choose(testids::REQUEST_UNIT, "new").await;
        self.fill(testids::REQUEST_UNIT_NAME, unit).await;
        self.press(testids::REQUEST_APPROVE).await;
        self.gone(testids::REQUEST).await;
    }

    /// The same, into a unit that is there.
    pub async fn let_into_unit(&self, name: &str, words: &str, unit: &str) {
        self.go("#/settings/devices").await;
        self.says(testids::REQUEST, "data-name", name).await;
        assert_eq!(self.attribute(testids::WORDS, "data-words").await, words);
        self.press(testids::REQUEST_COMPARED).await;
        self.choose_named(testids::REQUEST_UNIT, unit).await;
        self.press(testids::REQUEST_APPROVE).await;
        self.gone(testids::REQUEST).await;
    }

    /// Chooses the option of a select that has these words.
    pub async fn choose_named(&self, testid: &str, words: &str) {
        let value = "[...document.querySelectorAll(`[data-testid=\"${arguments[0]}\"] option`)]
            .find((one) => one.textContent.includes(arguments[1]))?.value";
        let value = self.until(&format!("{words} in {testid}"), value, vec![json!(testid), json!(words)]).await;
        self.choose(testid, value.as_str().unwrap()).await;
    }

    /// A new meeting with these items, each with its length in minutes.
    pub async fn new_meeting(&self, title: &str, items: &[(&str, u32)]) {
        self.go("#/meetings/new").await;
        self.fill(testids::MEETING_TITLE, title).await;
        self.fill(testids::MEETING_PLACE, "Phòng họp số 1").await;
        for (at, (item, minutes)) in items.iter().enumerate() {
            self.fill_nth(testids::ITEM_TITLE, at, item).await;
            self.fill_nth(testids::ITEM_MINUTES, at, &minutes.to_string()).await;
        }
        self.press(testids::MEETING_CREATE).await;
        self.shown(testids::ROOM_TITLE).await;
    }

    /// Invites the only one who is not invited yet.
    pub async fn invite(&self, role: &str) {
        self.press(testids::INVITE).await;
        self.choose(testids::CANDIDATE_ROLE, role).await;
        self.press(testids::CANDIDATE_INVITE).await;
        self.gone(testids::CANDIDATE).await;
        self.press(testids::DIALOG_CLOSE).await;
    }

    /// Brings a tab of the room to the front.
    pub async fn tab(&self, name: &str) {
        self.press(&format!("room-{name}")).await;
    }

    /// A picture of a page has come and has a size.
    pub async fn reads_a_page(&self) {
        let expression = "[...document.querySelectorAll(`[data-testid=\"${arguments[0]}\"]`)].some((one) => one.complete && one.naturalWidth > 0)";
        self.until("a page", expression, vec![json!(testids::PAGE_PICTURE)]).await;
    }
}
