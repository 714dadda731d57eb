//! Paper ballots in an open vote. Member 0 chairs, member 1 is the secretary, 2 to 4 have devices, 5 is there without one, 6 is absent.

use domain::id::{Hash32, Timestamp};
use domain::vote::{Choice, PaperBallot, PaperTerms, PaperWitness};
use proptest::prelude::*;
use signing::act::PAPER_OPENING_VERSION;
use signing::bundle::VoteBundle;
use signing::vote::BallotStatus;
use signing::{Act, ActError, DeviceKeys, SignedAct, export_bundle, verify_bundle};

use crate::support::{VOTE, Vote, changeable, member_keys, opening_body, person, root, second_device};

fn vote() -> Vote {
    let mut body = opening_body(7, changeable());
    body.roll[5].device = None;
    body.roll[6].device = None;
    body.paper = Some(PaperTerms { clerks: vec![person(1)], present: vec![person(5)] });
    Vote::of(&body)
}

impl Vote {
    fn entry(&self, voter: u8, choice: Choice, replaces: Option<Hash32>) -> PaperBallot {
        let (opening, entered_at) = (self.opening.hash(), Timestamp(1_790_000_100_050));
        PaperBallot { vote: VOTE, opening, voter: person(voter), choice, entered_at, replaces }
    }

    /// Somebody enters; returns the entry's name.
    fn enter_with(&mut self, keys: &DeviceKeys, entry: PaperBallot) -> Hash32 {
        let act = SignedAct::sign(keys, &Act::PaperBallotEntered(entry));
        self.ballots.push(act.clone());
        act.hash()
    }

    /// The secretary enters.
    fn enter(&mut self, voter: u8, choice: Choice) -> Hash32 {
        self.enter_with(&member_keys(1), self.entry(voter, choice, None))
    }

    /// Somebody witnesses; returns the ballot's name.
    fn witness_with(&mut self, keys: &DeviceKeys, entry: Hash32) -> Hash32 {
        let word = PaperWitness { vote: VOTE, entry, witnessed_at: Timestamp(1_790_000_100_060) };
        let act = SignedAct::sign(keys, &Act::PaperBallotWitnessed(word));
        self.ballots.push(act.clone());
        act.hash()
    }

    /// Entered by the secretary and witnessed by member 2.
    fn on_paper(&mut self, voter: u8, choice: Choice) -> Hash32 {
        let entry = self.enter(voter, choice);
        self.witness_with(&member_keys(2), entry)
    }

    /// What the auditor says of the exported vote.
    fn audited(&self) -> (bool, u32, Vec<String>) {
        let file = export_bundle(self.source(), &member_keys(0)).unwrap();
        let report = verify_bundle(&file, &root().fingerprint()).unwrap();
        let codes = report.problems.iter().map(|problem| problem.split(':').next().unwrap().to_owned()).collect();
        (report.ok, report.counted, codes)
    }
}

#[test]
fn an_entry_counts_once_it_is_witnessed_and_the_close_names_it_like_the_others() {
    let mut vote = vote();
    vote.cast(0, Choice::For);
    let entry = vote.enter(5, Choice::Against);
    assert_eq!((vote.status(entry), vote.outcome().counted), (BallotStatus::Unwitnessed, 1));
    let ballot = vote.witness_with(&member_keys(2), entry);
    let record = vote.count();
    let line = record.ballots.iter().find(|line| line.hash == ballot).unwrap();
    assert_eq!((line.status, line.person, line.name.as_str()), (BallotStatus::Counts, Some(person(5)), "Võ Thị Giang"));
    let paper = line.paper.unwrap();
    assert_eq!((paper.entry, paper.clerk, paper.witness), (entry, Some(person(1)), Some(person(2))));
    assert_eq!(record.ballots.len(), 2, "entry and witness are one line");
    assert_eq!((record.outcome.present, record.outcome.counted, record.outcome.against), (6, 2, 1));

    let closing = vote.close();
    for member in 0..3 {
        vote.acknowledge(member, closing);
    }
    let record = vote.count();
    assert!(record.final_ && record.problems.is_empty() && !record.is_incomplete(), "{:?}", record.problems);
    assert_eq!((vote.status(ballot), record.acknowledgements_needed), (BallotStatus::Counts, 3), "paper acknowledges nothing");
    assert_eq!(vote.audited(), (true, 2, vec![]));
}

#[test]
fn without_a_witness_nothing_on_paper_counts_and_a_close_that_names_it_is_not_sound() {
    let mut vote = vote();
    let alone = vote.enter(5, Choice::For);
    assert!(vote.count().closing(Timestamp(0)).ballots.is_empty());
    vote.close_naming(&[alone]);
    assert_eq!((vote.outcome().counted, vote.problems()), (0, vec!["named_ballot_invalid"]));
    let (ok, counted, problems) = vote.audited();
    assert_eq!((ok, counted, problems), (false, 0, vec!["named_ballot_invalid".to_owned()]));
}

#[test]
fn a_close_that_names_the_entry_of_a_witnessed_ballot_is_not_sound_either() {
    let mut vote = vote();
    let entry = vote.enter(5, Choice::For);
    let ballot = vote.witness_with(&member_keys(2), entry);
    vote.close_naming(&[entry]);
    assert_eq!((vote.status(ballot), vote.outcome().counted), (BallotStatus::Late, 0));
    assert_eq!(vote.problems(), ["named_ballot_invalid"]);
}

#[test]
fn who_may_not_witness_makes_no_ballot() {
    // The secretary who entered it, also with a second device; the voter; an absent member; a stranger; a delegate's second device.
    let cases: [(u8, DeviceKeys); 6] = [
        (5, member_keys(1)),
        (5, second_device(1)),
        (3, member_keys(3)),
        (5, member_keys(6)),
        (5, member_keys(15)),
        (5, second_device(2)),
    ];
    for (at, (voter, keys)) in cases.iter().enumerate() {
        let mut vote = vote();
        let entry = vote.enter(*voter, Choice::For);
        let ballot = vote.witness_with(keys, entry);
        assert_eq!((vote.status(ballot), vote.outcome().counted), (BallotStatus::WitnessRefused, 0), "case {at}");
        vote.close_naming(&[ballot]);
        assert_eq!(vote.problems(), ["named_ballot_invalid"], "case {at}");
        // Second devices have no certificate here to export.
        if [0, 2, 3, 4].contains(&at) {
            assert!(!vote.audited().0, "case {at}");
        }
    }
}

#[test]
fn another_secretary_is_no_witness() {
    let mut body = opening_body(7, changeable());
    body.roll[5].device = None;
    body.paper = Some(PaperTerms { clerks: vec![person(1), person(2)], present: vec![person(5)] });
    let mut vote = Vote::of(&body);
    let ballot = vote.on_paper(5, Choice::For);
    assert_eq!((vote.status(ballot), vote.outcome().counted), (BallotStatus::WitnessRefused, 0));
}

#[test]
fn nobody_but_a_secretary_of_the_opening_enters_and_only_for_people_who_are_there() {
    let mut vote = vote();
    let by_chair = vote.enter_with(&member_keys(0), vote.entry(5, Choice::For, None));
    let by_stranger = vote.enter_with(&member_keys(15), vote.entry(5, Choice::For, None));
    let names = [by_chair, by_stranger].map(|entry| vote.witness_with(&member_keys(2), entry));
    let absent = vote.on_paper(6, Choice::For);
    let stranger = vote.on_paper(12, Choice::For);
    let elsewhere =
        vote.enter_with(&member_keys(1), PaperBallot { opening: Hash32([4; 32]), ..vote.entry(5, Choice::For, None) });
    let elsewhere = vote.witness_with(&member_keys(2), elsewhere);
    assert_eq!(names.map(|name| vote.status(name)), [BallotStatus::NotByClerk; 2]);
    assert_eq!(
        [absent, stranger, elsewhere].map(|name| vote.status(name)),
        [BallotStatus::NotPresent, BallotStatus::NotOnRoll, BallotStatus::WrongOpening]
    );
    assert_eq!(vote.outcome().counted, 0);
    vote.close_naming(&[stranger]);
    assert_eq!(vote.problems(), ["named_ballot_invalid"]);
}

#[test]
fn a_forged_signature_of_either_is_shown_as_forged_and_makes_no_ballot() {
    for forge_witness in [false, true] {
        let mut vote = vote();
        let entry = vote.enter(5, Choice::For);
        vote.witness_with(&member_keys(2), entry);
        let forged = vote.ballots.get_mut(usize::from(forge_witness)).unwrap();
        forged.signature.0[0] ^= 1;
        assert_eq!(vote.outcome().counted, 0);
        assert!(vote.problems().contains(&"forged_act"), "{:?}", vote.problems());
        let named = vote.ballots[1].hash();
        vote.close_naming(&[named]);
        let record = vote.count();
        assert!(record.is_incomplete() && record.outcome.counted == 0);
        assert!(!vote.audited().0);
    }
}

#[test]
fn the_voters_own_device_goes_before_paper_while_the_vote_is_open() {
    let mut vote = vote();
    let paper = vote.on_paper(3, Choice::Against);
    assert_eq!(vote.status(paper), BallotStatus::Counts);
    let own = vote.cast(3, Choice::For);
    assert_eq!([own, paper].map(|name| vote.status(name)), [BallotStatus::Counts, BallotStatus::DeviceStands]);
    vote.close();
    assert_eq!([own, paper].map(|name| vote.status(name)), [BallotStatus::Counts, BallotStatus::DeviceStands]);
    let outcome = vote.outcome();
    assert_eq!((outcome.counted, outcome.votes_for, outcome.against), (1, 1, 0));
    assert_eq!(vote.audited(), (true, 1, vec![]));
}

#[test]
fn a_device_ballot_that_comes_after_the_close_named_the_paper_is_late() {
    let mut vote = vote();
    let paper = vote.on_paper(3, Choice::Against);
    vote.close();
    let own = vote.cast(3, Choice::For);
    assert_eq!([own, paper].map(|name| vote.status(name)), [BallotStatus::Late, BallotStatus::Counts]);
    assert_eq!((vote.outcome().against, vote.audited().0), (1, true));
}

#[test]
fn a_close_that_names_both_of_one_person_counts_neither() {
    let mut vote = vote();
    let paper = vote.on_paper(3, Choice::Against);
    let own = vote.cast(3, Choice::For);
    vote.close_naming(&[paper, own]);
    assert_eq!([own, paper].map(|name| vote.status(name)), [BallotStatus::Double; 2]);
    assert_eq!(vote.outcome().counted, 0);
    assert!(vote.problems().contains(&"close_names_two"));
}

#[test]
fn a_wrong_entry_is_corrected_by_one_that_is_witnessed_again() {
    let mut vote = vote();
    let entry = vote.enter(5, Choice::Against);
    let first = vote.witness_with(&member_keys(2), entry);
    let correction = vote.enter_with(&member_keys(1), vote.entry(5, Choice::For, Some(entry)));
    assert_eq!([first, correction].map(|name| vote.status(name)), [BallotStatus::Counts, BallotStatus::Unwitnessed]);
    let second = vote.witness_with(&member_keys(3), correction);
    assert_eq!([first, second].map(|name| vote.status(name)), [BallotStatus::Replaced, BallotStatus::Counts]);
    assert_eq!((vote.outcome().votes_for, vote.outcome().against), (1, 0));
    vote.close();
    assert_eq!(vote.audited(), (true, 1, vec![]));
}

#[test]
fn an_entry_that_nobody_witnessed_hinders_no_other() {
    let mut vote = vote();
    let mistyped = vote.enter(5, Choice::Against);
    let again = vote.enter(5, Choice::For);
    let ballot = vote.witness_with(&member_keys(2), again);
    assert_eq!([mistyped, ballot].map(|name| vote.status(name)), [BallotStatus::Unwitnessed, BallotStatus::Counts]);
    let third = vote.enter_with(&member_keys(1), vote.entry(5, Choice::NotVoting, Some(again)));
    let third = vote.enter_with(&member_keys(1), vote.entry(5, Choice::For, Some(third)));
    let last = vote.witness_with(&member_keys(4), third);
    assert_eq!([ballot, last].map(|name| vote.status(name)), [BallotStatus::Replaced, BallotStatus::Counts]);
    assert_eq!(vote.problems(), Vec::<&str>::new());
}

#[test]
fn two_witnessed_entries_that_do_not_follow_from_one_another_count_for_nobody() {
    let mut vote = vote();
    let names = [vote.on_paper(5, Choice::For), vote.on_paper(5, Choice::Against)];
    assert_eq!(names.map(|name| vote.status(name)), [BallotStatus::Double; 2]);
    assert_eq!((vote.outcome().counted, vote.problems()), (0, vec!["double_ballot"]));
}

#[test]
fn two_witnesses_of_one_entry_are_one_ballot() {
    let mut vote = vote();
    let entry = vote.enter(5, Choice::For);
    for witness in [2, 3] {
        vote.witness_with(&member_keys(witness), entry);
    }
    assert_eq!((vote.outcome().counted, vote.count().closing(Timestamp(0)).ballots.len()), (1, 1));
    vote.close();
    assert_eq!(vote.audited(), (true, 1, vec![]));
}

#[test]
fn a_vote_whose_opening_says_nothing_of_paper_knows_none() {
    let mut vote = Vote::open(7, changeable());
    let ballot = vote.on_paper(5, Choice::For);
    assert_eq!((vote.status(ballot), vote.outcome().counted), (BallotStatus::NotByClerk, 0));
}

#[test]
fn those_present_without_a_device_belong_to_those_present() {
    let mut body = opening_body(7, changeable());
    body.profile.base = domain::vote::Base::Present;
    body.roll[5].device = None;
    body.roll[6].device = None;
    let without = Vote::of(&body).outcome();
    body.paper = Some(PaperTerms { clerks: vec![person(1)], present: vec![person(5), person(6)] });
    let with = Vote::of(&body).outcome();
    assert_eq!((without.present, without.needed, with.present, with.needed), (5, 3, 7, 4));
}

#[test]
fn an_export_that_leaves_out_entry_or_witness_is_noticed() {
    let mut vote = vote();
    vote.on_paper(5, Choice::For);
    vote.close();
    for left_out in 0..2 {
        let mut source = vote.source();
        source.ballots.remove(left_out);
        let bundle = VoteBundle::collect(source, member_keys(0).device()).unwrap();
        let report = verify_bundle(&bundle.to_file(&member_keys(0)), &root().fingerprint()).unwrap();
        assert!(!report.ok && report.counted == 0, "{left_out}");
        assert!(report.problems.iter().any(|problem| problem.starts_with("ballot_missing")), "{:?}", report.problems);
    }
}

#[test]
fn an_opening_with_paper_is_of_a_version_that_older_programs_do_not_pretend_to_count() {
    let opening = vote().opening;
    assert_eq!(opening.body[..2], [0x82, PAPER_OPENING_VERSION]);
    assert!(opening.verify().is_ok());
    assert_eq!(Vote::open(3, changeable()).opening.body[1], 1, "without paper nothing changes");
    // The same opening under the other version, signed: nobody writes it so, and nobody takes it.
    let mut body = opening.body;
    body[1] = 1;
    let signature = member_keys(0).sign(signing::Context::Act, &body);
    let renamed = SignedAct { body, device: member_keys(0).device(), signature };
    assert_eq!(renamed.verify(), Err(ActError::UnknownVersion(1)));
}

fn any_choice() -> impl Strategy<Value = Choice> {
    prop_oneof![Just(Choice::For), Just(Choice::Against), Just(Choice::NotVoting)]
}

/// Voter, who enters, who witnesses (above 6: nobody), what, and whether the voter's device votes too.
fn any_paper() -> impl Strategy<Value = (u8, u8, u8, Choice, bool)> {
    (0u8..9, 0u8..3, 0u8..9, any_choice(), any::<bool>())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_counts_on_paper_has_two_signers_neither_of_them_the_voter_and_one_ballot_a_person(
        papers in proptest::collection::vec(any_paper(), 0..10),
        shuffle in any::<u64>(),
        close in any::<bool>(),
    ) {
        let mut vote = vote();
        for (voter, clerk, witness, choice, by_device) in papers {
            let entry = vote.enter_with(&member_keys(clerk), vote.entry(voter, choice, None));
            if witness < 7 {
                vote.witness_with(&member_keys(witness), entry);
            }
            if by_device && voter < 5 {
                vote.cast(voter, choice);
            }
        }
        if close {
            vote.close();
        }
        let record = vote.count();
        let counting: Vec<_> = record.ballots.iter().filter(|line| line.status == BallotStatus::Counts).collect();
        let people: std::collections::BTreeSet<_> = counting.iter().map(|line| line.person).collect();
        prop_assert_eq!(people.len(), counting.len());
        prop_assert_eq!(usize::try_from(record.outcome.counted).unwrap(), counting.len());
        for line in counting.iter().filter(|line| line.paper.is_some()) {
            let paper = line.paper.unwrap();
            prop_assert_eq!(paper.clerk, Some(person(1)));
            prop_assert!(paper.witness.is_some() && paper.witness != paper.clerk && paper.witness != line.person);
            prop_assert!(line.person != Some(person(6)));
            prop_assert!(!record.ballots.iter().any(|other| other.paper.is_none() && other.person == line.person));
        }
        // The order in which acts arrive, and how often, does not matter.
        let mut other = Vote { ballots: vote.ballots.clone(), ..vote };
        let turn = usize::try_from(shuffle % 16).unwrap();
        let length = other.ballots.len().max(1);
        other.ballots.rotate_left(turn % length);
        other.ballots.reverse();
        let again = other.ballots.first().cloned();
        other.ballots.extend(again);
        prop_assert_eq!(other.count(), record);
    }
}
