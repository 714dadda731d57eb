//! How a hub comes into an organisation.

use domain::meeting::MeetingRole;

use crate::device::{CANARY, Device, until};
use crate::process::Place;
use hub::status::Stage;

#[tokio::test(flavor = "multi_thread")]
async fn without_a_fingerprint_the_words_are_compared_on_both_sides() {
    let chair = Device::founder("Thành phố Huế").await;
    let stranger = Device::founder("Thành phố Huế").await;
    let place = Place::init(None);
    assert!(!place.run(&["status"]).status.success(), "nothing runs yet");
    let hub = place.start().await;
    until("an address", async || (!hub.status().addresses.is_empty()).then_some(())).await;
    assert_eq!(hub.status().stage, Stage::Alone);

    // Somebody who says the same name calls first.
    stranger.dials(&hub.address().await).await;
    until("the stranger", async || (hub.status().candidates.len() == 1).then_some(())).await;
    chair.dials(&hub.address().await).await;
    until("both", async || (hub.status().candidates.len() == 2).then_some(())).await;
    assert_eq!(hub.status().stage, Stage::Met);

    let wrong = place.run(&["confirm", "không", "phải", "những", "từ", "này", "đâu"]);
    assert!(!wrong.status.success() && String::from_utf8_lossy(&wrong.stderr).contains("words_differ"), "{wrong:?}");
    assert_eq!(hub.status().stage, Stage::Met);

    let root = chair.root().await.to_string();
    let device = hub.device();
    let shown = chair
        .ask(move |engine| {
            let root = *engine.replica().directory().unwrap().root();
            domain::words::six_words(&root.0, &device).join(" ")
        })
        .await;
    let typed: Vec<&str> = shown.split(' ').collect();
    let right = place.run(&[&["confirm"], typed.as_slice()].concat());
    assert!(right.status.success(), "{right:?}");
    let status = hub.status();
    assert_eq!(
        (status.stage, status.words.as_deref(), status.root.as_deref()),
        (Stage::Asking, Some(shown.as_str()), Some(root.as_str()))
    );

    chair.has_request(device).await;
    chair.ask(move |engine| engine.with(|replica, cx| Ok(((), replica.approve_hub(cx, &device)?))).unwrap()).await;
    until("the role", async || (hub.status().stage == Stage::Carrying).then_some(())).await;
    let again = place.run(&["confirm", "một", "hai"]);
    assert!(String::from_utf8_lossy(&again.stderr).contains("hub_not_asking"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_was_told_its_organisation_asks_nobody_else() {
    let chair = Device::founder("Thành phố Huế").await;
    let stranger = Device::founder("Thành phố Huế").await;
    let place = Place::init(Some(chair.root().await));
    let hub = place.start().await;
    stranger.dials(&hub.address().await).await;
    until("the stranger", async || (hub.status().candidates.len() == 1).then_some(())).await;
    let words = hub.status().candidates[0].words.clone();
    let typed: Vec<&str> = words.split(' ').collect();
    assert!(
        !place.run(&[&["confirm"], typed.as_slice()].concat()).status.success(),
        "also not when somebody types the stranger's words"
    );

    hub.is_let_in_by(&chair).await;
    assert_eq!(hub.status().root, Some(chair.root().await.to_string()));
}

#[tokio::test(flavor = "multi_thread")]
async fn only_an_administrator_makes_a_device_a_hub() {
    let chair = Device::founder("Thành phố Huế").await;
    let delegate = chair.admits("Đại biểu").await;
    let place = Place::init(Some(chair.root().await));
    let hub = place.start().await;
    delegate.dials(&hub.address().await).await;
    let device = hub.device();
    delegate.has_request(device).await;
    let refused = delegate
        .ask(move |engine| engine.with(|replica, cx| Ok(((), replica.approve_hub(cx, &device)?))).unwrap_err().code().to_owned())
        .await;
    assert_eq!(refused, "not_allowed");
    assert_eq!(hub.status().stage, Stage::Asking);
}

#[tokio::test(flavor = "multi_thread")]
async fn who_reaches_nobody_but_the_hub_is_let_in_by_the_administrator_who_is_connected_with_it() {
    let chair = Device::founder("Thành phố Huế").await;
    let place = Place::init(Some(chair.root().await));
    let hub = place.start().await;
    hub.is_let_in_by(&chair).await;
    let clerk = chair.admits_at(&hub.address().await, "Nguyễn Văn Thư Ký").await;
    let space = chair.sitting(&[(clerk.person().await, MeetingRole::Secretary)]).await;
    chair.writes(space, "item", CANARY).await;
    clerk.comes_to_read(space, "item", CANARY).await;
    let (hubs, own) = (hub.device(), clerk.ask(|engine| engine.replica().device()).await);
    let met: Vec<_> =
        clerk.ask(|engine| engine.replica().peers().filter_map(|(_, peer)| peer.device()).collect::<Vec<_>>()).await;
    assert_eq!(met, [hubs], "{own} has met nobody else");
}
