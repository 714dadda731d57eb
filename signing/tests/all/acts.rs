//! Signed acts: they stand by themselves, and nothing else passes for one.

use domain::id::{Hash32, ItemId, PersonId, SpaceId, Timestamp};
use domain::lead::{Accepted, CloseDecision, DeputyNaming, LeadAcknowledgement, LeadSeat, LeadTaking};
use domain::sitting::{
    AttendanceMark, CodeMove, CodeStep, CourseStep, FloorMove, FloorStep, Mark, Move, REASON_CHARS, SPEECH_SECONDS, SpeechKind,
};
use domain::vote::{
    BallotForm, BallotOption, Choice, MarkedBallot, PaperBallot, PaperTerms, PaperWitness, Results, RuleProfile, VoteClosing,
    VoteOpening,
};
use proptest::prelude::*;
use signing::act::decode_body;
use signing::limits::{ACT_BYTES, BALLOT_MARKS, QUESTION_CHARS, ROLL_ENTRIES};
use signing::{Act, ActError, Context, SignedAct};

use crate::support::{VOTE, Vote, bit_flips, changeable, keys, member_keys, opening_body};

pub fn one_of_each_kind() -> Vec<(&'static str, Act)> {
    let mut vote = Vote::open(3, changeable());
    let ballot = vote.cast(1, Choice::For);
    vote.replace(1, Choice::Against, ballot);
    let closing = vote.close();
    vote.acknowledge(2, closing);
    let space = SpaceId([8; 16]);
    vec![
        ("vote-opened", vote.opening.verify().unwrap()),
        ("ballot-cast", vote.ballots[0].verify().unwrap()),
        ("ballot-replaced", vote.ballots[1].verify().unwrap()),
        ("vote-closed", vote.closings[0].verify().unwrap()),
        ("close-acknowledged", vote.acknowledgements[0].verify().unwrap()),
        ("checked-in", Act::CheckedIn { space, at: Timestamp(1_790_000_050_000) }),
        ("minutes-approved", Act::MinutesApproved { space, blob_plain: Hash32([7; 32]), at: Timestamp(1_790_000_400_000) }),
        ("vote-opened-paper", Act::VoteOpened(with_paper())),
        ("vote-opened-form", Act::VoteOpened(with_form())),
        ("vote-opened-live", Act::VoteOpened(live())),
        ("ballot-marked", Act::MarkedBallotCast(marked(&[0, 2]))),
        ("paper-entered", Act::PaperBallotEntered(entry())),
        ("paper-witnessed", Act::PaperBallotWitnessed(word())),
        ("attendance", Act::Attendance(attendance("đi công tác"))),
        (
            "word-asked",
            Act::Floor(floor(FloorMove::Asked { person: PersonId([3; 16]), item: None, kind: SpeechKind::PointOfOrder })),
        ),
        ("word-withdrawn", Act::Floor(floor(FloorMove::Withdrawn { request: Hash32([5; 32]) }))),
        ("word-placed", Act::Floor(floor(FloorMove::Placed { request: Hash32([5; 32]), before: Some(Hash32([6; 32])) }))),
        ("word-given", Act::Floor(floor(given(Some(300))))),
        ("word-ended", Act::Floor(floor(FloorMove::Ended { word: Hash32([9; 32]), spoken_s: 118 }))),
        ("sitting-opened", Act::Course(course(Move::Opened { rules: "ubnd-majority".into() }))),
        ("sitting-turned", Act::Course(course(Move::Turned { item: Some(ItemId([2; 16])) }))),
        ("sitting-paused", Act::Course(course(Move::Paused))),
        ("sitting-resumed", Act::Course(course(Move::Resumed))),
        ("sitting-closed", Act::Course(course(Move::Closed))),
        ("code-shown", Act::RoomCode(code(CodeMove::Shown { proof: Hash32([5; 32]) }))),
        ("code-accepted", Act::RoomCode(code(CodeMove::Accepted { shown: Hash32([6; 32]) }))),
        (
            "deputy-named",
            Act::DeputyNamed(DeputyNaming {
                space,
                deputy: Some(PersonId([3; 16])),
                replaces: None,
                at: Timestamp(1_790_000_070_000),
            }),
        ),
        ("lead-taken", Act::LeadTaken(taking(1))),
        (
            "lead-acknowledged",
            Act::LeadAcknowledged(LeadAcknowledgement {
                space,
                taking: Hash32([5; 32]),
                term: 1,
                accepted: vec![Accepted { vote: VOTE, act: Hash32([6; 32]) }],
            }),
        ),
        (
            "close-decided",
            Act::CloseDecided(CloseDecision {
                vote: VOTE,
                taking: Hash32([5; 32]),
                basis: vec![Hash32([6; 32]), Hash32([7; 32])],
                closing: Hash32([9; 32]),
            }),
        ),
    ]
}

fn taking(term: u32) -> LeadTaking {
    LeadTaking {
        space: SpaceId([8; 16]),
        term,
        naming: Hash32([4; 32]),
        seats: vec![LeadSeat { person: PersonId([3; 16]), device: keys(3).device() }],
        votes: vec![VOTE],
        at: Timestamp(1_790_000_080_000),
    }
}

fn with_paper() -> VoteOpening {
    let mut opening = opening_body(2, changeable());
    opening.roll[1].device = None;
    opening.paper = Some(PaperTerms { clerks: vec![PersonId([5; 16])], present: vec![opening.roll[1].person] });
    opening
}

pub fn with_form() -> VoteOpening {
    let option = |label: &str, person| BallotOption { label: label.to_owned(), person };
    let options =
        vec![option("Phương án 1", None), option("Nguyễn Văn An", Some(PersonId([1; 16]))), option("Phương án 3", None)];
    VoteOpening { form: Some(BallotForm::AtMost { most: 2, options }), ..opening_body(3, changeable()) }
}

fn live() -> VoteOpening {
    opening_body(2, RuleProfile { results: Some(Results::Live), ..changeable() })
}

fn marked(marks: &[u32]) -> MarkedBallot {
    MarkedBallot {
        vote: VOTE,
        opening: Hash32([4; 32]),
        marks: marks.to_vec(),
        cast_at: Timestamp(1_790_000_100_010),
        replaces: Some(Hash32([6; 32])),
    }
}

fn entry() -> PaperBallot {
    PaperBallot {
        vote: VOTE,
        opening: Hash32([4; 32]),
        voter: PersonId([3; 16]),
        choice: Choice::Against,
        entered_at: Timestamp(1_790_000_100_050),
        replaces: Some(Hash32([6; 32])),
    }
}

fn word() -> PaperWitness {
    PaperWitness { vote: VOTE, entry: Hash32([6; 32]), witnessed_at: Timestamp(1_790_000_100_060) }
}

fn attendance(reason: &str) -> AttendanceMark {
    AttendanceMark {
        space: SpaceId([8; 16]),
        person: PersonId([3; 16]),
        mark: Mark::Excused,
        reason: reason.into(),
        at: Timestamp(1_790_000_060_000),
        after: Some(Hash32([4; 32])),
    }
}

fn given(seconds: Option<u32>) -> FloorMove {
    FloorMove::Given {
        person: PersonId([3; 16]),
        request: Some(Hash32([5; 32])),
        item: Some(ItemId([2; 16])),
        kind: SpeechKind::Speech,
        seconds,
    }
}

fn floor(what: FloorMove) -> FloorStep {
    FloorStep { space: SpaceId([8; 16]), what, at: Timestamp(1_790_000_070_000), after: Some(Hash32([4; 32])) }
}

fn code(what: CodeMove) -> CodeStep {
    CodeStep { space: SpaceId([8; 16]), what, at: Timestamp(1_790_000_090_000), after: Some(Hash32([4; 32])) }
}

fn course(what: Move) -> CourseStep {
    CourseStep { space: SpaceId([8; 16]), what, at: Timestamp(1_790_000_080_000), after: None }
}

#[test]
fn every_kind_of_act_comes_back_as_it_was_declared() {
    for (name, act) in one_of_each_kind() {
        let signed = SignedAct::sign(&keys(1), &act);
        let read = SignedAct::from_bytes(&signed.to_bytes()).unwrap();
        assert_eq!(read.verify().unwrap(), act, "{name}");
        let verified = read.verified().unwrap();
        assert_eq!((verified.act(), verified.device(), verified.hash()), (&act, keys(1).device(), signed.hash()));
    }
}

#[test]
fn every_changed_bit_of_an_act_is_noticed() {
    for (name, act) in one_of_each_kind() {
        let whole = SignedAct::sign(&keys(1), &act).to_bytes();
        for (bit, changed) in bit_flips(&whole).enumerate() {
            let accepted = SignedAct::from_bytes(&changed).is_ok_and(|changed| changed.verify().is_ok());
            assert!(!accepted, "{name}, bit {bit}");
        }
    }
}

#[test]
fn an_act_cannot_be_claimed_by_another_device() {
    let mut act = SignedAct::sign(&keys(1), &one_of_each_kind()[1].1);
    let hash = act.hash();
    act.device = keys(2).device();
    assert_eq!(act.verify(), Err(ActError::BadSignature));
    assert_ne!(act.hash(), hash, "and it would be another act");
}

#[test]
fn the_same_act_under_another_signature_is_the_same_act() {
    let act = SignedAct::sign(&keys(1), &one_of_each_kind()[1].1);
    let mut other = act.clone();
    other.signature.0[40] ^= 1;
    assert_eq!(act.hash(), other.hash());
}

#[test]
fn a_signature_of_another_purpose_declares_nothing() {
    let act = SignedAct::sign(&keys(1), &one_of_each_kind()[1].1);
    for context in Context::ALL {
        let forged = SignedAct { signature: keys(1).sign(context, &act.body), ..act.clone() };
        assert_eq!(forged.verify().is_ok(), context == Context::Act, "{context:?}");
    }
}

fn with_body(body: Vec<u8>) -> SignedAct {
    let signature = keys(1).sign(Context::Act, &body);
    SignedAct { body, device: keys(1).device(), signature }
}

#[test]
fn an_act_of_a_newer_program_is_kept_and_not_understood() {
    // [1, [200, [0]]]: a kind to come. [4, [0, []]]: a version to come.
    let kind = with_body(vec![0x82, 0x01, 0x82, 0x18, 0xc8, 0x81, 0x00]);
    assert_eq!(kind.verify(), Err(ActError::UnknownKind(200)));
    assert_eq!(kind.verify().unwrap_err().code(), "act_unknown_kind");
    assert!(kind.verify().unwrap_err().is_from_newer_program());
    let version = with_body(vec![0x82, 0x04, 0x82, 0x00, 0x80]);
    assert_eq!(version.verify(), Err(ActError::UnknownVersion(4)));
    let sent = SignedAct::from_bytes(&kind.to_bytes()).unwrap();
    assert_eq!(sent, kind, "it is passed on as it came");
    let forged = SignedAct { signature: keys(2).sign(Context::Act, &kind.body), ..kind };
    assert_eq!(forged.verify(), Err(ActError::BadSignature), "what is not signed is not kept");
}

#[test]
fn an_unknown_choice_in_a_known_act_is_broken_not_newer() {
    let act = SignedAct::sign(&keys(1), &one_of_each_kind()[1].1);
    let at = act.body.iter().rposition(|byte| *byte == 0x1b).unwrap() - 1;
    let mut body = act.body.clone();
    assert_eq!(body[at], 0, "the choice stands before the instant");
    body[at] = 7;
    assert_eq!(with_body(body).verify().unwrap_err().code(), "act_unreadable");
}

#[test]
fn an_act_in_a_second_spelling_is_refused() {
    let act = SignedAct::sign(&keys(1), &one_of_each_kind()[5].1);
    let long_version = [&[0x82, 0x18, 0x01], &act.body[2..]].concat();
    assert_eq!(with_body(long_version).verify().unwrap_err().code(), "act_unreadable");
    let trailing = [act.body.as_slice(), &[0]].concat();
    assert_eq!(with_body(trailing).verify().unwrap_err().code(), "act_unreadable");
}

#[test]
fn acts_over_their_limits_are_refused() {
    let refused = |act: Act| SignedAct::sign(&keys(1), &act).verify().unwrap_err();
    let mut opening = opening_body(1, changeable());
    opening.question = "a".repeat(QUESTION_CHARS + 1);
    assert_eq!(refused(Act::VoteOpened(opening.clone())).code(), "act_over_limit");
    opening.question.truncate(QUESTION_CHARS);
    SignedAct::sign(&keys(1), &Act::VoteOpened(opening.clone())).verify().unwrap();
    opening.roll = vec![opening.roll[0].clone(); ROLL_ENTRIES + 1];
    assert_eq!(refused(Act::VoteOpened(opening.clone())).code(), "act_over_limit");
    opening.roll.truncate(1);
    opening.question = "a".repeat(ACT_BYTES);
    assert_eq!(refused(Act::VoteOpened(opening)).code(), "act_unreadable");
    let marks: Vec<u32> = (0..=u32::try_from(BALLOT_MARKS).unwrap()).collect();
    assert_eq!(refused(Act::MarkedBallotCast(marked(&marks))).code(), "act_over_limit");
    let nothing = BallotForm::AtMost { most: 1, options: Vec::new() };
    let of_form = |form| Act::VoteOpened(VoteOpening { form: Some(form), ..opening_body(3, changeable()) });
    assert_eq!(refused(of_form(nothing)).code(), "act_over_limit");
    assert_eq!(refused(of_form(BallotForm::Decision)).code(), "act_over_limit", "a decision is asked in one way");
    let closing = VoteClosing {
        vote: VOTE,
        opening: Hash32([1; 32]),
        ballots: vec![Hash32([2; 32]); ROLL_ENTRIES + 1],
        closed_at: Timestamp(0),
    };
    assert_eq!(refused(Act::VoteClosed(closing)).code(), "act_over_limit");
    assert_eq!(refused(Act::Attendance(attendance(&"a".repeat(REASON_CHARS + 1)))).code(), "act_over_limit");
    assert_eq!(refused(Act::Floor(floor(given(Some(SPEECH_SECONDS + 1))))).code(), "act_over_limit");
    assert_eq!(refused(Act::Course(course(Move::Opened { rules: "a".repeat(65) }))).code(), "act_over_limit");
    assert_eq!(refused(Act::LeadTaken(taking(0))).code(), "act_over_limit");
}

#[test]
fn the_longest_roll_with_ordinary_names_fits_into_an_act() {
    let mut opening = opening_body(1, changeable());
    opening.roll = (0..ROLL_ENTRIES)
        .map(|number| {
            let mut entry = opening.roll[0].clone();
            entry.person = domain::id::PersonId(u128::try_from(number).unwrap().to_le_bytes());
            entry
        })
        .collect();
    SignedAct::sign(&member_keys(0), &Act::VoteOpened(opening)).verify().unwrap();
}

proptest! {
    #[test]
    fn garbage_is_never_an_act_and_never_a_crash(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        prop_assert!(SignedAct::from_bytes(&bytes).map_or(true, |read| read.verify().is_err()));
        let _ = decode_body(&bytes);
    }

    #[test]
    fn whatever_decodes_is_what_its_encoding_says(mut body in proptest::sample::select(one_of_each_kind()), at: proptest::sample::Index, value: u8) {
        let mut changed = SignedAct::sign(&keys(1), &body.1).body;
        let at = at.index(changed.len());
        changed[at] = value;
        if let Ok(act) = decode_body(&changed) {
            body.1 = act;
            prop_assert_eq!(SignedAct::sign(&keys(1), &body.1).body, changed);
        }
    }
}
