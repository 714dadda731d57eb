//! How somebody comes in: the language, an organisation with nothing in it yet, answers that are late or do not come, the passphrase
//! at the next start, the demonstration.

use std::path::Path;

use domain::id::SpaceId;
use serde_json::json;
use ui::route::{Route, SettingsPage};
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::person::PASSPHRASE;
use crate::stage::{Driver, Server, Stage};

const NAME: &str = "Nguyễn Thị Hương";

#[tokio::test]
async fn a_new_organisation_says_what_is_empty_what_is_late_what_failed_and_opens_again_with_its_passphrase_only() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let profile = stage.home.path().join("profile");
    let keyring = stage.keyring();
    // Where there is no keyring to start, that of whoever runs the tests is not touched either.
    let environment =
        keyring.as_ref().map_or([("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")], |keyring| keyring.environment());
    let server = stage.serve_in(&profile, None, &environment);
    let window = Browser::open(&driver, "newcomer", &server.url, Looks::USUAL).await;
    both_languages(&window, testids::FIRST_CREATE, "Tạo tổ chức mới", "Create an organisation").await;
    window.found("Thành phố Huế", "UBND phường An Bình", NAME, "Văn phòng").await;

    for (place, words) in EMPTY {
        window.go(place).await;
        window.reads(testids::EMPTY, words).await;
    }
    what_is_late_is_on_its_way(&window, &server).await;
    what_failed_can_be_tried_again(&window).await;
    the_settings_switch_the_language_for_good(&window).await;

    server.end();
    let server = stage.serve_in(&profile, None, &environment);
    window.reopen(&server.url, Looks::USUAL).await;
    both_languages(&window, testids::UNLOCK, "Mở hồ sơ", "Open the profile").await;
    window.fill(testids::UNLOCK_PASSPHRASE, "mật khẩu của ai đó").await;
    window.press(testids::UNLOCK_OPEN).await;
    window.says(testids::ERROR, "data-code", "wrong_passphrase").await;
    window.reads(testids::ERROR, "Mật khẩu không đúng").await;
    window.fill(testids::UNLOCK_PASSPHRASE, PASSPHRASE).await;
    if keyring.is_some() {
        window.press(testids::UNLOCK_REMEMBER).await;
    }
    window.press(testids::UNLOCK_OPEN).await;
    window.reads(testids::ME_NAME, NAME).await;
    window.close().await;
    server.end();
    let opened = stage.kyhop(&profile, &["identity"], &environment);
    let said = String::from_utf8_lossy(&opened.stdout);
    assert_eq!(opened.status.success(), keyring.is_some(), "without the passphrase it opens if that was remembered: {said}");
    assert_eq!(said.contains(NAME), keyring.is_some(), "{said}");
    what_was_remembered_is_forgotten(&stage, &driver, &profile, &environment, keyring.is_some()).await;
}

/// A button of the settings takes back that the profile opens without its passphrase; without a keyring it says that there is none.
async fn what_was_remembered_is_forgotten(
    stage: &Stage,
    driver: &Driver,
    profile: &Path,
    environment: &[(&str, &str)],
    keyring: bool,
) {
    let server = stage.serve_in(profile, None, environment);
    let window = Browser::open(driver, "forgetting", &server.url, Looks::USUAL).await;
    window.fill(testids::UNLOCK_PASSPHRASE, PASSPHRASE).await;
    window.press(testids::UNLOCK_OPEN).await;
    window.shown(testids::NAV_TODAY).await;
    window.go(&Route::Settings(SettingsPage::Identity).fragment()).await;
    window.press(testids::FORGET_KEY).await;
    if keyring {
        window.reads(testids::TOAST, "Đã quên").await;
    } else {
        window.says(testids::ERROR, "data-code", "keyring_unavailable").await;
    }
    window.close().await;
    server.end();
    assert!(!stage.kyhop(profile, &["identity"], environment).status.success(), "the passphrase is asked for again");
}

/// A choice in the settings changes all labels at once, and is still there when the window is loaded again.
async fn the_settings_switch_the_language_for_good(window: &Browser) {
    let place = Route::Settings(SettingsPage::Appearance).fragment();
    for (code, label, title) in [("en", "Two-level handbook", "Appearance"), ("vi", "Sổ tay 2 cấp", "Hiển thị")] {
        let radio = format!("{}-{code}", testids::LANGUAGE);
        let tab = format!("settings-{}", SettingsPage::Appearance.slug());
        window.go(&place).await;
        window.press(&radio).await;
        for again in [false, true] {
            if again {
                window.reload().await;
            }
            window.reads(testids::NAV_HANDBOOK, label).await;
            window.reads(&tab, title).await;
            let chosen = "document.querySelector(arguments[0])?.checked && document.documentElement.lang === arguments[1]";
            window.until("it is the chosen one", chosen, vec![json!(format!("[data-testid={radio}]")), json!(code)]).await;
        }
    }
}

/// What each screen says while there is nothing on it.
const EMPTY: [(&str, &str); 7] = [
    ("#/today", "Chưa có cuộc họp nào"),
    ("#/meetings", "Chưa có cuộc họp nào"),
    ("#/handbook", "Sổ tay chưa có nội dung"),
    ("#/handbook", "Gõ để tìm"),
    ("#/questions/all", "Chưa có câu hỏi nào"),
    ("#/questions/mine", "Chưa có câu hỏi nào"),
    ("#/questions/my_unit", "Chưa có câu hỏi nào"),
];

/// The window speaks both languages at a press, and Vietnamese again.
async fn both_languages(window: &Browser, testid: &str, vietnamese: &str, english: &str) {
    window.reads(testid, vietnamese).await;
    window.press(&format!("{}-en", testids::LANGUAGE)).await;
    window.reads(testid, english).await;
    window.until("the page says so too", "document.documentElement.lang === 'en'", vec![]).await;
    window.press(&format!("{}-vi", testids::LANGUAGE)).await;
    window.reads(testid, vietnamese).await;
    window.until("the page says so too", "document.documentElement.lang === 'vi'", vec![]).await;
}

/// While the answer does not come, the screen says that it is on its way; then it shows it.
async fn what_is_late_is_on_its_way(window: &Browser, server: &Server) {
    window.go("#/today").await;
    window.shown(testids::MEETING_NEW).await;
    server.freeze();
    window.go("#/meetings").await;
    let loading = "[...document.querySelectorAll('main .loading')].some((one) => one.checkVisibility()
        && getComputedStyle(one).opacity === '1' && one.textContent.includes('Đang tải'))";
    window.until("it is on its way", loading, vec![]).await;
    server.thaw();
    window.reads(testids::EMPTY, "Chưa có cuộc họp nào").await;
    window.until("it has come", "document.querySelector('main .loading') === null", vec![]).await;
}

/// Where there is nothing for this person, and where nobody answers, the screen says which it is and offers to try again.
async fn what_failed_can_be_tried_again(window: &Browser) {
    window.go(&Route::Room { meeting: SpaceId([7; 16]), paper: None }.fragment()).await;
    window.says(testids::ERROR, "data-code", "not_found").await;
    window.reads(testids::ERROR, "Không tìm thấy, hoặc bạn không có quyền xem.").await;
    window.press(testids::RETRY).await;
    window.says(testids::ERROR, "data-code", "not_found").await;

    window.cut_off(true).await;
    window.go("#/meetings").await;
    window.says(testids::ERROR, "data-code", "backend_unreachable").await;
    window.press(testids::RETRY).await;
    window.says(testids::ERROR, "data-code", "backend_unreachable").await;
    window.cut_off(false).await;
    // The window may have found its way back by itself, and the button gone with the error.
    window.run("document.querySelector('[data-testid=retry]')?.click()", vec![]).await;
    window.reads(testids::EMPTY, "Chưa có cuộc họp nào").await;
    window.gone(testids::ERROR).await;
}

#[tokio::test]
async fn the_demonstration_is_one_button_on_the_first_screen_and_leads_into_its_sitting() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let window = Browser::open(&driver, "curious", &server.url, Looks::USUAL).await;
    window.press(testids::FIRST_DEMO).await;
    window.fill(testids::PASSPHRASE, PASSPHRASE).await;
    window.fill(testids::PASSPHRASE_AGAIN, "mật khẩu khác hẳn").await;
    window.press(testids::DEMO_SUBMIT).await;
    window.says(testids::ERROR, "data-code", "passphrase_mismatch").await;
    window.fill(testids::PASSPHRASE_AGAIN, PASSPHRASE).await;
    window.press(testids::DEMO_SUBMIT).await;
    window.press(testids::TODAY_ENTER).await;
    window.reads(testids::ROOM_TITLE, "Phiên họp thường kỳ tháng 11").await;
    window.until("its agenda", "document.querySelectorAll('[data-testid=agenda-item]').length === 3", vec![]).await;
    window.press(testids::PAPER_OPEN).await;
    window.reads_a_page().await;
    window.close().await;
}
