//! Files of the first released formats. What they hold must be readable for ever, and what is written today must be these bytes.
//!
//! `KYHOP_WRITE_GOLDEN=1` writes files that are not there yet. One that is there is never overwritten: a change of a released
//! format is a new version with a folder of its own.

use std::path::PathBuf;

use signing::bundle::{VoteBundle, verify_bundle};
use signing::join::verify_join;
use signing::sealed::{Cost, open, seal_with};
use signing::{
    DeviceKeys, JoinRequest, ProfileKeyFile, SignedAct, SignedCertificate, SignedJoinRequest, SpaceKey, WrappedKey,
    export_bundle, unwrap_key, verify_one, wrap_key,
};

use crate::acts::one_of_each_kind;
use crate::bundles::small_vote;
use crate::support::{keys, member_certificate, member_keys, person, rng, root};

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fixtures/golden/v1")
}

/// The stored bytes, after comparing them with what is written today.
pub fn golden(name: &str, today: &[u8]) -> Vec<u8> {
    let path = folder().join(name);
    if !path.exists() && std::env::var_os("KYHOP_WRITE_GOLDEN").is_some() {
        std::fs::create_dir_all(folder()).unwrap();
        std::fs::write(&path, today).unwrap();
    }
    let stored = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    assert!(stored == today, "{name}: the bytes written today differ from the released ones");
    stored
}

#[test]
fn a_certificate_and_a_chain_of_the_first_version() {
    let by_root = golden("certificate-administrator.cbor", &member_certificate(0).to_bytes());
    let by_device = golden("certificate-member.cbor", &member_certificate(3).to_bytes());
    let administrator = verify_one(&SignedCertificate::from_bytes(&by_root).unwrap(), None, &root().public()).unwrap();
    let member = verify_one(&SignedCertificate::from_bytes(&by_device).unwrap(), Some(&administrator), &root().public()).unwrap();
    assert_eq!((administrator.person_name.as_str(), member.person_name.as_str()), ("Nguyễn Văn An", "Phạm Thị Dung"));
}

#[test]
fn an_act_of_each_kind_of_the_first_version() {
    for (name, act) in one_of_each_kind() {
        let stored = golden(&format!("act-{name}.cbor"), &SignedAct::sign(&keys(1), &act).to_bytes());
        assert_eq!(SignedAct::from_bytes(&stored).unwrap().verify().unwrap(), act, "{name}");
    }
}

#[test]
fn a_request_to_join_of_the_first_version() {
    let asking = keys(9);
    let request = JoinRequest {
        version: 1,
        device: asking.device(),
        agreement: asking.agreement_key(),
        person: person(3),
        name: "Phạm Thị Dung".to_owned(),
        title: "Công chức Văn phòng – Thống kê".to_owned(),
        unit_name: Some("UBND phường Thuận Hóa".to_owned()),
        certificate_request: vec![0x30, 0x00],
        nonce: [5; 16],
        made_at: domain::id::Timestamp(1_790_000_000_000),
        invitation: None,
    };
    let stored = golden("join-request.cbor", &request.sign(&asking).unwrap().to_bytes());
    assert_eq!(verify_join(&SignedJoinRequest::from_bytes(&stored).unwrap()).unwrap(), request);
}

#[test]
fn an_exported_vote_of_the_first_version() {
    let stored = golden("vote.kyhopvote", &export_bundle(small_vote().source(), &member_keys(1)).unwrap());
    let report = verify_bundle(&stored, &root().fingerprint()).unwrap();
    assert_eq!((report.ok, report.counted, report.passed), (true, 2, true), "{report:?}");
    assert_eq!(VoteBundle::from_file(&stored).unwrap().0.organisation, "Thành phố Huế");
}

#[test]
fn key_files_of_the_first_version() {
    let (file, key) = ProfileKeyFile::create("mật khẩu".as_bytes(), &mut rng(1)).unwrap();
    let stored = golden("profile.key", file.as_bytes());
    let opened = ProfileKeyFile::from_bytes(stored).unlock("mật khẩu".as_bytes()).unwrap();
    assert_eq!(opened.derive("database"), key.derive("database"));
    let database = golden("profile.key.database", key.derive("database").as_slice());
    assert_eq!(opened.derive("database").as_slice(), database, "the derivation stays too");

    let record = golden("record.bin", &key.encrypt_record("device-keys", &keys(1).to_secret_bytes(), &mut rng(2)).unwrap());
    let device = DeviceKeys::from_secret_bytes(&opened.decrypt_record("device-keys", &record).unwrap()).unwrap();
    assert_eq!(device.device(), keys(1).device());

    let cost = Cost { memory_kib: 64, passes: 1, lanes: 1 };
    let stored = golden("root.sealed", &seal_with(cost, b"root passphrase", &root().to_secret_bytes(), &mut rng(3)).unwrap());
    assert_eq!(open(b"root passphrase", &stored).unwrap(), root().to_secret_bytes());
}

#[test]
fn a_wrapped_space_key_of_the_first_version() {
    let key = SpaceKey([7; 32]);
    let wrapped = wrap_key(&keys(1).agreement_key(), &key, b"space and epoch", &mut rng(4)).unwrap();
    let stored = golden("wrapped-key.bin", &wrapped.0);
    assert_eq!(unwrap_key(&keys(1), &WrappedKey(stored), b"space and epoch").unwrap(), key);
    assert_eq!(golden("wrapped-key.commitment", key.commitment().as_bytes()), key.commitment().as_bytes());
}
