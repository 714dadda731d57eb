//! An administrator with a program of their own certifies a device in somebody's name; what that is worth, on every device alike.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use domain::id::{DeviceId, PersonId};
use domain::meeting::MeetingRole::{Chair, Delegate};
use harness::Room;
use harness::forgery::{Pen, frame};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use signing::certificate::{DeviceCertificate, Issuer, SignedCertificate};
use signing::keys::DeviceKeys;
use signing::signed::Signed;
use sync::control::ControlOp;

const EVERYBODY: [&str; 3] = ["secretary", "chair", "d1"];

fn keys(seed: u64) -> DeviceKeys {
    DeviceKeys::generate(&mut ChaCha20Rng::seed_from_u64(seed))
}

/// A device of `person`, in the secretary's unit, that `by` vouches for.
fn certificate(room: &Room, by: &DeviceKeys, device: &DeviceKeys, person: PersonId) -> SignedCertificate {
    let like = room.replica("d1").me().unwrap().clone();
    let body = DeviceCertificate {
        person,
        person_name: "Phạm Thị Dung".to_owned(),
        person_title: String::new(),
        device: device.device(),
        agreement: device.agreement_key(),
        administrator: false,
        issuer: Issuer::Device(by.device()),
        ..like
    };
    Signed::sign(by, &body)
}

fn administrator(room: &Room) -> DeviceKeys {
    let secret = room.replica("secretary").keys().to_secret_bytes();
    DeviceKeys::from_secret_bytes(&secret).unwrap()
}

fn brings(room: &mut Room, name: &str, certificate: SignedCertificate) {
    room.directory_op(name, ControlOp::Certify { certificate }).unwrap();
}

/// Is the device trusted, the same for everybody.
fn trusted(room: &Room, device: &DeviceId) -> bool {
    let say = EVERYBODY.map(|name| room.replica(name).directory().unwrap().trusts(device));
    assert!(say.iter().all(|one| *one == say[0]), "{say:?}");
    say[0]
}

#[test]
fn a_device_in_somebodys_name_is_worth_nothing_until_that_person_says_so() {
    let mut room = Room::new(&EVERYBODY);
    let (own, other) = (keys(98), keys(99));
    let person = PersonId::first_on(&own.device());
    let secretary = administrator(&room);
    let first = certificate(&room, &secretary, &own, person);
    brings(&mut room, "secretary", first);
    let space = room.sitting("secretary", &[("chair", Chair), ("d1", Delegate)]);
    room.invite("secretary", space, person, Delegate);
    let forged = certificate(&room, &secretary, &other, person);
    brings(&mut room, "secretary", forged);
    room.run_until_quiescent();
    room.wait_ms(20_000);
    assert!(trusted(&room, &own.device()) && !trusted(&room, &other.device()));
    assert!(room.replica("d1").directory().unwrap().is_doubted(&other.device()), "and everybody sees it");
    let has_a_key = |room: &Room, device: &DeviceId| {
        let space = room.replica("secretary").spaces().find(|state| state.id == space).unwrap();
        space.access.readable.keys().any(|epoch| space.wrapped(*epoch).contains(device))
    };
    assert!(has_a_key(&room, &own.device()) && !has_a_key(&room, &other.device()));

    // The person's own device says so: anybody may bring it.
    let word = certificate(&room, &own, &other, person);
    brings(&mut room, "d1", word);
    room.run_until_quiescent();
    room.wait_ms(20_000);
    assert!(trusted(&room, &other.device()) && has_a_key(&room, &other.device()));
}

#[test]
fn a_forged_device_that_was_known_before_its_person_falls_when_the_person_comes() {
    let mut room = Room::new(&EVERYBODY);
    let (own, other) = (keys(98), keys(99));
    let person = PersonId::first_on(&own.device());
    let secretary = administrator(&room);
    room.partition(&[&["secretary"], &["chair", "d1"]]);
    let forged = certificate(&room, &secretary, &other, person);
    brings(&mut room, "d1", forged);
    room.run_until_quiescent();
    assert!(room.replica("chair").directory().unwrap().trusts(&other.device()), "nothing speaks against it there");
    let first = certificate(&room, &secretary, &own, person);
    brings(&mut room, "secretary", first);
    room.heal();
    room.run_until_quiescent();
    assert!(trusted(&room, &own.device()) && !trusted(&room, &other.device()));
}

#[test]
fn a_first_device_is_not_hidden_by_where_its_certificate_stands_in_folding_order() {
    let mut room = Room::new(&EVERYBODY);
    let (own, other) = (keys(98), keys(99));
    let person = PersonId::first_on(&own.device());
    let secretary = administrator(&room);
    let space = room.replica("secretary").directory().unwrap().space();
    let first = ControlOp::Certify { certificate: certificate(&room, &secretary, &own, person) };
    // An envelope that cites nothing and comes before the administrator's own certificate: of many names some are low enough.
    let beginning = room.replica("secretary").spaces().find(|state| state.id == space).unwrap().dag.ordered()[0].hash;
    let early = (1..100_000).find_map(|log| {
        let mut pen = Pen::new(&room, "secretary", space, log);
        pen.header.seen = Vec::new();
        let envelope = pen.decide(&first);
        (envelope.hash < beginning).then_some(envelope)
    });
    let early = frame(space, &[early.unwrap()]);
    for name in ["chair", "d1"] {
        room.inject("secretary", name, early.clone());
    }
    room.run_until_quiescent();
    assert!(room.replica("d1").directory().unwrap().trusts(&own.device()));
    let forged = certificate(&room, &secretary, &other, person);
    brings(&mut room, "d1", forged);
    room.run_until_quiescent();
    for name in ["chair", "d1"] {
        room.switch_off(name);
        room.switch_on(name);
    }
    for name in ["chair", "d1"] {
        let directory = room.replica(name).directory().unwrap();
        assert!(directory.trusts(&own.device()) && !directory.trusts(&other.device()), "{name}");
    }
}

#[test]
fn an_administrator_who_makes_up_a_second_one_does_not_sit_down_beside_somebody() {
    let mut room = Room::new(&EVERYBODY);
    let (own, other, made_up) = (keys(98), keys(99), keys(97));
    let person = PersonId::first_on(&own.device());
    let secretary = administrator(&room);
    let first = certificate(&room, &secretary, &own, person);
    brings(&mut room, "secretary", first);
    let like = room.replica("secretary").me().unwrap().clone();
    let colleague = DeviceCertificate {
        person: PersonId::first_on(&made_up.device()),
        person_name: "Lê Văn Không".to_owned(),
        device: made_up.device(),
        agreement: made_up.agreement_key(),
        issuer: Issuer::Device(secretary.device()),
        ..like
    };
    let colleague = Signed::sign(&secretary, &colleague);
    brings(&mut room, "secretary", colleague);
    for by in [&secretary, &made_up] {
        let forged = certificate(&room, by, &other, person);
        brings(&mut room, "secretary", forged);
    }
    room.run_until_quiescent();
    assert!(trusted(&room, &made_up.device()), "it is an administrator, for all to see");
    assert!(trusted(&room, &own.device()) && !trusted(&room, &other.device()));

    // Only who throws the person out, before everybody's eyes, can bring somebody back in that name; also who really is to be brought back.
    let lost = ControlOp::Revoke { device: own.device(), seen: Vec::new() };
    room.directory_op("secretary", lost).unwrap();
    room.run_until_quiescent();
    assert!(!trusted(&room, &own.device()) && trusted(&room, &other.device()));
    for name in EVERYBODY {
        room.switch_off(name);
        room.switch_on(name);
    }
    assert!(!trusted(&room, &own.device()) && trusted(&room, &other.device()), "the same when all is read again");
}
