//! Who may certify whom, and what attackers try.

use domain::id::Timestamp;
use proptest::prelude::*;
use signing::canonical::{decode, encode};
use signing::certificate::{is_acceptable_name, is_acceptable_text};
use signing::join::verify_join;
use signing::limits::{CERTIFICATE_REQUEST_BYTES, CHAIN_LENGTH};
use signing::{
    CertificateError, Chain, Context, DeviceCertificate, DeviceKeys, Issuer, JoinError, JoinRequest, RootKey, Signed,
    SignedCertificate, SignedJoinRequest, verify_chain, verify_one,
};

use crate::support::{bit_flips, certificate, keys, member_certificate, member_keys, person, rng, root, unit};

fn by(issuer: &DeviceKeys, body: &DeviceCertificate) -> SignedCertificate {
    SignedCertificate::sign(issuer, &DeviceCertificate { issuer: Issuer::Device(issuer.device()), ..body.clone() })
}

/// A second administrator, certified by the first and so bound to unit 1.
fn unit_administrator() -> (DeviceKeys, SignedCertificate) {
    let holder = keys(50);
    let body = DeviceCertificate { administrator: true, ..certificate(&holder, 10, Issuer::Root) };
    (keys(50), by(&member_keys(0), &body))
}

fn check(certificates: Vec<SignedCertificate>) -> Result<DeviceCertificate, CertificateError> {
    verify_chain(&Chain(certificates), &root().public())
}

#[test]
fn members_certified_by_the_administrator_are_who_they_are() {
    let leaf = check(vec![member_certificate(3), member_certificate(0)]).unwrap();
    assert_eq!((leaf.device, leaf.person, leaf.administrator), (member_keys(3).device(), person(3), false));
    assert_eq!(check(vec![member_certificate(0)]).unwrap().person, person(0));
}

#[test]
fn the_first_administrators_reach_every_unit_the_later_ones_their_own() {
    let elsewhere = |holder: &DeviceKeys| DeviceCertificate {
        unit: unit(2),
        unit_name: "Sở Tài chính".to_owned(),
        ..certificate(holder, 4, Issuer::Root)
    };
    check(vec![by(&member_keys(0), &elsewhere(&keys(9))), member_certificate(0)]).unwrap();

    let (admin, admin_certificate) = unit_administrator();
    let attack = by(&admin, &elsewhere(&keys(9)));
    assert_eq!(
        check(vec![attack, admin_certificate.clone(), member_certificate(0)]),
        Err(CertificateError::NotAllowed("devices of another unit"))
    );
    let renamed = DeviceCertificate { unit_name: "Sở Tài chính".to_owned(), ..certificate(&keys(9), 4, Issuer::Root) };
    assert!(
        check(vec![by(&admin, &renamed), admin_certificate.clone(), member_certificate(0)]).is_err(),
        "nor under another unit's name"
    );

    let own = certificate(&keys(9), 4, Issuer::Root);
    check(vec![by(&admin, &own), admin_certificate.clone(), member_certificate(0)]).unwrap();
    let own_administrator = DeviceCertificate { administrator: true, ..own };
    assert!(check(vec![by(&admin, &own_administrator), admin_certificate, member_certificate(0)]).unwrap().administrator);
}

#[test]
fn a_delegate_brings_a_further_device_of_their_own_and_nothing_else() {
    let delegate = member_keys(3);
    let chain = |body: DeviceCertificate| check(vec![by(&delegate, &body), member_certificate(3), member_certificate(0)]);
    let own = certificate(&keys(9), 3, Issuer::Root);
    assert_eq!(chain(own.clone()).unwrap().person, person(3));

    let not_allowed = |body: DeviceCertificate| matches!(chain(body), Err(CertificateError::NotAllowed(_)));
    assert!(not_allowed(DeviceCertificate { person: person(4), ..own.clone() }), "somebody else");
    assert!(not_allowed(DeviceCertificate { person_name: "Trần Thị Bình".to_owned(), ..own.clone() }), "another name");
    assert!(not_allowed(DeviceCertificate { person_title: "Chủ tịch".to_owned(), ..own.clone() }), "another title");
    assert!(not_allowed(DeviceCertificate { administrator: true, ..own.clone() }), "as administrator");
    assert!(not_allowed(DeviceCertificate { unit: unit(2), ..own.clone() }), "another unit");
    assert!(not_allowed(DeviceCertificate { unit_name: "Sở Tài chính".to_owned(), ..own }), "another unit's name");
}

#[test]
fn nobody_makes_themselves_an_administrator() {
    let attacker = member_keys(3);
    let promoted = DeviceCertificate { administrator: true, ..certificate(&attacker, 3, Issuer::Root) };
    // By their own device, alone or with the certificate they have; claiming the root; through a second device of theirs.
    assert_eq!(check(vec![by(&attacker, &promoted)]), Err(CertificateError::SelfIssued));
    assert_eq!(
        check(vec![by(&attacker, &promoted), member_certificate(3), member_certificate(0)]),
        Err(CertificateError::SelfIssued)
    );
    assert_eq!(check(vec![SignedCertificate::sign(&attacker, &promoted)]), Err(CertificateError::BadSignature));
    let second = keys(9);
    let further = by(&attacker, &certificate(&second, 3, Issuer::Root));
    let round = by(&second, &promoted);
    assert!(check(vec![round, further.clone(), member_certificate(3), member_certificate(0)]).is_err());
    // Even without the flag a device does not stand twice in a chain.
    let round = by(&second, &certificate(&attacker, 3, Issuer::Root));
    assert_eq!(check(vec![round, further, member_certificate(3), member_certificate(0)]), Err(CertificateError::SelfIssued));
}

#[test]
fn a_certificate_without_its_issuers_or_with_others_is_refused() {
    assert_eq!(check(vec![]), Err(CertificateError::Empty));
    assert_eq!(check(vec![member_certificate(3)]), Err(CertificateError::IssuerMissing));
    assert_eq!(
        check(vec![member_certificate(3), member_certificate(4), member_certificate(0)]),
        Err(CertificateError::IssuerMissing)
    );
    assert_eq!(
        check(vec![member_certificate(0), member_certificate(3)]),
        Err(CertificateError::IssuerMissing),
        "in the wrong order"
    );
    assert_eq!(
        check(vec![member_certificate(0), unit_administrator().1, member_certificate(0)]).unwrap_err().code(),
        "certificate_self_issued"
    );
    let second_first = DeviceCertificate { administrator: true, ..certificate(&keys(9), 5, Issuer::Root) };
    let second_first = SignedCertificate::sign_root(&root(), &second_first);
    assert_eq!(check(vec![second_first, member_certificate(0)]), Err(CertificateError::BeyondRoot));
}

#[test]
fn a_swapped_body_or_signature_is_refused() {
    let (one, two) = (member_certificate(3), member_certificate(4));
    let swapped: SignedCertificate = Signed::from_parts(one.body().to_vec(), *two.signature());
    assert_eq!(check(vec![swapped, member_certificate(0)]), Err(CertificateError::BadSignature));
}

#[test]
fn another_organisations_root_or_certificates_do_not_count() {
    let stranger = RootKey::generate(&mut rng(77));
    assert_eq!(verify_chain(&Chain(vec![member_certificate(0)]), &stranger.public()), Err(CertificateError::WrongRoot));
    // Signed by the strange root, claiming ours.
    let body = certificate(&keys(9), 3, Issuer::Root);
    assert_eq!(check(vec![SignedCertificate::sign_root(&stranger, &body)]), Err(CertificateError::BadSignature));
    // An honest issuer here, a body that names another organisation.
    let foreign = DeviceCertificate { root: stranger.fingerprint(), ..body };
    assert_eq!(check(vec![by(&member_keys(0), &foreign), member_certificate(0)]), Err(CertificateError::WrongRoot));
}

#[test]
fn a_signature_of_another_purpose_certifies_nothing() {
    let body = encode(&certificate(&keys(9), 3, Issuer::Root));
    for context in Context::ALL {
        let forged: SignedCertificate = Signed::from_parts(body.clone(), root().sign(context, &body));
        assert_eq!(check(vec![forged]).is_ok(), context == Context::Certificate, "{context:?}");
    }
}

#[test]
fn a_chain_has_at_most_its_limit() {
    // Each administrator certifies the next.
    let mut holders = vec![member_keys(0)];
    let mut chain = vec![member_certificate(0)];
    for seed in 300..300 + CHAIN_LENGTH as u64 {
        let next = keys(seed);
        let body = DeviceCertificate { administrator: true, ..certificate(&next, 5, Issuer::Root) };
        chain.insert(0, by(holders.last().unwrap(), &body));
        holders.push(next);
    }
    assert_eq!(check(chain.clone()), Err(CertificateError::TooLong(CHAIN_LENGTH + 1)));
    chain.remove(0);
    assert_eq!(chain.len(), CHAIN_LENGTH);
    check(chain).unwrap();
}

#[test]
fn names_that_disguise_themselves_are_refused() {
    for name in ["", " An", "An ", "A\nn", "A\u{202e}n", "A\u{200b}n", "A\u{feff}n", "A\u{7}n", "A\u{ad}n", "\u{2066}An"] {
        assert!(!is_acceptable_name(name, 120), "{name:?}");
        let body = DeviceCertificate { person_name: name.to_owned(), ..certificate(&keys(9), 3, Issuer::Root) };
        assert_eq!(
            check(vec![SignedCertificate::sign_root(&root(), &body)]).unwrap_err().code(),
            "certificate_bad_name",
            "{name:?}"
        );
    }
    assert!(is_acceptable_name(&"ộ".repeat(120), 120) && !is_acceptable_name(&"ộ".repeat(121), 120));
    assert!(is_acceptable_text("", 10), "a title may be empty");
    let no_unit = DeviceCertificate { unit_name: String::new(), ..certificate(&keys(9), 3, Issuer::Root) };
    assert_eq!(check(vec![SignedCertificate::sign_root(&root(), &no_unit)]), Err(CertificateError::BadName("name of the unit")));
}

#[test]
fn unusable_keys_and_unknown_versions_are_refused() {
    let sound = certificate(&keys(9), 3, Issuer::Root);
    let refused = |body: DeviceCertificate| check(vec![SignedCertificate::sign_root(&root(), &body)]).unwrap_err();
    assert_eq!(refused(DeviceCertificate { agreement: [0; 32], ..sound.clone() }), CertificateError::BadKey);
    assert_eq!(
        refused(DeviceCertificate { device: domain::id::DeviceId([0xff; 32]), ..sound.clone() }),
        CertificateError::BadKey
    );
    assert_eq!(refused(DeviceCertificate { version: 2, ..sound.clone() }), CertificateError::UnknownVersion(2));
    let too_long = DeviceCertificate { person_title: "ộ".repeat(5000), ..sound };
    assert_eq!(refused(too_long).code(), "certificate_unreadable");
}

#[test]
fn every_changed_bit_of_a_certificate_is_noticed() {
    let admin = verify_one(&member_certificate(0), None, &root().public()).unwrap();
    let whole = member_certificate(3).to_bytes();
    assert!(SignedCertificate::from_bytes(&whole).is_ok_and(|sound| verify_one(&sound, Some(&admin), &root().public()).is_ok()));
    for (bit, changed) in bit_flips(&whole).enumerate() {
        let accepted = SignedCertificate::from_bytes(&changed)
            .is_ok_and(|changed| verify_one(&changed, Some(&admin), &root().public()).is_ok());
        assert!(!accepted, "bit {bit}");
    }
}

#[test]
fn a_chain_travels() {
    let chain = Chain(vec![member_certificate(3), member_certificate(0)]);
    let bytes = encode(&chain);
    assert!(bytes.len() <= Chain::LIMIT);
    assert_eq!(decode::<Chain>(&bytes, Chain::LIMIT).unwrap(), chain);
}

fn request(asking: &DeviceKeys) -> JoinRequest {
    JoinRequest {
        version: 1,
        device: asking.device(),
        agreement: asking.agreement_key(),
        person: person(3),
        name: "Lê Quang Cường".to_owned(),
        title: String::new(),
        unit_name: Some("UBND phường Thuận Hóa".to_owned()),
        certificate_request: vec![0x30; 300],
        nonce: [5; 16],
        made_at: Timestamp(1_790_000_000_000),
        invitation: None,
    }
}

#[test]
fn a_request_to_join_says_who_asks() {
    let asking = keys(9);
    let signed = request(&asking).sign(&asking).unwrap();
    let read = SignedJoinRequest::from_bytes(&signed.to_bytes()).unwrap();
    assert_eq!(verify_join(&read).unwrap(), request(&asking));
}

#[test]
fn every_changed_bit_of_a_request_is_noticed() {
    let asking = keys(9);
    let whole = request(&asking).sign(&asking).unwrap().to_bytes();
    for (bit, changed) in bit_flips(&whole).enumerate() {
        let accepted = SignedJoinRequest::from_bytes(&changed).is_ok_and(|changed| verify_join(&changed).is_ok());
        assert!(!accepted, "bit {bit}");
    }
}

#[test]
fn requests_for_another_device_or_over_the_limits_are_refused() {
    let asking = keys(9);
    assert_eq!(request(&asking).sign(&keys(10)), Err(JoinError::BadSignature));
    let refused = |change: fn(&mut JoinRequest)| {
        let mut changed = request(&keys(9));
        change(&mut changed);
        changed.sign(&keys(9)).unwrap_err().code()
    };
    assert_eq!(refused(|request| request.version = 9), "join_unknown_version");
    assert_eq!(refused(|request| request.name.clear()), "join_bad_name");
    assert_eq!(refused(|request| request.unit_name = Some(String::new())), "join_bad_name");
    assert_eq!(refused(|request| request.agreement = [0; 32]), "join_bad_key");
    assert_eq!(refused(|request| request.certificate_request = vec![0; CERTIFICATE_REQUEST_BYTES + 1]), "join_request_too_long");
    assert_eq!(refused(|request| request.certificate_request = vec![0; 1 << 20]), "join_unreadable");
}

proptest! {
    #[test]
    fn any_acceptable_certificate_comes_back_as_it_was(
        name in "[A-ZĐa-zăâêôơư][a-zăâđêôơưáàảãạ ]{0,40}[a-z]",
        title in "[A-Za-z]{0,30}",
        administrator: bool,
        issued_at: i64,
        seed: u64,
    ) {
        let body = DeviceCertificate {
            person_name: name,
            person_title: title,
            administrator,
            issued_at: Timestamp(issued_at),
            ..certificate(&keys(seed), 3, Issuer::Root)
        };
        let signed = SignedCertificate::sign_root(&root(), &body);
        let read = SignedCertificate::from_bytes(&signed.to_bytes()).unwrap();
        prop_assert_eq!(verify_one(&read, None, &root().public()).unwrap(), body);
    }

    #[test]
    fn garbage_is_never_a_certificate(bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(SignedCertificate::from_bytes(&bytes).map_or(true, |read| verify_one(&read, None, &root().public()).is_err()));
    }
}
