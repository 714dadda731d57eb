//! A hub that dies while devices push.

use domain::id::{DeviceId, Incarnation, SpaceId};
use domain::meeting::MeetingRole;

use crate::device::{Device, noise, until};
use crate::process::Place;

/// Bytes of each edit: many of them do not fit into the buffers between device and hub.
const EDIT_BYTES: usize = 6_000;
const EDITS: usize = 60;

/// How often it is killed when nothing else is on its way that could make good what it forgot.
const KILLED_AT_THE_ACKNOWLEDGEMENT: usize = 8;

/// What was acknowledged of a device's log is in the files of the hub that is dead, without a gap.
fn has_durably(place: &Place, space: SpaceId, (device, incarnation): (DeviceId, Incarnation), acknowledged: u64) {
    let shelf = place.backend();
    let heads = shelf.heads(&space).unwrap();
    let durable = heads.iter().find(|head| (head.device, head.incarnation) == (device, incarnation)).map_or(0, |head| head.seq);
    assert!(durable >= acknowledged, "{acknowledged} were acknowledged, {durable} are there");
    for seq in 1..=durable {
        assert!(shelf.envelope(&space, &device, &incarnation, seq).unwrap().is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_hub_that_is_killed_in_the_middle_of_a_push_has_lost_nothing_that_it_acknowledged() {
    let chair = Device::founder("Thành phố Huế").await;
    let place = Place::init(Some(chair.root().await));
    let mut hub = place.start().await;
    hub.is_let_in_by(&chair).await;
    let clerk = chair.admits("Thư ký").await;
    let space = chair.sitting(&[(clerk.person().await, MeetingRole::Secretary)]).await;
    let clerk = clerk.off().await;
    let writer = chair.ask(|engine| (engine.replica().device(), engine.replica().incarnation())).await;

    let text = noise(1, EDIT_BYTES);
    for (round, share) in [0.1, 0.35, 0.6, 0.9].into_iter().enumerate() {
        let (before, _) = chair.acknowledged(space).await;
        let enough = before + (EDITS as f64 * share) as u64;
        let push = async {
            for number in 0..EDITS {
                chair.writes(space, &format!("{round}-{number}"), &text).await;
            }
        };
        let mut most = 0;
        let watch = async {
            until("some acknowledgements", async || {
                most = most.max(chair.acknowledged(space).await.1);
                (most >= enough).then_some(())
            })
            .await;
            hub.kill();
        };
        tokio::join!(push, watch);
        most = most.max(chair.acknowledged(space).await.1);

        has_durably(&place, space, writer, most);
        hub = place.start().await;
        chair.dials(&hub.address().await).await;
        chair.is_acknowledged(space).await;
    }

    // In the very moment in which the acknowledgement of the last word is there.
    for round in 0..KILLED_AT_THE_ACKNOWLEDGEMENT {
        chair.writes(space, "last", &format!("{round}")).await;
        let acknowledged = loop {
            let (written, elsewhere) = chair.acknowledged(space).await;
            if written == elsewhere {
                break elsewhere;
            }
            tokio::task::yield_now().await;
        };
        hub.kill();
        has_durably(&place, space, writer, acknowledged);
        hub = place.start().await;
        chair.dials(&hub.address().await).await;
        chair.is_acknowledged(space).await;
    }
    chair.off().await;
    let clerk = clerk.on();
    clerk.dials(&hub.address().await).await;
    for (round, number) in [(0, 0), (1, 17), (2, 33), (3, EDITS - 1)] {
        clerk.comes_to_read(space, &format!("{round}-{number}"), &text).await;
    }
}
