//! How long a secret vote takes: `cargo run --release -p signing --example secret_audit [voters]` prints one line of JSON.
//!
//! A decision with five tellers of whom two are gone. Times are wall clock on one core; `audit_ms` is everything that
//! `kyhop vote verify` does with the exported file: certificates, signatures, proofs, count, totals.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::time::Instant;

use domain::id::{PersonId, SpaceId, Timestamp, UnitId, VoteId};
use domain::vote::{BallotForm, CloseAcknowledgement, RollEntry, TellerElection, TellerSeat, VoteOpening, profile};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use signing::secret::{
    CeremonyRecord, CheckedBallots, SecretActs, SecretBallot, SecretOpening, SecretRecord, confirm, count_secret, deal,
    judge_ceremony, offer, seal_ballot,
};
use signing::{
    Act, DeviceCertificate, DeviceKeys, Issuer, RootKey, SecretBundleSource, SignedAct, SignedCertificate, export_secret_bundle,
    verify_secret_bundle,
};

const TELLERS: usize = 5;

fn person(number: usize) -> PersonId {
    let mut id = [0; 16];
    id[..8].copy_from_slice(&(number as u64 + 1).to_le_bytes());
    PersonId(id)
}

fn ms(since: Instant) -> f64 {
    (since.elapsed().as_secs_f64() * 10_000.0).round() / 10.0
}

fn main() {
    let voters: usize = std::env::args().nth(1).and_then(|voters| voters.parse().ok()).unwrap_or(500);
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let root = RootKey::generate(&mut rng);
    let keys: Vec<DeviceKeys> = (0..voters).map(|_| DeviceKeys::generate(&mut rng)).collect();
    let certificates: Vec<SignedCertificate> = keys
        .iter()
        .enumerate()
        .map(|(number, keys)| {
            let body = DeviceCertificate {
                version: 1,
                root: root.fingerprint(),
                unit: UnitId([1; 16]),
                unit_name: "Hội đồng nhân dân".to_owned(),
                person: person(number),
                person_name: format!("Đại biểu {number}"),
                person_title: "Đại biểu".to_owned(),
                device: keys.device(),
                agreement: keys.agreement_key(),
                administrator: false,
                issued_at: Timestamp(0),
                issuer: Issuer::Root,
            };
            SignedCertificate::sign_root(&root, &body)
        })
        .collect();

    let begun = Instant::now();
    let space = SpaceId([8; 16]);
    let tellers = (0..TELLERS)
        .map(|at| TellerSeat { person: person(at), name: format!("Đại biểu {at}"), device: keys[at].device() })
        .collect();
    let elected = TellerElection { space, tellers, threshold: 3, elected_at: Timestamp(0) };
    let election = SignedAct::sign(&keys[0], &Act::TellersElected(elected.clone()));
    let mut ceremony: Vec<SignedAct> = Vec::new();
    let mut secrets = Vec::new();
    let judged = |acts: &[SignedAct]| -> CeremonyRecord {
        let acts: Vec<_> = acts.iter().map(|act| act.verified().unwrap()).collect();
        judge_ceremony(&election.verified().unwrap(), &acts).unwrap()
    };
    for teller in &keys[..TELLERS] {
        let (secret, offered) = offer(&elected, &election.hash(), &teller.device(), &mut rng).unwrap();
        secrets.push(secret);
        ceremony.push(SignedAct::sign(teller, &Act::TellerKeyOffered(offered)));
    }
    for teller in &keys[..TELLERS] {
        let dealing = deal(&judged(&ceremony), &teller.device(), &mut rng).unwrap();
        ceremony.push(SignedAct::sign(teller, &Act::TellerDealt(dealing)));
    }
    for (teller, secret) in keys[..TELLERS].iter().zip(&secrets) {
        let confirmation = confirm(&judged(&ceremony), &teller.device(), secret, &mut rng).unwrap();
        ceremony.push(SignedAct::sign(teller, &Act::TellerConfirmed(confirmation)));
    }
    let key = judged(&ceremony).key().unwrap().clone();
    let ceremony_ms = ms(begun);

    let roll = (0..voters)
        .map(|number| RollEntry {
            person: person(number),
            name: format!("Đại biểu {number}"),
            device: Some(keys[number].device()),
            chair: number == 0,
        })
        .collect();
    let opening = VoteOpening {
        vote: VoteId([9; 16]),
        space,
        item: None,
        question: "Thông qua?".to_owned(),
        profile: profile("hdnd-majority").unwrap(),
        roll,
        opened_at: Timestamp(0),
        paper: None,
        form: None,
    };
    let body = SecretOpening { opening, form: BallotForm::Decision, tellers: key };
    let opening = SignedAct::sign(&keys[0], &Act::SecretVoteOpened(body.clone()));
    let hash = opening.hash();
    let begun = Instant::now();
    let ballots: Vec<SignedAct> = keys
        .iter()
        .enumerate()
        .map(|(number, keys)| {
            let marks = body.form.marks(&[number % 3]).unwrap();
            let sealed = seal_ballot(&body, &hash, &keys.device(), &marks, &mut rng).unwrap();
            let ballot = SecretBallot { vote: VoteId([9; 16]), opening: hash, sealed, cast_at: Timestamp(1), replaces: None };
            SignedAct::sign(keys, &Act::SecretBallotCast(ballot))
        })
        .collect();
    let cast_ms = ms(begun) / voters as f64;

    let mut closings = Vec::new();
    let mut acknowledgements = Vec::new();
    let mut totals = Vec::new();
    let mut checked = CheckedBallots::new();
    let people: std::collections::BTreeMap<_, _> =
        keys.iter().enumerate().map(|(number, keys)| (keys.device(), person(number))).collect();
    let mut count = |closings: &[SignedAct], acknowledgements: &[SignedAct]| -> SecretRecord {
        let acts = SecretActs {
            election: &election,
            ceremony: &ceremony,
            opening: &opening,
            ballots: &ballots,
            closings,
            acknowledgements,
            totals: &[],
        };
        count_secret(acts, |device| people.get(device).copied(), &mut checked).unwrap()
    };
    let closing = count(&[], &[]).closing(Timestamp(2));
    closings.push(SignedAct::sign(&keys[0], &Act::VoteClosed(closing)));
    let acknowledgement = CloseAcknowledgement { vote: VoteId([9; 16]), closing: closings[0].hash() };
    acknowledgements.extend(keys.iter().map(|keys| SignedAct::sign(keys, &Act::CloseAcknowledged(acknowledgement))));
    let record = count(&closings, &acknowledgements);
    let begun = Instant::now();
    for teller in [0, 2, 4] {
        let opened = record.open_totals(&keys[teller].device(), &secrets[teller], &mut rng).unwrap().unwrap();
        totals.push(SignedAct::sign(&keys[teller], &Act::TotalsOpened(opened)));
    }
    let open_ms = ms(begun) / 3.0;

    let ballot_bytes = ballots[0].to_bytes().len();
    let source = SecretBundleSource {
        root: root.public(),
        organisation: "Thành phố Huế".to_owned(),
        certificates,
        election: election.clone(),
        ceremony: ceremony.clone(),
        opening: opening.clone(),
        ballots: ballots.clone(),
        closings,
        acknowledgements,
        totals,
        exported_at: Timestamp(3),
    };
    let file = export_secret_bundle(source, &keys[0]).unwrap();
    let begun = Instant::now();
    let report = verify_secret_bundle(&file, &root.fingerprint()).unwrap();
    let audit_ms = ms(begun);
    assert!(report.ok && report.counted as usize == voters, "{report:?}");
    println!(
        "{{\"voters\":{voters},\"ceremony_ms\":{ceremony_ms},\"cast_ms\":{cast_ms:.2},\"ballot_bytes\":{ballot_bytes},\"open_ms\":{open_ms:.1},\"audit_ms\":{audit_ms},\"bundle_bytes\":{}}}",
        file.len()
    );
}
