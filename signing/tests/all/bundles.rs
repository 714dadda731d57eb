//! Exported votes, and everything that somebody might change in one.

use domain::id::{Hash32, Timestamp};
use domain::vote::Choice;
use signing::bundle::{BUNDLE_MAGIC, VoteBundle};
use signing::{
    Act, BundleReport, BundleSource, DeviceCertificate, DeviceKeys, Issuer, RootKey, Signed, SignedAct, SignedCertificate,
    export_bundle, inspect_bundle, verify_bundle,
};

use crate::support::{Vote, certificate, changeable, keys, member_certificate, member_keys, rng, root, second_device, unit};

/// Three members, one replaced ballot, one late one, closed and acknowledged.
pub fn small_vote() -> Vote {
    let mut vote = Vote::open(3, changeable());
    vote.cast(0, Choice::For);
    let first = vote.cast(1, Choice::Against);
    vote.replace(1, Choice::For, first);
    let closing = vote.close();
    vote.cast(2, Choice::Against);
    vote.acknowledge(0, closing);
    vote.acknowledge(1, closing);
    vote
}

/// As little as a vote can be, for trying every byte.
fn tiny_vote() -> Vote {
    let mut vote = Vote::open(2, changeable());
    vote.cast(1, Choice::For);
    let closing = vote.close();
    vote.acknowledge(0, closing);
    vote
}

fn exporter() -> DeviceKeys {
    member_keys(1)
}

fn export(source: BundleSource) -> Vec<u8> {
    export_bundle(source, &exporter()).unwrap()
}

fn verify(file: &[u8]) -> BundleReport {
    verify_bundle(file, &root().fingerprint()).unwrap()
}

fn codes(report: &BundleReport) -> Vec<&str> {
    report.problems.iter().map(|problem| problem.split(':').next().unwrap()).collect()
}

/// Someone with a certificate of their own changes what is in the file and signs it again.
fn forge(change: impl FnOnce(&mut VoteBundle)) -> BundleReport {
    let mut bundle = VoteBundle::collect(small_vote().source(), exporter().device()).unwrap();
    change(&mut bundle);
    verify(&bundle.to_file(&exporter()))
}

#[test]
fn an_honest_export_is_ok_and_says_what_was_decided() {
    let report = verify(&export(small_vote().source()));
    assert_eq!(report.problems, Vec::<String>::new());
    let json = serde_json::to_value(&report).unwrap();
    assert_eq!(
        json,
        serde_json::json!({
            "ok": true,
            "root": root().fingerprint().to_string(),
            "question": "Thông qua dự toán ngân sách năm 2027?",
            "roll": 3, "counted": 2, "for": 2, "against": 0, "not_voting": 0, "passed": true,
            "problems": [],
        })
    );
    let keys: Vec<&str> = serde_json::to_string(&report)
        .unwrap()
        .leak()
        .split('"')
        .filter(|part| part.chars().all(|c| c.is_ascii_lowercase() || c == '_') && !part.is_empty())
        .collect();
    assert_eq!(keys, ["ok", "root", "question", "roll", "counted", "for", "against", "not_voting", "passed", "problems"]);
}

#[test]
fn the_details_say_who_opened_and_what_became_of_the_late_ballot() {
    let inspected = inspect_bundle(&export(small_vote().source()), &root().fingerprint()).unwrap();
    let record = inspected.record.unwrap();
    assert!(record.final_);
    assert_eq!(inspected.certificates[&record.opened_by][0].person_name, "Nguyễn Văn An");
    assert_eq!(record.ballots.iter().filter(|line| line.status == signing::BallotStatus::Late).count(), 1);
    assert_eq!(inspected.exporter, exporter().device());
}

#[test]
fn the_order_and_repetition_of_what_is_exported_does_not_matter() {
    let source = small_vote().source();
    let mut shuffled = source.clone();
    shuffled.ballots.reverse();
    shuffled.ballots.extend(source.ballots.clone());
    shuffled.certificates.reverse();
    shuffled.certificates.extend(source.certificates.clone());
    assert_eq!(export(source), export(shuffled));
}

#[test]
fn only_certificates_that_are_needed_go_into_the_file() {
    let bundle = VoteBundle::collect(small_vote().source(), exporter().device()).unwrap();
    assert_eq!(bundle.certificates.len(), 3, "three of the twenty known");
}

#[test]
fn every_single_byte_change_is_noticed() {
    let file = export(tiny_vote().source());
    let pinned = root().fingerprint();
    assert!(verify_bundle(&file, &pinned).unwrap().ok);
    for at in 0..file.len() {
        for change in [0x01, 0x80, 0xff] {
            let mut changed = file.clone();
            changed[at] ^= change;
            let noticed = verify_bundle(&changed, &pinned).map_or(true, |report| !report.ok && !report.problems.is_empty());
            assert!(noticed, "byte {at} xor {change:#x} of {}", file.len());
        }
    }
}

#[test]
fn every_cut_and_every_addition_is_noticed() {
    let file = export(small_vote().source());
    for length in 0..file.len() {
        assert!(verify_bundle(&file[..length], &root().fingerprint()).is_err(), "cut to {length}");
    }
    let longer = [file.as_slice(), &[0]].concat();
    assert_eq!(verify_bundle(&longer, &root().fingerprint()).unwrap_err().code(), "bundle_unreadable");
}

/// The exporter is not trusted: with their own signature renewed, a changed byte still shows, unless it is in what is theirs to say.
#[test]
fn a_changed_byte_under_a_renewed_export_signature_changes_only_what_the_exporter_may_say() {
    let honest = VoteBundle::collect(tiny_vote().source(), exporter().device()).unwrap();
    let body = signing::canonical::encode(&honest);
    let mut accepted = 0;
    for at in 0..body.len() {
        for change in [0x01, 0x20] {
            let mut changed = body.clone();
            changed[at] ^= change;
            let signature = exporter().sign(signing::Context::Bundle, &changed);
            let signed: Signed<VoteBundle> = Signed::from_parts(changed, signature);
            let file = [BUNDLE_MAGIC.as_slice(), &signed.to_bytes()].concat();
            if verify_bundle(&file, &root().fingerprint()).is_ok_and(|report| report.ok) {
                let (read, _) = VoteBundle::from_file(&file).unwrap();
                assert_eq!(
                    VoteBundle { organisation: honest.organisation.clone(), exported_at: honest.exported_at, ..read },
                    honest,
                    "byte {at} xor {change:#x}"
                );
                accepted += 1;
            }
        }
    }
    assert!(accepted > 0, "a name and an instant can be written differently");
}

#[test]
fn another_root_than_the_pinned_one_is_not_ok_and_nothing_of_the_file_is_repeated() {
    let file = export(small_vote().source());
    let report = verify_bundle(&file, &Hash32([0; 32])).unwrap();
    assert_eq!(
        (report.ok, codes(&report), report.question.as_str(), report.counted, report.passed),
        (false, vec!["wrong_root"], "", 0, false)
    );
    // A whole office made up by somebody else, true in itself.
    let stranger = RootKey::generate(&mut rng(5));
    let report = forge(|bundle| bundle.root = stranger.public());
    assert_eq!(codes(&report), ["wrong_root"]);
}

#[test]
fn a_forged_ballot_is_found() {
    let report = forge(|bundle| {
        let Act::BallotCast(mut ballot) = bundle.ballots[0].verify().unwrap() else { panic!("ballots are ballots") };
        ballot.choice = Choice::NotVoting;
        let forged = SignedAct::sign(&exporter(), &Act::BallotCast(ballot));
        bundle.ballots[0].body = forged.body;
        bundle.ballots.sort_by_key(SignedAct::hash);
    });
    assert!(!report.ok && codes(&report).contains(&"forged_act"), "{report:?}");
}

#[test]
fn a_ballot_left_out_is_found() {
    let vote = small_vote();
    let Act::VoteClosed(closing) = vote.closings[0].verify().unwrap() else { panic!("a close is a close") };
    let report = forge(|bundle| bundle.ballots.retain(|ballot| ballot.hash() != closing.ballots[0]));
    assert_eq!(codes(&report), ["ballot_missing"]);
    assert_eq!(report.counted, 1);
}

#[test]
fn a_close_left_out_or_exchanged_is_found() {
    let report = forge(|bundle| {
        bundle.closings.clear();
        bundle.acknowledgements.clear();
    });
    assert_eq!((codes(&report), report.passed), (vec!["close_missing"], false));
    let report = forge(|bundle| bundle.closings.clear());
    assert_eq!(codes(&report), ["other_close_missing", "close_missing"]);
    let mut by_member = small_vote();
    by_member.closings.clear();
    by_member.acknowledgements.clear();
    by_member.close_with(&member_keys(1), vec![]);
    assert_eq!(codes(&verify(&export(by_member.source()))), ["close_by_other", "close_missing"]);
}

#[test]
fn a_vote_that_is_still_open_is_not_ok() {
    let mut vote = Vote::open(3, changeable());
    vote.cast(1, Choice::For);
    vote.cast(2, Choice::For);
    let report = verify(&export(vote.source()));
    assert_eq!((codes(&report), report.counted, report.passed), (vec!["close_missing"], 2, false));
}

#[test]
fn a_named_ballot_of_somebody_without_a_vote_is_found() {
    let mut vote = Vote::open(3, changeable());
    let sound = vote.cast(1, Choice::For);
    let guest = vote.cast_with(&member_keys(5), vote.ballot(Choice::For, 10, None));
    vote.close_naming(&[sound, guest]);
    let report = verify(&export(vote.source()));
    assert_eq!((codes(&report), report.counted), (vec!["named_ballot_invalid"], 1));
}

#[test]
fn a_ballot_of_a_certified_guest_that_is_not_named_is_part_of_an_honest_record() {
    let mut vote = Vote::open(3, changeable());
    vote.cast(1, Choice::For);
    vote.cast_with(&member_keys(5), vote.ballot(Choice::For, 10, None));
    vote.close();
    let report = verify(&export(vote.source()));
    assert_eq!((report.ok, report.counted), (true, 1));
}

#[test]
fn a_ballot_of_a_device_without_a_certificate_is_found() {
    let mut vote = small_vote();
    vote.cast_with(&second_device(1), vote.ballot(Choice::For, 10, None));
    assert_eq!(export_bundle(vote.source(), &exporter()).unwrap_err().code(), "bundle_certificate_missing");
    let report = forge(|bundle| {
        bundle.ballots.push(vote.ballots.pop().unwrap());
        bundle.ballots.sort_by_key(SignedAct::hash);
    });
    assert_eq!(codes(&report), ["certificate_missing"]);
}

#[test]
fn a_double_vote_is_found() {
    let mut vote = small_vote();
    vote.cast(0, Choice::Against);
    let report = verify(&export(vote.source()));
    assert_eq!((codes(&report), report.counted), (vec!["double_ballot"], 2));
}

#[test]
fn two_closes_are_found() {
    let mut vote = small_vote();
    vote.close_naming(&[]);
    assert_eq!(codes(&verify(&export(vote.source()))), ["two_closings"]);
}

#[test]
fn certificates_taken_away_added_or_exchanged_are_found() {
    assert_eq!(codes(&forge(|bundle| bundle.certificates.clear())), ["certificate_missing"; 3]);
    let added = forge(|bundle| {
        bundle.certificates.push(member_certificate(9));
        bundle.certificates.sort_by_key(SignedCertificate::hash);
    });
    assert_eq!(codes(&added), ["certificate_unneeded"]);
    let self_made = forge(|bundle| {
        let attacker = keys(9);
        let body = certificate(&attacker, 2, Issuer::Device(exporter().device()));
        bundle.certificates.push(SignedCertificate::sign(&exporter(), &body));
        bundle.certificates.sort_by_key(SignedCertificate::hash);
        bundle.exporter = attacker.device();
    });
    assert!(codes(&self_made).contains(&"certificate_invalid"), "{self_made:?}");
    let conflict = forge(|bundle| {
        let body =
            DeviceCertificate { unit: unit(1), ..certificate(&member_keys(2), 5, Issuer::Device(member_keys(0).device())) };
        bundle.certificates.push(SignedCertificate::sign(&member_keys(0), &body));
        bundle.certificates.sort_by_key(SignedCertificate::hash);
    });
    assert!(codes(&conflict).contains(&"certificate_conflict"), "{conflict:?}");
    let crowded = forge(|bundle| {
        bundle.certificates.extend((0..9).map(|number| {
            let body = DeviceCertificate { issued_at: Timestamp(number), ..certificate(&member_keys(2), 2, Issuer::Root) };
            SignedCertificate::sign_root(&root(), &body)
        }));
        bundle.certificates.sort_by_key(SignedCertificate::hash);
    });
    assert!(codes(&crowded).contains(&"certificates_crowded"), "{crowded:?}");
}

#[test]
fn lists_out_of_order_or_with_repetitions_are_found() {
    assert_eq!(codes(&forge(|bundle| bundle.ballots.reverse())), ["not_in_order"]);
    assert_eq!(codes(&forge(|bundle| bundle.acknowledgements.push(bundle.acknowledgements[1].clone()))), ["not_in_order"]);
    assert_eq!(codes(&forge(|bundle| bundle.certificates.reverse())), ["not_in_order"]);
}

#[test]
fn an_exporter_without_a_certificate_or_signing_for_another_is_found() {
    let bundle = VoteBundle::collect(small_vote().source(), exporter().device()).unwrap();
    assert_eq!(codes(&verify(&bundle.to_file(&member_keys(2)))), ["file_changed"]);
    let report = forge(|bundle| bundle.exporter = keys(9).device());
    assert_eq!(codes(&report), ["file_changed", "certificate_missing"]);
}

#[test]
fn what_is_no_export_is_said_to_be_none() {
    let fingerprint = root().fingerprint();
    let refused = |file: &[u8]| verify_bundle(file, &fingerprint).unwrap_err().code();
    assert_eq!(refused(b""), "bundle_not_a_bundle");
    assert_eq!(refused(b"%PDF-1.7 not a vote"), "bundle_not_a_bundle");
    assert_eq!(refused(b"KYHOPV2\nlater"), "bundle_not_a_bundle");
    assert_eq!(refused(BUNDLE_MAGIC), "bundle_unreadable");
    let mut bundle = VoteBundle::collect(small_vote().source(), exporter().device()).unwrap();
    bundle.version = 2;
    assert_eq!(refused(&bundle.to_file(&exporter())), "bundle_unknown_version");
    bundle.version = 1;
    bundle.organisation = "a\u{202e}b".to_owned();
    assert_eq!(refused(&bundle.to_file(&exporter())), "bundle_bad_organisation_name");
    bundle.organisation = "Huế".to_owned();
    bundle.ballots = vec![bundle.ballots[0].clone(); signing::limits::VOTE_ACTS + 1];
    assert_eq!(refused(&bundle.to_file(&exporter())), "bundle_over_limit");
}

#[test]
fn a_source_without_an_opening_is_not_exported() {
    let mut source = small_vote().source();
    source.opening = source.ballots[0].clone();
    assert_eq!(export_bundle(source, &exporter()).unwrap_err().code(), "bundle_not_an_opening");
}
