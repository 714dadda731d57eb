//! What is signed by devices and by the root: the body is tried, the signature over it is made right.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "what is honest is made here and is as it is")]

use domain::id::{DeviceId, Hash32, PersonId, SpaceId, Timestamp};
use signing::act::decode_body;
use signing::archive::{ARCHIVE_SEAL_MAGIC, ARCHIVE_SEAL_VERSION, ArchiveSeal, verify_archive_seal};
use signing::bundle::{BUNDLE_MAGIC, SecretBundle, VoteBundle, inspect_bundle, inspect_secret_bundle};
use signing::canonical;
use signing::certificate::{Chain, DeviceCertificate, Issuer, SignedCertificate, verify_chain, verify_one};
use signing::join::{JoinRequest, SignedJoinRequest, verify_join};
use signing::keys::Context;
use signing::signed::Signed;
use signing::vote::{VoteActs, count};
use signing::{Act, SignedAct};

use super::fixtures;
use crate::office::{certificate as certified, keys, root};

/// Longest body that is tried.
const BODY_BYTES: usize = 256 << 10;

/// Bodies of certificates.
pub fn certificates() -> Vec<Vec<u8>> {
    let (administrator, own) = (keys(1), keys(2));
    vec![
        canonical::encode(&certified(&administrator, true, Issuer::Root)),
        canonical::encode(&certified(&own, false, Issuer::Device(administrator.device()))),
        canonical::encode(&certified(&own, true, Issuer::Device(administrator.device()))),
    ]
}

/// A certificate signed by the root, and by an administrator's device.
pub fn certificate(data: &[u8]) -> String {
    let _ = SignedCertificate::from_bytes(data).map(|signed| verify_one(&signed, None, &root().public()));
    let _ = canonical::decode::<Chain>(data, Chain::LIMIT).map(|chain| verify_chain(&chain, &root().public()));
    let (root, administrator) = (root(), keys(1));
    let by_root = SignedCertificate::from_parts(data.to_vec(), root.sign(Context::Certificate, data));
    let by_device = SignedCertificate::from_parts(data.to_vec(), administrator.sign(Context::Certificate, data));
    let top = certified(&administrator, true, Issuer::Root);
    let above = SignedCertificate::sign_root(&root, &top);
    let first = verify_one(&by_root, None, &root.public());
    let second = verify_one(&by_device, Some(&top), &root.public());
    let whole = verify_chain(&Chain(vec![by_device.clone(), above.clone(), by_root, above]), &root.public());
    assert!(whole.is_err(), "no chain goes on beyond the root");
    for certificate in [&first, &second].into_iter().flatten() {
        assert_eq!(canonical::encode(certificate), data, "one spelling");
    }
    if let Ok(certificate) = &second {
        assert_eq!((certificate.issuer, certificate.root), (Issuer::Device(administrator.device()), root.fingerprint()));
    }
    let said = |result: &Result<DeviceCertificate, signing::CertificateError>| {
        result.as_ref().map_or_else(|error| error.code(), |_| "good")
    };
    format!("{} {}", said(&first), said(&second))
}

/// Bodies of acts.
pub fn acts() -> Vec<Vec<u8>> {
    fixtures("golden/v1", "act-").iter().filter_map(|bytes| Some(SignedAct::from_bytes(bytes).ok()?.body)).collect()
}

/// An act, signed, counted as whatever it says to be among honest ones.
pub fn act(data: &[u8]) -> String {
    let _ = SignedAct::from_bytes(data).map(|act| act.verify());
    let keys = keys(5);
    let act = SignedAct { body: data.to_vec(), device: keys.device(), signature: keys.sign(Context::Act, data) };
    assert_eq!(SignedAct::from_bytes(&act.to_bytes()).as_ref(), Ok(&act));
    match act.verify() {
        Ok(what) => {
            assert_eq!(decode_body(data).as_ref(), Ok(&what));
            let honest: Vec<SignedAct> = acts()
                .into_iter()
                .map(|body| SignedAct { device: keys.device(), signature: keys.sign(Context::Act, &body), body })
                .chain([act.clone(), act.clone()])
                .collect();
            let opening = honest.iter().find(|act| matches!(act.verify(), Ok(Act::VoteOpened(_)))).unwrap_or(&act);
            for opening in [opening, &act] {
                let all = VoteActs { opening, ballots: &honest, closings: &honest, acknowledgements: &honest };
                let whose = |device: &DeviceId| Some(PersonId([device.0[0]; 16]));
                if let Ok(record) = count(all, whose) {
                    assert!(record.outcome.counted as usize <= record.opening.roll.len(), "one ballot for each of the roll");
                }
            }
            format!("{what:?}").split([' ', '(', '{']).next().unwrap_or_default().to_owned()
        }
        Err(error) => error.code().to_owned(),
    }
}

/// Bodies of requests to join.
pub fn joins() -> Vec<Vec<u8>> {
    let files = fixtures("golden/v1", "join-request");
    files.iter().filter_map(|bytes| Some(SignedJoinRequest::from_bytes(bytes).ok()?.body().to_vec())).collect()
}

/// A request to join, signed by the device that it names as far as that is one of ours.
pub fn join(data: &[u8]) -> String {
    let _ = SignedJoinRequest::from_bytes(data).map(|request| verify_join(&request));
    let keys = keys(6);
    let body = match canonical::decode::<JoinRequest>(data, BODY_BYTES) {
        Ok(request) => canonical::encode(&JoinRequest { device: keys.device(), ..request }),
        Err(_) => data.to_vec(),
    };
    let signed = SignedJoinRequest::from_parts(body.clone(), keys.sign(Context::Join, &body));
    match verify_join(&signed) {
        Ok(request) => {
            assert_eq!(request.device, keys.device());
            "good".to_owned()
        }
        Err(error) => error.code().to_owned(),
    }
}

/// Bodies of exported votes.
pub fn bundles() -> Vec<Vec<u8>> {
    let files = fixtures("golden/v1", "vote.");
    files.iter().filter_map(|file| Some(VoteBundle::from_file(file).ok()?.1.body().to_vec())).collect()
}

/// An exported vote, signed by one whom nobody knows, and as a file.
pub fn bundle(data: &[u8]) -> String {
    let expected = root().fingerprint();
    let _ = inspect_bundle(data, &expected);
    let keys = keys(8);
    let signed: Signed<VoteBundle> = Signed::from_parts(data.to_vec(), keys.sign(Context::Bundle, data));
    let file = [BUNDLE_MAGIC.as_slice(), &signed.to_bytes()].concat();
    match inspect_bundle(&file, &expected) {
        Ok(_) => "read".to_owned(),
        Err(error) => error.code().to_owned(),
    }
}

/// Bodies of exported secret votes.
pub fn secret_bundles() -> Vec<Vec<u8>> {
    fixtures("golden/v1", "secret-vote.")
        .iter()
        .filter_map(|file| Some(SecretBundle::from_file(file).ok()?.1.body().to_vec()))
        .collect()
}

/// An exported secret vote, signed by one whom nobody knows.
pub fn secret_bundle(data: &[u8]) -> String {
    let expected = root().fingerprint();
    let keys = keys(8);
    let signed: Signed<SecretBundle> = Signed::from_parts(data.to_vec(), keys.sign(Context::Bundle, data));
    let file = [BUNDLE_MAGIC.as_slice(), &signed.to_bytes()].concat();
    // Under its own root, so that what it says is counted.
    let own = SecretBundle::from_file(&file).map_or(expected, |(bundle, _)| bundle.root.fingerprint());
    match inspect_secret_bundle(&file, &own) {
        Ok(inspected) => {
            assert!(!inspected.report.ok, "nobody signed this");
            format!("read {}", inspected.problems.len())
        }
        Err(error) => error.code().to_owned(),
    }
}

/// Bodies of seals of archives.
pub fn seals() -> Vec<Vec<u8>> {
    let (administrator, own) = (keys(1), keys(2));
    let chain = Chain(vec![
        SignedCertificate::sign(&administrator, &certified(&own, false, Issuer::Device(administrator.device()))),
        SignedCertificate::sign_root(&root(), &certified(&administrator, true, Issuer::Root)),
    ]);
    let seal = ArchiveSeal {
        version: ARCHIVE_SEAL_VERSION,
        root: root().public(),
        chain,
        space: SpaceId([3; 16]),
        checksums: Hash32([4; 32]),
        sealed_at: Timestamp(1_790_000_000_000),
    };
    vec![canonical::encode(&seal)]
}

/// A seal of an archive, signed by the device that it should be of.
pub fn seal(data: &[u8]) -> String {
    let signed: Signed<ArchiveSeal> = Signed::from_parts(data.to_vec(), keys(2).sign(Context::Archive, data));
    let file = [ARCHIVE_SEAL_MAGIC.as_slice(), &signed.to_bytes()].concat();
    match verify_archive_seal(&file, &root().fingerprint(), &Hash32([4; 32])) {
        Ok(by) => {
            assert_eq!(by.device, keys(2).device());
            "holds".to_owned()
        }
        Err(error) => error.code().to_owned(),
    }
}

/// Files that a passphrase opens.
pub fn sealed_files() -> Vec<Vec<u8>> {
    [fixtures("golden/v1", "root.sealed"), fixtures("golden/v1", "profile.key")]
        .concat()
        .into_iter()
        .filter(|file| file.len() < 4_096)
        .collect()
}

/// A file that a passphrase opens: never with a wrong one, and never at a cost of the file's choosing.
pub fn sealed(data: &[u8]) -> String {
    match signing::sealed::open(b"not the passphrase", data) {
        Ok(_) => panic!("it opens without its passphrase"),
        Err(error) => error.code().to_owned(),
    }
}
