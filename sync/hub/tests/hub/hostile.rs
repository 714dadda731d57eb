//! Members and strangers with programs of their own, over the network as it really is: what they send goes through libp2p to a hub's process
//! and to a person's device, each with its disk. What each attack is and which rule it meets is told by the room's tests; here it is seen that
//! nothing on the way makes it another.

use domain::id::{DeviceId, Hash32, SpaceId};
use domain::meeting::MeetingRole;
use harness::change::RawChange;
use harness::forgery::{ACTOR_NONCE, Pen, frame};
use net::{Lane as NetLane, NetEvent};
use sync::DocRef;
use sync::envelope::{DocKind, Verified, open_unsigned};
use sync::port::{Effects, Lane};
use sync::wire::{Message, PROTOCOL, SpaceDigest};

use crate::device::{CANARY, Device, until};
use crate::process::Place;

/// Operations that one change claims in a few hundred bytes.
const CLAIMED: u64 = 20_000_000;
/// Envelopes that wait for what never comes.
const ORPHANS: u64 = 3_000;
/// What all of it may cost the hub: the waiting room of one peer, and what lies in the network's queues.
const GROWTH_MAX: u64 = 64 << 20;
/// Strangers who call at the same time.
const STRANGERS: usize = 20;
/// Where a forger's logs begin.
const LOG: u64 = 0x6600;

/// Sends frames of one's own making to somebody who is connected.
async fn says(device: &Device, to: DeviceId, frames: Vec<Vec<u8>>) {
    let peer = until("the way to whoever is attacked", async || {
        device.ask(move |engine| engine.replica().peers().find(|(_, peer)| peer.device() == Some(to)).map(|(key, _)| *key)).await
    })
    .await;
    let sends = frames.into_iter().map(|frame| (peer, Lane::Sync, frame)).collect();
    device.ask(move |engine| engine.with(|_, _| Ok(((), Effects { sends, ..Effects::default() }))).unwrap()).await;
}

/// Every envelope of a space that a device has.
async fn envelopes(device: &Device, space: SpaceId) -> Vec<Verified> {
    device
        .ask(move |engine| {
            let rows = engine.backend().envelopes(&space, 0, usize::MAX).unwrap();
            rows.iter().map(|(_, bytes)| open_unsigned(bytes).unwrap()).collect()
        })
        .await
}

/// Waits until a device has an envelope.
async fn comes_to_have(device: &Device, space: SpaceId, wanted: Hash32) {
    until("an honest envelope after the attack", async || {
        envelopes(device, space).await.iter().any(|envelope| envelope.hash == wanted).then_some(())
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_member_with_a_program_of_her_own_harms_neither_the_hub_nor_the_others() {
    let chair = Device::founder("Thành phố Huế").await;
    let place = Place::init(Some(chair.root().await));
    let hub = place.start().await;
    hub.is_let_in_by(&chair).await;
    let (clerk, rogue) = (chair.admits("Thư ký").await, chair.admits("Ủy viên").await);
    let space =
        chair.sitting(&[(clerk.person().await, MeetingRole::Secretary), (rogue.person().await, MeetingRole::Delegate)]).await;
    let closed = chair.sitting(&[(clerk.person().await, MeetingRole::Secretary)]).await;
    chair.writes(closed, "item", CANARY).await;
    chair.writes(space, "item", "một").await;
    for device in [&clerk, &rogue] {
        device.dials(&hub.address().await).await;
        device.comes_to_read(space, "item", "một").await;
    }
    clerk.comes_to_read(closed, "item", CANARY).await;
    let (hub_device, chair_device) = (hub.device(), chair.ask(|engine| engine.replica().device()).await);
    let before = hub.metric("process_resident_memory_bytes");
    let had = envelopes(&chair, space).await.len();
    let had_closed = envelopes(&chair, closed).await.len();

    let true_ones = envelopes(&chair, space).await;
    let rogue_person = rogue.person().await;
    let forgeries = move |log: u64| {
        move |engine: &mut hub::engine::Engine| {
            let replica = engine.replica();
            let pen = || Pen::of(replica, space, log);
            let seat = DocRef::seat(space, &rogue_person);
            let say = |pen: &mut Pen, target: DocRef, change: RawChange| pen.change(&target, ACTOR_NONCE, change.bytes());
            let plain = |pen: &Pen| RawChange::first(&pen.actor(&ACTOR_NONCE)).puts(1);
            // A true envelope of another, with a changed byte, and one in a space that is not its own.
            let mut changed = true_ones.last().unwrap().clone();
            *changed.bytes.last_mut().unwrap() ^= 1;
            let moved = Message::Envelopes {
                space: closed,
                envelopes: true_ones.iter().map(|envelope| envelope.bytes.clone().into()).collect(),
                live: false,
            };
            // In another's name; into the meeting's own document without the role; into another's seat.
            let mut in_anothers_name = pen();
            in_anothers_name.header.device = chair_device;
            let change = plain(&in_anothers_name);
            let in_anothers_name = say(&mut in_anothers_name, DocRef::meeting(space), change);
            let mut without_role = Pen::of(replica, space, log + 1);
            let change = plain(&without_role);
            let without_role = say(&mut without_role, DocRef::meeting(space), change);
            let mut anothers_seat = Pen::of(replica, space, log + 2);
            let change = plain(&anothers_seat);
            let anothers_seat = say(&mut anothers_seat, DocRef::seat(space, &domain::id::PersonId([9; 16])), change);
            // A few hundred bytes that count for millions of operations.
            let mut bomb = Pen::of(replica, space, log + 3);
            let change = RawChange::first(&bomb.actor(&ACTOR_NONCE)).puts(CLAIMED);
            let bomb = say(&mut bomb, seat, change);
            // What waits for ever: a log without its beginning.
            let mut orphan = Pen::of(replica, space, log + 4);
            orphan.header.seq = 2;
            orphan.header.prev = Hash32([5; 32]);
            let orphans: Vec<Verified> = (0..ORPHANS)
                .map(|_| {
                    let change = RawChange { message: " ".repeat(1_000), ..plain(&orphan) };
                    say(&mut orphan, seat, change)
                })
                .collect();
            let digest = Hash32([1; 32]);
            let guessed = [closed, SpaceId([0xab; 16])].map(|space| SpaceDigest { space, digest });
            let mut frames = vec![
                b"\xff\xff garbage".to_vec(),
                frame(space, &[changed]),
                moved.encode(),
                frame(space, &[in_anothers_name]),
                frame(space, &[without_role, anothers_seat, bomb]),
                Message::Digests { spaces: guessed.to_vec() }.encode(),
                Message::Vector { space: closed, ends: Vec::new(), reply: true }.encode(),
                // What everybody has, again and again.
                frame(space, &true_ones),
                frame(space, &true_ones),
            ];
            frames.extend(orphans.chunks(200).map(|part| frame(space, part)));
            frames
        }
    };
    for (number, to) in [(0, hub_device), (1, chair_device)] {
        let frames = rogue.ask(forgeries.clone()(LOG + 16 * number)).await;
        says(&rogue, to, frames).await;
    }
    // One place of a log for two envelopes: one for the hub, the other for the chair.
    let fork = |word: &'static str| {
        move |engine: &mut hub::engine::Engine| {
            let mut pen = Pen::of(engine.replica(), space, LOG + 99);
            let seat = DocRef::seat(space, &engine.replica().me().unwrap().person);
            let change = RawChange { message: word.into(), ..RawChange::first(&pen.actor(&ACTOR_NONCE)).puts(1) };
            pen.change(&seat, ACTOR_NONCE, change.bytes())
        }
    };
    let (one, other) = (rogue.ask(fork("một")).await, rogue.ask(fork("hai")).await);
    says(&rogue, hub_device, vec![frame(space, std::slice::from_ref(&one))]).await;
    says(&rogue, chair_device, vec![frame(space, std::slice::from_ref(&other))]).await;
    comes_to_have(&chair, space, other.hash).await;

    // People go on, also through the hub.
    chair.writes(space, "after", "vẫn họp").await;
    clerk.comes_to_read(space, "after", "vẫn họp").await;
    clerk.writes(space, "answer", "đã nhận").await;
    chair.comes_to_read(space, "answer", "đã nhận").await;
    let kept = envelopes(&chair, space).await;
    let forged: Vec<&Verified> =
        kept.iter().skip(had).filter(|envelope| envelope.header.incarnation.0[6] == (LOG >> 8) as u8).collect();
    assert_eq!(forged.len(), 1, "of all that was made up only one branch of the fork is kept: {forged:?}");
    assert_eq!(envelopes(&chair, closed).await.len(), had_closed, "nothing came into the other sitting");
    let spaces = rogue.ask(|engine| engine.backend().spaces().unwrap()).await;
    assert!(!spaces.contains(&closed), "whoever guessed has nothing of the other sitting");
    assert_eq!(hub.get("/healthz").2, "ok\n");
    let grown = hub.metric("process_resident_memory_bytes").saturating_sub(before);
    assert!(grown < GROWTH_MAX, "the hub grew by {grown}");

    // And on the hub's disk.
    for device in [chair, clerk, rogue] {
        device.off().await;
    }
    let (ended, log) = hub.terminate("TERM").await;
    assert!(ended.success() && !log.contains("panicked"), "{log}");
    for (path, bytes) in place.files() {
        assert!(!bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes()), "{}", path.display());
    }
    let shelf = place.backend();
    let at_hub = |space: &SpaceId| shelf.envelopes(space, 0, usize::MAX).unwrap();
    assert_eq!(at_hub(&closed).len(), had_closed);
    for (_, bytes) in at_hub(&space) {
        let envelope = open_unsigned(&bytes).unwrap();
        let forged = envelope.header.incarnation.0[6] == (LOG >> 8) as u8;
        // The hub cannot open contents: a sealed bomb lies there unopened, as everything does; what it can judge it did.
        let judged = DocKind::from_code(envelope.header.kind) == DocKind::Meeting || envelope.header.device == chair_device;
        assert!(!(forged && judged), "{:?}", envelope.header);
        assert!(!forged || envelope.header.seq == 1, "what waits is not stored: {:?}", envelope.header);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn strangers_who_call_all_at_once_with_others_certificates_learn_nothing_and_keep_nobody_out() {
    let chair = Device::founder("Thành phố Huế").await;
    let place = Place::init(Some(chair.root().await));
    let hub = place.start().await;
    hub.is_let_in_by(&chair).await;
    let clerk = chair.admits("Thư ký").await;
    let space = chair.sitting(&[(clerk.person().await, MeetingRole::Secretary)]).await;
    chair.writes(space, "item", CANARY).await;
    let (root, chain) = chair
        .ask(|engine| {
            let directory = engine.replica().directory().unwrap();
            (*directory.root(), directory.chain(&engine.replica().device()).unwrap())
        })
        .await;
    let address = hub.address().await;
    let mut callers = tokio::task::JoinSet::new();
    for number in 0..STRANGERS {
        let (address, chain) = (address.clone(), chain.clone());
        callers.spawn(async move {
            let (handle, mut events) = net::start(net::Config::loopback(), &tokio::runtime::Handle::current()).unwrap();
            handle.dial(&address).unwrap();
            let mut heard = Vec::new();
            let mut met = None;
            while let Ok(Some(event)) = tokio::time::timeout(crate::device::PATIENCE, events.recv()).await {
                match event {
                    NetEvent::Connected { peer, .. } => {
                        met = Some(peer);
                        let hello = Message::Hello {
                            versions: vec![PROTOCOL],
                            nonce: [number as u8; 32],
                            root: Some(root),
                            organisation: "Thành phố Huế".into(),
                            chain: chain.clone(),
                        };
                        let digest = SpaceDigest { space, digest: Hash32([0; 32]) };
                        let questions = [
                            Message::Digests { spaces: vec![digest] },
                            Message::Vector { space, ends: Vec::new(), reply: true },
                            Message::Graft { space, ends: Vec::new() },
                        ];
                        let asked = questions.iter().cycle().take(12).map(Message::encode);
                        for frame in [hello.encode()].into_iter().chain(asked) {
                            let _ = handle.send(peer, NetLane::Sync, frame);
                        }
                    }
                    NetEvent::Frame { bytes, .. } => heard.push(bytes),
                    NetEvent::Disconnected { peer } if met == Some(peer) => break,
                    _ => {}
                }
            }
            heard
        });
    }
    while let Some(heard) = callers.join_next().await {
        for bytes in heard.unwrap() {
            let told = Message::decode(&bytes).unwrap();
            let greets = matches!(told, Message::Hello { .. } | Message::Proof { .. });
            assert!(greets, "who proved nothing hears nothing but a greeting: {told:?}");
        }
    }
    clerk.dials(&address).await;
    clerk.comes_to_read(space, "item", CANARY).await;
    assert_eq!(hub.get("/healthz").2, "ok\n");
}
