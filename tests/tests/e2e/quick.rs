//! What is on the screen without waiting: the state of a ballot with the answer to it, a paper as it lay when one comes back to it.

use api::act::{OpenVote, TryDemo};
use api::query::{MeetingList, Room, RuleProfiles};
use api::view::RoomView;
use domain::id::VoteId;
use serde_json::{Value, json};
use ui::route::Route;
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::person::PASSPHRASE;
use crate::stage::{Driver, Server, Stage};

/// The demonstration, opened in a window.
async fn demonstration(stage: &Stage, driver: &Driver) -> (Server, Browser, RoomView) {
    let server = stage.serve(&stage.home.path().join("profile"), None);
    let window = Browser::open(driver, "chair", &server.url, Looks::USUAL).await;
    window.shown(testids::FIRST_RUN).await;
    window.act(TryDemo { passphrase: PASSPHRASE.into() }).await;
    window.shown(testids::NAV_TODAY).await;
    let meeting = window.query(MeetingList {}).await[0].meeting;
    let room = window.query(Room { meeting }).await;
    (server, window, room)
}

/// Holds back every answer about the room, until [`let_through`].
async fn hold_the_room(window: &Browser) {
    let script = "window.held = []; window.straight = window.fetch;
        window.fetch = (address, init) => JSON.parse(init.body).type === 'room'
            ? new Promise((go) => window.held.push(() => go(window.straight(address, init))))
            : window.straight(address, init);";
    window.run(script, vec![]).await;
}

async fn let_through(window: &Browser) {
    window.run("window.fetch = window.straight; window.held.splice(0).forEach((go) => go())", vec![]).await;
}

#[tokio::test]
async fn a_ballot_is_shown_with_the_answer_to_it_while_the_room_has_not_been_read_again() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let (_server, window, room) = demonstration(&stage, &driver).await;
    let meeting = room.row.meeting;
    let profile = window.query(RuleProfiles {}).await.swap_remove(0).id;
    let question = "Thông qua kế hoạch trực bão?".to_owned();
    let _: VoteId = window.act(OpenVote { meeting, item: None, question, profile, secret: None, form: None }).await;
    window.go(&Route::Room { meeting, paper: None }.fragment()).await;
    window.tab("vote").await;
    window.reads(testids::VOTE_RECEIVED, "0 / ").await;

    hold_the_room(&window).await;
    window.press(testids::VOTE_FOR).await;
    window.says(testids::BALLOT_STATE, "data-choice", "for").await;
    window.says(testids::BALLOT_STATE, "data-state", "received_by_chair").await;
    window.until("the room is asked for", "window.held.length", vec![]).await;
    window.reads(testids::VOTE_RECEIVED, "0 / ").await;
    let_through(&window).await;
    window.reads(testids::VOTE_RECEIVED, "1 / ").await;

    // Changed twice; what was asked for before the last change is not shown after it.
    hold_the_room(&window).await;
    window.press(testids::VOTE_AGAINST).await;
    window.says(testids::BALLOT_STATE, "data-choice", "against").await;
    let_through(&window).await;
    window.press(testids::VOTE_FOR).await;
    window.says(testids::BALLOT_STATE, "data-choice", "for").await;
    window.reads(testids::VOTE_RECEIVED, "1 / ").await;
    window.close().await;
}

/// Where the paper lies: the percentage, the page that is read, pixels scrolled.
const LIES: &str = "[document.querySelector('[data-testid=zoom-fit]').textContent.trim(),
    document.querySelector('[data-testid=page-number]').value,
    Math.round(document.querySelector('[data-testid=pages]').scrollTop)]";
/// The pages whose words are there.
const WITH_WORDS: &str = "document.querySelectorAll('.textlayer:not(:empty)').length";

#[tokio::test]
async fn a_paper_lies_as_it_lay_when_one_comes_back_and_is_not_asked_for_again() {
    let Some(stage) = Stage::set() else { return };
    let driver = stage.driver();
    let (_server, window, room) = demonstration(&stage, &driver).await;
    let papers = room.items.iter().flat_map(|item| &item.papers);
    let paper = papers.max_by_key(|paper| paper.versions[0].pages).unwrap();
    let place = Route::Room { meeting: room.row.meeting, paper: Some(paper.paper) }.fragment();
    let pages = paper.versions[0].pages;
    assert!((2..=3).contains(&pages), "so few that all are near the one that is read, {pages}");
    window.go(&place).await;
    window.reads_a_page().await;
    let fit = window.text(testids::ZOOM_FIT).await;
    window.press(testids::ZOOM_IN).await;
    let zoomed = "document.querySelector('[data-testid=zoom-fit]').textContent.trim() !== arguments[0]";
    window.until("it is larger", zoomed, vec![json!(fit)]).await;
    let down = "const second = document.querySelector('.pagebox[data-page=\"1\"]');
        document.querySelector('[data-testid=pages]').scrollTop = second.offsetTop + 60;";
    window.run(down, vec![]).await;
    let second = "document.querySelector('[data-testid=page-number]').value === '2'";
    window.until("the second page", second, vec![]).await;
    window.until("all words", &format!("{WITH_WORDS} === arguments[0]"), vec![json!(pages)]).await;
    let before = window.run(&format!("return {LIES}"), vec![]).await;
    assert!(before[2].as_f64().unwrap() > 100.0, "{before}");

    let script = "window.asked = []; const straight = window.fetch;
        window.fetch = (address, init) => { window.asked.push(JSON.parse(init.body).type); return straight(address, init); };";
    window.run(script, vec![]).await;
    window.go(&Route::Meetings.fragment()).await;
    window.gone(testids::ROOM).await;
    window.shown(testids::MEETING_NEW).await;
    window.go(&place).await;
    window.reads_a_page().await;
    window.until("all words", &format!("{WITH_WORDS} === arguments[0]"), vec![json!(pages)]).await;
    let lies = format!("JSON.stringify({LIES}) === JSON.stringify(arguments[0])");
    window.until("it lies as it lay", &lies, vec![before]).await;
    window.until("the room is asked for", "window.asked.includes('room')", vec![]).await;
    let asked = window.run("return window.asked", vec![]).await;
    let of_pages: Vec<&Value> =
        asked.as_array().unwrap().iter().filter(|kind| **kind == json!("paper_pages") || **kind == json!("page_text")).collect();
    assert!(of_pages.is_empty(), "{asked}");
    window.close().await;
}
