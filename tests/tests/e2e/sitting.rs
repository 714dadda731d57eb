//! The main job on two devices, all of it on the screens.

use serde_json::json;
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::stage::Stage;

const QUESTION: &str = "Thông qua mức hỗ trợ 3.000.000 đồng mỗi hộ";
const ITEMS: [(&str, u32); 3] =
    [("Báo cáo kinh tế – xã hội tháng 11", 25), ("Kế hoạch trực bão", 20), ("Dự thảo quyết định hỗ trợ hộ dân vùng ngập", 35)];

#[tokio::test]
async fn a_meeting_is_created_and_its_vote_shows_the_same_result_with_its_rules_on_the_second_device() {
    let Some(stage) = Stage::set() else { return };
    let (first, second) =
        (stage.serve(&stage.home.path().join("secretary"), None), stage.serve(&stage.home.path().join("chair"), None));
    let driver = stage.driver();
    let secretary = Browser::open(&driver, "secretary", &first.url, Looks::USUAL).await;
    let chair = Browser::open(&driver, "chair", &second.url, Looks::USUAL).await;

    secretary.found("Thành phố Huế", "UBND phường An Bình", "Nguyễn Thị Hương", "Văn phòng").await;
    let address = secretary.address().await;
    let words = chair.ask_to_join(&address, "Trần Văn Minh", "Chủ tịch").await;
    assert_eq!(words.split_whitespace().count(), 6);
    chair.press(testids::JOIN_CONFIRM).await;
    secretary.let_in("Trần Văn Minh", &words).await;
    chair.shown(testids::NAV_TODAY).await;

    secretary.new_meeting("Phiên họp thường kỳ tháng 11", &ITEMS).await;
    agenda_in_its_final_order(&secretary).await;
    paper(&secretary, &stage).await;
    secretary.invite("chair").await;

    chair.press(testids::TODAY_ENTER).await;
    chair.press(testids::CHECK_IN).await;
    secretary.press(testids::CHECK_IN).await;
    chair.says(testids::QUORUM, "data-present", "2").await;
    secretary.says(testids::QUORUM, "data-present", "2").await;
    seats_of_the_room(&secretary, &chair).await;
    chair.press(testids::PAPER_OPEN).await;
    chair.reads_a_page().await;

    chair.tab("vote").await;
    chair.press(testids::VOTE_OPEN).await;
    chair.fill(testids::VOTE_FORM_QUESTION, QUESTION).await;
    chair.press(testids::VOTE_FORM_OPEN).await;
    assert_eq!(secretary.text(testids::VOTE_QUESTION).await, QUESTION);
    secretary.press(testids::VOTE_FOR).await;
    secretary.says(testids::BALLOT_STATE, "data-state", "received_by_chair").await;
    chair.press(testids::VOTE_FOR).await;
    chair.says(testids::BALLOT_STATE, "data-choice", "for").await;
    chair
        .until(
            "both ballots",
            "document.querySelector(arguments[0])?.textContent === '2 / 2'",
            vec![json!("[data-testid=vote-received]")],
        )
        .await;
    chair.press(testids::VOTE_CLOSE).await;
    chair.press(testids::CONFIRM_YES).await;

    for device in [&secretary, &chair] {
        device.says(testids::RESULT, "data-final", "true").await;
        assert_eq!(device.attribute(testids::RESULT, "data-passed").await, "true");
        assert_eq!(device.attribute(testids::RESULT, "data-counted").await, "2");
        assert_eq!(device.text(testids::RESULT_FOR).await, "2");
        assert!(device.text(testids::VOTE_RULES).await.contains("2/2"), "the threshold in words");
        device.shown(testids::VOTE_BASIS).await;
        assert!(device.text(testids::VOTE_BASIS).await.contains("Luật Tổ chức chính quyền địa phương"));
    }
    // In English too, with the name of the law as it is called.
    chair.look(Looks { language: "en", ..Looks::USUAL }).await;
    chair.tab("vote").await;
    chair.reads(testids::VOTE_BASIS, "Law on the Organisation of Local Government 2015").await;
    chair.reads(testids::VOTE_BASIS, "(Luật Tổ chức chính quyền địa phương năm 2015, Điều ").await;
    chair.reads(testids::VOTE_RULES_NAME, "People's ").await;
    secretary.close().await;
    chair.close().await;
}

/// The secretary draws the room and seats both; the chair sees it, and walks over it by the keyboard.
async fn seats_of_the_room(secretary: &Browser, chair: &Browser) {
    secretary.press(testids::SEATS).await;
    secretary.press(testids::SEATS_DRAW).await;
    secretary.press(testids::SEATS_EVERYBODY).await;
    let both = "document.querySelectorAll('[data-testid=seat][data-presence=present]').length === 2";
    secretary.until("both seats", both, vec![]).await;
    secretary.press(testids::DIALOG_CLOSE).await;
    chair.press(testids::SEATS).await;
    chair.until("both seats", both, vec![]).await;
    let arrow = "(() => {
        const at = document.getElementById('seat-0-0');
        at.focus();
        at.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true, cancelable: true }));
        return document.activeElement.id === 'seat-1-0';
    })()";
    chair.until("the seat behind", arrow, vec![]).await;
    chair.press(testids::DIALOG_CLOSE).await;
    chair.gone(testids::SEATS_DIALOG).await;
}

/// The second and the third item change places, and their slots follow each other again.
async fn agenda_in_its_final_order(secretary: &Browser) {
    secretary.press(testids::AGENDA_EDIT).await;
    secretary.press_nth(testids::ITEM_UP, 1).await;
    let second = "document.querySelectorAll('[data-testid=agenda-item]')[1]?.textContent";
    secretary.until("the new order", &format!("{second}.includes(arguments[0])"), vec![json!(ITEMS[2].0)]).await;
    secretary.press(testids::AGENDA_SLOTS).await;
    secretary.until("its slot", &format!("{second}.includes('08:25–09:00')"), vec![]).await;
    secretary.gone(testids::AGENDA_SLOTS).await;
}

/// A paper that must not be taken is refused in words, the next one is taken and shown.
async fn paper(secretary: &Browser, stage: &Stage) {
    secretary.press_nth(testids::ITEM_ADD_PAPER, 1).await;
    secretary.hand_in(testids::FILE_INPUT, &stage.paper("mat.pdf")).await;
    secretary.press(testids::PAPER_SAVE).await;
    secretary.says(testids::ERROR, "data-code", "secrecy_marking").await;
    assert!(secretary.text(testids::ERROR).await.contains("MẬT"));
    secretary.hand_in(testids::FILE_INPUT, &stage.paper("du-thao-quyet-dinh-ho-tro-ngap.pdf")).await;
    secretary.gone(testids::ERROR).await;
    secretary.press(testids::PAPER_SAVE).await;
    secretary.gone(testids::PAPER_DIALOG).await;
    secretary.reads_a_page().await;
    secretary.press(testids::AGENDA_EDIT).await;
}
