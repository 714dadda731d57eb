//! Who leads a sitting when the device of its chair is gone: a deputy named beforehand, by terms that devices acknowledge.
//!
//! The rule is that of Paxos with one slot for each vote. A *term* is a number; term 0 of a vote is its opener's. A device that
//! acknowledges a taking of a later term promises to acknowledge nothing of earlier terms any more, and says what it has acknowledged
//! before. Whoever takes the lead may decide freely only where these words prove that no close was, or can still become, final; else the
//! close that could be is the one to decide on: [`proposal`]. Why no two results can both be final: `docs/decisions/0007`.

use std::collections::BTreeMap;

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};

use crate::id::{DeviceId, Hash32, PersonId, SpaceId, Timestamp, VoteId};
use crate::limits::{self, LimitError, ROLL};
use crate::vote::final_after;

/// Votes without a final result that one taking can name. A body has one, seldom two.
pub const TAKING_VOTES: usize = 64;
/// A term further than this beyond the last one that was reached is passed over: nobody uses up the terms, after which none could follow.
pub const TERMS_AHEAD: u32 = 1_024;

/// The chair says who takes over if the chair's device is gone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct DeputyNaming {
    /// The meeting.
    #[n(0)]
    pub space: SpaceId,
    /// Who; `None`: nobody any more.
    #[n(1)]
    pub deputy: Option<PersonId>,
    /// The naming that this one replaces: the longest chain holds, whatever the clocks say.
    #[n(2)]
    pub replaces: Option<Hash32>,
    /// When the device says so.
    #[n(3)]
    pub at: Timestamp,
}

/// A person of the roll with the device that speaks for this person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode)]
pub struct LeadSeat {
    /// Who.
    #[n(0)]
    pub person: PersonId,
    /// The device the person had checked in with.
    #[n(1)]
    pub device: DeviceId,
}

/// Somebody takes the lead: the deputy, or the chair who takes it back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct LeadTaking {
    /// The meeting.
    #[n(0)]
    pub space: SpaceId,
    /// From 1; later than every term that the taker knows of.
    #[n(1)]
    pub term: u32,
    /// The naming of the deputy.
    #[n(2)]
    pub naming: Hash32,
    /// Everybody with a vote who has checked in with a device, frozen; ascending, each person and device once.
    #[n(3)]
    pub seats: Vec<LeadSeat>,
    /// The votes without a final result that the taker decides from now on; ascending, each once. For each, its own frozen roll says
    /// whether the taking holds.
    #[n(4)]
    pub votes: Vec<VoteId>,
    /// When the device says so.
    #[n(5)]
    pub at: Timestamp,
}

impl LeadTaking {
    /// Checks number and order.
    ///
    /// # Errors
    /// Too many seats or votes, a list that is not in order, no term.
    pub fn validate(&self) -> Result<(), LimitError> {
        limits::at_least("term", 1, self.term as usize)?;
        limits::at_most("seats", ROLL, self.seats.len())?;
        limits::at_most("votes", TAKING_VOTES, self.votes.len())?;
        in_order("seats", &self.seats)?;
        in_order("votes", &self.votes)
    }

    /// How many devices of its seats make it hold for the sitting: more than half.
    pub fn needed(&self) -> u32 {
        final_after(u32::try_from(self.seats.len()).unwrap_or(u32::MAX - 1))
    }
}

/// What a device has acknowledged last of a vote, before it acknowledged a taking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, Encode, Decode)]
pub struct Accepted {
    /// The vote.
    #[n(0)]
    pub vote: VoteId,
    /// The opener's close, or the decision of an earlier term.
    #[n(1)]
    pub act: Hash32,
}

/// A device's word that it acknowledges nothing of earlier terms any more.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct LeadAcknowledgement {
    /// The meeting.
    #[n(0)]
    pub space: SpaceId,
    /// Hash of the taking.
    #[n(1)]
    pub taking: Hash32,
    /// Its term.
    #[n(2)]
    pub term: u32,
    /// What this device has acknowledged of the votes that the taking names; ascending.
    #[n(3)]
    pub accepted: Vec<Accepted>,
}

impl LeadAcknowledgement {
    /// Checks number and order.
    ///
    /// # Errors
    /// Too many, or not in order.
    pub fn validate(&self) -> Result<(), LimitError> {
        limits::at_most("accepted", TAKING_VOTES, self.accepted.len())?;
        let votes: Vec<VoteId> = self.accepted.iter().map(|accepted| accepted.vote).collect();
        in_order("accepted", &votes)
    }
}

/// Whoever has the lead says which close of a vote stands in this term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Encode, Decode)]
pub struct CloseDecision {
    /// The vote.
    #[n(0)]
    pub vote: VoteId,
    /// The taking by which its author has the lead.
    #[n(1)]
    pub taking: Hash32,
    /// The acknowledgements of the taking that this decision rests on, of more than half of the vote's devices; ascending, each once.
    #[n(2)]
    pub basis: Vec<Hash32>,
    /// The close: its author's own, or one that was made before.
    #[n(3)]
    pub closing: Hash32,
}

impl CloseDecision {
    /// Checks number and order.
    ///
    /// # Errors
    /// Too many, or not in order.
    pub fn validate(&self) -> Result<(), LimitError> {
        limits::at_most("basis", ROLL, self.basis.len())?;
        in_order("basis", &self.basis)
    }
}

fn in_order<T: Ord>(what: &'static str, list: &[T]) -> Result<(), LimitError> {
    let misplaced = list.windows(2).filter(|pair| pair[0] >= pair[1]).count();
    limits::at_most(what, 0, misplaced)
}

/// Which close may be decided on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proposal {
    /// Any: no close was or can become final in an earlier term.
    Free,
    /// This one: it may be final somewhere.
    Bound(Hash32),
    /// Of several one may be final, and these reports do not say which: more devices have to be heard.
    Undecided,
}

/// What a term may decide on, from the reports of devices that acknowledged its taking: for each the term and the close that it had
/// acknowledged last, if any. `devices` is the number of devices of the vote's roll; there must be reports of more than half of them.
///
/// Only the latest term among the reports matters: whoever decided in it was bound by what came before.
pub fn proposal(devices: u32, reports: &[Option<(u32, Hash32)>]) -> Proposal {
    let Some(latest) = reports.iter().flatten().map(|(term, _)| *term).max() else {
        return Proposal::Free;
    };
    let mut support: BTreeMap<Hash32, u32> = BTreeMap::new();
    for (_, closing) in reports.iter().flatten().filter(|(term, _)| *term == latest) {
        *support.entry(*closing).or_default() += 1;
    }
    // Term 0 has nothing before it, so a close that too few can have acknowledged binds nobody. In a later term the only close
    // stands for whatever was final before it.
    if latest > 0 && support.len() == 1 {
        return support.keys().next().map_or(Proposal::Free, |closing| Proposal::Bound(*closing));
    }
    let unheard = devices.saturating_sub(u32::try_from(reports.len()).unwrap_or(u32::MAX));
    let mut possible =
        support.iter().filter(|(_, count)| count.saturating_add(unheard) >= final_after(devices)).map(|(closing, _)| *closing);
    match (possible.next(), possible.next()) {
        (None, _) => Proposal::Free,
        (Some(closing), None) => Proposal::Bound(closing),
        (Some(_), Some(_)) => Proposal::Undecided,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const A: Hash32 = Hash32([1; 32]);
    const B: Hash32 = Hash32([2; 32]);

    #[test]
    fn who_hears_of_no_close_decides_freely() {
        assert_eq!(proposal(5, &[None, None, None]), Proposal::Free);
    }

    #[test]
    fn a_close_that_may_be_final_beyond_earshot_binds_and_one_that_cannot_be_does_not() {
        assert_eq!(proposal(5, &[Some((0, A)), None, None]), Proposal::Bound(A), "the two others may have it");
        assert_eq!(proposal(5, &[Some((0, A)), None, None, None]), Proposal::Free, "two are no majority of five");
        assert_eq!(proposal(5, &[Some((0, A)), Some((0, A)), None, None]), Proposal::Bound(A));
    }

    #[test]
    fn of_two_closes_that_may_be_final_none_is_chosen_until_more_devices_are_heard() {
        assert_eq!(proposal(5, &[Some((0, A)), Some((0, B)), None]), Proposal::Undecided);
        assert_eq!(proposal(5, &[Some((0, A)), Some((0, B)), Some((0, A)), None]), Proposal::Bound(A));
        assert_eq!(proposal(5, &[Some((0, A)), Some((0, B)), Some((0, A)), Some((0, B)), None]), Proposal::Free);
    }

    #[test]
    fn the_latest_term_binds_even_where_few_have_acknowledged_it() {
        assert_eq!(proposal(5, &[Some((0, A)), Some((2, B)), None, None, None]), Proposal::Bound(B));
    }

    #[test]
    fn a_list_out_of_order_or_a_taking_without_a_term_is_refused() {
        let seat = |number: u8| LeadSeat { person: PersonId([number; 16]), device: DeviceId([number; 32]) };
        let taking = LeadTaking {
            space: SpaceId([1; 16]),
            term: 1,
            naming: A,
            seats: vec![seat(1), seat(2)],
            votes: vec![VoteId([1; 16]), VoteId([2; 16])],
            at: Timestamp(0),
        };
        assert!(taking.validate().is_ok());
        assert!(LeadTaking { term: 0, ..taking.clone() }.validate().is_err());
        assert!(LeadTaking { seats: vec![seat(2), seat(1)], ..taking.clone() }.validate().is_err());
        assert!(LeadTaking { votes: vec![VoteId([1; 16]); 2], ..taking }.validate().is_err());
        assert!(CloseDecision { vote: VoteId([1; 16]), taking: A, basis: vec![B, A], closing: A }.validate().is_err());
    }
}
