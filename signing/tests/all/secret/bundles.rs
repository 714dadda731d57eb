//! Exported secret votes, and everything that somebody might change in one.

use domain::id::Hash32;
use domain::vote::BallotForm;
use signing::bundle::{BUNDLE_MAGIC, SecretBundle, VoteBundle};
use signing::{
    Act, EvidenceReport, SecretReport, Signed, SignedAct, export_bundle, export_secret_bundle, verify_bundle, verify_evidence,
    verify_secret_bundle,
};

use super::{SecretVote, candidates};
use crate::bundles::small_vote;
use crate::support::{member_keys, root};

/// Five members, two of three tellers open; one ballot was replaced, one came late.
pub fn small_secret_vote() -> SecretVote {
    let mut vote = SecretVote::open(6, BallotForm::Decision, 3, 2, 11);
    for member in [0, 2, 3] {
        vote.cast(member, &[0]);
    }
    let first = vote.cast(1, &[0]);
    vote.replace(1, &[1], first);
    vote.cast(4, &[2]);
    vote.finish();
    vote.cast(5, &[0]);
    vote.open_by(&[1, 3]);
    vote
}

fn exporter() -> signing::DeviceKeys {
    member_keys(1)
}

fn export(vote: &SecretVote) -> Vec<u8> {
    export_secret_bundle(vote.source(), &exporter()).unwrap()
}

fn report(file: &[u8]) -> SecretReport {
    verify_secret_bundle(file, &root().fingerprint()).unwrap()
}

fn codes(report: &SecretReport) -> Vec<&str> {
    report.problems.iter().map(|problem| problem.split(':').next().unwrap()).collect()
}

/// Someone with a certificate of their own changes what is in the file and signs it again.
fn forge(vote: &SecretVote, change: impl FnOnce(&mut SecretBundle)) -> SecretReport {
    let mut bundle = SecretBundle::collect(vote.source(), exporter().device()).unwrap();
    change(&mut bundle);
    report(&bundle.to_file(&exporter()))
}

#[test]
fn an_honest_export_is_ok_and_says_what_the_tellers_opened() {
    let found = verify_evidence(&export(&small_secret_vote()), &root().fingerprint()).unwrap();
    assert!(found.ok());
    let json = serde_json::to_value(&found).unwrap();
    let total =
        |marking: &str, votes: u32| serde_json::json!({ "mark": marking, "option": "", "votes": votes, "reached": false });
    assert_eq!(
        json,
        serde_json::json!({
            "ok": true,
            "root": root().fingerprint().to_string(),
            "question": "Thông qua dự toán ngân sách năm 2027?",
            "roll": 6, "counted": 5, "for": 3, "against": 1, "not_voting": 1, "passed": false,
            "problems": [],
            "secret": true,
            "places": [total("for", 3), total("against", 1), total("not_voting", 1)],
            "tellers": ["Trần Thị Bình", "Lê Quang Cường", "Phạm Thị Dung"],
            "tellers_needed": 2, "tellers_opened": 2,
        })
    );
}

#[test]
fn an_election_says_the_total_of_each_candidate_and_no_verdict() {
    let form = BallotForm::AtMost { most: 1, options: candidates(&["An", "Bình"]) };
    let mut vote = SecretVote::open(5, form, 3, 2, 12);
    for member in 0..5 {
        vote.cast(member, &[usize::from(member > 3)]);
    }
    vote.finish();
    vote.open_by(&[2, 3]);
    let report = report(&export(&vote));
    let totals: Vec<_> = report.places.iter().map(|place| (place.option.as_str(), place.votes, place.reached)).collect();
    assert_eq!(totals, [("An", 4, true), ("Bình", 1, false)]);
    assert_eq!((report.ok, report.passed, report.votes_for), (true, None, None));
}

#[test]
fn each_kind_of_file_is_judged_as_what_it_is() {
    let root = root().fingerprint();
    let open = export_bundle(small_vote().source(), &exporter()).unwrap();
    let Ok(EvidenceReport::Open(as_before)) = verify_evidence(&open, &root) else { panic!("an open vote") };
    assert_eq!(Ok(as_before), verify_bundle(&open, &root));
    let secret = export(&small_secret_vote());
    assert_eq!(verify_bundle(&secret, &root).unwrap_err().code(), "bundle_unknown_version", "a program before secret votes");
    assert!(verify_secret_bundle(&open, &root).is_err());
    let mut later = VoteBundle::collect(small_vote().source(), exporter().device()).unwrap();
    later.version = 3;
    assert_eq!(verify_evidence(&later.to_file(&exporter()), &root).unwrap_err().code(), "bundle_unknown_version");
    assert_eq!(verify_evidence(b"%PDF-1.7", &root).unwrap_err().code(), "bundle_not_a_bundle");
    assert_eq!(verify_evidence(BUNDLE_MAGIC, &root).unwrap_err().code(), "bundle_unreadable");
    // A version alone makes no vote.
    later.version = 2;
    assert_eq!(verify_evidence(&later.to_file(&exporter()), &root).unwrap_err().code(), "bundle_unreadable");
}

#[test]
fn changed_bytes_are_found_all_over_the_file() {
    let file = export(&small_secret_vote());
    for at in (0..file.len()).step_by(53) {
        let mut changed = file.clone();
        changed[at] ^= 0x20;
        let noticed = verify_evidence(&changed, &root().fingerprint()).map_or(true, |report| !report.ok());
        assert!(noticed, "byte {at} of {}", file.len());
    }
    for length in (0..file.len()).step_by(97) {
        assert!(verify_evidence(&file[..length], &root().fingerprint()).is_err(), "cut to {length}");
    }
}

#[test]
fn a_changed_byte_under_a_renewed_export_signature_changes_only_what_the_exporter_may_say() {
    let honest = SecretBundle::collect(small_secret_vote().source(), exporter().device()).unwrap();
    let body = signing::canonical::encode(&honest);
    for at in (0..body.len()).step_by(67).chain(body.len() - 9..body.len()) {
        let mut changed = body.clone();
        changed[at] ^= 0x01;
        let signature = exporter().sign(signing::Context::Bundle, &changed);
        let signed: Signed<SecretBundle> = Signed::from_parts(changed, signature);
        let file = [BUNDLE_MAGIC.as_slice(), &signed.to_bytes()].concat();
        if verify_evidence(&file, &root().fingerprint()).is_ok_and(|report| report.ok()) {
            let (read, _) = SecretBundle::from_file(&file).unwrap();
            let allowed = SecretBundle { organisation: honest.organisation.clone(), exported_at: honest.exported_at, ..read };
            assert_eq!(allowed, honest, "byte {at}");
        }
    }
}

#[test]
fn what_is_left_out_is_found() {
    let vote = small_secret_vote();
    let Act::VoteClosed(closing) = vote.closings[0].verify().unwrap() else { panic!("a close") };
    let without_ballot = forge(&vote, |bundle| bundle.ballots.retain(|ballot| ballot.hash() != closing.ballots[0]));
    assert_eq!(codes(&without_ballot), ["ballot_missing", "close_not_final"]);
    assert_eq!(codes(&forge(&vote, |bundle| bundle.totals.truncate(1))), ["totals_sealed"]);
    assert_eq!(codes(&forge(&vote, |bundle| bundle.acknowledgements.clear())), ["close_not_final"]);
    let without_close = forge(&vote, |bundle| {
        bundle.closings.clear();
        bundle.acknowledgements.clear();
    });
    assert_eq!(codes(&without_close), ["close_missing"]);
    let without_word = forge(&vote, |bundle| {
        bundle.ceremony.remove(4);
    });
    assert!(!without_word.ok && codes(&without_word).contains(&"key_not_of_tellers"), "{without_word:?}");
}

#[test]
fn what_is_exchanged_is_found() {
    let vote = small_secret_vote();
    let swapped = forge(&vote, |bundle| bundle.ceremony.swap(0, 1));
    assert_eq!(codes(&swapped), ["not_in_order"]);
    let shuffled = forge(&vote, |bundle| bundle.ballots.reverse());
    assert_eq!(codes(&shuffled), ["not_in_order"]);
    let forged_share = forge(&vote, |bundle| {
        let other = SignedAct::sign(&exporter(), &bundle.totals[0].verify().unwrap());
        bundle.totals[0].body = other.body;
        bundle.totals[0].device = member_keys(2).device();
        bundle.totals.sort_by_key(SignedAct::hash);
    });
    assert!(codes(&forged_share).contains(&"forged_act"), "{forged_share:?}");
    let another_election = forge(&vote, |bundle| bundle.election = bundle.ceremony[0].clone());
    assert!(codes(&another_election).contains(&"secret_not_an_election"), "{another_election:?}");
    let another_opening = forge(&vote, |bundle| bundle.opening = small_vote().opening);
    assert!(codes(&another_opening).contains(&"secret_not_an_opening"), "{another_opening:?}");
}

#[test]
fn problems_of_the_vote_stand_in_the_report_with_names() {
    let mut vote = small_secret_vote();
    let Act::TotalsOpened(shares) = vote.totals[0].verify().unwrap() else { panic!("shares") };
    vote.totals.push(SignedAct::sign(&member_keys(2), &Act::TotalsOpened(shares)));
    let report = report(&export(&vote));
    assert_eq!(report.problems, ["total_share_false: the teller 'Lê Quang Cường' gave a false share of the totals"]);
    assert_eq!((report.ok, report.votes_for), (false, Some(3)), "the result of the others stands");
}

#[test]
fn too_few_ballots_are_no_result() {
    let mut vote = SecretVote::open(5, BallotForm::Decision, 3, 2, 13);
    for member in 0..4 {
        vote.cast(member, &[0]);
    }
    vote.finish();
    let report = report(&export(&vote));
    assert_eq!((codes(&report), report.votes_for, report.counted), (vec!["too_few_ballots"], None, 4));
}

#[test]
fn another_root_than_the_pinned_one_is_not_ok_and_nothing_of_the_file_is_repeated() {
    let report = verify_secret_bundle(&export(&small_secret_vote()), &Hash32([0; 32])).unwrap();
    assert_eq!((codes(&report), report.question.as_str(), report.tellers.len()), (vec!["wrong_root"], "", 0));
}
