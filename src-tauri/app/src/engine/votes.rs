//! The votes of a meeting, open and secret, counted from its acts.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::id::{DeviceId, Hash32, PersonId, SpaceId, Timestamp, VoteId};
use domain::lead::LeadTaking;
use domain::vote::VoteOpening;
use signing::secret::{
    CeremonyRecord, CheckedBallots, SecretActs, SecretOpening, SecretRecord, count_secret_verified, judge_ceremony,
};
use signing::vote::{VoteActs, count_verified};
use signing::{Act, SignedAct, VerifiedAct};

use super::Core;
use super::counted::Counted;
use super::tellers::election_in;
use crate::error::{AtBoundary, not_found};
use api::error::ApiError;

/// The acts of one vote.
pub(crate) struct OneVote {
    /// The opening.
    pub opening: VerifiedAct,
    /// All ballots seen.
    pub ballots: Vec<VerifiedAct>,
    /// All closes seen, and what there is of others taking the lead: takings, namings, decisions.
    pub closings: Vec<VerifiedAct>,
    /// All acknowledgements seen, of closes and of takings.
    pub acknowledgements: Vec<VerifiedAct>,
    /// Of a secret vote: the election of its tellers, if it is here.
    pub election: Option<VerifiedAct>,
    /// Of a secret vote: the acts in which the tellers made the key that the opening cites.
    pub ceremony: Vec<VerifiedAct>,
    /// Of a secret vote: all shares of totals seen.
    pub totals: Vec<VerifiedAct>,
}

/// How many acts of each kind a count has looked at. A vote's acts are only ever added to, so the same numbers are the same acts.
type Sizes = [usize; 5];

/// What counting secret votes again and again would cost: proofs that were checked, records that still hold.
#[derive(Debug, Default)]
pub(crate) struct SecretTally {
    checked: CheckedBallots,
    records: BTreeMap<Hash32, (Sizes, Arc<SecretRecord>)>,
    ceremonies: BTreeMap<Hash32, (usize, Arc<CeremonyRecord>)>,
}

impl SecretTally {
    /// Counts again from what is there: acts were taken away, or devices belong to other people now. Proofs stay checked.
    pub fn forget_records(&mut self) {
        self.records.clear();
        self.ceremonies.clear();
    }
}

impl Core {
    /// All acts of a space, verified once and kept.
    pub fn acts_of(&mut self, space: &SpaceId) -> Result<&[VerifiedAct], ApiError> {
        if !self.acts.contains_key(space) {
            let acts = self.replica.acts(&self.store, space).at_boundary()?;
            let verified = acts.iter().filter_map(|(_, act)| act.verified().ok()).collect();
            self.acts.insert(*space, verified);
        }
        Ok(self.acts.get(space).map_or(&[], Vec::as_slice))
    }

    /// The devices of those who lead the meeting, or led it in the chair's place: their openings and elections count.
    pub(super) fn leading_devices(&mut self, space: &SpaceId) -> Result<BTreeSet<DeviceId>, ApiError> {
        let led = self.lead(space)?.led;
        let (Some(access), Some(directory)) = (self.replica.access(space), self.replica.directory()) else {
            return Ok(BTreeSet::new());
        };
        let leading = access.members.iter().filter(|(_, role)| role.manages()).map(|(person, _)| person).chain(&led);
        Ok(leading.flat_map(|person| directory.devices_of(person)).map(|certificate| certificate.device).collect())
    }

    /// Managed the meeting once, or led it in the chair's place: with a device that was never doubted, whatever became of role, person and device.
    /// What a device wrote after it was revoked, or its person taken out, is not among the acts of the space in the first place.
    fn led_once(&self, space: &SpaceId, led: &BTreeSet<PersonId>, device: &DeviceId) -> bool {
        let (Some(access), Some(directory)) = (self.replica.access(space), self.replica.directory()) else {
            return false;
        };
        let person = directory.person(device).filter(|_| !directory.is_doubted(device));
        person.is_some_and(|person| access.managed.contains(&person) || led.contains(&person))
    }

    /// The votes of a meeting that were opened by someone who might, newest first. A vote stays one when its opener leads no more, as soon as
    /// anybody else on its roll has answered it: a role that is taken away takes no result along, and alone nobody opens one afterwards.
    pub fn votes_of(&mut self, space: &SpaceId) -> Result<Vec<OneVote>, ApiError> {
        let leading = self.leading_devices(space)?;
        let led = self.lead(space)?.led;
        let acts = self.known_acts(space);
        let opened = acts.iter().filter(|act| is_opening(act.act()));
        let opened = opened.filter(|act| leading.contains(&act.device()) || self.led_once(space, &led, &act.device()));
        let mut votes: Vec<OneVote> = opened.filter_map(|act| OneVote::opened_by(act, space)).collect();
        for act in acts {
            // Ballots of one kind are nothing in a vote of the other, whatever name it has.
            let (of, kinds): (VoteId, &[bool]) = match act.act() {
                Act::BallotCast(ballot) => (ballot.vote, &[false]),
                Act::MarkedBallotCast(ballot) => (ballot.vote, &[false]),
                Act::SecretBallotCast(ballot) => (ballot.vote, &[true]),
                Act::PaperBallotEntered(entry) => (entry.vote, &[false]),
                Act::PaperBallotWitnessed(word) => (word.vote, &[false]),
                Act::TotalsOpened(opened) => (opened.vote, &[true]),
                Act::VoteClosed(closing) => (closing.vote, &[false, true]),
                Act::CloseAcknowledged(acknowledgement) => (acknowledgement.vote, &[false, true]),
                Act::CloseDecided(decision) => (decision.vote, &[false, true]),
                _ => continue,
            };
            // Of two openings under one id each is judged by its own name: who copies an id takes no ballots away.
            for vote in votes.iter_mut().filter(|vote| vote.id() == of && kinds.contains(&vote.is_secret())) {
                vote.add(act);
            }
        }
        let person_of = |device: &DeviceId| self.replica.person_of(device);
        let leads = |vote: &OneVote| leading.contains(&vote.opening.device());
        let led_now: BTreeSet<VoteId> = votes.iter().filter(|vote| leads(vote)).map(OneVote::id).collect();
        votes.retain(|vote| leads(vote) || (!led_now.contains(&vote.id()) && vote.is_answered(&person_of)));
        add_lead(&mut votes, acts);
        if votes.iter().any(OneVote::is_secret) {
            let by_hash: BTreeMap<Hash32, &VerifiedAct> =
                acts.iter().filter(|act| is_of_tellers(act.act())).map(|act| (act.hash(), act)).collect();
            let found = |hash: &Hash32| by_hash.get(hash).map(|act| (*act).clone());
            for vote in &mut votes {
                let cited = vote.secret_opening().map(|opening| opening.tellers.clone());
                if let Some(tellers) = cited {
                    vote.election = found(&tellers.election).filter(|act| election_in(act).is_some());
                    vote.ceremony = tellers.acts.iter().filter_map(found).collect();
                }
            }
            // Without its election nothing can be said of a secret vote: it is not here yet.
            votes.retain(|vote| !vote.is_secret() || vote.election.is_some());
        }
        votes.sort_by_key(|vote| std::cmp::Reverse((vote.opened_at(), vote.opening.hash())));
        Ok(votes)
    }

    /// The vote and the meeting it belongs to.
    pub fn find_vote(&mut self, id: &VoteId) -> Result<(SpaceId, OneVote), ApiError> {
        for space in self.replica.spaces_of(sync::control::SpaceKind::Meeting) {
            if let Some(vote) = self.votes_of(&space)?.into_iter().find(|vote| vote.id() == *id) {
                return Ok((space, vote));
            }
        }
        Err(not_found("vote"))
    }

    /// Counts.
    pub fn count(&self, vote: &OneVote) -> Result<Counted, ApiError> {
        if vote.is_secret() {
            return self.count_secret(vote).map(Counted::Secret);
        }
        let acts = VoteActs {
            opening: &vote.opening,
            ballots: &vote.ballots,
            closings: &vote.closings,
            acknowledgements: &vote.acknowledgements,
        };
        let record = count_verified(acts, |device| self.replica.person_of(device)).at_boundary()?;
        Ok(Counted::Open(Box::new(record)))
    }

    /// Counts a secret vote, or remembers the count if no act has come since.
    pub fn count_secret(&self, vote: &OneVote) -> Result<Arc<SecretRecord>, ApiError> {
        let election =
            vote.election.as_ref().ok_or_else(|| ApiError::new("tellers_unknown", "the election of the tellers is not here"))?;
        let sizes =
            [vote.ceremony.len(), vote.ballots.len(), vote.closings.len(), vote.acknowledgements.len(), vote.totals.len()];
        let opening = vote.opening.hash();
        let mut tally = self.tally.borrow_mut();
        if let Some((counted, record)) = tally.records.get(&opening)
            && *counted == sizes
        {
            return Ok(record.clone());
        }
        let acts = SecretActs {
            election,
            ceremony: &vote.ceremony,
            opening: &vote.opening,
            ballots: &vote.ballots,
            closings: &vote.closings,
            acknowledgements: &vote.acknowledgements,
            totals: &vote.totals,
        };
        let record = count_secret_verified(acts, |device| self.replica.person_of(device), &mut tally.checked).at_boundary()?;
        let record = Arc::new(record);
        tally.records.insert(opening, (sizes, record.clone()));
        Ok(record)
    }

    /// How far the key of an election is; remembered while tellers say nothing new.
    pub fn ceremony(&mut self, space: &SpaceId, election: &VerifiedAct) -> Result<Arc<CeremonyRecord>, ApiError> {
        self.acts_of(space)?;
        let acts = self.acts.get(space).map_or(&[][..], Vec::as_slice);
        let said = acts.iter().filter(|act| is_of_tellers(act.act())).count();
        let tally = self.tally.get_mut();
        if let Some((known, record)) = tally.ceremonies.get(&election.hash())
            && *known == said
        {
            return Ok(record.clone());
        }
        let record = Arc::new(judge_ceremony(election, acts).at_boundary()?);
        tally.ceremonies.insert(election.hash(), (said, record.clone()));
        Ok(record)
    }

    /// The signed acts behind verified ones, for an evidence file.
    pub fn signed_acts(&self, space: &SpaceId, of: &[VerifiedAct]) -> Result<Vec<SignedAct>, ApiError> {
        let wanted: BTreeSet<_> = of.iter().map(VerifiedAct::hash).collect();
        let all = self.replica.acts(&self.store, space).at_boundary()?;
        Ok(all.into_iter().map(|(_, act)| act).filter(|act| wanted.contains(&act.hash())).collect())
    }
}

fn is_opening(act: &Act) -> bool {
    matches!(act, Act::VoteOpened(_) | Act::SecretVoteOpened(_))
}

/// Elections and what tellers say while they make their key.
fn is_of_tellers(act: &Act) -> bool {
    matches!(act, Act::TellersElected(_) | Act::TellerKeyOffered(_) | Act::TellerDealt(_) | Act::TellerConfirmed(_))
}

/// Adds to each vote the takings of the lead that name it, those by which its opener led, the namings that these cite, and the words of
/// devices on the former.
fn add_lead(votes: &mut [OneVote], acts: &[VerifiedAct]) {
    let takings: BTreeMap<Hash32, (&LeadTaking, DeviceId)> = acts
        .iter()
        .filter_map(|act| match act.act() {
            Act::LeadTaken(taking) => Some((act.hash(), (taking, act.device()))),
            _ => None,
        })
        .collect();
    for vote in votes {
        let id = vote.id();
        let of_vote = |taking: &LeadTaking| taking.votes.contains(&id);
        // Where nobody took it the vote is what it would be without any of this.
        if !takings.values().any(|(taking, _)| of_vote(taking)) {
            continue;
        }
        let (opener, opened_at) = (vote.opening.device(), vote.opened_at());
        let by_opener = |taking: &LeadTaking, device: &DeviceId| *device == opener && taking.at <= opened_at;
        let namings: BTreeSet<Hash32> = takings
            .values()
            .filter(|(taking, device)| of_vote(taking) || by_opener(taking, device))
            .map(|(taking, _)| taking.naming)
            .collect();
        for act in acts {
            match act.act() {
                Act::LeadTaken(taking) if of_vote(taking) || by_opener(taking, &act.device()) => vote.closings.push(act.clone()),
                Act::DeputyNamed(_) if namings.contains(&act.hash()) => vote.closings.push(act.clone()),
                Act::LeadAcknowledged(word) if takings.get(&word.taking).is_some_and(|(taking, _)| of_vote(taking)) => {
                    vote.acknowledgements.push(act.clone());
                }
                _ => {}
            }
        }
    }
}

impl OneVote {
    fn opened_by(act: &VerifiedAct, space: &SpaceId) -> Option<Self> {
        let vote = Self {
            opening: act.clone(),
            ballots: Vec::new(),
            closings: Vec::new(),
            acknowledgements: Vec::new(),
            election: None,
            ceremony: Vec::new(),
            totals: Vec::new(),
        };
        vote.opened().is_some_and(|opening| opening.space == *space).then_some(vote)
    }

    fn add(&mut self, act: &VerifiedAct) {
        match act.act() {
            Act::VoteClosed(_) | Act::CloseDecided(_) => self.closings.push(act.clone()),
            Act::CloseAcknowledged(_) => self.acknowledgements.push(act.clone()),
            Act::TotalsOpened(_) => self.totals.push(act.clone()),
            _ => self.ballots.push(act.clone()),
        }
    }

    /// Question, rules and roll; of votes of both kinds.
    pub fn opened(&self) -> Option<&VoteOpening> {
        match self.opening.act() {
            Act::VoteOpened(opening) => Some(opening),
            Act::SecretVoteOpened(secret) => Some(&secret.opening),
            _ => None,
        }
    }

    /// The opening of a secret vote.
    pub fn secret_opening(&self) -> Option<&SecretOpening> {
        match self.opening.act() {
            Act::SecretVoteOpened(secret) => Some(secret),
            _ => None,
        }
    }

    /// Somebody has closed it, whether that holds or not.
    pub fn has_close(&self) -> bool {
        self.closings.iter().any(|act| matches!(act.act(), Act::VoteClosed(_)))
    }

    /// Somebody of the roll beside the opener has cast a ballot, entered one from paper, or acknowledged a close; or nobody else there has a device.
    fn is_answered(&self, person_of: &dyn Fn(&DeviceId) -> Option<PersonId>) -> bool {
        let Some(opening) = self.opened() else { return false };
        let (hash, opener) = (self.opening.hash(), person_of(&self.opening.device()));
        let others: BTreeSet<DeviceId> =
            opening.roll.iter().filter(|entry| Some(entry.person) != opener).filter_map(|entry| entry.device).collect();
        let by_another = |act: &VerifiedAct| others.contains(&act.device()) && person_of(&act.device()) != opener;
        let casts = |act: &VerifiedAct| match act.act() {
            Act::BallotCast(ballot) => ballot.opening == hash,
            Act::MarkedBallotCast(ballot) => ballot.opening == hash,
            Act::SecretBallotCast(ballot) => ballot.opening == hash,
            Act::PaperBallotEntered(entry) => entry.opening == hash,
            _ => false,
        };
        let closes = |name: &Hash32| {
            let is_close = |act: &VerifiedAct| matches!(act.act(), Act::VoteClosed(closing) if closing.opening == hash);
            self.closings.iter().any(|act| act.hash() == *name && is_close(act))
        };
        let acknowledges = |act: &VerifiedAct| match act.act() {
            Act::CloseAcknowledged(word) => {
                let decided = |act: &VerifiedAct| match act.act() {
                    Act::CloseDecided(decision) => act.hash() == word.closing && closes(&decision.closing),
                    _ => false,
                };
                closes(&word.closing) || self.closings.iter().any(decided)
            }
            _ => false,
        };
        others.is_empty()
            || self.ballots.iter().any(|act| by_another(act) && casts(act))
            || self.acknowledgements.iter().any(|act| by_another(act) && acknowledges(act))
    }

    /// The roll names this device.
    pub fn has_on_roll(&self, device: &DeviceId) -> bool {
        self.opened().is_some_and(|opening| opening.roll.iter().any(|entry| entry.device == Some(*device)))
    }

    /// Nobody learns who votes how.
    pub fn is_secret(&self) -> bool {
        self.secret_opening().is_some()
    }

    /// The vote's id.
    pub fn id(&self) -> VoteId {
        self.opened().map_or(VoteId([0; 16]), |opening| opening.vote)
    }

    fn opened_at(&self) -> Timestamp {
        self.opened().map_or(Timestamp(0), |opening| opening.opened_at)
    }
}
