//! What a voter with a program of their own might seal, and that none of it passes.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use curve25519_dalek::traits::Identity;
use domain::id::{PersonId, SpaceId, Timestamp, VoteId};
use domain::vote::{BallotOption, RollEntry, VoteOpening, profile};
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::*;
use crate::secret::vote::TellersKey;

const OPENING: Hash32 = Hash32([1; 32]);

fn rng(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}

fn device(number: u8) -> DeviceId {
    DeviceId([number; 32])
}

fn options(number: usize) -> Vec<BallotOption> {
    (0..number).map(|at| BallotOption { label: format!("Ứng viên {at}"), person: None }).collect()
}

fn key() -> SecretNumber {
    SecretNumber::random(&mut rng(77))
}

/// A vote of seven, ballots sealed to one key.
fn opening(form: BallotForm) -> SecretOpening {
    let roll = (0..7)
        .map(|place| RollEntry {
            person: PersonId([place; 16]),
            name: format!("Đại biểu {place}"),
            device: Some(device(place)),
            chair: place == 0,
        })
        .collect();
    let opening = VoteOpening {
        vote: VoteId([7; 16]),
        space: SpaceId([8; 16]),
        item: None,
        question: "Bầu?".to_owned(),
        profile: profile("hdnd-majority").unwrap(),
        roll,
        opened_at: Timestamp(0),
        paper: None,
        form: None,
    };
    SecretOpening { opening, form, tellers: TellersKey { election: OPENING, acts: Vec::new(), key: key().public() } }
}

fn check(opening: &SecretOpening, who: u8, sealed: &[u8]) -> Result<SealedBallot, BallotDefect> {
    BallotChecker::new(opening, OPENING).check(&device(who), sealed)
}

/// Seals numbers, claiming in the proof that they are others.
fn lie(opening: &SecretOpening, who: u8, sealed: &[Scalar], claimed: &[Scalar], seed: u64) -> Result<SealedBallot, BallotDefect> {
    let mut rng = rng(seed);
    let context = context(opening, &OPENING, &device(who)).unwrap();
    let filled = Filled::new(&opening.tellers.key, sealed, &mut rng);
    let ballot = filled.prove(context, &opening.tellers.key, &opening.form, claimed, &mut rng);
    check(opening, who, &canonical::encode(&ballot))
}

fn forms() -> impl Strategy<Value = BallotForm> {
    prop_oneof![
        Just(BallotForm::Decision),
        (1usize..6, 1u32..6).prop_filter_map("as many marks as options", |(number, most)| {
            (most as usize <= number).then(|| BallotForm::AtMost { most, options: options(number) })
        }),
        (1usize..4).prop_map(|number| BallotForm::Confidence { people: options(number) }),
    ]
}

/// A form and marks that are a ballot of it.
fn ballots() -> impl Strategy<Value = (BallotForm, Vec<bool>)> {
    forms()
        .prop_flat_map(|form| {
            let marks = proptest::collection::vec(any::<bool>(), form.slots());
            (Just(form), marks)
        })
        .prop_map(|(form, mut marks)| {
            // Marks that are too many are taken away, one that is needed is set.
            for group in form.groups() {
                let of = &mut marks[group.first..group.first + group.slots];
                let mut left = group.most;
                for mark in of.iter_mut() {
                    *mark &= left > 0;
                    left -= u32::from(*mark);
                }
                if group.least == 1 && left == group.most {
                    of[0] = true;
                }
            }
            (form, marks)
        })
}

fn numbers(of: &[i64]) -> Vec<Scalar> {
    of.iter()
        .map(|number| if *number < 0 { -Scalar::from(number.unsigned_abs()) } else { Scalar::from(number.unsigned_abs()) })
        .collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn every_ballot_of_every_form_is_taken_and_holds_what_was_marked((form, marks) in ballots(), seed in any::<u64>(), who in 0u8..7) {
        let opening = opening(form);
        let sealed = seal_ballot(&opening, &OPENING, &device(who), &marks, &mut rng(seed)).unwrap();
        let ballot = check(&opening, who, &sealed).unwrap();
        for (slot, mark) in ballot.slots.iter().zip(&marks) {
            let inside = slot.body.point() - slot.blind.point() * key().0;
            prop_assert_eq!(inside == RistrettoPoint::mul_base(&Scalar::ONE), *mark);
            prop_assert_eq!(inside == RistrettoPoint::identity(), !*mark);
        }
    }

    #[test]
    fn a_ballot_is_good_for_no_other_voter_and_no_other_vote((form, marks) in ballots(), seed in any::<u64>()) {
        let opening = opening(form);
        let sealed = seal_ballot(&opening, &OPENING, &device(3), &marks, &mut rng(seed)).unwrap();
        for other in (0..7).filter(|other| *other != 3) {
            prop_assert_eq!(check(&opening, other, &sealed), Err(BallotDefect::ProofWrong));
        }
        prop_assert_eq!(check(&opening, 9, &sealed), Err(BallotDefect::NotOnRoll));
        let other_vote = BallotChecker::new(&opening, Hash32([2; 32]));
        prop_assert_eq!(other_vote.check(&device(3), &sealed), Err(BallotDefect::ProofWrong));
        let mut other_key = opening.clone();
        other_key.tellers.key = SecretNumber::random(&mut rng(seed)).public();
        prop_assert_eq!(check(&other_key, 3, &sealed), Err(BallotDefect::ProofWrong));
    }

    #[test]
    fn places_exchanged_or_taken_from_an_earlier_ballot_of_the_same_voter_are_refused(seed in any::<u64>()) {
        let opening = opening(BallotForm::AtMost { most: 2, options: options(4) });
        let mut rng = rng(seed);
        let mut seal = |marked: &[usize]| {
            let marks = opening.form.marks(marked).unwrap();
            let sealed = seal_ballot(&opening, &OPENING, &device(3), &marks, &mut rng).unwrap();
            check(&opening, 3, &sealed).unwrap()
        };
        let (honest, earlier) = (seal(&[0]), seal(&[1, 2]));
        let refused = |ballot: SealedBallot| check(&opening, 3, &canonical::encode(&ballot)).is_err();
        for (one, other) in [(0, 1), (1, 2), (0, 3)] {
            let mut exchanged = honest.clone();
            exchanged.slots.swap(one, other);
            prop_assert!(refused(exchanged.clone()));
            exchanged.marks.swap(one, other);
            prop_assert!(refused(exchanged));
            let mut taken = honest.clone();
            taken.slots[one] = earlier.slots[one];
            taken.marks[one] = earlier.marks[one].clone();
            prop_assert!(refused(taken));
        }
    }

    /// Whatever is sealed and whatever is claimed of it: only a ballot passes.
    #[test]
    fn numbers_that_are_no_ballot_never_pass(
        sealed in proptest::collection::vec(-2i64..4, 3),
        claimed in proptest::collection::vec(-2i64..4, 3),
        seed in any::<u64>(),
    ) {
        let opening = opening(BallotForm::AtMost { most: 2, options: options(3) });
        let is_ballot = sealed.iter().all(|number| (0..=1).contains(number)) && sealed.iter().sum::<i64>() <= 2;
        let passes = lie(&opening, 3, &numbers(&sealed), &numbers(&claimed), seed).is_ok();
        prop_assert_eq!(passes, is_ballot && sealed == claimed);
    }
}

#[test]
fn a_ballot_of_two_or_of_minus_one_is_refused_whatever_it_claims() {
    let opening = opening(BallotForm::Decision);
    let cases: [(&[i64], &[i64]); 6] = [
        (&[2, 0, 0], &[2, 0, 0]),
        (&[2, 0, 0], &[1, 0, 0]),
        (&[2, -1, 0], &[2, -1, 0]),
        (&[2, -1, 0], &[1, 0, 0]),
        (&[-1, 1, 1], &[0, 1, 0]),
        (&[1, 1, 0], &[1, 0, 0]),
    ];
    for (sealed, claimed) in cases {
        let refused = lie(&opening, 3, &numbers(sealed), &numbers(claimed), 1);
        assert_eq!(refused, Err(BallotDefect::ProofWrong), "{sealed:?} as {claimed:?}");
    }
    assert!(lie(&opening, 3, &numbers(&[0, 1, 0]), &numbers(&[0, 1, 0]), 1).is_ok(), "and a true one passes");
}

#[test]
fn every_changed_bit_of_a_sealed_ballot_is_found() {
    let opening = opening(BallotForm::Decision);
    let sealed = seal_ballot(&opening, &OPENING, &device(3), &[false, true, false], &mut rng(4)).unwrap();
    assert!(check(&opening, 3, &sealed).is_ok());
    for bit in 0..sealed.len() * 8 {
        let mut changed = sealed.clone();
        changed[bit / 8] ^= 1 << (bit % 8);
        assert!(check(&opening, 3, &changed).is_err(), "bit {bit}");
    }
}

#[test]
fn a_ballot_of_another_form_or_without_a_part_is_refused() {
    let decision = opening(BallotForm::Decision);
    let sealed = seal_ballot(&decision, &OPENING, &device(3), &[true, false, false], &mut rng(4)).unwrap();
    let election = opening(BallotForm::AtMost { most: 1, options: options(4) });
    assert_eq!(check(&election, 3, &sealed), Err(BallotDefect::WrongForm));
    let ballot = check(&decision, 3, &sealed).unwrap();
    let refused = |change: &dyn Fn(&mut SealedBallot)| {
        let mut changed = ballot.clone();
        change(&mut changed);
        check(&decision, 3, &canonical::encode(&changed)).unwrap_err()
    };
    assert_eq!(refused(&|ballot| ballot.sums.clear()), BallotDefect::WrongForm);
    assert_eq!(refused(&|ballot| ballot.marks.truncate(2)), BallotDefect::WrongForm);
    assert_eq!(refused(&|ballot| ballot.slots.truncate(2)), BallotDefect::WrongForm);
    let neutral = Element::of(RistrettoPoint::identity());
    assert_eq!(refused(&|ballot| ballot.slots[0].blind = neutral), BallotDefect::WrongForm);
    assert_eq!(check(&decision, 3, &vec![0; SEALED_BALLOT_BYTES + 1]), Err(BallotDefect::Unreadable));
}

#[test]
fn marks_that_are_no_ballot_are_not_sealed() {
    let opening = opening(BallotForm::Decision);
    let code = |who: u8, marks: &[bool]| seal_ballot(&opening, &OPENING, &device(who), marks, &mut rng(1)).unwrap_err().code();
    assert_eq!(code(3, &[true, true, false]), "ballot_marks");
    assert_eq!(code(3, &[true, false]), "ballot_no_such_slot");
    assert_eq!(code(9, &[true, false, false]), "not_on_roll");
}
