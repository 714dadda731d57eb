//! The rules of the count.

use std::collections::{BTreeMap, BTreeSet};

use domain::id::{DeviceId, Hash32, PersonId};
use domain::vote::{Ballot, VoteClosing, VoteOpening, final_after, tally};

use super::chain::VoterChain;
use super::{BallotLine, BallotStatus, VoteError, VoteProblem, VoteRecord, VoteState};
use crate::act::{Act, ActError, SignedAct, VerifiedAct};
use crate::defect::{self, Defect};
use crate::limits::VOTE_ACTS;

/// The acts of one vote. `A` is [`SignedAct`] as they travel, or [`VerifiedAct`] once their signatures are checked.
#[derive(Debug)]
pub struct VoteActs<'a, A> {
    /// The act that opens the vote.
    pub opening: &'a A,
    /// All ballots seen, also those that will not count.
    pub ballots: &'a [A],
    /// All closes seen.
    pub closings: &'a [A],
    /// All acknowledgements seen.
    pub acknowledgements: &'a [A],
}

/// Checks the signature of every act and counts. `person_of` says whose device it is (`None`: no certificate known).
///
/// - A ballot counts only if it is from a person and a device of the roll and cites the hash of the opening.
/// - A later ballot takes the place of an earlier one if it cites it, nobody else cites it, and the profile allows changes.
///   Ballots of one device that do not form one such chain are evidence: while the vote is open none of them counts.
/// - A close holds only if the device that opened the vote signed it; from then on exactly what it names counts, as long as
///   it may. A ballot by which a voter contradicts their own named ballot afterwards is shown and changes nothing.
/// - Of two closes the one holds that more than half of the roll's devices acknowledge; a device that has acknowledged two
///   has acknowledged none.
///
/// # Errors
/// [`VoteError`] if the opening does not hold; whatever is wrong with other acts is a problem in the record.
pub fn count(acts: VoteActs<'_, SignedAct>, person_of: impl Fn(&DeviceId) -> Option<PersonId>) -> Result<VoteRecord, VoteError> {
    let opening = acts.opening.verified()?;
    let mut problems = BTreeSet::new();
    let mut verified = |acts: &[SignedAct]| -> Result<Vec<VerifiedAct>, VoteError> {
        within_limit(acts)?;
        let mut good = Vec::with_capacity(acts.len());
        for act in acts {
            match act.verified() {
                Ok(act) => good.push(act),
                Err(ActError::BadSignature) => {
                    problems.insert(VoteProblem::ForgedAct { act: act.hash(), device: act.device });
                }
                Err(_) => {
                    problems.insert(VoteProblem::UnexpectedAct { act: act.hash(), device: act.device });
                }
            }
        }
        Ok(good)
    };
    let ballots = verified(acts.ballots)?;
    let closings = verified(acts.closings)?;
    let acknowledgements = verified(acts.acknowledgements)?;
    let acts = VoteActs { opening: &opening, ballots: &ballots, closings: &closings, acknowledgements: &acknowledgements };
    Count::of(acts, person_of, problems)
}

/// As [`count()`], for acts whose signatures have been checked before.
///
/// # Errors
/// As [`count()`].
pub fn count_verified(
    acts: VoteActs<'_, VerifiedAct>,
    person_of: impl Fn(&DeviceId) -> Option<PersonId>,
) -> Result<VoteRecord, VoteError> {
    Count::of(acts, person_of, BTreeSet::new())
}

fn within_limit<T>(acts: &[T]) -> Result<(), VoteError> {
    if acts.len() > VOTE_ACTS { Err(VoteError::TooMany(acts.len())) } else { Ok(()) }
}

/// Position of an entry on the roll.
type Seat = usize;

struct Count<'a> {
    opening: &'a VoteOpening,
    hash: Hash32,
    chair: DeviceId,
    /// Devices whose ballots can count.
    seats: BTreeMap<DeviceId, Seat>,
    people: BTreeMap<PersonId, Seat>,
    problems: BTreeSet<VoteProblem>,
}

impl<'a> Count<'a> {
    fn of(
        acts: VoteActs<'a, VerifiedAct>,
        person_of: impl Fn(&DeviceId) -> Option<PersonId>,
        problems: BTreeSet<VoteProblem>,
    ) -> Result<VoteRecord, VoteError> {
        for acts in [acts.ballots, acts.closings, acts.acknowledgements] {
            within_limit(acts)?;
        }
        let Act::VoteOpened(opening) = acts.opening.act() else {
            return Err(VoteError::NotAnOpening);
        };
        let mut count = Count {
            opening,
            hash: acts.opening.hash(),
            chair: acts.opening.device(),
            seats: BTreeMap::new(),
            people: BTreeMap::new(),
            problems,
        };
        count.read_roll(&person_of);
        Ok(count.run(acts, person_of))
    }

    fn read_roll(&mut self, person_of: impl Fn(&DeviceId) -> Option<PersonId>) {
        let mut chairs = 0;
        let mut ambiguous = BTreeSet::new();
        for (seat, entry) in self.opening.roll.iter().enumerate() {
            chairs += u32::from(entry.chair);
            let mut sound = !(entry.chair && chairs > 1);
            sound &= self.people.insert(entry.person, seat).is_none();
            if let Some(device) = entry.device {
                if person_of(&device).is_some_and(|person| person != entry.person) {
                    self.problems.insert(VoteProblem::RollDeviceMismatch { name: entry.name.clone() });
                } else if self.seats.insert(device, seat).is_some() {
                    ambiguous.insert(device);
                    sound = false;
                }
            }
            if !sound {
                self.problems.insert(VoteProblem::RollMalformed { name: entry.name.clone() });
            }
        }
        self.seats.retain(|device, _| !ambiguous.contains(device));
    }

    fn name(&self, seat: Seat) -> String {
        self.opening.roll.get(seat).map(|entry| entry.name.clone()).unwrap_or_default()
    }

    fn unexpected(&mut self, act: &VerifiedAct) {
        self.problems.insert(VoteProblem::UnexpectedAct { act: act.hash(), device: act.device() });
    }

    fn run(mut self, acts: VoteActs<'a, VerifiedAct>, person_of: impl Fn(&DeviceId) -> Option<PersonId>) -> VoteRecord {
        let ballots = self.ballots(acts.ballots);
        let closings = self.closings(acts.closings);
        let mut missing_closings = BTreeSet::new();
        let acknowledged = self.acknowledgements(acts.acknowledgements);
        let seen: BTreeSet<Hash32> = acts.closings.iter().map(VerifiedAct::hash).collect();
        missing_closings.extend(acknowledged.keys().filter(|closing| !seen.contains(closing)));
        if closings.len() > 1 {
            self.problems.insert(VoteProblem::TwoClosings);
        }
        let support = |closing: &Hash32| acknowledged.get(closing).copied().unwrap_or(0);
        // Ascending by hash and strictly more support to win: of equals the lower hash stays.
        let closing =
            closings.iter().map(|(hash, closing)| (hash, *closing)).fold(None, |best: Option<(&Hash32, &VoteClosing)>, next| {
                match best {
                    Some(best) if defect::is(Defect::CloseByClock) => {
                        Some(if best.1.closed_at <= next.1.closed_at { best } else { next })
                    }
                    Some(best) if support(best.0) >= support(next.0) => Some(best),
                    _ => Some(next),
                }
            });
        let acknowledgements = closing.map_or(0, |(hash, _)| support(hash));

        let mut missing_ballots = BTreeSet::new();
        let status = self.judge(&ballots, closing.map(|(_, closing)| closing), &mut missing_ballots);

        let mut lines: Vec<(Seat, BallotLine)> = ballots
            .iter()
            .map(|(hash, (device, ballot))| {
                let seat = self.seats.get(device).copied();
                let person =
                    seat.and_then(|seat| self.opening.roll.get(seat)).map(|entry| entry.person).or_else(|| person_of(device));
                let seat = seat.or_else(|| person.and_then(|person| self.people.get(&person).copied()));
                let status = status.get(hash).copied().unwrap_or(match seat {
                    Some(_) => BallotStatus::NotCountedWrongDevice,
                    None => BallotStatus::NotOnRoll,
                });
                let name = seat.map(|seat| self.name(seat)).unwrap_or_default();
                let line = BallotLine {
                    person,
                    name,
                    device: *device,
                    choice: ballot.choice,
                    cast_at: ballot.cast_at,
                    hash: *hash,
                    status,
                };
                (seat.unwrap_or(usize::MAX), line)
            })
            .collect();
        lines.sort_by_key(|(seat, line)| (*seat, line.cast_at, line.hash));
        let lines: Vec<BallotLine> = lines.into_iter().map(|(_, line)| line).collect();

        if let Some((_, closing)) = closing {
            // The list is in ascending order: only such a close is looked at.
            for line in lines
                .iter()
                .filter(|line| line.status != BallotStatus::Counts && closing.ballots.binary_search(&line.hash).is_ok())
            {
                self.problems.insert(VoteProblem::NamedBallotInvalid { act: line.hash, status: line.status });
            }
        }
        let counted: Vec<_> = lines
            .iter()
            .filter(|line| line.status == BallotStatus::Counts)
            .filter_map(|line| Some((line.person?, line.choice)))
            .collect();
        let roll_devices = self.opening.roll.iter().filter(|entry| entry.device.is_some()).count();
        let acknowledgements_needed = final_after(u32::try_from(roll_devices).unwrap_or(u32::MAX));
        VoteRecord {
            opening: self.opening.clone(),
            opening_hash: self.hash,
            opened_by: self.chair,
            state: closing.map_or(VoteState::Open, |(hash, closing)| VoteState::Closed {
                closing_hash: *hash,
                closed_at: closing.closed_at,
            }),
            outcome: tally(self.opening, &counted),
            ballots: lines,
            acknowledgements,
            acknowledgements_needed,
            final_: closing.is_some() && missing_ballots.is_empty() && acknowledgements >= acknowledgements_needed,
            missing_ballots: missing_ballots.into_iter().collect(),
            missing_closings: missing_closings.into_iter().collect(),
            problems: self.problems.into_iter().collect(),
        }
    }

    /// The ballots among the acts, each once.
    fn ballots(&mut self, acts: &[VerifiedAct]) -> BTreeMap<Hash32, (DeviceId, Ballot)> {
        let mut ballots = BTreeMap::new();
        for act in acts {
            match act.act() {
                Act::BallotCast(ballot) => {
                    ballots.insert(act.hash(), (act.device(), *ballot));
                }
                _ => self.unexpected(act),
            }
        }
        ballots
    }

    /// The closes that could hold.
    fn closings<'c>(&mut self, acts: &'c [VerifiedAct]) -> BTreeMap<Hash32, &'c VoteClosing> {
        let mut closings = BTreeMap::new();
        for act in acts {
            let Act::VoteClosed(closing) = act.act() else {
                self.unexpected(act);
                continue;
            };
            if act.device() != self.chair {
                self.problems.insert(VoteProblem::CloseByOther { act: act.hash(), device: act.device() });
            } else if closing.vote != self.opening.vote
                || closing.opening != self.hash
                || !closing.ballots.is_sorted_by(|a, b| a < b)
            {
                self.problems.insert(VoteProblem::CloseMalformed { act: act.hash() });
            } else {
                closings.insert(act.hash(), closing);
            }
        }
        closings
    }

    /// Per close, the number of devices of the roll that stand by it and no other.
    fn acknowledgements(&mut self, acts: &[VerifiedAct]) -> BTreeMap<Hash32, u32> {
        let mut by_device: BTreeMap<DeviceId, BTreeSet<Hash32>> = BTreeMap::new();
        for act in acts {
            match act.act() {
                Act::CloseAcknowledged(acknowledgement) if acknowledgement.vote == self.opening.vote => {
                    if self.seats.contains_key(&act.device()) {
                        by_device.entry(act.device()).or_default().insert(acknowledgement.closing);
                    }
                }
                _ => self.unexpected(act),
            }
        }
        let mut support = BTreeMap::new();
        for (device, closings) in by_device {
            if closings.len() == 1 {
                closings.into_iter().for_each(|closing| *support.entry(closing).or_insert(0) += 1);
            } else if let Some(seat) = self.seats.get(&device) {
                self.problems.insert(VoteProblem::DoubleAcknowledgement { name: self.name(*seat) });
            }
        }
        support
    }

    /// The status of every ballot that is not simply from the wrong device or person.
    fn judge(
        &mut self,
        ballots: &BTreeMap<Hash32, (DeviceId, Ballot)>,
        closing: Option<&VoteClosing>,
        missing: &mut BTreeSet<Hash32>,
    ) -> BTreeMap<Hash32, BallotStatus> {
        let mut status = BTreeMap::new();
        let mut voters: BTreeMap<Seat, BTreeMap<Hash32, Ballot>> = BTreeMap::new();
        for (hash, (device, ballot)) in ballots {
            if ballot.vote != self.opening.vote || ballot.opening != self.hash {
                status.insert(*hash, BallotStatus::WrongOpening);
            } else if let Some(seat) = self.seats.get(device).copied() {
                if ballot.replaces.is_some() && !self.opening.profile.may_change {
                    self.problems.insert(VoteProblem::ReplacementNotAllowed { name: self.name(seat) });
                    status.insert(*hash, BallotStatus::Double);
                } else {
                    voters.entry(seat).or_default().insert(*hash, *ballot);
                }
            }
        }
        for (seat, own) in voters {
            let chain = VoterChain::of(&own, |hash| ballots.contains_key(hash));
            if closing.is_none() {
                // Once closed, only what the close names can be missing: a ballot that cites an invented one must not undo a close.
                missing.extend(&chain.missing);
            }
            if chain.order.is_none() {
                self.problems.insert(VoteProblem::DoubleBallot { name: self.name(seat) });
            }
            let named: Vec<Hash32> = own
                .keys()
                .filter(|hash| closing.is_some_and(|closing| closing.ballots.binary_search(hash).is_ok()))
                .copied()
                .collect();
            let stands = match (named.as_slice(), closing) {
                ([], closing) if closing.is_none() || defect::is(Defect::CountLate) => {
                    chain.order.as_ref().and_then(|order| order.last()).copied()
                }
                ([one], _) => Some(*one),
                ([_, _, ..], _) => {
                    self.problems.insert(VoteProblem::CloseNamesTwo { name: self.name(seat) });
                    None
                }
                ([], _) => None,
            };
            status.extend(voter_status(&own, chain.order.as_deref(), stands, named.len()));
        }
        if let Some(closing) = closing {
            missing.extend(closing.ballots.iter().filter(|hash| !ballots.contains_key(hash)));
        }
        status
    }
}

/// The status of each ballot of one voter. `stands` is the one that counts, `named` how many the close names.
fn voter_status(
    own: &BTreeMap<Hash32, Ballot>,
    order: Option<&[Hash32]>,
    stands: Option<Hash32>,
    named: usize,
) -> Vec<(Hash32, BallotStatus)> {
    let Some(order) = order.filter(|_| named < 2) else {
        return own
            .keys()
            .map(|hash| (*hash, if stands == Some(*hash) { BallotStatus::Counts } else { BallotStatus::Double }))
            .collect();
    };
    let standing_at = stands.and_then(|stands| order.iter().position(|hash| *hash == stands));
    let last = order.len().saturating_sub(1);
    let status = |place: usize| match standing_at {
        Some(standing) if place == standing => BallotStatus::Counts,
        Some(standing) if place > standing => BallotStatus::NotNamed,
        None if place == last => BallotStatus::Late,
        _ => BallotStatus::Replaced,
    };
    order.iter().enumerate().map(|(place, hash)| (*hash, status(place))).collect()
}
