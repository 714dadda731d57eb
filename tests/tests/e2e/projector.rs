//! A projector beside the chair's window: what the room sees, on a small and on a large screen, and what it can never see.

use domain::vote::Choice;
use serde_json::{Value, json};
use ui::testids;

use crate::browser::{Browser, Looks};
use crate::seven::Seven;
use crate::stage::Stage;

const QUESTION: &str = "Thông qua mức hỗ trợ 3.000.000 đồng mỗi hộ dân vùng ngập";
const PUBLIC: &str = "Dự thảo quyết định hỗ trợ hộ dân vùng ngập";
const INTERNAL: &str = "Kế hoạch trực bão số 13";
const MESSAGE: &str = "Giải lao đến 9 giờ 30";
/// A projector of the last century and one of today.
const SCREENS: [(u32, u32); 2] = [(1_024, 768), (3_840, 2_160)];
const MEMBERS: [&str; 7] =
    ["Nguyễn Thị Hương", "Trần Văn Minh", "Lê Thị Thu Hà", "Phạm Quốc Bảo", "Hoàng Anh Tuấn", "Đặng Mai Lan", "Võ Đình Khoa"];

/// What runs over its edge: the page, or a text that its own box or the screen cuts off.
const OVER: &str = "(() => {
    const root = document.documentElement, found = [];
    if (root.scrollWidth > root.clientWidth || root.scrollHeight > root.clientHeight) found.push('the page');
    const stage = document.querySelector('[data-testid=projector]');
    if (stage.scrollWidth > stage.clientWidth || stage.scrollHeight > stage.clientHeight) found.push('the picture');
    for (const one of stage.querySelectorAll('h1, h2, p, li, em, strong, b, img, header, footer, section, .pring')) {
        const box = one.getBoundingClientRect();
        if (box.width && (box.left < -1 || box.top < -1 || box.right > innerWidth + 1 || box.bottom > innerHeight + 1))
            found.push(`${one.tagName}.${one.className}: ${one.textContent.slice(0, 40)}`);
        if (one.matches('h1, p, strong') && !one.matches('.ell') && one.scrollWidth > one.clientWidth + 1 && one.clientWidth)
            found.push(`cut: ${one.textContent.slice(0, 40)}`);
    }
    return found;
})()";

async fn fits(window: &Browser, scene: &str) {
    for (width, height) in SCREENS {
        window.resize(width, height).await;
        window.until("the size of the screen", "innerWidth === arguments[0]", vec![json!(width)]).await;
        let over = window.run(&format!("return {OVER}"), vec![]).await;
        assert_eq!(over, json!([]), "{scene} at {width}×{height}");
    }
}

/// What a page with the projector's token gets.
async fn status(window: &Browser, path: &str, request: Value) -> Value {
    let script = "const done = arguments[arguments.length - 1];
        fetch(arguments[0], { method: 'POST', body: JSON.stringify(arguments[1]),
            headers: { 'Content-Type': 'application/json', 'X-Kyhop-Token': sessionStorage['kyhop.projector'] } })
            .then((reply) => done(reply.status)).catch((error) => done(String(error)));";
    window.run_async(script, vec![json!(path), request]).await
}

async fn refuses_everything_else(window: &Browser, meeting: &str) {
    assert_eq!(window.run("return sessionStorage['kyhop.token'] ?? null", vec![]).await, Value::Null, "the window's own token");
    let elsewhere = "ab".repeat(16);
    assert_eq!(status(window, "/api/projector", json!({ "type": "stage", "meeting": meeting })).await, 200);
    assert_eq!(status(window, "/api/projector", json!({ "type": "stage", "meeting": elsewhere })).await, 403);
    for request in [
        json!({ "type": "room", "meeting": meeting }),
        json!({ "type": "presence", "meeting": meeting }),
        json!({ "type": "people" }),
    ] {
        assert_eq!(status(window, "/api/query", request.clone()).await, 401, "{request}");
        assert_eq!(status(window, "/api/projector", request.clone()).await, 400, "{request}");
    }
    let blank = json!({ "type": "show_on_projector", "meeting": meeting, "showing": { "show": "blank" } });
    assert_eq!(status(window, "/api/act", blank).await, 401);
    assert_eq!(status(window, "/api/projector/open", json!({ "meeting": meeting })).await, 401);
}

/// Nobody's name, and nothing internal, is anywhere in the projector's page.
async fn tells_nobody(window: &Browser) {
    let page = window.run("return document.documentElement.outerHTML", vec![]).await;
    let page = page.as_str().unwrap();
    for name in MEMBERS.iter().chain([&INTERNAL]) {
        assert!(!page.contains(name), "{name}");
    }
}

#[tokio::test]
async fn a_room_sees_item_speaker_page_vote_and_result_and_nothing_that_is_not_for_it() {
    let Some(stage) = Stage::set() else { return };
    let seven = Seven::gather(&stage).await;
    let server = stage.serve(&seven.chair, Some(&seven.passphrase_file));
    let driver = stage.driver();
    let chair = Browser::open(&driver, "chair", &server.url, Looks { width: 1_440, height: 900, ..Looks::USUAL }).await;
    let address = chair.address().await;
    seven.dial(&address).await;
    seven.check_in(0).await;
    chair.go("#/today").await;
    chair.press(testids::TODAY_ENTER).await;
    chair.press(testids::CHECK_IN).await;
    chair.says(testids::QUORUM, "data-present", "6").await;
    let meeting = seven.meeting.to_string();

    // The third item is internal.
    chair.press(testids::AGENDA_EDIT).await;
    chair.press_nth(testids::ITEM_INTERNAL, 2).await;
    let marked = "document.querySelectorAll('[data-testid=item-internal][aria-pressed=true]').length === 1";
    chair.until("the mark", marked, vec![]).await;
    chair.press(testids::AGENDA_EDIT).await;

    chair.press(testids::PROJECTOR_STEER).await;
    chair.says(testids::PROJECTOR_SHOWS, "data-show", "follow").await;
    let own = chair.window().await;
    chair.press(testids::PROJECTOR_OPEN).await;
    let projector = chair.another_window().await;
    chair.switch_to(&projector).await;
    chair.says(testids::PROJECTOR, "data-scene", "sitting").await;
    chair.says(testids::PROJECTOR_QUORUM, "data-present", "6").await;
    refuses_everything_else(&chair, &meeting).await;

    // The sitting opens and turns to the second item.
    let rules = json!({ "opened": { "rules": "ubnd-majority" } });
    chair.switch_to(&own).await;
    let room = chair.ask("query", json!({ "type": "room", "meeting": meeting })).await;
    let item = |at: usize| room["items"][at]["item"]["id"].clone();
    let turned = |at: usize| json!({ "type": "move_sitting", "meeting": meeting, "what": { "turned": { "item": item(at) } } });
    chair.ask("act", json!({ "type": "move_sitting", "meeting": meeting, "what": rules })).await;
    chair.ask("act", turned(1)).await;
    chair.switch_to(&projector).await;
    chair.reads(testids::PROJECTOR_ITEM, PUBLIC).await;
    chair.gone(testids::PROJECTOR_NEXT).await;
    tells_nobody(&chair).await;
    fits(&chair, "the sitting").await;

    // Somebody speaks.
    chair.switch_to(&own).await;
    let me = room["me"].clone();
    let word = json!({ "type": "give_word", "meeting": meeting, "person": me, "request": null, "seconds": 180 });
    let word = chair.ask("act", word).await;
    chair.switch_to(&projector).await;
    chair.reads(testids::PROJECTOR_SPEAKER, MEMBERS[1]).await;
    chair
        .until("the time", "/^0[23]:/.test(document.querySelector('[data-testid=projector-timer]').textContent.trim())", vec![])
        .await;
    fits(&chair, "a speaker").await;
    chair.switch_to(&own).await;
    chair.ask("act", json!({ "type": "end_word", "meeting": meeting, "word": word })).await;

    // A page, one further, a message, darkness.
    chair.press(testids::PROJECTOR_SHOW_PAGE).await;
    chair.says(testids::PROJECTOR_SHOWS, "data-show", "page").await;
    chair.switch_to(&projector).await;
    let drawn = "(one => one?.complete && one.naturalWidth > 400)(document.querySelector('[data-testid=projector-picture]'))";
    chair.until("the page", drawn, vec![]).await;
    fits(&chair, "a page").await;
    tells_nobody(&chair).await;
    chair.switch_to(&own).await;
    chair.fill(testids::PROJECTOR_TEXT, MESSAGE).await;
    chair.press(testids::PROJECTOR_SHOW_MESSAGE).await;
    chair.switch_to(&projector).await;
    chair.reads(testids::PROJECTOR_MESSAGE, MESSAGE).await;
    fits(&chair, "a message").await;

    // The code of the room: who types it is present by it.
    chair.switch_to(&own).await;
    chair.press(testids::PROJECTOR_CODE).await;
    chair.says(testids::PROJECTOR_SHOWS, "data-show", "code").await;
    chair.switch_to(&projector).await;
    chair.says(testids::PROJECTOR, "data-scene", "code").await;
    let code = chair.attribute(testids::CODE_SHOWN, "data-code").await;
    fits(&chair, "a code").await;
    tells_nobody(&chair).await;
    seven.type_code(0, &code).await;
    chair.switch_to(&own).await;
    chair
        .until("present by the code", "document.querySelector('[data-testid=person][data-code=accepted]') !== null", vec![])
        .await;
    chair.press(testids::PROJECTOR_BLANK).await;
    chair.switch_to(&projector).await;
    chair.says(testids::PROJECTOR, "data-scene", "blank").await;
    chair.until("darkness", "document.querySelector('[data-testid=projector]').textContent.trim() === ''", vec![]).await;

    // The vote.
    chair.switch_to(&own).await;
    chair.press(testids::PROJECTOR_FOLLOW).await;
    chair.says(testids::PROJECTOR_SHOWS, "data-show", "follow").await;
    let opening =
        json!({ "type": "open_vote", "meeting": meeting, "item": item(1), "question": QUESTION, "profile": "ubnd-majority" });
    let vote = chair.ask("act", opening).await;
    chair.switch_to(&projector).await;
    chair.says(testids::PROJECTOR_QUESTION, "data-state", "open").await;
    assert_eq!(chair.text(testids::PROJECTOR_QUESTION).await, QUESTION);
    seven.vote(0, &[Choice::For, Choice::For, Choice::For, Choice::Against, Choice::NotVoting]).await;
    chair.reads(testids::PROJECTOR_RECEIVED, "5 / 7").await;
    chair.gone(testids::PROJECTOR_TOTAL).await;
    fits(&chair, "an open vote").await;
    chair.switch_to(&own).await;
    chair.ask("act", json!({ "type": "cast_ballot", "vote": vote, "choice": "for" })).await;
    chair.ask("act", json!({ "type": "close_vote", "vote": vote })).await;
    chair.switch_to(&projector).await;
    chair.says(testids::PROJECTOR_RESULT, "data-passed", "true").await;
    chair.says(testids::PROJECTOR_RESULT, "data-final", "true").await;
    for (mark, votes) in [("for", 4), ("against", 1), ("not_voting", 1)] {
        let shown = "document.querySelector(`[data-testid=projector-total][data-mark=${arguments[0]}]`)?.dataset.votes === String(arguments[1])";
        chair.until(mark, shown, vec![json!(mark), json!(votes)]).await;
    }
    chair.shown(testids::PROJECTOR_BASIS).await;
    tells_nobody(&chair).await;
    fits(&chair, "a result").await;

    // The internal item: nothing of it, and no page of its paper.
    chair.switch_to(&own).await;
    chair.ask("act", turned(2)).await;
    chair.switch_to(&projector).await;
    chair.says(testids::PROJECTOR, "data-scene", "internal").await;
    tells_nobody(&chair).await;
    fits(&chair, "an internal item").await;
    refuses_everything_else(&chair, &meeting).await;
    chair.close().await;
    seven.close().await;
}
