//! What is known of persons in a vote does not come through to the projector.
#![allow(clippy::unwrap_used)]

use api::secret::SecretView;
use api::view::{BallotReceipt, VoterRow};
use domain::id::{Hash32, PersonId, Timestamp, VoteId};
use domain::vote::{BallotForm, BallotState, Choice, PlaceTotal, Standing};

use super::*;

const QUESTION: &str = "Thông qua mức hỗ trợ";

fn total(mark: Marking, votes: u32, reached: bool) -> PlaceTotal {
    PlaceTotal { mark, option: String::new(), votes, reached, standing: None }
}

fn voter(number: u8, name: &str, choice: Option<Choice>) -> VoterRow {
    VoterRow {
        person: PersonId([number; 16]),
        name: name.to_owned(),
        voted: true,
        choice,
        marks: None,
        state: Some(BallotState::Counted),
        present: true,
        connected: true,
        without_device: false,
        paper: None,
    }
}

/// A closed vote of two, of which everything is known that ever is.
fn closed() -> VoteView {
    let outcome = Outcome {
        roll: 2,
        present: 2,
        counted: 2,
        votes_for: 1,
        against: 1,
        not_voting: 0,
        needed: 2,
        passed: false,
        by_chair: false,
    };
    VoteView {
        vote: VoteId([7; 16]),
        meeting: SpaceId([8; 16]),
        item: None,
        question: QUESTION.to_owned(),
        profile: domain::vote::profile("hdnd-majority").unwrap(),
        opened_at: Timestamp(1_000),
        closed_at: Some(Timestamp(2_000)),
        is_final: true,
        acknowledged: (2, 2),
        received: 2,
        outcome: Some(outcome),
        form: None,
        marked: None,
        running: None,
        voters: vec![voter(1, "Lê Thị Thu Hà", Some(Choice::For)), voter(2, "Phạm Quốc Bảo", Some(Choice::Against))],
        mine: Some(BallotReceipt {
            ballot: Hash32([9; 32]),
            choice: Some(Choice::Against),
            marks: None,
            cast_at: Timestamp(1_500),
            state: BallotState::Counted,
        }),
        may_cast: false,
        may_close: false,
        late: 0,
        problems: Vec::new(),
        secret: None,
        paper: None,
    }
}

fn secret(phase: SecretPhase) -> VoteView {
    let outcome = FormOutcome {
        roll: 2,
        present: 2,
        counted: 2,
        needed: 2,
        places: vec![total(Marking::For, 2, true), total(Marking::Against, 0, false), total(Marking::NotVoting, 0, false)],
        passed: Some(true),
        tie_for_chair: false,
    };
    let secret = SecretView {
        form: BallotForm::Decision,
        phase,
        tellers: Vec::new(),
        needed: 2,
        given: 1,
        outcome: Some(outcome),
        is_teller: true,
        asks_teller: false,
    };
    VoteView { secret: Some(secret), ..closed() }
}

fn is_without_persons(vote: &StageVote) {
    let told = serde_json::to_string(vote).unwrap();
    let ids = [PersonId([1; 16]).to_string(), PersonId([2; 16]).to_string(), Hash32([9; 32]).to_string()];
    for private in ["Thu Hà", "Quốc Bảo", "choice", "voters", "person", "mine", &ids[0], &ids[1], &ids[2]] {
        assert!(!told.contains(private), "{private}: {told}");
    }
}

#[test]
fn a_roll_with_names_and_choices_becomes_numbers() {
    let shown = stage_vote(&closed());
    is_without_persons(&shown);
    assert_eq!((shown.roll, shown.present, shown.received, shown.secret, shown.is_final), (2, 2, 2, false, true));
    let votes: Vec<u32> = shown.result.unwrap().totals.iter().map(|total| total.votes).collect();
    assert_eq!(votes, [1, 1, 0]);
}

#[test]
fn before_the_close_only_how_many_have_voted_is_shown_whatever_is_known() {
    let shown = stage_vote(&VoteView { closed_at: None, is_final: false, ..closed() });
    is_without_persons(&shown);
    assert!(shown.open);
    assert_eq!((shown.received, shown.result), (2, None));
}

#[test]
fn a_secret_vote_shows_no_total_before_its_tellers_have_opened_it() {
    for phase in [SecretPhase::Acknowledging, SecretPhase::Counting, SecretPhase::TooFewBallots, SecretPhase::Void] {
        let shown = stage_vote(&secret(phase));
        is_without_persons(&shown);
        assert_eq!(shown.result, None, "{phase:?}");
    }
    let open = VoteView { closed_at: None, ..secret(SecretPhase::Open) };
    assert_eq!(stage_vote(&open).result, None);
    let shown = stage_vote(&secret(SecretPhase::Counted));
    is_without_persons(&shown);
    let result = shown.result.unwrap();
    assert_eq!((result.totals[0].votes, result.passed), (2, Some(true)), "the tellers' total, not that of the open vote's roll");
}

#[test]
fn a_count_is_followed_on_the_projector_only_where_the_rules_say_so_and_without_a_verdict_before_the_close() {
    let option = |label: &str, votes, standing| PlaceTotal {
        mark: Marking::Chosen,
        option: label.to_owned(),
        votes,
        reached: votes >= 2,
        standing,
    };
    let form = BallotForm::AtMost { most: 1, options: Vec::new() };
    let open = VoteView { closed_at: None, outcome: None, form: Some(form), mine: None, ..closed() };
    assert_eq!(stage_vote(&open).result, None);
    let running = Some(vec![option("Phương án 1", 1, None), option("Phương án 2", 2, None)]);
    let followed = stage_vote(&VoteView { running, ..open.clone() });
    is_without_persons(&followed);
    let result = followed.result.unwrap();
    assert_eq!((result.passed, result.totals[0].votes, result.needed), (None, 1, 2), "in the order of the ballot");

    let places = vec![option("Phương án 1", 1, Some(Standing::NotChosen)), option("Phương án 2", 2, Some(Standing::Chosen))];
    let outcome = FormOutcome { roll: 2, present: 2, counted: 2, needed: 2, places, passed: None, tie_for_chair: false };
    let shown = stage_vote(&VoteView { closed_at: Some(Timestamp(2_000)), marked: Some(outcome), ..open });
    is_without_persons(&shown);
    let totals = shown.result.unwrap().totals;
    assert_eq!((totals[0].option.as_str(), totals[0].standing), ("Phương án 2", Some(Standing::Chosen)), "by votes");
}
