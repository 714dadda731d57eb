//! A device that takes nothing any more while others go on.

use domain::meeting::MeetingRole;

use crate::device::{Device, noise, until};
use crate::process::Place;
use crate::relay::Relay;

const EDIT_BYTES: usize = 250_000;
const EDITS: usize = 200;
/// What the hub may need beyond what it had: queues of one peer inside the network, and what the shelf caches. Three quarters of what is pushed:
/// six of eight bits of these texts are random.
const GROWTH_MAX: u64 = 28 << 20;
/// What may wait beyond the network's queues: the frames of a few turns, not all that is pushed, and not as much as gets a peer left.
const WAITING_MAX: u64 = 1 << 20;

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_costs_the_hub_no_memory_and_gets_everything_in_the_end() {
    let chair = Device::founder("Thành phố Huế").await;
    let place = Place::init(Some(chair.root().await));
    let hub = place.start().await;
    hub.is_let_in_by(&chair).await;
    let clerk = chair.admits("Thư ký").await;
    let space = chair.sitting(&[(clerk.person().await, MeetingRole::Secretary)]).await;
    let clerk = clerk.off().await;
    // The clerk's only way is through the hub.
    let clerk = clerk.on();
    let relay = Relay::to(&hub.address().await).await;
    clerk.dials(&relay.address()).await;
    chair.writes(space, "first", "một").await;
    clerk.comes_to_read(space, "first", "một").await;

    // A first long push with everybody reading: what the hub needs anyway.
    for number in 0..EDITS / 10 {
        chair.writes(space, &format!("warm-{number}"), &noise(number as u64, EDIT_BYTES)).await;
    }
    chair.is_acknowledged(space).await;
    let before = hub.metric("process_resident_memory_bytes");

    relay.flows(false);
    let mut most_waiting = 0;
    for number in 0..EDITS {
        chair.writes(space, &format!("edit-{number}"), &noise(1_000 + number as u64, EDIT_BYTES)).await;
        most_waiting = most_waiting.max(hub.metric("waiting_bytes"));
    }
    chair.is_acknowledged(space).await;
    let grown = hub.metric("process_resident_memory_bytes").saturating_sub(before);
    let last = EDITS - 1;
    assert_eq!(clerk.reads(space, &format!("edit-{last}")).await, None, "nothing comes through");
    assert!(most_waiting <= WAITING_MAX, "{most_waiting} bytes waited at most");
    assert_eq!(hub.metric("slow_readers_left_total"), 0, "it is not left as long as it shows signs of life");
    assert!(
        grown < GROWTH_MAX,
        "{} bytes were pushed past a peer that reads nothing, and the hub grew by {grown}",
        EDITS * EDIT_BYTES
    );

    relay.flows(true);
    clerk.comes_to_read(space, &format!("edit-{last}"), &noise(1_000 + last as u64, EDIT_BYTES)).await;
    until("everything", async || (clerk.reads(space, "edit-0").await.is_some()).then_some(())).await;
}
