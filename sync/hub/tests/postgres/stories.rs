//! Devices and several hubs of one organisation that share a backend.

use domain::id::{DeviceId, Incarnation, SpaceId};
use domain::meeting::MeetingRole;

use crate::device::{CANARY, CHAIR, Device, noise, until};
use crate::process::{Hub, Place};
use crate::servers::Servers;

const CLERK: &str = "Nguyễn Văn Thư Ký";
/// Bytes of each edit: many of them do not fit into the buffers between device and hub.
const EDIT_BYTES: usize = 6_000;
const EDITS: usize = 60;

/// Two hubs that the administrator has let in, and that share the servers.
struct Pair {
    servers: Servers,
    chair: Device,
    places: [Place; 2],
    hubs: [Hub; 2],
}

impl Pair {
    async fn new() -> Option<Self> {
        let servers = Servers::start()?;
        let chair = Device::founder("Thành phố Huế").await;
        let root = chair.root().await;
        let places = [servers.hub(Some(root)), servers.hub(Some(root))];
        let hubs = [places[0].start().await, places[1].start().await];
        for hub in &hubs {
            hub.is_let_in_by(&chair).await;
        }
        assert_ne!(hubs[0].device(), hubs[1].device(), "each hub is a device of its own");
        Some(Self { servers, chair, places, hubs })
    }
}

/// How far a log is in the database.
fn durable(servers: &Servers, space: SpaceId, (device, incarnation): (DeviceId, Incarnation)) -> u64 {
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let answer = servers.postgres.asks(&format!(
        "SELECT coalesce(max(seq), 0), count(*) FROM kyhop_hub.envelope \
         WHERE space = '\\x{}' AND device = '\\x{}' AND incarnation = '\\x{}'",
        hex(space.as_bytes()),
        hex(device.as_bytes()),
        hex(incarnation.as_bytes())
    ));
    let (newest, count) = answer.split_once('|').unwrap();
    assert_eq!(newest, count, "a log has no gaps");
    newest.parse().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_device_gives_one_hub_another_device_gets_from_the_other_and_the_database_shows_nothing_of_it() {
    let Some(Pair { servers, chair, places: _places, hubs: [first, second] }) = Pair::new().await else { return };
    let clerk = chair.admits(CLERK).await;
    let person = clerk.person().await;
    let (chair, clerk) = (chair.off().await.on(), clerk.off().await.on());
    // From here on neither has met anybody but its hub.
    chair.dials(&first.address().await).await;
    clerk.dials(&second.address().await).await;

    let space = chair.sitting(&[(person, MeetingRole::Secretary)]).await;
    chair.writes(space, "item", CANARY).await;
    clerk.comes_to_read(space, "item", CANARY).await;
    clerk.writes(space, "answer", "đã nhận").await;
    chair.comes_to_read(space, "answer", "đã nhận").await;

    let file = CANARY.repeat(20_000).into_bytes();
    let blob = chair.adds_file(space, file.clone()).await;
    until("the file to be kept", async || (first.metric("files_total") == 1).then_some(())).await;
    assert_eq!(clerk.fetches(space, blob).await, file);

    let dump = servers.postgres.dump();
    assert!(dump.windows(9).any(|window| window == b"kyhop_hub"), "this is the database");
    let hex = |text: &str| text.bytes().map(|byte| format!("{byte:02x}")).collect::<String>();
    for secret in [CANARY, CHAIR, CLERK, "Huế"] {
        for shown in [secret.to_owned(), hex(secret)] {
            assert!(!dump.windows(shown.len()).any(|window| window == shown.as_bytes()), "{secret} is in the database");
        }
    }
    assert_eq!(first.get("/healthz").2, "ok\n");
    for hub in [first, second] {
        let (ended, log) = hub.terminate("TERM").await;
        assert!(ended.success(), "{log}");
        assert!(!log.contains("not guessed") && !log.contains("X-Amz-Signature"), "{log}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn when_one_hub_is_killed_in_the_middle_of_a_push_the_other_has_all_that_was_acknowledged_and_takes_the_rest() {
    let Some(Pair { servers, chair, places, hubs: [first, second] }) = Pair::new().await else { return };
    let clerk = chair.admits(CLERK).await;
    let space = chair.sitting(&[(clerk.person().await, MeetingRole::Secretary)]).await;
    let clerk = clerk.off().await;
    // It knows both, and is connected to both.
    let chair = chair.off().await.on();
    chair.dials(&first.address().await).await;
    chair.dials(&second.address().await).await;
    let log = chair.ask(|engine| (engine.replica().device(), engine.replica().incarnation())).await;

    let text = noise(1, EDIT_BYTES);
    let (before, _) = chair.acknowledged(space).await;
    let push = async {
        for number in 0..EDITS {
            chair.writes(space, &format!("{number}"), &text).await;
        }
    };
    let watch = async {
        let mut most = 0;
        until("some acknowledgements", async || {
            most = most.max(chair.acknowledged(space).await.1);
            (most >= before + 20).then_some(())
        })
        .await;
        first.kill();
        let known = durable(&servers, space, log);
        assert!(known >= most, "{most} were acknowledged, {known} are there");
    };
    tokio::join!(push, watch);

    chair.is_acknowledged(space).await;
    assert_eq!(durable(&servers, space, log), chair.acknowledged(space).await.0);
    let chair = chair.off().await;
    let clerk = clerk.on();
    clerk.dials(&second.address().await).await;
    for number in [0, 17, EDITS - 1] {
        clerk.comes_to_read(space, &number.to_string(), &text).await;
    }

    // The hub that was killed finds everything when it is there again, also what it never saw.
    clerk.writes(space, "later", "sau đó").await;
    clerk.is_acknowledged(space).await;
    clerk.off().await;
    let first = places[0].start().await;
    second.kill();
    let chair = chair.on();
    chair.dials(&first.address().await).await;
    chair.comes_to_read(space, "later", "sau đó").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn while_the_database_is_away_nothing_is_acknowledged_and_the_hub_says_so_and_comes_back_by_itself() {
    let Some(mut servers) = Servers::start() else { return };
    let chair = Device::founder("Thành phố Huế").await;
    let place = servers.hub(Some(chair.root().await));
    let hub = place.start().await;
    hub.is_let_in_by(&chair).await;
    let space = chair.sitting(&[]).await;
    chair.writes(space, "before", "trước").await;
    chair.is_acknowledged(space).await;

    servers.postgres.stop();
    until("the trouble to be told", async || {
        let (status, _, body) = hub.get("/healthz");
        (status.contains("503") && body == "database_away\n").then_some(())
    })
    .await;
    assert_eq!(hub.status().trouble.as_deref(), Some("database_away"), "it answers its administrator all the same");
    let (written, _) = chair.acknowledged(space).await;
    chair.writes(space, "meanwhile", "trong lúc đó").await;
    until("the hub to have left the device", async || (hub.metric("devices") == 0).then_some(())).await;
    let (more, elsewhere) = chair.acknowledged(space).await;
    assert!(more > written && elsewhere < more, "{elsewhere} of {more} are said to be kept");

    servers.postgres.start();
    until("the hub to be well again", async || (hub.get("/healthz").2 == "ok\n").then_some(())).await;
    chair.is_acknowledged(space).await;
    let log = chair.ask(|engine| (engine.replica().device(), engine.replica().incarnation())).await;
    assert_eq!(durable(&servers, space, log), chair.acknowledged(space).await.0);
}

/// More than what envelopes of a small sitting cost.
const ENVELOPES_BYTES_MAX: u64 = 50_000;

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_withdrawn_is_given_back_once_by_hubs_that_share_it() {
    let Some(Pair { servers, chair, places, hubs }) = Pair::new().await else { return };
    let space = chair.sitting(&[]).await;
    chair.is_acknowledged(space).await;
    let blob = chair.adds_file(space, vec![5; 600_000]).await;
    for hub in &hubs {
        until("the file to be counted", async || (hub.metric("carried_bytes") >= blob.size).then_some(())).await;
        until("the file to be kept", async || (hub.metric("files_on_the_way") == 0).then_some(())).await;
        assert!(hub.metric("carried_bytes") < blob.size + ENVELOPES_BYTES_MAX, "it is counted once");
    }
    assert_eq!(servers.postgres.asks("SELECT count(*) FROM kyhop_hub.charge"), "1");

    chair.withdraws(space, blob).await;
    for hub in &hubs {
        until("the bytes to be given back", async || (hub.metric("carried_bytes") < ENVELOPES_BYTES_MAX).then_some(())).await;
        assert!(hub.metric("carried_bytes") > 0, "the envelopes are still counted");
    }
    assert_eq!(servers.postgres.asks("SELECT count(*) FROM kyhop_hub.charge"), "0");
    chair.is_acknowledged(space).await;
    for (hub, place) in hubs.into_iter().zip(&places) {
        hub.terminate("TERM").await;
        let again = place.start().await;
        let carried = again.metric("carried_bytes");
        assert!((1..ENVELOPES_BYTES_MAX).contains(&carried), "{carried}");
    }
}
