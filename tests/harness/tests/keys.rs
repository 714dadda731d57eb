//! Stories of keys: who tries to keep others from one, or to go on hearing what is no longer meant for them.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use automerge::ReadDoc;
use automerge::transaction::Transactable;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use domain::id::{Hash32, SpaceId};
use domain::meeting::MeetingRole::{Chair, Delegate, Guest, Secretary};
use harness::Room;
use harness::forgery::{Pen, frame};
use rand_chacha::ChaCha20Rng;
use rand_core::SeedableRng;
use signing::certificate::{CERTIFICATE_VERSION, DeviceCertificate, Issuer, SignedCertificate};
use signing::keys::DeviceKeys;
use signing::signed::Signed;
use signing::wrap::{SpaceKey, wrap_key};
use sync::DocRef;
use sync::control::{ControlOp, KeyWrap, SpaceKind};
use sync::port::Shelf as _;
use sync::wire::{BeatBody, Message};

fn say(room: &mut Room, name: &str, space: SpaceId, word: &str) {
    room.edit(name, DocRef::meeting(space), |tx| tx.put(automerge::ROOT, word, word).map_err(|error| error.to_string())).unwrap();
}

fn reads(room: &mut Room, name: &str, space: SpaceId, word: &str) -> bool {
    room.read(name, &DocRef::meeting(space), |document| document.get(automerge::ROOT, word).unwrap().is_some())
}

/// Notes on somebody's seat.
fn marks(room: &mut Room, name: &str, space: SpaceId, word: &str) {
    let seat = DocRef::seat(space, &room.person(name));
    room.edit(name, seat, |tx| tx.put(automerge::ROOT, word, word).map_err(|error| error.to_string())).unwrap();
}

fn sees_mark(room: &mut Room, name: &str, of: &str, space: SpaceId, word: &str) -> bool {
    let seat = DocRef::seat(space, &room.person(of));
    room.read(name, &seat, |document| document.get(automerge::ROOT, word).unwrap().is_some())
}

/// The key of an epoch, wrapped by somebody for a device of the room.
fn wrapped(room: &Room, space: SpaceId, epoch: u32, key: &SpaceKey, name: &str, seed: u64) -> KeyWrap {
    let context = [space.as_bytes().as_slice(), &epoch.to_be_bytes()].concat();
    let keys = room.replica(name).keys();
    let mut rng = ChaCha20Rng::seed_from_u64(seed);
    KeyWrap { device: keys.device(), wrapped: wrap_key(&keys.agreement_key(), key, &context, &mut rng).unwrap() }
}

#[test]
fn who_takes_the_last_number_of_a_key_does_not_keep_the_next_ones_from_being_made() {
    let mut room = Room::new(&["secretary", "chair", "d1", "d2", "d3"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate), ("d2", Delegate), ("d3", Delegate)]);
    room.run_until_quiescent();
    let key = SpaceKey([9; 32]);
    let wraps = ["secretary", "chair", "d1"].iter().map(|name| wrapped(&room, space, u32::MAX, &key, name, 1)).collect();
    let bomb = ControlOp::Epoch { epoch: u32::MAX, commitment: key.commitment(), wraps };
    let mut pen = Pen::new(&room, "chair", space, 1);
    room.inject("chair", "secretary", frame(space, &[pen.decide(&bomb)]));
    // Three people are taken out one after the other: each time a key follows that the one taken out does not have.
    let mut before = room.device("d3").shelf.space_keys(&space).unwrap().len();
    for name in ["chair", "d1", "d2"] {
        let person = room.person(name);
        room.remove("secretary", space, person).unwrap();
        room.run_until_quiescent();
        room.wait_ms(5_000);
        let word = format!("without {name}");
        say(&mut room, "secretary", space, &word);
        room.run_until_quiescent();
        assert!(reads(&mut room, "d3", space, &word), "{word}");
        let keys = room.device("d3").shelf.space_keys(&space).unwrap();
        assert!(keys.len() > before, "{word}: a key followed");
        before = keys.len();
        let held: Vec<_> = room.device(name).shelf.space_keys(&space).unwrap();
        let secretary = room.replica("secretary").spaces().find(|state| state.id == space).unwrap();
        let (epoch, clean) = secretary.writing_epoch(&|device| *device != room.replica(name).device()).unwrap();
        assert!(clean && held.iter().all(|(has, _)| *has != epoch), "{word}");
    }
}

#[test]
fn who_gives_newcomers_a_false_key_beforehand_keeps_nobody_out() {
    let mut room = Room::new(&["secretary", "chair", "d1", "late"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    say(&mut room, "secretary", space, "for members");
    room.run_until_quiescent();
    let epoch = room.device("d1").shelf.space_keys(&space).unwrap()[0].0;
    let wraps = vec![wrapped(&room, space, epoch, &SpaceKey([1; 32]), "late", 2)];
    let mut pen = Pen::new(&room, "d1", space, 1);
    let false_key = frame(space, &[pen.decide(&ControlOp::Wraps { epoch, wraps })]);
    for name in ["secretary", "chair"] {
        room.inject("d1", name, false_key.clone());
    }
    let late = room.person("late");
    room.invite("secretary", space, late, Delegate);
    room.run_until_quiescent();
    room.wait_ms(20_000);
    assert!(reads(&mut room, "late", space, "for members"));
}

#[test]
fn who_was_removed_hears_no_word_under_a_key_of_their_own_making() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    room.hub("hub", "secretary");
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    room.run_until_quiescent();
    let heads = room.replica("chair").spaces().find(|state| state.id == space).unwrap().dag.heads();
    let chair = room.person("chair");
    room.remove("secretary", space, chair).unwrap();
    room.run_until_quiescent();
    // With a number above all, and citing what was before the removal, so that everybody takes it for what may have been written under.
    let key = SpaceKey([9; 32]);
    let epoch = 0x7fff_0000;
    let wraps = ["secretary", "d1"].iter().map(|name| wrapped(&room, space, epoch, &key, name, 1)).collect();
    let mut pen = Pen::new(&room, "chair", space, 1);
    pen.header.seen = heads;
    let own = frame(space, &[pen.decide(&ControlOp::Epoch { epoch, commitment: key.commitment(), wraps })]);
    for name in ["secretary", "d1"] {
        room.inject("hub", name, own.clone());
        assert!(room.device(name).shelf.space_keys(&space).unwrap().iter().any(|(has, _)| *has == epoch), "{name} has it");
    }
    room.tap();
    room.beat("secretary", space, b"trang 3");
    room.run_until_quiescent();
    assert_eq!(room.device("d1").heard, [b"trang 3".to_vec()]);
    // What the hub passes on, and may hand to the one removed, does not open with any key that one has.
    let mut known: Vec<SpaceKey> =
        room.device("chair").shelf.space_keys(&space).unwrap().into_iter().map(|(_, key)| key).collect();
    known.push(key);
    let words: Vec<BeatBody> = room
        .tapped()
        .into_iter()
        .filter_map(|(_, _, message)| match message {
            Message::Beat { body, .. } => signing::canonical::decode(&body, 4_096).ok(),
            _ => None,
        })
        .collect();
    assert!(!words.is_empty());
    for body in words {
        let (nonce, sealed) = body.sealed.split_first_chunk::<24>().unwrap();
        let aad = [body.space.as_bytes().as_slice(), body.device.as_bytes(), &body.counter.to_be_bytes()].concat();
        let opens = |key: &SpaceKey| {
            let cipher = XChaCha20Poly1305::new(&blake3::derive_key("kyhop 2026 beat key v1", key.as_bytes()).into());
            cipher.decrypt(&XNonce::from(*nonce), Payload { msg: sealed, aad: &aad }).is_ok()
        };
        assert!(!known.iter().any(opens));
        let mine = room.device("d1").shelf.space_keys(&space).unwrap();
        assert!(mine.iter().any(|(_, key)| opens(key)), "it is looked at rightly");
    }
}

#[test]
fn a_founder_who_was_removed_by_a_stolen_device_reads_what_was_written_meanwhile() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    room.run_until_quiescent();
    let secretary = room.person("secretary");
    room.partition(&[&["chair", "d1"], &["secretary"]]);
    // The thief takes the secretary out and makes a key; d1 writes under it.
    room.remove("chair", space, secretary).unwrap();
    room.run_until_quiescent();
    marks(&mut room, "d1", space, "between");
    room.isolate("chair");
    room.revoke("secretary", "chair").unwrap();
    room.heal_between("secretary", "d1");
    room.wait_ms(120_000);
    marks(&mut room, "d1", space, "after");
    room.run_until_quiescent();
    for word in ["between", "after"] {
        assert!(sees_mark(&mut room, "secretary", "d1", space, word), "{word}");
    }
}

#[test]
fn the_only_managers_new_device_gets_the_keys_from_who_does_not_manage_any_more() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    let space = room.sitting("secretary", &[("chair", Secretary), ("d1", Delegate)]);
    say(&mut room, "secretary", space, "before");
    room.run_until_quiescent();
    let secretary = room.person("secretary");
    room.invite("chair", space, secretary, Guest);
    room.run_until_quiescent();
    // The chair's laptop lets the tablet in and is revoked by it before the tablet has any key.
    room.isolate("chair");
    room.further_device("tablet", "chair");
    room.isolate("tablet");
    room.revoke("tablet", "chair").unwrap();
    room.heal_between("tablet", "secretary");
    room.heal_between("tablet", "d1");
    room.wait_ms(120_000);
    assert!(reads(&mut room, "tablet", space, "before"));
    say(&mut room, "tablet", space, "and on");
    room.run_until_quiescent();
    for name in ["secretary", "d1"] {
        assert!(reads(&mut room, name, space, "and on"), "{name}");
    }
}

#[test]
fn an_administrator_who_certifies_a_device_in_somebodys_name_reads_none_of_that_persons_notes() {
    let mut room = Room::new(&["secretary", "chair", "d1"]);
    room.run_until_quiescent();
    let notes = room.replica("d1").spaces_of(SpaceKind::Personal)[0];
    let admin = room.replica("secretary").me().unwrap().clone();
    let victim = room.replica("d1").me().unwrap().clone();
    let keys = DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(99));
    let certificate = DeviceCertificate {
        version: CERTIFICATE_VERSION,
        device: keys.device(),
        agreement: keys.agreement_key(),
        administrator: false,
        issuer: Issuer::Device(admin.device),
        ..victim
    };
    let signed: SignedCertificate = Signed::sign(room.replica("secretary").keys(), &certificate);
    room.directory_op("secretary", ControlOp::Certify { certificate: signed }).unwrap();
    room.run_until_quiescent();
    room.wait_ms(20_000);
    assert!(room.replica("d1").directory().unwrap().trusts(&keys.device()), "it is in the directory, for all to see");
    let space = room.replica("d1").spaces().find(|state| state.id == notes).unwrap();
    let given = space.access.readable.keys().any(|epoch| space.wrapped(*epoch).contains(&keys.device()));
    assert!(!given, "d1's device gives it no key of the notes");
    // A device that d1's own device let in gets them.
    room.further_device("d1's tablet", "d1");
    room.run_until_quiescent();
    room.wait_ms(20_000);
    assert!(!room.device("d1's tablet").shelf.space_keys(&notes).unwrap().is_empty());
    assert_ne!(Hash32([0; 32]), certificate.root);
}

#[test]
fn an_administrator_who_names_a_key_of_their_own_for_somebodys_device_is_sent_nothing_that_is_meant_for_it() {
    let mut room = Room::new(&["secretary", "chair", "d1", "d2"]);
    let space = room.sitting("chair", &[("d1", Delegate), ("d2", Delegate)]);
    room.run_until_quiescent();
    let victim = room.replica("d1").me().unwrap().clone();
    let admin = room.replica("secretary").me().unwrap().device;
    let own = DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(99));
    // Of many attempts at least one has a lower hash than the true one.
    for attempt in 0..8 {
        let issued_at = victim.issued_at.plus_ms(attempt);
        let forged =
            DeviceCertificate { agreement: own.agreement_key(), issued_at, issuer: Issuer::Device(admin), ..victim.clone() };
        let certificate: SignedCertificate = Signed::sign(room.replica("secretary").keys(), &forged);
        room.directory_op("secretary", ControlOp::Certify { certificate }).unwrap();
    }
    room.run_until_quiescent();
    for name in ["secretary", "chair", "d2"] {
        assert!(room.replica(name).directory().unwrap().is_doubted(&victim.device), "{name} sees it");
    }
    let d2 = room.person("d2");
    room.remove("chair", space, d2).unwrap();
    room.run_until_quiescent();
    room.wait_ms(20_000);
    say(&mut room, "chair", space, "afterwards");
    room.run_until_quiescent();
    let chair = room.replica("chair").spaces().find(|state| state.id == space).unwrap();
    let (newest, _) = chair.keys.last_key_value().unwrap();
    assert!(chair.keys.len() > 1, "a key followed");
    assert!(!chair.wrapped(*newest).contains(&victim.device));
}
