//! What a hub is for.

use domain::meeting::MeetingRole;

use crate::device::{CANARY, CHAIR, Device, until};
use crate::process::Place;

const CLERK: &str = "Nguyễn Văn Thư Ký";

#[tokio::test(flavor = "multi_thread")]
async fn two_devices_that_are_never_on_together_meet_through_the_hub_which_reads_nothing() {
    let chair = Device::founder("Thành phố Huế").await;
    let place = Place::init(Some(chair.root().await));
    let hub = place.start().await;
    hub.is_let_in_by(&chair).await;
    let clerk = chair.admits(CLERK).await;
    let (clerk_person, chair_person) = (clerk.person().await, chair.person().await);
    let clerk = clerk.off().await;

    let space = chair.sitting(&[(clerk_person, MeetingRole::Secretary)]).await;
    chair.writes(space, "item", CANARY).await;
    let file = CANARY.repeat(40_000).into_bytes();
    let blob = chair.adds_file(space, file.clone()).await;
    chair.is_acknowledged(space).await;
    until("the file to be at the hub", async || (hub.metric("files_total") == 1).then_some(())).await;
    let devices = [chair.ask(|engine| engine.replica().device()).await, hub.device()];
    let chair = chair.off().await;

    let clerk = clerk.on();
    clerk.dials(&hub.address().await).await;
    clerk.comes_to_read(space, "item", CANARY).await;
    assert_eq!(clerk.fetches(space, blob).await, file);
    clerk.writes(space, "answer", "đã nhận").await;
    clerk.is_acknowledged(space).await;
    clerk.off().await;

    let chair = chair.on();
    chair.dials(&hub.address().await).await;
    chair.comes_to_read(space, "answer", "đã nhận").await;

    // Whoever watches the hub learns how much, not who.
    let (status, head, metrics) = hub.get("/metrics");
    assert!(status.contains("200") && head.to_lowercase().contains("text/plain; version=0.0.4"), "{status} {head}");
    assert!(metrics.contains("kyhop_hub_carrying 1\n") && metrics.contains("kyhop_hub_files_total 1\n"), "{metrics}");
    assert_eq!(hub.get("/healthz").2, "ok\n");
    assert!(hub.get("/anything").0.contains("404"));
    let mut ids: Vec<String> = devices.iter().map(ToString::to_string).collect();
    ids.extend([clerk_person.to_string(), chair_person.to_string(), space.to_string(), blob.cipher.to_string()]);
    let shown: Vec<&str> = ids.iter().flat_map(|id| [id.as_str(), &id[..8]]).chain([CHAIR, CLERK, "Huế"]).collect();
    for name in &shown {
        assert!(!metrics.contains(name), "{name} is among the metrics");
    }

    chair.off().await;
    let (ended, log) = hub.terminate("TERM").await;
    assert!(ended.success(), "{log}");
    for line in log.lines() {
        serde_json::from_str::<serde_json::Value>(line).expect("every line of the log is JSON");
    }
    for name in [CANARY, CHAIR, CLERK, &clerk_person.to_string(), &chair_person.to_string()] {
        assert!(!log.contains(name), "{name} is in the log");
    }

    // On the hub's disk: neither in the files, nor behind the hub's own key.
    for secret in [CANARY, CHAIR, CLERK] {
        for (path, bytes) in place.files() {
            assert!(!holds(&bytes, secret), "{} holds {secret}", path.display());
        }
    }
    let shelf = place.backend();
    let carried = shelf.spaces().unwrap();
    assert!(carried.contains(&space));
    for carried in carried {
        assert!(shelf.space_keys(&carried).unwrap().is_empty(), "the hub has a key");
        for (_, envelope) in shelf.envelopes(&carried, 0, usize::MAX).unwrap() {
            assert!(!holds(&envelope, CANARY));
        }
    }
    let stored = shelf.blob_bytes(&blob.cipher, 0, file.len()).unwrap();
    assert_eq!(stored.len(), file.len(), "the file is there");
    assert!(!holds(&stored, CANARY));
}

fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_of_another_organisation_is_told_nothing_and_leaves_nothing() {
    let chair = Device::founder("Thành phố Huế").await;
    let place = Place::init(Some(chair.root().await));
    let hub = place.start().await;
    hub.is_let_in_by(&chair).await;
    let space = chair.sitting(&[]).await;
    chair.writes(space, "item", CANARY).await;
    chair.is_acknowledged(space).await;

    let stranger = Device::founder("Thành phố Đà Nẵng").await;
    let theirs = stranger.sitting(&[]).await;
    stranger.writes(theirs, "item", "của họ").await;
    let known = stranger.ask(|engine| engine.replica().spaces().map(|space| space.id).collect::<Vec<_>>()).await;
    stranger.dials(&hub.address().await).await;
    until("both hellos", async || {
        stranger.ask(|engine| engine.replica().peers().any(|(_, peer)| peer.root.is_some())).await.then_some(())
    })
    .await;
    // What the chair writes after that is pushed to all who may have it.
    chair.writes(space, "more", CANARY).await;
    chair.is_acknowledged(space).await;
    assert_eq!((hub.metric("connections"), hub.metric("devices")), (2, 1), "the stranger is connected and is nobody");

    let (after, acknowledged) = stranger
        .ask(move |engine| {
            let spaces: Vec<_> = engine.replica().spaces().map(|space| space.id).collect();
            (spaces, engine.replica().own_log(&theirs).1)
        })
        .await;
    assert_eq!(after, known, "it has learnt of nothing");
    assert_eq!(acknowledged, 0, "nothing of it was taken");
    hub.terminate("INT").await;
    assert!(!place.backend().spaces().unwrap().contains(&theirs));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_asked_to_stop_says_goodbye_and_opens_again_without_a_check() {
    let chair = Device::founder("Thành phố Huế").await;
    let place = Place::init(Some(chair.root().await));
    let hub = place.start().await;
    hub.is_let_in_by(&chair).await;
    let second = place.run(&["run"]);
    assert!(!second.status.success());
    assert!(String::from_utf8_lossy(&second.stderr).contains("profile_in_use"), "{second:?}");
    // It is stopped in the middle of these.
    for _ in 0..50 {
        chair.sitting(&[]).await;
    }
    let (ended, log) = hub.terminate("TERM").await;
    assert!(ended.success(), "{log}");
    let config = hub::config::Config::read(&place.config()).unwrap();
    assert!(!hub::control::path(&config.folder).exists(), "the socket is gone");
    let again = place.start().await;
    assert!(!again.log().contains("after_crash"), "{}", again.log());
    assert_eq!(again.metric("carrying"), 1);
}
