//! What a body, its tellers and its liars do in a secret vote.

use domain::id::Timestamp;
use domain::vote::{BallotForm, VoteClosing};
use proptest::prelude::*;
use signing::secret::{SecretOpening, Totals, TotalsOpened};
use signing::vote::BallotStatus;
use signing::{Act, SignedAct};

use super::{SecretVote, Tellers, candidates};
use crate::support::{VOTE, member_keys, opening_body, rng, second_device, unchangeable};

fn decision(size: u8) -> SecretVote {
    SecretVote::open(size, BallotForm::Decision, 5, 3, 1)
}

/// All subsets of `of` with `size` members.
fn subsets(of: &[u8], size: usize) -> Vec<Vec<u8>> {
    match (size, of) {
        (0, _) => vec![Vec::new()],
        (_, []) => Vec::new(),
        (_, [first, rest @ ..]) => {
            let with = subsets(rest, size - 1).into_iter().map(|mut subset| {
                subset.push(*first);
                subset
            });
            with.chain(subsets(rest, size)).collect()
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(6))]

    #[test]
    fn every_three_of_five_tellers_open_the_same_totals_and_they_are_the_votes(
        choices in proptest::collection::vec(0usize..3, 7),
        voting in 5usize..=7,
        seed in any::<u64>(),
    ) {
        let mut vote = SecretVote::open(7, BallotForm::Decision, 5, 3, seed);
        let mut expected = vec![0; 3];
        for (member, choice) in (0u8..).zip(&choices[..voting]) {
            vote.cast(member, &[*choice]);
            expected[*choice] += 1;
        }
        vote.finish();
        let opened: Vec<(u8, SignedAct)> = (1..=5).map(|teller| (teller, vote.opens(teller))).collect();
        for subset in subsets(&[1, 2, 3, 4, 5], 3).into_iter().chain([vec![1, 2, 3, 4, 5]]) {
            vote.totals = opened.iter().filter(|(teller, _)| subset.contains(teller)).map(|(_, act)| act.clone()).collect();
            prop_assert_eq!(vote.votes(), Some(expected.clone()), "by {:?}", subset);
            prop_assert!(vote.problems().is_empty());
        }
    }

    #[test]
    fn an_election_of_at_most_two_of_four_counts_every_mark(
        marks in proptest::collection::vec(proptest::collection::btree_set(0usize..4, 0..=2), 5),
        seed in any::<u64>(),
    ) {
        let form = BallotForm::AtMost { most: 2, options: candidates(&["An", "Bình", "Cường", "Dung"]) };
        let mut vote = SecretVote::open(5, form, 3, 2, seed);
        let mut expected = vec![0; 4];
        for (member, marked) in (0u8..).zip(&marks) {
            vote.cast(member, &marked.iter().copied().collect::<Vec<_>>());
            marked.iter().for_each(|slot| expected[*slot] += 1);
        }
        vote.finish();
        vote.open_by(&[3, 1]);
        prop_assert_eq!(vote.votes(), Some(expected));
        prop_assert_eq!(vote.outcome().unwrap().passed, None, "an election has no verdict of its own");
    }
}

#[test]
fn confidence_in_three_levels_is_counted_for_each_person() {
    let form = BallotForm::Confidence { people: candidates(&["Chủ tịch", "Phó Chủ tịch"]) };
    let mut vote = SecretVote::open(5, form, 3, 2, 2);
    // cao, cao, thấp, cao and nothing for the first; nothing, tín nhiệm, tín nhiệm, thấp and cao for the second.
    for (member, marked) in (0u8..).zip([vec![0], vec![0, 4], vec![2, 4], vec![0, 5], vec![3]]) {
        vote.cast(member, &marked);
    }
    vote.finish();
    vote.open_by(&[1, 2]);
    assert_eq!(vote.votes(), Some(vec![3, 0, 1, 1, 2, 1]));
}

#[test]
fn a_vote_works_with_two_of_five_tellers_gone_and_not_with_three() {
    let mut vote = decision(7);
    for member in 0..7 {
        vote.cast(member, &[usize::from(member % 2)]);
    }
    vote.finish();
    assert_eq!(vote.record().totals, Totals::Waiting { given: 0, needed: 3 });
    vote.open_by(&[2, 5]);
    assert_eq!(vote.record().totals, Totals::Waiting { given: 2, needed: 3 });
    vote.open_by(&[4]);
    let record = vote.record();
    assert_eq!(record.given, [1, 3, 4]);
    assert_eq!(vote.votes(), Some(vec![4, 3, 0]));
    let outcome = vote.outcome().unwrap();
    assert_eq!((outcome.passed, outcome.needed, outcome.counted), (Some(true), 4, 7));
}

#[test]
fn nothing_is_opened_before_the_close_is_final() {
    let mut vote = decision(7);
    for member in 0..7 {
        vote.cast(member, &[0]);
    }
    let nothing = |vote: &mut SecretVote| {
        let record = vote.record();
        assert_eq!(record.totals, Totals::NotYet);
        let (member, secret) = &vote.secrets[0];
        assert_eq!(record.open_totals(&member_keys(*member).device(), secret, &mut vote.rng), Ok(None));
    };
    nothing(&mut vote);
    let closing = vote.close_but(|_| ());
    nothing(&mut vote);
    vote.acknowledge(0..3, closing);
    nothing(&mut vote);
    vote.acknowledge(3..4, closing);
    vote.open_by(&[1, 2, 3]);
    assert_eq!(vote.votes(), Some(vec![7, 0, 0]));
}

#[test]
fn a_close_of_four_ballots_stays_sealed_for_good() {
    let mut vote = decision(7);
    for member in 0..4 {
        vote.cast(member, &[0]);
    }
    vote.finish();
    let record = vote.record();
    assert_eq!(record.totals, Totals::TooFewBallots);
    let (member, secret) = &vote.secrets[0];
    assert_eq!(record.open_totals(&member_keys(*member).device(), secret, &mut vote.rng), Ok(None));
}

#[test]
fn a_chair_who_closes_over_one_ballot_to_read_it_gets_nothing_opened() {
    let mut vote = decision(7);
    let victim = vote.cast(6, &[1]);
    for member in 0..6 {
        vote.cast(member, &[0]);
    }
    let closing = vote.close_but(|ballots| ballots.retain(|ballot| *ballot == victim));
    vote.acknowledge(0..7, closing);
    assert_eq!(vote.record().totals, Totals::TooFewBallots);
}

#[test]
fn a_ballot_copied_by_somebody_else_is_named_and_not_counted() {
    let mut vote = decision(7);
    for member in 0..6 {
        vote.cast(member, &[0]);
    }
    let sealed = vote.seal(0, &[1]);
    let copied = vote.cast_act(6, sealed, None);
    vote.finish();
    vote.open_by(&[1, 2, 3]);
    let record = vote.record();
    let line = record.ballots.iter().find(|line| line.hash == copied).unwrap();
    assert_eq!((line.status, record.counted), (BallotStatus::Unsound, 6));
    assert_eq!((vote.problems(), vote.votes()), (vec!["ballot_unsound"], Some(vec![6, 0, 0])));
}

#[test]
fn a_close_that_names_an_unsound_ballot_is_named_and_counts_without_it() {
    let mut vote = decision(7);
    for member in 0..6 {
        vote.cast(member, &[0]);
    }
    let junk = vote.cast_act(6, vec![0x80], None);
    let closing = vote.close_but(|ballots| ballots.push(junk));
    vote.acknowledge(0..4, closing);
    vote.open_by(&[1, 2, 3]);
    assert_eq!(vote.problems(), ["named_ballot_invalid", "ballot_unsound"]);
    assert_eq!(vote.votes(), Some(vec![6, 0, 0]));
}

#[test]
fn who_changes_their_mind_is_counted_once_and_who_may_not_is_not_heard() {
    let mut vote = decision(7);
    for member in 0..6 {
        vote.cast(member, &[0]);
    }
    let first = vote.cast(6, &[0]);
    vote.replace(6, &[1], first);
    vote.finish();
    vote.open_by(&[1, 2, 3]);
    assert_eq!(vote.votes(), Some(vec![6, 1, 0]));
    assert!(vote.problems().is_empty());

    let mut vote = SecretVote::of(opening_body(7, unchangeable()), BallotForm::Decision, &[1, 2, 3], 2, 3);
    for member in 0..6 {
        vote.cast(member, &[0]);
    }
    let first = vote.cast(6, &[0]);
    vote.replace(6, &[1], first);
    vote.finish();
    vote.open_by(&[1, 2]);
    assert_eq!((vote.votes(), vote.problems()), (Some(vec![7, 0, 0]), vec!["replacement_not_allowed"]));
}

#[test]
fn late_ballots_second_devices_and_strangers_change_nothing() {
    let mut vote = decision(7);
    for member in 0..6 {
        vote.cast(member, &[0]);
    }
    vote.finish();
    let late = vote.cast(6, &[1]);
    let sealed = vote.seal(6, &[1]);
    let second = {
        let Act::SecretBallotCast(mut ballot) = vote.ballots[0].verify().unwrap() else { panic!("a ballot") };
        ballot.sealed = sealed;
        SignedAct::sign(&second_device(6), &Act::SecretBallotCast(ballot))
    };
    vote.ballots.push(second.clone());
    vote.open_by(&[1, 2, 3]);
    let record = vote.record();
    let status = |hash| record.ballots.iter().find(|line| line.hash == hash).unwrap().status;
    assert_eq!((status(late), status(second.hash())), (BallotStatus::Late, BallotStatus::NotCountedWrongDevice));
    assert_eq!((vote.votes(), vote.problems()), (Some(vec![6, 0, 0]), vec![]));
}

#[test]
fn a_teller_who_lies_about_a_share_is_named_and_the_others_open() {
    let mut vote = decision(7);
    for member in 0..7 {
        vote.cast(member, &[0]);
    }
    vote.finish();
    // The shares of teller 2 in the name of teller 1.
    let Act::TotalsOpened(of_two) = vote.opens(2).verify().unwrap() else { panic!("shares") };
    vote.totals.push(SignedAct::sign(&member_keys(1), &Act::TotalsOpened(of_two.clone())));
    assert_eq!(vote.problems(), ["total_share_false"]);
    vote.open_by(&[2, 3]);
    assert_eq!(vote.record().totals, Totals::Waiting { given: 2, needed: 3 });
    vote.open_by(&[4]);
    assert_eq!((vote.votes(), vote.problems()), (Some(vec![7, 0, 0]), vec!["total_share_false"]));
    // Shares exchanged between places, and too few of them.
    for change in [|opened: &mut TotalsOpened| opened.shares.swap(0, 1), |opened: &mut TotalsOpened| opened.shares.truncate(2)] {
        let mut changed = of_two.clone();
        change(&mut changed);
        let mut vote_with = vec![SignedAct::sign(&member_keys(2), &Act::TotalsOpened(changed))];
        std::mem::swap(&mut vote.totals, &mut vote_with);
        assert_eq!(vote.problems(), ["total_share_false"]);
    }
}

#[test]
fn a_teller_who_opens_another_close_is_named() {
    let mut vote = decision(7);
    for member in 0..7 {
        vote.cast(member, &[0]);
    }
    // Two closes that differ by one ballot; on a device that was shown only the second it is final.
    let closing = vote.finish();
    let honest = (std::mem::take(&mut vote.closings), std::mem::take(&mut vote.acknowledgements));
    let last = vote.ballots[6].hash();
    let other = vote.close_but(|ballots| ballots.retain(|ballot| *ballot != last));
    vote.acknowledge(0..7, other);
    let misled = vote.opens(1);
    (vote.closings, vote.acknowledgements) = honest;
    assert_ne!(closing, other);
    vote.totals.push(misled);
    vote.open_by(&[2, 3, 4]);
    assert_eq!((vote.votes(), vote.problems()), (Some(vec![7, 0, 0]), vec!["other_totals_opened"]));
}

#[test]
fn somebody_who_is_no_teller_opens_nothing_and_spoils_nothing() {
    let mut vote = decision(7);
    for member in 0..7 {
        vote.cast(member, &[0]);
    }
    vote.finish();
    let Act::TotalsOpened(shares) = vote.opens(2).verify().unwrap() else { panic!("shares") };
    vote.totals.push(SignedAct::sign(&member_keys(6), &Act::TotalsOpened(shares)));
    assert_eq!(vote.record().totals, Totals::Waiting { given: 0, needed: 3 });
    assert!(vote.problems().is_empty());
}

fn reopened(vote: &mut SecretVote, change: impl Fn(&mut SecretOpening)) {
    let mut body = vote.body();
    change(&mut body);
    vote.opening = SignedAct::sign(&member_keys(0), &Act::SecretVoteOpened(body));
}

#[test]
fn a_chair_who_puts_another_key_into_the_opening_is_found_before_anybody_votes() {
    let mut vote = decision(7);
    let other = Tellers::elect(&[1, 2, 3], 2, &mut rng(99)).record().key().unwrap().key;
    reopened(&mut vote, |body| body.tellers.key = other);
    assert_eq!((vote.problems(), vote.record().totals), (vec!["key_not_of_tellers"], Totals::Void));
    let mut vote = decision(7);
    reopened(&mut vote, |body| body.tellers.acts.swap(0, 1));
    assert_eq!(vote.problems(), ["key_not_of_tellers"]);
    let mut vote = decision(7);
    vote.ceremony.pop();
    assert_eq!(vote.problems(), ["key_not_of_tellers"]);
}

#[test]
fn what_a_teller_says_after_the_opening_does_not_undo_the_key() {
    let mut vote = decision(7);
    for member in 0..7 {
        vote.cast(member, &[0]);
    }
    let Act::TellersElected(body) = vote.election.verify().unwrap() else { panic!("an election") };
    let device = member_keys(1).device();
    let (_, contradiction) = signing::secret::offer(&body, &vote.election.hash(), &device, &mut vote.rng).unwrap();
    vote.ceremony.push(SignedAct::sign(&member_keys(1), &Act::TellerKeyOffered(contradiction)));
    vote.finish();
    vote.open_by(&[1, 2, 3]);
    assert_eq!((vote.votes(), vote.problems()), (Some(vec![7, 0, 0]), vec![]));
}

#[test]
fn bodies_and_tellers_that_the_rules_do_not_allow_hold_no_secret_vote() {
    let small = SecretVote::open(4, BallotForm::Decision, 3, 2, 5);
    assert_eq!((small.problems(), small.record().totals), (vec!["secret_rule_broken"], Totals::Void));
    let foreign = SecretVote::of(opening_body(5, unchangeable()), BallotForm::Decision, &[1, 2, 6], 2, 5);
    assert_eq!(foreign.problems(), ["secret_rule_broken"]);
    let mut form = candidates(&["An", "Bình"]);
    form[0].person = Some(crate::support::person(2));
    let judge_of_oneself = SecretVote::open(7, BallotForm::AtMost { most: 1, options: form }, 3, 2, 5);
    assert_eq!(judge_of_oneself.problems(), ["secret_rule_broken"]);
}

#[test]
fn an_open_ballot_is_none_in_a_secret_vote_and_a_secret_one_none_in_an_open_vote() {
    let mut vote = decision(7);
    let open = domain::vote::Ballot {
        vote: VOTE,
        opening: vote.opening.hash(),
        choice: domain::vote::Choice::For,
        cast_at: Timestamp(0),
        replaces: None,
    };
    vote.ballots.push(SignedAct::sign(&member_keys(1), &Act::BallotCast(open)));
    assert_eq!((vote.problems(), vote.record().counted), (vec!["unexpected_act"], 0));
    let mut open_vote = crate::support::Vote::open(3, unchangeable());
    let sealed = vote.seal(1, &[0]);
    let hash = vote.cast_act(1, sealed, None);
    open_vote.ballots.push(vote.ballots.iter().find(|act| act.hash() == hash).unwrap().clone());
    assert_eq!((open_vote.problems(), open_vote.outcome().counted), (vec!["unexpected_act"], 0));
}

#[test]
fn a_close_by_another_device_or_of_another_vote_opens_nothing() {
    let mut vote = decision(7);
    for member in 0..7 {
        vote.cast(member, &[0]);
    }
    let record = vote.record();
    let closing = record.closing(Timestamp(1));
    let by_other = SignedAct::sign(&member_keys(3), &Act::VoteClosed(closing.clone()));
    let of_other =
        SignedAct::sign(&member_keys(0), &Act::VoteClosed(VoteClosing { opening: domain::id::Hash32([3; 32]), ..closing }));
    for close in [by_other, of_other] {
        vote.closings = vec![close.clone()];
        vote.acknowledgements.clear();
        vote.acknowledge(0..7, close.hash());
        assert_eq!(vote.record().totals, Totals::NotYet);
    }
}
