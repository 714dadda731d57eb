//! The votes of a meeting, counted from its acts.

use domain::id::{SpaceId, VoteId};
use signing::vote::{VoteActs, count_verified};
use signing::{Act, SignedAct, VerifiedAct, VoteRecord};

use super::Core;
use crate::error::AtBoundary;
use api::error::ApiError;

/// The acts of one vote.
pub(crate) struct OneVote {
    /// The opening.
    pub opening: VerifiedAct,
    /// All ballots seen.
    pub ballots: Vec<VerifiedAct>,
    /// All closes seen.
    pub closings: Vec<VerifiedAct>,
    /// All acknowledgements seen.
    pub acknowledgements: Vec<VerifiedAct>,
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

    /// The votes of a meeting that were opened by someone who may, newest first.
    pub fn votes_of(&mut self, space: &SpaceId) -> Result<Vec<OneVote>, ApiError> {
        let openers: Vec<_> = {
            let chairs: Vec<_> = self
                .replica
                .access(space)
                .map(|access| access.members.iter().filter(|(_, role)| role.manages()).map(|(person, _)| *person).collect())
                .unwrap_or_default();
            self.replica
                .directory()
                .map(|directory| {
                    chairs.iter().flat_map(|person| directory.devices_of(person)).map(|certificate| certificate.device).collect()
                })
                .unwrap_or_default()
        };
        let acts = self.acts_of(space)?;
        let mut votes: Vec<OneVote> = Vec::new();
        for act in acts {
            if let Act::VoteOpened(opening) = act.act()
                && opening.space == *space
                && openers.contains(&act.device())
            {
                votes.push(OneVote {
                    opening: act.clone(),
                    ballots: Vec::new(),
                    closings: Vec::new(),
                    acknowledgements: Vec::new(),
                });
            }
        }
        for act in acts {
            let of = match act.act() {
                Act::BallotCast(ballot) => ballot.vote,
                Act::VoteClosed(closing) => closing.vote,
                Act::CloseAcknowledged(acknowledgement) => acknowledgement.vote,
                _ => continue,
            };
            let Some(vote) = votes.iter_mut().find(|vote| vote.id() == of) else {
                continue;
            };
            match act.act() {
                Act::BallotCast(_) => vote.ballots.push(act.clone()),
                Act::VoteClosed(_) => vote.closings.push(act.clone()),
                _ => vote.acknowledgements.push(act.clone()),
            }
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
        Err(crate::error::not_found("vote"))
    }

    /// Counts.
    pub fn count(&self, vote: &OneVote) -> Result<VoteRecord, ApiError> {
        let acts = VoteActs {
            opening: &vote.opening,
            ballots: &vote.ballots,
            closings: &vote.closings,
            acknowledgements: &vote.acknowledgements,
        };
        count_verified(acts, |device| self.replica.person_of(device)).at_boundary()
    }

    /// The signed acts behind verified ones, for an evidence file.
    pub fn signed_acts(&self, space: &SpaceId, of: &[VerifiedAct]) -> Result<Vec<SignedAct>, ApiError> {
        let wanted: std::collections::BTreeSet<_> = of.iter().map(VerifiedAct::hash).collect();
        let all = self.replica.acts(&self.store, space).at_boundary()?;
        Ok(all.into_iter().map(|(_, act)| act).filter(|act| wanted.contains(&act.hash())).collect())
    }
}

impl OneVote {
    /// The vote's id.
    pub fn id(&self) -> VoteId {
        match self.opening.act() {
            Act::VoteOpened(opening) => opening.vote,
            _ => VoteId([0; 16]),
        }
    }

    fn opened_at(&self) -> domain::id::Timestamp {
        match self.opening.act() {
            Act::VoteOpened(opening) => opening.opened_at,
            _ => domain::id::Timestamp(0),
        }
    }
}
