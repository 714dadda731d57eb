//! Tellers who make a key honestly, and tellers who lie: what everybody then sees.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use curve25519_dalek::scalar::Scalar;
use domain::id::{PersonId, SpaceId, Timestamp};
use domain::vote::TellerSeat;
use proptest::prelude::*;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use super::message::{SealedShare, Speaker, digest_of_dealings, digest_of_offers, shared_with};
use super::*;
use crate::act::{Act, SignedAct, VerifiedAct};
use crate::keys::DeviceKeys;
use crate::secret::group::SecretNumber;
use crate::secret::proof::{Equality, Knowledge, SameLog};

/// A ceremony as it goes: whose turn it is can be played honestly or not.
struct Play {
    keys: Vec<DeviceKeys>,
    election: VerifiedAct,
    acts: Vec<VerifiedAct>,
    secrets: Vec<TellerSecret>,
    rng: ChaCha20Rng,
}

impl Play {
    fn elect(tellers: usize, threshold: u32, seed: u64) -> Self {
        let mut rng = ChaCha20Rng::seed_from_u64(seed);
        let keys: Vec<DeviceKeys> = (0..tellers).map(|_| DeviceKeys::generate(&mut rng)).collect();
        let tellers = keys
            .iter()
            .zip(0u8..)
            .map(|(keys, at)| TellerSeat { person: PersonId([at; 16]), name: format!("T{at}"), device: keys.device() })
            .collect();
        let election = TellerElection { space: SpaceId([8; 16]), tellers, threshold, elected_at: Timestamp(0) };
        let election = SignedAct::sign(&DeviceKeys::generate(&mut rng), &Act::TellersElected(election)).verified().unwrap();
        Self { keys, election, acts: Vec::new(), secrets: Vec::new(), rng }
    }

    fn record(&self) -> CeremonyRecord {
        judge_ceremony(&self.election, &self.acts).unwrap()
    }

    fn say(&mut self, teller: usize, act: Act) {
        self.acts.push(SignedAct::sign(&self.keys[teller], &act).verified().unwrap());
    }

    fn offers(mut self) -> Self {
        let record = self.record();
        for teller in 0..self.keys.len() {
            let device = self.keys[teller].device();
            let (secret, offer) = offer(&record.election, &record.election_hash, &device, &mut self.rng).unwrap();
            self.secrets.push(secret);
            self.say(teller, Act::TellerKeyOffered(offer));
        }
        self
    }

    fn dealing(&mut self, teller: usize) -> Dealing {
        deal(&self.record(), &self.keys[teller].device(), &mut self.rng).unwrap()
    }

    fn deals(mut self) -> Self {
        for teller in 0..self.keys.len() {
            let dealing = self.dealing(teller);
            self.say(teller, Act::TellerDealt(dealing));
        }
        self
    }

    /// All deal, one of them something else; nobody has seen it before dealing.
    fn deals_but(mut self, liar: usize, change: impl Fn(&mut Dealing)) -> Self {
        let mut dealings: Vec<Dealing> = (0..self.keys.len()).map(|teller| self.dealing(teller)).collect();
        change(&mut dealings[liar]);
        for (teller, dealing) in dealings.into_iter().enumerate() {
            self.say(teller, Act::TellerDealt(dealing));
        }
        self
    }

    fn confirmation(&mut self, teller: usize) -> Confirmation {
        confirm(&self.record(), &self.keys[teller].device(), &self.secrets[teller], &mut self.rng).unwrap()
    }

    fn confirms(mut self) -> Self {
        for teller in 0..self.keys.len() {
            if self.record().stage == CeremonyStage::Void {
                break;
            }
            let confirmation = self.confirmation(teller);
            self.say(teller, Act::TellerConfirmed(confirmation));
        }
        self
    }

    fn problems(&self) -> Vec<CeremonyProblem> {
        let record = self.record();
        assert_eq!(record.stage == CeremonyStage::Void, !record.problems.is_empty());
        record.problems
    }

    /// The key as a number, from the shares of these tellers.
    fn together(&self, tellers: &[usize]) -> Scalar {
        let record = self.record();
        tellers
            .iter()
            .map(|teller| {
                let (place, share) = share_of_key(&record, &self.keys[*teller].device(), &self.secrets[*teller]).unwrap();
                weight(place, tellers) * share.0
            })
            .sum()
    }
}

fn named(name: usize) -> String {
    format!("T{name}")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_threshold_of_honest_tellers_has_the_key_and_one_fewer_has_not(
        tellers in 3usize..7,
        more in 0u32..3,
        order in Just((0..7).collect::<Vec<usize>>()).prop_shuffle(),
        seed in any::<u64>(),
    ) {
        let threshold = (TellerElection::usual_threshold(tellers) + more).min(u32::try_from(tellers).unwrap());
        let play = Play::elect(tellers, threshold, seed).offers().deals().confirms();
        let record = play.record();
        prop_assert_eq!(&record.problems, &Vec::new());
        let key = record.key().unwrap();
        let order: Vec<usize> = order.into_iter().filter(|teller| *teller < tellers).collect();
        let enough = usize::try_from(threshold).unwrap();
        prop_assert_eq!(SecretNumber(play.together(&order[..enough])).public(), key.key);
        prop_assert_eq!(SecretNumber(play.together(&order)).public(), key.key);
        prop_assert_ne!(SecretNumber(play.together(&order[..enough - 1])).public(), key.key);
    }

    #[test]
    fn the_order_in_which_acts_arrive_changes_nothing(seed in any::<u64>()) {
        use rand_chacha::rand_core::Rng as _;
        let mut play = Play::elect(3, 2, seed).offers().deals().confirms();
        let before = play.record();
        for at in (1..play.acts.len()).rev() {
            let other = usize::try_from(play.rng.next_u64() % (at as u64 + 1)).unwrap();
            play.acts.swap(at, other);
        }
        prop_assert_eq!(play.record().stage, before.stage);
    }
}

#[test]
fn each_round_waits_for_everybody_and_says_for_whom() {
    let mut play = Play::elect(3, 2, 1);
    assert_eq!(play.record().stage, CeremonyStage::Offers(vec![0, 1, 2]));
    play = play.offers();
    let third = play.acts.pop().unwrap();
    assert_eq!(play.record().stage, CeremonyStage::Offers(vec![2]));
    let device = play.keys[0].device();
    assert_eq!(deal(&play.record(), &device, &mut play.rng).unwrap_err(), TellerError::NotTheTurn);
    play.acts.push(third);
    assert_eq!(play.record().stage, CeremonyStage::Dealings(vec![0, 1, 2]));
    assert!(!play.record().has_spoken(&device));
    let dealing = play.dealing(0);
    play.say(0, Act::TellerDealt(dealing));
    assert_eq!(play.record().stage, CeremonyStage::Dealings(vec![1, 2]));
    assert!(play.record().has_spoken(&device));
    assert_eq!(deal(&play.record(), &device, &mut play.rng).unwrap_err(), TellerError::NotTheTurn, "nobody deals twice");
    let stranger = DeviceKeys::generate(&mut play.rng);
    assert_eq!(deal(&play.record(), &stranger.device(), &mut play.rng).unwrap_err(), TellerError::NotATeller);
}

#[test]
fn a_dealer_who_seals_a_false_share_is_named_by_the_complaint() {
    let spoil = |dealing: &mut Dealing| dealing.sealed[2].0[5] ^= 1;
    let play = Play::elect(5, 3, 2).offers().deals_but(1, spoil).confirms();
    assert_eq!(play.problems(), [CeremonyProblem::TellerShareFalse { name: named(1), to: named(2) }]);
}

#[test]
fn a_dealer_whose_share_is_no_number_is_named_too() {
    let spoil = |dealing: &mut Dealing| dealing.sealed[0] = SealedShare([0xff; 32]);
    let play = Play::elect(3, 2, 3).offers().deals_but(2, spoil).confirms();
    assert_eq!(play.problems(), [CeremonyProblem::TellerShareFalse { name: named(2), to: named(0) }]);
}

#[test]
fn who_complains_of_a_good_share_is_named_not_the_dealer() {
    let mut play = Play::elect(3, 2, 4).offers().deals();
    let record = play.record();
    let mut confirmation = play.confirmation(1);
    assert!(confirmation.complaints.is_empty());
    // The true secret shown, so that all see that the share is good.
    let (offer, dealing) = (&record.offers[&1].1, &record.dealings[&0].1);
    let shared = shared_with(&play.secrets[1].0, &dealing.sealer);
    let by = Speaker { election: &record.election_hash, place: 1 };
    let about = SameLog { public: &offer.key, base: &dealing.sealer, image: &shared };
    let proof = Equality::prove(by.complaint(0, &confirmation.dealings), &play.secrets[1].0, about, &mut play.rng);
    confirmation.complaints.push(Complaint { dealer: 0, shared, proof });
    let honest_complaint = confirmation.clone();
    // A made-up secret under which the share does not fit: the proof does not hold.
    confirmation.complaints[0].shared = SecretNumber::random(&mut play.rng).public();
    for lie in [honest_complaint, confirmation] {
        let mut acts = play.acts.clone();
        acts.push(SignedAct::sign(&play.keys[1], &Act::TellerConfirmed(lie)).verified().unwrap());
        let record = judge_ceremony(&play.election, &acts).unwrap();
        assert_eq!(record.problems, [CeremonyProblem::TellerComplaintFalse { name: named(1), of: named(0) }]);
    }
}

#[test]
fn a_complaint_of_nobody_and_complaints_out_of_order_are_the_complainers_lie() {
    let mut play = Play::elect(3, 2, 5).offers().deals_but(0, |dealing| dealing.sealed[1].0[0] ^= 1);
    let good = play.confirmation(1);
    assert_eq!(good.complaints.len(), 1);
    let mut nobody = good.clone();
    nobody.complaints[0].dealer = 9;
    let mut twice = good.clone();
    twice.complaints.push(good.complaints[0]);
    for (lie, of) in [(nobody, String::new()), (twice, String::new())] {
        let mut acts = play.acts.clone();
        acts.push(SignedAct::sign(&play.keys[1], &Act::TellerConfirmed(lie)).verified().unwrap());
        let problems = judge_ceremony(&play.election, &acts).unwrap().problems;
        assert!(problems.contains(&CeremonyProblem::TellerComplaintFalse { name: named(1), of }), "{problems:?}");
    }
}

#[test]
fn a_key_offered_without_having_it_is_found() {
    let mut play = Play::elect(3, 2, 6).offers();
    let Act::TellerKeyOffered(first) = play.acts[0].act().clone() else { panic!("offers are first") };
    play.acts.pop();
    play.say(2, Act::TellerKeyOffered(first));
    assert_eq!(play.problems(), [CeremonyProblem::TellerOfferWrong { name: named(2) }]);
}

#[test]
fn the_last_dealer_cannot_choose_the_key_by_taking_others_parts_away() {
    let mut play = Play::elect(3, 2, 7).offers();
    let mut others = Vec::new();
    for teller in 0..2 {
        let dealing = play.dealing(teller);
        others.push(dealing.commitments[0]);
        play.say(teller, Act::TellerDealt(dealing));
    }
    let mut rogue = play.dealing(2);
    let wanted = SecretNumber::random(&mut play.rng);
    rogue.commitments[0] = Element::of(wanted.public().point() - others[0].point() - others[1].point());
    let hash = play.election.hash();
    let by = Speaker { election: &hash, place: 2 };
    rogue.constant =
        Knowledge::prove(by.constant(&rogue.offers, &rogue.commitments), &wanted, &rogue.commitments[0], &mut play.rng);
    play.say(2, Act::TellerDealt(rogue));
    assert_eq!(play.problems(), [CeremonyProblem::TellerDealingWrong { name: named(2) }]);
}

#[test]
fn a_sealer_copied_from_another_dealer_is_found_before_anybody_complains() {
    let mut play = Play::elect(3, 2, 8).offers();
    let honest = play.dealing(0);
    let mut copy = play.dealing(1);
    copy.sealer = honest.sealer;
    copy.knows_sealer = honest.knows_sealer;
    copy.sealed.clone_from(&honest.sealed);
    play.say(0, Act::TellerDealt(honest));
    play.say(1, Act::TellerDealt(copy));
    assert_eq!(play.problems(), [CeremonyProblem::TellerDealingWrong { name: named(1) }]);
}

#[test]
fn dealings_of_another_size_are_found() {
    let changes: [fn(&mut Dealing); 4] = [
        |dealing| {
            dealing.commitments.pop();
        },
        |dealing| dealing.commitments.push(dealing.commitments[0]),
        |dealing| {
            dealing.sealed.pop();
        },
        |dealing| dealing.commitments.clear(),
    ];
    for change in changes {
        let play = Play::elect(3, 2, 9).offers().deals_but(0, change);
        assert_eq!(play.problems(), [CeremonyProblem::TellerDealingWrong { name: named(0) }]);
    }
}

#[test]
fn who_says_two_things_in_a_round_is_named() {
    let mut play = Play::elect(3, 2, 10).offers().deals();
    let record = play.record();
    let device = play.keys[1].device();
    let (_, second) = offer(&record.election, &record.election_hash, &device, &mut play.rng).unwrap();
    play.say(1, Act::TellerKeyOffered(second));
    assert!(play.problems().contains(&CeremonyProblem::TellerTwoFaced { name: named(1) }));
}

#[test]
fn who_answers_messages_that_nobody_else_has_is_named() {
    let play = Play::elect(3, 2, 11).offers().deals_but(1, |dealing| dealing.offers = digest_of_offers(&[]));
    assert_eq!(play.problems(), [CeremonyProblem::TellerSawOther { name: named(1) }]);
    let mut play = Play::elect(3, 2, 11).offers().deals();
    let mut confirmation = play.confirmation(2);
    confirmation.dealings = digest_of_dealings(&[]);
    play.say(2, Act::TellerConfirmed(confirmation));
    assert_eq!(play.problems(), [CeremonyProblem::TellerSawOther { name: named(2) }]);
}

#[test]
fn what_strangers_and_other_ceremonies_say_is_not_looked_at() {
    let mut play = Play::elect(3, 2, 12).offers().deals().confirms();
    let ready = play.record().stage;
    let elsewhere = Play::elect(3, 2, 13).offers().deals();
    play.acts.extend(elsewhere.acts.clone());
    let stranger = DeviceKeys::generate(&mut play.rng);
    for act in elsewhere.acts.iter().chain(&play.acts.clone()[..1]) {
        play.acts.push(SignedAct::sign(&stranger, act.act()).verified().unwrap());
    }
    assert_eq!(play.record().stage, ready);
}

#[test]
fn an_election_that_cannot_be_is_void_from_the_start() {
    for (tellers, threshold) in [(2, 2), (5, 2), (5, 6)] {
        let play = Play::elect(tellers, threshold, 14);
        assert_eq!(play.problems(), [CeremonyProblem::ElectionUnsound], "{threshold} of {tellers}");
    }
    let play = Play::elect(3, 2, 14).offers();
    assert!(judge_ceremony(&play.acts[0], &[]).is_err(), "an offer elects nobody");
}

#[test]
fn a_stored_secret_opens_its_own_share_and_no_other() {
    let play = Play::elect(3, 2, 15).offers().deals().confirms();
    let record = play.record();
    let stored = play.secrets[1].to_secret_bytes();
    let read = TellerSecret::from_secret_bytes(&stored).unwrap();
    let (place, share) = share_of_key(&record, &play.keys[1].device(), &read).unwrap();
    assert_eq!((place, share.public()), (1, record.share_public(1).unwrap()));
    assert_eq!(share_of_key(&record, &play.keys[0].device(), &read).unwrap_err(), TellerError::WrongSecret);
    // 33 bytes of 1 are a number below the order: a secret, but nobody's.
    let bad = [stored[..32].to_vec(), [stored.as_slice(), &[0]].concat(), [&[9], &stored[1..]].concat(), vec![1; 33]];
    for bytes in bad {
        let refused = TellerSecret::from_secret_bytes(&bytes)
            .and_then(|secret| share_of_key(&record, &play.keys[1].device(), &secret).map(|_| ()));
        assert_eq!(refused, Err(TellerError::WrongSecret));
    }
    assert_eq!(format!("{read:?}"), "TellerSecret(SecretNumber(secret))");
}
