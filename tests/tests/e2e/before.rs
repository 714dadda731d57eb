//! What is done outside a sitting, on the screens of two devices: members are asked for a written opinion, and a paper is withdrawn.

use serde_json::json;
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::stage::Stage;

const QUESTION: &str = "Thống nhất chủ trương sửa chữa trụ sở?";
const REMARK: &str = "Đề nghị chia làm hai giai đoạn";
const REASON: &str = "Có thông tin cá nhân";

#[tokio::test]
async fn a_member_answers_in_writing_and_a_withdrawn_paper_leaves_both_screens_with_its_reason() {
    let Some(stage) = Stage::set() else { return };
    let (first, second) =
        (stage.serve(&stage.home.path().join("secretary"), None), stage.serve(&stage.home.path().join("member"), None));
    let driver = stage.driver();
    let secretary = Browser::open(&driver, "secretary", &first.url, Looks::USUAL).await;
    let member = Browser::open(&driver, "member", &second.url, Looks::USUAL).await;
    secretary.found("Thành phố Huế", "UBND phường An Bình", "Nguyễn Thị Hương", "Văn phòng").await;
    let words = member.ask_to_join(&secretary.address().await, "Trần Văn Minh", "Ủy viên").await;
    member.press(testids::JOIN_CONFIRM).await;
    secretary.let_in("Trần Văn Minh", &words).await;
    member.shown(testids::NAV_TODAY).await;
    secretary.new_meeting("Phiên họp thường kỳ tháng 11", &[("Kế hoạch trực bão", 20)]).await;
    secretary.press(testids::AGENDA_EDIT).await;
    secretary.press(testids::ITEM_ADD_PAPER).await;
    secretary.hand_in(testids::FILE_INPUT, &stage.paper("ke-hoach-truc-bao.pdf")).await;
    secretary.press(testids::PAPER_SAVE).await;
    secretary.gone(testids::PAPER_DIALOG).await;
    secretary.reads_a_page().await;
    secretary.invite("delegate").await;
    member.press(testids::TODAY_ENTER).await;
    member.press(testids::PAPER_OPEN).await;
    member.reads_a_page().await;

    secretary.press(testids::OPINIONS).await;
    secretary.press(testids::OPINION_NEW).await;
    secretary.fill(testids::OPINION_QUESTION, QUESTION).await;
    secretary.fill(testids::OPINION_DATE, "31/12/2040").await;
    secretary.press(testids::OPINION_ASK).await;
    secretary.says(testids::OPINION_SILENT, "data-count", "2").await;
    member.press(testids::OPINIONS).await;
    member.reads(testids::OPINION_FORM, QUESTION).await;
    // Half an answer stays while another's comes in.
    member.fill(testids::OPINION_REMARK, REMARK).await;
    choose(&secretary, "agree").await;
    secretary.press(testids::OPINION_SEND).await;
    member.says(testids::OPINION_SILENT, "data-count", "1").await;
    choose(&member, "remarks").await;
    member.press(testids::OPINION_SEND).await;
    for device in [&secretary, &member] {
        device.says(testids::OPINION_SILENT, "data-count", "0").await;
        device.reads(testids::OPINION_ROW, REMARK).await;
        device.says(testids::OPINION_ROW, "data-opinion", "remarks").await;
        device.press(testids::DIALOG_CLOSE).await;
    }

    secretary.press(testids::PAPER_WITHDRAW).await;
    secretary.fill(testids::PAPER_WITHDRAW_REASON, REASON).await;
    secretary.press(testids::PAPER_WITHDRAW_SAVE).await;
    secretary.gone(testids::PAPER_WITHDRAW_DIALOG).await;
    for device in [&secretary, &member] {
        device.reads(testids::PAPER_WITHDRAWN, REASON).await;
        device.gone(testids::PAGE_PICTURE).await;
    }
    secretary.says(testids::PAPER_WITHDRAWN, "data-gone", "2").await;
    secretary.gone(testids::PAPER_WITHDRAW).await;
    member.close().await;
    secretary.close().await;
}

/// Chooses one of the three opinions.
async fn choose(device: &Browser, opinion: &str) {
    let css = format!("[data-testid=opinion-{opinion}]");
    device.until("the choice", "document.querySelector(arguments[0]) !== null", vec![json!(css)]).await;
    device.run("document.querySelector(arguments[0]).click()", vec![json!(css)]).await;
}
