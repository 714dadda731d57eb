//! The rules of the count, one story each. Seven members unless said otherwise; member 0 chairs and opens.

use domain::id::{DeviceId, Hash32, PersonId};
use domain::vote::{Choice, VoteClosing};
use signing::vote::{BallotStatus, VoteActs, VoteError, VoteState, count, count_verified};
use signing::{Act, SignedAct};

use crate::support::{Vote, changeable, keys, member_keys, opening_body, person, person_of, second_device, unchangeable};

#[test]
fn seven_vote_the_chair_closes_and_the_result_stands() {
    let mut vote = Vote::open(7, changeable());
    for member in 0..5 {
        vote.cast(member, Choice::For);
    }
    vote.cast(5, Choice::Against);
    vote.cast(6, Choice::NotVoting);
    assert_eq!(vote.count().state, VoteState::Open);
    let closing = vote.close();
    let record = vote.count();
    assert!(matches!(record.state, VoteState::Closed { closing_hash, .. } if closing_hash == closing));
    let outcome = record.outcome;
    assert_eq!(
        (outcome.roll, outcome.counted, outcome.votes_for, outcome.against, outcome.not_voting, outcome.passed),
        (7, 7, 5, 1, 1, true)
    );
    assert_eq!(record.problems, vec![]);
    assert!(!record.is_incomplete());
}

#[test]
fn a_close_is_final_once_more_than_half_of_the_devices_have_acknowledged_it() {
    let mut vote = Vote::open(7, changeable());
    vote.cast(1, Choice::For);
    let closing = vote.close();
    for member in 0..3 {
        vote.acknowledge(member, closing);
    }
    vote.acknowledge(2, closing);
    let stranger = SignedAct::sign(&keys(1), &vote.acknowledgements[0].verify().unwrap());
    vote.acknowledgements.push(stranger);
    let record = vote.count();
    assert_eq!(
        (record.acknowledgements, record.acknowledgements_needed, record.final_),
        (3, 4, false),
        "repeats and strangers add nothing"
    );
    vote.acknowledge(3, closing);
    assert!(vote.count().final_);
}

#[test]
fn absent_members_are_not_waited_for() {
    let mut body = opening_body(7, changeable());
    body.roll.iter_mut().skip(3).for_each(|entry| entry.device = None);
    let mut vote = Vote::of(&body);
    vote.cast(1, Choice::For);
    let closing = vote.close();
    vote.acknowledge(0, closing);
    vote.acknowledge(1, closing);
    let record = vote.count();
    assert_eq!((record.acknowledgements_needed, record.final_), (2, true));
    assert_eq!((record.outcome.roll, record.outcome.present), (7, 3));
}

#[test]
fn a_forged_ballot_is_shown_as_forged_and_counts_for_nobody() {
    let mut vote = Vote::open(7, changeable());
    let mut forged = SignedAct::sign(&member_keys(2), &Act::BallotCast(vote.ballot(Choice::For, 10, None)));
    forged.device = member_keys(1).device();
    vote.ballots.push(forged);
    assert_eq!((vote.outcome().counted, vote.problems()), (0, vec!["forged_act"]));
    assert!(vote.count().ballots.is_empty());
}

#[test]
fn a_forged_copy_does_not_displace_the_true_ballot() {
    let mut vote = Vote::open(7, changeable());
    vote.cast(1, Choice::For);
    let mut copy = vote.ballots[0].clone();
    copy.signature.0[0] ^= 1;
    vote.ballots.insert(0, copy.clone());
    vote.ballots.push(copy);
    assert_eq!(vote.outcome().counted, 1);
    assert_eq!(vote.problems(), ["forged_act"]);
}

#[test]
fn a_ballot_from_a_second_device_is_kept_shown_and_not_counted() {
    let mut vote = Vote::open(7, changeable());
    let first = vote.cast(1, Choice::For);
    let second = vote.cast_with(&second_device(1), vote.ballot(Choice::Against, 10, None));
    assert_eq!(vote.status(first), BallotStatus::Counts);
    assert_eq!(vote.status(second), BallotStatus::NotCountedWrongDevice);
    let line = vote.count().ballots.into_iter().find(|line| line.hash == second).unwrap();
    assert_eq!((line.person, line.name.as_str()), (Some(person(1)), "Trần Thị Bình"));
    assert_eq!(vote.problems(), Vec::<&str>::new());
}

#[test]
fn a_ballot_by_somebody_not_on_the_roll_is_not_counted() {
    let mut vote = Vote::open(3, changeable());
    let guest = vote.cast_with(&member_keys(5), vote.ballot(Choice::For, 10, None));
    let unknown = vote.cast_with(&keys(1), vote.ballot(Choice::For, 10, None));
    assert_eq!((vote.status(guest), vote.status(unknown)), (BallotStatus::NotOnRoll, BallotStatus::NotOnRoll));
    let record = vote.count();
    assert_eq!(record.outcome.counted, 0);
    assert_eq!(
        record.ballots.iter().map(|line| line.person).collect::<std::collections::BTreeSet<_>>(),
        [None, Some(person(5))].into()
    );
}

#[test]
fn a_member_who_had_not_checked_in_cannot_vote() {
    let mut body = opening_body(3, changeable());
    body.roll[2].device = None;
    let mut vote = Vote::of(&body);
    let ballot = vote.cast(2, Choice::For);
    assert_eq!(vote.status(ballot), BallotStatus::NotCountedWrongDevice);
}

#[test]
fn a_ballot_for_another_opening_is_not_counted() {
    let mut vote = Vote::open(3, changeable());
    let mut elsewhere = vote.ballot(Choice::For, 10, None);
    elsewhere.opening = Hash32([3; 32]);
    let one = vote.cast_with(&member_keys(1), elsewhere);
    let mut other_vote = vote.ballot(Choice::For, 10, None);
    other_vote.vote = domain::id::VoteId([1; 16]);
    let two = vote.cast_with(&member_keys(2), other_vote);
    assert_eq!((vote.status(one), vote.status(two)), (BallotStatus::WrongOpening, BallotStatus::WrongOpening));
    vote.close_naming(&[one]);
    assert_eq!((vote.outcome().counted, vote.problems()), (0, vec!["named_ballot_invalid"]));
}

#[test]
fn a_replacement_takes_the_place_of_what_it_cites() {
    let mut vote = Vote::open(7, changeable());
    let first = vote.cast(1, Choice::For);
    let second = vote.replace(1, Choice::Against, first);
    let third = vote.replace(1, Choice::NotVoting, second);
    assert_eq!(
        [first, second, third].map(|ballot| vote.status(ballot)),
        [BallotStatus::Replaced, BallotStatus::Replaced, BallotStatus::Counts]
    );
    assert_eq!(vote.count().standing_ballot(&member_keys(1).device()), Some(third));
    vote.close();
    assert_eq!((vote.outcome().counted, vote.outcome().not_voting), (1, 1));
    assert_eq!(vote.problems(), Vec::<&str>::new());
}

#[test]
fn where_the_rules_forbid_it_a_replacement_changes_nothing() {
    let mut vote = Vote::open(7, unchangeable());
    let first = vote.cast(1, Choice::For);
    let second = vote.replace(1, Choice::Against, first);
    assert_eq!((vote.status(first), vote.status(second)), (BallotStatus::Counts, BallotStatus::Double));
    assert_eq!(vote.problems(), ["replacement_not_allowed"]);
    vote.close_naming(&[second]);
    assert_eq!(vote.outcome().counted, 0);
    assert_eq!(vote.problems(), ["replacement_not_allowed", "named_ballot_invalid"]);
}

#[test]
fn two_first_ballots_of_one_device_are_evidence_and_none_counts() {
    let mut vote = Vote::open(7, changeable());
    let one = vote.cast(1, Choice::For);
    let two = vote.cast(1, Choice::Against);
    vote.cast(2, Choice::For);
    assert_eq!((vote.status(one), vote.status(two)), (BallotStatus::Double, BallotStatus::Double));
    assert_eq!((vote.outcome().counted, vote.problems()), (1, vec!["double_ballot"]));
    vote.close();
    assert_eq!((vote.outcome().counted, vote.problems()), (1, vec!["double_ballot"]));
}

#[test]
fn two_replacements_of_one_ballot_are_evidence_and_none_counts() {
    let mut vote = Vote::open(7, changeable());
    let first = vote.cast(1, Choice::For);
    let left = vote.replace(1, Choice::For, first);
    let right = vote.replace(1, Choice::Against, first);
    assert_eq!([first, left, right].map(|ballot| vote.status(ballot)), [BallotStatus::Double; 3]);
    assert_eq!(vote.problems(), ["double_ballot"]);
}

#[test]
fn nobody_replaces_the_ballot_of_somebody_else() {
    let mut vote = Vote::open(7, changeable());
    let theirs = vote.cast(2, Choice::For);
    let attack = vote.replace(1, Choice::Against, theirs);
    assert_eq!((vote.status(theirs), vote.status(attack)), (BallotStatus::Counts, BallotStatus::Double));
    assert_eq!(vote.problems(), ["double_ballot"]);
}

#[test]
fn a_replacement_that_arrives_before_what_it_cites_is_provisional() {
    let mut vote = Vote::open(7, changeable());
    let first = vote.cast(1, Choice::For);
    let second = vote.replace(1, Choice::Against, first);
    let held_back = vote.ballots.remove(0);
    assert_eq!((vote.status(second), vote.count().missing_ballots), (BallotStatus::Counts, vec![first]));
    vote.ballots.push(held_back);
    assert_eq!((vote.status(second), vote.count().is_incomplete()), (BallotStatus::Counts, false));
}

#[test]
fn a_ballot_that_the_close_does_not_name_is_late_whatever_time_it_claims() {
    let mut vote = Vote::open(7, changeable());
    vote.cast(1, Choice::For);
    let closing = vote.close();
    let backdated = vote.cast_with(&member_keys(2), vote.ballot(Choice::Against, -1_000_000, None));
    let honest = vote.cast_with(&member_keys(3), vote.ballot(Choice::Against, 1_000_000, None));
    assert_eq!((vote.status(backdated), vote.status(honest)), (BallotStatus::Late, BallotStatus::Late));
    assert_eq!(vote.outcome().counted, 1);
    assert_eq!(vote.problems(), Vec::<&str>::new());
    for member in 0..4 {
        vote.acknowledge(member, closing);
    }
    assert!(vote.count().final_);
}

#[test]
fn a_replacement_after_the_close_does_not_undo_the_named_ballot() {
    let mut vote = Vote::open(7, changeable());
    let first = vote.cast(1, Choice::For);
    vote.close();
    let later = vote.replace(1, Choice::Against, first);
    assert_eq!((vote.status(first), vote.status(later)), (BallotStatus::Counts, BallotStatus::NotNamed));
    assert_eq!(vote.outcome().votes_for, 1);
}

#[test]
fn a_voter_who_contradicts_themselves_after_the_close_changes_nothing_and_is_shown() {
    let mut vote = Vote::open(7, changeable());
    let named = vote.cast(1, Choice::For);
    let closing = vote.close();
    for member in 0..4 {
        vote.acknowledge(member, closing);
    }
    let contradiction = vote.cast_with(&member_keys(1), vote.ballot(Choice::Against, 11, None));
    let invented = vote.cast_with(&member_keys(1), vote.ballot(Choice::Against, 12, Some(Hash32([4; 32]))));
    let record = vote.count();
    assert_eq!(
        [named, contradiction, invented].map(|ballot| vote.status(ballot)),
        [BallotStatus::Counts, BallotStatus::Double, BallotStatus::Double]
    );
    assert_eq!((record.outcome.votes_for, record.final_, record.missing_ballots), (1, true, vec![]));
    assert_eq!(vote.problems(), ["double_ballot"]);
}

#[test]
fn a_close_that_names_two_ballots_of_one_voter_counts_neither() {
    let mut vote = Vote::open(7, changeable());
    let first = vote.cast(1, Choice::For);
    let second = vote.replace(1, Choice::For, first);
    let other = vote.cast(2, Choice::For);
    vote.close_naming(&[first, second, other]);
    assert_eq!(vote.outcome().counted, 1);
    assert!(vote.problems().contains(&"close_names_two"));
}

#[test]
fn a_close_by_anybody_but_the_opener_closes_nothing() {
    let mut vote = Vote::open(7, changeable());
    let ballot = vote.cast(1, Choice::For);
    vote.close_with(&member_keys(1), vec![ballot]);
    vote.close_with(&second_device(0), vec![ballot]);
    assert_eq!((vote.count().state, vote.problems()), (VoteState::Open, vec!["close_by_other", "close_by_other"]));
}

#[test]
fn a_close_out_of_order_or_for_another_opening_closes_nothing() {
    let mut vote = Vote::open(7, changeable());
    let mut ballots = vec![vote.cast(1, Choice::For), vote.cast(2, Choice::For)];
    ballots.sort_unstable();
    let opening = vote.opening.hash();
    let sound =
        VoteClosing { vote: vote.count().opening.vote, opening, ballots: ballots.clone(), closed_at: domain::id::Timestamp(1) };
    for (what, closing) in [
        ("descending", VoteClosing { ballots: ballots.iter().rev().copied().collect(), ..sound.clone() }),
        ("repeated", VoteClosing { ballots: vec![ballots[0], ballots[0]], ..sound.clone() }),
        ("another opening", VoteClosing { opening: Hash32([1; 32]), ..sound.clone() }),
        ("another vote", VoteClosing { vote: domain::id::VoteId([1; 16]), ..sound.clone() }),
    ] {
        vote.closings = vec![SignedAct::sign(&member_keys(0), &Act::VoteClosed(closing))];
        assert_eq!((vote.count().state, vote.problems()), (VoteState::Open, vec!["close_malformed"]), "{what}");
    }
    vote.closings = vec![SignedAct::sign(&member_keys(0), &Act::VoteClosed(sound))];
    assert_eq!(vote.outcome().counted, 2);
}

#[test]
fn a_named_ballot_that_has_not_arrived_makes_the_result_provisional() {
    let mut vote = Vote::open(3, changeable());
    let here = vote.cast(1, Choice::For);
    let there = vote.cast(2, Choice::For);
    let closing = vote.close_naming(&[here, there]);
    for member in 0..3 {
        vote.acknowledge(member, closing);
    }
    let held_back = vote.ballots.pop().unwrap();
    let record = vote.count();
    assert_eq!((record.missing_ballots.clone(), record.outcome.counted, record.final_), (vec![there], 1, false));
    assert!(record.is_incomplete());
    vote.ballots.push(held_back);
    let record = vote.count();
    assert_eq!((record.is_incomplete(), record.outcome.counted, record.final_), (false, 2, true));
}

#[test]
fn a_named_ballot_that_must_not_count_does_not_and_is_a_problem() {
    let mut vote = Vote::open(3, changeable());
    let sound = vote.cast(1, Choice::For);
    let wrong_device = vote.cast_with(&second_device(2), vote.ballot(Choice::For, 10, None));
    let guest = vote.cast_with(&member_keys(5), vote.ballot(Choice::For, 10, None));
    vote.close_naming(&[sound, wrong_device, guest]);
    assert_eq!((vote.outcome().counted, vote.problems()), (1, vec!["named_ballot_invalid"; 2]));
}

#[test]
fn of_two_closes_the_one_with_more_acknowledgements_is_shown_and_final_only_by_majority() {
    let mut vote = Vote::open(7, changeable());
    let one = vote.cast(1, Choice::For);
    let two = vote.cast(2, Choice::Against);
    let first = vote.close_naming(&[one]);
    let second = vote.close_naming(&[one, two]);
    assert_eq!(vote.problems(), ["two_closings"]);
    let shown = |vote: &Vote| match vote.count().state {
        VoteState::Closed { closing_hash, .. } => closing_hash,
        VoteState::Open => panic!("must be closed"),
    };
    assert_eq!(shown(&vote), first.min(second), "nobody has acknowledged: the lower hash");
    for member in 0..3 {
        vote.acknowledge(member, first);
    }
    for member in 3..7 {
        vote.acknowledge(member, second);
    }
    assert_eq!(shown(&vote), second);
    let record = vote.count();
    assert_eq!((record.acknowledgements, record.final_, record.outcome.counted), (4, true, 2));
    // A device that acknowledges both has acknowledged none.
    vote.acknowledge(6, first);
    let record = vote.count();
    assert_eq!((record.acknowledgements, record.final_), (3, false));
    assert_eq!(vote.problems(), ["two_closings", "double_acknowledgement"]);
}

#[test]
fn an_acknowledged_close_that_has_not_arrived_is_reported_missing() {
    let mut vote = Vote::open(3, changeable());
    let unseen = Hash32([6; 32]);
    vote.acknowledge(1, unseen);
    let record = vote.count();
    assert_eq!((record.state, record.missing_closings), (VoteState::Open, vec![unseen]));
}

#[test]
fn a_roll_that_names_a_person_device_or_chair_twice_is_a_problem() {
    let with = |change: fn(&mut domain::vote::VoteOpening)| {
        let mut body = opening_body(3, changeable());
        change(&mut body);
        let mut vote = Vote::of(&body);
        vote.cast(1, Choice::For);
        vote.count()
    };
    let problems = |change| with(change).problems.iter().map(|problem| problem.code()).collect::<Vec<_>>();
    assert_eq!(problems(|body| body.roll[2].chair = true), ["roll_malformed"]);
    assert!(problems(|body| body.roll[2].person = body.roll[1].person).contains(&"roll_malformed"));
    let same_device: fn(&mut domain::vote::VoteOpening) = |body| {
        body.roll[2].device = body.roll[1].device;
        body.roll[2].person = PersonId([0xee; 16]);
    };
    assert!(problems(same_device).contains(&"roll_device_mismatch"));
    assert_eq!(with(same_device).outcome.counted, 1, "the true owner still votes");
}

#[test]
fn a_roll_that_gives_a_device_to_somebody_else_gives_them_no_vote() {
    let mut body = opening_body(3, changeable());
    body.roll[2].device = Some(member_keys(5).device());
    let mut vote = Vote::of(&body);
    let ballot = vote.cast_with(&member_keys(5), vote.ballot(Choice::For, 10, None));
    assert_eq!(vote.status(ballot), BallotStatus::NotOnRoll);
    assert_eq!(vote.problems(), ["roll_device_mismatch"]);
}

#[test]
fn a_device_that_the_roll_gives_to_two_people_votes_for_neither() {
    let mut body = opening_body(3, changeable());
    let unknown = keys(1);
    body.roll[1].device = Some(unknown.device());
    body.roll[2].device = Some(unknown.device());
    let mut vote = Vote::of(&body);
    let ballot = vote.cast_with(&unknown, vote.ballot(Choice::For, 10, None));
    assert_eq!(vote.status(ballot), BallotStatus::NotOnRoll);
    assert_eq!((vote.outcome().counted, vote.problems()), (0, vec!["roll_malformed"]));
}

#[test]
fn acts_of_the_wrong_kind_or_of_newer_programs_are_shown_as_not_belonging() {
    let mut vote = Vote::open(3, changeable());
    vote.cast(1, Choice::For);
    vote.ballots.push(vote.opening.clone());
    vote.closings.push(vote.ballots[0].clone());
    vote.acknowledgements.push(vote.ballots[0].clone());
    let body = vec![0x82, 0x01, 0x82, 0x18, 0x63, 0x80];
    let signature = member_keys(1).sign(signing::Context::Act, &body);
    vote.ballots.push(SignedAct { body, device: member_keys(1).device(), signature });
    assert_eq!(vote.outcome().counted, 1);
    assert_eq!(vote.problems(), ["unexpected_act"; 3]);
}

#[test]
fn without_a_true_opening_there_is_no_vote() {
    let mut vote = Vote::open(3, changeable());
    let ballot = vote.cast(1, Choice::For);
    let acts = |opening| VoteActs { opening, ballots: &[], closings: &[], acknowledgements: &[] };
    assert_eq!(count(acts(&vote.ballots[0]), person_of), Err(VoteError::NotAnOpening));
    let mut forged = vote.opening.clone();
    forged.device = member_keys(1).device();
    assert_eq!(count(acts(&forged), person_of).unwrap_err().code(), "vote_opening_invalid");
    assert_ne!(ballot, vote.opening.hash());
}

#[test]
fn a_flood_of_acts_is_refused_before_any_is_looked_at() {
    let mut vote = Vote::open(3, changeable());
    vote.cast(1, Choice::For);
    let flood = vec![vote.ballots[0].clone(); signing::limits::VOTE_ACTS + 1];
    let acts = VoteActs { opening: &vote.opening, ballots: &flood, closings: &[], acknowledgements: &[] };
    assert_eq!(count(acts, person_of), Err(VoteError::TooMany(flood.len())));
}

#[test]
fn acts_verified_before_are_counted_the_same() {
    let mut vote = Vote::open(7, changeable());
    let first = vote.cast(1, Choice::For);
    vote.replace(1, Choice::Against, first);
    vote.cast(2, Choice::For);
    let closing = vote.close();
    vote.acknowledge(1, closing);
    let verified = |acts: &[SignedAct]| acts.iter().map(|act| act.verified().unwrap()).collect::<Vec<_>>();
    let opening = vote.opening.verified().unwrap();
    let acts = VoteActs {
        opening: &opening,
        ballots: &verified(&vote.ballots),
        closings: &verified(&vote.closings),
        acknowledgements: &verified(&vote.acknowledgements),
    };
    assert_eq!(count_verified(acts, person_of).unwrap(), vote.count());
}

#[test]
fn a_tie_goes_with_the_chair_where_the_rules_say_so() {
    let mut vote = Vote::open(4, changeable());
    for (member, choice) in [(0, Choice::For), (1, Choice::For), (2, Choice::Against), (3, Choice::Against)] {
        vote.cast(member, choice);
    }
    vote.close();
    let outcome = vote.outcome();
    assert_eq!((outcome.passed, outcome.by_chair), (true, true));
}

#[test]
fn the_record_survives_json() {
    let mut vote = Vote::open(3, changeable());
    vote.cast(1, Choice::For);
    vote.cast(1, Choice::Against);
    vote.close();
    let record = vote.count();
    let json = serde_json::to_string(&record).unwrap();
    assert!(json.contains(r#""state":"closed""#) && json.contains(r#""code":"double_ballot""#), "{json}");
    assert_eq!(serde_json::from_str::<signing::VoteRecord>(&json).unwrap(), record);
    let _: DeviceId = record.opened_by;
}
