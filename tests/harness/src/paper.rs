//! Ballots on paper: who enters and who witnesses them.
#![allow(clippy::expect_used, reason = "a room is for tests: what cannot be done there ends the test with its reason")]

use domain::id::{SpaceId, VoteId};
use domain::meeting::MeetingRole;
use domain::vote::{Choice, PaperBallot, PaperTerms, PaperWitness};
use signing::{Act, SignedAct};
use sync::{DocRef, LocalError};

use crate::room::Room;

impl Room {
    /// As [`Self::open_vote`], where these people are present without their devices and secretaries may enter paper ballots.
    pub fn open_vote_with_paper(&mut self, chair: &str, space: SpaceId, profile: &str, without_device: &[&str]) -> VoteId {
        let present = without_device.iter().map(|name| self.person(name)).collect();
        let members = &self.replica(chair).access(&space).expect("in the meeting").members;
        let clerks = members.iter().filter(|(_, role)| **role == MeetingRole::Secretary).map(|(person, _)| *person).collect();
        self.open_vote_on(chair, space, profile, Some(PaperTerms { clerks, present }))
    }

    /// Somebody enters what is on somebody's paper ballot.
    ///
    /// # Errors
    /// [`LocalError`] if the meeting's document is not theirs to write.
    pub fn enter_paper(
        &mut self,
        name: &str,
        space: SpaceId,
        vote: VoteId,
        voter: &str,
        choice: Choice,
    ) -> Result<SignedAct, LocalError> {
        let record = self.tally(name, space, vote).ok_or(LocalError::NoSuchSpace)?;
        let (voter, entered_at) = (self.person(voter), record.opening.opened_at);
        let entry = PaperBallot { vote, opening: record.opening_hash, voter, choice, entered_at, replaces: None };
        self.act(name, DocRef::meeting(space), Act::PaperBallotEntered(entry))
    }

    /// Somebody says that an entry says what the paper says.
    ///
    /// # Errors
    /// [`LocalError`] if they have no seat.
    pub fn witness_paper(
        &mut self,
        name: &str,
        space: SpaceId,
        vote: VoteId,
        entry: &SignedAct,
    ) -> Result<SignedAct, LocalError> {
        let witnessed_at = self.tally(name, space, vote).ok_or(LocalError::NoSuchSpace)?.opening.opened_at;
        let seat = DocRef::seat(space, &self.person(name));
        self.act(name, seat, Act::PaperBallotWitnessed(PaperWitness { vote, entry: entry.hash(), witnessed_at }))
    }
}
