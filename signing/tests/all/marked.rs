//! Open votes whose ballot has a form: what is marked counts by the same rules as a choice, and by the form.

use domain::vote::{BallotForm, BallotOption, Choice, Results, RuleProfile, Standing, VoteOpening};
use proptest::prelude::*;
use signing::act::{ACT_VERSION, FORM_OPENING_VERSION};
use signing::vote::BallotStatus;
use signing::{ActError, SignedAct, VoteBundle, verify_bundle};

use crate::acts::with_form;
use crate::support::{Vote, changeable, member_keys, opening_body, root, unchangeable};

/// At most two of three.
fn vote() -> Vote {
    Vote::of(&with_form())
}

fn totals(vote: &Vote) -> Vec<u32> {
    vote.count().marked.unwrap().places.iter().map(|place| place.votes).collect()
}

#[test]
fn a_choice_of_two_of_three_is_cast_changed_closed_and_checked_by_a_stranger() {
    let mut vote = vote();
    vote.mark(0, &[0, 1], None);
    let first = vote.mark(1, &[2], None);
    let second = vote.mark(1, &[0, 1], Some(first));
    vote.mark(2, &[1], None);
    assert_eq!((vote.status(first), vote.status(second)), (BallotStatus::Replaced, BallotStatus::Counts));
    assert_eq!(totals(&vote), [2, 3, 0]);

    let closing = vote.close();
    let late = vote.mark(2, &[2], Some(vote.ballots[3].hash()));
    vote.acknowledge(0, closing);
    vote.acknowledge(1, closing);
    let record = vote.count();
    assert!(record.final_ && record.problems.is_empty(), "{:?}", record.problems);
    assert_eq!(vote.status(late), BallotStatus::NotNamed);
    let marked = record.marked.unwrap();
    assert_eq!((marked.counted, marked.needed, marked.passed), (3, 2, None));
    let standings: Vec<_> = marked.places.iter().map(|place| place.standing.unwrap()).collect();
    assert_eq!(standings, [Standing::Chosen, Standing::Chosen, Standing::NotChosen]);
    assert_eq!(
        (record.outcome.counted, record.outcome.votes_for, record.outcome.passed),
        (3, 0, false),
        "nobody is for anything"
    );

    let file = VoteBundle::collect(vote.source(), member_keys(0).device()).unwrap().to_file(&member_keys(0));
    let report = verify_bundle(&file, &root().fingerprint()).unwrap();
    assert!(report.ok, "{:?}", report.problems);
    assert_eq!((report.counted, report.places), (3, marked.places));
}

#[test]
fn marks_that_are_no_ballot_of_the_form_are_shown_and_count_for_nothing() {
    let mut vote = vote();
    for (member, marks) in [(0, &[0, 1, 2][..]), (1, &[1, 0][..]), (2, &[3][..])] {
        let hash = vote.mark(member, marks, None);
        assert_eq!(vote.status(hash), BallotStatus::Unsound, "{marks:?}");
    }
    assert_eq!((totals(&vote), vote.count().closing(domain::id::Timestamp(0)).ballots.len()), (vec![0, 0, 0], 0));
    let named = vote.ballots[0].hash();
    vote.close_naming(&[named]);
    assert_eq!(vote.problems(), ["named_ballot_invalid"]);
    assert_eq!(totals(&vote), [0, 0, 0]);
}

#[test]
fn a_choice_in_a_vote_with_a_form_and_marks_in_one_without_are_no_ballots() {
    let mut with = vote();
    let choice = with.cast(1, Choice::For);
    assert_eq!(with.status(choice), BallotStatus::Unsound);
    let mut without = Vote::open(3, changeable());
    let marks = without.mark(1, &[0], None);
    assert_eq!(without.status(marks), BallotStatus::Unsound);
    assert_eq!((with.outcome().counted, without.outcome().counted), (0, 0));
    assert_eq!(without.count().marked, None);
}

#[test]
fn where_ballots_are_for_good_a_second_one_is_evidence() {
    let mut vote = Vote::of(&VoteOpening { profile: unchangeable(), ..with_form() });
    let first = vote.mark(1, &[0], None);
    let second = vote.mark(1, &[1], Some(first));
    assert_eq!((vote.status(first), vote.status(second)), (BallotStatus::Counts, BallotStatus::Double));
    assert_eq!((totals(&vote), vote.problems()), (vec![1, 0, 0], vec!["replacement_not_allowed"]));
}

#[test]
fn an_opening_with_a_form_or_told_results_is_of_a_version_that_older_programs_do_not_pretend_to_count() {
    let live = Vote::open(3, RuleProfile { results: Some(Results::Live), ..changeable() });
    for opening in [vote().opening, live.opening] {
        assert_eq!(opening.body[..2], [0x82, FORM_OPENING_VERSION]);
        assert!(opening.verify().is_ok());
        let mut body = opening.body;
        body[1] = ACT_VERSION;
        let signature = member_keys(0).sign(signing::Context::Act, &body);
        let renamed = SignedAct { body, device: member_keys(0).device(), signature };
        assert_eq!(renamed.verify(), Err(ActError::UnknownVersion(1)));
    }
    assert_eq!(Vote::open(3, changeable()).opening.body[1], ACT_VERSION, "without either nothing changes");
}

fn any_form() -> impl Strategy<Value = BallotForm> {
    let options = |number: usize| -> Vec<BallotOption> {
        (0..number).map(|at| BallotOption { label: format!("Người {at}"), person: None }).collect()
    };
    prop_oneof![
        (1u32..4, 4usize..6).prop_map(move |(most, number)| BallotForm::AtMost { most, options: options(number) }),
        (1usize..3).prop_map(move |number| BallotForm::Confidence { people: options(number) }),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn in_whatever_order_acts_arrive_totals_are_those_of_sound_ballots_one_for_each_voter(
        form in any_form(),
        ballots in proptest::collection::vec((0u8..8, proptest::collection::btree_set(0u32..7, 0..4)), 0..10),
        turn in any::<usize>(),
        close in any::<bool>(),
    ) {
        let mut vote = Vote::of(&VoteOpening { form: Some(form.clone()), ..opening_body(5, changeable()) });
        let mut last = std::collections::BTreeMap::new();
        for (member, marks) in &ballots {
            let marks: Vec<u32> = marks.iter().copied().collect();
            let before = last.get(member).copied();
            let hash = vote.mark(*member, &marks, before);
            if form.is_ballot(&marks) {
                last.insert(*member, hash);
            }
        }
        if close {
            vote.close();
        }
        let record = vote.count();
        let marked = record.marked.clone().unwrap();
        let voters = last.keys().filter(|member| **member < 5).count();
        prop_assert_eq!(usize::try_from(marked.counted).unwrap(), voters);
        prop_assert_eq!(record.outcome.counted, marked.counted);
        for (at, place) in marked.places.iter().enumerate() {
            let says = |line: &&signing::BallotLine| line.marks.as_ref().is_some_and(|marks| marks.contains(&u32::try_from(at).unwrap()));
            let counting = record.ballots.iter().filter(|line| line.status == BallotStatus::Counts).filter(says).count();
            prop_assert_eq!(usize::try_from(place.votes).unwrap(), counting);
        }
        let length = vote.ballots.len().max(1);
        vote.ballots.rotate_left(turn % length);
        vote.ballots.reverse();
        let again = vote.ballots.first().cloned();
        vote.ballots.extend(again);
        prop_assert_eq!(vote.count(), record);
    }
}
