//! Certificates made by hand: which paths lead to trust, which do not, and what is said about it.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod common;

use common::*;
use der::{Decode, Encode, asn1::ObjectIdentifier as Oid, asn1::OctetString};
use domain::id::Timestamp;
use p256::{
    ecdsa::{DerSignature, SigningKey},
    pkcs8::{EncodePrivateKey, EncodePublicKey},
};
use sha2::Digest as _;
use signing_pdf::{PersonKey, SignOptions, sign, verify};
use std::str::FromStr;
use x509_cert::{
    TbsCertificate,
    builder::{Builder, CertificateBuilder, profile::BuilderProfile},
    ext::{
        Extension, ToExtension,
        pkix::{BasicConstraints, ExtendedKeyUsage, KeyUsage, KeyUsages},
    },
    name::Name,
    serial_number::SerialNumber,
    time::{Time, Validity},
};

const DAY: i64 = 86_400_000;
const DOCUMENTS: &str = "1.3.6.1.5.5.7.3.36";

/// A certificate to be made.
#[derive(Clone)]
struct Spec {
    name: &'static str,
    issuer: &'static str,
    days: (i64, i64),
    ca: Option<(bool, Option<u8>)>,
    usage: Option<KeyUsages>,
    purposes: Vec<&'static str>,
    critical: Option<&'static str>,
}

impl Spec {
    fn authority(name: &'static str, issuer: &'static str) -> Self {
        let usage = Some(KeyUsages::KeyCertSign);
        Self { name, issuer, days: (-10, 1000), ca: Some((true, None)), usage, purposes: vec![], critical: None }
    }

    fn person(issuer: &'static str) -> Self {
        let usage = Some(KeyUsages::DigitalSignature);
        let (name, purposes) = ("CN=An", vec![DOCUMENTS]);
        Self { name, issuer, days: (-10, 1000), ca: None, usage, purposes, critical: None }
    }
}

struct Profile(Spec);

impl BuilderProfile for Profile {
    fn get_issuer(&self, _: &Name) -> Name {
        Name::from_str(self.0.issuer).unwrap()
    }

    fn get_subject(&self) -> Name {
        Name::from_str(self.0.name).unwrap()
    }

    fn build_extensions(
        &self,
        _: spki::SubjectPublicKeyInfoRef<'_>,
        _: spki::SubjectPublicKeyInfoRef<'_>,
        tbs: &TbsCertificate,
    ) -> x509_cert::builder::Result<Vec<Extension>> {
        let (spec, name, mut list) = (&self.0, tbs.subject(), Vec::new());
        if let Some((ca, path_len_constraint)) = spec.ca {
            list.push(BasicConstraints { ca, path_len_constraint }.to_extension(name, &list)?);
        }
        if let Some(usage) = spec.usage {
            list.push(KeyUsage(usage.into()).to_extension(name, &list)?);
        }
        if !spec.purposes.is_empty() {
            let purposes = spec.purposes.iter().map(|p| Oid::new_unwrap(p)).collect();
            list.push(ExtendedKeyUsage(purposes).to_extension(name, &list)?);
        }
        if let Some(oid) = spec.critical {
            let extn_value = OctetString::new([5, 0]).unwrap();
            list.push(Extension { extn_id: Oid::new_unwrap(oid), critical: true, extn_value });
        }
        Ok(list)
    }
}

fn key(seed: u8) -> SigningKey {
    SigningKey::from_slice(&[seed; 32]).unwrap()
}

fn make(spec: &Spec, own: &SigningKey, issuer: &SigningKey) -> Vec<u8> {
    let time = |days: i64| {
        let seconds = (NOW.0 + days * DAY) / 1000;
        Time::try_from(std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds as u64)).unwrap()
    };
    let public = spki::SubjectPublicKeyInfoOwned::from_der(own.verifying_key().to_public_key_der().unwrap().as_bytes()).unwrap();
    let validity = Validity::new(time(spec.days.0), time(spec.days.1));
    let serial = SerialNumber::new(&sha2::Sha256::digest(format!("{} {} {:?}", spec.name, spec.issuer, spec.days))[..8]).unwrap();
    let builder = CertificateBuilder::new(Profile(spec.clone()), serial, validity, public).unwrap();
    builder.build::<_, DerSignature>(issuer).unwrap().to_der().unwrap()
}

fn person_key(own: &SigningKey) -> PersonKey {
    PersonKey::from_secret_bytes(own.to_pkcs8_der().unwrap().as_bytes()).unwrap()
}

/// Signs with the last of `specs` (keys 1, 2, 3… in order, each issued by the one before) and verifies with the first
/// as the only trusted authority.
fn verdict(specs: &[Spec], at: Timestamp) -> String {
    let mut chain: Vec<Vec<u8>> = Vec::new();
    for (i, spec) in specs.iter().enumerate() {
        let own = key(i as u8 + 1);
        let issuer = key((i as u8).max(1));
        chain.push(make(spec, &own, &issuer));
    }
    let leaf = chain.pop().unwrap();
    let root = chain.first().cloned().unwrap();
    let options = SignOptions::default();
    let signed = match sign(&simple(1), &person_key(&key(specs.len() as u8)), &leaf, &chain[1..], &options, at) {
        Ok(signed) => signed,
        Err(error) => return format!("refused/{}", error.code()),
    };
    verdicts(&verify(&signed, &[root]).unwrap()).remove(0)
}

fn root() -> Spec {
    Spec::authority("CN=Root", "CN=Root")
}

#[test]
fn paths_over_intermediate_authorities_lead_to_trust() {
    let (province, ward) = (Spec::authority("CN=Tinh", "CN=Root"), Spec::authority("CN=Xa", "CN=Tinh"));
    assert_eq!(verdict(&[root(), Spec::person("CN=Root")], NOW), "valid/");
    assert_eq!(verdict(&[root(), province.clone(), Spec::person("CN=Tinh")], NOW), "valid/");
    assert_eq!(verdict(&[root(), province, ward, Spec::person("CN=Xa")], NOW), "valid/");
}

#[test]
fn only_authorities_can_certify() {
    let mut middle = Spec::authority("CN=Tinh", "CN=Root");
    let leaf = Spec::person("CN=Tinh");
    let run = |middle: &Spec| verdict(&[root(), middle.clone(), leaf.clone()], NOW);
    middle.ca = None;
    assert_eq!(run(&middle), "unknown_signer/untrusted_issuer", "no basic constraints");
    middle.ca = Some((false, None));
    assert_eq!(run(&middle), "unknown_signer/untrusted_issuer", "a person's certificate used as authority");
    middle.ca = Some((true, None));
    middle.usage = Some(KeyUsages::DigitalSignature);
    assert_eq!(run(&middle), "unknown_signer/untrusted_issuer", "may not sign certificates");
    middle.usage = None;
    assert_eq!(run(&middle), "valid/");
    middle.days = (-10, -1);
    assert_eq!(run(&middle), "unknown_signer/untrusted_issuer", "expired");
}

#[test]
fn path_length_limits_hold() {
    let mut root = root();
    let middle = Spec::authority("CN=Tinh", "CN=Root");
    root.ca = Some((true, Some(0)));
    assert_eq!(verdict(&[root.clone(), Spec::person("CN=Root")], NOW), "valid/");
    assert_eq!(verdict(&[root.clone(), middle.clone(), Spec::person("CN=Tinh")], NOW), "invalid/certificate_usage");
    root.ca = Some((true, Some(1)));
    assert_eq!(verdict(&[root, middle, Spec::person("CN=Tinh")], NOW), "valid/");
}

#[test]
fn an_authority_that_was_not_valid_when_it_was_signed_does_not_count() {
    let mut root = root();
    root.days = (-100, -1);
    assert_eq!(verdict(&[root.clone(), Spec::person("CN=Root")], NOW), "invalid/certificate_expired");
    root.days = (2, 100);
    assert_eq!(verdict(&[root.clone(), Spec::person("CN=Root")], NOW), "invalid/certificate_not_yet_valid");
    root.days = (1, 100);
    assert_eq!(verdict(&[root.clone(), Spec::person("CN=Root")], NOW), "valid/", "a clock may run slow by a day");
    let mut person = Spec::person("CN=Root");
    person.days = (-10, 10);
    root.days = (-100, 5);
    assert_eq!(verdict(&[root, person.clone()], NOW), "valid/", "later expiry does not undo it");
    assert_eq!(verdict(&[self::root(), person], NOW.plus_ms(20 * DAY)), "refused/certificate_not_valid");
}

#[test]
fn certificates_for_other_uses_do_not_sign_documents() {
    let with = |purposes: &[&'static str]| {
        let mut person = Spec::person("CN=Root");
        person.purposes = purposes.to_vec();
        verdict(&[root(), person], NOW)
    };
    assert_eq!(with(&[]), "valid/");
    assert_eq!(with(&["1.3.6.1.5.5.7.3.4", "1.3.6.1.5.5.7.3.1"]), "valid/", "e-mail, as public authorities issue");
    for other in ["1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.8", "1.3.6.1.5.5.7.3.9", "1.3.6.1.5.5.7.3.3"] {
        assert_eq!(with(&[other]), "refused/certificate_usage", "{other}");
    }
    let mut person = Spec::person("CN=Root");
    person.usage = Some(KeyUsages::KeyAgreement);
    assert_eq!(verdict(&[root(), person], NOW), "refused/certificate_usage");
    let mut person = Spec::person("CN=Root");
    person.critical = Some("1.2.3.4.5");
    assert_eq!(verdict(&[root(), person], NOW), "refused/certificate_usage");
    let mut constrained = root();
    // nameConstraints, critical: not implemented, so not ignored either.
    constrained.critical = Some("2.5.29.30");
    assert_eq!(verdict(&[constrained, Spec::person("CN=Root")], NOW), "invalid/certificate_usage");
}

#[test]
fn the_same_name_is_not_the_same_authority() {
    let leaf = make(&Spec::person("CN=Root"), &key(9), &key(8));
    let signed = sign(&simple(1), &person_key(&key(9)), &leaf, &[], &SignOptions::default(), NOW).unwrap();
    let real = make(&root(), &key(1), &key(1));
    let namesake = make(&root(), &key(8), &key(8));
    let judge = |trust: &[Vec<u8>]| verdicts(&verify(&signed, trust).unwrap()).remove(0);
    assert_eq!(judge(std::slice::from_ref(&real)), "unknown_signer/untrusted_issuer");
    assert_eq!(judge(&[real, namesake]), "valid/", "one of several trusted authorities is enough");
    assert_eq!(judge(std::slice::from_ref(&leaf)), "valid/", "a certificate trusted by itself");
}

#[test]
fn authorities_that_certify_one_another_end_the_search() {
    // A loop of two, and a crowd of namesakes, none leading to the trusted one.
    let (a, b) = (Spec::authority("CN=A", "CN=B"), Spec::authority("CN=B", "CN=A"));
    let mut chain = vec![make(&a, &key(2), &key(3)), make(&b, &key(3), &key(2))];
    for days in 1..6 {
        let spec = Spec { days: (-10, 1000 + days), ..b.clone() };
        chain.push(make(&spec, &key(3), &key(2)));
    }
    let leaf = make(&Spec::person("CN=A"), &key(4), &key(2));
    let signed = sign(&simple(1), &person_key(&key(4)), &leaf, &chain, &SignOptions::default(), NOW).unwrap();
    let trust = make(&root(), &key(1), &key(1));
    assert_eq!(verdicts(&verify(&signed, &[trust]).unwrap()), ["unknown_signer/untrusted_issuer"]);
}

#[test]
fn trust_that_cannot_be_read_is_an_error_not_a_verdict() {
    let office = Office::new(300, NOW);
    let signed = office.sign(&simple(1), &office.chair);
    assert_eq!(verify(&signed, &[b"junk".to_vec()]).unwrap_err().code(), "malformed_trust");
}
