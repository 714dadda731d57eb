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
