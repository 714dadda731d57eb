//! Inviting people from the window: a list is looked through before anything happens, and somebody comes in by an invitation.

use ui::testids;

use crate::browser::{Browser, Looks};
use crate::person::PASSPHRASE;
use crate::stage::Stage;

const LIST: &str = "Họ và tên;Đơn vị;Chức vụ;Vai trò\nLê Thị Thu Hà;Phòng Tư pháp;Phó phòng;\nTrần An;;;giám đốc\n";

#[tokio::test]
async fn a_list_is_shown_row_by_row_and_somebody_comes_in_by_an_invitation_without_comparing_words() {
    let Some(stage) = Stage::set() else { return };
    let here = stage.serve(&stage.home.path().join("secretary"), None);
    let there = stage.serve(&stage.home.path().join("member"), None);
    let driver = stage.driver();
    let secretary = Browser::open(&driver, "secretary", &here.url, Looks::USUAL).await;
    let member = Browser::open(&driver, "member", &there.url, Looks::USUAL).await;
    secretary.found("Thành phố Huế", "UBND phường An Bình", "Nguyễn Thị Hương", "Văn phòng").await;

    let list = stage.home.path().join("danh-sach.csv");
    std::fs::write(&list, LIST).unwrap();
    secretary.go("#/settings/people").await;
    secretary.shown(testids::ROSTER).await;
    secretary.hand_in(testids::FILE_INPUT, &list).await;
    secretary.says(testids::ROSTER_COUNTS, "data-new", "1").await;
    secretary.says(testids::ROSTER_COUNTS, "data-errors", "1").await;
    secretary.reads(testids::ROSTER_ROW, "Dòng 3, cột 4").await;
    secretary.gone(testids::ROSTER_APPLY).await;

    secretary.fill(testids::INVITE_NAME, "Lê Thị Thu Hà").await;
    secretary.fill(testids::INVITE_UNIT, "Phòng Tư pháp").await;
    secretary.press(testids::INVITE_MAKE).await;
    let invitation = secretary.text(testids::INVITE_TEXT).await;
    assert!(invitation.starts_with("KYHOP1:"), "{invitation}");
    secretary.says(testids::INVITE_LINE, "data-state", "open").await;

    member.press(testids::FIRST_JOIN).await;
    member.press(&format!("{}-invitation", testids::JOIN_WAY)).await;
    member.fill(testids::JOIN_INVITATION, &invitation).await;
    member.fill(testids::PASSPHRASE, PASSPHRASE).await;
    member.fill(testids::PASSPHRASE_AGAIN, PASSPHRASE).await;
    member.press(testids::JOIN_SUBMIT).await;
    member.shown(testids::NAV_TODAY).await;
    secretary.says(testids::INVITE_LINE, "data-state", "used").await;
    secretary.reads(testids::ORGANISATION_PERSON, "Lê Thị Thu Hà").await;
    member.close().await;
    secretary.close().await;
}
