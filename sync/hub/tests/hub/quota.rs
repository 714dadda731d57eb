//! What a hub does not take, and that nothing is lost by it.

use domain::meeting::MeetingRole;

use crate::device::{Device, noise, until};
use crate::process::Place;

const EDITS: u64 = 6;
const EDIT_BYTES: usize = 100_000;

/// About half of the quota that a device has in these tests.
async fn writes_much(device: &Device, space: domain::id::SpaceId, name: &str) {
    for number in 0..EDITS {
        device.writes(space, &format!("{name}-{number}"), &noise(number, EDIT_BYTES)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_has_used_up_a_quota_is_told_why_and_nobody_else_is_the_worse_for_it() {
    let chair = Device::founder("Thành phố Huế").await;
    let place = Place::init(Some(chair.root().await));
    place.configure(|config| (config.quota.device_mb, config.quota.organisation_mb) = (1, 10));
    let hub = place.start().await;
    hub.is_let_in_by(&chair).await;
    let clerk = chair.admits("Thư ký").await;
    let space = chair.sitting(&[(clerk.person().await, MeetingRole::Secretary)]).await;
    clerk.dials(&hub.address().await).await;

    writes_much(&chair, space, "a").await;
    writes_much(&chair, space, "b").await;
    writes_much(&chair, space, "c").await;
    writes_much(&chair, space, "d").await;
    chair.writes(space, "last", "ở lại máy của mình").await;
    until("the reason", async || (chair.declined().await.as_deref() == Some("quota_device")).then_some(())).await;
    let (written, elsewhere) = chair.acknowledged(space).await;
    assert!(written > 20 && elsewhere <= written);
    assert_eq!(hub.metric("devices_over_quota"), 1);
    assert!(hub.metric("declined_total") > 0);
    let carried = hub.metric("carried_bytes");
    assert!((300_000..=1_000_000).contains(&carried), "{carried}");

    // Another device's word in the same space goes through the hub as before.
    let chair = chair.off().await;
    clerk.writes(space, "clerk", "vẫn đi qua").await;
    clerk.is_acknowledged(space).await;
    let clerk = clerk.off().await;

    let chair = chair.on();
    chair.dials(&hub.address().await).await;
    chair.comes_to_read(space, "clerk", "vẫn đi qua").await;
    let file = chair.adds_file(space, vec![7; 2_000_000]).await;
    until("the reason again", async || (chair.declined().await.as_deref() == Some("quota_device")).then_some(())).await;
    assert_eq!(hub.metric("files_on_the_way"), 0, "a file that does not fit is not begun");

    // The count outlives the process, and so does what the device kept.
    hub.terminate("TERM").await;
    let hub = place.start().await;
    assert!(hub.metric("carried_bytes") >= carried);
    hub.terminate("TERM").await;
    place.configure(|config| config.quota.device_mb = 10);
    let hub = place.start().await;
    chair.dials(&hub.address().await).await;
    chair.is_acknowledged(space).await;
    until("the file", async || (hub.metric("files_total") == 1).then_some(())).await;
    chair.off().await;
    let clerk = clerk.on();
    clerk.dials(&hub.address().await).await;
    clerk.comes_to_read(space, "last", "ở lại máy của mình").await;
    assert_eq!(clerk.fetches(space, file).await, vec![7; 2_000_000]);
    assert_eq!(hub.metric("devices_over_quota"), 0);
}

/// More than what envelopes of a small sitting cost, and much less than a file of these tests.
const ENVELOPES_BYTES_MAX: u64 = 20_000;
const FILE_BYTES: usize = 600_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_withdrawn_gives_its_bytes_back_once_and_there_is_room_for_another() {
    let chair = Device::founder("Thành phố Huế").await;
    let place = Place::init(Some(chair.root().await));
    place.configure(|config| (config.quota.device_mb, config.quota.organisation_mb) = (1, 10));
    let hub = place.start().await;
    hub.is_let_in_by(&chair).await;
    let space = chair.sitting(&[]).await;
    chair.is_acknowledged(space).await;
    let before = hub.metric("carried_bytes");
    let first = chair.adds_file(space, vec![1; FILE_BYTES]).await;
    until("the file", async || (hub.metric("files_total") == 1).then_some(())).await;
    assert_eq!(hub.metric("carried_bytes"), before + first.size);
    let second = chair.adds_file(space, vec![2; FILE_BYTES]).await;
    until("the reason", async || (chair.declined().await.as_deref() == Some("quota_device")).then_some(())).await;

    // It was charged in another run of the hub than the one that gives it back.
    let chair = chair.off().await;
    hub.terminate("TERM").await;
    let hub = place.start().await;
    assert_eq!(hub.metric("carried_bytes"), before + first.size);
    let chair = chair.on();
    chair.dials(&hub.address().await).await;
    until("the reason again", async || (chair.declined().await.as_deref() == Some("quota_device")).then_some(())).await;
    chair.withdraws(space, first).await;
    until("the bytes to be given back", async || (hub.metric("carried_bytes") < before + ENVELOPES_BYTES_MAX).then_some(()))
        .await;
    assert!(hub.metric("carried_bytes") >= before, "nothing but the file is given back");
    chair.is_acknowledged(space).await;
    let returned = hub.metric("carried_bytes");

    let chair = chair.off().await;
    hub.terminate("TERM").await;
    let hub = place.start().await;
    assert_eq!(hub.metric("carried_bytes"), returned, "a start neither takes them again nor gives them back again");
    let chair = chair.on();
    chair.dials(&hub.address().await).await;
    until("the second file", async || (hub.metric("files_total") == 1).then_some(())).await;
    assert_eq!(hub.metric("carried_bytes"), returned + second.size);
    assert_eq!(hub.metric("devices_over_quota"), 0);
}
