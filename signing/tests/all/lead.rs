//! The lead of a vote: a deputy takes over, the chair comes back, and never are two results final. Member 0 chairs and opens, member 1 is the
//! deputy, unless said otherwise.

use std::collections::BTreeSet;

use domain::id::{Hash32, PersonId, SpaceId, Timestamp};
use domain::lead::{Accepted, CloseDecision, DeputyNaming, LeadAcknowledgement, LeadSeat, LeadTaking, Proposal, TERMS_AHEAD};
use domain::vote::{Choice, CloseAcknowledgement, VoteClosing};
use proptest::prelude::*;
use signing::lead::{Lead, LeadWitness, lead, left_by, takings_due};
use signing::vote::{VoteActs, VoteRecord, VoteState, count_verified, deciding};
use signing::{Act, SignedAct, VerifiedAct, export_bundle, verify_bundle};

use crate::support::{VOTE, Vote, changeable, member_keys, opening_body, person, person_of, root, second_device};

const SPACE: SpaceId = SpaceId([8; 16]);

fn naming() -> Act {
    Act::DeputyNamed(DeputyNaming { space: SPACE, deputy: Some(person(1)), replaces: None, at: Timestamp(1_790_000_110_000) })
}

fn taking(members: u8, term: u32, naming: Hash32) -> Act {
    let seats = (0..members).map(|member| LeadSeat { person: person(member), device: member_keys(member).device() }).collect();
    Act::LeadTaken(LeadTaking { space: SPACE, term, naming, seats, votes: vec![VOTE], at: Timestamp(1_790_000_120_000) })
}

fn said(list: &mut Vec<SignedAct>, member: u8, act: &Act) -> Hash32 {
    let act = SignedAct::sign(&member_keys(member), act);
    list.push(act.clone());
    act.hash()
}

/// What happens to a vote when others lead.
trait Led {
    fn name_deputy(&mut self) -> Hash32;
    fn take(&mut self, member: u8, term: u32, naming: Hash32) -> Hash32;
    fn promise(&mut self, member: u8, term: u32, taking: Hash32, accepted: Option<Hash32>) -> Hash32;
    fn decide(&mut self, member: u8, taking: Hash32, basis: &[Hash32], closing: Hash32) -> Hash32;
    fn shown(&self) -> Option<(Hash32, bool)>;
}

impl Led for Vote {
    fn name_deputy(&mut self) -> Hash32 {
        said(&mut self.closings, 0, &naming())
    }

    fn take(&mut self, member: u8, term: u32, naming: Hash32) -> Hash32 {
        said(&mut self.closings, member, &taking(5, term, naming))
    }

    fn promise(&mut self, member: u8, term: u32, taking: Hash32, accepted: Option<Hash32>) -> Hash32 {
        let accepted = accepted.map(|act| Accepted { vote: VOTE, act }).into_iter().collect();
        let word = Act::LeadAcknowledged(LeadAcknowledgement { space: SPACE, taking, term, accepted });
        said(&mut self.acknowledgements, member, &word)
    }

    fn decide(&mut self, member: u8, taking: Hash32, basis: &[Hash32], closing: Hash32) -> Hash32 {
        let mut basis = basis.to_vec();
        basis.sort_unstable();
        said(&mut self.closings, member, &Act::CloseDecided(CloseDecision { vote: VOTE, taking, basis, closing }))
    }

    fn shown(&self) -> Option<(Hash32, bool)> {
        let record = self.count();
        match record.state {
            VoteState::Closed { closing_hash, .. } => Some((closing_hash, record.final_)),
            VoteState::Open => None,
        }
    }
}

#[test]
fn the_deputy_closes_when_the_chairs_device_is_gone() {
    let mut vote = Vote::open(5, changeable());
    let ballots = [vote.cast(1, Choice::For), vote.cast(2, Choice::For), vote.cast(3, Choice::For)];
    let naming = vote.name_deputy();
    let taking = vote.take(1, 1, naming);
    let words = [1, 2, 3].map(|member| vote.promise(member, 1, taking, None));
    let closing = vote.close_with(&member_keys(1), ballots.to_vec());
    assert_eq!(vote.shown(), None, "a close of the deputy's alone is none");
    let decision = vote.decide(1, taking, &words, closing);
    assert_eq!(vote.shown(), Some((closing, false)));
    for member in [1, 2, 3] {
        vote.acknowledge(member, decision);
    }
    assert_eq!((vote.shown(), vote.problems()), (Some((closing, true)), vec![]));
    assert_eq!(vote.outcome().counted, 3);
    // The chair comes back with a close of its own, which only its own device acknowledges.
    let late = vote.close_naming(&ballots[..1]);
    vote.acknowledge(0, late);
    assert_eq!((vote.shown(), vote.problems()), (Some((closing, true)), vec![]));
}

#[test]
fn two_devices_do_not_hand_over_the_lead_of_five() {
    let mut vote = Vote::open(5, changeable());
    let naming = vote.name_deputy();
    let taking = vote.take(1, 1, naming);
    let words = [1, 2].map(|member| vote.promise(member, 1, taking, None));
    let closing = vote.close_with(&member_keys(1), vec![]);
    vote.decide(1, taking, &words, closing);
    assert_eq!((vote.shown(), vote.problems()), (None, vec!["decision_unsound"]));
}

#[test]
fn a_close_that_more_than_half_had_acknowledged_stays_whatever_the_deputy_says() {
    let mut vote = Vote::open(5, changeable());
    let ballot = vote.cast(2, Choice::For);
    let closed = vote.close_naming(&[ballot]);
    for member in [0, 2, 3] {
        vote.acknowledge(member, closed);
    }
    let naming = vote.name_deputy();
    let taking = vote.take(1, 1, naming);
    let words = [vote.promise(1, 1, taking, None), vote.promise(4, 1, taking, None), vote.promise(3, 1, taking, Some(closed))];
    let other = vote.close_with(&member_keys(1), vec![]);
    let decision = vote.decide(1, taking, &words, other);
    for member in [1, 3, 4] {
        vote.acknowledge(member, decision);
    }
    assert_eq!(vote.shown(), Some((closed, true)), "one of those three had told of the close");
    assert_eq!(vote.problems(), ["decision_unsound"]);
    vote.closings.pop();
    let decision = vote.decide(1, taking, &words, closed);
    for member in [1, 3, 4] {
        vote.acknowledge(member, decision);
    }
    assert_eq!(vote.shown(), Some((closed, true)), "the same close in the deputy's term is the same result");
}

#[test]
fn a_device_that_hides_what_it_had_acknowledged_counts_for_neither_result() {
    let mut vote = Vote::open(5, changeable());
    let closed = vote.close();
    for member in [0, 2, 3] {
        vote.acknowledge(member, closed);
    }
    assert_eq!(vote.shown(), Some((closed, true)));
    let naming = vote.name_deputy();
    let taking = vote.take(1, 1, naming);
    let words = [1, 3, 4].map(|member| vote.promise(member, 1, taking, None));
    let other = vote.close_with(&member_keys(1), vec![]);
    let decision = vote.decide(1, taking, &words, other);
    for member in [1, 3, 4] {
        vote.acknowledge(member, decision);
    }
    assert_eq!(vote.problems(), ["double_acknowledgement"], "member 3 is seen to have lied");
    let record = vote.count();
    assert!(
        matches!(record.state, VoteState::Closed { closing_hash, .. } if closing_hash == other),
        "and only one close is final"
    );
    assert!(record.final_);
}

#[test]
fn a_device_that_promises_twice_in_one_term_has_promised_nothing() {
    let mut vote = Vote::open(5, changeable());
    let naming = vote.name_deputy();
    let (deputy, chair) = (vote.take(1, 1, naming), vote.take(0, 1, naming));
    let words = [1, 2, 3].map(|member| vote.promise(member, 1, deputy, None));
    vote.promise(3, 1, chair, None);
    let closing = vote.close_with(&member_keys(1), vec![]);
    vote.decide(1, deputy, &words, closing);
    assert_eq!((vote.shown(), vote.problems()), (None, vec!["decision_unsound", "double_acknowledgement"]));
}

#[test]
fn who_was_not_named_takes_nothing() {
    let mut vote = Vote::open(5, changeable());
    let naming = vote.name_deputy();
    let taking = vote.take(2, 1, naming);
    let words = [2, 3, 4].map(|member| vote.promise(member, 1, taking, None));
    let closing = vote.close_with(&member_keys(2), vec![]);
    vote.decide(2, taking, &words, closing);
    assert_eq!((vote.shown(), vote.problems()), (None, vec!["close_by_other", "lead_by_other"]));
    // Nor by a naming of one's own.
    let own = Act::DeputyNamed(DeputyNaming { space: SPACE, deputy: Some(person(2)), replaces: None, at: Timestamp(0) });
    let own = said(&mut vote.closings, 2, &own);
    vote.take(2, 2, own);
    assert_eq!((vote.shown(), vote.problems()), (None, vec!["close_by_other", "lead_by_other", "lead_by_other"]));
}

#[test]
fn who_names_the_chair_a_deputy_takes_nothing_from_the_chair() {
    let mut vote = Vote::open(5, changeable());
    let ballots = [vote.cast(1, Choice::For), vote.cast(3, Choice::For)];
    // The secretary, who may make themselves chair and whom everybody's roles then show as such.
    let own = Act::DeputyNamed(DeputyNaming { space: SPACE, deputy: Some(person(0)), replaces: None, at: Timestamp(0) });
    let own = said(&mut vote.closings, 2, &own);
    let taking = vote.take(2, 1, own);
    let words = [2, 3, 4].map(|member| vote.promise(member, 1, taking, None));
    let closing = vote.close_with(&member_keys(2), vec![]);
    vote.decide(2, taking, &words, closing);
    assert_eq!((vote.shown(), vote.problems()), (None, vec!["close_by_other", "lead_by_other"]));
    let closed = vote.close_naming(&ballots);
    for member in [0, 3, 4] {
        vote.acknowledge(member, closed);
    }
    assert_eq!(vote.shown(), Some((closed, true)), "the chair's own close is what holds");
    assert_eq!(vote.outcome().counted, 2);
    assert_eq!(vote.problems(), ["close_by_other", "lead_by_other"]);
}

#[test]
fn an_accomplice_whom_the_secretary_names_takes_nothing_either() {
    let mut vote = Vote::open(5, changeable());
    vote.name_deputy();
    let own = Act::DeputyNamed(DeputyNaming { space: SPACE, deputy: Some(person(3)), replaces: None, at: Timestamp(0) });
    let own = said(&mut vote.closings, 2, &own);
    let taking = vote.take(3, 1, own);
    let words = [2, 3, 4].map(|member| vote.promise(member, 1, taking, None));
    let closing = vote.close_with(&member_keys(3), vec![]);
    vote.decide(3, taking, &words, closing);
    assert_eq!((vote.shown(), vote.problems()), (None, vec!["close_by_other", "lead_by_other"]));
}

#[test]
fn whom_the_chair_names_only_after_the_opening_takes_the_vote_also_once_that_chair_is_gone() {
    let mut vote = Vote::open(5, changeable());
    let ballot = vote.cast(2, Choice::For);
    // Handed over by the chair: member 4 is named after the opening, whatever either is in the meeting today.
    let over = Act::DeputyNamed(DeputyNaming { space: SPACE, deputy: Some(person(4)), replaces: None, at: Timestamp(i64::MAX) });
    let over = said(&mut vote.closings, 0, &over);
    let taking = vote.take(4, 1, over);
    let words = [2, 3, 4].map(|member| vote.promise(member, 1, taking, None));
    let closing = vote.close_with(&member_keys(4), vec![ballot]);
    let decision = vote.decide(4, taking, &words, closing);
    for member in [2, 3, 4] {
        vote.acknowledge(member, decision);
    }
    assert_eq!((vote.shown(), vote.problems()), (Some((closing, true)), vec![]));
}

/// A vote that member 1 opened, the deputy of member 0, who takes the lead back: as the deputy's own taking at `led_at` shows it, if any.
fn taken_back(led_at: Option<i64>) -> Vote {
    let body = opening_body(5, changeable());
    let opening = SignedAct::sign(&member_keys(1), &Act::VoteOpened(body.clone()));
    let mut vote = Vote { opening, ballots: Vec::new(), closings: Vec::new(), acknowledgements: Vec::new() };
    let naming = vote.name_deputy();
    if let Some(ms) = led_at {
        let at = body.opened_at.plus_ms(ms);
        let before = LeadTaking { space: SPACE, term: 1, naming, seats: Vec::new(), votes: Vec::new(), at };
        said(&mut vote.closings, 1, &Act::LeadTaken(before));
    }
    let taking = vote.take(0, 2, naming);
    let words = [0, 2, 3].map(|member| vote.promise(member, 2, taking, None));
    let closing = vote.close_with(&member_keys(0), vec![]);
    let decision = vote.decide(0, taking, &words, closing);
    for member in [0, 2, 3] {
        vote.acknowledge(member, decision);
    }
    vote
}

#[test]
fn the_chair_takes_back_what_the_deputy_opened_in_the_chairs_place_and_nothing_else() {
    let vote = taken_back(Some(-10_000));
    assert!(vote.shown().is_some_and(|(_, is_final)| is_final));
    assert_eq!(vote.problems(), Vec::<&str>::new());
    let file = export_bundle(vote.source(), &member_keys(2)).unwrap();
    let report = verify_bundle(&file, &root().fingerprint()).unwrap();
    assert!(report.ok, "{:?}", report.problems);
    // Who opens as chair and becomes another's deputy only afterwards has opened in nobody's place.
    for led_at in [None, Some(10_000)] {
        let vote = taken_back(led_at);
        assert!(vote.problems().contains(&"lead_by_other"), "{led_at:?}");
        assert!(!vote.count().final_, "{led_at:?}");
        let file = export_bundle(vote.source(), &member_keys(2)).unwrap();
        assert!(!verify_bundle(&file, &root().fingerprint()).unwrap().ok, "{led_at:?}");
    }
}

#[test]
fn another_device_in_the_openers_name_does_not_say_in_whose_place_the_opener_led() {
    let mut vote = taken_back(None);
    let own = vote.closings.iter().find(|act| matches!(act.verify(), Ok(Act::DeputyNamed(_)))).unwrap().hash();
    let before = LeadTaking { space: SPACE, term: 1, naming: own, seats: Vec::new(), votes: Vec::new(), at: Timestamp(0) };
    vote.closings.push(SignedAct::sign(&second_device(1), &Act::LeadTaken(before.clone())));
    assert!(vote.problems().contains(&"lead_by_other"));
    said(&mut vote.closings, 1, &Act::LeadTaken(before));
    assert_eq!(vote.problems(), Vec::<&str>::new(), "the device that opened does");
}

#[test]
fn a_file_proves_the_result_of_a_deputy_and_nothing_without_the_naming() {
    let mut vote = Vote::open(5, changeable());
    let ballot = vote.cast(2, Choice::For);
    let naming = vote.name_deputy();
    let taking = vote.take(1, 1, naming);
    let words = [1, 2, 3].map(|member| vote.promise(member, 1, taking, None));
    let closing = vote.close_with(&member_keys(1), vec![ballot]);
    let decision = vote.decide(1, taking, &words, closing);
    for member in [1, 2, 3] {
        vote.acknowledge(member, decision);
    }
    let verdict = |vote: &Vote| {
        let file = export_bundle(vote.source(), &member_keys(2)).unwrap();
        verify_bundle(&file, &root().fingerprint()).unwrap()
    };
    let report = verdict(&vote);
    assert_eq!((report.ok, report.counted), (true, 1), "{:?}", report.problems);
    for missing in 0..vote.closings.len() {
        let mut torn = Vote {
            opening: vote.opening.clone(),
            ballots: vote.ballots.clone(),
            closings: vote.closings.clone(),
            acknowledgements: vote.acknowledgements.clone(),
        };
        torn.closings.remove(missing);
        assert!(!verdict(&torn).ok, "without act {missing}");
    }
}

fn by(member: u8, act: &Act) -> VerifiedAct {
    SignedAct::sign(&member_keys(member), act).verified().unwrap()
}

/// The lead of a sitting that member 0 chairs, and the terms that a device which has said nothing has to acknowledge.
fn sitting(acts: &[VerifiedAct]) -> (Lead, Vec<u32>) {
    let chair = |person: &PersonId| *person == crate::support::person(0);
    let witness = LeadWitness { person: &person_of, chairs: &chair, chaired: &chair };
    let due = takings_due(acts, &SPACE, 0, &|_| true, &witness);
    (lead(acts, &SPACE, &witness), due.into_iter().map(|(_, taking)| taking.term).collect())
}

#[test]
fn who_only_keeps_the_minutes_names_nobody_and_no_device_acknowledges_it() {
    let own = DeputyNaming { space: SPACE, deputy: Some(person(0)), replaces: None, at: Timestamp(0) };
    let own = by(2, &Act::DeputyNamed(own));
    let claim = by(2, &taking(5, 1, own.hash()));
    let (lead, due) = sitting(&[own, claim]);
    assert_eq!((lead.named, lead.claimed, lead.last_term, due), (None, None, 0, vec![]));
}

#[test]
fn a_deputy_whom_the_chair_has_replaced_is_acknowledged_by_nobody_who_knows() {
    let first = by(0, &naming());
    let claim = by(1, &taking(5, 1, first.hash()));
    let mut acts = vec![first.clone(), claim];
    assert_eq!(sitting(&acts).1, [1]);
    let nobody = DeputyNaming { space: SPACE, deputy: None, replaces: Some(first.hash()), at: Timestamp(0) };
    acts.push(by(0, &Act::DeputyNamed(nobody)));
    let (lead, due) = sitting(&acts);
    assert_eq!((lead.named.and_then(|named| named.deputy), due), (None, vec![]));
    // The chair takes back by whatever it has named.
    acts.push(by(0, &taking(5, 2, first.hash())));
    assert_eq!(sitting(&acts).1, [2]);
}

#[test]
fn nobody_uses_up_the_terms() {
    let named = by(0, &naming());
    let far = by(1, &taking(5, u32::MAX, named.hash()));
    let (lead, due) = sitting(&[named.clone(), far.clone()]);
    assert_eq!((lead.last_term, lead.claimed, due), (0, None, vec![]));
    let near = by(1, &taking(5, TERMS_AHEAD, named.hash()));
    let (lead, due) = sitting(&[named, far, near]);
    assert_eq!((lead.last_term, due), (TERMS_AHEAD, vec![TERMS_AHEAD]));
}

/// Honest devices that hear each other now and then.
struct World {
    opening: VerifiedAct,
    ballots: Vec<VerifiedAct>,
    acts: Vec<VerifiedAct>,
    /// What each member's device has.
    seen: Vec<BTreeSet<usize>>,
    finals: BTreeSet<Hash32>,
}

#[derive(Debug, Clone)]
enum Step {
    /// One act reaches one device.
    Deliver { act: u8, to: u8 },
    /// Two devices tell each other everything.
    Meet { a: u8, b: u8 },
    /// A device says what it has to say.
    Speak { member: u8 },
    /// Chair or deputy closes, naming some of the ballots.
    Close { deputy: bool, mask: u8 },
    /// Chair or deputy takes the lead.
    Take { deputy: bool },
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        6 => (any::<u8>(), any::<u8>()).prop_map(|(act, to)| Step::Deliver { act, to }),
        4 => (any::<u8>(), any::<u8>()).prop_map(|(a, b)| Step::Meet { a, b }),
        10 => any::<u8>().prop_map(|member| Step::Speak { member }),
        2 => (any::<bool>(), any::<u8>()).prop_map(|(deputy, mask)| Step::Close { deputy, mask }),
        2 => any::<bool>().prop_map(|deputy| Step::Take { deputy }),
    ]
}

impl World {
    fn new(members: u8) -> Self {
        let mut vote = Vote::open(members, changeable());
        for member in 0..members {
            vote.cast(member, Choice::For);
        }
        let verified = |act: &SignedAct| act.verified().unwrap();
        let named = SignedAct::sign(&member_keys(0), &naming());
        Self {
            opening: verified(&vote.opening),
            ballots: vote.ballots.iter().map(verified).collect(),
            acts: vec![verified(&named)],
            seen: vec![BTreeSet::from([0]); usize::from(members)],
            finals: BTreeSet::new(),
        }
    }

    fn members(&self) -> u8 {
        u8::try_from(self.seen.len()).unwrap()
    }

    fn say(&mut self, member: u8, act: &Act) {
        self.seen[usize::from(member)].insert(self.acts.len());
        self.acts.push(SignedAct::sign(&member_keys(member), act).verified().unwrap());
    }

    /// Closes and what belongs to them, words of devices.
    fn lists(&self, seen: impl Iterator<Item = usize>) -> (Vec<VerifiedAct>, Vec<VerifiedAct>) {
        let is_word = |act: &VerifiedAct| matches!(act.act(), Act::CloseAcknowledged(_) | Act::LeadAcknowledged(_));
        seen.map(|index| self.acts[index].clone()).partition(|act| !is_word(act))
    }

    fn view(&self, member: u8) -> (Vec<VerifiedAct>, Vec<VerifiedAct>) {
        self.lists(self.seen[usize::from(member)].iter().copied())
    }

    fn count(&self, (closings, acknowledgements): &(Vec<VerifiedAct>, Vec<VerifiedAct>)) -> VoteRecord {
        let acts = VoteActs { opening: &self.opening, ballots: &self.ballots, closings, acknowledgements };
        count_verified(acts, person_of).unwrap()
    }

    fn lead(&self, member: u8) -> Lead {
        let (closings, words) = self.view(member);
        let all: Vec<VerifiedAct> = closings.into_iter().chain(words).collect();
        let chair = |person: &PersonId| *person == crate::support::person(0);
        lead(&all, &SPACE, &LeadWitness { person: &person_of, chairs: &chair, chaired: &chair })
    }

    fn speak(&mut self, member: u8) {
        let device = member_keys(member).device();
        let (closings, words) = self.view(member);
        let all: Vec<VerifiedAct> = closings.iter().chain(&words).cloned().collect();
        let deciding = deciding(&self.opening, &closings, &words, person_of).unwrap();
        let left = left_by(&all, &SPACE, &device).max(deciding.left(&device));
        let chair = |person: &PersonId| *person == crate::support::person(0);
        let witness = LeadWitness { person: &person_of, chairs: &chair, chaired: &chair };
        let due = takings_due(&all, &SPACE, left, &|_| true, &witness);
        let accepted: Vec<Accepted> = deciding.accepted(&device).into_iter().collect();
        let mut said: Vec<Act> = due
            .into_iter()
            .map(|(taking, body)| {
                let accepted = accepted.clone();
                Act::LeadAcknowledged(LeadAcknowledgement { space: SPACE, taking, term: body.term, accepted })
            })
            .collect();
        if said.is_empty() {
            let due = deciding.due(&device);
            said.extend(due.map(|closing| Act::CloseAcknowledged(CloseAcknowledgement { vote: VOTE, closing })));
        }
        if said.is_empty()
            && let Some(decidable) = deciding.decidable(&device)
            && let Some(closing) = deciding.earlier(&decidable)
        {
            said.push(decidable.decide(VOTE, closing));
        }
        for act in said {
            self.say(member, &act);
        }
    }

    fn close(&mut self, member: u8, mask: u8) {
        let device = member_keys(member).device();
        let view = self.view(member);
        let deciding = deciding(&self.opening, &view.0, &view.1, person_of).unwrap();
        if self.count(&view).state != VoteState::Open || deciding.decider() != device {
            return;
        }
        let named = self.ballots.iter().enumerate().filter(|(place, _)| mask >> (place % 8) & 1 == 1);
        let mut ballots: Vec<Hash32> = named.map(|(_, ballot)| ballot.hash()).collect();
        ballots.sort_unstable();
        let closed_at = Timestamp(1_790_000_200_000);
        let closing = Act::VoteClosed(VoteClosing { vote: VOTE, opening: self.opening.hash(), ballots, closed_at });
        let mut acts = vec![closing.clone()];
        if deciding.lead().is_some() {
            let free = deciding.decidable(&device).filter(|decidable| decidable.proposal == Proposal::Free);
            let Some(decidable) = free else { return };
            acts.push(decidable.decide(VOTE, SignedAct::sign(&member_keys(member), &closing).hash()));
        }
        for act in acts {
            self.say(member, &act);
        }
    }

    fn take(&mut self, member: u8) {
        let lead = self.lead(member);
        let leader = lead.leading.map_or(person(0), |leading| leading.person);
        if leader != person(member) {
            let naming = self.acts[0].hash();
            let act = taking(self.members(), lead.last_term + 1, naming);
            self.say(member, &act);
        }
    }

    fn step(&mut self, step: &Step) {
        let members = self.members();
        match *step {
            Step::Deliver { act, to } => {
                let act = usize::from(act) % self.acts.len();
                self.seen[usize::from(to % members)].insert(act);
            }
            Step::Meet { a, b } => {
                let (a, b) = (usize::from(a % members), usize::from(b % members));
                let both: BTreeSet<usize> = self.seen[a].union(&self.seen[b]).copied().collect();
                self.seen[a].clone_from(&both);
                self.seen[b] = both;
            }
            Step::Speak { member } => self.speak(member % members),
            Step::Close { deputy, mask } => self.close(u8::from(deputy), mask),
            Step::Take { deputy } => self.take(u8::from(deputy)),
        }
        self.note_finals();
    }

    /// Everybody's screen, and that of somebody who has everything.
    fn note_finals(&mut self) {
        let mut views: Vec<_> = (0..self.members()).map(|member| self.view(member)).collect();
        views.push(self.lists(0..self.acts.len()));
        for view in &views {
            let record = self.count(view);
            if let VoteState::Closed { closing_hash, .. } = record.state
                && record.final_
            {
                self.finals.insert(closing_hash);
            }
        }
    }

    fn everybody_meets(&mut self) {
        let all: BTreeSet<usize> = (0..self.acts.len()).collect();
        self.seen.iter_mut().for_each(|seen| seen.clone_from(&all));
    }
}

#[test]
fn the_chair_comes_back_sees_that_the_deputy_leads_and_takes_the_lead_back() {
    let mut world = World::new(5);
    world.take(1);
    world.everybody_meets();
    for member in 1..5 {
        world.speak(member);
    }
    assert_eq!(world.lead(0).deputy_leading(), None, "the chair's device was away");
    world.everybody_meets();
    assert_eq!(world.lead(0).deputy_leading(), Some(person(1)));
    world.close(0, 0xff);
    assert_eq!(world.count(&world.view(0)).state, VoteState::Open, "the chair does not close under the deputy");
    world.take(0);
    world.everybody_meets();
    for member in 0..5 {
        world.speak(member);
    }
    world.everybody_meets();
    assert_eq!((world.lead(1).deputy_leading(), world.lead(1).last_term), (None, 2));
    world.close(0, 0xff);
    world.everybody_meets();
    for member in 0..5 {
        world.speak(member);
    }
    world.everybody_meets();
    let record = world.count(&world.view(3));
    assert!(record.final_ && record.problems.is_empty(), "{:?}", record.problems);
    assert_eq!(record.outcome.counted, 5);
}

#[test]
fn a_deputy_whose_first_decision_reached_too_few_ends_the_vote_in_a_later_term() {
    let mut world = World::new(5);
    world.take(1);
    world.everybody_meets();
    for member in 1..5 {
        world.speak(member);
    }
    world.everybody_meets();
    world.close(1, 0xff);
    // Nobody hears of it before the chair has the lead back.
    let cut: Vec<BTreeSet<usize>> = world.seen.clone();
    world.take(0);
    let claim = world.acts.len() - 1;
    for member in [2, 3, 4] {
        world.seen[usize::from(member)] = cut[usize::from(member)].clone();
        world.seen[usize::from(member)].insert(claim);
        world.speak(member);
    }
    world.everybody_meets();
    assert_eq!(world.lead(0).leading.map(|leading| leading.term), Some(2));
    for _ in 0..3 {
        for member in 0..5 {
            world.speak(member);
        }
        world.everybody_meets();
    }
    let record = world.count(&world.view(4));
    assert!(record.final_ && record.problems.is_empty(), "{:?} {:?}", record.state, record.problems);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(200))]

    #[test]
    fn two_results_are_never_both_final_whoever_hears_whom_when(
        members in 2..7u8,
        steps in proptest::collection::vec(step(), 0..90),
    ) {
        let mut world = World::new(members);
        for step in &steps {
            world.step(step);
            prop_assert!(world.finals.len() <= 1, "two results after {step:?}");
        }
        // Once all hear each other the one that was final for anybody is final for all, and honest devices were never accused.
        for _ in 0..4 {
            world.everybody_meets();
            for member in 0..members {
                world.speak(member);
                world.note_finals();
            }
        }
        world.everybody_meets();
        world.note_finals();
        prop_assert!(world.finals.len() <= 1);
        for member in 0..members {
            let record = world.count(&world.view(member));
            prop_assert!(record.problems.is_empty(), "{:?}", record.problems);
            if let Some(result) = world.finals.first() {
                let held = matches!(record.state, VoteState::Closed { closing_hash, .. } if closing_hash == *result);
                prop_assert!(held);
            }
        }
    }

    /// Whatever is signed by whomever: in one set of acts at most one close has more than half behind it, in any order.
    #[test]
    fn the_order_of_arrival_does_not_matter_to_who_leads_and_what_holds(
        members in 2..6u8,
        steps in proptest::collection::vec(step(), 0..60),
        turn in any::<proptest::sample::Index>(),
    ) {
        let mut world = World::new(members);
        for step in &steps {
            world.step(step);
        }
        let (mut closings, mut words) = world.lists(0..world.acts.len());
        let before = world.count(&(closings.clone(), words.clone()));
        let at = turn.index(closings.len());
        closings.rotate_left(at);
        words.reverse();
        prop_assert_eq!(world.count(&(closings, words)), before);
    }
}
