//! Who leads a sitting and decides its votes, and what this device has to say about it by itself.

use std::collections::BTreeMap;

use api::error::ApiError;
use domain::id::{DeviceId, Hash32, PersonId, SpaceId, VoteId};
use domain::lead::{LeadAcknowledgement, LeadTaking};
use domain::meeting::MeetingRole;
use domain::vote::CloseAcknowledgement;
use signing::lead::{Lead, LeadWitness, chairs_of, lead, left_by, takings_due};
use signing::vote::Deciding;
use signing::{Act, VerifiedAct};
use sync::DocRef;
use sync::port::{Cx, Effects};

use super::react::mirror_acts;
use super::votes::OneVote;
use super::{Core, Counted};
use crate::error::AtBoundary;

impl Core {
    /// Who leads a sitting.
    pub fn lead(&mut self, space: &SpaceId) -> Result<Lead, ApiError> {
        self.acts_of(space)?;
        Ok(self.known_lead(space))
    }

    /// As [`Self::lead`], from the acts of the space that are in memory: all of them once anybody has asked for any.
    pub fn known_lead(&self, space: &SpaceId) -> Lead {
        let witness = LeadWitness {
            person: &|device| self.undoubted(device),
            chairs: &|person| self.role_of(space, person) == Some(MeetingRole::Chair),
            chaired: &|person| self.replica.access(space).is_some_and(|access| access.chaired.contains(person)),
        };
        lead(self.known_acts(space), space, &witness)
    }

    /// Whose a device is, unless somebody else certified it in that person's name: it names no deputy and takes nothing.
    fn undoubted(&self, device: &DeviceId) -> Option<PersonId> {
        let doubted = self.replica.directory().is_some_and(|directory| directory.is_doubted(device));
        self.replica.person_of(device).filter(|_| !doubted)
    }

    /// The acts of a space that are in memory.
    pub fn known_acts(&self, space: &SpaceId) -> &[VerifiedAct] {
        self.acts.get(space).map_or(&[], Vec::as_slice)
    }

    /// The closes of a vote and who decides it.
    pub fn deciding<'v>(&self, vote: &'v OneVote) -> Result<Deciding<'v>, ApiError> {
        let person_of = |device: &DeviceId| self.replica.person_of(device);
        signing::vote::deciding(&vote.opening, &vote.closings, &vote.acknowledgements, person_of).at_boundary()
    }

    /// The device that decides a vote: its opener's, or that of who has taken the lead.
    pub fn decider(&self, vote: &OneVote) -> DeviceId {
        self.deciding(vote).map_or(vote.opening.device(), |deciding| deciding.decider())
    }

    /// This device decides the vote, and nobody has closed it.
    pub(super) fn awaits_close(&self, vote: &OneVote) -> bool {
        !vote.has_close() && self.decider(vote) == self.replica.device()
    }

    /// Where chair, secretary, or who leads in their place, says something of the sitting.
    pub fn leading_document(&self, space: &SpaceId) -> Result<DocRef, ApiError> {
        let me = self.me()?;
        let manages = self.role_of(space, &me).is_some_and(MeetingRole::manages);
        Ok(if manages { DocRef::meeting(*space) } else { DocRef::seat(*space, &me) })
    }

    /// The votes whose result is not final and that a naming by this chair hands on, in the order of their ids.
    pub fn undecided_votes(&mut self, space: &SpaceId, chair: &PersonId) -> Result<Vec<VoteId>, ApiError> {
        let votes = self.votes_of(space)?;
        let person_of = |device: &DeviceId| self.replica.person_of(device);
        let acts = self.known_acts(space);
        let mut open: Vec<VoteId> = votes
            .iter()
            .filter(|vote| {
                let opener = vote.opening.device();
                vote.opened().is_some_and(|opening| chairs_of(&opener, opening, acts, &person_of).contains(chair))
            })
            .filter(|vote| !self.count(vote).as_ref().is_ok_and(Counted::is_final))
            .map(OneVote::id)
            .collect();
        open.sort_unstable();
        open.dedup();
        Ok(open)
    }

    /// A device acknowledges who has taken the lead, and the first close or decision of each term that it sees; who leads decides on what
    /// was closed before. Each word rests on what is durable, so they are said one kind after the other.
    pub(super) fn say_of_lead(&mut self, space: &SpaceId) -> Result<Effects, ApiError> {
        let Some(person) = self.replica.me().map(|me| me.person) else {
            return Ok(Effects::default());
        };
        let votes = self.votes_of(space)?;
        let mut acts = self.takings_to_acknowledge(space, &votes);
        if acts.is_empty() {
            acts = self.closes_to_acknowledge(&votes);
        }
        if acts.is_empty() {
            acts = self.earlier_closes_to_decide(&votes);
        }
        if acts.is_empty() {
            return Ok(Effects::default());
        }
        let now = self.now();
        let mut cx = Cx { now, rng: &mut self.rng, shelf: &self.store };
        match self.replica.transact(&mut cx, DocRef::seat(*space, &person), &acts, mirror_acts) {
            Ok((_, _, fx)) => Ok(fx),
            Err(error) => {
                tracing::warn!(%error, "a close could not be acknowledged");
                Ok(Effects::default())
            }
        }
    }

    fn takings_to_acknowledge(&self, space: &SpaceId, votes: &[OneVote]) -> Vec<Act> {
        let device = self.replica.device();
        let acts = self.known_acts(space);
        let by_id: BTreeMap<VoteId, Deciding<'_>> =
            votes.iter().filter_map(|vote| Some((vote.id(), self.deciding(vote).ok()?))).collect();
        let left = by_id.values().map(|deciding| deciding.left(&device)).fold(left_by(acts, space, &device), u32::max);
        let concerned = |taking: &LeadTaking| {
            taking.seats.iter().any(|seat| seat.device == device)
                || votes.iter().any(|vote| taking.votes.contains(&vote.id()) && vote.has_on_roll(&device))
        };
        let witness = LeadWitness {
            person: &|device| self.undoubted(device),
            chairs: &|person| self.role_of(space, person) == Some(MeetingRole::Chair),
            chaired: &|person| self.replica.access(space).is_some_and(|access| access.chaired.contains(person)),
        };
        let due = takings_due(acts, space, left, &concerned, &witness);
        let word = |(taking, body): (Hash32, &LeadTaking)| {
            let accepted = body.votes.iter().filter_map(|vote| by_id.get(vote)?.accepted(&device)).collect();
            Act::LeadAcknowledged(LeadAcknowledgement { space: *space, taking, term: body.term, accepted })
        };
        due.into_iter().map(word).collect()
    }

    fn closes_to_acknowledge(&self, votes: &[OneVote]) -> Vec<Act> {
        let device = self.replica.device();
        let due = votes.iter().filter_map(|vote| {
            let closing = self.deciding(vote).ok()?.due(&device)?;
            Some(Act::CloseAcknowledged(CloseAcknowledgement { vote: vote.id(), closing }))
        });
        due.collect()
    }

    /// Who has taken the lead lets stand what was closed before, without being asked.
    fn earlier_closes_to_decide(&self, votes: &[OneVote]) -> Vec<Act> {
        let device = self.replica.device();
        let due = votes.iter().filter_map(|vote| {
            let deciding = self.deciding(vote).ok()?;
            let decidable = deciding.decidable(&device)?;
            let closing = deciding.earlier(&decidable)?;
            Some(decidable.decide(vote.id(), closing))
        });
        due.collect()
    }
}
