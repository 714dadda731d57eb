//! A commune joins a city: what both roots have to say, and what its people are there.

use domain::id::Timestamp;
use signing::accession::{Accession, AccessionError, AgreedAccession, member_of_city};
use signing::limits::UNIT_NAME_CHARS;
use signing::{Chain, DeviceCertificate, Issuer, RootKey, Signed, SignedCertificate};

use crate::support::{NAMES, bit_flips, certificate, member_certificate, member_keys, person, rng, root, unit};

const UNIT_NAME: &str = "UBND xã Hương Thọ";

fn commune() -> RootKey {
    RootKey::generate(&mut rng(0x0c0))
}

fn asked() -> Accession {
    Accession {
        version: 1,
        city: root().public(),
        commune: commune().public(),
        organisation: "Xã Hương Thọ".to_owned(),
        unit: unit(9),
        unit_name: UNIT_NAME.to_owned(),
        at: Timestamp(1_790_000_000_000),
    }
}

fn agreed() -> AgreedAccession {
    AgreedAccession::agree(Signed::sign_root(&commune(), &asked()), &root()).unwrap()
}

/// A clerk of the commune, certified by its administrator, whom its root certified.
fn clerk() -> Chain {
    let admin = member_keys(0);
    let of_commune = |body: DeviceCertificate| DeviceCertificate { root: commune().fingerprint(), ..body };
    let first = of_commune(DeviceCertificate { administrator: true, ..certificate(&admin, 0, Issuer::Root) });
    let second = of_commune(certificate(&member_keys(1), 1, Issuer::Device(admin.device())));
    Chain(vec![SignedCertificate::sign(&admin, &second), SignedCertificate::sign_root(&commune(), &first)])
}

#[test]
fn who_joined_with_the_commune_keeps_name_and_device_and_acts_for_its_unit_alone() {
    let accession = AgreedAccession::from_bytes(&agreed().to_bytes()).unwrap().verify(&root().public()).unwrap();
    assert_eq!(accession, asked());
    let member = member_of_city(&accession, &clerk()).unwrap();
    assert_eq!((member.device, member.person), (member_keys(1).device(), person(1)));
    assert_eq!((member.person_name.as_str(), member.unit, member.unit_name.as_str()), (NAMES[1], unit(9), UNIT_NAME));
    assert_eq!((member.office.as_str(), member.administrator), ("UBND phường Thuận Hóa", false));
    let chief = member_of_city(&accession, &Chain(clerk().0[1..].to_vec())).unwrap();
    assert_eq!((chief.unit, chief.administrator), (unit(9), true));
}

#[test]
fn certificates_of_the_city_or_of_another_commune_are_none_of_this_commune() {
    let accession = agreed().verify(&root().public()).unwrap();
    let of_city = Chain(vec![member_certificate(1), member_certificate(0)]);
    assert_eq!(member_of_city(&accession, &of_city).unwrap_err().code(), "certificate_wrong_root");
    assert_eq!(member_of_city(&accession, &Chain(Vec::new())).unwrap_err().code(), "certificate_missing");
}

#[test]
fn no_root_takes_another_organisation_in_by_itself() {
    let by_commune = Signed::sign_root(&commune(), &asked());
    let stranger = RootKey::generate(&mut rng(0x0bad));
    // The city signs for the commune, the commune for the city, a third for either.
    for (by_commune, by_city) in [(&root(), &root()), (&commune(), &commune()), (&stranger, &root()), (&commune(), &stranger)] {
        let forged = AgreedAccession {
            by_commune: Signed::sign_root(by_commune, &asked()),
            by_city: Signed::sign_root(by_city, &asked()),
        };
        assert_eq!(forged.verify(&root().public()), Err(AccessionError::BadSignature));
    }
    assert_eq!(AgreedAccession::agree(by_commune.clone(), &stranger), Err(AccessionError::WrongRoot), "asked of another city");
    assert_eq!(agreed().verify(&stranger.public()), Err(AccessionError::WrongRoot));
    let other = Accession { unit: unit(1), ..asked() };
    let differs = AgreedAccession { by_commune, by_city: Signed::sign_root(&root(), &other) };
    assert_eq!(differs.verify(&root().public()), Err(AccessionError::Differs), "the city puts it in another place");
}

#[test]
fn what_is_newer_unnamed_or_of_itself_is_refused() {
    let ask = |body: &Accession, by: &RootKey| AgreedAccession::agree(Signed::sign_root(by, body), &root()).unwrap_err();
    let newer = Accession { version: 2, ..asked() };
    assert_eq!(ask(&newer, &commune()), AccessionError::UnknownVersion(2));
    let itself = Accession { commune: root().public(), ..asked() };
    assert_eq!(ask(&itself, &root()), AccessionError::WrongRoot);
    let long = "a".repeat(UNIT_NAME_CHARS + 1);
    for name in ["", "Xã\u{202e}", long.as_str()] {
        let unnamed = Accession { unit_name: name.to_owned(), ..asked() };
        assert_eq!(ask(&unnamed, &commune()).code(), "accession_bad_name", "{name}");
    }
}

#[test]
fn every_changed_bit_of_an_accession_is_noticed() {
    let whole = agreed().to_bytes();
    for (bit, changed) in bit_flips(&whole).enumerate() {
        let accepted = AgreedAccession::from_bytes(&changed).is_ok_and(|changed| changed.verify(&root().public()).is_ok());
        assert!(!accepted, "bit {bit}");
    }
}
