//! What the device of a teller does by itself: its three words in the key ceremony, its share of the totals of a final close,
//! and forgetting its secret once the minutes are signed.
//!
//! Nobody is asked in between: what a device says here is fixed by what it has seen, and a person who has to press a button three times only makes
//! the others wait (docs/decisions/0006-tellers-devices-act-alone.md). The one thing that is asked is whether totals are to be opened of a close
//! that leaves out ballots.

use std::collections::{BTreeMap, BTreeSet};

use api::error::ApiError;
use domain::id::{Hash32, PersonId, SpaceId, VoteId};
use domain::vote::TellerElection;
use signing::secret::{CeremonyStage, SecretRecord, TellerError, TellerSecret, Totals, confirm, deal, offer};
use signing::{Act, BallotStatus, VerifiedAct, VoteState};
use sync::DocRef;
use sync::port::{Cx, Effects, Shelf, Write};
use zeroize::{Zeroize, Zeroizing};

use super::Core;
use super::react::mirror_acts;
use super::votes::OneVote;
use crate::error::AtBoundary;
use crate::use_cases::is_signed;

/// Under this and the election's hash the one secret of a teller is kept, in the encrypted database. Empty: it was erased for good.
const META_SECRET: &str = "secret/teller/";
/// Elections of one meeting in which a device takes part, the newest ones.
const ELECTIONS_MAX: usize = 32;

/// What is to be done about the totals of a vote by the device of a teller.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Due {
    /// Nothing: no teller, not final, given already, opened already.
    Nothing,
    /// The share can be given.
    Share,
    /// The teller has to say first whether it is to be given: the close leaves out somebody's ballot.
    Question,
}

fn key_of(election: &Hash32) -> String {
    format!("{META_SECRET}{election}")
}

/// Wipes what was written of tellers' secrets from memory.
pub(super) fn wipe_secrets(writes: &mut [Write]) {
    for write in writes {
        if let Write::Meta { key, value } = write
            && key.starts_with(META_SECRET)
        {
            value.zeroize();
        }
    }
}

/// The election that an act declares.
pub(crate) fn election_in(act: &VerifiedAct) -> Option<&TellerElection> {
    match act.act() {
        Act::TellersElected(election) => Some(election),
        _ => None,
    }
}

impl Core {
    /// The elections of tellers in a meeting by those who lead it, and those that a vote cites whoever leads by now, newest first.
    pub fn elections_of(&mut self, space: &SpaceId) -> Result<Vec<VerifiedAct>, ApiError> {
        let leading = self.leading_devices(space)?;
        let declared = |act: &&VerifiedAct| election_in(act).is_some_and(|election| election.space == *space);
        let mut elections: Vec<VerifiedAct> = self.acts_of(space)?.iter().filter(declared).cloned().collect();
        if elections.iter().any(|act| !leading.contains(&act.device())) {
            let votes = self.votes_of(space)?;
            let cited: BTreeSet<Hash32> = votes.iter().filter_map(|vote| Some(vote.election.as_ref()?.hash())).collect();
            elections.retain(|act| leading.contains(&act.device()) || cited.contains(&act.hash()));
        }
        elections.sort_by_key(|act| std::cmp::Reverse((election_in(act).map(|election| election.elected_at), act.hash())));
        Ok(elections)
    }

    /// Does what this device, if it is a teller's, can do now.
    pub(super) fn serve_as_teller(&mut self, space: &SpaceId) -> Result<Effects, ApiError> {
        let mut fx = Effects::default();
        let Some(person) = self.replica.me().map(|me| me.person) else {
            return Ok(fx);
        };
        let device = self.replica.device();
        let mut mine = self.elections_of(space)?;
        mine.retain(|act| {
            election_in(act)
                .is_some_and(|election| election.tellers.iter().any(|seat| seat.device == device && seat.person == person))
        });
        mine.truncate(ELECTIONS_MAX);
        for election in &mine {
            if !self.settled.contains(&election.hash()) {
                fx.append(self.next_word(space, &person, election)?);
            }
        }
        if !mine.is_empty() {
            fx.append(self.give_shares(space, &person)?);
        }
        Ok(fx)
    }

    /// This device's next word in a key ceremony, if it is its turn.
    fn next_word(&mut self, space: &SpaceId, person: &PersonId, election: &VerifiedAct) -> Result<Effects, ApiError> {
        let device = self.replica.device();
        let record = self.ceremony(space, election)?;
        let hash = record.election_hash;
        if matches!(record.stage, CeremonyStage::Ready(_) | CeremonyStage::Void) {
            self.settled.insert(hash);
        }
        if record.has_spoken(&device) {
            return Ok(Effects::default());
        }
        let stored = self.store.meta(&key_of(&hash)).at_boundary()?.map(Zeroizing::new);
        let mut kept = None;
        let word = match (&record.stage, stored) {
            // A second offer with another secret would be two things said in one round.
            (CeremonyStage::Offers(_), Some(_)) => Err(TellerError::NotTheTurn),
            (CeremonyStage::Offers(_), None) if self.was_restored_in(space) => Err(TellerError::WrongSecret),
            (CeremonyStage::Offers(_), None) => {
                offer(&record.election, &hash, &device, &mut self.rng).map(|(secret, offered)| {
                    kept = Some(secret);
                    Act::TellerKeyOffered(offered)
                })
            }
            // Without its secret the device could not confirm what it would make the others wait for.
            (CeremonyStage::Dealings(_), Some(bytes)) if !bytes.is_empty() => {
                deal(&record, &device, &mut self.rng).map(Act::TellerDealt)
            }
            (CeremonyStage::Confirmations(_), Some(bytes)) => TellerSecret::from_secret_bytes(&bytes)
                .and_then(|secret| confirm(&record, &device, &secret, &mut self.rng))
                .map(Act::TellerConfirmed),
            _ => Err(TellerError::WrongSecret),
        };
        let word = match word {
            Ok(word) => word,
            Err(error) => {
                tracing::warn!(%error, election = %hash.short(), "this device cannot go on in the key ceremony");
                self.settled.insert(hash);
                return Ok(Effects::default());
            }
        };
        let mut fx = self.say_as_teller(space, person, word);
        if let Some(secret) = kept.filter(|_| !fx.writes.is_empty()) {
            // The same transaction as the offer: it is never published without its secret being durable.
            fx.writes.push(Write::Meta { key: key_of(&hash), value: secret.to_secret_bytes().to_vec() });
        }
        Ok(fx)
    }

    /// The profile was restored from a backup, or its disk was put back, after it had written in this meeting: it may have offered before and
    /// not know it any more.
    fn was_restored_in(&self, space: &SpaceId) -> bool {
        // Not the log that the profile was opened with: the replica begins a new one as soon as somebody remembers more.
        let own = (self.replica.device(), self.replica.incarnation());
        let logs = self.replica.spaces().find(|state| state.id == *space).map(|state| &state.logs);
        logs.is_some_and(|logs| logs.keys().any(|(device, incarnation)| *device == own.0 && *incarnation != own.1))
    }

    /// Gives the shares of totals that are due and need no question.
    fn give_shares(&mut self, space: &SpaceId, person: &PersonId) -> Result<Effects, ApiError> {
        let mut fx = Effects::default();
        for vote in self.votes_of(space)?.iter().filter(|vote| vote.is_secret() && vote.has_close()) {
            let Ok(record) = self.count_secret(vote) else { continue };
            if self.due(vote, &record) == Due::Share {
                match self.share(&record) {
                    Ok(share) => fx.append(self.say_as_teller(space, person, share)),
                    Err(error) => tracing::warn!(%error, vote = %vote.id(), "this device cannot open the result"),
                }
            }
        }
        Ok(fx)
    }

    /// What this device has to do about the totals of a vote.
    pub fn due(&self, vote: &OneVote, record: &SecretRecord) -> Due {
        let device = self.replica.device();
        let VoteState::Closed { closing_hash, .. } = record.state else {
            return Due::Nothing;
        };
        let given = vote.totals.iter().any(|act| {
            act.device() == device && matches!(act.act(), Act::TotalsOpened(opened) if opened.closing == closing_hash)
        });
        if record.ceremony.election.place_of(&device).is_none() || given || !matches!(record.totals, Totals::Waiting { .. }) {
            return Due::Nothing;
        }
        // Whoever is left out makes the crowd smaller in which the others hide.
        let leaves_out = record.ballots.iter().any(|line| line.status == BallotStatus::Late);
        if leaves_out { Due::Question } else { Due::Share }
    }

    /// This teller's share of the totals of a final close, as an act.
    fn share(&mut self, record: &SecretRecord) -> Result<Act, ApiError> {
        let secret = self.teller_secret(&record.ceremony.election_hash)?;
        let opened = record.open_totals(&self.replica.device(), &secret, &mut self.rng).at_boundary()?;
        opened.map(Act::TotalsOpened).ok_or_else(|| ApiError::new("totals_not_due", "there is nothing to open"))
    }

    /// The teller says that the totals are to be opened although ballots are left out.
    pub fn open_totals(&mut self, id: &VoteId) -> Result<(), ApiError> {
        let me = self.me()?;
        let (space, vote) = self.find_vote(id)?;
        if !vote.is_secret() {
            return Err(ApiError::new("vote_not_secret", "an open vote has no tellers"));
        }
        let record = self.count_secret(&vote)?;
        if record.ceremony.election.place_of(&self.replica.device()).is_none() {
            return Err(TellerError::NotATeller).at_boundary();
        }
        match (&record.totals, self.due(&vote, &record)) {
            (Totals::TooFewBallots, _) => Err(ApiError::new("too_few_ballots", "too few ballots are counted")),
            (Totals::NotYet | Totals::Void, _) => Err(ApiError::new("totals_not_due", "the close is not final")),
            (Totals::Waiting { .. } | Totals::Open(_), Due::Nothing) => Ok(()),
            _ => {
                let share = self.share(&record)?;
                self.act_in(DocRef::seat(space, &me), share).map(|_| ())
            }
        }
    }

    fn teller_secret(&self, election: &Hash32) -> Result<TellerSecret, ApiError> {
        let stored = self.store.meta(&key_of(election)).at_boundary()?.map(Zeroizing::new);
        TellerSecret::from_secret_bytes(stored.as_deref().map_or(&[][..], Vec::as_slice)).at_boundary()
    }

    /// Signs a teller's word into the own seat. What cannot be said now is said when something has changed.
    fn say_as_teller(&mut self, space: &SpaceId, person: &PersonId, word: Act) -> Effects {
        let now = self.now();
        let mut cx = Cx { now, rng: &mut self.rng, shelf: &self.store };
        match self.replica.transact(&mut cx, DocRef::seat(*space, person), &[word], mirror_acts) {
            Ok((_, _, fx)) => fx,
            Err(error) => {
                tracing::warn!(%error, "a teller's word could not be said");
                Effects::default()
            }
        }
    }

    /// Once the minutes are signed and nothing waits to be opened, a teller's secret is erased: nobody can open anything with it any more.
    pub(super) fn forget_teller_secrets(&mut self, space: &SpaceId) -> Result<Effects, ApiError> {
        let mut fx = Effects::default();
        let mut kept: BTreeMap<Hash32, bool> = BTreeMap::new();
        for election in self.elections_of(space)?.iter().take(ELECTIONS_MAX).map(VerifiedAct::hash) {
            let stored = self.store.meta(&key_of(&election)).at_boundary()?.map(Zeroizing::new);
            if stored.is_some_and(|secret| !secret.is_empty()) {
                kept.insert(election, false);
            }
        }
        if kept.is_empty() || !self.meeting(space).is_ok_and(|meeting| meeting.minutes.last().is_some_and(is_signed)) {
            return Ok(fx);
        }
        for vote in self.votes_of(space)?.iter().filter(|vote| vote.is_secret()) {
            if let Ok(record) = self.count_secret(vote)
                && matches!(record.totals, Totals::NotYet | Totals::Waiting { .. })
                && let Some(needed) = kept.get_mut(&record.ceremony.election_hash)
            {
                *needed = true;
            }
        }
        for (election, _) in kept.into_iter().filter(|(_, needed)| !needed) {
            self.settled.insert(election);
            fx.writes.push(Write::Meta { key: key_of(&election), value: Vec::new() });
        }
        Ok(fx)
    }
}
